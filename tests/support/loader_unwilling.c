/* loader_unwilling.c - a plug-in for the loader's tests: wants another engine. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "dag/plugin.h"

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    (void)engine_abi_version;
    return NULL;
}
