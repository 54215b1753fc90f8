/* test_spill.c - what a publisher has not sent yet is on the disk, and goes out later, once and in
 * order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "calculators/registry.h"
#include "connectors/registry.h"
#include "core/log.h"
#include "durable/keeper.h"
#include "graph/check.h"
#include "runtime/dag.h"
#include "support/sim_disk.h"
#include "transformers/registry.h"

#define START_US INT64_C(1767225600000000)
#define SECOND   INT64_C(1000000)
#define TURN_US  50000
#define LOG      "/data/dags/d/spill/p/"

/* ---- a publisher that survives the process --------------------------------------------------- */

/* Lines and the last cycle that it holds are committed together by a flush. */
struct store {
    const char *name;
    _Atomic bool is_dead;
    uint64_t reject_every; /* lines; 0: none */
    struct dag_buffer lines, pending;
    uint64_t cycle, pending_cycle, written;
    uint64_t ahead; /* writes with a mark that the journal didn't know yet */
    struct dag_host *host;
};

static struct store stores[] = {{.name = "p"}, {.name = "q"}, {.name = "e"}};
#define STORE_COUNT (sizeof(stores) / sizeof(stores[0]))
static pthread_mutex_t committed_lock = PTHREAD_MUTEX_INITIALIZER; /* of `lines`, with threads */
static pthread_cond_t committed = PTHREAD_COND_INITIALIZER;
static struct store *const p = &stores[0], *const q = &stores[1], *const e = &stores[2];

static struct keeper *keeper;

struct store_state {
    struct store *store;
};

static bool is_dead(const struct store *store, struct dag_error *err)
{
    if (!atomic_load(&store->is_dead))
        return false;
    dag_error_set(err, DAG_ERROR_IO, "nobody answers");
    err->retryable = true;
    return true;
}

static bool store_open(void *state, const struct dag_address *address, struct dag_host *host,
                       struct dag_error *err)
{
    struct store *store = NULL;

    for (size_t i = 0; i < STORE_COUNT; i++)
        if (strcmp(stores[i].name, address->rest) == 0)
            store = &stores[i];
    if (!store)
        return dag_error_set(err, DAG_ERROR_INVALID, "there is no store '%s'", address->rest);
    if (is_dead(store, err))
        return false;
    ((struct store_state *)state)->store = store;
    store->host = host;
    store->pending.size = 0;
    store->pending_cycle = store->cycle;
    return true;
}

static enum dag_write_status store_write(void *state, const struct dag_delivery *delivery,
                                         size_t *written, struct dag_error *err)
{
    struct store *store = ((struct store_state *)state)->store;

    if (is_dead(store, err))
        return DAG_WRITE_FAILED;
    struct durability *durability = keeper_durability(keeper);
    store->ahead += delivery->mark > durability->ops->ordered(durability);
    for (*written = 0; *written < delivery->count; ++*written) {
        store->written++;
        store->pending_cycle = delivery->cycles[*written];
        if (store->reject_every > 0 && store->written % store->reject_every == 0)
            dag_reject_row(store->host, *written, "refused");
        else
            assert_true(dag_json_write_lines(&store->pending, &delivery->rows[*written], 1));
    }
    return DAG_WRITE_DONE;
}

static enum dag_write_status store_flush(void *state, struct dag_error *err)
{
    struct store *store = ((struct store_state *)state)->store;

    if (is_dead(store, err))
        return DAG_WRITE_FAILED;
    pthread_mutex_lock(&committed_lock);
    assert_true(dag_buffer_append(&store->lines, store->pending.bytes, store->pending.size));
    pthread_cond_broadcast(&committed);
    pthread_mutex_unlock(&committed_lock);
    store->pending.size = 0;
    store->cycle = store->pending_cycle;
    return DAG_WRITE_DONE;
}

static bool store_progress(void *state, const char *instance, uint64_t *cycle,
                           struct dag_error *err)
{
    (void)instance;
    (void)err;
    *cycle = ((struct store_state *)state)->store->cycle;
    return true;
}

