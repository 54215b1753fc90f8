/* log.c - see log.h. A line is made whole in one buffer and written by one call. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/hidden.h"
#include "core/log_kept.h"
#include "core/text.h"

#define TEXT_BYTES_MAX  1000u /* of a message */
#define NAME_BYTES_MAX  256u
#define CLEAR           "\r\033[J" /* from the cursor's line to the end of the screen */
#define FIELD_BYTES_MAX (32u + LOG_FIELD_MAX * 6)
#define LINE_BYTES_MAX                                                                             \
    (TEXT_BYTES_MAX * 6 + NAME_BYTES_MAX * 12 + LOG_FIELDS_MAX * FIELD_BYTES_MAX + 200)

static _Atomic int format = LOG_FORMAT_TEXT;
static _Atomic int level_max = DAG_LOG_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool has_transient; /* guarded by lock */

static const char *const level_names[] = {"error", "warning", "info", "debug"};
_Static_assert(sizeof(level_names) / sizeof(level_names[0]) == DAG_LOG_DEBUG + 1,
               "a name for each level");

/* One line on its way. */
struct line {
    enum dag_log_level level;
    const char *dag, *component; /* or NULL */
    const struct log_field *fields;
    size_t field_count;
    const char *text;
    char time[32];
};

const char *log_level_name(enum dag_log_level level)
{
    return level_names[level];
}

bool log_level_of(const char *name, enum dag_log_level *level)
{
    for (int i = 0; i <= DAG_LOG_DEBUG; i++) {
        if (strcmp(level_names[i], name) != 0)
            continue;
        *level = (enum dag_log_level)i;
        return true;
    }
    return false;
}

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
    size_t length = strnlen(text, bytes_max);

    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) /* no half characters */
        length--;
    return size + text_escape(line + size, text, length);
}

static size_t put_member(char *line, size_t size, const char *key, const char *text)
{
    size = put(line, size, key);
    size = put_escaped(line, size, text, NAME_BYTES_MAX);
    return put(line, size, "\"");
}

static size_t put_number(char *line, size_t size, int64_t number)
{
    return size + (size_t)sprintf(line + size, "%lld", (long long)number);
}

static size_t put_fields(char *bytes, size_t size, const struct line *line)
{
    for (size_t i = 0; i < line->field_count; i++) {
        const struct log_field *field = &line->fields[i];

        size = put(bytes, size, ",\"");
        size = put(bytes, size, field->name);
        size = put(bytes, size, field->text ? "\":\"" : "\":");
        if (field->text) {
            size = put_escaped(bytes, size, field->text, LOG_FIELD_MAX);
            size = put(bytes, size, "\"");
        } else {
            size = put_number(bytes, size, field->number);
        }
    }
    return size;
}

/** Without the line break. */
static size_t write_json(char *bytes, const struct line *line)
{
    size_t size = put(bytes, 0, "{\"time\":\"");

    size = put(bytes, size, line->time);
    size = put(bytes, size, "\",\"level\":\"");
    size = put(bytes, size, level_names[line->level]);
    size = put(bytes, size, "\"");
    if (line->dag)
        size = put_member(bytes, size, ",\"dag\":\"", line->dag);
    if (line->component)
        size = put_member(bytes, size, ",\"component\":\"", line->component);
    size = put_fields(bytes, size, line);
    size = put(bytes, size, ",\"message\":\"");
    size = put_escaped(bytes, size, line->text, TEXT_BYTES_MAX);
    return put(bytes, size, "\"}");
}

/** Without the line break. */
static size_t write_text(char *bytes, const struct line *line)
{
    const char *dag = line->dag, *component = line->component;
    size_t size =
        (size_t)snprintf(bytes, LINE_BYTES_MAX - 1, "%s %s: %.256s%s%.256s%s%.1000s", line->time,
                         level_names[line->level], dag ? dag : "", dag && component ? "/" : "",
                         component ? component : "", dag || component ? ": " : "", line->text);

    for (size_t i = 0; i < size; i++) { /* one line, and nothing that moves a cursor */
        bool is_second_half = i > 0 && (unsigned char)bytes[i - 1] == 0xc2;

        if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7f)
            bytes[i] = ' ';
        else if (is_second_half && (unsigned char)bytes[i] < 0xa0) /* U+0080 to U+009F */
            bytes[i - 1] = bytes[i] = ' ';
    }
    return size;
}

static void write_line(struct line *line)
{
    bool is_json = atomic_load(&format) == LOG_FORMAT_JSON;
    char bytes[LINE_BYTES_MAX];
    size_t size = 0;

    clock_format(clock_system()->realtime_us(clock_system()), line->time);
    if (is_json || log_kept_is_on()) {
        size = write_json(bytes, line);
        log_kept_add(bytes, size);
    }
    if (!is_json)
        size = write_text(bytes, line);
    bytes[size++] = '\n';
    log_raw(bytes, size);
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
    hidden_mask(text);
    write_line(&(struct line){.level = level, .dag = dag, .component = component, .text = text});
}

void log_write_fields(enum dag_log_level level, const char *dag, const char *component,
                      const struct log_field *fields, size_t count, const char *format_text, ...)
{
    char text[TEXT_BYTES_MAX + 1];
    va_list arguments;

    assert(count <= LOG_FIELDS_MAX);
    if (level > log_level())
        return;
    va_start(arguments, format_text);
    vsnprintf(text, sizeof(text), format_text, arguments);
    va_end(arguments);
    hidden_mask(text);
    write_line(&(struct line){.level = level,
                              .dag = dag,
                              .component = component,
                              .fields = fields,
                              .field_count = count,
                              .text = text});
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
