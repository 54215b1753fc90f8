/* hidden.c - see hidden.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hidden.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define PREFIX_SIZE 16
#define MASK        "***"
#define MASK_SIZE   (sizeof(MASK) - 1)

_Static_assert(MASK_SIZE <= HIDDEN_SIZE_MIN, "masking never makes a text longer");

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static char *values[HIDDEN_COUNT_MAX]; /* owned; guarded by lock */
static size_t next;                    /* guarded by lock: the place that is filled next */
static _Atomic bool has_any;

static bool is_known(const char *value)
{
    for (size_t i = 0; i < HIDDEN_COUNT_MAX && values[i]; i++)
        if (strcmp(values[i], value) == 0)
            return true;
    return false;
}

static bool add_one(const char *value)
{
    bool is_done = true;

    pthread_rwlock_wrlock(&lock);
    if (!is_known(value)) {
        char *copy = strdup(value);

        is_done = copy != NULL;
        if (copy) {
            free(values[next]);
            values[next] = copy;
            next = (next + 1) % HIDDEN_COUNT_MAX;
            atomic_store(&has_any, true);
        }
    }
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
    explicit_bzero(written, strlen(written));
    free(written);
    return is_done;
}

/* How much of the value stands at `at`. */
static size_t agreeing(const char *at, const char *value)
{
    size_t size = 0;

    while (value[size] != '\0' && at[size] == value[size])
        size++;
    return size;
}

static void mask_value(char *text, const char *value)
{
    size_t size = strlen(value);
    size_t enough = size < PREFIX_SIZE ? size : PREFIX_SIZE;

    for (char *at = strchr(text, value[0]); at; at = strchr(at, value[0])) {
        size_t found = agreeing(at, value);

        if (found < enough) {
            at++;
            continue;
        }
        memcpy(at, MASK, MASK_SIZE);
        memmove(at + MASK_SIZE, at + found, strlen(at + found) + 1);
        at += MASK_SIZE;
    }
}

void hidden_mask(char *text)
{
    if (!atomic_load_explicit(&has_any, memory_order_relaxed))
        return;
    pthread_rwlock_rdlock(&lock);
    for (size_t i = 0; i < HIDDEN_COUNT_MAX && values[i]; i++)
        mask_value(text, values[i]);
    pthread_rwlock_unlock(&lock);
}
