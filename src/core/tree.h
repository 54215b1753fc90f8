/* tree.h - a JSON text as a tree that remembers where everything stood: for DAG files and options.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_TREE_H
#define CORE_TREE_H

#include "dag/value.h"

enum tree_type {
    TREE_NULL,
    TREE_BOOL,
    TREE_INT,
    TREE_DOUBLE,
    TREE_BIGNUM,
    TREE_TEXT,
    TREE_ARRAY,
    TREE_OBJECT
};

/** Owns a tree and anything else that shall live as long (an arena). */
struct tree_document;

/** A node of the tree. All is borrowed from its document. */
struct tree {
    enum tree_type type;
    uint32_t line, column;     /* of its first byte, from 1; columns count code points */
    const struct tree *next;   /* the next sibling, or NULL */
    const struct tree *child;  /* first element or member, or NULL */
    const struct tree *parent; /* NULL for the root */
    size_t count;              /* elements or members */
    size_t index;              /* among its siblings in the text */
    const char *key;           /* of a member: decoded, NUL-terminated; else NULL */
    size_t key_size;
    uint32_t key_line, key_column;
    const char *text; /* TREE_TEXT: decoded, NUL-terminated; TREE_BIGNUM: the literal */
    size_t text_size;
    int64_t integer; /* TREE_INT, TREE_BOOL */
    double real;     /* TREE_DOUBLE, TREE_INT (rounded) */
    /* compact JSON text: a slice of one text for the whole tree, NOT NUL-terminated */
    const char *json;
    size_t json_size;
    bool substituted; /* TREE_TEXT: the whole text came from a hook (a variable): options that want
                         a number or a bool read it as one */
    bool is_replaced; /* TREE_TEXT: some of it came from a hook */
};

/** What may change texts while they are parsed. */
struct tree_hooks {
    /** Called for each string value (not for keys), whose parents and key are known already. To
     *  replace it: `*text` (lives as long as the document) and `*size`. False: `err`, the parse
     *  fails there. */
    bool (*text)(void *context, struct tree_document *document, const struct tree *at,
                 const char **text, size_t *size, bool *substituted, struct dag_error *err);
    void *context;
};

/** An empty document. NULL: out of memory. */
struct tree_document *tree_document_new(void);
void tree_document_free(struct tree_document *document);

/** Zeroed memory that lives as long as the document. NULL: out of memory. */
void *tree_alloc(struct tree_document *document, size_t size);
char *tree_copy(struct tree_document *document, const char *text, size_t size); /* adds a NUL */

/** Parses `text` (strict RFC 8259, depth at most `depth_max`). NULL: `err` says "line L, column C:
 *  ...", and `*line`, `*column` (either may be NULL) tell the place; its code is DAG_ERROR_PARSE,
 *  DAG_ERROR_LIMIT when nested too deeply, or DAG_ERROR_MEMORY. Duplicate keys are kept, the caller
 *  judges. */
const struct tree *tree_parse(struct tree_document *document, const char *text, size_t size,
                              size_t depth_max, uint32_t *line, uint32_t *column,
                              struct dag_error *err);

/** The same with `hooks`, which may be NULL. */
const struct tree *tree_parse_with(struct tree_document *document, const char *text, size_t size,
                                   size_t depth_max, const struct tree_hooks *hooks, uint32_t *line,
                                   uint32_t *column, struct dag_error *err);

/** A new object with shallow copies of these members; each keeps its place and its parent, and so
 *  does the new object that of `at`. NULL: out of memory. */
const struct tree *tree_object_of(struct tree_document *document, const struct tree *at,
                                  const struct tree *const *members, size_t count);

/** True when the bytes are valid UTF-8. */
bool tree_is_utf8(const char *text, size_t size);

/** The last member with that key, or NULL. `object` may be NULL or no object. */
const struct tree *tree_get(const struct tree *object, const char *key);

/** Writes the JSON pointer of `tree` (RFC 6901), at most `size` bytes with the NUL. */
void tree_pointer(const struct tree *tree, char *out, size_t size);

#endif
