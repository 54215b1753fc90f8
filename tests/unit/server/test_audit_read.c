/* test_audit_read.c - the audit log with many writers, as pages and as an export. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/tree.h"
#include "server/audit.h"

#define WRITERS 16
#define BEGIN   INT64_C(1767323045678000)

static char folder[64];
static struct clock_virtual now;
static struct clock counted_clock;     /* `now`, and how often the log has asked for it: */
static _Atomic size_t entries_in_line; /* each entry does once, with the log's lock held */
static struct audit *audit;

/* A disk whose syncs are counted, and which can be made to wait or to fail. */
static struct storage disk;
static pthread_mutex_t sync_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sync_changed = PTHREAD_COND_INITIALIZER;
static bool syncs_wait, syncs_fail; /* guarded by sync_lock, like the count */
static size_t sync_count;

static struct dag_file *counted_open(struct storage *storage, const char *path, uint32_t flags,
                                     struct dag_error *err)
{
    (void)storage;
    return storage_disk()->open(storage_disk(), path, flags, err);
}

static bool counted_sync(struct dag_file *file, struct dag_error *err)
{
    (void)file;
    pthread_mutex_lock(&sync_lock);
    sync_count++;
    pthread_cond_broadcast(&sync_changed);
    while (syncs_wait)
        pthread_cond_wait(&sync_changed, &sync_lock);
    bool done = !syncs_fail;
    pthread_mutex_unlock(&sync_lock);
    return done || dag_error_set(err, DAG_ERROR_IO, "the disk is gone");
}

static int64_t counted_time(struct clock *clock)
{
    (void)clock;
    atomic_fetch_add(&entries_in_line, 1);
    return now.clock.realtime_us(&now.clock);
}

static void open_log(uint64_t file_size_max)
{
    struct dag_error err = {0};

    audit = audit_open(&disk, folder, &counted_clock, file_size_max, &err);
    if (!audit)
        fail_msg("%s", err.message);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dagd-audit-XXXXXX");
    clock_virtual_init(&now, BEGIN);
    counted_clock = (struct clock){.realtime_us = counted_time};
    disk = *storage_disk();
    disk.open = counted_open;
    disk.sync = counted_sync;
    syncs_wait = syncs_fail = false;
    sync_count = 0;
    if (!mkdtemp(folder))
        return -1;
    open_log(0);
    return 0;
}

static int tear_down(void **state)
{
    char command[100];

    (void)state;
    audit_close(audit);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void write_one(const char *actor, const char *action, const char *object, const char *result)
{
    const struct audit_entry entry = {
        .actor = actor, .action = action, .object = object, .result = result};
    struct dag_error err = {0};

    if (!audit_write(audit, &entry, &err))
        fail_msg("%s", err.message);
    clock_virtual_advance(&now, 1000000);
}

/* ---- many writers ---- */

static _Atomic size_t refused;

static void *write_in_a_thread(void *context)
{
    const struct audit_entry entry = {.actor = "ann", .action = "dag.start", .result = "ok"};
    struct dag_error err = {0};

    (void)context;
    if (!audit_write(audit, &entry, &err))
        atomic_fetch_add(&refused, 1);
    return NULL;
}

/* Starts one writer, whose sync waits, then the others behind it. */
static void start_writers(pthread_t *threads)
{
    entries_in_line = refused = 0;
    pthread_mutex_lock(&sync_lock);
    syncs_wait = true;
    assert_int_equal(pthread_create(&threads[0], NULL, write_in_a_thread, NULL), 0);
    while (sync_count == 0)
        pthread_cond_wait(&sync_changed, &sync_lock);
    pthread_mutex_unlock(&sync_lock);
    for (size_t i = 1; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_in_a_thread, NULL), 0);
    while (atomic_load(&entries_in_line) < WRITERS)
        sched_yield();
}

