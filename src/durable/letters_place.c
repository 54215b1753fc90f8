/* letters_place.c - see letters_place.h. There are as many as DAGs that keep letters, and they are
 * looked for when one opens or somebody asks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/letters_place.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct letters_place {
    struct letters_place *next;
    struct storage *storage; /* borrowed */
    pthread_mutex_t readers; /* taken before `lock` */
    pthread_mutex_t lock;
    struct letters_open *open; /* guarded by `lock` */
    size_t users;              /* guarded by `places_lock` */
    char folder[];
};

static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER;
static struct letters_place *places; /* guarded by `places_lock` */

static struct letters_place *find(const struct storage *storage, const char *folder)
{
    struct letters_place *place = places;

    while (place && (place->storage != storage || strcmp(place->folder, folder) != 0))
        place = place->next;
    return place;
}

static struct letters_place *add(struct storage *storage, const char *folder)
{
    size_t size = strlen(folder) + 1;
    struct letters_place *place = calloc(1, sizeof(*place) + size);

    if (!place)
        return NULL;
    place->storage = storage;
    memcpy(place->folder, folder, size);
    pthread_mutex_init(&place->readers, NULL);
    pthread_mutex_init(&place->lock, NULL);
    place->next = places;
    places = place;
    return place;
}

struct letters_place *letters_place_hold(struct storage *storage, const char *folder,
                                         struct dag_error *err)
{
    pthread_mutex_lock(&places_lock);
    struct letters_place *place = find(storage, folder);
    if (!place)
        place = add(storage, folder);
    if (place)
        place->users++;
    pthread_mutex_unlock(&places_lock);
    if (!place)
        dag_error_set_memory(err, "dead letters");
    return place;
}

void letters_place_release(struct letters_place *place)
{
    if (!place)
        return;
    pthread_mutex_lock(&places_lock);
    bool is_last = --place->users == 0;
    if (is_last) {
        struct letters_place **link = &places;

        while (*link != place)
            link = &(*link)->next;
        *link = place->next;
    }
    pthread_mutex_unlock(&places_lock);
    if (!is_last)
        return;
    pthread_mutex_destroy(&place->readers);
    pthread_mutex_destroy(&place->lock);
    free(place);
}

void letters_place_lock(struct letters_place *place)
{
    pthread_mutex_lock(&place->lock);
}

void letters_place_unlock(struct letters_place *place)
{
    pthread_mutex_unlock(&place->lock);
}

void letters_place_set_open(struct letters_place *place, struct letters_open *open)
{
    place->open = open;
}

struct letters_open *letters_place_open(const struct letters_place *place)
{
    return place->open;
}

void letters_place_lock_readers(struct letters_place *place)
{
    pthread_mutex_lock(&place->readers);
}

void letters_place_unlock_readers(struct letters_place *place)
{
    pthread_mutex_unlock(&place->readers);
}
