/* engine_fixture.c - see engine_fixture.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/engine_fixture.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/check.h"

#define FIXTURE_TIME_US 1767225600000000 /* 2026-01-01T00:00:00Z */

void engine_fixture_init(struct engine_fixture *fixture, const char *dag_text)
{
    char *dag_json = strdup(dag_text);
    struct problems problems = {0};
    struct check_options options = {.path = "test.json"};
    struct dag_error err = {0};

    assert_non_null(dag_json);
    for (char *quote = dag_json; (quote = strchr(quote, '\''));)
        *quote = '"';
    *fixture = (struct engine_fixture){.next_cycle = 1};
    fixture->components = components_new(NULL, 0, &err);
    assert_non_null(fixture->components);
    fixture->plan =
        graph_check(dag_json, strlen(dag_json), components_registry(fixture->components), &options,
                    &problems, &err);
    for (size_t i = 0; !fixture->plan && i < problems.count; i++)
        print_error("%s: %s\n", problems.items[i].pointer, problems.items[i].message);
    if (!fixture->plan) {
        fail();
        return;
    }
    problems_free(&problems);
    free(dag_json);
    fixture->engine = engine_new(fixture->plan, NULL, NULL, &err);
    assert_non_null(fixture->engine);
    assert_true(engine_event_node_count(fixture->engine) <= FIXTURE_EVENTS_MAX);
    assert_true(fixture->plan->publisher_count <= FIXTURE_PUBLISHERS_MAX);
}

void engine_fixture_deinit(struct engine_fixture *fixture)
{
    for (size_t i = 0; i <= FIXTURE_PUBLISHERS_MAX; i++)
        dag_buffer_free(&fixture->outputs[i]);
    for (size_t i = 0; i < FIXTURE_EVENTS_MAX; i++)
        dag_batch_unref(fixture->waiting[i]);
    engine_free(fixture->engine);
    plan_free(fixture->plan);
    components_free(fixture->components);
}

void engine_fixture_feed(struct engine_fixture *fixture, size_t event, const char *const *texts,
                         size_t count)
{
    struct dag_error err = {0};
    struct dag_json_parser *parser = dag_json_parser_new(0);

    assert_non_null(parser);
    if (!fixture->waiting[event])
        fixture->waiting[event] = dag_batch_new();
    assert_non_null(fixture->waiting[event]);
    for (size_t i = 0; i < count; i++) {
        struct dag_origin origin = {.offset = i + 1};
        assert_true(dag_json_parse(parser, fixture->waiting[event], texts[i], strlen(texts[i]),
                                   origin, &err));
    }
    dag_json_parser_free(parser);
}

static void take_outputs(struct engine_fixture *fixture, const struct engine_result *result)
{
    size_t count = fixture->plan->publisher_count;

    for (size_t p = 0; p <= count; p++) {
        struct dag_buffer *out = &fixture->outputs[p < count ? p : FIXTURE_PUBLISHERS_MAX];
        for (size_t i = 0; i < result->outputs[p].count; i++) {
            char cycle[24];
            int length =
                snprintf(cycle, sizeof(cycle), "%" PRIu64 " ", result->outputs[p].cycles[i]);
            assert_true(dag_buffer_append(out, cycle, (size_t)length));
            assert_true(dag_json_write_lines(out, &result->outputs[p].rows[i], 1));
        }
    }
}

/* How many slots the next step has; fills its inputs. */
static uint32_t compose(struct engine_fixture *fixture, struct engine_input *inputs,
                        uint32_t slots_max)
{
    size_t event_count = engine_event_node_count(fixture->engine);
    uint32_t slots = 0;

    for (size_t i = 0; i < event_count; i++) {
        struct dag_batch *batch = fixture->waiting[i];
        uint32_t left = batch ? (uint32_t)dag_batch_row_count(batch) - fixture->taken[i] : 0;
        if (left > slots_max)
            left = slots_max;
        inputs[i] = (struct engine_input){
            .batch = batch, .first = fixture->taken[i], .count = left, .stride = 1};
        fixture->taken[i] += left;
        if (left > slots)
            slots = left;
    }
    return slots;
}

void engine_fixture_run(struct engine_fixture *fixture, uint32_t slots_max, bool tick)
{
    bool ticks[8];
    struct engine_input inputs[FIXTURE_EVENTS_MAX];
    uint32_t slots;

    memset(ticks, tick, sizeof(ticks));
    while ((slots = compose(fixture, inputs, slots_max)) > 0 || tick) {
        struct engine_step step = {.first_cycle = fixture->next_cycle,
                                   .slot_count = slots > 0 ? slots : 1,
                                   .time_us = FIXTURE_TIME_US,
                                   .inputs = inputs,
                                   .ticks = tick ? ticks : NULL};
        struct engine_result result;
        struct dag_error err = {0};
        assert_true(engine_run(fixture->engine, &step, &result, &err));
        fixture->next_cycle = result.last_cycle + 1;
        take_outputs(fixture, &result);
        dag_batch_unref(result.batch);
        tick = false;
    }
}

const char *engine_fixture_output(struct engine_fixture *fixture, size_t publisher)
{
    struct dag_buffer *out = &fixture->outputs[publisher];

    assert_true(dag_buffer_append(out, "", 1));
    out->size--;
    return out->bytes;
}

int32_t engine_fixture_index(const struct engine_fixture *fixture, const char *node)
{
    for (size_t i = 0; i < fixture->plan->node_count; i++)
        if (strcmp(fixture->plan->nodes[i].name, node) == 0)
            return (int32_t)i;
    fail_msg("no node '%s'", node);
    return -1;
}

const char *engine_fixture_node(struct engine_fixture *fixture, const char *node, bool is_output)
{
    static char text[4096];
    struct dag_batch *batch = dag_batch_new();
    struct dag_buffer buffer = {0};
    struct dag_error err = {0};
    struct dag_row row;
    int32_t index = engine_fixture_index(fixture, node);

    assert_true(is_output ? engine_node_output(fixture->engine, index, batch, &row, &err)
                          : engine_node_input(fixture->engine, index, batch, &row, &err));
    assert_true(dag_json_write_row(&buffer, &row));
    assert_true(buffer.size < sizeof(text));
    memcpy(text, buffer.bytes, buffer.size);
    text[buffer.size] = '\0';
    dag_buffer_free(&buffer);
    dag_batch_unref(batch);
    return text;
}
