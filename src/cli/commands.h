/* commands.h - the subcommands of dagd, and what they share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph/check.h"
#include "graph/registry.h"

/** What dagd's exit code says. */
enum cli_exit {
    CLI_OK = 0,
    CLI_INVALID = 1,       /* an invalid DAG, a component that this build lacks, a refusal */
    CLI_USAGE = 2,         /* the command line is wrong */
    CLI_DEAD_LETTERS = 3,  /* finished, with rejected or dead letters */
    CLI_DRAIN_TIMEOUT = 4, /* not sent, or not where it was wanted, in time */
    CLI_LOCKED = 5,        /* another process holds the data folder */
    CLI_IO = 6,            /* input or output failed */
    CLI_SIGNAL = 128,      /* plus the number of the second signal */
};

/** The subcommands. argv[0] is the subcommand's own name; `--plugin-dir` is taken out already and
 *  `registry` holds what it brought. Each returns the exit code. */
int cli_run(int argc, char **argv, const struct registry *registry);
int cli_audit(int argc, char **argv, const struct registry *registry);
int cli_check(int argc, char **argv, const struct registry *registry);
int cli_ctl(int argc, char **argv, const struct registry *registry);
int cli_dlq(int argc, char **argv, const struct registry *registry);
int cli_graph(int argc, char **argv, const struct registry *registry);
int cli_serve(int argc, char **argv, const struct registry *registry);
int cli_schema(int argc, char **argv, const struct registry *registry);
int cli_journal(int argc, char **argv, const struct registry *registry);
int cli_replay(int argc, char **argv, const struct registry *registry);
int cli_token(int argc, char **argv, const struct registry *registry);
int cli_user(int argc, char **argv, const struct registry *registry);

/** The reference manual, or what it says of one word: a component type, a scheme or a node type.
 *  NULL: all of it. An unknown word is told with the nearest one. Returns the exit code. */
int cli_manual(const char *word, const struct registry *registry);

/** What `dagd ctl` can do, or how one of its subcommands is used; an unknown one is told with the
 *  nearest. NULL: the overview. Returns the exit code. */
int cli_ctl_help(const char *name);

/** Says on standard error what is wrong with the command line. Returns CLI_USAGE. */
int cli_usage_error(const char *command, const char *format, ...) DAG_PRINTF(2, 3);

/** What getopt_long() could not take: call it for '?' and ':' (with an option string that begins
 *  with ":"). Names the nearest option. Returns CLI_USAGE. */
int cli_option_error(char **argv, int result, const struct option *options);

/** Prints errors and warnings for people, "file:line:column: severity: text", to standard error;
 *  notes are left to the check. */
void cli_print_problems(const char *path, const struct problems *problems);

/** The whole file as a NUL-terminated text that the caller frees; NULL: `err`. */
char *cli_read_file(const char *path, size_t *size, struct dag_error *err);

/** Cores that this process may use: how many threads do the work unless told otherwise. */
uint32_t cli_core_count(void);

#endif
