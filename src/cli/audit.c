/* audit.c - dagd audit: checks the audit log of a data folder. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "core/storage.h"
#include "durable/data_folder.h"
#include "server/audit.h"

static int verify(const char *data)
{
    struct audit_report report;
    struct data_folder *folder = NULL;
    struct dag_error err = {0};

    if (data_folder_open(storage_disk(), data, true, true, &folder, &err) != DATA_FOLDER_OK) {
        fprintf(stderr, "dagd audit: %s\n", err.message);
        return CLI_INVALID;
    }
    data_folder_close(folder);
    if (!audit_verify(storage_disk(), data, &report, &err)) {
        fprintf(stderr, "dagd audit: %s\n", err.message);
        return CLI_IO;
    }
    if (!report.is_whole) {
        fprintf(stderr, "%s/audit/%s:%" PRIu64 ": %s\n", data, report.file, report.line,
                report.what);
        return CLI_INVALID;
    }
    printf("%" PRIu64 " entries, whole; the last is number %" PRIu64 " with hash %s\n",
           report.count, report.last_number, report.last_hash);
    return CLI_OK;
}

int cli_audit(int argc, char **argv, const struct registry *registry)
{
    static const struct option options[] = {{"data", required_argument, NULL, 'd'}, {0}};
    const char *data = NULL;
    int option;

    (void)registry;
    optind = 1;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option != 'd')
            return cli_option_error(argv, option, options);
        data = optarg;
    }
    if (optind >= argc || strcmp(argv[optind], "verify") != 0)
        return cli_usage_error(argv[0], "what shall be done? verify");
    if (optind + 1 < argc)
        return cli_usage_error(argv[0], "unexpected argument '%s'", argv[optind + 1]);
    if (!data)
        return cli_usage_error(argv[0], "option '--data' is missing");
    return verify(data);
}
