/* audit_read.c - the audit log as it is shown: newest first by pages, or all of it as lines. A line
 * is matched as it stands: its texts are escaped, so that "key":"text" appears only where it is
 * meant. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "server/audit.h"
#include "server/audit_files.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500
#define EXPORT_SIZE   ((size_t)64 << 10) /* lines are given in runs of about so many bytes */
#define TIME_BEGIN    "\"time\":\""
#define TIME_SIZE     24 /* of RFC 3339 with milliseconds: the texts sort as the times do */
#define TAIL_BEGIN    ",\"prev\":\""

/* ---- which lines ---- */

struct matcher {
    struct dag_buffer needles[5]; /* owned; the last is part of any text; empty: any line */
    char from[32], to[32];        /* "": open */
    bool has_any;
};

static bool add_escaped(struct dag_buffer *out, const char *text)
{
    size_t size = strlen(text);

    if (!dag_buffer_reserve(out, text_escape_bound(size)))
        return false;
    out->size += text_escape(out->bytes + out->size, text, size);
    return true;
}

static bool add_needle(struct matcher *matcher, size_t i, const char *key, const char *text)
{
    struct dag_buffer *needle = &matcher->needles[i];

    if (!text || (!key && !*text))
        return true;
    matcher->has_any = true;
    if (!key)
        return add_escaped(needle, text);
    return dag_buffer_append(needle, ",\"", 2) && dag_buffer_append(needle, key, strlen(key)) &&
           dag_buffer_append(needle, "\":\"", 3) && add_escaped(needle, text) &&
           dag_buffer_append(needle, "\"", 1);
}

static void matcher_deinit(struct matcher *matcher)
{
    for (size_t i = 0; i < sizeof(matcher->needles) / sizeof(matcher->needles[0]); i++)
        dag_buffer_free(&matcher->needles[i]);
}

static bool matcher_init(struct matcher *matcher, const struct audit_filter *filter,
                         struct dag_error *err)
{
    *matcher = (struct matcher){0};
    if (!filter)
        return true;
    if (filter->from_us)
        clock_format(filter->from_us, matcher->from);
    if (filter->to_us)
        clock_format(filter->to_us, matcher->to);
    matcher->has_any = filter->from_us || filter->to_us;
    if (add_needle(matcher, 0, "actor", filter->actor) &&
        add_needle(matcher, 1, "action", filter->action) &&
        add_needle(matcher, 2, "object", filter->object) &&
        add_needle(matcher, 3, "result", filter->result) &&
        add_needle(matcher, 4, NULL, filter->query))
        return true;
    matcher_deinit(matcher);
    return dag_error_set_memory(err, "a search of the audit log");
}

static bool is_in_time(const struct matcher *matcher, const char *line, size_t size)
{
    const char *time = memmem(line, size, TIME_BEGIN, sizeof(TIME_BEGIN) - 1);

    if (!matcher->from[0] && !matcher->to[0])
        return true;
    if (!time || (size_t)(line + size - time) < sizeof(TIME_BEGIN) - 1 + TIME_SIZE)
        return false;
    time += sizeof(TIME_BEGIN) - 1;
    return (!matcher->from[0] || memcmp(time, matcher->from, TIME_SIZE) >= 0) &&
           (!matcher->to[0] || memcmp(time, matcher->to, TIME_SIZE) < 0);
}

static bool matches(const struct matcher *matcher, const char *line, size_t size)
{
    const char *tail = memmem(line, size, TAIL_BEGIN, sizeof(TAIL_BEGIN) - 1);
    size_t searched = tail ? (size_t)(tail - line) : size;

    if (!is_in_time(matcher, line, size))
        return false;
    for (size_t i = 0; i < sizeof(matcher->needles) / sizeof(matcher->needles[0]); i++) {
        const struct dag_buffer *needle = &matcher->needles[i];

        if (needle->size > 0 && !memmem(line, searched, needle->bytes, needle->size))
            return false;
    }
    return true;
}

/* 0: it is no line of the log. */
static uint64_t number_of(const char *line, size_t size)
{
    static const char begin[] = "{\"number\":";
    uint64_t number = 0;

    if (size < sizeof(begin) || memcmp(line, begin, sizeof(begin) - 1) != 0)
        return 0;
    for (size_t i = sizeof(begin) - 1; i < size && line[i] >= '0' && line[i] <= '9'; i++)
        number = number * 10 + (uint64_t)(line[i] - '0');
    return number;
}

/* ---- the newest first ---- */

struct page {
    const struct matcher *matcher;
    struct dag_buffer *out;
    size_t limit, count;
    uint64_t before; /* entries with lower numbers are still to be looked at */
    bool is_full, no_memory;
};

static void take_entry(struct page *page, const char *line, size_t size)
{
    uint64_t number = number_of(line, size);

    if (number == 0 || number >= page->before)
        return;
    page->before = number;
    if (!matches(page->matcher, line, size))
        return;
    page->no_memory |= (page->count > 0 && !dag_buffer_append(page->out, ",", 1)) ||
                       !dag_buffer_append(page->out, line, size);
    page->count++;
    page->is_full = page->count == page->limit || page->no_memory;
}

