/* option.h - a plug-in's settings as a table: it drives parsing, checks, manual and schema.
 *
 * The engine allocates the plug-in's state zeroed, reads the component's "config" object against
 * the table and stores each option at its offset, defaults included. Everything stored is borrowed
 * from the engine and lives as long as the instance.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_OPTION_H
#define DAG_OPTION_H

#include "dag/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dag_option_type {
    DAG_OPTION_TEXT,      /* const char *, NUL-terminated; NULL when absent without a default */
    DAG_OPTION_INTEGER,   /* int64_t within min..max */
    DAG_OPTION_REAL,      /* double within min..max */
    DAG_OPTION_BOOL,      /* bool */
    DAG_OPTION_SECONDS,   /* int64_t microseconds; JSON: a number of seconds, or text "250ms",
                             "10s", "5m", "2h", "1d"; min and max in microseconds */
    DAG_OPTION_SIZE,      /* int64_t bytes; JSON: a number, or text "64KiB", "1MiB", "2GiB" */
    DAG_OPTION_CHOICE,    /* int64_t index into the space-separated `choices` */
    DAG_OPTION_TEXT_LIST, /* struct dag_text_list; JSON: an array of strings */
    DAG_OPTION_TEXT_MAP,  /* struct dag_text_map; JSON: an object of strings, in file order */
    DAG_OPTION_OBJECT,    /* struct dag_value, DAG_TYPE_NESTED: an object; MISSING when absent */
    DAG_OPTION_ANY,       /* struct dag_value: any JSON value; MISSING when absent */
};

enum dag_option_flags {
    DAG_OPTION_REQUIRED = 1,
    DAG_OPTION_SECRET = 2,       /* never shown by any page, log or error */
    DAG_OPTION_PATH = 4,         /* TEXT: a file path */
    DAG_OPTION_NULLABLE = 8,     /* ANY: JSON null means absent, as it does for every other option
                                    that isn't required */
    DAG_OPTION_ONE_OR_MORE = 16, /* TEXT_LIST: a single string is taken for a list of one */
};

struct dag_text {
    const char *text; /* NUL-terminated */
    size_t size;
};

struct dag_text_list {
    const struct dag_text *items;
    size_t count;
};

struct dag_text_map {
    const struct dag_text *keys;
    const struct dag_text *values;
    size_t count;
};

struct dag_option {
    const char *name; /* the key in "config"; NULL ends the table */
    enum dag_option_type type;
    uint32_t flags;           /* enum dag_option_flags */
    size_t offset;            /* of the field in the state */
    int64_t min, max;         /* both allowed; both 0: no bounds */
    const char *default_json; /* JSON text; NULL: zero, NULL or missing */
    const char *choices;      /* DAG_OPTION_CHOICE: "block latest drop_newest" */
    const char *unit;         /* as the manual shows it: "seconds", "bytes"; NULL: none */
    const char *help;         /* one sentence */
};

#ifdef __cplusplus
}
#endif

#endif
