/* api_operations.c - every operation of the REST API. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_operations.h"

#define SMALL_MAX      65536
#define ACTION_MAX     1048576
#define LAYOUT_MAX     4194304
#define DEFINITION_MAX 4194304
#define MESSAGE_MAX    16777216
#define BATCH_MAX      67108864

/* ---- query parameters --------------------------------------------------------------------- */

static const struct http_parameter_doc list_query[] = {
    {"limit", "integer", "most items of a page: 50, at most 500", false},
    {"cursor", "string", "next_cursor of the page before", false},
    {"sort", "string", "a field, with - in front for the other way round", false},
    {"q", "string", "part of a name", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc dag_list_query[] = {
    {"limit", "integer", "most items of a page: 50, at most 500", false},
    {"cursor", "string", "next_cursor of the page before", false},
    {"sort", "string", "a field, with - in front for the other way round", false},
    {"q", "string", "part of a name", false},
    {"state", "string", "only DAGs in this state", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc create_query[] = {
    {"dry_run", "boolean", "checks only", false},
    {"start", "boolean", "starts it as well", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc update_query[] = {
    {"dry_run", "boolean", "checks only", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc wait_query[] = {
    {"wait_ms", "integer", "waits so long for the DAG to get there: 0, at most 60,000", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc runs_query[] = {
    {"count", "integer", "how many windows: 10, at most 100", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc series_query[] = {
    {"from", "string", "begin, RFC 3339: an hour ago", false},
    {"to", "string", "end, RFC 3339: now", false},
    {"step_ms", "integer", "time between points", false},
    {"node", "string", "one node; else the whole DAG", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc tap_query[] = {
    {"side", "string", "in or out (default)", false},
    {"rate", "integer", "most messages a second: 10, at most 100", false},
    {"max", "integer", "ends after so many: 500", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc events_query[] = {
    {"topics", "string", "dags, dag:NAME, cluster, log, with commas between", true},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc publish_query[] = {
    {"inject", "boolean", "queues into this DAG only", false},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc step_query[] = {
    {"subscriber", "string", "where the message comes in", true},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc letters_query[] = {
    {"ids", "string", "ids with commas between, or all", true},
    {NULL, NULL, NULL, false},
};
static const struct http_parameter_doc audit_query[] = {
    {"limit", "integer", "most items of a page: 50, at most 500", false},
    {"cursor", "string", "next_cursor of the page before", false},
    {"sort", "string", "a field, with - in front for the other way round", false},
    {"q", "string", "part of a name", false},
    {"who", "string", "only this user", false},
    {"action", "string", "only this operation", false},
    {"object", "string", "only this object", false},
    {"from", "string", "begin, RFC 3339", false},
    {"to", "string", "end, RFC 3339", false},
    {"result", "string", "ok, denied or failed", false},
    {NULL, NULL, NULL, false},
};

/* ---- the table ---------------------------------------------------------------------------- */

/* Behind the summary: what else the row has, with designators. */
#define OPERATION(method_, pattern_, access_, tag_, id_, ...)                                      \
    {                                                                                              \
        .method = method_, .pattern = pattern_, .access = (uint32_t)(access_), .tag = tag_,        \
        .operation_id = id_, .summary = __VA_ARGS__                                                \
    }

const struct http_route api_operations[] = {
    /* Signing in, and one's own account */
    OPERATION("POST", API_BASE "/setup", API_ROLE_NONE | API_CHANGES, "account", "setUp",
              "Makes the first admin, by the one-time token that the first start prints.",
              .request_schema = "setup", .body_max = SMALL_MAX, .reply_schema = "me",
              .reply_status = 201, .problems = "403 409 422"),
    OPERATION("POST", API_BASE "/login", API_ROLE_NONE | API_CHANGES, "account", "login",
              "Signs in with name and password; sets the cookie.", .request_schema = "login",
              .body_max = SMALL_MAX, .reply_schema = "me", .problems = "401 429"),
    OPERATION("POST", API_BASE "/logout", API_ROLE_VIEWER | API_CHANGES, "account", "logout",
              "Ends this login session.", .reply_status = 204),
    OPERATION("GET", API_BASE "/me", API_ROLE_VIEWER, "account", "readMe",
              "Who is signed in, with role, scope and CSRF token.", .reply_schema = "me"),
    OPERATION("PUT", API_BASE "/me/password", API_ROLE_VIEWER | API_CHANGES, "account",
              "changeMyPassword", "Changes one's own password; ends the other login sessions.",
              .request_schema = "password_change", .body_max = SMALL_MAX, .reply_status = 204,
              .problems = "422"),
    OPERATION("GET", API_BASE "/me/tokens", API_ROLE_VIEWER, "account", "listMyTokens",
              "One's own API tokens, without their secrets.", .query = list_query,
              .reply_schema = "token_list"),
    OPERATION("POST", API_BASE "/me/tokens", API_ROLE_VIEWER | API_CHANGES, "account",
              "createMyToken", "A new API token, whose secret is shown this once.",
              .request_schema = "token_new", .body_max = SMALL_MAX, .reply_schema = "token_created",
              .reply_status = 201, .problems = "422"),
    OPERATION("DELETE", API_BASE "/me/tokens/{id}", API_ROLE_VIEWER | API_CHANGES, "account",
              "revokeMyToken", "Revokes one of one's own tokens.", .reply_status = 204),
    OPERATION("GET", API_BASE "/me/login-sessions", API_ROLE_VIEWER, "account",
              "listMyLoginSessions", "Where one is signed in.", .query = list_query,
              .reply_schema = "login_session_list"),
    OPERATION("DELETE", API_BASE "/me/login-sessions/{id}", API_ROLE_VIEWER | API_CHANGES,
              "account", "endMyLoginSession", "Ends one of one's own login sessions.",
              .reply_status = 204),
    /* Definitions */
    OPERATION("GET", API_BASE "/dags", API_ROLE_VIEWER, "dags", "listDags",
              "The DAGs that may be seen.", .query = dag_list_query, .reply_schema = "dag_list"),
    OPERATION("POST", API_BASE "/dags", API_ROLE_ADMIN | API_CHANGES | API_BODY_NAMES, "dags",
              "createDag", "Adds a DAG; the body is its definition.", .request_schema = "dag",
              .body_max = DEFINITION_MAX, .query = create_query, .reply_schema = "dag_change",
              .reply_status = 201, .problems = "409 422"),
    OPERATION("GET", API_BASE "/dags/{dag}", API_ROLE_VIEWER, "dags", "readDag",
              "The definition as it was written, with its revision as ETag.",
              .reply_schema = "dag"),
    OPERATION("PUT", API_BASE "/dags/{dag}", API_ROLE_ADMIN | API_CHANGES | API_IF_MATCH, "dags",
              "updateDag", "A new revision; a running DAG is swapped at a cycle boundary.",
              .request_schema = "dag", .body_max = DEFINITION_MAX, .query = update_query,
              .reply_schema = "dag_change", .problems = "409 422"),
    OPERATION("DELETE", API_BASE "/dags/{dag}", API_ROLE_ADMIN | API_CHANGES | API_IF_MATCH, "dags",
              "deleteDag", "Stops the DAG and removes it with its revisions and its state.",
              .reply_status = 204),
    OPERATION("GET", API_BASE "/dags/{dag}/details", API_ROLE_VIEWER, "dags", "readDagDetails",
              "Everything that is known about a DAG.", .reply_schema = "dag_details"),
    OPERATION("GET", API_BASE "/dags/{dag}/revisions", API_ROLE_VIEWER, "dags", "listRevisions",
              "Who changed it, and when.", .query = list_query, .reply_schema = "revision_list"),
    OPERATION("GET", API_BASE "/dags/{dag}/revisions/{revision}", API_ROLE_VIEWER, "dags",
              "readRevision", "One revision, with the difference to the one before.",
              .reply_schema = "revision"),
    OPERATION("POST", API_BASE "/dags/{dag}/rollback", API_ROLE_ADMIN | API_CHANGES | API_IF_MATCH,
              "dags", "rollBackDag", "Makes an old revision the newest one.",
              .request_schema = "rollback", .body_max = SMALL_MAX, .reply_schema = "dag_change",
              .problems = "409 422"),
    OPERATION("POST", API_BASE "/dags/{dag}/clone", API_ROLE_ADMIN | API_CHANGES | API_BODY_NAMES,
              "dags", "cloneDag", "A copy with another name, window and overridden keys.",
              .request_schema = "clone", .body_max = SMALL_MAX, .query = update_query,
              .reply_schema = "dag_change", .reply_status = 201, .problems = "409 422"),
    OPERATION("GET", API_BASE "/dags/{dag}/layout", API_ROLE_VIEWER, "dags", "readLayout",
              "Where the nodes stand on the page.", .reply_schema = "layout"),
    OPERATION("PUT", API_BASE "/dags/{dag}/layout", API_ROLE_ADMIN | API_CHANGES, "dags",
              "putLayout", "Keeps where the nodes stand; makes no revision.",
              .request_schema = "layout", .body_max = LAYOUT_MAX, .reply_status = 204),
    OPERATION("POST", API_BASE "/dags/{dag}/plan", API_ROLE_ADMIN, "dags", "planDag",
              "What a new definition would keep, reset and restart.", .request_schema = "dag",
              .body_max = DEFINITION_MAX, .reply_schema = "plan", .problems = "422"),
    /* Life */
    OPERATION("POST", API_BASE "/dags/{dag}/start", API_ROLE_OPERATOR | API_CHANGES, "life",
              "startDag", "Wants it to run.", .query = wait_query, .reply_schema = "dag_state",
              .problems = "409"),
    OPERATION("POST", API_BASE "/dags/{dag}/restart", API_ROLE_OPERATOR | API_CHANGES, "life",
              "restartDag", "Stops it and starts it again.", .query = wait_query,
              .reply_schema = "dag_state", .problems = "409"),
    OPERATION("POST", API_BASE "/dags/{dag}/suspend", API_ROLE_OPERATOR | API_CHANGES, "life",
              "suspendDag", "Takes no more input, and keeps what is under way.",
              .query = wait_query, .reply_schema = "dag_state", .problems = "409"),
    OPERATION("POST", API_BASE "/dags/{dag}/resume", API_ROLE_OPERATOR | API_CHANGES, "life",
              "resumeDag", "Goes on after a suspension.", .query = wait_query,
              .reply_schema = "dag_state", .problems = "409"),
    OPERATION("POST", API_BASE "/dags/{dag}/stop", API_ROLE_OPERATOR | API_CHANGES, "life",
              "stopDag", "Wants it to be stopped, drained or at once.", .request_schema = "stop",
              .body_max = SMALL_MAX, .query = wait_query, .reply_schema = "dag_state",
              .problems = "409"),
    OPERATION("POST", API_BASE "/dag-actions", API_ROLE_OPERATOR | API_CHANGES | API_BODY_NAMES,
              "life", "actOnDags",
              "One action on many DAGs; gives one result per name. Deleting needs the role admin.",
              .request_schema = "dag_action", .body_max = ACTION_MAX,
              .reply_schema = "dag_action_results"),
    OPERATION("GET", API_BASE "/dags/{dag}/runs", API_ROLE_VIEWER, "life", "listRuns",
              "The next time windows.", .query = runs_query, .reply_schema = "run_list"),
    /* State */
    OPERATION("GET", API_BASE "/dags/{dag}/state", API_ROLE_VIEWER, "state", "readState",
              "Where the DAG is in its life, and why.", .reply_schema = "dag_state"),
    OPERATION("GET", API_BASE "/dags/{dag}/why", API_ROLE_VIEWER, "state", "readWhy",
              "Why nothing comes out: what waits for what, since when.", .reply_schema = "why"),
    OPERATION("GET", API_BASE "/dags/{dag}/nodes", API_ROLE_VIEWER, "state", "listNodes",
              "Every node with its counters.", .reply_schema = "node_list"),
    OPERATION("GET", API_BASE "/dags/{dag}/nodes/{node}", API_ROLE_VIEWER, "state", "readNode",
              "One node.", .reply_schema = "node"),
    OPERATION("GET", API_BASE "/dags/{dag}/nodes/{node}/errors", API_ROLE_VIEWER, "state",
              "listNodeErrors", "The errors of a node, grouped.", .reply_schema = "error_list"),
    OPERATION("DELETE", API_BASE "/dags/{dag}/nodes/{node}/errors", API_ROLE_OPERATOR | API_CHANGES,
              "state", "clearNodeErrors", "Clears them.", .reply_status = 204),
    OPERATION("GET", API_BASE "/dags/{dag}/metrics", API_ROLE_VIEWER, "state", "readSeries",
              "Rates over time.", .query = series_query, .reply_schema = "series"),
    OPERATION("GET", API_BASE "/dags/{dag}/cycles/{cycle}", API_ROLE_OPERATOR, "state", "readCycle",
              "What the journal holds of a cycle.", .reply_schema = "cycle"),
    OPERATION("GET", API_BASE "/dags/{dag}/nodes/{node}/tap", API_ROLE_OPERATOR | API_AUDITED,
              "streams", "tapNode",
              "Sampled messages of a node as server-sent events, for at most five minutes.",
              .query = tap_query, .reply_type = "text/event-stream"),
    OPERATION("GET", API_BASE "/events", API_ROLE_VIEWER, "streams", "readEvents",
              "Live state as server-sent events.", .query = events_query,
              .reply_type = "text/event-stream"),
    /* Messages */
    OPERATION(
        "POST", API_BASE "/dags/{dag}/subscribers/{subscriber}/messages",
        API_ROLE_OPERATOR | API_CHANGES | API_IDEMPOTENCY_KEY, "messages", "publishMessages",
        "Publishes a message, or a batch of lines; answered when they are safe by the DAG's ack.",
        .body_max = BATCH_MAX, .body_types = "application/json application/x-ndjson",
        .query = publish_query, .reply_schema = "published", .reply_status = 202,
        .problems = "409 422 429"),
    OPERATION("POST", API_BASE "/dags/{dag}/step", API_ROLE_OPERATOR | API_CHANGES, "messages",
              "stepDag", "One message through a copy of the graph, publishers stubbed.",
              .body_max = MESSAGE_MAX, .query = step_query, .reply_schema = "step",
              .problems = "409"),
    OPERATION("GET", API_BASE "/dags/{dag}/dead-letters", API_ROLE_OPERATOR, "messages",
              "listDeadLetters", "What could not be handled, with its input.", .query = list_query,
              .reply_schema = "dead_letter_list"),
    OPERATION("DELETE", API_BASE "/dags/{dag}/dead-letters", API_ROLE_ADMIN | API_CHANGES,
              "messages", "discardDeadLetters", "Discards dead letters for good.",
              .query = letters_query, .reply_schema = "count"),
    OPERATION("POST", API_BASE "/dags/{dag}/dead-letters/redrive", API_ROLE_OPERATOR | API_CHANGES,
              "messages", "redriveDeadLetters", "Feeds them to the DAG again.",
              .request_schema = "selection", .body_max = SMALL_MAX, .reply_schema = "count",
              .problems = "409"),
    /* Authoring */
    OPERATION("POST", API_BASE "/validate", API_ROLE_VIEWER, "authoring", "validateDag",
              "Every problem of a definition.", .request_schema = "dag", .body_max = DEFINITION_MAX,
              .reply_schema = "problems"),
    OPERATION("GET", API_BASE "/components", API_ROLE_VIEWER, "authoring", "listComponents",
              "Every type of node, source and sink with its schema.",
              .reply_schema = "component_list"),
    OPERATION("GET", API_BASE "/components/{kind}/{type}", API_ROLE_VIEWER, "authoring",
              "readComponent", "One of them.", .reply_schema = "component"),
    OPERATION("GET", API_BASE "/schemas/dag", API_ROLE_VIEWER, "authoring", "readDagSchema",
              "The JSON Schema of DAG definitions.", .reply_type = "application/schema+json"),
    /* Users and audit */
    OPERATION("GET", API_BASE "/users", API_ROLE_ADMIN | API_UNSCOPED, "users", "listUsers",
              "All users.", .query = list_query, .reply_schema = "user_list"),
    OPERATION("POST", API_BASE "/users", API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED, "users",
              "createUser", "A new user.", .request_schema = "user_new", .body_max = SMALL_MAX,
              .reply_schema = "user", .reply_status = 201, .problems = "409 422"),
    OPERATION("GET", API_BASE "/users/{user}", API_ROLE_ADMIN | API_UNSCOPED, "users", "readUser",
              "One user.", .reply_schema = "user"),
    OPERATION("PATCH", API_BASE "/users/{user}", API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED,
              "users", "updateUser", "Changes role, scope or whether the user may sign in.",
              .request_schema = "user_change", .body_max = SMALL_MAX, .reply_schema = "user",
              .problems = "409 422"),
    OPERATION("DELETE", API_BASE "/users/{user}", API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED,
              "users", "deleteUser", "Removes a user; the last admin stays.", .reply_status = 204,
              .problems = "409"),
    OPERATION("PUT", API_BASE "/users/{user}/password", API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED,
              "users", "resetPassword",
              "Gives a user a new password; ends all login sessions of the user.",
              .request_schema = "password_reset", .body_max = SMALL_MAX, .reply_status = 204,
              .problems = "422"),
    OPERATION("DELETE", API_BASE "/users/{user}/login-sessions",
              API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED, "users", "endLoginSessions",
              "Signs a user out everywhere.", .reply_status = 204),
    OPERATION("GET", API_BASE "/users/{user}/tokens", API_ROLE_ADMIN | API_UNSCOPED, "users",
              "listTokens", "The API tokens of a user.", .query = list_query,
              .reply_schema = "token_list"),
    OPERATION("DELETE", API_BASE "/users/{user}/tokens",
              API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED, "users", "revokeTokens",
              "Revokes all of them.", .reply_status = 204),
    OPERATION("GET", API_BASE "/users/{user}/tokens/{id}", API_ROLE_ADMIN | API_UNSCOPED, "users",
              "readToken", "One of them.", .reply_schema = "token"),
    OPERATION("DELETE", API_BASE "/users/{user}/tokens/{id}",
              API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED, "users", "revokeToken", "Revokes one.",
              .reply_status = 204),
    OPERATION("GET", API_BASE "/audit", API_ROLE_ADMIN | API_UNSCOPED, "audit", "listAudit",
              "Who did what to which object, the newest first.", .query = audit_query,
              .reply_schema = "audit_list"),
    OPERATION("GET", API_BASE "/audit/export", API_ROLE_ADMIN | API_UNSCOPED | API_AUDITED, "audit",
              "exportAudit", "The audit log as lines, to be verified elsewhere.",
              .query = audit_query, .reply_type = "application/x-ndjson"),
    /* Server */
    OPERATION("GET", API_BASE "/server", API_ROLE_VIEWER, "server", "readServer",
              "Version, uptime, limits and health.", .reply_schema = "server"),
    OPERATION("GET", API_BASE "/config", API_ROLE_ADMIN | API_UNSCOPED, "server", "readConfig",
              "The settings in force, without secrets.", .reply_schema = "config"),
    OPERATION("GET", API_BASE "/log-levels", API_ROLE_ADMIN | API_UNSCOPED, "server",
              "readLogLevels", "Log levels.", .reply_schema = "log_levels"),
    OPERATION("PUT", API_BASE "/log-levels", API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED, "server",
              "putLogLevels", "Changes log levels until the next start.",
              .request_schema = "log_levels", .body_max = SMALL_MAX, .reply_schema = "log_levels",
              .problems = "422"),
    OPERATION("GET", API_BASE "/cluster", API_ROLE_VIEWER, "server", "readCluster",
              "Members and their roles.", .reply_schema = "cluster"),
    OPERATION("POST", API_BASE "/cluster/step-down", API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED,
              "server", "stepDown", "Hands the primary role to another member.",
              .reply_schema = "cluster", .problems = "409"),
    OPERATION("POST", API_BASE "/server/drain", API_ROLE_ADMIN | API_CHANGES | API_UNSCOPED,
              "server", "drainServer",
              "All DAGs stop taking input; nothing starts until the server does.",
              .reply_schema = "server", .reply_status = 202),
    OPERATION("GET", API_BASE "/openapi.json", API_ROLE_VIEWER, "server", "readOpenapi",
              "This document."),
    /* Outside the version */
    OPERATION("GET", "/healthz", API_ROLE_NONE, "probes", "readHealth", "The process is alive.",
              .reply_schema = "health"),
    OPERATION("GET", "/readyz", API_ROLE_NONE, "probes", "readReadiness",
              "It may take traffic; 503 while it starts or drains.", .reply_schema = "health",
              .problems = "503"),
    OPERATION("GET", "/metrics", API_ROLE_NONE | API_OWN_TOKEN, "probes", "readMetrics",
              "Prometheus metrics.", .reply_type = "text/plain"),
};
const size_t api_operation_count = sizeof(api_operations) / sizeof(api_operations[0]);

const char *api_role_text(enum api_role role)
{
    switch (role) {
    case API_ROLE_VIEWER:
        return "viewer";
    case API_ROLE_OPERATOR:
        return "operator";
    case API_ROLE_ADMIN:
        return "admin";
    case API_ROLE_NONE:
        break;
    }
    return "none";
}
