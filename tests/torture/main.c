/* main.c - a small job in which each allocation fails in turn: an error or the right result, and
 * never a crash or a leak.
 *
 * The linker's --wrap sends the program's own calls here, so it works under the sanitizers, too.
 * `torture --loud` shows what is logged. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/components.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "graph/check.h"
#include "runtime/runtime.h"

#define ALLOCATIONS_MAX 100000
#define RETRIES_MAX     200
#define TIME_US         1767225600000000 /* 2026-01-01T00:00:00Z */

/* ---- the allocator
 * -------------------------------------------------------------------------------- */

static _Atomic int64_t until_failure = -1; /* calls; negative: none fails */
static _Atomic bool has_failed;

static bool fails_now(void)
{
    if (until_failure < 0)
        return false;
    if (until_failure-- > 0)
        return false;
    has_failed = true;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails_now() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails_now() ? NULL : __real_aligned_alloc(alignment, size);
}

char *__wrap_strdup(const char *text)
{
    return fails_now() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
    return fails_now() ? NULL : __real_strndup(text, size);
}

/* ---- the job
 * ---------------------------------------------------------------------------------------- */

/* @ stands for the folder, # for the number of the try: so names are new to the table of names. */
static const char dag_text[] =
    "{\"name\": \"torture\", \"errors\": \"letters\","
    "\"subscribers\": [{\"name\": \"in\", \"config\":"
    "  {\"source\": \"file://@/in.jsonl\", \"follow\": false}}],"
    "\"publishers\": [{\"name\": \"out\", \"config\":"
    "  {\"destination\": \"file://@/out.jsonl\"}},"
    " {\"name\": \"letters\", \"config\": {\"destination\": \"file://@/letters.jsonl\"}}],"
    "\"calculators\": ["
    " {\"name\": \"fill\", \"type\": \"ApplyDefaultsCalculator\", \"config\":"
    "   {\"defaults\": {\"c#\": {\"x\": [1]}, \"t\": \"new\"}}},"
    " {\"name\": \"sum\", \"type\": \"AdditionCalculator\", \"config\":"
    "   {\"arguments\": [\"a#\", \"b\"], \"output_attribute\": \"s#\", \"keep_input\": "
    "true}},"
    " {\"name\": \"rename\", \"type\": \"AttributeNameChangeCalculator\", \"config\":"
    "   {\"name_mapping\": {\"b\": \"bb#\"}}},"
    " {\"name\": \"each\", \"type\": \"ExplodeCalculator\", \"config\": {\"attribute\": \"l\"}},"
    " {\"name\": \"some\", \"type\": \"FilterCalculator\", \"config\":"
    "   {\"attribute\": \"b\", \"comparison\": \"!=\", \"value\": \"no\"}}],"
    "\"transformers\": [{\"name\": \"away\", \"type\": \"AttributeFilterAwayDataTransformer\","
    "  \"config\": {\"filter_attributes\": [\"c#\"]}}],"
    "\"nodes\": [{\"name\": \"n0\", \"type\": \"SubscriptionNode\", \"subscriber\": \"in\"},"
    " {\"name\": \"n1\", \"calculator\": \"some\"},"
    " {\"name\": \"n2\", \"calculator\": \"fill\"},"
    " {\"name\": \"n3\", \"calculator\": \"sum\"},"
    " {\"name\": \"n4\", \"calculator\": \"rename\", \"propagate\": \"changes\"},"
    " {\"name\": \"n5\", \"calculator\": \"each\"},"
    " {\"name\": \"n6\", \"type\": \"PublicationNode\", \"publishers\": [\"out\"]}],"
    "\"edges\": [{\"from_node\": \"n0\", \"to_node\": \"n1\"},"
    " {\"from_node\": \"n1\", \"to_node\": \"n2\"},"
    " {\"from_node\": \"n2\", \"to_node\": \"n3\"},"
    " {\"from_node\": \"n3\", \"to_node\": \"n4\"},"
    " {\"from_node\": \"n1\", \"to_node\": \"n5\"},"
    " {\"from_node\": \"n4\", \"to_node\": \"n6\", \"data_transformer\": \"away\"},"
    " {\"from_node\": \"n5\", \"to_node\": \"n6\", \"pname\": \"side\"}]}";

