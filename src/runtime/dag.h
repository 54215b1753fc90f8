/* dag.h - one DAG in the runtime, as its own parts see it.
 *
 * Its life is a sequence of phases. Whoever changes the phase notifies the actors, each of which
 * does its part and reports to the control actor, which moves on when all have reported. Only
 * dag->lock is ever held meanwhile, and only for a moment.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_DAG_H
#define RUNTIME_DAG_H

#include <pthread.h>
#include <stdatomic.h>

#include "runtime/cycles.h"
#include "runtime/durability.h"
#include "runtime/hindrance.h"
#include "runtime/host.h"
#include "runtime/outlet.h"
#include "runtime/runtime.h"
#include "runtime/scheduler.h"
#include "runtime/sink.h"
#include "runtime/snapshot.h"
#include "runtime/source.h"
#include "runtime/tap.h"

enum phase {
    PHASE_STOPPED,
    PHASE_OPENING, /* sinks open; sources wait until each sink has tried */
    PHASE_RUNNING,
    PHASE_DRAINING, /* sources are quiet; what is on its way goes out */
    PHASE_CLOSING,  /* everybody ends what open() began */
};

struct runtime {
    struct clock *clock;
    struct storage *storage;
    struct scheduler *scheduler;
    struct loop *loop;
    uint32_t batch_rows;
    struct runtime_observer observer;
    int finished; /* owned eventfd: a DAG has stopped, ended or failed */
    _Atomic uint64_t random;
    pthread_mutex_t lock;
    struct dag *first;     /* guarded by lock */
    struct parked *parked; /* owned list, see swap.c; guarded by lock */
};

struct dag {
    struct runtime *runtime;
    struct dag *next; /* guarded by runtime->lock */
    uint64_t id;      /* of its memory account's callback */
    struct dag *next_of_id;
    struct plan *plan;              /* owned */
    struct memory_account *account; /* referenced */
    struct engine *engine;          /* owned; a recovery makes another, under cycles.engine_lock */
    struct engine_counters *counters; /* the engine's, whichever it is */
    struct host engine_host;

    _Atomic uint32_t phase;      /* enum phase; written under lock */
    _Atomic uint32_t generation; /* counts starts */
    _Atomic uint32_t drain;      /* counts drains, also those taken back; parts note by it in which
                                    of them they have come to rest. Written under lock */
    _Atomic bool is_swap;        /* this drain leaves what is safe in a spill log; under lock */
    bool swap_is_due;            /* it drains once everything has been opened; guarded by lock */
    bool was_suspended;          /* before this drain for a swap; guarded by lock */
    _Atomic bool suspended;      /* written under lock */
    _Atomic bool idle;           /* the cycles found nothing to run and no source at work */
    _Atomic bool all_ended;      /* no event can come any more */
    _Atomic uint64_t watermark;
    bool wants_watermark;            /* some source acknowledges */
    bool redelivers;                 /* some source brings again what it wasn't told to forget */
    _Atomic bool wants_forgetting;   /* a source is full of what it may not forget; it says so again
                                        behind each acknowledgement */
    struct trouble_gate *node_gates; /* owned; by node */
    uint64_t errors_told;            /* the cycles' actor: of all nodes */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    _Atomic uint32_t state; /* enum dag_state; written under lock */
    enum dag_state final;   /* what it is when closed; guarded by lock */
    pthread_mutex_t failure_lock;
    char failure[600]; /* guarded by failure_lock: `lock` may be held while a disk is waited for */
    _Atomic(void *) user; /* the owner's */

    struct source **sources; /* owned; by subscriber, NULL where no node reads it */
    struct sink **sinks;     /* owned; by publisher, NULL where no node writes it; then kept dead
                                letters; then, by publisher, those behind a spill log */
    size_t sink_count;       /* of the places in `sinks` */
    struct outlet **outlets; /* owned; by publisher, NULL where it doesn't spill */

