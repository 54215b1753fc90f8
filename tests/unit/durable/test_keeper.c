/* test_keeper.c - numbering, journal, checkpoints and forgetting, on a disk that fails. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/keeper_fixture.h"

#define EXACT         "\"delivery\":\"exactly_once\""
#define JOURNAL       "\"journal\":{\"depth\":\"order\",\"retain\":0}"
#define EXACT_JOURNAL (EXACT "," JOURNAL)
#define EXACT_EVENTS  (EXACT "," EVENTS)
#define EVENTS        "\"journal\":{\"depth\":\"events\",\"retain\":0}"

static uint64_t ordered(struct kept *kept)
{
    return kept->durability->ops->ordered(kept->durability);
}

static uint64_t forgettable(struct kept *kept)
{
    return kept->durability->ops->forgettable(kept->durability);
}

static bool wants(struct kept *kept, bool must)
{
    return kept->durability->ops->wants_checkpoint(kept->durability, must);
}

/* What the disk's failures are told on standard error. */
static void be_quiet(bool quiet)
{
    static int saved = -1;

    if (quiet) {
        saved = dup(STDERR_FILENO);
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        assert_true(saved >= 0 && null >= 0 && dup2(null, STDERR_FILENO) >= 0);
        close(null);
    } else {
        assert_true(saved >= 0 && dup2(saved, STDERR_FILENO) >= 0);
        close(saved);
    }
}

/* ---- starting and numbering ---- */

static void no_cycle_runs_before_the_first_checkpoint_is_durable(void **unused)
{
    static const char *const cases[] = {"", EXACT, EXACT_JOURNAL};

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kept kept = {.definition = kept_definition(cases[i])};
        assert_true(kept_open(&kept));
        assert_true(kept_begin(&kept));
        assert_true(kept.start.is_first);
        assert_int_equal(strlen(kept.start.instance), 32);
        assert_int_equal(kept.start.next_cycle, 1);
        kept_turn(&kept);
        assert_int_equal(kept_record(&kept, 1), DURABILITY_WAIT);
        assert_false(wants(&kept, true));
        kept_give_first(&kept);
        assert_int_equal(kept_record(&kept, 1), DURABILITY_WAIT);
        kept_turn(&kept);
        assert_true(atomic_load(&kept.wakes) > 0);
        assert_int_equal(kept_count_files(&kept, "checkpoint-"), 2);
        assert_int_equal(kept_record(&kept, 1), DURABILITY_OK);
        kept_free(&kept);
    }
}

/* A process that ended between the first checkpoint and its copy, or one that was damaged. */
static void a_checkpoint_that_is_alone_gets_a_second_copy(void **unused)
{
    struct kept kept = {.definition = kept_definition(EVENTS)};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_int_equal(kept_count_files(&kept, "checkpoint-"), 2);
    assert_true(kept_run(&kept, 3));
    kept_vanish(&kept);
    sim_disk_remove(kept.disk, KEPT_FOLDER "checkpoint-00000000000000000000");
    assert_int_equal(kept_count_files(&kept, "checkpoint-"), 1);
    assert_true(kept_start(&kept));
    assert_int_equal(kept_count_files(&kept, "checkpoint-"), 2);
    kept_free(&kept);
}

static void numbers_go_on_where_a_clean_end_left_them(void **unused)
{
    static const char *const cases[] = {"", JOURNAL, EVENTS, EXACT_JOURNAL};

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kept kept = {.definition = kept_definition(cases[i])};
        assert_true(kept_start(&kept));
        assert_true(kept_run(&kept, 7));
        assert_true(kept_checkpoint(&kept, true));
        assert_true(kept_end(&kept, true));
        assert_true(kept_start(&kept));
        assert_false(kept.start.is_first);
        assert_int_equal(kept.start.cycle, 7);
        assert_int_equal(kept.start.next_cycle, 8);
        assert_int_equal(kept.replayed, 0);
        assert_string_equal(kept.start.positions[0].text, "{\"at\":7}");
        assert_int_equal(kept.start.engine_state_size, strlen("{\"take\":1}"));
        kept_free(&kept);
    }
}

static void numbers_that_may_have_been_seen_are_not_used_again(void **unused)
{
    static const char *const cases[] = {"", JOURNAL, "\"journal\":{\"sync\":\"os\"}"};

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kept kept = {.definition = kept_definition(cases[i])};
        assert_true(kept_start(&kept));
        assert_true(kept_run(&kept, 7));
        uint64_t seen = kept.cycle;
        kept_crash(&kept, SIM_CRASH_POWER);
        assert_true(kept_start(&kept));
        assert_true(kept.start.next_cycle > seen);
        assert_true(kept_run(&kept, 1));
        kept_free(&kept);
    }
}

