/* main.c - runs every vector file of a folder: conformance DIR. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/components.h"
#include "conformance/runner.h"
#include "core/log.h"

#define DEPTH_MAX 100000

static const struct {
    const char *name;
    enum compare_how how;
    vector_run run; /* NULL: the component comes later */
} components[] = {
    {"calculator", COMPARE_WHOLE, run_calculator},
    {"clone", COMPARE_WHOLE, run_clone},
    {"clone_later", COMPARE_WHOLE, run_clone_later},
    {"cycle_detection", COMPARE_PRESENT, run_cycle_detection},
    {"dag_server", COMPARE_WHOLE, run_dag_server},
    {"duration", COMPARE_WHOLE, run_duration},
    {"end_time", COMPARE_WHOLE, run_end_time},
    {"factory", COMPARE_PRESENT, run_factory},
    {"file_publisher", COMPARE_WHOLE, run_file_publisher},
    {"file_subscriber", COMPARE_WHOLE, run_file_subscriber},
    {"graph_build", COMPARE_PRESENT, run_graph_build},
    {"json_text", COMPARE_WHOLE, run_json_text},
    {"keyed_publisher", COMPARE_KEYED, run_keyed_publisher},
    {"memory_broker", COMPARE_WHOLE, run_memory_broker},
    {"metronome", COMPARE_PRESENT, run_metronome},
    {"pipeline", COMPARE_PIPELINE, run_pipeline},
    {"pipeline_later", COMPARE_PIPELINE, run_pipeline},
    {"publisher_batching", COMPARE_PRESENT, run_publisher_batching},
    {"time_window", COMPARE_WHOLE, run_time_window},
    {"topological_order", COMPARE_WHOLE, run_topological_order},
    {"transformer", COMPARE_WHOLE, run_transformer},
};

#define COMPONENT_COUNT (sizeof(components) / sizeof(components[0]))

struct tally {
    size_t passed, failed, skipped;
    const char *skipped_component; /* cases of it were skipped one after the other */
    size_t skipped_in_a_row;
};

static const char *text_of(const struct tree *tree, const char *key, const char *otherwise)
{
    const struct tree *value = tree_get(tree, key);

    return value && value->type == TREE_TEXT ? value->text : otherwise;
}

static size_t component_find(const char *name)
{
    for (size_t i = 0; i < COMPONENT_COUNT; i++)
        if (strcmp(components[i].name, name) == 0)
            return i;
    return COMPONENT_COUNT;
}

/** One line for the cases of a component that were skipped. */
static void tell_skipped(struct tally *tally)
{
    if (tally->skipped_in_a_row > 0)
        printf("skipped %s: %zu cases, %s\n", tally->skipped_component, tally->skipped_in_a_row,
               component_find(tally->skipped_component) == COMPONENT_COUNT
                   ? "an unknown component"
                   : "a component that comes later");
    tally->skipped_in_a_row = 0;
}

static void skip(const struct vector_case *vector, struct tally *tally)
{
    if (tally->skipped_in_a_row > 0 && strcmp(tally->skipped_component, vector->component) != 0)
        tell_skipped(tally);
    tally->skipped_component = vector->component;
    tally->skipped_in_a_row++;
    tally->skipped++;
}

static void run_case(const struct vector_case *vector, struct tally *tally)
{
    size_t component = component_find(vector->component);
    struct outcome outcome = {.error_kind = NULL};
    char why[4096] = "";

    if (component == COMPONENT_COUNT || !components[component].run) {
        skip(vector, tally);
        return;
    }
    components[component].run(vector, &outcome);
    if (outcome.is_later) {
        skip(vector, tally);
    } else if (judge(vector, &outcome, components[component].how, why, sizeof(why))) {
        tally->passed++;
    } else {
        printf("FAILED  %s/%s: %s\n", vector->component, vector->name, why);
        tally->failed++;
    }
    dag_buffer_free(&outcome.result);
}

static void run_cases(const struct tree *file, struct tree_document *document,
                      const struct registry *registry, struct tally *tally)
{
    const struct tree *cases = tree_get(file, "cases");

    for (const struct tree *tree = cases ? cases->child : NULL; tree; tree = tree->next) {
        struct vector_case vector = {
            .tree = tree,
            .document = document,
            .registry = registry,
            .name = text_of(tree, "name", "(without a name)"),
            .component = text_of(tree, "component", text_of(file, "component", "(none)")),
        };

        run_case(&vector, tally);
        fflush(stdout);
    }
    tell_skipped(tally);
}

static void run_file(const char *path, const struct registry *registry, struct tally *tally)
{
    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};
    uint32_t line, column;
    size_t size = 0;
    char *text = cli_read_file(path, &size, &err);
    const struct tree *file = NULL;

    if (text && document)
        file = tree_parse(document, text, size, DEPTH_MAX, &line, &column, &err);
    if (file) {
        run_cases(file, document, registry, tally);
    } else {
        printf("FAILED  %s: %s\n", path, err.message);
        tally->failed++;
    }
    tree_document_free(document);
    free(text);
}

static int is_vector_file(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".json") == 0;
}

int main(int argc, char **argv)
{
    struct dag_error err = {0};
    struct dirent **entries = NULL;
    struct tally tally = {0};

    if (argc != 2) {
        fprintf(stderr, "usage: conformance DIR\n");
        return 2;
    }

    int count = scandir(argv[1], &entries, is_vector_file, alphasort);
    struct components *types = components_new(NULL, 0, &err);

    if (count < 0 || !types) {
        fprintf(stderr, "conformance: %s: %s\n", argv[1],
                count < 0 ? "no such folder" : err.message);
        return 2;
    }
    log_set_level(DAG_LOG_ERROR);
    for (int i = 0; i < count; i++) {
        char path[4096];

        snprintf(path, sizeof(path), "%s/%s", argv[1], entries[i]->d_name);
        run_file(path, components_registry(types), &tally);
        free(entries[i]);
    }
    free(entries);
    components_free(types);
    temporary_remove();
    printf("%zu passed, %zu failed, %zu skipped\n", tally.passed, tally.failed, tally.skipped);
    return tally.failed > 0;
}
