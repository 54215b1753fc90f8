/* keeper_fixture.c - see keeper_fixture.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/keeper_fixture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/check.h"
#include "support/fake_registry.h"

#define HOUR_US   INT64_C(3600000000)
#define START_US  INT64_C(1700000000000000)
#define TURNS_MAX 1000
#define TRIES_MAX 200
#define TRY_US    100000

const char *kept_definition(const char *members)
{
    static char text[2048];

    snprintf(text, sizeof(text),
             "{\"name\":\"kept\",%s%s"
             "\"subscribers\":[{\"name\":\"in\",\"config\":{\"source\":\"file:///in\"}}],"
             "\"publishers\":[{\"name\":\"out\",\"config\":{\"destination\":\"file:///out\"}}],"
             "\"nodes\":[{\"name\":\"take\",\"type\":\"SubscriptionNode\",\"subscriber\":\"in\"},"
             "{\"name\":\"give\",\"type\":\"PublicationNode\",\"publishers\":[\"out\"]}],"
             "\"edges\":[{\"from_node\":\"take\",\"to_node\":\"give\"}]}",
             members, members[0] ? "," : "");
    return text;
}

static void count_wake(void *context)
{
    struct kept *kept = context;

    atomic_fetch_add(&kept->wakes, 1);
}

static void note_failure(void *context, const struct dag_error *err)
{
    struct kept *kept = context;

    kept->failure = *err;
    atomic_fetch_add(&kept->failures, 1);
}

/* ---- starting ---- */

static struct plan *read_plan(const char *text)
{
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check(text, strlen(text), &fake_registry, NULL, &problems, &err);

    for (size_t i = 0; i < problems.error_count && i < problems.count; i++)
        fprintf(stderr, "%s\n", problems.items[i].message);
    problems_free(&problems);
    return plan;
}

bool kept_open(struct kept *kept)
{
    if (!kept->disk) {
        kept->disk = sim_disk_new(1);
        clock_virtual_init(&kept->clock, START_US);
    }
    kept->err = (struct dag_error){0};
    struct storage *storage = sim_disk_storage(kept->disk);
    kept->plan = read_plan(kept->definition ? kept->definition : kept_definition(""));
    assert(kept->plan);
    if (data_folder_open(storage, "data", false, false, &kept->folder, &kept->err) !=
        DATA_FOLDER_OK)
        return false;
    struct keeper_options options = {
        .storage = storage,
        .clock = kept->has_thread ? clock_system() : &kept->clock.clock,
        .folder = kept->folder,
        .plan = kept->plan,
        .checkpoint_interval_us =
            kept->checkpoint_interval_us ? kept->checkpoint_interval_us : HOUR_US,
        .segment_size = kept->segment_size,
        .by_hand = !kept->has_thread,
    };
    kept->keeper = keeper_new(&options, &kept->err);
    if (!kept->keeper)
        return false;
    kept->durability = keeper_durability(kept->keeper);
    kept->durability->wake = count_wake;
    kept->durability->failed = note_failure;
    kept->durability->context = kept;
    return true;
}

bool kept_begin(struct kept *kept)
{
    kept->err = (struct dag_error){0};
    if (!kept->durability->ops->begin(kept->durability, &kept->start, &kept->err))
        return false;
    kept->cycle = kept->start.next_cycle - 1;
    kept->replayed = kept->replayed_event = 0;
    return true;
}

static void give(struct kept *kept, uint64_t cycle, const char *state)
{
    char position[32];
    int length = snprintf(position, sizeof(position), "{\"at\":%llu}", (unsigned long long)cycle);
    struct dag_text positions = {position, (size_t)length};

    assert(kept->durability->ops->checkpoint(kept->durability, cycle, state,
                                             state ? strlen(state) : 0, &positions, &kept->err));
}

void kept_give_first(struct kept *kept)
{
    if (kept->start.is_first)
        give(kept, kept->start.cycle, NULL);
}

