/* server.h - many DAGs in one process: their definitions, their life, and what is shown of them.
 *
 * Definitions live as files in a folder (`dags`), everything else about them (revisions, desired
 * state, layouts) in the data folder. What is asked for is written down first and then brought
 * about by worker threads, one DAG by one worker at a time, so a DAG that hangs in a connector
 * holds up nobody else. No function here waits for a DAG: life-cycle calls return when the wish is
 * durable, and the state tells how far it has come.
 *
 * Functions that write JSON append one value to `out` and hold no lock meanwhile that a running DAG
 * needs. Any thread may call everything; no call may come from inside a DAG.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "core/clock.h"
#include "core/storage.h"
#include "dag/json.h"
#include "durable/data_folder.h"
#include "graph/registry.h"
#include "runtime/runtime.h"
#include "server/answer.h"

struct server;

enum server_event_kind {
    SERVER_EVENT_CATALOGUE, /* a DAG was added, changed or removed */
    SERVER_EVENT_STATE,     /* a DAG's state changed */
    SERVER_EVENT_ERROR,     /* a node's new error, or why a DAG failed */
    SERVER_EVENT_NOTICE,    /* a sentence for people: drain under way, role changed */
};

struct server_event {
    enum server_event_kind kind;
    const char *dag;  /* NULL: none in particular */
    const char *node; /* or NULL */
    const char *text; /* state name, message; never NULL */
};

/** The counts of what a server holds, for limits and probes. */
struct server_counts {
    size_t dags, running, suspended, stopped, failed, invalid;
    bool is_draining, is_standby;
    bool is_ready; /* every DAG was loaded and asked to go where it was wanted */
};

struct server_options {
    const char *dags;                /* folder of the DAG files; made when missing; watched */
    struct data_folder *folder;      /* borrowed; open and locked */
    struct storage *storage;         /* of definitions and state; NULL: the disk */
    struct storage *file_storage;    /* of the files that DAGs name; NULL: the disk. A confined one
                                        keeps every path beneath the file root */
    const struct registry *registry; /* borrowed */
    uint32_t threads;                /* of the runtime; 0: one for each core */
    uint32_t batch_rows;             /* 0: the default */
    int64_t drain_timeout_us;        /* of a stop that doesn't say; 0: 30 s */
    int64_t checkpoint_interval_us;  /* 0: the default */
    bool start_all;                  /* also DAGs that nobody has started yet */
    bool is_standby;                 /* start as standby: keep everything loaded, run nothing */
    struct clock *clock;             /* NULL: the system's */

    /** Looks up ${secret:NAME} and ${VAR}; NULL result: no such name, or not allowed. The text is
     *  borrowed until the next call of the same thread. NULL functions: none resolve. */
    const char *(*secret)(void *context, const char *name);
    const char *(*variable)(void *context, const char *name);
    void *context;

    /** Something changed that watchers may want to know (see server_event). Any thread; must not
     *  wait and must not call back. May be NULL. */
    void (*event)(void *context, const struct server_event *event);
    void *event_context;
};

/** Loads every DAG and begins to bring about what was desired when the server last ran. A broken
 * file keeps nothing from running. Texts and pointers of the options are borrowed for the server's
 * life. NULL: `err`. */
struct server *server_new(const struct server_options *options, struct dag_error *err);

/** Drains all DAGs (until `timeout_us`; 0: at once), takes checkpoints, and closes everything.
 *  False: some did not drain in time. The desired states stay as they are. */
bool server_stop(struct server *server, int64_t timeout_us);
void server_free(struct server *server); /* NULL is allowed; stops at once if need be */

/** Drain of the whole server: all DAGs stop taking input; nothing can be started until it restarts
 *  or server_set_standby(false) is called. Desired states stay. */
bool server_drain(struct server *server, struct answer *answer);

/** The standby role: true stops publishing at once and keeps everything loaded; false makes it
 *  primary and brings about the desired states. */
void server_set_standby(struct server *server, bool is_standby);
bool server_is_standby(const struct server *server);

