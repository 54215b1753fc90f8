/* windows.c - when a DAG may run: its window, durations, the end-time helper. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "conformance/runner.h"
#include "graph/window.h"
#include "server/schedule.h"

static const char *input_text(const struct vector_case *vector, const char *key)
{
    const struct tree *value = tree_get(tree_get(vector->tree, "input"), key);

    return value && value->type == TREE_TEXT ? value->text : NULL;
}

/* That minute of the server's day, on a day on which no zone changes its clock. */
static int64_t local_us(int minutes)
{
    struct tm day = {.tm_year = 126, .tm_mday = 15, .tm_min = minutes, .tm_isdst = -1};

    return (int64_t)mktime(&day) * 1000000;
}

void run_time_window(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *config = tree_get(vector->tree, "config");
    const char *now = input_text(vector, "now");
    struct dag_error err = {0};
    int minutes;

    if (!config || !now || !window_parse_time(now, &minutes)) {
        outcome_broken(outcome, "there is no DAG, or no time");
        return;
    }
    struct plan *plan = check_graph(vector->registry, config->json, config->json_size, outcome);

    if (!plan)
        return;
    struct schedule *schedule = schedule_new(plan, NULL, &err);
    if (schedule)
        add(&outcome->result, "%s",
            schedule_is_open(schedule, local_us(minutes)) ? "true" : "false");
    else
        outcome_broken(outcome, "%s", err.message);
    schedule_free(schedule);
    plan_free(plan);
}

void run_duration(const struct vector_case *vector, struct outcome *outcome)
{
    const char *text = input_text(vector, "text");
    int minutes;

    if (text && window_parse_duration(text, &minutes))
        add(&outcome->result, "%d", minutes);
    else
        add(&outcome->result, "null");
}

void run_end_time(const struct vector_case *vector, struct outcome *outcome)
{
    struct dag_error err = {0};
    char end[5];

    if (!window_end_time(input_text(vector, "start_time"), input_text(vector, "duration"), end,
                         &err))
        outcome_error(outcome, "config", "%s", err.message);
    else if (end[0] == '\0')
        add(&outcome->result, "null");
    else
        add(&outcome->result, "\"%s\"", end);
}
