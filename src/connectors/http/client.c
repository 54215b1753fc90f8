/* client.c - see client.h. libcurl's multi interface, driven by the host's descriptors and timer.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/http/client.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connectors/net/guard.h"

#define REPLY_SIZE_MAX    ((size_t)1 << 20) /* a longer reply is cut off; its status counts */
#define RETRY_AFTER_MAX_S INT64_C(31536000)
#define REDIRECTS_MAX     5L
#define SOCKETS_MIN       8
#define US_PER_MS         1000

struct http_socket {
    curl_socket_t fd;
    uint32_t events; /* enum dag_fd_events */
};

struct http_client {
    struct http_settings settings;
    struct dag_host *host;           /* borrowed */
    CURLM *multi;                    /* owned */
    struct http_exchange *exchanges; /* owned, settings.exchange_count of them */
    struct http_socket *sockets;     /* owned: what libcurl waits for */
    struct pollfd *polled;           /* owned, of the same capacity */
    size_t socket_count, socket_capacity;
    int64_t timer_us; /* monotonic: when libcurl wants to be called; INT64_MAX: not */
    bool is_out_of_memory;
};

/* ---- what libcurl waits for ---- */

static struct http_socket *find_socket(struct http_client *client, curl_socket_t fd)
{
    for (size_t i = 0; i < client->socket_count; i++)
        if (client->sockets[i].fd == fd)
            return &client->sockets[i];
    return NULL;
}

static struct http_socket *add_socket(struct http_client *client, curl_socket_t fd)
{
    if (client->socket_count == client->socket_capacity) {
        size_t capacity = client->socket_capacity ? 2 * client->socket_capacity : SOCKETS_MIN;
        struct http_socket *sockets = reallocarray(client->sockets, capacity, sizeof(*sockets));
        struct pollfd *polled = reallocarray(client->polled, capacity, sizeof(*polled));

        if (sockets)
            client->sockets = sockets;
        if (polled)
            client->polled = polled;
        client->is_out_of_memory = client->is_out_of_memory || !sockets || !polled;
        if (!sockets || !polled)
            return NULL; // cppcheck-suppress memleak ; both are the client's
        client->socket_capacity = capacity;
    }
    client->sockets[client->socket_count] = (struct http_socket){.fd = fd};
    return &client->sockets[client->socket_count++];
}

static int note_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused)
{
    struct http_client *client = context;
    struct http_socket *place = find_socket(client, fd);

    (void)easy;
    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        dag_unwatch_fd(client->host, fd); /* it may be closed next */
        if (place)
            *place = client->sockets[--client->socket_count];
        return 0;
    }
    if (!place && !(place = add_socket(client, fd)))
        return -1;
    place->events = (what & CURL_POLL_IN ? (uint32_t)DAG_FD_READABLE : 0) |
                    (what & CURL_POLL_OUT ? (uint32_t)DAG_FD_WRITABLE : 0);
    return 0;
}

static int note_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct http_client *client = context;

    (void)multi;
    client->timer_us = timeout_ms < 0
                           ? INT64_MAX
                           : dag_monotonic_us(client->host) + (int64_t)timeout_ms * US_PER_MS;
    return 0;
}

bool http_client_watch(struct http_client *client, int64_t until_us, struct dag_error *err)
{
    for (size_t i = 0; i < client->socket_count; i++)
        if (client->sockets[i].events != 0 &&
            !dag_watch_fd(client->host, client->sockets[i].fd, client->sockets[i].events, err))
            return false;
    dag_set_timer(client->host, client->timer_us < until_us ? client->timer_us : until_us);
    return true;
}

/* ---- what libcurl asks ---- */

