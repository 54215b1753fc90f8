/* bench.h - what the benchmarks of the runtime share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "calculators/registry.h"
#include "connectors/mem/broker.h"
#include "connectors/registry.h"
#include "graph/check.h"
#include "runtime/runtime.h"
#include "transformers/registry.h"

static inline double now_seconds(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static inline void pause_seconds(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};

    nanosleep(&time, NULL);
}

static inline void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/** Resident bytes of this process. */
static inline double resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long size = 0, resident = 0;

    if (!file || fscanf(file, "%ld %ld", &size, &resident) != 2)
        fail("/proc/self/statm", "cannot read it");
    fclose(file);
    return (double)resident * 4096;
}

/** The plan of a DAG file with ' for ". */
static inline struct plan *bench_plan(const char *text)
{
    static struct registry registry;
    struct check_options options = {.path = "bench.json"};
    struct problems problems = {0};
    struct dag_error err = {0};
    char *json = strdup(text);

    registry.calculators = calculators_builtin;
    registry.transformers = transformers_builtin;
    registry.subscribers = connectors_subscribers;
    registry.publishers = connectors_publishers;
    for (char *at = json; *at; at++)
        if (*at == '\'')
            *at = '"';
    struct plan *plan = graph_check(json, strlen(json), &registry, &options, &problems, &err);
    if (!plan)
        fail("DAG file", problems.count > 0 ? problems.items[0].message : err.message);
    problems_free(&problems);
    free(json);
    return plan;
}

/** Six nodes from mem://queue/<in> to mem://queue/<out>. */
static inline struct plan *bench_chain(const char *name, const char *in, const char *out,
                                       const char *publisher_config)
{
    char text[2048];

    snprintf(text, sizeof(text),
             "{'name':'%s',"
             "'subscribers':[{'name':'s','config':{'source':'mem://queue/%s'}}],"
             "'publishers':[{'name':'p','config':{'destination':'mem://queue/%s'%s}}],"
             "'calculators':[{'name':'sum','type':'AdditionCalculator',"
             "'config':{'arguments':['a','b'],'output_attribute':'sum'}}],"
             "'nodes':[{'name':'n1','type':'SubscriptionNode','subscriber':'s'},"
             "{'name':'n2'},{'name':'n3','calculator':'sum'},{'name':'n4'},{'name':'n5'},"
             "{'name':'n6','type':'PublicationNode','publishers':['p']}],"
             "'edges':[{'from_node':'n1','to_node':'n2'},{'from_node':'n2','to_node':'n3'},"
             "{'from_node':'n3','to_node':'n4'},{'from_node':'n4','to_node':'n5'},"
             "{'from_node':'n5','to_node':'n6'}]}",
             name, in, out, publisher_config);
    return bench_plan(text);
}

static inline struct runtime *bench_runtime(uint32_t threads)
{
    struct runtime_options options = {.threads = threads};
    struct dag_error err = {0};
    struct runtime *runtime = runtime_new(&options, &err);

    if (!runtime)
        fail("runtime", err.message);
    return runtime;
}

static inline struct dag *bench_add(struct runtime *runtime, struct plan *plan)
{
    struct dag_error err = {0};
    struct dag *dag = runtime_add(runtime, plan, &err);

    if (!dag)
        fail("DAG", err.message);
    return dag;
}

static inline void bench_start(struct dag *dag)
{
    struct dag_error err = {0};

    if (!dag_start(dag, &err))
        fail("start", err.message);
}

static inline struct broker_channel *bench_queue(const char *name)
{
    struct dag_error err = {0};
    struct broker_channel *queue = broker_open(BROKER_QUEUE, name, 0, &err);

    if (!queue)
        fail(name, err.message);
    return queue;
}

/** `count` rows {"a": 1, "b": 2} in a batch of their own. */
static inline struct dag_batch *bench_rows(size_t count)
{
    struct dag_batch *batch = dag_batch_new();
    struct dag_error err = {0};
    const struct dag_name *names[] = {dag_name_intern("a", 1, NULL), dag_name_intern("b", 1, NULL)};
    const struct dag_shape *shape = dag_shape_of(names, 2, NULL);

    for (size_t i = 0; i < count; i++) {
        struct dag_value *values = dag_batch_alloc(batch, 2 * sizeof(*values));
        values[0] = dag_value_int((int64_t)i);
        values[1] = dag_value_int(2);
        if (!dag_batch_append(batch, (struct dag_row){shape, values}, (struct dag_origin){0}, &err))
            fail("rows", err.message);
    }
    return batch;
}

#endif
