/* audit_list.c - the audit log as it is shown: the newest first, by pages. What a request wrote
 * when it began and when it ended is one entry, where it began: so an entry stays where it is, and
 * pages don't shift. The end stands behind the beginning, so it is met first and waits for that. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/audit_files.h"
#include "server/audit_match.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500
#define LOST          "the server ended before this did: whether it was done is unknown"

/* ---- ends that wait for their beginnings ---- */

struct end {
    struct end *next;
    struct audit_line line;
    char text[];
};

struct page {
    const struct audit_matcher *matcher;
    struct dag_buffer *out;
    struct end *ends; /* owned; the one met last is first, and most often the one that is due */
    size_t limit, count;
    uint64_t before; /* entries with lower numbers are still to be looked at */
    uint64_t opened; /* what began up to here and didn't end never will */
    bool is_full, no_memory;
};

static void keep_end(struct page *page, const struct audit_line *line)
{
    struct end *end = malloc(sizeof(*end) + line->size);

    if (!end) {
        page->no_memory = page->is_full = true;
        return;
    }
    memcpy(end->text, line->text, line->size);
    audit_line_read(end->text, line->size, &end->line);
    end->next = page->ends;
    page->ends = end;
}

/* The end of what began there; the caller frees it. NULL: there is none. */
static struct end *take_end(struct page *page, uint64_t begun)
{
    struct end **place = &page->ends;

    while (*place && (*place)->line.begun != begun)
        place = &(*place)->next;

    struct end *end = *place;

    if (end)
        *place = end->next;
    return end;
}

static void free_ends(struct page *page)
{
    while (page->ends) {
        struct end *end = page->ends;

        page->ends = end->next;
        free(end);
    }
}

/* ---- entries ---- */

static bool put(struct dag_buffer *out, const char *from, const char *to)
{
    return dag_buffer_append(out, from, (size_t)(to - from));
}

