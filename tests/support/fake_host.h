/* fake_host.h - an engine's side for one connector: real files, a clock and failures by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_HOST_H
#define TESTS_FAKE_HOST_H

#include <stdatomic.h>

#include "dag/host.h"

#define FAKE_DROPS_MAX 8

/** Zero it and call fake_host_init(). Fields are read, and set where it says so, by the test. */
struct fake_host {
    struct dag_host host;    /* first */
    struct storage *storage; /* second; see storage_host.h; NULL: real files */

    int64_t clock_us;     /* set by the test */
    int64_t monotonic_us; /* set by the test */
    atomic_uint wake_count;
    int64_t timer_us; /* INT64_MAX: none */

    int watched_fd; /* -1: none */
    uint32_t watched_events;
    char watched_path[512];
    bool refuses_watches; /* set by the test: watch_path fails */

    unsigned warning_count, error_count;
    char last_log[1024];
    unsigned reject_count;
    struct {
        char cause[48];
        uint64_t count;
    } drops[FAKE_DROPS_MAX];

    unsigned open_files; /* not closed yet */
    unsigned sync_count;

    /* Set by the test: the write after `writes_until_failure` good ones fails with this errno when
     * `write_bytes_until_failure` bytes of it are out. 0: none fails. */
    int write_errno;
    unsigned writes_until_failure;
    size_t write_bytes_until_failure;
};

void fake_host_init(struct fake_host *host);

/** How often this cause was counted. */
uint64_t fake_host_dropped(const struct fake_host *host, const char *cause);

#endif
