/* world.c - makes a DAG with its settings and its input, and feeds it; see world.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/check.h"
#include "runtime/dag.h"

#define LINES_MAX      150
#define LINES_MAX_LONG 1500 /* the journal has several segments */

/* ---- settings --------------------------------------------------------------------------- */

/* So that segments lie between the two checkpoints. */
static void pick_many_segments(struct setting *setting, struct random *random)
{
    setting->trims_much = true;
    setting->has_faults = false;
    setting->checkpoint_interval_us = 20000 << random_below(random, 5);
    setting->segment_size = 4096;
    snprintf(setting->delivery, sizeof(setting->delivery),
             "\"delivery\": \"%s\", \"journal\": {\"depth\": \"events\", \"retain\": 0},",
             setting->is_exact ? "exactly_once" : "at_least_once");
}

static void pick_journal(struct setting *setting, struct random *random, bool must)
{
    static const char *const syncs[] = {"always", "interval", "os"};
    char *out = setting->delivery;
    size_t size = sizeof(setting->delivery);
    const char *delivery = setting->is_exact ? "exactly_once" : "at_least_once";

    if (!must && random_chance(random, 40)) {
        snprintf(out, size, "\"delivery\": \"%s\",", delivery);
        return;
    }
    bool has_events = random_chance(random, 50);
    /* what `os` has not synced a power loss or a bad disk may take, and the promise with it */
    bool is_mild = !setting->has_power_loss && !setting->has_faults;
    const char *sync = syncs[random_below(random, is_mild ? 3 : 2)];
    int length = snprintf(out, size,
                          "\"delivery\": \"%s\", \"journal\": {\"depth\": \"%s\", \"sync\": "
                          "\"%s\"%s},",
                          delivery, has_events ? "events" : "order", sync,
                          random_chance(random, 15) ? ", \"max_bytes\": 65536" : "");
    if (has_events && random_chance(random, 30))
        snprintf(out + length, size - (size_t)length, " \"ack\": \"journal\",");
}

static void pick_sinks(struct setting *setting, struct random *random)
{
    static const char *const policies[] = {"flush", "always", "never"};
    bool may_lose = !setting->is_exact && !setting->has_power_loss;
    const char *policy = policies[random_below(random, may_lose ? 3 : 2)];
    int length = snprintf(setting->sink_options, sizeof(setting->sink_options),
                          ", \"fsync\": \"%s\"", policy);

    if (random_chance(random, 25))
        snprintf(setting->sink_options + length, sizeof(setting->sink_options) - (size_t)length,
                 ", \"rotate_size\": %u", 200 + random_below(random, 5000));
    /* rows that are held go out with the mark of cycles whose order may not be synced yet */
    length = (int)strlen(setting->sink_options);
    if (random_chance(random, 25))
        snprintf(setting->sink_options + length, sizeof(setting->sink_options) - (size_t)length,
                 ", \"publish_interval\": 0.%03u, \"batch_size\": %u",
                 1 + random_below(random, 300), 1 + random_below(random, 20));
    length = (int)strlen(setting->sink_options);
    if (random_chance(random, 25))
        snprintf(setting->sink_options + length, sizeof(setting->sink_options) - (size_t)length,
                 ", \"when_slow\": \"spill\", \"spill_max_bytes\": 65536");
}

static void pick_setting(struct setting *setting, struct random *random, bool may_be_exact,
                         bool needs_journal)
{
    *setting = (struct setting){
        .is_exact = random_chance(random, 60) && may_be_exact,
        .has_power_loss = random_chance(random, 60),
        .has_faults = random_chance(random, 30),
        .rotates_inputs = random_chance(random, 20),
        .checkpoint_interval_us = 1000 << random_below(random, 12),
        .segment_size = 4096u << random_below(random, 4),
    };
    if (random_chance(random, 10))
        pick_many_segments(setting, random);
    else
        pick_journal(setting, random, setting->is_exact && needs_journal);
    pick_sinks(setting, random);
}

