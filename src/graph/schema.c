/* schema.c - the JSON Schema of DAG files, made from the option tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "graph/schema.h"

#include <string.h>

#include "core/options.h"
#include "graph/keys.h"
#include "graph/writer.h"

#define NAME_PATTERN "^(?=.*[A-Za-z])[A-Za-z0-9_]{1,1024}$"
#define TIME_PATTERN "^([01][0-9]|2[0-3]):?[0-5][0-9]$"

/* ---- options ------------------------------------------------------------------------------ */

static void write_type(struct writer *writer, const char *type)
{
    writer_member(writer, "type", type);
}

/* Numbers and bools may also come from a variable. */
static void write_or_variable(struct writer *writer, const struct dag_option *option,
                              const char *type)
{
    bool has_bounds = option->min != 0 || option->max != 0;

    writer_key(writer, "anyOf");
    writer_open(writer, '[');
    writer_open(writer, '{');
    write_type(writer, type);
    if (has_bounds && option->type != DAG_OPTION_SECONDS) {
        writer_key(writer, "minimum");
        writer_integer(writer, option->min);
        if (option->max != INT64_MAX) {
            writer_key(writer, "maximum");
            writer_integer(writer, option->max);
        }
    } else if (option->type == DAG_OPTION_SECONDS || option->type == DAG_OPTION_SIZE) {
        writer_key(writer, "minimum");
        writer_integer(writer, 0);
    }
    writer_close(writer, '}');
    writer_open(writer, '{');
    if (option->type == DAG_OPTION_SECONDS || option->type == DAG_OPTION_SIZE) {
        write_type(writer, "string");
    } else {
        writer_member(writer, "$ref", "#/$defs/variable");
    }
    writer_close(writer, '}');
    if (options_null_is_absent(option)) {
        writer_open(writer, '{');
        write_type(writer, "null");
        writer_close(writer, '}');
    }
    writer_close(writer, ']');
}

static void write_type_or_null(struct writer *writer, const struct dag_option *option,
                               const char *type)
{
    if (!options_null_is_absent(option)) {
        write_type(writer, type);
        return;
    }
    writer_key(writer, "type");
    writer_open(writer, '[');
    writer_text(writer, type);
    writer_text(writer, "null");
    writer_close(writer, ']');
}

static void write_choices(struct writer *writer, const struct dag_option *option)
{
    writer_key(writer, "enum");
    writer_open(writer, '[');
    for (const char *word = option->choices; *word;) {
        size_t size = strcspn(word, " ");
        char text[64];

        if (size >= sizeof(text))
            size = sizeof(text) - 1;
        memcpy(text, word, size);
        text[size] = '\0';
        writer_text(writer, text);
        word += strcspn(word, " ");
        word += strspn(word, " ");
    }
    if (options_null_is_absent(option))
        writer_text(writer, NULL);
    writer_close(writer, ']');
}

static void write_strings(struct writer *writer, const char *key)
{
    writer_key(writer, key);
    writer_open(writer, '{');
    write_type(writer, "string");
    writer_close(writer, '}');
}

static void write_option_type(struct writer *writer, const struct dag_option *option)
{
    switch (option->type) {
    case DAG_OPTION_TEXT:
        write_type_or_null(writer, option, "string");
        break;
    case DAG_OPTION_INTEGER:
        write_or_variable(writer, option, "integer");
        break;
    case DAG_OPTION_REAL:
    case DAG_OPTION_SECONDS:
    case DAG_OPTION_SIZE:
        write_or_variable(writer, option, "number");
        break;
    case DAG_OPTION_BOOL:
        write_or_variable(writer, option, "boolean");
        break;
    case DAG_OPTION_CHOICE:
        write_choices(writer, option);
        break;
    case DAG_OPTION_TEXT_LIST:
        if (option->flags & DAG_OPTION_ONE_OR_MORE) {
            writer_key(writer, "type");
            if (options_null_is_absent(option))
                writer_json(writer, "[\"array\", \"string\", \"null\"]", 27);
            else
                writer_json(writer, "[\"array\", \"string\"]", 19);
        } else {
            write_type_or_null(writer, option, "array");
        }
        write_strings(writer, "items");
        break;
    case DAG_OPTION_TEXT_MAP:
        write_type_or_null(writer, option, "object");
        write_strings(writer, "additionalProperties");
        break;
    case DAG_OPTION_OBJECT:
        write_type_or_null(writer, option, "object");
        break;
    case DAG_OPTION_ANY:
        break;
    }
}

