/* generate.c - random DAGs and random input for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "property/generate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES_MAX 24

/* ---- numbers and texts --------------------------------------------------------------------------
 */

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint32_t random_below(struct random *random, uint32_t bound)
{
    return bound ? (uint32_t)(random_next(random) % bound) : 0;
}

bool random_chance(struct random *random, uint32_t percent)
{
    return random_below(random, 100) < percent;
}

void put(struct dag_buffer *out, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;

    va_start(arguments, format);
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size < 0 || !dag_buffer_append(out, text, (size_t)size)) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    free(text);
}

static const char *pick(struct random *random, const char *const *words, size_t count)
{
    return words[random_below(random, (uint32_t)count)];
}

#define PICK(random, words) pick(random, words, sizeof(words) / sizeof((words)[0]))

static const char *const attributes[] = {"a", "b", "c", "d", "e", "list", "n\\u00e4me", "x y"};

static void put_list(struct dag_buffer *out, struct random *random, uint32_t least)
{
    uint32_t count = least + random_below(random, 3);

    put(out, "[");
    for (uint32_t i = 0; i < count; i++)
        put(out, "%s\"%s\"", i > 0 ? ", " : "", PICK(random, attributes));
    put(out, "]");
}

/* ---- messages -----------------------------------------------------------------------------------
 */

static const char *const scalars[] = {"0",
                                      "1",
                                      "2",
                                      "-3",
                                      "1.0",
                                      "-0.0",
                                      "0.5",
                                      "1e2",
                                      "2.5e-3",
                                      "true",
                                      "false",
                                      "null",
                                      "\"\"",
                                      "\"12\"",
                                      "\" 2.5 \"",
                                      "\"text\"",
                                      "\"\\u00e9\\n\\\"\"",
                                      "\"\xc3\xa9\xf0\x9f\x98\x80\"",
                                      "\"\\ud800\"",
                                      "9223372036854775807",
                                      "-9223372036854775808",
                                      "4611686018427387904",
                                      "123456789012345678901234567890",
                                      "1e400",
                                      "1.7e308",
                                      "{}",
                                      "[]",
                                      "{\"k\": [1, {\"z\": null}]}",
                                      "{ \"k\" : 1 , \"l\" : \"\\t\" }",
                                      "[ 1, 2 ]"};
static const char *const elements[] = {
    "1", "{\"a\": 1}", "{\"e\": {\"q\": 2}, \"b\": null}", "\"x\"", "[3]", "null", "{}"};
static const char *const bad_lines[] = {"{\"a\": 1",     "nonsense",
                                        "{\"a\": 01}",   "{\"a\": \"\x01\"}",
                                        "null",          "{\"a\": \"\xff\"}",
                                        "{\"a\":1,}",    "[1, 2]",
                                        "\"just text\"", "42",
                                        "true",          "{} {}"};

static void put_value(struct dag_buffer *out, struct random *random, bool is_list)
{
    if (!is_list || random_chance(random, 20)) {
        put(out, "%s", PICK(random, scalars));
        return;
    }

    uint32_t count = random_below(random, 5);

    put(out, "[");
    for (uint32_t i = 0; i < count; i++)
        put(out, "%s%s", i > 0 ? ", " : "", PICK(random, elements));
    put(out, "]");
}

static void put_message(struct dag_buffer *out, struct random *random)
{
    uint32_t count = random_below(random, 6);
    const char *space = random_chance(random, 20) ? " " : "";

    put(out, "%s{", space);
    for (uint32_t i = 0; i < count; i++) {
        /* Mostly in the same order, so that shapes recur; the same key may come twice. */
        const char *name = random_chance(random, 70) ? attributes[i] : PICK(random, attributes);

        put(out, "%s%s\"%s\"%s:%s", i > 0 ? "," : "", space, name, space, space);
        put_value(out, random, strcmp(name, "list") == 0);
    }
    put(out, "}%s", space);
}

static void put_input(struct dag_buffer *out, struct random *random)
{
    uint32_t count = random_chance(random, 10)   ? 1000 + random_below(random, 1500)
                     : random_chance(random, 10) ? random_below(random, 3)
                                                 : random_below(random, 150);
    struct dag_buffer last = {0};

    for (uint32_t i = 0; i < count; i++) {
        if (random_chance(random, 25) && last.size > 0) {
            put(out, "%.*s", (int)last.size, last.bytes);
        } else if (random_chance(random, 6)) {
            put(out, "%s", PICK(random, bad_lines));
        } else {
            last.size = 0;
            put_message(&last, random);
            put(out, "%.*s", (int)last.size, last.bytes);
        }
        put(out, random_chance(random, 5) ? "\r\n" : "\n");
        if (random_chance(random, 3))
            put(out, "\n");
    }
    dag_buffer_free(&last);
}

