/* audit_match.c - see audit_match.h. A line is matched as it stands: its texts are escaped, so that
 * "key":"text" appears only where it is meant. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit_match.h"

#include <string.h>

#include "core/clock.h"
#include "core/text.h"

#define TIME_BEGIN ",\"time\":\""
#define TIME_SIZE  AUDIT_TIME_SIZE
#define TAIL_BEGIN ",\"prev\":\""

/* ---- which lines ---- */

static bool add_escaped(struct dag_buffer *out, const char *text)
{
    size_t size = strlen(text);

    if (!dag_buffer_reserve(out, text_escape_bound(size)))
        return false;
    out->size += text_escape(out->bytes + out->size, text, size);
    return true;
}

static bool add_needle(struct audit_matcher *matcher, size_t i, const char *key, const char *text)
{
    struct dag_buffer *needle = &matcher->needles[i];

    if (!text || (!key && !*text))
        return true;
    matcher->has_any = true;
    if (!key)
        return add_escaped(needle, text);
    return dag_buffer_append(needle, ",\"", 2) && dag_buffer_append(needle, key, strlen(key)) &&
           dag_buffer_append(needle, "\":\"", 3) && add_escaped(needle, text) &&
           dag_buffer_append(needle, "\"", 1);
}

void audit_matcher_deinit(struct audit_matcher *matcher)
{
    for (size_t i = 0; i < AUDIT_NEEDLES; i++)
        dag_buffer_free(&matcher->needles[i]);
}

bool audit_matcher_init(struct audit_matcher *matcher, const struct audit_filter *filter,
                        struct dag_error *err)
{
    *matcher = (struct audit_matcher){0};
    if (!filter)
        return true;
    if (filter->from_us)
        clock_format(filter->from_us, matcher->from);
    if (filter->to_us)
        clock_format(filter->to_us, matcher->to);
    matcher->has_any = filter->from_us || filter->to_us;
    if (add_needle(matcher, 0, "actor", filter->actor) &&
        add_needle(matcher, 1, "action", filter->action) &&
        add_needle(matcher, 2, "object", filter->object) &&
        add_needle(matcher, 3, "result", filter->result) &&
        add_needle(matcher, 4, NULL, filter->query))
        return true;
    audit_matcher_deinit(matcher);
    return dag_error_set_memory(err, "a search of the audit log");
}

bool audit_matches_time(const struct audit_matcher *matcher, const struct audit_line *line)
{
    if (!matcher->from[0] && !matcher->to[0])
        return true;
    return line->time && (!matcher->from[0] || memcmp(line->time, matcher->from, TIME_SIZE) >= 0) &&
           (!matcher->to[0] || memcmp(line->time, matcher->to, TIME_SIZE) < 0);
}

bool audit_matches_texts(const struct audit_matcher *matcher, const struct audit_line *line)
{
    for (size_t i = 0; i < AUDIT_NEEDLES; i++) {
        const struct dag_buffer *needle = &matcher->needles[i];

        if (needle->size > 0 &&
            !memmem(line->text, (size_t)(line->tail - line->text), needle->bytes, needle->size))
            return false;
    }
    return true;
}

/* ---- one line ---- */

/* What stands behind `key`, as a number; 0: the key isn't there. */
static uint64_t take_number(const char **at, const char *end, const char *key)
{
    size_t size = strlen(key);
    uint64_t number = 0;

    if ((size_t)(end - *at) < size || memcmp(*at, key, size) != 0)
        return 0;
    for (*at += size; *at < end && **at >= '0' && **at <= '9'; ++*at)
        number = number * 10 + (uint64_t)(**at - '0');
    return number;
}

bool audit_line_read(const char *text, size_t size, struct audit_line *line)
{
    const char *at = text, *end = text + size;
    const char *tail = memmem(text, size, TAIL_BEGIN, sizeof(TAIL_BEGIN) - 1);
    size_t time_size = sizeof(TIME_BEGIN) - 1;

    *line = (struct audit_line){.text = text, .size = size, .tail = tail ? tail : end};
    line->number = take_number(&at, end, "{\"number\":");
    if (line->number == 0)
        return false;
    line->begun = take_number(&at, end, ",\"begun\":");
    if (line->begun >= line->number)
        line->begun = 0; /* nothing ends before it begins */
    if ((size_t)(end - at) > time_size + TIME_SIZE && memcmp(at, TIME_BEGIN, time_size) == 0) {
        line->time = at + time_size;
        line->rest = line->time + TIME_SIZE + 1;
    }
    return true;
}
