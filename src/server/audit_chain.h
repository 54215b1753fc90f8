/* audit_chain.h - the lines of the audit log and how one follows from the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_AUDIT_CHAIN_H
#define SERVER_AUDIT_CHAIN_H

#include "dag/json.h"
#include "server/audit.h"

/** Where a chain stands: what the next line follows. Begin with audit_chain_begin(). */
struct audit_chain {
    uint64_t number;
    char hash[AUDIT_HASH_SIZE];
};

void audit_chain_begin(struct audit_chain *chain);

/** Appends the next line, with its LF, and moves the chain on. False: out of memory. */
bool audit_chain_add(struct audit_chain *chain, const struct audit_entry *entry, int64_t time_us,
                     struct dag_buffer *out);

/** Moves the chain on to a line that was read (without its LF). NULL: it is right; else what is
 *  wrong, and the chain stays. */
const char *audit_chain_follow(struct audit_chain *chain, const char *line, size_t size);

/** True when the line's own hash fits, whatever it follows; `chain` is then where it stands. */
bool audit_chain_at(struct audit_chain *chain, const char *line, size_t size);

/** The same, but `chain` is then what the line follows. */
bool audit_chain_before(struct audit_chain *chain, const char *line, size_t size);

#endif
