/* metrics_text.h - families of metrics as Prometheus text, for whoever has counters to show.
 *
 * A family is a head and then its series; each name comes once in a page, all its series together.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_METRICS_TEXT_H
#define SERVER_METRICS_TEXT_H

#include "graph/writer.h"

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

struct metrics_label {
    const char *name; /* [a-z_][a-z0-9_]* */
    const char *value;
};

/** The HELP and TYPE lines. Names of counters end in _total. */
void metrics_head(struct writer *writer, const char *name, const char *help,
                  enum metrics_type type);

/** One series of the family, without labels when `count` is 0. */
void metrics_count(struct writer *writer, const char *name, const struct metrics_label *labels,
                   size_t count, uint64_t value);
void metrics_real(struct writer *writer, const char *name, const struct metrics_label *labels,
                  size_t count, double value);

/** Microseconds as seconds. */
void metrics_time(struct writer *writer, const char *name, const struct metrics_label *labels,
                  size_t count, uint64_t us);

/** The _bucket, _sum and _count series of a histogram of times. `counts` holds for each of
 *  `bound_count` upper bounds how many were within it and above the one before, and behind them how
 *  many were longer. */
void metrics_histogram(struct writer *writer, const char *name, const struct metrics_label *labels,
                       size_t count, const uint64_t *bounds_us, const uint64_t *counts,
                       size_t bound_count, uint64_t sum_us);

#endif