/* ---- functions
 * ------------------------------------------------------------------------------------ */

static void put_defaults(struct dag_buffer *out, struct random *random)
{
    put(out, "{\"defaults\": {\"%s\": %s, \"z\": %s}}", PICK(random, attributes),
        PICK(random, scalars), random_chance(random, 50) ? "7" : "{\"deep\": [1, 2]}");
}

static void put_condition(struct dag_buffer *out, struct random *random)
{
    static const char *const comparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    static const char *const values[] = {"0", "1", "2.5", "\"text\"", "true"};
    static const char *const unary[] = {"exists", "missing", "is_null"};

    if (random_chance(random, 40))
        put(out, "{\"attribute\": \"%s\", \"comparison\": \"%s\"}", PICK(random, attributes),
            PICK(random, unary));
    else {
        /* Only numbers and texts have an order. */
        const char *value = PICK(random, values);
        const char *comparison = comparisons[random_below(random, strcmp(value, "true") ? 6 : 2)];

        put(out, "{\"attribute\": \"%s\", \"comparison\": \"%s\", \"value\": %s}",
            PICK(random, attributes), comparison, value);
    }
}

static void put_arithmetic(struct dag_buffer *out, struct random *random)
{
    put(out, "{\"arguments\": ");
    put_list(out, random, 1);
    put(out, ", \"output_attribute\": \"%s\", \"keep_input\": %s, \"strict\": %s}",
        random_chance(random, 50) ? "sum" : PICK(random, attributes),
        random_chance(random, 60) ? "true" : "false", random_chance(random, 20) ? "true" : "false");
}

/** The type and config of transformer or calculator number `kind`. */
static void put_shared(struct dag_buffer *out, struct random *random, uint32_t kind,
                       const char *suffix)
{
    switch (kind) {
    case 0:
        put(out, "\"type\": \"Passthru%s\"", suffix);
        break;
    case 1:
        put(out,
            "\"type\": \"AttributeFilterAway%s\", \"config\": {\"filter_attributes\": ", suffix);
        put_list(out, random, 0);
        put(out, "}");
        break;
    case 2:
        put(out, "\"type\": \"AttributeFilter%s\", \"config\": {\"keep_attributes\": ", suffix);
        put_list(out, random, 1);
        put(out, "}");
        break;
    default:
        put(out, "\"type\": \"ApplyDefaults%s\", \"config\": ", suffix);
        put_defaults(out, random);
        break;
    }
}

static void put_calculator(struct dag_buffer *out, struct random *random)
{
    uint32_t kind = random_below(random, 11);

    switch (kind) {
    case 4:
        put(out, "\"type\": \"AdditionCalculator\", \"config\": ");
        put_arithmetic(out, random);
        break;
    case 5:
        put(out, "\"type\": \"MultiplicationCalculator\", \"config\": ");
        put_arithmetic(out, random);
        break;
    case 6:
        put(out,
            "\"type\": \"AttributeNameChangeCalculator\", \"config\": {\"name_mapping\": "
            "{\"a\": \"%s\", \"b\": \"%s\"}}",
            PICK(random, attributes), PICK(random, attributes));
        break;
    case 7:
    case 8:
        put(out, "\"type\": \"FilterCalculator\", \"config\": ");
        put_condition(out, random);
        break;
    case 9:
        put(out,
            "\"type\": \"ExplodeCalculator\", \"config\": {\"attribute\": \"list\", "
            "\"spread\": %s, \"keep_input\": %s, \"on_missing\": \"%s\"}",
            random_chance(random, 40) ? "true" : "false",
            random_chance(random, 60) ? "true" : "false",
            random_chance(random, 70) ? "pass" : "error");
        break;
    case 10:
        put(out, "\"type\": \"RandomCalculator\"");
        break;
    default:
        put_shared(out, random, kind, "Calculator");
        break;
    }
}

static uint32_t put_functions(struct dag_buffer *out, struct random *random, bool calculators)
{
    uint32_t count = 1 + random_below(random, 6);

    put(out, "\"%s\": [", calculators ? "calculators" : "transformers");
    for (uint32_t i = 0; i < count; i++) {
        put(out, "%s{\"name\": \"%c%u\", ", i > 0 ? ",\n  " : "", calculators ? 'k' : 't', i);
        if (calculators)
            put_calculator(out, random);
        else
            put_shared(out, random, random_below(random, 4), "DataTransformer");
        put(out, "}");
    }
    put(out, "],\n ");
    return count;
}