static void a_block_that_is_used_up_is_followed_by_another(void **unused)
{
    struct kept kept = {0};

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 3000; i++)
        assert_true(kept_run(&kept, 1000));
    assert_int_equal(kept.cycle, 3000000);
    kept_crash(&kept, SIM_CRASH_POWER);
    assert_true(kept_start(&kept));
    assert_true(kept.start.next_cycle > 3000000);
    kept_free(&kept);
}

static void exactly_once_without_a_journal_goes_on_behind_the_checkpoint(void **unused)
{
    struct kept kept = {.definition = kept_definition(EXACT)};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_true(kept_run(&kept, 7));
    assert_true(kept_checkpoint(&kept, true));
    assert_true(kept_run(&kept, 5));
    assert_true(ordered(&kept) >= 12);
    assert_true(kept_end(&kept, false));
    assert_true(kept_start(&kept));
    assert_int_equal(kept.start.next_cycle, 8);
    /* what a sink holds already is composed again just so */
    assert_true(kept.durability->ops->note_progress(kept.durability, 0, 12, &kept.err));
    kept_free(&kept);
}

/* ---- the journal ---- */

static void journaled_steps_are_given_again(void **unused)
{
    struct kept kept = {.definition = kept_definition(EXACT_JOURNAL)};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_true(kept_run(&kept, 3));
    assert_true(kept_run(&kept, 4));
    assert_true(kept_checkpoint(&kept, true));
    assert_true(kept_run(&kept, 5));
    assert_true(kept_run(&kept, 6));
    kept_turn(&kept);
    assert_int_equal(ordered(&kept), 18);
    assert_true(kept_run(&kept, 1)); /* not on the disk */
    kept_crash(&kept, SIM_CRASH_PROCESS);
    assert_true(kept_start(&kept));
    assert_int_equal(kept.start.cycle, 7);
    assert_int_equal(kept.replayed, 2);
    assert_int_equal(kept.replayed_event, 18);
    assert_int_equal(kept.start.next_cycle, 19);
    assert_true(kept.durability->ops->note_progress(kept.durability, 0, 18, &kept.err));
    assert_false(kept.durability->ops->note_progress(kept.durability, 0, 19, &kept.err));
    assert_non_null(strstr(kept.err.message, "publisher 'out' holds cycle 19"));
    kept_free(&kept);
}

static void a_sync_happens_when_the_mode_says(void **unused)
{
    static const struct {
        const char *sync;
        uint64_t at_once, later;
    } cases[] = {{"always", 4, 4}, {"interval", 0, 4}, {"os", 4, 4}};

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char members[64];
        snprintf(members, sizeof(members), "\"journal\":{\"sync\":\"%s\"}", cases[i].sync);
        struct kept kept = {.definition = kept_definition(members)};
        assert_true(kept_start(&kept));
        assert_int_equal(kept_record(&kept, 4), DURABILITY_OK);
        kept_turn(&kept);
        assert_int_equal(ordered(&kept), cases[i].at_once);
        assert_true(keeper_due_us(kept.keeper) > 0);
        clock_virtual_advance(&kept.clock, 50000);
        kept_turn(&kept);
        assert_int_equal(ordered(&kept), cases[i].later);
        kept_free(&kept);
    }
}

static void a_sync_is_not_put_off_while_somebody_waits_for_it(void **unused)
{
    struct kept kept = {.definition = kept_definition("\"journal\":{\"sync\":\"interval\"}")};

    (void)unused;
    assert_true(kept_start(&kept));
    kept.durability->ops->hurry(kept.durability); /* nothing is put off yet */
    for (uint64_t last = 4; last <= 8; last += 4) {
        assert_int_equal(kept_record(&kept, 4), DURABILITY_OK);
        kept_turn(&kept);
        assert_int_equal(ordered(&kept), last - 4);
        kept.durability->ops->hurry(kept.durability);
        kept_turn(&kept);
        assert_int_equal(ordered(&kept), last);
    }
    kept_free(&kept);
}

static void a_checkpoint_stands_on_cycles_whose_order_is_synced(void **unused)
{
    static const char *const cases[] = {"\"journal\":{\"sync\":\"interval\"}",
                                        "\"journal\":{\"sync\":\"os\"}"};

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kept kept = {.definition = kept_definition(cases[i])};
        struct keeper_stats stats;
        assert_true(kept_start(&kept));
        assert_int_equal(kept_record(&kept, 4), DURABILITY_OK);
        assert_true(kept_checkpoint(&kept, true));
        keeper_stats(kept.keeper, &stats);
        assert_int_equal(stats.journal_synced_cycle, 4);
        kept_free(&kept);
    }
}

