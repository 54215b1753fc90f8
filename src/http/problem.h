/* problem.h - a problem as the reply that it becomes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "http/http.h"

#define PROBLEM_EXTRA_MAX 16

/** `reply` points into the other fields: not to be copied. */
struct problem_reply {
    struct http_reply reply;
    struct http_pair extra[PROBLEM_EXTRA_MAX];
    char wait[16];
    struct dag_buffer body; /* owned by the caller */
};

/** Fills `out`. The texts of `problem->extra` are borrowed. */
void problem_prepare(const struct http_request *request, const struct http_problem *problem,
                     struct problem_reply *out);

#endif
