/* utf8.c - see utf8.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/net/utf8.h"

#include <stdint.h>

/* What the second byte may be decides what is overlong, a surrogate, or too high. */
static const struct lead {
    unsigned char first, last; /* of the first byte */
    unsigned char second_min, second_max;
    size_t size;
} leads[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* Bytes of the character that begins here; 0: none does. */
static size_t character_size(const unsigned char *at, size_t left)
{
    const struct lead *lead = leads;
    const struct lead *end = leads + sizeof(leads) / sizeof(leads[0]);

    if (at[0] < 0x80)
        return 1;
    while (lead < end && (at[0] < lead->first || at[0] > lead->last))
        lead++;
    if (lead == end || left < lead->size || at[1] < lead->second_min || at[1] > lead->second_max)
        return 0;
    for (size_t i = 2; i < lead->size; i++)
        if (at[i] < 0x80 || at[i] > 0xBF)
            return 0;
    return lead->size;
}

bool net_is_utf8(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t step = 1;

    for (size_t i = 0; i < size && step > 0; i += step)
        step = character_size(at + i, size - i);
    return step > 0;
}
