/* serve_parts.h - everything that `dagd serve` is made of, opened and closed in order. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SERVE_PARTS_H
#define CLI_SERVE_PARTS_H

#include "cli/serve_settings.h"
#include "http/api.h"
#include "http/asset.h"
#include "server/accounts.h"
#include "server/secrets.h"

/** Zero it to begin; the settings and the registry are given. */
struct serve_parts {
    const struct serve_settings *settings; /* borrowed */
    const struct registry *registry;       /* borrowed */
    struct data_folder *folder;            /* owned; holds the lock */
    struct storage *file_storage;          /* owned */
    struct secrets *secrets;               /* owned */
    struct audit *audit;                   /* owned */
    struct accounts *accounts;             /* owned */
    struct idempotency *idempotency;       /* owned */
    struct event_hub *hub;                 /* owned */
    struct server *server;                 /* owned */
    struct dag_waits *waits;               /* owned */
    struct taps *taps;                     /* owned */
    struct http_assets *assets;            /* owned */
    struct http_server *http;              /* owned */
    struct dag_buffer config;              /* owned: JSON of the settings in force */
    char name[256];                        /* as set, or the machine's */
    char *metrics_token;                   /* owned; NULL: none */
    struct api api;
};

/** Opens all and begins to serve. Returns the exit code; other than CLI_OK: `err`, and
 *  serve_parts_close() is due all the same. */
int serve_parts_open(struct serve_parts *parts, struct dag_error *err);

/** Closes all, in the order that leaves nobody without what it needs. The DAGs are stopped already,
 *  or are stopped at once. */
void serve_parts_close(struct serve_parts *parts);

/** "https://127.0.0.1:5000", as a client on this machine or behind the first name would ask. */
void serve_parts_url(const struct serve_parts *parts, char *out, size_t size);

#endif
