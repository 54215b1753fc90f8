/* settings.h - where a Redis server is and how to log in: the options that all three connectors
 * have. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_REDIS_SETTINGS_H
#define CONNECTORS_REDIS_SETTINGS_H

#include "dag/host.h"
#include "dag/option.h"

/** Zeroed by the engine, filled by the options. */
struct redis_settings {
    const char *server; /* host name or address */
    int64_t port, database;
    const char *username, *password; /* NULL: none */
    int64_t connect_timeout_us, timeout_us;
    bool is_tls, verifies;
    const char *ca_file, *cert_file, *key_file, *key_password;
};

#define REDIS_TIME_MAX_US (INT64_C(86400) * 1000000)

/** The options, for a state whose first member is a struct redis_settings. */
#define REDIS_SETTINGS_OPTIONS                                                                     \
    {.name = "host",                                                                               \
     .type = DAG_OPTION_TEXT,                                                                      \
     .offset = offsetof(struct redis_settings, server),                                            \
     .default_json = "\"localhost\"",                                                              \
     .help = "The server's host name or address."},                                                \
        {.name = "port",                                                                           \
         .type = DAG_OPTION_INTEGER,                                                               \
         .offset = offsetof(struct redis_settings, port),                                          \
         .min = 1,                                                                                 \
         .max = 65535,                                                                             \
         .default_json = "6379",                                                                   \
         .help = "The server's port."},                                                            \
        {.name = "db",                                                                             \
         .type = DAG_OPTION_INTEGER,                                                               \
         .offset = offsetof(struct redis_settings, database),                                      \
         .min = 0,                                                                                 \
         .max = INT32_MAX,                                                                         \
         .default_json = "0",                                                                      \
         .help = "The number of the database."},                                                   \
        {.name = "username",                                                                       \
         .type = DAG_OPTION_TEXT,                                                                  \
         .offset = offsetof(struct redis_settings, username),                                      \
         .help = "The ACL user to log in as (Redis 6 and later); needs `password`."},              \
        {.name = "password",                                                                       \
         .type = DAG_OPTION_TEXT,                                                                  \
         .flags = DAG_OPTION_SECRET,                                                               \
         .offset = offsetof(struct redis_settings, password),                                      \
         .help = "The password of `username`, or of the server."},                                 \
        {.name = "connect_timeout",                                                                \
         .type = DAG_OPTION_SECONDS,                                                               \
         .offset = offsetof(struct redis_settings, connect_timeout_us),                            \
         .min = 1000,                                                                              \
         .max = REDIS_TIME_MAX_US,                                                                 \
         .default_json = "10",                                                                     \
         .unit = "seconds",                                                                        \
         .help = "How long name, connection, TLS and log-in may take."},                           \
        {.name = "timeout",                                                                        \
         .type = DAG_OPTION_SECONDS,                                                               \
         .offset = offsetof(struct redis_settings, timeout_us),                                    \
         .min = 1000,                                                                              \
         .max = REDIS_TIME_MAX_US,                                                                 \
         .default_json = "10",                                                                     \
         .unit = "seconds",                                                                        \
         .help = "How long an answer may take before the connection is given up and made anew."},  \
        {.name = "tls",                                                                            \
         .type = DAG_OPTION_BOOL,                                                                  \
         .offset = offsetof(struct redis_settings, is_tls),                                        \
         .default_json = "false",                                                                  \
         .help = "Connects by TLS, version 1.2 or higher."},                                       \
        {.name = "verify",                                                                         \
         .type = DAG_OPTION_BOOL,                                                                  \
         .offset = offsetof(struct redis_settings, verifies),                                      \
         .default_json = "true",                                                                   \
         .help = "Checks the server's certificate and name; without it anybody may pose as it."},  \
        {.name = "ca_file",                                                                        \
         .type = DAG_OPTION_TEXT,                                                                  \
         .flags = DAG_OPTION_PATH,                                                                 \
         .offset = offsetof(struct redis_settings, ca_file),                                       \
         .help = "Authorities (PEM) to trust instead of the system's."},                           \
        {.name = "cert_file",                                                                      \
         .type = DAG_OPTION_TEXT,                                                                  \
         .flags = DAG_OPTION_PATH,                                                                 \
         .offset = offsetof(struct redis_settings, cert_file),                                     \
         .help = "The client's certificate (PEM)."},                                               \
        {.name = "key_file",                                                                       \
         .type = DAG_OPTION_TEXT,                                                                  \
         .flags = DAG_OPTION_PATH,                                                                 \
         .offset = offsetof(struct redis_settings, key_file),                                      \
         .help = "The client's key (PEM); the same file as `cert_file` when absent."},             \
    {                                                                                              \
        .name = "key_password", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_SECRET,               \
        .offset = offsetof(struct redis_settings, key_password),                                   \
        .help = "The password of the client's key."                                                \
    }

/** Checks the options together. */
bool redis_settings_check(const struct redis_settings *settings, struct dag_error *err);

#endif
