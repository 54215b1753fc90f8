/* definitions_internal.h - what the parts of the catalogue share; see definitions.h.
 *
 * definitions.c          the tables, and what is known
 * definitions_record.c   records and revisions as files
 * definitions_mend.c     opening, and what a crash left
 * definitions_change.c   new revisions and wishes
 * definitions_delete.c   deletions
 * definitions_read.c     revisions and layouts
 * definitions_hand.c     changes by hand
 * definitions_group.c    many new files at once
 * definitions_watch.c    when to look for them
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DEFINITIONS_INTERNAL_H
#define SERVER_DEFINITIONS_INTERNAL_H

#include <pthread.h>

#include "server/definitions.h"

#define FILE_PROBLEM_SIZE 500
#define BY_HAND           "file"

/** Pointers to structs whose first member is their name, sorted by it. */
struct by_name {
    void **items; /* owned; the structs are not */
    size_t count, capacity;
};

void *by_name_find(const struct by_name *table, const char *name);
bool by_name_add(struct by_name *table, void *item); /* false: out of memory */
void by_name_remove(struct by_name *table, const void *item);

/** A file `*.json` of the folder `dags` that is there, or was when it was last looked at. */
struct hand_file {
    char *name;                   /* owned */
    struct definition_item *item; /* the DAG that it defines; NULL: none, `problem` says why */
    bool is_taken;                /* `hash` is what was taken of it last */
    uint64_t hash;
    char problem[FILE_PROBLEM_SIZE]; /* "": none */

    bool is_pending; /* it may have changed: look at it from `look_us` (monotonic) on */
    int64_t look_us;
    bool was_seen; /* it held `seen_hash` at `seen_us`, or was missing */
    bool seen_exists;
    uint64_t seen_hash;
    int64_t seen_us;
};

/** A DAG. */
struct definition_item {
    char *name; /* owned */
    struct definition now;
    struct hand_file *file; /* NULL: removed by hand, or deleted: not shown */
    uint64_t numbered;      /* the highest revision that was ever written */
    bool is_deleted;        /* until it is purged */
    bool is_purging;
    bool purge_again;      /* one failed */
    bool record_is_behind; /* the disk refused it; it is written again later */
    bool is_unusable;      /* its folder can't be read: nothing is done about it */
    bool is_unsure;        /* opening: its file could not be read or recorded */
    char problem[FILE_PROBLEM_SIZE];
};

struct hand_event {
    struct hand_event *next;
    enum definitions_change change;
    char name[]; /* "": none */
};

struct definitions {
    struct storage *storage; /* borrowed */
    struct clock *clock;     /* borrowed */
    char *dags;              /* owned paths */
    char *catalogue;         /* DIR/catalogue */
    char *states;            /* DIR/dags: what runs keep */
    bool is_real;            /* on the disk: folders are made, and watched */

    pthread_mutex_t change; /* held by whoever changes something; taken before `lock` */
    pthread_mutex_t lock;   /* of all below, for a moment; a holder of `change` may read without */
    struct by_name items, files;
    char problem[FILE_PROBLEM_SIZE];         /* of the folder `dags`; "": none */
    struct hand_event *events, **events_end; /* owned; not told yet */

    /* ---- of the thread that polls, under `change` ---- */
    int watch;  /* inotify; -1: none */
    int folder; /* its watch of `dags`; -1: none */
    int64_t scan_us, retry_us;
};

/** What a revision file says beside the text. */
struct revision_head {
    struct definition_revision told;
    char file[DEFINITION_FILE_SIZE];
    enum definition_wish wish; /* UNASKED: as it was */
    char *name;                /* owned: of the DAG */
    size_t size;               /* bytes of the head, with its line feed */
};

/* ---- definitions.c ---- */

/** A new item in the table. NULL: out of memory. */
struct definition_item *item_add(struct definitions *definitions, const char *name);
void item_drop(struct definitions *definitions, struct definition_item *item);

struct hand_file *hand_file_add(struct definitions *definitions, const char *name);
void hand_file_drop(struct definitions *definitions, struct hand_file *file);

/** Lets `file` define `item` (or nothing, NULL) and what is known of `item` be `now`. */
void item_attach(struct definitions *definitions, struct definition_item *item,
                 struct hand_file *file, const struct definition *now);
void item_detach(struct definitions *definitions, struct definition_item *item);

void hand_file_problem(struct definitions *definitions, struct hand_file *file, const char *format,
                       ...) DAG_PRINTF(3, 4);

/** To be told by definitions_poll(). */
void definitions_add_event(struct definitions *definitions, enum definitions_change change,
                           const char *name);

/** The DAG's name that a definition holds, in the memory of `document`. NULL: `err`. */
const char *definition_name(const char *text, size_t size, struct tree_document *document,
                            struct dag_error *err);

/** What went wrong, without the path of it. Borrowed from `err`. */
const char *reason_of(const struct dag_error *err);

/* ---- definitions_record.c ---- */

/** The path of DIR/catalogue/NAME, or of FILE in it: released with free(). NULL: `err`. */
char *catalogue_path(const struct definitions *definitions, const char *name, const char *file,
                     struct dag_error *err);

/** A whole file, durable; what was begun is removed when it fails. */
bool write_whole(struct storage *storage, const char *path, const void *bytes, size_t size,
                 struct dag_error *err);

/** Removes a file that may be missing. */
bool remove_file(struct storage *storage, const char *path, struct dag_error *err);

