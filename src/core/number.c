/* number.c - see number.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/number.h"

#include <math.h>

#include "core/number_shim.h"

#define EXACT_MANTISSA_MAX ((uint64_t)1 << 53)
#define EXACT_POWER_MAX    22
#define EXPONENT_MAX       (1 << 28) /* far beyond any double; later digits change nothing */

const double number_powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* A number's text, taken apart. */
struct literal {
    const char *text, *end;
    bool is_negative;
    bool is_integer;
    bool is_exact;     /* `mantissa` holds all digits */
    uint64_t mantissa; /* the first 19 significant digits */
    int64_t digits;    /* significant ones */
    int64_t exponent;  /* of ten, that the digits as an integer are multiplied with */
};

static bool is_digit(const char *p, const char *end)
{
    return p < end && *p >= '0' && *p <= '9';
}

static const char *read_digits(struct literal *literal, const char *p, const char *end)
{
    for (; is_digit(p, end); p++) {
        if (literal->digits < 19)
            literal->mantissa = literal->mantissa * 10 + (uint64_t)(*p - '0');
        else
            literal->is_exact = false;
        if (literal->digits > 0 || *p != '0')
            literal->digits++;
    }
    return p;
}

static const char *read_exponent(struct literal *literal, const char *p, const char *end)
{
    bool is_negative = p < end && *p == '-';
    int64_t exponent = 0;

    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (!is_digit(p, end))
        return NULL;
    for (; is_digit(p, end); p++)
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (*p - '0');
    literal->exponent += is_negative ? -exponent : exponent;
    return p;
}

static bool read_literal(const char *text, const char *end, struct literal *literal)
{
    const char *p = text;

    *literal = (struct literal){.text = text, .is_integer = true, .is_exact = true};
    if (p < end && *p == '-') {
        literal->is_negative = true;
        p++;
    }
    if (!is_digit(p, end) || (*p == '0' && is_digit(p + 1, end)))
        return false;
    p = read_digits(literal, p, end);
    if (p < end && *p == '.') {
        const char *point = p;
        literal->is_integer = false;
        p = read_digits(literal, p + 1, end);
        if (p == point + 1)
            return false;
        literal->exponent = point + 1 - p;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        literal->is_integer = false;
        p = read_exponent(literal, p + 1, end);
    }
    literal->end = p;
    return p != NULL;
}

const char *number_skip(const char *text, const char *end)
{
    struct literal literal;

    return read_literal(text, end, &literal) ? literal.end : NULL;
}

static bool set_integer(const struct literal *literal, struct dag_value *value)
{
    uint64_t limit = (uint64_t)INT64_MAX + literal->is_negative;

    if (!literal->is_exact || literal->mantissa > limit)
        return false;
    *value =
        dag_value_int((int64_t)(literal->is_negative ? 0 - literal->mantissa : literal->mantissa));
    return true;
}

/* Clinger's fast path: both operands are exact, so that the one operation rounds once. */
static bool set_exact_double(const struct literal *literal, double *real)
{
    if (!literal->is_exact || literal->mantissa > EXACT_MANTISSA_MAX ||
        literal->exponent > EXACT_POWER_MAX || literal->exponent < -EXACT_POWER_MAX)
        return false;
    *real = (double)literal->mantissa;
    if (literal->exponent < 0)
        *real /= number_powers_of_ten[-literal->exponent];
    else
        *real *= number_powers_of_ten[literal->exponent];
    return true;
}

static bool set_double(const struct literal *literal, struct dag_value *value)
{
    double real = 0;

    if (literal->digits > 0 && !set_exact_double(literal, &real)) {
        const char *digits = literal->text + literal->is_negative;
        if (!number_shim_read(digits, literal->end, &real)) {
            if (literal->digits + literal->exponent > 0)
                return false;
            real = 0; /* nearer to zero than any other double */
        }
    }
    if (isinf(real))
        return false;
    *value = dag_value_double(literal->is_negative ? -real : real);
    return true;
}

const char *number_parse(const char *text, const char *end, struct dag_value *value)
{
    struct literal literal;

    if (!read_literal(text, end, &literal))
        return NULL;
    if (!(literal.is_integer ? set_integer(&literal, value) : set_double(&literal, value))) {
        *value =
            (struct dag_value){.type = DAG_TYPE_BIGNUM, .size = (uint32_t)(literal.end - text)};
        value->as.text = text;
    }
    return literal.end;
}

