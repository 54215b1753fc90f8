/* plugin.h - what calculators, transformers, node types and connectors are, as the engine sees
 * them.
 *
 * A plug-in is a `const` descriptor: its name, its options and a few functions. The engine
 * allocates each instance's state zeroed, parses the options into it (option.h), calls open(),
 * then the working functions from one thread at a time, then close(). Callbacks that are NULL
 * have the default that is given with them. An instance of a calculator or transformer belongs to
 * one node or edge: what several nodes name is several instances.
 *
 * A loadable plug-in is a shared library that exports the function `dag_plugin_entry`.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_PLUGIN_H
#define DAG_PLUGIN_H

#include "dag/batch.h"
#include "dag/host.h"
#include "dag/json.h"
#include "dag/option.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DAG_ABI_VERSION 1u

/* ---- calculators, transformers, node types ---------------------------------------------- */

/** What a function may depend on besides its input. The engine uses it to say whether a DAG can be
 * replayed without a journal. */
enum dag_function_flags {
    DAG_FUNCTION_USES_TIME = 1,         /* calls dag_call_time_us() */
    DAG_FUNCTION_NOT_DETERMINISTIC = 2, /* its answers have to be journaled */
    DAG_FUNCTION_TAKES_ANY = 4,         /* also takes messages that are no objects; without it the
                                           engine rejects those before the call */
};

/** One call of process(): the rows to work on and the place for the results. */
struct dag_call;

/** The rows of this call, in cycle order. */
DAG_API size_t dag_call_row_count(const struct dag_call *call);
DAG_API const struct dag_row *dag_call_rows(const struct dag_call *call);

/** The time of the row's cycle, microseconds since 1970 UTC. */
DAG_API int64_t dag_call_time_us(const struct dag_call *call, size_t row);

/** A number that is the same whenever the same cycle is run again: mixed from DAG, node, cycle,
 *  sub-cycle and `salt`. */
DAG_API uint64_t dag_call_random(const struct dag_call *call, size_t row, uint64_t salt);

/** The batch whose arena results are to be allocated in. */
DAG_API struct dag_batch *dag_call_batch(struct dag_call *call);

/** Adds a result for input row number `row`. Rows must be answered in ascending order; none, one or
 *  several results for each. What `result` points to lives in dag_call_batch() or in the input
 *  rows. False: out of memory. */
DAG_API bool dag_call_emit(struct dag_call *call, size_t row, struct dag_row result);

/** The row fails with this error (copied): it becomes an error of the node. */
DAG_API void dag_call_reject(struct dag_call *call, size_t row, const struct dag_error *why);

/** Computes one attribute from others. `arguments[i]` is NULL when the i-th attribute is missing.
 *  Results that need memory allocate in `batch`. False, with `err`: an error of the node. */
typedef bool (*dag_slot_function)(const void *state, const struct dag_value *const *arguments,
                                  size_t argument_count, struct dag_batch *batch,
                                  struct dag_value *result, struct dag_error *err);

/** Decides whether a row passes. Arguments as above. */
typedef bool (*dag_slot_test)(const void *state, const struct dag_value *const *arguments,
                              size_t argument_count);

enum dag_slot_kind {
    DAG_SLOT_COPY,     /* attribute number `from` of the input */
    DAG_SLOT_CONSTANT, /* `*constant` */
    DAG_SLOT_DEFAULT,  /* attribute number `from`; `*constant` when that is null */
    DAG_SLOT_RESULT,   /* the plan's computed value */
};

struct dag_slot {
    enum dag_slot_kind kind;
    uint32_t from;
    const struct dag_value *constant; /* lives as long as the instance; the engine copies it */
};

/** What a function does to every row of one shape. The engine caches it by shape and fuses the
 *  plans of a chain into one pass. */
struct dag_slot_plan {
    const struct dag_shape *shape; /* of the output */
    struct dag_slot *slots;        /* shape->count of them, allocated in the plan's batch */

    dag_slot_function compute; /* NULL: no DAG_SLOT_RESULT */
    dag_slot_test test;        /* NULL: every row passes; tested before `compute` */
    int32_t *arguments;        /* input slots for `compute` or `test`; -1: missing */
    size_t argument_count;
};

/** A calculator or a transformer: a step from records to records. */
struct dag_function {
    uint32_t abi_version; /* DAG_ABI_VERSION */
    uint32_t flags;       /* enum dag_function_flags */
    const char *name;     /* the "type" that DAG files use */
    const char *summary;  /* one sentence for the manual */
    const struct dag_option *options;
    size_t state_size;

