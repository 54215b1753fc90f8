/* registry.h - the component types that a DAG file may name: built in, loaded, or known for later.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_REGISTRY_H
#define GRAPH_REGISTRY_H

#include "dag/plugin.h"

/** A type that this build knows but lacks: it checks, `run` refuses it by name. Its descriptor has
 *  options, check() and names, and no working functions (open is NULL). */

/** The lists end with NULL and are sorted by name (subscribers and publishers by scheme). The cli
 * makes it once, from the built-in lists and the plug-ins; borrowed by everything that reads DAG
 * files. */
struct registry {
    const struct dag_function *const *calculators;
    const struct dag_function *const *transformers;
    const struct dag_node_type *const *node_types; /* from plug-ins only */
    const struct dag_subscriber *const *subscribers;
    const struct dag_publisher *const *publishers;

    /** Finds a descriptor in a loadable plug-in: `library` is the module name. NULL: `err` says
     *  why. The function pointer may be NULL: no plug-in folders. `kind`: "calculator",
     *  "transformer", "node", "subscriber", "publisher"; the result is that kind's descriptor. */
    const void *(*load)(void *context, const char *kind, const char *library, const char *name,
                        struct dag_error *err);
    void *context;
};

/** By name or scheme; NULL: no such type. Subscribers and publishers fall back to the types of
 *  later builds (later.h); see registry_lacks_subscriber(). */
const struct dag_function *registry_calculator(const struct registry *registry, const char *name);
const struct dag_function *registry_transformer(const struct registry *registry, const char *name);
const struct dag_node_type *registry_node_type(const struct registry *registry, const char *name);
const struct dag_subscriber *registry_subscriber(const struct registry *registry,
                                                 const char *scheme);
const struct dag_publisher *registry_publisher(const struct registry *registry, const char *scheme);

/** The i-th type, those of later builds behind those of the registry; NULL: no more. For manual,
 *  schema and suggestions. */
const struct dag_subscriber *registry_subscriber_at(const struct registry *registry, size_t i);
const struct dag_publisher *registry_publisher_at(const struct registry *registry, size_t i);

/** True for a type that this build knows but can't run: `run` refuses it by name. */
bool registry_lacks_subscriber(const struct dag_subscriber *type);
bool registry_lacks_publisher(const struct dag_publisher *type);

#endif
