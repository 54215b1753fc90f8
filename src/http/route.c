/* route.c - see route.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SEGMENTS_MAX 16

struct segment {
    char *text; /* literal, or the parameter's name */
    bool is_parameter;
};

struct entry {
    const struct http_route *route; /* borrowed */
    char *text;                     /* owned; the segments point into it */
    struct segment segments[SEGMENTS_MAX];
    size_t count;
};

struct route_table {
    struct entry *entries; /* owned */
    size_t count;
};

/* Cuts "/a/b" at its slashes. SEGMENTS_MAX + 1: there are too many. */
static size_t split(char *path, char **parts)
{
    size_t count = 0;

    for (char *at = path; at;) {
        char *next;

        if (count == SEGMENTS_MAX)
            return SEGMENTS_MAX + 1;
        *at++ = '\0';
        next = strchr(at, '/');
        parts[count++] = at;
        at = next;
    }
    return count;
}

static bool fill_segments(struct entry *entry)
{
    char *parts[SEGMENTS_MAX];
    size_t parameters = 0;

    entry->count = split(entry->text, parts);
    if (entry->count > SEGMENTS_MAX)
        return false;
    for (size_t i = 0; i < entry->count; i++) {
        size_t size = strlen(parts[i]);

        entry->segments[i].text = parts[i];
        if (size == 0 || parts[i][0] != '{')
            continue;
        if (size < 3 || parts[i][size - 1] != '}' || ++parameters > HTTP_PARAMETERS_MAX)
            return false;
        parts[i][size - 1] = '\0';
        entry->segments[i].text = parts[i] + 1;
        entry->segments[i].is_parameter = true;
    }
    return true;
}

static bool same_place(const struct entry *one, const struct entry *other)
{
    if (one->count != other->count || strcmp(one->route->method, other->route->method) != 0)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (one->segments[i].is_parameter != other->segments[i].is_parameter ||
            (!one->segments[i].is_parameter &&
             strcmp(one->segments[i].text, other->segments[i].text) != 0))
            return false;
    return true;
}

static bool add(struct route_table *table, const struct http_route *route, struct dag_error *err)
{
    struct entry *entry = &table->entries[table->count];

    *entry = (struct entry){.route = route};
    if (!route->method || !route->handle || !route->pattern || route->pattern[0] != '/')
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "route '%s': needs a method, a handler and a pattern with '/' in "
                             "front",
                             route->pattern ? route->pattern : "");
    entry->text = strdup(route->pattern);
    if (!entry->text)
        return dag_error_set_memory(err, "the routes");
    table->count++;
    if (!fill_segments(entry))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "route '%s': too many segments, or a parameter that isn't '{name}'",
                             route->pattern);
    for (size_t i = 0; i + 1 < table->count; i++)
        if (same_place(&table->entries[i], entry))
            return dag_error_set(err, DAG_ERROR_INVALID, "route '%s %s' is there twice",
                                 route->method, route->pattern);
    return true;
}

struct route_table *route_table_new(const struct http_route *routes, size_t count,
                                    struct dag_error *err)
{
    struct route_table *table = calloc(1, sizeof(*table));

    if (table)
        table->entries = calloc(count ? count : 1, sizeof(*table->entries));
    if (!table || !table->entries) {
        free(table);
        dag_error_set_memory(err, "the routes");
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (!add(table, &routes[i], err)) {
            route_table_free(table);
            return NULL;
        }
    return table;
}

void route_table_free(struct route_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        free(table->entries[i].text);
    free(table->entries);
    free(table);
}

static bool fits(const struct entry *entry, char *const *parts, size_t count)
{
    if (entry->count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct segment *segment = &entry->segments[i];
        if (segment->is_parameter ? !*parts[i] : strcmp(segment->text, parts[i]) != 0)
            return false;
    }
    return true;
}

/* Both fit the same path: the first difference decides. */
static bool is_better(const struct entry *entry, const struct entry *best)
{
    for (size_t i = 0; best && i < entry->count; i++)
        if (entry->segments[i].is_parameter != best->segments[i].is_parameter)
            return best->segments[i].is_parameter;
    return !best;
}

static void allow(struct route_match *match, const char *method)
{
    size_t size = strlen(match->allow);

    if (strstr(match->allow, method)) /* no method's name is part of another's */
        return;
    snprintf(match->allow + size, sizeof(match->allow) - size, "%s%s%s", size ? ", " : "", method,
             strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

void route_find(const struct route_table *table, const char *method, char *segments,
                struct route_match *match)
{
    char *parts[SEGMENTS_MAX];
    size_t count = split(segments, parts);
    const struct entry *best = NULL;

    *match = (struct route_match){0};
    for (size_t i = 0; i < table->count && count <= SEGMENTS_MAX; i++) {
        const struct entry *entry = &table->entries[i];

        if (!fits(entry, parts, count))
            continue;
        allow(match, entry->route->method);
        if (strcmp(entry->route->method, method) == 0 && is_better(entry, best))
            best = entry;
    }
    for (size_t i = 0; best && i < count; i++)
        if (best->segments[i].is_parameter)
            match->parameters[match->parameter_count++] =
                (struct http_pair){.name = best->segments[i].text, .value = parts[i]};
    match->route = best ? best->route : NULL;
}

bool route_takes(const struct http_route *route, const char *type)
{
    const char *types = route->body_types ? route->body_types : "application/json";
    size_t size = type ? strcspn(type, "; \t") : 0;

    if (size == 0)
        return false;
    while (*types) {
        size_t item = strcspn(types, " ");
        if (item == size && strncasecmp(types, type, size) == 0)
            return true;
        types += item + strspn(types + item, " ");
    }
    return false;
}
