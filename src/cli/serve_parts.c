/* serve_parts.c - see serve_parts.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/plugins.h"
#include "cli/serve_page.h"
#include "cli/serve_users.h"
#include "connectors/net/guard.h"
#include "core/log.h"
#include "core/storage_beneath.h"
#include "http/dags_wait.h"
#include "http/events.h"
#include "http/idempotency.h"
#include "http/taps.h"
#include "server/audit.h"

#define WORKERS              16 /* some wait for a hash, the audit log or a reader of an export */
#define KEYS_MAX             100000
#define KEYS_SIZE_MAX        ((size_t)64 << 20)
#define KEYS_KEEP_US         (INT64_C(600) * 1000000)
#define HTTP_STOP_TIMEOUT_US INT64_C(5000000)
#define TOKEN_SIZE_MAX       1024
#define TOKEN_SIZE_GOOD      16 /* fewer characters can be guessed in the end */

/* ---- folders ---- */

static int make_folder(const char *path, mode_t mode, struct dag_error *err)
{
    if (mkdir(path, mode) == 0 || errno == EEXIST)
        return CLI_OK;
    dag_error_set_errno(err, "cannot make the folder '%s'", path);
    return CLI_IO;
}

static int open_data(struct serve_parts *parts, struct dag_error *err)
{
    enum data_folder_outcome outcome =
        data_folder_open(storage_disk(), parts->settings->data, true, false, &parts->folder, err);

    if (outcome == DATA_FOLDER_OK)
        return CLI_OK;
    if (outcome == DATA_FOLDER_FAILED)
        return CLI_IO;
    dag_error_add_context(err, "'dagd ctl ls' shows a server that runs, 'dagd ctl' tells more");
    return CLI_LOCKED;
}

/* A DAG that writes into a folder of plug-ins could run code here. */
static int check_plugin_folders(const struct serve_parts *parts, struct dag_error *err)
{
    const char *folder;

    if (parts->registry->load != plugins_load)
        return CLI_OK;
    for (size_t i = 0; (folder = plugins_folder(parts->registry->context, i)) != NULL; i++) {
        if (!serve_settings_overlap(parts->settings->file_root, folder))
            continue;
        dag_error_set(err, DAG_ERROR_INVALID,
                      "--file-root and --plugin-dir '%s' overlap: a DAG could write libraries that "
                      "this process runs",
                      folder);
        return CLI_USAGE;
    }
    return CLI_OK;
}

static int open_files(struct serve_parts *parts, struct dag_error *err)
{
    int code = make_folder(parts->settings->file_root, 0777, err);

    if (code == CLI_OK)
        code = check_plugin_folders(parts, err);
    if (code != CLI_OK)
        return code;
    parts->file_storage = storage_beneath_new(parts->settings->file_root, err);
    return parts->file_storage ? CLI_OK : CLI_IO;
}

/* ---- who ---- */

static int open_secrets(struct serve_parts *parts, struct dag_error *err)
{
    const struct serve_settings *settings = parts->settings;
    const struct secrets_options options = {.folder = settings->secrets_dir,
                                            .variables = settings->secret_env.texts,
                                            .variable_count = settings->secret_env.count};

    parts->secrets = secrets_new(&options, err);
    return parts->secrets ? CLI_OK : CLI_IO;
}

static int open_accounts(struct serve_parts *parts, struct dag_error *err)
{
    const struct accounts_options options = {.data = parts->settings->data};

    parts->audit = audit_open(storage_disk(), parts->settings->data, clock_system(), 0, err);
    if (!parts->audit)
        return CLI_IO;
    if (parts->settings->users_file &&
        !serve_users_import(parts->settings->data, parts->settings->users_file, parts->audit, err))
        return CLI_IO;
    parts->accounts = accounts_open(&options, err);
    return parts->accounts ? CLI_OK : CLI_IO;
}