static void an_end_leaves_nothing_behind_in_memory(void **unused)
{
    static const char *const modes[] = {"always", "interval", "os"};

    (void)unused;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        char members[64];
        snprintf(members, sizeof(members), "\"journal\":{\"sync\":\"%s\"}", modes[i]);
        struct kept kept = {.definition = kept_definition(members)};
        assert_true(kept_start(&kept));
        for (int k = 0; k < 5; k++)
            assert_int_equal(kept_record(&kept, 4), DURABILITY_OK);
        assert_true(kept_end(&kept, false));
        sim_disk_crash(kept.disk, SIM_CRASH_POWER);
        sim_disk_restart(kept.disk);
        assert_true(kept_start(&kept));
        assert_int_equal(kept.replayed_event, 20);
        assert_int_equal(kept.start.next_cycle, 21);
        kept_free(&kept);
    }
}

static void the_journal_is_trimmed_to_the_older_checkpoint(void **unused)
{
    struct kept kept = {.definition = kept_definition(JOURNAL), .segment_size = 4096};
    struct keeper_stats stats;

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 40; i++) {
        for (int k = 0; k < 20; k++)
            assert_true(kept_run(&kept, 10));
        kept_turn(&kept);
        uint64_t before = kept.cycle;
        assert_true(kept_checkpoint(&kept, true));
        keeper_stats(kept.keeper, &stats);
        assert_int_equal(stats.checkpoint_cycle, before);
        assert_true(stats.journal_first_cycle <= stats.older_checkpoint_cycle + 10);
    }
    assert_true(stats.journal_first_cycle > 0);
    assert_true(stats.journal_bytes < 30000);
    assert_int_equal(kept_count_files(&kept, "checkpoint-"), 2);
    kept_free(&kept);
}

static void what_is_retained_stays_for_its_time(void **unused)
{
    struct kept kept = {.definition =
                            kept_definition("\"journal\":{\"sync\":\"always\",\"retain\":\"1h\"}"),
                        .segment_size = 4096};
    struct keeper_stats stats;

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 10; i++) {
        for (int k = 0; k < 50; k++)
            assert_true(kept_run(&kept, 10));
        assert_true(kept_checkpoint(&kept, true));
    }
    keeper_stats(kept.keeper, &stats);
    assert_int_equal(stats.journal_first_cycle, 0); /* the definition's record */
    kept_crash(&kept, SIM_CRASH_POWER);
    clock_virtual_advance(&kept.clock, INT64_C(3601) * 1000000);
    assert_true(kept_start(&kept));
    for (int i = 0; i < 2; i++) {
        assert_true(kept_run(&kept, 10));
        assert_true(kept_checkpoint(&kept, true));
    }
    keeper_stats(kept.keeper, &stats);
    assert_true(stats.journal_first_cycle > 0);
    kept_free(&kept);
}

static void a_full_journal_forces_checkpoints_and_goes_on(void **unused)
{
    struct kept kept = {
        .definition = kept_definition("\"journal\":{\"sync\":\"always\",\"max_bytes\":\"64KiB\"}")};
    struct keeper_stats stats;
    uint64_t most = 0;

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 5000; i++) {
        assert_true(kept_run(&kept, 10));
        kept_turn(&kept);
        keeper_stats(kept.keeper, &stats);
        most = stats.journal_bytes > most ? stats.journal_bytes : most;
    }
    assert_in_range(most, 32 << 10, 80 << 10);
    assert_true(stats.checkpoint_cycle > 0);
    kept_free(&kept);
}

static void a_full_journal_waits_for_a_sink_that_lags(void **unused)
{
    struct kept kept = {
        .definition = kept_definition("\"journal\":{\"sync\":\"always\",\"max_bytes\":\"64KiB\"}")};
    enum durability_answer answer = DURABILITY_OK;

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 20000 && answer == DURABILITY_OK; i++) {
        answer = kept_record(&kept, 10);
        kept_turn(&kept);
    }
    assert_int_equal(answer, DURABILITY_WAIT);
    assert_true(wants(&kept, false));
    assert_true(kept_checkpoint(&kept, false));
    kept_turn(&kept);
    assert_int_equal(kept_record(&kept, 10), DURABILITY_WAIT);
    kept.durability->ops->watermark(kept.durability, kept.cycle);
    kept_turn(&kept);
    assert_int_equal(kept_record(&kept, 10), DURABILITY_OK);
    kept_free(&kept);
}

