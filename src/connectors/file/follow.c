/* follow.c - reads a regular file line by line, as it grows, is rotated, or is cut. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/file/source.h"

#define PROBE_SIZE ((size_t)16 << 10)

static struct source_generation *current(struct file_source *source)
{
    return &source->generations[source->generation_count - 1];
}

/* ---- generations ------------------------------------------------------------------------ */

static void close_generation(struct file_source *source, struct source_generation *generation)
{
    dag_file_close(source->host, generation->file);
    generation->file = NULL;
}

/* Closes one that is done with, but keeps what its head tells it by. */
static void retire_generation(struct file_source *source, struct source_generation *generation)
{
    struct place place;
    struct dag_error ignored;

    if (generation->file && !generation->is_cut &&
        place_take(source->host, generation->file, generation->end_offset, &place, &ignored)) {
        generation->head = place.head;
        generation->head_size = place.head_size;
    }
    close_generation(source, generation);
}

/* Forgets the oldest generations. */
static void forget_generations(struct file_source *source, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close_generation(source, &source->generations[i]);
    source->generation_count -= count;
    if (source->generation_count > 0)
        memmove(source->generations, source->generations + count,
                source->generation_count * sizeof source->generations[0]);
}

/* When the DAG is kept, the next checkpoint tells which of them are done with. */
static bool reserve_generation(struct file_source *source, struct dag_error *err)
{
    bool is_kept = source->host->instance && source->host->instance[0] != '\0';
    size_t capacity = source->generation_capacity ? 2 * source->generation_capacity : 2;
    struct source_generation *generations;

    if (source->generation_count >= SOURCE_GENERATIONS_MAX && !is_kept)
        forget_generations(source, 1);
    if (source->generation_count < source->generation_capacity)
        return true;
    generations = realloc(source->generations, capacity * sizeof *generations);
    if (!generations)
        return dag_error_set_memory(err, "the files of a subscriber");
    source->generations = generations;
    source->generation_capacity = capacity;
    return true;
}

/* There is room for it. */
static void add_generation(struct file_source *source, struct dag_file *file,
                           const struct dag_file_info *info, uint64_t offset)
{
    if (source->generation_count > 0)
        current(source)->end_offset = source->offset;
    /* One without any message doesn't count: whether it is seen is a matter of speed. */
    if (source->generation_count > 0 && current(source)->row_end == 0) {
        close_generation(source, current(source));
        source->generation_count--;
        source->lane_next--;
    }
    source->lane = source->lane_next++;
    if (source->generation_count >= SOURCE_OPEN_MAX)
        retire_generation(source, &source->generations[source->generation_count - SOURCE_OPEN_MAX]);
    source->generations[source->generation_count++] = (struct source_generation){
        .file = file,
        .device = info->device,
        .inode = info->inode,
        .start_offset = offset,
        .row_end = offset,
        .lane = source->lane,
    };
    source->offset = offset;
    source->scanned = 0;
    source->needs_next = false;
    source->is_replaced = false;
}

/* The file that was opened at the path is not the one behind the current one when the path was
 * rotated just now, after the chain was listed: then those between are read first. */
static bool come_between(struct file_source *source, const struct dag_file_info *opened,
                         bool *do_come, struct dag_error *err)
{
    const struct source_generation *last = current(source);
    struct place_chain chain = {0};
    struct dag_file_info info;

    *do_come = false;
    if (!place_follow(source->host, source->path, last->device, last->inode, &chain, err))
        return false;
    if (chain.next + 1 < chain.count) {
        if (!dag_path_info(source->host, chain.paths[chain.next], &info, err)) {
            place_chain_clear(&chain);
            return false;
        }
        *do_come = info.device != opened->device || info.inode != opened->inode;
    }
    place_chain_clear(*do_come ? &source->chain : &chain);
    if (*do_come)
        source->chain = chain;
    return true;
}

/* Opens the next file: of the chain, or the path itself. SOURCE_IDLE: it isn't there. */
static enum source_step open_next(struct file_source *source, uint64_t offset,
                                  struct dag_error *err)
{
    struct place_chain *chain = &source->chain;
    const char *path = chain->next < chain->count ? chain->paths[chain->next] : source->path;
    bool is_last = chain->next + 1 >= chain->count;
    struct dag_file_info info;
    struct dag_file *file;

