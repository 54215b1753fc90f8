/* log_kept.c - the newest lines of the log in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log_kept.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"

struct kept_line {
    char *json; /* owned; NULL: no memory when it came */
    size_t size;
};

static atomic_bool is_on;
static _Atomic uint64_t newest; /* written under the lock */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept_line lines[LOG_KEPT_MAX]; /* guarded by lock; line N at N % LOG_KEPT_MAX */

void log_keep(void)
{
    atomic_store(&is_on, true);
}

bool log_kept_is_on(void)
{
    return atomic_load(&is_on);
}

uint64_t log_kept_newest(void)
{
    return atomic_load(&newest);
}

void log_kept_add(const char *json, size_t size)
{
    char *copy, *old;

    if (!log_kept_is_on())
        return;
    copy = malloc(size);
    if (copy)
        memcpy(copy, json, size);
    pthread_mutex_lock(&lock);

    uint64_t number = atomic_load(&newest) + 1;
    struct kept_line *line = &lines[number % LOG_KEPT_MAX];

    old = line->json;
    *line = (struct kept_line){.json = copy, .size = size};
    atomic_store(&newest, number);
    pthread_mutex_unlock(&lock);
    free(old);
}

bool log_kept_next(uint64_t *number, struct dag_buffer *out)
{
    bool is_found = false;

    pthread_mutex_lock(&lock);

    uint64_t last = atomic_load(&newest);
    uint64_t first = last > LOG_KEPT_MAX ? last - LOG_KEPT_MAX + 1 : 1;

    for (uint64_t i = *number + 1 > first ? *number + 1 : first; i <= last && !is_found; i++) {
        const struct kept_line *line = &lines[i % LOG_KEPT_MAX];

        if (!line->json)
            continue;
        if (!dag_buffer_append(out, line->json, line->size))
            break;
        *number = i;
        is_found = true;
    }
    pthread_mutex_unlock(&lock);
    return is_found;
}
