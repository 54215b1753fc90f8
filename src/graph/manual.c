/* manual.c - the reference manual, made from the option tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/manual.h"

#include <inttypes.h>
#include <string.h>

#include "core/options.h"
#include "graph/keys.h"
#include "graph/writer.h"

/* ---- options ------------------------------------------------------------------------------ */

static const char *type_name(const struct dag_option *option)
{
    static const char *const names[] = {
        [DAG_OPTION_TEXT] = "text",
        [DAG_OPTION_INTEGER] = "integer",
        [DAG_OPTION_REAL] = "number",
        [DAG_OPTION_BOOL] = "bool",
        [DAG_OPTION_SECONDS] = "time",
        [DAG_OPTION_SIZE] = "size",
        [DAG_OPTION_CHOICE] = "choice",
        [DAG_OPTION_TEXT_LIST] = "list of texts",
        [DAG_OPTION_TEXT_MAP] = "texts by name",
        [DAG_OPTION_OBJECT] = "object",
        [DAG_OPTION_ANY] = "any JSON",
    };

    return names[option->type];
}

static void write_choices(struct writer *writer, const char *choices)
{
    while (*choices) {
        size_t size = strcspn(choices, " ");

        writer_format(writer, "`%.*s`", (int)size, choices);
        choices += size;
        choices += strspn(choices, " ");
        if (*choices)
            writer_plain(writer, ", ");
    }
}

static void write_bound(struct writer *writer, const struct dag_option *option, int64_t bound)
{
    if (option->type == DAG_OPTION_SECONDS)
        writer_format(writer, "%.15g s", (double)bound / 1e6);
    else
        writer_format(writer, "%" PRId64, bound);
}

/* A table cell ends at a bar. */
static void write_cell(struct writer *writer, const char *text)
{
    for (; *text; text++)
        writer_format(writer, *text == '|' ? "\\%c" : "%c", *text);
}

static void write_type_cell(struct writer *writer, const struct dag_option *option)
{
    if (option->type == DAG_OPTION_CHOICE) {
        write_choices(writer, option->choices);
        return;
    }
    writer_plain(writer, type_name(option));
    if (option->unit)
        writer_format(writer, ", %s", option->unit);
    if (option->min == 0 && option->max == 0)
        return;
    if (option->max == INT64_MAX) {
        writer_plain(writer, ", at least ");
        write_bound(writer, option, option->min);
        return;
    }
    writer_plain(writer, ", ");
    write_bound(writer, option, option->min);
    writer_plain(writer, " to ");
    write_bound(writer, option, option->max);
}

static void write_options(struct writer *writer, const struct dag_option *options)
{
    if (!options || !options->name) {
        writer_plain(writer, "It has no options.\n\n");
        return;
    }
    writer_plain(writer, "| key | type | default | meaning |\n|---|---|---|---|\n");
    for (; options->name; options++) {
        writer_format(writer, "| `%s` | ", options->name);
        write_type_cell(writer, options);
        writer_plain(writer, " | ");
        if (options->flags & DAG_OPTION_REQUIRED) {
            writer_plain(writer, "(required)");
        } else if (options->default_json) {
            writer_plain(writer, "`");
            write_cell(writer, options->default_json);
            writer_plain(writer, "`");
        }
        writer_plain(writer, " | ");
        write_cell(writer, options->help ? options->help : "");
        writer_plain(writer, " |\n");
    }
    writer_plain(writer, "\n");
}

/* ---- types -------------------------------------------------------------------------------- */

static void write_heading(struct writer *writer, const char *kind, const char *name,
                          const char *summary)
{
    writer_format(writer, "### %s `%s`\n\n%s\n\n", kind, name, summary ? summary : "");
}

