/* options.c - reads a component's "config" against its option table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_DEPTH_MAX 16
#define WORD_SIZE_MAX     64 /* longer words get no suggestion */
#define SHOWN_SIZE_MAX    60 /* of a value in a message */
#define SUGGESTIONS_MAX   20 /* for the unknown keys of one object */

/* One call of options_read(). */
struct reader {
    void *state;
    struct tree_document *document;
    options_problem problem; /* or NULL */
    void *context;
    bool failed;
};

/* ---- words and units ---------------------------------------------------------------------- */

bool options_is_comment(const char *key)
{
    return key[0] == '_' || strcmp(key, "comment") == 0;
}

/* Optimal string alignment distance of two short words, upper and lower case alike. */
static size_t word_distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    unsigned char rows[3][WORD_SIZE_MAX + 1];
    unsigned char *before = rows[0], *last = rows[1], *row = rows[2], *spare;

    memset(rows, 0, sizeof(rows));
    for (size_t j = 0; j <= b_size; j++)
        last[j] = (unsigned char)j;
    for (size_t i = 1; i <= a_size; i++) {
        row[0] = (unsigned char)i;
        for (size_t j = 1; j <= b_size; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            int best = last[j - 1] + (x != y);

            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = (unsigned char)best;
        }
        spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b_size];
}

const char *options_suggest(const char *word, const char *(*candidate)(void *context, size_t i),
                            void *context)
{
    size_t size = strnlen(word, WORD_SIZE_MAX + 1), best;
    const char *found = NULL, *other;

    if (size == 0 || size > WORD_SIZE_MAX)
        return NULL;
    /* A third of the word may be wrong, but not more than three letters. */
    best = size < 3 ? 2 : size / 3 + 1 > 4 ? 4 : size / 3 + 1;
    for (size_t i = 0; (other = candidate(context, i)); i++) {
        size_t other_size = strnlen(other, WORD_SIZE_MAX + 1), distance;
        size_t gap = other_size > size ? other_size - size : size - other_size;

        if (other_size == 0 || other_size > WORD_SIZE_MAX || gap >= best)
            continue;
        distance = word_distance(word, size, other, other_size);
        if (distance < best && distance < other_size) {
            best = distance;
            found = other;
        }
    }
    return found;
}

struct unit {
    const char *name;
    double factor;
};

/* A decimal number with one of the units behind it, times its factor; blanks around are allowed. */
static bool parse_with_unit(const char *text, const struct unit *units, int64_t *result)
{
    char *end;
    double number;

    while (*text == ' ')
        text++;
    /* strtod() would also take "inf", "nan" and hexadecimal. */
    if (strspn(text, "0123456789.") == 0)
        return false;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return false;
    number = strtod(text, &end);
    if (end == text || !isfinite(number))
        return false;
    while (*end == ' ')
        end++;
    for (; units->name; units++) {
        size_t size = strlen(units->name);

        if (strncasecmp(end, units->name, size) != 0 || end[size + strspn(end + size, " ")] != '\0')
            continue;
        number = round(number * units->factor);
        if (number >= 9223372036854775808.0)
            return false;
        *result = (int64_t)number;
        return true;
    }
    return false;
}

bool options_parse_duration(const char *text, int64_t *microseconds)
{
    static const struct unit units[] = {
        {"us", 1},     {"ms", 1e3},    {"s", 1e6}, {"m", 60e6},
        {"h", 3600e6}, {"d", 86400e6}, {"", 1e6},  {NULL, 0},
    };

    return parse_with_unit(text, units, microseconds);
}

