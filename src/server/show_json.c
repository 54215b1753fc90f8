/* show_json.c - see show_json.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/hidden.h"
#include "core/number.h"
#include "graph/secret_keys.h"

#define NUMBER_MAX (UINT64_C(1) << 53)

void show_count(struct writer *writer, const char *key, uint64_t count)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, count);
    writer_member(writer, key, text);
}

void show_number(struct writer *writer, const char *key, uint64_t number)
{
    writer_key(writer, key);
    writer_integer(writer, (int64_t)(number < NUMBER_MAX ? number : NUMBER_MAX));
}

void show_real_value(struct writer *writer, double real)
{
    char text[NUMBER_DOUBLE_SIZE_MAX];

    if (isfinite(real))
        writer_json(writer, text, number_write_double(text, real));
    else
        writer_text(writer, NULL);
}

void show_real(struct writer *writer, const char *key, double real)
{
    writer_key(writer, key);
    show_real_value(writer, real);
}

void show_bool(struct writer *writer, const char *key, bool boolean)
{
    writer_key(writer, key);
    writer_bool(writer, boolean);
}

void show_time(struct writer *writer, const char *key, int64_t realtime_us)
{
    char text[32];

    if (realtime_us > 0)
        clock_format(realtime_us, text);
    writer_member(writer, key, realtime_us > 0 ? text : NULL);
}

void show_page_end(struct writer *writer, size_t total)
{
    writer_member(writer, "next_cursor", NULL);
    show_number(writer, "total", total);
}

void show_row(struct writer *writer, const struct dag_row *row)
{
    struct dag_buffer text = {0};

    if (dag_json_write_row(&text, row))
        writer_json(writer, text.bytes, text.size);
    else
        writer->failed = true;
    dag_buffer_free(&text);
}

/* ---- secrets ---- */

static bool is_secret_key(const char *key, const struct dag_option *options)
{
    return secret_key_is_marked(key, options) || secret_key_sounds_so(key);
}

char *show_masked_address(const char *text, bool *failed)
{
    size_t size;
    const char *user = secret_in_address(text, &size);
    char *masked = NULL;

    if (!user)
        return NULL;
    if (asprintf(&masked, "%.*s%s%s", (int)(user - text), text, SHOW_MASK, user + size) < 0) {
        *failed = true;
        return NULL;
    }
    return masked;
}

static void write_address(struct writer *writer, const char *text)
{
    char *masked = text ? show_masked_address(text, &writer->failed) : NULL;

    if (!masked && text) {
        masked = strdup(text);
        writer->failed = writer->failed || !masked;
    }
    if (masked)
        hidden_mask(masked);
    writer_text(writer, masked);
    free(masked);
}

static void write_value(struct writer *writer, const struct tree *tree,
                        const struct dag_option *options)
{
    bool is_object = tree->type == TREE_OBJECT;

    if (tree->type == TREE_TEXT) {
        write_address(writer, tree->text);
        return;
    }
    if (!is_object && tree->type != TREE_ARRAY) {
        writer_json(writer, tree->json, tree->json_size);
        return;
    }
    writer_open(writer, is_object ? '{' : '[');
    for (const struct tree *child = tree->child; child; child = child->next) {
        bool is_secret = child->key && is_secret_key(child->key, options);
        if (child->key)
            writer_key(writer, child->key);
        if (is_secret && child->type != TREE_NULL && !secret_is_reference(child))
            writer_text(writer, SHOW_MASK);
        else
            write_value(writer, child, options);
    }
    writer_close(writer, is_object ? '}' : ']');
}

void show_config(struct writer *writer, const struct tree *config, const struct dag_option *options)
{
    if (config) {
        write_value(writer, config, options);
        return;
    }
    writer_open(writer, '{');
    writer_close(writer, '}');
}

void show_address(struct writer *writer, const char *key, const char *uri)
{
    writer_key(writer, key);
    write_address(writer, uri);
}
