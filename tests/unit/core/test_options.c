/* test_options.c - option tables turn JSON into state, and mistakes into problems. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/options.h"

struct state {
    const char *text;
    int64_t integer, wait_us, size, choice;
    double real;
    bool flag;
    struct dag_text_list list;
    struct dag_text_map map;
    struct dag_value object, any;
};

#define AT(member) offsetof(struct state, member)

static const struct dag_option table[] = {
    {.name = "topic", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_REQUIRED, .offset = AT(text)},
    {.name = "count",
     .type = DAG_OPTION_INTEGER,
     .offset = AT(integer),
     .min = 1,
     .max = 10,
     .default_json = "3"},
    {.name = "ratio", .type = DAG_OPTION_REAL, .offset = AT(real), .max = 1, .default_json = "0.5"},
    {.name = "wait",
     .type = DAG_OPTION_SECONDS,
     .flags = DAG_OPTION_NULLABLE,
     .offset = AT(wait_us),
     .default_json = "\"250ms\""},
    {.name = "size", .type = DAG_OPTION_SIZE, .offset = AT(size), .default_json = "\"1KiB\""},
    {.name = "overflow",
     .type = DAG_OPTION_CHOICE,
     .offset = AT(choice),
     .choices = "block latest drop_newest",
     .default_json = "\"latest\""},
    {.name = "follow", .type = DAG_OPTION_BOOL, .offset = AT(flag), .default_json = "true"},
    {.name = "names",
     .type = DAG_OPTION_TEXT_LIST,
     .flags = DAG_OPTION_ONE_OR_MORE,
     .offset = AT(list),
     .default_json = "[\"a\", \"b\"]"},
    {.name = "map", .type = DAG_OPTION_TEXT_MAP, .offset = AT(map)},
    {.name = "object", .type = DAG_OPTION_OBJECT, .offset = AT(object)},
    {.name = "any", .type = DAG_OPTION_ANY, .offset = AT(any)},
    {.name = "key", .type = DAG_OPTION_INTEGER, .flags = DAG_OPTION_SECRET, .offset = AT(integer)},
    {0},
};

/* What the last read() said, one "code place: message" a line. */
struct reading {
    struct tree_document *document;
    struct state state;
    bool ok;
    char said[2048];
};

static void note_problem(void *context, const struct tree *at, bool is_error, const char *code,
                         const char *message, const char *suggestion)
{
    struct reading *reading = context;
    size_t used = strlen(reading->said);

    snprintf(reading->said + used, sizeof(reading->said) - used, "%s%s %u: %s%s%s\n",
             is_error ? "!" : "", code, at ? at->column : 0, message, suggestion ? " -> " : "",
             suggestion ? suggestion : "");
}

static struct reading read_config(const char *json)
{
    static const char *const also[] = {"source", NULL};
    struct reading reading = {.document = tree_document_new()};
    struct dag_error err = {0};
    const struct tree *config =
        json ? tree_parse(reading.document, json, strlen(json), 8, NULL, NULL, &err) : NULL;

    assert_true(!json || config);
    reading.ok =
        options_read(table, config, &reading.state, also, reading.document, note_problem, &reading);
    return reading;
}

static void defaults_fill_what_is_missing(void **unused)
{
    struct reading reading = read_config("{\"topic\": \"t\", \"wait\": null, \"source\": 1}");

    (void)unused;
    assert_string_equal(reading.said, "");
    assert_true(reading.ok);
    assert_string_equal(reading.state.text, "t");
    assert_int_equal(reading.state.integer, 3);
    assert_int_equal(reading.state.wait_us, 250000);
    assert_int_equal(reading.state.size, 1024);
    assert_int_equal(reading.state.choice, 1);
    assert_true(reading.state.flag);
    assert_true(reading.state.real == 0.5);
    assert_int_equal(reading.state.list.count, 2);
    assert_string_equal(reading.state.list.items[1].text, "b");
    assert_int_equal(reading.state.object.type, DAG_TYPE_MISSING);
    assert_int_equal(reading.state.any.type, DAG_TYPE_MISSING);
    tree_document_free(reading.document);
}

