/* show_schemas.c - see show_schemas.h: one table that says of each member its kind and meaning. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/show_schemas.h"

#include <stdio.h>
#include <string.h>

/* The kinds of members: "text", "count" (a decimal string that may pass 2^53), "number" (an integer
 * from 0), "real", "bool", "time" (RFC 3339), "any"; a '?' behind it: or null; "NAME" with a
 * capital is a reference; '[' in front: a list of it, '{' in front: an object with it by name. */
struct member {
    const char *schema; /* NULL: the one of the member before */
    const char *name;
    const char *kind;
    const char *help;
};

static const struct member members[] = {
    {"NodeError", "time", "time", "when"},
    {NULL, "cycle", "count", "in which cycle"},
    {NULL, "error", "text", "one sentence"},
    {NULL, "code", "text", "stable: invalid, parse, range, io, limit, memory, unsupported"},
    {NULL, "input", "text?", "JSON text of the message, cut at 16 KiB"},

    {"Node", "name", "text", ""},
    {NULL, "type", "text", ""},
    {NULL, "isdirty", "bool", "has not run yet, or messages wait for it"},
    {NULL, "last_compute", "time?", ""},
    {NULL, "compute_count", "count", "calls since the DAG was loaded"},
    {NULL, "emitted", "count", "results"},
    {NULL, "filtered", "count", "inputs without a result"},
    {NULL, "error_count", "count", ""},
    {NULL, "queue_depth", "number", "messages that wait in its subscriber"},
    {NULL, "input", "any", "the last one; null when it isn't known or too large"},
    {NULL, "input_truncated", "bool", "it is larger than 64 KiB"},
    {NULL, "output", "any", "the last one; null when it isn't known or too large"},
    {NULL, "output_truncated", "bool", "it is larger than 64 KiB"},
    {NULL, "errors", "[NodeError", "the last ten, oldest first"},
    {NULL, "subscriber", "text?", ""},
    {NULL, "calculator", "text?", ""},
    {NULL, "publishers", "[text", ""},
    {NULL, "input_transformers", "[text", ""},
    {NULL, "output_transformers", "[text", ""},
    {NULL, "incoming_edges", "[text", "names of edges"},
    {NULL, "outgoing_edges", "[text", "names of edges"},
    {NULL, "dependencies", "[text", "names of the nodes before it"},
    {NULL, "config", "any", "as written, secrets masked"},

    {"Nodes", "items", "[Node", "in topological order"},
    {NULL, "next_cursor", "text?", "null: all are here"},
    {NULL, "total", "number", ""},

    {"NodeErrors", "items", "[NodeError", "oldest first"},
    {NULL, "next_cursor", "text?", "null: all are here"},
    {NULL, "total", "number", ""},

    {"Subscriber", "name", "text", ""},
    {NULL, "type", "text", ""},
    {NULL, "source", "text?", "URI, user and password masked"},
    {NULL, "max_depth", "number", "0: bounded by bytes alone"},
    {NULL, "current_depth", "number", "messages that wait"},
    {NULL, "last_receive", "time?", ""},
    {NULL, "receive_count", "count", ""},
    {NULL, "suspended", "bool", ""},
    {NULL, "ended", "bool", "no more will come"},
    {NULL, "dropped", "count", "by its overflow policy"},
    {NULL, "duplicate_keys", "count", "keys given twice in a message"},
    {NULL, "is_publishable", "bool", "messages can be published to its source"},
    {NULL, "config", "any", "as written, secrets masked"},

    {"Publisher", "name", "text", ""},
    {NULL, "type", "text", ""},
    {NULL, "destination", "text?", "URI, user and password masked"},
    {NULL, "publish_interval", "real", "seconds, as the original shows it"},
    {NULL, "publish_interval_ms", "number", "0: at once"},
    {NULL, "batch_size", "number?", ""},
    {NULL, "last_publish", "time?", ""},
    {NULL, "publish_count", "count", "messages safely handed over"},
    {NULL, "queue_depth", "number", "messages that wait"},
    {NULL, "dead_letters", "count", "messages that were refused for good"},
    {NULL, "retries", "count", ""},
    {NULL, "spilled_rows", "number", "messages that wait on the disk"},
    {NULL, "spilled_size", "number", "bytes"},
    {NULL, "config", "any", "as written, secrets masked"},

    {"Calculator", "name", "text", ""},
    {NULL, "type", "text", ""},
    {NULL, "calculation_count", "count", ""},
    {NULL, "last_calculation", "time?", ""},
    {NULL, "config", "any", "as written, secrets masked"},

    {"Transformer", "name", "text", ""},
    {NULL, "type", "text", ""},
    {NULL, "transform_count", "count", ""},
    {NULL, "last_transform", "time?", ""},
    {NULL, "config", "any", "as written, secrets masked"},

    {"Edge", "name", "text", ""},
    {NULL, "from_node", "text", ""},
    {NULL, "to_node", "text", ""},
    {NULL, "transformer", "text?", ""},
    {NULL, "pname", "text?", ""},

    {"State", "name", "text", ""},
    {NULL, "state", "text", ""},
    {NULL, "reason", "text?", "why it is in that state"},
    {NULL, "is_running", "bool", "started, suspended too"},
    {NULL, "is_suspended", "bool", ""},
    {NULL, "in_time_window", "bool", ""},
    {NULL, "start_time", "text?", "as written"},
    {NULL, "end_time", "text?", "as written"},
    {NULL, "duration", "text?", "as written"},
    {NULL, "revision", "count", "of the newest definition"},
    {NULL, "running_revision", "count",
     "of what is shown: older when the newest can't run; 0: none runs"},
    {NULL, "since", "time?", "when it came into that state"},
    {NULL, "by", "text?", "who wished it last"},
    {NULL, "next_change", "time?", "when its window opens or closes; null: never"},
    {NULL, "retry_at", "time?", "when a failed start is tried again"},
    {NULL, "node_count", "number", ""},
    {NULL, "is_live", "bool",
     "false: inputs, outputs and errors can't be had, as the DAG doesn't run or is busy"},
    {NULL, "cycles", "count", "the last cycle that was run"},
    {NULL, "watermark", "count", "the last cycle that is safely out everywhere"},
    {NULL, "watermark_lag", "count", "cycles that are not safely out yet"},
    {NULL, "received", "count", ""},
    {NULL, "rejected", "count", "messages that could not be parsed"},
    {NULL, "node_errors", "count", ""},
    {NULL, "published", "count", "messages handed to publishers"},
    {NULL, "publish_dead_letters", "count", "messages that publishers refused for good"},
    {NULL, "missed_ticks", "count", "of metronomes"},
    {NULL, "memory_used", "number", "bytes of messages"},
    {NULL, "dropped", "{count", "by cause"},
    {NULL, "nodes", "[Node", "in topological order"},

    {"Dag", "name", "text", ""},
    {NULL, "state", "text",
     "stopped, starting, running, suspended, stopping, ended, failed, invalid or standby"},
    {NULL, "reason", "text?", "why it is in that state"},
    {NULL, "since", "time?", "when it came into that state"},
    {NULL, "by", "text?", "who wished it last"},
    {NULL, "is_running", "bool", "started, suspended too"},
    {NULL, "is_suspended", "bool", ""},
    {NULL, "in_time_window", "bool", ""},
    {NULL, "next_change", "time?", "when its window opens or closes; null: never"},
    {NULL, "start_time", "text?", "as written"},
    {NULL, "end_time", "text?", "as written"},
    {NULL, "duration", "text?", "as written"},
    {NULL, "revision", "count", "of the newest definition"},
    {NULL, "running_revision", "count", "of what runs: older when the newest can't; 0: none"},
    {NULL, "node_count", "number", ""},
    {NULL, "is_clone", "bool", "made by the server, by `autoclone`"},
    {NULL, "in_rate", "real", "messages a second over the last 10 s"},
    {NULL, "out_rate", "real", "messages a second over the last 10 s"},
    {NULL, "queue", "number", "messages that wait in subscribers and publishers"},
    {NULL, "queue_fill", "real?", "0 to 1: the fullest queue that has a bound; null: none has"},
    {NULL, "errors", "number", "in the last five minutes"},
    {NULL, "last_hour", "[real?", "messages a second, a point for two minutes; null: not known"},

    {"Dags", "items", "[Dag", ""},
    {NULL, "next_cursor", "text?", "null: the last page"},
    {NULL, "total", "number", "of all pages"},

    {"Attention", "dag", "text", ""},
    {NULL, "what", "text", "stable: failed, invalid, starting, queue_full or errors"},
    {NULL, "detail", "text", "one sentence"},
    {NULL, "since", "time?", ""},

    {"Totals", "dags", "number", ""},
    {NULL, "states", "{number", "how many are in each state"},
    {NULL, "in_rate", "real", "messages a second"},
    {NULL, "out_rate", "real", "messages a second"},
    {NULL, "queue", "number", "messages that wait"},
    {NULL, "queue_fill", "real?", "0 to 1: the fullest queue that has a bound; null: none has"},
    {NULL, "errors", "number", "in the last five minutes"},
    {NULL, "attention", "[Attention", "what needs somebody, the worst first, at most 20"},
    {NULL, "attention_count", "number", "of all that needs somebody"},

    {"RevisionItem", "revision", "count", ""},
    {NULL, "time", "time?", ""},
    {NULL, "user", "text?", "\"file\": changed by hand; null: the revision is damaged"},
    {NULL, "comment", "text?", ""},
    {NULL, "size", "number", "bytes"},

    {"Revisions", "items", "[RevisionItem", "the newest first"},
    {NULL, "next_cursor", "text?", "null: all are here"},
    {NULL, "total", "number", ""},

    {"Revision", "revision", "count", ""},
    {NULL, "time", "time?", ""},
    {NULL, "user", "text?", "\"file\": changed by hand"},
    {NULL, "comment", "text?", ""},
    {NULL, "size", "number", "bytes"},
    {NULL, "text", "text", "as it was written"},
    {NULL, "before", "count?", "the revision that it is compared with; null: none is kept"},
    {NULL, "diff", "text", "unified, of the definition's lines"},
    {NULL, "diff_truncated", "bool", "the texts differ in more than is shown"},

    {"Run", "start", "time", ""},
    {NULL, "end", "time?", "null: never"},
    {NULL, "is_now", "bool", "under way"},

    {"Runs", "items", "[Run", "in order"},
    {NULL, "next_cursor", "text?", "null: all are here"},
    {NULL, "total", "number", ""},
    {NULL, "timezone", "text?", "null: the system's"},
    {NULL, "is_always", "bool", "without a window: open at all times"},

    {"Part", "name", "text", ""},
    {NULL, "is_well", "bool", ""},
    {NULL, "detail", "text?", ""},

    {"Server", "name", "text?", "of this server, as it was set, or the machine's"},
    {NULL, "version", "text", ""},
    {NULL, "build", "text", "compiler and system"},
    {NULL, "started", "time", ""},
    {NULL, "uptime_ms", "number", ""},
    {NULL, "role", "text", "primary or standby"},
    {NULL, "is_ready", "bool", "every DAG was loaded and asked to go where it was wanted"},
    {NULL, "is_draining", "bool", ""},
    {NULL, "is_well", "bool", "all parts are"},
    {NULL, "threads", "number", "that run DAGs"},
    {NULL, "dags", "{number", "how many are in each state"},
    {NULL, "limits", "{number", ""},
    {NULL, "parts", "[Part", ""},

    {"Component", "kind", "text", "subscriber, publisher, calculator, transformer or node"},
    {NULL, "type", "text", "scheme of an address, or what \"type\" says"},
    {NULL, "name", "text", "as the original knows it"},
    {NULL, "summary", "text", ""},
    {NULL, "address", "text?", "how its address looks"},
    {NULL, "is_available", "bool", "false: this build checks it and can't run it"},
    {NULL, "uses_time", "bool", ""},
    {NULL, "is_deterministic", "bool", ""},
    {NULL, "takes_subscriber", "bool", "of nodes"},
    {NULL, "takes_publishers", "bool", "of nodes"},
    {NULL, "schema", "any", "JSON Schema of its configuration"},
    {NULL, "defaults", "any", ""},
    {NULL, "example", "any", "a whole entry of the DAG file"},

    {"Components", "items", "[Component", ""},
    {NULL, "next_cursor", "text?", "null: all are here"},
    {NULL, "total", "number", ""},

    {"StepNode", "name", "text", ""},
    {NULL, "type", "text", ""},
    {NULL, "woken", "bool", "whether the message reached it"},
    {NULL, "input", "any", "the last one; null: not woken"},
    {NULL, "output", "any", "the last one; null: none"},
    {NULL, "outputs", "[any", "all, in order"},
    {NULL, "error", "text?", ""},

    {"StepPublisher", "name", "text", ""},
    {NULL, "destination", "text?", ""},
    {NULL, "messages", "[any", "what it would get"},

    {"Step", "subscriber", "text", ""},
    {NULL, "cycle", "count", ""},
    {NULL, "time", "time?", "of the cycle"},
    {NULL, "nodes", "[StepNode", "in topological order"},
    {NULL, "publishers", "[StepPublisher", ""},
    {NULL, "dead_letters", "[any", "of a DAG without an errors publisher"},

    {"Finding", "what", "text", "stable word for the cause"},
    {NULL, "object", "text", "what it is about, such as 'publisher out'"},
    {NULL, "since", "time?", ""},
    {NULL, "detail", "text", "one sentence"},
    {NULL, "suggestion", "text", "what can be done"},

    {"Why", "dag", "text", ""},
    {NULL, "state", "text", ""},
    {NULL, "is_healthy", "bool", "nothing stands in the way"},
    {NULL, "findings", "[Finding", "the cause first, then what follows from it"},

    {"PlanPart", "kind", "text", "node, subscriber or publisher"},
    {NULL, "name", "text", ""},
    {NULL, "action", "text", "keep, reset, restart, add or remove"},
    {NULL, "why", "text", ""},

    {"Plan", "parts", "[PlanPart", ""},
    {NULL, "is_unchanged", "bool", "nothing would change"},
    {NULL, "diff", "text", "unified, of the definition's lines"},
    {NULL, "diff_truncated", "bool", "the definitions differ in more than is shown"},

    {"Series", "from", "time", ""},
    {NULL, "to", "time", ""},
    {NULL, "step_ms", "number", "between points"},
    {NULL, "in", "[real?", "messages a second; null: not known"},
    {NULL, "out", "[real?", "messages a second; null: not known"},
    {NULL, "errors", "[real?", "a second; null: not known"},
    {NULL, "queue", "[real?", "messages that wait; null: not known"},
};
#define MEMBER_COUNT (sizeof(members) / sizeof(members[0]))

