/* route.h - finds the operation for a method and a path. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/http.h"

#define ROUTE_ALLOW_SIZE 64

struct route_table;

/** Checks the patterns and takes them apart. `routes` is borrowed. NULL: `err` names the route. */
struct route_table *route_table_new(const struct http_route *routes, size_t count,
                                    struct dag_error *err);
void route_table_free(struct route_table *table);

struct route_match {
    const struct http_route *route; /* NULL: none has this method */
    char allow[ROUTE_ALLOW_SIZE];   /* methods of the path: "GET, HEAD, PUT"; "": no such path */
    struct http_pair parameters[HTTP_PARAMETERS_MAX]; /* values point into `segments` */
    size_t parameter_count;
};

/** `segments` is a copy of the decoded path, which is cut up in place and must outlive `match`.
 *  Of several patterns that fit, the one with a literal in the earlier segment wins. */
void route_find(const struct route_table *table, const char *method, char *segments,
                struct route_match *match);

/** Whether `type` (a Content-Type with parameters) is one of the route's. */
bool route_takes(const struct http_route *route, const char *type);

#endif
