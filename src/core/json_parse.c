/* json_parse.c - the parser's life, and texts that hold one message; see dag/json.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/json_parser.h"

#define MESSAGE_VALUES 32u               /* values reserved for one message */
#define SCRATCH_KEPT   (1u << 20)        /* bytes; what grew beyond it is given back */
#define SIZE_MAX_HARD  ((size_t)1 << 31) /* sizes of values have 32 bits */

static void parser_init(struct dag_json_parser *parser, size_t message_size_max)
{
    *parser = (struct dag_json_parser){.message_size_max = message_size_max};
    if (message_size_max == 0)
        parser->message_size_max = DAG_MESSAGE_SIZE_MAX;
    if (message_size_max > SIZE_MAX_HARD)
        parser->message_size_max = SIZE_MAX_HARD;
}

static void scratch_free(struct json_scratch *scratch)
{
    free(scratch->memory);
    *scratch = (struct json_scratch){0};
}

static void scratch_trim(struct json_scratch *scratch)
{
    if (scratch->size > SCRATCH_KEPT)
        scratch_free(scratch);
}

static void parser_deinit(struct dag_json_parser *parser)
{
    json_predictor_deinit(&parser->predictor);
    scratch_free(&parser->members);
    scratch_free(&parser->names);
    scratch_free(&parser->slots);
    scratch_free(&parser->key);
}

struct dag_json_parser *dag_json_parser_new(size_t message_size_max)
{
    struct dag_json_parser *parser = malloc(sizeof(*parser));

    if (parser)
        parser_init(parser, message_size_max);
    return parser;
}

void dag_json_parser_free(struct dag_json_parser *parser)
{
    if (!parser)
        return;
    parser_deinit(parser);
    free(parser);
}

uint64_t dag_json_parser_duplicate_keys(const struct dag_json_parser *parser)
{
    return parser->duplicate_keys;
}

bool json_values_grow(struct dag_json_parser *parser, size_t used, size_t count)
{
    size_t wanted = count < JSON_LINES_VALUES / 2 ? JSON_LINES_VALUES : count * 2;
    struct dag_value *values = batch_alloc(parser->source.batch, wanted * sizeof(*values));

    if (!values) {
        json_fail_memory(&parser->source);
        return false;
    }
    if (used > 0)
        memcpy(values, parser->values, used * sizeof(*values));
    parser->values = values;
    parser->values_end = values + wanted;
    return true;
}

bool json_begin(struct dag_json_parser *parser, struct dag_batch *batch, size_t hint)
{
    if (json_predictor_is_full(&parser->predictor))
        json_predictor_deinit(&parser->predictor);
    parser->source.batch = batch;
    parser->values = batch_alloc(batch, hint * sizeof(struct dag_value));
    parser->values_end = parser->values ? parser->values + hint : NULL;
    parser->root = json_predictor_place(&parser->predictor, dag_shape_empty());
    return parser->values && parser->root;
}

void json_end(struct dag_json_parser *parser)
{
    struct dag_batch *batch = parser->source.batch;

    if (parser->values && (char *)parser->values_end == batch->cursor)
        batch->cursor = (char *)parser->values;
    scratch_trim(&parser->members);
    scratch_trim(&parser->names);
    scratch_trim(&parser->slots);
    scratch_trim(&parser->key);
}

/* What stands behind the value of a text that has only one. */
static const char *read_end(struct json_source *source, const char *p)
{
    if (p > source->end)
        return json_fail(source, p, NULL);
    p = json_skip_space(source, p);
    return p == source->end ? p : json_fail(source, p, "text behind the value");
}

/* Reads the one message that the source is. */
static bool read_whole(struct dag_json_parser *parser, struct dag_row *row)
{
    struct json_source *source = &parser->source;

    if ((size_t)(source->end - source->begin) > parser->message_size_max) {
        json_fail_size(parser);
        return false;
    }
    const char *p = json_skip_front(source, source->begin);
    if (p == source->end)
        return json_fail(source, p, NULL);
    p = json_message(parser, p, row);
    return p && read_end(source, p);
}

