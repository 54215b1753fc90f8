/* json_lines.c - lines to rows; see dag/json.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_parser.h"

/* Reads the line at source->begin. `*next` is behind its line feed. */
enum line_outcome { LINE_ROW, LINE_BLANK, LINE_BAD };

static inline enum line_outcome read_line(struct dag_json_parser *parser, struct dag_row *row,
                                          const char **next)
{
    struct json_source *source = &parser->source;
    const char *p = source->begin;

    if (json_unlikely(*p != '{')) {
        p = json_skip_front(source, p);
        if (p == source->end || *p == '\n') {
            *next = p + (p < source->end);
            return LINE_BLANK;
        }
    }
    p = json_message(parser, p, row);
    if (json_unlikely(!p))
        return LINE_BAD;
    if (json_unlikely(p >= source->end || *p != '\n')) {
        if (p > source->end) {
            json_fail(source, p, NULL);
            return LINE_BAD;
        }
        p = json_skip_space(source, p);
        if (p < source->end && *p != '\n') {
            json_fail(source, p, "text behind the value");
            return LINE_BAD;
        }
    }
    *next = p + (p < source->end);
    if (json_likely((size_t)(p - source->begin) <= parser->message_size_max))
        return LINE_ROW;
    json_fail_size(parser);
    return LINE_BAD;
}

/* Appends a rejected row for the line at source->begin. NULL: out of memory. */
static const char *reject_line(struct dag_json_parser *parser, const char *text,
                               struct dag_origin origin)
{
    struct json_source *source = &parser->source;
    const char *begin = source->begin;

    if (!source->failed_at)
        return NULL;
    const char *feed = memchr(source->failed_at, '\n', (size_t)(source->end - source->failed_at));
    const char *line_end = feed ? feed : source->end, *next = feed ? feed + 1 : source->end;
    if ((size_t)(line_end - begin) > parser->message_size_max)
        json_fail_size(parser);
    origin.offset += (size_t)(next - text);
    return json_reject(parser, begin, (size_t)(line_end - begin), origin) ? next : NULL;
}

/* Parses whole lines. The result is behind the last one taken; NULL: out of memory. */
static const char *read_lines(struct dag_json_parser *parser, const char *text,
                              const char *text_end, struct dag_origin origin)
{
    struct dag_batch *batch = parser->source.batch;
    const char *line = text;

    json_source_begin(&parser->source, text, text_end, true);
    while (line < text_end && batch_room(batch) > 0) {
        struct dag_row row;
        const char *next = NULL;
        enum line_outcome outcome;

        parser->source.begin = line;
        outcome = read_line(parser, &row, &next);
        if (json_likely(outcome == LINE_ROW)) {
            struct dag_origin at = origin;
            at.offset += (size_t)(next - text);
            if (json_unlikely(!json_append(parser, &row, at)))
                return NULL;
        } else if (outcome == LINE_BAD) {
            next = reject_line(parser, text, origin);
            if (!next)
                return NULL;
        }
        line = next;
    }
    return line;
}

/* Remembers where the rows' text lies: the journal copies it instead of writing JSON anew. */
static void note_lines(struct dag_batch *batch, uint32_t rows_before, const char *text,
                       struct dag_origin origin)
{
    if (rows_before == 0) {
        batch->lines = text;
        batch->lines_offset = origin.offset;
        batch->lines_rows = batch->row_count;
    } else if (batch->lines && batch->lines_rows == rows_before &&
               batch->lines + (origin.offset - batch->lines_offset) == text) {
        batch->lines_rows = batch->row_count;
    }
}

bool dag_json_parse_lines(struct dag_json_parser *parser, struct dag_batch *batch, const char *text,
                          size_t size, bool is_last, struct dag_origin origin, size_t *consumed,
                          struct dag_error *err)
{
    const char *text_end = text + size;

    *consumed = 0;
    if (!is_last) {
        const char *feed = memrchr(text, '\n', size);
        text_end = feed ? feed + 1 : text;
    }
    if (text == text_end)
        return true;
    if (!json_begin(parser, batch, JSON_LINES_VALUES))
        return dag_error_set_memory(err, "lines");
    uint32_t rows = batch->row_count;
    const char *next = read_lines(parser, text, text_end, origin);
    json_end(parser);
    if (!next)
        return dag_error_set_memory(err, "lines");
    *consumed = (size_t)(next - text);
    note_lines(batch, rows, text, origin);
    return true;
}