/* Details are a state whose nodes are by name, and more. */
static const struct member details[] = {
    {NULL, "nodes", "{Node", "by name, in topological order"},
    {NULL, "edges", "[Edge", ""},
    {NULL, "subscribers", "{Subscriber", "by name"},
    {NULL, "publishers", "{Publisher", "by name"},
    {NULL, "calculators", "{Calculator", "by name"},
    {NULL, "transformers", "{Transformer", "by name"},
};
#define DETAIL_COUNT (sizeof(details) / sizeof(details[0]))

static const struct {
    const char *kind, *type, *keyword, *value;
} kinds[] = {
    {"text", "string", NULL, NULL},        {"count", "string", "pattern", "\"^[0-9]+$\""},
    {"number", "integer", "minimum", "0"}, {"real", "number", NULL, NULL},
    {"bool", "boolean", NULL, NULL},       {"time", "string", "format", "\"date-time\""},
};

static void write_members_of_kind(struct writer *writer, const char *kind)
{
    size_t size = strcspn(kind, "?");

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strlen(kinds[i].kind) != size || strncmp(kinds[i].kind, kind, size) != 0)
            continue;
        writer_key(writer, "type");
        if (kind[size]) {
            writer_open(writer, '[');
            writer_text(writer, kinds[i].type);
            writer_text(writer, "null");
            writer_close(writer, ']');
        } else {
            writer_text(writer, kinds[i].type);
        }
        if (kinds[i].keyword) {
            writer_key(writer, kinds[i].keyword);
            writer_json(writer, kinds[i].value, strlen(kinds[i].value));
        }
    }
    if (kind[0] >= 'A' && kind[0] <= 'Z') {
        writer_key(writer, "$ref");
        char reference[80];
        snprintf(reference, sizeof(reference), "#/components/schemas/%s", kind);
        writer_text(writer, reference);
    }
}

