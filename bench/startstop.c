/* startstop.c - nothing is left behind by ten thousand starts and stops.
 *
 * usage: bench_startstop [ROUNDS] */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

static void put(struct broker_channel *in)
{
    struct dag_error err = {0};
    struct dag_batch *batch = bench_rows(3);
    size_t written;

    if (broker_put(in, dag_batch_rows(batch), 3, batch, NULL, &written, &err) != BROKER_OK)
        fail("put", err.message);
    dag_batch_unref(batch);
}

static void drop_all(struct broker_channel *out)
{
    struct dag_error err = {0};
    bool ended;
    size_t count;

    do {
        struct dag_batch *batch = dag_batch_new();
        broker_take(out, batch, NULL, NULL, &ended, &err);
        count = dag_batch_row_count(batch);
        dag_batch_unref(batch);
    } while (count > 0);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 10000;
    struct runtime *runtime = bench_runtime(2);
    struct broker_channel *in = bench_queue("in"), *out = bench_queue("out");
    double settled = 0;

    double begin = now_seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < rounds; i++) {
        struct dag *dag = bench_add(runtime, bench_chain("d", "in", "out", ""));
        bench_start(dag);
        put(in);
        dag_stop(dag, i % 2 == 0);
        if (!dag_wait(dag, 10000000))
            fail("stop", "takes more than 10 s");
        runtime_remove(runtime, dag);
        drop_all(out);
        if (i == rounds / 10)
            settled = resident_bytes();
    }
    double seconds = now_seconds(CLOCK_MONOTONIC) - begin;
    printf("startstop, %d rounds: %.1f us each, %.1f KiB grown over the last nine tenths\n", rounds,
           seconds / rounds * 1e6, (resident_bytes() - settled) / 1024);
    runtime_free(runtime);
    broker_reset();
    return 0;
}
