/* cycles.c - see cycles.h.
 *
 * What a cycle consists of must not depend on how fast anybody is: a cycle waits for every source
 * that is at work, so finite files are merged line by line whatever the threads do.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/cycles.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/log.h"
#include "core/shape.h"
#include "runtime/dag.h"

#define TIMED_SLOTS 64     /* steps of so many cycles are timed */
#define TIMED_US    100000 /* of the others one in so long */

/* ---- metronome nodes ---- */

static void tick(struct metronome *metronome)
{
    if (atomic_exchange(&metronome->pending, true))
        atomic_fetch_add_explicit(&metronome->cycles->missed_ticks, 1, memory_order_relaxed);
    actor_notify(&metronome->cycles->actor);
}

static int64_t fire(struct loop_timer *timer, int64_t now_us)
{
    struct metronome *metronome =
        (struct metronome *)((char *)timer - offsetof(struct metronome, timer));
    int64_t late = (now_us - timer->due_us) / metronome->interval_us;

    if (late > 0)
        atomic_fetch_add_explicit(&metronome->cycles->missed_ticks, (uint64_t)late,
                                  memory_order_relaxed);
    tick(metronome);
    return timer->due_us + (late + 1) * metronome->interval_us;
}

void cycles_start_metronomes(struct cycles *cycles, bool at_once)
{
    int64_t now = dag_monotonic_now(cycles->dag);

    for (size_t i = 0; i < cycles->metronome_count; i++) {
        struct metronome *metronome = &cycles->metronomes[i];
        if (at_once)
            tick(metronome);
        loop_timer_set(cycles->dag->runtime->loop, &metronome->timer, now + metronome->interval_us);
    }
}

void cycles_stop_metronomes(struct cycles *cycles)
{
    for (size_t i = 0; i < cycles->metronome_count; i++)
        loop_timer_set(cycles->dag->runtime->loop, &cycles->metronomes[i].timer, LOOP_NEVER);
}

void cycles_tick(struct cycles *cycles, int32_t node)
{
    for (size_t i = 0; i < cycles->metronome_count; i++)
        if (engine_metronome_node(cycles->dag->engine, i) == node)
            tick(&cycles->metronomes[i]);
}

static bool has_tick(const struct cycles *cycles)
{
    for (size_t i = 0; i < cycles->metronome_count; i++)
        if (atomic_load(&cycles->metronomes[i].pending))
            return true;
    return false;
}

/* ---- composing a step ---- */

static uint32_t slots_of(const struct intake *intake, bool is_partial)
{
    size_t turns = intake->source->reader_count;

    return (uint32_t)((intake->view.head_count + (is_partial ? turns - 1 : 0)) / turns);
}

/* How many cycles can run on what is there; 0: none. */
static uint32_t count_slots(struct cycles *cycles)
{
    uint32_t most = has_tick(cycles) ? 1 : 0; /* where nobody has more to come */
    uint32_t least = cycles->dag->runtime->batch_rows;

    for (size_t i = 0; i < cycles->intake_count; i++) {
        struct intake *intake = &cycles->intakes[i];
        source_look(intake->source, &intake->view);
        uint32_t whole = slots_of(intake, false), partial = slots_of(intake, true);
        if (whole == 0 && intake->view.is_busy)
            return 0; /* no cycle without it */
        if (partial > most)
            most = partial;
        if (!intake->view.has_more)
            continue;
        uint32_t slots = whole > 0 ? whole : partial;
        if (slots > 0 && slots < least)
            least = slots;
    }
    return most < least ? most : least;
}