/* What a form should know: its place, and how it is asked for. */
static void write_hints(struct writer *writer, const struct dag_option *option, int64_t order)
{
    const char *widget = option->type == DAG_OPTION_SECONDS ? "duration"
                         : option->type == DAG_OPTION_SIZE  ? "size"
                         : option->flags & DAG_OPTION_PATH  ? "path"
                         : option->type == DAG_OPTION_ANY || option->type == DAG_OPTION_OBJECT
                             ? "json"
                             : NULL;

    writer_key(writer, "x-ui");
    writer_open(writer, '{');
    writer_key(writer, "order");
    writer_integer(writer, order);
    if (option->flags & DAG_OPTION_SECRET) {
        writer_key(writer, "secret");
        writer_bool(writer, true);
    }
    if (widget)
        writer_member(writer, "widget", widget);
    if (option->unit)
        writer_member(writer, "unit", option->unit);
    writer_close(writer, '}');
}

/* `is_key`: it is a key of the DAG file's own, where "name" has a rule. `order`: its place in a
 * form, from 1; 0: without hints for forms. */
static void write_option_in_order(struct writer *writer, const struct dag_option *option,
                                  bool is_key, int64_t order)
{
    writer_key(writer, option->name);
    writer_open(writer, '{');
    if (order > 0)
        write_hints(writer, option, order);
    if (option->help)
        writer_member(writer, "description", option->help);
    write_option_type(writer, option);
    if (is_key && strcmp(option->name, "name") == 0)
        writer_member(writer, "pattern", NAME_PATTERN);
    if (option->default_json) {
        writer_key(writer, "default");
        writer_json(writer, option->default_json, strlen(option->default_json));
    }
    if (option->flags & DAG_OPTION_SECRET) {
        writer_key(writer, "writeOnly");
        writer_bool(writer, true);
    }
    writer_close(writer, '}');
}

static void write_option(struct writer *writer, const struct dag_option *option, bool is_key)
{
    write_option_in_order(writer, option, is_key, 0);
}

static void write_options(struct writer *writer, const struct dag_option *options)
{
    for (; options && options->name; options++)
        write_option(writer, options, false);
}

static bool has_required(const struct dag_option *options)
{
    for (; options && options->name; options++)
        if (options->flags & DAG_OPTION_REQUIRED)
            return true;
    return false;
}

static void write_required_names(struct writer *writer, const struct dag_option *options)
{
    for (; options && options->name; options++)
        if (options->flags & DAG_OPTION_REQUIRED)
            writer_text(writer, options->name);
}

static void write_required(struct writer *writer, const struct dag_option *options)
{
    if (!has_required(options))
        return;
    writer_key(writer, "required");
    writer_open(writer, '[');
    write_required_names(writer, options);
    writer_close(writer, ']');
}

/* ---- components --------------------------------------------------------------------------- */

static void write_nested_config(struct writer *writer, const struct dag_option *options)
{
    writer_key(writer, "properties");
    writer_open(writer, '{');
    writer_key(writer, "config");
    writer_open(writer, '{');
    writer_key(writer, "properties");
    writer_open(writer, '{');
    write_options(writer, options);
    writer_close(writer, '}');
    write_required(writer, options);
    writer_close(writer, '}');
    writer_close(writer, '}');
}

