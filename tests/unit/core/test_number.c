/* test_number.c - numbers: exact integers, nearest doubles, shortest digits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/number.h"

#define RANDOM_ROUNDS 1000000

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545F4914F6CDD1Du;
}

/* The same to the last bit, also for zeros. */
static bool is_same(double a, double b)
{
    return a == b && signbit(a) == signbit(b);
}

/* Both readers, behind them something that must not matter. */
static struct dag_value parse(const char *text)
{
    char padded[512] = {0};
    size_t size = strlen(text);
    struct dag_value value, quick;

    memcpy(padded, text, size);
    padded[size] = ',';
    assert_ptr_equal(number_parse(padded, padded + size, &value), padded + size);
    assert_ptr_equal(number_parse(padded, padded + size + 1, &value), padded + size);
    assert_ptr_equal(number_skip(padded, padded + size), padded + size);
    assert_ptr_equal(number_skip(padded, padded + sizeof(padded)), padded + size);
    const char *end = number_parse_short(padded, &quick);
    if (end) {
        assert_ptr_equal(end, padded + size);
        assert_int_equal(quick.type, value.type);
        assert_memory_equal(&quick.as, &value.as, 8);
    }
    if (value.type == DAG_TYPE_BIGNUM) {
        assert_int_equal(value.size, size);
        assert_ptr_equal(value.as.text, padded);
    }
    return value;
}

static void integers_are_exact_up_to_the_ends_of_int64(void **unused)
{
    static const struct {
        const char *text;
        int64_t integer;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"-7", -7},
        {"12345678", 12345678},
        {"123456789", 123456789},
        {"-1234567890123456", -1234567890123456},
        {"12345678901234567", 12345678901234567},
        {"123456789012345678", 123456789012345678},
        {"1000000000000000000", 1000000000000000000},
        {"9007199254740993", 9007199254740993},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"9223372036854775806", INT64_MAX - 1},
        {"-9223372036854775807", INT64_MIN + 1},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_value value = parse(cases[i].text);
        assert_int_equal(value.type, DAG_TYPE_INT);
        assert_true(value.as.integer == cases[i].integer);
    }
}

static void what_nothing_holds_stays_text(void **unused)
{
    static const char *const cases[] = {
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999",
        "123456789012345678901234567890",
        "10000000000000000000",
        "1e400",
        "-1e400",
        "1e309",
        "1.7976931348623159e308",
        "2e308",
        "1e99999999999999999999",
        "123456789e999999999",
        "1000000000000000000000000000000000000000000e300",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(parse(cases[i]).type, DAG_TYPE_BIGNUM);
}

static void doubles_are_the_nearest_ones(void **unused)
{
    static const char *const cases[] = {
        "0.0",
        "-0.0",
        "1.0",
        "1e0",
        "1e2",
        "1E+2",
        "1e-2",
        "0.1",
        "0.2",
        "0.3",
        "1.5",
        "-2.5E-3",
        "1e22",
        "1e23",
        "-1e23",
        "1e308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "5e-324",
        "4.9e-324",
        "3e-324",
        "2.4703282292062328e-324",
        "2.4703282292062327e-324",
        "1e-400",
        "-1e-400",
        "0e400",
        "0.0e99999999999999999999",
        "1e-99999999999999999999",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "9007199254740993.0",
        "9007199254740992.0",
        "9007199254740991.5",
        "123456789012345678.0",
        "0.1000000000000000055511151231257827",
        "0.10000000000000000555111512312578270211815834045",
        "12345678.1234567",
        "1234567.12345678",
        "99999999.9999999",
        "0.0000001",
        "0.5",
        "3.0540412E5",
        "179769313486231580793e288",
        "1.000000000000000000000000000000000001",
        "6.02214076e23",
        "8.98846567431158e307",
        "0.000000000000000000000000000000000000001e30",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_value value = parse(cases[i]);
        double expected = strtod(cases[i], NULL);
        if (value.type != DAG_TYPE_DOUBLE || !is_same(value.as.real, expected))
            fail_msg("%s: %.17g", cases[i], value.as.real);
    }
}

static void decimals_are_the_nearest_ones(void **unused)
{
    char text[64];

    (void)unused;
    for (int i = 0; i < RANDOM_ROUNDS / 4; i++) {
        uint64_t r = random_next(), q = random_next();
        int places = (int)(r >> 60);
        if (r & 1)
            snprintf(text, sizeof(text), "%.*f", places + 1, (double)(q >> (r >> 8 & 63)) / 1e6);
        else
            snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64 "e%d", q >> (r >> 8 & 63),
                     q >> (r >> 16 & 63), (int)(r >> 24 & 511) - 256);
        struct dag_value value = parse(text);
        double expected = strtod(text, NULL);
        if (value.type != DAG_TYPE_DOUBLE || !is_same(value.as.real, expected))
            fail_msg("%s: %.17g", text, value.as.real);
    }
}

static void what_is_no_number_is_not_taken(void **unused)
{
    static const char *const cases[] = {"",   "-",  "a",   "01", "-01", "1.", "1.e1",
                                        ".1", "1e", "1e+", "+1", "1E-", "00", "-a"};
    struct dag_value value;

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char padded[64] = {0};
        size_t size = strlen(cases[i]);
        memcpy(padded, cases[i], size);
        assert_null(number_parse(padded, padded + size, &value));
        assert_null(number_skip(padded, padded + size));
        assert_null(number_skip(padded, padded + 40));
        assert_null(number_parse_short(padded, &value));
    }
}

