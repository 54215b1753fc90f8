/* hidden.h - secret values of this process: text that holds one is shown with "***" in its place.
 *
 * Whoever fills a secret in adds it first; whoever writes text for people (log, problems, reasons)
 * masks it last. Any thread may call everything.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_HIDDEN_H
#define CORE_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>

#define HIDDEN_SIZE_MIN  4      /* bytes: masking a shorter one would tear ordinary words */
#define HIDDEN_COUNT_MAX 100000 /* values; none is ever forgotten */

/** Remembers a copy of `value`, once, also as it is written in JSON, in a URL and, unless it is
 * very short, in base64 with anything around it. One shorter than HIDDEN_SIZE_MIN isn't. False: out
 * of memory, or there are HIDDEN_COUNT_MAX: whoever asked must do without the value then. */
bool hidden_add(const char *value);

/** Masks the values in `text`, in place; also the first 16 bytes or more of a longer one, since
 *  messages cut what they quote, and what a value begins with at the end of the text. Takes a time
 *  that grows with the text, hardly with the number of values. */
void hidden_mask(char *text);

#endif
