/* courier.c - see courier.h. The publisher finds a host as in a DAG, whose wake-ups, timers and
 * descriptors are waited for by the thread that calls. One that may block does so on a thread of
 * its own, and is interrupted when it takes too long. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/courier.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/log.h"
#include "core/options.h"
#include "dag/host.h"
#include "runtime/host_files.h"

#define FDS_MAX  8               /* that a publisher watches at once */
#define AGAIN_US INT64_C(200000) /* an interruption may come a moment too soon */

struct courier {
    union { /* first */
        struct dag_host host;
        struct file_host lent;
    };
    const struct courier_order *order;
    void *state;                    /* owned */
    struct tree_document *document; /* owned: of the options' texts */
    int wake;                       /* owned eventfd: anybody may wake it */
    int64_t timer_us;               /* monotonic; INT64_MAX: none */
    struct pollfd fds[FDS_MAX + 1]; /* the first is `wake` */
    size_t fd_count;
    bool asked_outside; /* it has waited for something outside of this process */
    uint64_t cycle;     /* of the last row */
    size_t rejected;    /* the first row that was refused for good; SIZE_MAX: none */
    char reason[320];

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t ended; /* monotonic clock */
    bool in_call;         /* of the publisher, which may block */
    int64_t call_us;      /* monotonic: since when; or when it was interrupted last */
    bool is_late;         /* a call took too long: there won't be another */
    bool has_ended;
};

/* The whole errand. */
struct errand {
    struct courier *courier;
    const struct dag_text *messages;
    size_t count;
    size_t *accepted;
    bool *is_safe;
    struct dag_error *err;
    enum courier_end end;
};

static struct courier *courier_of(struct dag_host *host)
{
    return (struct courier *)host;
}

/* ---- the host ---- */

static void op_log(struct dag_host *host, enum dag_log_level level, const char *text)
{
    log_write(level, host->dag, host->component, "%s", text);
}

static int64_t op_clock_us(struct dag_host *host)
{
    struct clock *clock = courier_of(host)->order->clock;

    return clock->realtime_us(clock);
}

/* Time-outs go by the system's clock, whatever the server's is: a test's stands still. */
static int64_t op_monotonic_us(struct dag_host *host)
{
    (void)host;
    return clock_system()->monotonic_us(clock_system());
}

static void op_wake(struct dag_host *host)
{
    const uint64_t one = 1;

    (void)!write(courier_of(host)->wake, &one, sizeof(one));
}

static void op_set_timer(struct dag_host *host, int64_t monotonic_us)
{
    courier_of(host)->timer_us = monotonic_us;
    courier_of(host)->asked_outside = true;
}

static void op_unwatch_fd(struct dag_host *host, int fd)
{
    struct courier *courier = courier_of(host);

    for (size_t i = 1; i < courier->fd_count; i++)
        if (courier->fds[i].fd == fd)
            courier->fds[i] = courier->fds[--courier->fd_count];
}

static bool op_watch_fd(struct dag_host *host, int fd, uint32_t events, struct dag_error *err)
{
    struct courier *courier = courier_of(host);

    op_unwatch_fd(host, fd);
    if (courier->fd_count == FDS_MAX + 1)
        return dag_error_set(err, DAG_ERROR_LIMIT, "a publisher watches more than %d descriptors",
                             FDS_MAX);
    courier->fds[courier->fd_count++] = (struct pollfd){
        .fd = fd,
        .events = (short)((events & DAG_FD_READABLE ? POLLIN : 0) |
                          (events & DAG_FD_WRITABLE ? POLLOUT : 0)),
    };
    courier->asked_outside = true;
    return true;
}

static bool op_watch_path(struct dag_host *host, const char *path, struct dag_error *err)
{
    (void)host;
    return dag_error_set(err, DAG_ERROR_UNSUPPORTED, "'%s' can't be watched for one message", path);
}

static void op_reject(struct dag_host *host, size_t row, const char *reason)
{
    struct courier *courier = courier_of(host);

    if (row >= courier->rejected)
        return;
    courier->rejected = row;
    snprintf(courier->reason, sizeof(courier->reason), "%s", reason);
}

