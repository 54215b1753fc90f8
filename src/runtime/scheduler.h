/* scheduler.h - runs actors on a few workers: each on one worker at a time, and only when told to.
 *
 * An actor is something that has work now and then. actor_notify() makes it run once more; told
 * while it runs, it runs again afterwards, so no notice is ever lost. What an actor notifies from
 * inside its run is next on the same worker, while its data is still in the cache.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_SCHEDULER_H
#define RUNTIME_SCHEDULER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "dag/error.h"

struct scheduler;
struct actor_thread;

struct actor {
    /** Does a bounded piece of work. True: there is more, put it behind the others. */
    bool (*run)(struct actor *actor);
    struct scheduler *scheduler; /* borrowed */
    struct actor *next;          /* in the run queue; guarded by the scheduler's lock */
    struct actor_thread *thread; /* owned, never changes; NULL: the workers run it */
    _Atomic uint32_t state;
};

/** `threads` workers; 0: the caller runs what is queued by scheduler_turn(). NULL: `err`. */
struct scheduler *scheduler_new(uint32_t threads, struct dag_error *err);

/** No actor may be queued or running any more. NULL is allowed. */
void scheduler_free(struct scheduler *scheduler);

bool scheduler_is_by_hand(const struct scheduler *scheduler);

/** Without workers: runs actors until none is queued. Returns how many runs that took. */
size_t scheduler_turn(struct scheduler *scheduler);

void actor_init(struct actor *actor, struct scheduler *scheduler, bool (*run)(struct actor *actor));

/** Any thread, also under any lock but the scheduler's own. */
void actor_notify(struct actor *actor);

/** The same for an actor further up: it comes behind all others instead of next. */
void actor_notify_later(struct actor *actor);

/** Returns once the actor is neither queued nor running. The caller has seen to it that nobody
 *  notifies it any more. Not from inside an actor. */
void actor_wait_idle(struct actor *actor);

/** From now on the actor runs on a thread of its own instead of the workers, while it has one. To
 * be called once, behind actor_init(). False: `err`. */
bool actor_own_thread(struct actor *actor, struct dag_error *err);

/** Starts the thread of an actor that shall have one; what was notified before runs on it. A no-op
 *  for others. False: `err`. */
bool actor_thread_start(struct actor *actor, struct dag_error *err);

/** Its thread ends when the run at hand returns. Any thread, also from inside that run. */
void actor_thread_leave(struct actor *actor);

/** Waits for the thread to end; it has been told to leave. A no-op without a thread. */
void actor_thread_join(struct actor *actor);

/** Releases what actor_own_thread() made. Nobody notifies the actor any more. */
void actor_deinit(struct actor *actor);

#endif
