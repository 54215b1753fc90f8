/* denials.h - slows down whoever sends what is refused without end, by address.
 *
 * Twenty denials of an address are free. Each one more doubles the time for which the address is
 * held: from a second up to 15 minutes. An address is forgotten an hour after its last denial. Of
 * an IPv6 address the first 64 bits count: they are what one customer has. The machine's own
 * address counts like any other.
 *
 * What being held means is the caller's to say: only what fails is answered shortly, and left out
 * of the logs; what is right passes all the same, so that nobody locks out a neighbour.
 *
 * Bounded: a fixed table, in which the address whose last denial is longest ago makes room. Any
 * thread; a call takes well under a microsecond. Times are microseconds of a clock that never goes
 * back.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DENIALS_H
#define SERVER_DENIALS_H

#include <stdint.h>

#include "dag/error.h"

#define DENIALS_FREE 20 /* of an address */

struct denials;

/** What became of it, since the start. */
struct denials_counts {
    uint64_t told; /* denials that were told in full */
    uint64_t held; /* those of addresses that were held */
};

/** NULL: `err`. */
struct denials *denials_new(struct dag_error *err);
void denials_free(struct denials *denials); /* NULL is allowed */

/** For how long the address is still held; what was denied is counted then. 0: it isn't. */
int64_t denials_hold(struct denials *denials, const char *address, int64_t now_us);

/** One more is told in full. `*held`: how many were counted by denials_hold() since the last one.
 *  True: from here on the address is held for the first time. */
bool denials_add(struct denials *denials, const char *address, int64_t now_us, uint64_t *held);

void denials_count(struct denials *denials, struct denials_counts *counts);

#endif
