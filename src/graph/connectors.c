/* connectors.c - checks subscribers and publishers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "graph/parts.h"

#define KNOWN_MAX 256 /* keys of one entry: the shared ones, the type's, and NULL */

/* Subscribers and publishers are checked alike; this is what differs. */
struct side {
    const char *what;              /* "subscriber" */
    const char *list_key;          /* "subscribers" */
    const char *address_key;       /* "source" */
    const char *address_name;      /* "Source" */
    const char *missing, *unknown; /* codes */
    const struct dag_option *common, *custom;
    const char *(*scheme_at)(void *checker, size_t i);
};

/* The type of a connector, whichever side it is of. */
struct connector_type {
    const struct dag_subscriber *subscriber; /* or NULL */
    const struct dag_publisher *publisher;   /* or NULL */
    uint32_t flags;
    const struct dag_option *options;
    size_t state_size;
};

/* One entry while it is checked. */
struct entry {
    const struct side *side;
    const struct tree *at;
    const char *label;
    const struct tree *config; /* an object, or NULL; what stood beside it is merged in */
    const struct tree *uri_at; /* a text, or NULL */
    struct dag_address address;
    struct connector_type type;
    bool has_type, is_custom;
    const char *known[KNOWN_MAX]; /* keys of "config" */
    size_t known_count;
};

static const char *subscriber_scheme(void *checker, size_t i)
{
    const struct checker *owner = checker;
    const struct dag_subscriber *type = registry_subscriber_at(owner->registry, i);

    return type ? type->scheme : NULL;
}

static const char *publisher_scheme(void *checker, size_t i)
{
    const struct checker *owner = checker;
    const struct dag_publisher *type = registry_publisher_at(owner->registry, i);

    return type ? type->scheme : NULL;
}

static const struct side subscriber_side = {.what = "subscriber",
                                            .list_key = "subscribers",
                                            .address_key = "source",
                                            .address_name = "Source",
                                            .missing = "missing_source",
                                            .unknown = "unknown_source",
                                            .common = subscriber_key_table,
                                            .custom = custom_subscriber_key_table,
                                            .scheme_at = subscriber_scheme};

static const struct side publisher_side = {.what = "publisher",
                                           .list_key = "publishers",
                                           .address_key = "destination",
                                           .address_name = "Destination",
                                           .missing = "missing_destination",
                                           .unknown = "unknown_destination",
                                           .common = publisher_key_table,
                                           .custom = custom_publisher_key_table,
                                           .scheme_at = publisher_scheme};

/* ---- address and type --------------------------------------------------------------------- */

static struct connector_type subscriber_type(const struct dag_subscriber *type)
{
    return (struct connector_type){type, NULL, type->flags, type->options, type->state_size};
}

static struct connector_type publisher_type(const struct dag_publisher *type)
{
    return (struct connector_type){NULL, type, type->flags, type->options, type->state_size};
}

static bool find_type(struct checker *checker, const struct side *side, const char *scheme,
                      struct connector_type *type)
{
    if (side == &subscriber_side) {
        const struct dag_subscriber *found = registry_subscriber(checker->registry, scheme);

        if (found)
            *type = subscriber_type(found);
        return found != NULL;
    }
    const struct dag_publisher *found = registry_publisher(checker->registry, scheme);

    if (found)
        *type = publisher_type(found);
    return found != NULL;
}

/* Splits the URI; false: out of memory. */
static bool split_address(struct checker *checker, const char *uri, struct dag_address *address)
{
    const char *colon = strstr(uri, "://");

    address->uri = uri;
    address->scheme = uri;
    address->rest = "";
    if (!colon)
        return true;
    address->rest = colon + 3;
    address->scheme = tree_copy(checker->document, uri, (size_t)(colon - uri));
    if (!address->scheme)
        checker->no_memory = true;
    return address->scheme != NULL;
}

/* What the address would be with the scheme that was probably meant; NULL: nothing is near. */
static const char *suggest_address(struct checker *checker, const struct entry *entry)
{
    const char *scheme = suggest(checker, entry->address.scheme, entry->side->scheme_at, checker);
    struct connector_type type;
    size_t size;
    char *uri;

    if (!scheme || !find_type(checker, entry->side, scheme, &type))
        return NULL;
    if (type.flags & DAG_CONNECTOR_BARE)
        return scheme;
    size = strlen(scheme) + strlen(entry->address.rest) + 4;
    uri = checker_alloc(checker, size);
    if (uri)
        snprintf(uri, size, "%s://%s", scheme, entry->address.rest);
    return uri;
}

