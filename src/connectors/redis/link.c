/* link.c - see link.h. hiredis writes commands and reads replies; the connection is net/stream's.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/redis/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connectors/net/pem.h"

#define RECEIVE_SIZE ((size_t)64 << 10)
#define NUMBER_SIZE  24

struct redis_link {
    const struct redis_settings *settings; /* borrowed */
    struct dag_host *host;                 /* borrowed */
    struct net_stream *stream;             /* owned */
    struct net_tls_settings tls;           /* its buffers are owned */
    redisReader *reader;                   /* owned */
    redisReply *kept;                      /* owned; goes before what is in the reader */
    struct dag_buffer out;                 /* owned; from `out_begin` on it isn't sent */
    size_t out_begin;
    size_t awaited;             /* answers that are to come */
    bool is_greeted, is_let_in; /* the log-in was sent; was answered well */
    int64_t begun_us;           /* monotonic */
    int64_t heard_us;           /* when bytes came last, or the first answer was awaited */
    char *received;             /* owned; RECEIVE_SIZE */
};

/* ---- settings --------------------------------------------------------------------------- */

bool redis_settings_check(const struct redis_settings *settings, struct dag_error *err)
{
    if (settings->server[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'host': is empty");
    if (settings->username && !settings->password)
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'username': needs 'password'");
    if (settings->key_file && !settings->cert_file)
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'key_file': needs 'cert_file'");
    if (!settings->is_tls && (settings->ca_file || settings->cert_file))
        return dag_error_set(err, DAG_ERROR_INVALID, "option '%s': needs \"tls\": true",
                             settings->ca_file ? "ca_file" : "cert_file");
    return true;
}

/* ---- beginning and end ------------------------------------------------------------------ */

static bool read_certificates(struct redis_link *link, struct dag_error *err)
{
    const struct redis_settings *settings = link->settings;
    const char *key_file = settings->key_file ? settings->key_file : settings->cert_file;

    link->tls.verifies = settings->verifies;
    link->tls.key_password = settings->key_password;
    return net_pem_read(link->host, "ca_file", settings->ca_file, &link->tls.ca, err) &&
           net_pem_read(link->host, "cert_file", settings->cert_file, &link->tls.certificate,
                        err) &&
           net_pem_read(link->host, "key_file", key_file, &link->tls.key, err);
}

static bool begin(struct redis_link *link, struct dag_error *err)
{
    const struct redis_settings *settings = link->settings;
    struct net_target target = {
        .name = settings->server,
        .port = (uint16_t)settings->port,
        .connect_timeout_us = settings->connect_timeout_us,
        .tls = settings->is_tls ? &link->tls : NULL,
    };

    link->reader = redisReaderCreate();
    link->received = malloc(RECEIVE_SIZE);
    if (!link->reader || !link->received) {
        dag_error_set_memory(err, "a connection");
        err->retryable = true;
        return false;
    }
    if (settings->is_tls && !read_certificates(link, err))
        return false;
    link->stream = net_stream_new(&target, link->host, err);
    return link->stream != NULL;
}

struct redis_link *redis_link_new(const struct redis_settings *settings, struct dag_host *host,
                                  struct dag_error *err)
{
    struct redis_link *link = calloc(1, sizeof(*link));

    if (!link) {
        dag_error_set_memory(err, "a connection");
        err->retryable = true;
        return NULL;
    }
    link->settings = settings;
    link->host = host;
    link->begun_us = link->heard_us = dag_monotonic_us(host);
    if (begin(link, err))
        return link;
    redis_link_free(link);
    return NULL;
}

void redis_link_free(struct redis_link *link)
{
    if (!link)
        return;
    net_stream_free(link->stream);
    dag_buffer_free(&link->tls.ca);
    dag_buffer_free(&link->tls.certificate);
    dag_buffer_free(&link->tls.key);
    if (link->kept)
        freeReplyObject(link->kept);
    if (link->reader)
        redisReaderFree(link->reader);
    dag_buffer_free(&link->out);
    free(link->received);
    free(link);
}

/* ---- commands and replies --------------------------------------------------------------- */

static bool add_size(struct dag_buffer *out, char sign, size_t size)
{
    char text[NUMBER_SIZE];
    int length = snprintf(text, sizeof(text), "%c%zu\r\n", sign, size);

    return dag_buffer_append(out, text, (size_t)length);
}

/* A command is an array of texts with their sizes in front; any bytes may be in them. */
bool redis_link_send(struct redis_link *link, const char *const *words, const size_t *sizes,
                     size_t count, struct dag_error *err)
{
    size_t before = link->out.size;
    bool is_added = add_size(&link->out, '*', count);

    for (size_t i = 0; is_added && i < count; i++)
        is_added = add_size(&link->out, '$', sizes[i]) &&
                   dag_buffer_append(&link->out, words[i], sizes[i]) &&
                   dag_buffer_append(&link->out, "\r\n", 2);
    if (is_added) {
        if (link->awaited++ == 0)
            link->heard_us = dag_monotonic_us(link->host);
        return true;
    }
    link->out.size = before;
    dag_error_set_memory(err, "a command");
    err->retryable = true;
    return false;
}

static bool send_out(struct redis_link *link, struct dag_error *err)
{
    while (link->out_begin < link->out.size) {
        int64_t sent = net_stream_write(link->stream, link->out.bytes + link->out_begin,
                                        link->out.size - link->out_begin, err);
        if (sent <= 0)
            return sent == 0;
        link->out_begin += (size_t)sent;
    }
    link->out.size = link->out_begin = 0;
    return true;
}

/* Bytes that came before the connection broke are replies all the same. */
static bool receive(struct redis_link *link, struct dag_error *err)
{
    int64_t got;

    while ((got = net_stream_read(link->stream, link->received, RECEIVE_SIZE, err)) > 0) {
        link->heard_us = dag_monotonic_us(link->host);
        if (redisReaderFeed(link->reader, link->received, (size_t)got) != REDIS_OK) {
            dag_error_set_memory(err, "a reply");
            err->retryable = true;
            return false;
        }
        if ((size_t)got < RECEIVE_SIZE)
            return true;
    }
    return got == 0;
}

bool redis_link_pump(struct redis_link *link, struct dag_error *err)
{
    int64_t now_us;

    if (!send_out(link, err) || !receive(link, err))
        return false;
    now_us = dag_monotonic_us(link->host);
    if (link->awaited == 0 || now_us - link->heard_us < link->settings->timeout_us)
        return true;
    dag_error_set(err, DAG_ERROR_IO, "%s port %" PRId64 " doesn't answer within %.3g seconds",
                  link->settings->server, link->settings->port,
                  (double)link->settings->timeout_us / 1e6);
    err->retryable = true;
    return false;
}

bool redis_link_take(struct redis_link *link, redisReply **reply, struct dag_error *err)
{
    void *taken = NULL;

    if (link->kept) {
        *reply = link->kept;
        link->kept = NULL;
        return true;
    }
    if (redisReaderGetReply(link->reader, &taken) == REDIS_OK) {
        *reply = taken;
        link->awaited -= taken && link->awaited > 0;
        return true;
    }
    dag_error_set(err, DAG_ERROR_IO, "%s port %" PRId64 " doesn't speak Redis's protocol: %s",
                  link->settings->server, link->settings->port, link->reader->errstr);
    err->retryable = true;
    return false;
}

void redis_link_put_back(struct redis_link *link, redisReply *reply)
{
    link->kept = reply;
}

int64_t redis_link_heard_us(const struct redis_link *link)
{
    return link->heard_us;
}

bool redis_link_watch(struct redis_link *link, int64_t until_us, struct dag_error *err)
{
    int64_t overdue_us = link->heard_us + link->settings->timeout_us;

    dag_set_timer(link->host, link->awaited > 0 && overdue_us < until_us ? overdue_us : until_us);
    return net_stream_watch(link->stream, link->out_begin < link->out.size, err);
}

void redis_link_leave(struct redis_link *link)
{
    link->settings = NULL;
    link->host = NULL;
    net_stream_leave(link->stream);
}

void redis_link_join(struct redis_link *link, const struct redis_settings *settings,
                     struct dag_host *host)
{
    link->settings = settings;
    link->host = host;
    net_stream_join(link->stream, settings->server, host);
}

/* ---- connecting and logging in ---------------------------------------------------------- */

static bool send_words(struct redis_link *link, const char *first, const char *second,
                       const char *third, struct dag_error *err)
{
    const char *words[] = {first, second, third};
    size_t count = third ? 3 : 2;
    size_t sizes[] = {strlen(first), strlen(second), third ? strlen(third) : 0};

    return redis_link_send(link, words, sizes, count, err);
}

static bool greet(struct redis_link *link, struct dag_error *err)
{
    const struct redis_settings *settings = link->settings;
    const char *username = settings->username;
    char number[NUMBER_SIZE];

    snprintf(number, sizeof(number), "%" PRId64, settings->database);
    link->is_greeted = true;
    if (settings->password && !send_words(link, "AUTH", username ? username : settings->password,
                                          username ? settings->password : NULL, err))
        return false;
    if (settings->database != 0 && !send_words(link, "SELECT", number, NULL, err))
        return false;
    /* whoever isn't let in, or comes too early, hears it now, and not in answer to a message */
    return send_words(link, "ECHO", "dagd", NULL, err);
}

static bool judge_greeting(const struct redis_link *link, const redisReply *reply,
                           struct dag_error *err)
{
    if (reply->type != REDIS_REPLY_ERROR || strncmp(reply->str, "NOPERM", 6) == 0)
        return true; /* a user who may not ECHO may do what we need all the same */
    dag_error_set(err, DAG_ERROR_IO, "%s port %" PRId64 " refuses the log-in: %s",
                  link->settings->server, link->settings->port, reply->str);
    err->retryable = redis_fate_of(reply->str) != REDIS_FAIL;
    return false;
}

/* Looks at the answers that are there. */
static bool hear_greetings(struct redis_link *link, struct dag_error *err)
{
    redisReply *reply = NULL;
    bool is_good = true;

    while (is_good && link->awaited > 0) {
        if (!redis_link_take(link, &reply, err))
            return false;
        if (!reply)
            return true;
        is_good = judge_greeting(link, reply, err);
        freeReplyObject(reply);
    }
    link->is_let_in = is_good;
    return is_good;
}

static enum net_status log_in(struct redis_link *link, struct dag_error *err)
{
    int64_t deadline_us = link->begun_us + link->settings->connect_timeout_us;
    struct dag_error refusal = {0};
    bool is_open;

    if (!link->is_greeted && !greet(link, err))
        return NET_FAILED;
    is_open = redis_link_pump(link, err);
    /* a server that refuses often closes at once: why it does says more */
    if (!hear_greetings(link, &refusal)) {
        *err = refusal;
        return NET_FAILED;
    }
    if (!is_open)
        return NET_FAILED;
    if (link->is_let_in)
        return NET_DONE;
    if (dag_monotonic_us(link->host) < deadline_us)
        return redis_link_watch(link, deadline_us, err) ? NET_WAIT : NET_FAILED;
    dag_error_set(err, DAG_ERROR_IO, "%s port %" PRId64 " doesn't answer the log-in",
                  link->settings->server, link->settings->port);
    err->retryable = true;
    return NET_FAILED;
}

enum net_status redis_link_connect(struct redis_link *link, struct dag_error *err)
{
    enum net_status status;

    if (link->is_let_in)
        return NET_DONE;
    status = net_stream_connect(link->stream, err);
    if (status == NET_WAIT)
        dag_set_timer(link->host, net_stream_deadline_us(link->stream));
    return status == NET_DONE ? log_in(link, err) : status;
}

/* ---- errors ----------------------------------------------------------------------------- */

static bool begins_with_word(const char *error, const char *const *words, size_t count)
{
    size_t size = strcspn(error, " ");

    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == size && memcmp(error, words[i], size) == 0)
            return true;
    return false;
}

enum redis_fate redis_fate_of(const char *error)
{
    static const char *const refusals[] = {"ERR", "WRONGTYPE"};
    static const char *const clusters[] = {"MOVED", "ASK", "CROSSSLOT"};

    if (begins_with_word(error, clusters, sizeof(clusters) / sizeof(clusters[0])))
        return REDIS_FAIL;
    return begins_with_word(error, refusals, sizeof(refusals) / sizeof(refusals[0])) ? REDIS_REFUSED
                                                                                     : REDIS_RETRY;
}
