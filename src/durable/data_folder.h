/* data_folder.h - the folder that holds everything durable: locked, versioned, a folder for each
 * DAG.
 *
 *     DIR/VERSION            "dagd data 1"
 *     DIR/LOCK               held by the process that uses the folder; its pid
 *     DIR/dags/NAME/         (a name of over 128 characters: the first 100 and a hash)
 *         identity           {"instance":I,"reserved":N,"inputs":H,"journal":BOOL}
 *         definition.json    as it runs
 *         checkpoint-CYCLE   two of them
 *         past-checkpoint-CYCLE  older ones, for replays of what the journal holds
 *         journal/CYCLE.log  see record_log.h
 *         dead-letters/...   see letters.h
 *         spill/PUBLISHER/   see spill.h
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DURABLE_DATA_FOLDER_H
#define DURABLE_DATA_FOLDER_H

#include "core/storage.h"
#include "dag/json.h"

#define DATA_VERSION 1

enum data_folder_outcome {
    DATA_FOLDER_OK,
    DATA_FOLDER_LOCKED, /* another process has it: exit code 5 */
    DATA_FOLDER_FAILED, /* `err`; a higher version says what to do */
};

struct data_folder;

/** Opens, makes it when missing, and locks it, when `with_lock` (not on a simulated disk).
 *  `read_only`: it must exist, and isn't locked (inspection of a folder in use). */
enum data_folder_outcome data_folder_open(struct storage *storage, const char *path, bool with_lock,
                                          bool read_only, struct data_folder **folder,
                                          struct dag_error *err);
void data_folder_close(struct data_folder *folder); /* NULL is allowed */

/** Where it is, without a slash at the end. Borrowed. */
const char *data_folder_path(const struct data_folder *folder);
struct storage *data_folder_storage(const struct data_folder *folder);

#define DATA_NAME_SIZE 160 /* with the NUL */

/** What a DAG's folder and files are called: its name; of one of over 128 characters the first 100
 *  and a hash of the whole. */
void data_folder_name(const char *dag, char name[DATA_NAME_SIZE]);

/** The folder of a DAG, made when missing (not when read-only: it must exist then). The path is
 *  borrowed until close. NULL: `err`. Any thread. */
const char *data_folder_dag(struct data_folder *folder, const char *dag, struct dag_error *err);

/** Calls `visit` with the name of each DAG's folder, in no order. */
bool data_folder_each(struct data_folder *folder, bool (*visit)(void *context, const char *name),
                      void *context, struct dag_error *err);

/** A DAG's identity. */
struct identity {
    char instance[40];
    uint64_t reserved; /* cycle numbers up to here may have been seen */
    char inputs[20];  /* hash of the nodes that take events: do journaled steps fit? "": none yet */
    bool has_journal; /* the last run kept one */
};

/** Reading makes a new one (random instance, reserved 0) when there is none and `make`. */
bool identity_read(struct storage *storage, const char *dag_folder, bool make,
                   struct identity *identity, struct dag_error *err);
bool identity_write(struct storage *storage, const char *dag_folder,
                    const struct identity *identity, struct dag_error *err);

/** Writes a whole small file for good: temporary name, sync, rename, folder synced. */
bool write_file_atomically(struct storage *storage, const char *path, const void *bytes,
                           size_t size, struct dag_error *err);

/** The same for one that only its owner may read, whatever the umask says. */
bool write_private_file(struct storage *storage, const char *path, const void *bytes, size_t size,
                        struct dag_error *err);

/** All borrowed. */
struct whole_file {
    const char *path;
    const void *bytes;
    size_t size;
};

/** Writes many as write_file_atomically() writes one, and syncs them together: all are durable when
 *  this returns true. Else some may be there, each of them whole. A path comes once; files of one
 *  folder come one behind another. At most as many as files may be open. */
bool write_files_atomically(struct storage *storage, const struct whole_file *files, size_t count,
                            struct dag_error *err);

/** Appends a whole file to `out`. A missing one succeeds with `*exists` false. */
bool read_file(struct storage *storage, const char *path, struct dag_buffer *out, bool *exists,
               struct dag_error *err);

/** FOLDER/NAME as a new text, released with free(). NULL: out of memory, `err`. */
char *path_join(const char *folder, const char *name, struct dag_error *err);

#endif
