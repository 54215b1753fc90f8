/* engine_letter.c - errors of nodes and dead letters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/text.h"
#include "dag/json.h"
#include "runtime/engine_internal.h"

#define ERROR_INPUT_SIZE_MAX (16u << 10)

bool engine_fail(struct engine *engine, struct node *node, uint32_t slot,
                 const struct dag_row *input, const struct dag_error *why)
{
    if (engine->failure_count == engine->failure_capacity) {
        uint32_t capacity = engine->failure_capacity ? engine->failure_capacity * 2 : 16;
        struct failure *grown = batch_alloc(engine->scratch, capacity * sizeof(*grown));
        if (!grown)
            return false;
        if (engine->failure_count > 0)
            memcpy(grown, engine->failures, engine->failure_count * sizeof(*grown));
        engine->failures = grown;
        engine->failure_capacity = capacity;
    }
    size_t length = strlen(why->message) + 1;
    struct dag_error *error =
        batch_alloc(engine->scratch, offsetof(struct dag_error, message) + length);
    if (!error)
        return false;
    error->code = why->code;
    error->retryable = why->retryable;
    memcpy(error->message, why->message, length);
    engine->failures[engine->failure_count] = (struct failure){
        .slot = slot,
        .position = (uint32_t)node->position,
        .node = node,
        .error = error,
        .input = input,
        .sequence = engine->failure_count,
    };
    engine->failure_count++;
    return true;
}

/* ---- the row of a dead letter ---- */

enum letter_field {
    LETTER_CAUSE,
    LETTER_DAG,
    LETTER_NODE,
    LETTER_SUBSCRIBER,
    LETTER_PUBLISHER,
    LETTER_CYCLE,
    LETTER_SUB_CYCLE,
    LETTER_POSITION,
    LETTER_TIME,
    LETTER_MESSAGE,
    LETTER_INPUT,
    LETTER_RAW,
    LETTER_FIELD_COUNT,
};

static const char *const letter_names[LETTER_FIELD_COUNT] = {
    "cause",     "dag",      "node", "subscriber", "publisher", "cycle",
    "sub_cycle", "position", "time", "message",    "input",     "raw_base64",
};

static bool text_value(struct dag_batch *batch, const char *text, struct dag_value *value)
{
    size_t size = strlen(text);
    const char *copy = dag_batch_copy(batch, text, size);

    *value = dag_value_text(copy, (uint32_t)size);
    return copy != NULL;
}

static bool nested_value(struct dag_batch *batch, const struct dag_row *row,
                         struct dag_value *value)
{
    if (!row->shape) {
        *value = row->values[0];
        return true;
    }
    struct dag_buffer buffer = {0};
    bool written = dag_json_write_row(&buffer, row);
    const char *copy = written ? dag_batch_copy(batch, buffer.bytes, buffer.size) : NULL;
    *value =
        (struct dag_value){.type = DAG_TYPE_NESTED, .size = (uint32_t)buffer.size, .as.text = copy};
    dag_buffer_free(&buffer);
    return copy != NULL;
}

static bool base64_value(struct dag_batch *batch, const struct dag_value *raw,
                         struct dag_value *value)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = ((size_t)raw->size + 2) / 3 * 4;
    char *out = batch_alloc(batch, size);
    const unsigned char *in = (const unsigned char *)raw->as.text;

    if (!out)
        return false;
    for (size_t i = 0, o = 0; i < raw->size; i += 3, o += 4) {
        size_t left = raw->size - i;
        uint32_t word = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                        (left > 2 ? in[i + 2] : 0);
        out[o] = digits[word >> 18];
        out[o + 1] = digits[word >> 12 & 63];
        out[o + 2] = (char)(left > 1 ? digits[word >> 6 & 63] : '=');
        out[o + 3] = (char)(left > 2 ? digits[word & 63] : '=');
    }
    *value = dag_value_text(out, (uint32_t)size);
    return true;
}

