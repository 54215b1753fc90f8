/* window.c - a DAG's daily time window. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/window.h"

#include <stdio.h>
#include <string.h>

#define END_BEFORE_START 5 /* minutes */
#define DURATION_MAX     (10 * 366 * MINUTES_PER_DAY)

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

bool window_parse_time(const char *text, int *minutes)
{
    size_t colon = strlen(text) == 5 && text[2] == ':' ? 1 : 0;
    int hour, minute;

    if (strlen(text) != 4 + colon || !is_digit(text[0]) || !is_digit(text[1]) ||
        !is_digit(text[2 + colon]) || !is_digit(text[3 + colon]))
        return false;
    hour = (text[0] - '0') * 10 + text[1] - '0';
    minute = (text[2 + colon] - '0') * 10 + text[3 + colon] - '0';
    if (hour > 23 || minute > 59)
        return false;
    *minutes = hour * 60 + minute;
    return true;
}

/* A number with this letter behind it; moves `*text` behind both. */
static bool take_number(const char **text, char unit, int *number)
{
    const char *at = *text;
    int sum = 0;

    if (!is_digit(*at))
        return false;
    for (; is_digit(*at); at++) {
        sum = sum * 10 + (*at - '0');
        if (sum > DURATION_MAX)
            return false;
    }
    if (*at != unit && *at != unit - 'a' + 'A')
        return false;
    *number = sum;
    *text = at + 1;
    return true;
}

static bool is_blank(char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

bool window_parse_duration(const char *text, int *minutes)
{
    int hour = 0, minute = 0;
    bool has_hours, has_minutes;

    while (is_blank(*text))
        text++;
    has_hours = take_number(&text, 'h', &hour);
    has_minutes = take_number(&text, 'm', &minute);
    while (is_blank(*text))
        text++;
    if (*text != '\0' || !(has_hours || has_minutes) || hour > DURATION_MAX / 60 ||
        hour * 60 + minute == 0 || hour * 60 + minute > DURATION_MAX)
        return false;
    *minutes = hour * 60 + minute;
    return true;
}

static bool parse_time(const char *key, const char *text, int *minutes, struct dag_error *err)
{
    if (window_parse_time(text, minutes))
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "%s '%.40s' is no time of day; write HHMM or HH:MM, 0000 to 2359", key,
                         text);
}

static bool parse_duration(const char *text, int *minutes, struct dag_error *err)
{
    if (window_parse_duration(text, minutes))
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "duration '%.40s' is no duration; write for instance 8h, 90m or 1h30m",
                         text);
}

bool window_end_time(const char *start, const char *duration, char out[5], struct dag_error *err)
{
    int from = 0, length = MINUTES_PER_DAY - END_BEFORE_START, to;

    out[0] = '\0';
    if (!start)
        return true;
    if (!parse_time("start_time", start, &from, err) ||
        (duration && !parse_duration(duration, &length, err)))
        return false;
    to = (from + length) % MINUTES_PER_DAY;
    out[0] = (char)('0' + to / 600);
    out[1] = (char)('0' + to / 60 % 10);
    out[2] = (char)('0' + to % 60 / 10);
    out[3] = (char)('0' + to % 10);
    out[4] = '\0';
    return true;
}

bool window_resolve(const char *start, const char *end, const char *duration, int *from, int *to,
                    struct dag_error *err)
{
    int first = -1, last = -1, length = 0;

    *from = *to = -1;
    if ((start && !parse_time("start_time", start, &first, err)) ||
        (end && !parse_time("end_time", end, &last, err)) ||
        (duration && !parse_duration(duration, &length, err)))
        return false;
    if (!start || (!end && !duration) || length >= MINUTES_PER_DAY)
        return true;
    *from = first;
    *to = duration ? (first + length) % MINUTES_PER_DAY : last;
    return true;
}
