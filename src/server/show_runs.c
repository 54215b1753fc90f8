/* show_runs.c - see show_runs.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_runs.h"

#include <string.h>

#include "server/show_json.h"

void show_runs(struct writer *writer, struct schedule *schedule, int64_t now_us, size_t count)
{
    struct schedule_run runs[SHOW_RUNS_MAX];
    size_t found = schedule_next_runs(schedule, now_us, count, runs);
    const char *zone = schedule_zone(schedule);

    writer_open(writer, '{');
    writer_key(writer, "items");
    writer_open(writer, '[');
    for (size_t i = 0; i < found; i++) {
        writer_open(writer, '{');
        show_time(writer, "start", runs[i].start_us);
        show_time(writer, "end", runs[i].end_us == INT64_MAX ? 0 : runs[i].end_us);
        show_bool(writer, "is_now", runs[i].start_us <= now_us);
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
    show_page_end(writer, found);
    writer_member(writer, "timezone", strcmp(zone, "local") == 0 ? NULL : zone);
    show_bool(writer, "is_always", schedule_is_always(schedule));
    writer_close(writer, '}');
}
