/* test_serve_settings.c - settings of `dagd serve`: who wins, and what is refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/commands.h"
#include "cli/serve_settings.h"

#define WORDS_MAX 16

struct fixture {
    char folder[64];
    char config[96];
};

static struct fixture fixture;

static int make(void **state)
{
    (void)state;
    strcpy(fixture.folder, "/tmp/serve_settings_XXXXXX");
    if (!mkdtemp(fixture.folder))
        return -1;
    snprintf(fixture.config, sizeof(fixture.config), "%s/config.json", fixture.folder);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    unlink(fixture.config);
    return rmdir(fixture.folder);
}

static void write_config(const char *text)
{
    FILE *file = fopen(fixture.config, "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/** Reads words, which need not name the folders, and an environment; both end with NULL. */
static int read_words(const char *const *words, const char *const *environment,
                      struct serve_settings *settings)
{
    char *argv[WORDS_MAX * 2] = {strdup("serve")};
    char *variables[WORDS_MAX] = {NULL};
    int argc = 1;

    for (size_t i = 0; words[i]; i++)
        argv[argc++] = strdup(words[i]);
    for (size_t i = 0; environment && environment[i]; i++)
        variables[i] = strdup(environment[i]);

    int code = serve_settings_read(argc, argv, variables, settings);

    for (int i = 0; i < argc; i++)
        free(argv[i]);
    for (size_t i = 0; variables[i]; i++)
        free(variables[i]);
    return code;
}

#define FOLDERS        "--dags", "dags", "--data", "data", "--file-root", "files"
#define WORDS(...)     ((const char *const[]){FOLDERS, __VA_ARGS__, NULL})
#define VARIABLES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void has_safe_defaults(void **state)
{
    struct serve_settings settings;

    (void)state;
    assert_int_equal(read_words((const char *const[]){FOLDERS, NULL}, NULL, &settings), CLI_OK);
    assert_string_equal(settings.listen_address, "127.0.0.1");
    assert_int_equal(settings.listen_port, 5000);
    assert_int_equal(settings.drain_timeout_us, 30000000);
    assert_false(settings.allow_plain_http);
    assert_false(settings.start_all);
    assert_int_equal(settings.secret_env.count, 0);
    assert_true(settings.threads >= 1);
    serve_settings_deinit(&settings);
}

static void flags_beat_variables_beat_the_file(void **state)
{
    struct serve_settings settings;
    const char *const variables[] = {"DAGD_DRAIN_TIMEOUT=20s", "DAGD_LOG_LEVEL=debug", NULL};

    (void)state;
    write_config("{\"drain_timeout\": 10, \"log_level\": \"error\", \"log_format\": \"json\",\n"
                 " \"start_all\": true, \"comment\": \"mine\"}");
    assert_int_equal(read_words(WORDS("--drain-timeout", "5s", "--config", fixture.config),
                                variables, &settings),
                     CLI_OK);
    assert_int_equal(settings.drain_timeout_us, 5000000);
    assert_string_equal(settings.log_level, "debug");
    assert_string_equal(settings.log_format, "json");
    assert_true(settings.start_all);
    serve_settings_deinit(&settings);
}

static void a_list_is_replaced_and_not_mixed(void **state)
{
    struct serve_settings settings;

    (void)state;
    write_config("{\"secret_env\": [\"ALL\", \"OF\", \"THEM\"], \"proxy\": [\"10.0.0.1\"]}");
    assert_int_equal(
        read_words(WORDS("--secret-env", "A", "--secret-env", "B,C", "--config", fixture.config),
                   NULL, &settings),
        CLI_OK);
    assert_int_equal(settings.secret_env.count, 3);
    assert_string_equal(settings.secret_env.texts[0], "A");
    assert_string_equal(settings.secret_env.texts[2], "C");
    assert_int_equal(settings.proxies.count, 1);
    serve_settings_deinit(&settings);
}

