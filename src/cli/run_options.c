/* run_options.c - the command line of `dagd run`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "core/log.h"
#include "core/options.h"

#define THREADS_MAX      1024
#define DRAIN_TIMEOUT_US 30000000

enum {
    OPTION_THREADS = 256,
    OPTION_BATCH,
    OPTION_FOR,
    OPTION_SET,
    OPTION_DRAIN_TIMEOUT,
    OPTION_SUMMARY_JSON,
    OPTION_LOG_FORMAT,
    OPTION_LOG_LEVEL,
    OPTION_DATA,
    OPTION_CHECKPOINT_INTERVAL,
};

static const struct option run_option_list[] = {
    {"threads", required_argument, NULL, OPTION_THREADS},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"for", required_argument, NULL, OPTION_FOR},
    {"set", required_argument, NULL, OPTION_SET},
    {"drain-timeout", required_argument, NULL, OPTION_DRAIN_TIMEOUT},
    {"summary-json", required_argument, NULL, OPTION_SUMMARY_JSON},
    {"log-format", required_argument, NULL, OPTION_LOG_FORMAT},
    {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
    {"data", required_argument, NULL, OPTION_DATA},
    {"checkpoint-interval", required_argument, NULL, OPTION_CHECKPOINT_INTERVAL},
    {NULL, 0, NULL, 0},
};

static int read_number(const char *name, const char *text, uint32_t max, uint32_t *number)
{
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end || errno || value < 1 || value > max)
        return cli_usage_error("run", "--%s: '%s' is not a number from 1 to %u", name, text, max);
    *number = (uint32_t)value;
    return CLI_OK;
}

static int read_time(const char *name, const char *text, int64_t *microseconds)
{
    if (!options_parse_duration(text, microseconds) || *microseconds < 0)
        return cli_usage_error("run", "--%s: '%s' is not a time such as 500ms, 10s or 5m", name,
                               text);
    return CLI_OK;
}

/** The index of `text` in `choices`, which ends with NULL. */
static int read_choice(const char *name, const char *text, const char *const *choices, int *choice)
{
    for (*choice = 0; choices[*choice]; ++*choice)
        if (strcmp(choices[*choice], text) == 0)
            return CLI_OK;

    char list[128] = "";

    for (size_t i = 0; choices[i]; i++) {
        strncat(list, i > 0 ? ", " : "", sizeof(list) - strlen(list) - 1);
        strncat(list, choices[i], sizeof(list) - strlen(list) - 1);
    }
    return cli_usage_error("run", "--%s: '%s' is none of: %s", name, text, list);
}

static int read_option(int option, struct run_options *options)
{
    static const char *const formats[] = {"text", "json", NULL};
    static const char *const levels[] = {"error", "warning", "info", "debug", NULL};
    int choice = 0;
    int code = CLI_OK;

    switch (option) {
    case OPTION_THREADS:
        return read_number("threads", optarg, THREADS_MAX, &options->threads);
    case OPTION_BATCH:
        return read_number("batch", optarg, 1024, &options->batch_rows);
    case OPTION_FOR:
        return read_time("for", optarg, &options->for_us);
    case OPTION_DRAIN_TIMEOUT:
        return read_time("drain-timeout", optarg, &options->drain_timeout_us);
    case OPTION_SET:
        options->settings[options->setting_count++] = optarg;
        return CLI_OK;
    case OPTION_SUMMARY_JSON:
        options->summary_path = optarg;
        return CLI_OK;
    case OPTION_DATA:
        options->data = optarg;
        return CLI_OK;
    case OPTION_CHECKPOINT_INTERVAL:
        return read_time("checkpoint-interval", optarg, &options->checkpoint_interval_us);
    case OPTION_LOG_FORMAT:
        code = read_choice("log-format", optarg, formats, &choice);
        if (code == CLI_OK)
            log_set_format(choice == 0 ? LOG_FORMAT_TEXT : LOG_FORMAT_JSON);
        return code;
    default:
        code = read_choice("log-level", optarg, levels, &choice);
        if (code == CLI_OK)
            log_set_level((enum dag_log_level)choice);
        return code;
    }
}

int run_options_read(int argc, char **argv, struct run_options *options)
{
    *options = (struct run_options){
        .settings = calloc((size_t)argc + 1, sizeof(const char *)),
        .threads = cli_core_count(),
        .for_us = -1,
        .drain_timeout_us = DRAIN_TIMEOUT_US,
    };
    if (!options->settings)
        return cli_usage_error("run", "out of memory");

    optind = 0;
    opterr = 0;
    for (;;) {
        int option = getopt_long(argc, argv, ":", run_option_list, NULL);

        if (option < 0)
            break;
        if (option == '?' || option == ':')
            return cli_option_error(argv, option, run_option_list);

        int code = read_option(option, options);

        if (code != CLI_OK)
            return code;
    }
    options->files = argv + optind;
    options->file_count = (size_t)(argc - optind);
    if (options->file_count == 0)
        return cli_usage_error("run", "no DAG file is given");
    return CLI_OK;
}

void run_options_free(struct run_options *options)
{
    free(options->settings);
    options->settings = NULL;
}