static void write_member(struct writer *writer, const struct member *member)
{
    bool is_list = member->kind[0] == '[', is_map = member->kind[0] == '{';

    writer_key(writer, member->name);
    writer_open(writer, '{');
    if (member->help[0])
        writer_member(writer, "description", member->help);
    if (is_list || is_map) {
        writer_member(writer, "type", is_list ? "array" : "object");
        writer_key(writer, is_list ? "items" : "additionalProperties");
        writer_open(writer, '{');
        write_members_of_kind(writer, member->kind + 1);
        writer_close(writer, '}');
    } else {
        write_members_of_kind(writer, member->kind);
    }
    writer_close(writer, '}');
}

/* Writes a schema of both runs of members. */
static void write_schema(struct writer *writer, const char *name, const struct member *first,
                         size_t first_count, const struct member *second, size_t second_count)
{
    writer_key(writer, name);
    writer_open(writer, '{');
    writer_member(writer, "type", "object");
    writer_key(writer, "properties");
    writer_open(writer, '{');
    for (size_t i = 0; i < first_count; i++)
        write_member(writer, &first[i]);
    for (size_t i = 0; i < second_count; i++)
        write_member(writer, &second[i]);
    writer_close(writer, '}');
    writer_key(writer, "required");
    writer_open(writer, '[');
    for (size_t i = 0; i < first_count; i++)
        writer_text(writer, first[i].name);
    for (size_t i = 0; i < second_count; i++)
        writer_text(writer, second[i].name);
    writer_close(writer, ']');
    writer_key(writer, "additionalProperties");
    writer_bool(writer, false);
    writer_close(writer, '}');
}

