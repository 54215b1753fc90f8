/* proxy.h - stands between the runtime and the keeper, and notes in a history what passes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIM_PROXY_H
#define SIM_PROXY_H

#include "sim/history.h"

struct proxy {
    struct durability durability; /* first: what the runtime gets */
    struct durability *inner;     /* borrowed: the keeper's */
    struct history *history;      /* borrowed */
    struct sim *sim;              /* borrowed */
    bool is_exact;                /* else a number that was taken never recurs */
    bool is_broken;               /* something doesn't hold: `sim->why` */
    bool is_replayed;             /* next_step() has given all */
    uint64_t watermark;
};

void proxy_init(struct proxy *proxy, struct durability *inner, struct history *history,
                struct sim *sim);

#endif
