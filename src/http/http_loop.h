/* http_loop.h - the network's thread: accepts, carries out what other threads ask for, stops. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_HTTP_LOOP_H
#define HTTP_HTTP_LOOP_H

#include "http/http_server.h"

/** Opens the listening sockets. False: `err` names the address. */
bool loop_listen(struct http_server *server, const struct http_options *options,
                 struct dag_error *err);
void loop_close_sockets(struct http_server *server);

/** Prepares the events that wake the thread. False: `err`. */
bool loop_open(struct http_server *server, int64_t tick_us, struct dag_error *err);

/** The thread; its argument is the server. */
void *loop_run(void *context);

#endif
