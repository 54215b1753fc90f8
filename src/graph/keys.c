/* keys.c - the keys of a DAG file besides those of its components. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/keys.h"

#include <string.h>

#define REQUIRED DAG_OPTION_REQUIRED
#define NULLABLE DAG_OPTION_NULLABLE

/* One line of a table: key, type, flags, the field, then what the type needs. */
#define KEY(owner, key, kind, how, field, ...)                                                     \
    {                                                                                              \
        .name = key, .type = DAG_OPTION_##kind, .flags = (how), .offset = offsetof(owner, field),  \
        __VA_ARGS__                                                                                \
    }
#define END                                                                                        \
    {                                                                                              \
        0                                                                                          \
    }

#define DAG(...) KEY(struct dag_keys, __VA_ARGS__)
const struct dag_option dag_key_table[] = {
    DAG("name", TEXT, REQUIRED, name, .help = "Unique in a server."),
    DAG("start_time", TEXT, NULLABLE, start_time,
        .help = "Begin of the daily time window, HHMM or HH:MM in local time."),
    DAG("end_time", TEXT, NULLABLE, end_time,
        .help = "End of the daily time window, HHMM or HH:MM; it belongs to the window."),
    DAG("duration", TEXT, NULLABLE, duration,
        .help = "Length of the time window, such as 8h, 90m or 1h30m; goes before `end_time`."),
    DAG("propagate", CHOICE, NULLABLE, propagate, .choices = "every changes",
        .default_json = "\"every\"",
        .help = "`every`: each event goes all the way through; `changes`: equal inputs and outputs "
                "in a row are passed over."),
    DAG("errors", TEXT, NULLABLE, errors,
        .help = "The publisher that takes events that failed; without one they go to the "
                "dead-letter store."),
    DAG("delivery", CHOICE, NULLABLE, delivery, .choices = "at_least_once exactly_once",
        .default_json = "\"at_least_once\"", .help = "What holds across a crash."),
    DAG("journal", ANY, NULLABLE, journal,
        .help = "true, false, or an object: keeps the order of events, or the events themselves, "
                "on disk."),
    DAG("ack", CHOICE, NULLABLE, ack, .choices = "default journal", .default_json = "\"default\"",
        .help = "`journal`: sources may forget an event once it is synced in the journal."),
    DAG("memory_limit", SIZE, NULLABLE, memory_limit, .min = 1 << 20, .max = INT64_MAX,
        .unit = "bytes", .help = "Sources wait while the DAG holds more."),
    DAG("schedule", OBJECT, NULLABLE, schedule,
        .help = "Days, holidays and time zone of the time window."),
    DAG("autoclone", OBJECT, NULLABLE, autoclone,
        .help = "Clones that the server adds for a part of the day."),
    END,
};

const char *const dag_lists[] = {"subscribers", "publishers", "calculators", "transformers",
                                 "nodes",       "edges",      NULL};

#define SCHEDULE(...) KEY(struct schedule_keys, __VA_ARGS__)
const struct dag_option schedule_key_table[] = {
    SCHEDULE("days_of_week", TEXT_LIST, NULLABLE | DAG_OPTION_ONE_OR_MORE, days_of_week,
             .help = "The days that count, such as Monday or Mon; none given: every day."),
    SCHEDULE("exclude_days_of_week", TEXT_LIST, NULLABLE | DAG_OPTION_ONE_OR_MORE,
             exclude_days_of_week, .help = "Days that don't count."),
    SCHEDULE("holiday_calendars", TEXT_LIST, NULLABLE | DAG_OPTION_ONE_OR_MORE, holiday_calendars,
             .help = "JSON files with dates that don't count."),
    SCHEDULE("timezone", TEXT, NULLABLE, timezone,
             .help = "The zone of window, days and dates, such as Europe/Berlin; none given: the "
                     "system's."),
    SCHEDULE("missed", CHOICE, NULLABLE, missed, .choices = "skip run_late",
             .default_json = "\"skip\"",
             .help = "A window that passed while the server was down: leave it, or run at the next "
                     "start for as long as it would have been open."),
    END,
};

#define AUTOCLONE(...) KEY(struct autoclone_keys, __VA_ARGS__)
const struct dag_option autoclone_key_table[] = {
    AUTOCLONE("ramp_up_time", TEXT, REQUIRED, ramp_up_time,
              .help = "From when on clones are made, one a minute; HHMM or HH:MM."),
    AUTOCLONE("duration", TEXT, NULLABLE, duration,
              .help = "How long they stay, such as 8h; goes before `ramp_down_time`."),
    AUTOCLONE("ramp_down_time", TEXT, NULLABLE, ramp_down_time,
              .help = "From when on they are removed, one a minute; HHMM or HH:MM."),
    AUTOCLONE("ramp_count", INTEGER, REQUIRED, ramp_count, .min = 1, .max = 1000, .unit = "clones",
              .help = "How many clones there are in the end."),
    AUTOCLONE("timezone", TEXT, NULLABLE, timezone,
              .help = "The zone of these times; none given: the schedule's."),
    END,
};