static void an_empty_list_takes_away(void **state)
{
    struct serve_settings settings;

    (void)state;
    write_config("{\"env\": [\"HOME\"]}");
    assert_int_equal(
        read_words(WORDS("--config", fixture.config), VARIABLES("DAGD_ENV="), &settings), CLI_OK);
    assert_int_equal(settings.env.count, 0);
    serve_settings_deinit(&settings);
}

static void understands_the_variables_of_the_original(void **state)
{
    struct serve_settings settings;
    const char *const variables[] = {"DAG_CONFIG_FOLDER=old_dags", "USERS_FILE=users.json",
                                     "FLASK_HOST=::1", "FLASK_PORT=8080", NULL};
    const char *const words[] = {"--data", "data", "--file-root", "files", NULL};

    (void)state;
    assert_int_equal(read_words(words, variables, &settings), CLI_OK);
    assert_string_equal(settings.dags, "old_dags");
    assert_string_equal(settings.users_file, "users.json");
    assert_string_equal(settings.listen_address, "::1");
    assert_int_equal(settings.listen_port, 8080);
    serve_settings_deinit(&settings);
}

static void ours_beat_those_of_the_original(void **state)
{
    struct serve_settings settings;
    const char *const variables[] = {"DAGD_LISTEN=127.0.0.1:1", "FLASK_PORT=2", NULL};

    (void)state;
    assert_int_equal(read_words((const char *const[]){FOLDERS, NULL}, variables, &settings),
                     CLI_OK);
    assert_int_equal(settings.listen_port, 1);
    serve_settings_deinit(&settings);
}

static void refuses(const char *const *words, const char *const *variables)
{
    struct serve_settings settings;
    int code = read_words(words, variables, &settings);

    serve_settings_deinit(&settings);
    assert_int_equal(code, CLI_USAGE);
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    refuses((const char *const[]){"--dags", "d", "--data", "d", NULL}, NULL);
    refuses(WORDS("--listen", "localhost:5000"), NULL);
    refuses(WORDS("--listen", "127.0.0.1"), NULL);
    refuses(WORDS("--listen", "127.0.0.1:65536"), NULL);
    refuses(WORDS("--listen", "127.0.0.1:80x"), NULL);
    refuses(WORDS("--listen", "::1:5000"), NULL);
    refuses(WORDS("--listen", "[]:5000"), NULL);
    refuses(WORDS("--tls-cert", "a.pem"), NULL);
    refuses(WORDS("--threads", "0"), NULL);
    refuses(WORDS("--threads", "-1"), NULL);
    refuses(WORDS("--drain-timeout", "soon"), NULL);
    refuses(WORDS("--log-format", "xml"), NULL);
    refuses(WORDS("--log-format", "text|json"), NULL);
    refuses(WORDS("--web-dir", ""), NULL);
    refuses(WORDS("--drain-timeuot", "1s"), NULL);
    refuses(WORDS("a.json"), NULL);
    refuses(WORDS("--standby"), VARIABLES("DAGD_START_ALL=maybe"));
}

static void refuses_a_wrong_file(void **state)
{
    static const char *const texts[] = {
        "[]",
        "{",
        "{\"drain-timeout\": 1}",
        "{\"drain_timeuot\": 1}",
        "{\"dags\": null}",
        "{\"dags\": [\"a\"]}",
        "{\"env\": [1]}",
        "{\"start_all\": \"maybe\"}",
        "{\"threads\": true}",
        "{\"listen\": {}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        write_config(texts[i]);
        refuses(WORDS("--config", fixture.config), NULL);
    }
}

static void a_file_that_is_not_there_is_told(void **state)
{
    struct serve_settings settings;
    int code = read_words(WORDS("--config", "/nonexistent/config.json"), NULL, &settings);

    (void)state;
    serve_settings_deinit(&settings);
    assert_int_equal(code, CLI_IO);
}

