/* frame_read.c - the reader of frame.h.
 *
 * The head is looked through line by line as it comes, so that limits hold before the frame is
 * whole. Only a whole frame is taken apart; escapes are then undone where they stand.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "connectors/stomp/frame.h"

#define CAPACITY_MIN ((size_t)16 << 10)

static const struct {
    const char *name;
    enum stomp_command command;
    bool may_have_body;
} commands[] = {
    {"CONNECTED", STOMP_CONNECTED, false},
    {"MESSAGE", STOMP_MESSAGE, true},
    {"RECEIPT", STOMP_RECEIPT, false},
    {"ERROR", STOMP_ERROR, true},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* ---- bytes ---- */

char *stomp_reader_room(struct stomp_reader *reader, size_t size, size_t *available)
{
    size_t held = reader->end - reader->begin;

    if (reader->begin > 0 && (held == 0 || reader->capacity - reader->end < size)) {
        memmove(reader->bytes, reader->bytes + reader->begin, held);
        reader->begin = 0;
        reader->end = held;
    }
    if (reader->capacity - reader->end < size) {
        size_t capacity = reader->capacity ? reader->capacity : CAPACITY_MIN;
        char *bytes;

        while (capacity - held < size)
            capacity *= 2;
        bytes = realloc(reader->bytes, capacity);
        if (!bytes)
            return NULL;
        reader->bytes = bytes;
        reader->capacity = capacity;
    }
    *available = reader->capacity - reader->end;
    return reader->bytes + reader->end;
}

void stomp_reader_add(struct stomp_reader *reader, size_t size)
{
    reader->end += size;
}

static void begin_frame(struct stomp_reader *reader)
{
    reader->part = STOMP_PART_GAP;
    reader->scanned = reader->line = reader->line_count = 0;
    reader->has_length = false;
    reader->body_size = 0;
}

void stomp_reader_clear(struct stomp_reader *reader)
{
    reader->begin = reader->end = 0;
    begin_frame(reader);
}

void stomp_reader_free(struct stomp_reader *reader)
{
    free(reader->bytes);
    reader->bytes = NULL;
    reader->capacity = 0;
    stomp_reader_clear(reader);
}

/* ---- the parts of a frame ---- */

static enum stomp_result bad(struct dag_error *err, const char *what)
{
    dag_error_set(err, DAG_ERROR_INVALID, "the other side doesn't keep to STOMP 1.2: %s", what);
    return STOMP_BAD;
}

/* The bytes of the line without its end. False: a CR stands inside, or a NUL. */
static bool trim_line(const char *line, size_t *size)
{
    if (*size > 0 && line[*size - 1] == '\r')
        --*size;
    return !memchr(line, '\r', *size) && !memchr(line, '\0', *size);
}

static size_t find_command(const char *line, size_t size)
{
    size_t i = 0;

    while (i < COMMAND_COUNT &&
           (strlen(commands[i].name) != size || memcmp(line, commands[i].name, size) != 0))
        i++;
    return i;
}

/* So that the first bytes of another protocol are refused, and not waited on. */
static bool may_be_command(const char *bytes, size_t size)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        size_t length = strlen(commands[i].name);

        if (memcmp(bytes, commands[i].name, size < length ? size : length) == 0)
            return true;
    }
    return false;
}

static enum stomp_result note_length(struct stomp_reader *reader, const char *value, size_t size,
                                     struct dag_error *err)
{
    size_t length = 0;

    if (reader->has_length)
        return STOMP_FRAME; /* the first one counts */
    if (size == 0 || size > 15)
        return bad(err, "content-length is no number");
    for (size_t i = 0; i < size; i++) {
        if (value[i] < '0' || value[i] > '9')
            return bad(err, "content-length is no number");
        length = length * 10 + (size_t)(value[i] - '0');
    }
    if (length > reader->body_size_max) {
        dag_error_set(err, DAG_ERROR_LIMIT,
                      "a frame with a body of %zu bytes came, more than message_size_max (%zu)",
                      length, reader->body_size_max);
        return STOMP_BAD;
    }
    reader->has_length = true;
    reader->body_size = length;
    return STOMP_FRAME;
}

