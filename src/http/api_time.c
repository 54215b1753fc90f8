/* api_time.c - see api_time.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_time.h"

#include <stddef.h>
#include <time.h>

/* Reads `count` digits and the byte `behind` them (0: none). */
static bool take(const char **at, int count, char behind, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    if (behind && **at != behind)
        return false;
    *at += behind != 0;
    return true;
}

static bool take_fraction(const char **at, int64_t *fraction_us)
{
    int64_t unit_us = 100000;

    *fraction_us = 0;
    if (**at != '.')
        return true;
    (*at)++;
    if (**at < '0' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; (*at)++, unit_us /= 10)
        *fraction_us += (**at - '0') * unit_us;
    return true;
}

/* "Z" or "+01:30". */
static bool take_offset(const char **at, int64_t *offset_s)
{
    int hours, minutes;
    int sign = **at == '-' ? -1 : 1;

    *offset_s = 0;
    if (**at == 'Z' || **at == 'z') {
        (*at)++;
        return true;
    }
    if (**at != '+' && **at != '-')
        return false;
    (*at)++;
    if (!take(at, 2, ':', &hours) || !take(at, 2, 0, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool api_parse_time(const char *text, int64_t *time_us)
{
    struct tm when = {0};
    int64_t fraction_us, offset_s, seconds;
    int year, month, day;
    const char *at = text;

    if (!take(&at, 4, '-', &year) || !take(&at, 2, '-', &month) || !take(&at, 2, 0, &day) ||
        (*at != 'T' && *at != 't' && *at != ' '))
        return false;
    at++;
    if (!take(&at, 2, ':', &when.tm_hour) || !take(&at, 2, ':', &when.tm_min) ||
        !take(&at, 2, 0, &when.tm_sec) || !take_fraction(&at, &fraction_us) ||
        !take_offset(&at, &offset_s) || *at)
        return false;
    if (month < 1 || month > 12 || day < 1 || when.tm_hour > 23 || when.tm_min > 59 ||
        when.tm_sec > 60)
        return false;
    when.tm_year = year - 1900;
    when.tm_mon = month - 1;
    when.tm_mday = day;
    seconds = timegm(&when);
    if (when.tm_mday != day) /* there is no such day in that month */
        return false;
    seconds -= offset_s;
    if (seconds < 0)
        return false;
    *time_us = seconds * 1000000 + fraction_us;
    return true;
}
