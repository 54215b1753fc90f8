/* request_target.h - a request's target: the path and the query, decoded strictly. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_REQUEST_TARGET_H
#define HTTP_REQUEST_TARGET_H

#include "http/request_head.h"

#define TARGET_QUERY_MAX 64 /* parameters */

struct http_target {
    char *path; /* decoded */
    struct http_pair query[TARGET_QUERY_MAX];
    size_t query_count;
};

/** Decodes `text` in place; the results point into it. Refused are bad escapes, bytes that aren't
 *  UTF-8, NUL, and in the path control bytes, encoded slashes, backslashes and the segments "." and
 *  "..". False: `fault`. */
bool target_parse(struct http_target *target, char *text, struct http_fault *fault);

/** The length of the UTF-8 sequence in front of the NUL-terminated text; 0: there is none. */
size_t utf8_length(const char *text);

#endif
