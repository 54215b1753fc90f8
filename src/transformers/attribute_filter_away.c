/* attribute_filter_away.c - removes the listed attributes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/attribute_filter.h"

const struct dag_function transformer_attribute_filter_away = {
    .abi_version = DAG_ABI_VERSION,
    .name = "AttributeFilterAwayDataTransformer",
    .summary = "Removes the listed attributes.",
    .options = attribute_filter_away_options,
    .state_size = sizeof(struct attribute_filter),
    .open = attribute_filter_open,
    .plan = attribute_filter_away_plan,
    .close = attribute_filter_close,
};
