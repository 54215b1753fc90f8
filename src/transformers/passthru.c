/* passthru.c - passes every message on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/passthru.h"

const struct dag_function transformer_passthru = {
    .abi_version = DAG_ABI_VERSION,
    .flags = DAG_FUNCTION_TAKES_ANY,
    .name = "PassthruDataTransformer",
    .summary = "Passes every message on as it is.",
    .options = passthru_options,
    .process = passthru_process,
    .plan = passthru_plan,
};
