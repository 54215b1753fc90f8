/* null.c - passes every message on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/passthru.h"

const struct dag_function transformer_null = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_FUNCTION_TAKES_ANY,
    .name = "NullDataTransformer",
    .summary = "Passes every message on as a copy, whatever it is.",
    .options = passthru_options,
    .process = passthru_process,
    .plan = passthru_plan,
};
