/* accounts_show.h - accounts as JSON. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ACCOUNTS_SHOW_H
#define SERVER_ACCOUNTS_SHOW_H

#include "graph/writer.h"
#include "server/tokens.h"

/** `secret`: of a token that was just made; else NULL. */
void accounts_show_token(struct writer *writer, const struct token *token, const char *secret);

#endif
