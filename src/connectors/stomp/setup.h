/* setup.h - the options that subscriber and publisher share, and the connection they describe. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_STOMP_SETUP_H
#define CONNECTORS_STOMP_SETUP_H

#include <string.h>

#include "connectors/stomp/connection.h"
#include "dag/plugin.h"

#define STOMP_ADDRESS_HELP "activemq://queue/NAME or activemq://topic/NAME"

/** The first field of both states. */
struct stomp_options {
    const char *host;
    int64_t port;
    struct dag_text_list hosts;
    const char *username, *password, *virtual_host, *client_id;
    int64_t heartbeat_us, connect_timeout_us, message_size_max;
    bool tls, verify;
    const char *ca_file, *cert_file, *key_file, *key_password;
    int64_t format; /* enum stomp_format */
    const char *body_attribute;
};

#define STOMP_TIME_MAX_US (INT64_C(86400) * 1000000)
#define STOMP_AT(member)  offsetof(struct stomp_options, member)

/* clang-format off */
#define STOMP_OPTIONS                                                                              \
    {.name = "host", .type = DAG_OPTION_TEXT, .offset = STOMP_AT(host),                            \
     .default_json = "\"localhost\"", .help = "The broker's host."},                               \
    {.name = "port", .type = DAG_OPTION_INTEGER, .offset = STOMP_AT(port), .min = 1, .max = 65535, \
     .default_json = "61613", .help = "The broker's STOMP port."},                                 \
    {.name = "hosts", .type = DAG_OPTION_TEXT_LIST, .flags = DAG_OPTION_ONE_OR_MORE,               \
     .offset = STOMP_AT(hosts), .default_json = "[]",                                              \
     .help = "Brokers to fail over to, as HOST:PORT; the first that answers is used. Instead of "  \
             "host and port."},                                                                    \
    {.name = "username", .type = DAG_OPTION_TEXT, .offset = STOMP_AT(username),                    \
     .default_json = "\"admin\"", .help = "Whom to log in as; \"\": nobody."},                     \
    {.name = "password", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_SECRET,                      \
     .offset = STOMP_AT(password), .default_json = "\"admin\"",                                    \
     .help = "The password of `username`."},                                                       \
    {.name = "virtual_host", .type = DAG_OPTION_TEXT, .offset = STOMP_AT(virtual_host),            \
     .help = "The host to name at the login; the broker's own when it is missing."},               \
    {.name = "heartbeat", .type = DAG_OPTION_SECONDS, .offset = STOMP_AT(heartbeat_us), .min = 0,  \
     .max = STOMP_TIME_MAX_US, .default_json = "10", .unit = "seconds",                            \
     .help = "How often each side shows that it lives; a broker that is silent for twice as long " \
             "is given up. 0: never."},                                                            \
    {.name = "connect_timeout", .type = DAG_OPTION_SECONDS,                                        \
     .offset = STOMP_AT(connect_timeout_us), .min = 1000, .max = STOMP_TIME_MAX_US,                \
     .default_json = "10", .unit = "seconds",                                                      \
     .help = "How long name resolution, connecting, TLS and login may take together."},            \
    {.name = "message_size_max", .type = DAG_OPTION_SIZE, .offset = STOMP_AT(message_size_max),    \
     .min = 1, .max = INT64_C(1) << 30, .default_json = "\"16MiB\"", .unit = "bytes",              \
     .help = "The largest body that is taken or sent."},                                           \
    {.name = "tls", .type = DAG_OPTION_BOOL, .offset = STOMP_AT(tls), .default_json = "false",     \
     .help = "Speaks TLS, which is another port of the broker."},                                  \
    {.name = "verify", .type = DAG_OPTION_BOOL, .offset = STOMP_AT(verify),                        \
     .default_json = "true",                                                                       \
     .help = "Checks the broker's certificate and name; false only for trying out."},              \
    {.name = "ca_file", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_PATH,                         \
     .offset = STOMP_AT(ca_file), .help = "Certificates (PEM) to trust instead of the system's."}, \
    {.name = "cert_file", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_PATH,                       \
     .offset = STOMP_AT(cert_file), .help = "The client certificate (PEM) with its chain."},       \
    {.name = "key_file", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_PATH,                        \
     .offset = STOMP_AT(key_file),                                                                 \
     .help = "The key (PEM) of `cert_file`, when it isn't in the same file."},                     \
    {.name = "key_password", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_SECRET,                  \
     .offset = STOMP_AT(key_password), .help = "The password of the key."},                        \
    {.name = "client_id", .type = DAG_OPTION_TEXT, .offset = STOMP_AT(client_id),                  \
     .help = "The client's name at the broker, which no other client may have."},                  \
    {.name = "format", .type = DAG_OPTION_CHOICE, .offset = STOMP_AT(format),                      \
     .default_json = "\"json\"", .choices = "json text bytes",                                     \
     .help = "What a body is: json, the whole message; text, or bytes (in the message as base64): "\
             "one attribute of the message, `body_attribute`."},                                   \
    {.name = "body_attribute", .type = DAG_OPTION_TEXT, .offset = STOMP_AT(body_attribute),        \
     .default_json = "\"body\"", .help = "The attribute for a body that isn't JSON."}
/* clang-format on */

/** Checks address and options together. */
bool stomp_check(const struct stomp_options *options, const struct dag_address *address,
                 struct dag_error *err);

/** No line end or NUL may be in what is sent without escapes. `option` names it. */
bool stomp_check_line(const char *option, const char *text, struct dag_error *err);

/** "/queue/NAME" of "activemq://queue/NAME". */
static inline const char *stomp_destination(const struct dag_address *address)
{
    return address->uri + strlen(address->scheme) + sizeof("://") - 2;
}

/** A connection with all that it borrows. Zero it to begin. */
struct stomp_setup {
    struct stomp_place *places; /* owned */
    struct stomp_settings settings;
    struct stomp_connection *connection; /* owned */
};

/** Reads the files, and starts connecting. `client_id` NULL: the option's. On failure
 * stomp_tear_down() is due, too. */
bool stomp_set_up(struct stomp_setup *setup, const struct stomp_options *options,
                  const char *client_id, struct dag_host *host, struct dag_error *err);

/** As stomp_connection_free(). */
void stomp_tear_down(struct stomp_setup *setup, bool orderly);

#endif
