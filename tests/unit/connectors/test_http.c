/* test_http.c - what http:// publishers are made of: addresses, bodies, keys, answers; its
 * subscriber. The way over the network is tests/publish's. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "connectors/http/answer.h"
#include "connectors/http/body.h"
#include "connectors/net/guard.h"
#include "connectors/registry.h"
#include "support/connector_fixture.h"

/* ---- which addresses ---- */

static bool permits(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        return net_guard_permits((const struct sockaddr *)&in);
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return net_guard_permits((const struct sockaddr *)&in6);
}

static void everything_is_permitted_before_a_server_sets_rules(void **unused)
{
    (void)unused;
    net_guard_clear();
    assert_true(permits("169.254.169.254"));
    assert_true(permits("10.0.0.1"));
}

static void link_local_and_metadata_addresses_are_denied_in_every_spelling(void **unused)
{
    static const char *const denied[] = {
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "febf::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.1",
        "239.1.2.3",
        "ff02::1",
        "255.255.255.255",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1",
    };
    static const char *const permitted[] = {
        "127.0.0.1", "::1",         "10.0.0.1", "169.253.255.255", "169.255.0.0",
        "8.8.8.8",   "2001:db8::1", "fec0::1",  "fd00:ec2::253",   "::ffff:10.0.0.1",
    };
    struct dag_error err = {0};

    (void)unused;
    assert_true(net_guard_set((struct net_networks){0}, (struct net_networks){0}, &err));
    for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++)
        if (permits(denied[i]))
            fail_msg("%s is permitted", denied[i]);
    for (size_t i = 0; i < sizeof(permitted) / sizeof(permitted[0]); i++)
        if (!permits(permitted[i]))
            fail_msg("%s is denied", permitted[i]);
    net_guard_clear();
}

static void the_administrator_denies_and_allows(void **unused)
{
    static const char *const allowed[] = {"169.254.10.0/24", "10.1.2.3"};
    static const char *const denied[] = {"10.0.0.0/8", "fd00::/9", "192.168.1.128/25"};
    struct dag_error err = {0};

    (void)unused;
    assert_true(
        net_guard_set((struct net_networks){allowed, 2}, (struct net_networks){denied, 3}, &err));
    assert_true(permits("169.254.10.77"));
    assert_false(permits("169.254.11.77"));
    assert_true(permits("10.1.2.3"));
    assert_false(permits("10.1.2.4"));
    assert_false(permits("::ffff:10.1.2.4"));
    assert_false(permits("fd7f::1"));
    assert_true(permits("fd80::1"));
    assert_true(permits("192.168.1.127"));
    assert_false(permits("192.168.1.128"));
    net_guard_clear();
}

static void what_is_no_network_is_named(void **unused)
{
    static const char *const wrong[] = {"10.0.0.0/33", "host",        "10.0.0.0/", "::/129",
                                        "10.0.0/8",    "10.0.0.0/8x", ""};

    (void)unused;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct dag_error err = {0};

        assert_false(
            net_guard_set((struct net_networks){&wrong[i], 1}, (struct net_networks){0}, &err));
        assert_non_null(strstr(err.message, wrong[i]));
    }
    assert_true(permits("169.254.1.1")); /* nothing was set */
}

/* ---- bodies and keys ---- */

static void bodies_take_what_fits(void **unused)
{
    static const struct {
        enum http_batch batch;
        size_t row_count, size, taken;
        const char *body;
    } cases[] = {
        {HTTP_BATCH_NONE, 10, 1000, 1, "{\"a\":1}"},
        {HTTP_BATCH_ARRAY, 10, 1000, 3, "[{\"a\":1},2,\"c\"]"},
        {HTTP_BATCH_ARRAY, 2, 1000, 2, "[{\"a\":1},2]"},
        {HTTP_BATCH_ARRAY, 10, 1, 1, "[{\"a\":1}]"},
        {HTTP_BATCH_NDJSON, 10, 1000, 3, "{\"a\":1}\n2\n\"c\"\n"},
        {HTTP_BATCH_NDJSON, 10, 10, 2, "{\"a\":1}\n2\n"},
    };
    struct dag_batch *batch = batch_of_lines("{\"a\":1}\n2\n\"c\"\n");
    struct dag_buffer body = {0};
    size_t taken;

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct http_body_limits limits = {cases[i].batch, cases[i].row_count, cases[i].size};

        assert_true(http_body_write(&body, dag_batch_rows(batch), 3, &limits, &taken));
        assert_int_equal(taken, cases[i].taken);
        assert_int_equal(body.size, strlen(cases[i].body));
        assert_memory_equal(body.bytes, cases[i].body, body.size);
    }
    dag_buffer_free(&body);
    dag_batch_unref(batch);
}