static void a_damaged_journal_is_refused_and_set_aside(void **unused)
{
    struct kept kept = {.definition = kept_definition(JOURNAL)};
    static const char path[] = KEPT_FOLDER "journal/00000000000000000000.log";

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 5; i++) {
        assert_true(kept_run(&kept, 10));
        kept_turn(&kept);
    }
    kept_crash(&kept, SIM_CRASH_PROCESS);
    struct dag_buffer before = {0};
    assert_true(sim_disk_content(kept.disk, path, &before));
    assert_true(sim_disk_flip(kept.disk, path, before.size / 2 + 200, 3));
    dag_buffer_free(&before);
    assert_true(kept_open(&kept));
    assert_false(kept_begin(&kept));
    assert_false(kept.err.retryable);
    assert_non_null(strstr(kept.err.message, path));
    assert_non_null(strstr(kept.err.message, "set aside"));
    assert_int_equal(kept_count_files(&kept, "journal/00000000000000000000.log.damaged"), 1);
    assert_false(kept_begin(&kept)); /* and stays refused */
    assert_non_null(strstr(kept.err.message, "remove the folder"));
    sim_disk_remove(kept.disk, KEPT_FOLDER "journal/00000000000000000000.log.damaged");
    assert_true(kept_begin(&kept));
    assert_true(kept.start.next_cycle > 50);
    kept_free(&kept);
}

static void a_journal_that_was_switched_off_is_still_read(void **unused)
{
    struct kept kept = {.definition = kept_definition(JOURNAL)};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_true(kept_run(&kept, 10));
    kept_turn(&kept);
    kept_crash(&kept, SIM_CRASH_POWER);
    kept.definition = kept_definition("");
    assert_true(kept_start(&kept));
    assert_int_equal(kept.replayed_event, 10);
    assert_true(kept_run(&kept, 10));
    assert_true(kept_checkpoint(&kept, true));
    kept_crash(&kept, SIM_CRASH_POWER);
    kept.definition = kept_definition(JOURNAL); /* its end lies before the checkpoint now */
    assert_true(kept_start(&kept));
    assert_int_equal(kept.replayed, 0);
    assert_true(kept_run(&kept, 10));
    kept_turn(&kept);
    kept_crash(&kept, SIM_CRASH_POWER);
    assert_true(kept_start(&kept));
    assert_int_equal(kept.replayed, 1);
    kept_free(&kept);
}

static void steps_of_other_nodes_are_read_again_or_refused(void **unused)
{
    static const struct {
        const char *members;
        bool starts;
    } cases[] = {{JOURNAL, true}, {EVENTS, false}, {EXACT_JOURNAL, false}};
    char other[2048];

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kept kept = {.definition = kept_definition(cases[i].members)};
        assert_true(kept_start(&kept));
        assert_true(kept_run(&kept, 10));
        kept_turn(&kept);
        kept_crash(&kept, SIM_CRASH_POWER);
        snprintf(other, sizeof(other), "%s", kept_definition(cases[i].members));
        for (char *at = other; (at = strstr(at, "\"take\"")) != NULL;)
            memcpy(at, "\"tame\"", 6);
        kept.definition = other;
        assert_int_equal(kept_start(&kept), cases[i].starts);
        assert_int_equal(kept.replayed, 0);
        if (!cases[i].starts)
            assert_non_null(strstr(kept.err.message, "definition.json"));
        else
            assert_true(kept.start.next_cycle > 10);
        kept_free(&kept);
    }
}

/* ---- checkpoints and forgetting ---- */

static void a_checkpoint_waits_for_the_watermark(void **unused)
{
    struct kept kept = {0};
    struct keeper_stats stats;

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 3; i++) { /* the one in the middle is replaced */
        assert_true(kept_run(&kept, 10));
        assert_true(kept_checkpoint(&kept, false));
    }
    kept.durability->ops->watermark(kept.durability, 9);
    kept_turn(&kept);
    keeper_stats(kept.keeper, &stats);
    assert_int_equal(stats.checkpoint_cycle, 0);
    kept.durability->ops->watermark(kept.durability, 29);
    kept_turn(&kept);
    keeper_stats(kept.keeper, &stats);
    assert_int_equal(stats.checkpoint_cycle, 10);
    assert_int_equal(forgettable(&kept), 0);
    kept.durability->ops->watermark(kept.durability, 30);
    kept_turn(&kept);
    keeper_stats(kept.keeper, &stats);
    assert_int_equal(stats.checkpoint_cycle, 30);
    assert_int_equal(forgettable(&kept), 10);
    assert_int_equal(kept_count_files(&kept, "checkpoint-"), 2);
    kept_free(&kept);
}

