/* shown.c - see shown.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/shown.h"

#include <stdlib.h>
#include <string.h>

struct entry_shown *shown_make(struct entry_shown **place)
{
    if (!*place) {
        *place = calloc(1, sizeof(**place));
        if (*place)
            (*place)->queue_fill = -1;
    }
    return *place;
}

bool shown_is_of(const struct entry_shown *shown, const struct incarnation *now)
{
    return shown && shown->nodes && now && now->plan == shown->plan &&
           now->revision == shown->revision;
}

int64_t shown_cleared_us(const struct entry_shown *shown, const char *node)
{
    for (size_t i = 0; shown && i < shown->cleared_count; i++)
        if (strcmp(shown->cleared[i].node, node) == 0)
            return shown->cleared[i].time_us;
    return 0;
}

bool shown_clear(struct entry_shown *shown, const char *node, int64_t time_us)
{
    struct shown_cleared *grown;

    for (size_t i = 0; i < shown->cleared_count; i++) {
        if (strcmp(shown->cleared[i].node, node) == 0) {
            shown->cleared[i].time_us = time_us;
            return true;
        }
    }
    grown = realloc(shown->cleared, (shown->cleared_count + 1) * sizeof(*grown));
    if (!grown)
        return false;
    shown->cleared = grown;
    grown[shown->cleared_count] = (struct shown_cleared){.node = strdup(node), .time_us = time_us};
    if (!grown[shown->cleared_count].node)
        return false;
    shown->cleared_count++;
    return true;
}

/* ---- series of nodes ---- */

static void series_deinit(struct shown_series *series)
{
    free(series->node);
    series_free(series->series);
    *series = (struct shown_series){0};
}

static struct shown_series *place_for_series(struct entry_shown *shown)
{
    struct shown_series *oldest = &shown->node_series[0];

    if (shown->node_series_count < SHOWN_NODE_SERIES_MAX)
        return &shown->node_series[shown->node_series_count++];
    for (size_t i = 1; i < shown->node_series_count; i++)
        if (shown->node_series[i].asked_us < oldest->asked_us)
            oldest = &shown->node_series[i];
    series_deinit(oldest);
    return oldest;
}

struct series *shown_node_series(struct entry_shown *shown, const char *node, int64_t now_us)
{
    struct shown_series new = {.asked_us = now_us};

    for (size_t i = 0; i < shown->node_series_count; i++) {
        struct shown_series *series = &shown->node_series[i];
        if (strcmp(series->node, node) == 0) {
            series->asked_us = now_us;
            return series->series;
        }
    }
    new.node = strdup(node);
    new.series = series_new();
    if (!new.node || !new.series) {
        series_deinit(&new);
        return NULL;
    }
    *place_for_series(shown) = new;
    return new.series;
}

void show_sample_free(struct entry_shown *shown)
{
    if (!shown)
        return;
    series_free(shown->series);
    for (size_t i = 0; i < shown->node_series_count; i++)
        series_deinit(&shown->node_series[i]);
    for (size_t i = 0; i < shown->cleared_count; i++)
        free(shown->cleared[i].node);
    free(shown->cleared);
    free(shown->row);
    free(shown->nodes);
    free(shown->edges);
    free(shown->subscribers);
    free(shown->publishers);
    free(shown->latencies);
    free(shown);
}
