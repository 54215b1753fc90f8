/* main.c - the simulator: engine, journal, checkpoints and files on a disk and a clock of its own.
 *
 *   sim [log|dag] [--seed N] [--count N] [--seconds N] [--verbose] [--go-on]
 *
 * One seed is one run. The seeds are N, N + 1, ...; one that fails is printed and runs alone with
 * `--seed N --verbose`. Ends at the first that fails, unless --go-on is given. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/components.h"
#include "core/log.h"
#include "sim/sim.h"

struct options {
    bool log, dag;
    uint64_t seed, count;
    int64_t seconds; /* 0: no limit */
    bool is_verbose, goes_on;
};

bool sim_fail(struct sim *sim, const char *format, ...)
{
    va_list arguments;
    char text[2000];

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    put(&sim->why, "%s%s", sim->why.size > 0 ? "\n  " : "", text);
    return false;
}

void sim_tell(const struct sim *sim, const char *format, ...)
{
    va_list arguments;

    if (!sim->is_verbose)
        return;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void sim_pick_faults(struct sim *sim, struct sim_faults *faults)
{
    uint32_t *const kinds[] = {&faults->open, &faults->read,   &faults->write,
                               &faults->sync, &faults->rename, &faults->full};

    *faults = (struct sim_faults){.sync_failure_loses = random_chance(&sim->random, 50)};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (random_chance(&sim->random, 40))
            *kinds[i] = 200u << random_below(&sim->random, 6);
}

static int64_t seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    static const struct option list[] = {
        {"seed", required_argument, NULL, 's'},    {"count", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 't'}, {"verbose", no_argument, NULL, 'v'},
        {"go-on", no_argument, NULL, 'g'},         {NULL, 0, NULL, 0}};
    int option;

    *options = (struct options){.seed = 1, .count = 1};
    while ((option = getopt_long(argc, argv, "", list, NULL)) >= 0) {
        if (option == '?')
            return false;
        if (option == 's')
            options->seed = strtoull(optarg, NULL, 10);
        else if (option == 'c')
            options->count = strtoull(optarg, NULL, 10);
        else if (option == 't')
            options->seconds = strtoll(optarg, NULL, 10);
        else if (option == 'g')
            options->goes_on = true;
        else
            options->is_verbose = true;
    }
    for (; optind < argc; optind++) {
        options->log |= strcmp(argv[optind], "log") == 0;
        options->dag |= strcmp(argv[optind], "dag") == 0;
    }
    if (!options->log && !options->dag)
        options->log = options->dag = true;
    return true;
}

/* Runs all seeds of one part. True: all are good. */
static bool run(const char *name, bool (*part)(struct sim *sim), const struct options *options,
                const struct registry *registry)
{
    struct sim total = {.registry = registry};
    int64_t began = seconds_now();
    uint64_t count = 0;
    uint64_t bad = 0;

    while ((bad == 0 || options->goes_on) && count < options->count &&
           (options->seconds == 0 || seconds_now() - began < options->seconds)) {
        struct sim sim = {.seed = options->seed + count++,
                          .is_verbose = options->is_verbose,
                          .registry = registry};

        sim.random.state = sim.seed;
        bool is_good = part(&sim);
        bad += !is_good;
        if (!is_good)
            printf("FAILED  %s --seed %" PRIu64 ": %.*s\n", name, sim.seed, (int)sim.why.size,
                   sim.why.size > 0 ? sim.why.bytes : "");
        dag_buffer_free(&sim.why);
        total.crashes += sim.crashes;
        total.events += sim.events;
        total.cycles += sim.cycles;
        total.checkpoints += sim.checkpoints;
    }
    printf("%s: %" PRIu64 " seeds, %" PRIu64 " bad, %" PRIu64 " crashes, %" PRIu64
           " events, %" PRIu64 " cycles, %" PRIu64 " checkpoints in %" PRId64 " s\n",
           name, count, bad, total.crashes, total.events, total.cycles, total.checkpoints,
           seconds_now() - began);
    fflush(stdout);
    return bad == 0;
}

int main(int argc, char **argv)
{
    struct options options;

    if (!read_options(argc, argv, &options)) {
        fprintf(
            stderr,
            "usage: sim [log|dag] [--seed N] [--count N] [--seconds N] [--verbose] [--go-on]\n");
        return 2;
    }
    /* what the log says about crashes and faults is wanted only with --verbose */
    log_set_level(options.is_verbose ? DAG_LOG_INFO : DAG_LOG_ERROR);
    if (!options.is_verbose && !freopen("/dev/null", "w", stderr))
        return 2;

    struct dag_error err = {0};
    struct components *components = components_new(NULL, 0, &err);
    int passed = 0, failed = 0;

    if (!components) {
        printf("%s\n", err.message);
        return 2;
    }
    const struct registry *registry = components_registry(components);
    if (options.log)
        *(run("log", sim_log, &options, registry) ? &passed : &failed) += 1;
    if (options.dag)
        *(run("dag", sim_dag, &options, registry) ? &passed : &failed) += 1;
    components_free(components);
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0;
}