bool kept_replay(struct kept *kept)
{
    struct durability_step step;

    while (kept->durability->ops->next_step(kept->durability, &step, &kept->err)) {
        kept->replayed++;
        if (step.counts[0] > 0)
            kept->replayed_event = step.origins[0][step.counts[0] - 1].offset / 10;
    }
    return kept->err.code == DAG_ERROR_NONE;
}

bool kept_start(struct kept *kept)
{
    if (!kept_open(kept) || !kept_begin(kept))
        return false;
    kept_give_first(kept);
    kept_turn(kept);
    return kept_replay(kept);
}

/* ---- running ---- */

static struct dag_batch *batch_of(uint64_t first, uint32_t count)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err = {0};
    char text[48];

    assert(parser && batch);
    for (uint64_t n = first; n < first + count; n++) {
        int length = snprintf(text, sizeof(text), "{\"n\": %llu}", (unsigned long long)n);
        assert(dag_json_parse(parser, batch, text, (size_t)length,
                              (struct dag_origin){.offset = 10 * n}, &err));
    }
    dag_json_parser_free(parser);
    return batch;
}

enum durability_answer kept_record(struct kept *kept, uint32_t count)
{
    struct dag_batch *batch = batch_of(kept->cycle + 1, count);
    struct engine_input input = {.batch = batch, .count = count, .stride = 1};
    struct engine_step step = {
        .first_cycle = kept->cycle + 1,
        .slot_count = count,
        .time_us = kept->clock.clock.realtime_us(&kept->clock.clock),
        .inputs = &input,
    };
    enum durability_answer answer =
        kept->durability->ops->record(kept->durability, &step, &kept->err);

    if (answer == DURABILITY_OK)
        kept->cycle += count;
    dag_batch_unref(batch);
    return answer;
}

void kept_turn(struct kept *kept)
{
    for (int i = 0; i < TURNS_MAX && keeper_turn(kept->keeper); i++)
        continue;
}

bool kept_run(struct kept *kept, uint32_t count)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        enum durability_answer answer = kept_record(kept, count);
        if (answer != DURABILITY_WAIT)
            return answer == DURABILITY_OK;
        if (kept->durability->ops->wants_checkpoint(kept->durability, false))
            kept_checkpoint(kept, true);
        kept_turn(kept);
        clock_virtual_advance(&kept->clock, TRY_US);
        kept_turn(kept);
    }
    return false;
}

bool kept_checkpoint(struct kept *kept, bool publish)
{
    struct keeper_stats stats;

    give(kept, kept->cycle, "{\"take\":1}");
    if (!publish)
        return true;
    kept->durability->ops->watermark(kept->durability, kept->cycle);
    kept_turn(kept);
    keeper_stats(kept->keeper, &stats);
    return stats.checkpoint_cycle == kept->cycle;
}

/* ---- ending ---- */

static void forget_plan(struct kept *kept)
{
    keeper_free(kept->keeper);
    data_folder_close(kept->folder);
    plan_free(kept->plan);
    kept->keeper = NULL;
    kept->folder = NULL;
    kept->plan = NULL;
}

bool kept_end(struct kept *kept, bool drained)
{
    bool done = kept->durability->ops->end(kept->durability, drained, &kept->err);

    forget_plan(kept);
    return done;
}

void kept_vanish(struct kept *kept)
{
    forget_plan(kept);
}

void kept_crash(struct kept *kept, enum sim_crash kind)
{
    sim_disk_crash(kept->disk, kind);
    forget_plan(kept);
    sim_disk_restart(kept->disk);
}

void kept_free(struct kept *kept)
{
    forget_plan(kept);
    sim_disk_free(kept->disk);
    kept->disk = NULL;
}

/* ---- looking ---- */

struct search {
    const char *start;
    size_t count;
};

static void count_file(void *context, const char *path, uint64_t size)
{
    struct search *search = context;

    (void)size;
    if (strncmp(path, search->start, strlen(search->start)) == 0)
        search->count++;
}

size_t kept_count_files(struct kept *kept, const char *start)
{
    char path[256];
    struct search search = {path, 0};

    snprintf(path, sizeof(path), KEPT_FOLDER "%s", start);
    sim_disk_each(kept->disk, "data", count_file, &search);
    return search.count;
}
