/* test_record_log.c - a record log keeps what was synced, cuts a torn tail, and names damage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "durable/record_segment.h"
#include "unit/durable/small_disk.h"

#define FOLDER "log"
#define FIRST  FOLDER "/00000000000000000001.log"

static struct small_disk disk;
static struct record_log_report report;
static struct dag_error err;
static bool bypasses_cache; /* of the logs that are opened */

static int setup(void **unused)
{
    (void)unused;
    small_disk_init(&disk);
    bypasses_cache = false;
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    small_disk_deinit(&disk);
    return 0;
}

static struct record_log *open_vouched(uint64_t segment_size, uint64_t vouched_key)
{
    return record_log_open(&(struct record_log_options){.storage = &disk.storage,
                                                        .folder = FOLDER,
                                                        .segment_size = segment_size,
                                                        .bypasses_cache = bypasses_cache,
                                                        .vouched_key = vouched_key},
                           &report, &err);
}

static struct record_log *open_log(uint64_t segment_size)
{
    return open_vouched(segment_size, 0);
}

/* Each key has a payload of its own. */
static size_t payload_of(uint64_t key, char *out)
{
    size_t size = (size_t)sprintf(out, "record %d", (int)key);
    size_t more = key * 37 % 60;

    memset(out + size, 'x', more);
    return size + more;
}

static bool append(struct record_log *log, uint64_t key)
{
    char payload[100];
    size_t size = payload_of(key, payload);

    return record_log_append(log, key, 1 + key % 3, payload, size, &err);
}

static bool append_and_sync(struct record_log *log, uint64_t first, uint64_t last)
{
    for (uint64_t key = first; key <= last; key++)
        if (!append(log, key))
            return false;
    return record_log_sync(log, &err);
}

static void assert_is(const struct record *record, uint64_t key)
{
    char payload[100];
    size_t size = payload_of(key, payload);

    assert_int_equal(record->key, key);
    assert_int_equal(record->kind, 1 + key % 3);
    assert_int_equal(record->size, size);
    assert_memory_equal(record->payload, payload, size);
}

/* The log holds the keys from `first` on, one of each; returns the last. */
static uint64_t read_from(struct small_disk *from, uint64_t first)
{
    struct record_reader *reader = record_reader_open(&from->storage, FOLDER, first, &err);
    struct record record;
    uint64_t key = first;

    assert_non_null(reader);
    for (; record_reader_next(reader, &record, &err); key++)
        assert_is(&record, key);
    assert_int_equal(err.code, DAG_ERROR_NONE);
    record_reader_close(reader);
    return key - 1;
}

static void a_checksum_is_that_of_the_standard(void **unused)
{
    char bytes[10000]; /* more than the three lanes of the fast way */

    (void)unused;
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xe3069283);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 89 + i / 251);
    for (size_t i = 0; i < sizeof(bytes); i += i < 100 ? 1 : 97)
        assert_int_equal(crc32c(7, bytes + i / 3, i - i / 3),
                         crc32c_by_table(7, bytes + i / 3, i - i / 3));
}

static void checksums_are_joined(void **unused)
{
    char bytes[5000];

    (void)unused;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 31 + i / 199);
    for (size_t i = 0; i <= sizeof(bytes); i += 250)
        assert_int_equal(crc32c_join(crc32c(0, bytes, i), crc32c(0, bytes + i, sizeof(bytes) - i),
                                     sizeof(bytes) - i),
                         crc32c(0, bytes, sizeof(bytes)));
}

static void what_was_appended_is_read_again(void **unused)
{
    struct record_log *log = open_log(0);

    (void)unused;
    assert_non_null(log);
    assert_int_equal(report.record_count, 0);
    assert_true(append_and_sync(log, 1, 20));
    assert_int_equal(record_log_synced_key(log), 20);
    record_log_close(log);
    assert_int_equal(read_from(&disk, 1), 20);
    assert_int_equal(read_from(&disk, 13), 20);

    log = open_log(0);
    assert_int_equal(report.first_key, 1);
    assert_int_equal(report.last_key, 20);
    assert_int_equal(report.record_count, 20);
    assert_int_equal(report.cut_bytes, 0);
    assert_int_equal(record_log_synced_key(log), 20);
    assert_true(append_and_sync(log, 21, 30));
    record_log_close(log);
    assert_int_equal(read_from(&disk, 1), 30);
}

