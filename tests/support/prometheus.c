/* prometheus.c - see prometheus.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "support/prometheus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The family under way. */
struct family {
    const char *name;
    size_t name_size;
    bool is_histogram, is_counter;
    /* of a histogram: the labels whose buckets are under way, and the last one */
    char labels[600];
    double bucket, bound;
    bool is_complete;
};

static size_t name_size(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");
}

/* Returns what stands behind {label="value",...}. */
static const char *skip_labels(const char *line, const char *at)
{
    if (*at != '{')
        return at;
    do {
        at++;
        if (name_size(at) == 0 || strncmp(at + name_size(at), "=\"", 2) != 0)
            fail_msg("label expected: %s", line);
        for (at += name_size(at) + 2; *at != '"'; at++) {
            if (*at == '\\' && strchr("\\\"n", at[1]) && at[1])
                at++;
            else if (*at == '\0' || *at == '\\')
                fail_msg("label's value: %s", line);
        }
        at++;
    } while (*at == ',');
    if (*at != '}')
        fail_msg("end of labels expected: %s", line);
    return at + 1;
}

static void begin_family(struct family *family, const struct prometheus *page, size_t i)
{
    const char *help = page->lines[i] + 7;
    size_t size = name_size(help);

    if (family->is_histogram && !family->is_complete)
        fail_msg("histogram ends too early before: %s", page->lines[i]);
    for (size_t k = 0; k < i; k++)
        if (strncmp(page->lines[k], page->lines[i], 8 + size) == 0)
            fail_msg("comes twice: %s", page->lines[i]);
    if (size == 0 || help[size] != ' ' || help[size + 1] == '\0' || i + 1 >= page->count ||
        strncmp(page->lines[i + 1], "# TYPE ", 7) != 0 ||
        strncmp(page->lines[i + 1] + 7, help, size + 1) != 0)
        fail_msg("HELP and TYPE expected: %s", page->lines[i]);
    const char *type = page->lines[i + 1] + 7 + size + 1;
    *family = (struct family){.name = help,
                              .name_size = size,
                              .is_histogram = strcmp(type, "histogram") == 0,
                              .is_counter = strcmp(type, "counter") == 0,
                              .is_complete = true};
    if (!family->is_histogram && !family->is_counter)
        assert_string_equal(type, "gauge");
    if (family->is_counter && strncmp(help + size - 6, "_total", 6) != 0)
        fail_msg("counter without _total: %s", page->lines[i]);
}

/* A line of a histogram: its ending, labels and value. */
static void check_histogram(struct family *family, const char *line, double value)
{
    const char *ending = line + family->name_size, *le = strstr(line, "le=\"");
    char labels[600];

    if (strncmp(ending, "_bucket", 7) == 0) {
        assert_non_null(le);
        snprintf(labels, sizeof(labels), "%.*s", (int)(le - ending - 8), ending + 8);
        double bound = strncmp(le + 4, "+Inf", 4) == 0 ? 1e300 : strtod(le + 4, NULL);
        if (family->is_complete) { /* the first bucket of the next series */
            snprintf(family->labels, sizeof(family->labels), "%s", labels);
            family->bucket = 0;
            family->bound = -1;
            family->is_complete = false;
        }
        assert_string_equal(labels, family->labels);
        if (value < family->bucket || bound <= family->bound)
            fail_msg("buckets don't grow: %s", line);
        family->bucket = value;
        family->bound = bound;
    } else if (strncmp(ending, "_count", 6) == 0) {
        if (family->bound < 1e300 || value < family->bucket || value > family->bucket)
            fail_msg("_count isn't the last bucket: %s", line);
        family->is_complete = true;
    } else if (strncmp(ending, "_sum", 4) != 0) {
        fail_msg("not of a histogram: %s", line);
    }
}

static void check_series(struct family *family, const struct prometheus *page, size_t i)
{
    const char *line = page->lines[i];
    size_t size = name_size(line);
    char *end;

    if (size < family->name_size || strncmp(line, family->name, family->name_size) != 0 ||
        (size > family->name_size && !family->is_histogram))
        fail_msg("not of the family %.*s: %s", (int)family->name_size, family->name, line);
    const char *at = skip_labels(line, line + size);
    assert_int_equal(*at, ' ');
    double value = strtod(at + 1, &end);
    if (end == at + 1 || *end != '\0')
        fail_msg("number expected: %s", line);
    for (size_t k = 0; k < i; k++)
        if (strncmp(page->lines[k], line, (size_t)(at - line) + 1) == 0)
            fail_msg("comes twice: %s", line);
    if (family->is_histogram)
        check_histogram(family, line, value);
}

void prometheus_init(struct prometheus *page, struct dag_buffer *text)
{
    struct family family = {.name = "", .is_complete = true};
    char *rest = NULL;

    *page = (struct prometheus){0};
    assert_true(text->size > 0 && text->bytes[text->size - 1] == '\n');
    assert_true(dag_buffer_append(text, "", 1));
    page->text = text->bytes;
    page->lines = calloc(text->size, sizeof(char *));
    assert_non_null(page->lines);
    for (char *line = strtok_r(page->text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        page->lines[page->count++] = line;
    for (size_t i = 0; i < page->count; i++) {
        if (strncmp(page->lines[i], "# HELP ", 7) == 0)
            begin_family(&family, page, i++);
        else
            check_series(&family, page, i);
    }
    assert_true(family.is_complete);
    *text = (struct dag_buffer){0};
}

void prometheus_deinit(struct prometheus *page)
{
    free(page->lines);
    free(page->text);
    *page = (struct prometheus){0};
}

bool prometheus_has(const struct prometheus *page, const char *line)
{
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->lines[i], line) == 0)
            return true;
    return false;
}

double prometheus_value(const struct prometheus *page, const char *series)
{
    size_t size = strlen(series);

    for (size_t i = 0; i < page->count; i++)
        if (strncmp(page->lines[i], series, size) == 0 && page->lines[i][size] == ' ')
            return strtod(page->lines[i] + size, NULL);
    fail_msg("there is no series %s", series);
    return 0;
}

size_t prometheus_count(const struct prometheus *page, const char *name)
{
    size_t count = 0, size = strlen(name);

    for (size_t i = 0; i < page->count; i++)
        count += name_size(page->lines[i]) == size && strncmp(page->lines[i], name, size) == 0;
    return count;
}
