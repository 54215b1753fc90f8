/* record_reader.c - reads a record log from a key on, also while it is being written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "durable/record_segment.h"

struct record_reader {
    struct storage *storage; /* borrowed */
    char *folder;            /* owned */
    uint64_t from;
    struct segment_cursor at;   /* closed before the first segment is there */
    struct segment_cursor next; /* only while a segment follows */
    struct segment_list list;
    uint64_t record_offset;
    bool is_behind_record;
};

struct record_reader *record_reader_open(struct storage *storage, const char *folder, uint64_t from,
                                         struct dag_error *err)
{
    struct record_reader *reader = calloc(1, sizeof(*reader));

    if (reader)
        reader->folder = strdup(folder);
    if (!reader || !reader->folder) {
        free(reader);
        dag_error_set_memory(err, "the reader of a log");
        return NULL;
    }
    reader->storage = storage;
    reader->from = from;
    return reader;
}

void record_reader_close(struct record_reader *reader)
{
    if (!reader)
        return;
    segment_cursor_close(&reader->at);
    segment_cursor_close(&reader->next);
    segment_list_deinit(&reader->list);
    free(reader->folder);
    free(reader);
}

/* The last segment that begins before `from`; equal keys may lie on both sides of its end. */
static bool open_first(struct record_reader *reader, struct dag_error *err)
{
    const struct segment_list *list = &reader->list;
    size_t i = 0;

    if (!segment_list_read(&reader->list, reader->storage, reader->folder, err) || list->count == 0)
        return false;
    while (i + 1 < list->count && list->keys[i + 1] < reader->from)
        i++;
    if (!segment_cursor_open(&reader->at, reader->storage, reader->folder, list->keys[i], err))
        return false;
    if (reader->at.format == SEGMENT_WHOLE)
        return true;
    if (reader->at.format == SEGMENT_NEWER)
        dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                      "'%s' was written by a newer version of the program", reader->at.path);
    segment_cursor_close(&reader->at); /* its header is being written */
    return false;
}

enum follow {
    FOLLOW_END,   /* nothing follows, or what does is behind a hole */
    FOLLOW_AGAIN, /* this segment has more by now */
    FOLLOW_MOVED, /* to the next segment */
};

/* At the end of a segment's whole part: goes on to the next if it begins right there. */
static enum follow follow(struct record_reader *reader, struct dag_error *err)
{
    struct segment_cursor *at = &reader->at, *next = &reader->next;
    size_t i = 0;

    if (!segment_list_read(&reader->list, reader->storage, reader->folder, err))
        return FOLLOW_END;
    while (i < reader->list.count && reader->list.keys[i] <= at->key)
        i++;
    if (i == reader->list.count ||
        !segment_cursor_open(next, reader->storage, reader->folder, reader->list.keys[i], err))
        return FOLLOW_END;

    const struct segment_header *header = &next->header;
    enum follow result = FOLLOW_END;

    if (next->format == SEGMENT_WHOLE && header->previous_key == at->key &&
        header->previous_size >= at->offset)
        result = header->previous_size == at->offset ? FOLLOW_MOVED : FOLLOW_AGAIN;
    if (result == FOLLOW_MOVED) {
        segment_cursor_close(at);
        *at = *next; /* with its file and its bytes */
        next->file = NULL;
        next->bytes = NULL;
    }
    segment_cursor_close(next);
    return result;
}

bool record_reader_next(struct record_reader *reader, struct record *record, struct dag_error *err)
{
    bool was_there = false; /* the end of this segment, which another follows */

    err->code = DAG_ERROR_NONE;
    if (!reader->at.file && !open_first(reader, err))
        return false;
    for (;;) {
        uint64_t offset = reader->at.offset;
        if (segment_cursor_next(&reader->at, record, NULL, err)) {
            was_there = false;
            if (record->key < reader->from)
                continue;
            reader->record_offset = offset;
            reader->is_behind_record = true;
            return true;
        }
        if (err->code != DAG_ERROR_NONE || was_there)
            return false;

        enum follow result = follow(reader, err);

        if (result == FOLLOW_END)
            return false;
        was_there = result == FOLLOW_AGAIN;
    }
}

const char *record_reader_segment(const struct record_reader *reader)
{
    return reader->is_behind_record ? reader->at.path : "";
}

uint64_t record_reader_offset(const struct record_reader *reader)
{
    return reader->record_offset;
}
