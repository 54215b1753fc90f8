/* journal_format.h - what the writer and the reader of a step's record agree on. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_JOURNAL_FORMAT_H
#define DURABLE_JOURNAL_FORMAT_H

#include <stdint.h>

#define VARINT_SIZE_MAX 10u

enum step_flags { STEP_HAS_EVENTS = 1, STEP_HAS_TICKS = 2, STEP_FLAGS_KNOWN = 3 };

/** Bytes of each difference of a run whose differences have at most these bits: 1, 2, 4 or 8. */
static inline unsigned width_of(uint64_t bits)
{
    if (bits <= UINT8_MAX)
        return 1;
    if (bits <= UINT16_MAX)
        return 2;
    return bits <= UINT32_MAX ? 4 : 8;
}

#endif
