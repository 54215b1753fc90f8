/* zone_rule.h - the rule at the end of a zone file, for years behind its table: "CET-1CEST,M3...".
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ZONE_RULE_H
#define CORE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

enum zone_day_kind {
    ZONE_DAY_JULIAN,  /* "J60": 1..365, 29 February isn't counted */
    ZONE_DAY_OF_YEAR, /* "59": 0..365 */
    ZONE_DAY_WEEK,    /* "M3.5.0": the 5th (last) Sunday of March */
};

struct zone_change {
    enum zone_day_kind kind;
    int month, week, day;
    int32_t seconds; /* behind local midnight; may be negative or more than a day */
};

struct zone_rule {
    int32_t standard, summer; /* seconds east of UTC */
    bool has_summer;
    struct zone_change begin, end; /* of summer time */
};

/** Reads a POSIX TZ text. False: it is none. */
bool zone_rule_parse(const char *text, struct zone_rule *rule);

/** Seconds east of UTC at `at`, seconds since 1970. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t at);

/** Days since 1970 of a civil date (month 1..12), and back. */
int64_t zone_days(int64_t year, int month, int day);
void zone_civil(int64_t days, int64_t *year, int *month, int *day);

#endif
