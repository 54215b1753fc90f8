/* ledger.c - see ledger.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/stomp/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- a ring of notes ---- */

static struct stomp_note *note_at(const struct stomp_notes *notes, size_t index)
{
    assert(index < notes->capacity);
    return &notes->items[(notes->head + index) % notes->capacity];
}

static bool reserve(struct stomp_notes *notes, size_t extra)
{
    size_t capacity = notes->capacity ? notes->capacity : 128;
    struct stomp_note *items;

    if (notes->count + extra <= notes->capacity)
        return true;
    while (capacity < notes->count + extra)
        capacity *= 2;
    items = malloc(capacity * sizeof(*items));
    if (!items)
        return false;
    for (size_t i = 0; i < notes->count; i++)
        items[i] = *note_at(notes, i);
    free(notes->items);
    notes->items = items;
    notes->capacity = capacity;
    notes->head = 0;
    return true;
}

static struct stomp_note pop(struct stomp_notes *notes)
{
    struct stomp_note note = *note_at(notes, 0);

    notes->head = (notes->head + 1) % notes->capacity;
    notes->count--;
    return note;
}

static void push(struct stomp_notes *notes, struct stomp_note note)
{
    *note_at(notes, notes->count++) = note;
}

static void clear(struct stomp_notes *notes)
{
    while (notes->count > 0)
        free(pop(notes).text);
}

static struct stomp_note *find(const struct stomp_notes *notes, const struct stomp_header *id)
{
    for (size_t i = 0; i < notes->count; i++) {
        struct stomp_note *note = note_at(notes, i);

        if (note->id_size == id->value_size &&
            memcmp(note->text + note->ack_size, id->value, note->id_size) == 0)
            return note;
    }
    return NULL;
}

/* ---- the ledger ---- */

void stomp_ledger_begin(struct stomp_ledger *ledger, uint64_t session)
{
    ledger->session = session;
    ledger->open_count = 0;
}

bool stomp_ledger_reserve(struct stomp_ledger *ledger, struct dag_error *err)
{
    return reserve(&ledger->taken, 1) || dag_error_set_memory(err, "unacknowledged messages");
}

static char *join(const struct stomp_header *ack, const struct stomp_header *id)
{
    char *text = malloc(ack->value_size + id->value_size + 1);

    if (text) {
        memcpy(text, ack->value, ack->value_size);
        memcpy(text + ack->value_size, id->value, id->value_size);
    }
    return text;
}

bool stomp_ledger_add(struct stomp_ledger *ledger, uint64_t number, const struct stomp_header *ack,
                      const struct stomp_header *id, struct dag_error *err)
{
    char *text = join(ack, id);

    if (!text)
        return dag_error_set_memory(err, "unacknowledged messages");
    push(&ledger->taken, (struct stomp_note){.number = number,
                                             .session = ledger->session,
                                             .text = text,
                                             .ack_size = ack->value_size,
                                             .id_size = id->value_size});
    ledger->open_count++;
    return true;
}

static bool write_ack(struct dag_buffer *out, const struct stomp_note *note, bool with_receipt)
{
    return stomp_write_begin(out, "ACK") &&
           stomp_write_header_sized(out, "id", 2, note->text, note->ack_size) &&
           (!with_receipt || stomp_write_header_number(out, "receipt", note->number)) &&
           stomp_write_end(out);
}

bool stomp_ledger_recall(struct stomp_ledger *ledger, const struct stomp_header *ack,
                         const struct stomp_header *id, enum stomp_known *known,
                         struct dag_buffer *out, struct dag_error *err)
{
    struct stomp_note *note = find(&ledger->taken, id);
    char *text;

    *known = note ? STOMP_TAKEN : STOMP_SAFE;
    if (!note)
        note = find(&ledger->unconfirmed, id);
    if (!note || note->session == ledger->session) {
        *known = STOMP_NEW;
        return true;
    }
    text = join(ack, id);
    if (!text)
        return dag_error_set_memory(err, "unacknowledged messages");
    free(note->text);
    note->text = text;
    note->ack_size = ack->value_size;
    note->session = ledger->session;
    ledger->open_count += *known == STOMP_TAKEN;
    return *known == STOMP_TAKEN || write_ack(out, note, true) ||
           dag_error_set_memory(err, "an acknowledgement");
}

/* The notes up to `number`, and how many of them the broker waits for. */
static size_t count_up_to(const struct stomp_ledger *ledger, uint64_t number, size_t *open_count)
{
    size_t i = 0;

    *open_count = 0;
    while (i < ledger->taken.count && note_at(&ledger->taken, i)->number <= number)
        *open_count += note_at(&ledger->taken, i++)->session == ledger->session;
    return i;
}

bool stomp_ledger_settle(struct stomp_ledger *ledger, uint64_t number, struct dag_buffer *out,
                         size_t *count, struct dag_error *err)
{
    size_t before = out->size, written = 0;
    size_t note_count = count_up_to(ledger, number, count);
    bool done = reserve(&ledger->unconfirmed, note_count);

    for (size_t i = 0; done && i < note_count; i++) {
        const struct stomp_note *note = note_at(&ledger->taken, i);

        if (note->session == ledger->session)
            done = write_ack(out, note, ++written == *count);
    }
    if (!done) {
        out->size = before;
        return dag_error_set_memory(err, "acknowledgements");
    }
    for (size_t i = 0; i < note_count; i++)
        push(&ledger->unconfirmed, pop(&ledger->taken));
    while (ledger->unconfirmed.count > STOMP_UNCONFIRMED_MAX)
        free(pop(&ledger->unconfirmed).text);
    ledger->open_count -= *count;
    return true;
}

void stomp_ledger_confirm(struct stomp_ledger *ledger, const struct stomp_header *receipt)
{
    uint64_t number = 0;

    for (size_t i = 0; i < receipt->value_size; i++) {
        if (receipt->value[i] < '0' || receipt->value[i] > '9')
            return; /* of something else */
        number = number * 10 + (uint64_t)(receipt->value[i] - '0');
    }
    while (ledger->unconfirmed.count > 0 && note_at(&ledger->unconfirmed, 0)->number <= number)
        free(pop(&ledger->unconfirmed).text);
}

void stomp_ledger_clear(struct stomp_ledger *ledger)
{
    clear(&ledger->taken);
    clear(&ledger->unconfirmed);
    ledger->open_count = 0;
}

void stomp_ledger_free(struct stomp_ledger *ledger)
{
    stomp_ledger_clear(ledger);
    free(ledger->taken.items);
    free(ledger->unconfirmed.items);
    *ledger = (struct stomp_ledger){0};
}