static void check_records_of_all_sizes(void)
{
    static const size_t sizes[] = {0, 1, 255, (256 << 10) - 60, 256 << 10, 3 << 20, 0, 70};
    struct record_log *log = open_log(1 << 20);
    char *payload = calloc(1, 3 << 20);
    struct record record;

    for (size_t i = 0; i < 8; i++) {
        memset(payload, (int)i + 1, sizes[i]);
        assert_true(record_log_append(log, i + 1, 1, payload, sizes[i], &err));
    }
    assert_false(record_log_append(log, 9, 1, payload, RECORD_SIZE_MAX + 1, &err));
    assert_int_equal(err.code, DAG_ERROR_LIMIT);
    assert_false(record_log_append(log, 7, 1, payload, 1, &err));
    assert_true(record_log_push(log, &err));

    struct record_reader *reader = record_reader_open(&disk.storage, FOLDER, 0, &err);

    for (size_t i = 0; i < 8; i++) {
        memset(payload, (int)i + 1, sizes[i]);
        assert_true(record_reader_next(reader, &record, &err));
        assert_int_equal(record.size, sizes[i]);
        assert_true(sizes[i] == 0 || memcmp(record.payload, payload, sizes[i]) == 0);
    }
    assert_false(record_reader_next(reader, &record, &err));
    record_reader_close(reader);
    record_log_close(log);
    free(payload);
}

static void records_of_all_sizes_are_kept(void **unused)
{
    (void)unused;
    check_records_of_all_sizes();
    assert_int_equal(disk.block_bytes, 0);
}

static void what_is_large_may_bypass_the_cache(void **unused)
{
    (void)unused;
    bypasses_cache = true;
    check_records_of_all_sizes();
    assert_in_range(disk.block_bytes, 3 << 20, 4 << 20);
}

static void a_full_segment_is_followed_by_another(void **unused)
{
    struct record_log *log = open_log(300);
    const struct record_segment *segments;
    char path[100];
    uint64_t size = 0;

    (void)unused;
    assert_true(append_and_sync(log, 1, 40));

    size_t count = record_log_segments(log, &segments);

    assert_true(count > 5);
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof(path), FOLDER "/%020d.log", (int)segments[i].first_key);
        assert_int_equal(small_disk_find(&disk, path)->now.size, segments[i].size);
        assert_true(i + 1 == count || segments[i].size >= 300);
        assert_true(i == 0 || segments[i].first_key == segments[i - 1].last_key + 1);
        size += segments[i].size;
    }
    assert_int_equal(record_log_size(log), size);
    record_log_close(log);
    for (uint64_t from = 1; from <= 41; from++)
        assert_int_equal(read_from(&disk, from), 40);
}

static void equal_keys_stay_in_one_segment_or_go_over_its_end(void **unused)
{
    struct record_log *log = open_log(100);
    struct record record;
    int count = 0;

    (void)unused;
    assert_true(append(log, 1));
    for (int i = 0; i < 20; i++)
        assert_true(append(log, 2));
    assert_true(append_and_sync(log, 3, 3));
    record_log_close(log);
    log = open_log(100);
    assert_int_equal(report.record_count, 22);
    record_log_close(log);

    struct record_reader *reader = record_reader_open(&disk.storage, FOLDER, 2, &err);

    while (record_reader_next(reader, &record, &err))
        count++;
    assert_int_equal(count, 21);
    record_reader_close(reader);
}

/* Five synced records, then some that nobody vouches for: however the file ends, the whole ones
 * stay. */
static void a_tail_is_cut_at_its_last_whole_record(void **unused)
{
    struct record_log *log = open_log(0);

    (void)unused;
    assert_true(append_and_sync(log, 1, 5));
    uint64_t synced = record_log_size(log);
    for (uint64_t key = 6; key <= 9; key++)
        assert_true(append(log, key));
    record_log_close(log);

    uint64_t size = small_disk_find(&disk, FIRST)->now.size;

    for (uint64_t cut = synced; cut < size; cut++) {
        struct small_disk saved;
        small_disk_init(&saved);
        small_disk_copy(&saved, &disk);
        small_disk_find(&disk, FIRST)->now.size = (size_t)cut;
        log = open_log(0);
        assert_non_null(log);
        assert_true(report.last_key >= 5 && report.last_key < 9);
        uint64_t last = report.last_key;
        assert_int_equal(report.cut_bytes, cut - record_log_size(log));
        assert_true(append_and_sync(log, last + 1, 12));
        record_log_close(log);
        assert_int_equal(read_from(&disk, 1), 12);
        small_disk_deinit(&disk);
        disk = saved;
    }
}

