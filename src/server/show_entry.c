/* show_entry.c - one DAG of the server: details, state, nodes and their errors, with what its
 * engine knows where that can be had at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/reading.h"
#include "server/server_parts.h"
#include "server/show_definition.h"
#include "server/show_details.h"
#include "server/show_json.h"
#include "server/show_runs.h"
#include "server/shown.h"

#define INSPECT_US 50000 /* a cycle that is longer isn't waited for */

/* A DAG as it is shown, held until view_close(). */
struct view {
    struct entry *entry;
    struct incarnation *now; /* NULL: it is invalid */
    struct entry_status status;
    struct show_live live;
    bool is_live;
    struct engine_node_stats *nodes; /* owned; NULL: not in the runtime */
    int32_t only;                    /* the node that is asked for; -1: all */
    struct show_dag show;
};

static bool no_memory(struct answer *answer)
{
    return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
}

static void take_live(void *context, struct engine *engine)
{
    struct view *view = context;

    show_live_take(&view->live, view->now->plan, engine, view->only);
}

static int64_t cleared_us(void *context, const char *node)
{
    struct entry *entry = context;
    int64_t time_us = shown_cleared_us(*entry_shown_lock(entry), node);

    entry_shown_unlock(entry);
    return time_us;
}

static bool read_counters(struct view *view)
{
    const struct plan *plan = view->now->plan;

    view->nodes = calloc(plan->node_count + 1, sizeof(*view->nodes));
    for (size_t i = 0; view->nodes && i < plan->node_count; i++)
        dag_node_stats(view->now->dag, (int32_t)i, &view->nodes[i]);
    return view->nodes != NULL;
}

static void fill_show(struct view *view, const struct plan *plan)
{
    const struct entry_status *status = &view->status;

    view->show = (struct show_dag){
        .plan = plan,
        .dag = view->now ? view->now->dag : NULL,
        .live = view->is_live ? &view->live : NULL,
        .nodes = view->nodes,
        .definition = view->now ? view->now->definition : NULL,
        .state = entry_state_name(status->state),
        .reason = status->reason[0] ? status->reason : NULL,
        .revision = status->revision,
        .running_revision = status->running_revision,
        .since_us = status->since_us,
        .retry_at_us = status->retry_at_us,
        .next_change_us = status->next_change_us,
        .by = status->by[0] ? status->by : NULL,
        .in_time_window = status->in_time_window,
        .cleared_us = cleared_us,
        .context = view->entry,
    };
}

static void view_close(struct view *view)
{
    show_live_deinit(&view->live);
    free(view->nodes);
    incarnation_release(view->now);
    entry_release(view->entry);
    *view = (struct view){0};
}

/* Holds the entry and what runs of it, without its counters. */
static bool view_begin(struct view *view, struct server *server, const char *dag,
                       struct answer *answer)
{
    *view = (struct view){.only = -1};
    view->entry = entry_find(server, dag, answer);
    if (!view->entry)
        return false;
    entry_status(view->entry, &view->status);
    view->now = entry_use(view->entry);
    return true;
}

/* Reads what is shown of it. An invalid DAG has nothing. */
static bool view_read(struct view *view, struct answer *answer)
{
    if (!view->now)
        return true;
    if (view->now->dag) {
        view->is_live = dag_inspect_within(view->now->dag, INSPECT_US, take_live, view);
        if (view->live.has_failed || (!view->is_live && !read_counters(view)))
            return no_memory(answer);
    }
    fill_show(view, view->now->plan);
    return true;
}

static bool view_end(struct view *view, const struct writer *writer, bool good,
                     struct answer *answer)
{
    view_close(view);
    return good && (!writer->failed || no_memory(answer));
}

/* The index of the node; -1: `answer`. */
static int32_t find_node(const struct view *view, const char *node, struct answer *answer)
{
    for (size_t i = 0; view->now && i < view->now->plan->node_count; i++)
        if (strcmp(view->now->plan->nodes[i].name, node) == 0)
            return (int32_t)i;
    answer_set(answer, ANSWER_NOT_FOUND, "node_not_found", "DAG '%.200s' has no node '%.200s'",
               entry_name(view->entry), node);
    return -1;
}

/* ---- a DAG without a definition that works ---- */

/* A plan with nothing but the name, so that an invalid DAG looks like all others. */
static void show_invalid(struct writer *writer, struct view *view,
                         void (*show)(struct writer *writer, const struct show_dag *what))
{
    const struct plan plan = {.name = entry_name(view->entry), .errors = -1};

    fill_show(view, &plan);
    show(writer, &view->show);
}

