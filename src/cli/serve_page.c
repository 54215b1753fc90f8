/* serve_page.c - the page that is embedded: a sign to the REST API, until there is one for people.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve_page.h"

static const char text[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head><meta charset=\"utf-8\"><title>dagd</title></head>\n"
    "<body>\n"
    "<h1>dagd " DAGD_VERSION "</h1>\n"
    "<p>The REST API is at <code>/api/v1</code>; its description, for those who are signed in, is "
    "<a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>. Programs send an API token as "
    "<code>Authorization: Bearer</code>.</p>\n"
    "<p>The first admin is made by <code>POST /api/v1/setup</code> with the token behind the # of "
    "the link that the server printed, or by <code>dagd user add</code>.</p>\n"
    "<p><a href=\"/healthz\">/healthz</a> <a href=\"/readyz\">/readyz</a> "
    "<a href=\"/metrics\">/metrics</a></p>\n"
    "</body>\n"
    "</html>\n";

static const struct http_asset assets[] = {
    {.path = "/index.html",
     .type = "text/html; charset=utf-8",
     .etag = DAGD_VERSION,
     .identity = {(const unsigned char *)text, sizeof(text) - 1}},
};

const struct http_asset_table serve_page = {assets, sizeof(assets) / sizeof(assets[0])};
