/* json_parser.h - the inside of the parser, shared by the files that make it up. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JSON_PARSER_H
#define CORE_JSON_PARSER_H

#include "core/batch.h"
#include "core/json_predict.h"
#include "core/number.h"
#include "dag/json.h"

#define JSON_LINES_VALUES 512u /* values reserved at once while lines are parsed */

/** A member whose key was not guessed. Borrowed from the source. */
struct json_member {
    const char *key;      /* between the quotes */
    const char *spelling; /* from behind the value before to the value */
    uint32_t key_size;
    uint32_t spelling_size;
    bool is_escaped; /* the key */
};

/** Memory that grows and is used again. */
struct json_scratch {
    void *memory; /* owned */
    size_t size;
};

struct dag_json_parser {
    struct json_source source;
    struct json_predictor predictor;
    struct json_place *root; /* where objects begin; valid while a batch is filled */
    size_t message_size_max;
    uint64_t duplicate_keys;
    /* Rows are cut from a run of values in the batch's arena. */
    struct dag_value *values, *values_end;
    struct json_scratch members; /* struct json_member */
    struct json_scratch names;   /* const struct dag_name * */
    struct json_scratch slots;   /* uint32_t: hash table of the names */
    struct json_scratch key;     /* a decoded key */
};

/** At least `size` bytes, of which the first `keep` stay. False: out of memory. */
bool json_scratch_reserve(struct json_scratch *scratch, size_t size, size_t keep);

/** Room for values[0..count) of the current row, whose first `used` stay. False: out of memory,
 *  and the source says so. */
bool json_values_grow(struct dag_json_parser *parser, size_t used, size_t count);

/** What json_value() does when no value begins at `p`: there may be white space in front, or a
 *  number that is not short. */
const char *json_value_slow(struct json_source *source, const char *p, struct dag_value *value);

/** Reads the object or array at `p`, as it looked behind this step before. */
const char *json_nested_guess(struct json_source *source, struct json_step *step, const char *p,
                              struct dag_value *value);

/** Reads the value of a member of the outermost object. `step` led to it; NULL: unknown. */
json_inline const char *json_value(struct json_source *source, struct json_step *step,
                                   const char *p, struct dag_value *value)
{
    const char *next;

    switch (*p) {
    case '"':
        return json_string(source, p + 1, value);
    case '{':
    case '[':
        return step ? json_nested_guess(source, step, p, value)
                    : json_nested(source, p, JSON_DEPTH_MAX - 1, value);
    case 't':
    case 'f':
    case 'n':
        return json_literal(source, p, value);
    default:
        next = number_parse_short(p, value);
        return json_likely(next != NULL) ? next : json_value_slow(source, p, value);
    }
}

/** The rest of an object whose next key could not be guessed: `p` is at its brace or behind a
 *  value, `place` has the attributes so far and parser->values theirs. The result is behind the
 *  closing brace; `*shape` has all attributes. */
const char *json_object_rest(struct dag_json_parser *parser, struct json_place *place,
                             const char *p, const struct dag_shape **shape);

/** Reads one message from `p` on, which is not white space. The result is behind its value. */
const char *json_message(struct dag_json_parser *parser, const char *p, struct dag_row *row);

/** Reads a value of any kind that is a text's only one. */
const char *json_any(struct json_source *source, const char *p, struct dag_value *value);

/** Begins to fill `batch`; `count` values are reserved at first. False: out of memory. */
bool json_begin(struct dag_json_parser *parser, struct dag_batch *batch, size_t count);

/** Gives back the values that were not used, and scratch memory that an odd message needed. */
void json_end(struct dag_json_parser *parser);

/** Appends a row for a message that is no valid one. False: out of memory. */
bool json_reject(struct dag_json_parser *parser, const char *text, size_t size,
                 struct dag_origin origin);

/** Records that the message is too large. */
void json_fail_size(struct dag_json_parser *parser);

/** Appends what was read to the batch. False: out of memory. */
static inline bool json_append(struct dag_json_parser *parser, const struct dag_row *row,
                               struct dag_origin origin)
{
    parser->values += row->shape ? row->shape->count : 1;
    return batch_push(parser->source.batch, *row, origin);
}

#endif
