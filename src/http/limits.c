/* limits.c - the limits of http.h as the specification gives them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

void http_limits_default(struct http_limits *limits)
{
    *limits = (struct http_limits){
        .header_size_max = 16 * 1024,
        .header_count_max = 64,
        .target_size_max = 8 * 1024,
        .body_total_max = (size_t)512 * 1024 * 1024,
        .header_timeout_us = 10 * INT64_C(1000000),
        .idle_timeout_us = 60 * INT64_C(1000000),
        .rate_grace_us = 10 * INT64_C(1000000),
        .rate_min = 1024,
        .handshake_timeout_us = 10 * INT64_C(1000000),
        .connections_max = 1024,
        .connections_per_address_max = 64,
        .streams_max = 500,
        .streams_per_principal_max = 8,
        .stream_buffer_max = 256 * 1024,
        .heartbeat_us = 15 * INT64_C(1000000),
        .stream_stall_us = 60 * INT64_C(1000000),
    };
}
