/* dags_letters.c - handlers: dead letters of a DAG, shown, discarded and fed in again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/api_handlers.h"
#include "http/dags.h"
#include "server/show_json.h"

void handle_list_dead_letters(void *context, struct http_request *request)
{
    static const char *const sorts[] = {"time", NULL};
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};
    struct api_page page;
    bool is_written;

    if (!api_query_page(request, sorts, &page))
        return;
    is_written = server_write_dead_letters(api->server, dags_path(request), page.limit, page.cursor,
                                           &out, &answer);
    dags_reply(request, is_written, &out, &answer);
}

static void reply_count(struct http_request *request, bool is_done, uint64_t count,
                        struct answer *answer)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    if (is_done) {
        api_note(request, "%" PRIu64 " dead letters", count);
        writer_open(&writer, '{');
        show_number(&writer, "count", count);
        writer_close(&writer, '}');
        if (writer.failed)
            api_reply_memory(request);
        else
            api_reply_json(request, 200, &out);
        dag_buffer_free(&out);
    } else {
        api_reply_answer(request, answer);
    }
    answer_deinit(answer);
}

void handle_discard_dead_letters(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};
    const char *ids = http_request_query(request, "ids");
    uint64_t count = 0;
    bool is_done;

    if (!ids || !*ids) {
        api_reply_error(request, 400, "bad_parameter",
                        "'ids' is missing: ids with commas between, or all");
        return;
    }
    is_done = server_discard_dead_letters(api->server, dags_path(request), ids, &count, &answer);
    reply_count(request, is_done, count, &answer);
}

static bool append_id(struct dag_buffer *out, const struct tree *id)
{
    return (out->size == 0 || dag_buffer_append(out, ",", 1)) &&
           dag_buffer_append(out, id->text, id->text_size);
}

/* The ids with commas between. False: answered. */
static bool join_ids(struct http_request *request, const struct tree *ids, struct dag_buffer *out)
{
    bool is_written = true;
    char pointer[48];

    if (ids->type == TREE_TEXT && strcmp(ids->text, "all") == 0) {
        is_written = append_id(out, ids);
    } else if (ids->type != TREE_ARRAY || ids->count == 0) {
        api_reply_member(request, "/ids", "must be \"all\" or a list of ids");
        return false;
    }
    for (const struct tree *id = ids->child; is_written && id; id = id->next) {
        if (id->type != TREE_TEXT || !*id->text || strchr(id->text, ',')) {
            snprintf(pointer, sizeof(pointer), "/ids/%zu", id->index);
            api_reply_member(request, pointer, "must be the id of a dead letter");
            return false;
        }
        is_written = append_id(out, id);
    }
    is_written = is_written && dag_buffer_append(out, "", 1);
    if (!is_written)
        api_reply_memory(request);
    return is_written;
}

void handle_redrive_dead_letters(void *context, struct http_request *request)
{
    static const struct api_member members[] = {{"ids", TREE_NULL, true, 0}};
    struct api *api = context;
    const struct tree *body = api_body(request, members, 1);
    struct answer answer = {0};
    uint64_t count = 0;
    struct dag_buffer ids = {0};
    bool is_done;

    if (body && join_ids(request, tree_get(body, "ids"), &ids)) {
        is_done = server_redrive_dead_letters(api->server, dags_path(request), ids.bytes, &count,
                                              &answer);
        reply_count(request, is_done, count, &answer);
    }
    dag_buffer_free(&ids);
}