static void write_function(struct writer *writer, const char *kind,
                           const struct dag_function *function)
{
    write_heading(writer, kind, function->name, function->summary);
    if (function->flags & DAG_FUNCTION_USES_TIME)
        writer_plain(writer, "It uses the time of the cycle.\n\n");
    if (function->flags & DAG_FUNCTION_NOT_DETERMINISTIC)
        writer_plain(writer, "Its answers are not always the same for the same input.\n\n");
    write_options(writer, function->options);
}

static void write_address(struct writer *writer, const char *address_help, const char *name,
                          bool is_lacking)
{
    if (address_help)
        writer_format(writer, "Address: %s. Known to the original as `%s`.\n\n", address_help,
                      name);
    if (is_lacking)
        writer_plain(writer, "This build checks it and can't run it.\n\n");
}

static void write_subscriber(struct writer *writer, const struct dag_subscriber *type)
{
    write_heading(writer, "Subscriber", type->scheme, type->summary);
    write_address(writer, type->address_help, type->name, registry_lacks_subscriber(type));
    write_options(writer, type->options);
}

static void write_publisher(struct writer *writer, const struct dag_publisher *type)
{
    write_heading(writer, "Publisher", type->scheme, type->summary);
    write_address(writer, type->address_help, type->name, registry_lacks_publisher(type));
    write_options(writer, type->options);
}

static void write_custom(struct writer *writer, const char *kind, const struct dag_option *options)
{
    write_heading(writer, kind, "custom", "A type that a plug-in brings.");
    writer_plain(writer, "Address: custom://NAME.\n\n");
    write_options(writer, options);
}