static void op_count_dropped(struct dag_host *host, const char *cause, uint64_t count)
{
    log_write(DAG_LOG_WARNING, host->dag, host->component, "%llu messages dropped: %s",
              (unsigned long long)count, cause);
}

/* It ends before what a publisher of this kind may be lent: park and what came later. */
static const struct dag_host_ops ops = {
    .size = offsetof(struct dag_host_ops, park),
    .log = op_log,
    .clock_us = op_clock_us,
    .monotonic_us = op_monotonic_us,
    .wake = op_wake,
    .set_timer = op_set_timer,
    .watch_fd = op_watch_fd,
    .unwatch_fd = op_unwatch_fd,
    .watch_path = op_watch_path,
    .reject = op_reject,
    .count_dropped = op_count_dropped,
    HOST_FILES_OPS,
};

/* ---- calls that may block ---- */

static void begin_call(struct courier *courier)
{
    pthread_mutex_lock(&courier->lock);
    courier->in_call = true;
    courier->call_us = op_monotonic_us(&courier->host);
    pthread_mutex_unlock(&courier->lock);
}

/* True: it took too long. */
static bool end_call(struct courier *courier)
{
    pthread_mutex_lock(&courier->lock);
    courier->in_call = false;
    bool is_late = courier->is_late;
    pthread_mutex_unlock(&courier->lock);
    return is_late;
}

static bool say_late(const struct courier *courier, struct dag_error *err)
{
    dag_error_set(err, DAG_ERROR_IO, "it has not answered within %lld s",
                  (long long)(courier->order->patience_us / 1000000));
    err->retryable = true;
    return false;
}

/* Waits for the errand's end. A call that takes too long is interrupted until it returns. */
static void watch_errand(struct courier *courier)
{
    const struct courier_order *order = courier->order;

    pthread_mutex_lock(&courier->lock);
    while (!courier->has_ended) {
        int64_t now_us = op_monotonic_us(&courier->host);
        int64_t patience_us = courier->is_late ? AGAIN_US : order->patience_us;
        int64_t end_us = (courier->in_call ? courier->call_us : now_us) + patience_us;

        if (courier->in_call && now_us >= end_us) {
            courier->is_late = true;
            courier->call_us = now_us;
            if (order->type->interrupt)
                order->type->interrupt(courier->state);
            continue;
        }
        const struct timespec end = {.tv_sec = end_us / 1000000,
                                     .tv_nsec = end_us % 1000000 * 1000};
        (void)pthread_cond_timedwait(&courier->ended, &courier->lock, &end);
    }
    pthread_mutex_unlock(&courier->lock);
}

/* ---- opening ---- */

static void take_problem(void *context, const struct tree *at, bool is_error, const char *code,
                         const char *message, const char *suggestion)
{
    (void)at, (void)code, (void)suggestion;
    if (is_error)
        dag_error_set(context, DAG_ERROR_INVALID, "%s", message);
}

static void courier_init(struct courier *courier, const struct courier_order *order)
{
    pthread_condattr_t attributes;

    *courier = (struct courier){.order = order, .wake = -1};
    pthread_mutex_init(&courier->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&courier->ended, &attributes);
    pthread_condattr_destroy(&attributes);
}

static bool courier_open(struct courier *courier, struct dag_error *err)
{
    const struct courier_order *order = courier->order;
    const struct dag_publisher *type = order->type;

    courier->lent = (struct file_host){
        .host = {.ops = &ops, .dag = order->dag, .component = order->name, .instance = ""},
        .storage = order->storage};
    courier->timer_us = INT64_MAX;
    courier->rejected = SIZE_MAX;
    courier->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    courier->fds[0] = (struct pollfd){.fd = courier->wake, .events = POLLIN};
    courier->fd_count = 1;
    courier->document = tree_document_new();
    courier->state = calloc(1, type->state_size ? type->state_size : 1);
    if (courier->wake < 0)
        return dag_error_set_errno(err, "cannot make a descriptor");
    if (!courier->document || !courier->state)
        return dag_error_set_memory(err, "a publisher");
    if (!options_read_known(type->options, order->config, courier->state, courier->document,
                            take_problem, err) ||
        (type->check && !type->check(courier->state, order->address, err)))
        return false;
    if (!type->open)
        return true;
    begin_call(courier);
    bool done = type->open(courier->state, order->address, &courier->host, err);
    return end_call(courier) ? say_late(courier, err) : done;
}

