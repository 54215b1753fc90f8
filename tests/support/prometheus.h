/* prometheus.h - reads Prometheus text strictly: what a scraper or `promtool check metrics` would
 * complain of fails the test. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PROMETHEUS_H
#define TESTS_PROMETHEUS_H

#include <stdbool.h>

#include "dag/json.h"

/** The text in lines. */
struct prometheus {
    char *text;   /* owned */
    char **lines; /* owned; into `text` */
    size_t count;
};

/** Takes over the text. Each family has HELP and TYPE once, and all its series together, none of
 *  them twice; names and labels are well formed; counters end in _total; histograms have growing
 *  buckets up to +Inf, which is their _count, and a _sum. */
void prometheus_init(struct prometheus *page, struct dag_buffer *text);
void prometheus_deinit(struct prometheus *page);

bool prometheus_has(const struct prometheus *page, const char *line);

/** The value of a series, "name{labels}"; fails the test when it isn't there. */
double prometheus_value(const struct prometheus *page, const char *series);

/** How many lines are series of it: a name, with the ending of a histogram's. */
size_t prometheus_count(const struct prometheus *page, const char *name);

#endif
