/* schedule_table.c - prints what a zone and a schedule say over a stretch of time, for table.py.
 *
 * offsets ZONE FROM UNTIL STEP        a line "AT OFFSET" wherever the offset is another one
 * runs ZONE START END DAYS FROM UNTIL a line "BEGIN END" for each time of being open
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/zone.h"
#include "server/schedule.h"

#define SECOND_US 1000000

static int fail(const char *message)
{
    fprintf(stderr, "schedule_table: %s\n", message);
    return 1;
}

static int print_offsets(char **words)
{
    struct dag_error err = {0};
    struct zone *zone = zone_new(words[0], &err);
    int64_t until = atoll(words[2]), step = atoll(words[3]);
    int32_t before = INT32_MIN;

    if (!zone)
        return fail(err.message);
    for (int64_t at = atoll(words[1]); at < until; at += step) {
        int32_t offset = zone_offset(zone, at);

        if (offset != before)
            printf("%" PRId64 " %" PRId32 "\n", at, offset);
        before = offset;
    }
    zone_free(zone);
    return 0;
}

/* From change to change, as a server would; each must be one. */
static int print_runs(struct schedule *schedule, int64_t from_us, int64_t until_us)
{
    int64_t at = from_us, begin = schedule_is_open(schedule, at) ? at : -1;

    while ((at = schedule_next_change(schedule, at)) < until_us) {
        bool is_open = schedule_is_open(schedule, at);

        if (is_open == (begin >= 0) || is_open == schedule_is_open(schedule, at - 1))
            return fail("a change that is none");
        if (!is_open)
            printf("%" PRId64 " %" PRId64 "\n", begin / SECOND_US, at / SECOND_US);
        begin = is_open ? at : -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct dag_error err = {0};

    if (argc == 6 && strcmp(argv[1], "offsets") == 0)
        return print_offsets(argv + 2);
    if (argc != 8 || strcmp(argv[1], "runs") != 0)
        return fail("usage: see the source");

    const struct plan plan = {
        .window_start = atoi(argv[3]),
        .window_end = atoi(argv[4]),
        .schedule = {.days = (uint8_t)atoi(argv[5]), .timezone = argv[2]},
    };
    struct schedule *schedule = schedule_new(&plan, NULL, &err);

    if (!schedule)
        return fail(err.message);
    int code = print_runs(schedule, atoll(argv[6]) * SECOND_US, atoll(argv[7]) * SECOND_US);

    schedule_free(schedule);
    return code;
}
