/* attributes.c - attribute names from options, interned once when a function is opened. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/attributes.h"

#include <stdlib.h>

const struct dag_name *attribute_take(const char *text, size_t size, struct dag_error *err)
{
    const struct dag_name *name = dag_name_intern(text, size, NULL);

    if (!name)
        dag_error_set(err, DAG_ERROR_LIMIT,
                      "no room for the attribute name '%s': "
                      "the process knows too many names",
                      text);
    return name;
}

const struct dag_name **attributes_new(const struct dag_text *texts, size_t count,
                                       struct dag_error *err)
{
    const struct dag_name **names = calloc(count ? count : 1, sizeof(*names));

    if (!names) {
        dag_error_set_memory(err, "attribute names");
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = attribute_take(texts[i].text, texts[i].size, err);
        if (!names[i]) {
            free(names);
            return NULL;
        }
    }
    return names;
}

ptrdiff_t attributes_find(const struct dag_name *const *names, size_t count,
                          const struct dag_name *name)
{
    for (size_t i = 0; i < count; i++) {
        if (dag_name_same(names[i], name))
            return (ptrdiff_t)i;
    }
    return -1;
}
