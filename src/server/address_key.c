/* address_key.c - see address_key.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/address_key.h"

#include <arpa/inet.h>
#include <string.h>

struct address_key address_key_of(const char *address)
{
    struct address_key key = {{0}};
    struct in6_addr bytes = IN6ADDR_ANY_INIT;

    if (inet_pton(AF_INET, address, &bytes.s6_addr[12]) == 1) {
        bytes.s6_addr[10] = bytes.s6_addr[11] = 0xFF;
    } else if (inet_pton(AF_INET6, address, &bytes) != 1) {
        return key;
    } else if (!IN6_IS_ADDR_V4MAPPED(&bytes)) {
        memset(&bytes.s6_addr[8], 0, 8);
    }
    memcpy(key.bytes, &bytes, sizeof(key.bytes));
    return key;
}
