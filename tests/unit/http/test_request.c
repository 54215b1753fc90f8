/* test_request.c - requests are read strictly, and the same however they arrive in pieces. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/request_chunk.h"
#include "http/request_head.h"
#include "http/request_target.h"

#define HOST "Host: a\r\n"

/* The status that a head gets, 0 for none, when it arrives in pieces of `step` bytes. Control bytes
 * are as they are in C; `size` counts NUL too. */
static unsigned int status_in_steps(const char *bytes, size_t size, size_t step)
{
    struct head_scan scan = {.size_max = 16384, .count_max = 64, .target_max = 8192};
    enum head_state state = HEAD_MORE;
    struct http_fault fault = {0};
    struct http_head head;
    size_t taken = 0;
    char *text;

    while (state == HEAD_MORE && taken < size) {
        size_t used = 0, piece = size - taken < step ? size - taken : step;

        state = head_scan(&scan, bytes + taken, piece, &used, &fault);
        taken += used;
    }
    assert_int_not_equal(state, HEAD_MORE);
    if (state == HEAD_BAD)
        return fault.status;
    text = malloc(taken + 1);
    assert_non_null(text);
    memcpy(text, bytes, taken);
    if (head_parse(&head, text, taken, &fault))
        fault.status = 0;
    head_deinit(&head);
    free(text);
    return fault.status;
}

static unsigned int status_of(const char *bytes, size_t size)
{
    unsigned int status = status_in_steps(bytes, size, size);

    for (size_t step = 1; step < size && step < 40; step++)
        assert_int_equal(status_in_steps(bytes, size, step), status);
    return status;
}

#define CASE(status, text)                                                                         \
    {                                                                                              \
        status, text, sizeof(text) - 1                                                             \
    }