static void write_kind(struct writer *writer, const struct node_kind *kind)
{
    write_heading(writer, "Node", kind->name, kind->summary);
    write_options(writer, kind->options);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void write_section(struct writer *writer, const char *title, const char *text,
                          const struct dag_option *options)
{
    writer_format(writer, "## %s\n\n%s\n\n", title, text);
    write_options(writer, options);
}

static void write_dag(struct writer *writer)
{
    writer_plain(
        writer,
        "# Reference\n\n"
        "A DAG file is one JSON object. Keys named `comment`, or beginning with `_`, are comments "
        "anywhere. In every text `${NAME}` is replaced by a variable of the environment, "
        "`${NAME:default}` by the default where it is not set, and `$${` stands for `${`.\n\n"
        "A time is a number of seconds, or text such as `250ms`, `10s`, `5m`, `2h`, `1d`; a size "
        "is a number of bytes, or text such as `64KiB`, `10MB`, `2GiB`.\n\n");
    write_section(writer, "The DAG",
                  "Its lists are `subscribers`, `publishers`, `calculators`, `transformers`, "
                  "`nodes` and `edges`; each may be missing.",
                  dag_key_table);
    write_section(writer, "The journal", "What `journal` may hold instead of `true`.",
                  journal_key_table);
    write_section(writer, "The schedule", "What `schedule` may hold.", schedule_key_table);
    write_section(writer, "Clones for a part of the day",
                  "What `autoclone` may hold. `dagd run` makes no clones.", autoclone_key_table);
    write_section(writer, "Nodes", "An entry of `nodes`.", node_key_table);
    for (const struct node_kind *kind = node_kinds; kind->name; kind++)
        write_kind(writer, kind);
    write_section(writer, "Edges", "An entry of `edges`; its name is `<from_node>_to_<to_node>`.",
                  edge_key_table);
}

static void write_connectors(struct writer *writer, const struct registry *registry)
{
    const struct dag_subscriber *subscriber;
    const struct dag_publisher *publisher;

    write_section(writer, "Subscribers",
                  "An entry of `subscribers` has a `name` and a `config`. Every `config` knows "
                  "these keys; except for `source` they may also stand beside `config`.",
                  subscriber_key_table);
    for (size_t i = 0; (subscriber = registry_subscriber_at(registry, i)); i++)
        write_subscriber(writer, subscriber);
    if (!registry_subscriber(registry, "custom"))
        write_custom(writer, "Subscriber", custom_subscriber_key_table);
    write_section(writer, "Publishers",
                  "An entry of `publishers` has a `name` and a `config`. Every `config` knows "
                  "these keys; except for `destination` they may also stand beside `config`.",
                  publisher_key_table);
    for (size_t i = 0; (publisher = registry_publisher_at(registry, i)); i++)
        write_publisher(writer, publisher);
    if (!registry_publisher(registry, "custom"))
        write_custom(writer, "Publisher", custom_publisher_key_table);
}

bool manual_write(const struct registry *registry, struct dag_buffer *out)
{
    struct writer writer = {.out = out};

    write_dag(&writer);
    for (const struct dag_node_type *const *i = registry->node_types; i && *i; i++)
        write_function(&writer, "Node", &(*i)->function);
    write_connectors(&writer, registry);
    write_section(&writer, "Calculators", "An entry of `calculators`.", calculator_key_table);
    for (const struct dag_function *const *i = registry->calculators; i && *i; i++)
        write_function(&writer, "Calculator", *i);
    write_section(&writer, "Transformers",
                  "An entry of `transformers`. `null` and `passthru` exist undeclared.",
                  transformer_key_table);
    for (const struct dag_function *const *i = registry->transformers; i && *i; i++)
        write_function(&writer, "Transformer", *i);
    return !writer.failed;
}

bool manual_write_type(const struct registry *registry, const char *word, bool *found,
                       struct dag_buffer *out)
{
    struct writer writer = {.out = out};
    const struct dag_function *calculator = registry_calculator(registry, word);
    const struct dag_function *transformer = registry_transformer(registry, word);
    const struct dag_node_type *node = registry_node_type(registry, word);
    const struct node_kind *kind = node_kind_find(word);
    const struct dag_subscriber *subscriber = registry_subscriber(registry, word);
    const struct dag_publisher *publisher = registry_publisher(registry, word);
    bool is_custom = strcmp(word, "custom") == 0;

    if (calculator)
        write_function(&writer, "Calculator", calculator);
    if (transformer)
        write_function(&writer, "Transformer", transformer);
    if (node)
        write_function(&writer, "Node", &node->function);
    if (kind)
        write_kind(&writer, kind);
    if (subscriber)
        write_subscriber(&writer, subscriber);
    if (publisher)
        write_publisher(&writer, publisher);
    if (is_custom && !subscriber)
        write_custom(&writer, "Subscriber", custom_subscriber_key_table);
    if (is_custom && !publisher)
        write_custom(&writer, "Publisher", custom_publisher_key_table);
    *found = calculator || transformer || node || kind || subscriber || publisher || is_custom;
    return !writer.failed;
}

/* ---- suggestions -------------------------------------------------------------------------- */

/* Every word of manual_write_type(), one list behind the other. */
static const char *known_word(void *context, size_t i)
{
    const struct registry *registry = context;
    const struct dag_subscriber *subscriber;
    const struct dag_publisher *publisher;

    for (const struct dag_function *const *own = registry->calculators; own && *own; own++) {
        if (i-- == 0)
            return (*own)->name;
    }
    for (const struct dag_function *const *own = registry->transformers; own && *own; own++) {
        if (i-- == 0)
            return (*own)->name;
    }
    for (const struct dag_node_type *const *own = registry->node_types; own && *own; own++) {
        if (i-- == 0)
            return (*own)->function.name;
    }
    for (const struct node_kind *kind = node_kinds; kind->name; kind++) {
        if (i-- == 0)
            return kind->name;
    }
    for (size_t j = 0; (subscriber = registry_subscriber_at(registry, j)); j++) {
        if (i-- == 0)
            return subscriber->scheme;
    }
    publisher = registry_publisher_at(registry, i);
    return publisher ? publisher->scheme : NULL;
}

const char *manual_suggest(const struct registry *registry, const char *word)
{
    struct registry copy = *registry;

    return options_suggest(word, known_word, &copy);
}
