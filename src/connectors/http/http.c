/* http.c - the publishers http://HOST/PATH and https://HOST/PATH: options, checks, start and stop.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "connectors/http/sink.h"
#include "connectors/net/guard.h"
#include "connectors/net/pem.h"
#include "connectors/registry.h"

#define TIME_MAX_US (INT64_C(86400) * 1000000)

#define AT(member) offsetof(struct http_sink, member)

static const char *const methods[] = {"POST", "PUT"};

static const struct dag_option http_options[] = {
    {.name = "method",
     .type = DAG_OPTION_CHOICE,
     .offset = AT(method),
     .default_json = "\"POST\"",
     .choices = "POST PUT",
     .help = "The method of each request."},
    {.name = "headers",
     .type = DAG_OPTION_TEXT_MAP,
     .flags = DAG_OPTION_SECRET,
     .offset = AT(headers),
     .default_json = "{}",
     .help = "Headers to send with each request."},
    {.name = "batch",
     .type = DAG_OPTION_CHOICE,
     .offset = AT(batch),
     .default_json = "\"none\"",
     .choices = "none array ndjson",
     .help = "none: one message in each request; array: several in a JSON array; ndjson: several, "
             "one a line. Together with publish_interval, messages are gathered."},
    {.name = "batch_messages",
     .type = DAG_OPTION_INTEGER,
     .offset = AT(batch_messages),
     .min = 1,
     .max = DAG_BATCH_ROWS_MAX,
     .default_json = "100",
     .unit = "messages",
     .help = "The most that one request carries, with batch."},
    {.name = "batch_bytes",
     .type = DAG_OPTION_SIZE,
     .offset = AT(batch_bytes),
     .min = 1,
     .max = 1 << 30,
     .default_json = "\"1MiB\"",
     .unit = "bytes",
     .help = "No message is added to a request beyond this size, with batch."},
    {.name = "connections",
     .type = DAG_OPTION_INTEGER,
     .offset = AT(connections),
     .min = 1,
     .max = 64,
     .default_json = "1",
     .help = "Requests that are under way at once; with more than 1 messages may overtake each "
             "other."},
    {.name = "username",
     .type = DAG_OPTION_TEXT,
     .offset = AT(username),
     .help = "Whom to sign in as, by basic authentication."},
    {.name = "password",
     .type = DAG_OPTION_TEXT,
     .flags = DAG_OPTION_SECRET,
     .offset = AT(password),
     .help = "The password of `username`."},
    {.name = "bearer_token",
     .type = DAG_OPTION_TEXT,
     .flags = DAG_OPTION_SECRET,
     .offset = AT(bearer_token),
     .help = "A token to send as Authorization: Bearer."},
    {.name = "timeout",
     .type = DAG_OPTION_SECONDS,
     .offset = AT(timeout_us),
     .min = 1000,
     .max = TIME_MAX_US,
     .default_json = "30",
     .unit = "seconds",
     .help = "How long a request may take from beginning to end."},
    {.name = "connect_timeout",
     .type = DAG_OPTION_SECONDS,
     .offset = AT(connect_timeout_us),
     .min = 1000,
     .max = TIME_MAX_US,
     .default_json = "10",
     .unit = "seconds",
     .help = "How long name resolution, connecting and the TLS handshake may take."},
    {.name = "retry_status",
     .type = DAG_OPTION_TEXT_LIST,
     .offset = AT(retry_status),
     .default_json = "[]",
     .help = "Further statuses, such as 401 or 4xx, after which a request is repeated instead of "
             "its message becoming a dead letter; 408, 425, 429 and 5xx always are."},
    {.name = "retry_after_max",
     .type = DAG_OPTION_SECONDS,
     .offset = AT(retry_after_max_us),
     .min = 0,
     .max = TIME_MAX_US,
     .default_json = "300",
     .unit = "seconds",
     .help = "How long the receiver may keep requests away by Retry-After."},
    {.name = "idempotency_key",
     .type = DAG_OPTION_BOOL,
     .offset = AT(idempotency_key),
     .default_json = "false",
     .help = "Sends an Idempotency-Key, so that the receiver can drop repeats."},
    {.name = "follow_redirects",
     .type = DAG_OPTION_BOOL,
     .offset = AT(follow_redirects),
     .default_json = "false",
     .help = "Follows up to 5 redirects; `headers` are sent along, credentials only to the same "
             "host."},
    {.name = "verify",
     .type = DAG_OPTION_BOOL,
     .offset = AT(verify),
     .default_json = "true",
     .help = "Checks the receiver's certificate and name; false only for trying out."},
    {.name = "ca_file",
     .type = DAG_OPTION_TEXT,
     .flags = DAG_OPTION_PATH,
     .offset = AT(ca_file),
     .help = "Certificates (PEM) to trust instead of the system's."},
    {.name = "cert_file",
     .type = DAG_OPTION_TEXT,
     .flags = DAG_OPTION_PATH,
     .offset = AT(cert_file),
     .help = "The client certificate (PEM) with its chain."},
    {.name = "key_file",
     .type = DAG_OPTION_TEXT,
     .flags = DAG_OPTION_PATH,
     .offset = AT(key_file),
     .help = "The key (PEM) of `cert_file`, when it isn't in the same file."},
    {.name = "key_password",
     .type = DAG_OPTION_TEXT,
     .flags = DAG_OPTION_SECRET,
     .offset = AT(key_password),
     .help = "The password of the key."},
    {.name = "proxy",
     .type = DAG_OPTION_TEXT,
     .flags = DAG_OPTION_SECRET,
     .offset = AT(proxy),
     .help = "http://, https:// or socks5h://HOST:PORT to go through; the environment's proxies "
             "are never used."},
    {0},
};

/* ---- checks ---- */

