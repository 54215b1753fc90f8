/* test_checkpoint.c - checkpoints are whole or not there, and two are kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "durable/checkpoint.h"
#include "graph/check.h"
#include "support/fake_registry.h"
#include "support/sim_disk.h"

#define FOLDER   "data/dags/a"
#define INSTANCE "0123456789abcdef0123456789abcdef"
#define STATE    "{\"node\":{\"x\":[1,2.5,\"\\u0001 \\\"\"]}}"

static const char definition[] =
    "{\"name\":\"a\","
    "\"subscribers\":[{\"name\":\"in\",\"config\":{\"source\":\"file:///in\"}},"
    "{\"name\":\"queue\",\"config\":{\"source\":\"mem://queue/q\"}}],"
    "\"nodes\":[{\"name\":\"take\",\"type\":\"SubscriptionNode\",\"subscriber\":\"in\"},"
    "{\"name\":\"more\",\"type\":\"SubscriptionNode\",\"subscriber\":\"queue\"}]}";

struct place {
    struct sim_disk *disk;
    struct storage *storage;
    struct plan *plan;
    struct dag_error err;
    int skipped;
    char why[128];
};

static void place_init(struct place *place)
{
    struct problems problems = {0};

    *place = (struct place){.disk = sim_disk_new(7)};
    place->storage = sim_disk_storage(place->disk);
    place->plan =
        graph_check(definition, strlen(definition), &fake_registry, NULL, &problems, &place->err);
    problems_free(&problems);
    assert_non_null(place->plan);
    sim_disk_append(place->disk, FOLDER "/identity", "x", 1);
}

static void place_deinit(struct place *place)
{
    plan_free(place->plan);
    sim_disk_free(place->disk);
}

static bool write_at(struct place *place, uint64_t cycle)
{
    static const struct dag_text positions[] = {{"{\"offset\":12}", 13}, {NULL, 0}};

    return checkpoint_write(place->storage, FOLDER, INSTANCE, cycle, place->plan, STATE,
                            strlen(STATE), positions, &place->err);
}

static void note_skipped(void *context, const char *path, const char *why)
{
    struct place *place = context;

    (void)path;
    place->skipped++;
    snprintf(place->why, sizeof(place->why), "%s", why);
}

/* The cycle of the newest whole one; UINT64_MAX: none. */
static uint64_t read_newest(struct place *place, uint64_t *older)
{
    struct checkpoint checkpoint;
    uint64_t cycle = UINT64_MAX;

    place->skipped = 0;
    if (checkpoint_read(place->storage, FOLDER, &checkpoint, older, note_skipped, place,
                        &place->err))
        cycle = checkpoint.cycle;
    checkpoint_deinit(&checkpoint);
    return cycle;
}

static void count_checkpoint(void *context, const char *path, uint64_t size)
{
    size_t *count = context;

    (void)size;
    *count += strstr(path, "/checkpoint-") != NULL && !strstr(path, ".tmp");
}

static size_t file_count(struct place *place)
{
    size_t count = 0;

    sim_disk_each(place->disk, FOLDER, count_checkpoint, &count);
    return count;
}

static void everything_comes_back(void **unused)
{
    struct place place;
    struct checkpoint checkpoint;
    uint64_t older;
    char hash[20];

    (void)unused;
    place_init(&place);
    assert_int_equal(read_newest(&place, &older), UINT64_MAX);
    assert_int_equal(place.err.code, DAG_ERROR_NONE);
    assert_true(write_at(&place, 42));
    assert_true(
        checkpoint_read(place.storage, FOLDER, &checkpoint, &older, NULL, NULL, &place.err));
    assert_int_equal(checkpoint.cycle, 42);
    assert_int_equal(older, 42);
    assert_string_equal(checkpoint.instance, INSTANCE);
    definition_hash(place.plan, hash);
    assert_string_equal(checkpoint.definition, hash);
    assert_int_equal(checkpoint.engine->json_size, strlen(STATE));
    assert_memory_equal(checkpoint.engine->json, STATE, strlen(STATE));
    assert_int_equal(checkpoint.positions->count, 1);
    assert_int_equal(tree_get(tree_get(checkpoint.positions, "in"), "offset")->integer, 12);
    checkpoint_deinit(&checkpoint);
    place_deinit(&place);
}

