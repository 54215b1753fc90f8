/* test_check.c - what is wrong with a DAG file is told all at once, with place, code and remedy. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/check.h"
#include "support/fake_registry.h"

/* The parts that most cases share. */
#define SUB  "\"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": \"file://a\"}}]"
#define PUB  "\"publishers\": [{\"name\": \"out\", \"config\": {\"destination\": \"file://b\"}}]"
#define READ "{\"name\": \"r\", \"type\": \"SubscriptionNode\", \"subscriber\": \"in\"}"
#define SEND "{\"name\": \"w\", \"type\": \"PublicationNode\", \"publishers\": [\"out\"]}"
#define EDGE "{\"from_node\": \"r\", \"to_node\": \"w\"}"
#define GOOD                                                                                       \
    "{\"name\": \"d\", " SUB ", " PUB ", \"nodes\": [" READ ", " SEND "], \"edges\": [" EDGE "]}"

static const char *variable(void *context, const char *name)
{
    (void)context;
    if (strcmp(name, "HOST") == 0)
        return "example";
    if (strcmp(name, "NUMBER") == 0)
        return "7";
    return NULL;
}

struct result {
    struct plan *plan;
    struct problems problems;
    struct dag_error err;
};

static struct result check_with(const char *text, bool strict, const struct registry *registry)
{
    const struct check_options options = {.strict = strict, .variable = variable};
    struct result result = {0};

    result.plan =
        graph_check(text, strlen(text), registry, &options, &result.problems, &result.err);
    assert_int_equal(fake_open_count, 0);
    assert_int_equal(result.plan == NULL, result.problems.error_count > 0);
    return result;
}

static struct result check(const char *text)
{
    return check_with(text, false, &fake_registry);
}

static void result_free(struct result *result)
{
    plan_free(result->plan);
    problems_free(&result->problems);
}

static const struct problem *find_problem(const struct result *result, const char *code)
{
    for (size_t i = 0; i < result->problems.count; i++) {
        if (strcmp(result->problems.items[i].code, code) == 0)
            return &result->problems.items[i];
    }
    return NULL;
}

/* The same for one that must be there. */
static const struct problem *expect_problem(const struct result *result, const char *code)
{
    const struct problem *problem = find_problem(result, code);

    if (!problem) {
        fail_msg("there is no problem %s", code);
        abort();
    }
    return problem;
}

static const struct tree *expect_member(const struct tree *object, const char *key)
{
    const struct tree *member = tree_get(object, key);

    if (!member) {
        fail_msg("there is no member %s", key);
        abort();
    }
    return member;
}

struct bad {
    const char *text;
    enum problem_severity severity;
    const char *code;
    const char *pointer;
    const char *part; /* of the message */
};