/* Lines from the last to the first; what stands behind the last LF isn't finished. */
static void take_backwards(struct page *page, const struct dag_buffer *bytes)
{
    const char *end = bytes->size > 0 ? memrchr(bytes->bytes, '\n', bytes->size) : NULL;

    while (end && !page->is_full) {
        size_t size = (size_t)(end - bytes->bytes);
        const char *before = size > 0 ? memrchr(bytes->bytes, '\n', size) : NULL;
        const char *line = before ? before + 1 : bytes->bytes;

        take_entry(page, line, (size_t)(end - line));
        end = before;
    }
}

static bool read_backwards(const struct audit_view *view, struct page *page, struct dag_error *err)
{
    struct audit_files files = {0};
    struct dag_buffer bytes = {0};
    uint64_t scanned = 0;
    bool done = audit_files_find(view->storage, view->folder, &files, err);

    for (size_t i = files.count; done && i > 0 && !page->is_full; i--) {
        uint64_t first = files.first[i - 1];

        if (first >= page->before)
            continue;
        if (scanned >= AUDIT_SCAN_MAX)
            break;
        done = audit_files_read(view->storage, view->folder, first, &bytes, err);
        if (!done)
            break;
        scanned += bytes.size;
        take_backwards(page, &bytes);
        if (!page->is_full && page->before > first)
            page->before = first; /* what is damaged at its front isn't looked at again */
    }
    if (done && (files.count == 0 || page->before <= files.first[0]))
        page->before = 0;
    dag_buffer_free(&bytes);
    free(files.first);
    return done;
}

static bool read_cursor(const char *cursor, uint64_t last, uint64_t *before, struct dag_error *err)
{
    char *end = NULL;

    *before = last + 1;
    if (!cursor)
        return true;
    unsigned long long number =
        cursor[0] >= '0' && cursor[0] <= '9' ? strtoull(cursor, &end, 10) : 0;
    if (number == 0 || *end)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%.40s' is no cursor: take next_cursor of the page before", cursor);
    if (number < *before)
        *before = number;
    return true;
}

static bool add_text(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

bool audit_list(struct audit *audit, const struct audit_filter *filter, size_t limit,
                const char *cursor, struct dag_buffer *out, struct dag_error *err)
{
    struct audit_view view = audit_view(audit);
    struct matcher matcher;
    struct page page = {.matcher = &matcher, .out = out};
    char tail[100], next[32] = "null", total[24] = "null";

    page.limit = limit == 0 ? LIMIT_DEFAULT : limit > LIMIT_MAX ? LIMIT_MAX : limit;
    if (!read_cursor(cursor, view.last_number, &page.before, err) ||
        !matcher_init(&matcher, filter, err))
        return false;
    page.no_memory = !add_text(out, "{\"items\":[");
    bool done = read_backwards(&view, &page, err);
    if (page.before > 0)
        snprintf(next, sizeof(next), "\"%" PRIu64 "\"", page.before);
    if (!matcher.has_any)
        snprintf(total, sizeof(total), "%" PRIu64, view.last_number);
    snprintf(tail, sizeof(tail), "],\"next_cursor\":%s,\"total\":%s}", next, total);
    page.no_memory |= !add_text(out, tail);
    matcher_deinit(&matcher);
    if (done && page.no_memory)
        return dag_error_set_memory(err, "a page of the audit log");
    return done;
}

/* ---- all of it ---- */

struct export
{
    const struct matcher *matcher;
    uint64_t last_number;
    bool (*lines)(void *context, const char *bytes, size_t size);
    void *context;
    struct dag_buffer run; /* owned; lines that weren't given yet */
    bool is_ended, no_memory;
};

static void give(struct export *export)
{
    if (export->run.size > 0)
        export->is_ended |= !export->lines(export->context, export->run.bytes, export->run.size);
    export->run.size = 0;
}

static void export_file(struct export *export, const struct dag_buffer *bytes)
{
    const char *line = bytes->bytes, *end;

    for (size_t rest = bytes->size; rest > 0 && !export->is_ended;
         rest -= (size_t)(end - line) + 1, line = end + 1) {
        end = memchr(line, '\n', rest);
        size_t size = end ? (size_t)(end - line) : 0;

        if (!end || number_of(line, size) > export->last_number)
            return;
        if (!matches(export->matcher, line, size))
            continue;
        export->no_memory |= !dag_buffer_append(&export->run, line, size + 1);
        export->is_ended |= export->no_memory;
        if (export->run.size >= EXPORT_SIZE)
            give(export);
    }
}

bool audit_export(struct audit *audit, const struct audit_filter *filter,
                  bool (*lines)(void *context, const char *bytes, size_t size), void *context,
                  struct dag_error *err)
{
    struct audit_view view = audit_view(audit);
    struct matcher matcher;
    struct audit_files files = {0};
    struct dag_buffer bytes = {0};
    struct export export = {
        .matcher = &matcher, .last_number = view.last_number, .lines = lines, .context = context};

    if (!matcher_init(&matcher, filter, err))
        return false;
    bool done = audit_files_find(view.storage, view.folder, &files, err);
    for (size_t i = 0; done && i < files.count && !export.is_ended; i++) {
        done = audit_files_read(view.storage, view.folder, files.first[i], &bytes, err);
        if (done)
            export_file(&export, &bytes);
    }
    if (done && !export.is_ended)
        give(&export);
    dag_buffer_free(&export.run);
    dag_buffer_free(&bytes);
    free(files.first);
    matcher_deinit(&matcher);
    if (done && export.no_memory)
        return dag_error_set_memory(err, "an export of the audit log");
    return done;
}