static bool is_token(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "!#$%&'*+-.^_`|~";

    return text[0] != '\0' && text[strspn(text, allowed)] == '\0';
}

static bool check_headers(const struct dag_text_map *headers, struct dag_error *err)
{
    static const char *const ours[] = {"Content-Length", "Transfer-Encoding", "Connection",
                                       "Expect",         "Upgrade",           NULL};

    for (size_t i = 0; i < headers->count; i++) {
        const char *name = headers->keys[i].text;
        const struct dag_text *value = &headers->values[i];

        if (!is_token(name))
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "option 'headers': '%.60s' is no name of a header", name);
        if (strcspn(value->text, "\r\n") != value->size)
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "option 'headers': the value of '%.60s' has a line break", name);
        for (size_t k = 0; ours[k]; k++)
            if (strcasecmp(name, ours[k]) == 0)
                return dag_error_set(err, DAG_ERROR_INVALID,
                                     "option 'headers': '%s' is set by the program itself", name);
    }
    return true;
}

static bool check_together(const struct http_sink *sink, struct dag_error *err)
{
    static const char *const schemes[] = {"http://", "https://", "socks5://", "socks5h://", NULL};
    size_t i = 0;

    if (sink->bearer_token && sink->username)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "options 'username' and 'bearer_token': give one of them");
    if (sink->password && !sink->username)
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'password': needs 'username'");
    if (sink->key_file && !sink->cert_file)
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'key_file': needs 'cert_file'");
    if (sink->proxy && strncmp(sink->proxy, "${", 2) != 0) {
        while (schemes[i] && strncmp(sink->proxy, schemes[i], strlen(schemes[i])) != 0)
            i++;
        if (!schemes[i])
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "option 'proxy': should begin with http://, https:// or "
                                 "socks5h://");
    }
    return true;
}

/* A part of the URL, "" where it has none. Owned. NULL: no memory. */
static char *part_of(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    char *copy = NULL;

    if (curl_url_get(url, part, &text, 0) != CURLUE_OUT_OF_MEMORY)
        copy = strdup(text ? text : "");
    curl_free(text);
    return copy;
}

/* Takes host and port for people; what else is in the URL may be secret. */
static bool check_url(struct http_sink *sink, CURLU *url, const char *uri, struct dag_error *err)
{
    char *host = NULL, *port = NULL, *user = NULL, *fragment = NULL;
    bool done = false;

    if (curl_url_set(url, CURLUPART_URL, uri, 0) != CURLUE_OK) {
        dag_error_set(err, DAG_ERROR_INVALID,
                      "the address should look like http://HOST:PORT/PATH or https://HOST/PATH");
    } else if (!(host = part_of(url, CURLUPART_HOST)) || !(port = part_of(url, CURLUPART_PORT)) ||
               !(user = part_of(url, CURLUPART_USER)) ||
               !(fragment = part_of(url, CURLUPART_FRAGMENT))) {
        dag_error_set_memory(err, "an address");
    } else if (user[0] != '\0') {
        dag_error_set(err, DAG_ERROR_INVALID,
                      "the address has a user name in it: use the options 'username' and "
                      "'password', which are never shown");
    } else if (fragment[0] != '\0') {
        dag_error_set(err, DAG_ERROR_INVALID, "the address ends in a '#' part, which isn't sent");
    } else {
        snprintf(sink->place, sizeof(sink->place), "%s%s%s", host, port[0] ? ":" : "", port);
        done = true;
    }
    free(host);
    free(port);
    free(user);
    free(fragment);
    return done;
}

