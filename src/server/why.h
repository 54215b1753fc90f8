/* why.h - why nothing comes out of a DAG: from facts to a chain of causes.
 *
 * The facts are gathered by the caller; nothing here waits, locks or looks at a running DAG.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_WHY_H
#define SERVER_WHY_H

#include "graph/writer.h"
#include "runtime/runtime.h"

/** Times are realtime, microseconds since 1970; 0: unknown or never. Texts may be NULL. */
struct why_source {
    const char *error; /* why it can't be opened or read for now; NULL: it works */
    int64_t error_since_us, next_try_us;
    const char *rests; /* why it brings nothing, in the connector's words */
    int64_t last_receive_us;
    uint64_t receive_count, depth, depth_max; /* depth_max 0: bounded by bytes alone */
    bool is_full;                             /* its queue, by messages or bytes */
    bool is_starved;                          /* the DAG is at its memory limit */
    bool is_read;                             /* some node reads it */
    bool has_ended;
};

struct why_sink {
    const char *error; /* why it can't be opened or written to for now; NULL: it works */
    int64_t error_since_us, next_try_us;
    const char *waits_for; /* what the other side has yet to do, in the connector's words */
    int64_t waits_since_us;
    uint64_t depth, publish_count;
    bool is_full; /* it takes no more rows until some are out */
};

struct why_facts {
    const char *dag, *state; /* names; never NULL */
    const struct plan *plan; /* NULL: the definition is invalid */
    const char *invalid;     /* its first problem */
    const char *failure;     /* of a DAG that failed */
    const char *starting; /* why a DAG that should run doesn't yet; NULL: it does, or is about to */
    int64_t retry_at_us;  /* when starting it is tried again */
    int64_t state_since_us; /* 0: unknown */
    const char *by;         /* who stopped or suspended it */
    bool is_standby, is_stopped, is_suspended, has_ended;
    bool is_outside_window;
    int64_t next_opening_us;
    const char *journal; /* why the journal takes nothing for now: "disk full", ... */
    int64_t journal_since_us, journal_next_try_us;
    const struct why_source *sources;      /* by subscriber */
    const struct why_sink *sinks;          /* by publisher */
    const struct engine_node_stats *nodes; /* by node; NULL: not known */
    const char *const *last_errors;        /* by node; NULL: none; the array may be NULL */
};

/** Writes {dag, state, is_healthy, findings}, the cause first and then what follows from it. */
void why_write(struct writer *writer, const struct why_facts *facts);

#endif
