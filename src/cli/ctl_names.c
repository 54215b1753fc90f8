/* ctl_names.c - the DAGs that a subcommand is about: names, and patterns with * and ?. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"

struct search {
    struct ctl_names *names;
    const char *pattern;
    bool has_match, failed;
};

static bool add(struct ctl_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? names->capacity * 2 : 16;
        char **items = reallocarray(names->items, capacity, sizeof(*items));

        if (!items)
            return false;
        names->items = items;
        names->capacity = capacity;
    }
    names->items[names->count] = strdup(name);
    return names->items[names->count] && ++names->count;
}

static void add_match(void *context, const struct tree *item)
{
    struct search *search = context;
    const char *name = field_text(item, "name");

    if (fnmatch(search->pattern, name, 0) != 0)
        return;
    search->has_match = true;
    search->failed = search->failed || !add(search->names, name);
}

static int add_matches(struct ctl *ctl, struct search *search)
{
    bool is_json = ctl->is_json;
    int code;

    ctl->is_json = false; /* the list is for us, not to be shown */
    code = ctl_list(ctl, "/dags?limit=500&sort=name", add_match, search);
    ctl->is_json = is_json;
    if (code == CLI_OK && !search->has_match) {
        ctl_say(ctl, "no DAG matches '%s'", search->pattern);
        code = CLI_INVALID;
    }
    return code;
}

int ctl_read_names(struct ctl *ctl, struct ctl_names *names)
{
    struct search search = {.names = names};
    int code = CLI_OK;

    for (int i = 0; code == CLI_OK && i < ctl->argument_count; i++) {
        search.pattern = ctl->arguments[i];
        search.has_match = false;
        if (strpbrk(search.pattern, "*?["))
            code = add_matches(ctl, &search);
        else
            search.failed = search.failed || !add(names, search.pattern);
    }
    if (search.failed) {
        ctl_say(ctl, "no memory for names");
        code = CLI_IO;
    }
    return code;
}

void ctl_names_deinit(struct ctl_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (struct ctl_names){0};
}
