/* connector_fixture.h - one subscriber or publisher with its options and a fake host. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CONNECTOR_FIXTURE_H
#define TESTS_CONNECTOR_FIXTURE_H

#include "core/tree.h"
#include "dag/plugin.h"
#include "support/fake_host.h"

/** Zero it to begin. */
struct connector_fixture {
    const struct dag_subscriber *subscriber; /* this or the other */
    const struct dag_publisher *publisher;
    struct tree_document *document; /* owned; the options' texts */
    void *state;                    /* owned */
    struct dag_address address;
    char uri[512];
    char scheme[32];
    struct fake_host host;
    void (*prepare)(struct fake_host *host); /* called before the connector is made; may be NULL */
};

/** Reads the options, checks the address, attaches and opens, as the engine does. `position` may be
 * NULL. False: refused. connector_close() is to follow either way. */
bool subscriber_open(struct connector_fixture *fixture, const struct dag_subscriber *subscriber,
                     const char *uri, const char *config, const char *position,
                     struct dag_error *err);
bool publisher_open(struct connector_fixture *fixture, const struct dag_publisher *publisher,
                    const char *uri, const char *config, struct dag_error *err);

/** Stops and closes it. */
void connector_close(struct connector_fixture *fixture);

/** One read() into a new batch; appends its rows to `out` as lines, a rejected one as "!" and its
 * reason. */
enum dag_read_status subscriber_read(struct connector_fixture *fixture, struct dag_buffer *out,
                                     struct dag_error *err);

/** Reads until there is no more, and compares all lines with `expected`. */
void assert_reads(struct connector_fixture *fixture, const char *expected,
                  enum dag_read_status last);

/** Parses lines of JSON into a new batch. */
struct dag_batch *batch_of_lines(const char *lines);

/** One write() of all rows of the batch from `first` on. */
enum dag_write_status publisher_write(struct connector_fixture *fixture, struct dag_batch *batch,
                                      size_t first, size_t *written, struct dag_error *err);

/** Writes these lines in one call, which must take them all. */
void assert_writes(struct connector_fixture *fixture, const char *lines);

/** A new folder for a test's files, with a "/" at its end; removed with all in it by
 * test_folder_free(). */
char *test_folder_new(void);
void test_folder_free(char *folder);

/** Writes, appends to, or reads a file of a test. The content is freed by the caller. */
void write_file(const char *path, const char *text);
void append_file(const char *path, const char *text);
char *read_file(const char *path);

#endif