static void null_is_absent_where_it_may_be_and_no_value(void **unused)
{
    struct reading reading = read_config(
        "{\"topic\": \"t\", \"count\": null, \"ratio\": null, \"wait\": null, \"size\": null,"
        " \"overflow\": null, \"follow\": null, \"names\": null, \"map\": null,"
        " \"object\": null, \"any\": null, \"key\": null}");

    (void)unused;
    assert_string_equal(reading.said, "");
    assert_int_equal(reading.state.wait_us, 250000);
    assert_int_equal(reading.state.size, 1024);
    assert_int_equal(reading.state.choice, 1);
    assert_true(reading.state.flag);
    assert_true(reading.state.real == 0.5);
    assert_int_equal(reading.state.list.count, 2);
    assert_int_equal(reading.state.map.count, 0);
    assert_int_equal(reading.state.object.type, DAG_TYPE_MISSING);
    assert_int_equal(reading.state.any.type, DAG_TYPE_NULL);
    tree_document_free(reading.document);

    reading = read_config("{\"topic\": null}");
    assert_string_equal(reading.said,
                        "!wrong_type 11: option 'topic': must be a string, not null\n");
    tree_document_free(reading.document);
}

static void values_are_stored(void **unused)
{
    struct reading reading = read_config(
        "{\"topic\": \"t\", \"count\": 7.0, \"ratio\": 1, \"wait\": 1.5, \"size\": \"2MB\","
        " \"overflow\": \"drop_newest\", \"follow\": false, \"names\": \"one\","
        " \"map\": {\"k\": \"v\", \"l\": \"w\"}, \"object\": {\"a\": [1, 2]}, \"any\": null,"
        " \"_note\": 1, \"comment\": []}");

    (void)unused;
    assert_string_equal(reading.said, "");
    assert_true(reading.ok);
    assert_int_equal(reading.state.integer, 7);
    assert_true(reading.state.real == 1);
    assert_int_equal(reading.state.wait_us, 1500000);
    assert_int_equal(reading.state.size, 2000000);
    assert_int_equal(reading.state.choice, 2);
    assert_false(reading.state.flag);
    assert_int_equal(reading.state.list.count, 1);
    assert_string_equal(reading.state.list.items[0].text, "one");
    assert_int_equal(reading.state.map.count, 2);
    assert_string_equal(reading.state.map.values[1].text, "w");
    assert_int_equal(reading.state.object.type, DAG_TYPE_NESTED);
    assert_memory_equal(reading.state.object.as.text, "{\"a\":[1,2]}", reading.state.object.size);
    assert_int_equal(reading.state.any.type, DAG_TYPE_NULL);
    tree_document_free(reading.document);
}

