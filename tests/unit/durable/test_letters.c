/* test_letters.c - the store of dead letters: kept over a crash, once each, and taken out again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "durable/letters.h"
#include "support/sim_disk.h"

#define FOLDER "data/dags/a/dead-letters"

struct place {
    struct sim_disk *disk;
    struct letters_store *store;
    const struct plan_publisher *publisher;
    void *state; /* owned */
    struct dag_error err;
};

static void store_init(struct place *place)
{
    place->store = letters_store_new(sim_disk_storage(place->disk), FOLDER, &place->err);
    assert_non_null(place->store);
    place->publisher = letters_store_publisher(place->store);
    place->state = calloc(1, place->publisher->type->state_size);
    assert_non_null(place->state);
}

static bool store_open(struct place *place, uint64_t replays_from)
{
    letters_store_replays_from(place->store, replays_from);
    return place->publisher->type->open(place->state, &place->publisher->address, NULL,
                                        &place->err);
}

static void store_deinit(struct place *place)
{
    place->publisher->type->close(place->state);
    free(place->state);
    letters_store_free(place->store);
}

static void place_init(struct place *place)
{
    *place = (struct place){.disk = sim_disk_new(3)};
    store_init(place);
}

static void place_deinit(struct place *place)
{
    store_deinit(place);
    sim_disk_free(place->disk);
}

static void place_crash(struct place *place, uint64_t replays_from)
{
    sim_disk_crash(place->disk, SIM_CRASH_POWER);
    store_deinit(place);
    sim_disk_restart(place->disk);
    store_init(place);
    assert_true(store_open(place, replays_from));
}

/* A letter of `cycle` about {"n": n}; its time is another one at every call. */
static bool put(struct place *place, uint64_t cycle, int n, uint64_t reached)
{
    static int seconds;
    struct dag_batch *batch = dag_batch_new();
    struct dag_row row;
    char text[256];
    size_t written = 0;

    snprintf(text, sizeof(text),
             "{\"cause\":\"node\",\"dag\":\"a\",\"node\":\"sum\",\"cycle\":%llu,"
             "\"time\":\"2026-01-01T00:00:%02d.000Z\",\"message\":\"no \\\"x\\\"\","
             "\"input\":{\"n\": %d}}",
             (unsigned long long)cycle, seconds++ % 60, n);
    assert_true(dag_json_parse_object(batch, text, strlen(text), &row, &place->err));
    struct dag_delivery delivery = {
        .rows = &row, .cycles = &reached, .count = 1, .batch = batch, .mark = reached};
    bool done = place->publisher->type->write(place->state, &delivery, &written, &place->err) ==
                    DAG_WRITE_DONE &&
                written == 1;
    dag_batch_unref(batch);
    return done;
}

static bool flush(struct place *place)
{
    return place->publisher->type->flush(place->state, &place->err) == DAG_WRITE_DONE;
}

static size_t read_count(struct place *place, struct letter_list *list)
{
    assert_true(letters_read(sim_disk_storage(place->disk), FOLDER, list, &place->err));
    return list->count;
}

static size_t stored_count(struct place *place)
{
    struct letter_list list;
    size_t count = read_count(place, &list);

    letter_list_free(&list);
    return count;
}

static void what_was_flushed_is_there_after_a_crash(void **unused)
{
    struct place place;
    struct letter_list list;

    (void)unused;
    place_init(&place);
    assert_int_equal(read_count(&place, &list), 0);
    assert_true(store_open(&place, 0));
    assert_true(put(&place, 5, 1, 5));
    assert_true(put(&place, 5, 2, 5));
    assert_true(put(&place, 9, 3, 9));
    assert_true(flush(&place));
    assert_true(put(&place, 10, 4, 10));
    place_crash(&place, 100);
    assert_int_equal(read_count(&place, &list), 3);
    assert_int_equal(list.items[0].id, 5);
    assert_int_equal(list.items[1].id, 6);
    assert_int_equal(list.items[2].id, 9);
    assert_int_equal(list.items[2].state, LETTER_STORED);
    assert_non_null(strstr(list.items[2].json, "\"cycle\":9"));
    assert_int_equal(letters_store_count(place.store), 3);
    letter_list_free(&list);
    place_deinit(&place);
}