static void heads_are_taken_or_refused(void **unused)
{
    static const struct {
        unsigned int status;
        const char *text;
        size_t size;
    } cases[] = {
        CASE(0, "GET / HTTP/1.1\r\n" HOST "\r\n"),
        CASE(0, "\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
        CASE(0, "GET / HTTP/1.0\r\n" HOST "\r\n"),
        CASE(0, "GET /a?b=c HTTP/1.1\r\nhost:[::1]:80\r\nX: \t a b \t\r\n\r\n"),
        CASE(0, "GET http://a/x HTTP/1.1\r\n" HOST "\r\n"),
        CASE(0, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
        CASE(0, "POST / HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\n"),
        CASE(0, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x1\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: \r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n"),
        CASE(400,
             "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        CASE(400,
             "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \x0b"
                  "chunked\r\n\r\n"),
        CASE(400, "POST / HTTP/1.1\r\n" HOST
                  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
        CASE(400, "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST HOST "\r\n"),
        CASE(400, "GET http://b/x HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET http://a HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET / HTTP/1.1\n" HOST "\r\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "X : a\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST ": a\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "X\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "X(: a\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "X: a\x01\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n"),
        CASE(400, "GET /\0 HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET  / HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET / HTTP/1.1 \r\n" HOST "\r\n"),
        CASE(400, "GET\t/ HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET /\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET /#x HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET / http/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET / HTTP/1.1x\r\n" HOST "\r\n"),
        CASE(400, "GET /\r\n\r\n"),
        CASE(400, "G=T / HTTP/1.1x\r\n" HOST "\r\n"),
        CASE(400, " / HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "* * HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
        CASE(400, "GET / HTTP/1.1\r\n" HOST "Authorization: a\r\nAuthorization: b\r\n\r\n"),
        CASE(400, "\x16\x03\x01\x02\x00"),
        CASE(417, "POST / HTTP/1.1\r\n" HOST "Expect: tea\r\n\r\n"),
        CASE(505, "GET / HTTP/2.0\r\n" HOST "\r\n"),
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned int status = status_of(cases[i].text, cases[i].size);

        if (status != cases[i].status)
            fail_msg("case %zu: %u instead of %u: %s", i, status, cases[i].status, cases[i].text);
    }
}

/* `prefix`, `count` times `unit`, then `suffix`. */
static unsigned int status_of_many(const char *prefix, const char *unit, size_t count,
                                   const char *suffix)
{
    size_t unit_size = strlen(unit), size = strlen(prefix);
    char *text = malloc(size + unit_size * count + strlen(suffix) + 1);
    unsigned int status;

    assert_non_null(text);
    memcpy(text, prefix, size);
    for (size_t i = 0; i < count; i++, size += unit_size)
        memcpy(text + size, unit, unit_size);
    memcpy(text + size, suffix, strlen(suffix) + 1);
    size += strlen(suffix);
    status = status_in_steps(text, size, size);
    assert_int_equal(status_in_steps(text, size, 1000), status);
    free(text);
    return status;
}

static void heads_are_bounded(void **unused)
{
    const char *line = "GET / HTTP/1.1\r\n" HOST;

    (void)unused;
    assert_int_equal(status_of_many(line, "X: y\r\n", 63, "\r\n"), 0);
    assert_int_equal(status_of_many(line, "X: y\r\n", 64, "\r\n"), 431);
    assert_int_equal(status_of_many("GET / HTTP/1.1\r\n" HOST "X: ", "y", 16000, "\r\n\r\n"), 0);
    assert_int_equal(status_of_many("GET / HTTP/1.1\r\n" HOST "X: ", "y", 17000, "\r\n\r\n"), 431);
    assert_int_equal(status_of_many("GET /", "x", 9000, " HTTP/1.1\r\n" HOST "\r\n"), 414);
}

static void a_head_is_understood(void **unused)
{
    char text[] = "POST /a?b HTTP/1.1\r\nHOST: a:80\r\nConnection: x, Close\r\n"
                  "Content-Length: 12\r\nExpect: 100-Continue\r\n\r\n";
    struct http_fault fault = {0};
    struct http_head head;

    (void)unused;
    assert_true(head_parse(&head, text, sizeof(text) - 1, &fault));
    assert_string_equal(head.method, "POST");
    assert_string_equal(head.target, "/a?b");
    assert_string_equal(head.host, "a:80");
    assert_int_equal(head.header_count, 4);
    assert_string_equal(head.headers[0].name, "host");
    assert_int_equal(head.length, 12);
    assert_true(head.expects_continue);
    assert_false(head.keep_alive);
    assert_false(head.is_http10);
    head_deinit(&head);
}

/* The body that a chunked text holds, or NULL when it is refused; "?" when it isn't complete. */
static const char *body_in_steps(const char *bytes, size_t step)
{
    static char body[256];
    struct chunk_reader reader = {0};
    struct http_fault fault = {0};
    size_t size = strlen(bytes), taken = 0, body_size = 0;

    while (taken < size) {
        size_t used = 0, data_size = 0, piece = size - taken < step ? size - taken : step;
        const char *data = NULL;
        enum chunk_state state =
            chunk_read(&reader, bytes + taken, piece, &used, &data, &data_size, &fault);

        taken += used;
        if (state == CHUNK_BAD) {
            assert_int_equal(fault.status, 400);
            return NULL;
        }
        if (state == CHUNK_DATA) {
            memcpy(body + body_size, data, data_size);
            body_size += data_size;
        }
        body[body_size] = '\0';
        if (state == CHUNK_END)
            return body;
    }
    return "?";
}

static void chunks_are_put_together(void **unused)
{
    static const struct {
        const char *text, *body;
    } cases[] = {
        {"0\r\n\r\n", ""},
        {"3\r\nabc\r\n0\r\n\r\n", "abc"},
        {"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", "abc0123456789"},
        {"1\r\na\r\n0\r\nX: y\r\n\r\n", "a"},
        {"0000001\r\na\r\n0\r\n\r\nGET", "a"},
        {"3\r\nab", "?"},
        {"0\r\n", "?"},
        {"3\r\nabcd\r\n0\r\n\r\n", NULL},
        {"3\nabc\r\n0\r\n\r\n", NULL},
        {"3\r\nabc\n0\r\n\r\n", NULL},
        {"3 \r\nabc\r\n0\r\n\r\n", NULL},
        {" 3\r\nabc\r\n0\r\n\r\n", NULL},
        {"0x3\r\nabc\r\n0\r\n\r\n", NULL},
        {"+3\r\nabc\r\n0\r\n\r\n", NULL},
        {"-3\r\nabc\r\n0\r\n\r\n", NULL},
        {"\r\n\r\n", NULL},
        {"3;a\nb\r\nabc\r\n0\r\n\r\n", NULL},
        {"3;a\rb\r\nabc\r\n0\r\n\r\n", NULL},
        {"000000001\r\na\r\n0\r\n\r\n", NULL},
        {"FFFFFFFFFFFFFFFF\r\na", NULL},
        {"0\r\nX: y\n\r\n", NULL},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t step = 1; step <= 30; step++) {
            const char *body = body_in_steps(cases[i].text, step);

            if (!cases[i].body)
                assert_null(body);
            else
                assert_string_equal(body, cases[i].body);
        }
}

static void targets_are_decoded(void **unused)
{
    char text[] = "/a%20b/%c3%a4?x=1+2&y=%2f%26&&z&x=";
    struct http_fault fault = {0};
    struct http_target target;

    (void)unused;
    assert_true(target_parse(&target, text, &fault));
    assert_string_equal(target.path, "/a b/\xc3\xa4");
    assert_int_equal(target.query_count, 4);
    assert_string_equal(target.query[0].value, "1 2");
    assert_string_equal(target.query[1].value, "/&");
    assert_string_equal(target.query[2].name, "z");
    assert_string_equal(target.query[2].value, "");
    assert_string_equal(target.query[3].value, "");
}

static void odd_targets_are_refused(void **unused)
{
    static const char *const targets[] = {
        "/%",         "/%2",     "/%2g",    "/%g0",    "/%00",       "/a%00b",
        "/..",        "/../x",   "/a/../b", "/a/.",    "/./a",       "/%2e%2e/x",
        "/a/.%2e",    "/a%2fb",  "/a%2Fb",  "/a%5cb",  "/a\\b",      "/%0a",
        "/%7f",       "/%c3",    "/%c3%28", "/%c0%af", "/%ed%a0%80", "/%f5%80%80%80",
        "/%e0%80%80", "/?x=%00", "/?x=%",   "/?x=%ff", "/?%zz=1",    "/?x=%f4%90%80%80",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        struct http_fault fault = {0};
        struct http_target target;
        char text[64];

        snprintf(text, sizeof(text), "%s", targets[i]);
        if (target_parse(&target, text, &fault))
            fail_msg("taken: %s", targets[i]);
        assert_int_equal(fault.status, 400);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_taken_or_refused), cmocka_unit_test(heads_are_bounded),
        cmocka_unit_test(a_head_is_understood),       cmocka_unit_test(chunks_are_put_together),
        cmocka_unit_test(targets_are_decoded),        cmocka_unit_test(odd_targets_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
