/* registry.h - the subscribers and publishers that are built in. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_REGISTRY_H
#define CONNECTORS_REGISTRY_H

#include "dag/plugin.h"

/** Sorted by scheme; NULL ends each list. */
extern const struct dag_subscriber *const connectors_subscribers[];
extern const struct dag_publisher *const connectors_publishers[];

extern const struct dag_subscriber dag_subscriber_activemq;
extern const struct dag_subscriber dag_subscriber_custom;
extern const struct dag_subscriber dag_subscriber_file;
extern const struct dag_subscriber dag_subscriber_http;
extern const struct dag_subscriber dag_subscriber_mem;
extern const struct dag_subscriber dag_subscriber_metronome;
extern const struct dag_subscriber dag_subscriber_redischannel;

extern const struct dag_publisher dag_publisher_activemq;
extern const struct dag_publisher dag_publisher_custom;
extern const struct dag_publisher dag_publisher_file;
extern const struct dag_publisher dag_publisher_http;
extern const struct dag_publisher dag_publisher_https;
extern const struct dag_publisher dag_publisher_mem;
extern const struct dag_publisher dag_publisher_metronome;
extern const struct dag_publisher dag_publisher_redis;
extern const struct dag_publisher dag_publisher_redischannel;

#endif
