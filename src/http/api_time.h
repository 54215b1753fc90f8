/* api_time.h - times as the REST API takes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_TIME_H
#define HTTP_API_TIME_H

#include <stdbool.h>
#include <stdint.h>

/** RFC 3339 with any offset, between the years 1970 and 9999, as microseconds since 1970; what is
 *  finer is cut off. False: it is none. */
bool api_parse_time(const char *text, int64_t *time_us);

#endif
