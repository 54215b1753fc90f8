/* keys.h - the keys of a DAG file besides those of its components: one table for each object.
 * Check, schema and manual read the same tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GRAPH_KEYS_H
#define GRAPH_KEYS_H

#include "dag/option.h"
#include "graph/plan.h"

/** The DAG itself; its lists are `dag_lists`. */
struct dag_keys {
    const char *name, *start_time, *end_time, *duration, *errors;
    int64_t propagate, delivery, ack, memory_limit;
    struct dag_value journal, schedule, autoclone;
};
extern const struct dag_option dag_key_table[];

/** Ends with NULL. */
extern const char *const dag_lists[];

/** "schedule" and "autoclone". */
struct schedule_keys {
    struct dag_text_list days_of_week, exclude_days_of_week, holiday_calendars;
    const char *timezone;
    int64_t missed;
};
struct autoclone_keys {
    const char *ramp_up_time, *duration, *ramp_down_time, *timezone;
    int64_t ramp_count;
};
extern const struct dag_option schedule_key_table[], autoclone_key_table[];

/** "journal", where it is an object. */
struct journal_keys {
    int64_t depth, sync, retain_us, bytes_max;
};
extern const struct dag_option journal_key_table[];

/** An entry of "subscribers" or "publishers"; "config" is in it. */
extern const struct dag_option endpoint_key_table[];

/** What every subscriber knows in its "config" besides its own options. */
struct subscriber_keys {
    const char *source;
    int64_t max_depth, overflow;
};
extern const struct dag_option subscriber_key_table[];

/** The same for publishers. */
struct publisher_keys {
    const char *destination;
    int64_t publish_interval_us, batch_size, when_slow, spill_bytes_max, retry_min_us, retry_max_us;
};
extern const struct dag_option publisher_key_table[];

/** What custom:// adds to them. */
struct custom_keys {
    const char *delegate_module, *delegate_class;
    struct dag_value delegate_config;
    int64_t poll_interval_us;
};
extern const struct dag_option custom_subscriber_key_table[], custom_publisher_key_table[];

/** An entry of "calculators" or "transformers". */
struct function_keys {
    const char *name, *type;
    struct dag_value config;
};
extern const struct dag_option calculator_key_table[], transformer_key_table[];

/** An entry of "nodes". */
struct node_keys {
    const char *name, *type, *subscriber, *calculator;
    struct dag_text_list publishers, input_transformers, output_transformers;
    struct dag_value config;
    int64_t propagate;
};
extern const struct dag_option node_key_table[];

/** The "config" of some node types. */
struct node_config {
    int64_t interval_us;
    struct dag_text_list publishers;
};

/** An entry of "edges". */
struct edge_keys {
    const char *from_node, *to_node, *data_transformer, *pname;
};
extern const struct dag_option edge_key_table[];

/** A built-in node type. */
struct node_kind {
    const char *name;
    enum plan_node_kind kind;
    bool takes_subscriber, takes_publishers;
    const struct dag_option *options; /* of its "config", a struct node_config; may be NULL */
    const char *summary;
};

/** Ends with a name of NULL. */
extern const struct node_kind node_kinds[];

/** The built-in node type of that name, or NULL. */
const struct node_kind *node_kind_find(const char *name);

#endif
