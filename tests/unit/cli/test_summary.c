/* test_summary.c - the summary of a run, and the line that a terminal shows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/summary.h"

static void is_a_list_with_these_keys_and_no_others(void **unused)
{
    const struct summary summaries[] = {
        {.dag = "one",
         .cycles = 1,
         .received = 2,
         .published = 3,
         .rejected = 4,
         .node_errors = 5,
         .dead_letters = 10,
         .dropped = {{"overflow_latest", 7}, {"a \"b\"", 1}},
         .dropped_count = 2},
        {.dag = "two"},
    };
    char path[] = "/tmp/dagd_summary_XXXXXX";
    int fd = mkstemp(path);
    struct dag_error err = {0};
    size_t size;

    (void)unused;
    assert_true(fd >= 0);
    close(fd);
    assert_true(summary_write(summaries, 2, path, &err));
    char *text = cli_read_file(path, &size, &err);
    unlink(path);
    assert_non_null(text);
    assert_string_equal(
        text, "[{\"dag\":\"one\",\"cycles\":1,\"received\":2,\"published\":3,\"rejected\":4,"
              "\"node_errors\":5,\"dead_letters\":10,\"dropped\":{\"overflow_latest\":7,\"a "
              "\\\"b\\\"\":1}},"
              "\n {\"dag\":\"two\",\"cycles\":0,\"received\":0,\"published\":0,\"rejected\":0,"
              "\"node_errors\":0,\"dead_letters\":0,\"dropped\":{}}]\n");
    free(text);
}

static void tells_people_of_duplicate_keys_where_there_are_some(void **unused)
{
    struct summary summary = {.dag = "one", .cycles = 1};
    char *text = NULL;
    size_t size = 0;

    (void)unused;
    for (uint64_t count = 0; count <= 2; count += 2) {
        FILE *out = open_memstream(&text, &size);

        assert_non_null(out);
        summary.duplicate_keys = count;
        summary_print(&summary, out);
        fclose(out);
        assert_int_equal(strstr(text, "one: duplicate keys: 2\n") != NULL, count == 2);
        assert_int_equal(strstr(text, "duplicate") != NULL, count == 2);
        free(text);
    }
}

static void tells_when_it_cannot_be_written(void **unused)
{
    const struct summary summary = {.dag = "one"};
    struct dag_error err = {0};

    (void)unused;
    assert_false(summary_write(&summary, 1, "/dev/full", &err));
    assert_int_equal(err.code, DAG_ERROR_IO);
    assert_false(summary_write(&summary, 1, "/dev/null/x", &err));
    assert_non_null(strstr(err.message, "/dev/null/x"));
}

static void the_line_shows_rates_depths_errors_and_memory(void **unused)
{
    struct dag_stats stats = {.state = DAG_STATE_STOPPING,
                              .cycles = 12,
                              .engine = {.rejected = 1, .node_errors = 2},
                              .publish_dead_letters = 3,
                              .memory_used = 1536};
    struct progress_sums sums = {.source_depth = 4, .sink_depth = 5};
    char line[256];

    (void)unused;
    progress_line(line, sizeof(line), "d", &stats, &sums, 100, 50, 2000000);
    assert_string_equal(line, "d (draining): 12 cycles, in 50/s, out 25/s, waiting 4 in, 5 out, "
                              "6 errors, 1.5 KiB");
    sums.duplicate_keys = 7;
    progress_line(line, sizeof(line), "d", &stats, &sums, 100, 50, 2000000);
    assert_non_null(strstr(line, ", 6 errors, duplicate keys: 7, 1.5 KiB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_list_with_these_keys_and_no_others),
        cmocka_unit_test(tells_people_of_duplicate_keys_where_there_are_some),
        cmocka_unit_test(tells_when_it_cannot_be_written),
        cmocka_unit_test(the_line_shows_rates_depths_errors_and_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
