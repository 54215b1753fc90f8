/* clone.c - see clone.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"
#include "graph/overrides.h"
#include "graph/window.h"
#include "server/server_parts.h"

bool clone_name(const char *original, int64_t now_us, unsigned int number,
                char name[NAME_SIZE_MAX + 1])
{
    time_t now = (time_t)(now_us / 1000000);
    char stamp[32] = "";
    struct tm local;
    int size;

    if (localtime_r(&now, &local))
        strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &local);
    if (number < 2)
        size = snprintf(name, NAME_SIZE_MAX + 1, "%s_%s", original, stamp);
    else
        size = snprintf(name, NAME_SIZE_MAX + 1, "%s_%s_%u", original, stamp, number);
    return size <= NAME_SIZE_MAX;
}

static bool is_given(const char *text)
{
    return text && text[0] != '\0';
}

/* A text as JSON. NULL: out of memory. */
static char *quote(const char *text)
{
    size_t size = strlen(text);
    char *json = malloc(text_escape_bound(size) + 3);

    if (!json)
        return NULL;
    size_t used = text_escape(json + 1, text, size);
    json[0] = json[used + 1] = '"';
    json[used + 2] = '\0';
    return json;
}

static bool set_text(struct graph_text *text, const char *pointer, const char *value,
                     struct dag_error *err)
{
    char *json = quote(value);
    bool done = json ? edit_set(text, pointer, json, err) : dag_error_set_memory(err, "a clone");

    free(json);
    return done;
}

/* ---- the window ---- */

/* "10:30" becomes "1030"; what is no time is left to the check. */
static void tidy_time(const char *text, char out[64])
{
    int minutes;

    if (window_parse_time(text, &minutes))
        snprintf(out, 64, "%02d%02d", minutes / 60, minutes % 60);
    else
        snprintf(out, 64, "%s", text);
}

static bool set_window_by_user(struct graph_text *text, const struct clone_request *request,
                               struct dag_error *err)
{
    if (is_given(request->start_time) && !set_text(text, "/start_time", request->start_time, err))
        return false;
    if (is_given(request->duration))
        return set_text(text, "/duration", request->duration, err);
    /* a duration goes before an end */
    return !is_given(request->end_time) || (edit_set(text, "/duration", NULL, err) &&
                                            set_text(text, "/end_time", request->end_time, err));
}

static bool set_window_by_schedule(struct graph_text *text, const struct clone_request *request,
                                   struct dag_error *err)
{
    const char *duration = is_given(request->duration) ? request->duration : NULL;
    char start[64], end[5];

    if (!edit_set(text, "/start_time", NULL, err) || !edit_set(text, "/end_time", NULL, err) ||
        !edit_set(text, "/duration", NULL, err))
        return false;
    if (!is_given(request->start_time))
        return true;
    tidy_time(request->start_time, start);
    return window_end_time(start, duration, end, err) &&
           set_text(text, "/start_time", start, err) && set_text(text, "/end_time", end, err) &&
           (!duration || set_text(text, "/duration", duration, err));
}

/* ---- overrides ---- */

/* "in.topic" is a key of what is called "in"; a word alone is a key of the DAG. */
static bool override_by_name(struct graph_text *text, const struct clone_request *request,
                             const struct tree *value, const struct registry *registry,
                             struct dag_error *err)
{
    bool is_own = !strchr(value->key, '.');
    char *setting = NULL;

    if (strchr(value->key, '='))
        return dag_error_set(err, DAG_ERROR_INVALID, "no key has a '='");
    if (asprintf(&setting, "%s%s%s%s=%.*s", is_own ? "dag:" : "", is_own ? request->name : "",
                 is_own ? "." : "", value->key, (int)value->json_size, value->json) < 0)
        return dag_error_set_memory(err, "a clone");
    bool done = overrides_apply((const char *const[]){setting}, 1, text, 1, registry, err);
    free(setting);
    return done;
}

static bool override_by_pointer(struct graph_text *text, const struct tree *value,
                                struct dag_error *err)
{
    char *json = text_copy(value->json, value->json_size);
    bool done = json ? edit_set(text, value->key, json, err) : dag_error_set_memory(err, "a clone");

    free(json);
    return done;
}

