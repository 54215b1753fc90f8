/* test_journal.c - a step's record gives back exactly what was taken in which cycle. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "durable/journal.h"

static struct dag_json_parser *parser;
static struct dag_error err;

static int setup(void **unused)
{
    (void)unused;
    parser = dag_json_parser_new(RECORD_SIZE_MAX);
    return parser ? 0 : -1;
}

static int teardown(void **unused)
{
    (void)unused;
    dag_json_parser_free(parser);
    return 0;
}

/* Messages as a source reads them; their origins are set by the test. */
static struct dag_batch *batch_of(const char *const *messages, const struct dag_origin *origins,
                                  size_t count)
{
    struct dag_batch *batch = dag_batch_new();

    assert_non_null(batch);
    for (size_t i = 0; i < count; i++)
        assert_true(
            dag_json_parse(parser, batch, messages[i], strlen(messages[i]), origins[i], &err));
    return batch;
}

static struct record record_of(const struct engine_step *step, const struct dag_buffer *payload)
{
    return (struct record){.key = step->first_cycle + step->slot_count - 1,
                           .kind = JOURNAL_STEP,
                           .size = (uint32_t)payload->size,
                           .payload = payload->bytes};
}

static void assert_same_input(const struct engine_input *input, const struct durability_step *step,
                              size_t node, bool with_events)
{
    struct dag_buffer was = {0}, is = {0};
    const struct dag_batch *batch = step->batches[node];

    assert_int_equal(step->counts[node], input->count);
    assert_int_equal(batch != NULL, with_events && input->count > 0);
    assert_true(!batch || dag_batch_row_count(batch) == input->count);
    for (uint32_t i = 0; i < input->count; i++) {
        size_t row = input->first + (size_t)i * input->stride;
        const struct dag_origin *origin = &dag_batch_origins(input->batch)[row];
        const struct dag_row *event = &dag_batch_rows(input->batch)[row];
        assert_int_equal(step->origins[node][i].offset, origin->offset);
        assert_int_equal(step->origins[node][i].lane, origin->lane);
        assert_int_equal(step->origins[node][i].flags, origin->flags);
        if (!batch)
            continue;
        assert_int_equal(dag_batch_origins(batch)[i].offset, origin->offset);
        if (origin->flags & DAG_ORIGIN_REJECTED) {
            for (int k = 0; k < 2; k++) {
                const struct dag_value *value = &dag_batch_rows(batch)[i].values[k];
                assert_null(dag_batch_rows(batch)[i].shape);
                assert_int_equal(value->size, event->values[k].size);
                assert_memory_equal(value->as.text, event->values[k].as.text, value->size);
            }
            continue;
        }
        was.size = is.size = 0;
        assert_true(dag_json_write_row(&was, event));
        assert_true(dag_json_write_row(&is, &dag_batch_rows(batch)[i]));
        assert_int_equal(was.size, is.size);
        assert_memory_equal(was.bytes, is.bytes, is.size);
    }
    dag_buffer_free(&was);
    dag_buffer_free(&is);
}

static void assert_round_trip(const struct engine_step *step, size_t event_count,
                              size_t metronome_count)
{
    for (int depth = 0; depth < 2; depth++) {
        struct dag_buffer payload = {0};
        struct journal_step read;
        size_t events = 0, metronomes = 0;

        assert_true(journal_encode(&payload, step, event_count, metronome_count, depth == 1));
        struct record record = record_of(step, &payload);
        assert_true(journal_counts(&record, &events, &metronomes, &err));
        assert_int_equal(events, event_count);
        assert_int_equal(metronomes, metronome_count);
        if (!journal_decode(&record, event_count, metronome_count, parser, &read, &err))
            fail_msg("%s", err.message);
        assert_int_equal(read.has_events, depth);
        assert_int_equal(read.step.first_cycle, step->first_cycle);
        assert_int_equal(read.step.slot_count, step->slot_count);
        assert_int_equal(read.step.time_us, step->time_us);
        for (size_t i = 0; i < metronome_count; i++)
            assert_int_equal(read.step.ticks[i], step->ticks && step->ticks[i]);
        for (size_t i = 0; i < event_count; i++)
            assert_same_input(&step->inputs[i], &read.step, i, depth == 1);
        journal_step_deinit(&read);
        assert_false(
            journal_decode(&record, event_count + 1, metronome_count, parser, &read, &err));
        assert_non_null(strstr(err.message, "another definition"));
        dag_buffer_free(&payload);
    }
}

static const char *const messages[] = {
    "{\"a\":1,\"b\":\"two\"}",
    "{\"a\":1.0,\"b\":null,\"c\":{\"d\":[1,2,{\"e\":\"\\u00e9\"}]}}",
    "{\"a\":\"line\\nfeed\",\"b\":\"\\ud800\"}",
    "not a message\nover two lines",
    "[1, 2, 3]",
    "null",
    "1e400",
    "\"text\"",
    "{}",
    "{\"big\":123456789012345678901234567890,\"a\":-0.0,\"b\":1e300}",
    "{\"a\":1,\"a\":2}",
    "",
};
#define MESSAGE_COUNT (sizeof(messages) / sizeof(messages[0]))