static bool position_value(struct dag_batch *batch, const struct dag_origin *origin,
                           struct dag_value *value)
{
    char text[80];
    int length = snprintf(text, sizeof(text), "{\"lane\":%" PRIu32 ",\"offset\":%" PRIu64 "}",
                          origin->lane, origin->offset);
    const char *copy = dag_batch_copy(batch, text, (size_t)length);

    *value = (struct dag_value){.type = DAG_TYPE_NESTED, .size = (uint32_t)length, .as.text = copy};
    return copy != NULL;
}

static bool letter_values(const char *dag, const struct engine_letter *letter,
                          struct dag_batch *batch, struct dag_value *values)
{
    char time[32];

    clock_format(letter->time_us, time);
    values[LETTER_CYCLE] = dag_value_int((int64_t)letter->cycle);
    if (letter->sub_cycle > 0)
        values[LETTER_SUB_CYCLE] = dag_value_int(letter->sub_cycle);
    return text_value(batch, letter->cause, &values[LETTER_CAUSE]) &&
           text_value(batch, dag, &values[LETTER_DAG]) &&
           (!letter->node || text_value(batch, letter->node, &values[LETTER_NODE])) &&
           (!letter->subscriber ||
            text_value(batch, letter->subscriber, &values[LETTER_SUBSCRIBER])) &&
           (!letter->publisher ||
            text_value(batch, letter->publisher, &values[LETTER_PUBLISHER])) &&
           (!letter->position ||
            position_value(batch, letter->position, &values[LETTER_POSITION])) &&
           text_value(batch, time, &values[LETTER_TIME]) &&
           text_value(batch, letter->message, &values[LETTER_MESSAGE]) &&
           (!letter->input || nested_value(batch, letter->input, &values[LETTER_INPUT])) &&
           (!letter->raw || base64_value(batch, letter->raw, &values[LETTER_RAW]));
}

bool engine_letter_row(const char *dag, const struct engine_letter *letter, struct dag_batch *batch,
                       struct dag_row *row, struct dag_error *err)
{
    struct dag_value all[LETTER_FIELD_COUNT] = {0};
    const struct dag_name *names[LETTER_FIELD_COUNT];
    size_t count = 0;

    if (!letter_values(dag, letter, batch, all))
        return dag_error_set_memory(err, "a dead letter");
    struct dag_value *values = batch_alloc(batch, sizeof(all));
    if (!values)
        return dag_error_set_memory(err, "a dead letter");
    for (size_t i = 0; i < LETTER_FIELD_COUNT; i++) {
        if (all[i].type == DAG_TYPE_MISSING)
            continue;
        names[count] = dag_name_intern(letter_names[i], strlen(letter_names[i]), batch);
        if (!names[count])
            return dag_error_set_memory(err, "a dead letter");
        values[count++] = all[i];
    }
    row->shape = dag_shape_of(names, count, batch);
    row->values = values;
    return row->shape ? true : dag_error_set_memory(err, "a dead letter");
}

/* ---- the failures of a step ---- */

static int compare_failures(const void *left, const void *right)
{
    const struct failure *a = left, *b = right;

    if (a->slot != b->slot)
        return a->slot < b->slot ? -1 : 1;
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    return a->sequence < b->sequence ? -1 : 1;
}

static void ring_push(struct node *node, const struct engine *engine, const struct failure *failure)
{
    if (!node->ring && !(node->ring = calloc(ENGINE_ERRORS_KEPT, sizeof(*node->ring))))
        return; /* it is counted and a dead letter all the same */
    if (node->ring_count == ENGINE_ERRORS_KEPT) {
        free(node->ring[0].input);
        memmove(node->ring, node->ring + 1, (ENGINE_ERRORS_KEPT - 1) * sizeof(node->ring[0]));
        node->ring_count--;
    }
    struct engine_error *error = &node->ring[node->ring_count++];
    *error = (struct engine_error){.time_us = engine->step->time_us,
                                   .cycle = engine_slot_cycle(engine, failure->slot),
                                   .code = failure->error->code};
    snprintf(error->message, sizeof(error->message), "%s", failure->error->message);
    struct dag_buffer buffer = {0};
    if (failure->input && dag_json_write_row(&buffer, failure->input)) {
        if (buffer.size > ERROR_INPUT_SIZE_MAX)
            buffer.size = ERROR_INPUT_SIZE_MAX;
        error->input = malloc(buffer.size + 1);
        if (error->input) {
            memcpy(error->input, buffer.bytes, buffer.size);
            error->input[buffer.size] = '\0';
        }
    }
    dag_buffer_free(&buffer);
}

