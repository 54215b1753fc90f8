/* definitions.h - the durable catalogue: DAG files, their revisions, what is wanted of each DAG,
 * and layouts.
 *
 * A DAG's definition is a file `*.json` in the folder `dags`, which people may edit by hand; its
 * name need not be the DAG's. Everything else lies in the data folder (docs/data-folder.md):
 *
 *     DIR/catalogue/NAME/record           newest revision, hash, file, what is wanted and by whom
 *     DIR/catalogue/NAME/revision-NUMBER  who, when, why, and the text byte for byte; the newest
 * 100 DIR/catalogue/NAME/layout.json
 *
 * The newest revision is what the file holds, byte for byte: what is changed by hand becomes a
 * revision by "file", whether or not it can be read. A change is written as revision, then file (it
 * counts from here on), then record; opening mends by hash what a crash left between. A change that
 * the disk refuses changes nothing.
 *
 * Nothing is checked here but the name: a definition may be one that no graph can be made of.
 *
 * Any thread may call everything. Changes go one by one and write to the disk; reading what is
 * known waits for none of them. Functions to be called back run without a lock: they may call in
 * here.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DEFINITIONS_H
#define SERVER_DEFINITIONS_H

#include "core/clock.h"
#include "core/storage.h"
#include "dag/json.h"
#include "durable/data_folder.h"
#include "graph/names.h"
#include "server/answer.h"

#define DEFINITION_FILE_SIZE    256  /* with the NUL */
#define DEFINITION_WHO_SIZE     80   /* with the NUL; longer ones are cut */
#define DEFINITION_COMMENT_SIZE 1001 /* with the NUL */
#define DEFINITION_TEXT_MAX     ((size_t)16 << 20)
#define DEFINITION_LAYOUT_MAX   ((size_t)1 << 20)
#define DEFINITION_KEPT         100 /* revisions of each DAG */

struct definitions;

struct definitions_options {
    const char *dags;           /* folder of the files; made when missing */
    struct data_folder *folder; /* borrowed; open and locked */
    struct storage *storage;    /* borrowed; NULL: the disk, and the folder is watched */
    struct clock *clock;        /* borrowed; NULL: the system's */
};

enum definition_wish {
    DEFINITION_UNASKED, /* nobody has started or stopped it yet */
    DEFINITION_STOPPED,
    DEFINITION_RUNNING,
    DEFINITION_SUSPENDED,
};

/** "unasked", "stopped", "running", "suspended". */
const char *definition_wish_name(enum definition_wish wish);

/** What is known of a DAG: a copy. */
struct definition {
    char file[DEFINITION_FILE_SIZE]; /* in the folder `dags` */
    uint64_t revision;               /* the newest */
    uint64_t hash;                   /* of its text: text_hash_stable() */
    size_t size;                     /* of its text */
    enum definition_wish wish;
    char wish_by[DEFINITION_WHO_SIZE];
    int64_t wish_us; /* since 1970; 0: never */
};

/** Opens and mends. Files and records that can't be used become problems and keep nothing else from
 *  opening; deletions that a crash cut off are ended. Texts of the options are copied. NULL: the
 *  folders can't be used, or out of memory; `err`. */
struct definitions *definitions_open(const struct definitions_options *options,
                                     struct dag_error *err);
void definitions_close(struct definitions *definitions); /* NULL is allowed */

/** Calls `visit` for each DAG, by name; it returns false to end. False: out of memory. */
bool definitions_each(struct definitions *definitions,
                      bool (*visit)(void *context, const char *name,
                                    const struct definition *definition),
                      void *context);

/** False: there is no such DAG. */
bool definitions_get(struct definitions *definitions, const char *name,
                     struct definition *definition);

/** What is wrong in the folder `dags` and the catalogue: a file that gives no name, or one that is
 *  taken, a change by hand that can't be recorded now, a record that was damaged. `dag` may be
 * NULL. One sentence each, with the remedy. It ends with the cause. False: out of memory. */
bool definitions_each_problem(struct definitions *definitions,
                              bool (*visit)(void *context, const char *file, const char *dag,
                                            const char *problem),
                              void *context);

/* ---- changes ---- */

