/* fuzz_http.c - no bytes crash the readers of requests, and pieces give what the whole gives. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/request_chunk.h"
#include "http/request_head.h"
#include "http/request_target.h"
#include "http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void handle(void *context, struct http_request *request)
{
    (void)context;
    (void)request;
}

static const struct http_route routes[] = {
    {.method = "GET", .pattern = "/dags/{dag}", .handle = handle},
    {.method = "POST", .pattern = "/dags/{dag}/nodes/{node}", .handle = handle},
};

/* How a scan in pieces of `step` bytes ends, and after how many bytes. */
static enum head_state scan(const char *bytes, size_t size, size_t step, size_t *taken)
{
    struct head_scan scan = {.size_max = 4096, .count_max = 64, .target_max = 1024};
    struct http_fault fault = {0};
    enum head_state state = HEAD_MORE;

    for (*taken = 0; state == HEAD_MORE && *taken < size;) {
        size_t used = 0, piece = size - *taken < step ? size - *taken : step;

        state = head_scan(&scan, bytes + *taken, piece, &used, &fault);
        assert(used <= piece && (state != HEAD_MORE || used == piece));
        assert(state != HEAD_BAD || fault.status >= 400);
        *taken += used;
    }
    return state;
}

static void check_target(char *text)
{
    struct dag_error err = {0};
    struct http_fault fault = {0};
    struct http_target target;
    struct route_match match;
    struct route_table *table;

    if (!target_parse(&target, text, &fault) || target.path[0] != '/')
        return;
    assert(!strstr(target.path, "/../"));
    table = route_table_new(routes, 2, &err);
    assert(table);
    route_find(table, "GET", target.path, &match);
    for (size_t i = 0; i < match.parameter_count; i++)
        assert(match.parameters[i].value[0] && !strchr(match.parameters[i].value, '/'));
    route_table_free(table);
}

static void check_head(const char *bytes, size_t size)
{
    size_t taken = 0, taken_slowly = 0;
    enum head_state state = scan(bytes, size, size ? size : 1, &taken);
    enum head_state slow_state = scan(bytes, size, 1, &taken_slowly);
    struct http_fault fault = {0};
    struct http_head head;
    char *text;

    assert(slow_state == state && taken_slowly == taken);
    if (state != HEAD_COMPLETE)
        return;
    text = malloc(taken + 1);
    assert(text);
    memcpy(text, bytes, taken);
    if (head_parse(&head, text, taken, &fault)) {
        assert(head.host && !(head.is_chunked && head.has_length));
        for (size_t i = 0; i < head.header_count; i++)
            assert(head.headers[i].name[0] && !strpbrk(head.headers[i].value, "\r\n"));
        check_target(head.target);
    } else {
        assert(fault.status >= 400 && fault.detail);
    }
    head_deinit(&head);
    free(text);
}

/* Puts the body together. Returns its last state, and how much was taken. */
static enum chunk_state join(const char *bytes, size_t size, size_t step, char *body,
                             size_t *body_size, size_t *taken)
{
    struct chunk_reader reader = {0};
    struct http_fault fault = {0};
    enum chunk_state state = CHUNK_MORE;

    for (*taken = *body_size = 0; *taken < size;) {
        size_t used = 0, data_size = 0, piece = size - *taken < step ? size - *taken : step;
        const char *data = NULL;

        state = chunk_read(&reader, bytes + *taken, piece, &used, &data, &data_size, &fault);
        assert(used <= piece);
        *taken += used;
        if (state == CHUNK_DATA) {
            assert(data_size > 0 && data_size <= used);
            memcpy(body + *body_size, data, data_size);
            *body_size += data_size;
        }
        if (state == CHUNK_BAD || state == CHUNK_END)
            return state;
    }
    return CHUNK_MORE;
}

static void check_chunks(const char *bytes, size_t size)
{
    char *whole = malloc(size + 1), *slow = malloc(size + 1);
    size_t whole_size = 0, slow_size = 0, taken = 0, taken_slowly = 0;
    enum chunk_state state, slow_state;

    assert(whole && slow);
    state = join(bytes, size, size ? size : 1, whole, &whole_size, &taken);
    slow_state = join(bytes, size, 1, slow, &slow_size, &taken_slowly);
    assert(slow_state == state);
    assert(taken == taken_slowly && whole_size == slow_size);
    assert(memcmp(whole, slow, whole_size) == 0);
    free(whole);
    free(slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    char *text = malloc(size + 1);

    assert(text);
    memcpy(text, bytes, size);
    text[size] = '\0';
    check_target(text);
    free(text);
    check_head(bytes, size);
    check_chunks(bytes, size);
    return 0;
}