static void a_checkpoint_is_wanted_by_time_and_when_it_must(void **unused)
{
    struct kept kept = {.checkpoint_interval_us = 1000000};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_false(wants(&kept, true)); /* nothing ran */
    assert_true(kept_run(&kept, 1));
    assert_false(wants(&kept, false));
    assert_true(wants(&kept, true));
    int wakes = atomic_load(&kept.wakes);
    clock_virtual_advance(&kept.clock, 1000000);
    kept_turn(&kept);
    assert_true(atomic_load(&kept.wakes) > wakes);
    assert_true(wants(&kept, false));
    assert_true(kept_checkpoint(&kept, true));
    assert_false(wants(&kept, true));
    kept_free(&kept);
}

static void a_source_forgets_by_the_rules(void **unused)
{
    static const char memory[] =
        "{\"name\":\"kept\",%s"
        "\"subscribers\":[{\"name\":\"in\",\"config\":{\"source\":\"mem://queue/q\"}}],"
        "\"publishers\":[{\"name\":\"out\",\"config\":{\"destination\":\"file:///out\"}}],"
        "\"nodes\":[{\"name\":\"take\",\"type\":\"SubscriptionNode\",\"subscriber\":\"in\"},"
        "{\"name\":\"give\",\"type\":\"PublicationNode\",\"publishers\":[\"out\"]}],"
        "\"edges\":[{\"from_node\":\"take\",\"to_node\":\"give\"}]}";
    static const struct {
        const char *members;
        bool is_memory;
        uint64_t forgettable; /* checkpoints 0 and 10, watermark 15, recorded up to 20 */
    } cases[] = {
        {"", false, 0},
        {"", true, 15},
        {"\"propagate\":\"changes\",", true, 0},
        {JOURNAL ",", false, 0},
        {EVENTS ",", false, 20},
        {EVENTS ",\"ack\":\"journal\",", true, 20},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[1024], members[128];
        snprintf(members, sizeof(members), "%.*s",
                 (int)(cases[i].members[0] ? strlen(cases[i].members) - 1 : 0), cases[i].members);
        snprintf(text, sizeof(text), memory, cases[i].members);
        struct kept kept = {.definition = cases[i].is_memory ? text : kept_definition(members)};
        assert_true(kept_start(&kept));
        assert_true(kept_run(&kept, 10));
        assert_true(kept_checkpoint(&kept, true));
        assert_true(kept_run(&kept, 10));
        kept.durability->ops->watermark(kept.durability, 15);
        kept_turn(&kept);
        assert_int_equal(forgettable(&kept), cases[i].forgettable);
        kept_free(&kept);
    }
}

/* A source whose window is full would bring nothing for the checkpoint after the next. */
static void a_source_that_waits_may_forget_behind_one_checkpoint(void **unused)
{
    struct kept kept = {.definition = kept_definition("\"propagate\":\"changes\"")};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_true(kept_run(&kept, 10));
    assert_false(wants(&kept, false));
    kept.durability->ops->hurry_forgetting(kept.durability, 10);
    assert_true(wants(&kept, false));
    assert_true(kept_checkpoint(&kept, true));
    assert_int_equal(forgettable(&kept), 10);
    assert_int_equal(kept_count_files(&kept, "checkpoint-"), 2);
    assert_false(wants(&kept, false));
    kept_free(&kept);
}

/* More ran, and was asked for, between a checkpoint's state and the moment when it was given. */
static void what_is_asked_for_meanwhile_is_not_forgotten(void **unused)
{
    struct kept kept = {.definition = kept_definition("\"propagate\":\"changes\"")};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_true(kept_run(&kept, 10));
    kept.durability->ops->hurry_forgetting(kept.durability, 30);
    assert_true(kept_checkpoint(&kept, true));
    assert_int_equal(forgettable(&kept), 0);
    assert_true(kept_run(&kept, 20));
    assert_true(wants(&kept, false));
    assert_true(kept_checkpoint(&kept, true));
    assert_int_equal(forgettable(&kept), 30);
    kept_free(&kept);
}

