/* number.h - JSON numbers: text to values and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dag/value.h"

#define NUMBER_INT_SIZE_MAX    20 /* "-9223372036854775808" */
#define NUMBER_DOUBLE_SIZE_MAX 32 /* "-2.2250738585072014e-308" and some air */

/** Reads the number at `text`: an integer, a double, or, beyond both, a bignum that points to the
 *  text. Returns the byte behind it; NULL: what stands there is no JSON number. */
const char *number_parse(const char *text, const char *end, struct dag_value *value);

/** The byte behind the number at `text`; NULL: what stands there is no JSON number. */
const char *number_skip(const char *text, const char *end);

/** Writes the integer and returns its bytes. `out` holds NUMBER_INT_SIZE_MAX of them; behind the
 *  result it may hold anything then. */
size_t number_write_int(char *out, int64_t integer);

/** Writes the shortest digits that read back equal, the way Python does: a point and no exponent
 *  for 1e-4 <= |real| < 1e16. `out` holds NUMBER_DOUBLE_SIZE_MAX bytes, otherwise as for integers.
 *  `real` is finite. */
size_t number_write_double(char *out, double real);

extern const double number_powers_of_ten[23];

/** A run of digits at the start of eight bytes. */
struct number_digits {
    unsigned count; /* 0 to 8 */
    uint32_t value;
};

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/** The top bit of each byte that is no digit, up to and with the first one at least. `bytes` are
 *  xored with '0', so that digits are 0 to 9. */
static inline uint64_t number_others(uint64_t bytes)
{
    return ((bytes + 0x7676767676767676u) | bytes) & 0x8080808080808080u;
}

static inline uint64_t number_load(const char *p)
{
    uint64_t bytes;

    memcpy(&bytes, p, 8);
    return bytes ^ 0x3030303030303030u;
}

/** How many of the eight bytes at `p` are digits, counted from the first one on. */
static inline unsigned number_digits_count(const char *p)
{
    uint64_t others = number_others(number_load(p));

    return others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
}

/** Reads up to eight digits at `p`, where eight bytes are readable, without a branch. */
static inline struct number_digits number_digits_read(const char *p)
{
    uint64_t bytes = number_load(p), others = number_others(bytes);
    unsigned count = others ? (unsigned)__builtin_ctzll(others) / 8 : 8;

    /* the digits move to the top, zeros come in front of them; twice, as a shift by 64 is none */
    bytes = bytes << (4 * (8 - count)) << (4 * (8 - count));
    bytes = bytes * 10 + (bytes >> 8);
    bytes = ((bytes & 0x000000ff000000ffu) * 0x000f424000000064u +
             ((bytes >> 16) & 0x000000ff000000ffu) * 0x0000271000000001u) >>
            32;
    return (struct number_digits){count, (uint32_t)bytes};
}
#else
static inline struct number_digits number_digits_read(const char *p)
{
    struct number_digits digits = {0, 0};

    while (digits.count < 8 && p[digits.count] >= '0' && p[digits.count] <= '9')
        digits.value = digits.value * 10 + (uint32_t)(p[digits.count++] - '0');
    return digits;
}

static inline unsigned number_digits_count(const char *p)
{
    return number_digits_read(p).count;
}
#endif

/** The common cases of number_skip(): up to seven digits on either side of the point, and no
 *  exponent. 32 bytes are readable at `text`. NULL: ask number_skip(). */
static inline const char *number_skip_short(const char *text)
{
    const char *p = text + (*text == '-');
    unsigned count = number_digits_count(p);

    if (count - 1 > 6 || (*p == '0' && count > 1))
        return NULL;
    p += count;
    if (*p == '.') {
        count = number_digits_count(p + 1);
        p += 1 + count;
        if (count - 1 > 6)
            return NULL;
    }
    return (*p | 0x20) == 'e' ? NULL : p;
}

/** The common cases of number_parse(): up to 16 digits, or up to 8 and 7 behind the point, no
 *  exponent. 32 bytes are readable at `text`. NULL: ask number_parse(). */
static inline const char *number_parse_short(const char *text, struct dag_value *value)
{
    const char *p = text + (*text == '-');
    struct number_digits whole = number_digits_read(p);
    int64_t mantissa = whole.value;

    if (whole.count == 0 || (*p == '0' && whole.count > 1))
        return NULL;
    p += whole.count;
    if (*p == '.') {
        struct number_digits part = number_digits_read(p + 1);
        double real;

        p += 1 + part.count;
        if (part.count == 0 || part.count == 8 || (*p | 0x20) == 'e')
            return NULL;
        /* both are exact below 2^53, so that one division rounds once */
        real = ((double)mantissa * number_powers_of_ten[part.count] + (double)part.value) /
               number_powers_of_ten[part.count];
        *value = dag_value_double(*text == '-' ? -real : real);
        return p;
    }
    if (whole.count == 8) {
        static const uint32_t scales[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
        struct number_digits more = number_digits_read(p);

        if (more.count == 8)
            return NULL;
        mantissa = mantissa * scales[more.count] + more.value;
        p += more.count;
        if (*p == '.')
            return NULL;
    }
    if ((*p | 0x20) == 'e')
        return NULL;
    *value = dag_value_int(*text == '-' ? -mantissa : mantissa);
    return p;
}

#endif
