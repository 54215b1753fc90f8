/* fuzz_journal.c - no bytes crash the reading of a log or of a step, and what is read of a step is
 * written again as the same step. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "durable/journal.h"
#include "durable/record_segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUTS_MAX 64

/* The first segment of a log, read only. */
struct one_file {
    struct storage storage; /* first */
    struct dag_file file;
    const uint8_t *data;
    size_t size;
};

static struct one_file *file_of(struct dag_file *file)
{
    return (struct one_file *)file->storage;
}

static struct dag_file *one_open(struct storage *storage, const char *path, uint32_t flags,
                                 struct dag_error *err)
{
    struct one_file *one = (struct one_file *)storage;

    (void)path, (void)err;
    assert(flags == DAG_OPEN_READ);
    one->file.storage = storage;
    return &one->file;
}

static void one_close(struct dag_file *file)
{
    (void)file;
}

static int64_t one_read(struct dag_file *file, uint64_t offset, void *bytes, size_t size,
                        struct dag_error *err)
{
    const struct one_file *one = file_of(file);
    size_t rest = offset < one->size ? one->size - (size_t)offset : 0;

    (void)err;
    size = size < rest ? size : rest;
    if (size > 0)
        memcpy(bytes, one->data + offset, size);
    return (int64_t)size;
}

static bool one_info(struct dag_file *file, struct dag_file_info *info, struct dag_error *err)
{
    (void)err;
    *info = (struct dag_file_info){.size = file_of(file)->size, .exists = true};
    return true;
}

static bool one_path_info(struct storage *storage, const char *path, struct dag_file_info *info,
                          struct dag_error *err)
{
    (void)storage, (void)path, (void)err;
    *info = (struct dag_file_info){.exists = true};
    return true;
}

static bool one_list(struct storage *storage, const char *folder,
                     bool (*entry)(void *context, const char *name), void *context,
                     struct dag_error *err)
{
    (void)storage, (void)folder, (void)err;
    entry(context, "00000000000000000001.log");
    return true;
}

static void read_step(const struct record *record)
{
    struct dag_json_parser *parser = dag_json_parser_new(RECORD_SIZE_MAX);
    struct dag_error err = {0};
    struct engine_input inputs[INPUTS_MAX] = {{0}};
    struct dag_buffer again = {0}, third = {0};
    struct journal_step step, same;
    size_t event_count, metronome_count;

    assert(parser);
    if (!journal_counts(record, &event_count, &metronome_count, &err) || event_count > INPUTS_MAX ||
        !journal_decode(record, event_count, metronome_count, parser, &step, &err)) {
        dag_json_parser_free(parser);
        return;
    }
    for (size_t i = 0; step.has_events && i < event_count; i++)
        inputs[i] = (struct engine_input){step.step.batches[i], 0, step.step.counts[i], 1};

    const struct engine_step written = {.first_cycle = step.step.first_cycle,
                                        .slot_count = step.step.slot_count,
                                        .time_us = step.step.time_us,
                                        .inputs = inputs,
                                        .ticks = step.step.ticks};

    /* the same step has one spelling, once its messages have been through the writer */
    if (step.has_events) {
        assert(journal_encode(&again, &written, event_count, metronome_count, true));
        struct record other = {record->key, record->kind, (uint32_t)again.size, again.bytes};
        assert(journal_decode(&other, event_count, metronome_count, parser, &same, &err));
        for (size_t i = 0; i < event_count; i++)
            inputs[i].batch = same.step.batches[i];
        assert(journal_encode(&third, &written, event_count, metronome_count, true));
        assert(third.size == again.size && memcmp(third.bytes, again.bytes, third.size) == 0);
        journal_step_deinit(&same);
    }
    dag_buffer_free(&again);
    dag_buffer_free(&third);
    journal_step_deinit(&step);
    dag_json_parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct one_file one = {
        .storage = {.open = one_open,
                    .close = one_close,
                    .read = one_read,
                    .info = one_info,
                    .path_info = one_path_info,
                    .list = one_list},
        .data = data,
        .size = size,
    };
    struct dag_error err = {0};
    struct record record = {.key = 1 << 20,
                            .kind = JOURNAL_STEP,
                            .size = (uint32_t)size,
                            .payload = (const char *)data};

    read_step(&record);
    (void)record_log_check(&(struct record_log_options){.storage = &one.storage, .folder = "log"},
                           NULL, NULL, NULL, &err);

    struct record_reader *reader = record_reader_open(&one.storage, "log", 0, &err);

    assert(reader);
    while (record_reader_next(reader, &record, &err))
        if (record.kind == JOURNAL_STEP)
            read_step(&record);
    record_reader_close(reader);
    return 0;
}
