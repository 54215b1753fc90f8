/* registry.c - one line for each built-in subscriber and publisher. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/registry.h"

const struct dag_subscriber *const connectors_subscribers[] = {
    &dag_subscriber_activemq,     &dag_subscriber_custom,
    &dag_subscriber_file,         &dag_subscriber_http,
    &dag_subscriber_mem,          &dag_subscriber_metronome,
    &dag_subscriber_redischannel, NULL,
};

const struct dag_publisher *const connectors_publishers[] = {
    &dag_publisher_activemq,     &dag_publisher_custom,
    &dag_publisher_file,         &dag_publisher_http,
    &dag_publisher_https,        &dag_publisher_mem,
    &dag_publisher_metronome,    &dag_publisher_redis,
    &dag_publisher_redischannel, NULL,
};
