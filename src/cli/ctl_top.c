/* ctl_top.c - dagd ctl top: all DAGs, or the nodes of one, as they are now. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "cli/ctl.h"
#include "cli/ctl_screen.h"
#include "cli/ctl_stream.h"
#include "cli/ctl_top_rows.h"
#include "cli/ctl_words.h"
#include "cli/signals.h"

#define REDRAW_MS  1000
#define AGAIN_MS   1000
#define HEAD_LINES 4 /* title, totals, empty, the table's head */
#define EMPTY_MAX  3 /* looks before it is believed that there is nothing */
#define FOOT_LINES 1

static const struct top_column dag_columns[] = {
    {"DAG", TOP_NAME, 'n'},     {"STATE", TOP_STATE, 't'},  {"IN/S", TOP_NUMBER, 'i'},
    {"OUT/S", TOP_NUMBER, 'o'}, {"QUEUE", TOP_NUMBER, 'w'}, {"ERRORS", TOP_ERRORS, 'e'},
    {"IN", TOP_NUMBER, 'I'},    {"OUT", TOP_NUMBER, 'O'},
};
static const struct top_column node_columns[] = {
    {"NODE", TOP_NAME, 'n'},        {"COUNT", TOP_NUMBER, 'c'},     {"ERRORS", TOP_ERRORS, 'e'},
    {"RATE/S", TOP_NUMBER, 'i'},    {"QUEUE", TOP_NUMBER, 'w'},     {"BOUND", TOP_NUMBER, 'b'},
    {"P50", TOP_MICROSECONDS, '5'}, {"P99", TOP_MICROSECONDS, '9'},
};
static const struct top_view dag_view = {"dags", dag_columns,
                                         sizeof(dag_columns) / sizeof(dag_columns[0])};
static const struct top_view node_view = {"nodes", node_columns,
                                          sizeof(node_columns) / sizeof(node_columns[0])};

struct top {
    struct ctl *ctl;
    const char *dag; /* NULL: all */
    char *path;      /* owned; of the stream */
    struct top_rows rows;
    struct top_rows self; /* of one DAG: its own row */
    struct screen screen;
    int signals, wake; /* wake: readable when signals or keys wait */
    size_t first;      /* row on the screen */
    int empty_count;   /* of --once: looks that saw nothing */
    bool is_once, is_over, has_data;
    char trouble[300]; /* "": connected */
    int code;
};

/* ---- drawing ---- */

static void append(struct dag_buffer *frame, const char *text)
{
    (void)dag_buffer_append(frame, text, strlen(text));
}

/* A line of plain text, cut to the screen. */
static void append_line(struct dag_buffer *frame, size_t width, enum style style, const char *text)
{
    char *clean = text_clean(text);
    bool has_colour = style_is_wanted(stdout);

    append(frame, style_begin(style, has_colour));
    if (clean)
        (void)dag_buffer_append(frame, clean, strnlen(clean, width));
    append(frame, style_end(style, has_colour));
    free(clean);
}

static void write_totals(const struct top *top, char *text, size_t size)
{
    const struct top_rows *rows = top->dag ? &top->self : &top->rows;
    char in[WORD_SIZE], out[WORD_SIZE], queue[WORD_SIZE], errors[WORD_SIZE];

    snprintf(text, size, "in %s/s, out %s/s, %s wait, %s errors in 5 minutes",
             word_of_number(top_rows_sum(rows, 2), in), word_of_number(top_rows_sum(rows, 3), out),
             word_of_number(top_rows_sum(rows, 4), queue),
             word_of_number(top_rows_sum(rows, 5), errors));
}