static void keys_differ_by_place_and_text_alone(void **unused)
{
    static const uint64_t cycles[] = {7, 7, 8};
    char text[] = "one";
    struct dag_buffer body = {.bytes = text, .size = 3};
    struct http_place start = {0};
    char keys[4][HTTP_KEY_SIZE], again[HTTP_KEY_SIZE];

    (void)unused;
    for (size_t i = 0; i < 3; i++)
        http_key_write(keys[i], "abc", "out", http_place_behind(start, cycles, i), cycles[i],
                       &body);
    text[0] = 'O';
    http_key_write(keys[3], "abc", "out", http_place_behind(start, cycles, 2), 8, &body);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(keys[i], keys[k]);
    /* the rows may be cut anywhere into deliveries */
    text[0] = 'o';
    start = http_place_behind(start, cycles, 1);
    http_key_write(again, "abc", "out", http_place_behind(start, cycles + 1, 0), 7, &body);
    assert_string_equal(again, keys[1]);
}

/* ---- answers ---- */

static void a_status_decides_what_becomes_of_a_message(void **unused)
{
    static const struct {
        long status;
        enum http_fate fate;
    } cases[] = {
        {200, HTTP_ACCEPTED}, {202, HTTP_ACCEPTED}, {204, HTTP_ACCEPTED}, {299, HTTP_ACCEPTED},
        {301, HTTP_REFUSED},  {400, HTTP_REFUSED},  {401, HTTP_RETRY},    {404, HTTP_REFUSED},
        {408, HTTP_RETRY},    {413, HTTP_REFUSED},  {422, HTTP_REFUSED},  {425, HTTP_RETRY},
        {429, HTTP_RETRY},    {451, HTTP_REFUSED},  {500, HTTP_RETRY},    {501, HTTP_RETRY},
        {599, HTTP_RETRY},    {600, HTTP_RETRY},    {0, HTTP_RETRY},      {101, HTTP_RETRY},
    };
    static const struct dag_text more[] = {{"401", 3}};
    struct dag_text_list list = {more, 1};
    struct http_retries retries = {0};
    struct dag_error err = {0};

    (void)unused;
    assert_true(http_retries_init(&retries, &list, &err));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct http_exchange exchange = {.status = cases[i].status};

        assert_int_equal(http_fate_of(&exchange, &retries), cases[i].fate);
    }
}

static void a_connection_that_breaks_is_tried_again_whatever_was_answered(void **unused)
{
    struct http_exchange exchange = {.status = 200, .result = CURLE_PARTIAL_FILE};
    struct http_retries retries = {0};

    (void)unused;
    assert_int_equal(http_fate_of(&exchange, &retries), HTTP_RETRY);
    exchange.status = 0;
    exchange.result = CURLE_COULDNT_CONNECT;
    assert_int_equal(http_fate_of(&exchange, &retries), HTTP_RETRY);
    exchange.result = CURLE_URL_MALFORMAT;
    assert_int_equal(http_fate_of(&exchange, &retries), HTTP_BROKEN);
}

/* ---- the connectors ---- */

static void a_forbidden_address_fails_at_the_start(void **unused)
{
    static const char *const urls[] = {"http://169.254.169.254/latest/meta-data",
                                       "https://[fe80::1]:8443/x", "http://2852039166/"};
    struct dag_error err;

    (void)unused;
    assert_true(net_guard_set((struct net_networks){0}, (struct net_networks){0}, &err));
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct connector_fixture sink = {0};

        err = (struct dag_error){0};
        assert_false(publisher_open(&sink,
                                    urls[i][4] == 's' ? &dag_publisher_https : &dag_publisher_http,
                                    urls[i], "{}", &err));
        assert_non_null(strstr(err.message, "is forbidden here"));
        assert_false(err.retryable);
        connector_close(&sink);
    }
    net_guard_clear();
}

static void a_subscriber_waits_for_what_is_posted(void **unused)
{
    struct connector_fixture source = {0};
    struct dag_error err = {0};
    char text[256] = "";

    (void)unused;
    assert_true(subscriber_open(&source, &dag_subscriber_http, "http://orders", "{}", NULL, &err));
    assert_reads(&source, "", DAG_READ_IDLE);
    source.subscriber->describe(source.state, text, sizeof(text));
    assert_non_null(strstr(text, "/subscribers/"));
    connector_close(&source);
    source = (struct connector_fixture){0};
    assert_false(
        subscriber_open(&source, &dag_subscriber_http, "http://host:80/orders", "{}", NULL, &err));
    assert_non_null(strstr(err.message, "should be http://NAME"));
    connector_close(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_permitted_before_a_server_sets_rules),
        cmocka_unit_test(link_local_and_metadata_addresses_are_denied_in_every_spelling),
        cmocka_unit_test(the_administrator_denies_and_allows),
        cmocka_unit_test(what_is_no_network_is_named),
        cmocka_unit_test(bodies_take_what_fits),
        cmocka_unit_test(keys_differ_by_place_and_text_alone),
        cmocka_unit_test(a_status_decides_what_becomes_of_a_message),
        cmocka_unit_test(a_connection_that_breaks_is_tried_again_whatever_was_answered),
        cmocka_unit_test(a_forbidden_address_fails_at_the_start),
        cmocka_unit_test(a_subscriber_waits_for_what_is_posted),
    };
    return cmocka_run_group_tests_name("connectors/http", tests, NULL, NULL);
}
