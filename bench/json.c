/* json.c - CPU time that a record costs in the JSON codec: lines to rows, rows to lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dag/json.h"

#define CHUNK_SIZE (120u << 10)

struct input {
    char *bytes; /* owned */
    size_t size;
};

struct times {
    uint64_t parse_ns, write_ns;
    uint64_t rows, rejected, bytes_in, bytes_out;
};

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool read_input(const char *path, struct input *input)
{
    FILE *file = fopen(path, "re");
    bool done = false;

    if (!file) {
        perror(path);
        return false;
    }
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size >= 0) {
        rewind(file);
        input->size = (size_t)size;
        input->bytes = malloc(input->size + 1);
        done = input->bytes && fread(input->bytes, 1, input->size, file) == input->size;
    }
    if (!done)
        perror(path);
    fclose(file);
    return done;
}

static size_t count_rejected(const struct dag_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < dag_batch_row_count(batch); i++)
        count += dag_batch_origins(batch)[i].flags & DAG_ORIGIN_REJECTED;
    return count;
}

/* One batch, as a file source fills it. Returns the bytes taken; 0: failed. */
static size_t one_batch(struct dag_json_parser *parser, struct dag_buffer *out, const char *text,
                        size_t left, struct times *times)
{
    size_t size = left < CHUNK_SIZE ? left : CHUNK_SIZE, consumed = 0;
    struct dag_batch *batch = dag_batch_new();
    char *copy = batch ? dag_batch_alloc(batch, size + DAG_JSON_PADDING) : NULL;
    struct dag_error err = {0};

    if (!copy)
        return 0;
    memcpy(copy, text, size);
    uint64_t start = now_ns();
    bool is_done = dag_json_parse_lines(parser, batch, copy, size, size == left,
                                        (struct dag_origin){0}, &consumed, &err);
    uint64_t parsed = now_ns();
    out->size = 0;
    is_done =
        is_done && dag_json_write_lines(out, dag_batch_rows(batch), dag_batch_row_count(batch));
    times->write_ns += now_ns() - parsed;
    times->parse_ns += parsed - start;
    times->rows += dag_batch_row_count(batch);
    times->rejected += count_rejected(batch);
    times->bytes_in += consumed;
    times->bytes_out += out->size;
    dag_batch_unref(batch);
    return is_done ? consumed : 0;
}

static bool one_round(const struct input *input, struct times *times)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_buffer out = {0};
    size_t offset = 0, taken = parser ? 1 : 0;

    while (taken > 0 && offset < input->size) {
        taken = one_batch(parser, &out, input->bytes + offset, input->size - offset, times);
        offset += taken;
    }
    dag_buffer_free(&out);
    dag_json_parser_free(parser);
    return taken > 0;
}

int main(int argc, char **argv)
{
    struct input input = {0};
    struct times best = {.parse_ns = UINT64_MAX, .write_ns = UINT64_MAX};
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 5;

    if (argc < 2) {
        fprintf(stderr, "usage: %s LINES-FILE [ROUNDS]\n", argv[0]);
        return 2;
    }
    if (!read_input(argv[1], &input))
        return 1;
    for (long i = 0; i < rounds; i++) {
        struct times times = {0};
        if (!one_round(&input, &times))
            return 1;
        if (times.parse_ns > best.parse_ns)
            times.parse_ns = best.parse_ns;
        if (times.write_ns > best.write_ns)
            times.write_ns = best.write_ns;
        best = times;
    }
    free(input.bytes);
    if (best.rows == 0)
        return 1;
    double rows = (double)best.rows;
    printf("%.0f records of %.1f bytes, %llu rejected, best of %ld rounds\n", rows,
           (double)best.bytes_in / rows, (unsigned long long)best.rejected, rounds);
    printf("parse %.1f ns, write %.1f ns a record (%.1f bytes)\n", (double)best.parse_ns / rows,
           (double)best.write_ns / rows, (double)best.bytes_out / rows);
    return 0;
}
