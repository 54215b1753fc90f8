/* names.h - the rule for names, and a table that finds a declared name fast. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_NAMES_H
#define GRAPH_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_SIZE_MAX 1024

/** True for ASCII letters, digits and underscores with at least one letter, at most NAME_SIZE_MAX.
 */
bool name_is_valid(const char *name, size_t size);

/** What an invalid name is told: "must contain only ...". */
extern const char name_rule[];

/** Names in the order in which they came, each with a number. Zero it to begin. The texts are
 *  borrowed. */
struct names {
    struct names_item {
        const char *text;
        size_t size;
        int32_t value;
    } * items; /* owned */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* owned; index into `items` plus one, 0: free */
    size_t slot_count;
};

void names_free(struct names *names);

/** The number of the name, or -1. */
int32_t names_find(const struct names *names, const char *text, size_t size);

/** Adds a name that is not there yet. False: out of memory. */
bool names_add(struct names *names, const char *text, size_t size, int32_t value);

/** The name nearest to `word`, or NULL when none is near. */
const char *names_suggest(const struct names *names, const char *word);

#endif
