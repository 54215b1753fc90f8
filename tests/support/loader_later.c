/* loader_later.c - a plug-in for the loader's tests: built for a later interface. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "dag/plugin.h"

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION + 1,
    .name = "loader_later",
    .version = "1",
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    (void)engine_abi_version;
    return &plugin;
}