static void events_come_back_as_they_were(void **unused)
{
    struct dag_origin origins[MESSAGE_COUNT];

    (void)unused;
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        origins[i] = (struct dag_origin){.offset = 1000 + 30 * i, .lane = i < 7 ? 3 : 4};

    struct dag_batch *batch = batch_of(messages, origins, MESSAGE_COUNT);
    bool ticks[9] = {true, [8] = true};
    const struct engine_input inputs[] = {
        {batch, 0, MESSAGE_COUNT, 1}, {0}, {batch, 1, 4, 3}, {batch, 2, 1, 7}};

    assert_round_trip(&(struct engine_step){.first_cycle = 1,
                                            .slot_count = MESSAGE_COUNT,
                                            .time_us = -5,
                                            .inputs = inputs,
                                            .ticks = ticks},
                      4, 9);
    assert_round_trip(&(struct engine_step){.first_cycle = UINT64_MAX - 100,
                                            .slot_count = 20,
                                            .time_us = INT64_MAX,
                                            .inputs = inputs},
                      4, 9);
    dag_batch_unref(batch);
}

static void positions_of_any_width_come_back(void **unused)
{
    static const uint64_t steps[] = {0,     1,          255,        256,       65535,
                                     65536, UINT32_MAX, 1ull << 32, UINT64_MAX /* back by one */};
    struct dag_origin origins[1024];
    const char *texts[1024];

    (void)unused;
    for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
        for (size_t i = 0; i < 1024; i++) {
            texts[i] = "{\"n\":1}";
            origins[i] = (struct dag_origin){.offset = 77 + (i % 16 < 15 ? i * steps[s] : i),
                                             .lane = (uint32_t)(s < 4 ? 0 : i / 100)};
        }
        struct dag_batch *batch = batch_of(texts, origins, 1024);
        const struct engine_input inputs[] = {{batch, 0, 1024, 1}, {batch, 1, 128, 8}};
        assert_round_trip(
            &(struct engine_step){.first_cycle = 500, .slot_count = 1024, .inputs = inputs}, 2, 0);
        dag_batch_unref(batch);
    }
}

static void a_step_of_ticks_alone_is_small(void **unused)
{
    bool ticks[2] = {false, true};
    const struct engine_step step = {
        .first_cycle = 7, .slot_count = 1, .time_us = 1, .ticks = ticks};
    struct dag_buffer payload = {0};

    (void)unused;
    assert_true(journal_encode(&payload, &step, 0, 2, true));
    assert_int_equal(payload.size, 13);
    assert_round_trip(&step, 0, 2);
    dag_buffer_free(&payload);
}

static void flip(char *bytes, size_t bit)
{
    ((uint8_t *)bytes)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* A checksum stands before all this; still nothing reads beyond the record or crashes. */
static void a_record_that_was_changed_is_no_danger(void **unused)
{
    struct dag_origin origins[MESSAGE_COUNT] = {{0}};
    struct dag_batch *batch = batch_of(messages, origins, MESSAGE_COUNT);
    const struct engine_input input = {batch, 0, MESSAGE_COUNT, 1};
    const struct engine_step step = {
        .first_cycle = 1, .slot_count = MESSAGE_COUNT, .inputs = &input};
    struct dag_buffer payload = {0};
    struct journal_step read;

    (void)unused;
    assert_true(journal_encode(&payload, &step, 1, 0, true));
    for (size_t bit = 0; bit < payload.size * 8; bit++) {
        flip(payload.bytes, bit);
        struct record record = record_of(&step, &payload);
        if (journal_decode(&record, 1, 0, parser, &read, &err))
            journal_step_deinit(&read);
        flip(payload.bytes, bit);
    }
    for (size_t size = 0; size < payload.size; size++) {
        char *exact = malloc(size + 1);
        memcpy(exact, payload.bytes, size);
        struct record record = record_of(&step, &payload);
        record.payload = exact;
        record.size = (uint32_t)size;
        assert_false(journal_decode(&record, 1, 0, parser, &read, &err));
        assert_int_equal(err.code, DAG_ERROR_INVALID);
        free(exact);
    }
    payload.bytes[0] = (char)0x80;
    struct record record = record_of(&step, &payload);
    assert_false(journal_decode(&record, 1, 0, parser, &read, &err));
    assert_int_equal(err.code, DAG_ERROR_UNSUPPORTED);
    dag_buffer_free(&payload);
    dag_batch_unref(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_come_back_as_they_were, setup, teardown),
        cmocka_unit_test_setup_teardown(positions_of_any_width_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_step_of_ticks_alone_is_small, setup, teardown),
        cmocka_unit_test_setup_teardown(a_record_that_was_changed_is_no_danger, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
