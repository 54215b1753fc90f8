/* server_parts.h - the server's own structures, for the files that make up the life of its DAGs.
 *
 * Locks, each held for moments only and in this order: change_lock (which alone may wait for the
 * disk), the server's lock, an entry's lock, the lock of the control workers. None is held while
 * the runtime is called.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SERVER_PARTS_H
#define SERVER_SERVER_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "durable/disk_pool.h"
#include "server/definitions.h"
#include "server/entry.h"

#define SERVER_GONE_MAX 1024 /* names of deleted DAGs that live streams can still be told of */

/** A definition as written: shared by the entry and its incarnations. */
struct written {
    _Atomic uint32_t references;
    uint64_t revision;
    size_t size;
    char text[]; /* with a NUL behind it */
};

/** One reference. NULL: out of memory. */
struct written *written_new(const char *text, size_t size, uint64_t revision);
struct written *written_hold(struct written *written);
void written_release(struct written *written); /* NULL is allowed */

/** What an entry's time window says, by the time at which it was looked at last. */
struct entry_window {
    bool is_open;              /* by schedule, override or late run */
    bool is_overridden;        /* somebody started it outside its window */
    int64_t override_until_us; /* realtime: the next boundary */
    int64_t late_until_us;     /* realtime: a missed window is made up for until then */
    int64_t seen_us;           /* realtime of the last look; 0: not yet */
    int64_t due_us;            /* realtime: look again then */
    int64_t change_us;         /* the next boundary of the schedule; INT64_MAX: none */
};

struct entry {
    struct server *server; /* borrowed */
    _Atomic uint32_t references;
    pthread_mutex_t lock;
    pthread_cond_t settled; /* monotonic clock: `done` has changed */

    /* ---- guarded by lock ---- */
    struct entry_status status;
    struct incarnation *now;  /* owned reference; written by the worker that has the entry */
    struct written *newest;   /* owned reference; NULL: it can't be read */
    struct problems problems; /* of the newest definition's check */
    struct entry_window window;
    uint64_t changed_tick;
    uint64_t asked, done;         /* orders, and how many of them have been brought about */
    char note[ENTRY_REASON_SIZE]; /* why the newest definition isn't what runs; "" */
    bool is_deleted;              /* to be stopped and forgotten */
    bool is_kept;                 /* ... but what it kept stays: its file may come back */
    bool must_build;              /* the newest definition isn't what `now` was made of, or it is to
                                     be read anew */
    bool must_restart;            /* stop first, then start */
    bool must_start;              /* also when it has ended or failed */
    bool at_once;                 /* a stop doesn't drain */
    int64_t drain_timeout_us;     /* of the stop that was asked for; 0: the server's */
    int64_t drain_end_us;         /* monotonic; 0: no drain under way */
    bool is_cut;                  /* the stop under way doesn't drain any more */
    bool has_failed;              /* the last start did, or what ran then */
    uint32_t failures;            /* starts that failed in a row */
    int64_t due_us;               /* monotonic: bring it about then, again; INT64_MAX: no need */

    bool is_asked;                 /* somebody has started or stopped it; guarded by change_lock */
    bool is_fresh;                 /* built and not started yet; the worker's that has the entry */
    int64_t clones_due_us;         /* monotonic: the next clone; the worker's that has the entry */
    _Atomic uint32_t errands;      /* publications that wait for a source's other side */
    _Atomic bool is_first;         /* its next turn is the first one: see bring() */
    _Atomic bool is_autoclone_due; /* a worker looks whether to add or remove a clone */

    /* ---- guarded by the control workers' lock ---- */
    bool is_queued, is_worked, is_again;
    struct entry *next_queued;

    pthread_mutex_t shown_lock;
    struct entry_shown *shown; /* owned; guarded by shown_lock */
    char name[];
};

struct control;      /* the worker threads */
struct housekeeping; /* the thread for windows, samples and time-outs */

struct gone {
    char *name; /* owned */
    uint64_t tick;
};

