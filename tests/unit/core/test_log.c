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

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, take_standard_error, give_it_back)
    const struct CMUnitTest tests[] = {
        CASE(a_line_takes_away_what_was_shown_and_leaves_no_tail),
        CASE(a_level_that_is_not_wanted_leaves_what_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
