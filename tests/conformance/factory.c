/* factory.c - a subscriber's or publisher's properties, as the plan and the option table give them.
 *
 * Options keep their names. What the original shows of an address has names of its own: the
 * tables below say which part of the address it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "conformance/runner.h"
#include "core/options.h"

/** Which part of the address a property shows. */
enum part {
    PART_REST,         /* all that follows the scheme */
    PART_BEHIND_SLASH, /* what follows the first slash of it */
    PART_BEFORE_SLASH,
    PART_IS_QUEUE, /* true for queue/..., false for topic/... */
};

static const struct {
    const char *scheme;
    const char *property;
    enum part part;
} address_properties[] = {
    {"mem", "target_name", PART_BEHIND_SLASH},
    {"mem", "is_queue", PART_IS_QUEUE},
    {"file", "filepath", PART_REST},
    {"kafka", "topic", PART_BEHIND_SLASH},
    {"activemq", "dest_type", PART_BEFORE_SLASH},
    {"activemq", "dest_name", PART_BEHIND_SLASH},
    {"redischannel", "channel", PART_REST},
    {"aerospike", "namespace", PART_BEFORE_SLASH},
    {"aerospike", "set_name", PART_BEHIND_SLASH},
    {"custom", "delegate_name", PART_REST},
};

static void add_key(struct dag_buffer *out, const char *key)
{
    add(out, ", \"%s\": ", key);
}

static void add_address(struct dag_buffer *out, const struct dag_address *address)
{
    const char *slash = strchr(address->rest, '/');
    size_t before = slash ? (size_t)(slash - address->rest) : strlen(address->rest);
    const char *behind = slash ? slash + 1 : "";

    for (size_t i = 0; i < sizeof(address_properties) / sizeof(address_properties[0]); i++) {
        if (strcmp(address->scheme, address_properties[i].scheme) != 0)
            continue;
        add_key(out, address_properties[i].property);
        switch (address_properties[i].part) {
        case PART_REST:
            add_string(out, address->rest, strlen(address->rest));
            break;
        case PART_BEHIND_SLASH:
            add_string(out, behind, strlen(behind));
            break;
        case PART_BEFORE_SLASH:
            add_string(out, address->rest, before);
            break;
        default:
            add(out, strncmp(address->rest, "queue/", 6) == 0 ? "true" : "false");
            break;
        }
    }
}

static void add_seconds(struct dag_buffer *out, int64_t microseconds)
{
    add(out, "%.6f", (double)microseconds / 1e6);
}

static void add_text_or_null(struct dag_buffer *out, const char *text)
{
    if (text)
        add_string(out, text, strlen(text));
    else
        add(out, "null");
}

static void add_choice(struct dag_buffer *out, const char *choices, int64_t index)
{
    for (; index > 0 && strchr(choices, ' '); index--)
        choices = strchr(choices, ' ') + 1;
    add_string(out, choices, strcspn(choices, " "));
}

/** The field of `state` that an option fills, as JSON. */
static void add_field(struct dag_buffer *out, const struct dag_option *option, const char *state)
{
    const void *field = state + option->offset;

    switch (option->type) {
    case DAG_OPTION_TEXT:
        add_text_or_null(out, *(const char *const *)field);
        break;
    case DAG_OPTION_INTEGER:
    case DAG_OPTION_SIZE:
        add(out, "%lld", (long long)*(const int64_t *)field);
        break;
    case DAG_OPTION_REAL:
        add(out, "%.17g", *(const double *)field);
        break;
    case DAG_OPTION_BOOL:
        add(out, *(const bool *)field ? "true" : "false");
        break;
    case DAG_OPTION_SECONDS:
        add_seconds(out, *(const int64_t *)field);
        break;
    case DAG_OPTION_CHOICE:
        add_choice(out, option->choices, *(const int64_t *)field);
        break;
    case DAG_OPTION_TEXT_LIST: {
        const struct dag_text_list *list = field;

        add(out, "[");
        for (size_t i = 0; i < list->count; i++) {
            add(out, i > 0 ? ", " : "");
            add_string(out, list->items[i].text, list->items[i].size);
        }
        add(out, "]");
        break;
    }
    case DAG_OPTION_TEXT_MAP: {
        const struct dag_text_map *map = field;

        add(out, "{");
        for (size_t i = 0; i < map->count; i++) {
            add(out, i > 0 ? ", " : "");
            add_string(out, map->keys[i].text, map->keys[i].size);
            add(out, ": ");
            add_string(out, map->values[i].text, map->values[i].size);
        }
        add(out, "}");
        break;
    }
    default: {
        const struct dag_value *value = field;

        if (value->type == DAG_TYPE_MISSING)
            add(out, "null");
        else if (!dag_json_write_value(out, value))
            abort();
        break;
    }
    }
}

