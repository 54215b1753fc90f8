/* log.c - a record log on the simulated disk: what was synced stays, what is there is a prefix. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durable/record_log.h"
#include "sim/sim.h"

#define FOLDER      "/data/log"
#define RECORDS_MAX 4000
#define PAYLOAD_MAX 1500

/** What was appended, and what of it must be there. Record number i has the payload that follows
 *  from its mark. */
struct model {
    uint64_t keys[RECORDS_MAX];
    uint64_t marks[RECORDS_MAX];
    size_t first;  /* records before it may be gone: trimmed */
    size_t count;  /* appended */
    size_t pushed; /* a process crash keeps these */
    size_t synced; /* every crash keeps these */
    uint64_t last_key;
};

struct trial {
    struct sim *sim;
    struct sim_disk *disk;
    struct storage *storage;
    struct record_log *log; /* NULL: closed */
    struct model model;
    uint64_t mark_count;      /* records ever appended: no two have the same mark */
    struct sim_faults faults; /* of this life */
    bool may_be_full;         /* there are some: an operation may fail */
};

static size_t payload_of(uint64_t mark, char *bytes)
{
    struct random random = {.state = mark};
    size_t size =
        random_chance(&random, 20) ? random_below(&random, PAYLOAD_MAX) : random_below(&random, 60);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)random_next(&random);
    return size;
}

/* ---- what must hold --------------------------------------------------------------------- */

/* Compares what a reader finds with the model: records `model.first` and on, at least to `synced`.
 * `*found`: how many of the model's there are. */
static bool check_content(struct trial *trial, size_t *found)
{
    struct model *model = &trial->model;
    struct dag_error err = {0};
    struct record_reader *reader = record_reader_open(trial->storage, FOLDER, 0, &err);
    struct record record;
    char bytes[PAYLOAD_MAX];
    size_t i = 0;

    if (!reader)
        return sim_fail(trial->sim, "no reader: %s", err.message);
    while (record_reader_next(reader, &record, &err)) {
        if (i == 0)
            while (i < model->first &&
                   (model->marks[i] != record.kind || model->keys[i] != record.key))
                i++;
        size_t size = i < model->count ? payload_of(model->marks[i], bytes) : 0;
        if (i >= model->count || record.key != model->keys[i] || record.size != size ||
            memcmp(record.payload, bytes, size) != 0) {
            record_reader_close(reader);
            return sim_fail(trial->sim,
                            "record %zu has key %" PRIu64 " and kind %u instead of %" PRIu64
                            " and %" PRIu64,
                            i, record.key, record.kind, model->keys[i], model->marks[i]);
        }
        i++;
    }
    record_reader_close(reader);
    if (err.code != DAG_ERROR_NONE)
        return sim_fail(trial->sim, "reading: %s", err.message);
    *found = i > model->first ? i : model->first;
    return true;
}

static void tell_file(void *context, const char *path, uint64_t size)
{
    sim_tell(context, "  %s: %" PRIu64 " bytes", path, size);
}

