/* test_idempotency.c - a request that is sent twice is done once, and nothing grows without end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/idempotency.h"

#define KEEP_US 600000000

static struct clock_virtual now;
static struct idempotency *store;

static int make(void **state)
{
    (void)state;
    clock_virtual_init(&now, 1000000000);
    store = idempotency_new(&now.clock, 4, 4096, KEEP_US);
    return store ? 0 : -1;
}

static int forget(void **state)
{
    (void)state;
    idempotency_free(store);
    return 0;
}

static enum idempotency_outcome begin(const char *owner, const char *place, const char *key,
                                      const char *content, struct idempotency_answer *answer)
{
    return idempotency_begin(store, owner, place, key, content, strlen(content), answer);
}

static enum idempotency_outcome outcome_of(const char *owner, const char *place, const char *key,
                                           const char *content)
{
    struct idempotency_answer answer;
    enum idempotency_outcome outcome = begin(owner, place, key, content, &answer);

    if (outcome == IDEMPOTENCY_NEW)
        idempotency_abandon(store, answer.entry);
    free(answer.body);
    return outcome;
}

/** Does a request from begin to end. */
static void give(const char *key, const char *reply)
{
    struct idempotency_answer answer;

    assert_int_equal(begin("ann", "POST /a", key, "{}", &answer), IDEMPOTENCY_NEW);
    idempotency_finish(store, answer.entry, 202, reply, strlen(reply));
}

static void a_repetition_gets_the_first_reply(void **state)
{
    struct idempotency_answer answer;

    (void)state;
    give("k", "{\"accepted\":1}");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(begin("ann", "POST /a", "k", "{}", &answer), IDEMPOTENCY_REPEAT);
        assert_int_equal(answer.status, 202);
        assert_int_equal(answer.body_size, 14);
        assert_memory_equal(answer.body, "{\"accepted\":1}", 14);
        free(answer.body);
    }
}

static void a_key_counts_for_one_caller_and_one_place(void **state)
{
    (void)state;
    give("k", "");
    assert_int_equal(outcome_of("bob", "POST /a", "k", "{}"), IDEMPOTENCY_NEW);
    assert_int_equal(outcome_of("ann", "POST /b", "k", "{}"), IDEMPOTENCY_NEW);
    assert_int_equal(outcome_of("ann", "POST /", "ak", "{}"), IDEMPOTENCY_NEW);
    assert_int_equal(outcome_of("ann", "POST /a", "k", "{}"), IDEMPOTENCY_REPEAT);
}

static void another_content_is_told(void **state)
{
    (void)state;
    give("k", "");
    assert_int_equal(outcome_of("ann", "POST /a", "k", "{ }"), IDEMPOTENCY_DIFFERENT);
}

static void a_twin_waits_for_the_first(void **state)
{
    struct idempotency_answer answer;

    (void)state;
    assert_int_equal(begin("ann", "POST /a", "k", "{}", &answer), IDEMPOTENCY_NEW);
    clock_virtual_advance(&now, KEEP_US * 2L);
    assert_int_equal(outcome_of("ann", "POST /a", "k", "{}"), IDEMPOTENCY_RUNNING);
    idempotency_abandon(store, answer.entry);
    assert_int_equal(outcome_of("ann", "POST /a", "k", "{}"), IDEMPOTENCY_NEW);
}

static void it_is_forgotten_in_time_and_not_before(void **state)
{
    (void)state;
    give("first", "");
    clock_virtual_advance(&now, KEEP_US - 1);
    give("second", "");
    assert_int_equal(outcome_of("ann", "POST /a", "first", "{}"), IDEMPOTENCY_REPEAT);
    clock_virtual_advance(&now, 1);
    assert_int_equal(outcome_of("ann", "POST /a", "first", "{}"), IDEMPOTENCY_NEW);
    assert_int_equal(outcome_of("ann", "POST /a", "second", "{}"), IDEMPOTENCY_REPEAT);
    clock_virtual_advance(&now, KEEP_US);
    assert_int_equal(idempotency_count(store), 0);
}

static void a_full_store_refuses_and_keeps_its_promises(void **state)
{
    static const char *const keys[] = {"a", "b", "c", "d"};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        give(keys[i], "x");
    assert_int_equal(outcome_of("ann", "POST /a", "e", "{}"), IDEMPOTENCY_FULL);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(outcome_of("ann", "POST /a", keys[i], "{}"), IDEMPOTENCY_REPEAT);
    clock_virtual_advance(&now, KEEP_US);
    assert_int_equal(outcome_of("ann", "POST /a", "e", "{}"), IDEMPOTENCY_NEW);
}

static void a_reply_without_room_keeps_its_status(void **state)
{
    static char large[8192];
    struct idempotency_answer answer;

    (void)state;
    assert_int_equal(begin("ann", "POST /a", "k", "{}", &answer), IDEMPOTENCY_NEW);
    idempotency_finish(store, answer.entry, 201, large, sizeof(large));
    assert_int_equal(begin("ann", "POST /a", "k", "{}", &answer), IDEMPOTENCY_REPEAT);
    assert_int_equal(answer.status, 201);
    assert_null(answer.body);
}

static void refuses_a_bad_key(void **state)
{
    char key[IDEMPOTENCY_KEY_SIZE_MAX + 2];

    (void)state;
    memset(key, 'k', sizeof(key) - 1);
    key[sizeof(key) - 1] = '\0';
    assert_int_equal(outcome_of("ann", "POST /a", key, "{}"), IDEMPOTENCY_BAD_KEY);
    key[sizeof(key) - 2] = '\0';
    assert_int_equal(outcome_of("ann", "POST /a", key, "{}"), IDEMPOTENCY_NEW);
    assert_int_equal(outcome_of("ann", "POST /a", "", "{}"), IDEMPOTENCY_BAD_KEY);
    assert_int_equal(outcome_of("ann", "POST /a", "a b", "{}"), IDEMPOTENCY_BAD_KEY);
    assert_int_equal(outcome_of("ann", "POST /a", "\xc3\xa4", "{}"), IDEMPOTENCY_BAD_KEY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_repetition_gets_the_first_reply, make, forget),
        cmocka_unit_test_setup_teardown(a_key_counts_for_one_caller_and_one_place, make, forget),
        cmocka_unit_test_setup_teardown(another_content_is_told, make, forget),
        cmocka_unit_test_setup_teardown(a_twin_waits_for_the_first, make, forget),
        cmocka_unit_test_setup_teardown(it_is_forgotten_in_time_and_not_before, make, forget),
        cmocka_unit_test_setup_teardown(a_full_store_refuses_and_keeps_its_promises, make, forget),
        cmocka_unit_test_setup_teardown(a_reply_without_room_keeps_its_status, make, forget),
        cmocka_unit_test_setup_teardown(refuses_a_bad_key, make, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