void server_counts(struct server *server, struct server_counts *counts);

/** Copies the names of all DAGs, sorted: one allocation, released with free(). NULL: out of memory.
 *  `*count` of them. */
char **server_names(struct server *server, size_t *count);

/* ---- definitions ---- */

/** Who asks, for revisions. Borrowed. */
struct server_who {
    const char *user;
    const char *comment; /* or NULL */
};

struct server_change {
    const char *text; /* the DAG file as text; it is kept byte for byte */
    size_t size;
    const char *file_name; /* in the folder; NULL: from the DAG's name */
    bool dry_run;          /* checks only */
    bool start;            /* desired state running */
    uint64_t if_revision;  /* what must be the newest one; 0: whatever it is (create: ignored) */
    const char *name;      /* create: what it must be called; NULL: whatever the text says */
    /** Create: whether whoever asks may have a DAG of this name. It is asked for the name as it
     *  comes out, with variables filled in. NULL: any name. */
    bool (*may_name)(void *context, const char *name);
    void *context;
};

/** Adds a DAG. `name` (NAME_SIZE_MAX + 1 bytes; may be NULL) gets its name. A name that exists is
 *  ANSWER_CONFLICT; a refused one leaves no file. */
bool server_create(struct server *server, const struct server_who *who,
                   const struct server_change *change, char *name, struct answer *answer);

/** A new revision of a DAG, whose name can't change. One that runs is swapped at a cycle boundary:
 *  what is in cycles finishes in the old plan, nodes that kept name and type keep their state. */
bool server_update(struct server *server, const char *dag, const struct server_who *who,
                   const struct server_change *change, struct answer *answer);
bool server_rollback(struct server *server, const char *dag, const struct server_who *who,
                     uint64_t revision, uint64_t if_revision, struct answer *answer);

/** Removes DAG, file, revisions and durable state; a running one is stopped first. It stays
 *  deleted. */
bool server_delete(struct server *server, const char *dag, const struct server_who *who,
                   uint64_t if_revision, struct answer *answer);

struct server_clone {
    const char *name; /* NULL: NAME_YYYYMMDDHHMMSS (_2, _3 when taken) */
    const char *start_time, *end_time, *duration; /* NULL or "": the original's */
    const struct tree
        *overrides; /* object: dotted key ("in.topic") or JSON pointer -> value; NULL */
    bool start, dry_run;
    bool (*may_name)(void *context, const char *name); /* see server_change */
    void *context;
};
bool server_clone(struct server *server, const char *dag, const struct server_who *who,
                  const struct server_clone *clone, char *name, struct dag_buffer *definition,
                  struct answer *answer);

/** JSON {problems:[...], valid, runs}: what a definition's check says, and its next windows.
 *  `with_secrets` false: ${secret:NAME} stays as it stands, for somebody who may not even know
 *  which secrets there are. */
bool server_validate(struct server *server, const char *text, size_t size, bool with_secrets,
                     struct dag_buffer *out, struct answer *answer);

/** JSON: what a new definition would keep, reset and restart, node by node, with the diff. */
bool server_plan(struct server *server, const char *dag, const char *text, size_t size,
                 struct dag_buffer *out, struct answer *answer);

/* ---- life ---- */

enum server_action {
    SERVER_START,
    SERVER_STOP,
    SERVER_SUSPEND,
    SERVER_RESUME,
    SERVER_RESTART,
};

struct server_action_options {
    bool at_once;       /* stop: don't drain */
    int64_t timeout_us; /* of the drain; 0: the server's */
    const char *by;     /* who asks; NULL: isn't told */
};

/** Repeating one succeeds. `options` may be NULL. */
bool server_act(struct server *server, const char *dag, enum server_action action,
                const struct server_action_options *options, struct answer *answer);

/** Waits until the DAG has come to where it is wanted (stopped, running, suspended, failed...), for
 *  tests and for `?wait_ms`. False: timed out, or no such DAG. */
bool server_wait(struct server *server, const char *dag, int64_t timeout_us);

