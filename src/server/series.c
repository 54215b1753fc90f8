/* series.c - see series.h. A point holds amounts and how much of its time is covered, so points can
 * be added up to longer ones without a loss. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/series.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "server/show_json.h"

#define SECOND     INT64_C(1000000)
#define GAP_US_MAX (60 * SECOND)
#define RING_COUNT 3
#define POINTS     (300 + 360 + 720)

struct point {
    float in, out, errors; /* amounts */
    float queue;           /* the last one known */
    float covered_s;       /* 0: nothing is known */
};

static const struct {
    int64_t step_us;
    int64_t count, first; /* points, and where they begin */
} rings[RING_COUNT] = {{SECOND, 300, 0}, {10 * SECOND, 360, 300}, {120 * SECOND, 720, 660}};

struct series {
    struct series_sample last;  /* time_us 0: none yet */
    int64_t newest[RING_COUNT]; /* slot number: time / step */
    struct point points[POINTS];
};
_Static_assert(sizeof(struct series) <= (28u << 10), "as series.h says");

struct series *series_new(void)
{
    return calloc(1, sizeof(struct series));
}

void series_free(struct series *series)
{
    free(series);
}

static size_t point_place(int ring, int64_t slot)
{
    return (size_t)(rings[ring].first + slot % rings[ring].count);
}

/* NULL: not kept any more, or not yet. */
static const struct point *point_at(const struct series *series, int ring, int64_t slot)
{
    int64_t age = series->newest[ring] - slot;

    return age >= 0 && age < rings[ring].count ? &series->points[point_place(ring, slot)] : NULL;
}

static void move_on(struct series *series, int ring, int64_t slot)
{
    int64_t first = series->newest[ring] + 1;

    if (slot - first >= rings[ring].count)
        first = slot - rings[ring].count + 1;
    for (int64_t i = first; i <= slot; i++)
        series->points[point_place(ring, i)] = (struct point){0};
    if (slot > series->newest[ring])
        series->newest[ring] = slot;
}

static uint64_t grown(uint64_t before, uint64_t now)
{
    return now >= before ? now - before : now;
}

static void add_to_ring(struct series *series, int ring, const struct series_sample *sample)
{
    int64_t step = rings[ring].step_us, from = series->last.time_us, to = sample->time_us;
    double span = (double)(to - from);
    double in = (double)grown(series->last.in, sample->in);
    double out = (double)grown(series->last.out, sample->out);
    double errors = (double)grown(series->last.errors, sample->errors);

    move_on(series, ring, to / step);
    for (int64_t at = from; at < to;) {
        int64_t end = (at / step + 1) * step;
        if (end > to)
            end = to;
        double part = (double)(end - at) / span;
        struct point *point = &series->points[point_place(ring, at / step)];
        point->in += (float)(in * part);
        point->out += (float)(out * part);
        point->errors += (float)(errors * part);
        point->queue = (float)sample->queue;
        point->covered_s += (float)((double)(end - at) / (double)SECOND);
        at = end;
    }
}

void series_add(struct series *series, const struct series_sample *sample)
{
    int64_t gap = sample->time_us - series->last.time_us;

    if (gap <= 0)
        return;
    for (int ring = 0; ring < RING_COUNT && gap <= GAP_US_MAX; ring++)
        add_to_ring(series, ring, sample);
    series->last = *sample;
}

/* The points from `from_us` to before `to_us` of a ring added up. */
static struct point sum(const struct series *series, int ring, int64_t from_us, int64_t to_us)
{
    struct point total = {0};

    for (int64_t slot = from_us / rings[ring].step_us; slot * rings[ring].step_us < to_us; slot++) {
        const struct point *point = point_at(series, ring, slot);
        if (!point || point->covered_s <= 0)
            continue;
        total.in += point->in;
        total.out += point->out;
        total.errors += point->errors;
        total.queue = point->queue;
        total.covered_s += point->covered_s;
    }
    return total;
}

