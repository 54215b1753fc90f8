/* clone.h - the definition of a clone: the original's text with another name and window. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_CLONE_H
#define SERVER_CLONE_H

#include "graph/edit.h"
#include "graph/names.h"
#include "graph/registry.h"

enum clone_rule {
    CLONE_BY_USER,     /* what isn't given stays the original's */
    CLONE_BY_SCHEDULE, /* without a start there is no window; with a start alone it ends 5 minutes
                          before it */
};

/** What becomes of the original. Texts NULL or "": not given. */
struct clone_request {
    enum clone_rule rule;
    const char *name; /* of the clone */
    const char *start_time, *end_time, *duration;
    const struct tree *overrides; /* object: dotted key or JSON pointer -> value */
    const char *autoclone_of;     /* noted in the clone; NULL: it isn't one of those */
};

/** Changes the original's text, which it takes over also on failure, into the clone's. The
 *  `autoclone` block is never inherited. False: `err` names the override that can't be applied. */
bool clone_text(struct graph_text *text, const struct clone_request *request,
                const struct registry *registry, struct dag_error *err);

/** NAME_YYYYMMDDHHMMSS in local time; `number` from 2 on adds _NUMBER. False: the name gets too
 *  long. */
bool clone_name(const char *original, int64_t now_us, unsigned int number,
                char name[NAME_SIZE_MAX + 1]);

#endif
