/* guard.c - see guard.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/net/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_SIZE 16
#define ADDRESS_BITS 128
#define MAPPED_BITS  96 /* in front of an IPv4 address */
#define TEXT_SIZE    64

/** IPv4 addresses are held mapped into IPv6: ::ffff:a.b.c.d. */
struct network {
    uint8_t address[ADDRESS_SIZE];
    unsigned int bits;
};

/* Link-local, where clouds answer questions about a machine and its credentials; "this network",
 * which means the machine itself; multicast. */
static const char *const built_in[] = {
    "169.254.0.0/16",  "fe80::/10",   "fd00:ec2::254", "fd20:ce::254",
    "100.100.100.200", "192.0.0.192", "168.63.129.16", "0.0.0.0/8",
    "::/128",          "224.0.0.0/4", "ff00::/8",      "255.255.255.255",
};
#define BUILT_IN_COUNT (sizeof(built_in) / sizeof(built_in[0]))

/* Set before DAGs run; read by all threads. */
static struct {
    bool is_set;
    struct network *allowed, *denied; /* owned */
    size_t allowed_count, denied_count;
} guard;

static void map(const uint8_t ipv4[4], uint8_t out[ADDRESS_SIZE])
{
    memset(out, 0, ADDRESS_SIZE);
    out[10] = out[11] = 0xff;
    memcpy(out + 12, ipv4, 4);
}

static bool parse_bits(const char *text, unsigned int bits_max, unsigned int *bits)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value > bits_max)
        return false;
    *bits = (unsigned int)value;
    return true;
}

static bool parse(const char *text, struct network *network)
{
    size_t size = strcspn(text, "/");
    const char *bits = text[size] == '/' ? text + size + 1 : NULL;
    char address[TEXT_SIZE];
    uint8_t ipv4[4];

    if (size >= sizeof(address))
        return false;
    memcpy(address, text, size);
    address[size] = '\0';
    network->bits = ADDRESS_BITS;
    if (inet_pton(AF_INET, address, ipv4) == 1) {
        map(ipv4, network->address);
        if (bits && !parse_bits(bits, 32, &network->bits))
            return false;
        network->bits += bits ? MAPPED_BITS : 0;
        return true;
    }
    return inet_pton(AF_INET6, address, network->address) == 1 &&
           (!bits || parse_bits(bits, ADDRESS_BITS, &network->bits));
}

static bool contains(const struct network *network, const uint8_t address[ADDRESS_SIZE])
{
    unsigned int bytes = network->bits / 8, rest = network->bits % 8;

    if (memcmp(network->address, address, bytes) != 0)
        return false;
    return rest == 0 || (network->address[bytes] ^ address[bytes]) >> (8 - rest) == 0;
}

static bool any_contains(const struct network *networks, size_t count,
                         const uint8_t address[ADDRESS_SIZE])
{
    for (size_t i = 0; i < count; i++)
        if (contains(&networks[i], address))
            return true;
    return false;
}

static bool parse_all(const char *const *texts, size_t count, struct network *networks,
                      struct dag_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!parse(texts[i], &networks[i]))
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "'%s' is no address and no network such as 10.0.0.0/8", texts[i]);
    return true;
}

bool net_guard_set(struct net_networks allowed, struct net_networks denied, struct dag_error *err)
{
    size_t denied_count = denied.count + BUILT_IN_COUNT;
    struct network *yes = calloc(allowed.count + 1, sizeof(*yes));
    struct network *no = calloc(denied_count, sizeof(*no));

    if (!yes || !no)
        dag_error_set_memory(err, "networks");
    if (!yes || !no || !parse_all(allowed.texts, allowed.count, yes, err) ||
        !parse_all(built_in, BUILT_IN_COUNT, no, err) ||
        !parse_all(denied.texts, denied.count, no + BUILT_IN_COUNT, err)) {
        free(yes);
        free(no);
        return false;
    }
    net_guard_clear();
    guard.allowed = yes;
    guard.allowed_count = allowed.count;
    guard.denied = no;
    guard.denied_count = denied_count;
    guard.is_set = true;
    return true;
}

void net_guard_clear(void)
{
    free(guard.allowed);
    free(guard.denied);
    memset(&guard, 0, sizeof(guard));
}

/* What an IPv6 address leads to, when that is an IPv4 one. */
static void unwrap(uint8_t address[ADDRESS_SIZE])
{
    static const uint8_t translated[12] = {0x00, 0x64, 0xff, 0x9b}; /* 64:ff9b::/96 */
    static const uint8_t compatible[12] = {0};
    static const uint8_t six_to_four[2] = {0x20, 0x02};
    uint8_t inner[4];

    if (memcmp(address, six_to_four, sizeof(six_to_four)) == 0)
        memcpy(inner, address + 2, sizeof(inner));
    else if (memcmp(address, translated, sizeof(translated)) == 0 ||
             (memcmp(address, compatible, sizeof(compatible)) == 0 &&
              (address[12] | address[13] | address[14]) != 0))
        memcpy(inner, address + 12, sizeof(inner));
    else
        return;
    map(inner, address);
}

bool net_guard_permits(const struct sockaddr *address)
{
    uint8_t bytes[ADDRESS_SIZE];

    if (!guard.is_set)
        return true;
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        map((const uint8_t *)&in.sin_addr, bytes);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;

        memcpy(&in6, address, sizeof(in6));
        memcpy(bytes, &in6.sin6_addr, sizeof(bytes));
        unwrap(bytes);
    } else {
        return false;
    }
    return any_contains(guard.allowed, guard.allowed_count, bytes) ||
           !any_contains(guard.denied, guard.denied_count, bytes);
}
