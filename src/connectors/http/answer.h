/* answer.h - what an answer means for the messages of its request. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_HTTP_ANSWER_H
#define CONNECTORS_HTTP_ANSWER_H

#include "connectors/http/client.h"

#define HTTP_STATUS_FIRST 300
#define HTTP_STATUS_END   600

enum http_fate {
    HTTP_ACCEPTED,
    HTTP_RETRY,   /* the same again may be accepted */
    HTTP_REFUSED, /* the same again will be refused */
    HTTP_BROKEN,  /* no request can be made with these settings */
};

/** The statuses after which a request is repeated. Zero it to begin. */
struct http_retries {
    bool statuses[HTTP_STATUS_END - HTTP_STATUS_FIRST];
};

/** 408, 425, 429, 5xx and what `more` adds: "401", or "4xx" for a hundred. False: one of them is
 *  neither, `err` names it. */
bool http_retries_init(struct http_retries *retries, const struct dag_text_list *more,
                       struct dag_error *err);

enum http_fate http_fate_of(const struct http_exchange *exchange,
                            const struct http_retries *retries);

/** One line for people: what `place` (a host and its port) did. Nothing of the address' path, of
 *  headers or of credentials is in it. */
void http_tell(const struct http_exchange *exchange, const char *place, char *text, size_t size);

#endif