void show_schemas(struct writer *writer)
{
    writer_open(writer, '{');
    for (size_t i = 0, end; i < MEMBER_COUNT; i = end) {
        for (end = i + 1; end < MEMBER_COUNT && !members[end].schema; end++)
            continue;
        write_schema(writer, members[i].schema, &members[i], end - i, NULL, 0);
        if (strcmp(members[i].schema, "State") == 0) /* without its last member, the nodes */
            write_schema(writer, "Details", &members[i], end - i - 1, details, DETAIL_COUNT);
    }
    writer_close(writer, '}');
}

/* What the table of operations says, and the name here. */
static const struct {
    const char *reply, *schema;
} replies[] = {
    {"component", "Component"},
    {"component_list", "Components"},
    {"dag_details", "Details"},
    {"dag_list", "Dags"},
    {"dag_state", "State"},
    {"error_list", "NodeErrors"},
    {"node", "Node"},
    {"node_list", "Nodes"},
    {"plan", "Plan"},
    {"revision", "Revision"},
    {"revision_list", "Revisions"},
    {"run_list", "Runs"},
    {"series", "Series"},
    {"server", "Server"},
    {"step", "Step"},
    {"totals", "Totals"},
    {"why", "Why"},
};

const char *show_schema_of(const char *reply)
{
    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
        if (strcmp(replies[i].reply, reply) == 0)
            return replies[i].schema;
    return NULL;
}