static void take_rows(struct cycles *cycles, uint32_t slot_count)
{
    struct dag *dag = cycles->dag;

    cycles->first_cycle = atomic_load(&cycles->last_cycle) + 1;
    if (dag->durability && cycles->first_cycle < dag->start.next_cycle)
        cycles->first_cycle = dag->start.next_cycle;
    cycles->time_us = dag_realtime_now(dag);
    uint64_t last_cycle = cycles->first_cycle + slot_count - 1;
    cycles->since_us = INT64_MAX;

    for (size_t i = 0; i < cycles->intake_count; i++) {
        struct intake *intake = &cycles->intakes[i];
        size_t count = (size_t)slot_count * intake->source->reader_count;
        if (intake->view.head_count == 0 ||
            !source_take(intake->source, count, last_cycle, &intake->item))
            intake->item = (struct queue_item){0};
        if (intake->item.batch && intake->item.since_us < cycles->since_us)
            cycles->since_us = intake->item.since_us;
    }
    if (cycles->since_us == INT64_MAX) /* ticks alone */
        cycles->since_us = dag_monotonic_now(dag);
    for (size_t i = 0; i < cycles->reader_count; i++) {
        const struct reader *reader = &cycles->readers[i];
        const struct queue_item *item = &cycles->intakes[reader->intake].item;
        uint32_t turns = cycles->intakes[reader->intake].source->reader_count;
        uint32_t rows = item->end - item->first;
        cycles->inputs[i] = (struct engine_input){0};
        if (rows > reader->turn)
            cycles->inputs[i] = (struct engine_input){
                .batch = item->batch,
                .first = item->first + reader->turn,
                .count = (rows - reader->turn + turns - 1) / turns,
                .stride = turns,
            };
    }
    for (size_t i = 0; i < cycles->metronome_count; i++)
        cycles->ticks[i] = atomic_exchange(&cycles->metronomes[i].pending, false);
    cycles->slot_count = slot_count;
}

static void release_rows(struct cycles *cycles)
{
    for (size_t i = 0; i < cycles->intake_count; i++) {
        dag_batch_unref(cycles->intakes[i].item.batch);
        cycles->intakes[i].item = (struct queue_item){0};
    }
    cycles->slot_count = 0;
}

/* ---- running it ---- */

static void deliver_to(const struct cycles *cycles, struct sink *sink,
                       const struct engine_result *result, size_t publisher)
{
    if (sink)
        sink_push(sink, result->batch, &result->outputs[publisher], result->last_cycle,
                  cycles->since_us);
}

/* `errors` first: the other publishers' dead letters must not come before the cycle that they are
 * of. */
static void deliver(struct cycles *cycles, const struct engine_result *result)
{
    struct dag *dag = cycles->dag;
    size_t letters = dag_errors_output(dag);
    struct sink *errors = dag_errors_sink(dag);

    if (errors)
        deliver_to(cycles, errors, result, letters);
    else if (result->outputs[letters].count > 0)
        dag_print_letters(dag, result->outputs[letters].rows, result->outputs[letters].count);
    for (size_t i = 0; i < dag->plan->publisher_count; i++)
        if (dag->sinks[i] != errors)
            deliver_to(cycles, dag->sinks[i], result, i);
}

/* Writes the order down before anything of it can be seen. False: not now. */
static bool record(struct cycles *cycles, const struct engine_step *step)
{
    struct durability *durability = cycles->dag->durability;
    struct dag_error err = {0};

    if (cycles->is_recorded || !durability)
        return true;
    switch (durability->ops->record(durability, step, &err)) {
    case DURABILITY_OK:
        cycles->is_recorded = true;
        atomic_store(&cycles->recorded_cycle, step->first_cycle + step->slot_count - 1);
        return true;
    case DURABILITY_WAIT:
        return false; /* it wakes us */
    case DURABILITY_FAILED:
        dag_fail(cycles->dag, NULL, &err);
        return false;
    }
    return false;
}