static void report_unknown_address(struct checker *checker, const struct entry *entry)
{
    bool is_source = entry->side == &subscriber_side;
    const struct side *other = is_source ? &publisher_side : &subscriber_side;
    struct connector_type type;
    const char *hint = "";

    if (find_type(checker, entry->side, entry->address.scheme, &type))
        hint = type.flags & DAG_CONNECTOR_BARE ? "; it is written without ://"
                                               : "; write it as an address with ://";
    else if (find_type(checker, other, entry->address.scheme, &type))
        hint = is_source ? "; it can only be a destination" : "; it can only be a source";
    report(checker, PROBLEM_ERROR, entry->uri_at, REPORT_VALUE, entry->side->unknown,
           hint[0] ? NULL : suggest_address(checker, entry), "Unknown %s type: %s (%s)%s",
           is_source ? "source" : "destination", entry->address.uri, entry->label, hint);
}

/* Finds uri_at, address and type. */
static void find_address(struct checker *checker, struct entry *entry)
{
    const struct tree *uri = tree_get(entry->config, entry->side->address_key);
    bool has_slashes;

    if (uri && uri->type != TREE_TEXT && uri->type != TREE_NULL)
        return; /* reported with the other keys */
    if (!uri || uri->type == TREE_NULL || uri->text_size == 0) {
        report_error(checker, uri ? uri : entry->config, entry->side->missing,
                     "%s not specified in config (%s); add \"%s\"", entry->side->address_name,
                     entry->label, entry->side->address_key);
        return;
    }
    entry->uri_at = uri;
    if (!split_address(checker, uri->text, &entry->address))
        return;
    has_slashes = entry->address.scheme != entry->address.uri;
    if (has_slashes && strcmp(entry->address.scheme, "custom") == 0) {
        entry->is_custom = true;
        if (entry->address.rest[0] == '\0')
            report_error(checker, uri, "bad_address", "%s, %s '%s': write custom://NAME",
                         entry->label, entry->side->address_key, entry->address.uri);
        return;
    }
    if (strlen(uri->text) == uri->text_size &&
        find_type(checker, entry->side, entry->address.scheme, &entry->type) &&
        has_slashes == ((entry->type.flags & DAG_CONNECTOR_BARE) == 0))
        entry->has_type = true;
    else
        report_unknown_address(checker, entry);
}

/* custom://NAME: the type comes from a library, and its options are the delegate's. */
static void find_delegate(struct checker *checker, struct entry *entry)
{
    bool is_subscriber = entry->side == &subscriber_side;
    const char *module = member_text(entry->config, "delegate_module");
    const char *name = member_text(entry->config, "delegate_class");
    const void *found;

    if (!module || !name)
        return;
    found = load_plugin(checker, entry->label, entry->side->what, module, name,
                        tree_get(entry->config, "delegate_class"));
    if (!found)
        return;
    entry->type = is_subscriber ? subscriber_type(found) : publisher_type(found);
    entry->has_type = true;
}

/* ---- keys --------------------------------------------------------------------------------- */

static void know_table(struct entry *entry, const struct dag_option *table)
{
    for (; table && table->name && entry->known_count < KNOWN_MAX - 1; table++)
        entry->known[entry->known_count++] = table->name;
}

static bool knows(const struct entry *entry, const char *key)
{
    for (size_t i = 0; i < entry->known_count; i++) {
        if (strcmp(entry->known[i], key) == 0)
            return true;
    }
    return false;
}

/* Options that stand beside "config" are merged into it. */
static void merge_config(struct checker *checker, struct entry *entry)
{
    size_t count = 0, capacity = entry->at->count + (entry->config ? entry->config->count : 0);
    const struct tree **members = checker_alloc(checker, (capacity + 1) * sizeof(const void *));
    bool has_moved = false;

    if (!members || !entry->config)
        return;
    for (const struct tree *i = entry->config->child; i; i = i->next)
        members[count++] = i;
    for (const struct tree *i = entry->at->child; i; i = i->next) {
        if (!knows(entry, i->key) || strcmp(i->key, entry->side->address_key) == 0)
            continue;
        if (tree_get(entry->config, i->key)) {
            report(checker, PROBLEM_WARNING, i, REPORT_KEY, "given_twice", NULL,
                   "%s: '%s' stands in 'config' too, and that one counts; remove one of them",
                   entry->label, i->key);
            continue;
        }
        members[count++] = i;
        has_moved = true;
    }
    if (!has_moved)
        return;
    entry->config = tree_object_of(checker->document, entry->config, members, count);
    if (!entry->config)
        checker->no_memory = true;
}