    if (!reserve_generation(source, err) || !dag_path_info(source->host, path, &info, err))
        return SOURCE_FAILED;
    if (!info.exists && !is_last) { /* removed since it was listed */
        dag_log(source->host, DAG_LOG_WARNING, "'%s' was removed before it was read", path);
        chain->next++;
        return SOURCE_ON;
    }
    if (!info.exists && source->follow)
        return SOURCE_IDLE;
    if (!info.exists) {
        dag_error_set(err, DAG_ERROR_IO, "'%s' does not exist", path);
        return SOURCE_FAILED;
    }
    file = dag_file_open(source->host, path, DAG_OPEN_READ, err);
    if (!file)
        return SOURCE_FAILED;
    if (!dag_file_info(source->host, file, &info, err)) {
        dag_file_close(source->host, file);
        return SOURCE_FAILED;
    }
    if (!info.is_regular) {
        dag_file_close(source->host, file);
        dag_error_set(err, DAG_ERROR_INVALID, "'%s' is not a regular file", path);
        return SOURCE_FAILED;
    }
    if (is_last && source->generation_count > 0) {
        bool others_come;
        bool is_sure = come_between(source, &info, &others_come, err);
        if (!is_sure || others_come) {
            dag_file_close(source->host, file);
            return is_sure ? SOURCE_ON : SOURCE_FAILED;
        }
    }
    add_generation(source, file, &info, offset);
    if (chain->next < chain->count)
        chain->next++;
    return SOURCE_ON;
}

/* ---- opening ---------------------------------------------------------------------------- */

/* Behind the last whole line: a line that is being written is still to come. */
static bool seek_end(struct file_source *source, struct dag_error *err)
{
    struct source_generation *generation = current(source);
    char bytes[PROBE_SIZE];
    struct dag_file_info info;
    uint64_t end;

    if (!dag_file_info(source->host, generation->file, &info, err))
        return false;
    for (end = info.size; end > 0;) {
        size_t size = end < sizeof bytes ? (size_t)end : sizeof bytes;
        int64_t got = dag_file_read(source->host, generation->file, end - size, bytes, size, err);
        const char *feed;
        if (got < 0)
            return false;
        feed = memrchr(bytes, '\n', (size_t)got);
        if (feed) {
            end = end - size + (size_t)(feed - bytes) + 1;
            break;
        }
        end -= size;
    }
    source->offset = generation->start_offset = generation->row_end = end;
    return true;
}

static void watch(struct file_source *source)
{
    struct dag_error why;

    source->is_polled = false;
    if (!source->follow || dag_watch_path(source->host, source->path, &why))
        return;
    source->is_polled = true;
    dag_log(source->host, DAG_LOG_WARNING, "looks for changes every %" PRId64 " ms: %s",
            source->read_interval_us / 1000, why.message);
}

bool follow_open(struct file_source *source, const char *position, size_t position_size,
                 struct dag_error *err)
{
    struct place place = {0};
    enum source_step step;

    follow_stop(source);
    watch(source);
    if (position) {
        if (!place_parse(position, position_size, &place, err) ||
            !place_find(source->host, source->path, &place, &source->chain, err))
            return false;
        source->lane_next = place.lane;
    }
    source->needs_next = true;
    source->absent = (struct place){0};
    step = open_next(source, place.is_absent ? 0 : place.offset, err);
    if (step == SOURCE_FAILED)
        return false;
    if (step == SOURCE_IDLE && position)
        source->absent = place;
    else if (step == SOURCE_IDLE &&
             !place_take_absent(source->host, source->path, &source->absent, err))
        return false;
    if (step == SOURCE_ON && !position && source->start == 1 && source->generation_count > 0)
        return seek_end(source, err);
    return true;
}

void follow_stop(struct file_source *source)
{
    if (source->is_polled)
        dag_set_timer(source->host, INT64_MAX);
    forget_generations(source, source->generation_count);
    free(source->generations);
    source->generations = NULL;
    source->generation_capacity = 0;
    place_chain_clear(&source->chain);
    source->offset = 0;
    source->scanned = 0;
    source->needs_next = false;
    source->is_replaced = false;
}

/* ---- reading ---------------------------------------------------------------------------- */

static enum source_step idle(struct file_source *source)
{
    if (source->is_polled)
        dag_set_timer(source->host, dag_monotonic_us(source->host) + source->read_interval_us);
    return SOURCE_IDLE;
}

/* The line that begins at `offset` is longer than allowed. `line_size` counts its LF, if it has
 * one. */
