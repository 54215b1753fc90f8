/* pem.h - the files with certificates and keys that connectors' options name. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_NET_PEM_H
#define CONNECTORS_NET_PEM_H

#include "dag/host.h"
#include "dag/json.h"

/** Reads the file at `path`, of 1 byte to 1 MiB, into `out`; NULL leaves `out` empty. False, with
 *  `err`, which names `option`. */
bool net_pem_read(struct dag_host *host, const char *option, const char *path,
                  struct dag_buffer *out, struct dag_error *err);

#endif
