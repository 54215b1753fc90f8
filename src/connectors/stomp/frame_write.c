/* frame_write.c - the writer of frame.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connectors/stomp/frame.h"

bool stomp_write_begin(struct dag_buffer *out, const char *command)
{
    return dag_buffer_append(out, command, strlen(command)) && dag_buffer_append(out, "\n", 1);
}

static bool append_escaped(struct dag_buffer *out, const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end) {
        const char *plain = text;
        const char *escape = NULL;

        while (text < end && !escape) {
            switch (*text) {
            case '\r':
                escape = "\\r";
                break;
            case '\n':
                escape = "\\n";
                break;
            case ':':
                escape = "\\c";
                break;
            case '\\':
                escape = "\\\\";
                break;
            default:
                text++;
            }
        }
        if (!dag_buffer_append(out, plain, (size_t)(text - plain)))
            return false;
        if (escape && !dag_buffer_append(out, escape, 2))
            return false;
        text += escape != NULL;
    }
    return true;
}

bool stomp_write_header_sized(struct dag_buffer *out, const char *name, size_t name_size,
                              const char *value, size_t value_size)
{
    return append_escaped(out, name, name_size) && dag_buffer_append(out, ":", 1) &&
           append_escaped(out, value, value_size) && dag_buffer_append(out, "\n", 1);
}

bool stomp_write_header(struct dag_buffer *out, const char *name, const char *value)
{
    return stomp_write_header_sized(out, name, strlen(name), value, strlen(value));
}

bool stomp_write_header_number(struct dag_buffer *out, const char *name, uint64_t value)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRIu64, value);
    return stomp_write_header_plain(out, name, digits);
}

bool stomp_write_header_plain(struct dag_buffer *out, const char *name, const char *value)
{
    return dag_buffer_append(out, name, strlen(name)) && dag_buffer_append(out, ":", 1) &&
           dag_buffer_append(out, value, strlen(value)) && dag_buffer_append(out, "\n", 1);
}

bool stomp_write_end(struct dag_buffer *out)
{
    return dag_buffer_append(out, "\n", 2); /* with the NUL that ends the frame */
}

bool stomp_write_body(struct dag_buffer *out, const char *body, size_t size)
{
    return stomp_write_header_number(out, "content-length", size) &&
           dag_buffer_append(out, "\n", 1) && dag_buffer_append(out, body, size) &&
           dag_buffer_append(out, "", 1);
}