/* The first line of the file. */
static int read_metrics_token(struct serve_parts *parts, struct dag_error *err)
{
    const char *path = parts->settings->metrics_token_file;
    size_t size = 0;

    if (!path)
        return CLI_OK;
    parts->metrics_token = cli_read_file(path, &size, err);
    if (!parts->metrics_token)
        return CLI_IO;
    parts->metrics_token[strcspn(parts->metrics_token, "\r\n")] = '\0';
    if (parts->metrics_token[0] && strlen(parts->metrics_token) < TOKEN_SIZE_GOOD)
        log_write(DAG_LOG_WARNING, NULL, "http",
                  "--metrics-token-file '%s': a token of fewer than %d characters can be guessed",
                  path, TOKEN_SIZE_GOOD);
    if (parts->metrics_token[0] && size <= TOKEN_SIZE_MAX)
        return CLI_OK;
    dag_error_set(err, DAG_ERROR_INVALID,
                  "--metrics-token-file '%s': its first line should be a token", path);
    return CLI_USAGE;
}

/* ---- DAGs ---- */

static const char *find_variable(void *context, const char *name)
{
    const struct serve_parts *parts = context;

    for (size_t i = 0; i < parts->settings->env.count; i++)
        if (strcmp(parts->settings->env.texts[i], name) == 0)
            return getenv(name);
    return NULL;
}

static const char *find_secret(void *context, const char *name)
{
    const struct serve_parts *parts = context;

    return secrets_find(parts->secrets, name);
}

static void recheck(void *context)
{
    const struct serve_parts *parts = context;

    event_hub_recheck(parts->hub);
    taps_recheck(parts->taps);
}

static int open_hub(struct serve_parts *parts, struct dag_error *err)
{
    parts->hub = event_hub_new(&(struct event_hub_options){0}, err);
    if (!parts->hub)
        return CLI_IO;
    accounts_watch(parts->accounts, recheck, parts);
    return CLI_OK;
}

static int open_server(struct serve_parts *parts, struct dag_error *err)
{
    const struct serve_settings *settings = parts->settings;
    const struct server_options options = {
        .dags = settings->dags,
        .folder = parts->folder,
        .file_storage = parts->file_storage,
        .registry = parts->registry,
        .threads = (uint32_t)settings->threads,
        .drain_timeout_us = settings->drain_timeout_us,
        .checkpoint_interval_us = settings->checkpoint_interval_us,
        .start_all = settings->start_all,
        .is_standby = settings->standby,
        .secret = find_secret,
        .variable = find_variable,
        .context = parts,
        .event = event_hub_tell,
        .event_context = parts->hub,
    };

    parts->server = server_new(&options, err);
    if (!parts->server)
        return CLI_IO;
    event_hub_set_server(parts->hub, parts->server);
    parts->waits = dag_waits_new(parts->server, err);
    return parts->waits ? CLI_OK : CLI_IO;
}

/* ---- HTTP ---- */

static int open_api(struct serve_parts *parts, struct dag_error *err)
{
    struct clock *clock = clock_system();

    parts->idempotency = idempotency_new(clock, KEYS_MAX, KEYS_SIZE_MAX, KEYS_KEEP_US);
    if (!parts->idempotency || !serve_settings_write(parts->settings, &parts->config) ||
        !dag_buffer_append(&parts->config, "", 1)) {
        dag_error_set_memory(err, "the REST API");
        return CLI_IO;
    }
    if (parts->settings->name)
        snprintf(parts->name, sizeof(parts->name), "%s", parts->settings->name);
    else if (gethostname(parts->name, sizeof(parts->name) - 1) != 0)
        snprintf(parts->name, sizeof(parts->name), "dagd");
    parts->api = (struct api){.server = parts->server,
                              .accounts = parts->accounts,
                              .audit = parts->audit,
                              .idempotency = parts->idempotency,
                              .events = parts->hub,
                              .waits = parts->waits,
                              .registry = parts->registry,
                              .clock = clock,
                              .name = parts->name,
                              .config = parts->config.bytes,
                              .metrics_token = parts->metrics_token,
                              .started_us = clock->realtime_us(clock)};
    parts->taps = taps_new(&parts->api, err);
    parts->api.taps = parts->taps;
    return parts->taps && api_init(&parts->api, err) ? CLI_OK : CLI_IO;
}

