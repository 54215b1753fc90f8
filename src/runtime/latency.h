/* latency.h - how long something took: counts by duration, of a fixed size.
 *
 * Buckets grow with the duration: four to each doubling, so a bucket's bounds are at most a quarter
 * apart. The first holds what took up to 1 us, the last all that took longer than 117 s.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNTIME_LATENCY_H
#define RUNTIME_LATENCY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define LATENCY_BUCKETS 104

/** A copy to be shown. Sums and counts of two copies can be subtracted: what came between them. */
struct latency {
    uint64_t count;
    uint64_t sum_us;
    uint64_t buckets[LATENCY_BUCKETS];
};

/** What is counted into. One writer at a time, any number of readers. Zero it to begin. */
struct latency_counter {
    _Atomic uint64_t sum_us;
    _Atomic uint64_t buckets[LATENCY_BUCKETS];
};

/** `count` things took `duration_us` each; a negative one counts as 0. */
void latency_add(struct latency_counter *counter, int64_t duration_us, uint64_t count);

/** Adds what was counted to `latency`. Any thread; never waits. */
void latency_read(const struct latency_counter *counter, struct latency *latency);

/** The longest duration that bucket `bucket` holds, in us; INT64_MAX: the last one's. */
int64_t latency_bound_us(size_t bucket);

/** The duration that `share` (0..1) of all took at most, in us, rounded up to its bucket's bound
 * (of the last bucket: down to its lower one). 0: nothing was counted. */
int64_t latency_quantile_us(const struct latency *latency, double share);

/** How many took at most `bound_us`; exact where that is a bucket's bound, else too few by what its
 *  bucket holds. For coarser histograms. */
uint64_t latency_count_up_to(const struct latency *latency, int64_t bound_us);

#endif
