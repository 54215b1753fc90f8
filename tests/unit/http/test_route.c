/* test_route.c - a method and a path find their operation. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/connection_peer.h"
#include "http/route.h"

static void handle(void *context, struct http_request *request)
{
    (void)context;
    (void)request;
}

static const struct http_route routes[] = {
    {.method = "GET", .pattern = "/dags", .handle = handle},
    {.method = "POST", .pattern = "/dags", .handle = handle, .body_max = 1},
    {.method = "GET", .pattern = "/dags/{dag}", .handle = handle},
    {.method = "GET", .pattern = "/dags/all", .handle = handle},
    {.method = "DELETE", .pattern = "/dags/{dag}", .handle = handle},
    {.method = "GET", .pattern = "/dags/{dag}/nodes/{node}", .handle = handle},
    {.method = "PUT", .pattern = "/", .handle = handle, .body_types = "text/plain text/html"},
};
#define ROUTE_COUNT (sizeof(routes) / sizeof(routes[0]))

static void paths_find_their_route(void **unused)
{
    static const struct {
        const char *method, *path;
        int route; /* -1: none */
        const char *allow;
    } cases[] = {
        {"GET", "/dags", 0, "GET, HEAD, POST"},
        {"POST", "/dags", 1, "GET, HEAD, POST"},
        {"GET", "/dags/a", 2, "GET, HEAD, DELETE"},
        {"GET", "/dags/all", 3, "GET, HEAD, DELETE"},
        {"DELETE", "/dags/all", 4, "GET, HEAD, DELETE"},
        {"PUT", "/dags/a", -1, "GET, HEAD, DELETE"},
        {"GET", "/dags/a/nodes/b", 5, "GET, HEAD"},
        {"GET", "/dags/", -1, ""},
        {"GET", "/dags/a/", -1, ""},
        {"GET", "//dags", -1, ""},
        {"GET", "/Dags", -1, ""},
        {"PUT", "/", 6, "PUT"},
        {"GET", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r", -1, ""},
    };
    struct dag_error err = {0};
    struct route_table *table = route_table_new(routes, ROUTE_COUNT, &err);

    (void)unused;
    assert_non_null(table);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct route_match match;
        char path[64];

        snprintf(path, sizeof(path), "%s", cases[i].path);
        route_find(table, cases[i].method, path, &match);
        assert_ptr_equal(match.route, cases[i].route < 0 ? NULL : &routes[cases[i].route]);
        assert_string_equal(match.allow, cases[i].allow);
    }
    route_table_free(table);
}

static void parameters_are_named(void **unused)
{
    struct dag_error err = {0};
    struct route_table *table = route_table_new(routes, ROUTE_COUNT, &err);
    struct route_match match;
    char path[] = "/dags/a b/nodes/c";

    (void)unused;
    assert_non_null(table);
    route_find(table, "GET", path, &match);
    assert_int_equal(match.parameter_count, 2);
    assert_string_equal(match.parameters[0].name, "dag");
    assert_string_equal(match.parameters[0].value, "a b");
    assert_string_equal(match.parameters[1].name, "node");
    assert_string_equal(match.parameters[1].value, "c");
    route_table_free(table);
}

static void wrong_tables_are_refused(void **unused)
{
    static const struct http_route twice[] = {
        {.method = "GET", .pattern = "/a/{b}", .handle = handle},
        {.method = "GET", .pattern = "/a/{c}", .handle = handle},
    };
    static const struct http_route wrong[] = {{.method = "GET", .pattern = "/{", .handle = handle}};
    struct dag_error err = {0};

    (void)unused;
    assert_null(route_table_new(twice, 2, &err));
    assert_string_equal(err.message, "route 'GET /a/{c}' is there twice");
    assert_null(route_table_new(wrong, 1, &err));
}

static void body_types_are_compared_without_parameters(void **unused)
{
    (void)unused;
    assert_true(route_takes(&routes[1], "application/json"));
    assert_true(route_takes(&routes[1], "Application/JSON; charset=utf-8"));
    assert_false(route_takes(&routes[1], "application/jsonx"));
    assert_false(route_takes(&routes[1], "text/plain"));
    assert_false(route_takes(&routes[1], NULL));
    assert_true(route_takes(&routes[6], "text/html"));
    assert_false(route_takes(&routes[6], "text"));
}

static void only_listed_proxies_are_followed(void **unused)
{
    static const struct {
        const char *from, *forwarded, *client;
    } cases[] = {
        {"192.0.2.1", "203.0.113.9", "192.0.2.1"},
        {"10.1.2.3", "203.0.113.9", "203.0.113.9"},
        {"10.1.2.3", "198.51.100.7, 203.0.113.9", "203.0.113.9"},
        {"10.1.2.3", "203.0.113.9, 10.9.9.9", "203.0.113.9"},
        {"10.1.2.3", "nonsense", "10.1.2.3"},
        {"10.1.2.3", "", "10.1.2.3"},
        {"::1", "2001:db8::1", "2001:db8::1"},
        {"11.1.2.3", "203.0.113.9", "11.1.2.3"},
    };
    struct peer_net nets[2];
    struct dag_error err = {0};

    (void)unused;
    assert_true(peer_net_parse(&nets[0], "10.0.0.0/8", &err));
    assert_true(peer_net_parse(&nets[1], "::1", &err));
    assert_false(peer_net_parse(&nets[1], "10.0.0.0/33", &err));
    assert_false(peer_net_parse(&nets[1], "10.0.0.0/", &err));
    assert_true(peer_net_parse(&nets[1], "::1", &err));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct peer_address address;
        char text[HTTP_PEER_SIZE];

        assert_true(peer_from_text(&address, cases[i].from));
        peer_follow(&address, cases[i].forwarded, nets, 2);
        peer_format(&address, text);
        assert_string_equal(text, cases[i].client);
    }
}

static void etags_and_cookies_are_found(void **unused)
{
    static const struct http_pair headers[] = {
        {"if-none-match", "W/\"a\", \"b\""},
        {"cookie", "x=1; sid=abc; y=2; y=3"},
    };
    static const struct http_request request = {.headers = headers, .header_count = 2};
    char value[8];

    (void)unused;
    assert_true(http_request_etag_matches(&request, "\"a\""));
    assert_true(http_request_etag_matches(&request, "\"b\""));
    assert_false(http_request_etag_matches(&request, "\"c\""));
    assert_true(http_request_cookie(&request, "sid", value, sizeof(value)));
    assert_string_equal(value, "abc");
    assert_false(http_request_cookie(&request, "sid", value, 3));
    assert_false(http_request_cookie(&request, "y", value, sizeof(value)));
    assert_false(http_request_cookie(&request, "id", value, sizeof(value)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_find_their_route),
        cmocka_unit_test(parameters_are_named),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(body_types_are_compared_without_parameters),
        cmocka_unit_test(only_listed_proxies_are_followed),
        cmocka_unit_test(etags_and_cookies_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
