/* zone_rule.c - see zone_rule.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/zone_rule.h"

#include <string.h>

#define DAY_SECONDS 86400
#define HOUR        3600
#define HOURS_MAX   167

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* ---- reading ------------------------------------------------------------------------------ */

static bool take_number(const char **text, int max, int *number)
{
    int sum = 0;

    if (!is_digit(**text))
        return false;
    for (; is_digit(**text); (*text)++) {
        sum = sum * 10 + (**text - '0');
        if (sum > max)
            return false;
    }
    *number = sum;
    return true;
}

/* "CET" or "<+0530>". */
static bool take_name(const char **text)
{
    const char *at = *text;

    if (*at == '<') {
        at = strchr(at, '>');
        if (!at)
            return false;
        *text = at + 1;
        return true;
    }
    while (is_letter(*at))
        at++;
    if (at - *text < 3)
        return false;
    *text = at;
    return true;
}

/* "[+-]hh[:mm[:ss]]" */
static bool take_time(const char **text, int32_t *seconds)
{
    int sign = 1, hours, minutes = 0, rest = 0;

    if (**text == '-' || **text == '+')
        sign = *(*text)++ == '-' ? -1 : 1;
    if (!take_number(text, HOURS_MAX, &hours))
        return false;
    if (**text == ':') {
        (*text)++;
        if (!take_number(text, 59, &minutes))
            return false;
    }
    if (**text == ':') {
        (*text)++;
        if (!take_number(text, 59, &rest))
            return false;
    }
    *seconds = sign * (hours * HOUR + minutes * 60 + rest);
    return true;
}

static bool take_week_day(const char **text, struct zone_change *change)
{
    if (!take_number(text, 12, &change->month) || change->month < 1 || *(*text)++ != '.' ||
        !take_number(text, 5, &change->week) || change->week < 1 || *(*text)++ != '.')
        return false;
    return take_number(text, 6, &change->day);
}

/* ",M3.5.0/2" */
static bool take_change(const char **text, struct zone_change *change)
{
    bool is_read;

    change->seconds = 2 * HOUR;
    if (*(*text)++ != ',')
        return false;
    if (**text == 'M') {
        (*text)++;
        change->kind = ZONE_DAY_WEEK;
        is_read = take_week_day(text, change);
    } else if (**text == 'J') {
        (*text)++;
        change->kind = ZONE_DAY_JULIAN;
        is_read = take_number(text, 365, &change->day) && change->day >= 1;
    } else {
        change->kind = ZONE_DAY_OF_YEAR;
        is_read = take_number(text, 365, &change->day);
    }
    if (!is_read || **text != '/')
        return is_read;
    (*text)++;
    return take_time(text, &change->seconds);
}

bool zone_rule_parse(const char *text, struct zone_rule *rule)
{
    *rule = (struct zone_rule){0};
    if (!take_name(&text) || !take_time(&text, &rule->standard))
        return false;
    rule->standard = -rule->standard; /* the text counts west of Greenwich */
    rule->summer = rule->standard + HOUR;
    if (*text == '\0')
        return true;
    rule->has_summer = true;
    if (!take_name(&text))
        return false;
    if (*text != ',') {
        if (!take_time(&text, &rule->summer))
            return false;
        rule->summer = -rule->summer;
    }
    return take_change(&text, &rule->begin) && take_change(&text, &rule->end) && *text == '\0';
}

/* ---- the calendar ------------------------------------------------------------------------- */

/* Both after Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms": years begin in March.
 */
int64_t zone_days(int64_t year, int month, int day)
{
    int64_t from_march = month <= 2 ? year - 1 : year;
    int64_t era = (from_march >= 0 ? from_march : from_march - 399) / 400;
    int64_t of_era = from_march - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void zone_civil(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t from_march = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = years + era * 400 + (*month <= 2 ? 1 : 0);
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970 of the day of a change. */
static int64_t day_of(const struct zone_change *change, int64_t year)
{
    int64_t first, last;

    if (change->kind == ZONE_DAY_JULIAN)
        return zone_days(year, 1, 1) + change->day - 1 +
               (is_leap(year) && change->day >= 60 ? 1 : 0);
    if (change->kind == ZONE_DAY_OF_YEAR)
        return zone_days(year, 1, 1) + change->day;
    first = zone_days(year, change->month, 1);
    last = change->month == 12 ? zone_days(year + 1, 1, 1) : zone_days(year, change->month + 1, 1);
    /* 1 January 1970 was a Thursday, day 4. */
    first += ((change->day - (first + 4)) % 7 + 7) % 7 + 7 * (int64_t)(change->week - 1);
    return first < last ? first : first - 7;
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t at)
{
    int64_t local = at + rule->standard, year, begin, end;
    int month, day;

    if (!rule->has_summer)
        return rule->standard;
    zone_civil((local >= 0 ? local : local - DAY_SECONDS + 1) / DAY_SECONDS, &year, &month, &day);
    begin = day_of(&rule->begin, year) * DAY_SECONDS + rule->begin.seconds - rule->standard;
    end = day_of(&rule->end, year) * DAY_SECONDS + rule->end.seconds - rule->summer;
    if (begin < end)
        return at >= begin && at < end ? rule->summer : rule->standard;
    return at >= begin || at < end ? rule->summer : rule->standard; /* south of the equator */
}
