/* tap.c - see tap.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/tap.h"

#include <assert.h>
#include <stdlib.h>

#include "core/batch.h"
#include "runtime/dag.h"

#define SECOND_US 1000000

struct dag_tap {
    struct dag_tap *next; /* guarded by the DAG's taps lock, like all that changes below */
    struct dag *dag;      /* borrowed */
    int32_t node;
    bool is_output;
    void (*tapped)(void *context, const struct dag_tapped *tapped);
    void *context;
    uint32_t rate, place; /* `place` of the oldest in `times_us` */
    int64_t times_us[];   /* monotonic: of the last `rate` samples */
};

void taps_init(struct taps *taps)
{
    pthread_mutex_init(&taps->lock, NULL);
}

void taps_deinit(struct taps *taps)
{
    assert(!taps->first);
    pthread_mutex_destroy(&taps->lock);
}

/* ---- a sample ---- */

static bool write_row(const struct dag_tap *tap, struct dag_buffer *text)
{
    struct engine *engine = tap->dag->engine;
    struct dag_batch *batch = batch_new(NULL, 0, 1, SIZE_MAX);
    struct dag_error err = {0};
    struct dag_row row = {0};

    bool done = batch &&
                (tap->is_output ? engine_node_output : engine_node_input)(engine, tap->node, batch,
                                                                          &row, &err) &&
                dag_json_write_row(text, &row);
    dag_batch_unref(batch);
    return done;
}

static size_t cut(const struct dag_buffer *text)
{
    size_t size = text->size;

    if (size <= DAG_TAP_SIZE_MAX)
        return size;
    size = DAG_TAP_SIZE_MAX;
    while (size > 0 && ((unsigned char)text->bytes[size] & 0xc0) == 0x80)
        size--;
    return size;
}

/* Without memory there is no sample. */
static void sample(struct dag_tap *tap, uint64_t cycle, int64_t time_us)
{
    struct dag_buffer text = {0};

    if (write_row(tap, &text)) {
        struct dag_tapped tapped = {
            .cycle = cycle, .time_us = time_us, .json = text.bytes, .size = cut(&text)};
        tapped.is_truncated = tapped.size < text.size;
        tap->tapped(tap->context, &tapped);
    }
    dag_buffer_free(&text);
}

void taps_sample(struct dag *dag, uint64_t first_cycle, int64_t time_us)
{
    int64_t now_us = dag_monotonic_now(dag);

    pthread_mutex_lock(&dag->taps.lock);
    for (struct dag_tap *tap = dag->taps.first; tap; tap = tap->next) {
        uint64_t cycle = engine_node_cycle(dag->engine, tap->node, tap->is_output);
        if (cycle < first_cycle || now_us < tap->times_us[tap->place])
            continue;
        tap->times_us[tap->place] = now_us + SECOND_US;
        tap->place = (tap->place + 1) % tap->rate;
        sample(tap, cycle, time_us);
    }
    pthread_mutex_unlock(&dag->taps.lock);
}

/* ---- who looks ---- */

static size_t count_at(const struct taps *taps, int32_t node)
{
    size_t count = 0;

    for (const struct dag_tap *tap = taps->first; tap; tap = tap->next)
        count += tap->node == node;
    return count;
}

struct dag_tap *dag_tap_new(struct dag *dag, int32_t node, bool is_output, uint32_t rate,
                            void (*tapped)(void *context, const struct dag_tapped *tapped),
                            void *context, struct dag_error *err)
{
    assert(rate > 0 && rate <= DAG_TAP_RATE_MAX);
    struct dag_tap *tap = malloc(sizeof(*tap) + rate * sizeof(tap->times_us[0]));
    if (!tap) {
        dag_error_set_memory(err, "a tap");
        return NULL;
    }
    *tap = (struct dag_tap){.dag = dag,
                            .node = node,
                            .is_output = is_output,
                            .tapped = tapped,
                            .context = context,
                            .rate = rate};
    for (uint32_t i = 0; i < rate; i++)
        tap->times_us[i] = INT64_MIN;
    pthread_mutex_lock(&dag->taps.lock);
    bool fits = count_at(&dag->taps, node) < DAG_TAPS_MAX;
    if (fits) {
        tap->next = dag->taps.first;
        dag->taps.first = tap;
        atomic_fetch_add(&dag->taps.count, 1);
    }
    pthread_mutex_unlock(&dag->taps.lock);
    if (fits)
        return tap;
    free(tap);
    dag_error_set(err, DAG_ERROR_LIMIT, "node '%.80s' has %d taps already",
                  dag->plan->nodes[node].name, DAG_TAPS_MAX);
    return NULL;
}

void dag_tap_free(struct dag_tap *tap)
{
    if (!tap)
        return;
    struct taps *taps = &tap->dag->taps;
    pthread_mutex_lock(&taps->lock);
    struct dag_tap **link = &taps->first;
    while (*link != tap)
        link = &(*link)->next;
    *link = tap->next;
    atomic_fetch_sub(&taps->count, 1);
    pthread_mutex_unlock(&taps->lock);
    free(tap);
}