/* {"if": type is `name`, "then": config has these options}. */
static void write_when_type(struct writer *writer, const char *name,
                            const struct dag_option *options)
{
    if (!options || !options->name)
        return;
    writer_open(writer, '{');
    writer_key(writer, "if");
    writer_open(writer, '{');
    writer_key(writer, "properties");
    writer_open(writer, '{');
    writer_key(writer, "type");
    writer_open(writer, '{');
    writer_member(writer, "const", name);
    writer_close(writer, '}');
    writer_close(writer, '}');
    writer_key(writer, "required");
    writer_json(writer, "[\"type\"]", 8);
    writer_close(writer, '}');
    writer_key(writer, "then");
    writer_open(writer, '{');
    write_nested_config(writer, options);
    writer_close(writer, '}');
    writer_close(writer, '}');
}

/* {"if": config's address has this scheme, "then": config has these options}. */
static void write_when_scheme(struct writer *writer, const char *address_key, const char *scheme,
                              bool is_bare, const struct dag_option *options)
{
    if (!options || !options->name)
        return;
    writer_open(writer, '{');
    writer_key(writer, "if");
    writer_open(writer, '{');
    writer_key(writer, "properties");
    writer_open(writer, '{');
    writer_key(writer, "config");
    writer_open(writer, '{');
    writer_key(writer, "properties");
    writer_open(writer, '{');
    writer_key(writer, address_key);
    writer_open(writer, '{');
    writer_key(writer, "pattern");
    writer_format(writer, "\"^%s%s\"", scheme, is_bare ? "$" : "://");
    writer->is_behind_key = false;
    writer->is_behind_value = true;
    writer_close(writer, '}');
    writer_close(writer, '}');
    writer_key(writer, "required");
    writer_open(writer, '[');
    writer_text(writer, address_key);
    writer_close(writer, ']');
    writer_close(writer, '}');
    writer_close(writer, '}');
    writer_close(writer, '}');
    writer_key(writer, "then");
    writer_open(writer, '{');
    write_nested_config(writer, options);
    writer_close(writer, '}');
    writer_close(writer, '}');
}

static void begin_list(struct writer *writer, const char *key, const struct dag_option *keys)
{
    writer_key(writer, key);
    writer_open(writer, '{');
    writer_key(writer, "type");
    writer_json(writer, "[\"array\", \"null\"]", 17);
    writer_key(writer, "items");
    writer_open(writer, '{');
    write_type(writer, "object");
    write_required(writer, keys);
    writer_key(writer, "properties");
    writer_open(writer, '{');
}

static void begin_conditions(struct writer *writer)
{
    writer_close(writer, '}'); /* properties */
    writer_key(writer, "allOf");
    writer_open(writer, '[');
}

static void end_list(struct writer *writer)
{
    writer_close(writer, ']'); /* allOf */
    writer_close(writer, '}');
    writer_close(writer, '}');
}

/* An entry of subscribers or publishers, up to its conditions. */
static void begin_connectors(struct writer *writer, const char *key,
                             const struct dag_option *common)
{
    begin_list(writer, key, endpoint_key_table);
    write_option(writer, &endpoint_key_table[0], true);
    writer_key(writer, "config");
    writer_open(writer, '{');
    write_type(writer, "object");
    writer_key(writer, "properties");
    writer_open(writer, '{');
    write_options(writer, common);
    writer_close(writer, '}');
    write_required(writer, common);
    writer_close(writer, '}');
    /* They may stand beside "config" as well. */
    write_options(writer, common + 1);
    begin_conditions(writer);
}

static void write_subscribers(struct writer *writer, const struct registry *registry)
{
    const struct dag_subscriber *type;

    begin_connectors(writer, "subscribers", subscriber_key_table);
    for (size_t i = 0; (type = registry_subscriber_at(registry, i)); i++)
        write_when_scheme(writer, "source", type->scheme, type->flags & DAG_CONNECTOR_BARE,
                          type->options);
    if (!registry_subscriber(registry, "custom"))
        write_when_scheme(writer, "source", "custom", false, custom_subscriber_key_table);
    end_list(writer);
}

