/* api_schemas.c - the JSON Schemas of what the REST API takes, and of what isn't about DAGs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_schemas.h"

#include <stddef.h>
#include <string.h>

struct named_schema {
    const char *name;
    const char *json;
};

static const struct named_schema schemas[] = {
    {"any", "{}"},
    {"audit",
     "{\"type\":\"object\",\"properties\":{\"number\":{\"type\":\"integer\"},\"time\":{\"type"
     "\":\"string\",\"format\":\"date-time\"},\"actor\":{\"type\":\"string\"},\"action\":{\"ty"
     "pe\":\"string\"},\"object\":{\"type\":\"string\"},\"result\":{\"type\":\"string\",\"enum"
     "\":[\"begun\",\"ok\",\"denied\",\"failed\"]},\"detail\":{\"type\":\"string\"},\"method\""
     ":{\"type\":\"string\"},\"address\":{\"type\":\"string\"},\"request_id\":{\"type\":\"stri"
     "ng\"},\"revision_before\":{\"type\":[\"integer\",\"string\"]},\"revision_after\":{\"type"
     "\":[\"integer\",\"string\"]},\"state\":{\"type\":\"string\",\"enum\":[\"begun\",\"done\""
     ",\"denied\",\"failed\",\"unknown\"]},\"ended_at\":{\"type\":[\"string\",\"null\"],\"form"
     "at\":\"date-time\"},\"prev\":{\"type\":\"string\"},\"hash\":{\"type\":\"string\"}},\"req"
     "uired\":[\"number\",\"time\",\"actor\",\"action\",\"object\",\"result\",\"detail\",\"sta"
     "te\",\"ended_at\",\"prev\",\"hash\"]}"},
    {"audit_list",
     "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":"
     "\"#/components/schemas/audit\"}},\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"tota"
     "l\":{\"type\":[\"integer\",\"null\"]}},\"required\":[\"items\",\"next_cursor\",\"total\""
     "]}"},
    {"clone",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"pattern\":\"^(?=.*["
     "A-Za-z])[A-Za-z0-9_]{1,1024}$\"},\"start_time\":{\"type\":\"string\",\"pattern\":\"^(([0"
     "1][0-9]|2[0-3]):?[0-5][0-9])?$\"},\"end_time\":{\"type\":\"string\",\"pattern\":\"^(([01"
     "][0-9]|2[0-3]):?[0-5][0-9])?$\"},\"duration\":{\"type\":\"string\"},\"overrides\":{\"typ"
     "e\":\"object\"},\"start\":{\"type\":\"boolean\"}},\"additionalProperties\":false}"},
    {"cluster",
     "{\"type\":\"object\",\"properties\":{\"is_clustered\":{\"type\":\"boolean\"},\"role\":{"
     "\"type\":\"string\",\"enum\":[\"primary\",\"standby\"]},\"members\":{\"type\":\"array\","
     "\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"role\":{"
     "\"type\":\"string\"},\"version\":{\"type\":\"string\"},\"is_self\":{\"type\":\"boolean\""
     "},\"started\":{\"type\":\"string\",\"format\":\"date-time\"}},\"required\":[\"name\",\"r"
     "ole\",\"version\",\"is_self\"]}}},\"required\":[\"is_clustered\",\"role\",\"members\"]}"},
    {"config",
     "{\"type\":\"object\",\"properties\":{\"_from\":{\"type\":\"object\",\"additionalProperti"
     "es\":{\"type\":\"string\"}}},\"required\":[\"_from\"]}"},
    {"count",
     "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\",\"minimum\":0}},\"r"
     "equired\":[\"count\"]}"},
    {"cycle",
     "{\"type\":\"object\",\"properties\":{\"cycle\":{\"type\":\"string\"},\"time\":{\"type\":"
     "[\"string\",\"null\"],\"format\":\"date-time\"},\"has_events\":{\"type\":\"boolean\"},\""
     "ticks\":{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"null\"]}},\"events\":{\"ty"
     "pe\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"node\":{\"type\":[\"stri"
     "ng\",\"null\"]},\"subscriber\":{\"type\":[\"string\",\"null\"]},\"lane\":{\"type\":\"int"
     "eger\"},\"offset\":{\"type\":\"string\"},\"is_rejected\":{\"type\":\"boolean\"},\"event"
     "\":{},\"message\":{},\"raw_base64\":{\"type\":\"string\"}},\"required\":[\"node\",\"subs"
     "criber\",\"lane\",\"offset\",\"is_rejected\",\"event\"]}}},\"required\":[\"cycle\",\"tim"
     "e\",\"has_events\",\"ticks\",\"events\"],\"additionalProperties\":false}"},
    {"dag", "{\"type\":\"object\"}"},
    {"dag_action",
     "{\"type\":\"object\",\"properties\":{\"action\":{\"type\":\"string\",\"enum\":[\"start\""
     ",\"stop\",\"suspend\",\"resume\",\"restart\",\"delete\"]},\"names\":{\"type\":\"array\","
     "\"items\":{\"type\":\"string\"},\"minItems\":1,\"maxItems\":500,\"uniqueItems\":true}},"
     "\"required\":[\"action\",\"names\"],\"additionalProperties\":false}"},
    {"dag_action_results",
     "{\"type\":\"object\",\"properties\":{\"results\":{\"type\":\"array\",\"items\":{\"type\""
     ":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"status\":{\"type\":\"intege"
     "r\"},\"code\":{\"type\":[\"string\",\"null\"]},\"detail\":{\"type\":[\"string\",\"null\""
     "]}},\"required\":[\"name\",\"status\"]}}},\"required\":[\"results\"]}"},
    {"dag_change",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"revision\":{\"type"
     "\":[\"string\",\"null\"]},\"is_dry_run\":{\"type\":\"boolean\"},\"warnings\":{\"type\":"
     "\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"pointer\":{\"type\":\"string"
     "\"},\"line\":{\"type\":\"integer\"},\"column\":{\"type\":\"integer\"},\"code\":{\"type\""
     ":\"string\"},\"message\":{\"type\":\"string\"},\"severity\":{\"type\":\"string\",\"enum"
     "\":[\"warning\",\"note\"]},\"suggestion\":{\"type\":[\"string\",\"null\"]}},\"required\""
     ":[\"pointer\",\"line\",\"column\",\"code\",\"message\",\"severity\"]}},\"definition\":{"
     "\"type\":\"object\"}},\"required\":[\"name\",\"revision\",\"is_dry_run\",\"warnings\"]}"},
    {"dead_letter",
     "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"state\":{\"type\":\""
     "string\"},\"error\":{\"type\":\"string\"},\"cause\":{\"type\":\"string\",\"enum\":[\"par"
     "se\",\"node\",\"publish\"]},\"dag\":{\"type\":\"string\"},\"time\":{\"type\":\"string\","
     "\"format\":\"date-time\"},\"cycle\":{\"type\":\"integer\"},\"sub_cycle\":{\"type\":\"int"
     "eger\"},\"node\":{\"type\":\"string\"},\"subscriber\":{\"type\":\"string\"},\"publisher"
     "\":{\"type\":\"string\"},\"position\":{\"type\":\"object\"},\"input\":{},\"raw_base64\":"
     "{\"type\":\"string\"}},\"required\":[\"id\",\"state\",\"error\"],\"additionalProper"
     "ties\":false}"},
    {"health",
     "{\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"string\"}},\"required\":[\"s"
     "tatus\"]}"},
    {"layout", "{\"type\":\"object\"}"},
    {"log_levels",
     "{\"type\":\"object\",\"properties\":{\"level\":{\"type\":\"string\",\"enum\":[\"error\","
     "\"warning\",\"info\",\"debug\"]}},\"required\":[\"level\"]}"},
    {"login",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":1024},"
     "\"password\":{\"type\":\"string\",\"maxLength\":1024}},\"required\":[\"name\",\"password"
     "\"],\"additionalProperties\":false}"},
    {"login_session",
     "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"address\":{\"type\":"
     "\"string\"},\"created\":{\"type\":\"string\",\"format\":\"date-time\"},\"last_used\":{\""
     "type\":\"string\",\"format\":\"date-time\"},\"is_current\":{\"type\":\"boolean\"}},\"req"
     "uired\":[\"id\",\"created\",\"is_current\"]}"},
    {"me",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"role\":{\"type\":"
     "\"string\",\"enum\":[\"viewer\",\"operator\",\"admin\"]},\"scope\":{\"type\":\"string\","
     "\"maxLength\":511},\"method\":{\"type\":\"string\",\"enum\":[\"cookie\",\"token\"]},\"cs"
     "rf_token\":{\"type\":[\"string\",\"null\"]},\"expires\":{\"type\":[\"string\",\"null\"],"
     "\"format\":\"date-time\"},\"full_name\":{\"type\":\"string\"},\"idle_ends\":{\"type\":["
     "\"string\",\"null\"],\"format\":\"date-time\"},\"must_change_password\":{\"type\":\"bool"
     "ean\"}},\"required\":[\"name\",\"role\",\"scope\",\"method\"]}"},
    {"password_change",
     "{\"type\":\"object\",\"properties\":{\"old_password\":{\"type\":\"string\",\"maxLength\""
     ":1024},\"new_password\":{\"type\":\"string\",\"minLength\":12,\"maxLength\":1024}},\"req"
     "uired\":[\"old_password\",\"new_password\"],\"additionalProperties\":false}"},
    {"password_reset",
     "{\"type\":\"object\",\"properties\":{\"password\":{\"type\":\"string\",\"minLength\":12,"
     "\"maxLength\":1024}},\"required\":[\"password\"],\"additionalProperties\":false}"},
    {"problem",
     "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},\"title\":{\"type\":"
     "\"string\"},\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"instanc"
     "e\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"request_id\":{\"type\":\"stri"
     "ng\"},\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"po"
     "inter\":{\"type\":\"string\"},\"line\":{\"type\":\"integer\"},\"column\":{\"type\":\"int"
     "eger\"},\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"},\"severity\":{"
     "\"type\":\"string\"},\"suggestion\":{\"type\":[\"string\",\"null\"]}},\"required\":[\"co"
     "de\",\"message\"]}}},\"required\":[\"type\",\"title\",\"status\",\"code\",\"request_id\""
     "]}"},
    {"problems",
     "{\"type\":\"object\",\"properties\":{\"valid\":{\"type\":\"boolean\"},\"problems\":{\"ty"
     "pe\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"line\":{\"type\":\"integ"
     "er\"},\"column\":{\"type\":\"integer\"},\"pointer\":{\"type\":\"string\"},\"severity\":{"
     "\"type\":\"string\",\"enum\":[\"error\",\"warning\",\"note\"]},\"code\":{\"type\":\"stri"
     "ng\"},\"message\":{\"type\":\"string\"},\"suggestion\":{\"type\":[\"string\",\"null\"]}}"
     ",\"required\":[\"code\",\"message\"]}},\"runs\":{\"oneOf\":[{\"type\":\"null\"},{\"$ref\":"
     "\"#/components/schemas/Runs\"}]}},\"required\":[\"valid\",\"problems\",\"runs\"]}"},
    {"published",
     "{\"type\":\"object\",\"properties\":{\"accepted\":{\"type\":\"integer\",\"minimum\":0},"
     "\"is_safe\":{\"type\":\"boolean\"},\"sequence\":{\"type\":\"string\"}},\"required\":[\"a"
     "ccepted\",\"is_safe\"]}"},
    {"rollback",
     "{\"type\":\"object\",\"properties\":{\"revision\":{\"type\":\"integer\",\"minimum\":1},"
     "\"comment\":{\"type\":\"string\",\"maxLength\":1000}},\"required\":[\"revision\"],\"addi"
     "tionalProperties\":false}"},
    {"selection",
     "{\"type\":\"object\",\"properties\":{\"ids\":{\"oneOf\":[{\"const\":\"all\"},{\"type\":"
     "\"array\",\"items\":{\"type\":\"string\"},\"minItems\":1}]}},\"required\":[\"ids\"],\"ad"
     "ditionalProperties\":false}"},
    {"setup",
     "{\"type\":\"object\",\"properties\":{\"token\":{\"type\":\"string\"},\"name\":{\"type\":"
     "\"string\",\"pattern\":\"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$\"},\"password\":{\"type\":\"s"
     "tring\",\"minLength\":12,\"maxLength\":1024}},\"required\":[\"token\",\"name\",\"passwor"
     "d\"],\"additionalProperties\":false}"},
    {"stop",
     "{\"type\":\"object\",\"properties\":{\"drain\":{\"type\":\"boolean\",\"default\":true},"
     "\"timeout_ms\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":3600000}},\"additionalPro"
     "perties\":false}"},
    {"token",
     "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"name\":{\"type\":\"s"
     "tring\"},\"role\":{\"type\":\"string\",\"enum\":[\"viewer\",\"operator\",\"admin\"]},\"s"
     "cope\":{\"type\":\"string\",\"maxLength\":511},\"created\":{\"type\":\"string\",\"format"
     "\":\"date-time\"},\"expires\":{\"type\":\"string\",\"format\":\"date-time\"},\"last_used"
     "\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}},\"required\":[\"id\",\"nam"
     "e\",\"role\",\"created\",\"expires\"]}"},
    {"token_created",
     "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"},\"name\":{\"type\":\"s"
     "tring\"},\"role\":{\"type\":\"string\",\"enum\":[\"viewer\",\"operator\",\"admin\"]},\"s"
     "cope\":{\"type\":\"string\",\"maxLength\":511},\"created\":{\"type\":\"string\",\"format"
     "\":\"date-time\"},\"expires\":{\"type\":\"string\",\"format\":\"date-time\"},\"last_used"
     "\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},\"secret\":{\"type\":\"stri"
     "ng\"}},\"required\":[\"id\",\"secret\",\"expires\"]}"},
    {"token_new",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"minLength\":1,\"max"
     "Length\":200},\"role\":{\"type\":\"string\",\"enum\":[\"viewer\",\"operator\",\"admin\"]"
     "},\"scope\":{\"type\":\"string\",\"maxLength\":511},\"days\":{\"type\":\"integer\",\"min"
     "imum\":1,\"maximum\":365,\"default\":90}},\"required\":[\"name\"],\"additionalProperties"
     "\":false}"},
    {"user",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"role\":{\"type\":"
     "\"string\",\"enum\":[\"viewer\",\"operator\",\"admin\"]},\"scope\":{\"type\":\"string\","
     "\"maxLength\":511},\"is_disabled\":{\"type\":\"boolean\"},\"last_login\":{\"type\":[\"st"
     "ring\",\"null\"],\"format\":\"date-time\"},\"token_count\":{\"type\":\"integer\"},\"full"
     "_name\":{\"type\":\"string\"},\"must_change_password\":{\"type\":\"boolean\"},\"created"
     "\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}},\"required\":[\"name\",\"r"
     "ole\",\"scope\",\"is_disabled\"]}"},
    {"user_change",
     "{\"type\":\"object\",\"properties\":{\"role\":{\"type\":\"string\",\"enum\":[\"viewer\","
     "\"operator\",\"admin\"]},\"scope\":{\"type\":\"string\",\"maxLength\":511},\"is_disabled"
     "\":{\"type\":\"boolean\"}},\"additionalProperties\":false,\"minProperties\":1}"},
    {"user_new",
     "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"pattern\":\"^[A-Za-"
     "z0-9][A-Za-z0-9_.-]{0,63}$\"},\"password\":{\"type\":\"string\",\"minLength\":12,\"maxLe"
     "ngth\":1024},\"role\":{\"type\":\"string\",\"enum\":[\"viewer\",\"operator\",\"admin\"]}"
     ",\"scope\":{\"type\":\"string\",\"maxLength\":511},\"full_name\":{\"type\":\"string\",\""
     "maxLength\":200},\"must_change\":{\"type\":\"boolean\",\"default\":false}},\"required\":"
     "[\"name\",\"password\",\"role\"],\"additionalProperties\":false}"},
};

const char *api_schema(const char *name)
{
    for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++)
        if (strcmp(schemas[i].name, name) == 0)
            return schemas[i].json;
    return NULL;
}