static bool override(struct graph_text *text, const struct clone_request *request,
                     const struct registry *registry, struct dag_error *err)
{
    const struct tree *overrides = request->overrides;

    for (const struct tree *i = overrides ? overrides->child : NULL; i; i = i->next) {
        bool is_name = strcmp(i->key, "/name") == 0 || strcmp(i->key, "name") == 0;
        bool done =
            is_name ? dag_error_set(err, DAG_ERROR_INVALID, "the clone is named by 'name' alone")
            : i->key[0] == '/' ? override_by_pointer(text, i, err)
                               : override_by_name(text, request, i, registry, err);

        if (!done)
            return dag_error_add_context(err, "override '%.80s'", i->key);
    }
    return true;
}

/* ---- the whole ---- */

bool clone_text(struct graph_text *text, const struct clone_request *request,
                const struct registry *registry, struct dag_error *err)
{
    bool is_later = request->rule == CLONE_BY_SCHEDULE;

    return set_text(text, "/name", request->name, err) && edit_set(text, "/autoclone", NULL, err) &&
           edit_set(text, "/" AUTOCLONE_KEY, NULL, err) &&
           (is_later ? set_window_by_schedule(text, request, err)
                     : set_window_by_user(text, request, err)) &&
           override(text, request, registry, err) &&
           (!request->autoclone_of ||
            set_text(text, "/" AUTOCLONE_KEY, request->autoclone_of, err));
}

/* ---- in the server ---- */

static bool is_taken(struct server *server, const char *name)
{
    struct entry *entry = entry_find(server, name, NULL);

    entry_release(entry);
    return entry || definitions_is_deleted(server->definitions, name);
}

bool server_clone_entry(struct entry *entry, const struct server_who *who,
                        const struct clone_request *request, const struct server_change *how,
                        char *name, struct dag_buffer *definition, struct answer *answer)
{
    struct server *server = entry->server;
    char own[NAME_SIZE_MAX + 1];
    struct dag_buffer original = {0};
    struct dag_error err = {0};
    uint64_t revision;
    unsigned int number = 1;
    struct clone_request named = *request;

    if (!is_given(named.name)) {
        bool fits;

        do
            fits = clone_name(entry->name, server_now_us(server), number++, own);
        while (fits && is_taken(server, own));
        if (!fits)
            return answer_set(answer, ANSWER_BAD, "name_too_long",
                              "the clone's name would be longer than %d bytes; give it one",
                              NAME_SIZE_MAX);
        named.name = own;
    }
    struct graph_text text = {.path = ""};
    bool done = entry_text(entry, &original, &revision) && dag_buffer_append(&original, "", 1);
    if (done)
        text = (struct graph_text){.text = original.bytes, .size = original.size - 1};
    else
        dag_error_set_memory(&err, "a clone");
    done = done && clone_text(&text, &named, server->options.registry, &err);
    if (!done) {
        answer_set_error(answer, "bad_clone", &err);
    } else {
        struct server_change change = *how;

        change.text = text.text;
        change.size = text.size;
        change.name = named.name; /* whatever the overrides say */
        done = server_create(server, who, &change, name, answer);
    }
    if (done && definition && !dag_buffer_append(definition, text.text, text.size))
        done = answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory for the definition");
    if (text.text)
        free(text.text);
    else
        dag_buffer_free(&original);
    return done;
}

bool server_clone(struct server *server, const char *dag, const struct server_who *who,
                  const struct server_clone *clone, char *name, struct dag_buffer *definition,
                  struct answer *answer)
{
    struct clone_request request = {.rule = CLONE_BY_USER,
                                    .name = clone->name,
                                    .start_time = clone->start_time,
                                    .end_time = clone->end_time,
                                    .duration = clone->duration,
                                    .overrides = clone->overrides};
    const struct server_change how = {.start = clone->start,
                                      .dry_run = clone->dry_run,
                                      .may_name = clone->may_name,
                                      .context = clone->context};

    if (server_refuses(server, answer))
        return false;
    struct entry *entry = entry_find(server, dag, answer);
    bool done = entry && server_clone_entry(entry, who, &request, &how, name, definition, answer);
    entry_release(entry);
    return done;
}
