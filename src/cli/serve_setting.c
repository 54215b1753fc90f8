/* serve_setting.c - one setting of `dagd serve`: its name, its type, where it is kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve_setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "core/options.h"

#define THREADS_MAX 1024

#define AT(member) offsetof(struct serve_settings, member)

static const char *const formats[] = {"text", "json", NULL};
static const char *const levels[] = {"error", "warning", "info", "debug", NULL};

const struct serve_setting serve_setting_list[] = {
    {"dags", SERVE_SETTING_TEXT, AT(dags), NULL, NULL},
    {"data", SERVE_SETTING_TEXT, AT(data), NULL, NULL},
    {"file-root", SERVE_SETTING_TEXT, AT(file_root), NULL, NULL},
    {"listen", SERVE_SETTING_TEXT, AT(listen), "127.0.0.1:5000", NULL},
    {"web-dir", SERVE_SETTING_TEXT, AT(web_dir), NULL, NULL},
    {"tls-cert", SERVE_SETTING_TEXT, AT(tls_cert), NULL, NULL},
    {"tls-key", SERVE_SETTING_TEXT, AT(tls_key), NULL, NULL},
    {"secrets-dir", SERVE_SETTING_TEXT, AT(secrets_dir), NULL, NULL},
    {"metrics-token-file", SERVE_SETTING_TEXT, AT(metrics_token_file), NULL, NULL},
    {"users-file", SERVE_SETTING_TEXT, AT(users_file), NULL, NULL},
    {"log-format", SERVE_SETTING_TEXT, AT(log_format), "text", formats},
    {"log-level", SERVE_SETTING_TEXT, AT(log_level), "info", levels},
    {"name", SERVE_SETTING_TEXT, AT(name), NULL, NULL},
    {"host-name", SERVE_SETTING_LIST, AT(host_names), NULL, NULL},
    {"proxy", SERVE_SETTING_LIST, AT(proxies), NULL, NULL},
    {"secret-env", SERVE_SETTING_LIST, AT(secret_env), NULL, NULL},
    {"env", SERVE_SETTING_LIST, AT(env), NULL, NULL},
    {"egress-allow", SERVE_SETTING_LIST, AT(egress_allow), NULL, NULL},
    {"egress-deny", SERVE_SETTING_LIST, AT(egress_deny), NULL, NULL},
    {"start-all", SERVE_SETTING_BOOL, AT(start_all), NULL, NULL},
    {"standby", SERVE_SETTING_BOOL, AT(standby), NULL, NULL},
    {"allow-plain-http", SERVE_SETTING_BOOL, AT(allow_plain_http), NULL, NULL},
    {"drain-timeout", SERVE_SETTING_TIME, AT(drain_timeout_us), "30s", NULL},
    {"checkpoint-interval", SERVE_SETTING_TIME, AT(checkpoint_interval_us), "10s", NULL},
    {"threads", SERVE_SETTING_COUNT, AT(threads), NULL, NULL},
};
const size_t serve_setting_count = sizeof(serve_setting_list) / sizeof(serve_setting_list[0]);
_Static_assert(sizeof(serve_setting_list) / sizeof(serve_setting_list[0]) <= SERVE_SETTINGS_MAX,
               "from[] has a place for each");

static void *place(struct serve_settings *settings, const struct serve_setting *setting)
{
    return (char *)settings + setting->offset;
}

static const void *place_of(const struct serve_settings *settings,
                            const struct serve_setting *setting)
{
    return (const char *)settings + setting->offset;
}

/** "drain-timeout" as the key of a file, drain_timeout, or a variable's ending, DRAIN_TIMEOUT. */
void serve_setting_spell(const char *name, bool is_variable, char out[SERVE_SETTING_NAME_SIZE])
{
    size_t size = 0;

    for (; size < SERVE_SETTING_NAME_SIZE - 1 && name[size]; size++) {
        out[size] = (char)(name[size] == '-' ? '_' : name[size]);
        if (is_variable && out[size] != '_')
            out[size] = (char)(out[size] & ~0x20);
    }
    out[size] = '\0';
}

const struct serve_setting *serve_setting_find(const char *spelt, size_t size, bool is_variable)
{
    char name[SERVE_SETTING_NAME_SIZE];

    for (size_t i = 0; i < serve_setting_count; i++) {
        serve_setting_spell(serve_setting_list[i].name, is_variable, name);
        if (strlen(name) == size && memcmp(name, spelt, size) == 0)
            return &serve_setting_list[i];
    }
    return NULL;
}

/* ---- storing one -------------------------------------------------------------------------- */

static int no_memory(void)
{
    return cli_usage_error("serve", "out of memory");
}

static int store_bool(bool *flag, const char *text, const char *from)
{
    if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
        *flag = true;
    else if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
        *flag = false;
    else
        return cli_usage_error("serve", "%s: '%s' is neither true nor false", from, text);
    return CLI_OK;
}