static void courier_deinit(struct courier *courier)
{
    const struct dag_publisher *type = courier->order->type;

    if (courier->state && type->stop)
        type->stop(courier->state);
    if (courier->state && type->close)
        type->close(courier->state);
    free(courier->state);
    tree_document_free(courier->document);
    if (courier->wake >= 0)
        close(courier->wake);
    pthread_cond_destroy(&courier->ended);
    pthread_mutex_destroy(&courier->lock);
}

/* ---- delivering ---- */

/* Until something happens that the publisher asked for. False: it is not in time. */
static bool wait_for_it(struct courier *courier, int64_t end_us)
{
    int64_t now_us = op_monotonic_us(&courier->host);
    int64_t until_us = courier->timer_us < end_us ? courier->timer_us : end_us;
    int64_t wait_ms = until_us > now_us ? (until_us - now_us + 999) / 1000 : 0;
    uint64_t woken;

    if (now_us >= end_us)
        return false;
    (void)poll(courier->fds, (nfds_t)courier->fd_count, (int)wait_ms);
    (void)!read(courier->wake, &woken, sizeof(woken));
    if (courier->timer_us <= op_monotonic_us(&courier->host))
        courier->timer_us = INT64_MAX;
    for (size_t i = courier->fd_count; i-- > 1;) /* each is told once */
        if (courier->fds[i].revents)
            courier->fds[i] = courier->fds[--courier->fd_count];
    return true;
}

/* All rows, or as many as go. */
static enum courier_end write_rows(struct courier *courier, struct dag_batch *batch,
                                   const uint64_t *cycles, size_t count, size_t *accepted,
                                   struct dag_error *err)
{
    const struct dag_publisher *type = courier->order->type;
    int64_t end_us = op_monotonic_us(&courier->host) + courier->order->patience_us;

    while (*accepted < count) {
        struct dag_delivery delivery = {
            .rows = dag_batch_rows(batch) + *accepted,
            .cycles = cycles + *accepted,
            .count = count - *accepted,
            .batch = batch,
            .mark = cycles[count > 0 ? count - 1 : 0],
        };
        size_t written = 0;
        begin_call(courier);
        enum dag_write_status status = type->write(courier->state, &delivery, &written, err);
        bool is_late = end_call(courier);

        if (courier->rejected < written) {
            *accepted += courier->rejected;
            dag_error_set(err, DAG_ERROR_INVALID, "the destination refuses it: %s",
                          courier->reason);
            return COURIER_FAILED;
        }
        *accepted += written;
        if (is_late && *accepted < count)
            say_late(courier, err);
        if (is_late || status == DAG_WRITE_FAILED)
            return *accepted < count ? COURIER_FAILED : COURIER_DONE;
        if (status == DAG_WRITE_WAIT && *accepted < count &&
            (!courier->asked_outside || !wait_for_it(courier, end_us)))
            return COURIER_FULL;
    }
    return COURIER_DONE;
}

/* False: the other side has not said so, in time or because it fails. */
static bool make_safe(struct courier *courier, struct dag_error *err)
{
    const struct dag_publisher *type = courier->order->type;
    int64_t end_us = op_monotonic_us(&courier->host) + courier->order->patience_us;
    enum dag_write_status status = DAG_WRITE_DONE;

    if (!type->flush)
        return true;
    do {
        begin_call(courier);
        status = type->flush(courier->state, err);
        if (end_call(courier))
            return status == DAG_WRITE_DONE;
    } while (status == DAG_WRITE_WAIT &&
             (courier->asked_outside || courier->order->waits_for_safety) &&
             wait_for_it(courier, end_us));
    return status == DAG_WRITE_DONE;
}

