/* crc32c.h - CRC-32C, the checksum of everything durable. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_CRC32C_H
#define DURABLE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** CRC-32C (Castagnoli) of `size` bytes behind bytes whose checksum is `crc` (0: nothing before),
 *  by hardware where there is some. Any thread. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t size);

/** The checksum of some bytes with `size` more behind them: `crc` is that of the former, `behind`
 * that of the latter by themselves (behind a checksum of 0). Costs less than summing up 32 KiB. */
uint32_t crc32c_join(uint32_t crc, uint32_t behind, size_t size);

/** As crc32c() without hardware, for tests. */
uint32_t crc32c_by_table(uint32_t crc, const void *bytes, size_t size);

#endif
