/* show_why.c - gathers the facts for why.h, without waiting for the DAG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"
#include "server/reading.h"
#include "server/shown.h"
#include "server/why.h"

#define INSPECT_US 50000

struct gathering {
    struct entry_status status;
    struct incarnation *now;
    struct reading reading;
    struct keeper_stats keeper;
    struct why_source *sources; /* owned */
    struct why_sink *sinks;     /* owned */
    char **last_errors;         /* owned, by node, with its texts; NULL: not known */
    char failure[600];
    struct dag_buffer problems; /* owned: JSON of an invalid definition's */
    struct tree_document *document;
};

static void gathering_deinit(struct gathering *gathering)
{
    for (size_t i = 0; gathering->last_errors && i < gathering->now->plan->node_count; i++)
        free(gathering->last_errors[i]);
    free(gathering->last_errors);
    free(gathering->sources);
    free(gathering->sinks);
    reading_deinit(&gathering->reading);
    dag_buffer_free(&gathering->problems);
    tree_document_free(gathering->document);
    incarnation_release(gathering->now);
}

/* ---- facts ---- */

static void take_last_errors(void *context, struct engine *engine)
{
    struct gathering *gathering = context;
    size_t count = gathering->now->plan->node_count;

    gathering->last_errors = calloc(count + 1, sizeof(char *));
    for (size_t i = 0; gathering->last_errors && i < count; i++) {
        const struct engine_error *errors;
        size_t error_count = engine_node_errors(engine, (int32_t)i, &errors);
        if (error_count > 0)
            gathering->last_errors[i] = strdup(errors[error_count - 1].message);
    }
}

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

static bool gather_connectors(struct gathering *gathering)
{
    const struct plan *plan = gathering->now->plan;
    const struct reading *reading = &gathering->reading;

    gathering->sources = calloc(plan->subscriber_count + 1, sizeof(*gathering->sources));
    gathering->sinks = calloc(plan->publisher_count + 1, sizeof(*gathering->sinks));
    if (!gathering->sources || !gathering->sinks)
        return false;
    for (size_t i = 0; i < plan->subscriber_count; i++) {
        const struct source_condition *condition = &reading->source_conditions[i];
        const struct source_stats *stats = &reading->sources[i];
        gathering->sources[i] = (struct why_source){
            .error = or_null(condition->error),
            .error_since_us = condition->error_since_us,
            .next_try_us = condition->next_try_us,
            .rests = or_null(condition->rests),
            .last_receive_us = stats->last_receive_us,
            .receive_count = stats->receive_count,
            .depth = stats->depth,
            .depth_max = condition->depth_max,
            .is_full = condition->is_full,
            .is_starved = condition->is_starved,
            .is_read = condition->is_read,
            .has_ended = condition->has_ended,
        };
    }
    for (size_t i = 0; i < plan->publisher_count; i++) {
        const struct sink_condition *condition = &reading->sink_conditions[i];
        const struct sink_stats *stats = &reading->sinks[i];
        gathering->sinks[i] = (struct why_sink){
            .error = or_null(condition->error),
            .error_since_us = condition->error_since_us,
            .next_try_us = condition->next_try_us,
            .waits_for = or_null(condition->waits_for),
            .waits_since_us = condition->waits_since_us,
            .depth = stats->depth,
            .publish_count = stats->publish_count,
            .is_full = condition->is_full,
        };
    }
    return true;
}

/* What the dag in the runtime knows. False: out of memory. */
static bool gather_dag(struct gathering *gathering)
{
    struct incarnation *now = gathering->now;

    if (!reading_take(&gathering->reading, now->plan, now->dag, READING_CONDITIONS) ||
        !gather_connectors(gathering))
        return false;
    dag_failure(now->dag, gathering->failure, sizeof(gathering->failure));
    dag_inspect_within(now->dag, INSPECT_US, take_last_errors, gathering);
    if (now->keeper)
        keeper_stats(now->keeper, &gathering->keeper);
    return true;
}

/* The first problem of an invalid definition. NULL: not known. */
static const char *first_problem(struct gathering *gathering, struct entry *entry)
{
    struct dag_error err;
    const struct tree *problems = NULL;

    gathering->document = tree_document_new();
    if (gathering->document && entry_write_problems(entry, &gathering->problems))
        problems = tree_parse(gathering->document, gathering->problems.bytes,
                              gathering->problems.size, 100, NULL, NULL, &err);
    if (!problems || !problems->child)
        return NULL;
    const struct tree *message = tree_get(problems->child, "message");
    return message && message->type == TREE_TEXT ? message->text : NULL;
}

static struct why_facts facts_of(const struct gathering *gathering, const char *name)
{
    const struct entry_status *status = &gathering->status;
    bool is_in_runtime = gathering->sources != NULL;

    return (struct why_facts){
        .dag = name,
        .state = entry_state_name(status->state),
        .plan = gathering->now ? gathering->now->plan : NULL,
        .failure = status->state == ENTRY_FAILED
                       ? (status->reason[0] ? status->reason : gathering->failure)
                       : NULL,
        .starting = status->state == ENTRY_STARTING ? or_null(status->reason) : NULL,
        .retry_at_us = status->retry_at_us,
        .state_since_us = status->since_us,
        .by = or_null(status->by),
        .is_standby = status->state == ENTRY_STANDBY,
        .is_stopped = status->state == ENTRY_STOPPED || status->state == ENTRY_STOPPING,
        .is_suspended = status->state == ENTRY_SUSPENDED,
        .has_ended = status->state == ENTRY_ENDED,
        .is_outside_window = !status->in_time_window && status->wish == ENTRY_WANT_RUNNING &&
                             status->state != ENTRY_RUNNING,
        .next_opening_us = status->next_change_us == INT64_MAX ? 0 : status->next_change_us,
        .journal = or_null(gathering->keeper.refusal),
        .journal_since_us = gathering->keeper.refused_since_us,
        .journal_next_try_us = gathering->keeper.next_try_us,
        .sources = gathering->sources,
        .sinks = gathering->sinks,
        .nodes = is_in_runtime ? gathering->reading.nodes : NULL,
        .last_errors = (const char *const *)gathering->last_errors,
    };
}

bool server_write_why(struct server *server, const char *dag, struct dag_buffer *out,
                      struct answer *answer)
{
    struct writer writer = {.out = out};
    struct gathering gathering = {0};
    struct entry *entry = entry_find(server, dag, answer);

    if (!entry)
        return false;
    entry_status(entry, &gathering.status);
    gathering.now = entry_use(entry);
    bool good = !gathering.now || !gathering.now->dag || gather_dag(&gathering);
    if (good) {
        struct why_facts facts = facts_of(&gathering, entry_name(entry));
        if (!gathering.now)
            facts.invalid = first_problem(&gathering, entry);
        why_write(&writer, &facts);
    }
    gathering_deinit(&gathering);
    entry_release(entry);
    return (good && !writer.failed) ||
           answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
}