static const char lines_text[] = "{\"a#\": 1, \"b\": 2, \"l\": [1, {\"z\": 2}]}\n"
                                 "{\"a#\": 1, \"b\": \"no\", \"l\": []}\n"
                                 "{\"a#\": \"\\u00e9\", \"b\": 2.5, \"l\": [null]}\n"
                                 "broken\n"
                                 "{\"b\": 9223372036854775807, \"a#\": 1, \"l\": [3]}\n"
                                 "{\"m#\": {\"n\": [true, \"x\"]}, \"l\": [\"last\"]}\n";

enum ending {
    ENDED,       /* with everything as it should be */
    ENDED_SHORT, /* with dead letters that say why something lacks */
    REFUSED,     /* with an error */
    ENDED_WRONG, /* something lacks, and nothing says so */
    DID_NOT_END,
};

static const char *const ending_names[] = {
    "ended", "ended with dead letters", "refused with an error",
    "ended with a wrong result and no error", "does not end"};

struct job {
    char folder[64];
    int number;
    const struct registry *registry;
    char *output; /* owned: what out.jsonl held */
    char message[512];
};

static char *path_of(const struct job *job, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", job->folder, name);
    return path;
}

/** The text with folder and number filled in. */
static size_t fill_in(const struct job *job, const char *text, char *out, size_t size)
{
    size_t used = 0;

    for (; *text && used + sizeof(job->folder) < size; text++) {
        if (*text == '@')
            used += (size_t)snprintf(out + used, size - used, "%s", job->folder);
        else if (*text == '#')
            used += (size_t)snprintf(out + used, size - used, "%d", job->number);
        else
            out[used++] = *text;
    }
    out[used] = '\0';
    return used;
}

static void write_input(const struct job *job)
{
    char text[2048];
    char path[128];
    FILE *file = fopen(path_of(job, "in.jsonl", path, sizeof(path)), "we");

    if (!file)
        abort();
    fill_in(job, lines_text, text, sizeof(text));
    fputs(text, file);
    fclose(file);
}

