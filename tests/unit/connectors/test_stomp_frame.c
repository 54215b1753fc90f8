/* test_stomp_frame.c - STOMP frames: what is taken, what is refused, wherever the bytes are cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "connectors/stomp/frame.h"

#define BODY_MAX    64
#define BYTES(text) (text), sizeof(text) - 1

/* What was read, as text: a line for each frame, then how it ended. */
struct reading {
    char text[4096];
    size_t size;
};

static void note(struct reading *reading, const char *bytes, size_t size)
{
    assert_true(reading->size + size < sizeof(reading->text));
    memcpy(reading->text + reading->size, bytes, size);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] < ' ')
            reading->text[reading->size + i] = '~';
    reading->size += size;
    reading->text[reading->size] = '\0';
}

static void note_frame(struct reading *reading, const struct stomp_frame *frame)
{
    static const char *const names[] = {"CONNECTED", "MESSAGE", "RECEIPT", "ERROR"};

    note(reading, names[frame->command], strlen(names[frame->command]));
    for (size_t i = 0; i < frame->header_count; i++) {
        note(reading, BYTES(" "));
        note(reading, frame->headers[i].name, frame->headers[i].name_size);
        note(reading, BYTES("="));
        note(reading, frame->headers[i].value, frame->headers[i].value_size);
    }
    note(reading, BYTES(" ["));
    note(reading, frame->body, frame->body_size);
    note(reading, BYTES("]; "));
}

static void feed(struct stomp_reader *reader, const char *bytes, size_t size)
{
    size_t available;
    char *room = stomp_reader_room(reader, size, &available);

    assert_non_null(room);
    assert_true(available >= size);
    memcpy(room, bytes, size);
    stomp_reader_add(reader, size);
}

/* True: the stream can be read on. */
static bool take_all(struct stomp_reader *reader, struct reading *reading)
{
    struct dag_error err = {0};
    struct stomp_frame frame;
    enum stomp_result result;

    while ((result = stomp_reader_next(reader, &frame, &err)) == STOMP_FRAME)
        note_frame(reading, &frame);
    if (result == STOMP_BAD)
        note(reading, err.message, strlen(err.message));
    return result == STOMP_MORE;
}

/* In two pieces, the first of `cut` bytes; or with `cut` 0 byte by byte. */
static void read_cut(const char *bytes, size_t size, size_t cut, struct reading *reading)
{
    struct stomp_reader reader = {.body_size_max = BODY_MAX};
    size_t step = cut ? cut : 1;
    bool goes_on = true;

    *reading = (struct reading){0};
    for (size_t at = 0; goes_on && at < size;) {
        size_t piece = size - at < step ? size - at : step;

        feed(&reader, bytes + at, piece);
        goes_on = take_all(&reader, reading);
        at += piece;
        if (cut && at == cut)
            step = size;
    }
    stomp_reader_free(&reader);
}

static const struct {
    const char *bytes;
    size_t size;
    const char *expected;
} cases[] = {
    {BYTES("CONNECTED\nversion:1.2\n\n\0"), "CONNECTED version=1.2 []; "},
    {BYTES("\n\r\n\nRECEIPT\nreceipt-id:7\n\n\0\n"), "RECEIPT receipt-id=7 []; "},
    {BYTES("MESSAGE\r\na:b\r\n\r\nhello\0"), "MESSAGE a=b [hello]; "},
    {BYTES("MESSAGE\ncontent-length:3\n\n\0\n\0\0MESSAGE\n\nx\0"),
     "MESSAGE content-length=3 [~~~]; MESSAGE [x]; "},
    {BYTES("MESSAGE\na\\cb:c\\n\\r\\\\d\na\\cb:second\n\n\0"),
     "MESSAGE a:b=c~~\\d a:b=second []; "},
    {BYTES("CONNECTED\nsession:a\\nb\n\n\0"), "CONNECTED session=a\\nb []; "},
    {BYTES("MESSAGE\nempty:\nurl:http://x\n\n\0"), "MESSAGE empty= url=http://x []; "},
    {BYTES("MESSAGE\ncontent-length:2\ncontent-length:9\n\nab\0"),
     "MESSAGE content-length=2 content-length=9 [ab]; "},
    {BYTES("ERROR\nmessage:no\n\nlong\nreason\0"), "ERROR message=no [long~reason]; "},
    {BYTES("MESSAGE\na:b\n\nnot yet"), ""},
    {BYTES("MESSAGE\ncontent-length:5\n\nabcd"), ""},
};

static void frames_are_read_wherever_their_bytes_are_cut(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t cut = 0; cut <= cases[i].size; cut++) {
            struct reading reading;

            read_cut(cases[i].bytes, cases[i].size, cut, &reading);
            assert_string_equal(reading.text, cases[i].expected);
        }
}

