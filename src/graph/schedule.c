/* schedule.c - checks "schedule" and "autoclone" of a DAG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "core/options.h"
#include "core/zone.h"
#include "graph/parts.h"
#include "graph/window.h"

#define DAYS 7

static const char *const day_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday",    NULL};

/* 0: Monday; -1: no day. */
static int find_day(const char *text)
{
    for (int i = 0; i < DAYS; i++) {
        if (strcasecmp(text, day_names[i]) == 0 ||
            (strlen(text) == 3 && strncasecmp(text, day_names[i], 3) == 0))
            return i;
    }
    return -1;
}

static const char *day_name_at(void *context, size_t i)
{
    (void)context;
    return day_names[i];
}

/* The place of the entry of a list, or of a text that stands for a list of one. */
static const struct tree *entry_at(const struct tree *block, const char *key, size_t index)
{
    const struct tree *value = tree_get(block, key);

    if (!value || value->type != TREE_ARRAY)
        return value;
    for (value = value->child; value && index > 0; index--)
        value = value->next;
    return value;
}

static uint8_t read_days(struct checker *checker, const struct tree *block, const char *key,
                         const struct dag_text_list *list)
{
    uint8_t days = 0;

    for (size_t i = 0; i < list->count; i++) {
        const char *text = list->items[i].text;
        int day = find_day(text);

        if (day >= 0)
            days |= (uint8_t)(1U << day);
        else
            report(checker, PROBLEM_ERROR, entry_at(block, key, i), REPORT_VALUE, "bad_day",
                   suggest(checker, text, day_name_at, NULL),
                   "schedule, key '%s': '%.40s' is no day; write Monday or Mon, and so on", key,
                   text);
    }
    return days;
}

static void check_zone(struct checker *checker, const char *label, const struct tree *block,
                       const char *name)
{
    struct dag_error err = {0};
    struct zone *zone = name ? zone_new(name, &err) : NULL;

    if (name && !zone && err.code == DAG_ERROR_MEMORY)
        checker->no_memory = true;
    else if (name && !zone)
        report_error(checker, tree_get(block, "timezone"), "bad_timezone", "%s, key 'timezone': %s",
                     label, err.message);
    zone_free(zone);
}

static void read_schedule(struct checker *checker, const struct tree *block)
{
    struct plan_schedule *schedule = &checker->plan->schedule;
    struct option_report whose = {
        .checker = checker, .label = "schedule", .at = block, .are_keys = true};
    struct schedule_keys keys = {0};
    size_t errors = checker->problems->error_count;

    if (!options_read(schedule_key_table, block, &keys, NULL, checker->document, report_option,
                      &whose))
        return;
    if (keys.days_of_week.count > 0)
        schedule->days = read_days(checker, block, "days_of_week", &keys.days_of_week);
    schedule->days &=
        (uint8_t)~read_days(checker, block, "exclude_days_of_week", &keys.exclude_days_of_week);
    schedule->calendars = keys.holiday_calendars;
    schedule->timezone = keys.timezone;
    schedule->missed = (enum plan_missed)keys.missed;
    check_zone(checker, "schedule", block, keys.timezone);
    if (schedule->days == 0 && checker->problems->error_count == errors)
        report_error(checker, block, "no_day_left",
                     "schedule: no day of the week is left; take days out of "
                     "'exclude_days_of_week'");
}

static void check_clone_times(struct checker *checker, const struct tree *block,
                              const struct autoclone_keys *keys)
{
    const struct {
        const char *key, *start, *end, *duration;
    } texts[] = {{"ramp_up_time", keys->ramp_up_time, NULL, NULL},
                 {"ramp_down_time", NULL, keys->ramp_down_time, NULL},
                 {"duration", NULL, NULL, keys->duration}};
    int from, to;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct dag_error err = {0};

        if (window_resolve(texts[i].start, texts[i].end, texts[i].duration, &from, &to, &err))
            continue;
        report_error(checker, tree_get(block, texts[i].key), i == 2 ? "bad_duration" : "bad_time",
                     "autoclone, key '%s': %s", texts[i].key, err.message);
    }
    if (!keys->ramp_down_time && !keys->duration)
        report_error(checker, block, "missing_option",
                     "autoclone: add 'duration' (such as 8h) or 'ramp_down_time'");
}

static void read_autoclone(struct checker *checker, const struct tree *block)
{
    struct plan_autoclone *autoclone = &checker->plan->autoclone;
    struct option_report whose = {
        .checker = checker, .label = "autoclone", .at = block, .are_keys = true};
    struct autoclone_keys keys = {0};
    int from = -1, to = -1;

    if (!options_read(autoclone_key_table, block, &keys, NULL, checker->document, report_option,
                      &whose))
        return;
    check_clone_times(checker, block, &keys);
    check_zone(checker, "autoclone", block, keys.timezone);
    window_resolve(keys.ramp_up_time, keys.ramp_down_time, keys.duration, &from, &to,
                   &(struct dag_error){0});
    report(checker, PROBLEM_NOTE, block, REPORT_KEY, "ignored_key", NULL,
           "`dagd run` makes no clones and ignores 'autoclone'");
    autoclone->count = (int32_t)keys.ramp_count;
    autoclone->from = from;
    autoclone->to = to;
    autoclone->timezone = keys.timezone ? keys.timezone : checker->plan->schedule.timezone;
}

static const struct tree *find_block(struct checker *checker, const char *key)
{
    const struct tree *block = tree_get(checker->plan->source, key);

    return block && block->type == TREE_OBJECT ? block : NULL; /* else reported with the keys */
}

void check_schedule(struct checker *checker)
{
    const struct tree *schedule = find_block(checker, "schedule");
    const struct tree *autoclone = find_block(checker, "autoclone");

    checker->plan->schedule.days = PLAN_EVERY_DAY;
    checker->plan->autoclone.from = checker->plan->autoclone.to = -1;
    if (schedule)
        read_schedule(checker, schedule);
    if (autoclone)
        read_autoclone(checker, autoclone);
}