/** Keys of `config` that no option has are passed over: the check has judged them. */
static void add_options(struct dag_buffer *out, const struct dag_option *options, size_t state_size,
                        const struct tree *config, const char *name, struct outcome *outcome)
{
    struct tree_document *document = tree_document_new();
    char *state = calloc(1, state_size + 1);

    if (!document || !state || !options_read_known(options, config, state, document, NULL, NULL)) {
        outcome_broken(outcome, "the options can't be read");
    } else {
        for (const struct dag_option *option = options; option->name; option++) {
            const char *const *text = (const void *)(state + option->offset);

            add_key(out, option->name);
            /* The one default that is made from the component's name. */
            if (strcmp(option->name, "group_id") == 0 && option->type == DAG_OPTION_TEXT && !*text)
                add(out, "\"%s_group\"", name);
            else
                add_field(out, option, state);
        }
    }
    free(state);
    tree_document_free(document);
}

static void add_subscriber(struct dag_buffer *out, const struct plan_subscriber *subscriber,
                           struct outcome *outcome)
{
    add(out, "{\"type\": \"%s\", \"name\": \"%s\", \"max_depth\": %lld", subscriber->type->name,
        subscriber->name, (long long)subscriber->max_depth);
    add_key(out, "source");
    add_string(out, subscriber->address.uri, strlen(subscriber->address.uri));
    add_address(out, &subscriber->address);
    if (subscriber->type->options)
        add_options(out, subscriber->type->options, subscriber->type->state_size,
                    subscriber->config, subscriber->name, outcome);
    add(out, "}");
}

static void add_publisher(struct dag_buffer *out, const struct plan_publisher *publisher,
                          struct outcome *outcome)
{
    add(out, "{\"type\": \"%s\", \"name\": \"%s\"", publisher->type->name, publisher->name);
    add_key(out, "destination");
    add_string(out, publisher->address.uri, strlen(publisher->address.uri));
    add_key(out, "publish_interval");
    add_seconds(out, publisher->publish_interval_us);
    add_key(out, "batch_size");
    if (publisher->batch_size > 0)
        add(out, "%lld", (long long)publisher->batch_size);
    else
        add(out, "null");
    add_address(out, &publisher->address);
    if (publisher->type->options)
        add_options(out, publisher->type->options, publisher->type->state_size, publisher->config,
                    publisher->name, outcome);
    add(out, "}");
}

void run_factory(const struct vector_case *vector, struct outcome *outcome)
{
    const struct tree *config = tree_get(vector->tree, "config");
    const struct tree *kind = tree_get(config, "kind");
    struct dag_buffer dag = {0};

    if (!kind || kind->type != TREE_TEXT ||
        (strcmp(kind->text, "subscriber") != 0 && strcmp(kind->text, "publisher") != 0)) {
        outcome_broken(outcome, "a factory makes subscribers and publishers");
        return;
    }
    add(&dag, "{\"name\": \"vector\", \"%ss\": [{", kind->text);
    for (const char *const *key = (const char *const[]){"name", "config", NULL}; *key; key++)
        if (tree_get(config, *key)) {
            add(&dag, "%s\"%s\": ", dag.bytes[dag.size - 1] == '{' ? "" : ", ", *key);
            add_wire(&dag, tree_get(config, *key));
        }
    add(&dag, "}]}");

    struct plan *plan = check_graph(vector->registry, dag.bytes, dag.size, outcome);

    if (plan && plan->subscriber_count > 0)
        add_subscriber(&outcome->result, &plan->subscribers[0], outcome);
    else if (plan && plan->publisher_count > 0)
        add_publisher(&outcome->result, &plan->publishers[0], outcome);
    plan_free(plan);
    dag_buffer_free(&dag);
}