static void integers_are_written(void **unused)
{
    char out[NUMBER_INT_SIZE_MAX + 1], expected[32];

    (void)unused;
    for (int i = 0; i < RANDOM_ROUNDS / 4; i++) {
        uint64_t r = random_next();
        int64_t integer = i == 0   ? INT64_MIN
                          : i == 1 ? INT64_MAX
                          : i == 2 ? 0
                                   : (int64_t)r >> (i % 64);
        out[number_write_int(out, integer)] = '\0';
        snprintf(expected, sizeof(expected), "%" PRId64, integer);
        assert_string_equal(out, expected);
    }
    for (int64_t power = 1, i = 0; i < 18; i++, power *= 10) {
        for (int64_t near = -1; near <= 1; near++) {
            out[number_write_int(out, power + near)] = '\0';
            snprintf(expected, sizeof(expected), "%" PRId64, power + near);
            assert_string_equal(out, expected);
        }
    }
}

static void doubles_are_written_as_python_does(void **unused)
{
    static const struct {
        double real;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.0, "-1.0"},
        {30.0, "30.0"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.005, "1.005"},
        {100.0, "100.0"},
        {1e5, "100000.0"},
        {123456.789, "123456.789"},
        {1604.944, "1604.944"},
        {1e15, "1000000000000000.0"},
        {9999999999999998.0, "9999999999999998.0"},
        {1e16, "1e+16"},
        {1.5e16, "1.5e+16"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {1e100, "1e+100"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {0.001, "0.001"},
        {0.0001, "0.0001"},
        {0.00012345, "0.00012345"},
        {0.00001, "1e-05"},
        {0.000015, "1.5e-05"},
        {1.5e-7, "1.5e-07"},
        {1e-10, "1e-10"},
        {1e-100, "1e-100"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {2.2250738585072011e-308, "2.225073858507201e-308"},
        {9007199254740993.0, "9007199254740992.0"},
        {2251799813685248.5, "2251799813685248.5"},
        {0.5, "0.5"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {1e9 + 0.5, "1000000000.5"},
        {123456789.123456, "123456789.123456"},
        {0.000123456789012345, "0.000123456789012345"},
        {999999999999999.9, "999999999999999.9"},
        {12.000001, "12.000001"},
        {5e-05, "5e-05"},
        {9.5367431640625e-07, "9.5367431640625e-07"},
        {1234.5678, "1234.5678"},
    };
    char out[NUMBER_DOUBLE_SIZE_MAX + 1];

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        out[number_write_double(out, cases[i].real)] = '\0';
        assert_string_equal(out, cases[i].text);
    }
}

static unsigned count_digits(const char *text)
{
    unsigned count = 0, zeros = 0;

    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (*text == '0' && count == 0))
            continue;
        zeros = *text == '0' ? zeros + 1 : 0;
        count++;
    }
    return count - zeros;
}

/* The fewest significant digits that read back equal. */
static unsigned fewest_digits(double real)
{
    char text[64];

    for (int precision = 1; precision < 17; precision++) {
        snprintf(text, sizeof(text), "%.*g", precision, real);
        if (strtod(text, NULL) == real)
            return (unsigned)precision;
    }
    return 17;
}

static void check_round_trip(double real, bool is_compared)
{
    char out[NUMBER_DOUBLE_SIZE_MAX + 1];
    size_t size = number_write_double(out, real);
    double back;

    assert_true(size <= NUMBER_DOUBLE_SIZE_MAX);
    out[size] = '\0';
    back = strtod(out, NULL);
    if (!is_same(back, real))
        fail_msg("%.17g: %s", real, out);
    if (!strpbrk(out, ".e"))
        fail_msg("%.17g: %s looks like an integer", real, out);
    if (is_compared && count_digits(out) > fewest_digits(real))
        fail_msg("%.17g: %s is not the shortest", real, out);
    struct dag_value value = parse(out);
    assert_int_equal(value.type, DAG_TYPE_DOUBLE);
    assert_memory_equal(&value.as.real, &real, sizeof(real));
}

static void any_double_reads_back_equal(void **unused)
{
    (void)unused;
    for (int i = 0; i < RANDOM_ROUNDS; i++) {
        uint64_t bits = random_next();
        double real;
        memcpy(&real, &bits, sizeof(real));
        if (isfinite(real))
            check_round_trip(real, i % 8 == 0);
    }
}

static void everyday_doubles_read_back_equal(void **unused)
{
    (void)unused;
    for (int i = 0; i < RANDOM_ROUNDS / 2; i++) {
        static const double scales[] = {1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7};
        uint64_t r = random_next();
        double real = (double)((int64_t)(r >> 8) >> (r & 63)) / scales[r >> 6 & 7];
        check_round_trip(real, i % 8 == 0);
        check_round_trip(nextafter(real, 1e300), i % 8 == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact_up_to_the_ends_of_int64),
        cmocka_unit_test(what_nothing_holds_stays_text),
        cmocka_unit_test(doubles_are_the_nearest_ones),
        cmocka_unit_test(decimals_are_the_nearest_ones),
        cmocka_unit_test(what_is_no_number_is_not_taken),
        cmocka_unit_test(integers_are_written),
        cmocka_unit_test(doubles_are_written_as_python_does),
        cmocka_unit_test(any_double_reads_back_equal),
        cmocka_unit_test(everyday_doubles_read_back_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
