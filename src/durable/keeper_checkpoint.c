/* keeper_checkpoint.c - when a checkpoint is taken, and when one that was taken may be published.
 *
 * It may once the watermark has reached its cycle. Two wait at most: the first one for sure, so
 * that sinks that lag don't put it off for ever, and the latest.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "durable/keeper_internal.h"

bool keeper_wants_checkpoint(struct durability *durability, bool must)
{
    struct keeper *keeper = (struct keeper *)durability;

    pthread_mutex_lock(&keeper->lock);
    bool wants = !keeper->needs_first && keeper->ran_key > keeper->given_cycle;
    if (wants && !must)
        wants = keeper->pending[0].text.size == 0 &&
                (keeper->force_checkpoint || keeper_now(keeper) - keeper->given_at_us >=
                                                 keeper->options.checkpoint_interval_us);
    pthread_mutex_unlock(&keeper->lock);
    return wants;
}

/* With the lock. */
static void set_waiting_cycle(struct keeper *keeper)
{
    atomic_store(&keeper->waiting_cycle,
                 keeper->pending[0].text.size > 0 ? keeper->pending[0].cycle : UINT64_MAX);
}

static bool encode(struct keeper *keeper, struct keeper_pending *given, const char *engine_state,
                   size_t engine_state_size, const struct dag_text *positions)
{
    /* The first one of a definition that knows more sources: the state is still the old one. */
    if (given->is_first && keeper->start.document) {
        given->cycle = keeper->start.cycle;
        engine_state = keeper->start.engine ? keeper->start.engine->json : NULL;
        engine_state_size = keeper->start.engine ? keeper->start.engine->json_size : 0;
    }
    return checkpoint_encode(&given->text, keeper->identity.instance, given->cycle, keeper->plan,
                             engine_state, engine_state_size, positions);
}

bool keeper_checkpoint(struct durability *durability, uint64_t cycle, const char *engine_state,
                       size_t engine_state_size, const struct dag_text *positions,
                       struct dag_error *err)
{
    struct keeper *keeper = (struct keeper *)durability;
    struct keeper_pending given = {.cycle = cycle};

    pthread_mutex_lock(&keeper->lock);
    given.is_first = keeper->needs_first;
    bool is_new = given.is_first || cycle > keeper->given_cycle;
    pthread_mutex_unlock(&keeper->lock);
    if (!is_new)
        return true;
    if (!encode(keeper, &given, engine_state, engine_state_size, positions)) {
        dag_buffer_free(&given.text);
        return dag_error_set_memory(err, "a checkpoint");
    }
    pthread_mutex_lock(&keeper->lock);
    struct keeper_pending *place = &keeper->pending[keeper->pending[0].text.size > 0];
    dag_buffer_free(&place->text);
    *place = given;
    keeper->given_cycle = given.cycle;
    keeper->given_at_us = keeper_now(keeper);
    keeper->due_was_told = false;
    /* it may have been asked for more since it was begun */
    keeper->force_checkpoint = keeper->wanted_forget > given.cycle;
    set_waiting_cycle(keeper);
    keeper_signal(keeper);
    pthread_mutex_unlock(&keeper->lock);
    return true;
}

bool keeper_has_due(const struct keeper *keeper)
{
    return keeper->pending[0].text.size > 0 &&
           keeper->pending[0].cycle <= atomic_load(&keeper->watermark);
}

bool keeper_take_due(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    while (keeper_has_due(keeper) &&
           !(keeper->publishing.is_first && keeper->publishing.text.size > 0)) {
        dag_buffer_free(&keeper->publishing.text);
        keeper->publishing = keeper->pending[0];
        keeper->pending[0] = keeper->pending[1];
        keeper->pending[1] = (struct keeper_pending){0};
        keeper->is_publishing = true;
    }
    set_waiting_cycle(keeper);
    bool has = keeper->publishing.text.size > 0;
    pthread_mutex_unlock(&keeper->lock);
    return has;
}

void keeper_drop_pending(struct keeper *keeper)
{
    for (size_t i = 0; i < 2; i++) {
        dag_buffer_free(&keeper->pending[i].text);
        keeper->pending[i] = (struct keeper_pending){0};
    }
    dag_buffer_free(&keeper->publishing.text);
    keeper->publishing = (struct keeper_pending){0};
    keeper->is_publishing = false;
    atomic_store(&keeper->waiting_cycle, UINT64_MAX);
}
