/* ledger.c - what a reader has taken and not acknowledged: kept, so that it can be given back.
 *
 * A note is what one call took: a run of rows of the reader's own batch, whose origins are the
 * messages' numbers. Numbers ascend within a note, but not from note to note, as messages that
 * another reader has given back come late: what is acknowledged goes by the order of the notes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/mem/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct note {
    struct dag_batch *batch; /* one reference */
    uint32_t first, end;     /* rows of it */
    uint64_t first_number, last_number;
};

struct broker_ledger {
    struct note *notes; /* owned, in the order of taking */
    size_t begin, end, capacity;
};

struct broker_ledger *ledger_new(void)
{
    return calloc(1, sizeof(struct broker_ledger));
}

static void drop_notes(struct broker_ledger *ledger, size_t count)
{
    for (size_t i = 0; i < count; i++)
        dag_batch_unref(ledger->notes[ledger->begin + i].batch);
    ledger->begin += count;
    if (ledger->begin == ledger->end)
        ledger->begin = ledger->end = 0;
}

void ledger_free(struct broker_ledger *ledger)
{
    if (!ledger)
        return;
    drop_notes(ledger, ledger->end - ledger->begin);
    free(ledger->notes);
    free(ledger);
}

bool ledger_reserve(struct broker_ledger *ledger, struct dag_error *err)
{
    size_t count = ledger->end - ledger->begin;
    size_t capacity = ledger->capacity ? 2 * ledger->capacity : 8;
    struct note *notes;

    if (ledger->end < ledger->capacity)
        return true;
    if (count <= ledger->capacity / 2 && count < ledger->end) {
        memmove(ledger->notes, ledger->notes + ledger->begin, count * sizeof *ledger->notes);
        ledger->begin = 0;
        ledger->end = count;
        return true;
    }
    notes = realloc(ledger->notes, capacity * sizeof *notes);
    if (!notes)
        return dag_error_set_memory(err, "unacknowledged messages");
    ledger->notes = notes;
    ledger->capacity = capacity;
    return true;
}

void ledger_add(struct broker_ledger *ledger, struct dag_batch *batch, size_t first)
{
    const struct dag_origin *origins = dag_batch_origins(batch);
    size_t end = dag_batch_row_count(batch);

    assert(ledger->end < ledger->capacity && first < end);
    ledger->notes[ledger->end++] = (struct note){
        .batch = dag_batch_ref(batch),
        .first = (uint32_t)first,
        .end = (uint32_t)end,
        .first_number = origins[first].offset,
        .last_number = origins[end - 1].offset,
    };
}

/* A part of a note. */
static void shorten(struct note *note, uint64_t number)
{
    const struct dag_origin *origins = dag_batch_origins(note->batch);

    while (note->first < note->end && origins[note->first].offset <= number)
        note->first++;
    if (note->first < note->end)
        note->first_number = origins[note->first].offset;
}

void ledger_acknowledge(struct broker_ledger *ledger, uint64_t number)
{
    size_t i = ledger->begin;

    while (i < ledger->end &&
           (number < ledger->notes[i].first_number || number > ledger->notes[i].last_number))
        i++;
    if (i == ledger->end)
        return; /* it was acknowledged before */
    shorten(&ledger->notes[i], number);
    drop_notes(ledger, i - ledger->begin + (ledger->notes[i].first == ledger->notes[i].end));
}

uint64_t ledger_first(const struct broker_ledger *ledger)
{
    uint64_t first = UINT64_MAX;

    for (size_t i = ledger->begin; i < ledger->end; i++)
        if (ledger->notes[i].first_number < first)
            first = ledger->notes[i].first_number;
    return first;
}

/* How many rows from `first` on have numbers without a gap and are of one kind. */
static uint32_t run_of(const struct note *note, bool *is_text)
{
    const struct dag_origin *origins = dag_batch_origins(note->batch) + note->first;
    uint32_t left = note->end - note->first;
    uint32_t count = 1;

    *is_text = (origins->flags & DAG_ORIGIN_REJECTED) != 0;
    while (count < left && origins[count].offset == origins->offset + count &&
           ((origins[count].flags & DAG_ORIGIN_REJECTED) != 0) == *is_text)
        count++;
    return count;
}

static bool give_back(struct note *note, struct buffer *buffer)
{
    struct dag_error ignored;

    while (note->first < note->end) {
        bool is_text;
        uint32_t count = run_of(note, &is_text);
        if (!buffer_put_back(buffer, dag_batch_rows(note->batch) + note->first, count,
                             note->first_number, is_text, note->batch, &ignored))
            return false;
        note->first += count;
        if (note->first < note->end)
            note->first_number = dag_batch_origins(note->batch)[note->first].offset;
    }
    return true;
}

void ledger_give_back(struct broker_ledger *ledger, struct buffer *buffer)
{
    while (ledger->begin < ledger->end && give_back(&ledger->notes[ledger->begin], buffer))
        drop_notes(ledger, 1);
}
