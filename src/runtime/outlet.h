/* outlet.h - sends on what a publisher has spilled.
 *
 * Such a publisher has two sinks. The cycles push to the front one, whose connector writes the
 * spill log; what is synced there counts as safely out. The outlet reads that log and pushes to the
 * one behind it, which has the publisher's own connector and waits, retries and holds as ever.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_OUTLET_H
#define RUNTIME_OUTLET_H

#include "runtime/durability.h"
#include "runtime/sink.h"

/** Rows that were pushed and are not known to be safely out. */
struct outlet_item {
    uint64_t key;       /* of the spill log */
    uint64_t ticket;    /* for sink_has_passed() */
    uint64_t row_count; /* of them, and of those before that had no key */
};

struct outlet {
    struct actor actor;
    struct dag *dag;
    struct sink *front, *back; /* borrowed from the DAG */
    struct spill *spill;       /* borrowed from the durability */
    struct loop_timer timer;

    /* only its actor touches these */
    struct outlet_item *items; /* owned ring */
    size_t capacity, head, count;
    uint64_t ticket;        /* rows that the back sink was ever given */
    uint64_t unkeyed_count; /* rows pushed without a key */
    uint32_t failures;
    int64_t retry_at_us; /* 0: none */
    int64_t saved_at_us;
    bool is_unsaved;

    _Atomic bool is_behind;   /* the log has more */
    _Atomic uint32_t closed;  /* the generation that it has closed */
    _Atomic uint32_t drained; /* the drain in which all was out */
};

/** Splits the sinks of the publishers that spill; the durability is set. False: `err`. */
bool outlets_make(struct dag *dag, struct dag_error *err);
void outlets_free(struct dag *dag); /* the sinks are idle, and freed later */

/** A DAG that keeps nothing: false when a publisher needs a spill log, `err` names it. */
bool outlets_may_lack(const struct dag *dag, struct dag_error *err);

/** Before a start that recovers, behind sink_recover(). */
void outlets_recover(struct dag *dag);

void outlets_notify(struct dag *dag);
bool outlets_have_closed(const struct dag *dag, uint32_t generation);

/** All has closed: tells the logs what got safely out at last. */
void outlets_finish(struct dag *dag);

/** Makes the front sink's figures those of the publisher. */
void outlet_stats(struct outlet *outlet, struct sink_stats *stats);

#endif
