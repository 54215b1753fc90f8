/* dag.c - a random DAG on the simulated disk, through crashes and faults, until all is out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/checkpoint.h"
#include "runtime/dag.h"
#include "sim/world.h"

#define ACTIONS_MAX     60
#define TRIES_MAX       200   /* of a start that faults make fail */
#define ROUNDS_MAX      2000  /* until all must be out */
#define STOP_ROUNDS_MAX 200   /* until a stop must have ended */
#define ROUND_US        50000 /* that the clock moves on in one */

/* ---- the process ------------------------------------------------------------------------ */

static void end_process(struct world *world)
{
    runtime_free(world->runtime);
    keeper_free(world->keeper);
    data_folder_close(world->folder);
    world->runtime = NULL;
    world->dag = NULL;
    world->keeper = NULL;
    world->folder = NULL;
}

static bool make_process(struct world *world, struct dag_error *err)
{
    struct storage *storage = sim_disk_storage(world->disk);
    struct runtime_options options = {
        .clock = &world->clock.clock,
        .storage = storage,
        .batch_rows = 1 + random_below(&world->sim->random, 100),
    };
    struct keeper_options keeper_options = {
        .storage = storage,
        .clock = &world->clock.clock,
        .plan = world->plan,
        .checkpoint_interval_us = world->setting.checkpoint_interval_us,
        .segment_size = world->setting.segment_size,
        .by_hand = true,
    };

    if (data_folder_open(storage, WORLD_DATA, false, false, &world->folder, err) != DATA_FOLDER_OK)
        return false;
    keeper_options.folder = world->folder;
    world->keeper = keeper_new(&keeper_options, err);
    if (!world->keeper)
        return false;
    proxy_init(&world->proxy, keeper_durability(world->keeper), &world->history, world->sim);
    world->proxy.is_exact = world->setting.is_exact;
    world->runtime = runtime_new(&options, err);
    struct plan *plan = world->runtime ? world_plan(world) : NULL;
    world->dag = plan ? runtime_add(world->runtime, plan, err) : NULL;
    return world->dag && dag_keep(world->dag, &world->proxy.durability, err) &&
           dag_start(world->dag, err);
}

/* Both turn until neither has anything to do at this instant. */
static void turn(struct world *world)
{
    for (int i = 0; i < 1000; i++)
        if (runtime_turn(world->runtime) == 0 && !keeper_turn(world->keeper))
            return;
}

static void advance(struct world *world, int64_t us)
{
    while (us > 0) {
        int64_t part = us < ROUND_US ? us : ROUND_US;

        runtime_advance(world->runtime, &world->clock, part);
        turn(world);
        us -= part;
    }
}

/* ---- what happens ----------------------------------------------------------------------- */

static void tick(struct world *world)
{
    const struct plan *plan = world->plan;

    for (size_t i = 0; i < plan->node_count; i++)
        if (plan->nodes[i].kind == PLAN_NODE_METRONOME)
            dag_tick(world->dag, plan->nodes[i].name);
}

static void grow_any(struct world *world)
{
    struct random *random = &world->sim->random;
    size_t input = random_below(random, (uint32_t)world->generated.subscriber_count);

    /* a file that was rotated before the first checkpoint knew it is nobody's */
    bool is_known = world->history.steps.count + world->history.lost.count > 0;

    if (world->setting.rotates_inputs && is_known && random_chance(random, 10))
        world_rotate(world, input);
    else
        world_grow(world, input, random_below(random, random_chance(random, 20) ? 12000 : 1500));
}

/* Whatever it is at, a recovery too, it has to come to an end. */
static void stop_and_start(struct world *world)
{
    struct dag_error err = {0};

    dag_stop(world->dag, random_chance(&world->sim->random, 60));
    for (int i = 0; i < STOP_ROUNDS_MAX && dag_state(world->dag) == DAG_STATE_STOPPING; i++)
        advance(world, ROUND_US);
    sim_tell(world->sim, "stopped in state %d", (int)dag_state(world->dag));
    if (dag_state(world->dag) == DAG_STATE_STOPPING && !world->setting.has_faults &&
        !sim_disk_is_down(world->disk))
        world->proxy.is_broken |= !sim_fail(world->sim, "a stop hangs");
    (void)dag_start(world->dag, &err);
}