static void letters_that_come_again_are_stored_once(void **unused)
{
    struct place place;

    (void)unused;
    place_init(&place);
    assert_true(store_open(&place, 0));
    assert_true(put(&place, 3, 1, 3));
    assert_true(put(&place, 7, 2, 7));
    assert_true(put(&place, 7, 2, 7)); /* twice the same in one cycle */
    assert_true(put(&place, 5, 9, 8)); /* of an earlier cycle, from a slow publisher */
    assert_true(flush(&place));
    place_crash(&place, 4);
    /* cycles from 5 on run again; one letter of cycle 7 more than there was */
    assert_true(put(&place, 5, 9, 5));
    for (int i = 0; i < 3; i++)
        assert_true(put(&place, 7, 2, 7));
    assert_true(put(&place, 8, 2, 8));
    assert_true(flush(&place));
    assert_int_equal(stored_count(&place), 6);
    place_deinit(&place);
}

static void what_a_failed_sync_lost_is_written_again(void **unused)
{
    struct place place;
    int failures = 0;

    (void)unused;
    place_init(&place);
    assert_true(store_open(&place, 0));
    sim_disk_set_faults(place.disk,
                        &(struct sim_faults){.sync = 20000, .sync_failure_loses = true});
    for (int i = 1; i <= 200; i++) {
        assert_true(put(&place, (uint64_t)i, i, (uint64_t)i));
        while (i % 5 == 0 && !flush(&place)) {
            assert_true(place.err.retryable);
            failures++;
        }
    }
    assert_true(failures > 0);
    sim_disk_set_faults(place.disk, &(struct sim_faults){0});
    place_crash(&place, 1000);
    assert_int_equal(stored_count(&place), 200);
    place_deinit(&place);
}

static void marked_letters_stay_marked(void **unused)
{
    struct place place;
    struct letter_list list;
    bool chosen[3] = {true, false, true};

    (void)unused;
    place_init(&place);
    assert_true(store_open(&place, 0));
    for (int i = 1; i <= 3; i++)
        assert_true(put(&place, (uint64_t)i, i, (uint64_t)i));
    assert_true(flush(&place));
    place.publisher->type->stop(place.state);
    assert_int_equal(read_count(&place, &list), 3);
    assert_true(letters_mark(sim_disk_storage(place.disk), FOLDER, &list, chosen, LETTER_REDRIVEN,
                             &place.err));
    letter_list_free(&list);
    assert_int_equal(read_count(&place, &list), 3);
    assert_int_equal(list.items[0].state, LETTER_REDRIVEN);
    assert_int_equal(list.items[1].state, LETTER_STORED);
    assert_int_equal(list.items[2].state, LETTER_REDRIVEN);
    letter_list_free(&list);
    assert_true(store_open(&place, 10)); /* and the store goes on behind the marks */
    assert_true(put(&place, 4, 4, 4));
    assert_true(flush(&place));
    assert_int_equal(stored_count(&place), 4);
    place_deinit(&place);
}

static enum letter_kind state_of(struct place *place, size_t i)
{
    struct letter_list list;

    assert_true(i < read_count(place, &list));
    enum letter_kind state = list.items[i].state;
    letter_list_free(&list);
    return state;
}

static bool mark(struct place *place, size_t i, enum letter_kind state)
{
    bool chosen[8] = {false};
    struct letter_list list;

    assert_in_range(read_count(place, &list), i + 1, 8);
    chosen[i] = true;
    bool done =
        letters_mark(sim_disk_storage(place->disk), FOLDER, &list, chosen, state, &place->err);
    letter_list_free(&list);
    return done;
}

static void letters_are_marked_while_the_dag_writes_more(void **unused)
{
    struct place place;

    (void)unused;
    place_init(&place);
    assert_true(store_open(&place, 0));
    assert_true(put(&place, 1, 1, 1));
    assert_true(put(&place, 2, 2, 2));
    assert_true(flush(&place));
    assert_true(put(&place, 3, 3, 3)); /* not flushed yet: the mark brings it along */
    assert_true(mark(&place, 0, LETTER_DISCARDED));
    assert_true(put(&place, 4, 4, 4));
    assert_true(mark(&place, 1, LETTER_REDRIVEN));
    place_crash(&place, 0); /* all cycles come again, and their letters */
    for (int i = 1; i <= 4; i++)
        assert_true(put(&place, (uint64_t)i, i, (uint64_t)i));
    assert_true(flush(&place));
    assert_int_equal(stored_count(&place), 4);
    assert_int_equal(state_of(&place, 0), LETTER_DISCARDED);
    assert_int_equal(state_of(&place, 1), LETTER_REDRIVEN);
    assert_int_equal(state_of(&place, 2), LETTER_STORED);
    assert_int_equal(state_of(&place, 3), LETTER_STORED);
    place_deinit(&place);
}

