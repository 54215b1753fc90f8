/* json_nested.c - checks an object or array and keeps it as a slice of its source. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/batch.h"
#include "core/json_scan.h"

/* What is open around the position: one bit a level, set for an object, the innermost lowest. */
struct nesting {
    uint64_t bits;
    uint64_t *full; /* 64 outer levels each */
    unsigned depth;
    bool has_space; /* white space between tokens was met */
};

json_inline bool in_object(const struct nesting *nesting)
{
    return nesting->bits & 1;
}

json_inline void push(struct nesting *nesting, bool is_object)
{
    if (json_unlikely(nesting->depth % 64 == 0 && nesting->depth > 0))
        nesting->full[nesting->depth / 64 - 1] = nesting->bits;
    nesting->bits = nesting->bits << 1 | is_object;
    nesting->depth++;
}

json_inline void pop(struct nesting *nesting)
{
    nesting->depth--;
    nesting->bits >>= 1;
    if (json_unlikely(nesting->depth % 64 == 0 && nesting->depth > 0))
        nesting->bits = nesting->full[nesting->depth / 64 - 1];
}

json_inline const char *skip_space(struct json_source *source, struct nesting *nesting,
                                   const char *p)
{
    if (json_likely((unsigned char)*p > ' '))
        return p;
    const char *next = json_skip_space(source, p);
    nesting->has_space |= next != p;
    return next;
}

/* Reads `"key":`; the result is at the value. */
json_inline const char *skip_key(struct json_source *source, struct nesting *nesting, const char *p)
{
    p = skip_space(source, nesting, p);
    if (json_unlikely(*p != '"'))
        return json_fail(source, p, "expected a key in quotes");
    p = json_skip_string(source, p + 1);
    if (json_unlikely(!p))
        return NULL;
    p = skip_space(source, nesting, p);
    if (json_unlikely(*p != ':'))
        return json_fail(source, p, "expected ':'");
    return skip_space(source, nesting, p + 1);
}

/* Closes what ends at `p`, behind a value. The result is at the next value, or, with nothing
 * left open, behind the last bracket. */
json_inline const char *next_value(struct json_source *source, struct nesting *nesting,
                                   const char *p)
{
    for (;;) {
        p = skip_space(source, nesting, p);
        if (json_unlikely(p >= source->end))
            return json_fail(source, p, NULL);
        if (*p == ',')
            return in_object(nesting) ? skip_key(source, nesting, p + 1)
                                      : skip_space(source, nesting, p + 1);
        if (json_unlikely(*p != (in_object(nesting) ? '}' : ']')))
            return json_fail(source, p,
                             in_object(nesting) ? "expected ',' or '}'" : "expected ',' or ']'");
        pop(nesting);
        p++;
        if (nesting->depth == 0)
            return p;
    }
}

/* Valid JSON without the white space between its tokens. */
static bool compact(struct json_source *source, const char *text, const char *end,
                    struct dag_value *value)
{
    char *copy = batch_alloc(source->batch, (size_t)(end - text));
    char *out = copy;

    if (!copy)
        return false;
    while (text < end) {
        const char *token = text++;
        if (*token == '"') {
            while (*text != '"')
                text += *text == '\\' ? 2 : 1;
            text++;
            memcpy(out, token, (size_t)(text - token));
            out += text - token;
        } else if ((unsigned char)*token > ' ') {
            *out++ = *token;
        }
    }
    batch_shrink_last(source->batch, copy, (size_t)(out - copy));
    json_set_text(value, DAG_TYPE_NESTED, DAG_TEXT_PLAIN, copy, (size_t)(out - copy));
    return true;
}

const char *json_nested(struct json_source *source, const char *p, unsigned depth_max,
                        struct dag_value *value)
{
    uint64_t full[JSON_DEPTH_MAX / 64];
    struct nesting nesting = {.full = full};
    const char *text = p;

    do {
        if (json_unlikely(p >= source->end))
            return json_fail(source, p, NULL);
        if (*p == '{' || *p == '[') {
            bool is_object = *p == '{';
            if (json_unlikely(nesting.depth == depth_max))
                return json_fail(source, p, "nested too deep");
            push(&nesting, is_object);
            p = skip_space(source, &nesting, p + 1);
            if (*p != (is_object ? '}' : ']')) {
                if (is_object)
                    p = skip_key(source, &nesting, p);
                if (json_unlikely(!p))
                    return NULL;
                continue;
            }
        } else {
            p = json_skip_scalar(source, p);
            if (json_unlikely(!p))
                return NULL;
        }
        p = next_value(source, &nesting, p);
        if (json_unlikely(!p))
            return NULL;
    } while (nesting.depth > 0);
    if (json_unlikely(p > source->end))
        return json_fail(source, p, NULL);
    if (json_likely(!nesting.has_space))
        json_set_text(value, DAG_TYPE_NESTED, DAG_TEXT_PLAIN, text, (size_t)(p - text));
    else if (!compact(source, text, p, value))
        return json_fail_memory(source);
    return p;
}
