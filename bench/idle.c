/* idle.c - what a thousand DAGs cost that have nothing to do.
 *
 * usage: bench_idle [DAGS [SECONDS]]
 *
 * Six nodes each, in-memory queues, started and left alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

int main(int argc, char **argv)
{
    int dags = argc > 1 ? atoi(argv[1]) : 1000;
    double seconds = argc > 2 ? atof(argv[2]) : 3;
    struct runtime *runtime = bench_runtime(2);

    double before = resident_bytes();
    double begin = now_seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < dags; i++) {
        char name[32], in[32], out[32];
        snprintf(name, sizeof(name), "d%d", i);
        snprintf(in, sizeof(in), "in%d", i);
        snprintf(out, sizeof(out), "out%d", i);
        bench_start(bench_add(runtime, bench_chain(name, in, out, "")));
    }
    double made = now_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
    pause_seconds(0.5); /* they settle */
    double bytes = resident_bytes() - before;
    begin = now_seconds(CLOCK_PROCESS_CPUTIME_ID);
    pause_seconds(seconds);
    double used = now_seconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
    printf("idle, %d DAGs: %.4f %% of a core, %.1f KiB each, %.0f us each to load and start\n",
           dags, used / seconds * 100, bytes / dags / 1024, made / dags * 1e6);
    runtime_free(runtime);
    broker_reset();
    return 0;
}
