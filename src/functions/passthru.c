/* passthru.c - passes every message on as it is: what the Null and Passthru types do.
 *
 * The original's Null types made a deep copy. Records never change here, so both are the same.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "functions/passthru.h"

#include "functions/slot_plan.h"

const struct dag_option passthru_options[] = {{0}};

bool passthru_process(void *state, struct dag_call *call, struct dag_error *err)
{
    (void)state;
    const struct dag_row *rows = dag_call_rows(call);
    size_t count = dag_call_row_count(call);

    for (size_t row = 0; row < count; row++) {
        if (!dag_call_emit(call, row, rows[row]))
            return dag_error_set_memory(err, "a result");
    }
    return true;
}

bool passthru_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                   struct dag_slot_plan *plan, struct dag_error *err)
{
    (void)state;
    return slot_plan_identity(in, batch, plan, err);
}