static const struct bad bad_files[] = {
    /* the file as a whole */
    {"[]", PROBLEM_ERROR, "not_an_object", "", "one JSON object"},
    {"", PROBLEM_ERROR, "bad_json", "", "no JSON text"},
    {"{\"name\": }", PROBLEM_ERROR, "bad_json", "", "not a JSON value"},
    {"{}", PROBLEM_ERROR, "missing_option", "", "'name': is missing"},
    {"{\"name\": 1}", PROBLEM_ERROR, "wrong_type", "/name", "must be a string"},
    {"{\"name\": \"\"}", PROBLEM_ERROR, "invalid_name", "/name", "Invalid name: ."},
    {"{\"name\": \"d\", \"nodes\": {}}", PROBLEM_ERROR, "wrong_type", "/nodes", "list of objects"},
    {"{\"name\": \"d\", \"nodes\": [1]}", PROBLEM_ERROR, "wrong_type", "/nodes/0", "an object"},
    {"{\"name\": \"d\", \"edges\": [1]}", PROBLEM_ERROR, "wrong_type", "/edges/0", "an object"},
    {"{\"name\": \"d\", \"subscribers\": [null]}", PROBLEM_ERROR, "wrong_type", "/subscribers/0",
     "an object"},
    {"{\"name\": \"d\", \"calculators\": [\"x\"]}", PROBLEM_ERROR, "wrong_type", "/calculators/0",
     "an object"},
    {"{\"name\": \"d\", \"nods\": []}", PROBLEM_WARNING, "unknown_key", "/nods",
     "did you mean 'nodes'?"},
    {"{\"name\": \"d\", \"name\": \"e\"}", PROBLEM_WARNING, "duplicate_key", "/name", "twice"},
    {"{\"name\": \"d\", \"autoclone\": 3}", PROBLEM_ERROR, "wrong_type", "/autoclone", "object"},
    {"{\"name\": \"d\", \"autoclone\": {}}", PROBLEM_ERROR, "missing_option", "/autoclone",
     "ramp_up_time"},
    {"{\"name\": \"d\", \"autoclone\": {\"ramp_up_time\": \"0800\", \"ramp_count\": 2}}",
     PROBLEM_ERROR, "missing_option", "/autoclone", "ramp_down_time"},
    {"{\"name\": \"d\", \"autoclone\": {\"ramp_up_time\": \"0860\", \"ramp_count\": 2, "
     "\"duration\": \"8h\"}}",
     PROBLEM_ERROR, "bad_time", "/autoclone/ramp_up_time", "HHMM"},
    {"{\"name\": \"d\", \"autoclone\": {\"ramp_up_time\": \"0800\", \"ramp_count\": 0, "
     "\"duration\": \"8h\"}}",
     PROBLEM_ERROR, "out_of_bounds", "/autoclone/ramp_count", "1"},
    {"{\"name\": \"d\", \"autoclone\": {\"ramp_up_time\": \"0800\", \"ramp_count\": 2, "
     "\"duration\": \"8h\"}}",
     PROBLEM_NOTE, "ignored_key", "/autoclone", "makes no clones"},
    {"{\"name\": \"d\", \"propagate\": \"evry\"}", PROBLEM_ERROR, "bad_choice", "/propagate",
     "did you mean 'every'?"},
    {"{\"name\": \"d\", \"memory_limit\": \"lots\"}", PROBLEM_ERROR, "wrong_type", "/memory_limit",
     "no size"},
    {"{\"name\": \"d\"}", PROBLEM_NOTE, "no_source", "", "no event will ever come"},

    /* time window */
    {"{\"name\": \"d\", \"start_time\": \"900\"}", PROBLEM_ERROR, "bad_time", "/start_time",
     "HHMM"},
    {"{\"name\": \"d\", \"end_time\": \"2400\"}", PROBLEM_ERROR, "bad_time", "/end_time", "HHMM"},
    {"{\"name\": \"d\", \"start_time\": 900}", PROBLEM_ERROR, "wrong_type", "/start_time",
     "string"},
    {"{\"name\": \"d\", \"duration\": \"1d\"}", PROBLEM_ERROR, "bad_duration", "/duration", "90m"},
    {"{\"name\": \"d\", \"duration\": \"1h\"}", PROBLEM_NOTE, "ignored_key", "/duration",
     "start_time"},

    {"{\"name\": \"d\", \"schedule\": {\"days_of_week\": [\"Mon\", \"Tueday\"]}}", PROBLEM_ERROR,
     "bad_day", "/schedule/days_of_week/1", "did you mean 'Tuesday'?"},
    {"{\"name\": \"d\", \"schedule\": {\"days_of_week\": \"Mon\", \"exclude_days_of_week\": "
     "[\"monday\"]}}",
     PROBLEM_ERROR, "no_day_left", "/schedule", "exclude_days_of_week"},
    {"{\"name\": \"d\", \"schedule\": {\"timezone\": \"Europe/Berlim\"}}", PROBLEM_ERROR,
     "bad_timezone", "/schedule/timezone", "Europe/Berlin"},
    {"{\"name\": \"d\", \"schedule\": {\"timezone\": \"../UTC\"}}", PROBLEM_ERROR, "bad_timezone",
     "/schedule/timezone", "no time zone"},
    {"{\"name\": \"d\", \"schedule\": {\"missed\": \"run\"}}", PROBLEM_ERROR, "bad_choice",
     "/schedule/missed", "run_late"},
    {"{\"name\": \"d\", \"schedule\": {\"days\": []}}", PROBLEM_WARNING, "unknown_key",
     "/schedule/days", "days"},

    /* names */
    {"{\"name\": \"d\", \"nodes\": [{\"type\": \"SinkNode\"}]}", PROBLEM_ERROR, "missing_option",
     "/nodes/0", "'name': is missing"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a b\"}]}", PROBLEM_ERROR, "invalid_name",
     "/nodes/0/name", "Invalid name: a b."},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\\u0000b\"}]}", PROBLEM_ERROR, "invalid_name",
     "/nodes/0/name", "Invalid name: a"},
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"1\"}]}", PROBLEM_ERROR, "invalid_name",
     "/calculators/0/name", "Invalid name: 1."},
    {"{\"name\": \"d\",\n \"nodes\": [{\"name\": \"a\"},\n  {\"name\": \"a\"}]}", PROBLEM_ERROR,
     "duplicate_name", "/nodes/1/name", "line 2, column 21"},
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"k\"}, {\"name\": \"k\"}]}", PROBLEM_ERROR,
     "duplicate_name", "/calculators/1/name", "'k'"},
    {"{\"name\": \"d\", \"publishers\": [{\"name\": \"p\", \"config\": {\"destination\": "
     "\"file://a\"}}, {\"name\": \"p\", \"config\": {\"destination\": \"file://b\"}}]}",
     PROBLEM_ERROR, "duplicate_name", "/publishers/1/name", "'p'"},

    /* subscribers and publishers */
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\"}]}", PROBLEM_ERROR, "missing_config",
     "/subscribers/0", "'config' is missing"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": []}]}", PROBLEM_ERROR,
     "wrong_type", "/subscribers/0/config", "must be an object"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {}}]}", PROBLEM_ERROR,
     "missing_source", "/subscribers/0/config", "Source not specified in config"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": \"\"}}]}",
     PROBLEM_ERROR, "missing_source", "/subscribers/0/config/source",
     "Source not specified in config"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": 7}}]}",
     PROBLEM_ERROR, "wrong_type", "/subscribers/0/config/source", "must be a string"},
    {"{\"name\": \"d\", \"publishers\": [{\"name\": \"s\", \"config\": {}}]}", PROBLEM_ERROR,
     "missing_destination", "/publishers/0/config", "Destination not specified in config"},
    {"{\"name\": \"d\", \"publishers\": [{\"name\": \"s\", \"config\": {\"destination\": "
     "\"ftp://x\"}}]}",
     PROBLEM_ERROR, "unknown_destination", "/publishers/0/config/destination",
     "Unknown destination type: ftp://x"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"kafak://topic/x\"}}]}",
     PROBLEM_ERROR, "unknown_source", "/subscribers/0/config/source",
     "did you mean 'kafka://topic/x'?"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"redis://x\"}}]}",
     PROBLEM_ERROR, "unknown_source", "/subscribers/0/config/source", "only be a destination"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"metronome://x\"}}]}",
     PROBLEM_ERROR, "unknown_source", "/subscribers/0/config/source", "without ://"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": \"mem\"}}]}",
     PROBLEM_ERROR, "unknown_source", "/subscribers/0/config/source", "with ://"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"MEM://queue/x\"}}]}",
     PROBLEM_ERROR, "unknown_source", "/subscribers/0/config/source", "'mem://queue/x'?"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"mem://q1\"}}]}",
     PROBLEM_ERROR, "bad_address", "/subscribers/0/config/source", "mem://q1"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"kafka://orders\"}}]}",
     PROBLEM_ERROR, "bad_address", "/subscribers/0/config/source", "kafka://topic/NAME"},
    {"{\"name\": \"d\", \"publishers\": [{\"name\": \"s\", \"config\": {\"destination\": "
     "\"sql://x\"}}]}",
     PROBLEM_ERROR, "missing_option", "/publishers/0/config", "sql_config_file"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"mem://queue/x\", \"max_depth\": -1}}]}",
     PROBLEM_ERROR, "out_of_bounds", "/subscribers/0/config/max_depth", "at least 0"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"overflow\": \"newest\", \"config\": "
     "{\"source\": \"mem://queue/x\"}}]}",
     PROBLEM_ERROR, "bad_choice", "/subscribers/0/overflow", "drop_newest"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"overflow\": \"block\", \"config\": "
     "{\"source\": \"mem://queue/x\", \"overflow\": \"latest\"}}]}",
     PROBLEM_WARNING, "given_twice", "/subscribers/0/overflow", "'config'"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": \"file://x\", "
     "\"folow\": true}}]}",
     PROBLEM_WARNING, "unknown_key", "/subscribers/0/config/folow", "did you mean 'follow'?"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": \"file://x\", "
     "\"max_dept\": 1}}]}",
     PROBLEM_WARNING, "unknown_key", "/subscribers/0/config/max_dept", "'max_depth'?"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"type\": \"x\", \"config\": "
     "{\"source\": \"file://x\"}}]}",
     PROBLEM_NOTE, "ignored_key", "/subscribers/0/type", "'type' is ignored"},
    {"{\"name\": \"d\", \"publishers\": [{\"name\": \"s\", \"config\": {\"destination\": "
     "\"file://x\", \"retry_min\": \"1m\"}}]}",
     PROBLEM_ERROR, "out_of_bounds", "/publishers/0", "'retry_max'"},
    {"{\"name\": \"d\", \"publishers\": [{\"name\": \"s\", \"config\": {\"destination\": "
     "\"file://x\", \"batch_size\": 5}}]}",
     PROBLEM_NOTE, "ignored_key", "/publishers/0/config/batch_size", "publish_interval"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"custom://x\"}}]}",
     PROBLEM_ERROR, "missing_option", "/subscribers/0/config", "delegate_module"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": "
     "\"custom://x\", \"delegate_module\": \"shop\", \"delegate_class\": \"Feed\"}}]}",
     PROBLEM_ERROR, "needs_plugin", "/subscribers/0/config/delegate_class", "--plugin-dir"},

    /* calculators and transformers */
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"k\", \"type\": \"NulCalculator\"}]}",
     PROBLEM_ERROR, "unknown_calculator_type", "/calculators/0/type", "'NullCalculator'?"},
    {"{\"name\": \"d\", \"transformers\": [{\"name\": \"k\", \"type\": \"NoSuchTransformer\"}]}",
     PROBLEM_ERROR, "unknown_transformer_type", "/transformers/0/type", "NoSuchTransformer"},
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"k\", \"type\": \"shop.Price\"}]}",
     PROBLEM_ERROR, "needs_plugin", "/calculators/0/type", "--plugin-dir"},
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"k\", \"config\": 1}]}", PROBLEM_ERROR,
     "wrong_type", "/calculators/0/config", "must be an object"},
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"k\", \"type\": \"AdditionCalculator\", "
     "\"config\": {\"arguments\": \"abc\"}}]}",
     PROBLEM_ERROR, "wrong_type", "/calculators/0/config/arguments", "list of strings"},
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"k\", \"type\": \"AdditionCalculator\", "
     "\"config\": {\"argument\": []}}]}",
     PROBLEM_WARNING, "unknown_key", "/calculators/0/config/argument", "'arguments'?"},
    {"{\"name\": \"d\", \"calculators\": [{\"name\": \"k\", \"type\": \"AdditionCalculator\", "
     "\"config\": {\"output_attribute\": \"refused\"}}]}",
     PROBLEM_ERROR, "bad_options", "/calculators/0/config", "must not be 'refused'"},

    /* nodes */
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"type\": \"SubscriptonNode\"}]}",
     PROBLEM_ERROR, "unknown_node_type", "/nodes/0/type", "'SubscriptionNode'?"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"type\": \"shop.Till\"}]}", PROBLEM_ERROR,
     "needs_plugin", "/nodes/0/type", "--plugin-dir"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"type\": \"SubscriptionNode\"}]}",
     PROBLEM_ERROR, "missing_subscriber", "/nodes/0", "'subscriber'"},
    {"{\"name\": \"d\", " SUB ", \"nodes\": [{\"name\": \"a\", \"type\": \"SubscriptionNode\", "
     "\"subscriber\": \"im\"}]}",
     PROBLEM_ERROR, "unknown_subscriber", "/nodes/0/subscriber", "did you mean 'in'?"},
    {"{\"name\": \"d\", " SUB ", \"nodes\": [{\"name\": \"a\", \"subscriber\": \"in\"}]}",
     PROBLEM_ERROR, "subscriber_not_allowed", "/nodes/0/subscriber", "node 'a'"},
    {"{\"name\": \"d\", " PUB ", \"nodes\": [{\"name\": \"a\", \"publishers\": [\"out\"]}]}",
     PROBLEM_ERROR, "publishers_not_allowed", "/nodes/0/publishers", "node 'a'"},
    {"{\"name\": \"d\", " PUB ", \"nodes\": [{\"name\": \"a\", \"type\": \"PublicationNode\", "
     "\"publishers\": [\"outt\"]}]}",
     PROBLEM_ERROR, "unknown_publisher", "/nodes/0/publishers/0", "did you mean 'out'?"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"type\": \"PublicationNode\", "
     "\"publishers\": \"out\"}]}",
     PROBLEM_ERROR, "wrong_type", "/nodes/0/publishers", "list of strings"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"calculator\": \"nope\"}]}", PROBLEM_ERROR,
     "unknown_calculator", "/nodes/0/calculator", "nope"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"input_transformers\": [\"nope\"]}]}",
     PROBLEM_ERROR, "unknown_transformer", "/nodes/0/input_transformers/0", "nope"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"output_transformers\": [\"nope\"]}]}",
     PROBLEM_ERROR, "unknown_transformer", "/nodes/0/output_transformers/0", "nope"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"calculator\": \"\"}]}", PROBLEM_NOTE,
     "empty_reference", "/nodes/0/calculator", "counts as none"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"config\": {\"whatever\": 1}}]}",
     PROBLEM_WARNING, "unknown_key", "/nodes/0/config/whatever", "ignored"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"type\": \"MetronomeNode\", \"config\": "
     "{\"interval\": 0}}]}",
     PROBLEM_ERROR, "out_of_bounds", "/nodes/0/config/interval", "at least 0.001 s"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"type\": \"SinkNode\", \"calculator\": "
     "\"nope\"}]}",
     PROBLEM_WARNING, "ignored_key", "/nodes/0/calculator", "no use"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"type\": \"PublicationNode\"}]}",
     PROBLEM_NOTE, "no_publishers", "/nodes/0", "nowhere"},

    /* edges */
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"abc\"}], \"edges\": [{\"from_node\": \"abc\", "
     "\"to_node\": \"abd\"}]}",
     PROBLEM_ERROR, "unknown_node", "/edges/0/to_node", "did you mean 'abc'?"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\"}], \"edges\": [{\"from_node\": \"a\"}]}",
     PROBLEM_ERROR, "missing_option", "/edges/0", "'to_node': is missing"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\"}], \"edges\": [{\"from_node\": \"a\", "
     "\"to_node\": \"\"}]}",
     PROBLEM_ERROR, "unknown_node", "/edges/0/to_node", "name a node"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\"}], \"edges\": [{\"from_node\": \"a\", "
     "\"to_node\": \"a\", \"data_transformer\": \"nope\"}]}",
     PROBLEM_ERROR, "unknown_transformer", "/edges/0/data_transformer", "nope"},
    {"{\"name\": \"d\", \"nodes\": [{\"name\": \"a\"}], \"edges\": [{\"from_node\": \"a\", "
     "\"to_node\": \"a\"}]}",
     PROBLEM_ERROR, "cycle", "/edges/0", "Cycle detected in graph: a -> a"},
    {"{\"name\": \"d\", " SUB ", \"nodes\": [{\"name\": \"a\"}, " READ
     "], \"edges\": [{\"from_node\": \"a\", \"to_node\": \"r\"}]}",
     PROBLEM_WARNING, "ignored_edge", "/edges/0/to_node", "takes nothing from edges"},

    /* the graph as a whole */
    {"{\"name\": \"d\", " SUB ", \"nodes\": [" READ ", {\"name\": \"lost\"}]}", PROBLEM_WARNING,
     "unreachable_node", "/nodes/1", "node 'lost'"},
    {"{\"name\": \"d\", " SUB "}", PROBLEM_WARNING, "unused_subscriber", "/subscribers/0",
     "no node reads it"},
    {"{\"name\": \"d\", " PUB "}", PROBLEM_WARNING, "unused_publisher", "/publishers/0",
     "no node writes to it"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
     "\"mem://queue/q\"}}], \"publishers\": [{\"name\": \"out\", \"config\": {\"destination\": "
     "\"mem://queue/q\"}}], \"nodes\": [" READ ", " SEND "], \"edges\": [" EDGE "]}",
     PROBLEM_WARNING, "feeds_itself", "/publishers/0", "feeds itself"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
     "\"mem://queue/q\"}}]}",
     PROBLEM_NOTE, "no_replay", "/subscribers/0", "a journal would keep"},
    {"{\"name\": \"d\", \"errors\": \"bin\", " PUB "}", PROBLEM_ERROR, "unknown_publisher",
     "/errors", "'bin'"},

    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"a\", \"config\": {\"source\": "
     "\"file://-\"}}, {\"name\": \"b\", \"config\": {\"source\": \"file://-\"}}]}",
     PROBLEM_ERROR, "standard_input_taken", "/subscribers/1", "'a' reads standard input already"},
    {"{\"name\": \"d\", \"subscribers\": [{\"name\": \"a\", \"config\": {\"source\": "
     "\"file://-\"}}]}",
     PROBLEM_NOTE, "no_replay", "/subscribers/0", "can't replay"},

    /* promises */
    {"{\"name\": \"d\", \"journal\": {\"depth\": \"order\"}, \"subscribers\": [{\"name\": \"in\", "
     "\"config\": {\"source\": \"file://-\"}}]}",
     PROBLEM_ERROR, "journal_too_shallow", "/journal", "can't read its source again"},
    {"{\"name\": \"d\", \"delivery\": \"exactly_once\", \"journal\": true, \"subscribers\": "
     "[{\"name\": \"in\", \"config\": {\"source\": \"file://-\"}}]}",
     PROBLEM_ERROR, "not_exactly_once", "/subscribers/0", "can't be read again"},
    {"{\"name\": \"d\", \"ack\": \"journal\"}", PROBLEM_ERROR, "ack_without_journal", "/ack",
     "depth events"},
    {"{\"name\": \"d\", \"journal\": 3}", PROBLEM_ERROR, "wrong_type", "/journal", "true, false"},
    {"{\"name\": \"d\", \"journal\": {\"depth\": \"event\"}}", PROBLEM_ERROR, "bad_choice",
     "/journal/depth", "did you mean 'events'?"},
    {"{\"name\": \"d\", \"journal\": {\"depth\": \"order\"}, \"subscribers\": [{\"name\": \"in\", "
     "\"config\": {\"source\": \"mem://queue/q\"}}]}",
     PROBLEM_ERROR, "journal_too_shallow", "/journal", "\"events\""},
    {"{\"name\": \"d\", \"delivery\": \"exactly_once\", \"journal\": true, \"subscribers\": "
     "[{\"name\": \"in\", \"config\": {\"source\": \"redischannel://c\"}}]}",
     PROBLEM_ERROR, "not_exactly_once", "/subscribers/0", "can't be read again"},
    {"{\"name\": \"d\", \"delivery\": \"exactly_once\", \"journal\": {\"depth\": \"events\"}, "
     "\"ack\": \"journal\", \"subscribers\": "
     "[{\"name\": \"in\", \"config\": {\"source\": \"activemq://queue/c\"}}]}",
     PROBLEM_ERROR, "not_exactly_once", "/subscribers/0", "may bring again"},
    {"{\"name\": \"d\", \"delivery\": \"exactly_once\", \"journal\": true, \"publishers\": "
     "[{\"name\": \"out\", \"config\": {\"destination\": \"activemq://queue/c\"}}]}",
     PROBLEM_ERROR, "not_exactly_once", "/publishers/0", "no progress"},
    {"{\"name\": \"d\", \"delivery\": \"exactly_once\", \"nodes\": [{\"name\": \"a\", \"type\": "
     "\"MetronomeNode\"}]}",
     PROBLEM_ERROR, "not_exactly_once", "/nodes/0", "timer"},
    {"{\"name\": \"d\", \"delivery\": \"exactly_once\", \"calculators\": [{\"name\": \"a\"}, "
     "{\"name\": \"b\", \"type\": \"DiceCalculator\"}]}",
     PROBLEM_ERROR, "not_exactly_once", "/calculators/1", "not always the same"},
};

