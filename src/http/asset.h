/* asset.h - the files of the page: embedded and compressed, or from a folder while developing. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_ASSET_H
#define HTTP_ASSET_H

#include "http/http.h"

/** One coding of a file. `bytes` NULL: there is none (it wouldn't be smaller). */
struct http_asset_bytes {
    const unsigned char *bytes;
    size_t size;
};

/** One embedded file. */
struct http_asset {
    const char *path; /* "/index.html" */
    const char *type; /* media type, with charset where it has one */
    const char *etag; /* of the content without quotes; each coding adds its own letter */
    bool is_hashed;   /* its name changes with its content: cached for ever */
    struct http_asset_bytes identity, gzip, brotli;
};

/** What a build embeds: sorted by path. */
struct http_asset_table {
    const struct http_asset *assets;
    size_t count;
};

/** Serves from an embedded table, or from the folder `directory` when that isn't NULL. NULL: `err`
 *  names the folder. The caller owns it. */
struct http_assets *http_assets_new(const struct http_asset_table *table, const char *directory,
                                    struct dag_error *err);
void http_assets_free(struct http_assets *assets); /* NULL is allowed */

/** Answers a GET or HEAD for a file, or with the page itself for a path that looks like one of its
 *  routes (no dot in the last segment). False: there is nothing there; the request isn't touched.
 *  On a worker, as it may read a file. */
bool http_assets_reply(const struct http_assets *assets, struct http_request *request);

#endif
