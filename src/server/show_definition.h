/* show_definition.h - a definition for somebody who may look at it, but not edit it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SHOW_DEFINITION_H
#define SERVER_SHOW_DEFINITION_H

#include "dag/json.h"
#include "graph/plan.h"
#include "graph/registry.h"
#include "server/answer.h"

/** Puts "***" in place of the secrets that are written out in the text: values whose key is marked
 *  secret by a component of the registry or of the plan (NULL: none), or sounds so at any depth,
 *  and user and password of addresses. References such as ${secret:NAME} stay, and so does all
 *  else, byte for byte. False, with `text` unchanged: `answer`; ANSWER_CONFLICT "unreadable" for
 *  what isn't JSON, where nobody can tell what is a secret. */
bool show_definition_mask(struct dag_buffer *text, const struct registry *registry,
                          const struct plan *plan, struct answer *answer);

#endif
