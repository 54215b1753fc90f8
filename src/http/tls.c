/* tls.c - see tls.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/tls.h"

#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What tells one content of a file from the next. */
struct stamp {
    struct timespec changed;
    ino_t inode;
    off_t size;
};

struct tls_keeper {
    char *certificate_file, *key_file; /* owned */
    pthread_mutex_t lock;
    SSL_CTX *current;                          /* owned; guarded by lock */
    struct stamp certificate_stamp, key_stamp; /* guarded by lock */
};

static struct stamp stamp_of(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return (struct stamp){0};
    return (struct stamp){
        .changed = status.st_mtim, .inode = status.st_ino, .size = status.st_size};
}

static bool same_stamp(const struct stamp *one, const struct stamp *other)
{
    return one->changed.tv_sec == other->changed.tv_sec &&
           one->changed.tv_nsec == other->changed.tv_nsec && one->inode == other->inode &&
           one->size == other->size;
}

static bool tls_error(struct dag_error *err, const char *what, const char *path)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);

    dag_error_set(err, DAG_ERROR_INVALID, "%s '%s': %s", what, path,
                  reason ? reason : "cannot be read");
    ERR_clear_error();
    return false;
}

/* The one protocol that is spoken; a client that offers none of its names goes on without. */
static int choose_protocol(SSL *session, const unsigned char **out, unsigned char *out_size,
                           const unsigned char *offered, unsigned int offered_size, void *context)
{
    static const unsigned char spoken[] = "\x08http/1.1";
    unsigned char *chosen;

    (void)session;
    (void)context;
    if (SSL_select_next_proto(&chosen, out_size, spoken, sizeof(spoken) - 1, offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *load(const struct tls_keeper *keeper, struct dag_error *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (!context) {
        dag_error_set_memory(err, "the TLS context");
        return NULL;
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
        SSL_CTX_use_certificate_chain_file(context, keeper->certificate_file) != 1)
        tls_error(err, "certificate", keeper->certificate_file);
    else if (SSL_CTX_use_PrivateKey_file(context, keeper->key_file, SSL_FILETYPE_PEM) != 1)
        tls_error(err, "key", keeper->key_file);
    else if (SSL_CTX_check_private_key(context) != 1)
        tls_error(err, "the certificate and the key don't belong together: key", keeper->key_file);
    else
        return context;
    SSL_CTX_free(context);
    return NULL;
}

struct tls_keeper *tls_keeper_new(const char *certificate_file, const char *key_file,
                                  struct dag_error *err)
{
    struct tls_keeper *keeper = calloc(1, sizeof(*keeper));

    if (!keeper) {
        dag_error_set_memory(err, "TLS");
        return NULL;
    }
    pthread_mutex_init(&keeper->lock, NULL);
    keeper->certificate_file = strdup(certificate_file);
    keeper->key_file = strdup(key_file);
    if (!keeper->certificate_file || !keeper->key_file)
        dag_error_set_memory(err, "TLS");
    else if (tls_keeper_reload(keeper, err))
        return keeper;
    tls_keeper_free(keeper);
    return NULL;
}

void tls_keeper_free(struct tls_keeper *keeper)
{
    if (!keeper)
        return;
    SSL_CTX_free(keeper->current);
    pthread_mutex_destroy(&keeper->lock);
    free(keeper->certificate_file);
    free(keeper->key_file);
    free(keeper);
}

bool tls_keeper_reload(struct tls_keeper *keeper, struct dag_error *err)
{
    /* stamps first: what changes while it is read is read again */
    struct stamp certificate_stamp = stamp_of(keeper->certificate_file);
    struct stamp key_stamp = stamp_of(keeper->key_file);
    SSL_CTX *context = load(keeper, err), *old = NULL;

    pthread_mutex_lock(&keeper->lock);
    keeper->certificate_stamp = certificate_stamp;
    keeper->key_stamp = key_stamp;
    if (context) {
        old = keeper->current;
        keeper->current = context;
    }
    pthread_mutex_unlock(&keeper->lock);
    SSL_CTX_free(old);
    return context != NULL;
}

bool tls_keeper_is_stale(struct tls_keeper *keeper)
{
    struct stamp certificate_stamp = stamp_of(keeper->certificate_file);
    struct stamp key_stamp = stamp_of(keeper->key_file);
    bool is_stale;

    pthread_mutex_lock(&keeper->lock);
    is_stale = !same_stamp(&certificate_stamp, &keeper->certificate_stamp) ||
               !same_stamp(&key_stamp, &keeper->key_stamp);
    pthread_mutex_unlock(&keeper->lock);
    return is_stale;
}

SSL *tls_keeper_session(struct tls_keeper *keeper)
{
    SSL *session;

    pthread_mutex_lock(&keeper->lock);
    session = SSL_new(keeper->current);
    pthread_mutex_unlock(&keeper->lock);
    return session;
}
