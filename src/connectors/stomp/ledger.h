/* ledger.h - messages that a subscriber has taken and the broker has not forgotten yet.
 *
 * A message is noted when it is taken. Once it is safe it is acknowledged, and once the broker has
 * confirmed that, it is forgotten. When the connection is lost meanwhile, the broker sends it once
 * more, with another acknowledgement: the note tells that it is known.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_STOMP_LEDGER_H
#define CONNECTORS_STOMP_LEDGER_H

#include "connectors/stomp/frame.h"

/** What lies in memory for messages that were acknowledged, without a word from the broker. */
#define STOMP_UNCONFIRMED_MAX 4096

struct stomp_note {
    uint64_t number;  /* ascending */
    uint64_t session; /* in which `ack` counts */
    char *text;       /* owned: what to acknowledge with, then the message's id */
    size_t ack_size, id_size;
};

struct stomp_notes {
    struct stomp_note *items; /* owned ring */
    size_t head, count, capacity;
};

/** Zero it to begin. */
struct stomp_ledger {
    struct stomp_notes taken;       /* not safe yet */
    struct stomp_notes unconfirmed; /* safe, and acknowledged unless the session has ended */
    size_t open_count;              /* of those taken, that the broker of this session waits for */
    uint64_t session;
};

enum stomp_known { STOMP_NEW, STOMP_TAKEN, STOMP_SAFE };

/** From now on acknowledgements count in this session. */
void stomp_ledger_begin(struct stomp_ledger *ledger, uint64_t session);

/** Room for one note more. False: out of memory. */
bool stomp_ledger_reserve(struct stomp_ledger *ledger, struct dag_error *err);

/** Notes message `number`; there is room. False: out of memory. */
bool stomp_ledger_add(struct stomp_ledger *ledger, uint64_t number, const struct stomp_header *ack,
                      const struct stomp_header *id, struct dag_error *err);

/** A message that comes once more. STOMP_TAKEN: it is acknowledged with the others when it is safe.
 * STOMP_SAFE: its ACK was appended to `out`. False: out of memory. */
bool stomp_ledger_recall(struct stomp_ledger *ledger, const struct stomp_header *ack,
                         const struct stomp_header *id, enum stomp_known *known,
                         struct dag_buffer *out, struct dag_error *err);

/** All messages up to `number` are safe: appends their ACK frames to `out`, the last of which asks
 * for a receipt. `*count`: how many. False: out of memory, and nothing has changed. */
bool stomp_ledger_settle(struct stomp_ledger *ledger, uint64_t number, struct dag_buffer *out,
                         size_t *count, struct dag_error *err);

/** A receipt has come. */
void stomp_ledger_confirm(struct stomp_ledger *ledger, const struct stomp_header *receipt);

/** True: none is left to be recalled. */
static inline bool stomp_ledger_is_empty(const struct stomp_ledger *ledger)
{
    return ledger->taken.count == 0 && ledger->unconfirmed.count == 0;
}

/** Forgets all notes. */
void stomp_ledger_clear(struct stomp_ledger *ledger);
void stomp_ledger_free(struct stomp_ledger *ledger);

#endif
