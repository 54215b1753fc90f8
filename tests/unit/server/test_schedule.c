/* test_schedule.c - windows on days that clocks change, calendars, and windows that were missed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/zone_rule.h"
#include "server/schedule.h"

#define MINUTE_US ((int64_t)60000000)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)

/* "2026-03-29 01:30" as UTC. */
static int64_t utc(const char *text)
{
    int year, month, day, hour, minute;

    assert_int_equal(sscanf(text, "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute), 5);
    return zone_days(year, month, day) * DAY_US + hour * HOUR_US + minute * MINUTE_US;
}

static struct schedule *make(const struct plan *plan)
{
    struct dag_error err = {0};
    struct schedule *schedule = schedule_new(plan, NULL, &err);

    if (!schedule)
        fail_msg("%s", err.message);
    return schedule;
}

static struct plan plan_of(int from, int to, const char *zone)
{
    return (struct plan){.window_start = from,
                         .window_end = to,
                         .schedule = {.days = PLAN_EVERY_DAY, .timezone = zone}};
}

static void days_that_clocks_change(void **unused)
{
    static const struct {
        const char *zone;
        int from, to;
        const char *ask, *start, *end; /* UTC */
    } cases[] = {
        /* no 02:00 to 03:00: the first minute there is, for as long */
        {"Europe/Berlin", 150, 150, "2026-03-29 00:00", "2026-03-29 01:00", "2026-03-29 01:01"},
        {"Europe/Berlin", 135, 165, "2026-03-29 00:00", "2026-03-29 01:00", "2026-03-29 01:31"},
        {"Europe/Berlin", 150, 300, "2026-03-29 00:00", "2026-03-29 01:00", "2026-03-29 03:01"},
        {"Europe/Berlin", 60, 150, "2026-03-28 22:00", "2026-03-29 00:00", "2026-03-29 01:00"},
        /* 02:00 to 03:00 twice: once */
        {"Europe/Berlin", 150, 150, "2026-10-25 00:00", "2026-10-25 00:30", "2026-10-25 00:31"},
        {"Europe/Berlin", 150, 150, "2026-10-25 00:31", "2026-10-26 01:30", "2026-10-26 01:31"},
        {"Europe/Berlin", 120, 180, "2026-10-24 22:00", "2026-10-25 00:00", "2026-10-25 02:01"},
        {"Australia/Lord_Howe", 135, 135, "2026-10-03 14:00", "2026-10-03 15:30",
         "2026-10-03 15:31"},
        {"America/New_York", 1320, 360, "2026-03-08 00:00", "2026-03-08 03:00", "2026-03-08 10:01"},
        {"Asia/Kolkata", 540, 1020, "2026-01-01 00:00", "2026-01-01 03:30", "2026-01-01 11:31"},
        {"UTC", 1320, 360, "2026-01-01 12:00", "2026-01-01 22:00", "2026-01-02 06:01"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct plan plan = plan_of(cases[i].from, cases[i].to, cases[i].zone);
        struct schedule *schedule = make(&plan);
        struct schedule_run run;

        assert_int_equal(schedule_next_runs(schedule, utc(cases[i].ask), 1, &run), 1);
        assert_int_equal(run.start_us, utc(cases[i].start));
        assert_int_equal(run.end_us, utc(cases[i].end));
        assert_true(schedule_is_open(schedule, run.start_us));
        assert_true(schedule_is_open(schedule, run.end_us - 1));
        assert_false(schedule_is_open(schedule, run.start_us - 1));
        assert_false(schedule_is_open(schedule, run.end_us));
        assert_int_equal(schedule_next_change(schedule, run.start_us), run.end_us);
        schedule_free(schedule);
    }
}

static void no_window_is_always_open(void **unused)
{
    const struct plan plan = plan_of(-1, -1, NULL);
    struct schedule *schedule = make(&plan);
    struct schedule_run runs[2];

    (void)unused;
    assert_true(schedule_is_always(schedule));
    assert_true(schedule_is_open(schedule, 0));
    assert_int_equal(schedule_next_change(schedule, 0), INT64_MAX);
    assert_int_equal(schedule_next_runs(schedule, 5, 2, runs), 1);
    assert_int_equal(runs[0].end_us, INT64_MAX);
    assert_int_equal(schedule_late_until(schedule, 0, DAY_US), 0);
    assert_string_equal(schedule_zone(schedule), "local");
    schedule_free(schedule);
}

static void a_night_belongs_to_the_day_it_begins(void **unused)
{
    struct plan plan = plan_of(1320, 360, "UTC");
    struct schedule_run runs[2];

    (void)unused;
    plan.schedule.days = 1 << 4; /* Friday */

    struct schedule *schedule = make(&plan);

    assert_int_equal(schedule_next_runs(schedule, utc("2026-01-01 00:00"), 2, runs), 2);
    assert_int_equal(runs[0].start_us, utc("2026-01-02 22:00"));
    assert_int_equal(runs[0].end_us, utc("2026-01-03 06:01"));
    assert_int_equal(runs[1].start_us, utc("2026-01-09 22:00"));
    assert_true(schedule_is_open(schedule, utc("2026-01-03 03:00")));
    assert_false(schedule_is_open(schedule, utc("2026-01-02 03:00")));
    schedule_free(schedule);
}

static void windows_that_touch_are_one(void **unused)
{
    struct plan plan = plan_of(360, 359, "UTC");
    struct schedule *schedule = make(&plan);

    (void)unused;
    assert_int_equal(schedule_next_change(schedule, utc("2026-01-01 12:00")), INT64_MAX);
    schedule_free(schedule);
    plan.window_start = plan.window_end = -1;
    plan.schedule.days = 0x1f;
    schedule = make(&plan);
    assert_int_equal(schedule_next_change(schedule, utc("2026-01-05 12:00")),
                     utc("2026-01-10 00:00"));
    schedule_free(schedule);
}

static void what_was_missed_runs_late(void **unused)
{
    struct plan plan = plan_of(120, 180, "UTC");
    struct schedule_run run;
    int64_t now = utc("2026-01-05 10:00");

    (void)unused;
    plan.schedule.missed = PLAN_MISSED_RUN_LATE;

    struct schedule *schedule = make(&plan);

    assert_true(schedule_missed(schedule, utc("2026-01-03 00:00"), now, &run));
    assert_int_equal(run.start_us, utc("2026-01-05 02:00"));
    assert_int_equal(run.end_us, utc("2026-01-05 03:01"));
    assert_int_equal(schedule_late_until(schedule, utc("2026-01-03 00:00"), now),
                     now + 61 * MINUTE_US);
    /* seen while it was open, seen since, and still open */
    assert_false(schedule_missed(schedule, utc("2026-01-05 02:30"), now, &run));
    assert_false(schedule_missed(schedule, utc("2026-01-05 09:00"), now, &run));
    assert_false(schedule_missed(schedule, utc("2026-01-05 01:00"), utc("2026-01-05 02:30"), &run));
    schedule_free(schedule);
    plan.schedule.missed = PLAN_MISSED_SKIP;
    schedule = make(&plan);
    assert_int_equal(schedule_late_until(schedule, utc("2026-01-03 00:00"), now), 0);
    schedule_free(schedule);
}

/* ---- calendars ---------------------------------------------------------------------------- */

struct calendar_file {
    char folder[32], path[64];
    struct dag_text name;
};

static void write_calendar(const struct calendar_file *file, const char *text)
{
    FILE *out = fopen(file->path, "we");

    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void make_calendar(struct calendar_file *file, const char *text)
{
    strcpy(file->folder, "/tmp/calendar.XXXXXX");
    assert_non_null(mkdtemp(file->folder));
    snprintf(file->path, sizeof(file->path), "%s/days.json", file->folder);
    file->name = (struct dag_text){"days.json", strlen("days.json")};
    write_calendar(file, text);
}

static void remove_calendar(const struct calendar_file *file)
{
    assert_int_equal(unlink(file->path), 0);
    assert_int_equal(rmdir(file->folder), 0);
}

static void calendars_are_read_again(void **unused)
{
    struct calendar_file file;
    struct plan plan = plan_of(540, 600, "UTC");
    struct dag_error err = {0};
    bool has_changed;

    (void)unused;
    make_calendar(&file, "{\"holidays\": [\"2026-01-02\", \"01-05\", {\"date\": \"2026-01-03\"}]}");
    plan.schedule.calendars = (struct dag_text_list){&file.name, 1};

    const struct schedule_options options = {.folder = file.folder};
    struct schedule *schedule = schedule_new(&plan, &options, &err);
    struct pollfd changed = {.fd = schedule ? schedule_fd(schedule) : -1, .events = POLLIN};

    assert_non_null(schedule);
    assert_int_equal(schedule_next_change(schedule, utc("2026-01-02 00:00")),
                     utc("2026-01-04 09:00"));
    assert_false(schedule_is_open(schedule, utc("2031-01-05 09:30")));
    assert_int_equal(poll(&changed, 1, 0), 0);
    write_calendar(&file, "[\"2026-01-04\"]");
    assert_int_equal(poll(&changed, 1, 10000), 1);
    assert_true(schedule_refresh(schedule, &has_changed, &err));
    assert_true(has_changed);
    assert_int_equal(poll(&changed, 1, 0), 0);
    assert_int_equal(schedule_next_change(schedule, utc("2026-01-02 00:00")),
                     utc("2026-01-02 09:00"));
    /* a bad one changes nothing */
    write_calendar(&file, "[\"2026-13-04\"]");
    assert_false(schedule_refresh(schedule, &has_changed, &err));
    assert_non_null(strstr(err.message, "line 1, column 2"));
    assert_false(schedule_is_open(schedule, utc("2026-01-04 09:30")));
    schedule_free(schedule);
    remove_calendar(&file);
}

static void bad_calendars_and_zones_are_refused(void **unused)
{
    static const char *const bad[] = {"{}",
                                      "3",
                                      "[\"2026-02-29\"]",
                                      "[\"2026-1-1\"]",
                                      "[20260101]",
                                      "{\"holidays\": [{}]}",
                                      "[\"00-10\"]",
                                      "["};
    struct calendar_file file;
    struct plan plan = plan_of(540, 600, "UTC");
    const struct plan elsewhere = plan_of(540, 600, "../../etc/passwd");
    struct dag_error err = {0};

    (void)unused;
    make_calendar(&file, "[]");
    plan.schedule.calendars = (struct dag_text_list){&file.name, 1};

    const struct schedule_options options = {.folder = file.folder};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        write_calendar(&file, bad[i]);
        err = (struct dag_error){0};
        assert_null(schedule_new(&plan, &options, &err));
        assert_non_null(strstr(err.message, "days.json"));
    }
    remove_calendar(&file);
    assert_null(schedule_new(&plan, &options, &err));
    assert_int_equal(err.code, DAG_ERROR_IO);
    assert_null(schedule_new(&elsewhere, NULL, &err));
    assert_int_equal(err.code, DAG_ERROR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_that_clocks_change),
        cmocka_unit_test(no_window_is_always_open),
        cmocka_unit_test(a_night_belongs_to_the_day_it_begins),
        cmocka_unit_test(windows_that_touch_are_one),
        cmocka_unit_test(what_was_missed_runs_late),
        cmocka_unit_test(calendars_are_read_again),
        cmocka_unit_test(bad_calendars_and_zones_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