static bool write_dag(struct server *server, const char *dag,
                      void (*show)(struct writer *writer, const struct show_dag *what),
                      struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    struct view view;
    bool good = view_begin(&view, server, dag, answer) && view_read(&view, answer);

    if (good && view.now)
        show(&writer, &view.show);
    else if (good)
        show_invalid(&writer, &view, show);
    return view_end(&view, &writer, good, answer);
}

bool server_write_details(struct server *server, const char *dag, struct dag_buffer *out,
                          struct answer *answer)
{
    return write_dag(server, dag, show_details, out, answer);
}

bool server_write_state(struct server *server, const char *dag, struct dag_buffer *out,
                        struct answer *answer)
{
    return write_dag(server, dag, show_state, out, answer);
}

bool server_write_nodes(struct server *server, const char *dag, struct dag_buffer *out,
                        struct answer *answer)
{
    return write_dag(server, dag, show_nodes, out, answer);
}

/* ---- one node ---- */

static bool write_node(struct server *server, const char *dag, const char *node,
                       void (*show)(struct writer *writer, const struct show_dag *what,
                                    int32_t node),
                       struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    struct view view;
    bool good = view_begin(&view, server, dag, answer);

    if (good) {
        view.only = find_node(&view, node, answer);
        good = view.only >= 0 && view_read(&view, answer);
    }
    if (good)
        show(&writer, &view.show, view.only);
    return view_end(&view, &writer, good, answer);
}

bool server_write_node(struct server *server, const char *dag, const char *node,
                       struct dag_buffer *out, struct answer *answer)
{
    return write_node(server, dag, node, show_node, out, answer);
}

bool server_write_node_errors(struct server *server, const char *dag, const char *node,
                              struct dag_buffer *out, struct answer *answer)
{
    return write_node(server, dag, node, show_node_errors, out, answer);
}

bool server_clear_node_errors(struct server *server, const char *dag, const char *node,
                              struct answer *answer)
{
    struct view view;
    bool good = view_begin(&view, server, dag, answer) && find_node(&view, node, answer) >= 0;

    if (good) {
        struct entry_shown *shown = shown_make(entry_shown_lock(view.entry));
        good = (shown && shown_clear(shown, node, server_now_us(server))) || no_memory(answer);
        entry_shown_unlock(view.entry);
    }
    view_close(&view);
    return good;
}

/* ---- definition, windows, rates over time ---- */

bool server_write_definition(struct server *server, const char *dag, bool may_edit,
                             uint64_t *revision, struct dag_buffer *out, struct answer *answer)
{
    struct entry *entry = entry_find(server, dag, answer);
    uint64_t newest = 0;

    if (!entry)
        return false;
    bool good = entry_text(entry, out, &newest) || no_memory(answer);
    if (revision)
        *revision = newest;
    if (good && !may_edit) {
        struct incarnation *now = entry_use(entry);

        good = show_definition_mask(out, server->options.registry, now ? now->plan : NULL, answer);
        incarnation_release(now);
    }
    entry_release(entry);
    return good;
}

bool server_write_runs(struct server *server, const char *dag, size_t count, struct dag_buffer *out,
                       struct answer *answer)
{
    struct writer writer = {.out = out};
    struct view view;
    bool good = view_begin(&view, server, dag, answer);

    if (good && (count < 1 || count > SHOW_RUNS_MAX))
        good = answer_set(answer, ANSWER_BAD, "bad_count", "count is 1 to %d", SHOW_RUNS_MAX);
    else if (good && (!view.now || !view.now->schedule))
        good = answer_set(answer, ANSWER_CONFLICT, "no_schedule",
                          "the time window of DAG '%.200s' can't be read: %s", dag,
                          view.status.reason[0] ? view.status.reason : "its definition is invalid");
    if (good && view.now)
        show_runs(&writer, view.now->schedule, server_now_us(server), count);
    return view_end(&view, &writer, good, answer);
}

bool server_write_series(struct server *server, const char *dag, const char *node, int64_t from_us,
                         int64_t to_us, int64_t step_us, struct dag_buffer *out,
                         struct answer *answer)
{
    struct writer writer = {.out = out};
    struct dag_error err = {0};
    struct view view;
    int64_t now_us = server_now_us(server);
    bool good =
        view_begin(&view, server, dag, answer) && (!node || find_node(&view, node, answer) >= 0);

    if (good) {
        struct entry_shown *shown = shown_make(entry_shown_lock(view.entry));
        const struct series *series = shown ? shown->series : NULL;
        if (shown && node)
            series = shown_node_series(shown, node, now_us);
        good = series_write(series, from_us, to_us, step_us, now_us, &writer, &err);
        entry_shown_unlock(view.entry);
        if (!good)
            answer_set_error(answer, "bad_range", &err);
    }
    return view_end(&view, &writer, good, answer);
}