/* Opens the log, as often as faults make it fail. */
static bool open_log(struct trial *trial)
{
    struct record_log_options options = {
        .storage = trial->storage,
        .folder = FOLDER,
        .segment_size = 300 + random_below(&trial->sim->random, 4000),
        .vouched_key = 0,
    };
    struct record_log_report report;
    struct dag_error err = {0};
    size_t found = 0;

    if (trial->model.synced > 0 && random_chance(&trial->sim->random, 50))
        options.vouched_key = trial->model.keys[trial->model.synced - 1];
    sim_disk_set_faults(trial->disk, &trial->faults);
    for (int i = 0; i < 100 && !trial->log; i++) {
        err = (struct dag_error){0};
        trial->log = record_log_open(&options, &report, &err);
        if (trial->log || sim_disk_is_down(trial->disk))
            break;
        sim_tell(trial->sim, "not opened: %s", err.message);
        if (report.bad_segment[0] || !trial->may_be_full) {
            sim_disk_each(trial->disk, FOLDER, tell_file, trial->sim);
            sim_tell(trial->sim, "vouched for: %" PRIu64, options.vouched_key);
        }
        if (report.bad_segment[0] || !trial->may_be_full)
            return sim_fail(trial->sim, "opening: %s", err.message);
    }
    if (!trial->log)
        return sim_disk_is_down(trial->disk) ||
               sim_fail(trial->sim, "opening again and again: %s", err.message);
    struct sim_faults none = {0};
    sim_disk_set_faults(trial->disk, &none); /* looking is not what is tested */
    bool is_good = check_content(trial, &found);
    sim_disk_set_faults(trial->disk, &trial->faults);
    if (!is_good)
        return false;
    /* a process crash keeps what the system had; a failed sync takes it back */
    size_t least = trial->may_be_full ? trial->model.synced : trial->model.pushed;
    if (found < least)
        return sim_fail(trial->sim, "%zu records are left of %zu that must be there", found, least);
    sim_tell(trial->sim, "open: %zu of %zu records, %zu were synced", found, trial->model.count,
             trial->model.synced);
    trial->model.count = trial->model.synced = trial->model.pushed = found;
    trial->model.last_key = found > 0 ? trial->model.keys[found - 1] : 0;
    return true;
}

/* ---- what happens ----------------------------------------------------------------------- */

static void append(struct trial *trial)
{
    struct model *model = &trial->model;
    char bytes[PAYLOAD_MAX];
    struct dag_error err = {0};
    uint64_t mark = 1 + trial->mark_count % RECORD_KIND_MAX;
    uint64_t key = model->last_key + random_below(&trial->sim->random, 3);

    if (model->count == RECORDS_MAX)
        return;
    if (key == 0)
        key = 1;
    size_t size = payload_of(mark, bytes);
    if (!record_log_append(trial->log, key, (uint32_t)mark, bytes, size, &err)) {
        sim_tell(trial->sim, "%s", err.message);
        return;
    }
    model->keys[model->count] = model->last_key = key;
    model->marks[model->count++] = mark;
    trial->mark_count++;
    trial->sim->events++;
}

static void trim(struct trial *trial)
{
    struct model *model = &trial->model;
    struct dag_error err = {0};

    if (model->synced <= model->first)
        return;
    size_t at =
        model->first + random_below(&trial->sim->random, (uint32_t)(model->synced - model->first));
    /* also one that fails may have removed some of what it should */
    (void)record_log_trim(trial->log, model->keys[at], &err);
    while (model->first < at && model->keys[model->first] < model->keys[at])
        model->first++;
    sim_tell(trial->sim, "trimmed below %" PRIu64, model->keys[at]);
}

static bool cut(struct trial *trial)
{
    struct model *model = &trial->model;
    struct dag_error err = {0};
    size_t back = random_below(&trial->sim->random, 20);

    if (model->count <= model->first + back)
        return true;
    uint64_t key = model->keys[model->count - 1 - back];
    size_t left = model->count;
    while (left > 0 && model->keys[left - 1] > key)
        left--;
    bool is_done = record_log_cut(trial->log, key, &err);
    if (model->synced > left)
        model->synced = left; /* from now on nobody promised more */
    if (model->pushed > left)
        model->pushed = left;
    if (!is_done) { /* some of it may be cut */
        record_log_close(trial->log);
        trial->log = NULL;
        return open_log(trial);
    }
    model->count = model->synced = model->pushed = left;
    model->last_key = key;
    sim_tell(trial->sim, "cut behind %" PRIu64, key);
    return true;
}

static bool step(struct trial *trial)
{
    struct random *random = &trial->sim->random;
    struct dag_error err = {0};
    uint32_t what = random_below(random, 100);

    if (what < 75)
        append(trial);
    else if (what < 88) {
        if (record_log_sync(trial->log, &err))
            trial->model.synced = trial->model.pushed = trial->model.count;
        else
            sim_tell(trial->sim, "%s", err.message);
    } else if (what < 93 && record_log_push(trial->log, &err))
        trial->model.pushed = trial->model.count;
    else if (what < 95)
        trim(trial);
    else if (what < 96)
        return cut(trial);
    else if (what < 97) {
        record_log_close(trial->log);
        trial->log = NULL;
        return open_log(trial);
    }
    return true;
}

