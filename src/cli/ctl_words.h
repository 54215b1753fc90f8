/* ctl_words.h - what the API says, as people read it: members of JSON, numbers, ages, states. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_WORDS_H
#define CLI_CTL_WORDS_H

#include "cli/ctl_table.h"
#include "core/tree.h"

#define WORD_SIZE 32

/** Members of an object that may be NULL. A text that isn't there, or null, is ""; other values
 *  that aren't there are 0 or false. Counters that are sent as texts are numbers, too. */
const char *field_text(const struct tree *object, const char *key);
double field_real(const struct tree *object, const char *key);
bool field_bool(const struct tree *object, const char *key);

/** The first element of a list or member of an object; NULL: it is empty or not there. */
const struct tree *field_first(const struct tree *object, const char *key);

/** The same of an element of a row: null and what isn't there is "" or 0. */
const struct tree *element_at(const struct tree *row, size_t index);
double element_real(const struct tree *row, size_t index);
const char *element_text(const struct tree *row, size_t index);

/** "0", "3.2", "950", "12.5k", "3.1M". Returns `out`. */
const char *word_of_number(double number, char out[WORD_SIZE]);

/** How long ago a time of the API was: "12s", "5m", "3h", "4d"; "" for none. Returns `out`. */
const char *word_of_age(const char *time, char out[WORD_SIZE]);

/** A duration in milliseconds: "5m 3s", "2d 4h". Returns `out`. */
const char *word_of_duration(double ms, char out[WORD_SIZE]);

/** How the state of a DAG, or a count of errors, is shown. */
enum style style_of_state(const char *state);
enum style style_of_errors(double count);

/** One line with a value's JSON, cut at `size_max` bytes; control characters can't be in it.
 *  Nothing for NULL. The caller frees it; NULL: out of memory. */
char *word_of_json(const struct tree *value, size_t size_max);

#endif