static void the_two_newest_are_kept(void **unused)
{
    struct place place;
    uint64_t older;

    (void)unused;
    place_init(&place);
    for (uint64_t cycle = 0; cycle < 1000; cycle += 99) {
        assert_true(write_at(&place, cycle));
        assert_int_equal(read_newest(&place, &older), cycle);
        assert_int_equal(older, cycle ? cycle - 99 : 0);
        assert_int_equal(file_count(&place), cycle ? 2 : 1);
    }
    place_deinit(&place);
}

static void one_of_the_same_cycle_stands_beside_the_other(void **unused)
{
    struct place place;
    uint64_t older;

    (void)unused;
    place_init(&place);
    for (int i = 0; i < 5; i++) {
        assert_true(i % 2 ? checkpoint_copy(place.storage, FOLDER, &place.err)
                          : write_at(&place, 7));
        assert_int_equal(read_newest(&place, &older), 7);
        assert_int_equal(older, 7);
        assert_int_equal(file_count(&place), i ? 2 : 1);
    }
    assert_true(sim_disk_flip(place.disk, FOLDER "/checkpoint-00000000000000000007-000004", 9, 0));
    assert_int_equal(read_newest(&place, &older), 7);
    assert_int_equal(place.skipped, 1);
    place_deinit(&place);
}

static void any_flipped_bit_is_found(void **unused)
{
    static const char newest[] = FOLDER "/checkpoint-00000000000000000020";
    struct place place;
    struct dag_buffer bytes = {0};
    uint64_t older;

    (void)unused;
    place_init(&place);
    assert_true(write_at(&place, 10));
    assert_true(write_at(&place, 20));
    assert_true(sim_disk_content(place.disk, newest, &bytes));
    for (uint64_t at = 0; at < bytes.size; at++) {
        assert_true(sim_disk_flip(place.disk, newest, at, at % 8));
        assert_int_equal(read_newest(&place, &older), 10);
        assert_int_equal(older, 10);
        assert_int_equal(place.skipped, 1);
        assert_string_equal(place.why, "its checksum is wrong");
        assert_true(sim_disk_flip(place.disk, newest, at, at % 8));
    }
    /* the next one takes the place of the damaged one, never of the one that is whole */
    assert_true(sim_disk_flip(place.disk, newest, 3, 3));
    assert_true(write_at(&place, 15));
    assert_int_equal(read_newest(&place, &older), 15);
    assert_int_equal(older, 10);
    assert_int_equal(place.skipped, 0);
    assert_int_equal(file_count(&place), 2);
    dag_buffer_free(&bytes);
    place_deinit(&place);
}

static void none_that_is_whole_is_no_beginning(void **unused)
{
    struct place place;
    uint64_t older;

    (void)unused;
    place_init(&place);
    assert_true(write_at(&place, 0));
    assert_true(sim_disk_flip(place.disk, FOLDER "/checkpoint-00000000000000000000", 30, 1));
    assert_int_equal(read_newest(&place, &older), UINT64_MAX);
    assert_int_equal(place.err.code, DAG_ERROR_INVALID);
    assert_non_null(strstr(place.err.message, "no checkpoint in '" FOLDER "' is whole"));
    place_deinit(&place);
}

static void a_crash_leaves_two_or_the_one_before(void **unused)
{
    (void)unused;
    for (uint64_t at = 1; at < 12; at++) {
        struct place place;
        uint64_t older;
        place_init(&place);
        assert_true(write_at(&place, 10));
        assert_true(write_at(&place, 20));
        sim_disk_crash_at(place.disk, sim_disk_operations(place.disk) + at, SIM_CRASH_POWER);
        bool done = write_at(&place, 30);
        sim_disk_crash(place.disk, SIM_CRASH_POWER);
        sim_disk_restart(place.disk);
        uint64_t newest = read_newest(&place, &older);
        assert_int_equal(place.skipped, 0);
        assert_true(newest == 30 || (newest == 20 && !done));
        assert_int_equal(older, newest - 10);
        place_deinit(&place);
    }
}