bool dag_json_parse_in_place(struct dag_json_parser *parser, struct dag_batch *batch,
                             const char *text, size_t size, struct dag_origin origin,
                             struct dag_error *err)
{
    struct dag_row row;
    bool is_done;

    if (batch->row_count >= batch->row_limit)
        return dag_error_set(err, DAG_ERROR_LIMIT, "batch is full at %u rows", batch->row_limit);
    if (!json_begin(parser, batch, MESSAGE_VALUES))
        return dag_error_set_memory(err, "a message");
    json_source_begin(&parser->source, text, text + size, false);
    if (read_whole(parser, &row))
        is_done = json_append(parser, &row, origin);
    else
        is_done = parser->source.failed_at && json_reject(parser, text, size, origin);
    json_end(parser);
    return is_done || dag_error_set_memory(err, "a message");
}

/* A copy in the arena with padding behind it; of a text that is too large only the front. */
static const char *copy_text(struct dag_batch *batch, const char *text, size_t *size)
{
    char *copy;

    if (*size > SIZE_MAX_HARD)
        *size = SIZE_MAX_HARD;
    copy = batch_alloc(batch, *size + DAG_JSON_PADDING);
    if (!copy)
        return NULL;
    memcpy(copy, text, *size);
    memset(copy + *size, 0, DAG_JSON_PADDING);
    return copy;
}

bool dag_json_parse(struct dag_json_parser *parser, struct dag_batch *batch, const char *text,
                    size_t size, struct dag_origin origin, struct dag_error *err)
{
    const char *copy;

    if (batch->row_count >= batch->row_limit)
        return dag_error_set(err, DAG_ERROR_LIMIT, "batch is full at %u rows", batch->row_limit);
    if (size > parser->message_size_max) { /* no more than it takes to reject it */
        size_t kept = parser->message_size_max + 1;
        size = kept > DAG_MESSAGE_SIZE_MAX || size < DAG_MESSAGE_SIZE_MAX
                   ? (size < kept ? size : kept)
                   : DAG_MESSAGE_SIZE_MAX;
    }
    copy = copy_text(batch, text, &size);
    if (!copy)
        return dag_error_set_memory(err, "a message");
    return dag_json_parse_in_place(parser, batch, copy, size, origin, err);
}

static bool set_failure(const struct json_source *source, struct dag_error *err)
{
    if (!source->failed_at)
        return dag_error_set_memory(err, "a JSON text");
    return dag_error_set(err, DAG_ERROR_PARSE, "byte %zu: %s",
                         (size_t)(source->failed_at - source->begin) + 1, source->failed_why);
}

bool dag_json_parse_value(struct dag_batch *batch, const char *text, size_t size,
                          struct dag_value *value, struct dag_error *err)
{
    struct json_source source = {.batch = batch};
    const char *copy = copy_text(batch, text, &size), *p;

    if (!copy)
        return dag_error_set_memory(err, "a JSON text");
    json_source_begin(&source, copy, copy + size, false);
    p = json_skip_front(&source, copy);
    p = p < source.end ? json_any(&source, p, value) : json_fail(&source, p, NULL);
    return (p && read_end(&source, p)) || set_failure(&source, err);
}

bool dag_json_parse_object(struct dag_batch *batch, const char *text, size_t size,
                           struct dag_row *row, struct dag_error *err)
{
    struct dag_json_parser parser;
    struct json_source *source = &parser.source;
    const char *copy = copy_text(batch, text, &size), *p = NULL;
    bool is_done;

    if (!copy)
        return dag_error_set_memory(err, "a JSON text");
    parser_init(&parser, size);
    json_source_begin(source, copy, copy + size, false);
    if (!json_begin(&parser, batch, MESSAGE_VALUES)) {
        json_fail_memory(source);
    } else {
        p = json_skip_front(source, copy);
        p = p < source->end && *p == '{' ? json_message(&parser, p, row)
                                         : json_fail(source, p, "expected an object");
    }
    is_done = p && read_end(source, p);
    if (is_done)
        parser.values += row->shape->count;
    json_end(&parser);
    parser_deinit(&parser);
    return is_done || set_failure(source, err);
}