static const struct {
    const char *bytes;
    size_t size;
    const char *reason;
} refused[] = {
    {BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), "is this the broker's STOMP port?"},
    {BYTES("\0\0\0\xf0\x01"
           "ActiveMQ"),
     "is this the broker's STOMP port?"},
    {BYTES("MESSAGES\na:b\n\n\0"), "an unknown command"},
    {BYTES("MESSAGE\nno colon\n\n\0"), "a header without a name"},
    {BYTES("MESSAGE\n:value\n\n\0"), "a header without a name"},
    {BYTES("MESSAGE\na:b\\t\n\n\0"), "an escape that isn't defined"},
    {BYTES("MESSAGE\na:b\\\n\n\0"), "an escape that isn't defined"},
    {BYTES("MESSAGE\na:b\rc\n\n\0"), "a NUL or a carriage return inside a header"},
    {BYTES("MESSAGE\na:b\0c\n\n\0"), "a NUL or a carriage return inside a header"},
    {BYTES("MESSAGE\ncontent-length:2\n\nabc\0"), "a body goes on behind its content-length"},
    {BYTES("MESSAGE\ncontent-length:-1\n\n\0"), "content-length is no number"},
    {BYTES("MESSAGE\ncontent-length:99999999999999999999\n\n"), "content-length is no number"},
    {BYTES("MESSAGE\ncontent-length:65\n\n"), "more than message_size_max (64)"},
    {BYTES("RECEIPT\nreceipt-id:1\n\nx\0"), "a body where none may be"},
    {BYTES("\rMESSAGE\n\n\0"), "a carriage return alone"},
};

static void what_is_no_frame_is_refused_wherever_it_is_cut(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        for (size_t cut = 0; cut <= refused[i].size; cut++) {
            struct reading reading;

            read_cut(refused[i].bytes, refused[i].size, cut, &reading);
            if (!strstr(reading.text, refused[i].reason))
                fail_msg("case %zu, cut %zu: '%s'", i, cut, reading.text);
        }
}

/* So that a broker can't make the reader hold what never ends. */
static void what_never_ends_is_refused_at_its_limit(void **unused)
{
    static const struct {
        const char *head, *more, *reason;
        size_t sent_max;
    } endless[] = {
        {"MESSAGE\n", "a:b\n", "too many headers", 2000},
        {"MESSAGE\na:", "bbbbbbbb", "the headers are too long", STOMP_HEAD_MAX + 100},
        {"MESSAGE\n\n", "bbbbbbbb", "message_size_max", 200},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
        struct stomp_reader reader = {.body_size_max = BODY_MAX};
        struct reading reading = {0};
        size_t sent = strlen(endless[i].head);

        feed(&reader, endless[i].head, sent);
        while (take_all(&reader, &reading)) {
            feed(&reader, endless[i].more, strlen(endless[i].more));
            sent += strlen(endless[i].more);
            assert_true(sent < endless[i].sent_max);
        }
        assert_non_null(strstr(reading.text, endless[i].reason));
        stomp_reader_free(&reader);
    }
}

static void what_is_written_reads_back(void **unused)
{
    static const char body[] = "a\0b\n\0";
    struct dag_buffer out = {0};
    struct reading reading;

    (void)unused;
    assert_true(stomp_write_begin(&out, "MESSAGE"));
    assert_true(stomp_write_header(&out, "na:me", "a\\b\r\n:c"));
    assert_true(stomp_write_header_number(&out, "number", UINT64_MAX));
    assert_true(stomp_write_body(&out, body, sizeof(body) - 1));
    assert_true(stomp_write_begin(&out, "RECEIPT"));
    assert_true(stomp_write_header(&out, "empty", ""));
    assert_true(stomp_write_end(&out));
    read_cut(out.bytes, out.size, 0, &reading);
    assert_string_equal(reading.text,
                        "MESSAGE na:me=a\\b~~:c number=18446744073709551615 content-length=5 "
                        "[a~b~~]; RECEIPT empty= []; ");
    dag_buffer_free(&out);
}

static void headers_are_found_by_their_whole_name(void **unused)
{
    static const char bytes[] = "MESSAGE\nack-id:no\nack:1\nack:2\n\n";
    struct stomp_reader reader = {.body_size_max = BODY_MAX};
    struct dag_error err = {0};
    struct stomp_frame frame;

    (void)unused;
    feed(&reader, bytes, sizeof(bytes));
    assert_int_equal(stomp_reader_next(&reader, &frame, &err), STOMP_FRAME);
    assert_true(stomp_frame_has(&frame, "ack", "1"));
    assert_false(stomp_frame_has(&frame, "ack", "2"));
    assert_false(stomp_frame_has(&frame, "ack", "11"));
    assert_null(stomp_frame_find(&frame, "ac"));
    stomp_reader_free(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_read_wherever_their_bytes_are_cut),
        cmocka_unit_test(what_is_no_frame_is_refused_wherever_it_is_cut),
        cmocka_unit_test(what_never_ends_is_refused_at_its_limit),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(headers_are_found_by_their_whole_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