static void a_tail_that_the_caller_vouches_for_is_damage(void **unused)
{
    struct record_log *log = open_log(0);
    size_t size;

    (void)unused;
    assert_true(append_and_sync(log, 1, 5));
    size = (size_t)record_log_size(log);
    assert_true(append_and_sync(log, 6, 6));
    record_log_close(log);
    small_disk_find(&disk, FIRST)->now.size = size + 30;

    assert_null(open_vouched(0, 6));
    assert_int_equal(err.code, DAG_ERROR_INVALID);
    assert_non_null(strstr(err.message, FIRST));
    assert_string_equal(report.bad_segment, FIRST);
    assert_int_equal(report.bad_offset, size);
    assert_int_equal(small_disk_find(&disk, FIRST)->now.size, size + 30);

    small_disk_find(&disk, FIRST)->now.size = size; /* it ends cleanly, and too early */
    assert_null(open_vouched(0, 6));
    assert_int_equal(report.bad_offset, size);
    assert_true(record_log_check(
        &(struct record_log_options){.storage = &disk.storage, .folder = FOLDER, .vouched_key = 5},
        NULL, NULL, NULL, &err));
    assert_true(record_log_quarantine(&disk.storage, report.bad_segment, &err));
    assert_null(small_disk_find(&disk, FIRST));
    assert_non_null(small_disk_find(&disk, FIRST ".damaged"));
}

/* A sync after each three records; several segments or one. */
static void make_log(uint64_t segment_size)
{
    struct record_log *log = open_log(segment_size);

    for (uint64_t key = 1; key <= 21; key += 3)
        assert_true(append_and_sync(log, key, key + 2));
    record_log_close(log);
}

