/* attribute_filter.c - keeps only the listed attributes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/attribute_filter.h"

const struct dag_function calculator_attribute_filter = {
    .abi_version = DAG_ABI_VERSION,
    .name = "AttributeFilterCalculator",
    .summary = "Keeps only the listed attributes.",
    .options = attribute_filter_keep_options,
    .state_size = sizeof(struct attribute_filter),
    .open = attribute_filter_open,
    .plan = attribute_filter_keep_plan,
    .close = attribute_filter_close,
};
