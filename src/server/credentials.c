/* credentials.c - see credentials.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/credentials.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define TEXT_VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define PREFIX_MAX   4

_Static_assert(PREFIX_MAX + sodium_base64_ENCODED_LEN(CREDENTIAL_BYTES, TEXT_VARIANT) <=
                   CREDENTIAL_SIZE,
               "a prefix and the text fit");
_Static_assert(sizeof(struct credential) == crypto_hash_sha256_BYTES, "it holds a SHA-256");

static bool fill(void *bytes, size_t size, struct dag_error *err)
{
    if (sodium_init() < 0)
        return dag_error_set(err, DAG_ERROR_IO, "no random numbers can be had");
    randombytes_buf(bytes, size);
    return true;
}

bool credential_new(const char *prefix, char text[CREDENTIAL_SIZE], struct dag_error *err)
{
    unsigned char bytes[CREDENTIAL_BYTES];
    size_t size = strlen(prefix);

    assert(size <= PREFIX_MAX);
    if (!fill(bytes, sizeof(bytes), err))
        return false;
    memcpy(text, prefix, size);
    sodium_bin2base64(text + size, CREDENTIAL_SIZE - size, bytes, sizeof(bytes), TEXT_VARIANT);
    sodium_memzero(bytes, sizeof(bytes));
    return true;
}

struct credential credential_of(const char *text)
{
    struct credential credential;

    crypto_hash_sha256(credential.hash, (const unsigned char *)text, strlen(text));
    return credential;
}

bool credential_equals(const struct credential *one, const struct credential *other)
{
    return sodium_memcmp(one->hash, other->hash, sizeof(one->hash)) == 0;
}

void credential_write(const struct credential *credential, char text[65])
{
    sodium_bin2hex(text, 65, credential->hash, sizeof(credential->hash));
}

bool credential_read(struct credential *credential, const char *text)
{
    size_t size = 0;

    return strlen(text) == 2 * sizeof(credential->hash) &&
           sodium_hex2bin(credential->hash, sizeof(credential->hash), text, strlen(text), NULL,
                          &size, NULL) == 0 &&
           size == sizeof(credential->hash);
}

bool credential_id_new(char id[CREDENTIAL_ID_SIZE], struct dag_error *err)
{
    unsigned char bytes[(CREDENTIAL_ID_SIZE - 1) / 2];

    if (!fill(bytes, sizeof(bytes), err))
        return false;
    sodium_bin2hex(id, CREDENTIAL_ID_SIZE, bytes, sizeof(bytes));
    return true;
}
