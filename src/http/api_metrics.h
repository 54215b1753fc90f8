/* api_metrics.h - what /metrics says of the process and its HTTP server. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_METRICS_H
#define HTTP_API_METRICS_H

#include "http/api.h"

/** Appends Prometheus text. False: out of memory. */
bool api_metrics_write(struct api *api, struct dag_buffer *out);

#endif
