/* body.c - see body.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/http/body.h"

#include <inttypes.h>
#include <stdio.h>

static bool add(struct dag_buffer *body, const struct dag_row *row, enum http_batch batch,
                bool is_first)
{
    if (batch == HTTP_BATCH_ARRAY && !dag_buffer_append(body, is_first ? "[" : ",", 1))
        return false;
    return dag_json_write_row(body, row) &&
           (batch != HTTP_BATCH_NDJSON || dag_buffer_append(body, "\n", 1));
}

bool http_body_write(struct dag_buffer *body, const struct dag_row *rows, size_t count,
                     const struct http_body_limits *limits, size_t *taken)
{
    size_t rows_max = limits->batch == HTTP_BATCH_NONE ? 1 : limits->row_count;
    size_t size;

    *taken = 0;
    body->size = 0;
    while (*taken < count && *taken < rows_max) {
        size = body->size;
        if (!add(body, &rows[*taken], limits->batch, *taken == 0))
            return false;
        if (*taken > 0 && body->size > limits->size) {
            body->size = size; /* it begins the next one */
            break;
        }
        ++*taken;
    }
    return limits->batch != HTTP_BATCH_ARRAY || dag_buffer_append(body, "]", 1);
}

struct http_place http_place_behind(struct http_place place, const uint64_t *cycles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        place.ordinal = cycles[i] == place.cycle ? place.ordinal + 1 : 1;
        place.cycle = cycles[i];
    }
    return place;
}

/* FNV-1a. */
static uint64_t hash_of(const struct dag_buffer *body)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < body->size; i++)
        hash = (hash ^ (unsigned char)body->bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

void http_key_write(char key[HTTP_KEY_SIZE], const char *instance, const char *publisher,
                    struct http_place place, uint64_t cycle, const struct dag_buffer *body)
{
    uint64_t ordinal = cycle == place.cycle ? place.ordinal : 0;

    snprintf(key, HTTP_KEY_SIZE, "%016" PRIx64 "-%" PRIu64 "-%" PRIu64 "-%.40s-%.120s",
             hash_of(body), cycle, ordinal, instance, publisher);
}
