/* addition.c - adds attributes up: integers exactly, anything else in doubles. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "calculators/arithmetic.h"

/* Takes any values. Only the last argument tells which sum is wanted, so both are kept: that of the
 * integers, exactly, and that of all in doubles, in order from the first argument on. */
static bool add_any(const struct arithmetic *self, const struct dag_value *const *arguments,
                    size_t count, struct dag_batch *batch, struct dag_value *result,
                    struct dag_error *err)
{
    int128 sum = 0;
    double real_sum = 0.0;
    bool is_real = false;

    for (size_t i = 0; i < count; i++) {
        struct operand operand;
        enum operand_kind kind = operand_read(arguments[i], batch, &operand);

        if (kind == OPERAND_INTEGER) {
            sum += operand.integer;
            real_sum += (double)operand.integer;
        } else if (kind == OPERAND_REAL) {
            real_sum += operand.real;
            is_real = true;
        } else if (!arithmetic_skip(self, i, arguments[i], kind, err)) {
            return false;
        }
    }
    if (is_real)
        return arithmetic_store_real(self, "sum", real_sum, result, err);
    return arithmetic_store_integer(self, "sum", sum, result, err);
}

/* The same for the usual: a few numbers whose sum fits. */
static bool addition_compute(const void *state, const struct dag_value *const *arguments,
                             size_t count, struct dag_batch *batch, struct dag_value *result,
                             struct dag_error *err)
{
    int64_t sum = 0;
    double real_sum = 0.0;
    bool is_real = false;

    for (size_t i = 0; i < count; i++) {
        const struct dag_value *value = arguments[i];

        if (value && value->type == DAG_TYPE_DOUBLE) {
            real_sum += value->as.real;
            is_real = true;
        } else if (value && value->type == DAG_TYPE_INT &&
                   !__builtin_add_overflow(sum, value->as.integer, &sum)) {
            real_sum += (double)value->as.integer;
        } else {
            return add_any(state, arguments, count, batch, result, err);
        }
    }
    if (is_real && !isfinite(real_sum))
        return add_any(state, arguments, count, batch, result, err);
    *result = is_real ? dag_value_double(real_sum) : dag_value_int(sum);
    return true;
}

static bool addition_plan(const void *state, const struct dag_shape *in, struct dag_batch *batch,
                          struct dag_slot_plan *plan, struct dag_error *err)
{
    return arithmetic_plan(state, addition_compute, in, batch, plan, err);
}

const struct dag_function calculator_addition = {
    .abi_version = DAG_ABI_VERSION,
    .name = "AdditionCalculator",
    .summary = "Adds attributes up; the sum of integers is exact or an error of the node.",
    .options = arithmetic_options,
    .state_size = sizeof(struct arithmetic),
    .open = arithmetic_open,
    .plan = addition_plan,
    .close = arithmetic_close,
};
