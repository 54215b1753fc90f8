/* definitions_watch.c - when to look at the files in the folder `dags`. inotify says which ones;
 * what it can't see (a network file system, events that were too many) a look at all of them does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/text.h"
#include "server/definitions_internal.h"

#define SETTLE_US        INT64_C(250000)
#define RETRY_US         INT64_C(5000000)
#define SCAN_US          INT64_C(60000000) /* beside what inotify tells */
#define SCAN_UNWATCHED   INT64_C(5000000)
#define EVENT_BYTES      (16u << 10)
#define TEMPORARY_SUFFIX 4 /* ".tmp", which replaces a file */
#define WATCH_MASK                                                                                 \
    (IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM |            \
     IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

bool is_definition_file(const char *name)
{
    size_t size = strlen(name);

    if (size < sizeof(".json") || size + TEMPORARY_SUFFIX >= DEFINITION_FILE_SIZE ||
        name[0] == '.' || strcmp(name + size - 5, ".json") != 0)
        return false;
    for (const char *at = name; *at; at++)
        if (*at == '/' || (unsigned char)*at < ' ' || *at == 127)
            return false;
    return true;
}

struct dags_visit {
    bool (*visit)(void *context, const char *name);
    void *context;
};

static bool visit_definition(void *context, const char *name)
{
    const struct dags_visit *visit = context;

    return !is_definition_file(name) || visit->visit(visit->context, name);
}

bool dags_each(struct definitions *definitions, bool (*visit)(void *context, const char *name),
               void *context, struct dag_error *err)
{
    struct dags_visit each = {visit, context};

    return definitions->storage->list(definitions->storage, definitions->dags, visit_definition,
                                      &each, err);
}

/* ---- the watch ---- */

static void watch_folder(struct definitions *definitions)
{
    if (definitions->watch >= 0 && definitions->folder < 0)
        definitions->folder = inotify_add_watch(definitions->watch, definitions->dags, WATCH_MASK);
}

/* Without one (no more instances) the folder is looked at now and then. */
void watch_open(struct definitions *definitions)
{
    if (definitions->is_real)
        definitions->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    watch_folder(definitions);
}

void watch_close(struct definitions *definitions)
{
    if (definitions->watch >= 0)
        close(definitions->watch);
}

int definitions_fd(const struct definitions *definitions)
{
    return definitions->watch;
}

/* ---- what may have changed ---- */

static bool note_file(void *context, const char *name)
{
    struct definitions *definitions = context;
    struct hand_file *file = by_name_find(&definitions->files, name);

    if (!file)
        file = hand_file_add(definitions, name);
    if (!file)
        return false;
    if (!file->is_pending)
        file->look_us = 0;
    file->is_pending = true;
    return true;
}

static void take_event(struct definitions *definitions, const struct inotify_event *event)
{
    bool is_lost = event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED);
    bool is_one = event->len > 0 && is_definition_file(event->name);

    if (event->mask & IN_MOVE_SELF)
        (void)inotify_rm_watch(definitions->watch, event->wd);
    if (is_lost)
        definitions->folder = -1;
    if (is_lost || event->mask & IN_Q_OVERFLOW || (is_one && !note_file(definitions, event->name)))
        definitions->scan_us = 0;
}

static void read_events(struct definitions *definitions)
{
    _Alignas(struct inotify_event) char bytes[EVENT_BYTES];
    ssize_t got;

    while (definitions->watch >= 0 && (got = read(definitions->watch, bytes, sizeof(bytes))) > 0)
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event = (const struct inotify_event *)(bytes + at);

            take_event(definitions, event);
            at += (ssize_t)(sizeof(*event) + event->len);
        }
}

static void set_folder_problem(struct definitions *definitions, const char *text)
{
    if (strcmp(definitions->problem, text) == 0)
        return;
    pthread_mutex_lock(&definitions->lock);
    snprintf(definitions->problem, sizeof(definitions->problem), "%s", text);
    pthread_mutex_unlock(&definitions->lock);
    definitions_add_event(definitions, DEFINITIONS_PROBLEMS, "");
}

/* Every file is looked at, those that went too. A folder that can't be listed takes nothing away:
 * it may be on a disk that comes back. */
static void scan(struct definitions *definitions, int64_t now_us)
{
    struct dag_error err = {0};
    char text[FILE_PROBLEM_SIZE] = "";

    watch_folder(definitions);
    if (dags_each(definitions, note_file, definitions, &err)) {
        for (size_t i = 0; i < definitions->files.count; i++)
            (void)note_file(definitions, ((struct hand_file *)definitions->files.items[i])->name);
    } else {
        snprintf(text, sizeof(text),
                 "the folder of the DAG files can't be listed: %.200s; DAGs stay as they are",
                 reason_of(&err));
    }
    set_folder_problem(definitions, text);
    definitions->scan_us = now_us + (definitions->folder >= 0 ? SCAN_US : SCAN_UNWATCHED);
}

/* ---- looking ---- */

struct sight {
    struct dag_buffer text;
    bool exists;
    uint64_t hash;
};