struct server {
    struct server_options options;     /* with defaults filled in */
    struct clock *steady;              /* borrowed: of time-outs, whatever the options' clock is */
    struct definitions *definitions;   /* owned */
    struct runtime *runtime;           /* owned */
    struct disk_pool *disk_pool;       /* owned; does the disk work of all DAGs */
    struct control *control;           /* owned */
    struct housekeeping *housekeeping; /* owned */

    pthread_mutex_t change_lock; /* one change of the catalogue at a time */

    pthread_mutex_t lock;
    struct entry **entries; /* owned list of references, sorted by name; guarded by lock */
    size_t entry_count, entry_capacity;
    struct gone gone[SERVER_GONE_MAX]; /* ring; guarded by lock */
    uint64_t gone_count;               /* ever; guarded by lock */

    pthread_mutex_t release_lock;
    pthread_cond_t released; /* an incarnation is used by fewer */

    pthread_mutex_t taps_lock; /* before an entry's lock; held while taps come and go */
    struct server_tap *taps;   /* owned by who asked for them; guarded by taps_lock */

    pthread_t drainer; /* runs server_drain(); guarded by change_lock */
    bool is_held;      /* that drain, or the one at the end, left something behind; likewise */
    bool has_drainer;  /* guarded by change_lock */

    pthread_mutex_t shown_lock;
    struct server_shown *shown; /* owned; guarded by shown_lock */

    int64_t started_us;   /* realtime */
    int64_t last_seen_us; /* realtime: when an earlier run of the server was last alive; 0: never */
    _Atomic uint64_t tick;
    _Atomic size_t unasked; /* entries that have yet to be asked for the first time */
    _Atomic bool is_standby, is_draining, is_stopping;
    bool is_stuck; /* something hangs, and may use all of this until the process ends */
};

/* ---- server.c ---- */

/** Writes down that the server is alive now, so that the next one knows which windows it missed. */
void server_note_alive(const struct server *server);

/* ---- entry.c ---- */

/** A new entry with one reference, STOPPED. NULL: out of memory. */
struct entry *entry_new(struct server *server, const char *name);

/** Puts it into the table, which takes a reference. False: out of memory. */
bool entry_insert(struct entry *entry);

/** Takes one that is deleted out of the table: from now on it isn't found. False: it isn't deleted
 *  (any more). */
bool entry_take_out(struct entry *entry);

/** Takes back that the DAG of that name is to be forgotten. False: there is no such entry. */
bool entry_revive(struct server *server, const char *name);

/** Sets the state and why (NULL: nothing to say), and tells watchers of what has changed. */
void entry_set_state(struct entry *entry, enum entry_state state, const char *format, ...)
    DAG_PRINTF(3, 4);

/** Changes what is wanted, with entry->lock held, and counts the order. */
void entry_order_locked(struct entry *entry, enum entry_wish wish, const char *by);

/** Takes a new definition: its text and what its check said, both taken over. With
 *  entry->lock held. */
void entry_take_definition_locked(struct entry *entry, struct written *written,
                                  struct problems *problems);

/* ---- incarnation.c ---- */

/** When a plan may run. The caller owns it. NULL: `err`, a zone or calendar that can't be read. */
struct schedule *server_schedule(const struct server *server, const struct plan *plan,
                                 struct dag_error *err);

/** Checks a definition with the server's variables and secrets; without the latter when
 *  `with_secrets` is false. NULL: `problems`, or `err`. */
struct plan *server_check(const struct server *server, const char *text, size_t size,
                          bool with_secrets, struct problems *problems, struct dag_error *err);

/** Makes an incarnation that isn't in the runtime yet. NULL: `problems` or `err`. Holds `written`.
 */
struct incarnation *incarnation_new(struct entry *entry, struct written *written,
                                    struct problems *problems, struct dag_error *err);

/** Puts it into the runtime, with a keeper. False: `err`, and it has no plan any more: release it
 *  without letting anybody use it. */
bool incarnation_build(struct incarnation *incarnation, struct dag_error *err);