/** Appends the record as `now` has it. */
bool record_text(const char *name, const struct definition *now, bool is_deleted,
                 struct dag_buffer *out, struct dag_error *err);
/** Released with free(). NULL: `err`. */
char *record_path(const struct definitions *definitions, const char *name, struct dag_error *err);

/** Writes the record as `now` has it. */
bool record_write(struct definitions *definitions, const char *name, const struct definition *now,
                  bool is_deleted, struct dag_error *err);

/** Reads that of a folder. `*name` (owned by the caller) NULL: there is none. False: `err`; IO, or
 *  INVALID: it is damaged. */
bool record_read(struct definitions *definitions, const char *folder, char **name,
                 struct definition *now, bool *is_deleted, struct dag_error *err);

/** Appends a revision: its head, and `head->told.size` bytes of text. */
bool revision_text(const char *name, const struct revision_head *head, const char *text,
                   struct dag_buffer *out, struct dag_error *err);
/** In a DAG's folder of the catalogue. Released with free(). NULL: `err`. */
char *revision_path(const char *folder, uint64_t number, struct dag_error *err);

bool revision_write(struct definitions *definitions, const char *name,
                    const struct revision_head *head, const char *text, struct dag_error *err);

/** Reads a revision; `text` (may be NULL) gets its text appended. False: `err`; INVALID: missing or
 *  damaged. revision_head_deinit() in the end. */
bool revision_read(struct definitions *definitions, const char *folder, uint64_t number,
                   struct revision_head *head, struct dag_buffer *text, struct dag_error *err);
void revision_head_deinit(struct revision_head *head);

/** The numbers of the revisions that a folder holds, rising, released with free(). NULL: `err`. */
uint64_t *revision_list(struct definitions *definitions, const char *folder, size_t *count,
                        struct dag_error *err);
bool revision_remove(struct definitions *definitions, const char *folder, uint64_t number,
                     struct dag_error *err);

/* ---- definitions_change.c; all with `change` held ---- */

/** Answers; both return false. */
bool change_refused(struct answer *answer, const char *what, const struct dag_error *err);
bool change_not_found(struct answer *answer, const char *name);

/** A DAG that is shown, once what its file holds is taken. NULL: `answer`. */
struct definition_item *change_find(struct definitions *definitions, const char *name,
                                    uint64_t if_revision, struct answer *answer);

/** The head of an item's next revision, made by hand in `file`. */
void head_by_hand(struct definitions *definitions, const struct definition_item *item,
                  const char *file, const char *text, size_t size, struct revision_head *head);

/** What a revision makes of `now`. */
void follow_revision(const struct revision_head *head, struct definition *now);

/** Writes a revision and then the record, for a file that holds it already: by hand. `now` becomes
 *  what is known then. */
bool revise_by_hand(struct definitions *definitions, struct definition_item *item,
                    struct definition *now, const char *text, size_t size, struct dag_error *err);

/** Writes the record, at once or when the disk can be written again. */
void write_record_late(struct definitions *definitions, struct definition_item *item,
                       const struct definition *now);
void write_late_records(struct definitions *definitions);

/* ---- definitions_delete.c ---- */

/** Removes all of a folder of the catalogue, its record last, and then the folder. */
bool remove_catalogued(struct definitions *definitions, const char *folder, struct dag_error *err);

/** Removes everything in a folder, and the folder. One that isn't there is fine. */
bool remove_tree(struct storage *storage, const char *folder, struct dag_error *err);

/** Removes what was being written when the process ended: NAME.tmp. */
void remove_temporaries(struct storage *storage, const char *folder);

/** Purges a deleted item, which is gone when this returns true. `change` is held, and given up
 *  meanwhile. */
bool purge_item(struct definitions *definitions, struct definition_item *item,
                struct dag_error *err);

/* ---- definitions_hand.c ---- */

/** Reads a file of the folder `dags`. `*exists` false: it isn't there. */
bool hand_file_read(struct definitions *definitions, const char *name, struct dag_buffer *text,
                    bool *exists, struct dag_error *err);

/** Takes what a file holds. False: it could not be recorded, to be tried again; `err`. */
bool hand_file_take(struct definitions *definitions, struct hand_file *file,
                    const struct dag_buffer *text, struct dag_error *err);

/** The file is gone. */
void hand_file_gone(struct definitions *definitions, struct hand_file *file);

/** Looks soon at the files that define nothing, since a name has become free. */
void look_at_others(struct definitions *definitions);

/* ---- definitions_group.c ---- */

/** Takes the files that define DAGs which nobody knows yet, in groups whose syncs are shared. Looks
 *  at those that are pending and that `is_ready` (at this time) is true of; without it, at those
 *  that were never looked at. Files of which that is nothing, or that can't be read or recorded,
 *  are left as they were: hand_file_take() takes them one by one. */
void take_new_files(struct definitions *definitions,
                    bool (*is_ready)(struct hand_file *file, uint64_t hash, int64_t now_us),
                    int64_t now_us);

/* ---- definitions_mend.c ---- */

/** Removes revisions that never came into force, and an item that never had one. False: it is
 *  gone. */
bool item_clean(struct definitions *definitions, struct definition_item *item);

/* ---- definitions_watch.c ---- */

void watch_open(struct definitions *definitions);
void watch_close(struct definitions *definitions);

/** Calls `visit` for each `*.json` of the folder that isn't hidden. */
bool dags_each(struct definitions *definitions, bool (*visit)(void *context, const char *name),
               void *context, struct dag_error *err);

/** True for a name that a definition's file may have. */
bool is_definition_file(const char *name);

#endif
