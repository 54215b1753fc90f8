/* utf8.h - whether bytes that came from elsewhere are text. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_NET_UTF8_H
#define CONNECTORS_NET_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/** True when the bytes are valid UTF-8: nothing overlong, no surrogates, nothing above U+10FFFF. */
bool net_is_utf8(const char *text, size_t size);

#endif
