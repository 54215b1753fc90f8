/* parts.h - what the parts of the check share: one check in progress, and how problems are told. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_PARTS_H
#define GRAPH_PARTS_H

#include "graph/check.h"
#include "graph/keys.h"
#include "graph/names.h"

/** One check. Arrays and texts live in `document`; what the plan borrows is filled here. */
struct checker {
    struct tree_document *document;
    const struct registry *registry;
    const struct check_options *options;
    struct problems *problems;
    bool no_memory;
    size_t comparisons_left; /* a suggestion compares with every name: bounded for large files */
    bool uses_secrets;       /* a ${secret:NAME} was seen */
    bool keeps_secrets;      /* ... and stays as it is */

    struct plan *plan;
    struct dag_keys keys;

    /* The arrays of the plan while they may be changed, where each entry stands in the file, and
     * its name. An entry that is wrong has its place all the same, so that what names it is not
     * wrong as well. */
    struct plan_subscriber *subscribers;
    struct plan_publisher *publishers;
    struct plan_function *calculators, *transformers;
    struct plan_node *nodes;
    struct plan_edge *edges;
    const struct tree **subscriber_at, **publisher_at, **node_at, **edge_at;
    struct names subscriber_names, publisher_names, calculator_names, transformer_names, node_names;
    bool edges_are_whole; /* every edge names two nodes */
};

/** Where a problem is shown: at a value, or at the key in front of it. */
enum report_place { REPORT_VALUE, REPORT_KEY };

/** Adds a problem; `suggestion` may be NULL and is added to the message too. */
void report(struct checker *checker, enum problem_severity severity, const struct tree *at,
            enum report_place place, const char *code, const char *suggestion, const char *format,
            ...) DAG_PRINTF(7, 8);

/** The usual case: an error at a value. */
#define report_error(checker, at, code, ...)                                                       \
    report(checker, PROBLEM_ERROR, at, REPORT_VALUE, code, NULL, __VA_ARGS__)

/** A problem at a place that no tree describes. */
void report_place(struct checker *checker, uint32_t line, uint32_t column, const char *code,
                  const char *message);

/** Puts the problems into the order of their places. */
void report_sort(struct problems *problems);

/** Memory of the document; NULL sets `no_memory`. */
void *checker_alloc(struct checker *checker, size_t size);

/** The context of options_read() and its like: whose options they are. */
struct option_report {
    struct checker *checker;
    const char *label;      /* "subscriber 'in'" */
    const struct tree *at;  /* for problems without a place of their own */
    bool are_keys;          /* an entry's keys: they aren't called options */
    const char *own_report; /* key whose absence the caller reports itself, or NULL */
    /* Options of these names are read by another table too, which reports them; may be NULL. */
    const struct dag_option *own_options;
    const char *noted; /* unknown key that gets a note only, or NULL */
};
void report_option(void *context, const struct tree *at, bool is_error, const char *code,
                   const char *message, const char *suggestion);

/** A suggestion among names, while suggestions are left. */
const char *suggest_name(struct checker *checker, const struct names *names, const char *word);
const char *suggest(struct checker *checker, const char *word,
                    const char *(*candidate)(void *context, size_t i), void *context);

/** "subscriber 'in'", or "subscriber number 3" without a readable name. In the document; "" when
 *  out of memory. */
const char *entry_label(struct checker *checker, const char *what, const struct tree *entry,
                        size_t index);

/** Checks the name of an entry and puts it into `names` with that number. Returns the name, ""
 *  where there is none. */
const char *declare_name(struct checker *checker, const char *what, const struct tree *entry,
                         size_t index, struct names *names, const struct tree *const *places);

/** The list under that key; NULL: none, or it is no list (reported). */
const struct tree *find_list(struct checker *checker, const char *key);

/** The text of a member; NULL: missing or no text. */
const char *member_text(const struct tree *object, const char *key);

/** A component from a plug-in, by library and name; NULL: reported at `at`. */
const void *load_plugin(struct checker *checker, const char *label, const char *kind,
                        const char *library, const char *name, const struct tree *at);

/** The same by "library.Name"; NULL where the type has no such form (nothing is reported). */
bool is_plugin_type(const char *type);
const void *load_plugin_type(struct checker *checker, const char *label, const char *kind,
                             const char *type, const struct tree *at);

/** Warns of secrets that are written out in a config: of keys that are marked secret in `options`
 *  (may be NULL); with `by_sound` also of keys that are called so at any depth, and of addresses
 *  with a password. */
void check_written_secrets(struct checker *checker, const char *label, const struct tree *config,
                           const struct dag_option *options, bool by_sound);

/** Reads a function's config against its options and lets it check them. */
void check_function_config(struct checker *checker, const char *label,
                           const struct dag_function *type, const struct tree *config,
                           const struct tree *at);

/* The parts, in this order. */
void check_schedule(struct checker *checker);
void check_connectors(struct checker *checker);
void check_functions(struct checker *checker);
void check_nodes(struct checker *checker);
void check_edges(struct checker *checker);
void check_order(struct checker *checker);
void check_wiring(struct checker *checker);
void check_delivery(struct checker *checker);

/** Number of a transformer; adds the implicit ones. -1: not declared (reported). */
int32_t find_transformer(struct checker *checker, const char *label, const struct tree *name);

/** Number of what `name` refers to, -1: not declared (reported), or "" (noted). */
int32_t find_reference(struct checker *checker, const char *label, const char *what,
                       const struct names *names, const struct tree *name);

#endif
