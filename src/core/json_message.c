/* json_message.c - one message to a row. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "core/json_parser.h"

#define REASON_SIZE         128u
#define TEMPLATE_CREDIT_MAX 64
#define TEMPLATE_PENALTY    4

const char *json_nested_guess(struct json_source *source, struct json_step *step, const char *p,
                              struct dag_value *value)
{
    struct json_template *template = step->template;
    const char *next;

    if (json_likely(template != NULL)) {
        next = json_template_read(template, source, p, value);
        if (json_likely(next != NULL)) {
            template->credit += template->credit < TEMPLATE_CREDIT_MAX;
            return next;
        }
        template->credit -= TEMPLATE_PENALTY;
        if (template->credit <= 0) {
            free(template);
            step->template = NULL;
            step->template_drops++;
        }
    }
    next = json_nested(source, p, JSON_DEPTH_MAX - 1, value);
    /* only a slice of the source is without white space there */
    if (next && !step->template && step->template_drops < JSON_TEMPLATE_DROPS_MAX &&
        value->as.text == p)
        step->template = json_template_new(value);
    return next;
}

/* Reads the object at `p`; its values are parser->values. */
static inline const char *read_object(struct dag_json_parser *parser, const char *p,
                                      const struct dag_shape **shape)
{
    struct json_source *source = &parser->source;
    struct json_place *place = parser->root;
    const char *text_end = source->end;
    struct dag_value *value = parser->values, *value_end = parser->values_end;

    for (;;) {
        struct json_step *step = json_predict(place, p, text_end);

        if (json_unlikely(!step))
            return json_object_rest(parser, place, p, shape);
        place = step->to;
        if (json_unlikely(value == value_end)) {
            size_t used = (size_t)(value - parser->values);
            if (!json_values_grow(parser, used, used + 1))
                return NULL;
            value = parser->values + used;
            value_end = parser->values_end;
        }
        p = json_value(source, step, p + step->size, value++);
        if (json_unlikely(!p))
            return NULL;
        if (json_unlikely(p >= text_end))
            return json_fail(source, p, NULL);
        if (*p == '}') {
            *shape = place->shape;
            return p + 1;
        }
    }
}

const char *json_any(struct json_source *source, const char *p, struct dag_value *value)
{
    const char *next;

    switch (*p) {
    case '{':
    case '[':
        return json_nested(source, p, JSON_DEPTH_MAX, value);
    case '"':
        return json_string(source, p + 1, value);
    case 't':
    case 'f':
    case 'n':
        return json_literal(source, p, value);
    default:
        next = number_parse(p, source->end, value);
        return next ? next : json_fail_value(source, p);
    }
}

/* Reads a message that is no object. */
static const char *read_other(struct dag_json_parser *parser, const char *p)
{
    struct json_source *source = &parser->source;

    if (parser->values == parser->values_end && !json_values_grow(parser, 0, 1))
        return NULL;
    const char *next = json_any(source, p, parser->values);
    if (next && next <= source->end && parser->values->type == DAG_TYPE_NULL)
        return json_fail(source, p, "null is no message");
    return next;
}

const char *json_message(struct dag_json_parser *parser, const char *p, struct dag_row *row)
{
    row->shape = NULL;
    p = json_likely(*p == '{') ? read_object(parser, p, &row->shape) : read_other(parser, p);
    row->values = parser->values;
    return p;
}

bool json_reject(struct dag_json_parser *parser, const char *text, size_t size,
                 struct dag_origin origin)
{
    struct json_source *source = &parser->source;
    struct dag_batch *batch = source->batch;
    struct dag_value *values = batch_alloc(batch, 2 * sizeof(*values));
    char *reason = batch_alloc(batch, REASON_SIZE);

    if (!values || !reason)
        return false;
    int length = snprintf(reason, REASON_SIZE, "byte %zu: %s",
                          (size_t)(source->failed_at - source->begin) + 1, source->failed_why);
    values[0] =
        dag_value_text(text, (uint32_t)(size < DAG_MESSAGE_SIZE_MAX ? size : DAG_MESSAGE_SIZE_MAX));
    values[1] = dag_value_text(reason, (uint32_t)length);
    origin.flags |= DAG_ORIGIN_REJECTED;
    return batch_push(batch, (struct dag_row){.shape = NULL, .values = values}, origin);
}

void json_fail_size(struct dag_json_parser *parser)
{
    parser->source.failed_at = parser->source.begin + parser->message_size_max;
    parser->source.failed_why = "the message is larger than its limit";
}
