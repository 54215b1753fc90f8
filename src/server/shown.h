/* shown.h - what is kept of an entry to be shown: its series, its newest sample, what was cleared.
 *
 * show_sample() writes it, on the housekeeping thread; everybody else reads it under
 * entry_shown_lock(). The arrays go by the indexes of the plan that was sampled.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOWN_H
#define SERVER_SHOWN_H

#include "server/entry.h"
#include "server/series.h"

#define SHOWN_UNKNOWN         (-1) /* of durations */
#define SHOWN_NODE_SERIES_MAX 32   /* of an entry: nodes whose rates over time were asked for */

/** `tick` is the last one at which what is shown changed. */
struct shown_node {
    uint64_t tick, count, errors, queue, queue_max;
    double rate;            /* calls a second, smoothed over some seconds */
    int64_t p50_us, p99_us; /* SHOWN_UNKNOWN: no message lately */
};

struct shown_edge {
    uint64_t tick, count;
    double rate;
};

/** A subscriber or publisher. */
struct shown_end {
    uint64_t tick, count, depth;
    uint64_t more; /* of a subscriber: depth_max; of a publisher: dead letters */
};

/** Rates over time of one node, from when they were asked for first. */
struct shown_series {
    char *node;            /* owned */
    struct series *series; /* owned */
    int64_t asked_us;
};

struct shown_cleared {
    char *node; /* owned */
    int64_t time_us;
};

struct entry_shown {
    struct series *series; /* owned; NULL until it was in the runtime */
    struct shown_series node_series[SHOWN_NODE_SERIES_MAX];
    size_t node_series_count;
    struct shown_cleared *cleared; /* owned */
    size_t cleared_count;

    int64_t time_us; /* of the newest sample; 0: none yet */
    uint64_t in, out, errors, queue;
    double queue_fill;     /* 0..1, of the fullest queue with a bound; negative: none has one */
    int64_t full_since_us; /* since when a queue is full to 95 %; 0: none is */
    struct series_rates rates;
    char *row; /* owned: the DAG in live streams, "[name,state,...]"; NULL: not yet */
    size_t row_size;
    uint64_t row_tick; /* when `row` changed last */

    /* Of what was in the runtime; NULL and 0: nothing was. */
    const struct plan *plan; /* to be compared only, it may be gone */
    uint64_t revision;
    uint64_t plan_tick;       /* when this plan was sampled first */
    struct shown_node *nodes; /* owned, as all below */
    struct shown_edge *edges;
    struct shown_end *subscribers, *publishers;
    struct latency *latencies; /* by node: what had been counted when p50 and p99 were worked out */
    size_t node_count, edge_count, subscriber_count, publisher_count;
};

/** What is kept of the entry, made when there is none yet. Under entry_shown_lock(), whose result
 *  is `place`. NULL: out of memory. */
struct entry_shown *shown_make(struct entry_shown **place);

/** The arrays are of this incarnation. */
bool shown_is_of(const struct entry_shown *shown, const struct incarnation *now);

/** Up to when a node's errors were cleared; 0: never. */
int64_t shown_cleared_us(const struct entry_shown *shown, const char *node);

/** False: out of memory. */
bool shown_clear(struct entry_shown *shown, const char *node, int64_t time_us);

/** The series of a node, begun when there is none yet; the one that was asked for longest ago goes
 *  when there are too many. NULL: out of memory. */
struct series *shown_node_series(struct entry_shown *shown, const char *node, int64_t now_us);

#endif