static void plain_http_stays_at_home(void **state)
{
    struct serve_settings settings;

    (void)state;
    refuses(WORDS("--listen", "0.0.0.0:5000"), NULL);
    refuses(WORDS("--listen", "[::]:5000"), NULL);
    assert_int_equal(
        read_words(WORDS("--listen", "0.0.0.0:0", "--allow-plain-http"), NULL, &settings), CLI_OK);
    assert_int_equal(settings.listen_port, 0);
    serve_settings_deinit(&settings);
    assert_int_equal(read_words(WORDS("--listen", "[::]:443", "--tls-cert", "c", "--tls-key", "k"),
                                NULL, &settings),
                     CLI_OK);
    serve_settings_deinit(&settings);
}

static void dags_can_not_reach_the_servers_own_files(void **state)
{
    char inside[96];
    char beside[96];

    (void)state;
    snprintf(inside, sizeof(inside), "%s/in", fixture.folder);
    snprintf(beside, sizeof(beside), "%s/in2", fixture.folder);
    assert_int_equal(mkdir(inside, 0700), 0);
    assert_int_equal(mkdir(beside, 0700), 0);

    struct serve_settings settings;
    const char *const same[] = {"--dags", "d", "--data", inside, "--file-root", inside, NULL};
    const char *const around[] = {"--dags",       "d", "--data", inside, "--file-root",
                                  fixture.folder, NULL};
    const char *const within[] = {"--dags",      "d",    "--data", fixture.folder,
                                  "--file-root", inside, NULL};
    const char *const later[] = {"--dags", "d", "--data", "later/data", "--file-root", ".", NULL};
    const char *const apart[] = {"--dags", "d", "--data", inside, "--file-root", beside, NULL};

    refuses(same, NULL);
    refuses(around, NULL);
    refuses(within, NULL);
    refuses(later, NULL);
    assert_int_equal(read_words(apart, NULL, &settings), CLI_OK);
    serve_settings_deinit(&settings);
    assert_int_equal(rmdir(inside), 0);
    assert_int_equal(rmdir(beside), 0);
}

static void what_is_printed_can_be_read_again(void **state)
{
    struct serve_settings settings;
    struct dag_buffer first = {0};
    struct dag_buffer second = {0};

    (void)state;
    assert_int_equal(read_words(WORDS("--print-config", "--env", "A,B", "--drain-timeout", "1500ms",
                                      "--threads", "3", "--standby"),
                                NULL, &settings),
                     CLI_OK);
    assert_true(settings.print_config);
    assert_true(serve_settings_write(&settings, &first));
    assert_true(dag_buffer_append(&first, "", 1));
    assert_non_null(strstr(first.bytes, "\"drain_timeout\": \"1500ms\""));
    assert_non_null(strstr(first.bytes, "\"drain_timeout\": \"--drain-timeout\""));
    serve_settings_deinit(&settings);

    write_config(first.bytes);
    assert_int_equal(
        read_words((const char *const[]){"--config", fixture.config, NULL}, NULL, &settings),
        CLI_OK);
    assert_true(serve_settings_write(&settings, &second));
    assert_true(dag_buffer_append(&second, "", 1));
    *strstr(first.bytes, "\"_from\"") = '\0';
    *strstr(second.bytes, "\"_from\"") = '\0';
    assert_string_equal(first.bytes, second.bytes);
    serve_settings_deinit(&settings);
    dag_buffer_free(&first);
    dag_buffer_free(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_safe_defaults),
        cmocka_unit_test(flags_beat_variables_beat_the_file),
        cmocka_unit_test(a_list_is_replaced_and_not_mixed),
        cmocka_unit_test(an_empty_list_takes_away),
        cmocka_unit_test(understands_the_variables_of_the_original),
        cmocka_unit_test(ours_beat_those_of_the_original),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(refuses_a_wrong_file),
        cmocka_unit_test(a_file_that_is_not_there_is_told),
        cmocka_unit_test(plain_http_stays_at_home),
        cmocka_unit_test(dags_can_not_reach_the_servers_own_files),
        cmocka_unit_test(what_is_printed_can_be_read_again),
    };

    return cmocka_run_group_tests(tests, make, forget);
}
