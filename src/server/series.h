/* series.h - a DAG's rates over the last day, in a fixed 28 KiB.
 *
 * Three rings: points of 1 s for 5 minutes, of 10 s for an hour, of 2 minutes for a day. Samples
 * may come at any pace; what happened between two of them is spread over the time between. Not for
 * two threads at once: the caller locks. Times are microseconds since 1970.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SERIES_H
#define SERVER_SERIES_H

#include "graph/writer.h"

struct series;

/** Counters since some start. One that fell has begun anew at 0. */
struct series_sample {
    int64_t time_us;
    uint64_t in, out, errors; /* messages, messages, errors */
    uint64_t queue;           /* messages that wait now */
};

struct series_rates {
    double in, out;      /* messages a second over the last 10 s */
    double errors_in_5m; /* how many */
};

/** NULL: out of memory. */
struct series *series_new(void);
void series_free(struct series *series); /* NULL is allowed */

/** The first sample is what the next ones are compared with. One that isn't newer than the last is
 *  left out; nothing is known of a gap longer than a minute. */
void series_add(struct series *series, const struct series_sample *sample);

void series_rates(const struct series *series, int64_t now_us, struct series_rates *rates);

/** Messages a second that came in, from the oldest to now: `count` points of two minutes. NaN where
 *  nothing is known. */
void series_recent(const struct series *series, int64_t now_us, double *in, size_t count);

/** Writes {from, to, step_ms, in, out, errors, queue}: rates from `from_us` to before `to_us`, null
 *  where nothing is known. `step_us` is rounded up to a multiple of what is kept from so far back;
 *  0: that. `series` may be NULL: nothing is known. False, with `err`: the times make no sense, or
 *  more than SERIES_POINTS_MAX points. */
#define SERIES_POINTS_MAX 2000
bool series_write(const struct series *series, int64_t from_us, int64_t to_us, int64_t step_us,
                  int64_t now_us, struct writer *writer, struct dag_error *err);

#endif
