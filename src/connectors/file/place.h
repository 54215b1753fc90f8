/* place.h - a place in a file that is found again after the file was renamed, replaced or grew.
 *
 * A log file at PATH is rotated to PATH.1, PATH-20260102 and the like, and a new one begins at
 * PATH. A place remembers device, inode and offset, and fingerprints of the bytes around it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_FILE_PLACE_H
#define CONNECTORS_FILE_PLACE_H

#include "dag/host.h"
#include "dag/json.h"

#define PLACE_HEAD_SIZE                                                                            \
    256 /* bytes at the beginning of the file, as far as they lie before the place */
#define PLACE_TAIL_SIZE 64 /* bytes right before the place */
#define PLACE_NEXT_SIZE 64 /* bytes right behind it, as far as they were there */

struct place {
    uint64_t device, inode; /* of the file */
    uint64_t offset;
    uint32_t lane;  /* number of the file, counted since reading began */
    bool is_absent; /* there was no file yet; device and inode are of the newest rotated one that
                       was there (0: none): what came later is to be read */
    bool is_gone;   /* the bytes before it were cut off: nothing can hold it */
    uint32_t head_size, tail_size, next_size;
    uint64_t head, tail, next; /* hashes */
};

/** The place at `offset` of an open file. False: it can't be read. */
bool place_take(struct dag_host *host, struct dag_file *file, uint64_t offset, struct place *place,
                struct dag_error *err);

/** Appends it as JSON. False: out of memory. */
bool place_write(const struct place *place, struct dag_buffer *out);

/** Reads what place_write() wrote. */
bool place_parse(const char *json, size_t size, struct place *place, struct dag_error *err);

/** Files to be read one after the other, oldest first; the last one is the path itself. */
struct place_chain {
    char **paths; /* owned, each owned */
    size_t count;
    size_t next; /* index of the first that has not been read */
};

void place_chain_clear(struct place_chain *chain);

/** Finds the file that holds `place` (as `path`, or as a rotated sibling of it) and fills the chain
 * from that file on. An absent one: place_follow_absent(). False, with `err`: none holds it, or it
 * can't be looked for. */
bool place_find(struct dag_host *host, const char *path, const struct place *place,
                struct place_chain *chain, struct dag_error *err);

/** Fills the chain with what follows the file of this device and inode: siblings that were rotated
 * later, and `path`. Just `path` where it isn't found. */
bool place_follow(struct dag_host *host, const char *path, uint64_t device, uint64_t inode,
                  struct place_chain *chain, struct dag_error *err);

/** There is no file at `path`: notes which rotated ones are there. */
bool place_take_absent(struct dag_host *host, const char *path, struct place *place,
                       struct dag_error *err);

/** Fills the chain with the files that came since, and `path`. */
bool place_follow_absent(struct dag_host *host, const char *path, const struct place *place,
                         struct place_chain *chain, struct dag_error *err);

#endif
