/* address_key.h - what of a client's address counts when it is limited. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ADDRESS_KEY_H
#define SERVER_ADDRESS_KEY_H

/** IPv4 mapped into IPv6, or the first 64 bits of IPv6: they are what one customer has. Compared
 *  with memcmp(). */
struct address_key {
    unsigned char bytes[16];
};

/** Of a numeric address without port; all that aren't one share a key. */
struct address_key address_key_of(const char *address);

#endif
