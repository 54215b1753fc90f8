/* writer.c - writes indented JSON, and plain text, into a buffer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/writer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

static void put(struct writer *writer, const char *text, size_t size)
{
    if (!writer->failed && size > 0 && !dag_buffer_append(writer->out, text, size))
        writer->failed = true;
}

void writer_plain(struct writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

void writer_format(struct writer *writer, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (text)
        writer_plain(writer, text);
    else
        writer->failed = true;
    free(text);
}

static void put_line(struct writer *writer)
{
    put(writer, "\n", 1);
    for (unsigned i = 0; i < writer->depth; i++)
        put(writer, "  ", 2);
}

/* What stands in front of a value or key. */
static void begin(struct writer *writer)
{
    if (writer->is_behind_key) {
        writer->is_behind_key = false;
        return;
    }
    if (writer->is_behind_value)
        put(writer, ",", 1);
    if (writer->depth > 0)
        put_line(writer);
}

void writer_open(struct writer *writer, char bracket)
{
    begin(writer);
    put(writer, &bracket, 1);
    writer->depth++;
    writer->is_behind_value = false;
}

void writer_close(struct writer *writer, char bracket)
{
    writer->depth--;
    if (writer->is_behind_value)
        put_line(writer);
    put(writer, &bracket, 1);
    writer->is_behind_value = true;
    if (writer->depth == 0)
        put(writer, "\n", 1);
}

static void put_quoted(struct writer *writer, const char *text)
{
    size_t size = strlen(text);
    char *escaped = malloc(text_escape_bound(size) + 1);

    put(writer, "\"", 1);
    if (escaped)
        put(writer, escaped, text_escape(escaped, text, size));
    else
        writer->failed = true;
    put(writer, "\"", 1);
    free(escaped);
}

void writer_key(struct writer *writer, const char *key)
{
    begin(writer);
    put_quoted(writer, key);
    put(writer, ": ", 2);
    writer->is_behind_key = true;
}

void writer_text(struct writer *writer, const char *text)
{
    begin(writer);
    if (text)
        put_quoted(writer, text);
    else
        put(writer, "null", 4);
    writer->is_behind_value = true;
}

void writer_integer(struct writer *writer, int64_t integer)
{
    begin(writer);
    writer_format(writer, "%" PRId64, integer);
    writer->is_behind_value = true;
}

void writer_bool(struct writer *writer, bool boolean)
{
    begin(writer);
    writer_plain(writer, boolean ? "true" : "false");
    writer->is_behind_value = true;
}

void writer_json(struct writer *writer, const char *json, size_t size)
{
    begin(writer);
    put(writer, json, size);
    writer->is_behind_value = true;
}

void writer_member(struct writer *writer, const char *key, const char *text)
{
    writer_key(writer, key);
    writer_text(writer, text);
}
