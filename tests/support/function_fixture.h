/* function_fixture.h - runs one calculator or transformer on JSON messages, without the engine. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUNCTION_FIXTURE_H
#define TESTS_FUNCTION_FIXTURE_H

#include "core/tree.h"
#include "dag/plugin.h"

/** One instance. Zero it to begin. */
struct function_fixture {
    const struct dag_function *function;
    struct tree_document *document; /* owned; the configuration */
    void *state;                    /* owned */
    uint64_t calls;                 /* stands for the cycle in dag_call_random() */
};

/** Reads `config` (JSON text of an object) and opens the function, as the engine does. False:
 * refused. function_close() is to follow either way. */
bool function_open(struct function_fixture *fixture, const struct dag_function *function,
                   const char *config, struct dag_error *err);
void function_close(struct function_fixture *fixture);

/** Runs the function on messages, one a line, in one call. Appends the results to `out` as lines;
 *  what fails gives a line "!" and the message. False: the call as a whole failed. */
bool function_apply(struct function_fixture *fixture, const char *messages, struct dag_buffer *out,
                    struct dag_error *err);

struct function_case {
    const char *config;
    const char *in;  /* messages, one a line */
    const char *out; /* all results, one a line; "!text": an error whose message holds text, also
                        one of the configuration */
};

/** Fails the cmocka test unless each case gives what it should. */
void assert_function_cases(const struct dag_function *function, const struct function_case *cases,
                           size_t count);

#endif