static void draw(struct top *top)
{
    struct table_column columns[TOP_VALUES];
    struct dag_buffer frame = {0};
    struct table table;
    char text[600], clock[16] = "";
    size_t width, height;
    time_t now = time(NULL);
    struct tm local;

    screen_size(&width, &height);
    size_t room = height > HEAD_LINES + FOOT_LINES ? height - HEAD_LINES - FOOT_LINES : 1;
    size_t last = top->rows.count > room ? top->rows.count - room : 0;

    top->first = top->first > last ? last : top->first;
    if (localtime_r(&now, &local))
        strftime(clock, sizeof(clock), "%H:%M:%S", &local);
    if (top->dag)
        snprintf(text, sizeof(text), "%s  %.200s: %s, %zu nodes, %s", clock, top->dag,
                 top->self.count > 0 ? top->self.items[0].state : "?", top->rows.count,
                 top->ctl->client->url);
    else
        snprintf(text, sizeof(text), "%s  %zu DAGs, %s", clock, top->rows.count,
                 top->ctl->client->url);
    append_line(&frame, width, STYLE_HEAD, text);
    append(&frame, SCREEN_LINE_END);
    write_totals(top, text, sizeof(text));
    append_line(&frame, width, STYLE_PLAIN, text);
    append(&frame, SCREEN_LINE_END SCREEN_LINE_END);
    top_rows_sort(&top->rows);
    top_rows_fill(&top->rows, &table, columns);
    table_write(&table, style_is_wanted(stdout), top->first, room, width, SCREEN_LINE_END, &frame);
    table_deinit(&table);
    if (top->trouble[0])
        append_line(&frame, width, STYLE_BAD, top->trouble);
    else {
        snprintf(text, sizeof(text), "by %s%s  q quit, s next column, r reverse, arrows",
                 top->rows.view->columns[top->rows.sort].title,
                 top->rows.is_reversed ? " reversed" : "");
        append_line(&frame, width, STYLE_DIM, text);
    }
    append(&frame, "\033[K");
    screen_show(&frame);
    dag_buffer_free(&frame);
}

static void print_once(struct top *top)
{
    struct table_column columns[TOP_VALUES];
    struct table table;

    top_rows_sort(&top->rows);
    top_rows_fill(&top->rows, &table, columns);
    if (!table_print(&table))
        top->code = CLI_IO;
    table_deinit(&table);
}

/* ---- what comes ---- */

/* The first counters of a stream may be of nothing: the server hasn't looked yet. */
static void finish_once(struct top *top)
{
    if (!top->is_once || (top->rows.count == 0 && ++top->empty_count < EMPTY_MAX))
        return;
    if (!top->ctl->is_json)
        print_once(top);
    top->is_over = true;
}

static void take_counters(struct top *top, const struct tree *event, bool is_snapshot)
{
    const struct tree *data = tree_get(event, "data");
    const struct tree *self = top->dag ? tree_get(data, "dag") : NULL;

    if (!data || data->type == TREE_NULL) {
        ctl_say(top->ctl, "there is no DAG '%s' any more, or it is out of scope",
                top->dag ? top->dag : "");
        top->is_over = true;
        top->code = CLI_INVALID;
        return;
    }
    top->has_data = true;
    top->trouble[0] = '\0';
    if (top->ctl->is_json)
        ctl_print_json(event);
    if (!top_rows_take(&top->rows, data, is_snapshot) ||
        (self && self->type == TREE_ARRAY && !top_rows_take_row(&top->self, self)))
        snprintf(top->trouble, sizeof(top->trouble), "no memory for all rows");
    finish_once(top);
}

static void take_event(struct top *top, const struct stream_event *event)
{
    bool is_snapshot = strcmp(event->kind, "snapshot") == 0;

    if (is_snapshot || strcmp(event->kind, "delta") == 0) {
        take_counters(top, event->data, is_snapshot);
    } else if (strcmp(event->kind, "bye") == 0 &&
               strcmp(field_text(event->data, "reason"), "revoked") == 0) {
        snprintf(top->trouble, sizeof(top->trouble), "the token was revoked or changed");
    }
}

static void take_key(struct top *top, int key)
{
    char word[2] = {(char)key, '\0'};

    if (key == 'q')
        top->is_over = true;
    else if (key == 'r')
        top->rows.is_reversed = !top->rows.is_reversed;
    else if (key == 's')
        top->rows.sort = (top->rows.sort + 1) % top->rows.view->column_count;
    else if ((key == SCREEN_UP || key == 'k') && top->first > 0)
        top->first--;
    else if (key == SCREEN_DOWN || key == 'j')
        top->first++;
    else if (key == SCREEN_PAGE_DOWN)
        top->first += 10;
    else if (key == SCREEN_PAGE_UP)
        top->first -= top->first < 10 ? top->first : 10;
    else if (key > ' ' && key < 0x7f)
        (void)top_rows_choose(&top->rows, word);
}