/** What a file holds, and removes it; NULL: it isn't there. */
static char *take_file(const struct job *job, const char *name)
{
    char path[128];
    FILE *file = fopen(path_of(job, name, path, sizeof(path)), "re");
    char *text = NULL;
    size_t size = 0;

    if (file && getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    unlink(path);
    return text;
}

/** Turns the DAG until it has ended; what is tried again later gets its time. */
static enum ending turn(struct runtime *runtime, struct clock_virtual *clock, struct dag *dag,
                        struct job *job)
{
    enum dag_state state = DAG_STATE_RUNNING;

    for (int i = 0; i < RETRIES_MAX; i++) {
        runtime_turn(runtime);
        state = dag_state(dag);
        if (state == DAG_STATE_ENDED)
            return ENDED;
        if (state == DAG_STATE_FAILED) {
            dag_failure(dag, job->message, sizeof(job->message));
            return REFUSED;
        }
        runtime_advance(runtime, clock, 10000000);
    }
    snprintf(job->message, sizeof(job->message), "state %d", (int)state);
    return DID_NOT_END;
}

static enum ending run_plan(struct job *job, struct plan *plan)
{
    struct clock_virtual clock;
    struct runtime_options options = {.threads = 0, .clock = &clock.clock};
    struct dag_error err = {0};
    enum ending ending = REFUSED;

    clock_virtual_init(&clock, TIME_US);

    struct runtime *runtime = runtime_new(&options, &err);

    if (!runtime) {
        plan_free(plan);
    } else {
        struct dag *dag = runtime_add(runtime, plan, &err);

        if (dag && dag_start(dag, &err)) {
            ending = turn(runtime, &clock, dag, job);
            if (ending == ENDED) {
                struct dag_stats stats;

                dag_stats(dag, &stats);
                if (stats.engine.rejected + stats.engine.node_errors + stats.publish_dead_letters !=
                    2)
                    ending = ENDED_SHORT;
            }
        }
        runtime_free(runtime);
    }
    if (err.code != DAG_ERROR_NONE)
        snprintf(job->message, sizeof(job->message), "%s", err.message);
    return ending;
}

static enum ending run_job(struct job *job, int64_t allocation)
{
    char text[8192];
    struct problems problems = {0};
    struct check_options options = {.path = "torture.json"};
    struct dag_error err = {0};
    enum ending ending = REFUSED;

    job->message[0] = '\0';
    job->number++;
    write_input(job);

    size_t size = fill_in(job, dag_text, text, sizeof(text));

    has_failed = false;
    until_failure = allocation;
    struct plan *plan = graph_check(text, size, job->registry, &options, &problems, &err);
    problems_free(&problems);
    if (plan)
        ending = run_plan(job, plan);
    else
        snprintf(job->message, sizeof(job->message), "%s", err.message);
    until_failure = -1;
    memory_trim();
    free(job->output);
    job->output = take_file(job, "out.jsonl");
    free(take_file(job, "letters.jsonl"));
    return ending;
}

/** The output with the numbers of the try taken out of the names. */
static bool same_output(const char *expected, int expected_number, const char *actual,
                        int actual_number)
{
    char a[16], b[16];
    int a_size = snprintf(a, sizeof(a), "%d\"", expected_number);
    int b_size = snprintf(b, sizeof(b), "%d\"", actual_number);

    if (!expected || !actual)
        return expected == actual;
    while (*expected && *actual) {
        bool is_name =
            strncmp(expected, a, (size_t)a_size) == 0 && strncmp(actual, b, (size_t)b_size) == 0;

        if (!is_name && *expected != *actual)
            return false;
        expected += is_name ? a_size : 1;
        actual += is_name ? b_size : 1;
    }
    return *expected == *actual;
}

/** Standard error into the void, as each failure is logged, and back for the sanitizer's last word.
 */
static void hush(bool is_hushed)
{
    static int kept = -1;

    fflush(stderr);
    if (is_hushed) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

        kept = dup(STDERR_FILENO);
        if (nowhere < 0 || kept < 0 || dup2(nowhere, STDERR_FILENO) < 0)
            exit(1);
        close(nowhere);
    } else if (kept >= 0) {
        dup2(kept, STDERR_FILENO);
        close(kept);
        kept = -1;
    }
}

int main(int argc, char **argv)
{
    struct dag_error err = {0};
    struct job job = {.folder = "/tmp/dagd_torture_XXXXXX", .number = 1000};
    struct components *components = components_new(NULL, 0, &err);
    size_t counts[5] = {0};

    if (!components || !mkdtemp(job.folder))
        return 1;
    log_set_level(DAG_LOG_ERROR);
    if (argc < 2 || strcmp(argv[1], "--loud") != 0)
        hush(true);
    job.registry = components_registry(components);

    if (run_job(&job, -1) != ENDED) {
        printf("without a failure it should end well: %s\n", job.message);
        return 1;
    }

    char *expected = job.output;
    int expected_number = job.number;
    int64_t allocation = 0;

    job.output = NULL;
    do {
        enum ending ending = run_job(&job, allocation);

        if (ending == ENDED && !same_output(expected, expected_number, job.output, job.number))
            ending = ENDED_WRONG;
        counts[ending]++;
        if (ending == ENDED_WRONG || ending == DID_NOT_END)
            printf("FAILED  allocation %" PRId64 ": it %s %s\n", allocation, ending_names[ending],
                   job.message);
    } while (has_failed && ++allocation < ALLOCATIONS_MAX);

    char path[128];

    hush(false);
    unlink(path_of(&job, "in.jsonl", path, sizeof(path)));
    rmdir(job.folder);
    free(expected);
    free(job.output);
    components_free(components);
    for (size_t i = 0; i < 5; i++)
        printf("%6zu %s\n", counts[i], ending_names[i]);
    printf("%zu passed, %zu failed\n", counts[ENDED] + counts[ENDED_SHORT] + counts[REFUSED],
           counts[ENDED_WRONG] + counts[DID_NOT_END]);
    return counts[ENDED_WRONG] + counts[DID_NOT_END] > 0;
}
