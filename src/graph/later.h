/* later.h - connector types that this build knows but lacks: they check, and don't run. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_LATER_H
#define GRAPH_LATER_H

#include "dag/plugin.h"

/** Sorted by scheme, ended by NULL. A type that the registry has itself goes before these. */
extern const struct dag_subscriber *const later_subscribers[];
extern const struct dag_publisher *const later_publishers[];

#endif
