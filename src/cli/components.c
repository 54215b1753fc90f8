/* components.c - puts together every component type that this process knows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/components.h"

#include <stdlib.h>

#include "calculators/registry.h"
#include "cli/plugins.h"
#include "connectors/registry.h"
#include "transformers/registry.h"

struct components {
    struct registry registry;
    struct plugins *plugins; /* owned; NULL without folders */
};

struct components *components_new(const char *const *plugin_dirs, size_t plugin_dir_count,
                                  struct dag_error *err)
{
    struct components *components = calloc(1, sizeof(*components));

    if (!components) {
        dag_error_set_memory(err, "the component types");
        return NULL;
    }
    components->registry = (struct registry){
        .calculators = calculators_builtin,
        .transformers = transformers_builtin,
        .subscribers = connectors_subscribers,
        .publishers = connectors_publishers,
    };
    if (plugin_dir_count == 0)
        return components;
    components->plugins = plugins_new(plugin_dirs, plugin_dir_count, err);
    if (!components->plugins) {
        components_free(components);
        return NULL;
    }
    components->registry.load = plugins_load;
    components->registry.context = components->plugins;
    return components;
}

void components_free(struct components *components)
{
    if (!components)
        return;
    plugins_free(components->plugins);
    free(components);
}

const struct registry *components_registry(const struct components *components)
{
    return &components->registry;
}
