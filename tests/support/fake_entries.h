/* fake_entries.h - a server that consists of entries alone, set by a test, for what is shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_ENTRIES_H
#define TESTS_FAKE_ENTRIES_H

#include "cli/components.h"
#include "server/entry.h"

/** What every ${secret:NAME} resolves to. */
#define FAKE_SECRET "swordfish"

/** Without entries. Fails the test when out of memory. */
struct server *fake_server_new(void);
/** With its entries. */
void fake_server_free(struct server *server);

/** Adds an entry, STOPPED, in the order of names. `dag_text` is its definition, with ' for "; NULL:
 *  it is invalid. */
struct entry *fake_entry_add(struct server *server, const char *name, const char *dag_text);
void fake_entry_remove(struct server *server, const char *name);

/** To be changed by the test. */
struct entry_status *fake_entry_status(struct entry *entry);

/** Puts its DAG into a runtime with threads that the fake server owns. */
struct dag *fake_entry_run(struct entry *entry);

/** Sets the clock on and samples every entry, as the next tick. */
void fake_server_sample(struct server *server, int64_t us);

#endif
