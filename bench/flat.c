/* flat.c - memory stays flat when a producer is faster than the sink, for as long as it lasts.
 *
 * usage: bench_flat [SECONDS]
 *
 * A thread puts rows into the DAG's queue as fast as there is room; the sink is a queue whose
 * reader takes a batch now and then. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>

#include "bench.h"

#define PAUSE_SECONDS 0.002

static _Atomic bool over;
static _Atomic unsigned long long produced;

static void *produce(void *argument)
{
    struct broker_channel *in = argument;
    struct dag_error err = {0};

    while (!atomic_load(&over)) {
        struct dag_batch *batch = bench_rows(1000);
        size_t done = 0, written = 0;
        while (done < 1000 && !atomic_load(&over)) {
            enum broker_result result = broker_put(in, dag_batch_rows(batch) + done, 1000 - done,
                                                   batch, NULL, &written, &err);
            if (result == BROKER_FAILED)
                fail("put", err.message);
            done += result == BROKER_OK ? written : 0;
            if (result == BROKER_FULL || written == 0)
                pause_seconds(0.0001);
        }
        atomic_fetch_add(&produced, done);
        dag_batch_unref(batch);
    }
    return NULL;
}

static size_t consume(struct broker_channel *out)
{
    struct dag_error err = {0};
    struct dag_batch *batch = dag_batch_new();
    bool ended;

    if (broker_take(out, batch, NULL, NULL, &ended, &err) == BROKER_FAILED)
        fail("take", err.message);
    size_t count = dag_batch_row_count(batch);
    dag_batch_unref(batch);
    return count;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 5;
    double least = 0, most = 0, first = 0;
    unsigned long long consumed = 0;
    pthread_t producer;
    struct runtime *runtime = bench_runtime(2);
    struct broker_channel *in = bench_queue("in"), *out = bench_queue("out");
    struct dag *dag = bench_add(runtime, bench_chain("d", "in", "out", ""));

    bench_start(dag);
    if (pthread_create(&producer, NULL, produce, in) != 0)
        fail("thread", "cannot start it");
    double begin = now_seconds(CLOCK_MONOTONIC), next = 0, passed;
    while ((passed = now_seconds(CLOCK_MONOTONIC) - begin) < seconds) {
        consumed += consume(out);
        pause_seconds(PAUSE_SECONDS);
        if (passed < next)
            continue;
        next = passed + seconds / 10;
        double bytes = resident_bytes();
        printf("flat, at %5.1f s: %.1f MiB resident, %llu rows in, %llu out\n", passed,
               bytes / 1048576, atomic_load(&produced), consumed);
        if (passed < seconds * 0.3)
            continue; /* buffers fill */
        first = first > 0 ? first : bytes;
        least = least == 0 || bytes < least ? bytes : least;
        most = bytes > most ? bytes : most;
    }
    printf("flat: between %.1f and %.1f MiB, growth %.2f MiB\n", least / 1048576, most / 1048576,
           (resident_bytes() - first) / 1048576);
    atomic_store(&over, true);
    pthread_join(producer, NULL);
    runtime_free(runtime);
    broker_reset();
    return 0;
}
