/* passthru.h - passes every message on as it is: what the Null and Passthru types do. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUNCTIONS_PASSTHRU_H
#define FUNCTIONS_PASSTHRU_H

#include "dag/plugin.h"

extern const struct dag_option passthru_options[];

/** For messages that are no objects, which have no shape and so no plan. */
bool passthru_process(void *state, struct dag_call *call, struct dag_error *err);

/** As dag_function.plan. */
bool passthru_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                   struct dag_slot_plan *plan, struct dag_error *err);

#endif
