/* serve_setting.h - one setting of `dagd serve`: its name, its type, where it is kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SERVE_SETTING_H
#define CLI_SERVE_SETTING_H

#include "cli/serve_settings.h"
#include "graph/writer.h"

#define SERVE_SETTING_NAME_SIZE 64

enum serve_setting_type {
    SERVE_SETTING_TEXT,
    SERVE_SETTING_LIST,
    SERVE_SETTING_BOOL,
    SERVE_SETTING_TIME,
    SERVE_SETTING_COUNT,
};

struct serve_setting {
    const char *name; /* as in a flag: "drain-timeout" */
    enum serve_setting_type type;
    size_t offset;              /* in struct serve_settings */
    const char *original;       /* text of the default, or NULL */
    const char *const *choices; /* of a text, ends with NULL; NULL: any */
};

extern const struct serve_setting serve_setting_list[];
extern const size_t serve_setting_count;

/** "drain-timeout" as the key of a file, drain_timeout, or a variable's ending, DRAIN_TIMEOUT. */
void serve_setting_spell(const char *name, bool is_variable, char out[SERVE_SETTING_NAME_SIZE]);

/** The setting that is spelt so, or NULL. */
const struct serve_setting *serve_setting_find(const char *spelt, size_t size, bool is_variable);

/** Stores what `from` (lives as long as the document) gives. A list's first text from another giver
 *  takes the place of what was there. Complains on standard error; returns the exit code. */
int serve_setting_store(struct serve_settings *settings, const struct serve_setting *setting,
                        const char *text, const char *from);

/** Adds a copy of `text` to a list. Returns the exit code. */
int serve_setting_add(struct serve_settings *settings, struct serve_list *texts, const char *text);

/** What has no value isn't written. */
bool serve_setting_has_value(const struct serve_settings *settings,
                             const struct serve_setting *setting);
void serve_setting_write(struct writer *writer, const struct serve_settings *settings,
                         const struct serve_setting *setting);

#endif
