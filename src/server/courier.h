/* courier.h - brings messages to a destination outside of any DAG: a publisher that is opened for
 * one call. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_COURIER_H
#define SERVER_COURIER_H

#include "core/clock.h"
#include "core/storage.h"
#include "core/tree.h"
#include "dag/json.h"
#include "dag/plugin.h"

/** All borrowed. */
struct courier_order {
    const struct dag_publisher *type;
    const struct dag_address *address;
    const struct tree *config; /* read by the type's own options, what they don't know is left */
    const char *dag;           /* for the log */
    const char *name;
    struct storage *storage; /* of files that it names */
    struct clock *clock;
    int64_t patience_us;   /* with the other side, when it is that which is waited for */
    bool waits_for_safety; /* also in this process: somebody who takes them says so soon */
};

enum courier_end {
    COURIER_DONE,
    COURIER_FULL,   /* there is no room at the destination */
    COURIER_PARSE,  /* a message is no JSON */
    COURIER_FAILED, /* `err` */
};

/** Delivers messages (a JSON text each) in order, up to the first that isn't taken: `*accepted` of
 *  them; `*is_safe`: the other side has said that it has them. Waits for the other side, at most
 *  `patience_us` for each answer of it; never for room in a queue of this process. A publisher that
 *  blocks runs on a thread of its own and is interrupted when a call takes longer. */
enum courier_end courier_deliver(const struct courier_order *order, const struct dag_text *messages,
                                 size_t count, size_t *accepted, bool *is_safe,
                                 struct dag_error *err);

#endif
