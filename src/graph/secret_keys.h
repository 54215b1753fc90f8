/* secret_keys.h - which keys of a definition hold secrets, and how they are written there. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_SECRET_KEYS_H
#define GRAPH_SECRET_KEYS_H

#include "core/tree.h"
#include "dag/option.h"

/** True for a key that is called as secrets are: password, api_token, Authorization. */
bool secret_key_sounds_so(const char *key);

/** True for one that is marked secret in the table, which may be NULL. */
bool secret_key_is_marked(const char *key, const struct dag_option *options);

/** True for a text that is one ${secret:NAME} and nothing else, in a tree without variables filled
 *  in. */
bool secret_is_reference(const struct tree *value);

/** The "user:password" in a text such as redis://user:password@host; NULL: none. `*size` bytes of
 *  it, or of what stands there without a colon. */
const char *secret_in_address(const char *text, size_t *size);

#endif