static void every_kind_of_mistake_has_place_code_and_remedy(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
        const struct bad *bad = &bad_files[i];
        struct result result = check(bad->text);
        const struct problem *problem = find_problem(&result, bad->code);

        if (!problem) {
            fail_msg("case %zu, %s: no %s, but %s", i, bad->text, bad->code,
                     result.problems.count ? result.problems.items[0].message : "nothing");
            abort();
        }
        if (problem->severity != bad->severity || strcmp(problem->pointer, bad->pointer) != 0 ||
            !strstr(problem->message, bad->part))
            fail_msg("case %zu, %s: severity %d at '%s': %s", i, bad->text, problem->severity,
                     problem->pointer, problem->message);
        assert_int_equal(result.plan == NULL, result.problems.error_count > 0);
        if (!result.plan)
            assert_int_equal(result.err.code, DAG_ERROR_INVALID);
        result_free(&result);
    }
}

static void a_good_file_has_no_problems_and_a_whole_plan(void **unused)
{
    struct result result = check(GOOD);
    const struct plan *plan = result.plan;

    (void)unused;
    assert_non_null(plan);
    assert_int_equal(result.problems.count, 0);
    assert_string_equal(plan->name, "d");
    assert_int_equal(plan->node_count, 2);
    assert_int_equal(plan->nodes[0].kind, PLAN_NODE_SUBSCRIPTION);
    assert_int_equal(plan->nodes[0].subscriber, 0);
    assert_int_equal(plan->nodes[1].publisher_count, 1);
    assert_int_equal(plan->nodes[1].publishers[0], 0);
    assert_int_equal(plan->nodes[1].calculator, -1);
    assert_string_equal(plan->edges[0].name, "r_to_w");
    assert_int_equal(plan->nodes[0].edge_out_count, 1);
    assert_int_equal(plan->nodes[1].edges_in[0], 0);
    assert_int_equal(plan->order[1], 1);
    assert_int_equal(plan->subscribers[0].max_depth, 100000);
    assert_string_equal(plan->subscribers[0].address.scheme, "file");
    assert_string_equal(plan->subscribers[0].address.rest, "a");
    assert_int_equal(plan->publishers[0].retry_min_us, 100000);
    assert_int_equal(plan->publishers[0].retry_max_us, 30000000);
    assert_int_equal(plan->errors, -1);
    assert_int_equal(plan->window_start, -1);
    result_free(&result);
}

