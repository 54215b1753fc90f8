/* office.h - users, tokens and audit log of a data folder that no server uses, for the commands
 * that change them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OFFICE_H
#define CLI_OFFICE_H

#include "durable/data_folder.h"
#include "server/audit.h"
#include "server/tokens.h"
#include "server/users.h"

/** Zero it to begin; office_close() is due in any case. */
struct office {
    struct data_folder *folder; /* owned; NULL: only looked at */
    struct users users;
    struct tokens tokens;
    struct audit *audit; /* owned; NULL: only looked at */
};

/** What `only_looks` takes no lock and needs no log. Returns the exit code; not CLI_OK: `err`. */
int office_open(struct office *office, const char *data, bool only_looks, struct dag_error *err);
void office_close(struct office *office);

/** Writes the entry before the change: what can't be put on record isn't done. The actor is the
 *  account on this machine. False: `err`. */
bool office_record(struct office *office, const char *action, const char *object,
                   const char *detail, struct dag_error *err);

/** The exit code for what failed. */
int office_exit_code(const struct dag_error *err);

int64_t office_now_us(void);

#endif
