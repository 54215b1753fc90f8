/* log.c - see log.h. A line is made whole in one buffer and written by one call. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/text.h"

#define TEXT_BYTES_MAX 1000u /* of a message */
#define NAME_BYTES_MAX 256u
#define CLEAR          "\r\033[J" /* from the cursor's line to the end of the screen */
#define LINE_BYTES_MAX (TEXT_BYTES_MAX * 6 + NAME_BYTES_MAX * 12 + 200)

static _Atomic int format = LOG_FORMAT_TEXT;
static _Atomic int level_max = DAG_LOG_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool has_transient; /* guarded by lock */

static const char *const level_names[] = {"error", "warning", "info", "debug"};
_Static_assert(sizeof(level_names) / sizeof(level_names[0]) == DAG_LOG_DEBUG + 1,
               "a name for each level");

void log_set_format(enum log_format wanted)
{
    atomic_store(&format, (int)wanted);
}

void log_set_level(enum dag_log_level level)
{
    atomic_store(&level_max, (int)level);
}

enum dag_log_level log_level(void)
{
    return (enum dag_log_level)atomic_load(&level_max);
}

static void write_all(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(STDERR_FILENO, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* there is nowhere left to complain */
        bytes += written;
        size -= (size_t)written;
    }
}

static void clear_transient(void)
{
    if (has_transient)
        write_all(CLEAR, sizeof(CLEAR) - 1);
    has_transient = false;
}

void log_raw(const char *bytes, size_t size)
{
    pthread_mutex_lock(&lock);
    clear_transient();
    write_all(bytes, size);
    pthread_mutex_unlock(&lock);
}

void log_transient(const char *bytes, size_t size)
{
    pthread_mutex_lock(&lock);
    clear_transient();
    write_all(bytes, size);
    has_transient = size > 0;
    pthread_mutex_unlock(&lock);
}

static size_t put(char *line, size_t size, const char *text)
{
    size_t length = strlen(text);

    memcpy(line + size, text, length);
    return size + length;
}

static size_t put_escaped(char *line, size_t size, const char *text, size_t bytes_max)
{
    return size + text_escape(line + size, text, strnlen(text, bytes_max));
}

static size_t put_member(char *line, size_t size, const char *key, const char *text)
{
    size = put(line, size, key);
    size = put_escaped(line, size, text, NAME_BYTES_MAX);
    return put(line, size, "\"");
}

static size_t write_json(char *line, enum dag_log_level level, const char *time, const char *dag,
                         const char *component, const char *text)
{
    size_t size = put(line, 0, "{\"time\":\"");

    size = put(line, size, time);
    size = put(line, size, "\",\"level\":\"");
    size = put(line, size, level_names[level]);
    size = put(line, size, "\"");
    if (dag)
        size = put_member(line, size, ",\"dag\":\"", dag);
    if (component)
        size = put_member(line, size, ",\"component\":\"", component);
    size = put(line, size, ",\"message\":\"");
    size = put_escaped(line, size, text, TEXT_BYTES_MAX);
    return put(line, size, "\"}\n");
}

static size_t write_text(char *line, enum dag_log_level level, const char *time, const char *dag,
                         const char *component, const char *text)
{
    int size = snprintf(line, LINE_BYTES_MAX - 1, "%s %s: %.256s%s%.256s%s%.1000s", time,
                        level_names[level], dag ? dag : "", dag && component ? "/" : "",
                        component ? component : "", dag || component ? ": " : "", text);

    for (int i = 0; i < size; i++) /* one line, and nothing that moves a cursor */
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
    line[size] = '\n';
    return (size_t)size + 1;
}

static void write_line(enum dag_log_level level, const char *dag, const char *component,
                       const char *text)
{
    char line[LINE_BYTES_MAX];
    char time[32];
    size_t size;

    clock_format(clock_system()->realtime_us(clock_system()), time);
    if (atomic_load(&format) == LOG_FORMAT_JSON)
        size = write_json(line, level, time, dag, component, text);
    else
        size = write_text(line, level, time, dag, component, text);
    log_raw(line, size);
}

void log_write(enum dag_log_level level, const char *dag, const char *component,
               const char *format_text, ...)
{
    char text[TEXT_BYTES_MAX + 1];
    va_list arguments;

    if (level > log_level())
        return;
    va_start(arguments, format_text);
    vsnprintf(text, sizeof(text), format_text, arguments);
    va_end(arguments);
    write_line(level, dag, component, text);
}

void dag_log(struct dag_host *host, enum dag_log_level level, const char *format_text, ...)
{
    char text[TEXT_BYTES_MAX + 1];
    va_list arguments;

    if (level > log_level())
        return;
    va_start(arguments, format_text);
    vsnprintf(text, sizeof(text), format_text, arguments);
    va_end(arguments);
    host->ops->log(host, level, text);
}
