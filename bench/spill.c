/* spill.c - what a second publisher costs the first: none, a healthy one, a dead one that spills.
 *
 * usage: bench_spill [THOUSANDS [THREADS [FOLDER]]]   (default 1000, 2, a new folder in /tmp)
 *
 * A file goes through five operators to a file; the time is that until all of it is out there. The
 * data folder is kept in each case. The cases take turns; the medians are printed. CPU is that of
 * the whole process, spilling included. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <ftw.h>
#include <limits.h>

#include "bench.h"
#include "core/log.h"
#include "durable/keeper.h"

#define ROUNDS 9

/* ---- a publisher that is dead */

static bool dead_open(void *state, const struct dag_address *address, struct dag_host *host,
                      struct dag_error *err)
{
    (void)state;
    (void)host;
    dag_error_set(err, DAG_ERROR_IO, "nobody answers at '%s'", address->uri);
    err->retryable = true;
    return false;
}

static enum dag_write_status dead_write(void *state, const struct dag_delivery *delivery,
                                        size_t *written, struct dag_error *err)
{
    (void)state;
    (void)delivery;
    (void)written;
    dag_error_set(err, DAG_ERROR_IO, "never");
    return DAG_WRITE_FAILED;
}

static const struct dag_option no_options[] = {{0}};
static const struct dag_publisher dead_publisher = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "dead",
    .name = "DeadPublisher",
    .summary = "Never answers.",
    .address_help = "dead://",
    .options = no_options,
    .open = dead_open,
    .write = dead_write,
};

/* ---- the cases */

static struct measured {
    const char *name, *publisher; /* a further one; NULL: none */
    double wall[ROUNDS], cpu[ROUNDS];
} cases[] = {
    {.name = "no second publisher"},
    {.name = "a healthy one", .publisher = "'destination':'file://%s/second'"},
    {.name = "a dead one that spills", .publisher = "'destination':'dead://','when_slow':'spill'"},
    {.name = "a healthy one that spills",
     .publisher = "'destination':'file://%s/second','when_slow':'spill'"},
};
#define CASE_COUNT (sizeof(cases) / sizeof(cases[0]))

static char folder[PATH_MAX / 4];
static size_t rows = 1000000;
static uint32_t threads = 2;

static struct plan *make_plan(const struct measured *of)
{
    static const struct dag_publisher *publishers[16];
    static struct registry registry;
    struct check_options options = {.path = "bench.json"};
    struct problems problems = {0};
    struct dag_error err = {0};
    char second[512] = "", publisher[256], text[4096];

    size_t count = 0;
    for (; connectors_publishers[count]; count++)
        publishers[count + 1] = connectors_publishers[count];
    publishers[0] = &dead_publisher; /* by scheme: "dead" is before the others but "custom" */
    for (size_t i = 0; i < count && strcmp(publishers[i + 1]->scheme, "dead") < 0; i++) {
        publishers[i] = publishers[i + 1];
        publishers[i + 1] = &dead_publisher;
    }
    registry.calculators = calculators_builtin;
    registry.transformers = transformers_builtin;
    registry.subscribers = connectors_subscribers;
    registry.publishers = publishers;
    if (of->publisher) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(publisher, sizeof(publisher), of->publisher, folder);
#pragma GCC diagnostic pop
        snprintf(second, sizeof(second), ",{'name':'second','config':{%s}}", publisher);
    }
    snprintf(text, sizeof(text),
             "{'name':'bench',"
             "'subscribers':[{'name':'s','config':{'source':'file://%s/in','follow':false}}],"
             "'publishers':[{'name':'first','config':{'destination':'file://%s/first'}}%s],"
             "'calculators':["
             "{'name':'d','type':'ApplyDefaultsCalculator','config':{'defaults':{'status':'new'}}},"
             "{'name':'r','type':'AttributeNameChangeCalculator','config':{'name_mapping':"
             "{'px':'price','qty':'quantity'}}},"
             "{'name':'m','type':'MultiplicationCalculator','config':{'arguments':"
             "['price','quantity'],'output_attribute':'value','keep_input':true}}],"
             "'nodes':[{'name':'n0','type':'SubscriptionNode','subscriber':'s'},"
             "{'name':'n1','calculator':'d'},{'name':'n2','calculator':'r'},"
             "{'name':'n3','type':'PublicationNode','calculator':'m','publishers':['first'%s]}],"
             "'edges':[{'from_node':'n0','to_node':'n1'},{'from_node':'n1','to_node':'n2'},"
             "{'from_node':'n2','to_node':'n3'}]}",
             folder, folder, second, of->publisher ? ",'second'" : "");
    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    struct plan *plan = graph_check(text, strlen(text), &registry, &options, &problems, &err);
    if (!plan)
        fail("DAG file", problems.count > 0 ? problems.items[0].message : err.message);
    problems_free(&problems);
    return plan;
}

