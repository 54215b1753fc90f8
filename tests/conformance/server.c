/* server.c - the catalogue of the original: what each operation does, and what a standby refuses.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/runner.h"
#include "graph/names.h"
#include "server/entry.h"
#include "support/server_fixture.h"

struct catalogue {
    struct server_fixture fixture;
    const struct vector_case *vector;
    struct outcome *outcome;
    size_t index; /* of the operation */
};

static const char *text_of(const struct tree *object, const char *key)
{
    const struct tree *value = tree_get(object, key);

    return value && value->type == TREE_TEXT ? value->text : "";
}

static const struct tree *expected_at(const struct catalogue *catalogue)
{
    const struct tree *list = tree_get(catalogue->vector->tree, "expected");
    const struct tree *at = list ? list->child : NULL;

    for (size_t i = 0; at && i < catalogue->index; i++)
        at = at->next;
    return at;
}

/* The class in "error" is Python's, and texts are compared by whether they hold the expected one.
 */
static void add_refusal(struct catalogue *catalogue, const struct answer *answer)
{
    const struct tree *expected = expected_at(catalogue);
    const char *text = text_of(expected, "text");
    struct dag_buffer *out = &catalogue->outcome->result;

    if (text[0] != '\0' && strstr(answer->detail, text)) {
        add_bytes(out, expected->json, expected->json_size);
        return;
    }
    add(out, "{\"error\": \"\", \"text\": ");
    add_string(out, answer->detail, strlen(answer->detail));
    add(out, "}");
}

static void add_done(struct catalogue *catalogue, bool done, struct answer *answer,
                     const char *result)
{
    if (done)
        add_string(&catalogue->outcome->result, result, strlen(result));
    else
        add_refusal(catalogue, answer);
    answer_deinit(answer);
}

static void create(struct catalogue *catalogue, const struct tree *op)
{
    const struct tree *config = tree_get(op, "config");
    const struct tree *text = tree_get(op, "text");
    const struct server_who who = {.user = "conformance"};
    struct server_change change = {.file_name = NULL};
    char name[NAME_SIZE_MAX + 1] = "";
    struct answer answer = {0};

    change.text = config ? config->json : text ? text->text : "";
    change.size = config ? config->json_size : strlen(change.text);
    if (tree_get(op, "filename"))
        change.file_name = text_of(op, "filename");
    bool done = server_create(catalogue->fixture.server, &who, &change, name, &answer);
    add_done(catalogue, done, &answer, name);
}

static void act(struct catalogue *catalogue, const struct tree *op, enum server_action action)
{
    struct server *server = catalogue->fixture.server;
    const char *name = text_of(op, "name");
    struct answer answer = {0};
    bool done = server_act(server, name, action, NULL, &answer);

    if (done && !server_wait(server, name, SERVER_FIXTURE_PATIENCE_US))
        outcome_broken(catalogue->outcome, "'%s' doesn't come to rest", name);
    add_done(catalogue, done, &answer, "ok");
}

static void remove_dag(struct catalogue *catalogue, const struct tree *op)
{
    const struct server_who who = {.user = "conformance"};
    struct answer answer = {0};
    bool done = server_delete(catalogue->fixture.server, text_of(op, "name"), &who, 0, &answer);

    add_done(catalogue, done, &answer, "ok");
}

static void show_state(struct catalogue *catalogue, const struct tree *op)
{
    const char *state = server_fixture_state(&catalogue->fixture, text_of(op, "name"));
    bool is_suspended = strcmp(state, "suspended") == 0;
    /* a DAG without sources has ended once it runs, which is no business of the catalogue's */
    bool is_running = is_suspended || strcmp(state, "running") == 0 || strcmp(state, "ended") == 0;

    add(&catalogue->outcome->result, "{\"running\": %s, \"suspended\": %s}",
        is_running ? "true" : "false", is_suspended ? "true" : "false");
}

static bool is_valid(struct catalogue *catalogue, const char *name)
{
    return strcmp(server_fixture_state(&catalogue->fixture, name), "invalid") != 0;
}

static void list(struct catalogue *catalogue)
{
    struct dag_buffer *out = &catalogue->outcome->result;
    const char *comma = "";
    size_t count;
    char **names = server_names(catalogue->fixture.server, &count);

    add(out, "[");
    for (size_t i = 0; i < count; i++) {
        if (!is_valid(catalogue, names[i]))
            continue; /* the original doesn't know of those */
        add(out, "%s\"%s\"", comma, names[i]);
        comma = ", ";
    }
    add(out, "]");
    free(names);
}

static void list_files(struct catalogue *catalogue)
{
    struct dag_buffer *out = &catalogue->outcome->result;
    struct dirent **entries = NULL;
    const char *comma = "";
    int count = scandir(catalogue->fixture.dags, &entries, NULL, alphasort);

    add(out, "[");
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            add(out, "%s\"%s\"", comma, entries[i]->d_name);
            comma = ", ";
        }
        free(entries[i]);
    }
    add(out, "]");
    free(entries);
}

static void run_op(struct catalogue *catalogue, const struct tree *op)
{
    static const struct {
        const char *name;
        enum server_action action;
    } actions[] = {{"start", SERVER_START},
                   {"stop", SERVER_STOP},
                   {"suspend", SERVER_SUSPEND},
                   {"resume", SERVER_RESUME}};
    const char *name = text_of(op, "op");

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(name, actions[i].name) == 0) {
            act(catalogue, op, actions[i].action);
            return;
        }
    if (strcmp(name, "add") == 0 || strcmp(name, "add_text") == 0) {
        create(catalogue, op);
    } else if (strcmp(name, "delete") == 0) {
        remove_dag(catalogue, op);
    } else if (strcmp(name, "state") == 0) {
        show_state(catalogue, op);
    } else if (strcmp(name, "list") == 0) {
        list(catalogue);
    } else if (strcmp(name, "files") == 0) {
        list_files(catalogue);
    } else if (strcmp(name, "standby") == 0) {
        server_set_standby(catalogue->fixture.server, true);
        add(&catalogue->outcome->result, "\"ok\"");
    } else {
        outcome_broken(catalogue->outcome, "an unknown operation: '%s'", name);
    }
}

void run_dag_server(const struct vector_case *vector, struct outcome *outcome)
{
    struct catalogue catalogue = {.vector = vector, .outcome = outcome};
    const struct tree *files = tree_get(tree_get(vector->tree, "config"), "files");
    const struct tree *ops = tree_get(tree_get(vector->tree, "input"), "ops");
    char name[256];

    server_fixture_init(&catalogue.fixture);
    for (const struct tree *file = files ? files->child : NULL; file; file = file->next) {
        snprintf(name, sizeof(name), "dags/%s", file->key);
        server_fixture_write(&catalogue.fixture, name, file->text);
    }
    server_fixture_begin(&catalogue.fixture, NULL);
    add(&outcome->result, "[");
    for (const struct tree *op = ops ? ops->child : NULL; op; op = op->next) {
        run_op(&catalogue, op);
        add(&outcome->result, "%s", op->next ? ", " : "");
        catalogue.index++;
    }
    add(&outcome->result, "]");
    server_fixture_deinit(&catalogue.fixture);
}