void series_rates(const struct series *series, int64_t now_us, struct series_rates *rates)
{
    struct point recent = sum(series, 0, now_us - 10 * SECOND, now_us + 1);
    struct point errors = sum(series, 0, now_us - 299 * SECOND, now_us + 1);
    double covered = (double)recent.covered_s;

    *rates = (struct series_rates){.errors_in_5m = (double)errors.errors};
    if (covered > 0) {
        rates->in = (double)recent.in / covered;
        rates->out = (double)recent.out / covered;
    }
}

void series_recent(const struct series *series, int64_t now_us, double *in, size_t count)
{
    int64_t newest = now_us / rings[RING_COUNT - 1].step_us;

    for (size_t i = 0; i < count; i++) {
        const struct point *point =
            point_at(series, RING_COUNT - 1, newest - (int64_t)(count - 1 - i));
        bool is_known = point && point->covered_s > 0;
        in[i] = is_known ? (double)point->in / (double)point->covered_s : SHOW_UNKNOWN;
    }
}

/* ---- what is shown ---- */

/* The finest ring that reaches back so far. */
static int choose_ring(int64_t from_us, int64_t now_us)
{
    for (int ring = 0; ring < RING_COUNT - 1; ring++)
        if (from_us > now_us - rings[ring].step_us * rings[ring].count)
            return ring;
    return RING_COUNT - 1;
}

static void write_list(struct writer *writer, const char *key, const double *values, size_t count)
{
    writer_key(writer, key);
    writer_open(writer, '[');
    for (size_t i = 0; i < count; i++)
        show_real_value(writer, values[i]);
    writer_close(writer, ']');
}

static void write_points(const struct series *series, int ring, int64_t from_us, int64_t step_us,
                         size_t count, struct writer *writer)
{
    static const char *const keys[] = {"in", "out", "errors", "queue"};
    double *values = calloc(count * 4 + 1, sizeof(*values));

    if (!values) {
        writer->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t start = from_us + (int64_t)i * step_us;
        struct point point = {0};
        if (series)
            point = sum(series, ring, start, start + step_us);
        double covered = (double)point.covered_s;
        bool is_known = covered > 0;
        values[i] = is_known ? (double)point.in / covered : SHOW_UNKNOWN;
        values[count + i] = is_known ? (double)point.out / covered : SHOW_UNKNOWN;
        values[2 * count + i] = is_known ? (double)point.errors / covered : SHOW_UNKNOWN;
        values[3 * count + i] = is_known ? (double)point.queue : SHOW_UNKNOWN;
    }
    for (size_t k = 0; k < 4; k++)
        write_list(writer, keys[k], values + k * count, count);
    free(values);
}

bool series_write(const struct series *series, int64_t from_us, int64_t to_us, int64_t step_us,
                  int64_t now_us, struct writer *writer, struct dag_error *err)
{
    if (from_us <= 0 || to_us <= from_us || to_us > INT64_MAX / 2 || step_us < 0 ||
        step_us > 86400 * SECOND)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "`from` must be before `to`, and `step` at most a day");
    int ring = choose_ring(from_us, now_us);
    int64_t kept = rings[ring].step_us;
    int64_t step = step_us > kept ? (step_us + kept - 1) / kept * kept : kept;
    int64_t from = from_us / step * step;
    int64_t count = (to_us - from + step - 1) / step;
    if (count > SERIES_POINTS_MAX)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "that makes %" PRId64 " points, %d is the most; choose a longer step",
                             count, SERIES_POINTS_MAX);
    writer_open(writer, '{');
    show_time(writer, "from", from);
    show_time(writer, "to", from + count * step);
    show_number(writer, "step_ms", (uint64_t)step / 1000);
    write_points(series, ring, from, step, (size_t)count, writer);
    writer_close(writer, '}');
    return true;
}
