/* api_account.h - what the handlers about accounts share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_ACCOUNT_H
#define HTTP_API_ACCOUNT_H

#include "http/api_call.h"

/** limit, cursor, sort and q for lists of accounts.h that are sorted by `sort`. False: answered. */
bool api_accounts_page(struct http_request *request, const char *sort, struct accounts_page *out);

/** The body's "role"; ROLE_NONE: there is none. False: answered. */
bool api_read_role(struct http_request *request, const struct tree *body, enum role *role);

/** Answers with what was written, or with why it wasn't; releases both. */
void api_reply_written(struct http_request *request, bool is_written, struct dag_buffer *out,
                       struct answer *answer);

#endif
