/* proxy.c - see proxy.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/proxy.h"

#include <inttypes.h>

static struct proxy *proxy_of(struct durability *durability)
{
    return (struct proxy *)durability;
}

static void wake(void *context)
{
    durability_wake(context);
}

static void failed(void *context, const struct dag_error *err)
{
    struct durability *durability = context;

    durability->failed(durability->context, err);
}

static bool begin(struct durability *durability, struct durability_start *start,
                  struct dag_error *err)
{
    struct proxy *proxy = proxy_of(durability);

    proxy->inner->wake = wake;
    proxy->inner->failed = failed;
    proxy->inner->context = durability;
    proxy->is_replayed = false;
    if (!proxy->inner->ops->begin(proxy->inner, start, err))
        return false;
    history_begin(proxy->history, start->cycle);
    proxy->watermark = start->cycle;
    sim_tell(proxy->sim, "begins behind cycle %" PRIu64 ", new ones from %" PRIu64, start->cycle,
             start->next_cycle);
    return true;
}

static bool note_progress(struct durability *durability, int32_t publisher, uint64_t cycle,
                          struct dag_error *err)
{
    struct proxy *proxy = proxy_of(durability);

    sim_tell(proxy->sim, "publisher %d holds cycle %" PRIu64, (int)publisher, cycle);
    if (cycle > proxy->history->ordered_max && proxy->is_exact)
        proxy->is_broken |= !sim_fail(proxy->sim,
                                      "publisher %d holds cycle %" PRIu64
                                      ", and none behind %" PRIu64 " could be committed",
                                      (int)publisher, cycle, proxy->history->ordered_max);
    return proxy->inner->ops->note_progress(proxy->inner, publisher, cycle, err);
}

static bool next_step(struct durability *durability, struct durability_step *step,
                      struct dag_error *err)
{
    struct proxy *proxy = proxy_of(durability);

    if (!proxy->inner->ops->next_step(proxy->inner, step, err)) {
        if (err->code == DAG_ERROR_NONE && !proxy->is_replayed)
            sim_tell(proxy->sim, "replayed up to cycle %" PRIu64,
                     history_last_cycle(proxy->history));
        proxy->is_replayed = err->code == DAG_ERROR_NONE;
        return false;
    }
    if (!history_replay(proxy->history, proxy->sim, step))
        proxy->is_broken = true;
    return true;
}

static enum durability_answer record(struct durability *durability, const struct engine_step *step,
                                     struct dag_error *err)
{
    struct proxy *proxy = proxy_of(durability);
    enum durability_answer answer = proxy->inner->ops->record(proxy->inner, step, err);

    if (answer != DURABILITY_OK)
        return answer;
    if (!proxy->is_exact && step->first_cycle <= proxy->history->cycle_max)
        proxy->is_broken |= !sim_fail(proxy->sim,
                                      "cycle %" PRIu64 " comes again with other events, and may "
                                      "have been seen: numbers up to %" PRIu64 " were taken",
                                      step->first_cycle, proxy->history->cycle_max);
    if (!history_record(proxy->history, proxy->sim, step))
        proxy->is_broken = true;
    return answer;
}

static uint64_t ordered(struct durability *durability)
{
    const struct proxy *proxy = proxy_of(durability);
    uint64_t cycle = proxy->inner->ops->ordered(proxy->inner);

    if (cycle > proxy->history->ordered_max)
        proxy->history->ordered_max = cycle;
    return cycle;
}

static void hurry(struct durability *durability)
{
    proxy_of(durability)->inner->ops->hurry(proxy_of(durability)->inner);
}

static bool wants_checkpoint(struct durability *durability, bool must)
{
    struct durability *inner = proxy_of(durability)->inner;

    return inner->ops->wants_checkpoint(inner, must);
}

static bool checkpoint(struct durability *durability, uint64_t cycle, const char *engine_state,
                       size_t engine_state_size, const struct dag_text *positions,
                       struct dag_error *err)
{
    struct proxy *proxy = proxy_of(durability);

    sim_tell(proxy->sim, "gives a checkpoint of cycle %" PRIu64 ", the first source at %.*s", cycle,
             positions[0].text ? (int)positions[0].size : 1,
             positions[0].text ? positions[0].text : "-");
    proxy->sim->checkpoints++;
    return proxy->inner->ops->checkpoint(proxy->inner, cycle, engine_state, engine_state_size,
                                         positions, err);
}

static void watermark(struct durability *durability, uint64_t cycle)
{
    struct proxy *proxy = proxy_of(durability);

    if (cycle < proxy->watermark && !proxy->is_broken) {
        sim_fail(proxy->sim, "the watermark goes back from %" PRIu64 " to %" PRIu64,
                 proxy->watermark, cycle);
        proxy->is_broken = true;
    }
    proxy->watermark = cycle;
    proxy->inner->ops->watermark(proxy->inner, cycle);
}

static uint64_t forgettable(struct durability *durability)
{
    return proxy_of(durability)->inner->ops->forgettable(proxy_of(durability)->inner);
}

static bool end(struct durability *durability, bool drained, struct dag_error *err)
{
    return proxy_of(durability)->inner->ops->end(proxy_of(durability)->inner, drained, err);
}

void proxy_init(struct proxy *proxy, struct durability *inner, struct history *history,
                struct sim *sim)
{
    static const struct durability_ops ops = {
        .begin = begin,
        .note_progress = note_progress,
        .next_step = next_step,
        .record = record,
        .ordered = ordered,
        .hurry = hurry,
        .wants_checkpoint = wants_checkpoint,
        .checkpoint = checkpoint,
        .watermark = watermark,
        .forgettable = forgettable,
        .end = end,
    };

    *proxy = (struct proxy){
        .durability = {.ops = &ops, .letters = inner->letters, .spills = inner->spills},
        .inner = inner,
        .history = history,
        .sim = sim,
    };
}
