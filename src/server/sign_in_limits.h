/* sign_in_limits.h - slows down whoever guesses passwords: by account and by address.
 *
 * Five failures are free. Each one more doubles the wait until the next attempt is looked at, from
 * a second up to 15 minutes; it is never more, so nobody is locked out for good. A count is
 * forgotten an hour after the last failure; that of an account also when somebody signs in to it.
 * Names that don't exist are counted as well, so the wait tells nothing. Of an IPv6 address the
 * first 64 bits count: they are what one customer has.
 *
 * Bounded: of too many keys the one whose last failure is longest ago is forgotten first. Not for
 * two threads at once. Times are microseconds of a clock that never goes back.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SIGN_IN_LIMITS_H
#define SERVER_SIGN_IN_LIMITS_H

#include "dag/error.h"

#include <stdint.h>

struct sign_in_limits;

/** NULL: out of memory. */
struct sign_in_limits *sign_in_limits_new(void);
void sign_in_limits_free(struct sign_in_limits *limits); /* NULL is allowed */

/** How long an attempt has to wait; 0: it may be made. */
int64_t sign_in_limits_wait_us(struct sign_in_limits *limits, const char *account,
                               const char *address, int64_t now_us);

/** One that was made has failed. */
void sign_in_limits_failed(struct sign_in_limits *limits, const char *account, const char *address,
                           int64_t now_us);
void sign_in_limits_succeeded(struct sign_in_limits *limits, const char *account);

#endif