static void a_disk_that_refuses_is_asked_again(void **unused)
{
    struct place place;
    uint64_t older;
    int tries = 0;

    (void)unused;
    place_init(&place);
    assert_true(write_at(&place, 10));
    sim_disk_set_faults(place.disk, &(struct sim_faults){.open = 6000,
                                                         .read = 6000,
                                                         .write = 6000,
                                                         .sync = 6000,
                                                         .rename = 6000,
                                                         .full = 6000,
                                                         .sync_failure_loses = true});
    for (uint64_t cycle = 20; cycle < 1000; cycle += 10)
        while (!write_at(&place, cycle)) {
            assert_true(place.err.retryable);
            assert_true(++tries < 10000);
        }
    assert_true(tries > 0);
    sim_disk_set_faults(place.disk, &(struct sim_faults){0});
    sim_disk_crash(place.disk, SIM_CRASH_POWER);
    sim_disk_restart(place.disk);
    assert_int_equal(read_newest(&place, &older), 990);
    place_deinit(&place);
}

static bool has(struct place *place, uint64_t cycle)
{
    struct checkpoint checkpoint;
    bool found = checkpoint_read_between(place->storage, FOLDER, cycle, cycle, true, &checkpoint,
                                         &place->err);

    assert_int_equal(place->err.code, DAG_ERROR_NONE);
    checkpoint_deinit(&checkpoint);
    return found;
}

static uint64_t read_between(struct place *place, uint64_t least, uint64_t most, bool newest)
{
    struct checkpoint checkpoint;
    uint64_t cycle = UINT64_MAX;

    if (checkpoint_read_between(place->storage, FOLDER, least, most, newest, &checkpoint,
                                &place->err))
        cycle = checkpoint.cycle;
    checkpoint_deinit(&checkpoint);
    return cycle;
}

static void older_ones_stay_for_replays_as_long_as_the_journal_reaches_back(void **unused)
{
    struct place place;
    uint64_t older, kept = 0, before = 0;

    (void)unused;
    place_init(&place);
    for (uint64_t cycle = 0; cycle <= 10000; cycle += 10) {
        assert_true(write_at(&place, cycle));
        if (cycle == 5000)
            assert_true(checkpoint_pin(place.storage, FOLDER, &place.err));
        checkpoint_prune(place.storage, FOLDER, 7, cycle);
    }
    assert_int_equal(read_newest(&place, &older), 10000);
    assert_int_equal(older, 9990);
    assert_int_equal(file_count(&place), 2);
    assert_int_equal(read_between(&place, 0, UINT64_MAX, false), 0);
    for (uint64_t cycle = 10; cycle <= 9980; cycle += 10)
        if (has(&place, cycle)) {
            kept++;
            assert_true(cycle - before <= 2 * 10000 / 16 + 10);
            before = cycle;
        }
    assert_in_range(kept, 8, 18);
    assert_true(has(&place, 5000));

    /* the newest one that is not behind the journal's begin stays */
    assert_int_equal(read_between(&place, 0, 5009, true), 5000);
    checkpoint_prune(place.storage, FOLDER, 5009, 10000);
    assert_int_equal(read_between(&place, 0, UINT64_MAX, false), 5000);
    checkpoint_prune(place.storage, FOLDER, UINT64_MAX, 10000);
    assert_int_equal(read_between(&place, 0, UINT64_MAX, false), 9990);
    assert_int_equal(read_between(&place, 0, 9999, true), 9990);
    assert_int_equal(read_between(&place, 0, 9989, true), UINT64_MAX);
    place_deinit(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(the_two_newest_are_kept),
        cmocka_unit_test(one_of_the_same_cycle_stands_beside_the_other),
        cmocka_unit_test(any_flipped_bit_is_found),
        cmocka_unit_test(none_that_is_whole_is_no_beginning),
        cmocka_unit_test(a_crash_leaves_two_or_the_one_before),
        cmocka_unit_test(a_disk_that_refuses_is_asked_again),
        cmocka_unit_test(older_ones_stay_for_replays_as_long_as_the_journal_reaches_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