static void a_damaged_newest_checkpoint_leaves_the_older_one(void **unused)
{
    struct kept kept = {.definition = kept_definition(EXACT_JOURNAL), .segment_size = 4096};

    (void)unused;
    assert_true(kept_start(&kept));
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 100; k++)
            assert_true(kept_run(&kept, 10));
        assert_true(kept_checkpoint(&kept, true));
    }
    kept_crash(&kept, SIM_CRASH_POWER);
    assert_true(sim_disk_flip(kept.disk, KEPT_FOLDER "checkpoint-00000000000000003000", 30, 1));
    be_quiet(true);
    assert_true(kept_start(&kept));
    be_quiet(false);
    assert_int_equal(kept.start.cycle, 2000);
    assert_int_equal(kept.replayed, 100);
    assert_int_equal(kept.start.next_cycle, 3001);
    assert_int_equal(forgettable(&kept), 2000);
    kept.cycle = 3000;
    assert_true(kept_checkpoint(&kept, true));
    assert_int_equal(kept_count_files(&kept, "checkpoint-"), 2);
    kept_free(&kept);
}

static void a_new_source_gets_a_checkpoint_before_a_cycle_runs(void **unused)
{
    static const char two[] =
        "{\"name\":\"kept\","
        "\"subscribers\":[{\"name\":\"in\",\"config\":{\"source\":\"file:///in\"}},"
        "{\"name\":\"more\",\"config\":{\"source\":\"file:///more\"}}],"
        "\"publishers\":[{\"name\":\"out\",\"config\":{\"destination\":\"file:///out\"}}],"
        "\"nodes\":[{\"name\":\"take\",\"type\":\"SubscriptionNode\",\"subscriber\":\"in\"},"
        "{\"name\":\"give\",\"type\":\"PublicationNode\",\"publishers\":[\"out\"]},{\"name\":"
        "\"also\",\"type\":\"SubscriptionNode\","
        "\"subscriber\":\"more\"}],"
        "\"edges\":[{\"from_node\":\"take\",\"to_node\":\"give\"},{\"from_node\":\"also\",\"to_"
        "node\":\"give\"}]}";
    struct kept kept = {0};
    struct dag_text positions[2] = {{"[1]", 3}, {"[2]", 3}};

    (void)unused;
    assert_true(kept_start(&kept));
    assert_true(kept_run(&kept, 5));
    assert_true(kept_checkpoint(&kept, true));
    assert_true(kept_end(&kept, true));
    kept.definition = two;
    assert_true(kept_open(&kept));
    assert_true(kept_begin(&kept));
    assert_true(kept.start.is_first);
    assert_int_equal(kept.start.cycle, 5);
    assert_int_equal(kept_record(&kept, 1), DURABILITY_WAIT);
    assert_true(
        kept.durability->ops->checkpoint(kept.durability, 5, NULL, 0, positions, &kept.err));
    kept_turn(&kept);
    assert_int_equal(kept_count_files(&kept, "checkpoint-00000000000000000005"), 2);
    assert_true(kept_end(&kept, true));
    assert_true(kept_open(&kept));
    assert_true(kept_begin(&kept));
    assert_false(kept.start.is_first);
    assert_string_equal(kept.start.positions[1].text, "[2]");
    assert_int_equal(kept.start.engine_state_size, strlen("{\"take\":1}"));
    kept_free(&kept);
}

/* ---- a disk that refuses ---- */

static void a_full_disk_stops_the_input_until_there_is_room(void **unused)
{
    static const char *const cases[] = {JOURNAL, EVENTS, EXACT_JOURNAL};

    (void)unused;
    be_quiet(true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kept kept = {.definition = kept_definition(cases[i])};
        struct keeper_stats stats;
        assert_true(kept_start(&kept));
        sim_disk_set_room(kept.disk, 5000);
        enum durability_answer answer = DURABILITY_OK;
        while (answer == DURABILITY_OK && kept.cycle < 100000) {
            answer = kept_record(&kept, 10);
            kept_turn(&kept);
        }
        assert_int_equal(answer, DURABILITY_WAIT);
        keeper_stats(kept.keeper, &stats);
        assert_true(stats.disk_is_full);
        assert_non_null(strstr(stats.refusal, "space"));
        assert_true(stats.refused_since_us > 0);
        assert_true(stats.next_try_us > stats.refused_since_us);
        assert_true(ordered(&kept) < kept.cycle);
        sim_disk_set_room(kept.disk, UINT64_MAX);
        kept_turn(&kept);
        assert_int_equal(kept_record(&kept, 10), DURABILITY_WAIT); /* the next try is due later */
        clock_virtual_advance(&kept.clock, 5000000);
        kept_turn(&kept);
        assert_int_equal(ordered(&kept), kept.cycle);
        assert_true(kept_run(&kept, 10));
        kept_turn(&kept);
        uint64_t last = kept.cycle;
        kept_crash(&kept, SIM_CRASH_POWER);
        assert_true(kept_start(&kept));
        assert_int_equal(kept.replayed_event, last);
        assert_int_equal(atomic_load(&kept.failures), 0);
        kept_free(&kept);
    }
    be_quiet(false);
}

