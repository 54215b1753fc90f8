/* latency.c - see latency.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/latency.h"

#define STEPS     4u /* buckets of a doubling */
#define STEPS_LOG 2u

static size_t bucket_of(int64_t duration_us)
{
    uint64_t below = duration_us > 1 ? (uint64_t)duration_us - 1 : 0; /* bounds belong to theirs */

    if (below < STEPS)
        return (size_t)below;
    unsigned doublings = 63u - (unsigned)__builtin_clzll(below);
    size_t bucket = (size_t)(doublings - STEPS_LOG + 1) * STEPS +
                    ((below >> (doublings - STEPS_LOG)) & (STEPS - 1));
    return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

static int64_t bound_of(size_t bucket)
{
    if (bucket < STEPS)
        return (int64_t)bucket + 1;
    return (int64_t)(STEPS + bucket % STEPS + 1) << (bucket / STEPS - 1);
}

int64_t latency_bound_us(size_t bucket)
{
    return bucket + 1 < LATENCY_BUCKETS ? bound_of(bucket) : INT64_MAX;
}

static void add(_Atomic uint64_t *place, uint64_t count)
{
    uint64_t before = atomic_load_explicit(place, memory_order_relaxed);

    atomic_store_explicit(place, before + count, memory_order_relaxed);
}

void latency_add(struct latency_counter *counter, int64_t duration_us, uint64_t count)
{
    if (duration_us < 0)
        duration_us = 0;
    add(&counter->buckets[bucket_of(duration_us)], count);
    add(&counter->sum_us, (uint64_t)duration_us * count);
}

void latency_read(const struct latency_counter *counter, struct latency *latency)
{
    latency->sum_us += atomic_load_explicit(&counter->sum_us, memory_order_relaxed);
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        uint64_t count = atomic_load_explicit(&counter->buckets[i], memory_order_relaxed);
        latency->buckets[i] += count;
        latency->count += count;
    }
}

int64_t latency_quantile_us(const struct latency *latency, double share)
{
    uint64_t seen = 0;

    if (latency->count == 0)
        return 0;
    for (size_t i = 0; i + 1 < LATENCY_BUCKETS; i++) {
        seen += latency->buckets[i];
        if (seen > 0 && (double)seen >= share * (double)latency->count)
            return bound_of(i);
    }
    return bound_of(LATENCY_BUCKETS - 2);
}

uint64_t latency_count_up_to(const struct latency *latency, int64_t bound_us)
{
    uint64_t count = 0;

    for (size_t i = 0; i < LATENCY_BUCKETS && latency_bound_us(i) <= bound_us; i++)
        count += latency->buckets[i];
    return count;
}