/* The event that the slot's cycle began with, where it is clear which one that was. */
static const struct dag_origin *origin_of(const struct engine *engine,
                                          const struct failure *failure)
{
    int32_t event = failure->node->event;

    if (event < 0 && engine->event_count == 1)
        event = 0;
    if (event < 0)
        return NULL;
    const struct engine_input *input = &engine->step->inputs[event];
    uint64_t i = engine_slot_cycle(engine, failure->slot) - engine->step->first_cycle;
    if (i >= input->count)
        return NULL;
    return &dag_batch_origins(input->batch)[input->first + i * input->stride];
}

static bool letter_of(struct engine *engine, const struct failure *failure, struct dag_row *row,
                      struct dag_error *err)
{
    const struct plan_node *plan = failure->node->plan;
    struct engine_letter letter = {
        .cause = failure->raw ? "parse" : "node",
        .node = failure->raw ? NULL : plan->name,
        .subscriber =
            plan->subscriber >= 0 ? engine->plan->subscribers[plan->subscriber].name : NULL,
        .cycle = engine_slot_cycle(engine, failure->slot),
        .sub_cycle = engine_slot_sub(engine, failure->slot),
        .position = origin_of(engine, failure),
        .time_us = engine->step->time_us,
        .message = failure->error->message,
        .input = failure->input,
        .raw = failure->raw,
    };

    return engine_letter_row(engine->plan->name, &letter, engine->result, row, err);
}

/* Only the last few errors of a node stay in its ring: the others need not be written out. */
static void count_failures(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->failure_count; i++)
        if (!engine->failures[i].raw)
            engine->nodes[engine->failures[i].node->index].step_errors++;
}

static void keep_failure(struct engine *engine, const struct failure *failure)
{
    struct node *node = &engine->nodes[failure->node->index];

    counter_add(&engine->counters->node_errors, 1);
    counter_add(&node->counters->errors, 1);
    if (node->step_errors <= ENGINE_ERRORS_KEPT)
        ring_push(node, engine, failure);
    node->step_errors--;
}

bool engine_letters(struct engine *engine, struct engine_output *output, uint32_t **slots,
                    uint32_t **positions, struct dag_error *err)
{
    uint32_t count = engine->failure_count;

    *output = (struct engine_output){0};
    if (count == 0)
        return true;
    struct dag_row *rows = batch_alloc(engine->result, count * sizeof(*rows));
    *slots = batch_alloc(engine->scratch, count * sizeof(**slots));
    *positions = batch_alloc(engine->scratch, count * sizeof(**positions));
    if (!rows || !*slots || !*positions)
        return dag_error_set_memory(err, "dead letters");
    qsort(engine->failures, count, sizeof(engine->failures[0]), compare_failures);
    count_failures(engine);
    for (uint32_t i = 0; i < count; i++) {
        const struct failure *failure = &engine->failures[i];
        if (!letter_of(engine, failure, &rows[i], err))
            return false;
        (*slots)[i] = failure->slot;
        (*positions)[i] = failure->position;
        if (failure->raw)
            counter_add(&engine->counters->rejected, 1);
        else
            keep_failure(engine, failure);
    }
    output->rows = rows;
    output->count = count;
    return true;
}

void engine_errors_deinit(struct node *node)
{
    for (size_t i = 0; i < node->ring_count; i++)
        free(node->ring[i].input);
    free(node->ring);
    node->ring = NULL;
    node->ring_count = 0;
}
