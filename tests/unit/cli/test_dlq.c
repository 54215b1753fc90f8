/* test_dlq.c - dagd dlq on a folder with three dead letters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "durable/data_folder.h"
#include "durable/letters.h"
#include "durable/record_log.h"

static const char *const letters[] = {
    "{\"cause\":\"node\",\"dag\":\"shop\",\"node\":\"sum\",\"cycle\":3,"
    "\"time\":\"2026-01-02T03:04:05.678Z\",\"message\":\"'x' is missing\","
    "\"input\":{\"n\":1.50}}",
    "{\"cause\":\"parse\",\"dag\":\"shop\",\"subscriber\":\"in\",\"cycle\":5,"
    "\"time\":\"2026-01-02T03:04:06.678Z\",\"message\":\"no JSON\","
    "\"raw_base64\":\"e25vIGpzb24=\"}",
    "{\"cause\":\"publish\",\"dag\":\"shop\",\"publisher\":\"out\",\"cycle\":9,"
    "\"time\":\"2026-01-02T03:04:07.678Z\",\"message\":\"too large\",\"input\":{\"n\":2}}",
};
static const uint64_t keys[] = {3, 5, 9};

static char place[64];
static char output[8192];

static int make_folder(void **unused)
{
    struct data_folder *folder = NULL;
    struct dag_error err = {0};
    char path[128];

    (void)unused;
    snprintf(place, sizeof(place), "/tmp/dlq-XXXXXX");
    if (!mkdtemp(place) ||
        data_folder_open(storage_disk(), place, true, false, &folder, &err) != DATA_FOLDER_OK)
        return 1;
    snprintf(path, sizeof(path), "%s/dead-letters", data_folder_dag(folder, "shop", &err));
    struct record_log *log = record_log_open(
        &(struct record_log_options){.storage = storage_disk(), .folder = path}, NULL, &err);
    bool done = log != NULL;
    for (size_t i = 0; done && i < sizeof(keys) / sizeof(keys[0]); i++)
        done = record_log_append(log, keys[i], LETTER_STORED, letters[i], strlen(letters[i]), &err);
    done = done && record_log_sync(log, &err);
    record_log_close(log);
    data_folder_close(folder);
    return done ? 0 : 1;
}

static int remove_folder(void **unused)
{
    char command[128];

    (void)unused;
    snprintf(command, sizeof(command), "rm -r '%s'", place);
    return system(command);
}

/* Runs `dagd dlq ARGUMENTS`, which may hold one %s for the folder. Fills `output` with both its
 * outputs; the exit code. */
static int dlq(const char *arguments)
{
    char command[512];
    const char *program = getenv("DAGD");
    const char *data = strstr(arguments, "DATA");

    assert_non_null(program);
    assert_non_null(data);
    snprintf(command, sizeof(command), "'%s' dlq %.*s'%s'%s 2>&1", program, (int)(data - arguments),
             arguments, place, data + 4);
    FILE *pipe = popen(command, "re");
    assert_non_null(pipe);
    size_t size = fread(output, 1, sizeof(output) - 1, pipe);
    output[size] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void letters_are_listed_and_shown(void **unused)
{
    (void)unused;
    assert_int_equal(dlq("ls --data DATA shop"), 0);
    assert_string_equal(output, "3  stored  2026-01-02T03:04:05.678Z  node  sum: 'x' is missing\n"
                                "5  stored  2026-01-02T03:04:06.678Z  parse  in: no JSON\n"
                                "9  stored  2026-01-02T03:04:07.678Z  publish  out: too large\n");
    assert_int_equal(dlq("show --data DATA shop 9"), 0);
    assert_non_null(strstr(output, "{\"id\":9,\"state\":\"stored\",\"letter\":{\"cause\":"));
    assert_int_equal(dlq("ls --json --data=DATA shop"), 0);
    assert_non_null(strstr(output, "\"raw_base64\":\"e25vIGpzb24=\""));
}

static void what_is_redriven_or_discarded_is_done_with(void **unused)
{
    (void)unused;
    assert_int_equal(dlq("redrive --data DATA shop 5 3 --to -"), 0);
    assert_string_equal(output, "{\"n\":1.50}\n{no json\n");
    assert_int_equal(dlq("ls --data DATA shop"), 0);
    assert_null(strstr(output, "\n5"));
    assert_string_equal(output, "9  stored  2026-01-02T03:04:07.678Z  publish  out: too large\n");
    assert_int_equal(dlq("discard --data DATA shop --all"), 0);
    assert_int_equal(dlq("ls --data DATA shop"), 0);
    assert_string_equal(output, "");
    assert_int_equal(dlq("ls --all --data DATA shop"), 0);
    assert_non_null(strstr(output, "5  redriven"));
    assert_non_null(strstr(output, "9  discarded"));
    /* by name also what was taken out before */
    assert_int_equal(dlq("redrive --data DATA shop 9 --to -"), 0);
    assert_string_equal(output, "{\"n\":2}\n");
}

static void mistakes_are_told(void **unused)
{
    static const struct {
        const char *arguments;
        int code;
        const char *text;
    } cases[] = {
        {"ls --data DATA", 2, "the name of a DAG is missing"},
        {"eat --data DATA shop", 2, "unknown action 'eat'"},
        {"show --data DATA shop", 2, "which ones?"},
        {"redrive --data DATA shop 3", 2, "option '--to' is missing"},
        {"show --data DATA shop 4", 1, "there is no dead letter '4'"},
        {"show --data DATA shop 3x", 1, "there is no dead letter '3x'"},
        {"ls --data DATA other", 1, "holds nothing of DAG 'other'"},
        {"discard --all --data DATA other", 1, "holds nothing of DAG 'other'"},
        {"ls --data DATA/none shop", 1, "is no data folder of dagd"},
        {"redrive --all --to /none/of/it --data DATA shop", 6, "cannot open '/none/of/it'"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(dlq(cases[i].arguments), cases[i].code);
        assert_non_null(strstr(output, cases[i].text));
    }
}

static void a_folder_in_use_can_only_be_looked_at(void **unused)
{
    struct data_folder *folder = NULL;
    struct dag_error err = {0};

    (void)unused;
    assert_int_equal(data_folder_open(storage_disk(), place, true, false, &folder, &err),
                     DATA_FOLDER_OK);
    assert_int_equal(dlq("ls --data DATA shop"), 0);
    assert_int_equal(dlq("discard --all --data DATA shop"), 5);
    assert_non_null(strstr(output, "in use by process"));
    assert_non_null(strstr(output, "dagd ctl dlq discard shop"));
    data_folder_close(folder);
}

#define ON_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_FOLDER(letters_are_listed_and_shown),
        ON_A_FOLDER(what_is_redriven_or_discarded_is_done_with),
        ON_A_FOLDER(mistakes_are_told),
        ON_A_FOLDER(a_folder_in_use_can_only_be_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
