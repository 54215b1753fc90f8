/* custom.c - connectors from a plug-in library: custom://NAME.
 *
 * Only the address and the options stand here. The graph finds the descriptor that
 * `delegate_module` and `delegate_class` name and works with that one; `delegate_config` is read
 * against its options.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/registry.h"

#define ADDRESS_HELP "custom://NAME"

struct custom_state {
    const char *delegate_module;      /* option */
    const char *delegate_class;       /* option */
    struct dag_value delegate_config; /* option */
    int64_t poll_interval_us;         /* option */
};

#define OPTION_MODULE                                                                              \
    {                                                                                              \
        .name = "delegate_module", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_REQUIRED,          \
        .offset = offsetof(struct custom_state, delegate_module),                                  \
        .help = "Name of the library in a plug-in folder, without '.so'.",                         \
    }

#define OPTION_CLASS                                                                               \
    {                                                                                              \
        .name = "delegate_class", .type = DAG_OPTION_TEXT, .flags = DAG_OPTION_REQUIRED,           \
        .offset = offsetof(struct custom_state, delegate_class),                                   \
        .help = "Name of the connector that the library exports.",                                 \
    }

#define OPTION_CONFIG                                                                              \
    {                                                                                              \
        .name = "delegate_config", .type = DAG_OPTION_OBJECT,                                      \
        .offset = offsetof(struct custom_state, delegate_config), .default_json = "{}",            \
        .help = "Options of that connector.",                                                      \
    }

static const struct dag_option custom_source_options[] = {
    OPTION_MODULE,
    OPTION_CLASS,
    OPTION_CONFIG,
    {
        .name = "poll_interval",
        .type = DAG_OPTION_SECONDS,
        .offset = offsetof(struct custom_state, poll_interval_us),
        .min = 0,
        .max = INT64_C(86400000000),
        .default_json = "1",
        .unit = "seconds",
        .help = "Accepted for compatibility: a connector wakes the engine when there is something.",
    },
    {0},
};

static const struct dag_option custom_sink_options[] = {
    OPTION_MODULE,
    OPTION_CLASS,
    OPTION_CONFIG,
    {0},
};

static bool custom_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    const struct custom_state *custom = state;

    if (address->rest[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' should be " ADDRESS_HELP, address->uri);
    if (!custom->delegate_module || custom->delegate_module[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s': option 'delegate_module' is missing",
                             address->uri);
    if (!custom->delegate_class || custom->delegate_class[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s': option 'delegate_class' is missing",
                             address->uri);
    return true;
}

const struct dag_subscriber dag_subscriber_custom = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "custom",
    .name = "CustomDataSubscriber",
    .summary = "A subscriber of a plug-in library.",
    .address_help = ADDRESS_HELP,
    .options = custom_source_options,
    .state_size = sizeof(struct custom_state),
    .check = custom_check,
};

const struct dag_publisher dag_publisher_custom = {
    .abi_version = DAG_ABI_VERSION,
    .scheme = "custom",
    .name = "CustomDataPublisher",
    .summary = "A publisher of a plug-in library.",
    .address_help = ADDRESS_HELP,
    .options = custom_sink_options,
    .state_size = sizeof(struct custom_state),
    .check = custom_check,
};
