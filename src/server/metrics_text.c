/* metrics_text.c - see metrics_text.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"

void metrics_head(struct writer *writer, const char *name, const char *help, enum metrics_type type)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};

    writer_format(writer, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

/* A label's value with its escapes. */
static void put_text(struct writer *writer, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "\\\"\n");
        if (plain > 0)
            writer_format(writer, "%.*s", (int)plain, text);
        text += plain;
        if (*text)
            writer_plain(writer, *text == '\n' ? "\\n" : *text == '"' ? "\\\"" : "\\\\");
        text += *text != '\0';
    }
}

/* The labels, and one more when `bound` is given. */
static void put_labels(struct writer *writer, const struct metrics_label *labels, size_t count,
                       const char *bound)
{
    if (count == 0 && !bound)
        return;
    writer_plain(writer, "{");
    for (size_t i = 0; i < count; i++) {
        writer_format(writer, "%s%s=\"", i > 0 ? "," : "", labels[i].name);
        put_text(writer, labels[i].value);
        writer_plain(writer, "\"");
    }
    if (bound)
        writer_format(writer, "%sle=\"%s\"", count > 0 ? "," : "", bound);
    writer_plain(writer, "}");
}

void metrics_count(struct writer *writer, const char *name, const struct metrics_label *labels,
                   size_t count, uint64_t value)
{
    writer_plain(writer, name);
    put_labels(writer, labels, count, NULL);
    writer_format(writer, " %" PRIu64 "\n", value);
}

void metrics_real(struct writer *writer, const char *name, const struct metrics_label *labels,
                  size_t count, double value)
{
    char text[NUMBER_DOUBLE_SIZE_MAX];

    writer_plain(writer, name);
    put_labels(writer, labels, count, NULL);
    writer_format(writer, " %.*s\n", (int)number_write_double(text, value), text);
}

static void put_seconds(struct writer *writer, uint64_t us)
{
    writer_format(writer, " %" PRIu64 ".%06" PRIu64 "\n", us / 1000000, us % 1000000);
}

void metrics_time(struct writer *writer, const char *name, const struct metrics_label *labels,
                  size_t count, uint64_t us)
{
    writer_plain(writer, name);
    put_labels(writer, labels, count, NULL);
    put_seconds(writer, us);
}

/* "0.0025" of 2,500 us. */
static const char *bound_text(uint64_t bound_us, char text[32])
{
    size_t size = (size_t)snprintf(text, 32, "%" PRIu64 ".%06" PRIu64, bound_us / 1000000,
                                   bound_us % 1000000);

    while (text[size - 1] == '0' && text[size - 2] != '.')
        text[--size] = '\0';
    return text;
}

void metrics_histogram(struct writer *writer, const char *name, const struct metrics_label *labels,
                       size_t count, const uint64_t *bounds_us, const uint64_t *counts,
                       size_t bound_count, uint64_t sum_us)
{
    uint64_t total = 0;
    char text[32];

    for (size_t i = 0; i <= bound_count; i++) {
        total += counts[i];
        writer_format(writer, "%s_bucket", name);
        put_labels(writer, labels, count,
                   i < bound_count ? bound_text(bounds_us[i], text) : "+Inf");
        writer_format(writer, " %" PRIu64 "\n", total);
    }
    writer_format(writer, "%s_sum", name);
    put_labels(writer, labels, count, NULL);
    put_seconds(writer, sum_us);
    writer_format(writer, "%s_count", name);
    put_labels(writer, labels, count, NULL);
    writer_format(writer, " %" PRIu64 "\n", total);
}