/* True: it has been as it is for a while, and isn't what was taken. */
static bool is_settled(struct hand_file *file, bool exists, uint64_t hash, int64_t now_us)
{
    if (!file->was_seen || file->seen_exists != exists || file->seen_hash != hash) {
        file->was_seen = true;
        file->seen_exists = exists;
        file->seen_hash = hash;
        file->seen_us = now_us;
    }
    file->look_us = file->seen_us + SETTLE_US;
    return file->look_us <= now_us;
}

static bool is_new_settled(struct hand_file *file, uint64_t hash, int64_t now_us)
{
    return is_settled(file, true, hash, now_us);
}

static void look_later(struct definitions *definitions, struct hand_file *file, const char *what,
                       const struct dag_error *err, int64_t now_us)
{
    file->look_us = now_us + RETRY_US;
    hand_file_problem(definitions, file, "%s: %.300s; it is tried again", what, reason_of(err));
}

static void look_at_content(struct definitions *definitions, struct hand_file *file,
                            const struct sight *sight, int64_t now_us)
{
    struct dag_error err = {0};

    if (file->is_taken && file->hash == sight->hash) {
        file->is_pending = file->was_seen = false;
        if (file->item)
            hand_file_problem(definitions, file, "%s", "");
    } else if (is_settled(file, true, sight->hash, now_us)) {
        file->is_pending = file->was_seen = false;
        if (!hand_file_take(definitions, file, &sight->text, &err)) {
            file->is_pending = true;
            look_later(definitions, file, "what was changed by hand can't be recorded", &err,
                       now_us);
        }
    }
}

/* Files that went come last: one that was renamed is not gone. */
static void look(struct definitions *definitions, struct hand_file *file, bool for_gone,
                 int64_t now_us)
{
    struct sight sight = {0};
    struct dag_error err = {0};

    if (!hand_file_read(definitions, file->name, &sight.text, &sight.exists, &err)) {
        look_later(definitions, file, "it can't be read", &err, now_us);
    } else if (sight.exists) {
        sight.hash = text_hash_stable(sight.text.bytes, sight.text.size);
        look_at_content(definitions, file, &sight, now_us);
    } else if (!definitions->problem[0] && is_settled(file, false, 0, now_us) && for_gone) {
        hand_file_gone(definitions, file);
    }
    dag_buffer_free(&sight.text);
}

static void look_at_all(struct definitions *definitions, bool for_gone, int64_t now_us)
{
    const struct by_name *files = &definitions->files;

    for (size_t i = 0; i < files->count;) {
        struct hand_file *file = files->items[i];

        if (file->is_pending && file->look_us <= now_us)
            look(definitions, file, for_gone, now_us);
        if (i < files->count && files->items[i] == file)
            i++;
    }
}

/* ---- what the disk refused ---- */

/* A change whose outcome could not be told turned out not to have happened. */
static bool is_decided(const struct definitions *definitions, const struct definition_item *item)
{
    const struct hand_file *file = by_name_find(&definitions->files, item->now.file);

    return item->numbered > item->now.revision && !item->is_deleted && !item->is_unusable &&
           !(file && file->is_pending);
}

static void retry(struct definitions *definitions, int64_t now_us)
{
    struct dag_error ignored = {0};

    definitions->retry_us = now_us + RETRY_US;
    write_late_records(definitions);
    for (size_t i = 0; i < definitions->items.count;) {
        struct definition_item *item = definitions->items.items[i];

        bool is_gone =
            item->purge_again && !item->is_purging && purge_item(definitions, item, &ignored);

        if (!is_gone && (!is_decided(definitions, item) || item_clean(definitions, item)))
            i++;
    }
}

/* ---- polling ---- */

static int64_t next_us(const struct definitions *definitions)
{
    int64_t next =
        definitions->scan_us < definitions->retry_us ? definitions->scan_us : definitions->retry_us;

    for (size_t i = 0; i < definitions->files.count; i++) {
        const struct hand_file *file = definitions->files.items[i];

        if (file->is_pending && file->look_us < next)
            next = file->look_us;
    }
    return next;
}

static void tell(struct hand_event *events, definitions_changed changed, void *context)
{
    while (events) {
        struct hand_event *event = events;

        events = event->next;
        if (changed)
            changed(context, event->change, event->name[0] ? event->name : NULL);
        free(event);
    }
}

int64_t definitions_poll(struct definitions *definitions, definitions_changed changed,
                         void *context)
{
    int64_t now_us = definitions->clock->monotonic_us(definitions->clock);

    pthread_mutex_lock(&definitions->change);
    read_events(definitions);
    if (definitions->scan_us <= now_us)
        scan(definitions, now_us);
    take_new_files(definitions, is_new_settled, now_us);
    look_at_all(definitions, false, now_us);
    look_at_all(definitions, true, now_us);
    if (definitions->retry_us <= now_us)
        retry(definitions, now_us);
    int64_t wait_us = next_us(definitions) - now_us;
    struct hand_event *events = definitions->events;
    definitions->events = NULL;
    definitions->events_end = &definitions->events;
    pthread_mutex_unlock(&definitions->change);
    tell(events, changed, context);
    return wait_us < 1000 ? 1000 : wait_us;
}