/* ---- messages ---- */

struct server_publish {
    const struct dag_text *messages; /* one JSON text each */
    size_t count;
    bool inject; /* queue into this DAG only; always so for http:// */
};

/** How far messages have come; called once, from any thread. `accepted` messages were taken;
 *  `kind` other than OK: the rest wasn't, and why. `is_safe`: they are durable by the DAG's `ack`
 *  (with `ack: journal`: synced there); false: taken into memory, as the DAG's `ack` says.
 *  `sequence`: how many messages this process has taken in this way, these included. */
typedef void (*server_published)(void *context, const struct answer *answer, size_t accepted,
                                 bool is_safe, uint64_t sequence);

/** Publishes to a subscriber's source, or into its queue. `done` is called when they are safe by
 * the DAG's `ack`, perhaps before this returns. What can't be taken whole is refused from there on
 *  (ANSWER_FULL): `accepted` says how many went. Copies what it needs. */
void server_publish(struct server *server, const char *dag, const char *subscriber,
                    const struct server_publish *publish, server_published done, void *context);

/** One message through a copy of the graph in its present state, sinks stubbed: JSON with every
 *  node's input and output, what each publisher would get, and errors. `text` is the message. */
bool server_step(struct server *server, const char *dag, const char *subscriber, const char *text,
                 size_t size, struct dag_buffer *out, struct answer *answer);

/* ---- what is shown; all write JSON ---- */

struct server_list {
    size_t limit;       /* 1..500 */
    const char *cursor; /* opaque; NULL: from the start */
    const char *sort;   /* "name", "state", "in_rate", "errors", with "-" in front; NULL: name */
    const char *query;  /* part of a name; NULL: any */
    const char *state;  /* NULL: any */
    bool (*may_see)(void *context, const char *dag); /* scope; NULL: all */
    void *context;
};

/** {items, next_cursor, total}. An item: name, state, is_running, is_suspended, start_time,
 * end_time, node_count, in_time_window, revision, in_rate, out_rate, queue, errors, reason, ... */
bool server_write_list(struct server *server, const struct server_list *list,
                       struct dag_buffer *out, struct answer *answer);
/** Totals for the dashboard: DAGs by state, rates, errors in 5 min, attention list. */
bool server_write_totals(struct server *server, const struct server_list *list,
                         struct dag_buffer *out);

/** The newest definition's text as it was written, secrets as ${secret:NAME}. For somebody who may
 *  not edit it (`may_edit` false) secrets that are written out are "***". */
bool server_write_definition(struct server *server, const char *dag, bool may_edit,
                             uint64_t *revision, struct dag_buffer *out, struct answer *answer);
/** All fields of the original's details(), and what this system adds. */
bool server_write_details(struct server *server, const char *dag, struct dag_buffer *out,
                          struct answer *answer);
bool server_write_state(struct server *server, const char *dag, struct dag_buffer *out,
                        struct answer *answer);
bool server_write_nodes(struct server *server, const char *dag, struct dag_buffer *out,
                        struct answer *answer);
bool server_write_node(struct server *server, const char *dag, const char *node,
                       struct dag_buffer *out, struct answer *answer);
bool server_write_node_errors(struct server *server, const char *dag, const char *node,
                              struct dag_buffer *out, struct answer *answer);
bool server_clear_node_errors(struct server *server, const char *dag, const char *node,
                              struct answer *answer);
bool server_write_revisions(struct server *server, const char *dag, struct dag_buffer *out,
                            struct answer *answer);
/** `may_edit` as for the definition. */
bool server_write_revision(struct server *server, const char *dag, uint64_t revision, bool may_edit,
                           struct dag_buffer *out, struct answer *answer);
bool server_write_layout(struct server *server, const char *dag, struct dag_buffer *out,
                         struct answer *answer);
bool server_put_layout(struct server *server, const char *dag, const char *text, size_t size,
                       struct answer *answer);
/** The next `count` windows. */
bool server_write_runs(struct server *server, const char *dag, size_t count, struct dag_buffer *out,
                       struct answer *answer);
