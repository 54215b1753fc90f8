/* plan.h - a DAG file, read and checked: what the runtime runs. It never changes.
 *
 * Everything hangs off one arena and is freed with the plan. Indexes point into the arrays of the
 * same plan; -1 means none.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_PLAN_H
#define GRAPH_PLAN_H

#include "core/tree.h"
#include "dag/plugin.h"

enum plan_node_kind {
    PLAN_NODE_CALCULATION,
    PLAN_NODE_SUBSCRIPTION,
    PLAN_NODE_PUBLICATION,
    PLAN_NODE_METRONOME,
    PLAN_NODE_SINK,           /* does nothing */
    PLAN_NODE_PUBLISHER_SINK, /* one output for each woken edge */
    PLAN_NODE_PLUGIN,         /* `type` is set; its flags say what it may be wired to */
};

enum plan_propagate { PLAN_PROPAGATE_EVERY, PLAN_PROPAGATE_CHANGES };
enum plan_overflow {
    PLAN_OVERFLOW_BLOCK,
    PLAN_OVERFLOW_LATEST,
    PLAN_OVERFLOW_DROP_NEWEST,
    PLAN_OVERFLOW_DROP_OLDEST
};
enum plan_when_slow { PLAN_WHEN_SLOW_BLOCK, PLAN_WHEN_SLOW_SPILL };
enum plan_delivery { PLAN_AT_LEAST_ONCE, PLAN_EXACTLY_ONCE };
enum plan_journal_depth { PLAN_JOURNAL_NONE, PLAN_JOURNAL_ORDER, PLAN_JOURNAL_EVENTS };
enum plan_journal_sync { PLAN_SYNC_ALWAYS, PLAN_SYNC_INTERVAL, PLAN_SYNC_OS };
enum plan_missed { PLAN_MISSED_SKIP, PLAN_MISSED_RUN_LATE };
enum plan_ack { PLAN_ACK_DEFAULT, PLAN_ACK_JOURNAL };

#define PLAN_EVERY_DAY 0x7f

/** On which days the window opens, and in which zone; without the block: every day, local time. */
struct plan_schedule {
    uint8_t days;                   /* bit 0: Monday */
    struct dag_text_list calendars; /* paths as written */
    const char *timezone;           /* NULL: the system's */
    enum plan_missed missed;
};

/** Clones that the server adds for a part of each day that counts. */
struct plan_autoclone {
    int32_t count;        /* 0: no such block */
    int32_t from, to;     /* minutes since midnight; both -1: all day */
    const char *timezone; /* the schedule's, where it has none; NULL: the system's */
};

/** A calculator or transformer as declared; implicit `null` and `passthru` are added when named. */
struct plan_function {
    const char *name;
    const struct dag_function *type; /* borrowed from the registry */
    const struct tree *config;       /* an object, or NULL: none given */
};

struct plan_subscriber {
    const char *name;
    const struct dag_subscriber *type; /* borrowed from the registry */
    struct dag_address address;
    /* The whole object, source and common keys included; keys that stood beside it are merged in.
     * A custom:// subscriber's is its `delegate_config`. Read it with `type->options` by
     * options_read_known(). NULL: a custom:// one without. */
    const struct tree *config;
    int64_t max_depth; /* messages; 0: bounded by bytes alone */
    enum plan_overflow overflow;
};

struct plan_publisher {
    const char *name;
    const struct dag_publisher *type; /* borrowed from the registry */
    struct dag_address address;
    const struct tree *config;   /* as a subscriber's */
    int64_t publish_interval_us; /* 0: at once */
    int64_t batch_size;          /* 0: none */
    enum plan_when_slow when_slow;
    int64_t spill_bytes_max; /* of what waits on the disk */
    /* retries of transient failures: exponential back-off with jitter between these */
    int64_t retry_min_us, retry_max_us;
};

struct plan_node {
    const char *name;
    enum plan_node_kind kind;
    const char *type_name;            /* as written, or the default */
    const struct dag_node_type *type; /* PLAN_NODE_PLUGIN only */
    const struct tree *config;        /* or NULL */
    enum plan_propagate propagate;
    int32_t subscriber;
    int32_t calculator;
    const int32_t *publishers;
    size_t publisher_count;
    const int32_t *input_transformers;
    size_t input_transformer_count;
    const int32_t *output_transformers;
    size_t output_transformer_count;
    /* In file order. Edges into nodes with a subscriber are listed too and carry nothing. */
    const int32_t *edges_in;
    size_t edge_in_count;
    const int32_t *edges_out;
    size_t edge_out_count;
    int64_t interval_us; /* PLAN_NODE_METRONOME */
};

struct plan_edge {
    const char *name; /* <from>_to_<to> */
    int32_t from, to;
    int32_t transformer;
    const char *pname; /* NULL: none (a blank one counts as none) */
};

struct plan {
    const char *name;
    const char *path; /* of the file, for messages; "" when read from memory */

    const struct plan_subscriber *subscribers;
    size_t subscriber_count;
    const struct plan_publisher *publishers;
    size_t publisher_count;
    const struct plan_function *calculators;
    size_t calculator_count;
    const struct plan_function *transformers;
    size_t transformer_count;
    const struct plan_node *nodes; /* in declaration order */
    size_t node_count;
    const struct plan_edge *edges;
    size_t edge_count;
    const int32_t *order; /* node indexes, topological */

    enum plan_propagate propagate;
    int32_t errors;       /* publisher, or -1 */
    int64_t memory_limit; /* bytes; 0: none */
    enum plan_delivery delivery;
    enum plan_journal_depth journal;
    enum plan_journal_sync journal_sync;
    int64_t journal_retain_us, journal_bytes_max; /* 0: none */
    enum plan_ack ack;

    /* time window, section 12 of the dialect: minutes since midnight, -1: none (always active) */
    int32_t window_start, window_end;
    const char *start_time, *end_time, *duration; /* as written, or NULL */

    struct plan_schedule schedule;
    struct plan_autoclone autoclone;

    bool uses_secrets; /* holds a ${secret:NAME} that `dagd run` can't resolve */

    const struct tree *source;      /* the whole file, variables filled in, secrets not */
    struct tree_document *document; /* owned: arena of everything above */
};

/** file://-: standard input or output, which gives nothing back. */
bool plan_is_standard_stream(const struct dag_address *address);

/** Releases the plan. NULL is allowed. */
void plan_free(struct plan *plan);

#endif
