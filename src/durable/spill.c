/* spill.c - the spill logs of a DAG: see spill.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/text.h"
#include "durable/data_folder.h"
#include "durable/spill_internal.h"

#define NAME_SIZE_PLAIN 128
#define NAME_SIZE_KEPT  100
#define NAME_SIZE_MAX   (NAME_SIZE_PLAIN + 1)

struct spills {
    struct storage *storage; /* borrowed */
    const struct plan *plan; /* borrowed */
    size_t publisher_count;  /* of the plan */
    char *folder;            /* owned: of all logs */
    struct spill **list;     /* owned, by publisher; they point into `logs` */
    struct spill_log *logs;  /* owned, by publisher; zeroed where there is none */
    size_t count;            /* of publishers with one */
};

/* Names are letters, digits and underscores; they may be long. */
static void folder_name(char *out, const char *name)
{
    size_t size = strlen(name);

    if (size <= NAME_SIZE_PLAIN)
        snprintf(out, NAME_SIZE_MAX, "%s", name);
    else
        snprintf(out, NAME_SIZE_MAX, "%.*s-%016" PRIx64, NAME_SIZE_KEPT, name,
                 text_hash_stable(name, size));
}

/* ---- making ---- */

static bool note_segment(void *context, const char *name)
{
    size_t size = strlen(name);

    *(bool *)context = size > 4 && strcmp(name + size - 4, ".log") == 0;
    return !*(bool *)context;
}

static bool has_segments(struct storage *storage, const char *folder)
{
    struct dag_error ignored = {0};
    bool has = false;

    (void)storage->list(storage, folder, note_segment, &has, &ignored);
    return has;
}

static bool make_log(struct spills *spills, size_t publisher, struct dag_error *err)
{
    const struct plan_publisher *of = &spills->plan->publishers[publisher];
    struct spill_log *log = &spills->logs[publisher];
    char name[NAME_SIZE_MAX];

    folder_name(name, of->name);
    char *folder = path_join(spills->folder, name, err);
    if (!folder)
        return false;
    bool is_wanted = of->when_slow == PLAN_WHEN_SLOW_SPILL, done = true;
    if (is_wanted || has_segments(spills->storage, folder)) {
        done = spill_log_init(log, spills->storage, folder, of, err);
        log->is_leftover = !is_wanted;
        spills->list[publisher] = &log->spill;
        spills->count++;
    }
    free(folder);
    return done;
}

struct spills *spills_new(struct storage *storage, const char *folder, const struct plan *plan,
                          struct dag_error *err)
{
    struct spills *spills = calloc(1, sizeof(*spills));

    if (!spills) {
        dag_error_set_memory(err, "spill logs");
        return NULL;
    }
    spills->storage = storage;
    spills->plan = plan;
    spills->publisher_count = plan->publisher_count;
    spills->folder = path_join(folder, "spill", err);
    spills->list = calloc(plan->publisher_count + 1, sizeof(struct spill *));
    spills->logs = calloc(plan->publisher_count + 1, sizeof(*spills->logs));
    bool done = spills->folder && spills->list && spills->logs;
    if (!done)
        dag_error_set_memory(err, "spill logs");
    for (size_t i = 0; done && i < plan->publisher_count; i++)
        done = make_log(spills, i, err);
    if (done)
        return spills;
    spills_free(spills);
    return NULL;
}

void spills_free(struct spills *spills)
{
    if (!spills)
        return;
    /* the plan may be gone by now */
    for (size_t i = 0; spills->logs && i < spills->publisher_count; i++)
        spill_log_deinit(&spills->logs[i]);
    free(spills->logs);
    free(spills->list);
    free(spills->folder);
    free(spills);
}

struct spill *const *spills_list(const struct spills *spills)
{
    return spills->count > 0 ? spills->list : NULL;
}

/* ---- runs ---- */

static bool warn_of(void *context, const char *name)
{
    const struct spills *spills = context;
    char known[NAME_SIZE_MAX];

    for (size_t i = 0; i < spills->plan->publisher_count; i++) {
        folder_name(known, spills->plan->publishers[i].name);
        if (strcmp(known, name) == 0)
            return true;
    }
    log_write(DAG_LOG_WARNING, spills->plan->name, NULL,
              "there is no publisher '%s' any more: what it has not sent stays in '%s/%s'", name,
              spills->folder, name);
    return true;
}

void spills_begin(struct spills *spills, uint64_t known_cycle)
{
    struct dag_error ignored = {0};

    for (size_t i = 0; i < spills->plan->publisher_count; i++)
        spills->logs[i].known_cycle = known_cycle;
    (void)spills->storage->list(spills->storage, spills->folder, warn_of, spills, &ignored);
}

struct removal {
    struct spill_log *log;
    bool is_done;
};

static bool remove_file(void *context, const char *name)
{
    struct removal *removal = context;
    struct storage *storage = removal->log->storage;
    struct dag_error ignored = {0};
    char *path = path_join(removal->log->folder, name, &ignored);

    removal->is_done = removal->is_done || (path && storage->remove(storage, path, &ignored));
    free(path);
    return false; /* a list that changes is read anew */
}

/* The publisher no longer spills, and all is out: the next run is without a log. */
static void remove_log(struct spill_log *log)
{
    struct dag_error ignored = {0};
    struct removal removal = {log, true};

    while (removal.is_done) {
        removal.is_done = false;
        (void)log->storage->list(log->storage, log->folder, remove_file, &removal, &ignored);
    }
}

void spills_end(struct spills *spills)
{
    for (size_t i = 0; i < spills->plan->publisher_count; i++) {
        struct spill_log *log = &spills->logs[i];
        struct dag_error err = {0};
        if (!spills->list[i])
            continue;
        if (!log->spill.ops->save(&log->spill, &err))
            log_write(DAG_LOG_WARNING, spills->plan->name, log->publisher->name,
                      "%s; some of what was sent will be sent again", err.message);
        else if (log->is_leftover && atomic_load(&log->is_open) &&
                 atomic_load(&log->row_count) == 0)
            remove_log(log);
    }
}