/* ---- the graph
 * ------------------------------------------------------------------------------------- */

struct shape {
    struct random *random;
    unsigned flags;
    uint32_t calculators, transformers, publishers;
    uint32_t node_count;
    uint32_t group[NODES_MAX]; /* which source a node hangs on */
    bool takes_edges[NODES_MAX];
    struct dag_buffer nodes, edges;
};

static void put_transformers(struct shape *shape, const char *key)
{
    if (!random_chance(shape->random, 20))
        return;
    put(&shape->nodes, ", \"%s\": [", key);
    for (uint32_t i = 0, count = 1 + random_below(shape->random, 2); i < count; i++)
        put(&shape->nodes, "%s\"t%u\"", i > 0 ? ", " : "",
            random_below(shape->random, shape->transformers));
    put(&shape->nodes, "]");
}

static void put_functions_of_node(struct shape *shape)
{
    if (random_chance(shape->random, 60))
        put(&shape->nodes, ", \"calculator\": \"k%u\"",
            random_below(shape->random, shape->calculators));
    put_transformers(shape, "input_transformers");
    put_transformers(shape, "output_transformers");
    if (random_chance(shape->random, 15))
        put(&shape->nodes, ", \"propagate\": \"%s\"",
            random_chance(shape->random, 50) ? "every" : "changes");
}

static void put_publishers(struct shape *shape)
{
    put(&shape->nodes, "[\"p%u\"", random_below(shape->random, shape->publishers));
    if (random_chance(shape->random, 20))
        put(&shape->nodes, ", \"p%u\"", random_below(shape->random, shape->publishers));
    put(&shape->nodes, "]");
}

/** Begins a node; returns its number. */
static uint32_t begin_node(struct shape *shape, const char *type, uint32_t group, bool takes_edges)
{
    uint32_t number = shape->node_count++;

    put(&shape->nodes, "%s{\"name\": \"n%u\", \"type\": \"%s\"", number > 0 ? ",\n  " : "", number,
        type);
    shape->group[number] = group;
    shape->takes_edges[number] = takes_edges;
    return number;
}

/** Edges from nodes that stand before `to`, so that there is no cycle. */
static void put_edges(struct shape *shape, uint32_t to)
{
    uint32_t count = 1 + (random_chance(shape->random, 50) ? random_below(shape->random, 3) : 0);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = random_below(shape->random, to);

        if ((shape->flags & GENERATE_ONE_SEQUENCE) && i == 0)
            shape->group[to] = shape->group[from];
        if ((shape->flags & GENERATE_ONE_SEQUENCE) && shape->group[from] != shape->group[to])
            continue;
        put(&shape->edges, "%s{\"from_node\": \"n%u\", \"to_node\": \"n%u\"",
            shape->edges.size > 0 ? ",\n  " : "", from, to);
        if (random_chance(shape->random, 25))
            put(&shape->edges, ", \"data_transformer\": \"t%u\"",
                random_below(shape->random, shape->transformers));
        if (random_chance(shape->random, 20))
            put(&shape->edges, ", \"pname\": \"%s\"",
                random_chance(shape->random, 70) ? "side" : PICK(shape->random, attributes));
        put(&shape->edges, "}");
    }
}

static void put_sources(struct shape *shape, uint32_t subscribers)
{
    bool is_one_sequence = (shape->flags & GENERATE_ONE_SEQUENCE) != 0;

    for (uint32_t s = 0; s < subscribers; s++) {
        uint32_t nodes = 1 + (!is_one_sequence && random_chance(shape->random, 25));

        for (uint32_t i = 0; i < nodes; i++) {
            bool is_metronome = !is_one_sequence && random_chance(shape->random, 10);

            begin_node(shape, is_metronome ? "MetronomeNode" : "SubscriptionNode", s, false);
            put(&shape->nodes, ", \"subscriber\": \"s%u\"", s);
            if (is_metronome) {
                put(&shape->nodes, ", \"config\": {\"interval\": 3600}, \"publishers\": ");
                put_publishers(shape);
                if (random_chance(shape->random, 50))
                    put(&shape->nodes, ", \"calculator\": \"k%u\"",
                        random_below(shape->random, shape->calculators));
            } else {
                put_functions_of_node(shape);
            }
            put(&shape->nodes, "}");
        }
    }
    if (!is_one_sequence && random_chance(shape->random, 20)) {
        begin_node(shape, "MetronomeNode", subscribers, false);
        put(&shape->nodes, ", \"config\": {\"interval\": 3600}, \"calculator\": \"k%u\"}",
            random_below(shape->random, shape->calculators));
    }
}

