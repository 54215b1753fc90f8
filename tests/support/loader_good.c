/* loader_good.c - a plug-in for the loader's tests: one descriptor of each kind. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "dag/plugin.h"

static const struct dag_function function = {
    .abi_version = DAG_ABI_VERSION,
    .name = "GoodFunction",
};

static const struct dag_function old_function = {
    .abi_version = DAG_ABI_VERSION + 7,
    .name = "OldFunction",
};

static const struct dag_node_type node_type = {
    .abi_version = DAG_ABI_VERSION,
    .function = {.abi_version = DAG_ABI_VERSION, .name = "GoodNode"},
};

static const struct dag_subscriber subscriber = {
    .abi_version = DAG_ABI_VERSION,
    .name = "GoodSubscriber",
};

static const struct dag_publisher publisher = {
    .abi_version = DAG_ABI_VERSION,
    .name = "GoodPublisher",
};

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION,
    .name = "loader_good",
    .version = "1",
    .calculators = (const struct dag_function *const[]){&function, &old_function, NULL},
    .transformers = (const struct dag_function *const[]){&function, NULL},
    .node_types = (const struct dag_node_type *const[]){&node_type, NULL},
    .subscribers = (const struct dag_subscriber *const[]){&subscriber, NULL},
    .publishers = (const struct dag_publisher *const[]){&publisher, NULL},
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    return engine_abi_version == DAG_ABI_VERSION ? &plugin : NULL;
}