/* ---- the DAG ---------------------------------------------------------------------------- */

static size_t event_node_count(const struct generated *generated)
{
    size_t count = 0;

    for (const char *at = generated->dag.bytes; (at = strstr(at, "\"subscriber\": ")) != NULL; at++)
        count++;
    return count;
}

static bool ticks(const struct generated *generated)
{
    return strstr(generated->dag.bytes, "MetronomeNode") != NULL;
}

static void replace(struct dag_buffer *text, const char *what, const char *by)
{
    struct dag_buffer out = {0};
    const char *rest = text->bytes;
    const char *at;

    while ((at = strstr(rest, what)) != NULL) {
        put(&out, "%.*s%s", (int)(at - rest), rest, by);
        rest = at + strlen(what);
    }
    put(&out, "%s", rest);
    put(&out, "%c", '\0');
    out.size--;
    dag_buffer_free(text);
    *text = out;
}

/* Of the input a part is enough; lines that are rejected are among it. */
static void shorten(struct dag_buffer *text, uint32_t lines_max)
{
    size_t end = 0;

    for (uint32_t i = 0; i < lines_max && end < text->size; i++) {
        const char *feed = memchr(text->bytes + end, '\n', text->size - end);

        end = feed ? (size_t)(feed - text->bytes) + 1 : text->size;
    }
    text->size = end;
}

struct plan *world_plan(struct world *world)
{
    struct check_options options = {.path = "random.json"};
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check(world->dag_text.bytes, world->dag_text.size,
                                    world->sim->registry, &options, &problems, &err);

    for (size_t i = 0; !plan && i < problems.count; i++)
        if (problems.items[i].severity == PROBLEM_ERROR)
            sim_fail(world->sim, "%s: %s", problems.items[i].pointer, problems.items[i].message);
    problems_free(&problems);
    return plan;
}

static void make_text(struct world *world)
{
    struct dag_buffer *text = &world->dag_text;
    char by[500];

    generated_dag(&world->generated, "/in", "/out", text);
    put(text, "%c", '\0');
    text->size--;
    replace(text, "\"follow\": false", "\"follow\": true");
    snprintf(by, sizeof(by), "{\"name\": \"random\", %s", world->setting.delivery);
    replace(text, "{\"name\": \"random\",", by);
    snprintf(by, sizeof(by), ".jsonl\"%s}}", world->setting.sink_options);
    replace(text, ".jsonl\"}}", by);
}

bool world_init(struct world *world, struct sim *sim)
{
    struct random *random = &sim->random;
    uint32_t lines_max = random_chance(random, 20) ? LINES_MAX_LONG : LINES_MAX;

    *world = (struct world){.sim = sim};
    generate(random, random_chance(random, 30) ? GENERATE_ONE_SEQUENCE : 0, &world->generated);
    put(&world->generated.dag, "%c", '\0');
    world->generated.dag.size--;
    pick_setting(&world->setting, random,
                 registry_publisher(sim->registry, "file")->flags & DAG_CONNECTOR_PROGRESS,
                 event_node_count(&world->generated) > 1 || ticks(&world->generated));
    make_text(world);
    sim_tell(sim, "%s", world->dag_text.bytes);
    world->plan = world_plan(world);
    if (!world->plan)
        return false;
    history_init(&world->history, world->plan);
    clock_virtual_init(&world->clock, SIM_START_US);
    world->disk = sim_disk_new(random_next(random));
    for (size_t i = 0; i < world->generated.subscriber_count; i++) {
        struct world_input *input = &world->inputs[i];

        snprintf(input->path, sizeof(input->path), "/in/in%zu.jsonl", i);
        shorten(&world->generated.inputs[i],
                world->setting.trims_much ? LINES_MAX_LONG : random_below(random, lines_max));
        input->text = world->generated.inputs[i];
        world->generated.inputs[i] = (struct dag_buffer){0};
        sim_disk_append(world->disk, input->path, "", 0);
    }
    return true;
}