/* Said once in a process. */
static void warn_of_full_table(const struct dag *dag)
{
    static atomic_bool is_said;

    if (!atomic_load_explicit(&is_said, memory_order_relaxed) && !atomic_exchange(&is_said, true))
        log_write(DAG_LOG_WARNING, dag->plan->name, NULL,
                  "the table of attribute names and shapes is full: messages with new ones are "
                  "handled correctly, but slower");
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Looking at the clock around every node would cost as much as a short step does. */
static bool is_worth_timing(struct cycles *cycles)
{
    if (cycles->slot_count < TIMED_SLOTS && cycles->time_us < cycles->timed_at_us + TIMED_US &&
        cycles->time_us >= cycles->timed_at_us)
        return false;
    cycles->timed_at_us = cycles->time_us;
    return true;
}

static bool run_engine(struct cycles *cycles, const struct engine_step *step,
                       struct engine_result *result, struct dag_error *err)
{
    int64_t begin_ns = step->now_ns ? now_ns() : 0;

    atomic_store_explicit(&cycles->step_since_us, step->time_us, memory_order_relaxed);
    pthread_mutex_lock(&cycles->engine_lock);
    bool done = engine_run(cycles->dag->engine, step, result, err);
    pthread_mutex_unlock(&cycles->engine_lock);
    atomic_store_explicit(&cycles->step_since_us, 0, memory_order_relaxed);
    if (step->now_ns)
        latency_add(&cycles->latency, (now_ns() - begin_ns) / step->slot_count / 1000,
                    step->slot_count);
    return done;
}

/* True: the step is done. */
static bool run_step(struct cycles *cycles)
{
    struct dag *dag = cycles->dag;
    struct engine_step step = {
        .first_cycle = cycles->first_cycle,
        .slot_count = cycles->slot_count,
        .time_us = cycles->time_us,
        .inputs = cycles->inputs,
        .ticks = cycles->ticks,
        .now_ns = is_worth_timing(cycles) ? now_ns : NULL,
    };
    struct engine_result result = {0};
    struct dag_error err = {0};

    if (!record(cycles, &step))
        return false;
    if (!run_engine(cycles, &step, &result, &err)) { /* what the nodes retain is unknown now */
        dag_fail(dag, NULL, &err);
        return false;
    }
    atomic_store(&cycles->last_cycle, result.last_cycle);
    for (size_t i = 0; i < cycles->intake_count; i++)
        if (cycles->intakes[i].item.batch)
            source_note_run(cycles->intakes[i].source, &cycles->intakes[i].item);
    release_rows(cycles);
    deliver(cycles, &result);
    dag_batch_unref(result.batch);
    dag_update_watermark(dag);
    trouble_tell_nodes(dag);
    if (atomic_load_explicit(&dag->taps.count, memory_order_relaxed) > 0)
        taps_sample(dag, step.first_cycle, step.time_us);
    if (shape_table_is_full())
        warn_of_full_table(dag);
    return true;
}

/* ---- the actor ---- */

static bool sinks_have_room(struct dag *dag)
{
    bool room = true;

    for (size_t i = 0; i < dag_front_count(dag); i++)
        if (dag->sinks[i] && !sink_has_room(dag->sinks[i]))
            room = false;
    return room;
}

/* Sources wait for memory that nothing will free: one of them may read all the same. */
static void relieve_starved(struct cycles *cycles)
{
    struct dag *dag = cycles->dag;
    struct source *starved = NULL;

    for (size_t i = 0; i < cycles->intake_count; i++)
        if (cycles->intakes[i].view.is_starved)
            starved = cycles->intakes[i].source;
    if (!starved)
        return;
    for (size_t i = 0; i < dag_front_count(dag); i++)
        if (dag->sinks[i] && !sink_is_empty(dag->sinks[i]))
            return; /* it notifies us */
    atomic_store(&starved->forced, true);
    actor_notify_later(&starved->actor);
}

static bool all_over(const struct cycles *cycles)
{
    for (size_t i = 0; i < cycles->intake_count; i++)
        if (!cycles->intakes[i].view.is_over)
            return false;
    return cycles->metronome_count == 0;
}

static bool all_quiet(const struct cycles *cycles)
{
    for (size_t i = 0; i < cycles->intake_count; i++)
        if (!cycles->intakes[i].view.is_quiet)
            return false;
    return true;
}

static void notify_sinks(struct dag *dag, bool all)
{
    for (size_t i = 0; i < dag->sink_count; i++)
        if (dag->sinks[i] && (all || atomic_load(&dag->sinks[i]->unflushed)))
            actor_notify(&dag->sinks[i]->actor);
}

/* A source is full of what it may not forget: is asked for behind each step that took some of it.
 */
static void hurry_forgetting(struct cycles *cycles)
{
    struct dag *dag = cycles->dag;
    uint64_t cycle = atomic_load(&cycles->last_cycle);

    if (cycle == cycles->hurried_cycle || !atomic_load(&dag->wants_forgetting))
        return;
    cycles->hurried_cycle = cycle;
    dag->durability->ops->hurry_forgetting(dag->durability, cycle);
    actor_notify(&cycles->actor); /* it may want a checkpoint now */
}

/* There is nothing to run: what follows from that? */
static void rest(struct cycles *cycles)
{
    struct dag *dag = cycles->dag;
    bool idle = true;

    if (dag_phase(dag) == PHASE_DRAINING) {
        uint32_t drain = dag_drain(dag);
        if (all_quiet(cycles) && atomic_exchange(&cycles->drained, drain) != drain) {
            notify_sinks(dag, true);
            actor_notify(&dag->control);
        }
        return;
    }
    for (size_t i = 0; i < cycles->intake_count; i++)
        idle = idle && !cycles->intakes[i].view.is_busy;
    if (idle) {
        atomic_store_explicit(&dag->idle, true, memory_order_seq_cst);
        notify_sinks(dag, false);
    }
    hurry_forgetting(cycles);
    relieve_starved(cycles);
    if (all_over(cycles)) {
        atomic_store(&dag->all_ended, true);
        actor_notify(&dag->control);
    }
}

static bool may_run(struct cycles *cycles)
{
    struct dag *dag = cycles->dag;
    enum phase phase = dag_phase(dag);

    if (phase != PHASE_DRAINING && !dag_is_live(dag)) {
        if (phase == PHASE_RUNNING) { /* suspended: nothing comes for a while */
            atomic_store_explicit(&dag->idle, true, memory_order_seq_cst);
            notify_sinks(dag, false);
        }
        return false;
    }
    return true;
}

/* True: there is a step to run. */
static bool compose(struct cycles *cycles)
{
    struct dag *dag = cycles->dag;

    if (cycles->slot_count > 0) /* it could not be run before */
        return true;
    if (dag->durability) {
        switch (replay_compose(cycles)) {
        case REPLAY_RUN:
            cycles->is_recorded = true;
            return true;
        case REPLAY_WAIT:
        case REPLAY_FAILED:
            return false;
        case REPLAY_OVER:
            break;
        }
    }
    uint32_t slots = count_slots(cycles);
    if (slots == 0) {
        rest(cycles);
        return false;
    }
    atomic_store_explicit(&dag->idle, false, memory_order_seq_cst);
    take_rows(cycles, slots);
    cycles->is_recorded = false;
    return true;
}

static bool run(struct actor *actor)
{
    struct cycles *cycles = (struct cycles *)actor;
    struct dag *dag = cycles->dag;
    uint32_t generation = atomic_load(&dag->generation);

    if (dag_phase(dag) == PHASE_CLOSING && atomic_load(&cycles->closed) != generation) {
        cycles_stop_metronomes(cycles);
        atomic_store(&cycles->closed, generation);
        actor_notify(&dag->control);
    }
    if (!may_run(cycles) || !sinks_have_room(dag))
        return false;
    hurry_forgetting(cycles);
    bool may_go_on;
    snapshot_work(dag, &may_go_on);
    if (!may_go_on || !compose(cycles))
        return false;
    bool is_replay = dag->durability && !atomic_load(&cycles->replay.is_over);
    uint32_t slots = cycles->slot_count;
    if (!run_step(cycles))
        return false;
    if (is_replay) {
        replay_advance(cycles, slots);
        return true;
    }
    if (count_slots(cycles) > 0)
        return true;
    rest(cycles);
    return false;
}

/* ---- making ---- */

static size_t intake_of(struct cycles *cycles, struct source *source)
{
    size_t i = 0;

    while (i < cycles->intake_count && cycles->intakes[i].source != source)
        i++;
    if (i == cycles->intake_count)
        cycles->intakes[cycles->intake_count++].source = source;
    return i;
}

static bool make_readers(struct cycles *cycles, struct dag_error *err)
{
    struct dag *dag = cycles->dag;
    size_t count = engine_event_node_count(dag->engine);

    cycles->readers = calloc(count + 1, sizeof(*cycles->readers));
    cycles->intakes = calloc(count + 1, sizeof(*cycles->intakes));
    cycles->inputs = calloc(count + 1, sizeof(*cycles->inputs));
    if (!cycles->readers || !cycles->intakes || !cycles->inputs)
        return dag_error_set_memory(err, "the cycles");
    cycles->reader_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct plan_node *node = &dag->plan->nodes[engine_event_node(dag->engine, i)];
        struct source *source = dag->sources[node->subscriber];
        struct reader *reader = &cycles->readers[i];
        reader->intake = (uint32_t)intake_of(cycles, source);
        for (size_t before = 0; before < i; before++)
            reader->turn += cycles->readers[before].intake == reader->intake;
    }
    return true;
}