    struct durability *durability; /* borrowed; NULL: nothing is kept */
    struct durability_start start; /* of this run; borrowed from the durability */
    struct snapshot snapshot;
    struct cycles cycles;
    struct actor control;
    struct taps taps;
    struct actor injector;               /* see inject.h */
    _Atomic uint32_t injections_waiting; /* to be told of */
    struct loop_timer nudge;             /* interrupts blocked connectors until they have closed */

    pthread_mutex_t dropped_lock;
    struct dropped_cause dropped[16]; /* guarded by dropped_lock */
    size_t dropped_count;
};

static inline enum phase dag_phase(const struct dag *dag)
{
    return (enum phase)atomic_load_explicit(&dag->phase, memory_order_acquire);
}

static inline uint32_t dag_drain(const struct dag *dag)
{
    return atomic_load(&dag->drain);
}

/** Cycles may run and sources may read. */
static inline bool dag_is_live(const struct dag *dag)
{
    return dag_phase(dag) == PHASE_RUNNING &&
           !atomic_load_explicit(&dag->suspended, memory_order_acquire);
}

/** The sinks that the cycles push to are the first so many. The others stand behind spill logs. */
static inline size_t dag_front_count(const struct dag *dag)
{
    return dag->plan->publisher_count + 1;
}

/** Which output of a step has the dead letters. */
static inline size_t dag_errors_output(const struct dag *dag)
{
    return dag->plan->errors >= 0 ? (size_t)dag->plan->errors : dag->plan->publisher_count;
}

/** The sink that takes dead letters; NULL: they go to standard error. */
static inline struct sink *dag_errors_sink(const struct dag *dag)
{
    return dag->sinks[dag_errors_output(dag)];
}

/** Notifies every actor of it. Under no lock. */
void dag_notify_all(struct dag *dag);

/** With `lock`: tells the observer, too. */
void dag_set_state_locked(struct dag *dag, enum dag_state state);

/** With `lock`. */
void dag_set_phase_locked(struct dag *dag, enum phase phase);

/** The DAG fails: everything closes. `component` may be NULL. Any thread, under no lock. */
void dag_fail(struct dag *dag, const char *component, const struct dag_error *err);

/** Counts what a policy of the user's discards. Any thread. */
void dag_drop(struct dag *dag, const char *cause, uint64_t count);

/** Looks whether more is safely out, and tells the sources that acknowledge. */
void dag_update_watermark(struct dag *dag);

/** Sinks that keep progress may commit cycles up to this one. */
uint64_t dag_ordered(const struct dag *dag);

/** Cycles wait for room in a sink that waits for dag_ordered(). */
void dag_hurry_order(struct dag *dag);

/** Sources may forget what was taken in cycles up to this one. */
uint64_t dag_forgettable(const struct dag *dag);

/** Everything up to this cycle is safely out. */
uint64_t dag_watermark(const struct dag *dag);

/** When to try again after `failures` in a row: exponential with jitter between the two. */
int64_t dag_retry_delay(struct dag *dag, uint32_t failures, int64_t min_us, int64_t max_us);

int64_t dag_monotonic_now(const struct dag *dag);
int64_t dag_realtime_now(const struct dag *dag);

/** Writes dead letters that have nowhere else to go to standard error, a JSON line each. */
void dag_print_letters(const struct dag *dag, const struct dag_row *rows, size_t count);

/** dag_park() and dag_unpark() of include/dag/host.h. */
bool swap_park(struct dag_host *host, const char *key, void *thing, uint64_t (*drop)(void *thing));
void *swap_unpark(struct dag_host *host, const char *key);

/** Makes the control actor. False: `err`. */
bool dag_init_control(struct dag *dag, struct dag_error *err);

/** Builds the DAG; owns the plan in any case. NULL: `err`. */
struct dag *dag_new(struct runtime *runtime, struct plan *plan, struct dag_error *err);

/** The DAG has stopped, ended or failed. NULL is allowed. */
void dag_free(struct dag *dag);

#endif