static const struct dag_option no_options[] = {{0}};
static const struct dag_publisher store_type = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_CONNECTOR_PROGRESS,
    .scheme = "store",
    .name = "Store",
    .summary = "Survives.",
    .address_help = "store://NAME",
    .options = no_options,
    .state_size = sizeof(struct store_state),
    .open = store_open,
    .write = store_write,
    .flush = store_flush,
    .progress = store_progress,
};

static size_t lines_of(const struct store *store)
{
    size_t count = 0;

    for (size_t i = 0; i < store->lines.size; i++)
        count += store->lines.bytes[i] == '\n';
    return count;
}

/* ---- the world ------------------------------------------------------------------------------- */

static uint32_t threads; /* 0: by hand */
static struct sim_disk *disk;
static uint64_t seed = 7; /* of the disk */
static struct clock_virtual now;
static struct data_folder *folder;
static struct plan *keeper_plan;
static struct runtime *runtime;
static struct dag *dag;
static char definition[2000];
static struct dag_buffer input; /* all that was fed */

static struct plan *read_plan(void)
{
    static const struct dag_publisher *const publishers[] = {&store_type, NULL};
    static struct registry registry;
    struct check_options options = {.path = "spill.json"};
    struct problems problems = {0};
    struct dag_error err = {0};

    registry.calculators = calculators_builtin;
    registry.transformers = transformers_builtin;
    registry.subscribers = connectors_subscribers;
    registry.publishers = publishers;
    struct plan *plan =
        graph_check(definition, strlen(definition), &registry, &options, &problems, &err);
    for (size_t i = 0; !plan && i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_non_null(plan);
    problems_free(&problems);
    return plan;
}

/* A file goes to p and q; `members` of the DAG, `config` of p, with ' for " and commas where they
 * belong. */
static void define(const char *members, const char *config)
{
    snprintf(definition, sizeof(definition),
             "{'name':'d',%s'subscribers':[{'name':'s','config':{'source':'file:///in'}}],"
             "'publishers':[{'name':'p','config':{'destination':'store://p'%s}},"
             "{'name':'q','config':{'destination':'store://q'}},"
             "{'name':'e','config':{'destination':'store://e'}}],"
             "'nodes':[{'name':'in','type':'SubscriptionNode','subscriber':'s'},"
             "{'name':'x','calculator':'c'},"
             "{'name':'out','type':'PublicationNode','publishers':['p','q']}],"
             "'calculators':[{'name':'c','type':'PassthruCalculator'}],"
             "'edges':[{'from_node':'in','to_node':'x'},{'from_node':'x','to_node':'out'}]}",
             members, config);
    for (char *at = definition; *at; at++)
        if (*at == '\'')
            *at = '"';
}

static bool begin(struct dag_error *err)
{
    struct storage *storage = sim_disk_storage(disk);
    struct runtime_options options = {
        .threads = threads,
        .clock = threads ? clock_system() : &now.clock,
        .storage = storage,
        .batch_rows = 64,
    };
    struct keeper_options keeper_options = {
        .storage = storage,
        .clock = options.clock,
        .checkpoint_interval_us = SECOND / 4,
        .by_hand = threads == 0,
    };

    if (data_folder_open(storage, "/data", false, false, &folder, err) != DATA_FOLDER_OK)
        return false;
    keeper_options.folder = folder;
    keeper_plan = read_plan();
    keeper_options.plan = keeper_plan;
    keeper = keeper_new(&keeper_options, err);
    runtime = keeper ? runtime_new(&options, err) : NULL;
    dag = runtime ? runtime_add(runtime, read_plan(), err) : NULL;
    return dag && dag_keep(dag, keeper_durability(keeper), err) && dag_start(dag, err);
}

static void must_begin(void)
{
    struct dag_error err = {0};

    if (!begin(&err))
        fail_msg("%s", err.message);
}

static void end(void)
{
    runtime_free(runtime);
    keeper_free(keeper);
    plan_free(keeper_plan);
    data_folder_close(folder);
    runtime = NULL;
    dag = NULL;
    keeper = NULL;
    keeper_plan = NULL;
    folder = NULL;
}

static void turn(int64_t us)
{
    for (; dag && us > 0; us -= TURN_US) {
        runtime_advance(runtime, &now, TURN_US);
        for (int i = 0; i < 100; i++)
            if (runtime_turn(runtime) == 0 && !keeper_turn(keeper))
                break;
    }
}

static void crash(enum sim_crash kind)
{
    sim_disk_crash(disk, kind);
    end();
    sim_disk_restart(disk);
    for (size_t i = 0; i < STORE_COUNT; i++)
        stores[i].pending.size = 0;
}

static void stop(bool drain)
{
    dag_stop(dag, drain);
    for (int i = 0; i < 1000 && dag_state(dag) == DAG_STATE_STOPPING; i++)
        turn(TURN_US);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
}

/* `count` lines more, each with a pad of `size` bytes. */
static void feed(size_t count, int size)
{
    static size_t number;
    size_t before = input.size;
    char line[8192];

    if (before == 0)
        number = 0;
    while (count-- > 0) {
        int length = snprintf(line, sizeof(line),
                              "{\"n\":%zu,\"d\":1.5,\"t\":\"%0*d\",\"x\":[1,{\"y\":null}]}\n",
                              ++number, size, 0);
        assert_true(dag_buffer_append(&input, line, (size_t)length));
    }
    sim_disk_append(disk, "/in", input.bytes + before, input.size - before);
    if (dag)
        host_wake(&dag->sources[0]->host);
}

static void assert_all_is_in(const struct store *store)
{
    assert_int_equal(store->lines.size, input.size);
    assert_memory_equal(store->lines.bytes, input.bytes, input.size);
}

/* Every line is there, in order; after a crash some may come again, with all behind them. */
static void assert_all_came(const struct store *store, size_t count)
{
    const char *end = store->lines.bytes + store->lines.size;
    size_t seen = 0, n;
    const char *next;

    for (const char *at = store->lines.bytes; at && at < end; at = next) {
        next = memchr(at, '\n', (size_t)(end - at));
        assert_non_null(next);
        next++;
        n = 0;
        for (const char *digit = at + 5; digit < next && *digit >= '0' && *digit <= '9'; digit++)
            n = n * 10 + (size_t)(*digit - '0');
        assert_in_range(n, 1, seen + 1);
        if (n > seen)
            seen = n;
    }
    assert_int_equal(seen, count);
}

static struct sink_stats stats_of_p(void)
{
    struct sink_stats stats;

