/* why.c - see why.h. What keeps the whole DAG still is the one cause; else it is looked for from
 * the publishers backwards, because whoever waits waits for somebody further down. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/why.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "server/show_json.h"

#define OBJECT_SIZE_MAX 1100 /* a kind and a name of 1,024 characters */
#define DETAIL_SIZE_MAX 1600

struct finding {
    const char *what; /* stable */
    const char *kind, *name;
    int64_t since_us;
    const char *suggestion;
};

struct why {
    struct writer *writer;
    const struct why_facts *facts;
    size_t count;
};

static void find(struct why *why, const struct finding *finding, const char *format, ...)
    DAG_PRINTF(3, 4);

static void find(struct why *why, const struct finding *finding, const char *format, ...)
{
    char object[OBJECT_SIZE_MAX], detail[DETAIL_SIZE_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    snprintf(object, sizeof(object), "%s %s", finding->kind, finding->name);
    writer_open(why->writer, '{');
    writer_member(why->writer, "what", finding->what);
    writer_member(why->writer, "object", object);
    show_time(why->writer, "since", finding->since_us);
    writer_member(why->writer, "detail", detail);
    writer_member(why->writer, "suggestion", finding->suggestion);
    writer_close(why->writer, '}');
    why->count++;
}

/* " (next try 2026-...)" or "". */
static const char *next_text(int64_t time_us, const char *before, char out[64])
{
    char time[32];

    out[0] = '\0';
    if (time_us > 0) {
        clock_format(time_us, time);
        snprintf(out, 64, "%s%s", before, time);
    }
    return out;
}

/* ---- what keeps the whole DAG still ---- */

static bool find_life(struct why *why)
{
    const struct why_facts *facts = why->facts;
    struct finding finding = {.kind = "DAG", .name = facts->dag, .since_us = facts->state_since_us};
    char next[64];

    if (!facts->plan) {
        finding.what = "invalid";
        finding.suggestion = "mend the definition";
        find(why, &finding, "the definition is invalid: %s",
             facts->invalid ? facts->invalid : "it has problems");
    } else if (facts->failure && facts->failure[0]) {
        finding.what = "failed";
        finding.suggestion = "mend the cause, then start the DAG";
        find(why, &finding, "the DAG failed: %s", facts->failure);
    } else if (facts->starting) {
        finding.what = "not_starting";
        finding.suggestion = "mend the cause; it starts by itself then";
        find(why, &finding, "the DAG can't be started: %s%s", facts->starting,
             next_text(facts->retry_at_us, "; tried again at ", next));
    } else if (facts->is_standby) {
        finding.what = "standby";
        finding.suggestion = "ask the primary";
        find(why, &finding, "this instance is a standby and runs nothing");
    } else if (facts->is_outside_window) {
        finding.what = "window_closed";
        finding.suggestion = "wait, change the window, or start the DAG by hand";
        find(why, &finding, "its time window is closed%s",
             next_text(facts->next_opening_us, "; it opens at ", next));
    } else if (facts->is_stopped || facts->is_suspended) {
        finding.what = facts->is_stopped ? "stopped" : "suspended";
        finding.suggestion = facts->is_stopped ? "start the DAG" : "resume the DAG";
        find(why, &finding, "the DAG is %s%s%s", finding.what, facts->by ? " by " : "",
             facts->by ? facts->by : "");
    } else if (facts->has_ended) {
        finding.what = "ended";
        finding.suggestion = "nothing needs to be done; start the DAG to read again";
        find(why, &finding, "all its sources have ended and everything is out");
    }
    return why->count > 0;
}

/* ---- connectors ---- */

static void find_sinks(struct why *why)
{
    const struct plan *plan = why->facts->plan;
    char next[64];

    for (size_t i = 0; why->facts->sinks && i < plan->publisher_count; i++) {
        const struct why_sink *sink = &why->facts->sinks[i];
        struct finding finding = {.kind = "publisher", .name = plan->publishers[i].name};
        if (sink->error) {
            finding.what = "sink_failing";
            finding.since_us = sink->error_since_us;
            finding.suggestion = "look after the system that it writes to";
            find(why, &finding, "%s%s", sink->error,
                 next_text(sink->next_try_us, "; tried again at ", next));
        } else if (sink->waits_for && (sink->is_full || sink->depth > 0)) {
            finding.what = "sink_waiting";
            finding.since_us = sink->waits_since_us;
            finding.suggestion = "look after whoever it waits for";
            find(why, &finding, "it waits: %s", sink->waits_for);
        }
        if (sink->is_full) {
            finding.what = "sink_full";
            finding.suggestion =
                "see what the publisher waits for; set when_slow to spill to go on "
                "meanwhile";
            find(why, &finding, "its queue is full with %" PRIu64 " messages: no cycle runs",
                 sink->depth);
        }
    }
}

static void find_journal(struct why *why)
{
    struct finding finding = {.what = "journal",
                              .kind = "journal of",
                              .name = why->facts->dag,
                              .since_us = why->facts->journal_since_us,
                              .suggestion = "make room on the disk, or see why it is slow"};
    char next[64];

    if (why->facts->journal)
        find(why, &finding, "no cycle runs until the journal is safe: %s%s", why->facts->journal,
             next_text(why->facts->journal_next_try_us, "; tried again at ", next));
}

static void find_source(struct why *why, size_t index)
{
    const struct why_source *source = &why->facts->sources[index];
    const struct plan_subscriber *plan = &why->facts->plan->subscribers[index];
    struct finding finding = {.kind = "subscriber", .name = plan->name};
    char next[64];

    if (!source->is_read) {
        finding.what = "not_read";
        finding.suggestion = "name it as `subscriber` of a node, or remove it";
        find(why, &finding, "no node reads it");
    } else if (source->error) {
        finding.what = "not_connected";
        finding.since_us = source->error_since_us;
        finding.suggestion = "look after the system that it reads from";
        find(why, &finding, "%s%s", source->error,
             next_text(source->next_try_us, "; tried again at ", next));
    } else if (source->is_starved) {
        finding.what = "memory_limit";
        finding.suggestion =
            "see what stands above; raise memory_limit if it is meant to hold more";
        find(why, &finding, "it isn't read, because the DAG holds as much as its memory_limit");
    } else if (source->is_full || (source->depth_max > 0 && source->depth >= source->depth_max)) {
        finding.what = "queue_full";
        finding.suggestion = "see what stands above; raise max_depth only for bursts";
        find(why, &finding, "its queue is full with %" PRIu64 " messages", source->depth);
    } else if (source->depth == 0 && source->has_ended) {
        finding.what = "source_ended";
        finding.since_us = source->last_receive_us;
        finding.suggestion = "nothing more will come from it";
        find(why, &finding, "it has come to its end after %" PRIu64 " messages",
             source->receive_count);
    } else if (source->depth == 0) {
        finding.what = "no_input";
        finding.since_us = source->last_receive_us;
        finding.suggestion = "see whether anything is sent there";
        find(why, &finding, "%s%s%s",
             source->receive_count > 0 ? "nothing waits, and nothing has come since then"
                                       : "no message has come yet",
             source->rests ? "; the source says: " : "", source->rests ? source->rests : "");
    }
}

/* ---- nodes ---- */

static void find_node(struct why *why, size_t index)
{
    const struct plan_node *plan = &why->facts->plan->nodes[index];
    const struct engine_node_stats *stats = &why->facts->nodes[index];
    const char *last = why->facts->last_errors ? why->facts->last_errors[index] : NULL;
    bool is_gated = plan->propagate == PLAN_PROPAGATE_CHANGES;
    struct finding finding = {
        .kind = "node", .name = plan->name, .since_us = stats->last_compute_us};

    if (plan->kind == PLAN_NODE_SINK || stats->computed == 0 || stats->emitted > 0)
        return;
    if (stats->errors > 0 && stats->errors >= stats->computed) {
        finding.what = "node_failing";
        finding.suggestion = "see the node's errors, and its dead letters";
        find(why, &finding, "every one of its %" PRIu64 " messages is an error; the last: %s",
             stats->computed, last ? last : "not kept");
    } else if (stats->filtered > 0 && !is_gated) {
        finding.what = "all_filtered";
        finding.suggestion = "see whether the node's condition is meant so";
        find(why, &finding, "it let none of %" PRIu64 " messages pass", stats->computed);
    } else if (is_gated) {
        finding.what = "unchanged";
        finding.suggestion = "set propagate to every to pass equal outputs on";
        find(why, &finding, "its output was always equal to the one before (propagate: changes)");
    }
}

static void find_nothing_published(struct why *why)
{
    const struct plan *plan = why->facts->plan;
    struct finding finding = {.what = "no_publisher",
                              .kind = "DAG",
                              .name = why->facts->dag,
                              .suggestion = "name a publisher in `publishers` of a node"};

    for (size_t i = 0; i < plan->node_count; i++)
        if (plan->nodes[i].publisher_count > 0)
            return;
    find(why, &finding, "no node has a publisher, so nothing comes out");
}

static void find_flow(struct why *why)
{
    const struct why_facts *facts = why->facts;

    find_sinks(why);
    find_journal(why);
    for (size_t i = 0; facts->sources && i < facts->plan->subscriber_count; i++)
        find_source(why, i);
    for (size_t i = 0; facts->nodes && i < facts->plan->node_count; i++)
        find_node(why, (size_t)facts->plan->order[i]);
    find_nothing_published(why);
}

void why_write(struct writer *writer, const struct why_facts *facts)
{
    struct why why = {.writer = writer, .facts = facts};

    writer_open(writer, '{');
    writer_member(writer, "dag", facts->dag);
    writer_member(writer, "state", facts->state);
    writer_key(writer, "findings");
    writer_open(writer, '[');
    if (!find_life(&why))
        find_flow(&why);
    writer_close(writer, ']');
    show_bool(writer, "is_healthy", why.count == 0);
    writer_close(writer, '}');
}
