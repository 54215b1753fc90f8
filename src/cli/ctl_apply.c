/* ctl_apply.c - dagd ctl apply, diff, rollback: definitions are shown as a plan, then changed,
 * and only when nobody else was faster: If-Match has the revision that the plan was made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_plan.h"
#include "cli/ctl_words.h"
#include "graph/writer.h"

#define DEPTH_MAX 64

/** A definition that is to be applied. */
struct wanted {
    char *text; /* owned */
    size_t size;
    char *name;    /* owned */
    char etag[80]; /* of what is there; "": nothing is */
    bool is_unchanged;
};

static void deinit(struct wanted *wanted)
{
    free(wanted->text);
    free(wanted->name);
    *wanted = (struct wanted){0};
}

/* The name stands in the definition. A text that is no JSON goes nowhere: the place is known here
 * already. */
static bool read_definition(const char *path, struct wanted *wanted, struct dag_error *err)
{
    struct tree_document *document = tree_document_new();
    const struct tree *root = NULL;

    wanted->text = ctl_read_input(path, &wanted->size, err);
    if (!document)
        dag_error_set_memory(err, "a definition");
    else if (wanted->text)
        root = tree_parse(document, wanted->text, wanted->size, DEPTH_MAX, NULL, NULL, err);
    if (root && !*field_text(root, "name")) {
        dag_error_set(err, DAG_ERROR_INVALID, "the definition has no \"name\"");
    } else if (root) {
        wanted->name = strdup(field_text(root, "name"));
        if (!wanted->name)
            dag_error_set_memory(err, "a definition");
    }
    tree_document_free(document);
    return wanted->name || dag_error_add_context(err, "%s", path);
}

static int send_definition(struct ctl *ctl, const char *method, char *path,
                           const struct wanted *wanted, struct client_reply *reply)
{
    const struct client_request request = {.method = method,
                                           .path = path,
                                           .body = wanted->text,
                                           .body_size = wanted->size,
                                           .if_match =
                                               strcmp(method, "PUT") == 0 ? wanted->etag : NULL};
    int code = ctl_request(ctl, &request, reply);

    free(path);
    return code;
}

/* Asks what would change, and shows it. */
static int show_plan(struct ctl *ctl, struct wanted *wanted, bool with_parts)
{
    bool is_new = !wanted->etag[0];
    struct client_reply reply = {0};
    int code = is_new ? send_definition(ctl, "POST", strdup("/dags?dry_run=1"), wanted, &reply)
                      : send_definition(ctl, "POST", client_path("/dags/%s/plan", wanted->name),
                                        wanted, &reply);

    if (code == CLI_OK) {
        wanted->is_unchanged = !is_new && field_bool(reply.root, "is_unchanged");
        if (ctl->is_json)
            ctl_print_json(reply.root);
        else if (wanted->is_unchanged)
            printf("%s: unchanged\n", wanted->name);
        else
            printf("%s: %s\n", wanted->name, is_new ? "new" : "changed");
    }
    if (code == CLI_OK && !ctl->is_json && !wanted->is_unchanged) {
        plan_print_warnings(reply.root);
        if (is_new && !with_parts)
            plan_print_new(wanted->text, wanted->size);
        else if (!is_new)
            plan_print(reply.root, with_parts);
    }
    client_reply_deinit(&reply);
    return code;
}

/* Reads one file and shows its plan. */
static int prepare(struct ctl *ctl, const char *path, struct wanted *wanted, bool with_parts)
{
    struct dag_error err = {0};
    int code;

    if (!read_definition(path, wanted, &err)) {
        ctl_say(ctl, "%s", err.message);
        return err.code == DAG_ERROR_IO ? CLI_IO : CLI_INVALID;
    }
    /* What `wanted` holds is the caller's, who frees it. */
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc)
    code = ctl_revision(ctl, wanted->name, wanted->etag);
    if (code == CLI_OK)
        code = show_plan(ctl, wanted, with_parts);
    return code;
}

static int change(struct ctl *ctl, const struct wanted *wanted)
{
    bool is_new = !wanted->etag[0];
    struct client_reply reply = {0};
    int code;

    if (is_new)
        code = send_definition(
            ctl, "POST", strdup(ctl_has(ctl, "start") ? "/dags?start=1" : "/dags"), wanted, &reply);
    else
        code = send_definition(ctl, "PUT", client_path("/dags/%s", wanted->name), wanted, &reply);
    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    else if (code == CLI_OK)
        printf("%s: %s, revision %s\n", wanted->name, is_new ? "created" : "updated",
               field_text(reply.root, "revision"));
    client_reply_deinit(&reply);
    return code;
}

