/* show_list.c - the list of DAGs, page by page.
 *
 * A cursor names the last DAG of a page and its place in the order, so that pages neither skip nor
 * repeat what doesn't move meanwhile. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/names.h"
#include "server/show_json.h"
#include "server/show_summary.h"

#define LIMIT_MAX        500
#define CURSOR_SIZE      (NAME_SIZE_MAX + 40)
#define LAST_HOUR_POINTS 30

enum order { ORDER_NAME, ORDER_STATE, ORDER_IN_RATE, ORDER_ERRORS };

static const char *const order_names[] = {"name", "state", "in_rate", "errors"};

/* What needs somebody comes first. */
static const int state_ranks[] = {
    [ENTRY_FAILED] = 0,   [ENTRY_INVALID] = 1, [ENTRY_STARTING] = 2,
    [ENTRY_STOPPING] = 3, [ENTRY_RUNNING] = 4, [ENTRY_SUSPENDED] = 5,
    [ENTRY_STOPPED] = 6,  [ENTRY_ENDED] = 7,   [ENTRY_STANDBY] = 8,
};

/* A DAG and its place in the order. */
struct item {
    struct entry *entry; /* borrowed */
    double key;          /* 0 when names alone count */
};

struct sorting {
    enum order order;
    bool is_reverse;
};

static bool read_sorting(const char *sort, struct sorting *sorting, struct answer *answer)
{
    *sorting = (struct sorting){0};
    if (!sort || !sort[0])
        return true;
    sorting->is_reverse = sort[0] == '-';
    for (size_t i = 0; i < sizeof(order_names) / sizeof(order_names[0]); i++) {
        if (strcmp(sort + sorting->is_reverse, order_names[i]) == 0) {
            sorting->order = (enum order)i;
            return true;
        }
    }
    return answer_set(answer, ANSWER_BAD, "bad_sort",
                      "sort is name, state, in_rate or errors, with - in front for the other way");
}

/* ---- cursors ---- */

/* "in_rate 0x1.8p+1 NAME", in hex digits, so that nobody takes it for something to be written. */
static void write_cursor(struct writer *writer, const struct sorting *sorting,
                         const struct item *last)
{
    char plain[CURSOR_SIZE], text[CURSOR_SIZE * 2];

    snprintf(plain, sizeof(plain), "%s%s %a %s", sorting->is_reverse ? "-" : "",
             order_names[sorting->order], last->key, entry_name(last->entry));
    for (size_t i = 0; i <= strlen(plain); i++)
        snprintf(text + i * 2, 3, "%02x", (unsigned int)(unsigned char)plain[i]);
    text[strlen(plain) * 2] = '\0';
    writer_text(writer, text);
}

struct cursor {
    double key;
    char plain[CURSOR_SIZE];
    const char *name; /* in `plain` */
};

static bool unhex(const char *text, char *plain)
{
    size_t size = strlen(text);

    if (size % 2 != 0 || size / 2 >= CURSOR_SIZE)
        return false;
    for (size_t i = 0; i < size; i += 2) {
        unsigned int byte;
        if (strspn(text + i, "0123456789abcdef") < 2 || sscanf(text + i, "%2x", &byte) != 1 ||
            byte == 0)
            return false;
        plain[i / 2] = (char)byte;
    }
    plain[size / 2] = '\0';
    return true;
}

static bool read_cursor(const char *text, const struct sorting *sorting, struct cursor *cursor,
                        struct answer *answer)
{
    char *end, *key = unhex(text, cursor->plain) ? strchr(cursor->plain, ' ') : NULL;

    if (key) {
        *key++ = '\0';
        cursor->key = strtod(key, &end);
        cursor->name = end + 1;
        const char *sort = cursor->plain + (cursor->plain[0] == '-');
        if (end != key && *end == ' ' && (cursor->plain[0] == '-') == sorting->is_reverse &&
            strcmp(sort, order_names[sorting->order]) == 0 && isfinite(cursor->key))
            return true;
    }
    return answer_set(answer, ANSWER_BAD, "bad_cursor",
                      "the cursor doesn't belong to this list and order; begin without one");
}

/* ---- order ---- */

static int compare(const struct sorting *sorting, double key, const char *name, double other_key,
                   const char *other_name)
{
    int order = key < other_key ? -1 : key > other_key ? 1 : strcmp(name, other_name);

    return sorting->is_reverse ? -order : order;
}

static int compare_items(const void *a, const void *b, void *context)
{
    const struct item *item = a, *other = b;

    return compare(context, item->key, entry_name(item->entry), other->key,
                   entry_name(other->entry));
}

static double key_of(const struct sorting *sorting, const struct show_summary *summary)
{
    switch (sorting->order) {
    case ORDER_NAME:
        return 0;
    case ORDER_STATE:
        return state_ranks[summary->status.state];
    case ORDER_IN_RATE:
        return summary->rates.in;
    case ORDER_ERRORS:
        return summary->rates.errors_in_5m;
    }
    return 0;
}

static bool is_wanted(const struct server_list *list, struct entry *entry)
{
    return (!list->query || !list->query[0] || strcasestr(entry_name(entry), list->query)) &&
           (!list->may_see || list->may_see(list->context, entry_name(entry)));
}

