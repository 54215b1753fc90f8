/* operand.c - numbers that are written as text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "calculators/operand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nineteen digits always fit a uint64_t. */
#define DIGITS_MAX 19

#define EXPONENT_MAX 1000000 /* far beyond what a double can hold */

#define TEXT_SIZE_USUAL 128

struct literal {
    bool is_negative;
    bool is_integer; /* neither point nor exponent */
    uint64_t digits; /* the first DIGITS_MAX significant digits */
    int digit_count; /* significant digits, leading zeros not counted; at most DIGITS_MAX + 1 */
    int exponent;    /* the value is digits * 10^exponent, while digit_count <= DIGITS_MAX */
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void literal_add_digit(struct literal *literal, char c)
{
    if (literal->digit_count == 0 && c == '0')
        return;
    if (literal->digit_count < DIGITS_MAX)
        literal->digits = literal->digits * 10 + (uint64_t)(c - '0');
    if (literal->digit_count <= DIGITS_MAX)
        literal->digit_count++;
}

/* Reads "e+12" at `at`; the result is where it ends, or NULL. */
static const char *literal_scan_exponent(struct literal *literal, const char *at, const char *end)
{
    bool is_negative;
    int exponent = 0;

    at++;
    is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end || !is_digit(*at))
        return NULL;
    for (; at < end && is_digit(*at); at++) {
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (*at - '0');
    }
    literal->exponent += is_negative ? -exponent : exponent;
    return at;
}

/* False: the whole text is no number. */
static bool literal_scan(struct literal *literal, const char *at, const char *end)
{
    bool has_digits = false;

    *literal = (struct literal){.is_integer = true};
    if (at < end && (*at == '-' || *at == '+'))
        literal->is_negative = *at++ == '-';
    for (; at < end && is_digit(*at); at++) {
        literal_add_digit(literal, *at);
        has_digits = true;
    }
    if (at < end && *at == '.') {
        literal->is_integer = false;
        for (at++; at < end && is_digit(*at); at++) {
            literal_add_digit(literal, *at);
            if (literal->exponent > -EXPONENT_MAX)
                literal->exponent--;
            has_digits = true;
        }
    }
    if (!has_digits)
        return false;
    if (at < end && (*at == 'e' || *at == 'E')) {
        literal->is_integer = false;
        at = literal_scan_exponent(literal, at, end);
    }
    return at == end;
}

static enum operand_kind literal_integer(const struct literal *literal, struct operand *operand)
{
    uint64_t limit = (uint64_t)INT64_MAX + literal->is_negative;

    if (literal->digit_count > DIGITS_MAX || literal->digits > limit)
        return OPERAND_TOO_LARGE;
    if (!literal->is_negative)
        operand->integer = (int64_t)literal->digits;
    else if (literal->digits == limit)
        operand->integer = INT64_MIN;
    else
        operand->integer = -(int64_t)literal->digits;
    return OPERAND_INTEGER;
}

/* Where digits and power of ten are both exact doubles, one operation rounds once: prices and the
 * like take this way. */
static bool literal_exact(const struct literal *literal, double *real)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int power_max = (int)(sizeof(powers) / sizeof(powers[0])) - 1;

    if (literal->digit_count > DIGITS_MAX || literal->digits > UINT64_C(1) << 53 ||
        literal->exponent > power_max || literal->exponent < -power_max)
        return false;
    *real = (double)literal->digits;
    if (literal->exponent >= 0)
        *real *= powers[literal->exponent];
    else
        *real /= powers[-literal->exponent];
    if (literal->is_negative)
        *real = -*real;
    return true;
}

static enum operand_kind read_real(const struct literal *literal, const char *text, size_t size,
                                   struct dag_batch *batch, struct operand *operand)
{
    char usual[TEXT_SIZE_USUAL];
    char *copy = usual;

    if (literal_exact(literal, &operand->real))
        return OPERAND_REAL;
    if (size >= sizeof(usual)) {
        copy = dag_batch_alloc(batch, size + 1);
        if (!copy)
            return OPERAND_NO_MEMORY;
    }
    memcpy(copy, text, size);
    copy[size] = '\0';
    operand->real = strtod(copy, NULL);
    return isfinite(operand->real) ? OPERAND_REAL : OPERAND_TOO_LARGE;
}

enum operand_kind operand_read_text(const struct dag_value *text, struct dag_batch *batch,
                                    struct operand *operand)
{
    struct literal literal;
    const char *start = text->as.text;
    const char *end = start + text->size;

    *operand = (struct operand){0};
    if (text->form == DAG_TEXT_ESCAPED) {
        char *decoded = dag_batch_alloc(batch, dag_text_decode_bound(text));
        if (!decoded)
            return OPERAND_NO_MEMORY;
        start = decoded;
        end = start + dag_text_decode(text, decoded);
    }
    while (start < end && is_space(*start))
        start++;
    while (end > start && is_space(end[-1]))
        end--;
    if (!literal_scan(&literal, start, end))
        return OPERAND_NONE;
    if (literal.is_integer)
        return literal_integer(&literal, operand);
    return read_real(&literal, start, (size_t)(end - start), batch, operand);
}
