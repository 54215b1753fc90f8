/* data_folder.c - see data_folder.h. The lock and the sync of new folders need a real disk. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"

#define VERSION_WORDS   "dagd data "
#define NAME_SIZE_PLAIN 128 /* a longer name is cut and gets a hash */
#define NAME_SIZE_KEPT  100

struct data_folder_path {
    struct data_folder_path *next;
    char path[];
};

struct data_folder {
    struct storage *storage;
    bool is_real; /* on a disk, not a simulated one */
    bool read_only;
    int lock; /* file descriptor, or -1 */
    pthread_mutex_t paths_lock;
    struct data_folder_path *paths; /* owned: what data_folder_dag() lent, one for each DAG */
    char path[];
};

/* ---- the lock ---- */

static enum data_folder_outcome tell_who(int fd, const char *path, struct dag_error *err)
{
    char holder[32] = "";
    ssize_t got = pread(fd, holder, sizeof(holder) - 1, 0);
    long pid = got > 0 ? strtol(holder, NULL, 10) : 0;

    if (pid > 0)
        dag_error_set(err, DAG_ERROR_IO, "the data folder '%s' is in use by process %ld", path,
                      pid);
    else
        dag_error_set(err, DAG_ERROR_IO, "the data folder '%s' is in use by another process", path);
    return DATA_FOLDER_LOCKED;
}

static bool note_pid(int fd)
{
    char text[32];
    int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)length, 0) == length;
}

/* flock() belongs to the open file: it is gone when the process is, however it ends. */
static enum data_folder_outcome lock_folder(struct data_folder *folder, struct dag_error *err)
{
    char *path = path_join(folder->path, "LOCK", err);
    struct dag_file *made =
        path ? folder->storage->open(folder->storage, path, DAG_OPEN_APPEND | DAG_OPEN_CREATE, err)
             : NULL;
    enum data_folder_outcome outcome = DATA_FOLDER_FAILED;

    if (made) {
        folder->storage->close(made);
        folder->lock = open(path, O_RDWR | O_CLOEXEC);
        if (folder->lock < 0)
            dag_error_set_errno(err, "cannot open '%s'", path);
        else if (flock(folder->lock, LOCK_EX | LOCK_NB) == 0)
            outcome = DATA_FOLDER_OK;
        else if (errno == EWOULDBLOCK)
            outcome = tell_who(folder->lock, folder->path, err);
        else
            dag_error_set_errno(err, "cannot lock '%s'", path);
    }
    if (outcome == DATA_FOLDER_OK && !note_pid(folder->lock)) {
        dag_error_set_errno(err, "cannot write '%s'", path);
        outcome = DATA_FOLDER_FAILED;
    }
    free(path);
    return outcome;
}

/* ---- the version ---- */

static bool judge_version(const struct data_folder *folder, const struct dag_buffer *bytes,
                          struct dag_error *err)
{
    char text[64];
    size_t size = bytes->size < sizeof(text) - 1 ? bytes->size : sizeof(text) - 1;
    char *end;

    if (size > 0)
        memcpy(text, bytes->bytes, size);
    text[size] = '\0';
    if (strncmp(text, VERSION_WORDS, sizeof(VERSION_WORDS) - 1) != 0)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s/VERSION' doesn't begin with '" VERSION_WORDS
                             "': this is no data folder of dagd; name another one",
                             folder->path);
    unsigned long version = strtoul(text + sizeof(VERSION_WORDS) - 1, &end, 10);
    if (version == DATA_VERSION && (*end == '\n' || *end == '\0'))
        return true;
    if (version > DATA_VERSION)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "the data folder '%s' has version %lu and this dagd knows versions up "
                             "to %d: use the dagd that wrote it or a later one, or another folder",
                             folder->path, version, DATA_VERSION);
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "'%s/VERSION' is damaged: restore it from a backup", folder->path);
}

static bool check_version(struct data_folder *folder, struct dag_error *err)
{
    struct dag_buffer bytes = {0};
    bool exists = false;
    char text[32];
    int length = snprintf(text, sizeof(text), VERSION_WORDS "%d\n", DATA_VERSION);
    char *path = path_join(folder->path, "VERSION", err);

    bool done = path && read_file(folder->storage, path, &bytes, &exists, err);
    if (done && exists)
        done = judge_version(folder, &bytes, err);
    else if (done && folder->read_only)
        done = dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s' is no data folder of dagd: it has no "
                             "file VERSION",
                             folder->path);
    else if (done)
        done = write_file_atomically(folder->storage, path, text, (size_t)length, err);
    dag_buffer_free(&bytes);
    free(path);
    return done;
}

/* ---- opening ---- */

