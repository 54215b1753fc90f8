/* generate.h - random DAGs and random input for them: the same for the same seed. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPERTY_GENERATE_H
#define PROPERTY_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dag/json.h"

struct random {
    uint64_t state;
};

uint64_t random_next(struct random *random);

/** 0 to `bound` - 1. */
uint32_t random_below(struct random *random, uint32_t bound);

/** True in `percent` of 100 cases. */
bool random_chance(struct random *random, uint32_t percent);

#define GENERATED_SUBSCRIBERS_MAX 3
#define GENERATED_PUBLISHERS_MAX  5

/** In the DAG's text, where files stand: the folders of input and output. */
#define GENERATED_IN  "@IN@"
#define GENERATED_OUT "@OUT@"

struct generated {
    struct dag_buffer dag;
    size_t subscriber_count;
    struct dag_buffer inputs[GENERATED_SUBSCRIBERS_MAX]; /* lines, file "inN.jsonl" */
    size_t publisher_count;                              /* files "outN.jsonl" */
    bool has_errors; /* the last publisher takes the dead letters */
};

enum generate_flags {
    /** Nothing that depends on how events of several sources fall together: no node joins two
     *  sources, none share one, no metronomes. */
    GENERATE_ONE_SEQUENCE = 1,
};

void generate(struct random *random, unsigned flags, struct generated *generated);
void generated_free(struct generated *generated);

/** A text with the folders filled in. */
void generated_dag(const struct generated *generated, const char *in, const char *out,
                   struct dag_buffer *text);

/** Appends formatted text; ends the test when memory is short. */
void put(struct dag_buffer *out, const char *format, ...) DAG_PRINTF(2, 3);

#endif
