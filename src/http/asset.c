/* asset.c - see asset.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/asset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SIZE_MAX ((off_t)16 * 1024 * 1024)
#define CACHE_HASHED  "public, max-age=31536000, immutable"
#define CACHE_OTHER   "no-cache"
#define PAGE          "/index.html"

struct http_assets {
    const struct http_asset_table *table; /* borrowed; NULL: the folder counts */
    int directory;                        /* owned descriptor; -1: the table counts */
};

struct http_assets *http_assets_new(const struct http_asset_table *table, const char *directory,
                                    struct dag_error *err)
{
    struct http_assets *assets = calloc(1, sizeof(*assets));

    if (!assets) {
        dag_error_set_memory(err, "the page");
        return NULL;
    }
    assets->table = directory ? NULL : table;
    assets->directory = directory ? open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (directory && assets->directory < 0) {
        dag_error_set_errno(err, "cannot open the folder of the page '%s'", directory);
        free(assets);
        return NULL;
    }
    return assets;
}

void http_assets_free(struct http_assets *assets)
{
    if (!assets)
        return;
    if (assets->directory >= 0)
        close(assets->directory);
    free(assets);
}

/* ---- choosing a coding ---- */

/* The weight that an Accept-Encoding gives to a coding, in thousandths; -1: it isn't named. */
static int weight_of(const char *header, const char *coding)
{
    size_t size = strlen(coding);

    for (const char *at = header; *at;) {
        size_t item, name;

        at += strspn(at, ", \t");
        item = strcspn(at, ",");
        name = strcspn(at, ",; \t");
        if (name == size && strncasecmp(at, coding, size) == 0) {
            const char *q = memchr(at, '=', item);
            return q ? (int)(strtod(q + 1, NULL) * 1000) : 1000;
        }
        at += item;
    }
    return -1;
}

static bool accepts(const char *header, const char *coding)
{
    int weight = weight_of(header, coding);

    return weight > 0 || (weight < 0 && weight_of(header, "*") > 0);
}

static const struct http_asset_bytes *choose(const struct http_asset *asset, const char *accepted,
                                             const char **coding)
{
    *coding = NULL;
    if (accepted && asset->brotli.bytes && accepts(accepted, "br")) {
        *coding = "br";
        return &asset->brotli;
    }
    if (accepted && asset->gzip.bytes && accepts(accepted, "gzip")) {
        *coding = "gzip";
        return &asset->gzip;
    }
    return &asset->identity;
}

/* ---- from the program ---- */

static int compare_path(const void *path, const void *asset)
{
    return strcmp(path, ((const struct http_asset *)asset)->path);
}

static const struct http_asset *find(const struct http_asset_table *table, const char *path)
{
    return table->count == 0
               ? NULL
               : bsearch(path, table->assets, table->count, sizeof(*table->assets), compare_path);
}

static void reply_asset(struct http_request *request, const struct http_asset *asset)
{
    const char *coding;
    const struct http_asset_bytes *bytes =
        choose(asset, http_request_header(request, "accept-encoding"), &coding);
    struct http_pair extra[2] = {{.name = "Vary", .value = "Accept-Encoding"},
                                 {.name = "Content-Encoding", .value = coding}};
    char etag[96];
    struct http_reply reply = {
        .content_type = asset->type,
        .body = bytes->bytes,
        .body_size = bytes->size,
        .etag = etag,
        .cache_control = asset->is_hashed ? CACHE_HASHED : CACHE_OTHER,
        .extra = extra,
        .extra_count = coding ? 2 : 1,
    };

    snprintf(etag, sizeof(etag), "\"%s%s%s\"", asset->etag, coding ? "-" : "",
             coding ? coding : "");
    if (http_request_etag_matches(request, etag)) {
        reply.status = 304;
        reply.body_size = 0;
        reply.extra_count = 1;
    }
    http_reply(request, &reply);
}

/* ---- from a folder ---- */

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".webmanifest", "application/manifest+json"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    };
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "application/octet-stream";
}

static bool read_whole(int file, struct dag_buffer *out)
{
    struct stat status;

    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_SIZE_MAX ||
        !dag_buffer_reserve(out, (size_t)status.st_size + 1))
        return false;
    while (out->size < (size_t)status.st_size) {
        ssize_t got = read(file, out->bytes + out->size, (size_t)status.st_size - out->size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        out->size += (size_t)got;
    }
    return true;
}

/* The path has no "..", and no link is followed: it can't leave the folder. */
static bool reply_file(const struct http_assets *assets, struct http_request *request,
                       const char *path)
{
    int file = dup(assets->directory);
    struct dag_buffer body = {0};
    struct http_reply reply = {.content_type = type_of(path), .cache_control = CACHE_OTHER};
    char name[256];
    bool is_read;

    while (file >= 0 && *path == '/') {
        size_t size = strcspn(path + 1, "/");
        int next = -1;

        if (size > 0 && size < sizeof(name)) {
            memcpy(name, path + 1, size);
            name[size] = '\0';
            next = openat(file, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        }
        close(file);
        file = next;
        path += size + 1;
    }
    is_read = file >= 0 && read_whole(file, &body);
    if (file >= 0)
        close(file);
    if (is_read)
        http_reply_take(request, &reply, &body);
    else
        dag_buffer_free(&body);
    return is_read;
}

static bool reply_path(const struct http_assets *assets, struct http_request *request,
                       const char *path)
{
    const struct http_asset *asset;

    if (assets->directory >= 0)
        return reply_file(assets, request, path);
    asset = find(assets->table, path);
    if (asset)
        reply_asset(request, asset);
    return asset != NULL;
}

bool http_assets_reply(const struct http_assets *assets, struct http_request *request)
{
    const char *path = request->path;
    const char *last = strrchr(path, '/');

    if (strcmp(path, "/") != 0 && reply_path(assets, request, path))
        return true;
    return last && !strchr(last, '.') && reply_path(assets, request, PAGE);
}