static void all_problems_come_at_once_and_in_order(void **unused)
{
    struct result result =
        check("{\"name\": \"a-b\",\n"
              " \"subscribers\": [{\"name\": \"s\", \"config\": {\"source\": \"x://y\"}}],\n"
              " \"calculators\": [{\"name\": \"k\", \"type\": \"Nope\"}],\n"
              " \"nodes\": [{\"name\": \"a\", \"calculator\": \"kk\"},\n"
              "  {\"name\": \"a\", \"input_transformers\": [\"t\"]}],\n"
              " \"edges\": [{\"from_node\": \"a\", \"to_node\": \"b\"}],\n"
              " \"foo\": 1}");
    static const char *const codes[] = {
        "invalid_name",       "unknown_source", "unknown_calculator_type",
        "unknown_calculator", "duplicate_name", "unknown_transformer",
        "unknown_node",       "unknown_key"};

    (void)unused;
    assert_null(result.plan);
    assert_int_equal(result.problems.count, 8);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(result.problems.items[i].code, codes[i]);
    assert_int_equal(result.problems.error_count, 7);
    assert_int_equal(result.problems.warning_count, 1);
    assert_int_equal(result.problems.items[7].line, 7);
    assert_int_equal(result.problems.items[7].column, 2);
    assert_non_null(strstr(result.err.message, "line 1, column 10: Invalid name: a-b."));
    result_free(&result);
}