static bool http_sink_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    struct http_sink *sink = state;
    CURLU *url;
    bool done;

    sink->retries = (struct http_retries){0};
    if (!check_headers(&sink->headers, err) || !check_together(sink, err) ||
        !http_retries_init(&sink->retries, &sink->retry_status, err))
        return false;
    url = curl_url();
    done = url ? check_url(sink, url, address->uri, err) : dag_error_set_memory(err, "an address");
    curl_url_cleanup(url);
    return done;
}

/* ---- start and stop ---- */

/* Addresses that are written out are refused at once; names when they turn out to lead there. */
static bool check_forbidden(const char *place, struct dag_error *err)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char host[HTTP_PLACE_SIZE];
    bool is_permitted = true;
    bool is_ipv6 = place[0] == '[';

    snprintf(host, sizeof(host), "%s", place + is_ipv6);
    host[strcspn(host, is_ipv6 ? "]" : ":")] = '\0';
    if (getaddrinfo(host, NULL, &hints, &found) == 0) {
        is_permitted = net_guard_permits(found->ai_addr);
        freeaddrinfo(found);
    }
    return is_permitted || dag_error_set(err, DAG_ERROR_INVALID,
                                         "the address %s is forbidden here (the administrator can "
                                         "allow it: --egress-allow)",
                                         host);
}

/* Keys tell one life of a DAG from another; without one each run is its own. */
static bool name_instance(struct http_sink *sink, struct dag_error *err)
{
    uint64_t number;

    if (sink->host->instance && sink->host->instance[0] != '\0') {
        snprintf(sink->instance, sizeof(sink->instance), "%s", sink->host->instance);
    } else if (sink->instance[0] == '\0') {
        if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
            return dag_error_set_errno(err, "cannot get a random number");
        snprintf(sink->instance, sizeof(sink->instance), "%016llx", (unsigned long long)number);
    }
    return true;
}

static bool http_sink_open(void *state, const struct dag_address *address, struct dag_host *host,
                           struct dag_error *err)
{
    struct http_sink *sink = state;

    sink->host = host;
    if (!name_instance(sink, err) || !check_forbidden(sink->place, err) ||
        !net_pem_read(host, "ca_file", sink->ca_file, &sink->ca, err) ||
        !net_pem_read(host, "cert_file", sink->cert_file, &sink->certificate, err) ||
        !net_pem_read(host, "key_file", sink->key_file ? sink->key_file : sink->cert_file,
                      &sink->key, err))
        return false;
    struct http_settings settings = {
        .url = address->uri,
        .proxy = sink->proxy,
        .method = methods[sink->method],
        .username = sink->username,
        .password = sink->password,
        .bearer_token = sink->bearer_token,
        .headers = sink->headers,
        .content_type =
            sink->batch == HTTP_BATCH_NDJSON ? "application/x-ndjson" : "application/json",
        .timeout_us = sink->timeout_us,
        .connect_timeout_us = sink->connect_timeout_us,
        .exchange_count = (size_t)sink->connections,
        .follow_redirects = sink->follow_redirects,
        .verifies = sink->verify,
        .ca = sink->ca,
        .certificate = sink->certificate,
        .key = sink->key,
        .key_password = sink->key_password,
    };
    sink->client = http_client_new(&settings, host, err);
    return sink->client != NULL;
}

static void http_sink_stop(void *state)
{
    struct http_sink *sink = state;

    http_client_free(sink->client);
    sink->client = NULL;
    http_sink_clear(sink);
    dag_buffer_free(&sink->ca);
    dag_buffer_free(&sink->certificate);
    dag_buffer_free(&sink->key);
}

/* ---- the connectors ---- */

const struct dag_publisher dag_publisher_http = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "http",
    .name = "HTTPDataPublisher",
    .summary = "Posts messages to an HTTP server.",
    .address_help = "http://HOST/PATH",
    .options = http_options,
    .state_size = sizeof(struct http_sink),
    .check = http_sink_check,
    .open = http_sink_open,
    .write = http_sink_write,
    .stop = http_sink_stop,
    .close = http_sink_stop,
    .describe = http_sink_describe,
};

const struct dag_publisher dag_publisher_https = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "https",
    .name = "HTTPSDataPublisher",
    .summary = "Posts messages to an HTTP server over TLS.",
    .address_help = "https://HOST/PATH",
    .options = http_options,
    .state_size = sizeof(struct http_sink),
    .check = http_sink_check,
    .open = http_sink_open,
    .write = http_sink_write,
    .stop = http_sink_stop,
    .close = http_sink_stop,
    .describe = http_sink_describe,
};
