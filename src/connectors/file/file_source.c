/* file_source.c - the file subscriber: a message for each line of file://PATH or file://-. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connectors/file/source.h"
#include "connectors/registry.h"

#define ADDRESS_HELP    "file:///ABSOLUTE/PATH, file://RELATIVE/PATH or file://- (standard input)"
#define CHUNK_SIZE_MIN  ((size_t)4 << 10)
#define CHUNK_SIZE_MAX  ((size_t)256 << 10)
#define LINE_SIZE_FIRST 64 /* a guess; too small costs one more read, too large reads twice */

static const struct dag_option file_source_options[] = {
    {
        .name = "start",
        .type = DAG_OPTION_CHOICE,
        .offset = offsetof(struct file_source, start),
        .default_json = "\"beginning\"",
        .choices = "beginning end",
        .help = "Where reading begins when no position is known.",
    },
    {
        .name = "follow",
        .type = DAG_OPTION_BOOL,
        .offset = offsetof(struct file_source, follow),
        .default_json = "true",
        .help =
            "Waits for more at the end of the file, and for the file itself; false: ends there.",
    },
    {
        .name = "read_interval",
        .type = DAG_OPTION_SECONDS,
        .offset = offsetof(struct file_source, read_interval_us),
        .min = 1000,
        .max = INT64_C(86400000000),
        .default_json = "1",
        .unit = "seconds",
        .help = "How often to look where the file system can't tell about changes.",
    },
    {
        .name = "message_size_max",
        .type = DAG_OPTION_SIZE,
        .offset = offsetof(struct file_source, message_size_max),
        .min = 1,
        .max = 1 << 30,
        .default_json = "\"16MiB\"",
        .unit = "bytes",
        .help = "Longer lines become dead letters.",
    },
    {0},
};

/* ---- lines ------------------------------------------------------------------------------ */

size_t source_chunk_size(const struct file_source *source, const struct dag_batch *out)
{
    size_t rows = dag_batch_room(out);
    size_t size;

    if (rows > DAG_BATCH_ROWS_MAX)
        rows = DAG_BATCH_ROWS_MAX;
    size = rows * (source->line_size + source->line_size / 16 + 1);
    if (size < CHUNK_SIZE_MIN)
        return CHUNK_SIZE_MIN;
    return size < CHUNK_SIZE_MAX ? size : CHUNK_SIZE_MAX;
}

enum source_step source_parse(struct file_source *source, struct dag_batch *out, const char *text,
                              size_t size, bool is_last, size_t *consumed, struct dag_error *err)
{
    size_t rows_before = dag_batch_row_count(out);
    struct dag_origin origin = {
        .offset = source->offset,
        .lane = source->lane,
    };
    size_t rows, line_size;
    const char *end;

    if (!dag_json_parse_lines(source->parser, out, text, size, is_last, origin, consumed, err))
        return SOURCE_FAILED;
    source->offset += *consumed;
    rows = dag_batch_row_count(out) - rows_before;
    if (rows > 0)
        source->line_size = (source->line_size * 3 + *consumed / rows) / 4;
    if (*consumed > 0 || size == 0)
        return *consumed < size && dag_batch_room(out) == 0 ? SOURCE_FULL : SOURCE_ON;

    /* Nothing fits, or no line is whole. */
    end = memchr(text, '\n', size);
    if (!end && !is_last)
        return SOURCE_ON;
    if (rows_before > 0)
        return SOURCE_FULL;
    /* A line so long that it fills the batch before it is parsed. Its LF is no part of it. */
    line_size = end ? (size_t)(end - text) : size;
    *consumed = line_size + (end ? 1 : 0);
    origin.offset += *consumed;
    if (!dag_json_parse_in_place(source->parser, out, text, line_size, origin, err)) {
        *consumed = 0;
        return SOURCE_FAILED;
    }
    source->offset += *consumed;
    return *consumed < size ? SOURCE_FULL : SOURCE_ON;
}

bool source_reject_long(struct file_source *source, struct dag_batch *out, const char *bytes,
                        size_t size, uint64_t line_size, struct dag_error *err)
{
    char reason[80];
    int reason_size = snprintf(reason, sizeof reason, "line of %" PRIu64 " bytes: at most %" PRId64,
                               line_size, source->message_size_max);
    struct dag_value *values = dag_batch_alloc(out, 2 * sizeof *values);
    const char *shown = dag_batch_copy(out, bytes, size);
    const char *why = dag_batch_copy(out, reason, (size_t)reason_size);
    struct dag_row row = {.values = values};
    struct dag_origin origin = {
        .offset = source->offset + line_size,
        .lane = source->lane,
        .flags = DAG_ORIGIN_REJECTED,
    };

    if (!values || !shown || !why)
        return dag_error_set_memory(err, "a rejected line");
    values[0] = dag_value_text(shown, (uint32_t)size);
    values[1] = dag_value_text(why, (uint32_t)reason_size);
    if (!dag_batch_append(out, row, origin, err))
        return false;
    source->offset += line_size;
    return true;
}

