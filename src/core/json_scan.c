/* json_scan.c - strings that are not short and plain: escapes, UTF-8, great length. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_scan.h"

void json_set_failure(struct json_source *source, const char *at, const char *why)
{
    bool is_cut = at >= source->end || (source->is_line && *at == '\n');

    source->failed_at = at < source->end ? at : source->end;
    source->failed_why = is_cut ? "the text ends too soon" : why;
}

static inline bool is_hex(char c)
{
    return ((unsigned)(c - '0') <= 9) | ((unsigned)((c | 0x20) - 'a') <= 5);
}

/* `p` is at the backslash. NULL: no valid escape. */
static inline const char *skip_escape(const char *p)
{
    static const unsigned char sizes[256] = {['"'] = 2, ['\\'] = 2, ['/'] = 2, ['b'] = 2, ['f'] = 2,
                                             ['n'] = 2, ['r'] = 2,  ['t'] = 2, ['u'] = 6};
    unsigned size = sizes[(unsigned char)p[1]];

    if (size == 6 && !(is_hex(p[2]) && is_hex(p[3]) && is_hex(p[4]) && is_hex(p[5])))
        return NULL;
    return size > 0 ? p + size : NULL;
}

static bool is_between(char c, unsigned low, unsigned high)
{
    return (unsigned char)c >= low && (unsigned char)c <= high;
}

/* One sequence of two to four bytes. NULL: not UTF-8 (RFC 3629, table 3-7 of Unicode). */
static const char *skip_utf8(const char *p)
{
    unsigned lead = (unsigned char)p[0];

    if (lead >= 0xc2 && lead <= 0xdf)
        return is_between(p[1], 0x80, 0xbf) ? p + 2 : NULL;
    if (lead >= 0xe0 && lead <= 0xef) {
        unsigned low = lead == 0xe0 ? 0xa0 : 0x80, high = lead == 0xed ? 0x9f : 0xbf;
        return is_between(p[1], low, high) && is_between(p[2], 0x80, 0xbf) ? p + 3 : NULL;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        unsigned low = lead == 0xf0 ? 0x90 : 0x80, high = lead == 0xf4 ? 0x8f : 0xbf;
        return is_between(p[1], low, high) && is_between(p[2], 0x80, 0xbf) &&
                       is_between(p[3], 0x80, 0xbf)
                   ? p + 4
                   : NULL;
    }
    return NULL;
}

/* The escapes and UTF-8 sequences from `p` on, of which there is one at least. What stands behind
 * the end counts as nothing, so that the verdict depends on the text alone. */
static inline const char *skip_special(struct json_source *source, const char *p,
                                       enum dag_text_form *form)
{
    do {
        char tail[8] = {0};
        const char *bytes = p, *next;

        if (json_unlikely(source->end - p < 6)) {
            memcpy(tail, p, (size_t)(source->end - p));
            bytes = tail;
        }
        if (*bytes == '\\')
            *form = DAG_TEXT_ESCAPED;
        next = *bytes == '\\' ? skip_escape(bytes) : skip_utf8(bytes);
        if (json_unlikely(!next))
            return json_fail(source, p, *p == '\\' ? "not a valid escape" : "not valid UTF-8");
        p += next - bytes;
    } while (p < source->end && ((unsigned char)*p >= 0x80 || *p == '\\'));
    return p;
}

const char *json_string_rest(struct json_source *source, const char *text, const char *p,
                             struct dag_value *value)
{
    enum dag_text_form form = DAG_TEXT_PLAIN;

    for (;;) {
        if (json_unlikely(p >= source->end))
            return json_fail(source, p, NULL);
        if (*p == '"')
            break;
        if (*p == '\\' || (unsigned char)*p >= 0x80)
            p = skip_special(source, p, &form);
        else if ((unsigned char)*p < 0x20)
            return json_fail(source, p, "a control character in a string");
        if (json_unlikely(!p))
            return NULL;
        /* the run may end behind the text: then the loop fails above */
        if (p < source->end)
            p += json_plain_run_long(p);
    }
    json_set_text(value, DAG_TYPE_TEXT, form, text, (size_t)(p - text));
    return p + 1;
}

/* Bytes that can be part of a number. */
static size_t number_run(const char *p, size_t size)
{
    size_t run = 0;

    while (run < size && p[run] != '\0' && strchr("0123456789+-.eE", p[run]))
        run++;
    return run;
}

void json_set_value_failure(struct json_source *source, const char *p)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t left = p < source->end ? (size_t)(source->end - p) : 0, run;
    const char *feed = source->is_line && left > 0 ? memchr(p, '\n', left) : NULL;

    if (feed)
        left = (size_t)(feed - p);
    run = number_run(p, left);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (left < strlen(words[i]) && memcmp(p, words[i], left) == 0)
            run = left;
    json_set_failure(source, run == left ? p + left : p, "expected a value");
}

const char *json_skip_string_rest(struct json_source *source, const char *p)
{
    struct dag_value ignored;

    return json_string_rest(source, p, p, &ignored);
}

const char *json_skip_number_rest(struct json_source *source, const char *p)
{
    const char *next = number_skip(p, source->end);

    return next ? next : json_fail_value(source, p);
}