/* Those that are wanted, in order; `items` has room for all entries. */
static size_t select_items(const struct server_list *list, const struct sorting *sorting,
                           struct entry **entries, size_t entry_count, struct item *items)
{
    bool needs_summary = sorting->order != ORDER_NAME || (list->state && list->state[0]);
    size_t count = 0;

    for (size_t i = 0; i < entry_count; i++) {
        struct show_summary summary = {0};
        if (!is_wanted(list, entries[i]))
            continue;
        if (needs_summary)
            show_summary_read(&summary, entries[i]);
        if (list->state && list->state[0] &&
            strcmp(list->state, entry_state_name(summary.status.state)) != 0)
            continue;
        items[count++] = (struct item){.entry = entries[i], .key = key_of(sorting, &summary)};
    }
    if (sorting->order != ORDER_NAME || sorting->is_reverse)
        qsort_r(items, count, sizeof(*items), compare_items, (void *)(uintptr_t)sorting);
    return count;
}

/* ---- what is written ---- */

static void write_last_hour(struct writer *writer, struct entry *entry, int64_t now_us)
{
    double points[LAST_HOUR_POINTS];
    const struct entry_shown *shown = *entry_shown_lock(entry);
    bool is_known = shown && shown->series;

    if (is_known)
        series_recent(shown->series, now_us, points, LAST_HOUR_POINTS);
    entry_shown_unlock(entry);
    writer_key(writer, "last_hour");
    writer_open(writer, '[');
    for (size_t i = 0; is_known && i < LAST_HOUR_POINTS; i++)
        show_real_value(writer, isfinite(points[i]) ? round(points[i] * 100) / 100 : SHOW_UNKNOWN);
    writer_close(writer, ']');
}

static void write_item(struct writer *writer, struct entry *entry, int64_t now_us)
{
    struct show_summary summary;
    struct incarnation *now = entry_use(entry);
    const struct plan *plan = now ? now->plan : NULL;

    show_summary_read(&summary, entry);
    const struct entry_status *status = &summary.status;
    writer_open(writer, '{');
    writer_member(writer, "name", entry_name(entry));
    writer_member(writer, "state", entry_state_name(status->state));
    writer_member(writer, "reason", status->reason[0] ? status->reason : NULL);
    show_time(writer, "since", status->since_us);
    writer_member(writer, "by", status->by[0] ? status->by : NULL);
    show_bool(writer, "is_running", show_summary_is_running(status->state));
    show_bool(writer, "is_suspended", status->state == ENTRY_SUSPENDED);
    show_bool(writer, "in_time_window", status->in_time_window);
    show_time(writer, "next_change",
              status->next_change_us == INT64_MAX ? 0 : status->next_change_us);
    writer_member(writer, "start_time", plan ? plan->start_time : NULL);
    writer_member(writer, "end_time", plan ? plan->end_time : NULL);
    writer_member(writer, "duration", plan ? plan->duration : NULL);
    show_count(writer, "revision", status->revision);
    show_count(writer, "running_revision", status->running_revision);
    show_number(writer, "node_count", plan ? plan->node_count : 0);
    show_bool(writer, "is_clone", status->is_clone);
    show_real(writer, "in_rate", summary.rates.in);
    show_real(writer, "out_rate", summary.rates.out);
    show_number(writer, "queue", summary.queue);
    show_real(writer, "queue_fill", summary.queue_fill >= 0 ? summary.queue_fill : SHOW_UNKNOWN);
    show_number(writer, "errors", (uint64_t)llround(summary.rates.errors_in_5m));
    write_last_hour(writer, entry, now_us);
    writer_close(writer, '}');
    incarnation_release(now);
}

static void write_page(struct writer *writer, const struct sorting *sorting,
                       const struct item *items, size_t count, size_t first, size_t limit,
                       int64_t now_us)
{
    size_t end = count - first > limit ? first + limit : count;

    writer_open(writer, '{');
    writer_key(writer, "items");
    writer_open(writer, '[');
    for (size_t i = first; i < end; i++)
        write_item(writer, items[i].entry, now_us);
    writer_close(writer, ']');
    writer_key(writer, "next_cursor");
    if (end < count)
        write_cursor(writer, sorting, &items[end - 1]);
    else
        writer_text(writer, NULL);
    show_number(writer, "total", count);
    writer_close(writer, '}');
}

bool server_write_list(struct server *server, const struct server_list *list,
                       struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    struct sorting sorting;
    struct cursor cursor = {.name = ""};
    size_t entry_count = 0, first = 0;

    if (list->limit < 1 || list->limit > LIMIT_MAX)
        return answer_set(answer, ANSWER_BAD, "bad_limit", "limit is 1 to %d", LIMIT_MAX);
    if (!read_sorting(list->sort, &sorting, answer) ||
        (list->cursor && !read_cursor(list->cursor, &sorting, &cursor, answer)))
        return false;
    struct entry **entries = entries_hold(server, &entry_count);
    struct item *items = calloc(entry_count + 1, sizeof(*items));
    if (entries && items) {
        size_t count = select_items(list, &sorting, entries, entry_count, items);
        while (list->cursor && first < count &&
               compare(&sorting, items[first].key, entry_name(items[first].entry), cursor.key,
                       cursor.name) <= 0)
            first++;
        write_page(&writer, &sorting, items, count, first, list->limit, server_now_us(server));
    }
    bool good = entries && items && !writer.failed;
    free(items);
    if (entries)
        entries_release(entries, entry_count);
    return good || answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
}