/* ---- files */

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_in(const char *name)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_input(void)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/in", folder);
    FILE *file = fopen(path, "we");
    if (!file)
        fail(path, "cannot write it");
    for (size_t i = 0; i < rows; i++)
        fprintf(file,
                "{\"id\":%zu,\"sym\":\"ABC%zu\",\"px\":%zu.25,\"qty\":%zu,\"side\":\"buy\","
                "\"venue\":\"XLON\"}\n",
                i, i % 100, 10 + i % 90, 1 + i % 1000);
    if (fclose(file) != 0)
        fail(path, "cannot write it");
}

/* ---- measuring */

static void wait_until_out(struct dag *dag)
{
    struct sink_stats stats;

    do {
        pause_seconds(0.0005);
        dag_sink_stats(dag, 0, &stats);
        if (dag_state(dag) == DAG_STATE_FAILED)
            fail("run", "the DAG has failed");
    } while (stats.publish_count < rows);
}

static void run(struct measured *of, int round)
{
    struct dag_error err = {0};
    struct data_folder *data = NULL;
    char path[PATH_MAX];

    remove_in("data");
    remove_in("first");
    remove_in("second");
    snprintf(path, sizeof(path), "%s/data", folder);
    if (data_folder_open(storage_disk(), path, true, false, &data, &err) != DATA_FOLDER_OK)
        fail("data folder", err.message);
    struct plan *plan = make_plan(of);
    struct keeper_options options = {
        .storage = storage_disk(), .clock = clock_system(), .folder = data, .plan = plan};
    struct keeper *keeper = keeper_new(&options, &err);
    if (!keeper)
        fail("keeper", err.message);
    struct runtime *runtime = bench_runtime(threads);
    struct dag *dag = bench_add(runtime, make_plan(of));
    if (!dag_keep(dag, keeper_durability(keeper), &err))
        fail("keep", err.message);

    double wall = now_seconds(CLOCK_MONOTONIC), cpu = now_seconds(CLOCK_PROCESS_CPUTIME_ID);
    bench_start(dag);
    wait_until_out(dag);
    of->wall[round] = now_seconds(CLOCK_MONOTONIC) - wall;
    of->cpu[round] = now_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    runtime_free(runtime);
    keeper_free(keeper);
    plan_free(plan);
    data_folder_close(data);
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return difference < 0 ? -1 : difference > 0;
}

int main(int argc, char **argv)
{
    rows = (argc > 1 ? (size_t)atoll(argv[1]) : 1000) * 1000;
    threads = argc > 2 ? (uint32_t)atoi(argv[2]) : 2;
    snprintf(folder, sizeof(folder), "%s", argc > 3 ? argv[3] : "/tmp/bench_spill_XXXXXX");
    if (argc <= 3 && !mkdtemp(folder))
        fail(folder, "cannot make it");
    log_set_level(DAG_LOG_ERROR);
    write_input();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < CASE_COUNT; i++)
            run(&cases[(i + (size_t)round) % CASE_COUNT], round);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        qsort(cases[i].wall, ROUNDS, sizeof(double), compare);
        qsort(cases[i].cpu, ROUNDS, sizeof(double), compare);
        double wall = cases[i].wall[ROUNDS / 2], cpu = cases[i].cpu[ROUNDS / 2];
        printf("spill, %u workers, %s: %.0f ns a record (%.3f of none, %.3f of healthy), least "
               "%.0f; CPU of all %.0f ns (%.3f of none, %.3f of healthy)\n",
               threads, cases[i].name, wall / (double)rows * 1e9, wall / cases[0].wall[ROUNDS / 2],
               wall / cases[1].wall[ROUNDS / 2], cases[i].wall[0] / (double)rows * 1e9,
               cpu / (double)rows * 1e9, cpu / cases[0].cpu[ROUNDS / 2],
               cpu / cases[1].cpu[ROUNDS / 2]);
    }
    remove_in("");
    return 0;
}
