/* json_template.h - guesses what stands between the scalars of a nested value.
 *
 * Where an attribute's value is an object or array again and again, keys and brackets in it tend
 * to be the same each time. So they are compared, not read, and only the scalars between them are.
 * When anything differs, the value is read the ordinary way. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JSON_TEMPLATE_H
#define CORE_JSON_TEMPLATE_H

#include "core/json_spelling.h"

#define JSON_JOINTS_MAX         24 /* in a template */
#define JSON_TEMPLATE_DROPS_MAX 4  /* then an attribute's values are no longer guessed */

struct json_template {
    int32_t credit; /* sinks with each wrong guess; the template goes when none is left */
    uint32_t count; /* of joints, at least 1 */
    struct json_spelling joints[]; /* a scalar stands between each and the next */
};

/** The template of a valid nested value without white space. NULL: it has none that is of use, or
 *  out of memory. Release it with free(). */
struct json_template *json_template_new(const struct dag_value *nested);

/** Reads the nested value at `p`. NULL: it looks different. */
static inline const char *json_template_read(const struct json_template *template,
                                             struct json_source *source, const char *p,
                                             struct dag_value *value)
{
    const struct json_spelling *joint = template->joints, *last = joint + template->count - 1;
    const char *text = p;

    for (; json_spelling_matches(joint, p); joint++) {
        p += joint->size;
        if (joint == last) {
            if (json_unlikely(p > source->end))
                return NULL;
            json_set_text(value, DAG_TYPE_NESTED, DAG_TEXT_PLAIN, text, (size_t)(p - text));
            return p;
        }
        p = json_skip_scalar(source, p);
        if (json_unlikely(!p || p >= source->end))
            return NULL;
    }
    return NULL;
}

#endif
