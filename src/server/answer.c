/* answer.c - see answer.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/answer.h"

#include <stdarg.h>
#include <stdio.h>

void answer_deinit(struct answer *answer)
{
    problems_free(&answer->problems);
}

bool answer_set(struct answer *answer, enum answer_kind kind, const char *code, const char *format,
                ...)
{
    va_list args;

    answer->kind = kind;
    snprintf(answer->code, sizeof(answer->code), "%s", code);
    va_start(args, format);
    vsnprintf(answer->detail, sizeof(answer->detail), format, args);
    va_end(args);
    return false;
}

bool answer_set_error(struct answer *answer, const char *code, const struct dag_error *err)
{
    enum answer_kind kind = err->code == DAG_ERROR_MEMORY ? ANSWER_FAILED
                            : err->code == DAG_ERROR_IO   ? ANSWER_UNAVAILABLE
                                                          : ANSWER_BAD;

    return answer_set(answer, kind, code, "%s", err->message);
}
