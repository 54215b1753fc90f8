/* stretch.c - see stretch.h.
 *
 * The definition is written at a start when it is a new one, and repeated now and then. A record of
 * one with a key above the cycle before it says that the cycles in between were not journaled.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/stretch.h"

#include <stdlib.h>
#include <string.h>

#include "durable/journal.h"

static struct stretch_part *add_part(struct stretch *stretch, uint64_t after, struct dag_error *err)
{
    struct stretch_part *parts =
        realloc(stretch->parts, (stretch->count + 1) * sizeof(*stretch->parts));

    if (!parts) {
        dag_error_set_memory(err, "the journal's parts");
        return NULL;
    }
    stretch->parts = parts;
    parts[stretch->count] = (struct stretch_part){.after = after, .last = after};
    return &parts[stretch->count++];
}

static struct stretch_part *last_part(const struct stretch *stretch)
{
    return stretch->count > 0 ? &stretch->parts[stretch->count - 1] : NULL;
}

static void drop_last(struct stretch *stretch)
{
    dag_buffer_free(&stretch->parts[--stretch->count].definition);
}

static bool is_same(const struct stretch_part *part, const struct record *record)
{
    return part->definition.size == record->size &&
           memcmp(part->definition.bytes, record->payload, record->size) == 0;
}

static bool take_definition(struct stretch *stretch, const struct record *record,
                            struct dag_error *err)
{
    struct stretch_part *part = last_part(stretch);
    bool goes_on = part && record->key <= part->last;

    if (goes_on && part->definition.size > 0 && is_same(part, record))
        return true;
    if (!goes_on || part->definition.size > 0) {
        if (part && part->first_cycle == 0)
            drop_last(stretch);
        part = add_part(stretch, record->key, err);
        if (!part)
            return false;
    }
    part->defined_from = record->key;
    return dag_buffer_append(&part->definition, record->payload, record->size) ||
           dag_error_set_memory(err, "a definition");
}

static bool take_step(struct stretch *stretch, const struct record *record, struct dag_error *err)
{
    struct stretch_part *part = last_part(stretch);

    if (!part || part->first_cycle == 0) {
        struct journal_step step;
        size_t events, metronomes;
        if (!journal_counts(record, &events, &metronomes, err) ||
            !journal_decode(record, events, metronomes, NULL, &step, err))
            return false;
        uint64_t first = step.step.first_cycle;
        journal_step_deinit(&step);
        if (!part)
            part = add_part(stretch, first - 1, err);
        if (!part)
            return false;
        part->first_cycle = first;
    }
    part->last = record->key;
    return true;
}

bool stretch_read(struct storage *storage, const char *journal_folder, struct stretch *stretch,
                  struct dag_error *err)
{
    struct record_reader *reader = record_reader_open(storage, journal_folder, 0, err);
    struct record record;
    bool done = reader != NULL;

    *stretch = (struct stretch){0};
    while (done && record_reader_next(reader, &record, err)) {
        if (record.kind == JOURNAL_DEFINITION)
            done = take_definition(stretch, &record, err);
        else if (record.kind == JOURNAL_STEP)
            done = take_step(stretch, &record, err);
    }
    done = done && err->code == DAG_ERROR_NONE;
    if (!done && reader && record_reader_segment(reader)[0])
        dag_error_add_context(err, "journal, behind '%s'", record_reader_segment(reader));
    record_reader_close(reader);
    if (done && stretch->count > 0 && last_part(stretch)->first_cycle == 0)
        drop_last(stretch);
    if (!done)
        stretch_deinit(stretch);
    return done;
}

void stretch_deinit(struct stretch *stretch)
{
    while (stretch->count > 0)
        drop_last(stretch);
    free(stretch->parts);
    *stretch = (struct stretch){0};
}

size_t stretch_find(const struct stretch *stretch, uint64_t cycle)
{
    size_t i = 0;

    while (i + 1 < stretch->count && stretch->parts[i + 1].after < cycle)
        i++;
    return i;
}
