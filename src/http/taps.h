/* taps.h - live samples of what goes into or out of a node, as streams that end by themselves. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_TAPS_H
#define HTTP_TAPS_H

#include "http/api.h"

#define TAP_TIME_US    INT64_C(300000000) /* after which a tap ends */
#define TAP_RECHECK_US INT64_C(30000000)  /* between two looks at the rights of its user */

struct taps;

/** Starts the thread that ends taps. `api` is borrowed. NULL: `err`. */
struct taps *taps_new(struct api *api, struct dag_error *err);

/** Rights have changed: looks at those of all taps soon. Any thread; never waits. NULL is allowed.
 */
void taps_recheck(struct taps *taps);

/** Says bye on all taps and ends them; new ones are ended at once. For http_options.stopping. Never
 *  waits. NULL is allowed. */
void taps_stop(struct taps *taps);

/** After http_server_free(): handlers may use it until then; and before server_free(). NULL is
 *  allowed. */
void taps_free(struct taps *taps);

#endif
