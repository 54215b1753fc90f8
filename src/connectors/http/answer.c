/* answer.c - see answer.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/http/answer.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void set_range(struct http_retries *retries, int first, int end)
{
    for (int status = first; status < end; status++)
        retries->statuses[status - HTTP_STATUS_FIRST] = true;
}

bool http_retries_init(struct http_retries *retries, const struct dag_text_list *more,
                       struct dag_error *err)
{
    set_range(retries, 408, 409); /* the request took too long */
    set_range(retries, 425, 426); /* too early */
    set_range(retries, 429, 430); /* too many requests */
    set_range(retries, 500, 600);
    for (size_t i = 0; i < more->count; i++) {
        const char *text = more->items[i].text;
        bool is_known = more->items[i].size == 3 && text[0] >= '3' && text[0] <= '5';
        int hundred = is_known ? (text[0] - '0') * 100 : 0;

        if (is_known && strcmp(text + 1, "xx") == 0) {
            set_range(retries, hundred, hundred + 100);
        } else if (is_known && is_digit(text[1]) && is_digit(text[2])) {
            int status = hundred + (text[1] - '0') * 10 + (text[2] - '0');

            set_range(retries, status, status + 1);
        } else {
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "option 'retry_status': '%.20s' is no status such as 401 or 4xx",
                                 text);
        }
    }
    return true;
}

enum http_fate http_fate_of(const struct http_exchange *exchange,
                            const struct http_retries *retries)
{
    long status = exchange->status;

    switch (exchange->result) {
    case CURLE_OK:
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return HTTP_BROKEN;
    default: /* what was answered doesn't count before all of it is here */
        return HTTP_RETRY;
    }
    if (status >= 200 && status < HTTP_STATUS_FIRST)
        return HTTP_ACCEPTED;
    if (status < HTTP_STATUS_FIRST || status >= HTTP_STATUS_END)
        return HTTP_RETRY; /* that isn't HTTP */
    return retries->statuses[status - HTTP_STATUS_FIRST] ? HTTP_RETRY : HTTP_REFUSED;
}

static const char *hint_of(long status)
{
    if (status >= 300 && status < 400)
        return " (redirects aren't followed: make the new address the destination, or set "
               "\"follow_redirects\")";
    return status == 401 || status == 403 ? " (are the credentials right?)" : "";
}

void http_tell(const struct http_exchange *exchange, const char *place, char *text, size_t size)
{
    const char *reply = exchange->reply + strspn(exchange->reply, " ");

    if (exchange->forbidden[0] != '\0')
        snprintf(text, size,
                 "%s leads to the address %s, which is forbidden here (the administrator can allow "
                 "it: --egress-allow)",
                 place, exchange->forbidden);
    else if (exchange->result != CURLE_OK)
        snprintf(text, size, "%s: %s", place,
                 exchange->error[0] != '\0' ? exchange->error
                                            : curl_easy_strerror(exchange->result));
    else
        snprintf(text, size, "%s answered %ld%s%s%.*s", place, exchange->status,
                 hint_of(exchange->status), reply[0] != '\0' ? ": " : "", HTTP_REPLY_SIZE, reply);
}
