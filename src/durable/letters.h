/* letters.h - the built-in store of dead letters: a publisher that writes them to a record log.
 *
 * DIR/dags/NAME/dead-letters is a record log with one record for each letter, its line of JSON. The
 * keys differ and ascend: a letter's key is its cycle, or behind it where that one is taken. It is
 * also the letter's id. What was done with letters later is in further records, with the ids as
 * their payload.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_LETTERS_H
#define DURABLE_LETTERS_H

#include <stdatomic.h>

#include "core/storage.h"
#include "dag/json.h"
#include "graph/plan.h"

enum letter_kind { LETTER_STORED = 1, LETTER_REDRIVEN = 2, LETTER_DISCARDED = 3 };

/* ---- for a DAG that runs ---- */

struct letters_store;

/** `folder`: of the DAG's letters, copied. NULL: `err`. */
struct letters_store *letters_store_new(struct storage *storage, const char *folder,
                                        struct dag_error *err);
void letters_store_free(struct letters_store *store); /* NULL is allowed */

/** The publisher. It must not be copied: the store is found by its place. */
const struct plan_publisher *letters_store_publisher(const struct letters_store *store);

/** Cycles behind this one may come again, letters included: those that are here already are not
 *  stored twice. Before the publisher opens. */
void letters_store_replays_from(struct letters_store *store, uint64_t cycle);

/** Cycles up to this one never come again: letters of them that were dealt with may be removed
 * while the DAG runs. Any thread. */
void letters_store_settled(struct letters_store *store, uint64_t cycle);

/** Letters that were stored over the store's life, found at its opening included. Any thread. */
uint64_t letters_store_count(const struct letters_store *store);

/* ---- for people; any thread, also while the DAG runs in this process ---- */

struct letter {
    uint64_t id;
    enum letter_kind state; /* STORED: nothing was done with it yet */
    char *json;             /* owned by the list; one line without its line feed; NUL-terminated */
    size_t json_size;
};

struct letter_list {
    struct letter *items; /* owned, with their texts; in the order in which they came */
    size_t count;
};

/** Reads all letters of a folder, of a DAG that runs those that it has flushed. A folder that isn't
 *  there has none. */
bool letters_read(struct storage *storage, const char *folder, struct letter_list *list,
                  struct dag_error *err);
void letter_list_free(struct letter_list *list);

/** Marks those of `list` with `chosen[i]` for good; leading segments in which every letter is done
 * with are removed. No other process may use the folder meanwhile. False: `err`; they may be marked
 * all the same by and by when the DAG runs. */
bool letters_mark(struct storage *storage, const char *folder, const struct letter_list *list,
                  const bool *chosen, enum letter_kind state, struct dag_error *err);

/** Appends the message that a letter is about, as it came in, and a line feed. False: it holds
 * none, or `err`. */
bool letter_input(const struct letter *letter, struct dag_buffer *out, struct dag_error *err);

#endif