/** A causal answer to "why does nothing come out?". */
bool server_write_why(struct server *server, const char *dag, struct dag_buffer *out,
                      struct answer *answer);
/** What the journal holds of one cycle. */
bool server_write_cycle(struct server *server, const char *dag, uint64_t cycle,
                        struct dag_buffer *out, struct answer *answer);
/** Rates over time, from a ring in memory. Times in microseconds since 1970. */
bool server_write_series(struct server *server, const char *dag, const char *node, int64_t from_us,
                         int64_t to_us, int64_t step_us, struct dag_buffer *out,
                         struct answer *answer);
/** {items, next_cursor, total}: the newest first. `selection`: ids with commas between, or "all".
 */
bool server_write_dead_letters(struct server *server, const char *dag, size_t limit,
                               const char *cursor, struct dag_buffer *out, struct answer *answer);
bool server_discard_dead_letters(struct server *server, const char *dag, const char *selection,
                                 uint64_t *count, struct answer *answer);
bool server_redrive_dead_letters(struct server *server, const char *dag, const char *selection,
                                 uint64_t *count, struct answer *answer);

/** Counters are sampled twice a second; the number of the newest sample, from 1. Cheap. */
uint64_t server_tick(const struct server *server);

/** For live streams, from the newest sample; nothing waits for a DAG. `since`: the tick that the
 *  receiver has (0: none, everything is written).
 *  Of all DAGs: {"tick":N,"dags":[[name,state,in_rate,out_rate,queue,errors_5m,in,out], ...],
 *  "gone":[name, ...]}: those that changed behind `since`; of one: {"tick":N,"dag":[...as above],
 *  "nodes":[[name,count,errors,rate,queue,queue_max,p50_us,p99_us], ...],
 *  "edges":[[name,count,rate], ...], "subscribers":[[name,in,depth,depth_max], ...],
 *  "publishers":[[name,out,depth,dead_letters], ...]}. Unknown numbers are null. */
bool server_write_live_all(struct server *server, uint64_t since,
                           bool (*may_see)(void *context, const char *dag), void *context,
                           struct dag_buffer *out);
bool server_write_live(struct server *server, const char *dag, uint64_t since,
                       struct dag_buffer *out, struct answer *answer);

/** Prometheus text of all DAGs, with bounded cardinality. Others may append families of their own
 *  names, see metrics_text.h. */
bool server_write_metrics(struct server *server, struct dag_buffer *out);

/** What the layers above add to the description of the server. All borrowed. */
struct server_part {
    const char *name; /* "audit log", "tls" */
    bool is_well;
    const char *detail; /* one sentence; NULL: nothing to say */
};
struct server_limit {
    const char *name; /* "message_size" */
    uint64_t value;
};
struct server_more {
    const char *name; /* of the server, as people see it */
    const struct server_part *parts;
    size_t part_count;
    const struct server_limit *limits;
    size_t limit_count;
};

/** {name, version, build, started, uptime_ms, role, is_ready, is_draining, threads, dags, limits,
 *  parts, is_well}. `more` may be NULL. */
bool server_write_server(struct server *server, const struct server_more *more,
                         struct dag_buffer *out);

/* ---- taps ---- */

struct server_tap;

/** A sampled message, as JSON text, at most 16 KiB. On a thread of the runtime: must not wait. */
typedef void (*server_tapped)(void *context, uint64_t cycle, int64_t time_us, const char *json,
                              size_t size, bool is_truncated);

/** At most `rate` messages a second of what goes into (`is_output` false) or out of a node. At most
 * 4 for each node: ANSWER_FULL. NULL: `answer`. */
struct server_tap *server_tap_new(struct server *server, const char *dag, const char *node,
                                  bool is_output, uint32_t rate, server_tapped tapped,
                                  void *context, struct answer *answer);
/** After it returns `tapped` is not called any more. NULL is allowed. */
void server_tap_free(struct server_tap *tap);

#endif