static void take_input(struct top *top)
{
    int key;

    if (signals_take(top->signals) != 0)
        top->is_over = true;
    while (top->screen.is_open && (key = screen_take_key()) != SCREEN_NONE)
        take_key(top, key);
}

/* ---- the stream ---- */

/* Waits a while after a broken stream; keys still work. */
static void wait_before_again(struct top *top)
{
    struct epoll_event event;

    if (top->screen.is_open)
        draw(top);
    if (epoll_wait(top->wake, &event, 1, AGAIN_MS) > 0)
        take_input(top);
}

static void read_stream(struct top *top)
{
    struct dag_error err = {0};
    struct stream *stream = stream_new(top->ctl->client, top->path, &err);
    bool is_open = stream != NULL;

    while (is_open && !top->is_over) {
        struct stream_event event = {0};

        switch (stream_next(stream, top->wake, REDRAW_MS, &event, &err)) {
        case STREAM_EVENT:
            take_event(top, &event);
            stream_event_deinit(&event);
            break;
        case STREAM_WAKE:
            take_input(top);
            break;
        case STREAM_TIMEOUT:
            if (top->has_data)
                finish_once(top);
            break;
        case STREAM_REFUSED:
            screen_close(&top->screen);
            top->code = ctl_refused(top->ctl, stream_refusal(stream));
            top->is_over = true;
            break;
        case STREAM_END:
        case STREAM_FAILED:
            is_open = false;
            break;
        }
        if (top->screen.is_open && is_open)
            draw(top);
    }
    stream_free(stream);
    if (is_open)
        return;
    if (!top->has_data || top->is_once) { /* it never worked: that is no interruption */
        screen_close(&top->screen);
        top->code = ctl_fail(top->ctl, &err);
        top->is_over = true;
    } else {
        snprintf(top->trouble, sizeof(top->trouble), "%.250s; trying again", err.message);
    }
}

static bool wake_by(const struct top *top, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};

    return epoll_ctl(top->wake, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_all(struct top *top, struct dag_error *err)
{
    bool is_live = !top->is_once && !top->ctl->is_json;

    top->signals = signals_open(err);
    if (top->signals < 0)
        return false;
    top->wake = epoll_create1(EPOLL_CLOEXEC);
    if (top->wake < 0 || !wake_by(top, top->signals) || (is_live && !wake_by(top, STDIN_FILENO)))
        return dag_error_set_errno(err, "cannot wait for keys and signals");
    return !is_live || screen_open(&top->screen, err);
}

int ctl_top(struct ctl *ctl)
{
    struct top top = {.ctl = ctl, .signals = -1, .wake = -1};
    const char *sort = ctl_value(ctl, "sort");
    struct dag_error err = {0};

    top.dag = ctl->argument_count > 0 ? ctl->arguments[0] : NULL;
    top.rows.view = top.dag ? &node_view : &dag_view;
    top.self.view = &dag_view;
    top.is_once = ctl_has(ctl, "once") ||
                  (!ctl->is_json && (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)));
    if (sort && !top_rows_choose(&top.rows, sort))
        return ctl_usage_error(ctl, "there is no column '%s'", sort);
    top.path = client_path(top.dag ? "/events?topics=%s%s" : "/events?topics=dags",
                           top.dag ? "dag:" : "", top.dag ? top.dag : "");
    if (!top.path)
        dag_error_set_memory(&err, "a request");
    if (!top.path || !open_all(&top, &err))
        top.code = ctl_fail(ctl, &err);
    else
        while (!top.is_over) {
            read_stream(&top);
            if (!top.is_over)
                wait_before_again(&top);
        }
    screen_close(&top.screen);
    if (top.wake >= 0)
        close(top.wake);
    signals_close(top.signals);
    top_rows_deinit(&top.rows);
    top_rows_deinit(&top.self);
    free(top.path);
    return top.code;
}
