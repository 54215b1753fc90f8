/* republish.c - see republish.h and dag_republish() of runtime.h.
 *
 * The messages stand behind all that the cycles gave the publisher so far, and count as of its last
 * cycle. So the watermark waits for them as for everything else, and a drain brings them out.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/republish.h"

#include <stdlib.h>

#include "core/batch.h"
#include "runtime/dag.h"

/* ---- what has become of them ---- */

/* Takes those off that are out by now; with `is_over` all. */
static struct republished *take(struct sink *sink, bool is_over)
{
    struct republished *taken = NULL, **end = &taken;

    pthread_mutex_lock(&sink->lock);
    for (struct republished **link = &sink->republished; *link;) {
        struct republished *i = *link;
        if (!is_over && i->ticket > sink->passed) {
            link = &i->next;
            continue;
        }
        *link = i->next;
        i->next = NULL;
        *end = i;
        end = &i->next;
    }
    pthread_mutex_unlock(&sink->lock);
    return taken;
}

static void tell(struct sink *sink, bool is_over)
{
    struct republished *taken = take(sink, is_over);
    struct dag_error failure = {0};

    if (is_over)
        dag_error_set(&failure, DAG_ERROR_IO,
                      "DAG '%.80s' stopped before publisher '%.80s' had the messages out",
                      sink->dag->plan->name, sink->plan->name);
    while (taken) {
        struct republished *next = taken->next;
        taken->done(taken->context, is_over ? &failure : NULL);
        free(taken);
        taken = next;
    }
}

void republish_passed(struct sink *sink)
{
    tell(sink, false);
}

void republish_end(struct sink *sink)
{
    tell(sink, true);
}

/* ---- taking them ---- */

static bool is_possible(const struct dag *dag, int32_t publisher, struct dag_error *err)
{
    const struct plan_publisher *plan = &dag->plan->publishers[publisher];
    const struct sink *sink = dag->sinks[publisher];

    if (!sink)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "publisher '%.80s' takes no messages: no node writes to it",
                             plan->name);
    if (sink_keeps_progress(sink))
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "publisher '%.80s' counts what it holds by cycles, as the DAG is "
                             "exactly_once, and these messages are of none",
                             plan->name);
    return true;
}

static bool not_now(struct dag_error *err, const char *what, const char *name, const char *why)
{
    dag_error_set(err, DAG_ERROR_LIMIT, "%s '%.80s' %s", what, name, why);
    err->retryable = true;
    return false;
}

/* Whoever stops it later finds what has been pushed before. */
static bool is_taking(struct dag *dag, struct sink *sink, struct dag_error *err)
{
    const char *name = dag->plan->name;

    if (dag_phase(dag) != PHASE_RUNNING)
        return not_now(err, "DAG", name, "isn't running");
    if (atomic_load(&dag->suspended))
        return not_now(err, "DAG", name, "is suspended");
    if (dag->durability && !cycles_are_live(&dag->cycles))
        return not_now(err, "DAG", name, "is still recovering");
    if (memory_account_is_full(dag->account))
        return not_now(err, "DAG", name, "is at its 'memory_limit'");
    return sink_has_room(sink) ||
           not_now(err, "the queue of publisher", sink->plan->name, "is full");
}

/* Messages until one is wrong or the batch is full. */
static void parse(struct dag_batch *batch, const struct dag_text *messages, size_t count,
                  struct dag_error *err)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);

    if (!parser)
        dag_error_set_memory(err, "a parser");
    for (size_t i = 0; parser && i < count && batch_room(batch) > 0; i++) {
        if (!dag_json_parse(parser, batch, messages[i].text, messages[i].size,
                            (struct dag_origin){0}, err))
            break;
        uint32_t last = batch->row_count - 1;
        if (batch->origins[last].flags & DAG_ORIGIN_REJECTED) {
            const struct dag_value *reason = &batch->rows[last].values[1];
            dag_error_set(err, DAG_ERROR_PARSE, "%.*s", (int)reason->size, reason->as.text);
            batch->row_count--;
            break;
        }
    }
    dag_json_parser_free(parser);
}

/* As many as make one batch. Returns how many; `err` is set when the next one can't be taken. */
static size_t push_some(struct dag *dag, struct sink *sink, const struct dag_text *messages,
                        size_t count, uint64_t *ticket, struct dag_error *err)
{
    size_t rows_max = dag->runtime->batch_rows, pushed = 0;

    if (!is_taking(dag, sink, err))
        return 0;
    struct dag_batch *batch =
        batch_new(dag->account, 0, count < rows_max ? count : rows_max, BATCH_BYTES_MAX);
    if (!batch) {
        dag_error_set_memory(err, "messages");
        return 0;
    }
    parse(batch, messages, count, err);
    if (batch->row_count > 0 && sink_push_beside(sink, batch, ticket))
        pushed = batch->row_count;
    else if (batch->row_count > 0)
        not_now(err, "DAG", dag->plan->name, "isn't running, or short of memory");
    dag_batch_unref(batch);
    return pushed;
}

static void await(struct sink *sink, struct republished *waits)
{
    struct republished **end = &sink->republished;

    pthread_mutex_lock(&sink->lock);
    while (*end)
        end = &(*end)->next;
    *end = waits;
    pthread_mutex_unlock(&sink->lock);
    republish_passed(sink); /* they may be out already */
}

bool dag_republish(struct dag *dag, int32_t publisher, const struct dag_text *messages,
                   size_t count, dag_republished done, void *context, size_t *accepted,
                   struct dag_error *err)
{
    struct sink *sink = dag->sinks[publisher];

    *accepted = 0;
    *err = (struct dag_error){0};
    if (!is_possible(dag, publisher, err))
        return false;
    struct republished *waits = calloc(1, sizeof(*waits));
    if (!waits)
        return dag_error_set_memory(err, "messages");
    waits->done = done;
    waits->context = context;
    while (*accepted < count && err->code == DAG_ERROR_NONE)
        *accepted +=
            push_some(dag, sink, messages + *accepted, count - *accepted, &waits->ticket, err);
    if (err->code == DAG_ERROR_PARSE)
        dag_error_add_context(err, "message %zu", *accepted + 1);
    if (*accepted > 0)
        await(sink, waits);
    else
        free(waits);
    return err->code == DAG_ERROR_NONE;
}
