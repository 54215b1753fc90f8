/* api_body.c - bodies of requests: JSON objects whose members are known. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/options.h"
#include "graph/writer.h"
#include "http/api_call.h"

#define POINTER_SIZE 256
#define FINDINGS_MAX 32 /* of a body that are told */
#define MESSAGE_SIZE 400

/* What is wrong with a body, as it is collected. */
struct findings {
    struct writer writer;
    struct dag_buffer text; /* owned */
    size_t count;
    char first[MESSAGE_SIZE];
};

static void add(struct findings *findings, const struct tree *at, const char *pointer,
                const char *message, const char *suggestion)
{
    struct writer *writer = &findings->writer;

    if (findings->count++ == 0)
        snprintf(findings->first, sizeof(findings->first), "%s", message);
    if (findings->count > FINDINGS_MAX)
        return;
    writer_open(writer, '{');
    writer_member(writer, "pointer", pointer);
    if (at) {
        writer_key(writer, "line");
        writer_integer(writer, at->line);
        writer_key(writer, "column");
        writer_integer(writer, at->column);
    }
    writer_member(writer, "code", "bad_member");
    writer_member(writer, "message", message);
    if (suggestion)
        writer_member(writer, "suggestion", suggestion);
    writer_close(writer, '}');
}

static const char *type_name(enum tree_type type)
{
    static const char *const names[] = {"null",     "true or false", "an integer", "a number",
                                        "a number", "a text",        "an array",   "an object"};

    return names[type];
}

static bool has_type(const struct tree *value, enum tree_type wanted)
{
    if (wanted == TREE_NULL || value->type == wanted)
        return true;
    return wanted == TREE_DOUBLE && value->type == TREE_INT;
}

/* ---- one member ---- */

static const struct api_member *find_member(const struct api_member *members, size_t count,
                                            const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

struct names {
    const struct api_member *members;
    size_t count;
};

static const char *name_at(void *context, size_t i)
{
    const struct names *names = context;

    return i < names->count ? names->members[i].name : NULL;
}

static void check_value(struct findings *findings, const struct api_member *member,
                        const struct tree *value)
{
    char message[MESSAGE_SIZE], pointer[POINTER_SIZE];
    bool is_text = value->type == TREE_TEXT;
    size_t size = is_text ? value->text_size : value->count;

    tree_pointer(value, pointer, sizeof(pointer));
    if (!has_type(value, member->type)) {
        snprintf(message, sizeof(message), "'%s' should be %s", member->name,
                 type_name(member->type));
        add(findings, value, pointer, message, NULL);
    } else if (member->size_max > 0 && size > member->size_max) {
        snprintf(message, sizeof(message), "'%s' is longer than %zu %s", member->name,
                 member->size_max, is_text ? "bytes" : "elements");
        add(findings, value, pointer, message, NULL);
    } else if (is_text && strlen(value->text) != value->text_size) {
        snprintf(message, sizeof(message), "'%s' holds a NUL character", member->name);
        add(findings, value, pointer, message, NULL);
    }
}

static void check_object(struct findings *findings, const struct tree *body,
                         const struct api_member *members, size_t count)
{
    struct names names = {members, count};
    char message[MESSAGE_SIZE], pointer[POINTER_SIZE];

    for (const struct tree *value = body->child; value; value = value->next) {
        const struct api_member *member = find_member(members, count, value->key);

        tree_pointer(value, pointer, sizeof(pointer));
        if (!member) {
            const char *near = options_suggest(value->key, name_at, &names);

            snprintf(message, sizeof(message), "'%.100s' is not known here%s%s%s", value->key,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
            add(findings, value, pointer, message, near);
        } else if (tree_get(body, value->key) != value) {
            snprintf(message, sizeof(message), "'%s' is given twice", value->key);
            add(findings, value, pointer, message, NULL);
        } else {
            check_value(findings, member, value);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!members[i].is_required || tree_get(body, members[i].name))
            continue;
        snprintf(message, sizeof(message), "'%s' is missing", members[i].name);
        snprintf(pointer, sizeof(pointer), "/%s", members[i].name);
        add(findings, body, pointer, message, NULL);
    }
}

/* ---- the whole body ---- */

/* Answers when there is something wrong. */
static bool report(struct http_request *request, struct findings *findings)
{
    bool is_fine = findings->count == 0;

    writer_close(&findings->writer, ']');
    if (findings->writer.failed || !dag_buffer_append(&findings->text, "", 1)) {
        is_fine = false;
        api_reply_memory(request);
    } else if (!is_fine) {
        api_reply_problem(request, &(struct http_problem){.status = 422,
                                                          .code = "bad_member",
                                                          .detail = findings->first,
                                                          .errors = findings->text.bytes});
    }
    dag_buffer_free(&findings->text);
    return is_fine;
}

static void report_syntax(struct http_request *request, const struct dag_error *err, uint32_t line,
                          uint32_t column)
{
    struct dag_buffer errors = {0};
    struct writer writer = {.out = &errors};

    writer_open(&writer, '[');
    writer_open(&writer, '{');
    writer_member(&writer, "pointer", "");
    writer_key(&writer, "line");
    writer_integer(&writer, line);
    writer_key(&writer, "column");
    writer_integer(&writer, column);
    writer_member(&writer, "code", "bad_json");
    writer_member(&writer, "message", err->message);
    writer_close(&writer, '}');
    writer_close(&writer, ']');

    bool is_written = dag_buffer_append(&errors, "", 1) && !writer.failed;

    api_reply_problem(request, &(struct http_problem){.status = 400,
                                                      .code = "bad_json",
                                                      .detail = err->message,
                                                      .errors = is_written ? errors.bytes : NULL});
    dag_buffer_free(&errors);
}

const struct tree *api_body(struct http_request *request, const struct api_member *members,
                            size_t count)
{
    struct api_call *call = api_call_of(request);
    const char *text = request->body_size > 0 ? request->body : "{}";
    size_t size = request->body_size > 0 ? request->body_size : 2;
    struct findings findings = {0};
    struct dag_error err = {0};
    uint32_t line = 1, column = 1;

    tree_document_free(call->document);
    call->document = tree_document_new();
    if (!call->document) {
        api_reply_memory(request);
        return NULL;
    }

    const struct tree *body =
        tree_parse(call->document, text, size, API_DEPTH_MAX, &line, &column, &err);

    if (!body) {
        report_syntax(request, &err, line, column);
        return NULL;
    }
    findings.writer.out = &findings.text;
    writer_open(&findings.writer, '[');
    if (body->type != TREE_OBJECT)
        add(&findings, body, "", "the body should be a JSON object", NULL);
    else if (members)
        check_object(&findings, body, members, count);
    return report(request, &findings) ? body : NULL;
}

/* ---- its members ---- */

const char *api_text(const struct tree *body, const char *name, const char *fallback)
{
    const struct tree *member = tree_get(body, name);

    return member && member->type == TREE_TEXT ? member->text : fallback;
}

int64_t api_integer(const struct tree *body, const char *name, int64_t fallback)
{
    const struct tree *member = tree_get(body, name);

    return member && member->type == TREE_INT ? member->integer : fallback;
}

bool api_bool(const struct tree *body, const char *name, bool fallback)
{
    const struct tree *member = tree_get(body, name);

    return member && member->type == TREE_BOOL ? member->integer != 0 : fallback;
}
