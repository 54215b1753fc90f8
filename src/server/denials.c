/* denials.c - see denials.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/denials.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "server/address_key.h"

#define WAIT_FIRST_US INT64_C(1000000)
#define WAIT_MAX_US   (INT64_C(15) * 60 * 1000000)
#define FORGET_US     (INT64_C(3600) * 1000000)
#define SETS          512 /* a power of two */
#define SET_SIZE      8   /* addresses whose hashes share a set */

struct place {
    struct address_key key;
    uint32_t denials; /* 0: unused */
    int64_t last_us;  /* when the last one was told */
    uint64_t held;    /* since then */
};

struct denials {
    unsigned char secret[crypto_shorthash_KEYBYTES]; /* nobody can fill the set of another */
    pthread_mutex_t lock;
    struct denials_counts counts;        /* guarded by lock */
    struct place places[SETS][SET_SIZE]; /* guarded by lock */
};

struct denials *denials_new(struct dag_error *err)
{
    struct denials *denials;

    if (sodium_init() < 0) {
        dag_error_set(err, DAG_ERROR_IO, "libsodium finds no source of random numbers");
        return NULL;
    }
    denials = calloc(1, sizeof(*denials));
    if (!denials) {
        dag_error_set_memory(err, "the table of addresses");
        return NULL;
    }
    crypto_shorthash_keygen(denials->secret);
    pthread_mutex_init(&denials->lock, NULL);
    return denials;
}

void denials_free(struct denials *denials)
{
    if (!denials)
        return;
    pthread_mutex_destroy(&denials->lock);
    free(denials);
}

static struct place *set_of(struct denials *denials, const struct address_key *key)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t number;

    crypto_shorthash(hash, key->bytes, sizeof(key->bytes), denials->secret);
    memcpy(&number, hash, sizeof(number));
    return denials->places[number % SETS];
}

/* NULL: nothing is known of it, or no longer. */
static struct place *find(struct denials *denials, const struct address_key *key, int64_t now_us)
{
    struct place *set = set_of(denials, key);

    for (size_t i = 0; i < SET_SIZE; i++)
        if (set[i].denials > 0 && memcmp(&set[i].key, key, sizeof(*key)) == 0)
            return now_us - set[i].last_us < FORGET_US ? &set[i] : NULL;
    return NULL;
}

/* Its own place, an unused one, or that of the address that was denied longest ago. */
static struct place *take(struct denials *denials, const struct address_key *key)
{
    struct place *set = set_of(denials, key);
    struct place *oldest = &set[0];

    for (size_t i = 0; i < SET_SIZE; i++) {
        if (set[i].denials > 0 && memcmp(&set[i].key, key, sizeof(*key)) == 0)
            return &set[i];
        if (oldest->denials > 0 && (set[i].denials == 0 || set[i].last_us < oldest->last_us))
            oldest = &set[i];
    }
    return oldest;
}

static int64_t wait_of(const struct place *place, int64_t now_us)
{
    int64_t wait_us = WAIT_FIRST_US;

    if (place->denials < DENIALS_FREE)
        return 0;
    for (uint32_t i = DENIALS_FREE; i < place->denials && wait_us < WAIT_MAX_US; i++)
        wait_us *= 2;
    if (wait_us > WAIT_MAX_US)
        wait_us = WAIT_MAX_US;
    wait_us -= now_us - place->last_us;
    return wait_us > 0 ? wait_us : 0;
}

int64_t denials_hold(struct denials *denials, const char *address, int64_t now_us)
{
    struct address_key key = address_key_of(address);
    int64_t wait_us = 0;

    pthread_mutex_lock(&denials->lock);
    struct place *place = find(denials, &key, now_us);
    if (place)
        wait_us = wait_of(place, now_us);
    if (wait_us > 0) {
        place->held++;
        denials->counts.held++;
    }
    pthread_mutex_unlock(&denials->lock);
    return wait_us;
}

bool denials_add(struct denials *denials, const char *address, int64_t now_us, uint64_t *held)
{
    struct address_key key = address_key_of(address);

    pthread_mutex_lock(&denials->lock);
    struct place *place = find(denials, &key, now_us);
    if (!place) {
        place = take(denials, &key);
        *place = (struct place){.key = key};
    }
    if (place->denials < UINT32_MAX)
        place->denials++;
    place->last_us = now_us;
    *held = place->held;
    place->held = 0;
    denials->counts.told++;
    bool is_first = place->denials == DENIALS_FREE;
    pthread_mutex_unlock(&denials->lock);
    return is_first;
}

void denials_count(struct denials *denials, struct denials_counts *counts)
{
    pthread_mutex_lock(&denials->lock);
    *counts = denials->counts;
    pthread_mutex_unlock(&denials->lock);
}
