/* fake_registry.h - component types that only check: names, options and addresses as the real ones.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FAKE_REGISTRY_H
#define SUPPORT_FAKE_REGISTRY_H

#include "graph/registry.h"

/** The original's calculators, transformers and connectors, without plug-in folders. */
extern const struct registry fake_registry;

/** The same with a plug-in library "shop" that holds the calculator "Price", the transformer
 *  "Trim", the node type "Till", the subscriber "Feed" and the publisher "Bill". */
extern const struct registry fake_registry_with_plugins;

/** States that open() or check() has seen and close() has not. */
extern int fake_open_count;

#endif