static enum source_step reject_long(struct file_source *source, struct dag_batch *out,
                                    uint64_t line_size, struct dag_error *err)
{
    char bytes[SOURCE_REJECT_SIZE];
    size_t size = line_size < sizeof bytes ? (size_t)line_size : sizeof bytes;
    int64_t got =
        dag_file_read(source->host, current(source)->file, source->offset, bytes, size, err);

    if (got < 0 || !source_reject_long(source, out, bytes, (size_t)got, line_size, err))
        return SOURCE_FAILED;
    source->scanned = 0;
    return SOURCE_ON;
}

/* Looks for the end of the line that begins at `offset` behind what was scanned, so that a long
 * line that is written slowly is not read again with each piece. `*line_size`: with its LF; 0: no
 * end yet. */
static bool find_line_end(struct file_source *source, uint64_t *line_size, struct dag_error *err)
{
    char bytes[PROBE_SIZE];

    *line_size = 0;
    for (;;) {
        int64_t got = dag_file_read(source->host, current(source)->file,
                                    source->offset + source->scanned, bytes, sizeof bytes, err);
        const char *feed;
        if (got < 0)
            return false;
        if (got == 0)
            return true;
        feed = memchr(bytes, '\n', (size_t)got);
        if (feed) {
            *line_size = source->scanned + (size_t)(feed - bytes) + 1;
            return true;
        }
        source->scanned += (uint64_t)got;
    }
}

/* Reads `size` bytes, or what there is of them, and parses them. `*got` 0: the end of the file. */
static enum source_step read_chunk(struct file_source *source, struct dag_batch *out, size_t size,
                                   bool is_last, int64_t *got, struct dag_error *err)
{
    char *chunk = dag_batch_alloc(out, size + DAG_JSON_PADDING);
    size_t consumed;
    enum source_step step;

    if (!chunk) {
        dag_error_set_memory(err, "a chunk of a file");
        return SOURCE_FAILED;
    }
    *got = dag_file_read(source->host, current(source)->file, source->offset, chunk, size, err);
    if (*got < 0)
        return SOURCE_FAILED;
    if (*got == 0)
        return SOURCE_ON;
    memset(chunk + *got, 0, DAG_JSON_PADDING);
    step = source_parse(source, out, chunk, (size_t)*got, is_last, &consumed, err);
    source->scanned = step == SOURCE_ON ? (uint64_t)*got - consumed : 0;
    return step;
}

/* What stands behind the last LF is a message too, as nothing will be added to it. */
static enum source_step finish(struct file_source *source, struct dag_batch *out,
                               struct dag_error *err)
{
    int64_t got;

    if (source->scanned == 0)
        return SOURCE_ON;
    if (source->scanned > (uint64_t)source->message_size_max)
        return reject_long(source, out, source->scanned, err);
    return read_chunk(source, out, (size_t)source->scanned, true, &got, err);
}

/* The file was cut: what is in it now is new. */
static enum source_step begin_again(struct file_source *source)
{
    dag_log(source->host, DAG_LOG_WARNING,
            "'%s' was cut below byte %" PRIu64 ": reading it from its beginning", source->path,
            source->offset);
    current(source)->is_cut = true;
    source->needs_next = true;
    return SOURCE_ON;
}

/* Another file is at the path. The old one may have grown before that: it is read once more first.
 */
static enum source_step replace(struct file_source *source, struct dag_batch *out,
                                struct dag_error *err)
{
    enum source_step step;

    if (!source->is_replaced) {
        source->is_replaced = true;
        return SOURCE_ON;
    }
    step = finish(source, out, err);
    if (step != SOURCE_ON)
        return step;
    if (source->chain.next >= source->chain.count) {
        place_chain_clear(&source->chain);
        if (!place_follow(source->host, source->path, current(source)->device,
                          current(source)->inode, &source->chain, err))
            return SOURCE_FAILED;
    }
    source->needs_next = true;
    return SOURCE_ON;
}

/* Nothing more to read now: why? */
static enum source_step at_end(struct file_source *source, struct dag_batch *out,
                               struct dag_error *err)
{
    struct source_generation *generation = current(source);
    struct dag_file_info file, path;
    enum source_step step;

    if (source->chain.next < source->chain.count)
        return replace(source, out, err);
    if (!source->follow) {
        step = finish(source, out, err);
        return step == SOURCE_ON ? SOURCE_END : step;
    }
    if (!dag_file_info(source->host, generation->file, &file, err) ||
        !dag_path_info(source->host, source->path, &path, err))
        return SOURCE_FAILED;
    if (file.size < source->offset)
        return begin_again(source);
    if (file.size < source->offset + source->scanned)
        source->scanned = 0;
    if (path.exists && (path.device != generation->device || path.inode != generation->inode))
        return replace(source, out, err);
    return idle(source);
}