static void put_graph(struct shape *shape)
{
    uint32_t middle = random_below(shape->random, 12);
    uint32_t ends = 1 + random_below(shape->random, 3);

    for (uint32_t i = 0; i < middle + ends; i++) {
        bool is_sink = i >= middle && random_chance(shape->random, 30);
        bool publishes = i >= middle || random_chance(shape->random, 10);
        uint32_t number = begin_node(shape,
                                     is_sink                           ? "PublisherSinkNode"
                                     : publishes                       ? "PublicationNode"
                                     : random_chance(shape->random, 3) ? "SinkNode"
                                                                       : "CalculationNode",
                                     0, true);

        if (is_sink) {
            put(&shape->nodes, ", \"config\": {\"publishers\": ");
            put_publishers(shape);
            put(&shape->nodes, "}");
            if (random_chance(shape->random, 30))
                put(&shape->nodes, ", \"propagate\": \"changes\"");
        } else {
            if (publishes) {
                put(&shape->nodes, ", \"publishers\": ");
                put_publishers(shape);
            }
            put_functions_of_node(shape);
        }
        put(&shape->nodes, "}");
        put_edges(shape, number);
    }
}

/* ---- the whole
 * --------------------------------------------------------------------------------------- */

static void put_endpoints(struct dag_buffer *out, const struct generated *generated)
{
    put(out, "\"subscribers\": [");
    for (size_t i = 0; i < generated->subscriber_count; i++)
        put(out,
            "%s{\"name\": \"s%zu\", \"config\": {\"source\": \"file://" GENERATED_IN
            "/in%zu.jsonl\", \"follow\": false}}",
            i > 0 ? ", " : "", i, i);
    put(out, "],\n \"publishers\": [");
    for (size_t i = 0; i < generated->publisher_count; i++)
        put(out,
            "%s{\"name\": \"p%zu\", \"config\": {\"destination\": \"file://" GENERATED_OUT
            "/out%zu.jsonl\"}}",
            i > 0 ? ", " : "", i, i);
    put(out, "],\n ");
}

void generate(struct random *random, unsigned flags, struct generated *generated)
{
    struct shape shape = {.random = random, .flags = flags};
    uint32_t subscribers = 1;

    if (random_chance(random, flags & GENERATE_ONE_SEQUENCE ? 20 : 60))
        subscribers += random_below(random, GENERATED_SUBSCRIBERS_MAX);
    if (subscribers > GENERATED_SUBSCRIBERS_MAX)
        subscribers = GENERATED_SUBSCRIBERS_MAX;
    shape.publishers = 1 + random_below(random, 3);
    *generated = (struct generated){.subscriber_count = subscribers,
                                    .has_errors = random_chance(random, 50)};
    generated->publisher_count = shape.publishers + generated->has_errors;
    for (size_t i = 0; i < subscribers; i++)
        put_input(&generated->inputs[i], random);

    struct dag_buffer *dag = &generated->dag;

    put(dag, "{\"name\": \"random\", \"propagate\": \"%s\",\n ",
        random_chance(random, 60) ? "every" : "changes");
    if (generated->has_errors)
        put(dag, "\"errors\": \"p%u\",\n ", shape.publishers);
    put_endpoints(dag, generated);
    shape.calculators = put_functions(dag, random, true);
    shape.transformers = put_functions(dag, random, false);
    put_sources(&shape, subscribers);
    put_graph(&shape);
    put(dag, "\"nodes\": [%.*s],\n \"edges\": [%.*s]}\n", (int)shape.nodes.size, shape.nodes.bytes,
        (int)shape.edges.size, shape.edges.size > 0 ? shape.edges.bytes : "");
    dag_buffer_free(&shape.nodes);
    dag_buffer_free(&shape.edges);
}

void generated_free(struct generated *generated)
{
    dag_buffer_free(&generated->dag);
    for (size_t i = 0; i < GENERATED_SUBSCRIBERS_MAX; i++)
        dag_buffer_free(&generated->inputs[i]);
}

void generated_dag(const struct generated *generated, const char *in, const char *out,
                   struct dag_buffer *text)
{
    const char *rest = generated->dag.bytes;
    const char *end = rest + generated->dag.size;

    while (rest < end) {
        const char *at = memchr(rest, '@', (size_t)(end - rest));
        bool is_in = at && strncmp(at, GENERATED_IN, strlen(GENERATED_IN)) == 0;

        if (!at) {
            put(text, "%.*s", (int)(end - rest), rest);
            break;
        }
        put(text, "%.*s%s", (int)(at - rest), rest, is_in ? in : out);
        rest = at + strlen(is_in ? GENERATED_IN : GENERATED_OUT);
    }
}