#define JOURNAL(...) KEY(struct journal_keys, __VA_ARGS__)
const struct dag_option journal_key_table[] = {
    JOURNAL("depth", CHOICE, NULLABLE, depth, .choices = "order events",
            .default_json = "\"events\"",
            .help = "`order`: positions only, the events are read again from their source; "
                    "`events`: the events too."),
    JOURNAL("sync", CHOICE, NULLABLE, sync, .choices = "always interval os",
            .default_json = "\"always\"", .help = "When the journal is made safe on disk."),
    JOURNAL("retain", SECONDS, NULLABLE, retain_us, .default_json = "\"24h\"", .unit = "seconds",
            .help = "How long to keep what recovery no longer needs."),
    JOURNAL("max_bytes", SIZE, NULLABLE, bytes_max, .default_json = "\"1GiB\"", .unit = "bytes",
            .help = "How much to keep at most."),
    END,
};

#define ENDPOINT(...) KEY(struct function_keys, __VA_ARGS__)
const struct dag_option endpoint_key_table[] = {
    ENDPOINT("name", TEXT, REQUIRED, name, .help = "What nodes call it."),
    ENDPOINT("config", OBJECT, REQUIRED, config, .help = "Address and options."),
    END,
};

#define SUBSCRIBER(...) KEY(struct subscriber_keys, __VA_ARGS__)
const struct dag_option subscriber_key_table[] = {
    SUBSCRIBER("source", TEXT, REQUIRED, source, .help = "The address to read from."),
    SUBSCRIBER("max_depth", INTEGER, NULLABLE, max_depth, .max = INT64_MAX,
               .default_json = "100000", .unit = "messages",
               .help = "Bound of the queue of waiting messages; 0: bounded by bytes alone."),
    SUBSCRIBER("overflow", CHOICE, NULLABLE, overflow,
               .choices = "block latest drop_newest drop_oldest", .default_json = "\"block\"",
               .help = "What happens when the queue is full; what is dropped is counted."),
    END,
};

#define PUBLISHER(...) KEY(struct publisher_keys, __VA_ARGS__)
const struct dag_option publisher_key_table[] = {
    PUBLISHER("destination", TEXT, REQUIRED, destination, .help = "The address to write to."),
    PUBLISHER("publish_interval", SECONDS, NULLABLE, publish_interval_us, .default_json = "0",
              .unit = "seconds",
              .help = "0: each message goes out at once; else messages are held and sent together "
                      "in this interval."),
    PUBLISHER("batch_size", INTEGER, NULLABLE, batch_size, .max = INT64_MAX, .unit = "messages",
              .help = "With an interval: as many are sent at once without waiting for it; 0 or "
                      "null: no such bound."),
    PUBLISHER("when_slow", CHOICE, NULLABLE, when_slow, .choices = "block spill",
              .default_json = "\"block\"",
              .help = "`block`: the DAG waits for a slow destination; `spill`: what waits is kept "
                      "on disk."),
    PUBLISHER("spill_max_bytes", SIZE, NULLABLE, spill_bytes_max, .min = 65536, .max = INT64_MAX,
              .default_json = "\"1GiB\"", .unit = "bytes",
              .help = "With `spill`: how much is kept on disk at most; then the DAG waits."),
    PUBLISHER("retry_min", SECONDS, NULLABLE, retry_min_us, .min = 1000, .max = INT64_MAX,
              .default_json = "\"100ms\"", .unit = "seconds",
              .help = "The first wait before a failed write is tried again; it doubles each time."),
    PUBLISHER("retry_max", SECONDS, NULLABLE, retry_max_us, .min = 1000, .max = INT64_MAX,
              .default_json = "\"30s\"", .unit = "seconds",
              .help = "The longest wait before a failed write is tried again."),
    END,
};

#define CUSTOM(...) KEY(struct custom_keys, __VA_ARGS__)
#define CUSTOM_KEYS                                                                                \
    CUSTOM("delegate_module", TEXT, REQUIRED, delegate_module,                                     \
           .help = "The shared library, in a plug-in folder."),                                    \
        CUSTOM("delegate_class", TEXT, REQUIRED, delegate_class,                                   \
               .help = "The name of the type that the library exports."),                          \
        CUSTOM("delegate_config", OBJECT, NULLABLE, delegate_config, .default_json = "{}",         \
               .help = "The options of that type.")
const struct dag_option custom_subscriber_key_table[] = {
    CUSTOM_KEYS,
    CUSTOM("poll_interval", SECONDS, NULLABLE, poll_interval_us, .default_json = "1",
           .unit = "seconds",
           .help = "Understood for old files; a plug-in says itself when it has "
                   "messages."),
    END,
};

