/* multiplication.c - multiplies attributes: integers exactly, anything else in doubles. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "calculators/arithmetic.h"

/* Past this size only a zero can bring a product of integers back into int64; -2^63 itself can
 * still come from 2^63 by a change of sign. */
static bool is_beyond_int64(int128 product)
{
    int128 limit = (int128)INT64_MAX + 1;

    return product > limit || product < -limit;
}

/* As in addition.c: takes any values and keeps both products. */
static bool multiply_any(const struct arithmetic *self, const struct dag_value *const *arguments,
                         size_t count, struct dag_batch *batch, struct dag_value *result,
                         struct dag_error *err)
{
    int128 product = 1;
    double real_product = 1.0;
    bool has_zero = false;
    bool is_real = false;

    for (size_t i = 0; i < count; i++) {
        struct operand operand;
        enum operand_kind kind = operand_read(arguments[i], batch, &operand);

        if (kind == OPERAND_INTEGER) {
            has_zero = has_zero || operand.integer == 0;
            if (!has_zero && !is_beyond_int64(product))
                product *= operand.integer;
            real_product *= (double)operand.integer;
        } else if (kind == OPERAND_REAL) {
            real_product *= operand.real;
            is_real = true;
        } else if (!arithmetic_skip(self, i, arguments[i], kind, err)) {
            return false;
        }
    }
    if (is_real)
        return arithmetic_store_real(self, "product", real_product, result, err);
    return arithmetic_store_integer(self, "product", has_zero ? 0 : product, result, err);
}

/* The same for the usual: a few numbers whose product fits. */
static bool multiplication_compute(const void *state, const struct dag_value *const *arguments,
                                   size_t count, struct dag_batch *batch, struct dag_value *result,
                                   struct dag_error *err)
{
    int64_t product = 1;
    double real_product = 1.0;
    bool is_real = false;

    for (size_t i = 0; i < count; i++) {
        const struct dag_value *value = arguments[i];

        if (value && value->type == DAG_TYPE_DOUBLE) {
            real_product *= value->as.real;
            is_real = true;
        } else if (value && value->type == DAG_TYPE_INT &&
                   !__builtin_mul_overflow(product, value->as.integer, &product)) {
            real_product *= (double)value->as.integer;
        } else {
            return multiply_any(state, arguments, count, batch, result, err);
        }
    }
    if (is_real && !isfinite(real_product))
        return multiply_any(state, arguments, count, batch, result, err);
    *result = is_real ? dag_value_double(real_product) : dag_value_int(product);
    return true;
}

static bool multiplication_plan(const void *state, const struct dag_shape *in,
                                struct dag_batch *batch, struct dag_slot_plan *plan,
                                struct dag_error *err)
{
    return arithmetic_plan(state, multiplication_compute, in, batch, plan, err);
}

const struct dag_function calculator_multiplication = {
    .abi_version = DAG_ABI_VERSION,
    .name = "MultiplicationCalculator",
    .summary = "Multiplies attributes; the product of integers is exact or an error of the node.",
    .options = arithmetic_options,
    .state_size = sizeof(struct arithmetic),
    .open = arithmetic_open,
    .plan = multiplication_plan,
    .close = arithmetic_close,
};