/** Takes `now`'s place for users; NULL: there is none. The old one is returned. */
struct incarnation *entry_replace(struct entry *entry, struct incarnation *incarnation);

/** Waits until nobody else uses it, takes its DAG, which is over, out of the runtime, and frees it.
 *  `hands_over`: another of its name follows. NULL is allowed. */
void incarnation_end(struct incarnation *incarnation, bool hands_over);

/* ---- taps.c ---- */

/** The entry's taps go on in this incarnation; NULL: nothing runs. Before the old one ends. */
void taps_follow(struct entry *entry, const struct incarnation *incarnation);

/* ---- control.c ---- */

struct control *control_new(struct server *server, struct dag_error *err);

/** What waits for a worker is done, and nothing more. False: some worker hangs; nothing may be
 * freed then. */
bool control_stop(struct control *control, int64_t timeout_us);
void control_free(struct control *control); /* NULL is allowed; stopped */

/** Has a worker bring the entry to where it is wanted. Any thread, also under locks of a DAG. */
void control_ask(struct entry *entry);

/** Called twice a second: adds a worker when all of them hang. */
void control_look(struct control *control);

/* ---- bring.c: what a worker does ---- */

/** Brings the entry as far as it comes for now to where it is wanted. */
void bring(struct entry *entry);

/** Builds and starts an incarnation, and shows it. False: `err`, and it is gone. */
bool bring_up(struct entry *entry, struct incarnation *incarnation, bool is_suspended,
              bool hands_over, struct dag_error *err);

/* ---- swap.c ---- */

/** Puts the newest definition in the place of the one that runs; when it can't run, the other goes
 *  on. False: the one that runs doesn't come to an end for now, look again at entry->due_us. */
bool swap(struct entry *entry, bool is_suspended);

/** Whether a DAG that runs may stop for a restart: its newest definition has no errors. False: it
 *  is told why not. */
bool swap_is_possible(struct entry *entry);

/* ---- entry_window.c ---- */

/** Looks at the window by the time that it is. True: it has opened or closed since the last look.
 */
bool entry_look_at_window(struct entry *entry);

/** Opens the window until its next boundary, if it is closed. With entry->lock held. */
void entry_override_window_locked(struct entry *entry);

/* ---- autoclone.c ---- */

/** A comment in the definition of a clone that the server made: the name of the original. */
#define AUTOCLONE_KEY "_autoclone_of"

/** Adds or removes one clone, if it is time to; a clone whose original is gone goes too. On a
 *  worker. */
void autoclone_keep(struct entry *entry);

/* ---- clone.c ---- */

struct clone_request;

/** Creates a clone. `request->name` NULL: one that is free. `how`: whether it starts, and whether
 *  this is a trial. */
bool server_clone_entry(struct entry *entry, const struct server_who *who,
                        const struct clone_request *request, const struct server_change *how,
                        char *name, struct dag_buffer *definition, struct answer *answer);

/* ---- housekeeping.c ---- */

struct housekeeping *housekeeping_new(struct server *server, struct dag_error *err);
void housekeeping_free(struct housekeeping *housekeeping); /* ends the thread; NULL is allowed */

/* ---- drain_all.c ---- */

/** Drains whatever runs, feeders first, until `end_us` (monotonic). False: some didn't end. */
bool drain_all(struct server *server, int64_t end_us);

/** Stops what still runs at once. False: some of it doesn't let go within that time. */
bool server_has_stopped(struct server *server, int64_t timeout_us);

/** Waits for a drain of server_drain() to end. With change_lock held. */
void drain_join_locked(struct server *server);

/* ---- change.c ---- */

/** Loads what definitions know of a DAG into an entry of its own, or into the one it has. True: the
 *  entry is there. */
bool server_load(struct server *server, const char *name);

/** The DAG's file is gone: it is stopped and isn't shown any more; what it kept stays. */
void server_unload(struct server *server, const char *name);

/** Refuses on a standby. */
bool server_refuses(const struct server *server, struct answer *answer);

#endif