static bool make_metronomes(struct cycles *cycles, struct dag_error *err)
{
    struct dag *dag = cycles->dag;
    size_t count = engine_metronome_node_count(dag->engine);

    cycles->metronomes = calloc(count + 1, sizeof(*cycles->metronomes));
    cycles->ticks = calloc(count + 1, sizeof(*cycles->ticks));
    if (!cycles->metronomes || !cycles->ticks)
        return dag_error_set_memory(err, "the metronome nodes");
    for (size_t i = 0; i < count; i++) {
        struct metronome *metronome = &cycles->metronomes[i];
        const struct plan_node *node = &dag->plan->nodes[engine_metronome_node(dag->engine, i)];
        metronome->cycles = cycles;
        metronome->interval_us = node->interval_us > 0 ? node->interval_us : 1000000;
        if (!loop_timer_init(dag->runtime->loop, &metronome->timer, fire, err))
            return false;
        cycles->metronome_count++;
    }
    return true;
}

bool cycles_init(struct cycles *cycles, struct dag *dag, struct dag_error *err)
{
    *cycles = (struct cycles){.dag = dag};
    actor_init(&cycles->actor, dag->runtime->scheduler, run);
    pthread_mutex_init(&cycles->engine_lock, NULL);
    return make_readers(cycles, err) && make_metronomes(cycles, err);
}

