/* clone.c - the name and the window of a clone, by a user and by the later system's schedule. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "conformance/runner.h"
#include "server/clone.h"
#include "server/entry.h"
#include "support/server_fixture.h"

static const char *text_of(const struct tree *object, const char *key)
{
    const struct tree *value = tree_get(object, key);

    return value && value->type == TREE_TEXT ? value->text : NULL;
}

/* NAME_YYYYMMDDHHMMSS, or one with _NUMBER behind it. */
static bool is_clone_name(const char *name, const char *original)
{
    size_t size = strlen(original);

    if (strncmp(name, original, size) != 0 || name[size] != '_')
        return false;
    name += size + 1;
    size = strspn(name, "0123456789");
    if (size != 14)
        return false;
    return name[size] == '\0' || (name[size] == '_' && name[size + 1] != '\0' &&
                                  name[size + 1 + strspn(name + size + 1, "0123456789")] == '\0');
}

static void add_member(struct dag_buffer *out, const char *key, const char *text)
{
    add(out, ", \"%s\": ", key);
    if (text)
        add_string(out, text, strlen(text));
    else
        add(out, "null");
}

/* ---- by a user, through the catalogue ---- */

struct cloning {
    struct server_fixture fixture;
    const struct vector_case *vector;
    struct outcome *outcome;
};

static bool make_clone(struct cloning *cloning, const char *dag, char *name, struct dag_buffer *out)
{
    const struct tree *input = tree_get(cloning->vector->tree, "input");
    const struct server_who who = {.user = "conformance"};
    const struct server_clone how = {.start_time = text_of(input, "start_time"),
                                     .end_time = text_of(input, "end_time")};
    struct answer answer = {0};
    bool done = server_clone(cloning->fixture.server, dag, &who, &how, name, out, &answer);

    if (!done)
        outcome_error(cloning->outcome, "config", "%s", answer.detail);
    answer_deinit(&answer);
    return done;
}

static void show_clone(struct cloning *cloning, const char *name, const struct dag_buffer *text)
{
    struct dag_buffer *out = &cloning->outcome->result;
    struct dag_error err = {0};
    const struct tree *definition =
        tree_parse(cloning->vector->document, text->bytes, text->size, 64, NULL, NULL, &err);
    bool is_stopped = strcmp(server_fixture_state(&cloning->fixture, name), "stopped") == 0;

    add(out, "{\"name_matches\": %s", is_clone_name(name, "base") ? "true" : "false");
    add_member(out, "start_time", text_of(definition, "start_time"));
    add_member(out, "end_time", text_of(definition, "end_time"));
    add(out, ", \"running\": %s}", is_stopped ? "false" : "true");
}

static void show_original(struct cloning *cloning, const char *clone_of_it)
{
    const struct tree *config = tree_get(cloning->vector->tree, "config");
    struct entry *entry = entry_find(cloning->fixture.server, "base", NULL);
    struct dag_buffer changed = {0}, original = {0};
    struct answer answer = {0};
    uint64_t revision;

    add(&changed, "{\"name\": \"%s\", \"nodes\": []}", clone_of_it);
    bool is_changed = server_update(
        cloning->fixture.server, clone_of_it, &(struct server_who){.user = "conformance"},
        &(struct server_change){.text = changed.bytes, .size = changed.size}, &answer);
    if (!is_changed || !entry || !entry_text(entry, &original, &revision))
        outcome_broken(cloning->outcome, "the clone can't be changed: %s", answer.detail);
    bool is_same = original.bytes && original.size == config->json_size &&
                   memcmp(original.bytes, config->json, original.size) == 0;
    add(&cloning->outcome->result, "{\"original_config_changed\": %s}", is_same ? "false" : "true");
    answer_deinit(&answer);
    entry_release(entry);
    dag_buffer_free(&changed);
    dag_buffer_free(&original);
}

static void run_clone_case(struct cloning *cloning)
{
    const struct tree *input = tree_get(cloning->vector->tree, "input");
    char name[NAME_SIZE_MAX + 1] = "", second[NAME_SIZE_MAX + 1] = "";
    struct dag_buffer text = {0};
    struct server_counts counts;

    if (!make_clone(cloning, "base", name, &text))
        return;
    if (tree_get(input, "mutate_clone_config")) {
        show_original(cloning, name);
    } else if (tree_get(input, "clone_twice")) {
        bool matches = make_clone(cloning, name, second, NULL) && is_clone_name(name, "base") &&
                       is_clone_name(second, name);

        add(&cloning->outcome->result, "{\"name_matches_regex\": %s, \"matches\": %s}",
            "\"^base_\\\\d{14}_\\\\d{14}$\"", matches ? "true" : "false");
    } else if (tree_get(input, "server_clone_twice_at_once")) {
        (void)make_clone(cloning, "base", second, NULL);
        server_counts(cloning->fixture.server, &counts);
        add(&cloning->outcome->result, "{\"dag_count\": %zu}", counts.dags);
    } else {
        show_clone(cloning, name, &text);
    }
    dag_buffer_free(&text);
}

void run_clone(const struct vector_case *vector, struct outcome *outcome)
{
    struct cloning cloning = {.vector = vector, .outcome = outcome};
    const struct tree *config = tree_get(vector->tree, "config");
    struct answer answer = {0};

    server_fixture_init(&cloning.fixture);
    server_fixture_begin(&cloning.fixture, NULL);
    const struct server_change change = {.text = config->json, .size = config->json_size};
    if (server_create(cloning.fixture.server, NULL, &change, NULL, &answer))
        run_clone_case(&cloning);
    else
        outcome_broken(outcome, "%s", answer.detail);
    answer_deinit(&answer);
    server_fixture_deinit(&cloning.fixture);
}

/* ---- by the later system's rule ---- */

void run_clone_later(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *config = tree_get(vector->tree, "config");
    const struct tree *input = tree_get(vector->tree, "input");
    struct dag_buffer *out = &outcome->result;
    char name[NAME_SIZE_MAX + 1];
    struct dag_error err = {0};
    struct graph_text text = {.path = ""};
    struct dag_buffer original = {0};

    add(&original, "{\"name\": \"base\", %.*s", (int)config->json_size - 1, config->json + 1);
    add_bytes(&original, "", 1);
    text.text = original.bytes;
    text.size = original.size - 1;
    if (!clone_name("base", 1767225600000000, 1, name)) {
        outcome_broken(outcome, "the name is too long");
    } else {
        const struct clone_request request = {.rule = CLONE_BY_SCHEDULE,
                                              .name = name,
                                              .start_time = text_of(input, "start_time"),
                                              .duration = text_of(input, "duration")};

        if (!clone_text(&text, &request, vector->registry, &err))
            outcome_error(outcome, "config", "%s", err.message);
    }
    const struct tree *clone =
        tree_parse(vector->document, text.text, text.size, 64, NULL, NULL, &err);
    const char *own = text_of(clone, "name");

    add(out, "{\"name_matches\": %s", own && is_clone_name(own, "base") ? "true" : "false");
    add_member(out, "start_time", text_of(clone, "start_time"));
    add_member(out, "end_time", text_of(clone, "end_time"));
    add_member(out, "duration", text_of(clone, "duration"));
    add(out, ", \"has_autoclone\": %s}", tree_get(clone, "autoclone") ? "true" : "false");
    free(text.text);
}