    /** Checks the options together and prepares. Default: nothing. No I/O: it also runs under
     *  `dagd check`. On failure the engine still calls close(). `host` is NULL under `check`. */
    bool (*open)(void *state, struct dag_host *host, struct dag_error *err);

    /** Answers every row of `call`. False: the call as a whole failed (each row is then an error
     *  of the node). Not needed where plan() is given. */
    bool (*process)(void *state, struct dag_call *call, struct dag_error *err);

    /** Fills `plan` (zeroed) for rows of shape `in`; memory comes from `batch`, in whose arena
     *  the plan will live. Default: the function has no plan. False: out of memory. */
    bool (*plan)(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                 struct dag_slot_plan *plan, struct dag_error *err);

    /** State that has to survive a restart, as JSON text. Default: none. */
    bool (*save)(const void *state, struct dag_buffer *out, struct dag_error *err);
    bool (*restore)(void *state, const char *json, size_t size, struct dag_error *err);

    void (*close)(void *state);
};

/** What a loadable node type may be wired to. */
enum dag_node_flags {
    DAG_NODE_TAKES_SUBSCRIBER = 1, /* an event source like SubscriptionNode */
    DAG_NODE_TAKES_PUBLISHERS = 2, /* publishes its output like PublicationNode */
};

/** A node type: its function runs on the node's merged input, before the node's calculator. */
struct dag_node_type {
    uint32_t abi_version;
    uint32_t flags; /* enum dag_node_flags */
    struct dag_function function;
};

/* ---- connectors ------------------------------------------------------------------------- */

/** A URI split at "://": "kafka://topic/trades" is scheme "kafka", rest "topic/trades". */
struct dag_address {
    const char *uri;
    const char *scheme;
    const char *rest; /* "" where there is no "://" */
};

enum dag_connector_flags {
    DAG_CONNECTOR_BLOCKS = 1,       /* read() or write() may block: it gets a thread of its own */
    DAG_CONNECTOR_SEEKS = 2,        /* subscriber: can read again from a saved position */
    DAG_CONNECTOR_ENDS = 4,         /* subscriber: may reach an end */
    DAG_CONNECTOR_ORDERED = 8,      /* subscriber: one totally ordered sequence of events */
    DAG_CONNECTOR_PROGRESS = 16,    /* publisher: keeps its progress with the data */
    DAG_CONNECTOR_KEYED = 32,       /* publisher: needs `__dagserver_key` */
    DAG_CONNECTOR_PUBLISHABLE = 64, /* subscriber: its source takes messages (REST publish) */
    DAG_CONNECTOR_TIMER = 128,      /* subscriber: an event source made of time */
    DAG_CONNECTOR_BARE = 256,       /* its URI is the bare scheme: "metronome" */
    DAG_CONNECTOR_REDELIVERS = 512, /* subscriber: after a crash its other side may send again what
                                       a journal holds already */
};

enum dag_read_status {
    DAG_READ_MORE,   /* call again when there is room */
    DAG_READ_IDLE,   /* nothing now: call again after dag_wake(); the batch may hold rows */
    DAG_READ_END,    /* there will be no more; the batch may hold the last rows */
    DAG_READ_FAILED, /* `err`; retryable: called again after a back-off, else the DAG fails */
    DAG_READ_TRYING, /* as DAG_READ_IDLE, but what failed last is not over yet: it stays shown, and
                        the next back-off is longer. For what connects without waiting */
};

/** A connector that brings records in. */
struct dag_subscriber {
    uint32_t abi_version;
    uint32_t flags;     /* enum dag_connector_flags */
    const char *scheme; /* "mem" for mem://...; the bare word with DAG_CONNECTOR_BARE */
    const char *name;   /* as details() shows it: "InMemoryDataSubscriber" */
    const char *summary;
    const char *address_help; /* "mem://queue/NAME or mem://topic/NAME" */
    const struct dag_option *options;
    size_t state_size;

    /** Checks address and options together; no I/O. Default: any address. */
    bool (*check)(void *state, const struct dag_address *address, struct dag_error *err);

    /** When the DAG is built (not only when it runs): a topic reader attaches here, so that
     *  nothing published before the start is missed. `address` lives until close(). Default:
     * nothing. */
    bool (*attach)(void *state, const struct dag_address *address, struct dag_host *host,
                   struct dag_error *err);

