/* ctl.h - `dagd ctl`: what its subcommands are made of, and what they share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_H
#define CLI_CTL_H

#include "cli/commands.h"
#include "cli/ctl_client.h"

#define CTL_OPTIONS_MAX 9
#define CTL_LOOK_US     200000 /* between two looks at what goes on in the server */

/** One option of a subcommand; the same table reads it and explains it. */
struct ctl_option {
    const char *name;
    const char *value; /* what stands for it in the help; NULL: a flag; "[TIME]": may be left out */
    const char *help;
};

struct ctl;

struct ctl_command {
    const char *name;
    const char *arguments; /* for the usage line; "" for none */
    const char *summary;
    const char *help;                           /* behind the options; NULL: nothing */
    int argument_min, argument_max;             /* -1: any number */
    int (*run)(struct ctl *ctl);                /* returns the exit code */
    struct ctl_option options[CTL_OPTIONS_MAX]; /* up to the first without a name */
};

/** An option that was given. Borrowed from the command line. */
struct ctl_given {
    const char *name;
    const char *value; /* NULL: none */
};

/** One call of the program. */
struct ctl {
    const struct ctl_command *command;
    char name[32];    /* "ctl ls", as messages name it */
    char **arguments; /* borrowed; NULL-terminated */
    int argument_count;
    struct ctl_given *given; /* owned */
    size_t given_count;
    bool is_json;
    struct client *client; /* owned */
};

/* ---- the command line (ctl_options.c) ---- */

/** Options that every subcommand takes. */
extern const struct ctl_option ctl_common_options[];

/** Reads options and arguments; argv[0] is the subcommand. Returns the exit code. */
int ctl_read_options(struct ctl *ctl, int argc, char **argv);

/** Usage, options and help of one subcommand. */
void ctl_print_help(const struct ctl_command *command);

/** Says what is wrong with the command line. Returns CLI_USAGE. */
int ctl_usage_error(const struct ctl *ctl, const char *format, ...) DAG_PRINTF(2, 3);

/** True when the option was given. */
bool ctl_has(const struct ctl *ctl, const char *name);

/** Its value, the last one; NULL: not given, or without. */
const char *ctl_value(const struct ctl *ctl, const char *name);

/** The next value from `*next` on of an option that may be given several times; NULL: no more. */
const char *ctl_next_value(const struct ctl *ctl, const char *name, size_t *next);

/** A whole number between the bounds. False: it is none, which standard error says. */
bool ctl_integer(const struct ctl *ctl, const char *name, long min, long max, long otherwise,
                 long *value);

/** A duration in milliseconds. False: it is none, which standard error says. */
bool ctl_duration(const struct ctl *ctl, const char *name, int64_t otherwise_ms, int64_t *ms);

/* ---- all subcommands (ctl_commands.c) ---- */

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_command_count;

/* ---- asking (ctl_call.c) ---- */

/** Says "dagd ctl NAME: ..." on standard error. */
void ctl_say(const struct ctl *ctl, const char *format, ...) DAG_PRINTF(2, 3);

/** Says what failed. Returns CLI_IO, or CLI_INVALID when trying again can't help. */
int ctl_fail(const struct ctl *ctl, const struct dag_error *err);

/** Asks. CLI_OK: the reply says that it is done; else standard error has been told why: 1 as the
 *  server refuses, 6 as it can't be reached or can't now. `reply` needs client_reply_deinit() in
 *  any case. */
int ctl_request(struct ctl *ctl, const struct client_request *request, struct client_reply *reply);

/** The same without a body, or with one; `path` is freed, and may be NULL for want of memory. */
int ctl_call(struct ctl *ctl, const char *method, char *path, const char *body,
             struct client_reply *reply);

/** Tells of a reply that says no. Returns the exit code. */
int ctl_refused(const struct ctl *ctl, const struct client_reply *reply);

/** Prints a value as one line of JSON on standard output; NULL: nothing. */
void ctl_print_json(const struct tree *value);

/** Calls `item` for every item of a list of pages; with --json prints the whole list instead. */
int ctl_list(struct ctl *ctl, const char *path,
             void (*item)(void *context, const struct tree *item), void *context);

/** Asks "... [y/N]" unless --yes was given. CLI_OK: go on. */
int ctl_confirm(const struct ctl *ctl, const char *format, ...) DAG_PRINTF(2, 3);

/** The definition's revision as If-Match takes it, "" when there is no such DAG. Returns the exit
 *  code. */
int ctl_revision(struct ctl *ctl, const char *dag, char etag[80]);

/* ---- names (ctl_names.c) ---- */

/** Names of DAGs. ctl_names_deinit() releases them. */
struct ctl_names {
    char **items; /* owned */
    size_t count, capacity;
};

/** The arguments, with those that have * or ? replaced by the DAGs that match. Returns the exit
 *  code; no match is CLI_INVALID. */
int ctl_read_names(struct ctl *ctl, struct ctl_names *names);
void ctl_names_deinit(struct ctl_names *names);

/* ---- input (ctl_input.c) ---- */

/** A message: the text itself, "@FILE", or "-" for standard input. The caller frees it; NULL:
 *  `err`. */
char *ctl_read_message(const char *argument, size_t *size, struct dag_error *err);

/** A file, "-" for standard input. The caller frees it; NULL: `err`. */
char *ctl_read_input(const char *path, size_t *size, struct dag_error *err);

/* ---- the subcommands ---- */

int ctl_apply(struct ctl *ctl);
int ctl_audit(struct ctl *ctl);
int ctl_clone(struct ctl *ctl);
int ctl_cycle(struct ctl *ctl);
int ctl_diff(struct ctl *ctl);
int ctl_dlq(struct ctl *ctl);
int ctl_drain(struct ctl *ctl);
int ctl_errors(struct ctl *ctl);
int ctl_life(struct ctl *ctl); /* start, stop, suspend, resume, restart */
int ctl_log_level(struct ctl *ctl);
int ctl_logs(struct ctl *ctl);
int ctl_ls(struct ctl *ctl);
int ctl_publish(struct ctl *ctl);
int ctl_revisions(struct ctl *ctl);
int ctl_rm(struct ctl *ctl);
int ctl_rollback(struct ctl *ctl);
int ctl_runs(struct ctl *ctl);
int ctl_server(struct ctl *ctl);
int ctl_show(struct ctl *ctl);
int ctl_step(struct ctl *ctl);
int ctl_tap(struct ctl *ctl);
int ctl_top(struct ctl *ctl);
int ctl_why(struct ctl *ctl);

#endif
