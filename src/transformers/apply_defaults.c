/* apply_defaults.c - gives default values to attributes that are missing or null. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/apply_defaults.h"

const struct dag_function transformer_apply_defaults = {
    .abi_version = DAG_ABI_VERSION,
    .name = "ApplyDefaultsDataTransformer",
    .summary = "Gives default values to attributes that are missing or null.",
    .options = apply_defaults_options,
    .state_size = sizeof(struct apply_defaults),
    .open = apply_defaults_open,
    .plan = apply_defaults_plan,
    .close = apply_defaults_close,
};
