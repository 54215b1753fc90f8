/* hidden.c - see hidden.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hidden.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define PREFIX_SIZE     16
#define BASE64_SIZE_MIN 8
#define BUCKETS         4096u /* a power of two */
#define MASK            "***"
#define MASK_SIZE       (sizeof(MASK) - 1)

_Static_assert(MASK_SIZE <= HIDDEN_SIZE_MIN, "masking never makes a text longer");

struct value {
    struct value *next; /* of the bucket */
    size_t size;
    char text[]; /* with its NUL */
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct value *buckets[BUCKETS]; /* by how a value begins; owned; guarded by lock */
static size_t count;                   /* guarded by lock */
static _Atomic bool has_any;

/* By the first HIDDEN_SIZE_MIN bytes, which have to be there. */
static struct value **bucket_of(const char *text)
{
    uint32_t word;

    _Static_assert(sizeof(word) == HIDDEN_SIZE_MIN, "a word holds what every value begins with");
    memcpy(&word, text, sizeof(word));
    return &buckets[(word * UINT32_C(2654435769)) >> 20 & (BUCKETS - 1)];
}

static bool is_known(const char *text)
{
    const struct value *value = *bucket_of(text);

    while (value && strcmp(value->text, text) != 0)
        value = value->next;
    return value != NULL;
}

/* With the lock. */
static bool add_new(const char *text)
{
    size_t size = strlen(text);
    struct value *value = count < HIDDEN_COUNT_MAX ? malloc(sizeof(*value) + size + 1) : NULL;
    struct value **bucket = bucket_of(text);

    if (!value)
        return false;
    value->size = size;
    memcpy(value->text, text, size + 1);
    value->next = *bucket;
    *bucket = value;
    count++;
    atomic_store(&has_any, true);
    return true;
}

static bool add_one(const char *text)
{
    pthread_rwlock_wrlock(&lock);
    bool is_done = is_known(text) || add_new(text);
    pthread_rwlock_unlock(&lock);
    return is_done;
}

/* As curl and others write it into a URL. */
static void write_in_url(char *out, const char *value)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    for (; *value; value++)
        out += sprintf(out, strchr(plain, *value) ? "%c" : "%%%02X", (unsigned char)*value);
    *out = '\0';
}

/* The three bytes of a group from `at` on, where those in front of the value are zero. */
static uint32_t group_at(const char *value, size_t size, size_t offset, size_t at)
{
    uint32_t group = 0;

    for (size_t i = at; i < at + 3; i++)
        group =
            group << 8 | (i >= offset && i - offset < size ? (unsigned char)value[i - offset] : 0);
    return group;
}

/* In base64 with `offset` bytes in front of it, as in user:password: the characters that depend on
 * nothing but the value. */
static void write_base64(char *out, const char *value, size_t size, size_t offset,
                         const char last[3])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t from = offset + (offset > 0), end = (offset + size) * 8 / 6;

    for (size_t i = from; i < end; i++) {
        uint32_t six = group_at(value, size, offset, i / 4 * 3) >> (18 - i % 4 * 6) & 63;

        if (six < 62)
            *out++ = letters[six];
        else
            *out++ = last[six - 62];
    }
    *out = '\0';
}

static bool add_base64(char *written, const char *value, size_t size)
{
    bool is_done = true;

    for (size_t offset = 0; offset < 3 && is_done; offset++) {
        write_base64(written, value, size, offset, "+/");
        is_done = strlen(written) < BASE64_SIZE_MIN || add_one(written);
        write_base64(written, value, size, offset, "-_");
        is_done = is_done && (strlen(written) < BASE64_SIZE_MIN || add_one(written));
    }
    return is_done;
}

bool hidden_add(const char *value)
{
    size_t size = strlen(value);

    if (size < HIDDEN_SIZE_MIN)
        return true;
    char *written = malloc(text_escape_bound(size) + 1);
    if (!written)
        return false;
    bool is_done = add_one(value);
    written[text_escape(written, value, size)] = '\0';
    is_done = is_done && add_one(written);
    write_in_url(written, value);
    is_done = is_done && add_one(written);
    is_done = is_done && add_base64(written, value, size);
    explicit_bzero(written, strlen(written));
    free(written);
    return is_done;
}

/* How much of the value stands at `at`, when that is so much that it has to go: all of it, or as
 * much as a message leaves that cuts what it quotes, or that ends in the middle of it. */
static size_t covered(const char *at, const struct value *value)
{
    size_t enough = value->size < PREFIX_SIZE ? value->size : PREFIX_SIZE;
    size_t size = 0;

    while (size < value->size && at[size] == value->text[size])
        size++;
    return size >= enough || (size >= HIDDEN_SIZE_MIN && at[size] == '\0') ? size : 0;
}

/* Of all values the one that most of stands there; 0: none does. */
static size_t find_covered(const char *at)
{
    size_t most = 0;

    for (const struct value *value = *bucket_of(at); value; value = value->next) {
        size_t size = covered(at, value);

        most = size > most ? size : most;
    }
    return most;
}

static void mask(char *text, size_t size)
{
    char *out = text;
    const char *at = text, *end = text + size;

    while (end - at >= HIDDEN_SIZE_MIN) {
        size_t found = find_covered(at);

        if (found > 0) {
            memcpy(out, MASK, MASK_SIZE);
            out += MASK_SIZE;
            at += found;
        } else {
            *out++ = *at++;
        }
    }
    memmove(out, at, (size_t)(end - at) + 1);
}

void hidden_mask(char *text)
{
    if (!atomic_load_explicit(&has_any, memory_order_relaxed))
        return;
    pthread_rwlock_rdlock(&lock);
    mask(text, strlen(text));
    pthread_rwlock_unlock(&lock);
}
