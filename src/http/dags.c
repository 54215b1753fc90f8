/* dags.c - what the handlers about DAGs share: names, answers, changes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/dags.h"

#include "server/show_json.h"

const char *dags_path(const struct http_request *request)
{
    return http_request_parameter(request, "dag");
}

struct server_who dags_who(const struct http_request *request, const char *comment)
{
    return (struct server_who){.user = api_user_of(request), .comment = comment};
}

void dags_reply(struct http_request *request, bool is_done, struct dag_buffer *out,
                struct answer *answer)
{
    if (is_done) {
        api_note_revisions(request, answer);
        api_reply_json(request, 0, out);
    } else {
        api_reply_answer(request, answer);
    }
    dag_buffer_free(out);
    answer_deinit(answer);
}

void dags_reply_done(struct http_request *request, bool is_done, struct answer *answer)
{
    if (is_done) {
        api_note_revisions(request, answer);
        api_reply_empty(request, 204);
    } else {
        api_reply_answer(request, answer);
    }
    answer_deinit(answer);
}

void dags_show(struct api *api, struct http_request *request, dags_write *write)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};
    bool is_written = write(api->server, dags_path(request), &out, &answer);

    dags_reply(request, is_written, &out, &answer);
}

static void write_warnings(struct writer *writer, const struct problems *problems)
{
    writer_key(writer, "warnings");
    writer_open(writer, '[');
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];

        writer_open(writer, '{');
        writer_member(writer, "pointer", problem->pointer);
        show_number(writer, "line", problem->line);
        show_number(writer, "column", problem->column);
        writer_member(writer, "code", problem->code);
        writer_member(writer, "message", problem->message);
        writer_member(writer, "severity", problem->severity == PROBLEM_NOTE ? "note" : "warning");
        writer_member(writer, "suggestion", problem->suggestion);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

void dags_reply_change(struct http_request *request, const struct dags_change *change)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};
    uint64_t revision = change->answer->revision_after;

    writer_open(&writer, '{');
    writer_member(&writer, "name", change->dag);
    if (revision > 0)
        show_count(&writer, "revision", revision);
    else
        writer_member(&writer, "revision", NULL);
    show_bool(&writer, "is_dry_run", change->is_dry_run);
    write_warnings(&writer, &change->answer->problems);
    if (change->definition && change->definition->size > 0) {
        writer_key(&writer, "definition");
        writer_json(&writer, change->definition->bytes, change->definition->size);
    }
    writer_close(&writer, '}');
    if (writer.failed) {
        dag_buffer_free(&out);
        api_reply_memory(request);
        return;
    }
    api_note_revisions(request, change->answer);
    if (revision > 0 && !change->is_dry_run)
        api_reply_revision(request, change->is_created ? 201 : 200, revision, change->location,
                           &out);
    else
        api_reply_json(request, change->is_created && !change->is_dry_run ? 201 : 200, &out);
    dag_buffer_free(&out);
}