static void write_publishers(struct writer *writer, const struct registry *registry)
{
    const struct dag_publisher *type;

    begin_connectors(writer, "publishers", publisher_key_table);
    for (size_t i = 0; (type = registry_publisher_at(registry, i)); i++)
        write_when_scheme(writer, "destination", type->scheme, type->flags & DAG_CONNECTOR_BARE,
                          type->options);
    if (!registry_publisher(registry, "custom"))
        write_when_scheme(writer, "destination", "custom", false, custom_publisher_key_table);
    end_list(writer);
}

/* "type": one of the known names, or one of a plug-in's. */
static void begin_types(struct writer *writer, const struct dag_option *option)
{
    writer_key(writer, "type");
    writer_open(writer, '{');
    writer_member(writer, "description", option->help);
    writer_key(writer, "default");
    writer_json(writer, option->default_json, strlen(option->default_json));
    writer_key(writer, "anyOf");
    writer_open(writer, '[');
    writer_open(writer, '{');
    writer_key(writer, "enum");
    writer_open(writer, '[');
}

static void end_types(struct writer *writer)
{
    writer_text(writer, NULL);
    writer_close(writer, ']');
    writer_close(writer, '}');
    writer_open(writer, '{');
    write_type(writer, "string");
    writer_member(writer, "pattern", "^.+\\..+$");
    writer_close(writer, '}');
    writer_close(writer, ']');
    writer_close(writer, '}');
}

static void write_functions(struct writer *writer, const char *key, const struct dag_option *keys,
                            const struct dag_function *const *types)
{
    begin_list(writer, key, keys);
    for (const struct dag_option *i = keys; i->name; i++) {
        if (strcmp(i->name, "type") != 0) {
            write_option(writer, i, true);
            continue;
        }
        begin_types(writer, i);
        for (const struct dag_function *const *type = types; type && *type; type++)
            writer_text(writer, (*type)->name);
        end_types(writer);
    }
    begin_conditions(writer);
    writer_bool(writer, true); /* an empty "allOf" is not allowed */
    for (const struct dag_function *const *type = types; type && *type; type++)
        write_when_type(writer, (*type)->name, (*type)->options);
    end_list(writer);
}

static void write_nodes(struct writer *writer, const struct registry *registry)
{
    begin_list(writer, "nodes", node_key_table);
    for (const struct dag_option *i = node_key_table; i->name; i++) {
        if (strcmp(i->name, "type") != 0) {
            write_option(writer, i, true);
            continue;
        }
        begin_types(writer, i);
        for (const struct node_kind *kind = node_kinds; kind->name; kind++)
            writer_text(writer, kind->name);
        for (const struct dag_node_type *const *own = registry->node_types; own && *own; own++)
            writer_text(writer, (*own)->function.name);
        end_types(writer);
    }
    begin_conditions(writer);
    for (const struct node_kind *kind = node_kinds; kind->name; kind++)
        write_when_type(writer, kind->name, kind->options);
    for (const struct dag_node_type *const *own = registry->node_types; own && *own; own++)
        write_when_type(writer, (*own)->function.name, (*own)->function.options);
    end_list(writer);
}

static void write_edges(struct writer *writer)
{
    begin_list(writer, "edges", edge_key_table);
    write_options(writer, edge_key_table);
    writer_close(writer, '}');
    writer_close(writer, '}');
    writer_close(writer, '}');
}

/* ---- the DAG ------------------------------------------------------------------------------ */

static void write_journal(struct writer *writer, const struct dag_option *option)
{
    writer_key(writer, "journal");
    writer_open(writer, '{');
    writer_member(writer, "description", option->help);
    writer_key(writer, "anyOf");
    writer_open(writer, '[');
    writer_json(writer, "{\"type\": [\"boolean\", \"null\"]}", 29);
    writer_open(writer, '{');
    write_type(writer, "object");
    writer_key(writer, "properties");
    writer_open(writer, '{');
    write_options(writer, journal_key_table);
    writer_close(writer, '}');
    writer_close(writer, '}');
    writer_close(writer, ']');
    writer_close(writer, '}');
}

