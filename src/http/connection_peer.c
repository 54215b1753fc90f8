/* connection_peer.c - see connection_peer.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/connection_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};

bool peer_from_socket(struct peer_address *address, const struct sockaddr *socket)
{
    if (socket->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, socket, sizeof(in));
        memcpy(address->bytes, mapped, sizeof(mapped));
        memcpy(address->bytes + 12, &in.sin_addr, 4);
        return true;
    }
    if (socket->sa_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, socket, sizeof(in));
        memcpy(address->bytes, &in.sin6_addr, 16);
        return true;
    }
    return false;
}

bool peer_from_text(struct peer_address *address, const char *text)
{
    memcpy(address->bytes, mapped, sizeof(mapped));
    return inet_pton(AF_INET, text, address->bytes + 12) == 1 ||
           inet_pton(AF_INET6, text, address->bytes) == 1;
}

static bool is_mapped(const struct peer_address *address)
{
    return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

void peer_format(const struct peer_address *address, char *out)
{
    const char *text = is_mapped(address)
                           ? inet_ntop(AF_INET, address->bytes + 12, out, HTTP_PEER_SIZE)
                           : inet_ntop(AF_INET6, address->bytes, out, HTTP_PEER_SIZE);

    if (!text)
        out[0] = '\0';
}

bool peer_is_loopback(const struct peer_address *address)
{
    static const unsigned char loopback[16] = {[15] = 1};

    return is_mapped(address) ? address->bytes[12] == 127
                              : memcmp(address->bytes, loopback, sizeof(loopback)) == 0;
}

bool peer_net_parse(struct peer_net *net, const char *text, struct dag_error *err)
{
    char address[HTTP_PEER_SIZE];
    size_t size = strcspn(text, "/");
    unsigned long bits = 0;
    char *end = NULL;

    if (size < sizeof(address)) {
        memcpy(address, text, size);
        address[size] = '\0';
        if (peer_from_text(&net->address, address)) {
            unsigned int offset = is_mapped(&net->address) ? 96 : 0;

            net->bits = 128;
            if (text[size] == '\0')
                return true;
            bits = strtoul(text + size + 1, &end, 10);
            net->bits = offset + (unsigned int)bits;
            if (text[size + 1] >= '0' && text[size + 1] <= '9' && *end == '\0' &&
                bits <= 128 - offset)
                return true;
        }
    }
    return dag_error_set(err, DAG_ERROR_INVALID, "proxy '%s': should be an address or ADDRESS/BITS",
                         text);
}

static bool in_net(const struct peer_address *address, const struct peer_net *net)
{
    unsigned int whole = net->bits / 8, rest = net->bits % 8;

    if (memcmp(address->bytes, net->address.bytes, whole) != 0)
        return false;
    return rest == 0 ||
           (address->bytes[whole] >> (8 - rest)) == (net->address.bytes[whole] >> (8 - rest));
}

bool peer_in_nets(const struct peer_address *address, const struct peer_net *nets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (in_net(address, &nets[i]))
            return true;
    return false;
}

void peer_follow(struct peer_address *address, const char *forwarded, const struct peer_net *nets,
                 size_t count)
{
    size_t end = strlen(forwarded);

    while (end > 0 && peer_in_nets(address, nets, count)) {
        struct peer_address next;
        char text[HTTP_PEER_SIZE];
        size_t start = end;

        while (start > 0 && forwarded[start - 1] != ',')
            start--;
        size_t first = start + strspn(forwarded + start, " \t"), size = 0;
        while (first + size < end && forwarded[first + size] != ' ' && size + 1 < sizeof(text)) {
            text[size] = forwarded[first + size];
            size++;
        }
        text[size] = '\0';
        if (!peer_from_text(&next, text))
            return;
        *address = next;
        end = start > 0 ? start - 1 : 0;
    }
}

bool peer_host_allowed(const char *host, char *const *names, size_t count)
{
    size_t size = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], "*") == 0 ||
            (strlen(names[i]) == size && strncasecmp(names[i], host, size) == 0))
            return true;
    return false;
}
