/* entry.h - one DAG of the server, and what of it runs now. Internal to src/server.
 *
 * A `struct entry` is a DAG by its name: it lasts from being loaded or created until it is deleted.
 * A `struct incarnation` is one definition of it, ready to be looked at: it never changes, and a
 * new one takes its place when the definition changes or the DAG is built anew. Whoever uses one
 * holds it for a moment only: a swap waits until the old one is released.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ENTRY_H
#define SERVER_ENTRY_H

#include "durable/keeper.h"
#include "server/schedule.h"
#include "server/server.h"

struct entry;
struct written;     /* a definition's text */
struct entry_shown; /* what show_sample() keeps of an entry: its series and its newest sample */

enum entry_state {
    ENTRY_STOPPED,
    ENTRY_STARTING, /* being built or waiting to be tried again */
    ENTRY_RUNNING,
    ENTRY_SUSPENDED, /* by somebody, or outside its time window: see `reason` */
    ENTRY_STOPPING,  /* draining */
    ENTRY_ENDED,     /* all its sources have ended */
    ENTRY_FAILED,
    ENTRY_INVALID, /* its definition has problems, and no earlier one runs */
    ENTRY_STANDBY, /* would run, but this instance isn't primary */
};

/** "stopped", "starting", ... */
const char *entry_state_name(enum entry_state state);

/** Where somebody wanted it to be. Durable. */
enum entry_wish { ENTRY_WANT_STOPPED, ENTRY_WANT_RUNNING, ENTRY_WANT_SUSPENDED };

#define ENTRY_REASON_SIZE 400

/** A copy of what is known of an entry at this moment. Times: microseconds since 1970. */
struct entry_status {
    enum entry_state state;
    enum entry_wish wish;
    char reason[ENTRY_REASON_SIZE]; /* why it is in that state; "": nothing to say */
    int64_t since_us;               /* when it came into that state */
    char by[80];                    /* who wished it last; "": nobody yet */
    uint64_t revision;              /* of the newest definition */
    uint64_t running_revision;      /* of what runs: an older one when the newest can't; 0: none */
    bool in_time_window;            /* true without a window */
    int64_t next_change_us;         /* when its window opens or closes; INT64_MAX: never */
    int64_t retry_at_us;            /* when a failed start is tried again; 0: it isn't */
    bool is_clone;                  /* made by the server's auto-clone */
};

/** One definition, checked. All but `references` never changes. */
struct incarnation {
    struct entry *entry;           /* borrowed: what uses the incarnation holds the entry too */
    const struct plan *plan;       /* never NULL. Configurations hold secrets: don't show them */
    struct dag *dag;               /* NULL: not in the runtime, it was never started */
    struct keeper *keeper;         /* NULL: likewise */
    struct schedule *schedule;     /* NULL: its zone or calendars can't be read */
    const struct tree *definition; /* as written, nothing filled in: for people. */
    uint64_t revision;

    /* ---- the rest is for incarnation.c ---- */
    struct plan *owned_plan;        /* owned; NULL: the DAG owns it */
    struct tree_document *document; /* owned: of `definition` */
    struct written *written;        /* referenced: the definition, byte for byte */
    _Atomic uint32_t references;
};

/** The entry, to be given back by entry_release(). NULL: `answer` says that it isn't found. */
struct entry *entry_find(struct server *server, const char *name, struct answer *answer);
struct entry *entry_hold(struct entry *entry);
void entry_release(struct entry *entry); /* NULL is allowed */

const char *entry_name(const struct entry *entry);
struct server *entry_server(const struct entry *entry);
void entry_status(struct entry *entry, struct entry_status *status);

/** Appends the newest definition as written. False: out of memory. */
bool entry_text(struct entry *entry, struct dag_buffer *out, uint64_t *revision);

/** Appends {problems} of an invalid definition's check as a JSON array. False: out of memory. */
bool entry_write_problems(struct entry *entry, struct dag_buffer *out);

/** What runs, or would; given back by incarnation_release(), soon. NULL: there is none, the
 *  definition is invalid. */
struct incarnation *entry_use(struct entry *entry);
void incarnation_release(struct incarnation *incarnation); /* NULL is allowed */

/** All entries, sorted by name, each held: give them back by entries_release(). NULL: out of
 *  memory. */
struct entry **entries_hold(struct server *server, size_t *count);
void entries_release(struct entry **entries, size_t count);

/** Calls `visit` with each name that went behind the tick `since`. False: the list doesn't reach
 *  back that far, so that the receiver needs everything anew. */
bool entries_gone(struct server *server, uint64_t since,
                  void (*visit)(void *context, const char *name), void *context);

/** The number of the last tick at which the entry's state, reason or revision changed. */
uint64_t entry_changed_tick(struct entry *entry);

/* ---- the server as its parts see it ---- */

const struct server_options *server_settings(const struct server *server);
int64_t server_now_us(const struct server *server);       /* realtime */
int64_t server_monotonic_us(const struct server *server); /* monotonic */
struct runtime *server_runtime(const struct server *server);

/** Tells watchers; see server_event. Holding no lock. */
void server_emit(struct server *server, enum server_event_kind kind, const char *dag,
                 const char *node, const char *text);

/* ---- samples: built by the part that shows ---- */

/** Every 500 ms for each entry, on the server's housekeeping thread, nobody else calls it. `now`
 *  may be NULL (invalid), and its `dag` too. Must not wait for a DAG. */
void show_sample(struct entry *entry, struct incarnation *now, uint64_t tick, int64_t now_us);

/** The entry goes. NULL is allowed. */
void show_sample_free(struct entry_shown *shown);

/** Where show_sample() keeps its own: NULL at first, owned by the entry. Guard it by
 *  entry_shown_lock(). */
struct entry_shown **entry_shown_lock(struct entry *entry);
void entry_shown_unlock(struct entry *entry);

/** The same for the server: texts that all clients of a tick share. NULL at first, owned by the
 *  server, which gives it to show_server_free(). The lock is never held while another is taken. */
struct server_shown; /* what has been written for live streams */
struct server_shown **server_shown_lock(struct server *server);
void server_shown_unlock(struct server *server);
void show_server_free(struct server_shown *shown); /* NULL is allowed */

#endif
