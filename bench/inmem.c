/* inmem.c - records through a chain of five operators between two in-memory queues, and a hop
 * alone.
 *
 * usage: bench_inmem [MILLIONS]   (default 4). One thread; figures are CPU nanoseconds a record.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/components.h"
#include "connectors/mem/broker.h"
#include "graph/check.h"
#include "runtime/runtime.h"

#define BATCH_COUNT 32 /* records are put again and again from as many batches */

static const char chain[] =
    "{\"name\":\"chain\",\"subscribers\":[{\"name\":\"a\",\"config\":{\"source\":"
    "\"mem://queue/bench_in\"}}],\"publishers\":[{\"name\":\"z\",\"config\":{\"destination\":"
    "\"mem://queue/bench_out\"}}],\"calculators\":["
    "{\"name\":\"d\",\"type\":\"ApplyDefaultsCalculator\",\"config\":{\"defaults\":{\"status\":"
    "\"new\",\"venue\":\"x\"}}},"
    "{\"name\":\"r\",\"type\":\"AttributeNameChangeCalculator\",\"config\":{\"name_mapping\":"
    "{\"px\":\"price\",\"qty\":\"quantity\"}}},"
    "{\"name\":\"s\",\"type\":\"MultiplicationCalculator\",\"config\":{\"arguments\":"
    "[\"price\",\"quantity\"],\"output_attribute\":\"value\",\"keep_input\":true}},"
    "{\"name\":\"f\",\"type\":\"FilterCalculator\",\"config\":{\"attribute\":\"value\","
    "\"comparison\":\">\",\"value\":0}},"
    "{\"name\":\"k\",\"type\":\"AttributeFilterCalculator\",\"config\":{\"keep_attributes\":"
    "[\"id\",\"price\",\"value\",\"status\"]}}],"
    "\"nodes\":[{\"name\":\"n0\",\"type\":\"SubscriptionNode\",\"subscriber\":\"a\"},"
    "{\"name\":\"n1\",\"calculator\":\"d\"},{\"name\":\"n2\",\"calculator\":\"r\"},"
    "{\"name\":\"n3\",\"calculator\":\"s\"},{\"name\":\"n4\",\"calculator\":\"f\"},"
    "{\"name\":\"n5\",\"type\":\"PublicationNode\",\"calculator\":\"k\",\"publishers\":[\"z\"]}],"
    "\"edges\":[{\"from_node\":\"n0\",\"to_node\":\"n1\"},{\"from_node\":\"n1\",\"to_node\":"
    "\"n2\"},{\"from_node\":\"n2\",\"to_node\":\"n3\"},{\"from_node\":\"n3\",\"to_node\":\"n4\"},"
    "{\"from_node\":\"n4\",\"to_node\":\"n5\"}]}";

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void die(const char *what, const struct dag_error *err)
{
    fprintf(stderr, "bench_inmem: %s: %s\n", what, err->message);
    exit(1);
}

static struct dag_batch *make_batch(size_t rows, size_t number)
{
    struct dag_error err = {0};
    struct dag_batch *batch = dag_batch_new();
    struct dag_json_parser *parser = dag_json_parser_new(0);
    char text[160];

    for (size_t i = 0; i < rows; i++) {
        size_t id = number * rows + i;
        int size = snprintf(text, sizeof(text),
                            "{\"id\":%zu,\"sym\":\"ABC%zu\",\"px\":%zu.25,\"qty\":%zu,\"side\":"
                            "\"buy\"}",
                            id, id % 100, 10 + id % 90, 1 + id % 1000);
        if (!dag_json_parse(parser, batch, text, (size_t)size, (struct dag_origin){0}, &err))
            die("a record", &err);
    }
    dag_json_parser_free(parser);
    return batch;
}

static size_t drain(struct broker_channel *queue, size_t row_limit)
{
    size_t total = 0, rows;
    bool is_over;
    struct dag_error err = {0};

    do {
        struct dag_batch *out = dag_batch_new();
        broker_take(queue, out, NULL, NULL, &is_over, &err);
        rows = dag_batch_row_count(out);
        total += rows;
        dag_batch_unref(out);
    } while (rows > 0 && total < row_limit);
    return total;
}

static size_t put(struct broker_channel *queue, struct dag_batch *batch)
{
    struct dag_error err = {0};
    size_t written = 0;

    if (broker_put(queue, dag_batch_rows(batch), dag_batch_row_count(batch), batch, NULL, &written,
                   &err) != BROKER_OK)
        die("put", &err);
    return written;
}

static void bench_hop(size_t rows, size_t total)
{
    struct dag_error err = {0};
    struct broker_channel *queue = broker_open(BROKER_QUEUE, "bench_hop", 0, &err);
    struct dag_batch *batch = make_batch(rows, 0);
    size_t count = 0;
    double start = cpu_ns();

    while (count < total) {
        put(queue, batch);
        count += drain(queue, rows);
    }
    printf("hop through a queue, batches of %4zu: %6.2f ns a record\n", rows,
           (cpu_ns() - start) / (double)count);
    dag_batch_unref(batch);
}

static void bench_chain(size_t total)
{
    struct dag_error err = {0};
    struct problems problems = {0};
    struct check_options options = {.path = "chain"};
    struct components *components = components_new(NULL, 0, &err);
    if (!components)
        die("components", &err);
    struct plan *plan = graph_check(chain, strlen(chain), components_registry(components), &options,
                                    &problems, &err);
    if (!plan)
        die(problems.count > 0 ? problems.items[0].message : "chain", &err);
    problems_free(&problems);
    struct runtime *runtime = runtime_new(&(struct runtime_options){.threads = 0}, &err);
    struct dag *dag = runtime ? runtime_add(runtime, plan, &err) : NULL;
    if (!dag || !dag_start(dag, &err))
        die("start", &err);
    runtime_turn(runtime);
    struct broker_channel *in = broker_open(BROKER_QUEUE, "bench_in", 0, &err);
    struct broker_channel *out = broker_open(BROKER_QUEUE, "bench_out", 0, &err);
    struct dag_batch *batches[BATCH_COUNT];
    for (size_t i = 0; i < BATCH_COUNT; i++)
        batches[i] = make_batch(DAG_BATCH_ROWS_MAX, i);
    size_t count = 0, received = 0;
    double start = cpu_ns();
    for (size_t i = 0; count < total; i = (i + 1) % BATCH_COUNT) {
        count += put(in, batches[i]);
        runtime_turn(runtime);
        received += drain(out, SIZE_MAX);
    }
    double each = (cpu_ns() - start) / (double)count;
    printf("five operators, queue to queue:        %6.2f ns a record, %.1f M records/s a core\n",
           each, 1e3 / each);
    if (received != count)
        printf("bench_inmem: %zu records went in, %zu came out\n", count, received);
    for (size_t i = 0; i < BATCH_COUNT; i++)
        dag_batch_unref(batches[i]);
    runtime_free(runtime);
    components_free(components);
}

int main(int argc, char **argv)
{
    size_t total = (argc > 1 ? strtoul(argv[1], NULL, 10) : 4) * 1000000;

    bench_chain(total);
    bench_hop(256, total);
    bench_hop(1024, total);
    return 0;
}
