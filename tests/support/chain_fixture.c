/* chain_fixture.c - see chain_fixture.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/chain_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "connectors/mem/broker.h"
#include "core/log.h"

struct clock_virtual now;
struct runtime *runtime;
struct fake_source source;
struct fake_sink sink;
struct sim_disk *disk;
struct data_folder *folder;
struct keeper *keeper;

void make_runtime(uint32_t threads)
{
    struct runtime_options options = {.threads = threads,
                                      .clock = threads == 0 ? &now.clock : NULL};
    struct dag_error err = {0};

    runtime = runtime_new(&options, &err);
    assert_non_null(runtime);
    source = (struct fake_source){0};
    sink = (struct fake_sink){0};
    fake_source_register(&source, "s");
    fake_sink_register(&sink, "p");
}

int set_up(void **unused)
{
    (void)unused;
    log_set_level(DAG_LOG_ERROR);
    clock_virtual_init(&now, BEGIN_US);
    make_runtime(0);
    return 0;
}

int tear_down(void **unused)
{
    (void)unused;
    runtime_free(runtime);
    keeper_free(keeper);
    keeper = NULL;
    data_folder_close(folder);
    folder = NULL;
    sim_disk_free(disk);
    disk = NULL;
    fake_connectors_clear();
    broker_reset();
    return 0;
}

struct dag *added(struct plan *plan)
{
    struct dag_error err = {0};
    struct dag *dag = runtime_add(runtime, plan, &err);

    if (!dag)
        print_error("%s\n", err.message);
    assert_non_null(dag);
    return dag;
}

void start(struct dag *dag)
{
    struct dag_error err = {0};

    if (!dag_start(dag, &err))
        fail_msg("%s", err.message);
    runtime_turn(runtime);
}

struct dag *started(struct plan *plan)
{
    struct dag *dag = added(plan);

    start(dag);
    return dag;
}

void assert_in_sequence(uint64_t count)
{
    assert_int_equal(atomic_load(&sink.count), count);
    for (uint64_t i = 0; i < count; i++)
        assert_int_equal(sink.values[i], i);
}

void keep(struct dag *dag)
{
    struct dag_error err = {0};
    struct storage *storage;

    if (!disk)
        disk = sim_disk_new(1);
    storage = sim_disk_storage(disk);
    if (!folder)
        assert_int_equal(data_folder_open(storage, "data", false, false, &folder, &err),
                         DATA_FOLDER_OK);
    struct keeper_options options = {.storage = storage,
                                     .clock = &now.clock,
                                     .folder = folder,
                                     .plan = dag_plan(dag),
                                     .by_hand = true};
    keeper_free(keeper);
    keeper = keeper_new(&options, &err);
    if (!keeper || !dag_keep(dag, keeper_durability(keeper), &err))
        fail_msg("%s", err.message);
}

/* Turns DAG and keeper until neither has anything to do within `us`. */
void go(int64_t us)
{
    for (int64_t passed = 0; passed <= us; passed += 10000) {
        do
            runtime_turn(runtime);
        while (keeper_turn(keeper));
        if (passed < us)
            runtime_advance(runtime, &now, 10000);
    }
}
