/* crc32c.h - CRC-32C, the checksum of everything durable. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_CRC32C_H
#define DURABLE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** CRC-32C (Castagnoli) of `size` bytes behind bytes whose checksum is `crc` (0: nothing before),
 *  by hardware where there is some. Any thread. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t size);

/** The same without hardware, for tests. */
uint32_t crc32c_by_table(uint32_t crc, const void *bytes, size_t size);

#endif