void world_deinit(struct world *world)
{
    history_deinit(&world->history);
    plan_free(world->plan);
    generated_free(&world->generated);
    dag_buffer_free(&world->dag_text);
    for (size_t i = 0; i < GENERATED_SUBSCRIBERS_MAX; i++)
        dag_buffer_free(&world->inputs[i].text);
    sim_disk_free(world->disk);
}

/* ---- feeding ---------------------------------------------------------------------------- */

static void wake(struct world *world, size_t input)
{
    if (world->dag && input < dag_plan(world->dag)->subscriber_count && world->dag->sources[input])
        host_wake(&world->dag->sources[input]->host);
}

void world_grow(struct world *world, size_t input, size_t size)
{
    struct world_input *in = &world->inputs[input];
    size_t left = in->text.size - in->written;

    if (size > left)
        size = left;
    if (size > 0)
        sim_disk_append(world->disk, in->path, in->text.bytes + in->written, size);
    in->written += size;
    sim_tell(world->sim, "%s grows by %zu to %zu of %zu bytes", in->path, size, in->written,
             in->text.size);
    wake(world, input);
}

void world_rotate(struct world *world, size_t input)
{
    struct world_input *in = &world->inputs[input];
    const char *rest = in->text.bytes ? in->text.bytes + in->written : NULL;
    const char *feed = rest ? memchr(rest, '\n', in->text.size - in->written) : NULL;
    char path[80];

    if (feed) /* a writer ends its line first */
        world_grow(world, input, (size_t)(feed - rest) + 1);
    if (in->rotations == WORLD_ROTATIONS_MAX)
        return;
    in->ends[in->rotations] = in->written;
    snprintf(path, sizeof(path), "%s-%08u", in->path, ++in->rotations);
    sim_tell(world->sim, "%s is rotated to %s", in->path, path);
    sim_disk_rename(world->disk, in->path, path);
    sim_disk_append(world->disk, in->path, "", 0);
    wake(world, input);
}

/* Events of a subscriber that sources may forget. */
static uint64_t forgettable_events(struct world *world, size_t subscriber)
{
    struct durability *durability = &world->proxy.durability;
    const struct history_steps *steps = &world->history.steps;
    uint64_t cycle = durability->ops->forgettable(durability);
    uint64_t count = 0;

    for (size_t s = 0; s < steps->count; s++) {
        const struct history_step *step = &steps->items[s];

        if (step->first_cycle + step->slot_count - 1 > cycle)
            break;
        for (size_t i = 0; i < world->history.input_count; i++)
            if (history_subscriber(world->plan, i) == (int32_t)subscriber)
                count += step->counts[i];
    }
    return count;
}

static uint64_t count_messages(const char *text, size_t size)
{
    uint64_t count = 0;

    for (const char *at = text; at < text + size;) {
        const char *feed = memchr(at, '\n', size - (size_t)(at - text));
        const char *end = feed ? feed : text + size;

        while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
            at++;
        count += at < end;
        at = end + 1;
    }
    return count;
}

void world_forget(struct world *world)
{
    char path[80];

    /* with the events in the journal a file could go even earlier, but a position is looked for */
    if (!world->dag || world->plan->journal == PLAN_JOURNAL_EVENTS)
        return;
    for (size_t i = 0; i < world->generated.subscriber_count; i++) {
        struct world_input *in = &world->inputs[i];

        /* the file in which the position stands is looked for, too: one more stays */
        while (in->removed + 1 < in->rotations &&
               forgettable_events(world, i) >
                   count_messages(in->text.bytes, in->ends[in->removed])) {
            snprintf(path, sizeof(path), "%s-%08u", in->path, ++in->removed);
            sim_tell(world->sim, "%s is removed", path);
            sim_disk_remove(world->disk, path);
        }
    }
}