static bool is_any_address(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static void stop_streams(void *context)
{
    const struct api *api = context;

    event_hub_stop(api->events);
    taps_stop(api->taps);
    dag_waits_stop(api->waits);
}

/** What DAG authors may reach is the administrator's to say. */
static int open_guard(struct serve_parts *parts, struct dag_error *err)
{
    const struct serve_settings *settings = parts->settings;
    struct net_networks allowed = {settings->egress_allow.texts, settings->egress_allow.count};
    struct net_networks denied = {settings->egress_deny.texts, settings->egress_deny.count};

    if (net_guard_set(allowed, denied, err))
        return CLI_OK;
    dag_error_add_context(err, "--egress-allow, --egress-deny");
    return CLI_USAGE;
}

static int open_http(struct serve_parts *parts, struct dag_error *err)
{
    const struct serve_settings *settings = parts->settings;
    const struct http_listen listen = {.address = settings->listen_address,
                                       .port = settings->listen_port,
                                       .is_tls = settings->tls_cert != NULL};
    struct http_options options = {.listen = &listen,
                                   .listen_count = 1,
                                   .allow_plain = settings->allow_plain_http,
                                   .certificate_file = settings->tls_cert,
                                   .key_file = settings->tls_key,
                                   .hosts = settings->host_names.texts,
                                   .host_count = settings->host_names.count,
                                   .proxies = settings->proxies.texts,
                                   .proxy_count = settings->proxies.count,
                                   .workers = WORKERS,
                                   .routes = parts->api.routes,
                                   .route_count = api_operation_count,
                                   .context = &parts->api,
                                   .admit = api_admit,
                                   .answered = api_answered,
                                   .stopping = stop_streams};

    if (is_any_address(settings->listen_address) && settings->host_names.count == 0)
        log_write(DAG_LOG_WARNING, NULL, "http",
                  "listening at every address: only clients that ask for a --host-name are "
                  "answered, and none is given");
    parts->assets = http_assets_new(settings->web_dir ? NULL : &serve_page, settings->web_dir, err);
    if (!parts->assets)
        return CLI_IO;
    options.assets = parts->assets;
    parts->http = http_server_new(&options, err);
    parts->api.http = parts->http;
    return parts->http ? CLI_OK : CLI_IO;
}

/* ---- all of it ---- */

int serve_parts_open(struct serve_parts *parts, struct dag_error *err)
{
    static int (*const steps[])(struct serve_parts *, struct dag_error *) = {
        open_guard,    read_metrics_token, open_data,   open_files, open_secrets,
        open_accounts, open_hub,           open_server, open_api,   open_http,
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        int code = steps[i](parts, err);

        if (code != CLI_OK)
            return code;
    }
    return CLI_OK;
}

void serve_parts_close(struct serve_parts *parts)
{
    if (parts->http && !http_server_stop(parts->http, HTTP_STOP_TIMEOUT_US))
        log_write(DAG_LOG_WARNING, NULL, "http", "some requests were cut off");
    if (parts->server)
        server_stop(parts->server, 0);
    http_server_free(parts->http); /* waits for handlers, which may use all that follows */
    dag_waits_free(parts->waits);
    taps_free(parts->taps);
    if (parts->hub)
        event_hub_set_feed(parts->hub, NULL);
    server_free(parts->server);
    event_hub_free(parts->hub);
    api_deinit(&parts->api);
    http_assets_free(parts->assets);
    idempotency_free(parts->idempotency);
    accounts_close(parts->accounts);
    audit_close(parts->audit);
    secrets_free(parts->secrets);
    storage_beneath_free(parts->file_storage);
    data_folder_close(parts->folder);
    dag_buffer_free(&parts->config);
    if (parts->metrics_token)
        explicit_bzero(parts->metrics_token, strlen(parts->metrics_token));
    free(parts->metrics_token);
}

void serve_parts_url(const struct serve_parts *parts, char *out, size_t size)
{
    const struct serve_settings *settings = parts->settings;
    const char *address = settings->listen_address;
    bool has_name = is_any_address(address) && settings->host_names.count > 0;
    const char *host = has_name ? settings->host_names.texts[0] : address;
    bool needs_brackets = strchr(host, ':') && !has_name;

    snprintf(out, size, "%s://%s%s%s:%u", settings->tls_cert ? "https" : "http",
             needs_brackets ? "[" : "", host, needs_brackets ? "]" : "",
             (unsigned int)http_server_port(parts->http, 0));
}