/* All plans are shown before anything is changed. */
int ctl_apply(struct ctl *ctl)
{
    struct wanted *all = calloc((size_t)ctl->argument_count + 1, sizeof(*all));
    int code = all ? CLI_OK : CLI_IO, changes = 0;

    for (int i = 0; code == CLI_OK && i < ctl->argument_count; i++) {
        code = prepare(ctl, ctl->arguments[i], &all[i], true);
        changes += !all[i].is_unchanged;
    }
    if (code == CLI_OK && changes > 0 && !ctl_has(ctl, "dry-run")) {
        code = ctl_confirm(ctl, "apply %d %s?", changes, changes == 1 ? "change" : "changes");
        for (int i = 0; code == CLI_OK && i < ctl->argument_count; i++)
            if (!all[i].is_unchanged)
                code = change(ctl, &all[i]);
    }
    for (int i = 0; all && i < ctl->argument_count; i++)
        deinit(&all[i]);
    free(all);
    return code;
}

int ctl_diff(struct ctl *ctl)
{
    bool differs = false;
    int code = CLI_OK;

    for (int i = 0; code == CLI_OK && i < ctl->argument_count; i++) {
        struct wanted wanted = {0};

        code = prepare(ctl, ctl->arguments[i], &wanted, false);
        differs = differs || !wanted.is_unchanged;
        deinit(&wanted);
    }
    return code == CLI_OK && differs && ctl_has(ctl, "exit-code") ? CLI_DEAD_LETTERS : code;
}

/* ---- rollback ---- */

/* The text of an old revision, as what is wanted. */
static int read_revision(struct ctl *ctl, const char *dag, const char *number,
                         struct wanted *wanted)
{
    struct client_reply reply = {0};
    int code =
        ctl_call(ctl, "GET", client_path("/dags/%s/revisions/%s", dag, number), NULL, &reply);

    if (code == CLI_OK) {
        wanted->text = strdup(field_text(reply.root, "text"));
        wanted->name = strdup(dag);
        wanted->size = wanted->text ? strlen(wanted->text) : 0;
        code = wanted->text && wanted->name ? CLI_OK : CLI_IO;
    }
    client_reply_deinit(&reply);
    return code;
}

static char *rollback_body(const struct ctl *ctl, long revision)
{
    const char *comment = ctl_value(ctl, "comment");
    struct dag_buffer body = {0};
    struct writer writer = {.out = &body};

    writer_open(&writer, '{');
    writer_key(&writer, "revision");
    writer_integer(&writer, revision);
    if (comment)
        writer_member(&writer, "comment", comment);
    writer_close(&writer, '}');
    if (!writer.failed && dag_buffer_append(&body, "", 1))
        return body.bytes;
    dag_buffer_free(&body);
    return NULL;
}

static int roll_back(struct ctl *ctl, const struct wanted *wanted, long revision)
{
    char *path = client_path("/dags/%s/rollback", wanted->name);
    char *body = rollback_body(ctl, revision);
    const struct client_request request = {.method = "POST",
                                           .path = body ? path : NULL,
                                           .body = body,
                                           .body_size = body ? strlen(body) : 0,
                                           .if_match = wanted->etag};
    struct client_reply reply = {0};
    int code = ctl_request(ctl, &request, &reply);

    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    else if (code == CLI_OK)
        printf("%s: as in revision %ld again, revision %s\n", wanted->name, revision,
               field_text(reply.root, "revision"));
    client_reply_deinit(&reply);
    free(path);
    free(body);
    return code;
}

int ctl_rollback(struct ctl *ctl)
{
    const char *dag = ctl->arguments[0];
    struct wanted wanted = {0};
    char *end = NULL;
    long revision = strtol(ctl->arguments[1], &end, 10);
    int code;

    if (*end != '\0' || revision < 1)
        return ctl_usage_error(ctl, "'%s' is no revision: 'dagd ctl revisions %s' lists them",
                               ctl->arguments[1], dag);
    code = ctl_revision(ctl, dag, wanted.etag);
    if (code == CLI_OK)
        code = read_revision(ctl, dag, ctl->arguments[1], &wanted);
    if (code == CLI_OK)
        code = show_plan(ctl, &wanted, true);
    if (code == CLI_OK && !wanted.is_unchanged && !ctl_has(ctl, "dry-run")) {
        code = ctl_confirm(ctl, "go back to revision %ld of '%s'?", revision, dag);
        if (code == CLI_OK)
            code = roll_back(ctl, &wanted, revision);
    }
    deinit(&wanted);
    return code;
}
