/* json_template.c - see json_template.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_template.h"

#include <stdlib.h>

#include "core/json_walk.h"

#define FIRST_CREDIT 8

/* The end of the joint at `p`: behind brackets, commas and keys. NULL: not as it should be. */
static const char *joint_end(const char *p, const char *end)
{
    struct dag_value ignored;

    while (p < end && strchr("{}[],", *p)) {
        bool may_be_key = *p == '{' || *p == ',';
        p++;
        if (may_be_key && p < end && *p == '"') {
            const char *next = json_walk_string(p, end, &ignored);
            if (!next)
                return NULL;
            if (next < end && *next == ':')
                p = next + 1;
        }
    }
    return p;
}

struct json_template *json_template_new(const struct dag_value *nested)
{
    const char *p = nested->as.text, *end = p + nested->size;
    struct json_spelling joints[JSON_JOINTS_MAX];
    struct json_template *template;
    struct dag_value ignored;
    uint32_t count = 0;

    while (p && p < end) {
        const char *next = joint_end(p, end);
        if (!next || next == p || next - p > JSON_SPELLING_FAST || count == JSON_JOINTS_MAX)
            return NULL;
        json_spelling_set(&joints[count++], p, (size_t)(next - p));
        p = next < end ? json_walk_scalar(next, end, &ignored) : next;
    }
    if (!p || count == 0)
        return NULL;
    template = malloc(sizeof(*template) + count * sizeof(joints[0]));
    if (!template)
        return NULL;
    template->credit = FIRST_CREDIT;
    template->count = count;
    memcpy(template->joints, joints, count * sizeof(joints[0]));
    return template;
}
