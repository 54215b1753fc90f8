/* serve_settings.c - what `dagd serve` is told: by a file, the environment and its flags. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve_settings.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/serve_setting.h"
#include "core/log.h"
#include "core/options.h"

#define PREFIX           "DAGD_"
#define CONFIG_DEPTH_MAX 8
#define OPTION_FIRST     256 /* behind all characters, as getopt_long() wants it */
#define OPTION_CONFIG    (OPTION_FIRST + SERVE_SETTINGS_MAX)
#define OPTION_PRINT     (OPTION_CONFIG + 1)

static int no_memory(void)
{
    return cli_usage_error("serve", "out of memory");
}

/* ---- the file ----------------------------------------------------------------------------- */

static int store_member(struct serve_settings *settings, const struct serve_setting *setting,
                        const struct tree *value, const char *from)
{
    char *text;
    int code = CLI_OK;

    if (value->type == TREE_TEXT)
        return serve_setting_store(settings, setting, value->text, from);
    if (value->type == TREE_ARRAY && setting->type == SERVE_SETTING_LIST) {
        code = serve_setting_store(settings, setting, "", from);
        for (const struct tree *element = value->child; element && code == CLI_OK;
             element = element->next)
            code =
                element->type == TREE_TEXT
                    ? serve_setting_store(settings, setting, element->text, from)
                    : cli_usage_error("serve", "%s: element %zu is no text", from, element->index);
        return code;
    }
    if ((value->type == TREE_BOOL && setting->type != SERVE_SETTING_BOOL) ||
        value->type == TREE_NULL || value->type == TREE_ARRAY || value->type == TREE_OBJECT)
        return cli_usage_error("serve", "%s, line %u: not a value that this setting can have", from,
                               value->line);
    text = tree_copy(settings->document, value->json, value->json_size);
    return text ? serve_setting_store(settings, setting, text, from) : no_memory();
}

static const char *setting_name(void *context, size_t i)
{
    (void)context;
    return i < serve_setting_count ? serve_setting_list[i].name : NULL;
}

static int unknown_key(const char *path, const struct tree *member)
{
    const char *near = options_suggest(member->key, setting_name, NULL);
    char key[SERVE_SETTING_NAME_SIZE];

    if (!near)
        return cli_usage_error("serve", "%s, line %u: there is no setting '%s'", path,
                               member->key_line, member->key);
    serve_setting_spell(near, false, key);
    return cli_usage_error("serve", "%s, line %u: there is no setting '%s'; did you mean '%s'?",
                           path, member->key_line, member->key, key);
}

static int read_file(struct serve_settings *settings, const char *path)
{
    struct dag_error err = {0};
    size_t size = 0;
    char *text = cli_read_file(path, &size, &err);

    if (!text) {
        log_write(DAG_LOG_ERROR, NULL, NULL, "%s", err.message);
        return CLI_IO;
    }

    const struct tree *root =
        tree_parse(settings->document, text, size, CONFIG_DEPTH_MAX, NULL, NULL, &err);
    int code = CLI_OK;

    free(text);
    if (!root)
        return cli_usage_error("serve", "%s: %s", path, err.message);
    if (root->type != TREE_OBJECT)
        return cli_usage_error("serve", "%s: the settings must be a JSON object", path);
    for (const struct tree *member = root->child; member && code == CLI_OK; member = member->next) {
        char from[512];

        if (options_is_comment(member->key))
            continue;

        const struct serve_setting *setting =
            serve_setting_find(member->key, member->key_size, false);

        if (!setting)
            return unknown_key(path, member);
        snprintf(from, sizeof(from), "%s: %s", path, member->key);

        const char *kept = tree_copy(settings->document, from, strlen(from));

        code = kept ? store_member(settings, setting, member, kept) : no_memory();
    }
    return code;
}

/* ---- the environment ---------------------------------------------------------------------- */