static void what_a_failed_sync_lost_is_written_again(void **unused)
{
    static const struct sim_faults broken = {.sync = 30000, .sync_failure_loses = true};
    struct kept kept = {.definition = kept_definition(EXACT_JOURNAL), .segment_size = 4096};

    (void)unused;
    be_quiet(true);
    assert_true(kept_start(&kept));
    sim_disk_set_faults(kept.disk, &broken);
    for (int i = 0; i < 300; i++)
        assert_true(kept_run(&kept, 10));
    sim_disk_set_faults(kept.disk, &(struct sim_faults){0});
    clock_virtual_advance(&kept.clock, 60000000);
    kept_turn(&kept);
    assert_int_equal(ordered(&kept), 3000);
    kept_crash(&kept, SIM_CRASH_POWER);
    assert_true(kept_start(&kept));
    assert_int_equal(kept.replayed_event, 3000);
    kept_free(&kept);
    be_quiet(false);
}

/* A run of steps, checkpoints and an end, as far as the disk lets it come. */
struct promise {
    uint64_t recorded, ordered, forgettable, checkpoint, next;
};

static void note(struct kept *kept, struct promise *promise)
{
    uint64_t at = ordered(kept);

    promise->recorded = kept->cycle > promise->recorded ? kept->cycle : promise->recorded;
    if (at != UINT64_MAX && at > promise->ordered)
        promise->ordered = at;
    if (forgettable(kept) > promise->forgettable)
        promise->forgettable = forgettable(kept);
}

static void run_until_it_crashes(struct kept *kept, struct promise *promise)
{
    for (int i = 0; i < 12 && !sim_disk_is_down(kept->disk); i++) {
        if (kept_record(kept, 10) == DURABILITY_OK)
            note(kept, promise);
        kept_turn(kept);
        note(kept, promise);
        if (i % 3 != 2)
            continue;
        kept_checkpoint(kept, true);
        note(kept, promise);
    }
    if (!sim_disk_is_down(kept->disk))
        (void)kept->durability->ops->end(kept->durability, true, &kept->err);
}

static void take_newest(void *context, const char *path, uint64_t size)
{
    static const char start[] = KEPT_FOLDER "checkpoint-";
    char *newest = context;

    (void)size;
    if (strncmp(path, start, strlen(start)) == 0 && !strstr(path, ".tmp") &&
        strcmp(path, newest) > 0)
        snprintf(newest, 256, "%s", path);
}

static void note_half_file(void *context, const char *path, uint64_t size)
{
    bool *found = context;

    (void)size;
    *found = *found || strstr(path, ".tmp") != NULL;
}

static bool has_no_half_file(struct kept *kept)
{
    bool found = false;

    sim_disk_each(kept->disk, "data", note_half_file, &found);
    return !found;
}

/* One of the two that are kept may turn out damaged. */
static void damage_newest(struct kept *kept)
{
    char newest[256] = "";

    sim_disk_each(kept->disk, "data", take_newest, newest);
    /* two whole ones at least, whatever half a file there is beside them */
    if (kept_count_files(kept, "checkpoint-") >= 3 ||
        (kept_count_files(kept, "checkpoint-") == 2 && has_no_half_file(kept)))
        assert_true(sim_disk_flip(kept->disk, newest, 40, 2));
}

static void check_recovery(struct kept *kept, const struct promise *promise, bool is_exact,
                           bool has_journal)
{
    sim_disk_crash_at(kept->disk, 0, SIM_CRASH_PROCESS);
    if (!kept_start(kept))
        fail_msg("can't start: %s", kept->err.message);
    /* a source goes on behind what was replayed, else at the checkpoint */
    uint64_t position =
        kept->replayed_event > kept->start.cycle ? kept->replayed_event : kept->start.cycle;
    if (promise->recorded == 0)
        return;
    assert_true(position >= promise->forgettable);
    if (has_journal)
        assert_true(position >= promise->ordered);
    if (is_exact)
        assert_int_equal(kept->start.next_cycle, position + 1);
    else
        assert_true(kept->start.next_cycle > promise->recorded);
}