/* The keys of the entry itself: name and config, and what may stand beside the latter. */
static void check_entry_keys(struct checker *checker, struct entry *entry)
{
    struct option_report whose = {.checker = checker,
                                  .label = entry->label,
                                  .at = entry->at,
                                  .are_keys = true,
                                  .own_report = "config",
                                  .noted = "type"};
    const struct tree *config = tree_get(entry->at, "config");
    struct function_keys keys = {0};

    if (!config)
        report_error(checker, entry->at, "missing_config",
                     "%s: 'config' is missing; add \"config\": {\"%s\": ...}", entry->label,
                     entry->side->address_key);
    options_read(endpoint_key_table, entry->at, &keys, entry->known, checker->document,
                 report_option, &whose);
}

/* Reads the shared keys into `common`. */
static void read_common(struct checker *checker, const struct entry *entry, void *common)
{
    struct option_report whose = {
        .checker = checker,
        .label = entry->label,
        .at = entry->config,
        .own_report = entry->side->address_key,
        .own_options = entry->has_type && !entry->is_custom ? entry->type.options : NULL};
    struct custom_keys custom = {0};

    options_read_known(entry->side->common, entry->config, common, checker->document, report_option,
                       &whose);
    if (entry->is_custom)
        options_read_known(entry->side->custom, entry->config, &custom, checker->document,
                           report_option, &whose);
}

static bool check_state(const struct entry *entry, void *state, struct dag_error *err)
{
    const struct connector_type *type = &entry->type;

    if (type->subscriber)
        return !type->subscriber->check || type->subscriber->check(state, &entry->address, err);
    return !type->publisher->check || type->publisher->check(state, &entry->address, err);
}

static void close_state(const struct entry *entry, void *state)
{
    void (*close)(void *state) =
        entry->type.subscriber ? entry->type.subscriber->close : entry->type.publisher->close;

    if (close)
        close(state);
}

/* The keys that "config" may hold besides the type's own options. */
static const char *const *shared_keys(struct checker *checker, struct entry *entry)
{
    size_t count = 0;
    const char **keys = checker_alloc(checker, KNOWN_MAX * sizeof(*keys));

    for (const struct dag_option *i = entry->side->common; keys && i->name; i++)
        keys[count++] = i->name;
    for (const struct dag_option *i = entry->is_custom ? entry->side->custom : NULL;
         keys && i && i->name; i++)
        keys[count++] = i->name;
    return (const char *const *)keys;
}

/* Reads the type's options and lets it judge them and the address. */
static void check_options(struct checker *checker, struct entry *entry,
                          const struct tree *options_at)
{
    struct option_report whose = {.checker = checker, .label = entry->label, .at = entry->config};
    const char *const *shared = entry->is_custom ? NULL : shared_keys(checker, entry);
    struct dag_error err = {0};
    void *state = calloc(1, entry->type.state_size ? entry->type.state_size : 1);

    if (!state) {
        checker->no_memory = true;
        return;
    }
    if (options_read(entry->type.options, options_at, state, shared, checker->document,
                     report_option, &whose)) {
        if (!check_state(entry, state, &err))
            report_error(checker, entry->uri_at, "bad_address", "%s, %s '%s': %s", entry->label,
                         entry->side->address_key, entry->address.uri, err.message);
        close_state(entry, state);
    }
    free(state);
}

/* The unknown keys of a config whose type's options stand elsewhere or are not known. */
static void check_shared_only(struct checker *checker, struct entry *entry)
{
    struct option_report whose = {.checker = checker, .label = entry->label, .at = entry->config};

    options_read(NULL, entry->config, NULL, shared_keys(checker, entry), checker->document,
                 report_option, &whose);
}

static const struct tree *object_or_null(const struct tree *tree)
{
    return tree && tree->type == TREE_OBJECT ? tree : NULL;
}

/* Checks an entry; `common` gets the shared keys. Returns the config that the type reads. */
static const struct tree *check_entry(struct checker *checker, struct entry *entry, void *common)
{
    const struct tree *options_at;

    entry->config = object_or_null(tree_get(entry->at, "config"));
    if (entry->config)
        find_address(checker, entry);
    if (entry->is_custom)
        find_delegate(checker, entry);
    know_table(entry, entry->side->common);
    if (entry->is_custom)
        know_table(entry, entry->side->custom);
    else if (entry->has_type)
        know_table(entry, entry->type.options);
    check_entry_keys(checker, entry);
    if (!entry->config)
        return NULL;
    merge_config(checker, entry);
    if (!entry->config)
        return NULL; /* out of memory */
    read_common(checker, entry, common);
    options_at = entry->is_custom ? object_or_null(tree_get(entry->config, "delegate_config"))
                                  : entry->config;
    if (entry->is_custom)
        check_shared_only(checker, entry);
    if (entry->has_type)
        check_options(checker, entry, options_at);
    check_written_secrets(checker, entry->label, entry->config,
                          entry->has_type && !entry->is_custom ? entry->type.options : NULL, true);
    return options_at;
}