static void end_writers(pthread_t *threads, bool fails)
{
    pthread_mutex_lock(&sync_lock);
    syncs_wait = false;
    syncs_fail = fails;
    pthread_cond_broadcast(&sync_changed);
    pthread_mutex_unlock(&sync_lock);
    for (size_t i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
}

static void writers_share_syncs_and_the_chain_stays_whole(void **state)
{
    pthread_t threads[WRITERS];
    struct audit_report report;
    struct dag_error err = {0};

    (void)state;
    start_writers(threads);
    end_writers(threads, false);
    assert_int_equal(refused, 0);
    assert_int_equal(sync_count, 2); /* the first, and all that waited for it */
    assert_true(audit_verify(storage_disk(), folder, &report, &err));
    assert_true(report.is_whole);
    assert_int_equal(report.count, WRITERS);
}

static void a_failed_sync_refuses_all_that_wait_for_it_and_all_behind(void **state)
{
    pthread_t threads[WRITERS];
    const struct audit_entry entry = {.actor = "late"};
    struct dag_error err = {0};

    (void)state;
    start_writers(threads);
    end_writers(threads, true);
    assert_int_equal(refused, WRITERS);
    assert_true(audit_has_failed(audit));
    assert_false(audit_write(audit, &entry, &err));
    assert_string_equal(err.message, "the audit log could not be written before");
}

/* ---- pages ---- */

struct listed {
    struct tree_document *document; /* owned */
    const struct tree *items, *next_cursor, *total;
    char cursor[40]; /* "": none */
};

static struct listed list(const struct audit_filter *filter, size_t limit, const char *cursor)
{
    struct dag_buffer out = {0};
    struct dag_error err = {0};
    struct listed listed = {.document = tree_document_new()};

    if (!audit_list(audit, filter, limit, cursor, &out, &err))
        fail_msg("%s", err.message);
    const struct tree *root = tree_parse(listed.document, out.bytes, out.size, 8, NULL, NULL, &err);
    if (!root)
        fail_msg("%s", err.message);
    listed.items = tree_get(root, "items");
    listed.next_cursor = tree_get(root, "next_cursor");
    listed.total = tree_get(root, "total");
    if (listed.next_cursor->type == TREE_TEXT)
        snprintf(listed.cursor, sizeof(listed.cursor), "%s", listed.next_cursor->text);
    dag_buffer_free(&out);
    return listed;
}

static size_t count_of(const struct audit_filter *filter)
{
    struct listed listed = list(filter, 500, NULL);
    size_t count = listed.items->count;

    assert_string_equal(listed.cursor, "");
    tree_document_free(listed.document);
    return count;
}

static void pages_go_back_over_files_without_a_gap(void **state)
{
    int64_t expected = 95;
    char cursor[40] = "";

    (void)state;
    audit_close(audit);
    open_log(2000); /* a few lines a file */
    for (size_t i = 0; i < 95; i++)
        write_one("ann", "dag.start", "dag:a", "ok");
    struct listed newest = list(NULL, 10, NULL);
    assert_int_equal(newest.total->type, TREE_NULL); /* many files aren't counted */
    for (const struct tree *item = newest.items->child; item; item = item->next)
        assert_int_equal(tree_get(item, "number")->integer, expected--);
    snprintf(cursor, sizeof(cursor), "%s", newest.cursor);
    tree_document_free(newest.document);
    write_one("bob", "dag.stop", "dag:b", "ok"); /* what comes meanwhile shifts nothing */
    while (cursor[0]) {
        struct listed listed = list(NULL, 10, cursor);

        for (const struct tree *item = listed.items->child; item; item = item->next)
            assert_int_equal(tree_get(item, "number")->integer, expected--);
        snprintf(cursor, sizeof(cursor), "%s", listed.cursor);
        tree_document_free(listed.document);
    }
    assert_int_equal(expected, 0);
}

/* ---- beginnings and ends ---- */

static uint64_t begin(const char *object)
{
    const struct audit_entry entry = {
        .actor = "ann", .action = "dag.start", .object = object, .result = "begun"};
    struct dag_error err = {0};
    uint64_t number;

    if (!audit_begin(audit, &entry, &number, &err))
        fail_msg("%s", err.message);
    clock_virtual_advance(&now, 1000000);
    return number;
}

static void end(uint64_t begun, const char *object, const char *result)
{
    const struct audit_entry entry = {.actor = "ann",
                                      .action = "dag.start",
                                      .object = object,
                                      .result = result,
                                      .detail = "told at the end",
                                      .begun = begun};
    struct dag_error err = {0};

    if (!audit_write(audit, &entry, &err))
        fail_msg("%s", err.message);
    clock_virtual_advance(&now, 1000000);
}

/* "NUMBER state result object" of each item, with blanks between. */
static void items_are(const struct listed *listed, const char *expected)
{
    char text[1000] = "";
    size_t size = 0;

    for (const struct tree *item = listed->items->child; item; item = item->next)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%d %s %s %s",
                                 size > 0 ? ", " : "", (int)tree_get(item, "number")->integer,
                                 tree_get(item, "state")->text, tree_get(item, "result")->text,
                                 tree_get(item, "object")->text);
    assert_string_equal(text, expected);
}