/* Eight digits as bytes 0 to 9, the first one lowest: pairs, then digits, all at once. */
static inline uint64_t split_digits(uint32_t n)
{
    uint64_t fours = n / 10000 | (uint64_t)(n % 10000) << 32;
    uint64_t high = ((fours * 10486) >> 20) & 0x0000007f0000007fu; /* each by 100 */
    uint64_t pairs = high | (fours - 100 * high) << 16;
    uint64_t tens = ((pairs * 103) >> 10) & 0x000f000f000f000fu; /* each by 10 */

    return tens | (pairs - 10 * tens) << 8;
}

static inline void store_digits(char *out, uint64_t digits)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    digits |= 0x3030303030303030u;
    memcpy(out, &digits, 8);
#else
    for (int i = 0; i < 8; i++, digits >>= 8)
        out[i] = (char)('0' + (digits & 15));
#endif
}

/* Writes eight bytes, of which so many count as the result says. */
static inline unsigned write_below_1e8(char *out, uint32_t n)
{
    uint64_t digits = split_digits(n);
    unsigned zeros = (unsigned)__builtin_ctzll(digits | (uint64_t)1 << 56) / 8;

    store_digits(out, digits >> (8 * zeros));
    return 8 - zeros;
}

static inline size_t write_unsigned(char *out, uint64_t n)
{
    unsigned count;

    if (n < 100000000)
        return write_below_1e8(out, (uint32_t)n);
    if (n < 10000000000000000u) {
        count = write_below_1e8(out, (uint32_t)(n / 100000000));
    } else {
        count = write_below_1e8(out, (uint32_t)(n / 10000000000000000u));
        store_digits(out + count, split_digits((uint32_t)(n / 100000000 % 100000000)));
        count += 8;
    }
    store_digits(out + count, split_digits((uint32_t)(n % 100000000)));
    return count + 8;
}

size_t number_write_int(char *out, int64_t integer)
{
    uint64_t n = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    unsigned sign = integer < 0;

    *out = '-';
    return sign + write_unsigned(out + sign, n);
}

/* Writes `n` / `scale`, which is 10^`places`, with a point and without needless zeros. */
static inline size_t write_decimal(char *out, uint64_t n, uint32_t scale, unsigned places)
{
    uint64_t whole = n / scale;
    size_t count = write_unsigned(out, whole);
    uint64_t digits = split_digits((uint32_t)(n - whole * scale)) >> (8 * (8 - places));
    unsigned kept = (unsigned)(63 - __builtin_clzll(digits | 1)) / 8 + 1;

    out[count] = '.';
    store_digits(out + count + 1, digits);
    return count + 1 + kept;
}

/* A decimal of at most 15 digits that reads back equal is the shortest one, as no two such decimals
 * read as the same double. `n` / scale is one when the division, which rounds once, gives `real`.
 */
static inline size_t write_short_decimal(char *out, double real, uint32_t scale, unsigned places)
{
    double scaled = real * scale;

    if (!(scaled < 1e15))
        return 0;
    uint64_t n = (uint64_t)(int64_t)(scaled + 0.5);
    if ((double)(int64_t)n / scale != real)
        return 0;
    return write_decimal(out, n, scale, places);
}

/* `digits` without the point, the first of them worth 10^`exponent`. */
static size_t write_fixed(char *out, const char *digits, int count, int exponent)
{
    char *begin = out;

    if (exponent < 0) {
        memcpy(out, "0.0000", 6);
        out += 1 - exponent;
        memcpy(out, digits, (size_t)count);
        return (size_t)(out + count - begin);
    }
    for (int i = 0; i < count || i < exponent + 2; i++) {
        if (i == exponent + 1)
            *out++ = '.';
        *out++ = (char)(i < count ? digits[i] : '0');
    }
    return (size_t)(out - begin);
}

static size_t write_shortest(char *out, double real)
{
    char text[NUMBER_SHIM_SIZE_MAX];
    size_t size = number_shim_write(text, real);
    size_t mark = size - 2;
    int exponent = 0;

    while (text[mark] != 'e') /* d.ddde+xx or d.ddde+xxx */
        mark--;
    for (size_t i = mark + 2; i < size; i++)
        exponent = exponent * 10 + (text[i] - '0');
    if (text[mark + 1] == '-')
        exponent = -exponent;
    if (exponent < -4 || exponent >= 16) {
        memcpy(out, text, size);
        return size;
    }
    text[1] = text[0]; /* the digits in one run */
    return write_fixed(out, text + 1, mark > 1 ? (int)mark - 1 : 1, exponent);
}

size_t number_write_double(char *out, double real)
{
    size_t sign = signbit(real) ? 1 : 0, size = 0;

    *out = '-';
    out += sign;
    real = fabs(real);
    if (real >= 1e-4 || real == 0) {
        size = write_short_decimal(out, real, 1000, 3);
        if (size == 0)
            size = write_short_decimal(out, real, 1000000, 6);
    }
    return sign + (size ? size : write_shortest(out, real));
}
