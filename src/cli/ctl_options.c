/* ctl_options.c - the command line of `dagd ctl`: one table reads the options and explains them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "core/options.h"

#define COMMON_COUNT 5

const struct ctl_option ctl_common_options[COMMON_COUNT + 1] = {
    {"url", "URL", "the server; else DAGD_URL, else http://127.0.0.1:5000"},
    {"token-file", "FILE", "its first line is the API token; else the variable DAGD_TOKEN"},
    {"ca-file", "FILE", "PEM, whom to trust for https; else DAGD_CA_FILE, else the system's"},
    {"allow-plain-http", NULL, "sends the token without TLS beyond this machine, too"},
    {"json", NULL, "prints what the API sends, one value a line"},
    {NULL, NULL, NULL},
};

static const char *argument_kind(const struct ctl_option *option)
{
    return option->value ? option->value : "";
}

static struct option as_getopt(const struct ctl_option *option)
{
    int kind = required_argument;

    if (!option->value)
        kind = no_argument;
    else if (option->value[0] == '[')
        kind = optional_argument;
    return (struct option){option->name, kind, NULL, 'o'};
}

int ctl_usage_error(const struct ctl *ctl, const char *format, ...)
{
    va_list arguments;
    char text[600];

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return cli_usage_error(ctl->name, "%s", text);
}

static int check_argument_count(const struct ctl *ctl)
{
    const struct ctl_command *command = ctl->command;

    if (ctl->argument_count < command->argument_min)
        return ctl_usage_error(ctl, "something is missing: dagd ctl %s %s", command->name,
                               command->arguments);
    if (command->argument_max >= 0 && ctl->argument_count > command->argument_max)
        return ctl_usage_error(ctl, "unexpected argument '%s'",
                               ctl->arguments[command->argument_max]);
    return CLI_OK;
}

/* The option that getopt_long() has just taken, as it was written. */
static const char *as_written(char **argv)
{
    bool has_value_behind = optarg && optarg == argv[optind - 1];

    return argv[optind - (has_value_behind ? 2 : 1)];
}

/* getopt_long() takes a part of a name for the whole. Here that could take a token for the name of
 * a file, and show it in a message. */
static bool is_whole_name(char **argv, const char *name)
{
    const char *given = as_written(argv) + 2;

    return strcspn(given, "=") == strlen(name);
}

static int refuse_part(const struct ctl *ctl, char **argv, const char *name)
{
    const char *given = as_written(argv) + 2;

    return ctl_usage_error(ctl, "unknown option '--%.*s'; did you mean '--%s'?",
                           (int)strcspn(given, "="), given, name);
}

int ctl_read_options(struct ctl *ctl, int argc, char **argv)
{
    struct option options[CTL_OPTIONS_MAX + COMMON_COUNT + 1] = {0};
    size_t count = 0;
    int option, index = 0;

    for (size_t i = 0; i < CTL_OPTIONS_MAX && ctl->command->options[i].name; i++)
        options[count++] = as_getopt(&ctl->command->options[i]);
    for (size_t i = 0; i < COMMON_COUNT; i++)
        options[count++] = as_getopt(&ctl_common_options[i]);
    ctl->given = calloc((size_t)argc + 1, sizeof(*ctl->given));
    if (!ctl->given)
        return CLI_IO;
    snprintf(ctl->name, sizeof(ctl->name), "ctl %s", argv[0]);
    argv[0] = ctl->name;
    optind = 1;
    while ((option = getopt_long(argc, argv, ":", options, &index)) != -1) {
        if (option != 'o')
            return cli_option_error(argv, option, options);
        if (!is_whole_name(argv, options[index].name))
            return refuse_part(ctl, argv, options[index].name);
        ctl->given[ctl->given_count++] = (struct ctl_given){options[index].name, optarg};
    }
    ctl->arguments = argv + optind;
    ctl->argument_count = argc - optind;
    ctl->is_json = ctl_has(ctl, "json");
    return check_argument_count(ctl);
}

static void print_option(const struct ctl_option *option)
{
    char left[64];
    bool may_lack = option->value && option->value[0] == '[';
    size_t size = may_lack ? strlen(option->value) - 2 : 0;

    if (may_lack)
        snprintf(left, sizeof(left), "--%s[=%.*s]", option->name, (int)size, option->value + 1);
    else
        snprintf(left, sizeof(left), "--%s%s%s", option->name, option->value ? " " : "",
                 argument_kind(option));
    printf("  %-23s %s\n", left, option->help);
}

void ctl_print_help(const struct ctl_command *command)
{
    printf("usage: dagd ctl %s%s%s%s\n\n%s\n\n", command->name, *command->arguments ? " " : "",
           command->arguments, command->options[0].name ? " [OPTION]..." : "", command->summary);
    for (size_t i = 0; i < CTL_OPTIONS_MAX && command->options[i].name; i++)
        print_option(&command->options[i]);
    for (size_t i = 0; i < COMMON_COUNT; i++)
        print_option(&ctl_common_options[i]);
    if (command->help)
        printf("\n%s", command->help);
}

bool ctl_has(const struct ctl *ctl, const char *name)
{
    for (size_t i = 0; i < ctl->given_count; i++)
        if (strcmp(ctl->given[i].name, name) == 0)
            return true;
    return false;
}

const char *ctl_value(const struct ctl *ctl, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < ctl->given_count; i++)
        if (strcmp(ctl->given[i].name, name) == 0)
            value = ctl->given[i].value;
    return value;
}

const char *ctl_next_value(const struct ctl *ctl, const char *name, size_t *next)
{
    while (*next < ctl->given_count) {
        const struct ctl_given *given = &ctl->given[(*next)++];

        if (strcmp(given->name, name) == 0)
            return given->value;
    }
    return NULL;
}

bool ctl_integer(const struct ctl *ctl, const char *name, long min, long max, long otherwise,
                 long *value)
{
    const char *text = ctl_value(ctl, name);
    char *end = NULL;

    *value = otherwise;
    if (!text)
        return true;
    *value = strtol(text, &end, 10);
    if (end != text && *end == '\0' && *value >= min && *value <= max)
        return true;
    ctl_usage_error(ctl, "option '--%s' must be a whole number from %ld to %ld, not '%s'", name,
                    min, max, text);
    return false;
}

bool ctl_duration(const struct ctl *ctl, const char *name, int64_t otherwise_ms, int64_t *ms)
{
    const char *text = ctl_value(ctl, name);
    int64_t us;

    *ms = otherwise_ms;
    if (!text)
        return true;
    if (options_parse_duration(text, &us) && us >= 0) {
        *ms = us / 1000;
        return true;
    }
    ctl_usage_error(ctl, "option '--%s' must be a time such as 500ms, 30s or 5m, not '%s'", name,
                    text);
    return false;
}