/* Every address that is connected to comes by here, also those of proxies and redirects. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_exchange *exchange = context;
    const void *bytes = &((const struct sockaddr_in *)(const void *)&address->addr)->sin_addr;

    (void)purpose;
    if (net_guard_permits(&address->addr))
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (address->family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)&address->addr)->sin6_addr;
    if (!inet_ntop(address->family, bytes, exchange->forbidden, sizeof(exchange->forbidden)))
        snprintf(exchange->forbidden, sizeof(exchange->forbidden), "of an unknown family");
    return CURL_SOCKET_BAD;
}

static size_t keep_reply(char *bytes, size_t size, size_t count, void *context)
{
    struct http_exchange *exchange = context;

    for (size_t i = 0; i < size * count; i++) {
        size_t at = exchange->reply_size++;
        unsigned char byte = (unsigned char)bytes[i];

        if (at < sizeof(exchange->reply) - 1)
            exchange->reply[at] = (char)(byte < ' ' || byte == 0x7f ? ' ' : byte);
    }
    return exchange->reply_size > REPLY_SIZE_MAX ? 0 : size * count;
}

/* ---- an exchange ---- */

static bool add_header(struct http_exchange *exchange, const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + sizeof(": ");
    char *line = malloc(size);
    struct curl_slist *longer = NULL;

    if (line) {
        /* libcurl sends a header without a value only when it ends in a semicolon */
        snprintf(line, size, value[0] == '\0' ? "%s;" : "%s: %s", name, value);
        longer = curl_slist_append(exchange->headers, line);
    }
    free(line);
    exchange->headers = longer ? longer : exchange->headers;
    return longer != NULL;
}

static bool has_header(const struct dag_text_map *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (strcasecmp(headers->keys[i].text, name) == 0)
            return true;
    return false;
}

static bool make_headers(struct http_exchange *exchange, const char *key)
{
    const struct http_settings *settings = &exchange->client->settings;
    const struct dag_text_map *headers = &settings->headers;
    /* without "Expect:" libcurl would wait for a go-ahead in front of large bodies */
    struct curl_slist *first = curl_slist_append(NULL, "Expect:");
    bool done = first != NULL;

    curl_slist_free_all(exchange->headers);
    exchange->headers = first;
    if (done && !has_header(headers, "Content-Type"))
        done = add_header(exchange, "Content-Type", settings->content_type);
    if (done && key)
        done = add_header(exchange, "Idempotency-Key", key);
    for (size_t i = 0; done && i < headers->count; i++)
        done = add_header(exchange, headers->keys[i].text, headers->values[i].text);
    return done &&
           curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers) == CURLE_OK;
}

static bool set_blob(CURL *easy, CURLoption option, const struct dag_buffer *bytes)
{
    struct curl_blob blob = {.data = bytes->bytes, .len = bytes->size, .flags = CURL_BLOB_NOCOPY};

    return bytes->size == 0 || curl_easy_setopt(easy, option, &blob) == CURLE_OK;
}

static bool set_text(CURL *easy, CURLoption option, const char *text)
{
    return !text || curl_easy_setopt(easy, option, text) == CURLE_OK;
}

static bool set_number(CURL *easy, CURLoption option, long number)
{
    return curl_easy_setopt(easy, option, number) == CURLE_OK;
}

static bool set_tls(CURL *easy, const struct http_settings *settings)
{
    return set_number(easy, CURLOPT_SSL_VERIFYPEER, settings->verifies) &&
           set_number(easy, CURLOPT_SSL_VERIFYHOST, settings->verifies ? 2L : 0L) &&
           set_number(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) &&
           set_blob(easy, CURLOPT_CAINFO_BLOB, &settings->ca) &&
           set_blob(easy, CURLOPT_SSLCERT_BLOB, &settings->certificate) &&
           set_blob(easy, CURLOPT_SSLKEY_BLOB, &settings->key) &&
           set_text(easy, CURLOPT_KEYPASSWD, settings->key_password);
}

static bool set_identity(CURL *easy, const struct http_settings *settings)
{
    long kind = settings->bearer_token ? (long)CURLAUTH_BEARER : (long)CURLAUTH_BASIC;

    return set_text(easy, CURLOPT_USERNAME, settings->username) &&
           set_text(easy, CURLOPT_PASSWORD, settings->password) &&
           set_text(easy, CURLOPT_XOAUTH2_BEARER, settings->bearer_token) &&
           ((!settings->username && !settings->bearer_token) ||
            set_number(easy, CURLOPT_HTTPAUTH, kind));
}

