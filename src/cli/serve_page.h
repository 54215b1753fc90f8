/* serve_page.h - the page that is embedded into the program. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SERVE_PAGE_H
#define CLI_SERVE_PAGE_H

#include "http/asset.h"

/** For http_assets_new(). */
extern const struct http_asset_table serve_page;

#endif