static void a_crash_at_any_operation_breaks_no_promise(void **unused)
{
    static const char *const cases[] = {"", JOURNAL, EVENTS, EXACT_JOURNAL, EXACT};

    (void)unused;
    be_quiet(true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool was_down = true;
        for (uint64_t at = 1; was_down; at++) {
            struct kept kept = {.definition = kept_definition(cases[i]), .segment_size = 4096};
            struct promise promise = {0};
            kept.disk = sim_disk_new(at);
            clock_virtual_init(&kept.clock, 1700000000000000);
            sim_disk_crash_at(kept.disk, at, at % 2 ? SIM_CRASH_POWER : SIM_CRASH_PROCESS);
            if (kept_start(&kept))
                run_until_it_crashes(&kept, &promise);
            was_down = sim_disk_is_down(kept.disk);
            kept_vanish(&kept);
            sim_disk_restart(kept.disk);
            if (at % 3 == 0)
                damage_newest(&kept);
            check_recovery(&kept, &promise, strstr(cases[i], "exactly") != NULL,
                           strstr(cases[i], "journal") != NULL);
            kept_free(&kept);
            assert_true(at < 2000);
        }
    }
    be_quiet(false);
}

/* ---- the thread ---- */

static void the_thread_does_the_same(void **unused)
{
    static const char *const cases[] = {"", JOURNAL, "\"journal\":true", EXACT_EVENTS};

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kept kept = {.definition = kept_definition(cases[i]), .has_thread = true};
        assert_true(kept_start(&kept));
        for (int k = 0; k < 200; k++) {
            while (kept_record(&kept, 10) != DURABILITY_OK)
                assert_int_equal(atomic_load(&kept.failures), 0);
            if (k % 50 == 49)
                kept_checkpoint(&kept, false);
            kept.durability->ops->watermark(kept.durability, kept.cycle);
        }
        while (ordered(&kept) < 2000)
            continue;
        assert_true(kept_end(&kept, true));
        assert_true(kept_start(&kept));
        assert_int_equal(kept.start.next_cycle, 2001);
        assert_int_equal(kept.start.cycle, 2000);
        kept_free(&kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cycle_runs_before_the_first_checkpoint_is_durable),
        cmocka_unit_test(a_checkpoint_that_is_alone_gets_a_second_copy),
        cmocka_unit_test(numbers_go_on_where_a_clean_end_left_them),
        cmocka_unit_test(numbers_that_may_have_been_seen_are_not_used_again),
        cmocka_unit_test(a_block_that_is_used_up_is_followed_by_another),
        cmocka_unit_test(exactly_once_without_a_journal_goes_on_behind_the_checkpoint),
        cmocka_unit_test(journaled_steps_are_given_again),
        cmocka_unit_test(a_sync_happens_when_the_mode_says),
        cmocka_unit_test(a_sync_is_not_put_off_while_somebody_waits_for_it),
        cmocka_unit_test(a_checkpoint_stands_on_cycles_whose_order_is_synced),
        cmocka_unit_test(an_end_leaves_nothing_behind_in_memory),
        cmocka_unit_test(the_journal_is_trimmed_to_the_older_checkpoint),
        cmocka_unit_test(what_is_retained_stays_for_its_time),
        cmocka_unit_test(a_full_journal_forces_checkpoints_and_goes_on),
        cmocka_unit_test(a_full_journal_waits_for_a_sink_that_lags),
        cmocka_unit_test(a_damaged_journal_is_refused_and_set_aside),
        cmocka_unit_test(a_journal_that_was_switched_off_is_still_read),
        cmocka_unit_test(steps_of_other_nodes_are_read_again_or_refused),
        cmocka_unit_test(a_checkpoint_waits_for_the_watermark),
        cmocka_unit_test(a_checkpoint_is_wanted_by_time_and_when_it_must),
        cmocka_unit_test(a_source_forgets_by_the_rules),
        cmocka_unit_test(a_source_that_waits_may_forget_behind_one_checkpoint),
        cmocka_unit_test(what_is_asked_for_meanwhile_is_not_forgotten),
        cmocka_unit_test(a_damaged_newest_checkpoint_leaves_the_older_one),
        cmocka_unit_test(a_new_source_gets_a_checkpoint_before_a_cycle_runs),
        cmocka_unit_test(a_full_disk_stops_the_input_until_there_is_room),
        cmocka_unit_test(what_a_failed_sync_lost_is_written_again),
        cmocka_unit_test(a_crash_at_any_operation_breaks_no_promise),
        cmocka_unit_test(the_thread_does_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
