/* calendar.c - see calendar.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/calendar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/zone_rule.h"

#define FILE_SIZE_MAX ((size_t)1 << 20)
#define DEPTH_MAX     8
#define DATES_MAX     100000
#define YEARLY_SIZE   (12 * 31)

struct dates {
    int64_t *days; /* owned, ascending */
    size_t count;
    bool yearly[YEARLY_SIZE]; /* (month - 1) * 31 + day - 1 */
};

struct calendar {
    char *name; /* owned: as written, for messages */
    char *path; /* owned */
    struct schedule_options options;
    struct dates dates;
};

/* ---- the file ----------------------------------------------------------------------------- */

static int open_file(const struct calendar *calendar, struct dag_error *err)
{
    int fd = storage_descriptor(calendar->options.storage, calendar->path, O_RDONLY, err);

    if (fd < 0 && errno == ENOENT)
        dag_error_set_errno(err, "cannot open the holiday calendar '%s'", calendar->name);
    else if (fd < 0)
        dag_error_add_context(err, "the holiday calendar '%s'", calendar->name);
    return fd;
}

/* Memory that the caller frees. NULL: `err`. */
static char *read_file(const struct calendar *calendar, size_t *size, struct dag_error *err)
{
    int fd = open_file(calendar, err);
    char *text;
    ssize_t taken = 1;

    *size = 0;
    if (fd < 0)
        return NULL;
    text = malloc(FILE_SIZE_MAX + 1);
    if (!text)
        dag_error_set_memory(err, "a holiday calendar");
    while (text && taken > 0 && *size <= FILE_SIZE_MAX) {
        taken = read(fd, text + *size, FILE_SIZE_MAX + 1 - *size);
        if (taken < 0 && errno == EINTR)
            taken = 1;
        else if (taken > 0)
            *size += (size_t)taken;
    }
    if (taken < 0)
        dag_error_set_errno(err, "cannot read the holiday calendar '%s'", calendar->name);
    else if (text && *size > FILE_SIZE_MAX)
        dag_error_set(err, DAG_ERROR_LIMIT, "the holiday calendar '%s' is larger than 1 MiB",
                      calendar->name);
    close(fd);
    if (err->code == DAG_ERROR_NONE)
        return text;
    free(text);
    return NULL;
}

/* ---- dates -------------------------------------------------------------------------------- */

static bool take_digits(const char **text, int count, int *number)
{
    int sum = 0;

    for (; count > 0; count--, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        sum = sum * 10 + (**text - '0');
    }
    *number = sum;
    return true;
}

/* "YYYY-MM-DD", or "MM-DD", which gives year -1. */
static bool parse_date(const char *text, int *year, int *month, int *day)
{
    int64_t check_year;
    int check_month, check_day;

    *year = -1;
    if (strlen(text) == 10 && (!take_digits(&text, 4, year) || *text++ != '-'))
        return false;
    if (!take_digits(&text, 2, month) || *text++ != '-' || !take_digits(&text, 2, day) ||
        *text != '\0' || *month < 1 || *month > 12 || *day < 1)
        return false;
    /* 2000 had every date. */
    zone_civil(zone_days(*year < 0 ? 2000 : *year, *month, *day), &check_year, &check_month,
               &check_day);
    return check_month == *month && check_day == *day;
}

static int compare_days(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

    return one < other ? -1 : one > other;
}

static bool complain(const struct calendar *calendar, const struct tree *at, struct dag_error *err,
                     const char *what)
{
    return dag_error_set(err, DAG_ERROR_INVALID, "holiday calendar '%s', line %u, column %u: %s",
                         calendar->name, at->line, at->column, what);
}

static bool read_dates(const struct calendar *calendar, const struct tree *list,
                       struct dates *dates, struct dag_error *err)
{
    dates->days = calloc(list->count + 1, sizeof(*dates->days));
    if (!dates->days)
        return dag_error_set_memory(err, "a holiday calendar");
    for (const struct tree *entry = list->child; entry; entry = entry->next) {
        const struct tree *date = entry->type == TREE_OBJECT ? tree_get(entry, "date") : entry;
        int year, month, day;

        if (!date || date->type != TREE_TEXT || strlen(date->text) != date->text_size ||
            !parse_date(date->text, &year, &month, &day))
            return complain(calendar, date ? date : entry, err,
                            "this is no date; write \"2026-12-25\", or \"12-25\" for every year, "
                            "or {\"date\": \"2026-12-25\", \"name\": \"...\"}");
        if (year < 0)
            dates->yearly[(month - 1) * 31 + day - 1] = true;
        else
            dates->days[dates->count++] = zone_days(year, month, day);
    }
    qsort(dates->days, dates->count, sizeof(*dates->days), compare_days);
    return true;
}

