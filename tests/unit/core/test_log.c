/* test_log.c - lines of the log, and what a terminal shows between them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/log.h"

static FILE *place; /* of standard error */
static int kept;

static int take_standard_error(void **unused)
{
    (void)unused;
    place = tmpfile();
    kept = dup(STDERR_FILENO);
    return place && kept >= 0 && dup2(fileno(place), STDERR_FILENO) >= 0 ? 0 : -1;
}

static int give_it_back(void **unused)
{
    (void)unused;
    dup2(kept, STDERR_FILENO);
    close(kept);
    fclose(place);
    return 0;
}

static const char *written(void)
{
    static char text[4096];

    rewind(place);
    text[fread(text, 1, sizeof(text) - 1, place)] = '\0';
    return text;
}

static void a_line_takes_away_what_was_shown_and_leaves_no_tail(void **unused)
{
    (void)unused;
    log_raw("first\n", 6);
    log_transient("long progress\r\n\033[1A", 19);
    log_raw("one\n", 4);
    log_raw("two\n", 4);
    log_transient("new\r\n\033[1A", 9);
    log_transient("newer\r\n\033[1A", 11);
    log_transient("", 0);
    log_raw("three\n", 6);
    assert_string_equal(written(), "first\n"
                                   "long progress\r\n\033[1A\r\033[Jone\n"
                                   "two\n"
                                   "new\r\n\033[1A\r\033[Jnewer\r\n\033[1A\r\033[J"
                                   "three\n");
}

static void a_level_that_is_not_wanted_leaves_what_is_shown(void **unused)
{
    (void)unused;
    log_set_level(DAG_LOG_WARNING);
    log_transient("x\r\n\033[1A", 7);
    log_write(DAG_LOG_INFO, "d", "c", "nothing");
    assert_string_equal(written(), "x\r\n\033[1A");
    log_write(DAG_LOG_WARNING, "d", "c", "some\tthing");
    assert_non_null(strstr(written(), "\033[1A\r\033[J"));
    assert_non_null(strstr(written(), " warning: d/c: some thing\n"));
    log_set_level(DAG_LOG_INFO);
}

static void no_text_moves_the_cursor(void **unused)
{
    (void)unused;
    log_write(DAG_LOG_WARNING, NULL, NULL, "a\033[2Jb\x7f-c\xc2\x9b-d \xc3\xa9 \xc2\xa7");
    assert_non_null(strstr(written(), " warning: a [2Jb -c  -d \xc3\xa9 \xc2\xa7\n"));
}

static void members_stand_beside_the_message_in_json_alone(void **unused)
{
    (void)unused;
    const struct log_field fields[] = {{"method", "GET", 0}, {"status", NULL, 404}};

    log_write_fields(DAG_LOG_INFO, NULL, "http", fields, 2, "request");
    log_set_format(LOG_FORMAT_JSON);
    log_write_fields(DAG_LOG_ERROR, "d", NULL, fields, 2, "say \"%s\"", "hi");
    log_set_format(LOG_FORMAT_TEXT);
    assert_non_null(strstr(written(), " info: http: request\n"));
    assert_non_null(strstr(written(), "\"level\":\"error\",\"dag\":\"d\",\"method\":\"GET\","
                                      "\"status\":404,\"message\":\"say \\\"hi\\\"\"}\n"));
}

static void the_newest_lines_are_kept_and_numbered(void **unused)
{
    (void)unused;
    struct dag_buffer line = {0};
    uint64_t number = 0;

    log_write(DAG_LOG_INFO, NULL, NULL, "before anybody wants them");
    assert_int_equal(log_kept_newest(), 0);
    log_keep();
    for (int i = 1; i <= LOG_KEPT_MAX + 5; i++)
        log_write(DAG_LOG_INFO, NULL, NULL, "line %d", i);
    assert_int_equal(log_kept_newest(), LOG_KEPT_MAX + 5);
    assert_true(log_kept_next(&number, &line));
    assert_int_equal(number, 6); /* five have given way */
    assert_true(dag_buffer_append(&line, "", 1));
    assert_non_null(strstr(line.bytes, "\"message\":\"line 6\"}"));
    number = LOG_KEPT_MAX + 4;
    assert_true(log_kept_next(&number, &line));
    assert_int_equal(number, LOG_KEPT_MAX + 5);
    assert_false(log_kept_next(&number, &line));
    dag_buffer_free(&line);
}

static void levels_have_names(void **unused)
{
    enum dag_log_level level = DAG_LOG_ERROR;

    (void)unused;
    assert_true(log_level_of("debug", &level));
    assert_int_equal(level, DAG_LOG_DEBUG);
    assert_string_equal(log_level_name(DAG_LOG_WARNING), "warning");
    assert_false(log_level_of("loud", &level));
    assert_int_equal(level, DAG_LOG_DEBUG);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, take_standard_error, give_it_back)
    const struct CMUnitTest tests[] = {
        CASE(a_line_takes_away_what_was_shown_and_leaves_no_tail),
        CASE(a_level_that_is_not_wanted_leaves_what_is_shown),
        CASE(no_text_moves_the_cursor),
        CASE(members_stand_beside_the_message_in_json_alone),
        CASE(the_newest_lines_are_kept_and_numbered),
        CASE(levels_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
