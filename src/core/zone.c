/* zone.c - see zone.h: reads TZif files (RFC 8536), versions 1 to 4. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/zone_rule.h"

#define FOLDER        "/usr/share/zoneinfo"
#define LOCAL_FILE    "/etc/localtime"
#define FILE_SIZE_MAX ((size_t)256 << 10)
#define HEADER_SIZE   44
#define TYPES_MAX     256
#define OFFSET_MAX    (26 * 3600)
#define DAY_SECONDS   86400

struct zone {
    size_t count;
    int64_t *times;   /* owned: of the changes, ascending */
    int32_t *offsets; /* owned: from each change on */
    int32_t first;    /* offset in front of the first change */
    bool has_rule;    /* for what lies behind the last change */
    struct zone_rule rule;
};

struct counts {
    size_t is_utc, is_standard, leaps, times, types, characters;
};

/* ---- reading a file ----------------------------------------------------------------------- */

static uint32_t read_32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_time(const unsigned char *at, size_t width)
{
    if (width == 4)
        return (int32_t)read_32(at);
    return (int64_t)((uint64_t)read_32(at) << 32 | read_32(at + 4));
}

static bool read_counts(const unsigned char *at, size_t size, struct counts *counts)
{
    if (size < HEADER_SIZE || memcmp(at, "TZif", 4) != 0)
        return false;
    *counts = (struct counts){read_32(at + 20), read_32(at + 24), read_32(at + 28),
                              read_32(at + 32), read_32(at + 36), read_32(at + 40)};
    return counts->times <= FILE_SIZE_MAX && counts->types >= 1 && counts->types <= TYPES_MAX &&
           counts->characters <= FILE_SIZE_MAX && counts->leaps <= FILE_SIZE_MAX &&
           counts->is_standard <= TYPES_MAX && counts->is_utc <= TYPES_MAX;
}

static size_t block_size(const struct counts *counts, size_t width)
{
    return counts->times * (width + 1) + counts->types * 6 + counts->characters +
           counts->leaps * (width + 4) + counts->is_standard + counts->is_utc;
}

static bool read_block(struct zone *zone, const unsigned char *at, const struct counts *counts,
                       size_t width)
{
    const unsigned char *indexes = at + counts->times * width;
    const unsigned char *types = indexes + counts->times;

    zone->times = calloc(counts->times + 1, sizeof(*zone->times));
    zone->offsets = calloc(counts->times + 1, sizeof(*zone->offsets));
    if (!zone->times || !zone->offsets)
        return false;
    zone->count = counts->times;
    zone->first = (int32_t)read_32(types);
    for (size_t i = 0; i < counts->times; i++) {
        if (indexes[i] >= counts->types)
            return false;
        zone->times[i] = read_time(at + i * width, width);
        zone->offsets[i] = (int32_t)read_32(types + (size_t)indexes[i] * 6);
        if ((i > 0 && zone->times[i] <= zone->times[i - 1]) || zone->offsets[i] > OFFSET_MAX ||
            zone->offsets[i] < -OFFSET_MAX)
            return false;
    }
    return zone->first <= OFFSET_MAX && zone->first >= -OFFSET_MAX;
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; an empty one is allowed. */
static bool read_footer(struct zone *zone, const unsigned char *at, size_t size)
{
    const unsigned char *end = size > 1 ? memchr(at + 1, '\n', size - 1) : NULL;
    char text[128];
    size_t text_size;

    if (!end || at[0] != '\n')
        return false;
    text_size = (size_t)(end - at) - 1;
    if (text_size == 0)
        return true;
    if (text_size >= sizeof(text))
        return false;
    memcpy(text, at + 1, text_size);
    text[text_size] = '\0';
    zone->has_rule = zone_rule_parse(text, &zone->rule);
    return zone->has_rule;
}

static bool read_zone(struct zone *zone, const unsigned char *at, size_t size)
{
    struct counts counts;
    size_t width = 4, block;

    if (!read_counts(at, size, &counts))
        return false;
    block = block_size(&counts, width);
    if (at[4] >= '2') { /* the same again with wider times, which is what counts */
        if (block > size - HEADER_SIZE)
            return false;
        at += HEADER_SIZE + block;
        size -= HEADER_SIZE + block;
        width = 8;
        if (!read_counts(at, size, &counts))
            return false;
        block = block_size(&counts, width);
    }
    if (block > size - HEADER_SIZE || !read_block(zone, at + HEADER_SIZE, &counts, width))
        return false;
    return width == 4 || read_footer(zone, at + HEADER_SIZE + block, size - HEADER_SIZE - block);
}

/* Memory that the caller frees; NULL: errno. */
static unsigned char *read_file(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = fd >= 0 ? malloc(FILE_SIZE_MAX) : NULL;
    ssize_t taken = 1;

    *size = 0;
    while (bytes && taken > 0 && *size < FILE_SIZE_MAX) {
        taken = read(fd, bytes + *size, FILE_SIZE_MAX - *size);
        if (taken < 0 && errno == EINTR)
            taken = 1;
        else if (taken > 0)
            *size += (size_t)taken;
    }
    if (taken < 0) {
        free(bytes);
        bytes = NULL;
    }
    if (fd >= 0)
        close(fd);
    return bytes;
}

static bool load(struct zone *zone, const char *path, const char *name, struct dag_error *err)
{
    size_t size;
    unsigned char *bytes = read_file(path, &size);
    bool is_read;

    if (!bytes && (errno == ENOENT || errno == ENOTDIR || errno == EISDIR))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "there is no time zone '%.80s'; write a name such as Europe/Berlin or "
                             "UTC (the system's zones need the package tzdata)",
                             name);
    if (!bytes)
        return dag_error_set_errno(err, "cannot read the time zone '%.80s'", name);
    is_read = read_zone(zone, bytes, size);
    free(bytes);
    if (!is_read)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the file of time zone '%.80s' is damaged; install tzdata again",
                             name);
    return true;
}