static void mistakes_of_the_promises_do_not_hide_behind_others(void **unused)
{
    struct result result = check("{\"name\": \"a-b\", \"journal\": 3, \"ack\": \"journal\",\n"
                                 " \"delivery\": \"exactly_once\",\n"
                                 " \"publishers\": [{\"name\": \"p\", \"config\": "
                                 "{\"destination\": \"activemq://queue/c\"}}],\n"
                                 " \"nodes\": [1, {\"name\": \"n\", \"calculator\": \"k\"}]}");
    static const char *const codes[] = {"invalid_name", "wrong_type", "not_exactly_once",
                                        "wrong_type", "unknown_calculator"};

    (void)unused;
    assert_null(result.plan);
    assert_int_equal(result.problems.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(result.problems.items[i].code, codes[i]);
    assert_string_equal(result.problems.items[1].pointer, "/journal");
    result_free(&result);
}

static void strict_makes_unknown_keys_errors_and_leaves_comments(void **unused)
{
    struct result unknown = check_with("{\"name\": \"d\", \"foo\": 1}", true, &fake_registry);
    struct result comments = check_with(
        "{\"name\": \"d\", \"_foo\": 1, \"comment\": 2, \"nodes\": [{\"name\": \"a\", \"comment\": "
        "\"${UNSET}\", \"_x\": {\"y\": \"${UNSET}\"}, \"config\": {\"_z\": 1}}]}",
        true, &fake_registry);

    (void)unused;
    assert_null(unknown.plan);
    assert_int_equal(unknown.problems.error_count, 1);
    assert_non_null(comments.plan);
    assert_int_equal(comments.problems.warning_count, 0);
    result_free(&unknown);
    result_free(&comments);
}

static void keys_beside_config_count_as_in_it(void **unused)
{
    struct result result =
        check("{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"overflow\": \"latest\", "
              "\"follow\": false, \"config\": {\"source\": \"file://a\", \"max_depth\": 0}}], "
              "\"publishers\": [{\"name\": \"out\", \"config\": {\"destination\": \"file://b\", "
              "\"when_slow\": \"spill\", \"batch_size\": null}, \"publish_interval\": 0.5}], "
              "\"nodes\": [" READ ", " SEND "], \"edges\": [" EDGE "]}");

    (void)unused;
    assert_non_null(result.plan);
    assert_int_equal(result.problems.count, 0);
    assert_int_equal(result.plan->subscribers[0].overflow, PLAN_OVERFLOW_LATEST);
    assert_int_equal(result.plan->subscribers[0].max_depth, 0);
    assert_int_equal(expect_member(result.plan->subscribers[0].config, "follow")->type, TREE_BOOL);
    assert_string_equal(expect_member(result.plan->subscribers[0].config, "source")->text,
                        "file://a");
    assert_int_equal(result.plan->publishers[0].when_slow, PLAN_WHEN_SLOW_SPILL);
    assert_int_equal(result.plan->publishers[0].publish_interval_us, 500000);
    assert_int_equal(result.plan->publishers[0].batch_size, 0);
    result_free(&result);
}

static void a_key_of_two_tables_is_told_once(void **unused)
{
    struct result result =
        check("{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
              "\"mem://queue/q\", \"max_depth\": \"x\"}}]}");

    (void)unused;
    assert_int_equal(result.problems.error_count, 1);
    assert_string_equal(result.problems.items[0].pointer, "/subscribers/0/config/max_depth");
    result_free(&result);
}

static void implicit_transformers_are_added_when_named(void **unused)
{
    struct result result =
        check("{\"name\": \"d\", \"nodes\": [{\"name\": \"a\", \"input_transformers\": "
              "[\"passthru\", \"null\", \"passthru\"]}, {\"name\": \"b\"}], \"edges\": "
              "[{\"from_node\": \"a\", \"to_node\": \"b\", \"data_transformer\": \"null\", "
              "\"pname\": \"  \"}]}");

    (void)unused;
    assert_non_null(result.plan);
    assert_int_equal(result.plan->transformer_count, 2);
    assert_string_equal(result.plan->transformers[0].type->name, "PassthruDataTransformer");
    assert_int_equal(result.plan->nodes[0].input_transformers[2], 0);
    assert_int_equal(result.plan->edges[0].transformer, 1);
    assert_null(result.plan->edges[0].pname);
    result_free(&result);
}

static void keys_of_the_dag_reach_the_plan(void **unused)
{
    struct result result =
        check("{\"name\": \"d\", \"propagate\": \"changes\", \"delivery\": \"at_least_once\", "
              "\"journal\": {\"depth\": \"order\", \"sync\": \"os\", \"retain\": \"2h\", "
              "\"max_bytes\": \"1MiB\"}, \"memory_limit\": \"64MiB\", \"errors\": \"out\", "
              "\"start_time\": \"22:15\", \"end_time\": \"0100\", \"duration\": \"8h30m\", " PUB
              ", \"nodes\": [{\"name\": \"a\"}, {\"name\": \"b\", \"propagate\": \"every\"}, "
              "{\"name\": \"m\", \"type\": \"MetronomeNode\", \"config\": {\"interval\": 0.5}}]}");
    const struct plan *plan = result.plan;

    (void)unused;
    assert_non_null(plan);
    assert_int_equal(plan->propagate, PLAN_PROPAGATE_CHANGES);
    assert_int_equal(plan->nodes[0].propagate, PLAN_PROPAGATE_CHANGES);
    assert_int_equal(plan->nodes[1].propagate, PLAN_PROPAGATE_EVERY);
    assert_int_equal(plan->nodes[2].interval_us, 500000);
    assert_int_equal(plan->journal, PLAN_JOURNAL_ORDER);
    assert_int_equal(plan->journal_sync, PLAN_SYNC_OS);
    assert_int_equal(plan->journal_retain_us, 7200000000);
    assert_int_equal(plan->journal_bytes_max, 1048576);
    assert_int_equal(plan->memory_limit, 64 << 20);
    assert_int_equal(plan->errors, 0);
    assert_int_equal(plan->window_start, 22 * 60 + 15);
    assert_int_equal(plan->window_end, 6 * 60 + 45);
    assert_string_equal(plan->end_time, "0100");
    result_free(&result);
}

static void a_journal_of_true_keeps_events(void **unused)
{
    struct result result = check("{\"name\": \"d\", \"journal\": true, \"ack\": \"journal\"}");

    (void)unused;
    assert_non_null(result.plan);
    assert_int_equal(result.plan->journal, PLAN_JOURNAL_EVENTS);
    assert_int_equal(result.plan->journal_sync, PLAN_SYNC_ALWAYS);
    assert_int_equal(result.plan->ack, PLAN_ACK_JOURNAL);
    result_free(&result);
}

static void exactly_once_is_accepted_where_it_holds(void **unused)
{
    struct result result = check("{\"name\": \"d\", \"delivery\": \"exactly_once\", " SUB ", " PUB
                                 ", \"nodes\": [" READ ", " SEND "], \"edges\": [" EDGE "]}");

    (void)unused;
    assert_non_null(result.plan);
    assert_int_equal(result.plan->delivery, PLAN_EXACTLY_ONCE);
    result_free(&result);
}

static void variables_are_replaced_at_load(void **unused)
{
    struct result result =
        check("{\"name\": \"d_${HOST}\", \"subscribers\": [{\"name\": \"in\", \"config\": "
              "{\"source\": \"file://${DIR:data}/${HOST}.json\", \"max_depth\": \"${NUMBER}\"}}], "
              "\"calculators\": [{\"name\": \"k\", \"type\": \"ApplyDefaultsCalculator\", "
              "\"config\": {\"defaults\": {\"a\": \"$${HOST}\", \"b\": \"5$\", \"c\": "
              "\"${EMPTY:}\", \"d\": \"${secret:KEY}\"}}}], \"nodes\": [" READ "]}");
    const struct tree *defaults;

    (void)unused;
    assert_non_null(result.plan);
    assert_string_equal(result.plan->name, "d_example");
    assert_string_equal(result.plan->subscribers[0].address.uri, "file://data/example.json");
    assert_int_equal(result.plan->subscribers[0].max_depth, 7);
    defaults = expect_member(result.plan->calculators[0].config, "defaults");
    assert_memory_equal(defaults->json,
                        "{\"a\":\"${HOST}\",\"b\":\"5$\",\"c\":\"\",\"d\":\"${secret:KEY}\"}",
                        defaults->json_size);
    assert_true(result.plan->uses_secrets);
    assert_int_equal(expect_problem(&result, "secret")->severity, PROBLEM_NOTE);
    result_free(&result);
}

static void variables_that_fail_are_told_with_their_place(void **unused)
{
    static const struct {
        const char *text, *code;
        uint32_t column;
    } cases[] = {
        {"{\"name\": \"${UNSET}\"}", "unset_variable", 10},
        {"{\"name\": \"d\", \"errors\": \"a${UNSET}\"}", "unset_variable", 25},
        {"{\"name\": \"${a-b}\"}", "bad_variable", 10},
        {"{\"name\": \"${}\"}", "bad_variable", 10},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct result result = check(cases[i].text);
        const struct problem *problem = expect_problem(&result, cases[i].code);

        assert_int_equal(problem->severity, PROBLEM_ERROR);
        assert_int_equal(problem->column, cases[i].column);
        result_free(&result);
    }
}

static void types_with_a_dot_come_from_plugins(void **unused)
{
    struct result result = check_with(
        "{\"name\": \"d\", \"subscribers\": [{\"name\": \"in\", \"config\": {\"source\": "
        "\"custom://x\", \"delegate_module\": \"shop\", \"delegate_class\": \"Feed\", "
        "\"delegate_config\": {\"max_size\": 3}, \"poll_interval\": 1}}], \"publishers\": "
        "[{\"name\": \"out\", \"config\": {\"destination\": \"custom://y\", \"delegate_module\": "
        "\"shop\", \"delegate_class\": \"Bill\"}}], \"calculators\": [{\"name\": \"k\", \"type\": "
        "\"shop.Price\"}], \"transformers\": [{\"name\": \"t\", \"type\": \"shop.Trim\"}], "
        "\"nodes\": [" READ ", {\"name\": \"w\", \"type\": \"shop.Till\", \"publishers\": "
        "[\"out\"], \"config\": {\"output_attribute\": \"x\"}}], \"edges\": [" EDGE "]}",
        false, &fake_registry_with_plugins);
    struct result missing =
        check_with("{\"name\": \"d\", \"calculators\": [{\"name\": \"k\", \"type\": "
                   "\"shop.Prize\"}]}",
                   false, &fake_registry_with_plugins);

    (void)unused;
    assert_non_null(result.plan);
    assert_int_equal(result.problems.warning_count, 0);
    assert_string_equal(result.plan->subscribers[0].type->name, "Feed");
    assert_int_equal(expect_member(result.plan->subscribers[0].config, "max_size")->integer, 3);
    assert_string_equal(result.plan->publishers[0].type->name, "Bill");
    assert_null(result.plan->publishers[0].config);
    assert_string_equal(result.plan->calculators[0].type->name, "Price");
    assert_int_equal(result.plan->nodes[1].kind, PLAN_NODE_PLUGIN);
    assert_string_equal(expect_problem(&missing, "plugin_failed")->pointer, "/calculators/0/type");
    result_free(&result);
    result_free(&missing);
}

static void a_publisher_sink_takes_publishers_from_both_places(void **unused)
{
    struct result result =
        check("{\"name\": \"d\", \"publishers\": [{\"name\": \"p\", \"config\": {\"destination\": "
              "\"file://a\"}}, {\"name\": \"q\", \"config\": {\"destination\": \"file://b\"}}], "
              "\"nodes\": [{\"name\": \"a\", \"type\": \"PublisherSinkNode\", \"config\": "
              "{\"publishers\": [\"q\"]}, \"publishers\": [\"p\"]}]}");

    (void)unused;
    assert_non_null(result.plan);
    assert_int_equal(result.plan->nodes[0].publisher_count, 2);
    assert_int_equal(result.plan->nodes[0].publishers[0], 1);
    assert_int_equal(result.plan->nodes[0].publishers[1], 0);
    result_free(&result);
}

static void too_large_and_too_deep_files_are_refused(void **unused)
{
    size_t size = ((size_t)4 << 20) + 2;
    char *large = malloc(size);
    struct problems problems = {0};
    struct dag_error err = {0};
    char deep[400] = "{\"name\": \"d\", \"_x\": ";
    struct result result;

    (void)unused;
    memset(large, ' ', size);
    assert_null(graph_check(large, size, &fake_registry, NULL, &problems, &err));
    assert_string_equal(problems.items[0].code, "too_large");
    problems_free(&problems);
    free(large);
    memset(deep + strlen(deep), '[', 70);
    result = check(deep);
    assert_string_equal(result.problems.items[0].code, "too_deep");
    assert_non_null(strstr(result.problems.items[0].message, "at most 64 levels"));
    result_free(&result);
}

static void a_file_that_cannot_be_read_is_an_io_error(void **unused)
{
    struct problems problems = {0};
    struct dag_error err = {0};

    (void)unused;
    assert_null(graph_check_file("/nowhere/at/all.json", &fake_registry, NULL, &problems, &err));
    assert_int_equal(err.code, DAG_ERROR_IO);
    assert_int_equal(problems.count, 0);
    assert_null(graph_check_file("/", &fake_registry, NULL, &problems, &err));
    assert_int_equal(err.code, DAG_ERROR_IO);
    problems_free(&problems);
}

/* A chain of this many nodes. Each edge, of which there may be more, may name a node that is not
 * there. */
static char *long_chain(size_t count, size_t edge_count, const char *prefix)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        abort();
    fputs("{\"name\": \"d\", \"nodes\": [", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s{\"name\": \"node_%zu\"}", i ? "," : "", i);
    fputs("], \"edges\": [", out);
    for (size_t i = 1; i <= edge_count; i++)
        fprintf(out, "%s{\"from_node\": \"%s_%zu\", \"to_node\": \"node_%zu\"}", i > 1 ? "," : "",
                prefix, i - 1, i % count);
    fputs("]}", out);
    fclose(out);
    return text;
}

static void ten_thousand_nodes_are_ordered(void **unused)
{
    char *text = long_chain(10000, 9999, "node");
    struct result result = check(text);

    (void)unused;
    assert_non_null(result.plan);
    assert_int_equal(result.plan->node_count, 10000);
    assert_int_equal(result.plan->order[9999], 9999);
    result_free(&result);
    free(text);
}

static void one_node_more_is_refused(void **unused)
{
    char *text = long_chain(10001, 10000, "node");
    struct result result = check(text);

    (void)unused;
    assert_null(result.plan);
    assert_non_null(find_problem(&result, "too_many_entries"));
    result_free(&result);
    free(text);
}

static void ten_thousand_mistakes_are_told_up_to_a_bound(void **unused)
{
    char *text = long_chain(10000, 11999, "nod");
    struct result result = check(text);

    (void)unused;
    assert_null(result.plan);
    assert_int_equal(result.problems.error_count, 11999);
    assert_int_equal(result.problems.count, 10001);
    assert_non_null(find_problem(&result, "too_many_problems"));
    result_free(&result);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_mistake_has_place_code_and_remedy),
        cmocka_unit_test(a_good_file_has_no_problems_and_a_whole_plan),
        cmocka_unit_test(all_problems_come_at_once_and_in_order),
        cmocka_unit_test(mistakes_of_the_promises_do_not_hide_behind_others),
        cmocka_unit_test(strict_makes_unknown_keys_errors_and_leaves_comments),
        cmocka_unit_test(keys_beside_config_count_as_in_it),
        cmocka_unit_test(a_key_of_two_tables_is_told_once),
        cmocka_unit_test(implicit_transformers_are_added_when_named),
        cmocka_unit_test(keys_of_the_dag_reach_the_plan),
        cmocka_unit_test(a_journal_of_true_keeps_events),
        cmocka_unit_test(exactly_once_is_accepted_where_it_holds),
        cmocka_unit_test(variables_are_replaced_at_load),
        cmocka_unit_test(variables_that_fail_are_told_with_their_place),
        cmocka_unit_test(types_with_a_dot_come_from_plugins),
        cmocka_unit_test(a_publisher_sink_takes_publishers_from_both_places),
        cmocka_unit_test(too_large_and_too_deep_files_are_refused),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_io_error),
        cmocka_unit_test(ten_thousand_nodes_are_ordered),
        cmocka_unit_test(one_node_more_is_refused),
        cmocka_unit_test(ten_thousand_mistakes_are_told_up_to_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
