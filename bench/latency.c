/* latency.c - how long a message takes through an idle in-memory DAG of six nodes.
 *
 * usage: bench_latency [MESSAGES]
 *
 * From the put into the queue that the DAG reads to the moment at which the row lies in the queue
 * that it writes, as a waiting reader sees it. "idle": a pause before each message, so that the
 * workers sleep. "at once": the next message follows the last one's result. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <stdatomic.h>

#include "bench.h"

static _Atomic bool woken;

static void wake(struct dag_host *host)
{
    (void)host;
    atomic_store(&woken, true);
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return difference < 0 ? -1 : difference > 0;
}

static void send(struct broker_channel *in)
{
    struct dag_error err = {0};
    struct dag_batch *batch = bench_rows(1);
    size_t written;

    if (broker_put(in, dag_batch_rows(batch), 1, batch, NULL, &written, &err) != BROKER_OK)
        fail("put", err.message);
    dag_batch_unref(batch);
}

/* Takes what is there and leaves word for the next message. */
static size_t receive(struct broker_channel *out, struct broker_waiter *waiter)
{
    struct dag_error err = {0};
    struct dag_batch *batch = dag_batch_new();
    bool over;

    if (broker_take(out, batch, NULL, waiter, &over, &err) == BROKER_FAILED)
        fail("take", err.message);
    size_t count = dag_batch_row_count(batch);
    dag_batch_unref(batch);
    return count;
}

static void measure(uint32_t threads, size_t messages, double pause)
{
    static const struct dag_host_ops ops = {.size = sizeof(ops), .wake = wake};
    struct dag_host host = {.ops = &ops, .dag = "bench", .component = "reader"};
    struct broker_waiter waiter = {.host = &host};
    struct broker_channel *in = bench_queue("in"), *out = bench_queue("out");
    struct runtime *runtime = bench_runtime(threads);
    struct dag *dag = bench_add(runtime, bench_chain("d", "in", "out", ""));
    double *times = calloc(messages, sizeof(*times));

    broker_add_consumer(out, &waiter);
    bench_start(dag);
    for (size_t i = 0; i < messages; i++) {
        receive(out, &waiter);
        if (pause > 0)
            pause_seconds(pause);
        atomic_store(&woken, false);
        double begin = now_seconds(CLOCK_MONOTONIC);
        send(in);
        while (!atomic_load_explicit(&woken, memory_order_acquire))
            sched_yield(); /* a worker may have been woken on this core */
        times[i] = now_seconds(CLOCK_MONOTONIC) - begin;
        if (receive(out, &waiter) != 1)
            fail("take", "not one row");
    }
    qsort(times, messages, sizeof(*times), compare);
    printf("latency, %u worker%s, %s: p50 %.1f us, p90 %.1f us, p99 %.1f us, most %.1f us\n",
           threads, threads > 1 ? "s" : "", pause > 0 ? "idle" : "at once",
           times[messages / 2] * 1e6, times[messages * 9 / 10] * 1e6,
           times[messages * 99 / 100] * 1e6, times[messages - 1] * 1e6);
    free(times);
    broker_remove_consumer(out, &waiter);
    runtime_free(runtime);
    broker_reset();
}

int main(int argc, char **argv)
{
    size_t messages = argc > 1 ? (size_t)atoll(argv[1]) : 5000;

    for (uint32_t threads = 1; threads <= 2; threads++) {
        measure(threads, messages, 0.0005);
        measure(threads, messages, 0);
    }
    return 0;
}
