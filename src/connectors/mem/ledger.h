/* ledger.h - what a reader has taken and not acknowledged: kept, so that it can be given back. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_MEM_LEDGER_H
#define CONNECTORS_MEM_LEDGER_H

#include "connectors/mem/buffer.h"

struct broker_ledger;

/** NULL: out of memory. */
struct broker_ledger *ledger_new(void);

/** What it holds is lost. NULL is allowed. */
void ledger_free(struct broker_ledger *ledger);

/** Room for one more call of ledger_add(). False: out of memory. */
bool ledger_reserve(struct broker_ledger *ledger, struct dag_error *err);

/** The rows of `batch` from number `first` on were taken, at least one; room was reserved. The
 * batch must not change any more, but that rows are appended. */
void ledger_add(struct broker_ledger *ledger, struct dag_batch *batch, size_t first);

/** Forgets what was taken up to the message of this number. */
void ledger_acknowledge(struct broker_ledger *ledger, uint64_t number);

/** The lowest number that it holds; UINT64_MAX: nothing. */
uint64_t ledger_first(const struct broker_ledger *ledger);

/** Puts all that it holds back. What there is no memory for stays. */
void ledger_give_back(struct broker_ledger *ledger, struct buffer *buffer);

#endif