static bool set_callbacks(struct http_exchange *exchange)
{
    CURL *easy = exchange->easy;

    return curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_reply) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange) == CURLE_OK;
}

/* What stays the same from request to request. */
static bool prepare(struct http_exchange *exchange)
{
    const struct http_settings *settings = &exchange->client->settings;
    CURL *easy = exchange->easy;

    return set_callbacks(exchange) && set_text(easy, CURLOPT_URL, settings->url) &&
           set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
           set_text(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") &&
           set_text(easy, CURLOPT_PROXY, settings->proxy ? settings->proxy : "") &&
           set_text(easy, CURLOPT_NOPROXY, "") &&
           set_text(easy, CURLOPT_USERAGENT, "dagd/" DAGD_VERSION) &&
           set_text(easy, CURLOPT_CUSTOMREQUEST, settings->method) &&
           set_number(easy, CURLOPT_POST, 1L) && set_number(easy, CURLOPT_NOSIGNAL, 1L) &&
           set_number(easy, CURLOPT_QUICK_EXIT, 1L) && /* a stop doesn't wait for a name */
           set_number(easy, CURLOPT_TCP_KEEPALIVE, 1L) &&
           set_number(easy, CURLOPT_TIMEOUT_MS, (long)(settings->timeout_us / US_PER_MS)) &&
           set_number(easy, CURLOPT_CONNECTTIMEOUT_MS,
                      (long)(settings->connect_timeout_us / US_PER_MS)) &&
           set_number(easy, CURLOPT_FOLLOWLOCATION, settings->follow_redirects) &&
           set_number(easy, CURLOPT_MAXREDIRS, REDIRECTS_MAX) &&
           set_number(easy, CURLOPT_POSTREDIR, CURL_REDIR_POST_ALL) && set_tls(easy, settings) &&
           set_identity(easy, settings);
}

bool http_client_send(struct http_exchange *exchange, const char *key, struct dag_error *err)
{
    CURL *easy = exchange->easy;

    exchange->result = CURLE_OK;
    exchange->status = 0;
    exchange->retry_after_us = 0;
    exchange->reply_size = 0;
    exchange->error[0] = exchange->forbidden[0] = '\0';
    if (!make_headers(exchange, key) ||
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->body.bytes) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body.size) !=
            CURLE_OK ||
        curl_multi_add_handle(exchange->client->multi, easy) != CURLM_OK) {
        dag_error_set_memory(err, "a request");
        err->retryable = true;
        return false;
    }
    exchange->is_busy = true;
    return true;
}

/* ---- going on ---- */

/* What has ended is idle again, and waits to be taken. */
static void collect(struct http_client *client)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left))) {
        struct http_exchange *exchange = NULL;
        curl_off_t retry_after_s = 0;
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result; /* the message goes with the handle */

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&exchange);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &exchange->status);
        curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s);
        curl_multi_remove_handle(client->multi, easy);
        if (result == CURLE_WRITE_ERROR && exchange->reply_size > REPLY_SIZE_MAX)
            result = CURLE_OK; /* it was answered, at length */
        if (retry_after_s > RETRY_AFTER_MAX_S)
            retry_after_s = RETRY_AFTER_MAX_S;
        exchange->result = result;
        exchange->retry_after_us = retry_after_s > 0 ? (int64_t)retry_after_s * 1000000 : 0;
        exchange
            ->reply[exchange->reply_size < sizeof(exchange->reply) ? exchange->reply_size
                                                                   : sizeof(exchange->reply) - 1] =
            '\0';
        exchange->is_busy = false;
        exchange->is_done = true;
    }
}

