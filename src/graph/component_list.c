/* component_list.c - see component_list.h: made from the same option tables as manual and schema.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/component_list.h"

#include <stdio.h>
#include <string.h>

#include "graph/keys.h"
#include "graph/schema.h"

#define ADDRESS_SIZE_MAX 80

/* One type of any kind. */
struct component {
    const char *kind, *type;
    const char *name;    /* as the original knows it */
    const char *summary; /* one sentence */
    const char *address; /* how its address looks; NULL: it has none */
    const struct dag_option *options, *common;
    bool is_available, uses_time, is_deterministic, takes_subscriber, takes_publishers;
};

/* The "config" of examples that say more than the required options. The address of a connector is
 * added to it. */
static const struct {
    const char *kind, *type, *members;
} examples[] = {
    {"calculator", "AdditionCalculator",
     "\"arguments\": [\"price\", \"fee\"], \"output_attribute\": \"total\""},
    {"calculator", "ApplyDefaultsCalculator", "\"defaults\": {\"currency\": \"EUR\"}"},
    {"calculator", "AttributeFilterCalculator", "\"keep_attributes\": [\"symbol\", \"price\"]"},
    {"calculator", "AttributeFilterAwayCalculator", "\"filter_attributes\": [\"internal\"]"},
    {"calculator", "AttributeNameChangeCalculator", "\"name_mapping\": {\"px\": \"price\"}"},
    {"calculator", "ExplodeCalculator", "\"attribute\": \"items\""},
    {"calculator", "FilterCalculator",
     "\"attribute\": \"price\", \"comparison\": \">\", \"value\": 100"},
    {"calculator", "MultiplicationCalculator",
     "\"arguments\": [\"price\", \"quantity\"], \"output_attribute\": \"value\""},
    {"transformer", "ApplyDefaultsDataTransformer", "\"defaults\": {\"currency\": \"EUR\"}"},
    {"transformer", "AttributeFilterDataTransformer",
     "\"keep_attributes\": [\"symbol\", \"price\"]"},
    {"transformer", "AttributeFilterAwayDataTransformer", "\"filter_attributes\": [\"internal\"]"},
    {"subscriber", "metronome", "\"interval\": 10, \"message\": {\"alive\": true}"},
};

/* ---- examples ----------------------------------------------------------------------------- */

/* Something of the option's type that stands for what a person has to write. */
static void write_placeholder(struct writer *writer, const struct dag_option *option)
{
    char word[64];

    switch (option->type) {
    case DAG_OPTION_TEXT:
        writer_text(writer, option->name);
        break;
    case DAG_OPTION_INTEGER:
    case DAG_OPTION_REAL:
    case DAG_OPTION_SECONDS:
    case DAG_OPTION_SIZE:
        writer_integer(writer, option->min > 0 ? option->min : 1);
        break;
    case DAG_OPTION_BOOL:
        writer_bool(writer, true);
        break;
    case DAG_OPTION_CHOICE:
        snprintf(word, sizeof(word), "%.*s", (int)strcspn(option->choices, " "), option->choices);
        writer_text(writer, word);
        break;
    case DAG_OPTION_TEXT_LIST:
        writer_open(writer, '[');
        writer_text(writer, option->name);
        writer_close(writer, ']');
        break;
    case DAG_OPTION_TEXT_MAP:
    case DAG_OPTION_OBJECT:
    case DAG_OPTION_ANY:
        writer_open(writer, '{');
        writer_close(writer, '}');
        break;
    }
}

/* The first form of "mem://queue/NAME or mem://topic/NAME". */
static void write_example_address(struct writer *writer, const struct component *component)
{
    char address[ADDRESS_SIZE_MAX];

    snprintf(address, sizeof(address), "%.*s", (int)strcspn(component->address, " ,"),
             component->address);
    writer_member(writer, component->kind[0] == 's' ? "source" : "destination", address);
}

static void write_example_config(struct writer *writer, const struct component *component)
{
    writer_open(writer, '{');
    if (component->address)
        write_example_address(writer, component);
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        if (strcmp(examples[i].kind, component->kind) == 0 &&
            strcmp(examples[i].type, component->type) == 0) {
            writer_json(writer, examples[i].members, strlen(examples[i].members));
            writer_close(writer, '}');
            return;
        }
    }
    for (const struct dag_option *option = component->options; option && option->name; option++) {
        if (option->flags & DAG_OPTION_REQUIRED) {
            writer_key(writer, option->name);
            write_placeholder(writer, option);
        }
    }
    writer_close(writer, '}');
}

static void write_example(struct writer *writer, const struct component *component)
{
    char name[64];

    snprintf(name, sizeof(name), "my_%s", component->kind);
    writer_open(writer, '{');
    writer_member(writer, "name", name);
    if (!component->address)
        writer_member(writer, "type", component->type);
    if (component->takes_subscriber)
        writer_member(writer, "subscriber", "my_subscriber");
    if (component->takes_publishers) {
        writer_key(writer, "publishers");
        writer_open(writer, '[');
        writer_text(writer, "my_publisher");
        writer_close(writer, ']');
    }
    writer_key(writer, "config");
    write_example_config(writer, component);
    writer_close(writer, '}');
}

/* ---- one component ------------------------------------------------------------------------ */

static void write_defaults(struct writer *writer, const struct component *component)
{
    const struct dag_option *tables[] = {component->common, component->options};

    writer_open(writer, '{');
    for (size_t i = 0; i < 2; i++) {
        for (const struct dag_option *option = tables[i]; option && option->name; option++) {
            if (option->default_json) {
                writer_key(writer, option->name);
                writer_json(writer, option->default_json, strlen(option->default_json));
            }
        }
    }
    writer_close(writer, '}');
}