void cycles_deinit(struct cycles *cycles)
{
    if (!cycles->dag)
        return;
    struct loop *loop = cycles->dag->runtime->loop;
    for (size_t i = 0; i < cycles->metronome_count; i++)
        loop_timer_deinit(loop, &cycles->metronomes[i].timer);
    actor_wait_idle(&cycles->actor);
    release_rows(cycles);
    free(cycles->readers);
    free(cycles->intakes);
    free(cycles->inputs);
    free(cycles->metronomes);
    free(cycles->ticks);
    pthread_mutex_destroy(&cycles->engine_lock);
}

void cycles_reset(struct cycles *cycles)
{
    for (size_t i = 0; i < cycles->metronome_count; i++)
        atomic_store(&cycles->metronomes[i].pending, false);
    atomic_store(&cycles->drained, 0);
    atomic_store(&cycles->recorded_cycle, 0);
    atomic_store(&cycles->dag->wants_forgetting, false);
    cycles->hurried_cycle = 0;
}

void cycles_recover(struct cycles *cycles, uint64_t cycle)
{
    release_rows(cycles);
    memset(&cycles->replay.step, 0, sizeof(cycles->replay.step));
    cycles->replay.is_active = false;
    atomic_store(&cycles->replay.is_over, false);
    atomic_store(&cycles->replay.reads_sources, false);
    atomic_store(&cycles->last_cycle, cycle);
}

bool cycles_are_live(const struct cycles *cycles)
{
    return cycles->replay.is_over;
}