static void write_block(struct writer *writer, const struct dag_option *option,
                        const struct dag_option *options)
{
    writer_key(writer, option->name);
    writer_open(writer, '{');
    writer_member(writer, "description", option->help);
    write_type_or_null(writer, option, "object");
    writer_key(writer, "properties");
    writer_open(writer, '{');
    write_options(writer, options);
    writer_close(writer, '}');
    write_required(writer, options);
    writer_close(writer, '}');
}

static void write_time(struct writer *writer, const struct dag_option *option)
{
    writer_key(writer, option->name);
    writer_open(writer, '{');
    writer_member(writer, "description", option->help);
    write_type_or_null(writer, option, "string");
    writer_key(writer, "anyOf");
    writer_open(writer, '[');
    writer_open(writer, '{');
    writer_member(writer, "pattern", TIME_PATTERN);
    writer_close(writer, '}');
    writer_json(writer, "{\"$ref\": \"#/$defs/variable\"}", 28);
    writer_json(writer, "{\"type\": \"null\"}", 16);
    writer_close(writer, ']');
    writer_close(writer, '}');
}

static void write_dag_keys(struct writer *writer)
{
    for (const struct dag_option *i = dag_key_table; i->name; i++) {
        if (strcmp(i->name, "journal") == 0)
            write_journal(writer, i);
        else if (strcmp(i->name, "start_time") == 0 || strcmp(i->name, "end_time") == 0)
            write_time(writer, i);
        else if (strcmp(i->name, "schedule") == 0)
            write_block(writer, i, schedule_key_table);
        else if (strcmp(i->name, "autoclone") == 0)
            write_block(writer, i, autoclone_key_table);
        else
            write_option(writer, i, true);
    }
}

/* What "$ref" points to. */
static void write_definitions(struct writer *writer)
{
    writer_key(writer, "$defs");
    writer_open(writer, '{');
    writer_key(writer, "variable");
    writer_open(writer, '{');
    write_type(writer, "string");
    writer_member(writer, "pattern", "\\$\\{");
    writer_close(writer, '}');
    writer_close(writer, '}');
}

bool schema_write(const struct registry *registry, struct dag_buffer *out)
{
    struct writer writer = {.out = out};

    writer_open(&writer, '{');
    writer_member(&writer, "$schema", "https://json-schema.org/draft/2020-12/schema");
    writer_member(&writer, "title", "A DAG file of dagd");
    write_type(&writer, "object");
    write_required(&writer, dag_key_table);
    writer_key(&writer, "properties");
    writer_open(&writer, '{');
    write_dag_keys(&writer);
    write_subscribers(&writer, registry);
    write_publishers(&writer, registry);
    write_functions(&writer, "calculators", calculator_key_table, registry->calculators);
    write_functions(&writer, "transformers", transformer_key_table, registry->transformers);
    write_nodes(&writer, registry);
    write_edges(&writer);
    writer_close(&writer, '}');
    write_definitions(&writer);
    writer_close(&writer, '}');
    return !writer.failed;
}

void schema_write_object(struct writer *writer, const struct dag_option *own,
                         const struct dag_option *common)
{
    const struct dag_option *tables[] = {common, own};
    int64_t order = 1;

    writer_open(writer, '{');
    write_type(writer, "object");
    writer_key(writer, "properties");
    writer_open(writer, '{');
    for (size_t i = 0; i < 2; i++)
        for (const struct dag_option *at = tables[i]; at && at->name; at++)
            write_option_in_order(writer, at, false, order++);
    writer_close(writer, '}');
    if (has_required(common) || has_required(own)) {
        writer_key(writer, "required");
        writer_open(writer, '[');
        write_required_names(writer, common);
        write_required_names(writer, own);
        writer_close(writer, ']');
    }
    write_definitions(writer);
    writer_close(writer, '}');
}
