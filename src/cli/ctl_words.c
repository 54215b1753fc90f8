/* ctl_words.c - see ctl_words.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_words.h"

#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "http/api_time.h"

/* ---- members ---- */

static const char *text_of(const struct tree *value)
{
    return value && value->type == TREE_TEXT ? value->text : "";
}

static double real_of(const struct tree *value)
{
    if (!value)
        return 0;
    switch (value->type) {
    case TREE_INT:
    case TREE_DOUBLE:
        return value->real;
    case TREE_TEXT:
    case TREE_BIGNUM:
        return strtod(value->text, NULL);
    default:
        return 0;
    }
}

const char *field_text(const struct tree *object, const char *key)
{
    return text_of(tree_get(object, key));
}

double field_real(const struct tree *object, const char *key)
{
    return real_of(tree_get(object, key));
}

bool field_bool(const struct tree *object, const char *key)
{
    const struct tree *value = tree_get(object, key);

    return value && value->type == TREE_BOOL && value->integer != 0;
}

const struct tree *field_first(const struct tree *object, const char *key)
{
    const struct tree *value = tree_get(object, key);

    return value && (value->type == TREE_ARRAY || value->type == TREE_OBJECT) ? value->child : NULL;
}

const struct tree *element_at(const struct tree *row, size_t index)
{
    const struct tree *element = row && row->type == TREE_ARRAY ? row->child : NULL;

    for (; element && index > 0; index--)
        element = element->next;
    return element;
}

double element_real(const struct tree *row, size_t index)
{
    return real_of(element_at(row, index));
}

const char *element_text(const struct tree *row, size_t index)
{
    return text_of(element_at(row, index));
}

/* ---- words ---- */

const char *word_of_number(double number, char out[WORD_SIZE])
{
    static const char units[] = " kMGTP";
    size_t unit = 0;

    while (number >= (unit == 0 ? 9999.5 : 999.95) && unit + 2 < sizeof(units)) {
        number /= 1000;
        unit++;
    }
    bool is_whole = number == (double)(int64_t)number || number >= 999.95;
    if (unit == 0)
        snprintf(out, WORD_SIZE, is_whole ? "%.0f" : "%.1f", number);
    else
        snprintf(out, WORD_SIZE, "%.1f%c", number, units[unit]);
    return out;
}

const char *word_of_duration(double ms, char out[WORD_SIZE])
{
    long seconds = (long)(ms / 1000);

    if (seconds < 0)
        seconds = 0;
    if (seconds < 60)
        snprintf(out, WORD_SIZE, "%lds", seconds);
    else if (seconds < 3600)
        snprintf(out, WORD_SIZE, "%ldm %lds", seconds / 60, seconds % 60);
    else if (seconds < 86400)
        snprintf(out, WORD_SIZE, "%ldh %ldm", seconds / 3600, seconds / 60 % 60);
    else
        snprintf(out, WORD_SIZE, "%ldd %ldh", seconds / 86400, seconds / 3600 % 24);
    return out;
}

const char *word_of_age(const char *time, char out[WORD_SIZE])
{
    int64_t time_us;

    out[0] = '\0';
    if (!*time || !api_parse_time(time, &time_us))
        return out;

    long seconds = (long)((clock_system()->realtime_us(clock_system()) - time_us) / 1000000);

    seconds = seconds < 0 ? 0 : seconds;
    if (seconds < 100)
        snprintf(out, WORD_SIZE, "%lds", seconds);
    else if (seconds < 6000)
        snprintf(out, WORD_SIZE, "%ldm", seconds / 60);
    else if (seconds < 48 * 3600)
        snprintf(out, WORD_SIZE, "%ldh", seconds / 3600);
    else
        snprintf(out, WORD_SIZE, "%ldd", seconds / 86400);
    return out;
}

enum style style_of_state(const char *state)
{
    static const struct {
        const char *state;
        enum style style;
    } styles[] = {
        {"running", STYLE_GOOD},      {"starting", STYLE_WARNING}, {"stopping", STYLE_WARNING},
        {"suspended", STYLE_WARNING}, {"failed", STYLE_BAD},       {"invalid", STYLE_BAD},
        {"stopped", STYLE_DIM},       {"ended", STYLE_DIM},
    };

    for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
        if (strcmp(styles[i].state, state) == 0)
            return styles[i].style;
    return STYLE_PLAIN;
}

enum style style_of_errors(double count)
{
    return count > 0 ? STYLE_BAD : STYLE_PLAIN;
}

char *word_of_json(const struct tree *value, size_t size_max)
{
    static const char more[] = "...";
    size_t size = value ? value->json_size : 0;
    bool is_cut = size > size_max;

    size = is_cut ? size_max : size;
    while (is_cut && size > 0 && ((unsigned char)value->json[size] & 0xc0) == 0x80)
        size--;
    char *text = malloc(size + sizeof(more));

    if (!text)
        return NULL;
    if (size > 0)
        memcpy(text, value->json, size);
    memcpy(text + size, is_cut ? more : "", is_cut ? sizeof(more) : 1);
    return text;
}
