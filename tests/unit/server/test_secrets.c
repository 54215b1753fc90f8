/* test_secrets.c - secrets from a folder and the environment, and that errors don't show them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/hidden.h"
#include "server/secrets.h"

static char folder[64];
static struct secrets *secrets;
static const char *const variables[] = {"SECRET_ALLOWED"};

static void put_bytes(const char *name, const char *bytes, size_t size, mode_t mode)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void put(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text), 0600);
}

static int set_up(void **state)
{
    struct dag_error err = {0};

    (void)state;
    strcpy(folder, "/tmp/dagd-secrets-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    setenv("SECRET_ALLOWED", "from-the-environment", 1);
    setenv("SECRET_OTHER", "not-for-you", 1);
    secrets = secrets_new(
        &(struct secrets_options){.folder = folder, .variables = variables, .variable_count = 1},
        &err);
    if (!secrets)
        fail_msg("%s", err.message);
    return 0;
}

static int tear_down(void **state)
{
    char command[100];

    (void)state;
    secrets_free(secrets);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void expect(const char *name, const char *value)
{
    struct dag_error err = {0};
    const char *found = secrets_look_up(secrets, name, &err);

    if (!found)
        fail_msg("%s", err.message);
    assert_string_equal(found, value);
}

static void expect_error(const char *name, const char *part)
{
    struct dag_error err = {0};

    assert_null(secrets_look_up(secrets, name, &err));
    if (!strstr(err.message, part))
        fail_msg("'%s' doesn't say '%s'", err.message, part);
}

static void one_line_break_is_cut(void **state)
{
    (void)state;
    put("a", "value-a");
    put("b", "value-b\n");
    put("c", "value-c\n\n");
    put("d", "value-d\r\n");
    put("db.pass-word", "x");
    put("empty", "");
    expect("a", "value-a");
    expect("b", "value-b");
    expect("c", "value-c\n");
    expect("d", "value-d");
    expect("db.pass-word", "x");
    expect("empty", "");
}

static void a_new_value_counts_at_once(void **state)
{
    (void)state;
    put("a", "value-old");
    expect("a", "value-old");
    put("a", "value-new");
    expect("a", "value-new");
}

static void a_variable_must_be_allowed(void **state)
{
    (void)state;
    expect("SECRET_ALLOWED", "from-the-environment");
    expect_error("SECRET_OTHER", "there is no secret 'SECRET_OTHER'");
    put("SECRET_ALLOWED", "from-the-folder");
    expect("SECRET_ALLOWED", "from-the-folder");
}

static void refuses_what_others_may_read_and_what_is_no_text(void **state)
{
    char path[160];

    (void)state;
    put_bytes("open", "value", 5, 0644);
    put_bytes("open2", "value", 5, 0602);
    put_bytes("nul", "a\0b", 3, 0600);
    put_bytes("latin", "\xe4\xf6\xfc", 3, 0600);
    snprintf(path, sizeof(path), "%s/folder", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_error("open", "everybody on this machine may read the file of the secret 'open'");
    expect_error("open2", "may write the file");
    expect_error("nul", "NUL byte");
    expect_error("latin", "not UTF-8");
    expect_error("folder", "is no file");
    expect_error("pipe", "is no file");
    put_bytes("group", "value-group", 11, 0640);
    expect("group", "value-group");
}

static void a_name_is_no_path(void **state)
{
    static const char *const names[] = {"",    "..", ".hidden", "../a",
                                        "a/b", "-a", "a b",     "\xc3\xa4"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        expect_error(names[i], "is no name of a secret");
}

static void refuses_what_is_too_long(void **state)
{
    size_t size = SECRET_SIZE_MAX + 2;
    char *bytes = malloc(size);

    (void)state;
    memset(bytes, 'x', size);
    put_bytes("long", bytes, size, 0600);
    expect_error("long", "is longer than");
    put_bytes("most", bytes, SECRET_SIZE_MAX, 0600);
    struct dag_error err = {0};
    assert_int_equal(strlen(secrets_look_up(secrets, "most", &err)), SECRET_SIZE_MAX);
    free(bytes);
}

static void errors_do_not_show_what_was_read(void **state)
{
    struct dag_error err = {0};
    char text[200] = "password=p%40ss%20w%22rd%3A1 and {\"p\":\"p@ss w\\\"rd:1\"}";

    (void)state;
    put("a", "p@ss w\"rd:1\n");
    expect("a", "p@ss w\"rd:1");
    dag_error_set(&err, DAG_ERROR_IO, "cannot sign in as u/%s", "p@ss w\"rd:1");
    assert_string_equal(err.message, "cannot sign in as u/***");
    dag_error_add_context(&err, "node '%s'", "p@ss w\"rd:1");
    assert_string_equal(err.message, "node '***': cannot sign in as u/***");
    hidden_mask(text);
    assert_string_equal(text, "password=*** and {\"p\":\"***\"}");
}

static void the_folder_must_be_there_and_safe(void **state)
{
    struct dag_error err = {0};

    (void)state;
    assert_null(secrets_new(&(struct secrets_options){.folder = "/nonexistent"}, &err));
    assert_non_null(strstr(err.message, "/nonexistent"));
    assert_int_equal(chmod(folder, 0777), 0);
    assert_null(secrets_new(&(struct secrets_options){.folder = folder}, &err));
    assert_non_null(strstr(err.message, "everybody may write into the folder of secrets"));
    struct secrets *none = secrets_new(&(struct secrets_options){0}, &err);
    assert_non_null(none);
    assert_null(secrets_look_up(none, "a", &err));
    secrets_free(none);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_line_break_is_cut),
        CASE(a_new_value_counts_at_once),
        CASE(a_variable_must_be_allowed),
        CASE(refuses_what_others_may_read_and_what_is_no_text),
        CASE(a_name_is_no_path),
        CASE(refuses_what_is_too_long),
        CASE(errors_do_not_show_what_was_read),
        CASE(the_folder_must_be_there_and_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
