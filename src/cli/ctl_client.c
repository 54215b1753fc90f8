/* ctl_client.c - see ctl_client.h. Redirects are not followed: the token is for this server only.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_client.h"
#include "core/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define API               "/api/v1"
#define CONNECT_MS        10000L
#define ANSWER_MS         60000
#define BODY_MAX          ((size_t)256 << 20)
#define DEPTH_MAX         1100
#define AGAIN_SECONDS     30u
#define AGAIN_SECONDS_MAX 10u /* for one time */

/* ---- settings ---- */

static bool is_this_machine(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "[::1]") == 0 || strcmp(host, "::1") == 0;
}

/* Nothing but scheme, host, port and perhaps a path. */
static bool check_url(const struct client_settings *settings, bool *is_local, struct dag_error *err)
{
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL, *query = NULL;
    bool is_good = url && curl_url_set(url, CURLUPART_URL, settings->url, 0) == CURLUE_OK &&
                   curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                   curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK;

    if (!is_good || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        is_good = dag_error_set(err, DAG_ERROR_INVALID,
                                "'%.200s' is no URL of a server, such as http://127.0.0.1:5000",
                                settings->url);
    else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK ||
             curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_OK)
        is_good = dag_error_set(err, DAG_ERROR_INVALID,
                                "a server's URL has neither user nor query: the token comes from "
                                "--token-file or DAGD_TOKEN");
    else {
        *is_local = is_this_machine(host);
        if (strcmp(scheme, "http") == 0 && !*is_local && settings->token && *settings->token &&
            !settings->allow_plain_http)
            is_good = dag_error_set(err, DAG_ERROR_INVALID,
                                    "the token would go to '%.200s' in the clear: use https, or "
                                    "allow it by --allow-plain-http",
                                    host);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_free(query);
    curl_url_cleanup(url);
    return is_good;
}

/* A line end in a token would begin another header. */
static bool check_token(const char *token, struct dag_error *err)
{
    for (; *token; token++)
        if (*token <= ' ' || *token > '~')
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "the token has characters that no token has: give one line, as "
                                 "'dagd token create' printed it");
    return true;
}

static bool set_texts(struct client *client, const struct client_settings *settings)
{
    static const char bearer[] = "Authorization: Bearer ";
    size_t size = strlen(settings->url);

    client->url = strdup(settings->url);
    if (!client->url)
        return false;
    while (size > 0 && client->url[size - 1] == '/')
        client->url[--size] = '\0';
    if (settings->ca_file && !(client->ca_file = strdup(settings->ca_file)))
        return false;
    if (settings->token && *settings->token) {
        size_t line_size = sizeof(bearer) + strlen(settings->token);

        client->authorization = malloc(line_size);
        if (!client->authorization)
            return false;
        snprintf(client->authorization, line_size, "%s%s", bearer, settings->token);
    }
    client->easy = curl_easy_init();
    return client->easy != NULL;
}

struct client *client_new(const struct client_settings *settings, struct dag_error *err)
{
    struct client *client = NULL;
    bool is_local = false;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        dag_error_set(err, DAG_ERROR_IO, "libcurl can't be set up");
        return NULL;
    }
    if (!check_url(settings, &is_local, err) ||
        (settings->token && !check_token(settings->token, err)))
        return NULL;
    client = calloc(1, sizeof(*client));
    if (!client || !set_texts(client, settings)) {
        dag_error_set_memory(err, "a connection");
        client_free(client);
        return NULL;
    }
    client->is_local = is_local;
    return client;
}

void client_free(struct client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->easy);
    if (client->authorization)
        explicit_bzero(client->authorization, strlen(client->authorization));
    free(client->authorization);
    free(client->ca_file);
    free(client->url);
    free(client);
    curl_global_cleanup();
}

/* ---- a request ---- */

static bool append_encoded(struct dag_buffer *path, const char *text)
{
    char *encoded = curl_easy_escape(NULL, text, 0);
    bool done = encoded && dag_buffer_append(path, encoded, strlen(encoded));

    curl_free(encoded);
    return done;
}

char *client_path(const char *format, ...)
{
    struct dag_buffer path = {0};
    va_list arguments;
    bool done = true;

    va_start(arguments, format);
    for (; done && *format; format++) {
        if (format[0] != '%' || format[1] != 's') {
            done = dag_buffer_append(&path, format, 1);
            continue;
        }
        done = append_encoded(&path, va_arg(arguments, const char *));
        format++;
    }
    va_end(arguments);
    if (done && dag_buffer_append(&path, "", 1))
        return path.bytes;
    dag_buffer_free(&path);
    return NULL;
}

bool client_add_header(struct curl_slist **headers, const char *name, const char *value,
                       struct dag_error *err)
{
    char line[600];
    struct curl_slist *longer;

    snprintf(line, sizeof(line), "%s: %s", name, value);
    longer = curl_slist_append(*headers, line);
    if (!longer)
        return dag_error_set_memory(err, "a request");
    *headers = longer;
    return true;
}

bool client_prepare(const struct client *client, CURL *easy, const char *path,
                    struct curl_slist **headers, struct dag_error *err)
{
    char *url = NULL;
    bool done = path && asprintf(&url, "%s" API "%s", client->url, path) >= 0;

