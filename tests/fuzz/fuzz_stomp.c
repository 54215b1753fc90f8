/* fuzz_stomp.c - no bytes crash the reader of STOMP frames, pieces give what the whole gives, and
 * what was read can be written and read again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/stomp/body.h"

#define BODY_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const commands[] = {"CONNECTED", "MESSAGE", "RECEIPT", "ERROR"};

/* A frame as the writer would send it; but for content-length, which it adds itself. */
static void write_frame(const struct stomp_frame *frame, struct dag_buffer *out)
{
    bool done = stomp_write_begin(out, commands[frame->command]);

    for (size_t i = 0; done && i < frame->header_count; i++) {
        const struct stomp_header *header = &frame->headers[i];

        if (header->name_size != 14 || memcmp(header->name, "content-length", 14) != 0)
            done = stomp_write_header_sized(out, header->name, header->name_size, header->value,
                                            header->value_size);
    }
    assert(done && (frame->body_size > 0 ? stomp_write_body(out, frame->body, frame->body_size)
                                         : stomp_write_end(out)));
}

/* Reads in pieces of `step` bytes; appends to `out` what came, frame by frame. */
static enum stomp_result read_all(const uint8_t *data, size_t size, size_t step,
                                  struct dag_buffer *out)
{
    struct stomp_reader reader = {.body_size_max = BODY_MAX};
    struct dag_error err = {0};
    struct stomp_frame frame;
    enum stomp_result result = STOMP_MORE;

    for (size_t at = 0; result == STOMP_MORE && at < size; at += step) {
        size_t piece = size - at < step ? size - at : step, available;
        char *room = stomp_reader_room(&reader, piece, &available);

        assert(room && available >= piece);
        memcpy(room, data + at, piece);
        stomp_reader_add(&reader, piece);
        while ((result = stomp_reader_next(&reader, &frame, &err)) == STOMP_FRAME) {
            assert(frame.body_size <= BODY_MAX && frame.header_count <= STOMP_HEADERS_MAX);
            write_frame(&frame, out);
        }
        assert(result != STOMP_BAD || err.message[0] != '\0');
    }
    stomp_reader_free(&reader);
    return result;
}

/* A body becomes a row, whatever it is. */
static void read_body(enum stomp_format format, const uint8_t *data, size_t size)
{
    static const struct dag_text names[] = {{"a", 1}, {"from", 4}};
    static const struct dag_text headers[] = {{"x", 1}, {"y", 1}};
    struct stomp_header header = {"x", (const char *)data, 1, size};
    struct stomp_frame frame = {.command = STOMP_MESSAGE,
                                .headers = &header,
                                .header_count = 1,
                                .body = (const char *)data,
                                .body_size = size};
    struct dag_text_map map = {names, headers, 2};
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct stomp_body_reader reader = {format, "body", &map, parser};
    struct dag_batch *batch = dag_batch_new();
    struct dag_buffer out = {0};
    struct dag_error err = {0};

    assert(parser && batch);
    assert(stomp_body_read(&reader, &frame, batch, (struct dag_origin){0}, &err));
    assert(dag_batch_row_count(batch) == 1);
    bool is_rejected = (dag_batch_origins(batch)->flags & DAG_ORIGIN_REJECTED) != 0;
    if (!is_rejected && format != STOMP_FORMAT_JSON) {
        assert(stomp_body_write(format, "body", dag_batch_rows(batch), &out, &err));
        assert(out.size == size && (size == 0 || memcmp(out.bytes, data, size) == 0));
    }
    dag_buffer_free(&out);
    dag_batch_unref(batch);
    dag_json_parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dag_buffer whole = {0}, pieces = {0}, again = {0};
    enum stomp_result result = read_all(data, size, size ? size : 1, &whole);

    for (size_t step = 1; step <= 7; step += 3) {
        pieces.size = 0;
        assert(read_all(data, size, step, &pieces) == result);
        assert(pieces.size == whole.size &&
               (whole.size == 0 || memcmp(pieces.bytes, whole.bytes, whole.size) == 0));
    }
    /* CONNECTED alone isn't escaped, so that it may come back longer */
    if (whole.size > 0 && !memmem(whole.bytes, whole.size, "CONNECTED", 9)) {
        assert(read_all((const uint8_t *)whole.bytes, whole.size, whole.size, &again) ==
               STOMP_MORE);
        assert(again.size == whole.size && memcmp(again.bytes, whole.bytes, whole.size) == 0);
    }
    for (int format = STOMP_FORMAT_JSON; format <= STOMP_FORMAT_BYTES; format++)
        read_body((enum stomp_format)format, data, size);
    dag_buffer_free(&whole);
    dag_buffer_free(&pieces);
    dag_buffer_free(&again);
    return 0;
}