/* ---- the connector ---------------------------------------------------------------------- */

static bool is_standard_input(const struct file_source *source)
{
    return strcmp(source->path, "-") == 0;
}

static bool file_source_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)state;
    if (address->rest[0] == '\0' || address->rest[strlen(address->rest) - 1] == '/')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' should be " ADDRESS_HELP, address->uri);
    return true;
}

static bool file_source_open(void *state, const struct dag_address *address, struct dag_host *host,
                             const char *position, size_t position_size, struct dag_error *err)
{
    struct file_source *source = state;

    source->host = host;
    source->path = address->rest;
    source->line_size = LINE_SIZE_FIRST;
    if (!source->parser)
        source->parser = dag_json_parser_new((size_t)source->message_size_max);
    if (!source->parser)
        return dag_error_set_memory(err, "a parser");
    if (!is_standard_input(source))
        return follow_open(source, position, position_size, err);
    return stream_open(source, err);
}

static enum dag_read_status read_lines(struct file_source *source, struct dag_batch *out,
                                       struct dag_error *err)
{
    bool is_stream = is_standard_input(source);

    while (dag_batch_room(out) > 0) {
        switch (is_stream ? stream_step(source, out, err) : follow_step(source, out, err)) {
        case SOURCE_ON:
            break;
        case SOURCE_FULL:
            return DAG_READ_MORE;
        case SOURCE_IDLE:
            return DAG_READ_IDLE;
        case SOURCE_END:
            return DAG_READ_END;
        case SOURCE_FAILED:
            return DAG_READ_FAILED;
        }
    }
    return DAG_READ_MORE;
}

static enum dag_read_status file_source_read(void *state, struct dag_batch *out,
                                             struct dag_error *err)
{
    struct file_source *source = state;
    enum dag_read_status status = read_lines(source, out, err);
    uint64_t count = dag_json_parser_duplicate_keys(source->parser);

    if (count > source->duplicate_keys)
        dag_count_dropped(source->host, "duplicate_keys", count - source->duplicate_keys);
    source->duplicate_keys = count;
    return status;
}

static bool file_source_save_position(void *state, const struct dag_origin *origins,
                                      size_t lane_count, struct dag_buffer *out,
                                      struct dag_error *err)
{
    struct file_source *source = state;

    if (is_standard_input(source)) /* goes on with what comes, whatever the position */
        return dag_buffer_append(out, "null", 4) || dag_error_set_memory(err, "a position");
    return follow_save(source, origins, lane_count, out, err);
}

static void file_source_stop(void *state)
{
    struct file_source *source = state;

    if (source->host && !is_standard_input(source))
        follow_stop(source);
}

static void file_source_close(void *state)
{
    struct file_source *source = state;

    file_source_stop(source);
    stream_close(source);
    dag_json_parser_free(source->parser);
    source->parser = NULL;
    source->duplicate_keys = 0;
    source->host = NULL;
}

static void file_source_describe(void *state, char *text, size_t size)
{
    const struct file_source *source = state;

    if (!source->path || size == 0)
        return;
    if (is_standard_input(source))
        snprintf(text, size, "%" PRIu64 " bytes of standard input read", source->offset);
    else if (source->generation_count == 0)
        snprintf(text, size, "waits for '%s' to appear", source->path);
    else
        snprintf(text, size, "at byte %" PRIu64 " of '%s'", source->offset, source->path);
}

const struct dag_subscriber dag_subscriber_file = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_SEEKS | DAG_CONNECTOR_ENDS | DAG_CONNECTOR_ORDERED,
    .scheme = "file",
    .name = "FileDataSubscriber",
    .summary = "The lines of a file, a JSON message each; follows it as it grows.",
    .address_help = ADDRESS_HELP,
    .options = file_source_options,
    .state_size = sizeof(struct file_source),
    .check = file_source_check,
    .open = file_source_open,
    .read = file_source_read,
    .save_position = file_source_save_position,
    .stop = file_source_stop,
    .close = file_source_close,
    .describe = file_source_describe,
};
