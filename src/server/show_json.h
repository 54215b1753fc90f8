/* show_json.h - the forms that replies share: times, counters, rows, configurations without
 * secrets.
 *
 * Times are RFC 3339 UTC with milliseconds, or null for never. Counters of events are decimal
 * strings, because they may pass 2^53; what is bounded by memory (depths, lists) is a number.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_JSON_H
#define SERVER_SHOW_JSON_H

#include <math.h>

#include "core/tree.h"
#include "dag/batch.h"
#include "dag/option.h"
#include "graph/writer.h"

/** A key with a counter as a string. */
void show_count(struct writer *writer, const char *key, uint64_t count);

/** A key with a number; what is above 2^53 is shown as 2^53. */
void show_number(struct writer *writer, const char *key, uint64_t number);

/** A real as a value, or behind a key; what isn't finite is null. */
#define SHOW_UNKNOWN ((double)NAN)
void show_real_value(struct writer *writer, double real);
void show_real(struct writer *writer, const char *key, double real);

void show_bool(struct writer *writer, const char *key, bool boolean);

/** A key with a time, microseconds since 1970; 0: null. */
void show_time(struct writer *writer, const char *key, int64_t realtime_us);

/** The members behind "items" of a page that holds all `total` of them. */
void show_page_end(struct writer *writer, size_t total);

/** A row as a value. */
void show_row(struct writer *writer, const struct dag_row *row);

#define SHOW_MASK "***"

/** A configuration as a value, NULL: {}. It has to come from the definition as it was written,
 * where
 *  ${secret:NAME} is not filled in: that is shown. What is marked secret in `options` (may be
 * NULL), or has a name that sounds like a secret at any depth, is masked, and so are user and
 * password within URIs. */
void show_config(struct writer *writer, const struct tree *config,
                 const struct dag_option *options);

/** The text with what stands between "://" and the last "@" masked; the caller frees it. NULL:
 *  nothing to mask, or out of memory with `*failed`. */
char *show_masked_address(const char *text, bool *failed);

/** An address with what stands between "://" and "@" masked. */
void show_address(struct writer *writer, const char *key, const char *uri);

#endif
