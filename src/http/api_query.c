/* api_query.c - query parameters, numbers in paths, and ETags. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "http/api_call.h"
#include "http/api_time.h"

static bool refuse(struct http_request *request, const char *name, const char *value,
                   const char *wanted)
{
    api_reply_error(request, 400, "bad_parameter", "query parameter '%s': '%.100s' is not %s", name,
                    value, wanted);
    return false;
}

/* ---- which ones there are ---- */

static const char *parameter_at(void *context, size_t i)
{
    const struct http_parameter_doc *known = context;

    for (size_t k = 0; k <= i; k++)
        if (!known || !known[k].name)
            return NULL;
    return known[i].name;
}

static bool is_known(const struct http_parameter_doc *known, const char *name)
{
    for (; known && known->name; known++)
        if (strcmp(known->name, name) == 0)
            return true;
    return false;
}

static bool is_first(const struct http_request *request, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(request->query[i].name, request->query[index].name) == 0)
            return false;
    return true;
}

bool api_check_query(struct http_request *request)
{
    const struct http_parameter_doc *known = api_call_of(request)->operation->query;

    for (size_t i = 0; i < request->query_count; i++) {
        const char *name = request->query[i].name;
        const char *near;

        if (!is_known(known, name)) {
            near = options_suggest(name, parameter_at, (void *)(uintptr_t)known);
            api_reply_error(request, 400, "bad_parameter",
                            "query parameter '%.100s' is not known here%s%s%s", name,
                            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
            return false;
        }
        if (!is_first(request, i)) {
            api_reply_error(request, 400, "bad_parameter",
                            "query parameter '%.100s' is given twice", name);
            return false;
        }
    }
    for (; known && known->name; known++) {
        if (!known->is_required || http_request_query(request, known->name))
            continue;
        api_reply_error(request, 400, "bad_parameter", "query parameter '%s' is missing: %s",
                        known->name, known->description);
        return false;
    }
    return true;
}

bool api_write_place(const struct http_request *request, struct dag_buffer *out)
{
    bool is_written = dag_buffer_append(out, request->method, strlen(request->method)) &&
                      dag_buffer_append(out, " ", 1) &&
                      dag_buffer_append(out, request->path, strlen(request->path));

    for (size_t i = 0; i < request->query_count && is_written; i++)
        is_written =
            dag_buffer_append(out, "&", 1) &&
            dag_buffer_append(out, request->query[i].name, strlen(request->query[i].name)) &&
            dag_buffer_append(out, "=", 1) &&
            dag_buffer_append(out, request->query[i].value, strlen(request->query[i].value));
    return is_written && dag_buffer_append(out, "", 1);
}

/* ---- one of them ---- */

/* The whole text as a decimal number. */
static bool parse_integer(const char *text, int64_t *value)
{
    char *end;
    const char *digits = text[0] == '-' ? text + 1 : text;

    if (digits[0] < '0' || digits[0] > '9')
        return false;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return !*end && errno == 0;
}

bool api_query_integer(struct http_request *request, const char *name, int64_t min, int64_t max,
                       int64_t fallback, int64_t *value)
{
    const char *text = http_request_query(request, name);
    char wanted[80];

    *value = fallback;
    if (!text || (parse_integer(text, value) && *value >= min && *value <= max))
        return true;
    snprintf(wanted, sizeof(wanted), "an integer from %" PRId64 " to %" PRId64, min, max);
    return refuse(request, name, text, wanted);
}

bool api_query_bool(struct http_request *request, const char *name, bool fallback, bool *value)
{
    const char *text = http_request_query(request, name);

    *value = fallback;
    if (!text)
        return true;
    *value = strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || !*text;
    if (*value || strcmp(text, "0") == 0 || strcmp(text, "false") == 0)
        return true;
    return refuse(request, name, text, "1, true, 0 or false");
}

bool api_query_time(struct http_request *request, const char *name, int64_t fallback_us,
                    int64_t *value_us)
{
    const char *text = http_request_query(request, name);
    int64_t value_ms;

    *value_us = fallback_us;
    if (!text || api_parse_time(text, value_us))
        return true;
    if (parse_integer(text, &value_ms) && value_ms >= 0 && value_ms <= INT64_MAX / 1000) {
        *value_us = value_ms * 1000;
        return true;
    }
    return refuse(request, name, text,
                  "a time such as 2026-01-31T17:00:00Z (RFC 3339) or milliseconds since 1970");
}

bool api_query_word(struct http_request *request, const char *name, const char *const *words,
                    const char **value)
{
    const char *text = http_request_query(request, name);
    char wanted[200] = "one of:";

    *value = words[0];
    if (!text)
        return true;
    for (size_t i = 0; words[i]; i++) {
        size_t size = strlen(wanted);

        if (strcmp(words[i], text) == 0) {
            *value = words[i];
            return true;
        }
        snprintf(wanted + size, sizeof(wanted) - size, "%s %s", i > 0 ? "," : "", words[i]);
    }
    return refuse(request, name, text, wanted);
}

static bool query_sort(struct http_request *request, const char *const *sorts,
                       struct api_page *page)
{
    const char *text = http_request_query(request, "sort");
    char wanted[200] = "one of these, with - in front for the other way round:";

    page->sort = sorts[0];
    if (!text)
        return true;
    page->is_descending = text[0] == '-';
    for (size_t i = 0; sorts[i]; i++) {
        size_t size = strlen(wanted);

        if (strcmp(sorts[i], text + page->is_descending) == 0) {
            page->sort = sorts[i];
            return true;
        }
        snprintf(wanted + size, sizeof(wanted) - size, "%s %s", i > 0 ? "," : "", sorts[i]);
    }
    return refuse(request, "sort", text, wanted);
}

bool api_query_page(struct http_request *request, const char *const *sorts, struct api_page *page)
{
    int64_t limit;

    *page = (struct api_page){.cursor = http_request_query(request, "cursor"),
                              .query = http_request_query(request, "q")};
    if (!api_query_integer(request, "limit", 1, API_LIMIT_MAX, API_LIMIT, &limit) ||
        !query_sort(request, sorts, page))
        return false;
    page->limit = (size_t)limit;
    if (page->cursor && !*page->cursor)
        page->cursor = NULL;
    if (page->query && !*page->query)
        page->query = NULL;
    return true;
}

/* ---- elsewhere ---- */

bool api_path_number(struct http_request *request, const char *name, uint64_t *value)
{
    const char *text = http_request_parameter(request, name);
    int64_t number;

    if (text && parse_integer(text, &number) && number >= 1) {
        *value = (uint64_t)number;
        return true;
    }
    api_reply_error(request, 404, "not_found", "there is no %s '%.100s': it is a number from 1",
                    name, text ? text : "");
    return false;
}

bool api_if_match(struct http_request *request, uint64_t *revision)
{
    const char *text = http_request_header(request, "if-match");
    size_t size = text ? strlen(text) : 0;
    char digits[API_ETAG_SIZE];
    int64_t number;

    *revision = API_ANY_REVISION;
    if (text && strcmp(text, "*") == 0)
        return true;
    if (size > 2 && size < sizeof(digits) && text[0] == '"' && text[size - 1] == '"') {
        snprintf(digits, sizeof(digits), "%.*s", (int)(size - 2), text + 1);
        if (parse_integer(digits, &number) && number >= 1) {
            *revision = (uint64_t)number;
            return true;
        }
    }
    api_reply_error(request, 412, "stale_revision",
                    "If-Match is not the ETag of any revision: it looks like \"17\"");
    return false;
}