static const char *variable(char *const *environment, const char *name)
{
    size_t size = strlen(name);

    for (; *environment; environment++)
        if (strncmp(*environment, name, size) == 0 && (*environment)[size] == '=')
            return *environment + size + 1;
    return NULL;
}

/** What the original understood. */
static int read_original(struct serve_settings *settings, char *const *environment)
{
    const char *dags = variable(environment, "DAG_CONFIG_FOLDER");
    const char *users = variable(environment, "USERS_FILE");
    const char *host = variable(environment, "FLASK_HOST");
    const char *port = variable(environment, "FLASK_PORT");
    char listen[SERVE_SETTING_NAME_SIZE * 2];
    int code = CLI_OK;

    settings->has_zookeeper = variable(environment, "ZOOKEEPER_HOSTS") != NULL;
    if (dags)
        code = serve_setting_store(settings, serve_setting_find("dags", 4, false), dags,
                                   "DAG_CONFIG_FOLDER");
    if (users && code == CLI_OK)
        code = serve_setting_store(settings, serve_setting_find("users_file", 10, false), users,
                                   "USERS_FILE");
    if ((host || port) && code == CLI_OK) {
        bool needs_brackets = host && strchr(host, ':') && host[0] != '[';

        snprintf(listen, sizeof(listen), "%s%s%s:%s", needs_brackets ? "[" : "",
                 host ? host : "127.0.0.1", needs_brackets ? "]" : "", port ? port : "5000");
        code = serve_setting_store(settings, serve_setting_find("listen", 6, false), listen,
                                   "FLASK_HOST, FLASK_PORT");
    }
    return code;
}

static int read_environment(struct serve_settings *settings, char *const *environment)
{
    int code = CLI_OK;

    for (; *environment && code == CLI_OK; environment++) {
        const char *equals = strchr(*environment, '=');

        if (!equals || strncmp(*environment, PREFIX, sizeof(PREFIX) - 1) != 0)
            continue;

        const char *name = *environment + sizeof(PREFIX) - 1;
        size_t size = (size_t)(equals - name);
        const struct serve_setting *setting = serve_setting_find(name, size, true);
        const char *from = tree_copy(settings->document, *environment, size + sizeof(PREFIX) - 1);

        if (!from)
            return no_memory();
        if (setting)
            code = serve_setting_store(settings, setting, equals + 1, from);
        else if (strcmp(from, PREFIX "CONFIG") != 0)
            code = serve_setting_add(settings, &settings->unknown, from);
    }
    return code;
}

/* ---- flags -------------------------------------------------------------------------------- */

static void make_options(struct option *options)
{
    size_t count = 0;

    for (; count < serve_setting_count; count++)
        options[count] = (struct option){
            .name = serve_setting_list[count].name,
            .has_arg = serve_setting_list[count].type == SERVE_SETTING_BOOL ? no_argument
                                                                            : required_argument,
            .val = OPTION_FIRST + (int)count};
    options[count++] =
        (struct option){.name = "config", .has_arg = required_argument, .val = OPTION_CONFIG};
    options[count++] =
        (struct option){.name = "print-config", .has_arg = no_argument, .val = OPTION_PRINT};
    options[count] = (struct option){0};
}

/** Walks over the flags twice: the file must be read before any of them counts. */
static int read_flags(int argc, char **argv, struct serve_settings *settings, const char **config)
{
    struct option options[SERVE_SETTINGS_MAX + 3];
    char from[SERVE_SETTING_NAME_SIZE];
    int code = CLI_OK;

    make_options(options);
    optind = 0;
    opterr = 0;
    while (code == CLI_OK) {
        int option = getopt_long(argc, argv, ":", options, NULL);

        if (option < 0)
            break;
        if (option == '?' || option == ':')
            return cli_option_error(argv, option, options);
        if (option == OPTION_CONFIG) {
            if (config)
                *config = optarg;
        } else if (option == OPTION_PRINT) {
            settings->print_config = true;
        } else if (!config) {
            const struct serve_setting *setting = &serve_setting_list[option - OPTION_FIRST];

            snprintf(from, sizeof(from), "--%s", setting->name);

            const char *kept = tree_copy(settings->document, from, strlen(from));

            code = kept ? serve_setting_store(settings, setting, optarg ? optarg : "true", kept)
                        : no_memory();
        }
    }
    if (code == CLI_OK && optind < argc)
        return cli_usage_error("serve", "'%s' is no option; DAGs are read from the folder --dags",
                               argv[optind]);
    return code;
}