static void act(struct world *world)
{
    struct random *random = &world->sim->random;
    uint32_t what = random_below(random, 100);

    if (what < 35)
        grow_any(world);
    else if (what < 60)
        runtime_turn(world->runtime);
    else if (what < 75)
        keeper_turn(world->keeper);
    else if (what < 88)
        advance(world, 1 + random_below(random, 300000));
    else if (what < 95)
        tick(world);
    else if (what < 96)
        stop_and_start(world);
    else if (what < 98)
        world_forget(world);
    else
        turn(world);
}

/* ---- lives ------------------------------------------------------------------------------ */

/* False: it has failed, and nothing excuses that. */
static bool is_well(struct world *world, const char *when)
{
    char why[600];

    if (world->proxy.is_broken)
        return false;
    if (sim_disk_is_down(world->disk) || dag_state(world->dag) != DAG_STATE_FAILED)
        return true;
    dag_failure(world->dag, why, sizeof(why));
    sim_tell(world->sim, "failed: %s", why);
    return world->setting.has_faults || sim_fail(world->sim, "%s: FAILED: %s", when, why);
}

static bool begin_life(struct world *world)
{
    struct dag_error err = {0};

    for (int i = 0; i < TRIES_MAX; i++) {
        err = (struct dag_error){0};
        if (make_process(world, &err) || sim_disk_is_down(world->disk))
            return true;
        sim_tell(world->sim, "no start: %s", err.message);
        end_process(world);
        if (!world->setting.has_faults)
            break;
    }
    return sim_fail(world->sim, "no start: %s", err.message);
}

static void crash(struct world *world, enum sim_crash kind)
{
    sim_disk_crash(world->disk, kind);
    end_process(world);
    sim_disk_restart(world->disk);
    world->sim->crashes++;
    sim_tell(world->sim, "---- %s; history up to cycle %" PRIu64,
             kind == SIM_CRASH_POWER ? "power loss" : "process crash",
             history_last_cycle(&world->history));
}

struct kept {
    char newest[256];
    size_t count;
};

static void take_checkpoint(void *context, const char *path, uint64_t size)
{
    struct kept *kept = context;

    if (!strstr(path, "/checkpoint-") || strstr(path, ".tmp") || size == 0)
        return;
    kept->count++;
    if (strcmp(path, kept->newest) > 0)
        snprintf(kept->newest, sizeof(kept->newest), "%s", path);
}

static void take_first_segment(void *context, const char *path, uint64_t size)
{
    uint64_t *first_key = context;
    const char *name = strrchr(path, '/') + 1;

    if (size > 0 && strstr(path, "/journal/") && strstr(name, ".log")) {
        uint64_t key = strtoull(name, NULL, 10);
        *first_key = key < *first_key ? key : *first_key;
    }
}

static bool is_trimmed(struct world *world)
{
    uint64_t first_key = UINT64_MAX;

    sim_disk_each(world->disk, WORLD_DATA "/dags/" WORLD_NAME, take_first_segment, &first_key);
    return first_key > 0 && first_key != UINT64_MAX;
}

/* Of the two checkpoints that are there once a cycle has run the newest one may turn out damaged.
 * Both at once is more than can be survived, so this happens only once in a run. */
static bool damage_checkpoint(struct world *world)
{
    struct kept kept = {.newest = ""};
    struct dag_buffer text = {0};

    if (world->is_damaged)
        return true;
    sim_disk_each(world->disk, WORLD_DATA "/dags/" WORLD_NAME, take_checkpoint, &kept);
    if (kept.count < 2 && history_last_cycle(&world->history) > 0)
        return sim_fail(world->sim, "%zu checkpoints are there", kept.count);
    if (!random_chance(&world->sim->random, world->setting.trims_much ? 70 : 30) ||
        kept.count != 2 || (world->setting.trims_much && !is_trimmed(world)) ||
        !sim_disk_content(world->disk, kept.newest, &text))
        return true;
    sim_disk_flip(world->disk, kept.newest, random_below(&world->sim->random, (uint32_t)text.size),
                  3);
    sim_tell(world->sim, "%s is damaged", kept.newest);
    dag_buffer_free(&text);
    world->is_damaged = true;
    return true;
}