const struct dag_option custom_publisher_key_table[] = {CUSTOM_KEYS, END};

#define FUNCTION(...) KEY(struct function_keys, __VA_ARGS__)
const struct dag_option calculator_key_table[] = {
    FUNCTION("name", TEXT, REQUIRED, name, .help = "What nodes call it."),
    FUNCTION("type", TEXT, NULLABLE, type, .default_json = "\"NullCalculator\"",
             .help = "A built-in type, or library.Type of a plug-in."),
    FUNCTION("config", OBJECT, NULLABLE, config, .default_json = "{}",
             .help = "The options of the type."),
    END,
};

const struct dag_option transformer_key_table[] = {
    FUNCTION("name", TEXT, REQUIRED, name, .help = "What nodes and edges call it."),
    FUNCTION("type", TEXT, NULLABLE, type, .default_json = "\"NullDataTransformer\"",
             .help = "A built-in type, or library.Type of a plug-in."),
    FUNCTION("config", OBJECT, NULLABLE, config, .default_json = "{}",
             .help = "The options of the type."),
    END,
};

#define NODE(...) KEY(struct node_keys, __VA_ARGS__)
const struct dag_option node_key_table[] = {
    NODE("name", TEXT, REQUIRED, name, .help = "What edges call it."),
    NODE("type", TEXT, NULLABLE, type, .default_json = "\"CalculationNode\"",
         .help = "A built-in type, or library.Type of a plug-in."),
    NODE("config", OBJECT, NULLABLE, config, .default_json = "{}",
         .help = "The options of the type."),
    NODE("subscriber", TEXT, NULLABLE, subscriber,
         .help = "Where a subscription or metronome node takes its messages from."),
    NODE("publishers", TEXT_LIST, NULLABLE, publishers,
         .help = "Where a publication, metronome or publisher-sink node sends its output to."),
    NODE("calculator", TEXT, NULLABLE, calculator, .help = "What makes the output of the input."),
    NODE("input_transformers", TEXT_LIST, NULLABLE, input_transformers,
         .help = "Run in this order in front of the calculator."),
    NODE("output_transformers", TEXT_LIST, NULLABLE, output_transformers,
         .help = "Run in this order behind the calculator."),
    NODE("propagate", CHOICE, NULLABLE, propagate, .choices = "every changes",
         .help = "As the DAG's, for this node alone."),
    END,
};

#define CONFIG(...) KEY(struct node_config, __VA_ARGS__)
static const struct dag_option metronome_options[] = {
    CONFIG("interval", SECONDS, NULLABLE, interval_us, .min = 1000, .max = INT64_MAX,
           .default_json = "1", .unit = "seconds", .help = "The time between two ticks."),
    END,
};

static const struct dag_option publisher_sink_options[] = {
    CONFIG("publishers", TEXT_LIST, NULLABLE, publishers,
           .help = "Where the value of each edge is sent to."),
    END,
};

#define EDGE(...) KEY(struct edge_keys, __VA_ARGS__)
const struct dag_option edge_key_table[] = {
    EDGE("from_node", TEXT, REQUIRED, from_node, .help = "The node that gives its output."),
    EDGE("to_node", TEXT, REQUIRED, to_node, .help = "The node that takes it."),
    EDGE("data_transformer", TEXT, NULLABLE, data_transformer,
         .help = "The transformer that the value goes through."),
    EDGE("pname", TEXT, NULLABLE, pname,
         .help = "Puts the value under this name instead of spreading its attributes."),
    END,
};

const struct node_kind node_kinds[] = {
    {"CalculationNode", PLAN_NODE_CALCULATION, false, false, NULL,
     "Merges its inputs and calculates."},
    {"MetronomeNode", PLAN_NODE_METRONOME, true, true, metronome_options,
     "Ticks at start and then in an interval; repeats its subscriber's last message, if it has "
     "one."},
    {"PublicationNode", PLAN_NODE_PUBLICATION, false, true, NULL,
     "Calculates and gives its output to publishers."},
    {"PublisherSinkNode", PLAN_NODE_PUBLISHER_SINK, false, true, publisher_sink_options,
     "Publishes the value of each edge that brought something new, without merging."},
    {"SinkNode", PLAN_NODE_SINK, false, false, NULL, "Does nothing."},
    {"SubscriptionNode", PLAN_NODE_SUBSCRIPTION, true, false, NULL,
     "Takes messages from its subscriber."},
    {NULL, PLAN_NODE_CALCULATION, false, false, NULL, NULL},
};

const struct node_kind *node_kind_find(const char *name)
{
    for (const struct node_kind *kind = node_kinds; kind->name; kind++) {
        if (strcmp(kind->name, name) == 0)
            return kind;
    }
    return NULL;
}