/* ---- all together ------------------------------------------------------------------------- */

/** "127.0.0.1:5000" or "[::1]:5000". */
static bool split_listen(struct serve_settings *settings)
{
    const char *colon = strrchr(settings->listen, ':');
    const char *address = settings->listen;
    unsigned char bytes[sizeof(struct in6_addr)];
    bool has_brackets = address[0] == '[';
    char *end;

    if (!colon || colon[1] < '0' || colon[1] > '9')
        return false;

    size_t size = (size_t)(colon - address);
    unsigned long port = strtoul(colon + 1, &end, 10);

    if (has_brackets) {
        if (size < 2 || address[size - 1] != ']')
            return false;
        address++;
        size -= 2;
    }
    if (*end || port > UINT16_MAX || size >= sizeof(settings->listen_address))
        return false;
    memcpy(settings->listen_address, address, size);
    settings->listen_address[size] = '\0';
    settings->listen_port = (uint16_t)port;
    return inet_pton(has_brackets ? AF_INET6 : AF_INET, settings->listen_address, bytes) == 1;
}

static bool is_loopback(const struct serve_settings *settings)
{
    return strncmp(settings->listen_address, "127.", 4) == 0 ||
           strcmp(settings->listen_address, "::1") == 0;
}

/** The absolute path, without symbolic links; of what is made later, that of the folder that it
 * will be made in with the rest behind. The caller frees it; NULL: out of memory, or no such
 * folder. */
static char *resolve(const char *path)
{
    char *there = realpath(path, NULL);
    char *parent = strdup(path);
    char *whole = NULL;

    if (!there && parent) {
        char *slash = strrchr(parent, '/');
        const char *rest = slash ? slash + 1 : parent;
        char *folder = NULL;

        if (slash == parent)
            folder = strdup("");
        else if (slash) {
            *slash = '\0';
            folder = resolve(parent);
        } else {
            folder = realpath(".", NULL);
        }
        if (folder && asprintf(&whole, "%s/%s", folder, rest) < 0)
            whole = NULL;
        free(folder);
    }
    free(parent);
    return there ? there : whole;
}

bool serve_settings_overlap(const char *one, const char *other)
{
    char *a = resolve(one);
    char *b = resolve(other);
    bool is_inside = true;

    if (a && b) {
        const char *outer = strlen(a) < strlen(b) ? a : b;
        const char *inner = outer == a ? b : a;
        size_t size = strlen(outer);

        is_inside = strncmp(inner, outer, size) == 0 &&
                    (inner[size] == '/' || inner[size] == '\0' || size == 1);
    }
    free(a);
    free(b);
    return is_inside;
}

