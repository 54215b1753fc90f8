/* main.c - random DAGs publish the same bytes however they are run.
 *
 *   property [cuts|runs] [--seed N] [--count N] [--seconds N]
 *
 * A seed that fails is printed, and its DAG and input are kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/components.h"
#include "core/log.h"
#include "property/checks.h"

struct options {
    bool cuts, runs;
    uint64_t seed;
    uint64_t count;
    int64_t seconds; /* 0: as many as `count` says */
};

static char folder[] = "/tmp/dagd_property_XXXXXX"; /* for files; kept after a failure */

static void keep_text(const char *name, const struct dag_buffer *text)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", folder, name);

    FILE *file = fopen(path, "we");

    if (file && text->size > 0)
        fwrite(text->bytes, text->size, 1, file);
    if (file)
        fclose(file);
}

static uint64_t
    compared_size; /* bytes: what has been compared so far, to see that there was some */

bool same_text(const char *what, const struct dag_buffer *expected, const struct dag_buffer *actual,
               struct dag_buffer *why)
{
    size_t size = expected->size < actual->size ? expected->size : actual->size;
    size_t begin = 0;
    size_t i = 0;

    while (i < size && expected->bytes[i] == actual->bytes[i]) {
        i++;
        if (expected->bytes[i - 1] == '\n')
            begin = i;
    }
    compared_size += i;
    if (i == expected->size && i == actual->size)
        return true;

    keep_text("expected", expected);
    keep_text("actual", actual);

    const char *a = expected->size > 0 ? expected->bytes : "";
    const char *b = actual->size > 0 ? actual->bytes : "";
    size_t a_size = expected->size - begin;
    size_t b_size = actual->size - begin;
    const char *a_end = memchr(a + begin, '\n', a_size);
    const char *b_end = memchr(b + begin, '\n', b_size);

    put(why, "%s differs at byte %zu\n  expected: %.*s\n  actual:   %.*s\n", what, i,
        (int)(a_end ? a_end - a - (ptrdiff_t)begin : (ptrdiff_t)a_size), a + begin,
        (int)(b_end ? b_end - b - (ptrdiff_t)begin : (ptrdiff_t)b_size), b + begin);
    return false;
}

static void keep(const struct generated *generated)
{
    struct dag_buffer text = {0};

    generated_dag(generated, folder, folder, &text);
    keep_text("dag.json", &text);
    for (size_t i = 0; i < generated->subscriber_count; i++) {
        char name[32];

        snprintf(name, sizeof(name), "in%zu.jsonl", i);
        keep_text(name, &generated->inputs[i]);
    }
    dag_buffer_free(&text);
}

static void remove_inputs(void)
{
    for (size_t s = 0; s < GENERATED_SUBSCRIBERS_MAX; s++) {
        char path[512];

        snprintf(path, sizeof(path), "%s/in%zu.jsonl", folder, s);
        unlink(path);
    }
}

/** One seed, one property. */
static bool try_seed(uint64_t seed, bool is_cuts, const struct registry *registry)
{
    struct random random = {.state = seed * 2 + is_cuts};
    struct generated generated;
    struct dag_buffer why = {0};

    generate(&random, is_cuts ? 0 : GENERATE_ONE_SEQUENCE, &generated);

    bool is_good = is_cuts ? check_cuts(&random, &generated, registry, &why)
                           : check_runs(&random, &generated, folder, registry, &why);

    if (!is_good) {
        keep(&generated);
        printf("FAILED  %s --seed %" PRIu64 ": %.*s  (all is kept in %s)\n",
               is_cuts ? "cuts" : "runs", seed, (int)why.size, why.size > 0 ? why.bytes : "",
               folder);
    }
    dag_buffer_free(&why);
    generated_free(&generated);
    return is_good;
}

static int64_t seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    static const struct option list[] = {{"seed", required_argument, NULL, 's'},
                                         {"count", required_argument, NULL, 'c'},
                                         {"seconds", required_argument, NULL, 't'},
                                         {NULL, 0, NULL, 0}};
    int option;

    *options = (struct options){.cuts = true, .runs = true, .seed = 1, .count = 1};
    while ((option = getopt_long(argc, argv, "", list, NULL)) >= 0) {
        if (option == '?')
            return false;
        uint64_t value = strtoull(optarg, NULL, 10);

        if (option == 's')
            options->seed = value;
        else if (option == 'c')
            options->count = value;
        else
            options->seconds = (int64_t)value;
    }
    if (optind < argc) {
        options->cuts = strcmp(argv[optind], "cuts") == 0;
        options->runs = strcmp(argv[optind], "runs") == 0;
    }
    return options->cuts || options->runs;
}

int main(int argc, char **argv)
{
    struct options options;
    struct dag_error err = {0};
    size_t passed = 0, failed = 0;

    if (!read_options(argc, argv, &options)) {
        fprintf(stderr, "usage: property [cuts|runs] [--seed N] [--count N] [--seconds N]\n");
        return 2;
    }

    struct components *components = components_new(NULL, 0, &err);

    if (!components || !mkdtemp(folder)) {
        fprintf(stderr, "property: %s\n", err.message);
        return 1;
    }
    log_set_level(DAG_LOG_ERROR);

    int64_t end = seconds_now() + options.seconds;

    for (uint64_t i = 0; failed == 0 && (options.seconds ? seconds_now() < end : i < options.count);
         i++) {
        const struct registry *registry = components_registry(components);

        for (int is_cuts = 0; is_cuts < 2; is_cuts++) {
            if (!(is_cuts ? options.cuts : options.runs))
                continue;
            if (try_seed(options.seed + i, is_cuts, registry))
                passed++;
            else
                failed++;
        }
    }
    if (failed == 0) {
        remove_inputs();
        rmdir(folder);
    }
    components_free(components);
    printf("%" PRIu64 " KiB compared\n", compared_size >> 10);
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}
