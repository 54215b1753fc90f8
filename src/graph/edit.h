/* edit.h - changes a DAG file's text in its place: what isn't touched stays byte for byte. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_EDIT_H
#define GRAPH_EDIT_H

#include "core/tree.h"

/** A DAG file as read. */
struct graph_text {
    const char *path;
    char *text; /* owned, NUL-terminated */
    size_t size;
};

/* The next four want a tree that was parsed from this text; it doesn't fit any more afterwards.
 * `json` is a JSON text on one line. False: `err`, out of memory. */

bool edit_replace(struct graph_text *text, const struct tree *value, const char *json,
                  struct dag_error *err);

/** One of several replacements. */
struct edit_value {
    const struct tree *value;
    const char *json;
};

/** Replaces values that stand one behind the other, none within another, in one pass. */
bool edit_replace_all(struct graph_text *text, const struct edit_value *edits, size_t count,
                      struct dag_error *err);

/** Puts a member in front of the others. The key needs no escapes. */
bool edit_add_member(struct graph_text *text, const struct tree *object, const char *key,
                     const char *json, struct dag_error *err);

/** Removes a member of an object, with the comma that it needs no more. */
bool edit_remove_member(struct graph_text *text, const struct tree *member, struct dag_error *err);

/** Sets what a JSON pointer (RFC 6901) names; the last key may be a new one of an object, the last
 *  index `-` a new last element. `json` NULL: removes the member, if it is there. False: `err`, the
 *  text isn't JSON or nothing stands where the pointer leads. */
bool edit_set(struct graph_text *text, const char *pointer, const char *json,
              struct dag_error *err);

#endif