static void poll_sockets(struct http_client *client)
{
    size_t count = client->socket_count;

    for (size_t i = 0; i < count; i++)
        client->polled[i] = (struct pollfd){
            .fd = client->sockets[i].fd,
            .events = (short)((client->sockets[i].events & DAG_FD_READABLE ? POLLIN : 0) |
                              (client->sockets[i].events & DAG_FD_WRITABLE ? POLLOUT : 0))};
    if (count == 0 || poll(client->polled, (nfds_t)count, 0) <= 0)
        return;
    for (size_t i = 0; i < count; i++) {
        /* the array may grow and move meanwhile */
        struct pollfd ready = client->polled[i];
        int what = (ready.revents & (POLLIN | POLLHUP) ? CURL_CSELECT_IN : 0) |
                   (ready.revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
                   (ready.revents & (POLLERR | POLLNVAL) ? CURL_CSELECT_ERR : 0);
        int running;

        if (what != 0 && find_socket(client, ready.fd))
            curl_multi_socket_action(client->multi, ready.fd, what, &running);
    }
}

bool http_client_pump(struct http_client *client, struct dag_error *err)
{
    int running;

    poll_sockets(client);
    if (client->timer_us <= dag_monotonic_us(client->host)) {
        client->timer_us = INT64_MAX;
        curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect(client);
    if (!client->is_out_of_memory)
        return true;
    client->is_out_of_memory = false;
    dag_error_set_memory(err, "a connection");
    err->retryable = true;
    return false;
}

struct http_exchange *http_client_take(struct http_client *client)
{
    for (size_t i = 0; i < client->settings.exchange_count; i++)
        if (client->exchanges[i].is_done) {
            client->exchanges[i].is_done = false;
            return &client->exchanges[i];
        }
    return NULL;
}

struct http_exchange *http_client_idle(struct http_client *client)
{
    for (size_t i = 0; i < client->settings.exchange_count; i++)
        if (!client->exchanges[i].is_busy && !client->exchanges[i].is_done)
            return &client->exchanges[i];
    return NULL;
}

size_t http_client_busy_count(const struct http_client *client)
{
    size_t count = 0;

    for (size_t i = 0; i < client->settings.exchange_count; i++)
        count += client->exchanges[i].is_busy;
    return count;
}

/* ---- the whole ---- */

static void start_library(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool fill(struct http_client *client)
{
    long exchange_count = (long)client->settings.exchange_count;

    client->multi = curl_multi_init();
    client->exchanges = calloc(client->settings.exchange_count, sizeof(*client->exchanges));
    if (!client->multi || !client->exchanges ||
        curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, note_socket) != CURLM_OK ||
        curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client) != CURLM_OK ||
        curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, note_timer) != CURLM_OK ||
        curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client) != CURLM_OK ||
        curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, exchange_count) != CURLM_OK)
        return false;
    for (size_t i = 0; i < client->settings.exchange_count; i++) {
        struct http_exchange *exchange = &client->exchanges[i];

        exchange->client = client;
        exchange->easy = curl_easy_init();
        if (!exchange->easy || !prepare(exchange))
            return false;
    }
    return true;
}

struct http_client *http_client_new(const struct http_settings *settings, struct dag_host *host,
                                    struct dag_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct http_client *client = calloc(1, sizeof(*client));

    pthread_once(&once, start_library);
    if (client) {
        client->settings = *settings;
        client->host = host;
        client->timer_us = INT64_MAX;
    }
    if (client && fill(client))
        return client;
    http_client_free(client);
    dag_error_set(err, DAG_ERROR_MEMORY, "cannot set up libcurl: no memory, or it is too old");
    return NULL;
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    for (size_t i = 0; client->exchanges && i < client->settings.exchange_count; i++) {
        struct http_exchange *exchange = &client->exchanges[i];

        if (exchange->is_busy)
            curl_multi_remove_handle(client->multi, exchange->easy);
        curl_easy_cleanup(exchange->easy);
        curl_slist_free_all(exchange->headers);
        dag_buffer_free(&exchange->body);
    }
    curl_multi_cleanup(client->multi);
    for (size_t i = 0; i < client->socket_count; i++)
        dag_unwatch_fd(client->host, client->sockets[i].fd);
    dag_set_timer(client->host, INT64_MAX);
    free(client->exchanges);
    free(client->sockets);
    free(client->polled);
    free(client);
}