    curl_easy_reset(easy);
    done = done && curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
    free(url);
    if (client->authorization && done) {
        struct curl_slist *longer = curl_slist_append(*headers, client->authorization);

        done = longer != NULL;
        *headers = longer ? longer : *headers;
    }
    if (!done)
        return dag_error_set_memory(err, "a request");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "dagd-ctl/" DAGD_VERSION);
    if (client->is_local)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (client->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
    return true;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct client_reply *reply = context;

    if (reply->body.size + size * count > BODY_MAX ||
        !dag_buffer_append(&reply->body, bytes, size * count))
        return 0;
    return size * count;
}

/* Copies the value of a header's line when it is that one. */
static void take_value(const char *line, size_t size, const char *name, char *value,
                       size_t value_size)
{
    size_t name_size = strlen(name);

    if (size <= name_size || strncasecmp(line, name, name_size) != 0 || line[name_size] != ':')
        return;
    line += name_size + 1;
    size -= name_size + 1;
    while (size > 0 && *line == ' ') {
        line++;
        size--;
    }
    while (size > 0 && (line[size - 1] == '\r' || line[size - 1] == '\n'))
        size--;
    if (size < value_size) {
        memcpy(value, line, size);
        value[size] = '\0';
    }
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
    struct client_reply *reply = context;
    char seconds[16] = "";

    size *= count;
    take_value(line, size, "ETag", reply->etag, sizeof(reply->etag));
    take_value(line, size, "Content-Type", reply->type, sizeof(reply->type));
    take_value(line, size, "Retry-After", seconds, sizeof(seconds));
    if (seconds[0])
        reply->retry_after_s = (unsigned int)strtoul(seconds, NULL, 10);
    return size;
}

static bool prepare_request(struct client *client, const struct client_request *request,
                            struct client_reply *reply, struct curl_slist **headers,
                            struct dag_error *err)
{
    CURL *easy = client->easy;
    const char *type = request->content_type ? request->content_type : "application/json";

    if (!client_prepare(client, easy, request->path, headers, err) ||
        (request->body && !client_add_header(headers, "Content-Type", type, err)) ||
        (request->if_match && !client_add_header(headers, "If-Match", request->if_match, err)) ||
        (request->idempotency_key &&
         !client_add_header(headers, "Idempotency-Key", request->idempotency_key, err)) ||
        !client_add_header(headers, "Expect", "", err) ||
        (!request->body && !client_add_header(headers, "Content-Type", "", err)))
        return false;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->body || strcmp(request->method, "GET") != 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body ? request->body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
    }
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(ANSWER_MS + request->wait_ms));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, reply);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, client->failure);
    return true;
}

bool client_set_failure(const struct client *client, CURLcode code, const char *failure,
                        struct dag_error *err)
{
    const char *what = failure[0] ? failure : curl_easy_strerror(code);
    const char *hint = "";

    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
        hint = "; does 'dagd serve' run there? --url or DAGD_URL names another place";
    else if (code == CURLE_PEER_FAILED_VERIFICATION)
        hint = "; --ca-file names the certificate of a CA of your own";
    dag_error_set(err, DAG_ERROR_IO, "no answer from %.200s: %.160s%s", client->url, what, hint);
    err->retryable = code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_CACERT_BADFILE;
    return false;
}

static bool call_once(struct client *client, const struct client_request *request,
                      struct client_reply *reply, struct dag_error *err)
{
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_OK;
    bool is_prepared;

    client->failure[0] = '\0';
    is_prepared = prepare_request(client, request, reply, &headers, err);
    if (is_prepared)
        code = curl_easy_perform(client->easy);
    curl_slist_free_all(headers);
    if (!is_prepared)
        return false;
    if (code != CURLE_OK)
        return client_set_failure(client, code, client->failure, err);
    curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, &reply->status);
    if (!dag_buffer_append(&reply->body, "", 1))
        return dag_error_set_memory(err, "a reply");
    reply->body.size--;
    return true;
}

/* A body that is no JSON has no tree: a definition's text, or what a proxy says. */
static void parse(struct client_reply *reply)
{
    struct dag_error ignored = {0};

    if (reply->body.size > 0 && strstr(reply->type, "json") &&
        (reply->document = tree_document_new()))
        reply->root = tree_parse(reply->document, reply->body.bytes, reply->body.size, DEPTH_MAX,
                                 NULL, NULL, &ignored);
}

bool client_call(struct client *client, const struct client_request *request,
                 struct client_reply *reply, struct dag_error *err)
{
    unsigned int waited_s = 0;

    for (;;) {
        client_reply_deinit(reply);
        if (!call_once(client, request, reply, err))
            return false;
        bool is_busy = (reply->status == 429 || reply->status == 503) && reply->retry_after_s > 0;
        if (!is_busy || request->is_tried_once || waited_s >= AGAIN_SECONDS ||
            reply->retry_after_s > AGAIN_SECONDS_MAX)
            break;
        clock_pause_us((int64_t)reply->retry_after_s * 1000000);
        waited_s += reply->retry_after_s;
    }
    parse(reply);
    return true;
}

void client_reply_deinit(struct client_reply *reply)
{
    dag_buffer_free(&reply->body);
    tree_document_free(reply->document);
    *reply = (struct client_reply){0};
}
