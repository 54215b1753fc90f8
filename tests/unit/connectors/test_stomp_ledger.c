/* test_stomp_ledger.c - what a STOMP subscriber has taken, acknowledged, and gets once more. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "connectors/stomp/ledger.h"

static struct stomp_header header(const char *value)
{
    return (struct stomp_header){.value = value, .value_size = strlen(value)};
}

/* Message `number` of this session: "ack-SESSION-NUMBER" acknowledges "id-NUMBER". */
static void take(struct stomp_ledger *ledger, uint64_t number)
{
    struct dag_error err = {0};
    char ack[40], id[40];

    snprintf(ack, sizeof(ack), "ack-%u-%u", (unsigned)ledger->session, (unsigned)number);
    snprintf(id, sizeof(id), "id-%u", (unsigned)number);
    struct stomp_header ack_header = header(ack), id_header = header(id);
    assert_true(stomp_ledger_reserve(ledger, &err));
    assert_true(stomp_ledger_add(ledger, number, &ack_header, &id_header, &err));
}

static enum stomp_known recall(struct stomp_ledger *ledger, const char *ack, const char *id,
                               struct dag_buffer *out)
{
    struct stomp_header ack_header = header(ack), id_header = header(id);
    struct dag_error err = {0};
    enum stomp_known known;

    assert_true(stomp_ledger_recall(ledger, &ack_header, &id_header, &known, out, &err));
    return known;
}

/* The frames, with '~' for line ends and '|' for NUL. */
static void expect_frames(struct dag_buffer *out, const char *expected)
{
    char text[1000];

    assert_true(out->size < sizeof(text));
    for (size_t i = 0; i < out->size; i++) {
        text[i] = out->bytes[i];
        if (text[i] == '\n')
            text[i] = '~';
        else if (text[i] == '\0')
            text[i] = '|';
    }
    text[out->size] = '\0';
    assert_string_equal(text, expected);
    out->size = 0;
}

static size_t settle(struct stomp_ledger *ledger, uint64_t number, struct dag_buffer *out)
{
    struct dag_error err = {0};
    size_t count;

    assert_true(stomp_ledger_settle(ledger, number, out, &count, &err));
    return count;
}

static void what_is_safe_is_acknowledged_in_order(void **unused)
{
    struct stomp_ledger ledger = {0};
    struct dag_buffer out = {0};

    (void)unused;
    stomp_ledger_begin(&ledger, 1);
    for (uint64_t number = 1; number <= 4; number++)
        take(&ledger, number);
    assert_int_equal(ledger.open_count, 4);
    assert_int_equal(settle(&ledger, 2, &out), 2);
    expect_frames(&out, "ACK~id:ack-1-1~~|ACK~id:ack-1-2~receipt:2~~|");
    assert_int_equal(ledger.open_count, 2);
    assert_int_equal(settle(&ledger, 2, &out), 0);
    assert_int_equal(settle(&ledger, 9, &out), 2);
    expect_frames(&out, "ACK~id:ack-1-3~~|ACK~id:ack-1-4~receipt:4~~|");
    dag_buffer_free(&out);
    stomp_ledger_free(&ledger);
}

static void a_receipt_forgets_what_it_covers(void **unused)
{
    struct stomp_ledger ledger = {0};
    struct dag_buffer out = {0};
    struct stomp_header receipt = header("2"), other = header("goodbye");

    (void)unused;
    stomp_ledger_begin(&ledger, 1);
    for (uint64_t number = 1; number <= 3; number++)
        take(&ledger, number);
    settle(&ledger, 3, &out);
    stomp_ledger_confirm(&ledger, &other);
    assert_int_equal(ledger.unconfirmed.count, 3);
    stomp_ledger_confirm(&ledger, &receipt);
    assert_int_equal(ledger.unconfirmed.count, 1);
    dag_buffer_free(&out);
    stomp_ledger_free(&ledger);
}

static void what_comes_once_more_is_known(void **unused)
{
    struct stomp_ledger ledger = {0};
    struct dag_buffer out = {0};

    (void)unused;
    stomp_ledger_begin(&ledger, 1);
    for (uint64_t number = 1; number <= 4; number++)
        take(&ledger, number);
    settle(&ledger, 2, &out);
    out.size = 0; /* and lost on the way */
    stomp_ledger_begin(&ledger, 2);
    assert_int_equal(ledger.open_count, 0);
    assert_int_equal(recall(&ledger, "new-1", "id-1", &out), STOMP_SAFE);
    expect_frames(&out, "ACK~id:new-1~receipt:1~~|");
    assert_int_equal(recall(&ledger, "new-3", "id-3", &out), STOMP_TAKEN);
    assert_int_equal(recall(&ledger, "new-9", "id-9", &out), STOMP_NEW);
    expect_frames(&out, "");
    assert_int_equal(ledger.open_count, 1);
    /* 4 went to somebody else: nothing of it can be acknowledged any more */
    assert_int_equal(settle(&ledger, 4, &out), 1);
    expect_frames(&out, "ACK~id:new-3~receipt:3~~|");
    assert_int_equal(recall(&ledger, "late-4", "id-4", &out), STOMP_SAFE);
    expect_frames(&out, "ACK~id:late-4~receipt:4~~|");
    dag_buffer_free(&out);
    stomp_ledger_free(&ledger);
}

static void what_nobody_confirms_is_bounded(void **unused)
{
    struct stomp_ledger ledger = {0};
    struct dag_buffer out = {0};

    (void)unused;
    stomp_ledger_begin(&ledger, 1);
    for (uint64_t number = 1; number <= 3 * STOMP_UNCONFIRMED_MAX; number++) {
        take(&ledger, number);
        settle(&ledger, number, &out);
        out.size = 0;
    }
    assert_int_equal(ledger.unconfirmed.count, STOMP_UNCONFIRMED_MAX);
    stomp_ledger_clear(&ledger);
    assert_true(stomp_ledger_is_empty(&ledger));
    dag_buffer_free(&out);
    stomp_ledger_free(&ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_safe_is_acknowledged_in_order),
        cmocka_unit_test(a_receipt_forgets_what_it_covers),
        cmocka_unit_test(what_comes_once_more_is_known),
        cmocka_unit_test(what_nobody_confirms_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
