/* later.c - connector types that this build knows but lacks: options and addresses only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/later.h"

#include <string.h>

/* ---- addresses ---------------------------------------------------------------------------- */

static bool fail(const char *wanted, struct dag_error *err)
{
    return dag_error_set(err, DAG_ERROR_INVALID, "the address should look like %s", wanted);
}

static bool check_topic(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)state;
    if (strncmp(address->rest, "topic/", 6) == 0 && address->rest[6] != '\0')
        return true;
    return fail("kafka://topic/NAME", err);
}

static bool check_namespace_and_set(void *state, const struct dag_address *address,
                                    struct dag_error *err)
{
    const char *slash = strchr(address->rest, '/');

    (void)state;
    if (slash && slash != address->rest && slash[1] != '\0')
        return true;
    return fail("aerospike://NAMESPACE/SET", err);
}

/* ---- options ------------------------------------------------------------------------------ */

/* Large enough for every table of this file. */
struct later_state {
    struct dag_text_list servers;
    struct dag_value settings;
    const char *text[4];
    int64_t number[2];
};

#define AT(member) offsetof(struct later_state, member)

#define BOOTSTRAP_SERVERS                                                                          \
    {                                                                                              \
        .name = "bootstrap_servers", .type = DAG_OPTION_TEXT_LIST,                                 \
        .flags = DAG_OPTION_ONE_OR_MORE, .offset = AT(servers),                                    \
        .default_json = "[\"localhost:9092\"]", .help = "The brokers to ask first."                \
    }

static const struct dag_option kafka_subscriber_options[] = {
    BOOTSTRAP_SERVERS,
    {.name = "group_id",
     .type = DAG_OPTION_TEXT,
     .offset = AT(text[0]),
     .help = "The consumer group; <subscriber name>_group when it is missing."},
    {.name = "consumer_config",
     .type = DAG_OPTION_OBJECT,
     .offset = AT(settings),
     .default_json = "{}",
     .help = "Settings for the client, passed through, such as auto_offset_reset."},
    {0},
};

static const struct dag_option kafka_publisher_options[] = {
    BOOTSTRAP_SERVERS,
    {.name = "producer_config",
     .type = DAG_OPTION_OBJECT,
     .offset = AT(settings),
     .default_json = "{}",
     .help = "Settings for the client, passed through, such as acks and retries."},
    {0},
};

#define SQL_CONFIG_FILE                                                                            \
    {                                                                                              \
        .name = "sql_config_file", .type = DAG_OPTION_TEXT,                                        \
        .flags = DAG_OPTION_REQUIRED | DAG_OPTION_PATH, .offset = AT(text[0]),                     \
        .help = "The JSON file with connection and statements; looked for beside the DAG file, "   \
                "then in the working folder."                                                      \
    }

static const struct dag_option sql_subscriber_options[] = {
    SQL_CONFIG_FILE,
    {.name = "poll_interval",
     .type = DAG_OPTION_SECONDS,
     .offset = AT(number[0]),
     .min = 1000,
     .max = INT64_MAX,
     .default_json = "5",
     .unit = "seconds",
     .help = "How long to wait after a select without rows."},
    {0},
};

static const struct dag_option sql_publisher_options[] = {SQL_CONFIG_FILE, {0}};

static const struct dag_option aerospike_options[] = {
    {.name = "hosts",
     .type = DAG_OPTION_ANY,
     .offset = AT(settings),
     .default_json = "[[\"localhost\", 3000]]",
     .help = "The nodes to ask first, each a list of host and port."},
    {0},
};

/* ---- descriptors -------------------------------------------------------------------------- */

#define SUBSCRIBER(id, ...)                                                                        \
    static const struct dag_subscriber id##_subscriber = {                                         \
        .abi_version = DAG_ABI_VERSION,                                                            \
        .scheme = #id,                                                                             \
        .state_size = sizeof(struct later_state),                                                  \
        __VA_ARGS__,                                                                               \
    }

#define PUBLISHER(id, ...)                                                                         \
    static const struct dag_publisher id##_publisher = {                                           \
        .abi_version = DAG_ABI_VERSION,                                                            \
        .scheme = #id,                                                                             \
        .state_size = sizeof(struct later_state),                                                  \
        __VA_ARGS__,                                                                               \
    }

SUBSCRIBER(kafka, .flags = DAG_CONNECTOR_SEEKS | DAG_CONNECTOR_PUBLISHABLE,
           .name = "KafkaDataSubscriber", .summary = "Messages of a Kafka topic.",
           .address_help = "kafka://topic/NAME", .options = kafka_subscriber_options,
           .check = check_topic);

SUBSCRIBER(sql, .name = "SQLDataSubscriber", .summary = "Rows of a select statement.",
           .address_help = "sql://LABEL", .options = sql_subscriber_options);

PUBLISHER(aerospike, .flags = DAG_CONNECTOR_KEYED | DAG_CONNECTOR_PROGRESS,
          .name = "AerospikeDataPublisher",
          .summary = "Writes attributes as bins under the key in `__dagserver_key`.",
          .address_help = "aerospike://NAMESPACE/SET", .options = aerospike_options,
          .check = check_namespace_and_set);

PUBLISHER(kafka, .flags = DAG_CONNECTOR_PROGRESS, .name = "KafkaDataPublisher",
          .summary = "Sends to a Kafka topic.", .address_help = "kafka://topic/NAME",
          .options = kafka_publisher_options, .check = check_topic);

PUBLISHER(sql, .flags = DAG_CONNECTOR_PROGRESS, .name = "SQLDataPublisher",
          .summary = "Runs an insert statement for each message.", .address_help = "sql://LABEL",
          .options = sql_publisher_options);

const struct dag_subscriber *const later_subscribers[] = {
    &kafka_subscriber,
    &sql_subscriber,
    NULL,
};

const struct dag_publisher *const later_publishers[] = {
    &aerospike_publisher,
    &kafka_publisher,
    &sql_publisher,
    NULL,
};
