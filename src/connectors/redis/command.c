/* command.c - see command.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/redis/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_SIZE 24

/* ---- texts ------------------------------------------------------------------------------ */

/* A text as it is, anything else as JSON. */
static bool add_plain(struct dag_buffer *out, const struct dag_value *value)
{
    if (value->type != DAG_TYPE_TEXT)
        return dag_json_write_value(out, value);
    if (!dag_buffer_reserve(out, dag_text_decode_bound(value)))
        return false;
    out->size += dag_text_decode(value, out->bytes + out->size);
    return true;
}

static bool is_key(const struct dag_value *value)
{
    switch (value->type) {
    case DAG_TYPE_TEXT:
        return value->size > 0;
    case DAG_TYPE_INT:
    case DAG_TYPE_DOUBLE:
    case DAG_TYPE_BIGNUM:
        return true;
    default:
        return false;
    }
}

static bool add_members(struct dag_buffer *out, const struct dag_row *row, int32_t without)
{
    const char *between = "{";

    for (uint32_t i = 0; i < row->shape->count; i++) {
        const struct dag_name *name = row->shape->names[i];

        if ((int32_t)i == without)
            continue;
        if (!dag_buffer_append(out, between, 1) ||
            !dag_buffer_append(out, name->json, name->json_size) ||
            !dag_json_write_value(out, &row->values[i]))
            return false;
        between = ",";
    }
    return (between[0] == ',' || dag_buffer_append(out, "{", 1)) && dag_buffer_append(out, "}", 1);
}

/* ---- commands --------------------------------------------------------------------------- */

static bool send_set(struct redis_writing *writing, const struct dag_row *row, int32_t without,
                     struct redis_link *link, struct dag_error *err)
{
    char milliseconds[NUMBER_SIZE];
    int size = snprintf(milliseconds, sizeof(milliseconds), "%" PRId64, writing->ttl_us / 1000);

    if (!add_members(&writing->text, row, without))
        return dag_error_set_memory(err, "a message");
    const char *words[] = {"SET", writing->key_text.bytes, writing->text.bytes, "PX", milliseconds};
    size_t sizes[] = {3, writing->key_text.size, writing->text.size, 2, (size_t)size};
    return redis_link_send(link, words, sizes, writing->ttl_us > 0 ? 5 : 3, err);
}

static bool send_expire(const struct redis_writing *writing, struct redis_link *link,
                        struct dag_error *err)
{
    char milliseconds[NUMBER_SIZE];
    int size = snprintf(milliseconds, sizeof(milliseconds), "%" PRId64, writing->ttl_us / 1000);
    const char *words[] = {"PEXPIRE", writing->key_text.bytes, milliseconds};
    size_t sizes[] = {7, writing->key_text.size, (size_t)size};

    return redis_link_send(link, words, sizes, 3, err);
}

/* Where the texts of the fields lie in `writing->text`, one behind the other. */
static bool write_fields(struct redis_writing *writing, const struct dag_row *row, int32_t without,
                         size_t *ends)
{
    size_t count = 0;

    for (uint32_t i = 0; i < row->shape->count; i++) {
        if ((int32_t)i == without)
            continue;
        if (!add_plain(&writing->text, &row->values[i]))
            return false;
        ends[count++] = writing->text.size;
    }
    return true;
}

static bool send_hash(struct redis_writing *writing, const struct dag_row *row, int32_t without,
                      struct redis_link *link, struct dag_error *err)
{
    size_t field_count = row->shape->count - (without >= 0);
    size_t count = 2 + 2 * field_count;
    const char **words = calloc(count, sizeof(*words));
    size_t *sizes = calloc(count + field_count, sizeof(*sizes));
    size_t *ends = sizes ? sizes + count : NULL;
    bool done = words && sizes && write_fields(writing, row, without, ends);
    size_t next = 2, begin = 0;

    if (done) {
        words[0] = "HSET";
        sizes[0] = 4;
        words[1] = writing->key_text.bytes;
        sizes[1] = writing->key_text.size;
        for (uint32_t i = 0; i < row->shape->count; i++) {
            if ((int32_t)i == without)
                continue;
            words[next] = row->shape->names[i]->text;
            sizes[next++] = row->shape->names[i]->size;
            words[next] = writing->text.bytes ? writing->text.bytes + begin : "";
            sizes[next++] = *ends - begin;
            begin = *ends++;
        }
        done = redis_link_send(link, words, sizes, count, err);
    } else {
        dag_error_set_memory(err, "a message");
    }
    free(words);
    free(sizes);
    return done;
}

bool redis_write_row(struct redis_writing *writing, const struct dag_row *row,
                     struct redis_link *link, size_t *count, const char **reason,
                     struct dag_error *err)
{
    int32_t place = row->shape ? dag_shape_find(row->shape, writing->key) : -1;
    int32_t without = writing->keeps_key ? -1 : place;
    size_t prefix_size = strlen(writing->prefix);

    *count = 0;
    *reason = NULL;
    if (!row->shape)
        *reason = "the message is no object, so it has no key";
    else if (place < 0)
        *reason = "the message has no attribute that names the key";
    else if (!is_key(&row->values[place]))
        *reason = "the key should be a number, or a text that is not empty";
    else if (writing->store == REDIS_STORE_HASH && row->shape->count - (without >= 0) == 0)
        *reason = "the message has nothing but its key, and a hash without a field can't be stored";
    if (*reason)
        return true;
    writing->key_text.size = writing->text.size = 0;
    if (!dag_buffer_append(&writing->key_text, writing->prefix, prefix_size) ||
        !add_plain(&writing->key_text, &row->values[place]))
        return dag_error_set_memory(err, "a key");
    *count = 1;
    if (writing->store == REDIS_STORE_SET)
        return send_set(writing, row, without, link, err);
    if (!send_hash(writing, row, without, link, err))
        return false;
    if (writing->ttl_us == 0)
        return true;
    *count = 2;
    return send_expire(writing, link, err);
}

void redis_writing_deinit(struct redis_writing *writing)
{
    dag_buffer_free(&writing->key_text);
    dag_buffer_free(&writing->text);
}
