/* server_fixture.h - a server of DAGs in a temporary folder, for tests. What goes wrong in making
 * it ends the test program. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_SERVER_FIXTURE_H
#define SUPPORT_SERVER_FIXTURE_H

#include <pthread.h>

#include "cli/components.h"
#include "server/server.h"

#define SERVER_FIXTURE_PATIENCE_US 20000000 /* for what should come soon */

struct server_fixture {
    char folder[64];                 /* everything lies in here */
    char dags[80], data[80];         /* folders in it */
    struct components *components;   /* owned */
    struct data_folder *data_folder; /* owned while the server runs */
    struct server *server;           /* owned; NULL: it doesn't run */
    pthread_mutex_t lock;
    pthread_cond_t happened; /* the server told something */
};

/** Makes the folders. */
void server_fixture_init(struct server_fixture *fixture);
void server_fixture_deinit(struct server_fixture *fixture); /* removes them */

/** Starts the server; `options` may be NULL; folders, registry, threads and events are
 *  filled in. */
void server_fixture_begin(struct server_fixture *fixture, const struct server_options *options);
void server_fixture_end(struct server_fixture *fixture);

/** Writes FOLDER/NAME and gives its path, which lives until the next call. */
const char *server_fixture_write(struct server_fixture *fixture, const char *name,
                                 const char *text);

/** Creates a DAG from the text, in which each ' stands for " and each @ for the folder. Returns
 *  whether the server took it; the answer is `answer`, to be deinitialised. */
bool server_fixture_create(struct server_fixture *fixture, const char *text, bool start,
                           struct answer *answer);
bool server_fixture_update(struct server_fixture *fixture, const char *dag, const char *text,
                           struct answer *answer);

/** The text with its quotes and its folder. The caller frees it. */
char *server_fixture_text(const struct server_fixture *fixture, const char *text);

/** The state's name once the DAG has come to rest; "" for a DAG that isn't there. Lives until the
 *  next call. */
const char *server_fixture_state(struct server_fixture *fixture, const char *dag);

/** Waits until the DAG is in that state. False: it isn't in time. */
bool server_fixture_reaches(struct server_fixture *fixture, const char *dag, const char *state);

/** Acts, and waits until it has come about. False: refused, or not in time. */
bool server_fixture_act(struct server_fixture *fixture, const char *dag, enum server_action action);

#endif