/** What a DAG could do with a path of the server that it may read and write. */
static int check_file_root(const struct serve_settings *settings)
{
    const struct {
        const char *flag, *path, *harm;
    } others[] = {
        {"data", settings->data, "write into the server's own files"},
        {"dags", settings->dags, "change DAG files"},
        {"secrets-dir", settings->secrets_dir, "read the secrets as files"},
        {"tls-key", settings->tls_key, "read the key"},
        {"metrics-token-file", settings->metrics_token_file, "read the token"},
        {"users-file", settings->users_file, "read the passwords"},
        {"web-dir", settings->web_dir, "change the page"},
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (others[i].path && serve_settings_overlap(settings->file_root, others[i].path))
            return cli_usage_error("serve", "--file-root and --%s overlap: a DAG could %s",
                                   others[i].flag, others[i].harm);
    return CLI_OK;
}

static int check(struct serve_settings *settings)
{
    if (!settings->dags)
        return cli_usage_error("serve", "--dags is missing: the folder of the DAG files");
    if (!settings->data)
        return cli_usage_error("serve", "--data is missing: the folder for everything durable");
    if (!settings->file_root)
        return cli_usage_error("serve", "--file-root is missing: the folder that the DAGs may read "
                                        "and write files in");
    if (!split_listen(settings))
        return cli_usage_error("serve",
                               "listen: '%s' is not ADDRESS:PORT with a numeric address, such as "
                               "127.0.0.1:5000 or [::1]:5000",
                               settings->listen);
    if (!settings->tls_cert != !settings->tls_key)
        return cli_usage_error("serve", "TLS needs both --tls-cert and --tls-key");
    if (!is_loopback(settings) && !settings->tls_cert && !settings->allow_plain_http)
        return cli_usage_error("serve",
                               "listen: '%s' can be reached from other machines: give --tls-cert "
                               "and --tls-key, or --allow-plain-http",
                               settings->listen);
    return check_file_root(settings);
}

static int set_defaults(struct serve_settings *settings)
{
    int code = CLI_OK;

    for (size_t i = 0; i < serve_setting_count && code == CLI_OK; i++)
        if (serve_setting_list[i].original)
            code = serve_setting_store(settings, &serve_setting_list[i],
                                       serve_setting_list[i].original, "default");
    settings->threads = cli_core_count();
    memset(settings->from, 0, sizeof(settings->from));
    return code;
}

int serve_settings_read(int argc, char **argv, char *const *environment,
                        struct serve_settings *settings)
{
    const char *config = variable(environment, PREFIX "CONFIG");

    *settings = (struct serve_settings){.document = tree_document_new()};
    if (!settings->document)
        return no_memory();

    int code = set_defaults(settings);

    if (code == CLI_OK)
        code = read_flags(argc, argv, settings, &config);
    if (code == CLI_OK && config)
        code = read_file(settings, config);
    if (code == CLI_OK)
        code = read_original(settings, environment);
    if (code == CLI_OK)
        code = read_environment(settings, environment);
    if (code == CLI_OK)
        code = read_flags(argc, argv, settings, NULL);
    return code == CLI_OK ? check(settings) : code;
}

void serve_settings_warn(const struct serve_settings *settings)
{
    if (settings->has_zookeeper)
        log_write(DAG_LOG_WARNING, NULL, NULL,
                  "ZOOKEEPER_HOSTS isn't used yet: this server runs alone");
    for (size_t i = 0; i < settings->unknown.count; i++) {
        const char *variable = settings->unknown.texts[i];

        log_write(DAG_LOG_WARNING, NULL, NULL,
                  "%s: there is no such setting; 'dagd serve --print-config' shows all", variable);
    }
}

void serve_settings_deinit(struct serve_settings *settings)
{
    tree_document_free(settings->document);
    *settings = (struct serve_settings){0};
}

/* ---- --print-config ---- */

bool serve_settings_write(const struct serve_settings *settings, struct dag_buffer *out)
{
    struct writer writer = {.out = out};
    char name[SERVE_SETTING_NAME_SIZE];

    writer_open(&writer, '{');
    for (size_t i = 0; i < serve_setting_count; i++) {
        if (!serve_setting_has_value(settings, &serve_setting_list[i]))
            continue;
        serve_setting_spell(serve_setting_list[i].name, false, name);
        writer_key(&writer, name);
        serve_setting_write(&writer, settings, &serve_setting_list[i]);
    }
    writer_key(&writer, "_from");
    writer_open(&writer, '{');
    for (size_t i = 0; i < serve_setting_count; i++) {
        if (!settings->from[i])
            continue;
        serve_setting_spell(serve_setting_list[i].name, false, name);
        writer_member(&writer, name, settings->from[i]);
    }
    writer_close(&writer, '}');
    writer_close(&writer, '}');
    return !writer.failed;
}
