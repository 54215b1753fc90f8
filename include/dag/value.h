/* value.h - one value of a record: a 16-byte tagged cell. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_VALUE_H
#define DAG_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "dag/error.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dag_type {
    DAG_TYPE_MISSING = 0, /* no such attribute; never stored in a row */
    DAG_TYPE_NULL,
    DAG_TYPE_BOOL,
    DAG_TYPE_INT,    /* int64, exact */
    DAG_TYPE_DOUBLE, /* finite */
    DAG_TYPE_BIGNUM, /* a JSON number that int64 or double can't hold, carried as its text */
    DAG_TYPE_TEXT,
    DAG_TYPE_NESTED, /* an object or array: its JSON text without white space between tokens */
};

/** How the bytes of a DAG_TYPE_TEXT value are to be read. */
enum dag_text_form {
    DAG_TEXT_PLAIN = 0, /* decoded text that JSON writes unescaped: both forms are these bytes */
    DAG_TEXT_ESCAPED,   /* JSON source between the quotes, with at least one escape, valid */
    DAG_TEXT_RAW,       /* decoded UTF-8 that may need escapes in JSON (a lone surrogate that came
                           as an escape is three bytes ED A0..BF 80..BF) */
};

/** The bytes of text, bignum and nested values are borrowed: they live in the batch (or another
 *  arena) that the value was made in, and are not NUL-terminated. */
struct dag_value {
    uint8_t type;  /* enum dag_type */
    uint8_t form;  /* enum dag_text_form for DAG_TYPE_TEXT, else 0 */
    uint16_t zero; /* 0 */
    uint32_t size; /* bytes at `text`; 0 for other types */
    union {
        int64_t integer; /* DAG_TYPE_INT; DAG_TYPE_BOOL: 0 or 1 */
        double real;
        const char *text;
    } as;
};

#ifdef __cplusplus
static_assert(sizeof(struct dag_value) == 16, "a value is 16 bytes");
#else
_Static_assert(sizeof(struct dag_value) == 16, "a value is 16 bytes");
#endif

static inline struct dag_value dag_value_null(void)
{
    struct dag_value value = {DAG_TYPE_NULL, 0, 0, 0, {0}};
    return value;
}

static inline struct dag_value dag_value_bool(bool boolean)
{
    struct dag_value value = {DAG_TYPE_BOOL, 0, 0, 0, {0}};
    value.as.integer = boolean;
    return value;
}

static inline struct dag_value dag_value_int(int64_t integer)
{
    struct dag_value value = {DAG_TYPE_INT, 0, 0, 0, {0}};
    value.as.integer = integer;
    return value;
}

/** `real` must be finite. */
static inline struct dag_value dag_value_double(double real)
{
    struct dag_value value = {DAG_TYPE_DOUBLE, 0, 0, 0, {0}};
    value.as.real = real;
    return value;
}

/** Decoded UTF-8 text; the bytes are borrowed. */
static inline struct dag_value dag_value_text(const char *text, uint32_t size)
{
    struct dag_value value = {DAG_TYPE_TEXT, DAG_TEXT_RAW, 0, 0, {0}};
    value.size = size;
    value.as.text = text;
    return value;
}

/** True when both have the same type and value at every depth: 1, 1.0 and true differ, the order
 *  of an object's members does not matter, text is compared decoded, -0.0 equals 0.0. */
DAG_API bool dag_value_equal(const struct dag_value *a, const struct dag_value *b);

/** The name of a type as messages show it: "null", "integer", "object", ... */
DAG_API const char *dag_value_type_name(const struct dag_value *value);

/** Upper bound of the bytes that dag_text_decode() writes for `value`. */
static inline size_t dag_text_decode_bound(const struct dag_value *value)
{
    return value->size;
}

/** Writes the decoded bytes of a text value to `out`, which holds dag_text_decode_bound() bytes,
 *  and returns how many. No NUL is added. */
DAG_API size_t dag_text_decode(const struct dag_value *value, char *out);

/** True when the text value decodes to exactly these bytes. Allocates nothing. */
DAG_API bool dag_text_equals(const struct dag_value *value, const char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