    dag_sink_stats(dag, 0, &stats);
    return stats;
}

static int set_up(void **unused)
{
    (void)unused;
    threads = 0;
    log_set_level(DAG_LOG_ERROR);
    disk = sim_disk_new(seed);
    clock_virtual_init(&now, START_US);
    for (size_t i = 0; i < STORE_COUNT; i++)
        stores[i] = (struct store){.name = stores[i].name, .is_dead = false};
    sim_disk_append(disk, "/in", "", 0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    end();
    sim_disk_free(disk);
    for (size_t i = 0; i < STORE_COUNT; i++) {
        dag_buffer_free(&stores[i].lines);
        dag_buffer_free(&stores[i].pending);
    }
    dag_buffer_free(&input);
    return 0;
}

#define EXACTLY_ONCE "'delivery':'exactly_once','journal':{'depth':'order'},"
#define SPILL        ",'when_slow':'spill'"

/* ---- the tests ------------------------------------------------------------------------------- */

static void a_dead_publisher_does_not_hold_its_sibling(void **unused)
{
    (void)unused;
    define("", SPILL);
    p->is_dead = true;
    must_begin();
    feed(5000, 20);
    turn(3 * SECOND);

    assert_all_is_in(q);
    assert_int_equal(lines_of(p), 0);
    struct sink_stats stats = stats_of_p();
    assert_int_equal(stats.depth, 5000);
    assert_int_equal(stats.spilled_rows, 5000);
    assert_int_equal(stats.publish_count, 0);
    assert_int_equal(stats.safe_cycle, 5000);
    assert_true(stats.retries > 1);
    struct dag_stats of_dag;
    dag_stats(dag, &of_dag);
    assert_int_equal(of_dag.watermark, 5000);

    p->is_dead = false;
    turn(35 * SECOND);
    assert_all_is_in(p);
    stats = stats_of_p();
    assert_int_equal(stats.depth, 0);
    assert_int_equal(stats.publish_count, 5000);
    feed(10, 20);
    turn(SECOND);
    assert_all_is_in(p);
}

static void a_publisher_that_keeps_up_gets_everything(void **unused)
{
    (void)unused;
    define("", SPILL);
    must_begin();
    for (int i = 0; i < 20; i++) {
        feed(100, 20);
        turn(TURN_US);
    }
    stop(true);
    assert_all_is_in(p);
    assert_all_is_in(q);
}

static void a_drain_waits_for_the_log(void **unused)
{
    (void)unused;
    define("", SPILL);
    p->is_dead = true;
    must_begin();
    feed(1000, 20);
    turn(SECOND);
    dag_stop(dag, true);
    turn(5 * SECOND);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPING);
    p->is_dead = false;
    turn(40 * SECOND);
    assert_int_equal(dag_state(dag), DAG_STATE_STOPPED);
    assert_all_is_in(p);
}

static void what_was_not_sent_goes_out_after_a_restart(void **unused)
{
    (void)unused;
    define("", SPILL);
    p->is_dead = true;
    must_begin();
    feed(1000, 20);
    turn(2 * SECOND);
    stop(false);
    end();

    must_begin();
    feed(500, 20);
    turn(2 * SECOND);
    assert_all_is_in(q);
    assert_int_equal(stats_of_p().spilled_rows, 1500);
    p->is_dead = false;
    turn(40 * SECOND);
    assert_all_is_in(p);
    stop(true);
    end();

    must_begin();
    turn(2 * SECOND);
    assert_all_is_in(p); /* and nothing once more */
}

static void a_full_log_holds_the_dag_until_there_is_room(void **unused)
{
    (void)unused;
    define("", SPILL ",'spill_max_bytes':'256KiB'");
    p->is_dead = true;
    must_begin();
    feed(1000, 2000);
    turn(5 * SECOND);
    size_t held = lines_of(q);
    assert_in_range(held, 100, 900);
    assert_in_range(stats_of_p().spilled_size, 200000, 600000);
    turn(5 * SECOND);
    assert_int_equal(lines_of(q), held);

    p->is_dead = false;
    turn(60 * SECOND);
    assert_all_is_in(q);
    assert_all_is_in(p);
    assert_in_range(stats_of_p().spilled_size, 1, 400000);
}

static void a_full_disk_is_waited_for(void **unused)
{
    (void)unused;
    define("", SPILL);
    p->is_dead = true;
    must_begin();
    turn(SECOND);
    sim_disk_set_room(disk, 100000);
    feed(1000, 500);
    turn(5 * SECOND);
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
    sim_disk_set_room(disk, UINT64_MAX);
    p->is_dead = false;
    turn(60 * SECOND);
    assert_all_is_in(q);
    assert_all_is_in(p);
}

/* Two records for one cycle: the first one alone counts for nothing. */
static void a_cycle_larger_than_a_record_and_the_bound_goes_out_whole(void **unused)
{
    (void)unused;
    struct dag_buffer line = {0};
    struct dag_error err = {0};

    for (uint64_t at = 1; at < 60; at++) {
        define(EXACTLY_ONCE, SPILL ",'spill_max_bytes':'64KiB'");
        char *type = strstr(definition, "\"PassthruCalculator\"");
        char rest[1000];
        snprintf(rest, sizeof(rest), "%s", type + strlen("\"PassthruCalculator\""));
        snprintf(type, sizeof(definition) - (size_t)(type - definition),
                 "\"ExplodeCalculator\",\"config\":{\"attribute\":\"a\"}%s", rest);
        line.size = 0;
        assert_true(dag_buffer_append(&line, "{\"a\":[0", 7));
        for (int i = 0; i < 1300000; i++)
            assert_true(dag_buffer_append(&line, ",1", 2));
        assert_true(dag_buffer_append(&line, "]}\n", 3));
        sim_disk_append(disk, "/in", line.bytes, line.size);
        sim_disk_crash_at(disk, 20 + at, SIM_CRASH_POWER);
        p->is_dead = true;
        if (begin(&err))
            turn(2 * SECOND);
        crash(SIM_CRASH_POWER);
        p->is_dead = false;
        must_begin();
        for (int i = 0; i < 100 && lines_of(p) < 1300001; i++)
            turn(SECOND);
        assert_int_equal(lines_of(p), 1300001);
        assert_int_equal(lines_of(q), 1300001);
        tear_down(NULL);
        seed++;
        set_up(NULL);
        at += 12;
    }
    dag_buffer_free(&line);
}

static void damage_is_named_and_fails_the_dag(void **unused)
{
    (void)unused;
    char why[600];

    define("", SPILL);
    p->is_dead = true;
    must_begin();
    feed(1000, 20);
    turn(3 * SECOND);
    stop(false);
    end();
    assert_true(sim_disk_flip(disk, LOG "00000000000000000064.log", 1000, 3));
    must_begin();
    turn(SECOND);
    assert_int_equal(dag_state(dag), DAG_STATE_FAILED);
    dag_failure(dag, why, sizeof(why));
    assert_non_null(strstr(why, LOG "00000000000000000064.log"));
}

static void dead_letters_of_a_spilling_publisher_arrive(void **unused)
{
    (void)unused;
    define("'errors':'e',", SPILL);
    p->reject_every = 10;
    must_begin();
    feed(1000, 20);
    turn(3 * SECOND);
    stop(true);
    assert_int_equal(lines_of(p), 900);
    assert_int_equal(lines_of(e), 100);
}

static void the_errors_publisher_may_spill_too(void **unused)
{
    (void)unused;
    define("'errors':'p',", SPILL);
    q->reject_every = 10;
    p->is_dead = true;
    must_begin();
    feed(1000, 20);
    turn(3 * SECOND);
    assert_int_equal(lines_of(q), 900);
    p->is_dead = false;
    turn(40 * SECOND);
    assert_int_equal(lines_of(p), 1100);
    stop(true);
    assert_int_equal(lines_of(p), 1100);
}

static void without_spill_the_rest_of_the_log_still_goes_out(void **unused)
{
    (void)unused;
    struct dag_buffer text = {0};

    define("", SPILL);
    p->is_dead = true;
    must_begin();
    feed(1000, 20);
    turn(2 * SECOND);
    stop(false);
    end();
    define("", "");
    p->is_dead = false;
    must_begin();
    feed(500, 20);
    turn(5 * SECOND);
    stop(true);
    end();
    assert_all_is_in(p);
    assert_false(sim_disk_content(disk, LOG "cursor", &text));
    must_begin();
    feed(10, 20);
    turn(SECOND);
    assert_all_is_in(p);
    dag_buffer_free(&text);
}

static bool is_done(bool exactly)
{
    if (!exactly)
        return q->lines.size >= input.size && p->lines.size >= input.size &&
               stats_of_p().depth == 0;
    return q->lines.size == input.size && p->lines.size == input.size;
}

/* One story: p dies and comes back, and the process goes at operation `at`. Returns how many
 * operations there were. */
static uint64_t live_through(bool exactly, enum sim_crash kind, uint64_t at)
{
    struct dag_error err = {0};

    define(exactly ? EXACTLY_ONCE : "'journal':true,", SPILL ",'spill_max_bytes':'64KiB'");
    if (at > 0)
        sim_disk_crash_at(disk, at, kind);
    if (begin(&err)) {
        feed(200, 10);
        turn(SECOND / 4);
        p->is_dead = true;
        feed(200, 100);
        turn(2 * SECOND);
        p->is_dead = false;
        feed(200, 200);
        turn(3 * SECOND);
    } else {
        feed(600, 100);
    }
    uint64_t operations = sim_disk_operations(disk);
    crash(kind);
    must_begin();
    for (int i = 0; i < 200 && !is_done(exactly); i++)
        turn(SECOND / 2);
    assert_int_equal(dag_state(dag), DAG_STATE_RUNNING);
    if (exactly) {
        assert_all_is_in(q);
        assert_all_is_in(p);
    } else {
        assert_all_came(q, 600);
        assert_all_came(p, 600);
    }
    return operations;
}

static void crash_anywhere(bool exactly, enum sim_crash kind, uint64_t step)
{
    uint64_t operations = live_through(exactly, kind, 0);

    for (uint64_t at = 1; at <= operations; at += step) {
        tear_down(NULL);
        seed++;
        set_up(NULL);
        live_through(exactly, kind, at);
    }
}

static void exactly_once_holds_wherever_the_process_ends(void **unused)
{
    (void)unused;
    crash_anywhere(true, SIM_CRASH_PROCESS, 1);
}

static void exactly_once_holds_wherever_the_power_goes(void **unused)
{
    (void)unused;
    crash_anywhere(true, SIM_CRASH_POWER, 1);
}

static void nothing_is_lost_wherever_the_power_goes(void **unused)
{
    (void)unused;
    crash_anywhere(false, SIM_CRASH_POWER, 1);
}

/* A publisher that noted its mark would hold a cycle that a crash may give to other events. */
static void held_rows_tell_no_cycle_that_the_journal_may_lose(void **unused)
{
    static const char filter[] = "\"FilterCalculator\",\"config\":{\"attribute\":\"n\","
                                 "\"comparison\":\"!=\",\"value\":5}";
    char rest[1000];

    (void)unused;
    define(EXACTLY_ONCE, ",'publish_interval':10,'batch_size':5");
    char *type = strstr(definition, "\"PassthruCalculator\"");
    snprintf(rest, sizeof(rest), "%s", type + strlen("\"PassthruCalculator\""));
    snprintf(type, sizeof(definition) - (size_t)(type - definition), "%s%s", filter, rest);
    must_begin();
    feed(4, 10);
    turn(SECOND);
    assert_int_equal(lines_of(p), 0); /* held, and in the journal */
    feed(2, 10);                      /* the fifth is nothing to it, the sixth releases all */
    turn(2 * SECOND);
    assert_int_equal(lines_of(q), 5);
    assert_int_equal(lines_of(p), 5);
    assert_int_equal(p->ahead + q->ahead, 0);
}

static void threads_spill_and_send_on_at_once(void **unused)
{
    (void)unused;
    threads = 2;
    define(EXACTLY_ONCE, SPILL ",'retry_max':'200ms'");
    for (int round = 0; round < 3; round++) {
        atomic_store(&p->is_dead, true);
        must_begin();
        feed(5000, 50);
        pthread_mutex_lock(&committed_lock);
        while (q->lines.size < input.size)
            pthread_cond_wait(&committed, &committed_lock);
        pthread_mutex_unlock(&committed_lock);
        atomic_store(&p->is_dead, false);
        feed(5000, 50);
        dag_stop(dag, round == 2);
        assert_true(dag_wait(dag, 60 * SECOND));
        end();
    }
    must_begin();
    pthread_mutex_lock(&committed_lock);
    while (p->lines.size < input.size || q->lines.size < input.size)
        pthread_cond_wait(&committed, &committed_lock);
    pthread_mutex_unlock(&committed_lock);
    dag_stop(dag, true);
    assert_true(dag_wait(dag, 60 * SECOND));
    assert_all_is_in(q);
    assert_all_is_in(p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_dead_publisher_does_not_hold_its_sibling),
        TEST(a_publisher_that_keeps_up_gets_everything),
        TEST(a_drain_waits_for_the_log),
        TEST(what_was_not_sent_goes_out_after_a_restart),
        TEST(a_full_log_holds_the_dag_until_there_is_room),
        TEST(a_full_disk_is_waited_for),
        TEST(a_cycle_larger_than_a_record_and_the_bound_goes_out_whole),
        TEST(damage_is_named_and_fails_the_dag),
        TEST(dead_letters_of_a_spilling_publisher_arrive),
        TEST(the_errors_publisher_may_spill_too),
        TEST(without_spill_the_rest_of_the_log_still_goes_out),
        TEST(held_rows_tell_no_cycle_that_the_journal_may_lose),
        TEST(threads_spill_and_send_on_at_once),
        TEST(exactly_once_holds_wherever_the_process_ends),
        TEST(exactly_once_holds_wherever_the_power_goes),
        TEST(nothing_is_lost_wherever_the_power_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