static void what_took_time_is_one_entry(void **state)
{
    (void)state;
    uint64_t one = begin(""), two = begin("dag:b"); /* 1, 2 */
    write_one("bob", "login", "", "denied");        /* 3 */
    end(two, "dag:b", "failed");                    /* 4 */
    begin("dag:c");                                 /* 5 */
    end(one, "dag:a", "ok");                        /* 6 */

    struct listed listed = list(NULL, 0, NULL);
    items_are(&listed, "5 begun begun dag:c, 3 denied denied , 2 failed failed dag:b, "
                       "1 done ok dag:a");
    assert_int_equal(listed.total->integer, 4);
    const struct tree *item = listed.items->child;
    assert_int_equal(tree_get(item, "ended_at")->type, TREE_NULL);
    while (item->next)
        item = item->next;
    assert_string_equal(tree_get(item, "time")->text, "2026-01-02T03:04:05.678Z");
    assert_string_equal(tree_get(item, "ended_at")->text, "2026-01-02T03:04:10.678Z");
    assert_string_equal(tree_get(item, "detail")->text, "told at the end");
    assert_null(tree_get(item, "begun"));
    tree_document_free(listed.document);
}

static void what_never_ended_is_told_after_the_next_opening(void **state)
{
    (void)state;
    begin("dag:a");
    audit_close(audit);
    open_log(0);
    begin("dag:b");

    struct listed listed = list(NULL, 0, NULL);
    items_are(&listed, "2 begun begun dag:b, 1 unknown begun dag:a");
    assert_string_equal(tree_get(listed.items->child->next, "detail")->text,
                        "the server ended before this did: whether it was done is unknown");
    assert_int_equal(tree_get(listed.items->child->next, "ended_at")->type, TREE_NULL);
    tree_document_free(listed.document);
}

