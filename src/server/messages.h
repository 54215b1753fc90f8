/* messages.h - what publishing, stepping and dead letters share. Internal to src/server. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_MESSAGES_H
#define SERVER_MESSAGES_H

#include "server/entry.h"

/** A DAG with what runs of it, for a moment. */
struct target {
    struct entry *entry;     /* held */
    struct incarnation *now; /* in use; never NULL once it is found */
};

/** False: `answer` says why, and nothing is held. */
bool target_find(struct server *server, const char *dag, struct target *target,
                 struct answer *answer);
void target_release(struct target *target); /* a zeroed one is allowed */

/** -1: there is none of that name. */
int32_t plan_subscriber_index(const struct plan *plan, const char *name);
int32_t plan_publisher_index(const struct plan *plan, const char *name);

/** Answers NOT_FOUND; returns false. */
bool no_subscriber(const char *name, struct answer *answer);

/** DIR/dags/DAG/NAME of the data folder, made by nobody; released with free(). NULL: `err`. */
char *dag_folder_path(const struct server_options *settings, const char *dag, const char *name,
                      struct dag_error *err);

/** Answers with why dag_inject() or dag_republish() has not taken a message; returns false. */
bool answer_refusal(struct answer *answer, const struct incarnation *now,
                    const struct dag_error *err);

/** Answers that the DAG has to run for that, or will in a moment; returns false. */
bool answer_not_running(struct answer *answer, struct entry *entry, const char *dag);

#endif
