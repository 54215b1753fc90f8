/* options.h - reads a component's "config" against its option table into its state. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include "core/tree.h"
#include "dag/option.h"

/** Told about every problem: `at` is the value (or the object that lacks a key); `code` is stable
 * ("unknown_key", "missing_option", "wrong_type", "out_of_bounds", "bad_choice", "no_memory");
 * `suggestion` may be NULL. */
typedef void (*options_problem)(void *context, const struct tree *at, bool is_error,
                                const char *code, const char *message, const char *suggestion);

/** Stores defaults and what `config` (an object or NULL) gives into `state`, whose size the table
 * knows. Text, lists and nested values live in `document`. Keys in the NULL-terminated `also_known`
 * are skipped; keys named "comment" or beginning with "_" are comments. False: at least one error,
 * or out of memory. `problem` may be NULL. */
bool options_read(const struct dag_option *options, const struct tree *config, void *state,
                  const char *const *also_known, struct tree_document *document,
                  options_problem problem, void *context);

/** The places of the keys that no table knows are the caller's business: reads as options_read()
 * does, but says nothing of unknown keys. */
bool options_read_known(const struct dag_option *options, const struct tree *config, void *state,
                        struct tree_document *document, options_problem problem, void *context);

/** True where null means absent: for what may be absent, and not for DAG_OPTION_ANY without
 *  DAG_OPTION_NULLABLE, where it is a value. */
bool options_null_is_absent(const struct dag_option *option);

/** True for keys that hold comments: "comment", or a name that begins with "_". */
bool options_is_comment(const char *key);

/** Edit distance based suggestion: the candidate nearest to `word`, or NULL when none is near.
 *  `candidate(context, i)` gives the i-th, NULL ends. */
const char *options_suggest(const char *word, const char *(*candidate)(void *context, size_t i),
                            void *context);

/** Parses "250ms", "10s", "5m", "2h", "1d" or a plain number of seconds. False: not one. */
bool options_parse_duration(const char *text, int64_t *microseconds);

/** Parses "64KiB", "1MiB", "2GiB", "10MB", or plain bytes. False: not one. */
bool options_parse_size(const char *text, int64_t *bytes);

#endif