/* ---- the lists ---------------------------------------------------------------------------- */

static void check_subscriber(struct checker *checker, const struct tree *at, size_t index,
                             struct plan_subscriber *subscriber)
{
    struct entry entry = {.side = &subscriber_side, .at = at};
    struct subscriber_keys keys = {0};

    subscriber->name = "";
    entry.label = entry_label(checker, "subscriber", at, index);
    if (at->type != TREE_OBJECT) {
        report_error(checker, at, "wrong_type", "%s: must be an object", entry.label);
        return;
    }
    subscriber->name = declare_name(checker, "subscriber", at, index, &checker->subscriber_names,
                                    checker->subscriber_at);
    subscriber->config = check_entry(checker, &entry, &keys);
    subscriber->type = entry.has_type ? entry.type.subscriber : NULL;
    subscriber->address = entry.address;
    subscriber->max_depth = keys.max_depth;
    subscriber->overflow = (enum plan_overflow)keys.overflow;
}

static void check_publisher(struct checker *checker, const struct tree *at, size_t index,
                            struct plan_publisher *publisher)
{
    struct entry entry = {.side = &publisher_side, .at = at};
    struct publisher_keys keys = {0};

    publisher->name = "";
    entry.label = entry_label(checker, "publisher", at, index);
    if (at->type != TREE_OBJECT) {
        report_error(checker, at, "wrong_type", "%s: must be an object", entry.label);
        return;
    }
    publisher->name = declare_name(checker, "publisher", at, index, &checker->publisher_names,
                                   checker->publisher_at);
    publisher->config = check_entry(checker, &entry, &keys);
    publisher->type = entry.has_type ? entry.type.publisher : NULL;
    publisher->address = entry.address;
    publisher->publish_interval_us = keys.publish_interval_us;
    publisher->batch_size = keys.batch_size;
    publisher->when_slow = (enum plan_when_slow)keys.when_slow;
    publisher->spill_bytes_max = keys.spill_bytes_max;
    publisher->retry_min_us = keys.retry_min_us;
    publisher->retry_max_us = keys.retry_max_us;
    if (keys.retry_min_us > keys.retry_max_us)
        report_error(checker, at, "out_of_bounds",
                     "%s: 'retry_min' must not be longer than 'retry_max'", entry.label);
    if (keys.batch_size > 0 && keys.publish_interval_us == 0)
        report(checker, PROBLEM_NOTE, tree_get(entry.config, "batch_size"), REPORT_KEY,
               "ignored_key", NULL, "%s: 'batch_size' has no effect without 'publish_interval'",
               entry.label);
}

/* Standard input can be shared out only once. (Publishers share standard output line by line.) */
static void check_standard_input(struct checker *checker)
{
    const struct plan_subscriber *first = NULL;

    for (size_t i = 0; i < checker->plan->subscriber_count; i++) {
        const struct plan_subscriber *subscriber = &checker->subscribers[i];

        if (!subscriber->type || !plan_is_standard_stream(&subscriber->address))
            continue;
        if (first)
            report_error(checker, checker->subscriber_at[i], "standard_input_taken",
                         "subscriber '%.80s': subscriber '%.80s' reads standard input already; let "
                         "the nodes share that one",
                         subscriber->name, first->name);
        else
            first = subscriber;
    }
}

void check_connectors(struct checker *checker)
{
    const struct tree *subscribers = find_list(checker, "subscribers");
    const struct tree *publishers = find_list(checker, "publishers");
    size_t subscriber_count = subscribers ? subscribers->count : 0, i = 0;
    size_t publisher_count = publishers ? publishers->count : 0, j = 0;

    checker->subscribers =
        checker_alloc(checker, (subscriber_count + 1) * sizeof(*checker->subscribers));
    checker->subscriber_at = checker_alloc(checker, (subscriber_count + 1) * sizeof(const void *));
    checker->publishers =
        checker_alloc(checker, (publisher_count + 1) * sizeof(*checker->publishers));
    checker->publisher_at = checker_alloc(checker, (publisher_count + 1) * sizeof(const void *));
    if (checker->no_memory)
        return;
    for (const struct tree *at = subscriber_count ? subscribers->child : NULL; at;
         at = at->next, i++) {
        checker->subscriber_at[i] = at;
        check_subscriber(checker, at, i, &checker->subscribers[i]);
    }
    for (const struct tree *at = publisher_count ? publishers->child : NULL; at;
         at = at->next, j++) {
        checker->publisher_at[j] = at;
        check_publisher(checker, at, j, &checker->publishers[j]);
    }
    checker->plan->subscriber_count = subscriber_count;
    checker->plan->publisher_count = publisher_count;
    check_standard_input(checker);
}
