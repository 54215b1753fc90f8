/* fake_registry.c - component types that only check, and the connectors to servers as they are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_registry.h"

#include <string.h>

#include "connectors/registry.h"

int fake_open_count;

/* Large enough for every table of this file. */
struct fake_state {
    struct dag_text_list list;
    struct dag_text_map map;
    struct dag_value value;
    const char *text;
    int64_t number, other;
    double real;
    bool flag;
};

#define AT(member) offsetof(struct fake_state, member)
#define LIST(key, text)                                                                            \
    {                                                                                              \
        .name = (key), .type = DAG_OPTION_TEXT_LIST, .offset = AT(list), .default_json = "[]",     \
        .help = (text)                                                                             \
    }

static bool fake_open(void *state, struct dag_host *host, struct dag_error *err)
{
    const struct fake_state *fake = state;

    (void)host;
    fake_open_count++;
    if (fake->text && strcmp(fake->text, "refused") == 0)
        return dag_error_set(err, DAG_ERROR_INVALID, "'output_attribute' must not be 'refused'");
    return true;
}

static void fake_close(void *state)
{
    (void)state;
    fake_open_count--;
}

/* ---- functions ---------------------------------------------------------------------------- */

static const struct dag_option no_options[] = {{0}};

static const struct dag_option filter_options[] = {
    LIST("keep_attributes", "What to keep."),
    {0},
};

static const struct dag_option filter_away_options[] = {
    LIST("filter_attributes", "What to leave out."),
    {0},
};

static const struct dag_option defaults_options[] = {
    {.name = "defaults",
     .type = DAG_OPTION_OBJECT,
     .offset = AT(value),
     .default_json = "{}",
     .help = "What is put in the place of what is missing or null."},
    {0},
};

static const struct dag_option arithmetic_options[] = {
    LIST("arguments", "The operands."),
    {.name = "output_attribute",
     .type = DAG_OPTION_TEXT,
     .offset = AT(text),
     .default_json = "\"result\"",
     .help = "Where the result goes."},
    {.name = "keep_input",
     .type = DAG_OPTION_BOOL,
     .offset = AT(flag),
     .default_json = "false",
     .help = "Keeps the input's attributes."},
    {0},
};

static const struct dag_option rename_options[] = {
    {.name = "name_mapping",
     .type = DAG_OPTION_TEXT_MAP,
     .offset = AT(map),
     .default_json = "{}",
     .help = "Old names and new names."},
    {0},
};

#define FUNCTION(id, type_name, table)                                                             \
    static const struct dag_function id = {.abi_version = DAG_ABI_VERSION,                         \
                                           .name = (type_name),                                    \
                                           .summary = "A fake.",                                   \
                                           .options = (table),                                     \
                                           .state_size = sizeof(struct fake_state),                \
                                           .open = fake_open,                                      \
                                           .close = fake_close}

FUNCTION(addition, "AdditionCalculator", arithmetic_options);
FUNCTION(apply_defaults, "ApplyDefaultsCalculator", defaults_options);
FUNCTION(filter, "AttributeFilterCalculator", filter_options);
FUNCTION(filter_away, "AttributeFilterAwayCalculator", filter_away_options);
FUNCTION(rename_attributes, "AttributeNameChangeCalculator", rename_options);
FUNCTION(multiplication, "MultiplicationCalculator", arithmetic_options);
FUNCTION(null_calculator, "NullCalculator", no_options);
FUNCTION(passthru, "PassthruCalculator", no_options);

static const struct dag_function dice = {.abi_version = DAG_ABI_VERSION,
                                         .flags = DAG_FUNCTION_NOT_DETERMINISTIC,
                                         .name = "DiceCalculator",
                                         .summary = "Not deterministic."};

FUNCTION(defaults_transformer, "ApplyDefaultsDataTransformer", defaults_options);
FUNCTION(filter_transformer, "AttributeFilterDataTransformer", filter_options);
FUNCTION(filter_away_transformer, "AttributeFilterAwayDataTransformer", filter_away_options);
FUNCTION(null_transformer, "NullDataTransformer", no_options);
FUNCTION(passthru_transformer, "PassthruDataTransformer", no_options);

static const struct dag_function *const calculators[] = {
    &addition, &apply_defaults, &filter_away,     &filter,   &rename_attributes,
    &dice,     &multiplication, &null_calculator, &passthru, NULL};

static const struct dag_function *const transformers[] = {
    &defaults_transformer, &filter_away_transformer, &filter_transformer,
    &null_transformer,     &passthru_transformer,    NULL};

/* ---- connectors --------------------------------------------------------------------------- */

static const struct dag_option mem_options[] = {
    {.name = "max_size",
     .type = DAG_OPTION_INTEGER,
     .offset = AT(number),
     .min = 1,
     .max = INT64_MAX,
     .default_json = "100000",
     .help = "Bound of the queue."},
    {.name = "max_depth",
     .type = DAG_OPTION_INTEGER,
     .offset = AT(other),
     .min = 0,
     .max = INT64_MAX,
     .default_json = "100000",
     .help = "A key that the shared table has too."},
    {0},
};

static const struct dag_option file_subscriber_options[] = {
    {.name = "read_interval",
     .type = DAG_OPTION_SECONDS,
     .offset = AT(number),
     .min = 1,
     .max = INT64_MAX,
     .default_json = "1",
     .help = "Understood for old files."},
    {.name = "follow",
     .type = DAG_OPTION_BOOL,
     .offset = AT(flag),
     .default_json = "true",
     .help = "Waits for more at the end."},
    {0},
};

