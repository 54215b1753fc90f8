/* example_publisher.c - a plug-in with a publisher: one attribute of each record, as plain text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "dag/plugin.h"

struct text {
    const char *path;      /* option */
    const char *attribute; /* option */

    struct dag_host *host;
    struct dag_file *file;       /* owned; NULL until open() succeeds */
    const struct dag_name *name; /* of the attribute */
    struct dag_buffer lines;     /* owned; of one write() */
};

static const struct dag_option text_options[] = {
    {
        .name = "path",
        .type = DAG_OPTION_TEXT,
        .flags = DAG_OPTION_REQUIRED | DAG_OPTION_PATH,
        .offset = offsetof(struct text, path),
        .help = "The file that lines are appended to.",
    },
    {
        .name = "attribute",
        .type = DAG_OPTION_TEXT,
        .flags = DAG_OPTION_REQUIRED,
        .offset = offsetof(struct text, attribute),
        .help = "The attribute whose text makes a line.",
    },
    {0},
};

static bool text_open(void *state, const struct dag_address *address, struct dag_host *host,
                      struct dag_error *err)
{
    struct text *text = state;

    text->host = host;
    text->name = dag_name_intern(text->attribute, strlen(text->attribute), NULL);
    if (!text->name)
        return dag_error_set_memory(err, "the attribute's name");
    text->file =
        dag_file_open(host, text->path, DAG_OPEN_WRITE | DAG_OPEN_APPEND | DAG_OPEN_CREATE, err);
    if (!text->file)
        return dag_error_add_context(err, "'%s'", address->uri);
    return true;
}

/* The row's text, decoded and with a line feed, at the end of the buffer. */
static bool append_line(struct text *text, const struct dag_value *value)
{
    struct dag_buffer *lines = &text->lines;

    if (!dag_buffer_reserve(lines, dag_text_decode_bound(value) + 1))
        return false;
    lines->size += dag_text_decode(value, lines->bytes + lines->size);
    lines->bytes[lines->size++] = '\n';
    return true;
}

/* The attribute's text, or NULL. */
static const struct dag_value *text_of(const struct text *text, const struct dag_row *row)
{
    int32_t slot = row->shape ? dag_shape_find(row->shape, text->name) : -1;

    return slot >= 0 && row->values[slot].type == DAG_TYPE_TEXT ? &row->values[slot] : NULL;
}

/* When a write fails, the engine keeps the rows and gives them again. A record without such a text
 * can never be written: it is refused, and becomes a dead letter. That is told once, at the end. */
static enum dag_write_status text_write(void *state, const struct dag_delivery *delivery,
                                        size_t *written, struct dag_error *err)
{
    struct text *text = state;

    *written = 0;
    text->lines.size = 0;
    for (size_t i = 0; i < delivery->count; i++) {
        const struct dag_value *value = text_of(text, &delivery->rows[i]);
        if (value && !append_line(text, value)) {
            dag_error_set_memory(err, "a line");
            return DAG_WRITE_FAILED;
        }
    }
    if (!dag_file_write(text->host, text->file, text->lines.bytes, text->lines.size, err))
        return DAG_WRITE_FAILED;
    for (size_t i = 0; i < delivery->count; i++)
        if (!text_of(text, &delivery->rows[i]))
            dag_reject_row(text->host, i, "the record has no such text");
    *written = delivery->count;
    return DAG_WRITE_DONE;
}

/* Only now may the engine tell a source to forget these records. */
static enum dag_write_status text_flush(void *state, struct dag_error *err)
{
    struct text *text = state;

    return dag_file_sync(text->host, text->file, err) ? DAG_WRITE_DONE : DAG_WRITE_FAILED;
}

/* Also runs when open() failed half way. */
static void text_stop(void *state)
{
    struct text *text = state;

    if (text->host)
        dag_file_close(text->host, text->file);
    text->file = NULL;
    dag_buffer_free(&text->lines);
}

static const struct dag_publisher text_publisher = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "custom",
    .name = "ExampleTextPublisher",
    .summary = "Appends one attribute of each record to a file, as plain text.",
    .address_help = "custom://NAME",
    .options = text_options,
    .state_size = sizeof(struct text),
    .open = text_open,
    .write = text_write,
    .flush = text_flush,
    .stop = text_stop,
};

static const struct dag_publisher *const publishers[] = {&text_publisher, NULL};

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION,
    .name = "example_publisher",
    .version = "1.0",
    .publishers = publishers,
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    return engine_abi_version == DAG_ABI_VERSION ? &plugin : NULL;
}