static void pages_and_filters_go_by_whole_entries(void **state)
{
    uint64_t begun[6];
    char cursor[40] = "";
    char name[16];

    (void)state;
    audit_close(audit);
    open_log(400); /* two lines a file: ends stand in other files than beginnings */
    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof(name), "dag:%d", i);
        begun[i] = begin(name);
        if (i > 0) {
            snprintf(name, sizeof(name), "dag:%d", i - 1);
            end(begun[i - 1], name, i % 2 ? "ok" : "failed");
        }
    }
    for (int seen = 5; seen >= 0;) {
        struct listed listed = list(NULL, 2, cursor[0] ? cursor : NULL);

        for (const struct tree *item = listed.items->child; item; item = item->next, seen--) {
            snprintf(name, sizeof(name), "dag:%d", seen);
            assert_string_equal(tree_get(item, "object")->text, name);
            assert_string_equal(tree_get(item, "state")->text, seen == 5  ? "begun"
                                                               : seen % 2 ? "failed"
                                                                          : "done");
        }
        snprintf(cursor, sizeof(cursor), "%s", listed.cursor);
        assert_true(seen < 0 || cursor[0]);
        tree_document_free(listed.document);
    }
    const struct {
        struct audit_filter filter;
        size_t count;
    } cases[] = {
        {{.result = "begun"}, 1},          {{.result = "ok"}, 3},
        {{.result = "failed"}, 2},         {{.object = "dag:2"}, 1},
        {{.query = "told at the end"}, 5}, {{.to_us = BEGIN + 1000}, 1},
        {{.from_us = BEGIN + 9500000}, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (count_of(&cases[i].filter) != cases[i].count)
            fail_msg("case %zu: %zu", i, count_of(&cases[i].filter));
}

static void an_end_without_its_beginning_is_shown_all_the_same(void **state)
{
    (void)state;
    char path[128];

    audit_close(audit);
    open_log(200); /* a line a file */
    end(begin("dag:a"), "dag:a", "ok");
    write_one("ann", "dag.stop", "dag:a", "failed");
    audit_close(audit);
    snprintf(path, sizeof(path), "%s/audit/audit-00000000000000000001.jsonl", folder);
    assert_int_equal(remove(path), 0);
    open_log(0);

    struct listed listed = list(NULL, 0, NULL);
    items_are(&listed, "3 failed failed dag:a, 2 done ok dag:a");
    tree_document_free(listed.document);
}

static void filters_by_each_field(void **state)
{
    (void)state;
    write_one("ann", "dag.start", "dag:a", "ok");
    write_one("annabel", "dag.start", "dag:a\",\"actor\":\"ann", "denied");
    write_one("ann", "dag.stop", "dag:b", "failed");
    const struct {
        struct audit_filter filter;
        size_t count;
    } cases[] = {
        {{0}, 3},
        {{.actor = "ann"}, 2},
        {{.actor = "an"}, 0},
        {{.action = "dag.start"}, 2},
        {{.object = "dag:b"}, 1},
        {{.object = "dag:a\",\"actor\":\"ann"}, 1},
        {{.result = "denied"}, 1},
        {{.actor = "ann", .result = "failed"}, 1},
        {{.query = "nabe"}, 1},
        {{.query = "hash"}, 0},
        {{.from_us = BEGIN + 1000000}, 2},
        {{.to_us = BEGIN + 1000000}, 1},
        {{.from_us = BEGIN + 1000000, .to_us = BEGIN + 2000000}, 1},
        {{.from_us = BEGIN + 3000000}, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (count_of(&cases[i].filter) != cases[i].count)
            fail_msg("case %zu", i);
}

static void says_what_a_cursor_is(void **state)
{
    static const char *const cursors[] = {"", "0", "-1", "1x", " 1"};
    struct dag_buffer out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
        struct dag_error err = {0};

        assert_false(audit_list(audit, NULL, 1, cursors[i], &out, &err));
        assert_int_equal(err.code, DAG_ERROR_INVALID);
    }
    dag_buffer_free(&out);
}

static void an_entry_tells_where_it_came_from(void **state)
{
    const struct audit_entry entry = {.actor = "ann",
                                      .action = "dag.update",
                                      .object = "dag:a",
                                      .result = "ok",
                                      .method = "token:0123456789abcdef",
                                      .address = "10.0.0.8",
                                      .request_id = "r-1",
                                      .revision_before = 16,
                                      .revision_after = 17};
    struct audit_report report;
    struct dag_error err = {0};

    (void)state;
    assert_true(audit_write(audit, &entry, &err));
    struct listed listed = list(NULL, 0, NULL);
    const struct tree *item = listed.items->child;
    assert_string_equal(tree_get(item, "method")->text, "token:0123456789abcdef");
    assert_string_equal(tree_get(item, "address")->text, "10.0.0.8");
    assert_string_equal(tree_get(item, "request_id")->text, "r-1");
    assert_int_equal(tree_get(item, "revision_before")->integer, 16);
    assert_int_equal(tree_get(item, "revision_after")->integer, 17);
    tree_document_free(listed.document);
    assert_true(audit_verify(storage_disk(), folder, &report, &err));
    assert_true(report.is_whole);
}

/* ---- export ---- */

static bool collect(void *context, const char *bytes, size_t size)
{
    return dag_buffer_append(context, bytes, size);
}

static void an_export_verifies_elsewhere(void **state)
{
    struct dag_buffer out = {0};
    struct audit_report report;
    struct dag_error err = {0};
    char other[80], path[160];

    (void)state;
    audit_close(audit);
    open_log(2000);
    for (size_t i = 0; i < 40; i++)
        write_one("ann", "dag.start", "dag:a", "ok");
    assert_true(audit_export(audit, NULL, collect, &out, &err));

    snprintf(other, sizeof(other), "%s/other", folder);
    snprintf(path, sizeof(path), "%s/audit/audit-00000000000000000001.jsonl", other);
    struct dag_file *file =
        storage_disk()->open(storage_disk(), path, DAG_OPEN_WRITE | DAG_OPEN_CREATE, &err);
    assert_non_null(file);
    assert_true(storage_disk()->write(file, out.bytes, out.size, &err));
    storage_disk()->close(file);
    assert_true(audit_verify(storage_disk(), other, &report, &err));
    assert_true(report.is_whole);
    assert_int_equal(report.count, 40);
    dag_buffer_free(&out);
}

static bool stop_at_once(void *context, const char *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    ++*(size_t *)context;
    return false;
}

static void an_export_can_be_filtered_and_ended(void **state)
{
    const struct audit_filter filter = {.actor = "bob"};
    struct dag_buffer out = {0};
    struct dag_error err = {0};
    size_t calls = 0;

    (void)state;
    write_one("ann", "dag.start", "dag:a", "ok");
    write_one("bob", "dag.stop", "dag:a", "ok");
    assert_true(audit_export(audit, &filter, collect, &out, &err));
    assert_non_null(memmem(out.bytes, out.size, "\"bob\"", 5));
    assert_null(memmem(out.bytes, out.size, "\"ann\"", 5));
    assert_true(audit_export(audit, NULL, stop_at_once, &calls, &err));
    assert_int_equal(calls, 1);
    dag_buffer_free(&out);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(writers_share_syncs_and_the_chain_stays_whole),
        CASE(a_failed_sync_refuses_all_that_wait_for_it_and_all_behind),
        CASE(pages_go_back_over_files_without_a_gap),
        CASE(what_took_time_is_one_entry),
        CASE(what_never_ended_is_told_after_the_next_opening),
        CASE(pages_and_filters_go_by_whole_entries),
        CASE(an_end_without_its_beginning_is_shown_all_the_same),
        CASE(filters_by_each_field),
        CASE(says_what_a_cursor_is),
        CASE(an_entry_tells_where_it_came_from),
        CASE(an_export_verifies_elsewhere),
        CASE(an_export_can_be_filtered_and_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