static int store_count(int64_t *count, const char *text, const char *from)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end || value < 1 || value > THREADS_MAX)
        return cli_usage_error("serve", "%s: '%s' is not a number from 1 to %d", from, text,
                               THREADS_MAX);
    *count = (int64_t)value;
    return CLI_OK;
}

static bool is_choice(const char *const *choices, const char *text)
{
    for (; *choices; choices++)
        if (strcmp(*choices, text) == 0)
            return true;
    return false;
}

static int wrong_choice(const char *const *choices, const char *text, const char *from)
{
    char names[128] = "";

    for (size_t i = 0; choices[i]; i++) {
        strncat(names, i > 0 ? ", " : "", sizeof(names) - strlen(names) - 1);
        strncat(names, choices[i], sizeof(names) - strlen(names) - 1);
    }
    return cli_usage_error("serve", "%s: '%s' is none of: %s", from, text, names);
}

static int store_text(struct serve_settings *settings, const struct serve_setting *setting,
                      const char *text, const char *from)
{
    if (!*text)
        return cli_usage_error("serve", "%s is empty", from);
    if (setting->choices && !is_choice(setting->choices, text))
        return wrong_choice(setting->choices, text, from);

    const char **target = place(settings, setting);

    *target = tree_copy(settings->document, text, strlen(text));
    return *target ? CLI_OK : no_memory();
}

/** Adds one text. The list grows by a copy: it is short and lives as long as the document. */
static int add_text(struct serve_settings *settings, struct serve_list *texts, const char *text,
                    size_t size)
{
    const char **grown = tree_alloc(settings->document, (texts->count + 1) * sizeof(*texts->texts));

    if (!grown)
        return no_memory();
    for (size_t i = 0; i < texts->count; i++)
        grown[i] = texts->texts[i];
    grown[texts->count] = tree_copy(settings->document, text, size);
    if (!grown[texts->count])
        return no_memory();
    texts->texts = grown;
    texts->count++;
    return CLI_OK;
}

int serve_setting_add(struct serve_settings *settings, struct serve_list *texts, const char *text)
{
    return add_text(settings, texts, text, strlen(text));
}

/** Texts with commas between. */
static int add_texts(struct serve_settings *settings, struct serve_list *texts, const char *text)
{
    int code = CLI_OK;

    while (*text && code == CLI_OK) {
        size_t size = strcspn(text, ",");

        if (size > 0)
            code = add_text(settings, texts, text, size);
        text += size + (text[size] == ',');
    }
    return code;
}

/** Stores the text of a setting. The first of a list from a source takes the place of what a source
 *  of lower priority gave; `from` is told by its address. */
int serve_setting_store(struct serve_settings *settings, const struct serve_setting *setting,
                        const char *text, const char *from)
{
    void *target = place(settings, setting);
    const char **giver = &settings->from[setting - serve_setting_list];

    if (setting->type == SERVE_SETTING_LIST && (!*giver || strcmp(*giver, from) != 0))
        *(struct serve_list *)target = (struct serve_list){0};
    *giver = from;
    switch (setting->type) {
    case SERVE_SETTING_LIST:
        return add_texts(settings, target, text);
    case SERVE_SETTING_BOOL:
        return store_bool(target, text, from);
    case SERVE_SETTING_COUNT:
        return store_count(target, text, from);
    case SERVE_SETTING_TIME:
        if (!options_parse_duration(text, target) || *(int64_t *)target < 0)
            return cli_usage_error("serve", "%s: '%s' is not a time such as 500ms, 10s or 5m", from,
                                   text);
        return CLI_OK;
    case SERVE_SETTING_TEXT:
        break;
    }
    return store_text(settings, setting, text, from);
}

/* ---- writing one ---- */

void serve_setting_write(struct writer *writer, const struct serve_settings *settings,
                         const struct serve_setting *setting)
{
    const void *from = place_of(settings, setting);
    const struct serve_list *texts = from;

    switch (setting->type) {
    case SERVE_SETTING_TEXT:
        writer_text(writer, *(const char *const *)from);
        break;
    case SERVE_SETTING_BOOL:
        writer_bool(writer, *(const bool *)from);
        break;
    case SERVE_SETTING_COUNT:
        writer_integer(writer, *(const int64_t *)from);
        break;
    case SERVE_SETTING_TIME: {
        char text[32];

        snprintf(text, sizeof(text), "%lldms", (long long)(*(const int64_t *)from / 1000));
        writer_text(writer, text);
        break;
    }
    case SERVE_SETTING_LIST:
        writer_open(writer, '[');
        for (size_t i = 0; i < texts->count; i++)
            writer_text(writer, texts->texts[i]);
        writer_close(writer, ']');
        break;
    }
}

bool serve_setting_has_value(const struct serve_settings *settings,
                             const struct serve_setting *setting)
{
    return setting->type != SERVE_SETTING_TEXT || *(const char *const *)place_of(settings, setting);
}
