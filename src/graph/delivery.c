/* delivery.c - checks what a DAG promises across a crash against what its parts can give. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/options.h"
#include "graph/parts.h"

static bool can_replay(const struct plan_subscriber *subscriber)
{
    return (subscriber->type->flags & DAG_CONNECTOR_SEEKS) != 0 &&
           !plan_is_standard_stream(&subscriber->address);
}

static bool is_timer(const struct plan_subscriber *subscriber)
{
    return (subscriber->type->flags & DAG_CONNECTOR_TIMER) != 0;
}

/* Its other side keeps what was not acknowledged. */
static bool redelivers(const struct plan_subscriber *subscriber)
{
    return (subscriber->type->flags & DAG_CONNECTOR_REDELIVERS) != 0;
}

static const struct tree *journal_place(const struct checker *checker)
{
    const struct tree *journal = tree_get(checker->plan->source, "journal");

    return journal ? journal : checker->plan->source;
}

static void check_source(struct checker *checker, size_t index)
{
    const struct plan *plan = checker->plan;
    const struct plan_subscriber *subscriber = &checker->subscribers[index];
    const struct tree *at = checker->subscriber_at[index];

    if (!subscriber->type || is_timer(subscriber) || can_replay(subscriber))
        return;
    if (plan->journal == PLAN_JOURNAL_ORDER)
        report_error(checker, journal_place(checker), "journal_too_shallow",
                     "subscriber '%.80s' can't read its source again, so the journal needs "
                     "\"depth\": \"events\"",
                     subscriber->name);
    else if (plan->delivery == PLAN_EXACTLY_ONCE && redelivers(subscriber))
        report_error(checker, at, "not_exactly_once",
                     "subscriber '%.80s': after a crash '%.100s' may bring again what was taken "
                     "before, so it can't give exactly_once; use at_least_once",
                     subscriber->name, subscriber->address.uri);
    else if (plan->delivery == PLAN_EXACTLY_ONCE && plan->ack != PLAN_ACK_JOURNAL)
        report_error(checker, at, "not_exactly_once",
                     "subscriber '%.80s': '%.100s' can't be read again, so it can't give "
                     "exactly_once; add \"ack\": \"journal\" and a journal of depth events",
                     subscriber->name, subscriber->address.uri);
    else if (plan->journal == PLAN_JOURNAL_NONE && !redelivers(subscriber) &&
             checker->problems->error_count == 0)
        report(checker, PROBLEM_NOTE, at, REPORT_VALUE, "no_replay", NULL,
               "subscriber '%.80s': this source can't replay; a journal would keep its messages "
               "across a crash",
               subscriber->name);
}

static void check_sink(struct checker *checker, size_t index)
{
    const struct plan_publisher *publisher = &checker->publishers[index];

    if (!publisher->type || ((publisher->type->flags & DAG_CONNECTOR_PROGRESS) != 0 &&
                             !plan_is_standard_stream(&publisher->address)))
        return;
    report_error(
        checker, checker->publisher_at[index], "not_exactly_once",
        "publisher '%.80s': '%.100s' keeps no progress, so it can't give exactly_once; use "
        "another destination or at_least_once",
        publisher->name, publisher->address.uri);
}

/* ---- exactly once without a journal ------------------------------------------------------- */

static void refuse_without_journal(struct checker *checker, const struct tree *at, const char *why)
{
    report_error(checker, at, "not_exactly_once",
                 "exactly_once needs a journal here: %s; add \"journal\": true", why);
}

static void check_function_order(struct checker *checker, const struct plan_function *functions,
                                 size_t count, const char *list_key)
{
    const struct tree *list = tree_get(checker->plan->source, list_key);
    const struct tree *at = list ? list->child : NULL;

    for (size_t i = 0; i < count; i++, at = at ? at->next : NULL) {
        uint32_t flags = functions[i].type ? functions[i].type->flags : 0;

        if (flags & DAG_FUNCTION_USES_TIME)
            refuse_without_journal(checker, at, "a function uses the time");
        else if (flags & DAG_FUNCTION_NOT_DETERMINISTIC)
            refuse_without_journal(checker, at, "a function's answers are not always the same");
    }
}

static void check_without_journal(struct checker *checker)
{
    const struct plan *plan = checker->plan;
    size_t source_count = 0;

    for (size_t i = 0; i < plan->node_count; i++) {
        const struct plan_node *node = &checker->nodes[i];
        const struct plan_subscriber *subscriber =
            node->subscriber >= 0 ? &checker->subscribers[node->subscriber] : NULL;

        if (node->kind == PLAN_NODE_METRONOME)
            refuse_without_journal(checker, checker->node_at[i], "a metronome node is a timer");
        if (!subscriber || !subscriber->type)
            continue;
        if (source_count++ == 1)
            refuse_without_journal(checker, checker->node_at[i],
                                   "events of several nodes come in no fixed order");
        if (is_timer(subscriber))
            refuse_without_journal(checker, checker->node_at[i], "its subscriber is a timer");
        else if (!(subscriber->type->flags & DAG_CONNECTOR_ORDERED))
            refuse_without_journal(checker, checker->node_at[i],
                                   "its source has no total order of events");
    }
    check_function_order(checker, checker->calculators, plan->calculator_count, "calculators");
    check_function_order(checker, checker->transformers, plan->transformer_count, "transformers");
}

/* ---- journal ------------------------------------------------------------------------------ */

/* False: it is no journal at all (reported), so nothing can be said of what needs one. */
static bool read_journal(struct checker *checker)
{
    struct plan *plan = checker->plan;
    const struct tree *journal = tree_get(plan->source, "journal");
    struct option_report whose = {
        .checker = checker, .label = "journal", .at = journal, .are_keys = true};
    struct journal_keys keys = {0};

    if (!journal || journal->type == TREE_NULL ||
        (journal->type == TREE_BOOL && journal->integer == 0))
        return true;
    if (journal->type != TREE_BOOL && journal->type != TREE_OBJECT) {
        report_error(checker, journal, "wrong_type", "'journal' must be true, false or an object");
        return false;
    }
    options_read(journal_key_table, journal->type == TREE_OBJECT ? journal : NULL, &keys, NULL,
                 checker->document, report_option, &whose);
    plan->journal = keys.depth == 0 ? PLAN_JOURNAL_ORDER : PLAN_JOURNAL_EVENTS;
    plan->journal_sync = (enum plan_journal_sync)keys.sync;
    plan->journal_retain_us = keys.retain_us;
    plan->journal_bytes_max = keys.bytes_max;
    return true;
}

void check_delivery(struct checker *checker)
{
    struct plan *plan = checker->plan;
    bool is_readable = read_journal(checker);

    if (is_readable && plan->ack == PLAN_ACK_JOURNAL && plan->journal != PLAN_JOURNAL_EVENTS)
        report_error(checker, tree_get(plan->source, "ack"), "ack_without_journal",
                     "\"ack\": \"journal\" needs a journal of depth events; add \"journal\": true");
    for (size_t i = 0; i < plan->subscriber_count && is_readable; i++)
        check_source(checker, i);
    if (plan->delivery != PLAN_EXACTLY_ONCE)
        return;
    for (size_t i = 0; i < plan->publisher_count; i++)
        check_sink(checker, i);
    if (is_readable && plan->journal == PLAN_JOURNAL_NONE)
        check_without_journal(checker);
}
