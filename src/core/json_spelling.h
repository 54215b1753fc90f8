/* json_spelling.h - a short run of source text that is expected again, compared at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JSON_SPELLING_H
#define CORE_JSON_SPELLING_H

#include "core/json_scan.h"

#define JSON_SPELLING_FAST 32 /* bytes that are compared at once */

struct json_spelling {
    char bytes[JSON_SPELLING_FAST]; /* zeros behind */
    uint32_t mask;                  /* one bit for each byte that counts */
    uint32_t size;                  /* at most JSON_SPELLING_FAST */
};

static inline void json_spelling_set(struct json_spelling *spelling, const char *text, size_t size)
{
    memset(spelling->bytes, 0, sizeof(spelling->bytes));
    memcpy(spelling->bytes, text, size);
    spelling->mask = (uint32_t)(((uint64_t)1 << size) - 1);
    spelling->size = (uint32_t)size;
}

/** True when the spelling stands at `p`, where JSON_SPELLING_FAST bytes are readable. */
static inline bool json_spelling_matches(const struct json_spelling *spelling, const char *p)
{
#ifdef __SSE2__
    const __m128i *bytes = (const __m128i *)(const void *)spelling->bytes;
    const __m128i *text = (const __m128i *)(const void *)p;
    unsigned equal =
        (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(text), _mm_loadu_si128(bytes)));

    if (json_likely(spelling->size <= 16))
        return (~equal & spelling->mask) == 0;
    equal |= (unsigned)_mm_movemask_epi8(
                 _mm_cmpeq_epi8(_mm_loadu_si128(text + 1), _mm_loadu_si128(bytes + 1)))
             << 16;
    return (~equal & spelling->mask) == 0;
#else
    return memcmp(p, spelling->bytes, spelling->size) == 0;
#endif
}

#endif
