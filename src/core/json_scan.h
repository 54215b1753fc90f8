/* json_scan.h - reads the tokens of a JSON text: white space, strings, literals.
 *
 * At least JSON_PADDING bytes behind the end are readable, with any content. So a token is read
 * without looking at the end; whoever reads on compares its position with the end first, once a
 * token. Strings and nested values look for themselves, as they can be long. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JSON_SCAN_H
#define CORE_JSON_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "core/number.h"
#include "dag/batch.h"

#define JSON_DEPTH_MAX 1024u /* the message itself is the first level */

#define json_likely(x)   __builtin_expect(!!(x), 1)
#define json_unlikely(x) __builtin_expect(!!(x), 0)

/* Small functions of the hot loops, whose arguments shall stay in registers. */
#define json_inline static inline __attribute__((always_inline))

/** The message that is being read, and what went wrong with it. */
struct json_source {
    const char *begin; /* of the message */
    const char *end;
    bool is_line;            /* a line feed ends the message */
    struct dag_batch *batch; /* where text goes that can't stay a slice */
    const char *failed_at;   /* NULL: no memory */
    const char *failed_why;
};

/** Records a failure at that byte; behind the end it is one of a text that is cut off. */
void json_set_failure(struct json_source *source, const char *at, const char *why);

/** Records that no value begins at `p`, or that it is cut off by the end. What stands behind the
 *  end makes no difference. */
void json_set_value_failure(struct json_source *source, const char *p);

static inline const char *json_fail(struct json_source *source, const char *at, const char *why)
{
    json_set_failure(source, at, why);
    return NULL;
}

static inline const char *json_fail_value(struct json_source *source, const char *p)
{
    json_set_value_failure(source, p);
    return NULL;
}

/** Records that there is no memory. */
static inline const char *json_fail_memory(struct json_source *source)
{
    source->failed_at = NULL;
    source->failed_why = "no memory";
    return NULL;
}

#ifdef __SSE2__
/* One bit for each of 16 bytes that ends a run of plain text. */
static inline unsigned json_special_mask(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                   _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    /* bytes are signed here, so that one comparison finds non-ASCII ones too */
    special = _mm_or_si128(special, _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)));
    return (unsigned)_mm_movemask_epi8(special);
}
#endif

/** Index of the first of 16 bytes that ends a run of plain text (quote, backslash, control or
 *  non-ASCII byte); 16 when there is none. */
static inline unsigned json_plain_run(const char *p)
{
#ifdef __SSE2__
    return (unsigned)__builtin_ctz(json_special_mask(p) | 0x10000u);
#else
    unsigned i = 0;
    while (i < 16 && (unsigned char)p[i] >= 0x20 && (unsigned char)p[i] < 0x80 && p[i] != '"' &&
           p[i] != '\\')
        i++;
    return i;
#endif
}

/** The same for 32 bytes. */
static inline unsigned json_plain_run_long(const char *p)
{
#ifdef __SSE2__
    return (unsigned)__builtin_ctzll(json_special_mask(p) |
                                     (uint64_t)json_special_mask(p + 16) << 16 | 0x100000000u);
#else
    unsigned run = json_plain_run(p);
    return run < 16 ? run : 16 + json_plain_run(p + 16);
#endif
}

/** The rest of a string from `p` on, when it is not short and plain. `text` is its first byte. */
const char *json_string_rest(struct json_source *source, const char *text, const char *p,
                             struct dag_value *value);

static inline void json_set(struct dag_value *value, enum dag_type type, enum dag_text_form form,
                            size_t size, int64_t payload)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* two stores of eight bytes, where the compiler makes five of the fields */
    uint64_t words[2] = {(uint64_t)size << 32 | (uint64_t)form << 8 | (uint64_t)type,
                         (uint64_t)payload};
    memcpy(value, words, sizeof(words));
#else
    *value =
        (struct dag_value){.type = (uint8_t)type, .form = (uint8_t)form, .size = (uint32_t)size};
    memcpy(&value->as, &payload, sizeof(payload));
#endif
}

static inline void json_set_text(struct dag_value *value, enum dag_type type,
                                 enum dag_text_form form, const char *text, size_t size)
{
    json_set(value, type, form, size, (int64_t)(intptr_t)text);
}

/** Reads a string; `p` is behind its opening quote, the result behind the closing one. */
static inline const char *json_string(struct json_source *source, const char *p,
                                      struct dag_value *value)
{
    unsigned run = json_plain_run_long(p);
    const char *stop = p + run;

    if (json_likely(run < 32 && *stop == '"')) {
        json_set_text(value, DAG_TYPE_TEXT, DAG_TEXT_PLAIN, p, run);
        return stop + 1;
    }
    return json_string_rest(source, p, stop, value);
}

static inline bool json_is_space(const struct json_source *source, char c)
{
    return c == ' ' || c == '\t' || c == '\r' || (c == '\n' && !source->is_line);
}

/** The first byte from `p` on that is no white space; at most the end. */
static inline const char *json_skip_space(const struct json_source *source, const char *p)
{
    while (p < source->end && json_is_space(source, *p))
        p++;
    return p;
}

/** The first byte of the message itself: behind a byte order mark and white space. */
static inline const char *json_skip_front(const struct json_source *source, const char *p)
{
    if (source->end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3;
    return json_skip_space(source, p);
}

static inline void json_source_begin(struct json_source *source, const char *text,
                                     const char *text_end, bool is_line)
{
    source->begin = text;
    source->end = text_end;
    source->is_line = is_line;
}

/** Reads true, false or null, which `p` may be at the first letter of. */
static inline const char *json_literal(struct json_source *source, const char *p,
                                       struct dag_value *value)
{
    /* true and false alternate at random in real data, so nothing here branches on which it is */
    bool is_false = *p == 'f', is_null = *p == 'n';
    const char *expected = is_false ? "alse" : is_null ? "null" : "true";

    if (json_unlikely(memcmp(p + is_false, expected, 4) != 0))
        return json_fail_value(source, p);
    json_set(value, is_null ? DAG_TYPE_NULL : DAG_TYPE_BOOL, DAG_TEXT_PLAIN, 0,
             !is_false & !is_null);
    return p + 4 + is_false;
}

/** The same as json_string_rest(), for what is only checked. */
const char *json_skip_string_rest(struct json_source *source, const char *p);

/** The rest of json_skip_scalar(): a number that is not short, or no value at all. */
const char *json_skip_number_rest(struct json_source *source, const char *p);

/** Checks a string; `p` is behind its opening quote, the result behind the closing one. */
json_inline const char *json_skip_string(struct json_source *source, const char *p)
{
    unsigned run = json_plain_run(p);

    if (json_likely(run < 16 && p[run] == '"'))
        return p + run + 1;
    return json_skip_string_rest(source, p + run);
}

/** Checks a string, number or word. */
json_inline const char *json_skip_scalar(struct json_source *source, const char *p)
{
    struct dag_value ignored;
    const char *next;

    if (*p == '"')
        return json_skip_string(source, p + 1);
    if (*p >= 'a')
        return json_literal(source, p, &ignored);
    next = number_skip_short(p);
    return json_likely(next != NULL) ? next : json_skip_number_rest(source, p);
}

/** Reads an object or array, `p` at its bracket, as a slice without white space between tokens.
 *  `depth_max`: levels that it may have itself. */
const char *json_nested(struct json_source *source, const char *p, unsigned depth_max,
                        struct dag_value *value);

#endif