static void a_mark_that_the_disk_refuses_is_written_by_and_by(void **unused)
{
    struct place place;

    (void)unused;
    place_init(&place);
    assert_true(store_open(&place, 0));
    assert_true(put(&place, 1, 1, 1));
    assert_true(flush(&place));
    sim_disk_set_room(place.disk, 0);
    assert_false(mark(&place, 0, LETTER_DISCARDED));
    sim_disk_set_room(place.disk, UINT64_MAX);
    assert_true(put(&place, 2, 2, 2));
    assert_true(flush(&place));
    assert_int_equal(state_of(&place, 0), LETTER_DISCARDED);
    assert_int_equal(state_of(&place, 1), LETTER_STORED);
    place_deinit(&place);
}

#define WRITTEN 300

static void *mark_some(void *context)
{
    static char reading[] = "reading failed", marking[] = "marking failed";
    struct place *place = context;

    for (int i = 0; i < 20; i++) {
        struct dag_error err = {0};
        struct letter_list list;
        bool chosen[WRITTEN] = {false};

        if (!letters_read(sim_disk_storage(place->disk), FOLDER, &list, &err))
            return reading;
        for (size_t k = 0; k < list.count; k++)
            chosen[k] = list.items[k].state == LETTER_STORED && k % 2 == 0;
        bool done = letters_mark(sim_disk_storage(place->disk), FOLDER, &list, chosen,
                                 LETTER_DISCARDED, &err);
        letter_list_free(&list);
        if (!done)
            return marking;
    }
    return NULL;
}

static void people_and_the_dag_share_the_log(void **unused)
{
    struct place place;
    pthread_t people;
    void *failure;

    (void)unused;
    place_init(&place);
    assert_true(store_open(&place, 0));
    assert_int_equal(pthread_create(&people, NULL, mark_some, &place), 0);
    for (int i = 1; i <= WRITTEN; i++)
        assert_true(put(&place, (uint64_t)i, i, (uint64_t)i) && (i % 7 != 0 || flush(&place)));
    assert_int_equal(pthread_join(people, &failure), 0);
    assert_null(failure);
    assert_true(flush(&place));
    assert_int_equal(stored_count(&place), WRITTEN);
    place_deinit(&place);
}

static void the_message_comes_out_as_it_came_in(void **unused)
{
    static const struct {
        const char *json;
        const char *input; /* NULL: none */
    } cases[] = {
        {"{\"cause\":\"node\",\"input\":{\"n\":1.50,\"s\":\"a\\u0001\"}}",
         "{\"n\":1.50,\"s\":\"a\\u0001\"}\n"},
        {"{\"cause\":\"node\",\"input\":7}", "7\n"},
        {"{\"cause\":\"parse\",\"raw_base64\":\"e25vIGpzb24=\"}", "{no json\n"},
        {"{\"cause\":\"parse\",\"raw_base64\":\"\"}", "\n"},
        {"{\"cause\":\"parse\",\"raw_base64\":\"/+8=\"}", "\xff\xef\n"},
        {"{\"cause\":\"publish\"}", NULL},
        {"{\"cause\":", NULL},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_error err = {0};
        struct dag_buffer out = {0};
        char *json = strdup(cases[i].json);
        struct letter letter = {.id = 3, .json = json, .json_size = strlen(json)};
        assert_int_equal(letter_input(&letter, &out, &err), cases[i].input != NULL);
        if (cases[i].input) {
            assert_int_equal(out.size, strlen(cases[i].input));
            assert_memory_equal(out.bytes, cases[i].input, out.size);
        } else {
            assert_int_equal(out.size, 0);
            assert_true(err.message[0] != '\0');
        }
        dag_buffer_free(&out);
        free(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_flushed_is_there_after_a_crash),
        cmocka_unit_test(letters_that_come_again_are_stored_once),
        cmocka_unit_test(what_a_failed_sync_lost_is_written_again),
        cmocka_unit_test(marked_letters_stay_marked),
        cmocka_unit_test(letters_are_marked_while_the_dag_writes_more),
        cmocka_unit_test(a_mark_that_the_disk_refuses_is_written_by_and_by),
        cmocka_unit_test(people_and_the_dag_share_the_log),
        cmocka_unit_test(the_message_comes_out_as_it_came_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