static bool read_tree(const struct calendar *calendar, const struct tree *root, struct dates *dates,
                      struct dag_error *err)
{
    const struct tree *list = root->type == TREE_OBJECT ? tree_get(root, "holidays") : root;

    if (!list || list->type != TREE_ARRAY || list->count > DATES_MAX)
        return complain(calendar, list ? list : root, err,
                        "a calendar is an object with a list of dates under \"holidays\", or the "
                        "list alone");
    return read_dates(calendar, list, dates, err);
}

/* `dates` is the caller's to release, also on failure. */
static bool read_calendar(const struct calendar *calendar, struct dates *dates,
                          struct dag_error *err)
{
    size_t size;
    char *text;
    struct tree_document *document;
    const struct tree *root;
    bool is_read = false;

    *err = (struct dag_error){0};
    text = read_file(calendar, &size, err);
    if (!text)
        return false;
    document = tree_document_new();
    root = document ? tree_parse(document, text, size, DEPTH_MAX, NULL, NULL, err) : NULL;
    if (!document)
        dag_error_set_memory(err, "a holiday calendar");
    else if (!root)
        dag_error_add_context(err, "holiday calendar '%s'", calendar->name);
    else
        is_read = read_tree(calendar, root, dates, err);
    tree_document_free(document);
    free(text);
    return is_read;
}

/* ---- the calendar ------------------------------------------------------------------------- */

struct calendar *calendar_new(const char *path, const struct schedule_options *options,
                              struct dag_error *err)
{
    struct calendar *calendar = calloc(1, sizeof(*calendar));
    bool is_whole;

    if (!calendar) {
        dag_error_set_memory(err, "a holiday calendar");
        return NULL;
    }
    if (options)
        calendar->options = *options;
    calendar->options.folder = NULL; /* it is in the path; the text itself isn't ours to keep */
    calendar->name = strdup(path);
    if (!options || !options->folder || path[0] == '/')
        calendar->path = strdup(path);
    else if (asprintf(&calendar->path, "%s/%s", options->folder, path) < 0)
        calendar->path = NULL;
    is_whole = calendar->name && calendar->path;
    if (!is_whole)
        dag_error_set_memory(err, "a holiday calendar");
    if (is_whole && read_calendar(calendar, &calendar->dates, err))
        return calendar;
    calendar_free(calendar);
    return NULL;
}

void calendar_free(struct calendar *calendar)
{
    if (!calendar)
        return;
    free(calendar->dates.days);
    free(calendar->name);
    free(calendar->path);
    free(calendar);
}

static bool are_equal(const struct dates *one, const struct dates *other)
{
    return one->count == other->count &&
           (one->count == 0 ||
            memcmp(one->days, other->days, one->count * sizeof(*one->days)) == 0) &&
           memcmp(one->yearly, other->yearly, sizeof(one->yearly)) == 0;
}

bool calendar_refresh(struct calendar *calendar, bool *has_changed, struct dag_error *err)
{
    struct dates dates = {0};

    *has_changed = false;
    if (!read_calendar(calendar, &dates, err)) {
        free(dates.days);
        return false;
    }
    *has_changed = !are_equal(&dates, &calendar->dates);
    free(calendar->dates.days);
    calendar->dates = dates;
    return true;
}

bool calendar_has(const struct calendar *calendar, int64_t day)
{
    const struct dates *dates = &calendar->dates;
    int64_t year;
    int month, of_month;

    zone_civil(day, &year, &month, &of_month);
    return dates->yearly[(month - 1) * 31 + of_month - 1] ||
           (dates->count > 0 &&
            bsearch(&day, dates->days, dates->count, sizeof(day), compare_days) != NULL);
}

const char *calendar_path(const struct calendar *calendar)
{
    return calendar->path;
}