/* One line of the head, the blank one aside. STOMP_FRAME: fine. */
static enum stomp_result look_at_line(struct stomp_reader *reader, const char *line, size_t size,
                                      struct dag_error *err)
{
    static const char length[] = "content-length:";

    if (reader->line_count == 0)
        return find_command(line, size) < COMMAND_COUNT ? STOMP_FRAME
                                                        : bad(err, "an unknown command");
    const char *colon = memchr(line, ':', size);
    if (!colon || colon == line)
        return bad(err, "a header without a name");
    if (reader->line_count > STOMP_HEADERS_MAX)
        return bad(err, "too many headers");
    if (size >= sizeof(length) - 1 && memcmp(line, length, sizeof(length) - 1) == 0)
        return note_length(reader, colon + 1, size - (sizeof(length) - 1), err);
    return STOMP_FRAME;
}

/* Passes over line ends. */
static enum stomp_result scan_gap(struct stomp_reader *reader, struct dag_error *err)
{
    const char *bytes = reader->bytes;

    while (reader->begin < reader->end) {
        if (bytes[reader->begin] == '\n') {
            reader->begin++;
        } else if (bytes[reader->begin] == '\r') {
            if (reader->begin + 1 == reader->end)
                return STOMP_MORE;
            if (bytes[reader->begin + 1] != '\n')
                return bad(err, "a carriage return alone");
            reader->begin += 2;
        } else {
            begin_frame(reader);
            reader->part = STOMP_PART_HEAD;
            return STOMP_FRAME;
        }
    }
    return STOMP_MORE;
}

static enum stomp_result scan_head(struct stomp_reader *reader, struct dag_error *err)
{
    const char *head = reader->bytes + reader->begin;
    size_t held = reader->end - reader->begin;

    if (reader->line_count == 0 && !may_be_command(head, held))
        return bad(err, "it sent no frame (is this the broker's STOMP port?)");
    while (reader->part == STOMP_PART_HEAD) {
        const char *end = memchr(head + reader->scanned, '\n', held - reader->scanned);
        size_t head_size = end ? (size_t)(end - head) + 1 : held;
        enum stomp_result result = STOMP_FRAME;

        if (head_size > STOMP_HEAD_MAX)
            return bad(err, "the headers are too long");
        reader->scanned = head_size;
        if (!end)
            return STOMP_MORE;
        size_t size = head_size - 1 - reader->line;
        if (!trim_line(head + reader->line, &size))
            return bad(err, "a NUL or a carriage return inside a header");
        if (size > 0)
            result = look_at_line(reader, head + reader->line, size, err);
        else if (reader->line_count == 0)
            return bad(err, "an unknown command");
        else
            reader->part = STOMP_PART_BODY;
        if (result != STOMP_FRAME)
            return result;
        reader->line = head_size;
        reader->line_count++;
    }
    reader->head_size = reader->scanned;
    return STOMP_FRAME;
}

static enum stomp_result scan_body(struct stomp_reader *reader, struct dag_error *err)
{
    const char *frame = reader->bytes + reader->begin;
    size_t held = reader->end - reader->begin;

    if (reader->has_length) {
        if (held - reader->head_size <= reader->body_size)
            return STOMP_MORE;
        return frame[reader->head_size + reader->body_size] == '\0'
                   ? STOMP_FRAME
                   : bad(err, "a body goes on behind its content-length");
    }
    const char *end = memchr(frame + reader->scanned, '\0', held - reader->scanned);
    reader->scanned = end ? (size_t)(end - frame) : held;
    if (reader->scanned - reader->head_size > reader->body_size_max) {
        dag_error_set(err, DAG_ERROR_LIMIT,
                      "a frame with a body of more than message_size_max (%zu) bytes came",
                      reader->body_size_max);
        return STOMP_BAD;
    }
    reader->body_size = reader->scanned - reader->head_size;
    return end ? STOMP_FRAME : STOMP_MORE;
}