static void mistakes_are_told_with_code_and_remedy(void **unused)
{
    static const struct {
        const char *json, *said;
    } cases[] = {
        {NULL, "!missing_option 0: option 'topic': is missing"},
        {"{}", "!missing_option 1: option 'topic': is missing"},
        {"{\"topic\": 1}", "!wrong_type 11: option 'topic': must be a string, not an integer"},
        {"{\"topic\": \"a\\u0000\"}", "NUL character"},
        {"{\"count\": 0}", "!out_of_bounds 11: option 'count': 0 is out of bounds; it must be "
                           "between 1 and 10"},
        {"{\"count\": 1.5}", "must be an integer, not a fraction"},
        {"{\"count\": \"1\"}", "must be an integer, not a string"},
        {"{\"count\": 99999999999999999999}", "out_of_bounds"},
        {"{\"ratio\": 1.01}", "out_of_bounds"},
        {"{\"ratio\": true}", "must be a number, not a bool"},
        {"{\"wait\": \"5x\"}", "\"5x\" is no length of time"},
        {"{\"wait\": -1}", "out_of_bounds"},
        {"{\"wait\": 1e300}", "out_of_bounds"},
        {"{\"wait\": []}", "number of seconds"},
        {"{\"size\": \"5 apples\"}", "is no size"},
        {"{\"topic\": null}", "not null"},
        {"{\"overflow\": \"ltest\"}", "is none of: block latest drop_newest -> latest"},
        {"{\"overflow\": 1}", "must be a string"},
        {"{\"follow\": 1}", "must be true or false"},
        {"{\"names\": [\"a\", 1]}", "!wrong_type 17: option 'names': every element"},
        {"{\"names\": 1}", "a string or a list of strings"},
        {"{\"map\": {\"a\": 1}}", "the value of 'a' must be a string"},
        {"{\"map\": []}", "an object of strings"},
        {"{\"object\": []}", "must be an object, not a list"},
        {"{\"topik\": \"t\"}", "unknown_key 11: unknown key 'topik'"},
        {"{\"topik\": \"t\"}", "-> topic"},
        {"{\"sorce\": \"t\"}", "-> source"},
        {"{\"key\": \"hunter2\"}", "must be an integer, not a string"},
        {"[]", "!wrong_type 1: must be an object, not a list"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct reading reading = read_config(cases[i].json);

        assert_false(reading.ok);
        if (!strstr(reading.said, cases[i].said))
            fail_msg("case %zu %s: %s", i, cases[i].json, reading.said);
        assert_null(strstr(reading.said, "hunter2"));
        tree_document_free(reading.document);
    }
}

static void an_unknown_key_alone_is_no_error(void **unused)
{
    struct reading reading = read_config("{\"topic\": \"t\", \"whatever\": 1}");

    (void)unused;
    assert_true(reading.ok);
    assert_non_null(strstr(reading.said, "unknown_key"));
    assert_null(strstr(reading.said, "->"));
    tree_document_free(reading.document);
}

static void every_mistake_is_told(void **unused)
{
    struct reading reading = read_config("{\"count\": 0, \"wait\": \"x\", \"follow\": 3}");
    size_t lines = 0;

    (void)unused;
    for (const char *at = reading.said; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 4);
    tree_document_free(reading.document);
}

static void durations_and_sizes_have_units(void **unused)
{
    static const struct {
        const char *text;
        int64_t amount; /* -1: refused */
    } durations[] = {{"250ms", 250000},
                     {"10s", 10000000},
                     {"5m", 300000000},
                     {"2h", 7200000000},
                     {"1d", 86400000000},
                     {"1.5", 1500000},
                     {" 3 s ", 3000000},
                     {"7us", 7},
                     {"", -1},
                     {"s", -1},
                     {"-1s", -1},
                     {"5x", -1},
                     {"inf", -1},
                     {"0x10", -1},
                     {"1e400s", -1},
                     {"99999999999999d", -1},
                     {"1s1", -1}},
      sizes[] = {{"64KiB", 65536},   {"1MiB", 1048576}, {"2GiB", 2147483648},
                 {"10MB", 10000000}, {"7", 7},          {"7b", 7},
                 {"0.5kib", 512},    {"KiB", -1},       {"1XB", -1}};

    (void)unused;
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        int64_t amount = -1;

        assert_int_equal(options_parse_duration(durations[i].text, &amount),
                         durations[i].amount >= 0);
        assert_int_equal(amount, durations[i].amount);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int64_t amount = -1;

        assert_int_equal(options_parse_size(sizes[i].text, &amount), sizes[i].amount >= 0);
        assert_int_equal(amount, sizes[i].amount);
    }
}

static const char *word(void *context, size_t i)
{
    static const char *const words[] = {"NullCalculator", "AdditionCalculator", "mem", "x", NULL};

    (void)context;
    return words[i];
}

static void suggestions_are_near(void **unused)
{
    static const struct {
        const char *word, *suggestion;
    } cases[] = {
        {"NulCalculator", "NullCalculator"},
        {"nullcalculator", "NullCalculator"},
        {"AdditoinCalculator", "AdditionCalculator"},
        {"meme", "mem"},
        {"zebra", NULL},
        {"", NULL},
        {"NullCalculatorNullCalculatorNullCalculatorNullCalculatorNullCalculatorNull", NULL},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *found = options_suggest(cases[i].word, word, NULL);

        if (!cases[i].suggestion)
            assert_null(found);
        else
            assert_string_equal(found, cases[i].suggestion);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_what_is_missing),
        cmocka_unit_test(null_is_absent_where_it_may_be_and_no_value),
        cmocka_unit_test(values_are_stored),
        cmocka_unit_test(mistakes_are_told_with_code_and_remedy),
        cmocka_unit_test(an_unknown_key_alone_is_no_error),
        cmocka_unit_test(every_mistake_is_told),
        cmocka_unit_test(durations_and_sizes_have_units),
        cmocka_unit_test(suggestions_are_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