/* One life of the process. False: something doesn't hold. */
static bool live(struct trial *trial)
{
    struct random *random = &trial->sim->random;
    bool is_power = random_chance(random, 60);
    uint64_t at = sim_disk_operations(trial->disk) + 1 + random_below(random, 40);
    struct sim_faults faults = {0};

    if (random_chance(random, 30))
        sim_pick_faults(trial->sim, &faults);
    trial->may_be_full = faults.open + faults.read + faults.write + faults.sync + faults.full > 0;
    sim_disk_crash_at(trial->disk, at, is_power ? SIM_CRASH_POWER : SIM_CRASH_PROCESS);
    sim_disk_set_faults(trial->disk, &faults);
    trial->faults = faults;
    if (!open_log(trial))
        return false;
    sim_disk_set_faults(trial->disk, &faults);
    for (int i = 0; i < 300 && trial->log && !sim_disk_is_down(trial->disk); i++)
        if (!step(trial))
            return false;
    sim_disk_crash(trial->disk, is_power ? SIM_CRASH_POWER : SIM_CRASH_PROCESS);
    record_log_close(trial->log);
    trial->log = NULL;
    sim_disk_restart(trial->disk);
    trial->sim->crashes++;
    sim_tell(trial->sim, "%s: %zu appended, %zu pushed, %zu synced",
             is_power ? "power loss" : "process crash", trial->model.count, trial->model.pushed,
             trial->model.synced);
    if (is_power || trial->may_be_full)
        trial->model.pushed = trial->model.synced;
    return true;
}

/* A bit that flips in what was synced is found, or harmless. */
static bool flip(struct trial *trial)
{
    struct dag_buffer before = {0};
    struct record_log_report report;
    struct record_log_options options = {.storage = trial->storage, .folder = FOLDER};
    struct dag_error err = {0};
    char path[256];
    size_t found;

    if (trial->model.synced <= trial->model.first)
        return true;
    options.vouched_key = trial->model.keys[trial->model.synced - 1];
    if (!record_log_check(&options, &report, NULL, NULL, &err))
        return sim_fail(trial->sim, "check: %s", err.message);
    snprintf(path, sizeof(path), FOLDER "/%020" PRIu64 ".log", report.first_key);
    if (!sim_disk_content(trial->disk, path, &before) || before.size == 0)
        return true;
    uint32_t at = random_below(&trial->sim->random, (uint32_t)before.size);
    dag_buffer_free(&before);
    sim_disk_flip(trial->disk, path, at, random_below(&trial->sim->random, 8));
    if (!record_log_check(&options, &report, NULL, NULL, &err))
        return true; /* found */
    /* the caller vouches for a key: of several records with the last one, a tail may be cut */
    return check_content(trial, &found) &&
           ((found > 0 && trial->model.keys[found - 1] == options.vouched_key) ||
            sim_fail(trial->sim, "the flip of byte %u was not found", at));
}

bool sim_log(struct sim *sim)
{
    struct trial *trial = calloc(1, sizeof(*trial));
    int lives = 1 + (int)random_below(&sim->random, 8);

    if (!trial)
        abort();
    trial->sim = sim;
    trial->disk = sim_disk_new(random_next(&sim->random));
    trial->storage = sim_disk_storage(trial->disk);
    bool is_good = true;
    while (is_good && lives-- > 0)
        is_good = live(trial);
    struct sim_faults none = {0};
    sim_disk_set_faults(trial->disk, &none);
    trial->faults = none;
    is_good = is_good && open_log(trial);
    record_log_close(trial->log);
    is_good = is_good && flip(trial);
    sim_disk_free(trial->disk);
    free(trial);
    return is_good;
}