/* ---- a whole frame ---- */

/* Undoes escapes in place. False: one that isn't defined. */
static bool unescape(char *text, size_t *size)
{
    char *out = memchr(text, '\\', *size);
    const char *end = text + *size;

    if (!out)
        return true;
    for (const char *in = out; in < end; in++) {
        char byte = *in;

        if (byte == '\\') {
            if (++in == end)
                return false;
            switch (*in) {
            case 'r':
                byte = '\r';
                break;
            case 'n':
                byte = '\n';
                break;
            case 'c':
                byte = ':';
                break;
            case '\\':
                break;
            default:
                return false;
            }
        }
        *out++ = byte;
    }
    *size = (size_t)(out - text);
    return true;
}

static bool take_header(struct stomp_reader *reader, struct stomp_frame *frame, char *line,
                        size_t size)
{
    char *colon = memchr(line, ':', size);
    size_t name_size = (size_t)(colon - line);
    size_t value_size = size - name_size - 1;

    if (frame->command != STOMP_CONNECTED &&
        (!unescape(line, &name_size) || !unescape(colon + 1, &value_size)))
        return false;
    reader->headers[frame->header_count++] =
        (struct stomp_header){line, colon + 1, name_size, value_size};
    return true;
}

static enum stomp_result take_frame(struct stomp_reader *reader, struct stomp_frame *frame,
                                    struct dag_error *err)
{
    char *line = reader->bytes + reader->begin;
    char *body = line + reader->head_size;
    size_t command = COMMAND_COUNT;

    frame->headers = reader->headers;
    frame->header_count = 0;
    while (line < body) {
        char *end = memchr(line, '\n', (size_t)(body - line));
        size_t size = (size_t)(end - line);

        (void)trim_line(line, &size);
        if (command == COMMAND_COUNT) {
            command = find_command(line, size);
            frame->command = commands[command].command;
        } else if (size > 0 && !take_header(reader, frame, line, size)) {
            return bad(err, "an escape that isn't defined");
        }
        line = end + 1;
    }
    frame->body = body;
    frame->body_size = reader->body_size;
    if (frame->body_size > 0 && !commands[command].may_have_body)
        return bad(err, "a body where none may be");
    reader->begin += reader->head_size + reader->body_size + 1;
    begin_frame(reader);
    return STOMP_FRAME;
}

enum stomp_result stomp_reader_next(struct stomp_reader *reader, struct stomp_frame *frame,
                                    struct dag_error *err)
{
    enum stomp_result result = STOMP_FRAME;

    if (reader->part == STOMP_PART_GAP)
        result = scan_gap(reader, err);
    if (result == STOMP_FRAME && reader->part == STOMP_PART_HEAD)
        result = scan_head(reader, err);
    if (result == STOMP_FRAME)
        result = scan_body(reader, err);
    return result == STOMP_FRAME ? take_frame(reader, frame, err) : result;
}

/* ---- looking ---- */

const struct stomp_header *stomp_frame_find(const struct stomp_frame *frame, const char *name)
{
    size_t size = strlen(name);

    for (size_t i = 0; i < frame->header_count; i++)
        if (frame->headers[i].name_size == size && memcmp(frame->headers[i].name, name, size) == 0)
            return &frame->headers[i];
    return NULL;
}

bool stomp_frame_has(const struct stomp_frame *frame, const char *name, const char *value)
{
    const struct stomp_header *header = stomp_frame_find(frame, name);

    return header && header->value_size == strlen(value) &&
           memcmp(header->value, value, header->value_size) == 0;
}
