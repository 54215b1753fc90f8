/* connector_fixture.c - one subscriber or publisher with its options and a fake host. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/connector_fixture.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/options.h"

static bool read_options(struct connector_fixture *fixture, const struct dag_option *options,
                         size_t state_size, const char *config, struct dag_error *err)
{
    const struct tree *tree;
    uint32_t line, column;

    fake_host_init(&fixture->host);
    if (fixture->prepare)
        fixture->prepare(&fixture->host);
    fixture->document = tree_document_new();
    fixture->state = calloc(1, state_size + 1);
    assert_non_null(fixture->document);
    assert_non_null(fixture->state);
    tree = tree_parse(fixture->document, config, strlen(config), 100, &line, &column, err);
    if (!tree)
        return false;
    if (!options_read(options, tree, fixture->state, NULL, fixture->document, NULL, NULL))
        return dag_error_set(err, DAG_ERROR_INVALID, "options are refused: %s", config);
    return true;
}

static void split_address(struct connector_fixture *fixture, const char *uri)
{
    size_t size = strlen(uri);
    char *end;

    assert_in_range(size, 1, sizeof fixture->uri - 1);
    memcpy(fixture->uri, uri, size + 1);
    end = strstr(fixture->uri, "://");
    if (end)
        size = (size_t)(end - fixture->uri);
    assert_in_range(size, 1, sizeof fixture->scheme - 1);
    memcpy(fixture->scheme, uri, size);
    fixture->address = (struct dag_address){
        .uri = fixture->uri,
        .scheme = fixture->scheme,
        .rest = end ? end + 3 : "",
    };
}

bool subscriber_open(struct connector_fixture *fixture, const struct dag_subscriber *subscriber,
                     const char *uri, const char *config, const char *position,
                     struct dag_error *err)
{
    void *state;

    fixture->subscriber = subscriber;
    split_address(fixture, uri);
    if (!read_options(fixture, subscriber->options, subscriber->state_size, config, err))
        return false;
    state = fixture->state;
    if (subscriber->check && !subscriber->check(state, &fixture->address, err))
        return false;
    if (subscriber->attach &&
        !subscriber->attach(state, &fixture->address, &fixture->host.host, err))
        return false;
    return !subscriber->open || subscriber->open(state, &fixture->address, &fixture->host.host,
                                                 position, position ? strlen(position) : 0, err);
}

bool publisher_open(struct connector_fixture *fixture, const struct dag_publisher *publisher,
                    const char *uri, const char *config, struct dag_error *err)
{
    fixture->publisher = publisher;
    split_address(fixture, uri);
    if (!read_options(fixture, publisher->options, publisher->state_size, config, err))
        return false;
    if (publisher->check && !publisher->check(fixture->state, &fixture->address, err))
        return false;
    return !publisher->open ||
           publisher->open(fixture->state, &fixture->address, &fixture->host.host, err);
}

void connector_close(struct connector_fixture *fixture)
{
    void (*stop)(void *) =
        fixture->subscriber ? fixture->subscriber->stop : fixture->publisher->stop;
    void (*close_it)(void *) =
        fixture->subscriber ? fixture->subscriber->close : fixture->publisher->close;

    if (fixture->state && stop)
        stop(fixture->state);
    if (fixture->state && close_it)
        close_it(fixture->state);
    assert_int_equal(fixture->host.open_files, 0);
    free(fixture->state);
    tree_document_free(fixture->document);
    memset(fixture, 0, sizeof *fixture);
}

static void append_text(struct dag_buffer *out, const char *text, size_t size)
{
    assert_true(dag_buffer_append(out, text, size));
}

enum dag_read_status subscriber_read(struct connector_fixture *fixture, struct dag_buffer *out,
                                     struct dag_error *err)
{
    struct dag_batch *batch = dag_batch_new();
    enum dag_read_status status;

    assert_non_null(batch);
    status = fixture->subscriber->read(fixture->state, batch, err);
    for (size_t i = 0; i < dag_batch_row_count(batch); i++) {
        const struct dag_row *row = &dag_batch_rows(batch)[i];
        if (dag_batch_origins(batch)[i].flags & DAG_ORIGIN_REJECTED) {
            append_text(out, "!", 1);
            append_text(out, row->values[1].as.text, row->values[1].size);
        } else {
            assert_true(dag_json_write_row(out, row));
        }
        append_text(out, "\n", 1);
    }
    dag_batch_unref(batch);
    return status;
}

void assert_reads(struct connector_fixture *fixture, const char *expected,
                  enum dag_read_status last)
{
    struct dag_buffer out = {0};
    struct dag_error err = {0};
    enum dag_read_status status;

    do
        status = subscriber_read(fixture, &out, &err);
    while (status == DAG_READ_MORE);
    append_text(&out, "", 1);
    if (status == DAG_READ_FAILED && last != DAG_READ_FAILED)
        print_error("%s\n", err.message);
    assert_string_equal(out.bytes, expected);
    assert_int_equal(status, last);
    dag_buffer_free(&out);
}

struct dag_batch *batch_of_lines(const char *lines)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_batch *batch = dag_batch_new();
    struct dag_batch *source = dag_batch_new(); /* so that a long text doesn't fill the batch */
    size_t size = strlen(lines);
    char *text;
    size_t consumed;
    struct dag_error err;

    assert_non_null(parser);
    assert_non_null(batch);
    assert_non_null(source);
    text = dag_batch_alloc(source, size + DAG_JSON_PADDING);
    assert_non_null(text);
    assert_true(dag_batch_keep(batch, source, &err));
    dag_batch_unref(source);
    memset(text, 0, size + DAG_JSON_PADDING);
    memcpy(text, lines, size);
    assert_true(dag_json_parse_lines(parser, batch, text, size, true, (struct dag_origin){0},
                                     &consumed, &err));
    assert_int_equal(consumed, size);
    dag_json_parser_free(parser);
    return batch;
}

enum dag_write_status publisher_write(struct connector_fixture *fixture, struct dag_batch *batch,
                                      size_t first, size_t *written, struct dag_error *err)
{
    static const uint64_t cycles[DAG_BATCH_ROWS_MAX];
    struct dag_delivery delivery = {
        .rows = dag_batch_rows(batch) + first,
        .cycles = cycles,
        .count = dag_batch_row_count(batch) - first,
        .batch = batch,
    };

    return fixture->publisher->write(fixture->state, &delivery, written, err);
}

void assert_writes(struct connector_fixture *fixture, const char *lines)
{
    struct dag_batch *batch = batch_of_lines(lines);
    struct dag_error err = {0};
    size_t written;

    if (publisher_write(fixture, batch, 0, &written, &err) != DAG_WRITE_DONE)
        fail_msg("%s", err.message);
    assert_int_equal(written, dag_batch_row_count(batch));
    dag_batch_unref(batch);
}

char *test_folder_new(void)
{
    char name[] = "/tmp/dagd-test-XXXXXX";
    char *folder;

    assert_non_null(mkdtemp(name));
    assert_true(asprintf(&folder, "%s/", name) > 0);
    return folder;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

void test_folder_free(char *folder)
{
    assert_int_equal(nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    free(folder);
}

static void put_file(const char *path, const char *mode, const char *text)
{
    FILE *file = fopen(path, mode);

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

void write_file(const char *path, const char *text)
{
    put_file(path, "we", text);
}

void append_file(const char *path, const char *text)
{
    put_file(path, "ae", text);
}

char *read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t capacity = 0;

    assert_non_null(file);
    if (getdelim(&text, &capacity, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    assert_int_equal(fclose(file), 0);
    return text;
}
