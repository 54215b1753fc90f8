/* serve.c - `dagd serve`: runs all DAGs of a folder until it is told to end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/serve_parts.h"
#include "cli/signals.h"
#include "core/log.h"

#define FLUSH_INTERVAL_MS 120000 /* of when users signed in and tokens were used */
#define URL_SIZE          320

struct serve {
    struct serve_settings settings; /* owned */
    struct serve_parts parts;
    int signal_fd; /* owned; -1: not open */
};

/* ---- starting ---- */

static int print_config(const struct serve_settings *settings)
{
    struct dag_buffer out = {0};
    bool is_written = serve_settings_write(settings, &out) && dag_buffer_append(&out, "\n", 1) &&
                      fwrite(out.bytes, 1, out.size, stdout) == out.size;

    dag_buffer_free(&out);
    return is_written ? CLI_OK : CLI_IO;
}

static void set_log(const struct serve_settings *settings)
{
    enum dag_log_level level = DAG_LOG_INFO;

    if (log_level_of(settings->log_level, &level))
        log_set_level(level);
    log_set_format(strcmp(settings->log_format, "json") == 0 ? LOG_FORMAT_JSON : LOG_FORMAT_TEXT);
    log_keep();
}

/* Standard output tells whoever started it where it is. The link stands there alone: a log goes to
 * more people than may make the first admin. Behind the # it isn't sent to any server's log. */
static bool tell_where(struct serve *serve, struct dag_error *err)
{
    char token[CREDENTIAL_SIZE], url[URL_SIZE];

    serve_parts_url(&serve->parts, url, sizeof(url));
    if (accounts_begin_set_up(serve->parts.accounts, token, err))
        printf("set up: %s/setup#%s\n", url, token);
    else if (err->code != DAG_ERROR_NONE)
        return false;
    explicit_bzero(token, sizeof(token));
    printf("ready: %s/\n", url);
    log_write(DAG_LOG_INFO, NULL, NULL, "dagd " DAGD_VERSION " serves at %s/", url);
    return fflush(stdout) == 0 || dag_error_set_errno(err, "cannot write to standard output");
}

/* ---- running ---- */

static void reload(struct serve *serve)
{
    struct dag_error err = {0};

    if (http_server_reload(serve->parts.http, &err))
        log_write(DAG_LOG_INFO, NULL, NULL, "SIGHUP: certificate and key were read again");
    else
        log_write(DAG_LOG_ERROR, NULL, NULL, "SIGHUP: the old certificate stays in use: %s",
                  err.message);
}

static void flush(struct serve *serve)
{
    struct dag_error err = {0};

    if (!accounts_flush(serve->parts.accounts, &err))
        log_write(DAG_LOG_WARNING, NULL, "users", "%s; it will be tried again", err.message);
}

/* Until a signal says that it shall end. */
static void run(struct serve *serve)
{
    struct pollfd wait = {.fd = serve->signal_fd, .events = POLLIN};

    for (;;) {
        int ready = poll(&wait, 1, FLUSH_INTERVAL_MS);
        int number;

        if (ready == 0)
            flush(serve);
        while ((number = signals_take(serve->signal_fd)) != 0) {
            if (number != SIGHUP)
                return;
            reload(serve);
        }
    }
}

/* ---- ending ---- */

/* The drain, on a thread of its own: the main thread waits for a second signal meanwhile. */
struct ending {
    struct serve *serve;
    int done_fd; /* an eventfd */
    bool is_clean;
};

static void *drain(void *context)
{
    struct ending *ending = context;
    struct serve_parts *parts = &ending->serve->parts;
    uint64_t one = 1;

    ending->is_clean = server_stop(parts->server, parts->settings->drain_timeout_us);
    while (write(ending->done_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
    return NULL;
}

static void wait_for_end(struct serve *serve, int done_fd)
{
    struct pollfd wait[] = {{.fd = serve->signal_fd, .events = POLLIN},
                            {.fd = done_fd, .events = POLLIN}};

    while (!(wait[1].revents & POLLIN)) {
        int number;

        wait[1].revents = 0;
        poll(wait, 2, -1);
        while ((number = signals_take(serve->signal_fd)) != 0) {
            if (number == SIGHUP)
                continue;
            log_write(DAG_LOG_WARNING, NULL, NULL, "ended by a second signal");
            _exit(CLI_SIGNAL + number);
        }
    }
}

static int end(struct serve *serve)
{
    struct ending ending = {.serve = serve, .done_fd = eventfd(0, EFD_CLOEXEC)};
    struct answer answer = {0};
    pthread_t thread;

    log_write(DAG_LOG_INFO, NULL, NULL, "draining; a second signal ends at once");
    /* it is found not ready, and nothing can be started, while what is under way finishes */
    server_drain(serve->parts.server, &answer);
    answer_deinit(&answer);
    if (ending.done_fd >= 0 && pthread_create(&thread, NULL, drain, &ending) == 0) {
        wait_for_end(serve, ending.done_fd);
        pthread_join(thread, NULL);
    } else {
        ending.is_clean = server_stop(serve->parts.server, serve->parts.settings->drain_timeout_us);
    }
    if (ending.done_fd >= 0)
        close(ending.done_fd);
    if (!ending.is_clean)
        log_write(DAG_LOG_WARNING, NULL, NULL,
                  "some DAGs did not drain within --drain-timeout; what they kept on disk goes on "
                  "at the next start");
    return ending.is_clean ? CLI_OK : CLI_DRAIN_TIMEOUT;
}

/* ---- the command ---- */

static int serve(struct serve *serve, struct dag_error *err)
{
    int code;

    umask(077); /* what is made here is nobody else's business */
    serve->signal_fd = signals_open(err);
    if (serve->signal_fd < 0 || !signals_add(serve->signal_fd, SIGHUP, err))
        return CLI_IO;
    code = serve_parts_open(&serve->parts, err);
    if (code == CLI_OK && !tell_where(serve, err))
        code = CLI_IO;
    if (code != CLI_OK)
        return code;
    run(serve);
    return end(serve);
}

int cli_serve(int argc, char **argv, const struct registry *registry)
{
    struct serve all = {.parts = {.registry = registry}, .signal_fd = -1};
    struct dag_error err = {0};
    int code = serve_settings_read(argc, argv, environ, &all.settings);

    all.parts.settings = &all.settings;
    if (code == CLI_OK) {
        set_log(&all.settings);
        serve_settings_warn(&all.settings);
    }
    if (code == CLI_OK && all.settings.print_config)
        code = print_config(&all.settings);
    else if (code == CLI_OK)
        code = serve(&all, &err);
    if (err.code != DAG_ERROR_NONE)
        log_write(DAG_LOG_ERROR, NULL, NULL, "%s", err.message);
    serve_parts_close(&all.parts);
    signals_close(all.signal_fd);
    serve_settings_deinit(&all.settings);
    return code;
}
