/* ctl.c - `dagd ctl`: finds the subcommand, reads who asks, and connects to the server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "core/options.h"

#define DEFAULT_URL    "http://127.0.0.1:5000"
#define TOKEN_SIZE_MAX 1024

static const struct ctl_command *find(const char *name)
{
    for (size_t i = 0; i < ctl_command_count; i++)
        if (strcmp(ctl_commands[i].name, name) == 0)
            return &ctl_commands[i];
    return NULL;
}

static const char *name_at(void *context, size_t i)
{
    (void)context;
    return i < ctl_command_count ? ctl_commands[i].name : NULL;
}

static int unknown(const char *name)
{
    const char *near = options_suggest(name, name_at, NULL);

    if (near)
        return cli_usage_error("ctl", "unknown subcommand '%s'; did you mean '%s'?", name, near);
    return cli_usage_error("ctl", "unknown subcommand '%s'", name);
}

static void print_overview(FILE *out)
{
    fprintf(out, "usage: dagd ctl SUBCOMMAND [ARGUMENT]... [OPTION]...\n\n"
                 "Asks a server that runs ('dagd serve'), by its REST API.\n\n");
    for (size_t i = 0; i < ctl_command_count; i++)
        fprintf(out, "  %-10s %s\n", ctl_commands[i].name, ctl_commands[i].summary);
    fprintf(
        out,
        "\n'dagd ctl SUBCOMMAND --help' tells more. The server is --url or DAGD_URL, else\n" //
        DEFAULT_URL ". The API token is the first line of --token-file, or the variable\n"
        "DAGD_TOKEN; 'dagd token create' makes one. It is never an argument: others could\n"
        "read it there.\n\n"
        "Exit code: 0 done, 1 the server refuses, 2 usage, 3 done with rejects, 4 not there in\n"
        "time, 6 the server can't be reached, or can't do it now.\n");
}

int cli_ctl_help(const char *name)
{
    const struct ctl_command *command = name ? find(name) : NULL;

    if (name && !command)
        return unknown(name);
    if (command)
        ctl_print_help(command);
    else
        print_overview(stdout);
    return CLI_OK;
}

/* ---- who asks ---- */

static const char *setting(const struct ctl *ctl, const char *option, const char *variable)
{
    const char *value = ctl_value(ctl, option);

    value = value ? value : getenv(variable);
    return value && *value ? value : NULL;
}

static bool read_token(const struct ctl *ctl, char token[TOKEN_SIZE_MAX], struct dag_error *err)
{
    const char *path = ctl_value(ctl, "token-file");
    const char *given = getenv("DAGD_TOKEN");

    if (path) {
        FILE *file = fopen(path, "re");
        bool is_read = file && fgets(token, TOKEN_SIZE_MAX, file);

        if (!file)
            dag_error_set_errno(err, "cannot open the token file '%s'", path);
        else if (!is_read)
            dag_error_set(err, DAG_ERROR_IO, "the token file '%s' is empty", path);
        if (file)
            fclose(file);
        if (!is_read)
            return false;
        token[strcspn(token, "\r\n")] = '\0';
        return true;
    }
    if (given && strlen(given) >= TOKEN_SIZE_MAX)
        return dag_error_set(err, DAG_ERROR_INVALID, "DAGD_TOKEN is too long for a token");
    snprintf(token, TOKEN_SIZE_MAX, "%s", given ? given : "");
    return true;
}

static int connect_to_server(struct ctl *ctl)
{
    char token[TOKEN_SIZE_MAX] = "";
    struct client_settings settings = {
        .url = setting(ctl, "url", "DAGD_URL"),
        .ca_file = setting(ctl, "ca-file", "DAGD_CA_FILE"),
        .token = token,
        .allow_plain_http = ctl_has(ctl, "allow-plain-http"),
    };
    struct dag_error err = {0};
    int code = CLI_OK;

    if (!settings.url)
        settings.url = DEFAULT_URL;
    if (!read_token(ctl, token, &err))
        code = CLI_IO;
    else if (!(ctl->client = client_new(&settings, &err)))
        code = err.code == DAG_ERROR_INVALID ? CLI_USAGE : CLI_IO;
    explicit_bzero(token, sizeof(token));
    if (code != CLI_OK)
        ctl_say(ctl, "%s", err.message);
    return code;
}

/* ---- the command ---- */

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* Options may stand in front of the subcommand, too: it is the first word that is no option and no
 * option's value. It is moved to the front. NULL: there is none. */
static const char *take_name(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *option = argv[i];

        if (option[0] != '-') {
            char *name = argv[i];
            memmove(&argv[2], &argv[1], (size_t)(i - 1) * sizeof(*argv));
            argv[1] = name;
            return name;
        }
        for (const struct ctl_option *common = ctl_common_options; common->name; common++)
            if (common->value && strncmp(option, "--", 2) == 0 &&
                strcmp(option + 2, common->name) == 0)
                i++;
    }
    return NULL;
}

int cli_ctl(int argc, char **argv, const struct registry *registry)
{
    struct ctl ctl = {0};
    const char *name = take_name(argc, argv);
    int code;

    (void)registry;
    if (!name && wants_help(argc, argv))
        return cli_ctl_help(NULL);
    if (!name) {
        print_overview(stderr);
        return CLI_USAGE;
    }
    ctl.command = find(name);
    if (!ctl.command)
        return unknown(name);
    if (wants_help(argc, argv))
        return cli_ctl_help(name);
    code = ctl_read_options(&ctl, argc - 1, argv + 1);
    if (code == CLI_OK)
        code = connect_to_server(&ctl);
    if (code == CLI_OK)
        code = ctl.command->run(&ctl);
    client_free(ctl.client);
    free(ctl.given);
    return code;
}