static void flip(struct small_file *file, size_t bit)
{
    ((uint8_t *)file->now.bytes)[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void flip_each_bit(void)
{
    unsigned found = 0, harmless = 0;

    for (size_t i = 0; i < disk.file_count; i++)
        for (size_t bit = 0; bit < disk.files[i].now.size * 8; bit++) {
            struct small_disk copy;
            small_disk_init(&copy);
            small_disk_copy(&copy, &disk);
            flip(&copy.files[i], bit);
            struct record_log *log = record_log_open(
                &(struct record_log_options){.storage = &copy.storage, .folder = FOLDER}, &report,
                &err);
            if (log) {
                /* nobody knew that the last three had been synced */
                assert_int_equal(i, disk.file_count - 1);
                assert_true(report.last_key >= 18);
                assert_int_equal(read_from(&copy, 1), report.last_key);
                harmless++;
            } else {
                assert_int_equal(err.code, DAG_ERROR_INVALID);
                assert_string_equal(report.bad_segment, disk.files[i].path);
                assert_true(report.bad_offset <= bit / 8);
                found++;
            }
            record_log_close(log);
            small_disk_deinit(&copy);
        }
    assert_true(found > 3 * harmless);
}

static void each_flipped_bit_is_found_or_harmless(void **unused)
{
    (void)unused;
    make_log(0);
    assert_int_equal(disk.file_count, 1);
    flip_each_bit();
    small_disk_deinit(&disk);
    make_log(400);
    assert_true(disk.file_count >= 3);
    flip_each_bit();
}

static void with_a_caller_who_knows_each_flipped_bit_is_found(void **unused)
{
    (void)unused;
    make_log(400);
    for (size_t i = 0; i < disk.file_count; i++)
        for (size_t bit = 0; bit < disk.files[i].now.size * 8; bit++) {
            flip(&disk.files[i], bit);
            assert_null(open_vouched(0, 21));
            assert_string_equal(report.bad_segment, disk.files[i].path);
            flip(&disk.files[i], bit);
        }
}

static void a_missing_segment_is_named(void **unused)
{
    (void)unused;
    make_log(400);
    disk.files[1].is_linked = false;
    assert_true(read_from(&disk, 1) < 10); /* a reader ends at the gap */
    assert_null(open_log(0));
    assert_int_equal(err.code, DAG_ERROR_INVALID);
    assert_non_null(strstr(err.message, "is missing"));
    assert_string_equal(report.bad_segment, "");
    /* a trimmed log begins with any */
    disk.files[0].is_linked = false;
    record_log_close(open_log(0));
    assert_int_equal(report.last_key, 21);
}

static void a_newer_format_is_refused(void **unused)
{
    (void)unused;
    make_log(400);

    struct small_file *file = &disk.files[0];
    size_t size = file->now.size;

    char place[20] = {1}; /* the key in the name */

    /* as the next format writes it, checksum included */
    file->now.bytes[7] = '2';
    uint32_t sum = crc32c(crc32c(0, place, sizeof(place)), file->now.bytes, 28);
    memcpy(file->now.bytes + 28, &sum, 4);
    assert_null(open_log(0));
    assert_int_equal(err.code, DAG_ERROR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "newer version"));
    assert_int_equal(file->now.size, size);
}

/* Six rounds of appending with a sync in each, again after a failure, as a DAG does that waits for
 * room. Returns false when the log broke. */
static bool work(struct record_log *log)
{
    for (uint64_t key = 1; key <= 30; key++) {
        while (!append(log, key))
            if (!err.retryable)
                return false;
        while (!(key % 3 == 0 ? record_log_push(log, &err) : true))
            if (!err.retryable)
                return false;
        if (key % 5 == 0 && !record_log_sync(log, &err)) {
            if (!err.retryable)
                return false;
            if (!record_log_sync(log, &err))
                return false;
        }
    }
    return true;
}

static void a_write_that_fails_leaves_no_trace(void **unused)
{
    unsigned calls = 0, broken = 0;

    (void)unused;
    for (unsigned at = 0; at <= calls; at++) {
        struct record_log *log = open_log(400);
        assert_non_null(log);
        disk.calls = 0;
        disk.fails_at = at;
        bool done = work(log);
        if (at == 0)
            calls = disk.calls;
        if (done) {
            assert_int_equal(record_log_synced_key(log), 30);
            assert_int_equal(read_from(&disk, 1), 30);
        } else {
            broken++; /* a sync failed: nothing goes on, and what was synced is there */
            uint64_t synced = record_log_synced_key(log);
            assert_false(append(log, 31));
            assert_false(err.retryable);
            assert_non_null(strstr(err.message, "opened anew"));
            assert_false(record_log_sync(log, &err));
            assert_false(record_log_trim(log, 1, &err));
            assert_int_equal(record_log_synced_key(log), synced);
            assert_true(read_from(&disk, 1) >= synced);
        }
        record_log_close(log);
        small_disk_restart(&disk, LOSES_ALL);
        log = open_log(400);
        assert_non_null(log);
        record_log_close(log);
        small_disk_deinit(&disk);
    }
    assert_true(broken > 5 && broken < calls);
}

/* Records of 40 KiB, one of them longer than what is collected, each try again after a failure. */
static void append_large(struct record_log *log, char *payload, bool *failed)
{
    for (uint64_t key = 1; key <= 40; key++) {
        size_t size = key == 20 ? 3 << 20 : 40960 + key * 7;
        memset(payload, (int)key, size);
        while (!record_log_append(log, key, 1, payload, size, &err))
            *failed = true;
        while (key % 9 == 0 && !record_log_push(log, &err))
            *failed = true;
    }
}

static void a_write_past_the_cache_that_fails_leaves_no_trace(void **unused)
{
    char *payload = calloc(1, 3 << 20);
    unsigned failures = 0;
    bool failed = true;

    (void)unused;
    bypasses_cache = true;
    for (unsigned at = 1; failed; at++) {
        struct record_log *log = open_log(0);
        disk.calls = 0;
        disk.fails_at = at;
        failed = false;
        append_large(log, payload, &failed);
        failures += failed;
        assert_true(disk.block_bytes > 3 << 20);
        disk.fails_at = 0;
        assert_true(record_log_sync(log, &err));
        record_log_close(log);
        log = open_log(0);
        assert_non_null(log);
        assert_int_equal(report.record_count, 40);
        assert_int_equal(report.last_key, 40);
        assert_int_equal(report.cut_bytes, 0);
        record_log_close(log);
        small_disk_deinit(&disk);
    }
    assert_true(failures > 10);
    free(payload);
}

static void a_crash_anywhere_loses_nothing_that_was_synced(void **unused)
{
    unsigned calls = 1000;

    (void)unused;
    for (int loss = 0; loss < LOSS_COUNT; loss++)
        for (unsigned at = 1; at <= calls; at++) {
            struct record_log *log = open_log(400);
            disk.calls = 0;
            disk.stops_at = at;
            uint64_t synced = 0;
            for (uint64_t key = 1; key <= 30 && append(log, key); key++) {
                if (key % 3 == 0 && !record_log_push(log, &err))
                    break;
                if (key % 5 == 0 && !record_log_sync(log, &err))
                    break;
                synced = record_log_synced_key(log);
            }
            if (!disk.is_stopped)
                calls = 0;
            record_log_close(log);
            small_disk_restart(&disk, (enum small_loss)loss);
            log = open_vouched(400, synced);
            assert_non_null(log);
            assert_true(report.last_key >= synced);
            synced = report.last_key;
            assert_int_equal(record_log_synced_key(log), synced);
            assert_true(append(log, synced + 1) && record_log_push(log, &err));
            record_log_close(log);
            /* what was found then is on the disk for good */
            small_disk_restart(&disk, LOSES_ALL);
            log = open_vouched(400, synced);
            assert_non_null(log);
            assert_int_equal(report.last_key, synced);
            assert_int_equal(read_from(&disk, 1), synced);
            record_log_close(log);
            small_disk_deinit(&disk);
            if (calls == 0)
                break;
        }
}

static void trimming_removes_whole_segments_from_the_front(void **unused)
{
    struct record_log *log = open_log(300);
    const struct record_segment *segments;

    (void)unused;
    assert_true(append_and_sync(log, 1, 40));
    record_log_segments(log, &segments);
    uint64_t second = segments[1].first_key, last_of_second = segments[1].last_key;

    assert_true(record_log_trim(log, second - 1, &err));
    record_log_segments(log, &segments);
    assert_int_equal(segments[0].first_key, 1);
    assert_true(record_log_trim(log, second, &err));
    record_log_segments(log, &segments);
    assert_int_equal(segments[0].first_key, second);
    assert_int_equal(read_from(&disk, second), 40);
    assert_true(record_log_trim(log, last_of_second + 1, &err));
    assert_true(record_log_trim(log, 1000, &err));
    assert_int_equal(record_log_segments(log, &segments), 1);
    assert_int_equal(segments[0].last_key, 40);
    assert_true(append_and_sync(log, 41, 50));
    record_log_close(log);
    log = open_vouched(300, 50);
    assert_non_null(log);
    record_log_close(log);
}

/* Whatever a crash interrupts, the rest is a log without a gap. */
static void removing_may_be_interrupted_anywhere(void **unused)
{
    (void)unused;
    for (int cuts = 0; cuts < 2; cuts++)
        for (int loss = 0; loss < LOSS_COUNT; loss++) {
            bool is_done = false;
            for (unsigned at = 1; !is_done; at++) {
                struct record_log *log = open_log(200);
                assert_true(append_and_sync(log, 1, 30));
                disk.calls = 0;
                disk.stops_at = at;
                is_done = cuts ? record_log_cut(log, 7, &err) : record_log_trim(log, 20, &err);
                record_log_close(log);
                small_disk_restart(&disk, (enum small_loss)loss);
                log = open_vouched(200, cuts ? 7 : 30);
                assert_non_null(log);
                assert_true(is_done || report.last_key >= 7);
                assert_true(!cuts || !is_done || report.last_key == 7);
                assert_int_equal(read_from(&disk, report.first_key), report.last_key);
                assert_true(record_log_cut(log, 7, &err) || !cuts);
                record_log_close(log);
                small_disk_deinit(&disk);
            }
        }
}

static void cutting_removes_everything_behind_a_key(void **unused)
{
    (void)unused;
    for (uint64_t key = 0; key <= 31; key++) {
        struct record_log *log = open_log(300);
        assert_true(append_and_sync(log, 1, 29));
        assert_true(append(log, 30));
        assert_true(record_log_cut(log, key, &err));
        assert_int_equal(record_log_synced_key(log), key < 30 ? key : 30);
        assert_int_equal(read_from(&disk, 1), key < 30 ? key : 30);
        uint64_t next = key < 30 ? key + 1 : 31;
        assert_true(append_and_sync(log, next, next + 10));
        record_log_close(log);
        log = open_vouched(300, next + 10);
        assert_non_null(log);
        assert_int_equal(read_from(&disk, 1), next + 10);
        record_log_close(log);
        small_disk_deinit(&disk);
    }
}

static void a_reader_follows_the_writer(void **unused)
{
    struct record_reader *reader = record_reader_open(&disk.storage, FOLDER, 1, &err);
    struct record_log *log;
    struct record record;
    uint64_t read = 0;

    (void)unused;
    assert_false(record_reader_next(reader, &record, &err));
    assert_int_equal(err.code, DAG_ERROR_NONE);
    assert_string_equal(record_reader_segment(reader), "");
    log = open_log(300);
    for (uint64_t key = 1; key <= 60; key++) {
        assert_true(append(log, key));
        if (key % 7 == 3)
            assert_true(record_log_push(log, &err));
        if (key % 4 == 0)
            while (record_reader_next(reader, &record, &err))
                assert_is(&record, ++read);
        assert_int_equal(err.code, DAG_ERROR_NONE);
        assert_true(key < 10 || read + 12 >= key);
    }
    assert_true(record_log_push(log, &err));
    while (record_reader_next(reader, &record, &err))
        assert_is(&record, ++read);
    assert_int_equal(read, 60);
    assert_true(strstr(record_reader_segment(reader), FOLDER) != NULL);
    assert_true(record_reader_offset(reader) >= SEGMENT_HEADER_SIZE);
    record_reader_close(reader);
    record_log_close(log);
}

/* Half a record at the end is no end of the reading: it may be mended. */
static void a_reader_waits_at_a_write_that_failed(void **unused)
{
    struct record_log *log = open_log(0);
    struct record_reader *reader = record_reader_open(&disk.storage, FOLDER, 1, &err);
    struct record record;

    (void)unused;
    assert_true(append(log, 1) && record_log_push(log, &err) && append(log, 2));
    disk.fails_at = disk.calls + 1;
    assert_false(record_log_push(log, &err));
    assert_true(record_reader_next(reader, &record, &err));
    assert_false(record_reader_next(reader, &record, &err));
    assert_int_equal(err.code, DAG_ERROR_NONE);
    assert_true(append(log, 3) && record_log_push(log, &err));
    for (uint64_t key = 2; key <= 3; key++) {
        assert_true(record_reader_next(reader, &record, &err));
        assert_is(&record, key);
    }
    record_reader_close(reader);
    record_log_close(log);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_checksum_is_that_of_the_standard),
        CASE(checksums_are_joined),
        CASE(what_was_appended_is_read_again),
        CASE(records_of_all_sizes_are_kept),
        CASE(what_is_large_may_bypass_the_cache),
        CASE(a_full_segment_is_followed_by_another),
        CASE(equal_keys_stay_in_one_segment_or_go_over_its_end),
        CASE(a_tail_is_cut_at_its_last_whole_record),
        CASE(a_tail_that_the_caller_vouches_for_is_damage),
        CASE(each_flipped_bit_is_found_or_harmless),
        CASE(with_a_caller_who_knows_each_flipped_bit_is_found),
        CASE(a_missing_segment_is_named),
        CASE(a_newer_format_is_refused),
        CASE(a_write_that_fails_leaves_no_trace),
        CASE(a_write_past_the_cache_that_fails_leaves_no_trace),
        CASE(a_crash_anywhere_loses_nothing_that_was_synced),
        CASE(trimming_removes_whole_segments_from_the_front),
        CASE(removing_may_be_interrupted_anywhere),
        CASE(cutting_removes_everything_behind_a_key),
        CASE(a_reader_follows_the_writer),
        CASE(a_reader_waits_at_a_write_that_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
