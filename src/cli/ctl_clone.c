/* ctl_clone.c - dagd ctl clone: a copy of a DAG with another name, window and overridden keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_plan.h"
#include "cli/ctl_words.h"
#include "graph/writer.h"

#define DEPTH_MAX 64

/* "0900-1730", "09:00-17:30", "0900-", "-1730"; "always": none. */
static bool write_window(struct writer *writer, const char *window)
{
    const char *dash = strchr(window, '-');
    char start[16];

    if (strcmp(window, "always") == 0) {
        writer_member(writer, "start_time", "");
        writer_member(writer, "end_time", "");
        return true;
    }
    if (!dash || (size_t)(dash - window) >= sizeof(start))
        return false;
    snprintf(start, sizeof(start), "%.*s", (int)(dash - window), window);
    if (start[0])
        writer_member(writer, "start_time", start);
    if (dash[1])
        writer_member(writer, "end_time", dash + 1);
    return start[0] || dash[1];
}

/* VALUE is JSON, or a text where it is no JSON. */
static void write_value(struct writer *writer, const char *value)
{
    struct tree_document *document = tree_document_new();
    struct dag_error ignored = {0};
    const struct tree *json = NULL;

    if (document)
        json = tree_parse(document, value, strlen(value), DEPTH_MAX, NULL, NULL, &ignored);
    if (json)
        writer_json(writer, json->json, json->json_size);
    else
        writer_text(writer, value);
    tree_document_free(document);
}

/* False: a setting isn't KEY=VALUE, which standard error says. */
static bool write_overrides(struct ctl *ctl, struct writer *writer)
{
    const char *setting;
    size_t next = 0;

    if (!ctl_has(ctl, "set"))
        return true;
    writer_key(writer, "overrides");
    writer_open(writer, '{');
    while ((setting = ctl_next_value(ctl, "set", &next))) {
        const char *equals = strchr(setting, '=');
        char *key =
            equals && equals > setting ? strndup(setting, (size_t)(equals - setting)) : NULL;

        if (!key) {
            ctl_usage_error(ctl, "'%s' must be KEY=VALUE, such as in.max_depth=500", setting);
            return false;
        }
        writer_key(writer, key);
        write_value(writer, equals + 1);
        free(key);
    }
    writer_close(writer, '}');
    return true;
}

static bool write_body(struct ctl *ctl, struct writer *writer)
{
    const char *window = ctl_value(ctl, "window");

    writer_open(writer, '{');
    if (ctl_value(ctl, "name"))
        writer_member(writer, "name", ctl_value(ctl, "name"));
    if (window && !write_window(writer, window)) {
        ctl_usage_error(ctl, "option '--window' must be START-END, such as 0900-1730, or always");
        return false;
    }
    if (ctl_value(ctl, "duration"))
        writer_member(writer, "duration", ctl_value(ctl, "duration"));
    if (!write_overrides(ctl, writer))
        return false;
    writer_key(writer, "start");
    writer_bool(writer, ctl_has(ctl, "start"));
    writer_close(writer, '}');
    writer_plain(writer, "");
    return true;
}

int ctl_clone(struct ctl *ctl)
{
    bool is_dry_run = ctl_has(ctl, "dry-run");
    struct client_reply reply = {0};
    struct dag_buffer body = {0};
    struct writer writer = {.out = &body};
    int code = CLI_USAGE;

    if (write_body(ctl, &writer)) {
        bool is_written = !writer.failed && dag_buffer_append(&body, "", 1);
        char *path = is_written
                         ? client_path(is_dry_run ? "/dags/%s/clone?dry_run=1" : "/dags/%s/clone",
                                       ctl->arguments[0])
                         : NULL;
        code = ctl_call(ctl, "POST", path, body.bytes, &reply);
    }
    if (code == CLI_OK && ctl->is_json) {
        ctl_print_json(reply.root);
    } else if (code == CLI_OK) {
        plan_print_warnings(reply.root);
        printf(is_dry_run ? "would make '%s'\n" : "made '%s'\n", field_text(reply.root, "name"));
        if (is_dry_run)
            ctl_print_json(tree_get(reply.root, "definition"));
    }
    client_reply_deinit(&reply);
    dag_buffer_free(&body);
    return code;
}