/* ---- names -------------------------------------------------------------------------------- */

/* Letters, digits and "_+-/", and nothing that leads out of the folder. */
static bool is_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "_+-/";
    size_t size = strlen(name);

    return size > 0 && size < 100 && strspn(name, allowed) == size && name[0] != '/';
}

static bool load_named(struct zone *zone, const char *name, struct dag_error *err)
{
    const char *folder = getenv("TZDIR");
    char path[4096];
    int size;

    if (!is_name(name))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%.80s' is no time zone; write a name such as Europe/Berlin or UTC",
                             name);
    size = snprintf(path, sizeof(path), "%s/%s", folder && folder[0] ? folder : FOLDER, name);
    if (size < 0 || (size_t)size >= sizeof(path))
        return dag_error_set(err, DAG_ERROR_INVALID, "TZDIR is too long");
    return load(zone, path, name, err);
}

/* What the C library makes of TZ: a name, a file, a rule; none: the file; unreadable: UTC. */
static bool load_local(struct zone *zone, struct dag_error *err)
{
    const char *name = getenv("TZ");

    if (name && name[0] == ':')
        name++;
    if (!name)
        return access(LOCAL_FILE, F_OK) != 0 || load(zone, LOCAL_FILE, LOCAL_FILE, err);
    if (name[0] == '\0')
        return true;
    if (name[0] == '/')
        return load(zone, name, name, err);
    if (zone_rule_parse(name, &zone->rule)) {
        zone->has_rule = true;
        return true;
    }
    return load_named(zone, name, err);
}

struct zone *zone_new(const char *name, struct dag_error *err)
{
    struct zone *zone = calloc(1, sizeof(*zone));
    bool is_loaded;

    if (!zone) {
        dag_error_set_memory(err, "a time zone");
        return NULL;
    }
    is_loaded = name ? load_named(zone, name, err) : load_local(zone, err);
    if (is_loaded)
        return zone;
    zone_free(zone);
    return NULL;
}

void zone_free(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->times);
    free(zone->offsets);
    free(zone);
}

/* ---- asking ------------------------------------------------------------------------------- */

int32_t zone_offset(const struct zone *zone, int64_t at)
{
    size_t low = 0, high = zone->count;

    while (low < high) { /* the first change behind `at` */
        size_t middle = low + (high - low) / 2;

        if (zone->times[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->has_rule)
        return zone_rule_offset(&zone->rule, at);
    return low > 0 ? zone->offsets[low - 1] : zone->first;
}

int64_t zone_instant(const struct zone *zone, int64_t local, int32_t *gap)
{
    int32_t before = zone_offset(zone, local - DAY_SECONDS);
    int32_t after = zone_offset(zone, local + DAY_SECONDS);
    int32_t larger = before > after ? before : after, smaller = before > after ? after : before;
    int64_t low = local - larger, high = local - smaller;

    *gap = 0;
    if (zone_offset(zone, low) == larger)
        return low; /* of two that show this time, the first */
    if (zone_offset(zone, high) == smaller)
        return high;
    while (high - low > 1) { /* the change: behind `low`, at or in front of `high` */
        int64_t middle = low + (high - low) / 2;

        if (zone_offset(zone, middle) == after)
            high = middle;
        else
            low = middle;
    }
    *gap = after - before;
    return high;
}
