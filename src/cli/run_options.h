/* run_options.h - the command line of `dagd run`. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_options {
    char **files; /* borrowed from argv */
    size_t file_count;
    const char **settings; /* owned list of borrowed texts: --set */
    size_t setting_count;
    uint32_t threads;
    uint32_t batch_rows; /* 0: the default */
    int64_t for_us;      /* -1: no limit */
    int64_t drain_timeout_us;
    const char *summary_path;       /* NULL: none */
    const char *data;               /* NULL: none */
    int64_t checkpoint_interval_us; /* 0: the default */
};

/** Reads the command line; sets the log's format and level. CLI_OK, or the exit code of what was
 *  complained about. Released by run_options_free() in either case. */
int run_options_read(int argc, char **argv, struct run_options *options);
void run_options_free(struct run_options *options);

#endif