static void write_bool(struct writer *writer, const char *key, bool boolean)
{
    writer_key(writer, key);
    writer_bool(writer, boolean);
}

static void write_component(struct writer *writer, const struct component *component)
{
    writer_open(writer, '{');
    writer_member(writer, "kind", component->kind);
    writer_member(writer, "type", component->type);
    writer_member(writer, "name", component->name);
    writer_member(writer, "summary", component->summary ? component->summary : "");
    writer_member(writer, "address", component->address);
    write_bool(writer, "is_available", component->is_available);
    write_bool(writer, "uses_time", component->uses_time);
    write_bool(writer, "is_deterministic", component->is_deterministic);
    write_bool(writer, "takes_subscriber", component->takes_subscriber);
    write_bool(writer, "takes_publishers", component->takes_publishers);
    writer_key(writer, "schema");
    schema_write_object(writer, component->options, component->common);
    writer_key(writer, "defaults");
    write_defaults(writer, component);
    writer_key(writer, "example");
    write_example(writer, component);
    writer_close(writer, '}');
}

/* ---- all of them -------------------------------------------------------------------------- */

static struct component of_subscriber(const struct dag_subscriber *type)
{
    return (struct component){.kind = "subscriber",
                              .type = type->scheme,
                              .name = type->name,
                              .summary = type->summary,
                              .address = type->address_help ? type->address_help : type->scheme,
                              .options = type->options,
                              .common = subscriber_key_table,
                              .is_available = !registry_lacks_subscriber(type),
                              .is_deterministic = true};
}

static struct component of_publisher(const struct dag_publisher *type)
{
    return (struct component){.kind = "publisher",
                              .type = type->scheme,
                              .name = type->name,
                              .summary = type->summary,
                              .address = type->address_help ? type->address_help : type->scheme,
                              .options = type->options,
                              .common = publisher_key_table,
                              .is_available = !registry_lacks_publisher(type),
                              .is_deterministic = true};
}

static struct component of_function(const char *kind, const struct dag_function *function)
{
    return (struct component){.kind = kind,
                              .type = function->name,
                              .name = function->name,
                              .summary = function->summary,
                              .options = function->options,
                              .is_available = true,
                              .uses_time = (function->flags & DAG_FUNCTION_USES_TIME) != 0,
                              .is_deterministic =
                                  (function->flags & DAG_FUNCTION_NOT_DETERMINISTIC) == 0};
}

static struct component of_node_type(const struct dag_node_type *type)
{
    struct component component = of_function("node", &type->function);

    component.takes_subscriber = (type->flags & DAG_NODE_TAKES_SUBSCRIBER) != 0;
    component.takes_publishers = (type->flags & DAG_NODE_TAKES_PUBLISHERS) != 0;
    return component;
}

static struct component of_node_kind(const struct node_kind *kind)
{
    return (struct component){.kind = "node",
                              .type = kind->name,
                              .name = kind->name,
                              .summary = kind->summary,
                              .options = kind->options,
                              .is_available = true,
                              .is_deterministic = true,
                              .takes_subscriber = kind->takes_subscriber,
                              .takes_publishers = kind->takes_publishers};
}

/* Calls `visit` with every component. */
static void each_component(const struct registry *registry,
                           void (*visit)(void *context, const struct component *component),
                           void *context)
{
    const struct dag_subscriber *subscriber;
    const struct dag_publisher *publisher;
    struct component component;

    for (size_t i = 0; (subscriber = registry_subscriber_at(registry, i)); i++) {
        component = of_subscriber(subscriber);
        visit(context, &component);
    }
    for (size_t i = 0; (publisher = registry_publisher_at(registry, i)); i++) {
        component = of_publisher(publisher);
        visit(context, &component);
    }
    for (const struct dag_function *const *at = registry->calculators; at && *at; at++) {
        component = of_function("calculator", *at);
        visit(context, &component);
    }
    for (const struct dag_function *const *at = registry->transformers; at && *at; at++) {
        component = of_function("transformer", *at);
        visit(context, &component);
    }
    for (const struct node_kind *kind = node_kinds; kind->name; kind++) {
        component = of_node_kind(kind);
        visit(context, &component);
    }
    for (const struct dag_node_type *const *at = registry->node_types; at && *at; at++) {
        component = of_node_type(*at);
        visit(context, &component);
    }
}

struct listing {
    struct writer writer;
    const char *kind, *type; /* NULL: all */
    size_t count;
};

static void list_component(void *context, const struct component *component)
{
    struct listing *listing = context;

    if (listing->kind && (strcmp(listing->kind, component->kind) != 0 ||
                          strcmp(listing->type, component->type) != 0 || listing->count > 0))
        return;
    write_component(&listing->writer, component);
    listing->count++;
}

bool component_list_write(const struct registry *registry, struct dag_buffer *out)
{
    struct listing listing = {.writer = {.out = out}};

    writer_open(&listing.writer, '{');
    writer_key(&listing.writer, "items");
    writer_open(&listing.writer, '[');
    each_component(registry, list_component, &listing);
    writer_close(&listing.writer, ']');
    writer_member(&listing.writer, "next_cursor", NULL);
    writer_key(&listing.writer, "total");
    writer_integer(&listing.writer, (int64_t)listing.count);
    writer_close(&listing.writer, '}');
    return !listing.writer.failed;
}

bool component_list_write_one(const struct registry *registry, const char *kind, const char *type,
                              bool *found, struct dag_buffer *out)
{
    struct listing listing = {.writer = {.out = out}, .kind = kind, .type = type};

    each_component(registry, list_component, &listing);
    *found = listing.count > 0;
    return !listing.writer.failed;
}
