/* sign_in_limits.c - see sign_in_limits.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/sign_in_limits.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/address_key.h"
#include "server/users.h"

#define FREE_FAILURES 5
#define WAIT_FIRST_US INT64_C(1000000)
#define WAIT_MAX_US   (INT64_C(15) * 60 * 1000000)
#define FORGET_US     (INT64_C(3600) * 1000000)
#define KEYS_MAX      4096 /* of accounts, and of addresses */
#define KEY_SIZE      USER_NAME_SIZE

_Static_assert(KEY_SIZE >= INET6_ADDRSTRLEN, "a key holds an address");

struct key {
    char text[KEY_SIZE]; /* "": unused */
    uint32_t failures;
    int64_t last_us; /* when it failed last */
};

struct sign_in_limits {
    struct key accounts[KEYS_MAX];
    struct key addresses[KEYS_MAX];
};

struct sign_in_limits *sign_in_limits_new(void)
{
    return calloc(1, sizeof(struct sign_in_limits));
}

void sign_in_limits_free(struct sign_in_limits *limits)
{
    free(limits);
}

/* ---- keys ---- */

/* A name that is too long for any user is told by its beginning: it fails all the same. */
static void account_key(const char *account, char key[KEY_SIZE])
{
    snprintf(key, KEY_SIZE, "%s", account);
}

/* "" stays "": no address that counts. */
static void address_text(const char *address, char key[KEY_SIZE])
{
    struct address_key bytes = address_key_of(address);

    key[0] = '\0';
    if (*address)
        inet_ntop(AF_INET6, bytes.bytes, key, KEY_SIZE);
}

static struct key *find(struct key *keys, const char *text)
{
    for (size_t i = 0; i < KEYS_MAX; i++)
        if (strcmp(keys[i].text, text) == 0)
            return &keys[i];
    return NULL;
}

/* One that is unused, or that failed longest ago. */
static struct key *find_place(struct key *keys)
{
    struct key *oldest = &keys[0];

    for (size_t i = 0; i < KEYS_MAX; i++) {
        if (!keys[i].text[0])
            return &keys[i];
        if (keys[i].last_us < oldest->last_us)
            oldest = &keys[i];
    }
    return oldest;
}

/* ---- waiting ---- */

static int64_t wait_of(const struct key *key, int64_t now_us)
{
    int64_t wait_us = WAIT_FIRST_US;

    if (!key || key->failures < FREE_FAILURES)
        return 0;
    for (uint32_t i = FREE_FAILURES; i < key->failures && wait_us < WAIT_MAX_US; i++)
        wait_us *= 2;
    if (wait_us > WAIT_MAX_US)
        wait_us = WAIT_MAX_US;
    wait_us -= now_us - key->last_us;
    return wait_us > 0 ? wait_us : 0;
}

int64_t sign_in_limits_wait_us(struct sign_in_limits *limits, const char *account,
                               const char *address, int64_t now_us)
{
    char key[KEY_SIZE];

    account_key(account, key);
    int64_t of_account = wait_of(key[0] ? find(limits->accounts, key) : NULL, now_us);
    address_text(address, key);
    int64_t of_address = wait_of(key[0] ? find(limits->addresses, key) : NULL, now_us);
    return of_account > of_address ? of_account : of_address;
}

static void count(struct key *keys, const char *text, int64_t now_us)
{
    struct key *key = find(keys, text);

    if (!text[0])
        return;
    if (!key) {
        key = find_place(keys);
        *key = (struct key){0};
        snprintf(key->text, sizeof(key->text), "%s", text);
    }
    if (now_us - key->last_us >= FORGET_US)
        key->failures = 0;
    if (key->failures < UINT32_MAX)
        key->failures++;
    key->last_us = now_us;
}

void sign_in_limits_failed(struct sign_in_limits *limits, const char *account, const char *address,
                           int64_t now_us)
{
    char key[KEY_SIZE];

    account_key(account, key);
    count(limits->accounts, key, now_us);
    address_text(address, key);
    count(limits->addresses, key, now_us);
}

void sign_in_limits_succeeded(struct sign_in_limits *limits, const char *account)
{
    char text[KEY_SIZE];

    account_key(account, text);
    struct key *key = text[0] ? find(limits->accounts, text) : NULL;
    if (key)
        *key = (struct key){0};
}