enum data_folder_outcome data_folder_open(struct storage *storage, const char *path, bool with_lock,
                                          bool read_only, struct data_folder **out,
                                          struct dag_error *err)
{
    size_t size = strlen(path) + 1;
    struct data_folder *folder = calloc(1, sizeof(*folder) + size);
    enum data_folder_outcome outcome = DATA_FOLDER_OK;

    *out = NULL;
    if (!folder) {
        dag_error_set_memory(err, "a data folder");
        return DATA_FOLDER_FAILED;
    }
    memcpy(folder->path, path, size);
    while (size > 2 && folder->path[size - 2] == '/')
        folder->path[--size - 1] = '\0';
    folder->storage = storage;
    folder->is_real = with_lock;
    folder->read_only = read_only;
    folder->lock = -1;
    pthread_mutex_init(&folder->paths_lock, NULL);
    if (with_lock && !read_only)
        outcome = lock_folder(folder, err);
    if (outcome == DATA_FOLDER_OK && !check_version(folder, err))
        outcome = DATA_FOLDER_FAILED;
    if (outcome == DATA_FOLDER_OK)
        *out = folder;
    else
        data_folder_close(folder);
    return outcome;
}

void data_folder_close(struct data_folder *folder)
{
    if (!folder)
        return;
    while (folder->paths) {
        struct data_folder_path *path = folder->paths;
        folder->paths = path->next;
        free(path);
    }
    if (folder->lock >= 0)
        close(folder->lock); /* the lock goes with it; the file stays */
    pthread_mutex_destroy(&folder->paths_lock);
    free(folder);
}

const char *data_folder_path(const struct data_folder *folder)
{
    return folder->path;
}

struct storage *data_folder_storage(const struct data_folder *folder)
{
    return folder->storage;
}

/* ---- the folders of DAGs ---- */

void data_folder_name(const char *dag, char name[DATA_NAME_SIZE])
{
    size_t length = strlen(dag);

    if (length <= NAME_SIZE_PLAIN)
        memcpy(name, dag, length + 1);
    else
        snprintf(name, DATA_NAME_SIZE, "%.*s-%016" PRIx64, NAME_SIZE_KEPT, dag,
                 text_hash_stable(dag, length));
}

static bool make_folder(const char *path, struct dag_error *err)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ||
           dag_error_set_errno(err, "cannot make the folder '%s'", path);
}

/* On a simulated disk a folder is there as soon as a file is. */
static bool make_dag_folder(struct data_folder *folder, const char *path, struct dag_error *err)
{
    char *dags = path_join(folder->path, "dags", err);
    struct storage *storage = folder->storage;
    bool done = dags && make_folder(dags, err) && make_folder(path, err) &&
                storage->sync_folder(storage, dags, err) &&
                storage->sync_folder(storage, folder->path, err);

    free(dags);
    return done;
}

static bool stop_at_once(void *context, const char *name)
{
    (void)context;
    (void)name;
    return false;
}

static bool must_exist(struct data_folder *folder, const char *dag, const char *path,
                       struct dag_error *err)
{
    struct dag_error why = {0};

    return folder->storage->list(folder->storage, path, stop_at_once, NULL, &why) ||
           dag_error_set(err, DAG_ERROR_INVALID, "the data folder '%s' holds nothing of DAG '%s'",
                         folder->path, dag);
}

/* The path that was lent before, or a new one. NULL: `err`. */
static const char *lend(struct data_folder *folder, const char *dag, struct dag_error *err)
{
    char name[DATA_NAME_SIZE];
    size_t size = strlen(folder->path) + sizeof(name) + sizeof("/dags/");

    data_folder_name(dag, name);
    for (const struct data_folder_path *i = folder->paths; i; i = i->next)
        if (strcmp(strrchr(i->path, '/') + 1, name) == 0)
            return i->path;
    struct data_folder_path *lent = calloc(1, sizeof(*lent) + size);
    if (!lent) {
        dag_error_set_memory(err, "a path");
        return NULL;
    }
    snprintf(lent->path, size, "%s/dags/%s", folder->path, name);
    lent->next = folder->paths;
    folder->paths = lent;
    return lent->path;
}

const char *data_folder_dag(struct data_folder *folder, const char *dag, struct dag_error *err)
{
    bool done = true;

    pthread_mutex_lock(&folder->paths_lock);
    const char *path = lend(folder, dag, err);
    pthread_mutex_unlock(&folder->paths_lock);
    if (path && folder->read_only)
        done = must_exist(folder, dag, path, err);
    else if (path && folder->is_real)
        done = make_dag_folder(folder, path, err);
    return done ? path : NULL;
}

bool data_folder_each(struct data_folder *folder, bool (*visit)(void *context, const char *name),
                      void *context, struct dag_error *err)
{
    char *dags = path_join(folder->path, "dags", err);
    bool done = dags && folder->storage->list(folder->storage, dags, visit, context, err);

    free(dags);
    return done;
}
