/* tls.c - see tls.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/net/tls.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static bool openssl_error(struct dag_error *err, const char *what)
{
    char text[160];

    ERR_error_string_n(ERR_get_error(), text, sizeof(text));
    ERR_clear_error();
    return dag_error_set(err, DAG_ERROR_INVALID, "%s: %s", what, text);
}

static BIO *bio_of(const struct dag_buffer *pem)
{
    return BIO_new_mem_buf(pem->bytes, (int)pem->size);
}

static bool trust(SSL_CTX *context, const struct dag_buffer *pem, struct dag_error *err)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    BIO *bio = bio_of(pem);
    size_t count = 0;
    X509 *certificate;

    while (bio && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        count += X509_STORE_add_cert(store, certificate) == 1;
        X509_free(certificate);
    }
    BIO_free(bio);
    if (count == 0)
        return openssl_error(err, "the authorities' file holds no certificate in PEM form");
    ERR_clear_error(); /* the end of the text is told as an error */
    return true;
}

/* The client's certificate, with those between it and its authority behind it. */
static bool use_certificate(SSL_CTX *context, const struct dag_buffer *pem, struct dag_error *err)
{
    BIO *bio = bio_of(pem);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    bool done = certificate && SSL_CTX_use_certificate(context, certificate) == 1;
    X509 *between;

    while (done && (between = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
        if (SSL_CTX_add0_chain_cert(context, between) != 1) {
            X509_free(between);
            done = false;
        }
    X509_free(certificate);
    BIO_free(bio);
    if (!done)
        return openssl_error(err, "the client's certificate can't be used");
    ERR_clear_error();
    return true;
}

static int give_password(char *out, int size, int is_writing, void *context)
{
    const char *const *password = context;
    size_t length = *password ? strlen(*password) : 0;

    (void)is_writing;
    if (length > (size_t)size)
        return -1;
    if (length > 0)
        memcpy(out, *password, length);
    return (int)length;
}

static bool use_key(SSL_CTX *context, const struct net_tls_settings *settings,
                    struct dag_error *err)
{
    const char *password = settings->key_password;
    BIO *bio = bio_of(&settings->key);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, give_password, &password) : NULL;
    bool done =
        key && SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;

    EVP_PKEY_free(key);
    BIO_free(bio);
    return done || openssl_error(err, "the client's key can't be used (is its password right, and "
                                      "does it belong to the certificate?)");
}

static bool set_up(SSL_CTX *context, const struct net_tls_settings *settings, struct dag_error *err)
{
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(context, settings->verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    if (settings->ca.size > 0 ? !trust(context, &settings->ca, err)
                              : SSL_CTX_set_default_verify_paths(context) != 1)
        return settings->ca.size > 0 ? false : openssl_error(err, "the system's authorities");
    if (settings->certificate.size > 0 && !use_certificate(context, &settings->certificate, err))
        return false;
    return settings->key.size == 0 || use_key(context, settings, err);
}

static bool expect(SSL *ssl, const char *name, bool verifies)
{
    unsigned char address[sizeof(struct in6_addr)];
    bool is_address =
        inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;

    if (!is_address && SSL_set_tlsext_host_name(ssl, name) != 1)
        return false;
    if (!verifies)
        return true;
    return is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1
                      : SSL_set1_host(ssl, name) == 1;
}

SSL *net_tls_new(const struct net_tls_settings *settings, const char *name, int fd,
                 struct dag_error *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = NULL;

    if (!context) {
        dag_error_set_memory(err, "a TLS connection");
        return NULL;
    }
    if (set_up(context, settings, err)) {
        ssl = SSL_new(context);
        if (!ssl || SSL_set_fd(ssl, fd) != 1 || !expect(ssl, name, settings->verifies)) {
            openssl_error(err, "cannot begin TLS");
            SSL_free(ssl);
            ssl = NULL;
        }
    }
    SSL_CTX_free(context); /* `ssl` holds it */
    return ssl;
}

void net_tls_explain(SSL *ssl, char *text, size_t size)
{
    long verdict = SSL_get_verify_result(ssl);
    unsigned long code = ERR_get_error();
    const char *reason = ERR_reason_error_string(code);

    if (verdict != X509_V_OK && SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE)
        snprintf(text, size, "the server's certificate is refused: %s",
                 X509_verify_cert_error_string(verdict));
    else
        snprintf(text, size, "TLS: %s", reason ? reason : "the other side closed the connection");
    ERR_clear_error();
}
