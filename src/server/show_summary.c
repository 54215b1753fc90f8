/* show_summary.c - what the dashboard says of all DAGs together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_summary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/show_json.h"

#define ATTENTION_MAX 20
#define FULL_US_MIN   (10 * INT64_C(1000000)) /* a queue that is full for a moment is no trouble */
#define DETAIL_SIZE   (ENTRY_REASON_SIZE + 60)

void show_summary_read(struct show_summary *summary, struct entry *entry)
{
    const struct entry_shown *shown;

    *summary = (struct show_summary){.queue_fill = -1};
    entry_status(entry, &summary->status);
    shown = *entry_shown_lock(entry);
    if (shown) {
        summary->rates = shown->rates;
        summary->queue = shown->queue;
        summary->queue_fill = shown->queue_fill;
        summary->full_since_us = shown->full_since_us;
    }
    entry_shown_unlock(entry);
}

bool show_summary_is_running(enum entry_state state)
{
    return state == ENTRY_RUNNING || state == ENTRY_SUSPENDED || state == ENTRY_STOPPING;
}

/* ---- what needs somebody ---- */

enum attention_kind {
    ATTENTION_FAILED,
    ATTENTION_INVALID,
    ATTENTION_STARTING,
    ATTENTION_FULL,
    ATTENTION_ERRORS,
    ATTENTION_NONE,
};

static const char *const attention_names[] = {"failed", "invalid", "starting", "queue_full",
                                              "errors"};

struct attention {
    enum attention_kind kind;
    size_t entry; /* index */
    int64_t since_us;
    char detail[DETAIL_SIZE];
};

static enum attention_kind attention_kind_of(const struct show_summary *summary, int64_t now_us)
{
    enum entry_state state = summary->status.state;

    if (state == ENTRY_FAILED)
        return ATTENTION_FAILED;
    if (state == ENTRY_INVALID)
        return ATTENTION_INVALID;
    if (state == ENTRY_STARTING && summary->status.reason[0])
        return ATTENTION_STARTING;
    if (summary->full_since_us > 0 && now_us - summary->full_since_us >= FULL_US_MIN)
        return ATTENTION_FULL;
    return summary->rates.errors_in_5m >= 0.5 ? ATTENTION_ERRORS : ATTENTION_NONE;
}

static void describe(struct attention *attention, const struct show_summary *summary)
{
    attention->since_us = summary->status.since_us;
    if (attention->kind == ATTENTION_FULL) {
        attention->since_us = summary->full_since_us;
        snprintf(attention->detail, DETAIL_SIZE, "a queue is full to %.0f %%",
                 summary->queue_fill * 100);
    } else if (attention->kind == ATTENTION_ERRORS) {
        attention->since_us = 0;
        snprintf(attention->detail, DETAIL_SIZE, "%.0f errors in the last five minutes",
                 round(summary->rates.errors_in_5m));
    } else {
        snprintf(attention->detail, DETAIL_SIZE, "%s",
                 summary->status.reason[0] ? summary->status.reason : "no reason is known");
    }
}

/* Keeps the worst ones, in order; equally bad ones by name. */
static void add_attention(struct attention *list, size_t *count, const struct attention *attention)
{
    size_t at = *count < ATTENTION_MAX ? (*count)++ : ATTENTION_MAX;

    while (at > 0 && list[at - 1].kind > attention->kind) {
        if (at < ATTENTION_MAX)
            list[at] = list[at - 1];
        at--;
    }
    if (at < ATTENTION_MAX)
        list[at] = *attention;
}

/* ---- the totals ---- */

struct totals {
    size_t dags, states[SHOW_STATE_COUNT];
    double in_rate, out_rate, errors, queue_fill;
    uint64_t queue;
    struct attention *attention; /* ATTENTION_MAX of them */
    size_t attention_kept, attention_count;
};

static void add_dag(struct totals *totals, const struct show_summary *summary, size_t index,
                    int64_t now_us)
{
    struct attention attention = {.kind = attention_kind_of(summary, now_us), .entry = index};

    totals->dags++;
    totals->states[summary->status.state]++;
    totals->in_rate += summary->rates.in;
    totals->out_rate += summary->rates.out;
    totals->errors += summary->rates.errors_in_5m;
    totals->queue += summary->queue;
    totals->queue_fill = fmax(totals->queue_fill, summary->queue_fill);
    if (attention.kind == ATTENTION_NONE)
        return;
    describe(&attention, summary);
    add_attention(totals->attention, &totals->attention_kept, &attention);
    totals->attention_count++;
}

void show_states(struct writer *writer, const char *key, const size_t states[SHOW_STATE_COUNT])
{
    writer_key(writer, key);
    writer_open(writer, '{');
    for (int i = 0; i < SHOW_STATE_COUNT; i++)
        show_number(writer, entry_state_name((enum entry_state)i), states[i]);
    writer_close(writer, '}');
}

static void write_totals(struct writer *writer, const struct totals *totals, struct entry **entries)
{
    writer_open(writer, '{');
    show_number(writer, "dags", totals->dags);
    show_states(writer, "states", totals->states);
    show_real(writer, "in_rate", totals->in_rate);
    show_real(writer, "out_rate", totals->out_rate);
    show_number(writer, "queue", totals->queue);
    show_real(writer, "queue_fill", totals->queue_fill >= 0 ? totals->queue_fill : SHOW_UNKNOWN);
    show_number(writer, "errors", (uint64_t)llround(totals->errors));
    writer_key(writer, "attention");
    writer_open(writer, '[');
    for (size_t i = 0; i < totals->attention_kept; i++) {
        const struct attention *attention = &totals->attention[i];
        writer_open(writer, '{');
        writer_member(writer, "dag", entry_name(entries[attention->entry]));
        writer_member(writer, "what", attention_names[attention->kind]);
        writer_member(writer, "detail", attention->detail);
        show_time(writer, "since", attention->since_us);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
    show_number(writer, "attention_count", totals->attention_count);
    writer_close(writer, '}');
}

bool server_write_totals(struct server *server, const struct server_list *list,
                         struct dag_buffer *out)
{
    struct writer writer = {.out = out};
    struct totals totals = {.queue_fill = -1};
    size_t count = 0;
    int64_t now_us = server_now_us(server);
    struct entry **entries = entries_hold(server, &count);

    totals.attention = calloc(ATTENTION_MAX, sizeof(*totals.attention));
    bool good = entries && totals.attention;
    for (size_t i = 0; good && i < count; i++) {
        struct show_summary summary;
        if (list && list->may_see && !list->may_see(list->context, entry_name(entries[i])))
            continue;
        show_summary_read(&summary, entries[i]);
        add_dag(&totals, &summary, i, now_us);
    }
    if (good)
        write_totals(&writer, &totals, entries);
    free(totals.attention);
    if (entries)
        entries_release(entries, count);
    return good && !writer.failed;
}

/* ---- counts ---- */

void show_count_states(struct server *server, size_t states[SHOW_STATE_COUNT], size_t *total)
{
    struct entry **entries = entries_hold(server, total);
    struct entry_status status;

    if (!entries) {
        *total = 0;
        return;
    }
    for (size_t i = 0; i < *total; i++) {
        entry_status(entries[i], &status);
        states[status.state]++;
    }
    entries_release(entries, *total);
}