    /** Acquires what reading needs. `position`: what save_position() wrote, or NULL: from the
     *  start that the options name. Runs again after stop. On failure the engine still calls
     *  stop(). Default: nothing. */
    bool (*open)(void *state, const struct dag_address *address, struct dag_host *host,
                 const char *position, size_t position_size, struct dag_error *err);

    /** Appends rows to `out` (borrowed, has room), never waiting unless DAG_CONNECTOR_BLOCKS. */
    enum dag_read_status (*read)(void *state, struct dag_batch *out, struct dag_error *err);

    /** Everything up to these origins (one for each lane that had rows) is safe and may be
     *  forgotten. Default: nothing to do. */
    bool (*acknowledge)(void *state, const struct dag_origin *origins, size_t lane_count,
                        struct dag_error *err);

    /** Writes, as JSON, the position behind these origins (one for each lane). NULL: can't seek. */
    bool (*save_position)(void *state, const struct dag_origin *origins, size_t lane_count,
                          struct dag_buffer *out, struct dag_error *err);

    /** A blocked read() returns soon. Any thread. Only with DAG_CONNECTOR_BLOCKS. */
    void (*interrupt)(void *state);

    /** Ends what open() began; open() may follow. */
    void (*stop)(void *state);

    /** Ends what attach() and the rest began; accepts a state that was left half done. */
    void (*close)(void *state);

    /** Why it is idle or stuck, for `why` and health: one line; NULL default: nothing to say. */
    void (*describe)(void *state, char *text, size_t size);
};

/** Rows on their way to a publisher, in cycle order. */
struct dag_delivery {
    const struct dag_row *rows;
    const uint64_t *cycles; /* of each row, ascending */
    size_t count;
    struct dag_batch
        *batch;    /* the rows live in it and in what it keeps; dag_batch_ref() to share them */
    uint64_t mark; /* behind the last row: every cycle up to this one is complete for this
                      publisher; only meaningful once all rows are written */
};

enum dag_write_status {
    DAG_WRITE_DONE,   /* `*written` rows are taken (all, or fewer: call again at once) */
    DAG_WRITE_WAIT,   /* `*written` rows are taken; call again after dag_wake() */
    DAG_WRITE_FAILED, /* `*written` rows are taken, then `err`: retryable (kept and tried again
                         after a back-off), else the DAG fails */
};

/** A connector that sends records out. */
struct dag_publisher {
    uint32_t abi_version;
    uint32_t flags;
    const char *scheme;
    const char *name;
    const char *summary;
    const char *address_help;
    const struct dag_option *options;
    size_t state_size;

    bool (*check)(void *state, const struct dag_address *address, struct dag_error *err);

    /** Acquires what writing needs; runs again after stop(). On failure the engine still calls
     *  stop(). Default: nothing. */
    bool (*open)(void *state, const struct dag_address *address, struct dag_host *host,
                 struct dag_error *err);

    /** Takes rows, without waiting unless DAG_CONNECTOR_BLOCKS. A row that the other side refuses
     * for good is reported by dag_reject_row() and counts as taken. */
    enum dag_write_status (*write)(void *state, const struct dag_delivery *delivery,
                                   size_t *written, struct dag_error *err);

    /** Makes what was taken safe (synced, acknowledged). The cycles of all rows taken are
     *  then safely out. DAG_WRITE_WAIT: not yet, call again after dag_wake(). Default: what is
     * taken is safe. */
    enum dag_write_status (*flush)(void *state, struct dag_error *err);

    /** Stored progress: the last cycle held, for `instance`. Default: keeps none. */
    bool (*progress)(void *state, const char *instance, uint64_t *cycle, struct dag_error *err);

    void (*interrupt)(void *state);
    void (*stop)(void *state);
    void (*close)(void *state);
    void (*describe)(void *state, char *text, size_t size);
};

/* ---- a shared library ------------------------------------------------------------------- */

/** What a loadable plug-in brings; each list ends with NULL and may be NULL itself. */
struct dag_plugin {
    uint32_t abi_version;
    const char *name;
    const char *version;
    const struct dag_function *const *calculators;
    const struct dag_function *const *transformers;
    const struct dag_node_type *const *node_types;
    const struct dag_subscriber *const *subscribers;
    const struct dag_publisher *const *publishers;
};

/** The one symbol that a plug-in exports. NULL: it can't work with this version of the engine. */
typedef const struct dag_plugin *(*dag_plugin_entry_function)(uint32_t engine_abi_version);
#define DAG_PLUGIN_ENTRY "dag_plugin_entry"

#ifdef __cplusplus
}
#endif

#endif