bool options_parse_size(const char *text, int64_t *bytes)
{
    static const struct unit units[] = {
        {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {"TiB", 1099511627776.0},
        {"KB", 1e3},   {"MB", 1e6},      {"GB", 1e9},         {"TB", 1e12},
        {"B", 1},      {"", 1},          {NULL, 0},
    };

    return parse_with_unit(text, units, bytes);
}

/* ---- problems ----------------------------------------------------------------------------- */

static const char *type_text(const struct tree *value)
{
    static const char *const names[] = {
        [TREE_NULL] = "null",         [TREE_BOOL] = "a bool",          [TREE_INT] = "an integer",
        [TREE_DOUBLE] = "a fraction", [TREE_BIGNUM] = "a huge number", [TREE_TEXT] = "a string",
        [TREE_ARRAY] = "a list",      [TREE_OBJECT] = "an object",
    };

    return names[value->type];
}

static bool tell(struct reader *reader, const struct tree *at, bool is_error, const char *code,
                 const char *suggestion, const char *format, ...) DAG_PRINTF(6, 7);

/* Returns false, as a failing reader does. */
static bool tell(struct reader *reader, const struct tree *at, bool is_error, const char *code,
                 const char *suggestion, const char *format, ...)
{
    char message[480];
    va_list arguments;

    if (is_error)
        reader->failed = true;
    if (!reader->problem)
        return false;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    reader->problem(reader->context, at, is_error, code, message, suggestion);
    return false;
}

static bool tell_memory(struct reader *reader, const struct tree *at)
{
    return tell(reader, at, true, "no_memory", NULL, "no memory for the options");
}

static bool tell_type(struct reader *reader, const struct dag_option *option,
                      const struct tree *value, const char *wanted)
{
    return tell(reader, value, true, "wrong_type", NULL, "option '%s': must be %s, not %s",
                option->name, wanted, type_text(value));
}

/* The value as a message may show it: cut, and never a secret. */
static const char *shown(const struct dag_option *option, const struct tree *value,
                         char out[SHOWN_SIZE_MAX + 8])
{
    size_t size = value->json_size < SHOWN_SIZE_MAX ? value->json_size : SHOWN_SIZE_MAX;

    if (option->flags & DAG_OPTION_SECRET)
        return "the value";
    /* Not in the middle of a character. */
    while (size < value->json_size && size > 0 && ((unsigned char)value->json[size] & 0xc0) == 0x80)
        size--;
    memcpy(out, value->json, size);
    memcpy(out + size, size < value->json_size ? "..." : "", size < value->json_size ? 4 : 1);
    return out;
}

static void show_amount(const struct dag_option *option, int64_t amount, char out[48])
{
    if (option->type == DAG_OPTION_SECONDS)
        snprintf(out, 48, "%.15g s", (double)amount / 1e6);
    else
        snprintf(out, 48, "%" PRId64 "%s", amount, option->type == DAG_OPTION_SIZE ? " bytes" : "");
}

static bool tell_bounds(struct reader *reader, const struct dag_option *option,
                        const struct tree *value)
{
    char text[SHOWN_SIZE_MAX + 8], low[48], high[48];

    show_amount(option, option->min, low);
    show_amount(option, option->max, high);
    if (option->min == 0 && option->max == 0)
        return tell(reader, value, true, "out_of_bounds", NULL, "option '%s': %s is out of bounds",
                    option->name, shown(option, value, text));
    if (option->max == INT64_MAX)
        return tell(reader, value, true, "out_of_bounds", NULL,
                    "option '%s': %s is out of bounds; it must be at least %s", option->name,
                    shown(option, value, text), low);
    return tell(reader, value, true, "out_of_bounds", NULL,
                "option '%s': %s is out of bounds; it must be between %s and %s", option->name,
                shown(option, value, text), low, high);
}

/* ---- values ------------------------------------------------------------------------------- */

static void store(struct reader *reader, const struct dag_option *option, const void *value,
                  size_t size)
{
    memcpy((char *)reader->state + option->offset, value, size);
}

static bool in_bounds(const struct dag_option *option, int64_t amount)
{
    return (option->min == 0 && option->max == 0) ||
           (amount >= option->min && amount <= option->max);
}

static bool store_amount(struct reader *reader, const struct dag_option *option,
                         const struct tree *value, int64_t amount)
{
    bool is_measure = option->type == DAG_OPTION_SECONDS || option->type == DAG_OPTION_SIZE;

    if (!in_bounds(option, amount) || (is_measure && amount < 0))
        return tell_bounds(reader, option, value);
    store(reader, option, &amount, sizeof(amount));
    return true;
}

/* An integer, also one that is written with a fraction of zero or with an exponent. */
static bool integer_of(const struct tree *value, int64_t *integer)
{
    if (value->type == TREE_INT) {
        *integer = value->integer;
        return true;
    }
    if (value->type != TREE_DOUBLE || fabs(value->real) > 9007199254740992.0 ||
        value->real != floor(value->real))
        return false;
    *integer = (int64_t)value->real;
    return true;
}

/* What a variable was replaced by, as the number or bool that it spells; else the value itself. */
static const struct tree *unquoted(struct reader *reader, const struct tree *value,
                                   struct tree *copy)
{
    struct dag_error ignored;
    const struct tree *read;

    if (value->type != TREE_TEXT || !value->substituted)
        return value;
    read = tree_parse(reader->document, value->text, value->text_size, 1, NULL, NULL, &ignored);
    if (!read || (read->type != TREE_INT && read->type != TREE_DOUBLE && read->type != TREE_BOOL))
        return value;
    *copy = *value;
    copy->type = read->type;
    copy->integer = read->integer;
    copy->real = read->real;
    return copy;
}

static bool read_integer(struct reader *reader, const struct dag_option *option,
                         const struct tree *value)
{
    int64_t integer;

    if (value->type == TREE_BIGNUM)
        return tell_bounds(reader, option, value);
    if (!integer_of(value, &integer))
        return tell_type(reader, option, value, "an integer");
    return store_amount(reader, option, value, integer);
}

static bool read_real(struct reader *reader, const struct dag_option *option,
                      const struct tree *value)
{
    if (value->type == TREE_BIGNUM)
        return tell_bounds(reader, option, value);
    if (value->type != TREE_INT && value->type != TREE_DOUBLE)
        return tell_type(reader, option, value, "a number");
    if ((option->min != 0 || option->max != 0) &&
        (value->real < (double)option->min || value->real > (double)option->max))
        return tell_bounds(reader, option, value);
    store(reader, option, &value->real, sizeof(value->real));
    return true;
}

static bool read_measure(struct reader *reader, const struct dag_option *option,
                         const struct tree *value)
{
    bool is_time = option->type == DAG_OPTION_SECONDS;
    int64_t amount;
    double scaled;

    if (value->type == TREE_TEXT) {
        char text[SHOWN_SIZE_MAX + 8];
        bool read = is_time ? options_parse_duration(value->text, &amount)
                            : options_parse_size(value->text, &amount);

        if (!read)
            return tell(reader, value, true, "wrong_type", NULL,
                        is_time ? "option '%s': %s is no length of time; write a number of seconds "
                                  "or \"250ms\", \"10s\", \"5m\", \"2h\", \"1d\""
                                : "option '%s': %s is no size; write a number of bytes or "
                                  "\"64KiB\", \"10MB\", \"2GiB\"",
                        option->name, shown(option, value, text));
        return store_amount(reader, option, value, amount);
    }
    if (value->type == TREE_BIGNUM)
        return tell_bounds(reader, option, value);
    if (value->type != TREE_INT && value->type != TREE_DOUBLE)
        return tell_type(reader, option, value,
                         is_time ? "a number of seconds or text such as \"250ms\""
                                 : "a number of bytes or text such as \"64KiB\"");
    scaled = round(value->real * (is_time ? 1e6 : 1));
    if (fabs(scaled) >= 9223372036854775808.0)
        return tell_bounds(reader, option, value);
    return store_amount(reader, option, value, (int64_t)scaled);
}

/* The candidates of a choice: the words of a copy of `choices`, a NUL behind each. */
static const char *choice_word(void *context, size_t i)
{
    const char *word = context;

    for (; *word && i > 0; i--)
        word += strlen(word) + 1;
    return *word ? word : NULL;
}

static bool read_choice(struct reader *reader, const struct dag_option *option,
                        const struct tree *value)
{
    size_t size = strlen(option->choices);
    char text[SHOWN_SIZE_MAX + 8], *words;
    const char *word;

    if (value->type != TREE_TEXT)
        return tell_type(reader, option, value, "a string");
    words = tree_alloc(reader->document, size + 2);
    if (!words)
        return tell_memory(reader, value);
    memcpy(words, option->choices, size);
    for (size_t i = 0; i < size; i++) {
        if (words[i] == ' ')
            words[i] = '\0';
    }
    for (size_t i = 0; (word = choice_word(words, i)); i++) {
        if (strlen(word) == value->text_size && strcmp(word, value->text) == 0)
            return store_amount(reader, option, value, (int64_t)i);
    }
    return tell(reader, value, true, "bad_choice", options_suggest(value->text, choice_word, words),
                "option '%s': %s is none of: %s", option->name, shown(option, value, text),
                option->choices);
}

static bool read_text(struct reader *reader, const struct dag_option *option,
                      const struct tree *value)
{
    if (value->type != TREE_TEXT)
        return tell_type(reader, option, value, "a string");
    if (memchr(value->text, '\0', value->text_size))
        return tell(reader, value, true, "wrong_type", NULL,
                    "option '%s': the string must not hold a NUL character", option->name);
    store(reader, option, &value->text, sizeof(value->text));
    return true;
}

static bool read_text_list(struct reader *reader, const struct dag_option *option,
                           const struct tree *value)
{
    bool is_single = value->type == TREE_TEXT && (option->flags & DAG_OPTION_ONE_OR_MORE) != 0;
    struct dag_text_list list = {0};
    struct dag_text *items;

    if (value->type != TREE_ARRAY && !is_single)
        return tell_type(reader, option, value,
                         option->flags & DAG_OPTION_ONE_OR_MORE ? "a string or a list of strings"
                                                                : "a list of strings");
    items = tree_alloc(reader->document, (is_single ? 1 : value->count + 1) * sizeof(*items));
    if (!items)
        return tell_memory(reader, value);
    if (is_single)
        items[list.count++] = (struct dag_text){value->text, value->text_size};
    for (const struct tree *item = value->child; item; item = item->next) {
        if (item->type != TREE_TEXT)
            return tell(reader, item, true, "wrong_type", NULL,
                        "option '%s': every element must be a string, not %s", option->name,
                        type_text(item));
        items[list.count++] = (struct dag_text){item->text, item->text_size};
    }
    list.items = items;
    store(reader, option, &list, sizeof(list));
    return true;
}

static bool read_text_map(struct reader *reader, const struct dag_option *option,
                          const struct tree *value)
{
    struct dag_text_map map = {0};
    struct dag_text *keys, *values;

    if (value->type != TREE_OBJECT)
        return tell_type(reader, option, value, "an object of strings");
    keys = tree_alloc(reader->document, (value->count + 1) * sizeof(*keys));
    values = tree_alloc(reader->document, (value->count + 1) * sizeof(*values));
    if (!keys || !values)
        return tell_memory(reader, value);
    for (const struct tree *item = value->child; item; item = item->next) {
        if (item->type != TREE_TEXT)
            return tell(reader, item, true, "wrong_type", NULL,
                        "option '%s': the value of '%s' must be a string, not %s", option->name,
                        item->key, type_text(item));
        keys[map.count] = (struct dag_text){item->key, item->key_size};
        values[map.count++] = (struct dag_text){item->text, item->text_size};
    }
    map.keys = keys;
    map.values = values;
    store(reader, option, &map, sizeof(map));
    return true;
}

static struct dag_value value_of(const struct tree *tree)
{
    struct dag_value value = {0};

    switch (tree->type) {
    case TREE_NULL:
        return dag_value_null();
    case TREE_BOOL:
        return dag_value_bool(tree->integer != 0);
    case TREE_INT:
        return dag_value_int(tree->integer);
    case TREE_DOUBLE:
        return dag_value_double(tree->real);
    case TREE_TEXT:
        return dag_value_text(tree->text, (uint32_t)tree->text_size);
    case TREE_BIGNUM:
        value.type = DAG_TYPE_BIGNUM;
        value.size = (uint32_t)tree->text_size;
        value.as.text = tree->text;
        break;
    case TREE_ARRAY:
    case TREE_OBJECT:
        value.type = DAG_TYPE_NESTED;
        value.size = (uint32_t)tree->json_size;
        value.as.text = tree->json;
        break;
    }
    return value;
}

static bool read_value(struct reader *reader, const struct dag_option *option,
                       const struct tree *value)
{
    struct tree copy;
    struct dag_value any;
    bool boolean;

    switch (option->type) {
    case DAG_OPTION_TEXT:
        return read_text(reader, option, value);
    case DAG_OPTION_INTEGER:
        return read_integer(reader, option, unquoted(reader, value, &copy));
    case DAG_OPTION_REAL:
        return read_real(reader, option, unquoted(reader, value, &copy));
    case DAG_OPTION_BOOL:
        value = unquoted(reader, value, &copy);
        if (value->type != TREE_BOOL)
            return tell_type(reader, option, value, "true or false");
        boolean = value->integer != 0;
        store(reader, option, &boolean, sizeof(boolean));
        return true;
    case DAG_OPTION_SECONDS:
    case DAG_OPTION_SIZE:
        return read_measure(reader, option, value);
    case DAG_OPTION_CHOICE:
        return read_choice(reader, option, value);
    case DAG_OPTION_TEXT_LIST:
        return read_text_list(reader, option, value);
    case DAG_OPTION_TEXT_MAP:
        return read_text_map(reader, option, value);
    case DAG_OPTION_OBJECT:
        if (value->type != TREE_OBJECT)
            return tell_type(reader, option, value, "an object");
        break;
    case DAG_OPTION_ANY:
        break;
    }
    any = value_of(value);
    store(reader, option, &any, sizeof(any));
    return true;
}

/* ---- tables ------------------------------------------------------------------------------- */

static bool read_default(struct reader *reader, const struct dag_option *option)
{
    struct dag_error err = {0};
    const struct tree *value =
        tree_parse(reader->document, option->default_json, strlen(option->default_json),
                   DEFAULT_DEPTH_MAX, NULL, NULL, &err);

    if (!value) {
        assert(err.code == DAG_ERROR_MEMORY); /* the table itself is valid */
        reader->failed = true;
        return false;
    }
    return read_value(reader, option, value);
}

bool options_null_is_absent(const struct dag_option *option)
{
    if (option->type == DAG_OPTION_ANY)
        return (option->flags & DAG_OPTION_NULLABLE) != 0;
    return (option->flags & DAG_OPTION_REQUIRED) == 0;
}

static void read_option(struct reader *reader, const struct dag_option *option,
                        const struct tree *config)
{
    const struct tree *value = tree_get(config, option->name);

    if (value && value->type == TREE_NULL && options_null_is_absent(option))
        value = NULL;
    /* The default goes first, so that the state is sound after a wrong value too. */
    if (option->default_json && !read_default(reader, option))
        return;
    if (value)
        read_value(reader, option, value);
    else if (option->flags & DAG_OPTION_REQUIRED)
        tell(reader, config, true, "missing_option", NULL, "option '%s': is missing (%s)",
             option->name, option->help ? option->help : "it is required");
}

struct known {
    const struct dag_option *options;
    size_t option_count;
    const char *const *also;
};

static const char *known_name(void *context, size_t i)
{
    const struct known *known = context;

    if (i < known->option_count)
        return known->options[i].name;
    return known->also ? known->also[i - known->option_count] : NULL;
}

static void check_keys(struct reader *reader, const struct dag_option *options,
                       const struct tree *config, const char *const *also_known)
{
    struct known known = {options, 0, also_known};
    size_t suggestions = 0;

    while (options && options[known.option_count].name)
        known.option_count++;
    for (const struct tree *member = config ? config->child : NULL; member; member = member->next) {
        const char *name = NULL, *near = NULL;
        size_t i = 0;

        if (options_is_comment(member->key))
            continue;
        while ((name = known_name(&known, i++)) && strcmp(name, member->key) != 0)
            continue;
        if (name)
            continue;
        if (suggestions++ < SUGGESTIONS_MAX)
            near = options_suggest(member->key, known_name, &known);
        tell(
            reader, member, false, "unknown_key", near,
            "unknown key '%.*s': it is ignored; remove it, or begin it with '_' if it is a comment",
            SHOWN_SIZE_MAX, member->key);
    }
}

static bool read_table(const struct dag_option *options, const struct tree *config, void *state,
                       bool check_unknown, const char *const *also_known,
                       struct tree_document *document, options_problem problem, void *context)
{
    struct reader reader = {state, document, problem, context, false};

    if (config && config->type != TREE_OBJECT)
        return tell(&reader, config, true, "wrong_type", NULL, "must be an object, not %s",
                    type_text(config));
    for (const struct dag_option *option = options; option && option->name; option++)
        read_option(&reader, option, config);
    if (check_unknown)
        check_keys(&reader, options, config, also_known);
    return !reader.failed;
}

bool options_read(const struct dag_option *options, const struct tree *config, void *state,
                  const char *const *also_known, struct tree_document *document,
                  options_problem problem, void *context)
{
    return read_table(options, config, state, true, also_known, document, problem, context);
}

bool options_read_known(const struct dag_option *options, const struct tree *config, void *state,
                        struct tree_document *document, options_problem problem, void *context)
{
    return read_table(options, config, state, false, NULL, document, problem, context);
}
