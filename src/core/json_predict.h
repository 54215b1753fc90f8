/* json_predict.h - guesses the next key of an object from those that came there before.
 *
 * A place is a point in the trie of shapes: the attributes of an object so far. A step leads from
 * a place to the next one and holds what stood in the source between two values, comma, white
 * space, quotes and colon with it, so that the usual key costs one comparison. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_JSON_PREDICT_H
#define CORE_JSON_PREDICT_H

#include "core/json_scan.h"
#include "core/json_spelling.h"
#include "core/json_template.h"

#define JSON_STEPS_MAX        8    /* from one place; the one longest unused makes room */
#define JSON_SPELLING_MAX     1024 /* bytes of a step; longer ones are not guessed */
#define JSON_PREDICTOR_PLACES 4096 /* then it forgets all and learns again */

struct json_step {
    struct json_spelling spelling; /* the first bytes of a longer one */
    uint32_t size;                 /* of the whole spelling */
    uint32_t template_drops;       /* how often the template was of no use */
    struct json_place *to;
    struct json_step *next;         /* used less recently */
    struct json_template *template; /* owned; how a nested value there looks; may be NULL */
    char rest[];                    /* what is longer than JSON_SPELLING_FAST */
};

struct json_place {
    const struct dag_shape *shape; /* interned */
    struct json_step *steps;       /* owned; the last used comes first */
    uint32_t step_count;
};

/** Zero it to begin. */
struct json_predictor {
    struct json_place **places; /* owned; hash table by shape, `capacity` long */
    uint32_t count, capacity;
};

void json_predictor_deinit(struct json_predictor *predictor);

/** The place of an interned shape. NULL: out of memory. */
struct json_place *json_predictor_place(struct json_predictor *predictor,
                                        const struct dag_shape *shape);

/** Learns that `spelling` leads from `from` to `to`. Without memory it learns nothing. Forgets
 *  nothing but another step of `from`. */
void json_predictor_learn(struct json_place *from, const char *spelling, size_t size,
                          struct json_place *to);

/** True when the place table is full: the owner then drops and begins anew. */
static inline bool json_predictor_is_full(const struct json_predictor *predictor)
{
    return predictor->count >= JSON_PREDICTOR_PLACES;
}

/** The step for the key at `p` among those not used last; it moves to the front. NULL: none. */
struct json_step *json_predictor_search(struct json_place *place, const char *p, const char *end);

/** Compares the part of a step that is longer than JSON_SPELLING_FAST. */
static inline bool json_step_rest_matches(const struct json_step *step, const char *p,
                                          const char *end)
{
    return (size_t)(end - p) >= step->size &&
           memcmp(step->rest, p + JSON_SPELLING_FAST, step->size - JSON_SPELLING_FAST) == 0;
}

static inline bool json_step_matches(const struct json_step *step, const char *p, const char *end)
{
    return json_spelling_matches(&step->spelling, p) &&
           (json_likely(step->size <= JSON_SPELLING_FAST) || json_step_rest_matches(step, p, end));
}

/** The step for what stands at `p`. NULL: nothing known. */
static inline struct json_step *json_predict(struct json_place *place, const char *p,
                                             const char *end)
{
    struct json_step *step = place->steps;

    if (json_likely(step && json_step_matches(step, p, end)))
        return step;
    return step ? json_predictor_search(place, p, end) : NULL;
}

#endif
