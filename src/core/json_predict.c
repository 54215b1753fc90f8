/* json_predict.c - see json_predict.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_predict.h"

#include <stdlib.h>

#define FIRST_CAPACITY 16u

static void step_free(struct json_step *step)
{
    free(step->template);
    free(step);
}

static void place_free(struct json_place *place)
{
    if (!place)
        return;
    while (place->steps) {
        struct json_step *next = place->steps->next;
        step_free(place->steps);
        place->steps = next;
    }
    free(place);
}

void json_predictor_deinit(struct json_predictor *predictor)
{
    for (uint32_t i = 0; i < predictor->capacity; i++)
        place_free(predictor->places[i]);
    free(predictor->places);
    *predictor = (struct json_predictor){0};
}

/* Shape ids are dense, so they need no hash. */
static struct json_place **find_slot(struct json_place **places, uint32_t capacity, uint32_t id)
{
    uint32_t slot = id & (capacity - 1);

    while (places[slot] && places[slot]->shape->id != id)
        slot = (slot + 1) & (capacity - 1);
    return &places[slot];
}

static bool grow(struct json_predictor *predictor)
{
    uint32_t capacity = predictor->capacity ? predictor->capacity * 2 : FIRST_CAPACITY;
    struct json_place **places = calloc(capacity, sizeof(struct json_place *));

    if (!places)
        return false;
    for (uint32_t i = 0; i < predictor->capacity; i++) {
        struct json_place *place = predictor->places[i];
        if (place)
            *find_slot(places, capacity, place->shape->id) = place;
    }
    free(predictor->places);
    predictor->places = places;
    predictor->capacity = capacity;
    return true;
}

struct json_place *json_predictor_place(struct json_predictor *predictor,
                                        const struct dag_shape *shape)
{
    if (predictor->count * 2 >= predictor->capacity && !grow(predictor))
        return NULL;
    struct json_place **slot = find_slot(predictor->places, predictor->capacity, shape->id);
    if (!*slot) {
        *slot = calloc(1, sizeof(**slot));
        if (!*slot)
            return NULL;
        (*slot)->shape = shape;
        predictor->count++;
    }
    return *slot;
}

static void to_front(struct json_place *place, struct json_step **link)
{
    struct json_step *step = *link;

    *link = step->next;
    step->next = place->steps;
    place->steps = step;
}

struct json_step *json_predictor_search(struct json_place *place, const char *p, const char *end)
{
    struct json_step **link = &place->steps->next;

    for (; *link; link = &(*link)->next) {
        if (json_step_matches(*link, p, end)) {
            to_front(place, link);
            return place->steps;
        }
    }
    return NULL;
}

static void drop_last(struct json_place *place)
{
    struct json_step **link = &place->steps;

    while ((*link)->next)
        link = &(*link)->next;
    step_free(*link);
    *link = NULL;
    place->step_count--;
}

void json_predictor_learn(struct json_place *from, const char *spelling, size_t size,
                          struct json_place *to)
{
    size_t fast = size < JSON_SPELLING_FAST ? size : JSON_SPELLING_FAST;

    if (size > JSON_SPELLING_MAX)
        return;
    struct json_step *step = calloc(1, sizeof(*step) + size - fast);
    if (!step)
        return;
    json_spelling_set(&step->spelling, spelling, fast);
    memcpy(step->rest, spelling + fast, size - fast);
    step->size = (uint32_t)size;
    step->to = to;
    step->next = from->steps;
    from->steps = step;
    if (++from->step_count > JSON_STEPS_MAX)
        drop_last(from);
}