/* As many messages as a batch takes, up to the first that is no JSON. False: `err`. */
static bool parse(struct dag_json_parser *parser, struct dag_batch *batch,
                  const struct dag_text *messages, size_t count, size_t *parsed, bool *is_json,
                  struct dag_error *err)
{
    struct dag_error why = {0};
    bool done = true;

    *parsed = 0;
    *is_json = true;
    while (done && *is_json && *parsed < count && *parsed < DAG_BATCH_ROWS_MAX) {
        const struct dag_text *message = &messages[*parsed];

        done = dag_json_parse(parser, batch, message->text, message->size, (struct dag_origin){0},
                              &why);
        *is_json = !done || !(dag_batch_origins(batch)[*parsed].flags & DAG_ORIGIN_REJECTED);
        *parsed += done && *is_json;
    }
    if (!done && *parsed == 0)
        return dag_error_set(err, why.code, "%s", why.message);
    return true;
}

/* One batch of them. */
static enum courier_end deliver_some(struct courier *courier, struct dag_json_parser *parser,
                                     const struct dag_text *messages, size_t count,
                                     size_t *accepted, struct dag_error *err)
{
    uint64_t cycles[DAG_BATCH_ROWS_MAX];
    struct dag_batch *batch = dag_batch_new();
    enum courier_end end = COURIER_FAILED;
    size_t parsed = 0;
    bool is_json = true;

    *accepted = 0;
    if (!batch)
        dag_error_set_memory(err, "messages");
    for (size_t i = 0; i < DAG_BATCH_ROWS_MAX; i++)
        cycles[i] = ++courier->cycle;
    if (batch && parse(parser, batch, messages, count, &parsed, &is_json, err))
        end = write_rows(courier, batch, cycles, parsed, accepted, err);
    dag_batch_unref(batch);
    return end == COURIER_DONE && !is_json ? COURIER_PARSE : end;
}

static enum courier_end deliver(struct courier *courier, const struct dag_text *messages,
                                size_t count, size_t *accepted, bool *is_safe,
                                struct dag_error *err)
{
    struct dag_json_parser *parser = dag_json_parser_new(0);
    enum courier_end end = COURIER_DONE;
    struct dag_error why = {0};

    if (!parser) {
        dag_error_set_memory(err, "a parser");
        return COURIER_FAILED;
    }
    while (end == COURIER_DONE && *accepted < count) {
        size_t some;

        end = deliver_some(courier, parser, messages + *accepted, count - *accepted, &some, err);
        *accepted += some;
    }
    dag_json_parser_free(parser);
    *is_safe = *accepted > 0 && make_safe(courier, &why);
    return end;
}

static void *run_errand(void *context)
{
    struct errand *errand = context;
    struct courier *courier = errand->courier;

    if (courier_open(courier, errand->err))
        errand->end = deliver(courier, errand->messages, errand->count, errand->accepted,
                              errand->is_safe, errand->err);
    pthread_mutex_lock(&courier->lock);
    courier->has_ended = true;
    pthread_cond_signal(&courier->ended);
    pthread_mutex_unlock(&courier->lock);
    return NULL;
}

static void run_apart(struct errand *errand)
{
    pthread_t thread;
    int failure = pthread_create(&thread, NULL, run_errand, errand);

    if (failure != 0) {
        errno = failure;
        dag_error_set_errno(errand->err, "cannot start a thread for messages");
        return;
    }
    watch_errand(errand->courier);
    pthread_join(thread, NULL);
}

enum courier_end courier_deliver(const struct courier_order *order, const struct dag_text *messages,
                                 size_t count, size_t *accepted, bool *is_safe,
                                 struct dag_error *err)
{
    struct courier courier;
    struct errand errand = {&courier, messages, count, accepted, is_safe, err, COURIER_FAILED};

    *accepted = 0;
    *is_safe = false;
    courier_init(&courier, order);
    if (order->type->flags & DAG_CONNECTOR_BLOCKS)
        run_apart(&errand);
    else
        run_errand(&errand);
    courier_deinit(&courier);
    return errand.end;
}
