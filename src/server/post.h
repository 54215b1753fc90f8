/* post.h - the dead letters of a DAG, read from its folder, and those of them that are chosen. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_POST_H
#define SERVER_POST_H

#include "durable/letters.h"
#include "server/server.h"

#define POST_DEPTH_MAX 1100 /* of a letter, around a message */

struct post {
    struct storage *storage; /* borrowed */
    char *folder;            /* owned */
    struct letter_list list;
    bool *chosen; /* owned; by letter */
};

/** Nothing is chosen. False: `answer`; post_deinit() in any case. */
bool post_init(struct post *post, struct server *server, const char *dag, struct answer *answer);
void post_deinit(struct post *post);

/** Chooses those that wait: ids with commas between, or "all". False: `answer`. */
bool post_choose(struct post *post, const char *selection, struct answer *answer);
size_t post_chosen_count(const struct post *post);

/** Writes down for good what was done with the chosen. False: `answer`. */
bool post_mark(struct post *post, enum letter_kind state, struct answer *answer);

#endif