/* One life that ends with a crash. */
static bool live(struct world *world)
{
    struct random *random = &world->sim->random;
    enum sim_crash kind = world->setting.has_power_loss && random_chance(random, 70)
                              ? SIM_CRASH_POWER
                              : SIM_CRASH_PROCESS;
    uint32_t actions = random_below(random, ACTIONS_MAX);
    struct sim_faults faults = {0};

    if (world->setting.has_faults && random_chance(random, 60))
        sim_pick_faults(world->sim, &faults);
    sim_disk_set_faults(world->disk, &faults);
    if (random_chance(random, 80))
        sim_disk_crash_at(world->disk,
                          sim_disk_operations(world->disk) + 1 + random_below(random, 150), kind);
    if (!begin_life(world))
        return false;
    bool stops_early = random_chance(random, 10); /* within the recovery */
    for (uint32_t i = 0; world->dag && i < actions && !sim_disk_is_down(world->disk); i++) {
        if (i == 2 && stops_early)
            stop_and_start(world);
        else
            act(world);
        if (!is_well(world, "running"))
            return false;
        if (dag_state(world->dag) == DAG_STATE_FAILED)
            break;
    }
    crash(world, kind);
    return damage_checkpoint(world);
}

static bool is_all_out(struct world *world, uint64_t event_count)
{
    return history_event_count(&world->history) == event_count &&
           dag_watermark(world->dag) >= history_last_cycle(&world->history);
}

static bool stop(struct world *world)
{
    dag_stop(world->dag, true);
    for (int i = 0; i < ROUNDS_MAX && dag_state(world->dag) == DAG_STATE_STOPPING; i++)
        advance(world, ROUND_US);
    return dag_state(world->dag) == DAG_STATE_STOPPED ||
           sim_fail(world->sim, "it doesn't stop: state %d", (int)dag_state(world->dag));
}

/* The last life: no more crashes, until all is out. */
static bool finish(struct world *world)
{
    struct sim_faults none = {0};
    uint64_t event_count = world_event_count(world);

    sim_disk_set_faults(world->disk, &none);
    world->setting.has_faults = false;
    if (!begin_life(world))
        return false;
    for (size_t i = 0; i < world->generated.subscriber_count; i++)
        world_grow(world, i, SIZE_MAX);
    turn(world);
    for (int i = 0; i < ROUNDS_MAX && !is_all_out(world, event_count); i++) {
        if (!is_well(world, "finishing"))
            return false;
        advance(world, ROUND_US);
    }
    if (!is_well(world, "finishing") || !stop(world) || !world_check_events(world))
        return false;
    return is_all_out(world, event_count) ||
           sim_fail(world->sim,
                    "it ends with %" PRIu64 " events of %" PRIu64 ", watermark %" PRIu64
                    " of %" PRIu64,
                    history_event_count(&world->history), event_count, dag_watermark(world->dag),
                    history_last_cycle(&world->history));
}

static void tell_file(void *context, const char *path, uint64_t size)
{
    sim_tell(context, "  %s: %" PRIu64 " bytes", path, size);
}

/* What is left of a run that is not good. */
static void tell_disk(struct world *world)
{
    struct dag_error err = {0};
    struct checkpoint newest;
    uint64_t older;

    if (!world->sim->is_verbose)
        return;
    sim_disk_each(world->disk, "", tell_file, world->sim);
    if (!checkpoint_read(sim_disk_storage(world->disk), WORLD_DATA "/dags/" WORLD_NAME, &newest,
                         &older, NULL, NULL, &err))
        return;
    sim_tell(world->sim, "newest checkpoint: cycle %" PRIu64 ", positions %.*s", newest.cycle,
             (int)newest.positions->json_size, newest.positions->json);
    checkpoint_deinit(&newest);
}

bool sim_dag(struct sim *sim)
{
    struct world *world = calloc(1, sizeof(*world));

    if (!world)
        abort();
    bool is_good = world_init(world, sim);
    int lives = (int)random_below(&sim->random, 6);
    while (is_good && lives-- > 0)
        is_good = live(world);
    is_good = is_good && finish(world) && world_check(world);
    end_process(world);
    if (!is_good && world->disk)
        tell_disk(world);
    if (is_good && random_chance(&sim->random, 30)) { /* and once more: nothing is left to do */
        is_good = finish(world) && world_check(world);
        end_process(world);
    }
    world_deinit(world);
    free(world);
    return is_good;
}
