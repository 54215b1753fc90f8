/* text_match.h - compares a record's text, read decoded, with plain bytes; needs no memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALCULATORS_TEXT_MATCH_H
#define CALCULATORS_TEXT_MATCH_H

#include "dag/value.h"

/** Negative, 0 or positive as `text` comes before, equals or comes after the bytes, by code
 *  points. */
int text_order(const struct dag_value *text, const char *bytes, size_t size);

bool text_starts_with(const struct dag_value *text, const char *bytes, size_t size);
bool text_ends_with(const struct dag_value *text, const char *bytes, size_t size);

/** `borders` is what text_borders() made of the same bytes. */
bool text_contains(const struct dag_value *text, const char *bytes, size_t size,
                   const uint32_t *borders);

/** Fills `borders[i]` with the length of the longest proper prefix of bytes[0..i] that is also
 *  its end (the failure function of Knuth, Morris and Pratt). */
void text_borders(const char *bytes, size_t size, uint32_t *borders);

#endif