struct definitions_put {
    const char *name; /* of the DAG; the text must hold it */
    const char *text;
    size_t size;
    const char *who;           /* user; never NULL */
    const char *comment;       /* or NULL */
    const char *file;          /* of a new DAG, in the folder; NULL: NAME.json */
    bool is_new;               /* a DAG that exists is ANSWER_CONFLICT; else one that doesn't is
                                  ANSWER_NOT_FOUND */
    uint64_t if_revision;      /* another newest one is ANSWER_STALE; 0: any */
    enum definition_wish wish; /* UNASKED: as it was */
};

/** Puts a new revision in force: it is durable when this returns true; else nothing has changed.
 *  Text that is the newest already makes no revision. Sets `revision_before` and `_after`. */
bool definitions_put(struct definitions *definitions, const struct definitions_put *put,
                     struct answer *answer);

/** Writes down what is wanted of a DAG. STOPPED, RUNNING or SUSPENDED. */
bool definitions_set_wish(struct definitions *definitions, const char *name,
                          enum definition_wish wish, const char *who, struct answer *answer);

/** Deletes a DAG for good: it is gone from here, its file is removed and won't be taken again. Its
 *  name stays taken until definitions_purge(), which whoever runs the DAG calls when it has
 *  stopped. */
bool definitions_delete(struct definitions *definitions, const char *name, uint64_t if_revision,
                        struct answer *answer);

/** Removes what is left of a deleted DAG: its durable state, revisions and record. False: some of
 *  it could not be removed (`err`); definitions_poll() tries again. Also true when nothing is left.
 *  The DAG's folder in the data folder is used by nobody. */
bool definitions_purge(struct definitions *definitions, const char *name, struct dag_error *err);

/** True between definitions_delete() and the end of definitions_purge(). */
bool definitions_is_deleted(struct definitions *definitions, const char *name);

/* ---- revisions and layouts ---- */

struct definition_revision {
    uint64_t revision;
    uint64_t hash;
    size_t size;                           /* of the text */
    int64_t time_us;                       /* since 1970 */
    char who[DEFINITION_WHO_SIZE];         /* "file": changed by hand */
    char comment[DEFINITION_COMMENT_SIZE]; /* or "" */
};

/** Appends the text of a revision, as it was written; 0: the newest. `revision` may be NULL. */
bool definitions_read(struct definitions *definitions, const char *name, uint64_t number,
                      struct definition_revision *revision, struct dag_buffer *text,
                      struct answer *answer);

/** Calls `visit` for each revision that is kept, the newest first. One that is damaged has `who`
 *  "". */
bool definitions_each_revision(struct definitions *definitions, const char *name,
                               bool (*visit)(void *context,
                                             const struct definition_revision *revision),
                               void *context, struct answer *answer);

/** Appends the layout as it was put; nothing when there is none yet. */
bool definitions_read_layout(struct definitions *definitions, const char *name,
                             struct dag_buffer *out, struct answer *answer);
/** `text` is kept as it is: the caller has checked that it is JSON. */
bool definitions_put_layout(struct definitions *definitions, const char *name, const char *text,
                            size_t size, struct answer *answer);

/* ---- changes by hand ---- */

enum definitions_change {
    DEFINITIONS_ADDED,    /* also one that came back: its revisions and its wish go on */
    DEFINITIONS_CHANGED,  /* a new revision by "file" */
    DEFINITIONS_REMOVED,  /* the file is gone: state and revisions are kept in case it comes back */
    DEFINITIONS_PROBLEMS, /* definitions_each_problem() tells something else; `name` is NULL */
};

typedef void (*definitions_changed)(void *context, enum definitions_change change,
                                    const char *name);

/** Becomes readable when something happens in the folder `dags`; -1: it can't be watched, and
 *  definitions_poll() has to look. Borrowed. */
int definitions_fd(const struct definitions *definitions);

/** Looks for changes by hand, for one thread: when the descriptor is readable, and after the time
 *  that the last call returned (microseconds). A file is taken once it has been the same for a
 *  quarter of a second. `changed` may be NULL. */
int64_t definitions_poll(struct definitions *definitions, definitions_changed changed,
                         void *context);

/* ---- names of files ---- */

/** The name of the file that a new DAG gets: NAME.json; of a long name the first 100 characters and
 *  a hash, as data_folder_name() gives. */
void definition_file_name(const char *name, char file[DEFINITION_FILE_SIZE]);

#endif
