/* registry.c - finds component types by name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/registry.h"

#include <string.h>

#include "graph/later.h"

static const struct dag_function *find_function(const struct dag_function *const *list,
                                                const char *name)
{
    for (; list && *list; list++) {
        if (strcmp((*list)->name, name) == 0)
            return *list;
    }
    return NULL;
}

const struct dag_function *registry_calculator(const struct registry *registry, const char *name)
{
    return find_function(registry->calculators, name);
}

const struct dag_function *registry_transformer(const struct registry *registry, const char *name)
{
    return find_function(registry->transformers, name);
}

const struct dag_node_type *registry_node_type(const struct registry *registry, const char *name)
{
    for (const struct dag_node_type *const *i = registry->node_types; i && *i; i++) {
        if (strcmp((*i)->function.name, name) == 0)
            return *i;
    }
    return NULL;
}

static const struct dag_subscriber *find_subscriber(const struct dag_subscriber *const *list,
                                                    const char *scheme)
{
    for (; list && *list; list++) {
        if (strcmp((*list)->scheme, scheme) == 0)
            return *list;
    }
    return NULL;
}

static const struct dag_publisher *find_publisher(const struct dag_publisher *const *list,
                                                  const char *scheme)
{
    for (; list && *list; list++) {
        if (strcmp((*list)->scheme, scheme) == 0)
            return *list;
    }
    return NULL;
}

const struct dag_subscriber *registry_subscriber(const struct registry *registry,
                                                 const char *scheme)
{
    const struct dag_subscriber *found = find_subscriber(registry->subscribers, scheme);

    return found ? found : find_subscriber(later_subscribers, scheme);
}

const struct dag_publisher *registry_publisher(const struct registry *registry, const char *scheme)
{
    const struct dag_publisher *found = find_publisher(registry->publishers, scheme);

    return found ? found : find_publisher(later_publishers, scheme);
}

const struct dag_subscriber *registry_subscriber_at(const struct registry *registry, size_t i)
{
    for (const struct dag_subscriber *const *own = registry->subscribers; own && *own; own++) {
        if (i-- == 0)
            return *own;
    }
    for (const struct dag_subscriber *const *later = later_subscribers; *later; later++) {
        if (!find_subscriber(registry->subscribers, (*later)->scheme) && i-- == 0)
            return *later;
    }
    return NULL;
}

const struct dag_publisher *registry_publisher_at(const struct registry *registry, size_t i)
{
    for (const struct dag_publisher *const *own = registry->publishers; own && *own; own++) {
        if (i-- == 0)
            return *own;
    }
    for (const struct dag_publisher *const *later = later_publishers; *later; later++) {
        if (!find_publisher(registry->publishers, (*later)->scheme) && i-- == 0)
            return *later;
    }
    return NULL;
}

bool registry_lacks_subscriber(const struct dag_subscriber *type)
{
    return !type->read;
}

bool registry_lacks_publisher(const struct dag_publisher *type)
{
    return !type->write;
}
