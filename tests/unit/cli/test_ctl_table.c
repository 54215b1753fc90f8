/* test_ctl_table.c - tables, numbers and ages as people read them; lines in batches; live rows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/ctl_lines.h"
#include "cli/ctl_top_rows.h"
#include "cli/ctl_words.h"

static void what_steers_a_terminal_is_spelled_out(void **unused)
{
    static const struct {
        const char *text, *clean;
    } cases[] = {
        {"", ""},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"a\033[2Jb\n", "a\\x1b[2Jb\\x0a"},
        {"\xc2\x9b"
         "31m\x7f",
         "\\x9b31m\\x7f"},
        {"cut \xc2", "cut \xc2"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *clean = text_clean(cases[i].text);
        assert_string_equal(clean, cases[i].clean);
        free(clean);
    }
}

static void columns_are_aligned_by_characters_and_cut_at_the_width(void **unused)
{
    static const struct table_column columns[] = {{"NAME", false}, {"N", true}, {"WHY", false}};
    struct dag_buffer out = {0};
    struct table table;

    (void)unused;
    table_init(&table, columns, 3);
    table_add(&table, STYLE_PLAIN, "caf\xc3\xa9s");
    table_add_format(&table, STYLE_PLAIN, "%d", 7);
    table_add(&table, STYLE_PLAIN, NULL);
    table_add(&table, STYLE_BAD, "x");
    table_add(&table, STYLE_PLAIN, "1234");
    table_add(&table, STYLE_PLAIN, "long reason");
    table_write(&table, false, 0, SIZE_MAX, 0, "\n", &out);
    assert_true(dag_buffer_append(&out, "", 1));
    assert_string_equal(out.bytes, "NAME      N  WHY\n"
                                   "caf\xc3\xa9s     7  -\n"
                                   "x      1234  long reason\n");
    out.size = 0;
    table_write(&table, true, 1, 1, 16, "$", &out);
    assert_true(dag_buffer_append(&out, "", 1));
    assert_string_equal(out.bytes, "\033[1mNAME\033[0m      \033[1mN\033[0m  \033[1mWHY\033[0m$"
                                   "\033[31mx\033[0m      1234  lon$");
    dag_buffer_free(&out);
    table_deinit(&table);
}

static void numbers_and_durations_are_short(void **unused)
{
    static const struct {
        double number;
        const char *word;
    } numbers[] = {
        {0, "0"},         {3.25, "3.2"},    {950, "950"},      {9999, "9999"},
        {12345, "12.3k"}, {999999, "1.0M"}, {3100000, "3.1M"}, {52000000, "52.0M"},
    };
    char word[WORD_SIZE];

    (void)unused;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        assert_string_equal(word_of_number(numbers[i].number, word), numbers[i].word);
    assert_string_equal(word_of_duration(59999, word), "59s");
    assert_string_equal(word_of_duration(3723000, word), "1h 2m");
    assert_string_equal(word_of_duration(1e9, word), "11d 13h");
    assert_string_equal(word_of_age("2020-01-01T00:00:00.000Z", word) + strlen(word) - 1, "d");
    assert_string_equal(word_of_age("never", word), "");
}

static void lines_come_whole_and_the_last_one_needs_no_end(void **unused)
{
    static const char text[] = "one\ntwo\n\nfour";
    struct lines lines = {0};
    struct dag_error err = {0};
    const char *given = NULL;
    size_t size, count;
    int ends[2];

    (void)unused;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, sizeof(text) - 1), sizeof(text) - 1);
    close(ends[1]);
    lines.fd = ends[0];
    assert_true(lines_next(&lines, 2, 100, &given, &size, &count, &err));
    assert_int_equal(count, 2);
    assert_memory_equal(given, "one\ntwo\n", size);
    assert_true(lines_next(&lines, 9, 2, &given, &size, &count, &err));
    assert_int_equal(count, 1);
    assert_memory_equal(given, "\n", size);
    assert_true(lines_next(&lines, 9, 100, &given, &size, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(size, 4);
    assert_memory_equal(given, "four", size);
    assert_true(lines_next(&lines, 9, 100, &given, &size, &count, &err));
    assert_int_equal(count, 0);
    dag_buffer_free(&lines.text);
    close(ends[0]);
}

static void take(struct top_rows *rows, const char *json, bool is_snapshot)
{
    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};
    const struct tree *data = tree_parse(document, json, strlen(json), 8, NULL, NULL, &err);

    assert_non_null(data);
    assert_true(top_rows_take(rows, data, is_snapshot));
    tree_document_free(document);
}

static void live_rows_follow_snapshots_and_deltas(void **unused)
{
    static const struct top_column columns[] = {
        {"DAG", TOP_NAME, 'n'}, {"STATE", TOP_STATE, 't'}, {"IN/S", TOP_NUMBER, 'i'}};
    static const struct top_view view = {"dags", columns, 3};
    struct top_rows rows = {.view = &view};

    (void)unused;
    take(&rows, "{\"dags\":[[\"b\",\"running\",1],[\"a\",\"failed\",5],[\"c\",\"ended\",null]]}",
         true);
    top_rows_sort(&rows);
    assert_string_equal(rows.items[0].name, "a");
    assert_true(top_rows_choose(&rows, "i"));
    assert_false(top_rows_choose(&rows, "z"));
    take(&rows, "{\"dags\":[[\"b\",\"stopped\",9]],\"gone\":[\"a\",\"unknown\"]}", false);
    top_rows_sort(&rows);
    assert_int_equal(rows.count, 2);
    assert_string_equal(rows.items[0].name, "b");
    assert_string_equal(rows.items[0].state, "stopped");
    assert_false(rows.items[1].is_known[2]);
    rows.is_reversed = true;
    assert_true(top_rows_choose(&rows, "state"));
    top_rows_sort(&rows);
    assert_string_equal(rows.items[0].name, "b");
    assert_true(top_rows_sum(&rows, 2) == 9);
    take(&rows, "{\"dags\":[]}", true);
    assert_int_equal(rows.count, 0);
    top_rows_deinit(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_steers_a_terminal_is_spelled_out),
        cmocka_unit_test(columns_are_aligned_by_characters_and_cut_at_the_width),
        cmocka_unit_test(numbers_and_durations_are_short),
        cmocka_unit_test(lines_come_whole_and_the_last_one_needs_no_end),
        cmocka_unit_test(live_rows_follow_snapshots_and_deltas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
