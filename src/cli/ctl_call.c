/* ctl_call.c - asking the server, and telling people and scripts what it said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"

#define TEXT_SIZE 4096

void ctl_say(const struct ctl *ctl, const char *format, ...)
{
    va_list arguments;
    char text[TEXT_SIZE];
    char *clean;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    clean = text_clean(text);
    fprintf(stderr, "dagd ctl %s: %s\n", ctl->command->name, clean ? clean : "no memory");
    free(clean);
}

int ctl_fail(const struct ctl *ctl, const struct dag_error *err)
{
    ctl_say(ctl, "%s", err->message);
    return err->code == DAG_ERROR_IO || err->code == DAG_ERROR_MEMORY || err->retryable
               ? CLI_IO
               : CLI_INVALID;
}

/* ---- problems ---- */

/* One error of a definition or of a body: where, what, and what may have been meant. */
static void say_error(const struct tree *error)
{
    const char *pointer = field_text(error, "pointer");
    const char *near = field_text(error, "suggestion");
    double line = field_real(error, "line");
    char place[64] = "";
    char *text = NULL, *clean = NULL;

    if (line > 0)
        snprintf(place, sizeof(place), " line %.0f:%.0f", line, field_real(error, "column"));
    if (asprintf(&text, "%s%s: %s%s%s", *pointer ? pointer : "/", place,
                 field_text(error, "message"), *near ? "; perhaps: " : "", near) >= 0)
        clean = text_clean(text);
    else
        text = NULL;
    fprintf(stderr, "  %s\n", clean ? clean : "no memory");
    free(text);
    free(clean);
}

static const char *hint_of(const struct client_reply *reply)
{
    if (reply->status == 401)
        return "; --token-file or DAGD_TOKEN gives the token that 'dagd token create' makes";
    if (reply->status == 412)
        return "; somebody was faster: look at it again, then try again";
    return "";
}

int ctl_refused(const struct ctl *ctl, const struct client_reply *reply)
{
    const struct tree *problem = reply->root;
    const char *detail = field_text(problem, "detail");
    const char *code = field_text(problem, "code");

    if (*code)
        ctl_say(ctl, "%s%s (%s, status %ld, request %s)",
                *detail ? detail : field_text(problem, "title"), hint_of(reply), code,
                reply->status, field_text(problem, "request_id"));
    else
        ctl_say(ctl, "the server answers with status %ld and doesn't say why; is %s a dagd?",
                reply->status, ctl->client->url);
    for (const struct tree *error = field_first(problem, "errors"); error; error = error->next)
        say_error(error);
    if (ctl->is_json && problem)
        ctl_print_json(problem);
    return reply->status == 429 || reply->status >= 500 ? CLI_IO : CLI_INVALID;
}

/* ---- requests ---- */

int ctl_request(struct ctl *ctl, const struct client_request *request, struct client_reply *reply)
{
    struct dag_error err = {0};

    if (!request->path) {
        dag_error_set_memory(&err, "a request");
        return ctl_fail(ctl, &err);
    }
    if (!client_call(ctl->client, request, reply, &err))
        return ctl_fail(ctl, &err);
    return reply->status >= 200 && reply->status < 300 ? CLI_OK : ctl_refused(ctl, reply);
}

int ctl_call(struct ctl *ctl, const char *method, char *path, const char *body,
             struct client_reply *reply)
{
    const struct client_request request = {
        .method = method, .path = path, .body = body, .body_size = body ? strlen(body) : 0};
    int code = ctl_request(ctl, &request, reply);

    free(path);
    return code;
}

void ctl_print_json(const struct tree *value)
{
    if (!value)
        return;
    fwrite(value->json, 1, value->json_size, stdout);
    putchar('\n');
}

/* ---- lists ---- */

/* Joins pages into what one page would be. */
static void add_page(struct dag_buffer *all, const struct tree *page)
{
    for (const struct tree *item = field_first(page, "items"); item; item = item->next) {
        (void)dag_buffer_append(all, all->size > 0 ? "," : "", all->size > 0 ? 1 : 0);
        (void)dag_buffer_append(all, item->json, item->json_size);
    }
}

static void print_pages(const struct dag_buffer *all, double count)
{
    fputs("{\"items\":[", stdout);
    if (all->size > 0)
        fwrite(all->bytes, 1, all->size, stdout);
    printf("],\"next_cursor\":null,\"total\":%.0f}\n", count);
}

static int fetch_page(struct ctl *ctl, const char *path, const char *cursor,
                      struct client_reply *reply)
{
    char *encoded = *cursor ? client_path("%s", cursor) : NULL;
    char *whole = NULL;

    if (*cursor && !encoded)
        return ctl_call(ctl, "GET", NULL, NULL, reply);
    if (asprintf(&whole, "%s%s%s%s", path, *cursor ? strchr(path, '?') ? "&" : "?" : "",
                 *cursor ? "cursor=" : "", encoded ? encoded : "") < 0)
        whole = NULL;
    free(encoded);
    return ctl_call(ctl, "GET", whole, NULL, reply);
}

int ctl_list(struct ctl *ctl, const char *path,
             void (*item)(void *context, const struct tree *item), void *context)
{
    struct client_reply reply = {0};
    struct dag_buffer all = {0};
    char *cursor = strdup("");
    double count = 0;
    int code = CLI_OK;

    while (code == CLI_OK && cursor) {
        code = fetch_page(ctl, path, cursor, &reply);
        free(cursor);
        cursor = NULL;
        if (code != CLI_OK)
            break;
        for (const struct tree *one = field_first(reply.root, "items"); one; one = one->next) {
            count++;
            if (!ctl->is_json)
                item(context, one);
        }
        if (ctl->is_json)
            add_page(&all, reply.root);
        if (*field_text(reply.root, "next_cursor"))
            cursor = strdup(field_text(reply.root, "next_cursor"));
        client_reply_deinit(&reply);
    }
    if (code == CLI_OK && ctl->is_json)
        print_pages(&all, count);
    dag_buffer_free(&all);
    client_reply_deinit(&reply);
    free(cursor);
    return code;
}

/* ---- before something is changed ---- */

int ctl_confirm(const struct ctl *ctl, const char *format, ...)
{
    va_list arguments;
    char answer[16] = "";

    if (ctl_has(ctl, "yes"))
        return CLI_OK;
    if (!isatty(STDIN_FILENO))
        return ctl_usage_error(ctl, "nobody can be asked here, so nothing was changed: add --yes");
    fflush(stdout);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, " [y/N] ");
    if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return CLI_OK;
    ctl_say(ctl, "nothing was changed");
    return CLI_INVALID;
}

int ctl_revision(struct ctl *ctl, const char *dag, char etag[80])
{
    struct client_reply reply = {0};
    struct dag_error err = {0};
    char *path = client_path("/dags/%s", dag);
    const struct client_request request = {.method = "GET", .path = path};
    int code = CLI_OK;

    etag[0] = '\0';
    if (!path)
        dag_error_set_memory(&err, "a request");
    if (!path || !client_call(ctl->client, &request, &reply, &err))
        code = ctl_fail(ctl, &err);
    else if (reply.status == 200)
        snprintf(etag, 80, "%s", reply.etag);
    else if (reply.status != 404)
        code = ctl_refused(ctl, &reply);
    client_reply_deinit(&reply);
    free(path);
    return code;
}