static bool put_text(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

static bool has_result(const struct audit_line *line, const char *result)
{
    char member[32];
    int size = snprintf(member, sizeof(member), ",\"result\":\"%s\"", result);

    return memmem(line->text, (size_t)(line->tail - line->text), member, (size_t)size) != NULL;
}

/* Where it is by now. `*note` gets what has to be told about that, or NULL. */
static const char *state_of(const struct page *page, const struct audit_line *line,
                            const char **note)
{
    *note = NULL;
    if (has_result(line, "ok"))
        return "done";
    if (!has_result(line, "begun"))
        return has_result(line, "denied") ? "denied" : "failed";
    if (line->number > page->opened)
        return "begun";
    *note = LOST;
    return "unknown";
}

/* The members that both have, as the end has them: by then more was known. */
static bool put_members(struct dag_buffer *out, const struct audit_line *line, const char *note)
{
    static const char empty[] = ",\"detail\":\"\"";
    const char *detail =
        note ? memmem(line->rest, (size_t)(line->tail - line->rest), empty, sizeof(empty) - 1)
             : NULL;

    if (!detail)
        return put(out, line->rest, line->tail);
    detail += sizeof(empty) - 2;
    return put(out, line->rest, detail) && put_text(out, note) && put(out, detail, line->tail);
}

/* `end` is `begin` where one line tells all. */
static bool put_entry(struct page *page, const struct audit_line *begin,
                      const struct audit_line *end)
{
    const char *note;
    const char *state = state_of(page, end, &note);
    bool has_ended = !has_result(end, "begun");
    char more[120];

    snprintf(more, sizeof(more), ",\"state\":\"%s\",\"ended_at\":%s%.*s%s", state,
             has_ended ? "\"" : "null", has_ended ? AUDIT_TIME_SIZE : 0, end->time,
             has_ended ? "\"" : "");
    return (page->count == 0 || put_text(page->out, ",")) &&
           put(page->out, begin->text, begin->rest) && put_members(page->out, end, note) &&
           put_text(page->out, more) && put(page->out, begin->tail, begin->text + begin->size);
}

static void add_entry(struct page *page, const struct audit_line *begin,
                      const struct audit_line *end)
{
    if (!end->time || !begin->time || !audit_matches_time(page->matcher, begin) ||
        !audit_matches_texts(page->matcher, end))
        return;
    page->no_memory |= !put_entry(page, begin, end);
    page->count++;
    page->is_full = page->count >= page->limit || page->no_memory;
}

static void take_line(struct page *page, const char *text, size_t size)
{
    struct audit_line line;

    if (!audit_line_read(text, size, &line))
        return;
    if (line.begun > 0) {
        if (line.begun < page->before)
            keep_end(page, &line);
        if (line.number < page->before)
            page->before = line.number;
        return;
    }
    if (line.number >= page->before)
        return;
    page->before = line.number;

    struct end *end = take_end(page, line.number);

    add_entry(page, &line, end ? &end->line : &line);
    free(end);
}

/* Of a log whose beginnings were lost: nothing is left out. */
static void add_lost_ends(struct page *page)
{
    for (const struct end *end = page->ends; end && !page->no_memory; end = end->next)
        add_entry(page, &end->line, &end->line);
}

/* ---- files ---- */

/* Lines from the last to the first; what stands behind the last LF isn't finished. */
static void take_backwards(struct page *page, const struct dag_buffer *bytes)
{
    const char *end = bytes->size > 0 ? memrchr(bytes->bytes, '\n', bytes->size) : NULL;

    while (end && !page->is_full) {
        size_t size = (size_t)(end - bytes->bytes);
        const char *before = size > 0 ? memrchr(bytes->bytes, '\n', size) : NULL;
        const char *line = before ? before + 1 : bytes->bytes;

        take_line(page, line, (size_t)(end - line));
        end = before;
    }
}

/* How many entries the lines of a log make that is one file. */
static uint64_t count_entries(const struct dag_buffer *bytes, uint64_t last_number)
{
    const char *at = bytes->bytes, *end;
    uint64_t count = 0;

    for (size_t rest = bytes->size; rest > 0 && (end = memchr(at, '\n', rest));
         rest -= (size_t)(end - at) + 1, at = end + 1) {
        struct audit_line line;

        count += audit_line_read(at, (size_t)(end - at), &line) && line.begun == 0 &&
                 line.number <= last_number;
    }
    return count;
}

/* Whether a file has to be read: of those behind the page only the next one, for the ends of what
 * began on the page. */
static bool is_wanted(const struct audit_files *files, size_t i, uint64_t before)
{
    return files->first[i] < before || (i > 0 && files->first[i - 1] < before);
}

static bool read_backwards(const struct audit_view *view, struct page *page, uint64_t *total,
                           struct dag_error *err)
{
    struct audit_files files = {0};
    struct dag_buffer bytes = {0};
    uint64_t scanned = 0;
    bool done = audit_files_find(view->storage, view->folder, &files, err);

    for (size_t i = files.count; done && i > 0 && !page->is_full && scanned < AUDIT_SCAN_MAX; i--) {
        uint64_t first = files.first[i - 1];

        if (!is_wanted(&files, i - 1, page->before))
            continue;
        done = audit_files_read(view->storage, view->folder, first, &bytes, err);
        if (!done)
            break;
        scanned += bytes.size;
        take_backwards(page, &bytes);
        if (files.count == 1)
            *total = count_entries(&bytes, view->last_number);
        if (!page->is_full && page->before > first)
            page->before = first; /* what is damaged at its front isn't looked at again */
    }
    if (done && (files.count == 0 || page->before <= files.first[0])) {
        page->before = 0;
        add_lost_ends(page);
    }
    dag_buffer_free(&bytes);
    free(files.first);
    return done;
}

/* ---- the page ---- */

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

bool audit_list(struct audit *audit, const struct audit_filter *filter, size_t limit,
                const char *cursor, struct dag_buffer *out, struct dag_error *err)
{
    struct audit_view view = audit_view(audit);
    struct audit_matcher matcher;
    struct page page = {.matcher = &matcher, .out = out, .opened = view.opened_number};
    uint64_t count = UINT64_MAX;
    char tail[100], next[32] = "null", total[24] = "null";

    page.limit = limit == 0 ? LIMIT_DEFAULT : limit > LIMIT_MAX ? LIMIT_MAX : limit;
    if (!read_cursor(cursor, view.last_number, &page.before, err) ||
        !audit_matcher_init(&matcher, filter, err))
        return false;
    page.no_memory = !put_text(out, "{\"items\":[");
    bool done = read_backwards(&view, &page, &count, err);
    if (page.before > 0)
        snprintf(next, sizeof(next), "\"%" PRIu64 "\"", page.before);
    if (!matcher.has_any && count != UINT64_MAX)
        snprintf(total, sizeof(total), "%" PRIu64, count);
    snprintf(tail, sizeof(tail), "],\"next_cursor\":%s,\"total\":%s}", next, total);
    page.no_memory |= !put_text(out, tail);
    free_ends(&page);
    audit_matcher_deinit(&matcher);
    if (done && page.no_memory)
        return dag_error_set_memory(err, "a page of the audit log");
    return done;
}
