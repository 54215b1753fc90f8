/* source.h - what the parts of the file subscriber share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_FILE_SOURCE_H
#define CONNECTORS_FILE_SOURCE_H

#include "connectors/file/place.h"
#include "dag/plugin.h"

#define SOURCE_GENERATIONS_MAX 64   /* remembered by a DAG that nobody keeps */
#define SOURCE_OPEN_MAX        4    /* files still open for their fingerprints */
#define SOURCE_REJECT_SIZE     4096 /* bytes shown of a line that is too long */

/** What a step of reading came to. */
enum source_step {
    SOURCE_ON,   /* go on */
    SOURCE_FULL, /* the batch is */
    SOURCE_IDLE,
    SOURCE_END,
    SOURCE_FAILED,
};

/** One file that was, or is, read from `start_offset` on; a file that was cut is another one. */
struct source_generation {
    struct dag_file *file; /* owned; NULL: closed */
    uint64_t device, inode;
    uint64_t start_offset;
    uint64_t row_end;    /* behind the last message that was read */
    uint64_t end_offset; /* of what was read, once it is done with */
    uint64_t head;       /* as in struct place, once it is closed */
    uint32_t head_size;
    uint32_t lane;
    bool is_cut; /* what was read is no longer there */
};

/** Bytes of standard input that are not messages yet. */
struct source_stream {
    char *bytes; /* owned */
    size_t start, size, capacity;
    size_t scanned;   /* up to here, from 0, no LF behind `start` */
    uint64_t skipped; /* bytes of a line that is too long, not kept */
    bool is_over;
    bool is_mine; /* standard input: nobody else may read it */
};

struct file_source {
    int64_t start;            /* option: index of "beginning", "end" */
    bool follow;              /* option */
    int64_t read_interval_us; /* option */
    int64_t message_size_max; /* option */

    struct dag_host *host;
    const char *path;               /* borrowed from the address; "-": standard input */
    struct dag_json_parser *parser; /* owned */
    uint64_t duplicate_keys;        /* of the parser's, told to the host */
    size_t line_size;               /* average, for the size of the next chunk */

    /* Files, in the order of reading; the last one is being read. As long as rows of one may be in
     * flight it is remembered. */
    struct source_generation *generations; /* owned */
    size_t generation_count, generation_capacity;
    uint32_t lane;            /* of the current file */
    uint32_t lane_next;       /* of the next one; a position goes on with its own */
    struct place absent;      /* as it was opened there was no file */
    struct place_chain chain; /* files that come before `path` */
    uint64_t offset;          /* behind the last whole line taken; in a stream: since its start */
    uint64_t scanned;         /* bytes behind `offset` that hold no LF */
    bool needs_next;          /* the current file is done with */
    bool is_replaced;         /* another file is at `path`: the old one is read once more */
    bool is_polled;           /* the path can't be watched */

    struct source_stream stream;
};

/** Parses whole lines (with `is_last` an unterminated one too) of `text`, which lies in the arena
 * of `out`, and moves `source->offset` behind what was taken: `*consumed`. SOURCE_FULL: there are
 * lines left that `out` has no room for. */
enum source_step source_parse(struct file_source *source, struct dag_batch *out, const char *text,
                              size_t size, bool is_last, size_t *consumed, struct dag_error *err);

/** Appends a rejected row for a line of `line_size` bytes (with its LF) that begins with these
 * bytes, and moves `source->offset` behind it. */
bool source_reject_long(struct file_source *source, struct dag_batch *out, const char *bytes,
                        size_t size, uint64_t line_size, struct dag_error *err);

/** How many bytes the next chunk should have for `out` to be filled. */
size_t source_chunk_size(const struct file_source *source, const struct dag_batch *out);

/* follow.c: a regular file */
bool follow_open(struct file_source *source, const char *position, size_t position_size,
                 struct dag_error *err);
enum source_step follow_step(struct file_source *source, struct dag_batch *out,
                             struct dag_error *err);
bool follow_save(struct file_source *source, const struct dag_origin *origins, size_t lane_count,
                 struct dag_buffer *out, struct dag_error *err);
void follow_stop(struct file_source *source);

/* stream.c: standard input */
bool stream_open(struct file_source *source, struct dag_error *err);
enum source_step stream_step(struct file_source *source, struct dag_batch *out,
                             struct dag_error *err);
void stream_close(struct file_source *source);

#endif