static enum source_step step_on(struct file_source *source, struct dag_batch *out,
                                struct dag_error *err)
{
    size_t size = source_chunk_size(source, out);
    uint64_t line_size = 0;
    int64_t got;
    enum source_step step;

    if (source->needs_next) {
        if (source->absent.is_absent && source->generation_count == 0) {
            place_chain_clear(&source->chain);
            if (!place_follow_absent(source->host, source->path, &source->absent, &source->chain,
                                     err))
                return SOURCE_FAILED;
        }
        step = open_next(source, 0, err);
        return step == SOURCE_IDLE ? idle(source) : step;
    }
    if (source->scanned > 0) {
        if (!find_line_end(source, &line_size, err))
            return SOURCE_FAILED;
        if (line_size == 0)
            return at_end(source, out, err);
        if (line_size > (uint64_t)source->message_size_max + 1)
            return reject_long(source, out, line_size, err);
        if (line_size > size)
            size = (size_t)line_size;
    }
    step = read_chunk(source, out, size, false, &got, err);
    return step == SOURCE_ON && got == 0 ? at_end(source, out, err) : step;
}

enum source_step follow_step(struct file_source *source, struct dag_batch *out,
                             struct dag_error *err)
{
    enum source_step step = step_on(source, out, err);
    size_t count = dag_batch_row_count(out);

    if (count > 0 && source->generation_count > 0) {
        struct dag_origin last = dag_batch_origins(out)[count - 1];
        if (last.lane == current(source)->lane)
            current(source)->row_end = last.offset;
    }
    return step;
}

/* ---- positions -------------------------------------------------------------------------- */

/* The current file is at the path and empty: nothing in it tells it from one that comes later, so
 * the place is that of a file that is not there yet. */
static bool take_empty(struct file_source *source, struct place *place, struct dag_error *err)
{
    const struct source_generation *generation = current(source);
    struct dag_file_info path;
    struct place absent;

    if (!dag_path_info(source->host, source->path, &path, err))
        return false;
    if (!path.exists || path.device != generation->device || path.inode != generation->inode)
        return true;
    if (!place_take_absent(source->host, source->path, &absent, err))
        return false;
    absent.lane = place->lane;
    *place = absent;
    return true;
}

/* The place at `offset` of a generation. */
static bool take_place(struct file_source *source, const struct source_generation *generation,
                       uint64_t offset, struct place *place, struct dag_error *err)
{
    if (generation->file && !generation->is_cut) {
        if (!place_take(source->host, generation->file, offset, place, err))
            return false;
        place->lane = generation->lane;
        return offset > 0 || place->next_size > 0 || generation != current(source) ||
               take_empty(source, place, err);
    }
    *place = (struct place){
        .device = generation->device,
        .inode = generation->inode,
        .offset = offset,
        .lane = generation->lane,
        .is_gone = generation->is_cut,
    };
    if (offset >= generation->head_size) {
        place->head = generation->head;
        place->head_size = generation->head_size;
    }
    return true;
}

bool follow_save(struct file_source *source, const struct dag_origin *origins, size_t lane_count,
                 struct dag_buffer *out, struct dag_error *err)
{
    const struct dag_origin *last = NULL;
    struct place place = {0};
    size_t i = 0;
    uint64_t offset;

    for (size_t k = 0; k < lane_count; k++)
        if (!last || origins[k].lane > last->lane)
            last = &origins[k];
    while (last && i < source->generation_count && source->generations[i].lane != last->lane)
        i++;
    if (last && i == source->generation_count && i > 0 &&
        last->lane < source->generations[0].lane) { /* it was done with */
        last = NULL;
        i = 0;
    }
    if (last && i == source->generation_count)
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s': no file of lane %u is known",
                             source->path, last->lane);
    if (source->generation_count > 0) {
        offset = last ? last->offset : source->generations[i].start_offset;
        /* a file that is done with need not be there any more */
        while (i + 1 < source->generation_count && offset >= source->generations[i].row_end)
            offset = source->generations[++i].start_offset;
        if (!take_place(source, &source->generations[i], offset, &place, err))
            return false;
        forget_generations(source, i);
    } else {
        place = source->absent;
        place.is_absent = true;
        place.lane = source->lane_next;
    }
    return place_write(&place, out) || dag_error_set_memory(err, "a position");
}