static const struct dag_option metronome_options[] = {
    {.name = "interval",
     .type = DAG_OPTION_SECONDS,
     .offset = AT(number),
     .min = 1000,
     .max = INT64_MAX,
     .default_json = "1",
     .help = "The time between two messages."},
    {.name = "message",
     .type = DAG_OPTION_ANY,
     .offset = AT(value),
     .default_json = "\"tick\"",
     .help = "What is sent."},
    {0},
};

static bool mem_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)state;
    fake_open_count++;
    if ((strncmp(address->rest, "queue/", 6) == 0 || strncmp(address->rest, "topic/", 6) == 0) &&
        address->rest[6])
        return true;
    return dag_error_set(err, DAG_ERROR_INVALID, "write mem://queue/NAME or mem://topic/NAME");
}

static bool file_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)state;
    fake_open_count++;
    return address->rest[0] || dag_error_set(err, DAG_ERROR_INVALID, "the path is missing");
}

static enum dag_read_status fake_read(void *state, struct dag_batch *out, struct dag_error *err)
{
    (void)state;
    (void)out;
    (void)err;
    return DAG_READ_END;
}

static enum dag_write_status fake_write(void *state, const struct dag_delivery *delivery,
                                        size_t *written, struct dag_error *err)
{
    (void)state;
    (void)err;
    *written = delivery->count;
    return DAG_WRITE_DONE;
}

#define CONNECTOR(word, table, checker)                                                            \
    .abi_version = DAG_ABI_VERSION, .scheme = (word), .summary = "A fake.",                        \
    .address_help = word "://...", .options = (table), .state_size = sizeof(struct fake_state),    \
    .check = (checker)

static const struct dag_subscriber mem_subscriber = {
    CONNECTOR("mem", mem_options, mem_check), .flags = DAG_CONNECTOR_PUBLISHABLE,
    .name = "InMemoryDataSubscriber", .read = fake_read, .close = fake_close};

static const struct dag_subscriber file_subscriber = {
    CONNECTOR("file", file_subscriber_options, file_check),
    .flags = DAG_CONNECTOR_SEEKS | DAG_CONNECTOR_ENDS | DAG_CONNECTOR_ORDERED,
    .name = "FileDataSubscriber", .read = fake_read, .close = fake_close};

static const struct dag_subscriber metronome_subscriber = {
    CONNECTOR("metronome", metronome_options, NULL),
    .flags = DAG_CONNECTOR_BARE | DAG_CONNECTOR_TIMER, .name = "MetronomeDataSubscriber",
    .read = fake_read};

static const struct dag_publisher mem_publisher = {CONNECTOR("mem", mem_options, mem_check),
                                                   .name = "InMemoryDataPublisher",
                                                   .write = fake_write, .close = fake_close};

static const struct dag_publisher file_publisher = {
    CONNECTOR("file", no_options, file_check), .flags = DAG_CONNECTOR_PROGRESS,
    .name = "FileDataPublisher", .write = fake_write, .close = fake_close};

static const struct dag_publisher metronome_publisher = {
    CONNECTOR("metronome", metronome_options, NULL), .flags = DAG_CONNECTOR_BARE,
    .name = "MetronomeDataPublisher", .write = fake_write};

/* Those of brokers are the real ones: what a check asks of them needs no broker. */
static const struct dag_subscriber *const subscribers[] = {&dag_subscriber_activemq,
                                                           &file_subscriber,
                                                           &mem_subscriber,
                                                           &metronome_subscriber,
                                                           &dag_subscriber_redischannel,
                                                           NULL};
static const struct dag_publisher *const publishers[] = {&dag_publisher_activemq,
                                                         &file_publisher,
                                                         &mem_publisher,
                                                         &metronome_publisher,
                                                         &dag_publisher_redis,
                                                         &dag_publisher_redischannel,
                                                         NULL};

const struct registry fake_registry = {.calculators = calculators,
                                       .transformers = transformers,
                                       .subscribers = subscribers,
                                       .publishers = publishers};

/* ---- plug-ins ----------------------------------------------------------------------------- */

FUNCTION(price, "Price", arithmetic_options);
FUNCTION(trim, "Trim", filter_options);

static const struct dag_node_type till = {.abi_version = DAG_ABI_VERSION,
                                          .flags = DAG_NODE_TAKES_PUBLISHERS,
                                          .function = {.abi_version = DAG_ABI_VERSION,
                                                       .name = "Till",
                                                       .summary = "A fake.",
                                                       .options = arithmetic_options,
                                                       .state_size = sizeof(struct fake_state)}};

static const struct dag_subscriber feed = {CONNECTOR("feed", mem_options, NULL), .name = "Feed",
                                           .read = fake_read};
static const struct dag_publisher bill = {CONNECTOR("bill", mem_options, NULL), .name = "Bill",
                                          .write = fake_write};

static const void *fake_load(void *context, const char *kind, const char *library, const char *name,
                             struct dag_error *err)
{
    static const struct {
        const char *kind, *name;
        const void *descriptor;
    } types[] = {{"calculator", "Price", &price},
                 {"transformer", "Trim", &trim},
                 {"node", "Till", &till},
                 {"subscriber", "Feed", &feed},
                 {"publisher", "Bill", &bill}};

    (void)context;
    for (size_t i = 0; strcmp(library, "shop") == 0 && i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].kind, kind) == 0 && strcmp(types[i].name, name) == 0)
            return types[i].descriptor;
    }
    dag_error_set(err, DAG_ERROR_INVALID, "the library '%s' has no %s '%s'", library, kind, name);
    return NULL;
}

const struct registry fake_registry_with_plugins = {.calculators = calculators,
                                                    .transformers = transformers,
                                                    .subscribers = subscribers,
                                                    .publishers = publishers,
                                                    .load = fake_load};
