/* function_fixture.c - runs one calculator or transformer on JSON messages, without the engine.
 *
 * It defines the dag_call_ functions itself, in the simplest way, and interprets plans slot by
 * slot: the engine's own tests compare the engine with this.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/function_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/options.h"

struct dag_call {
    struct dag_batch *batch; /* owned; messages and results */
    const struct dag_row *rows;
    size_t row_count;
    size_t row_first;  /* number of rows[0] among the messages of function_apply() */
    size_t row_latest; /* results come in ascending order */
    uint64_t number;
    struct dag_buffer *out; /* borrowed */
};

size_t dag_call_row_count(const struct dag_call *call)
{
    return call->row_count;
}

const struct dag_row *dag_call_rows(const struct dag_call *call)
{
    return call->rows;
}

int64_t dag_call_time_us(const struct dag_call *call, size_t row)
{
    return (int64_t)((call->number + call->row_first + row) * 1000000);
}

/* splitmix64 */
uint64_t dag_call_random(const struct dag_call *call, size_t row, uint64_t salt)
{
    uint64_t x = (call->number + call->row_first + row + 1) * 0x9e3779b97f4a7c15u + salt;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

struct dag_batch *dag_call_batch(struct dag_call *call)
{
    return call->batch;
}

bool dag_call_emit(struct dag_call *call, size_t row, struct dag_row result)
{
    assert_true(row >= call->row_latest && row < call->row_count);
    call->row_latest = row;
    return dag_json_write_row(call->out, &result) && dag_buffer_append(call->out, "\n", 1);
}

void dag_call_reject(struct dag_call *call, size_t row, const struct dag_error *why)
{
    assert_true(row >= call->row_latest && row < call->row_count);
    call->row_latest = row;
    assert_true(dag_buffer_append(call->out, "!", 1) &&
                dag_buffer_append(call->out, why->message, strlen(why->message)) &&
                dag_buffer_append(call->out, "\n", 1));
}

/* ---- options ---------------------------------------------------------------------------- */

static void first_problem(void *context, const struct tree *at, bool is_error, const char *code,
                          const char *message, const char *suggestion)
{
    struct dag_error *err = context;

    (void)at;
    (void)suggestion;
    if (is_error && err->code == DAG_ERROR_NONE)
        dag_error_set(err, DAG_ERROR_INVALID, "%s: %s", code, message);
}

bool function_open(struct function_fixture *fixture, const struct dag_function *function,
                   const char *config, struct dag_error *err)
{
    const struct tree *tree;
    uint32_t line, column;

    *fixture = (struct function_fixture){.function = function};
    fixture->document = tree_document_new();
    fixture->state = calloc(1, function->state_size + 1);
    assert_non_null(fixture->document);
    assert_non_null(fixture->state);
    tree = tree_parse(fixture->document, config, strlen(config), 100, &line, &column, err);
    if (!tree)
        fail_msg("%s: %s", config, err->message);
    if (!options_read(function->options, tree, fixture->state, NULL, fixture->document,
                      first_problem, err))
        return false;
    return !function->open || function->open(fixture->state, NULL, err);
}

void function_close(struct function_fixture *fixture)
{
    if (fixture->function && fixture->function->close)
        fixture->function->close(fixture->state);
    tree_document_free(fixture->document);
    free(fixture->state);
    *fixture = (struct function_fixture){0};
}

/* ---- running ---------------------------------------------------------------------------- */

static bool result_of_slot(const struct dag_slot *slot, const struct dag_value *in,
                           const struct dag_value *computed, struct dag_value *out)
{
    switch (slot->kind) {
    case DAG_SLOT_COPY:
        *out = in[slot->from];
        return true;
    case DAG_SLOT_CONSTANT:
        *out = *slot->constant;
        return true;
    case DAG_SLOT_DEFAULT:
        *out = in[slot->from].type == DAG_TYPE_NULL ? *slot->constant : in[slot->from];
        return true;
    case DAG_SLOT_RESULT:
        *out = *computed;
        return computed->type != DAG_TYPE_MISSING;
    }
    return false;
}

/* One row through its plan, in `call` where that row is the only one. */
static bool run_plan(const struct function_fixture *fixture, struct dag_call *call,
                     struct dag_error *err)
{
    const struct dag_row *in = call->rows;
    struct dag_slot_plan plan = {0};
    struct dag_value computed = {0};
    struct dag_error why = {0};
    const struct dag_value **arguments;
    struct dag_value *values;

    if (!fixture->function->plan(fixture->state, in->shape, call->batch, &plan, err))
        return false;
    arguments = dag_batch_alloc(call->batch, (plan.argument_count + 1) * sizeof(*arguments));
    values = dag_batch_alloc(call->batch, (plan.shape->count + 1) * sizeof(*values));
    assert_non_null(arguments);
    assert_non_null(values);
    for (size_t i = 0; i < plan.argument_count; i++)
        arguments[i] = plan.arguments[i] < 0 ? NULL : &in->values[plan.arguments[i]];
    if (plan.test && !plan.test(fixture->state, arguments, plan.argument_count))
        return true;
    if (plan.compute && !plan.compute(fixture->state, arguments, plan.argument_count, call->batch,
                                      &computed, &why)) {
        dag_call_reject(call, 0, &why);
        return true;
    }
    for (uint32_t i = 0; i < plan.shape->count; i++)
        assert_true(result_of_slot(&plan.slots[i], in->values, &computed, &values[i]));
    return dag_call_emit(call, 0, (struct dag_row){plan.shape, values});
}

static bool run_rows(struct function_fixture *fixture, struct dag_call *call, struct dag_error *err)
{
    const struct dag_function *function = fixture->function;
    const struct dag_row *rows = call->rows;
    size_t count = call->row_count;
    bool takes_any = function->flags & DAG_FUNCTION_TAKES_ANY;
    struct dag_error why = {0};

    if (!function->plan)
        return function->process(fixture->state, call, err);
    dag_error_set(&why, DAG_ERROR_INVALID, "the message is no object");
    for (size_t i = 0; i < count; i++) {
        bool ok = true;

        call->rows = &rows[i];
        call->row_count = 1;
        call->row_first = i;
        call->row_latest = 0;
        if (rows[i].shape)
            ok = run_plan(fixture, call, err);
        else if (takes_any)
            ok = function->process(fixture->state, call, err);
        else
            dag_call_reject(call, 0, &why);
        if (!ok)
            return false;
    }
    return true;
}

bool function_apply(struct function_fixture *fixture, const char *messages, struct dag_buffer *out,
                    struct dag_error *err)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    struct dag_call call = {.batch = dag_batch_new(), .number = fixture->calls, .out = out};
    const char *at = messages;
    bool ok;

    assert_non_null(parser);
    assert_non_null(call.batch);
    while (*at) {
        size_t size = strcspn(at, "\n");
        size_t row = dag_batch_row_count(call.batch);

        assert_true(dag_json_parse(parser, call.batch, at, size, (struct dag_origin){0}, err));
        if (dag_batch_origins(call.batch)[row].flags & DAG_ORIGIN_REJECTED)
            fail_msg("the test's own message is not valid: %.*s", (int)size, at);
        at += size + (at[size] != '\0');
    }
    call.rows = dag_batch_rows(call.batch);
    call.row_count = dag_batch_row_count(call.batch);
    fixture->calls += call.row_count;
    ok = run_rows(fixture, &call, err);
    dag_batch_unref(call.batch);
    dag_json_parser_free(parser);
    return ok;
}

/* ---- cases ------------------------------------------------------------------------------ */

static void assert_case(const struct dag_function *function, const struct function_case *one)
{
    struct function_fixture fixture;
    struct dag_buffer out = {0};
    struct dag_error err = {0};

    if (!function_open(&fixture, function, one->config, &err)) {
        assert_true(dag_buffer_append(&out, "!", 1) &&
                    dag_buffer_append(&out, err.message, strlen(err.message) + 1));
    } else {
        assert_true(function_apply(&fixture, one->in, &out, &err));
        assert_true(dag_buffer_append(&out, "", 1));
        if (out.size >= 2 && out.bytes[out.size - 2] == '\n')
            out.bytes[out.size - 2] = '\0';
    }
    if (one->out[0] == '!' ? out.bytes[0] != '!' || !strstr(out.bytes, one->out + 1)
                           : strcmp(out.bytes, one->out) != 0)
        fail_msg("%s\n  config   %s\n  message  %s\n  expected %s\n  gives    %s", function->name,
                 one->config, one->in, one->out, out.bytes);
    dag_buffer_free(&out);
    function_close(&fixture);
}

void assert_function_cases(const struct dag_function *function, const struct function_case *cases,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_case(function, &cases[i]);
}
