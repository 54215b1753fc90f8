/* audit.h - the audit log: who changed what, in lines that nobody can change unseen.
 *
 *     DIR/audit/audit-NUMBER.jsonl   named after the number of its first line
 *
 *     {"number":N,"time":T,"actor":..,"action":..,"object":..,"result":..,"detail":..,
 *      "prev":HASH OF THE LINE BEFORE,"hash":SHA-256 OF THIS LINE UP TO HERE}
 *
 * What takes time has two lines: one with the result "begun", and one when it has ended, with
 * "begun":NUMBER OF THE FIRST behind its number. Behind "detail" stand "method", "address",
 * "request_id", "revision_before" and "revision_after" where they are known; those keys are left
 * out of entries that don't have them.
 *
 * The chain goes on over files. It shows lines that were changed, removed or put in; it can't show
 * that the newest lines were cut off, or that all was written anew: keep the last number and hash
 * in another place for that.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_AUDIT_H
#define SERVER_AUDIT_H

#include "core/clock.h"
#include "core/storage.h"
#include "dag/json.h"

#define AUDIT_HASH_SIZE 65 /* hexadecimal, with the NUL */

struct audit;

/** Never a password, a token, a secret or a message. All borrowed; NULL counts as "". */
struct audit_entry {
    const char *actor;  /* "local:root" */
    const char *action; /* "user.add" */
    const char *object; /* "user:ann" */
    const char *result; /* "begun", "ok", "denied", "failed" */
    const char *detail; /* what changed, in a few words */
    const char *method; /* "cookie:ID" or "token:ID"; NULL: none, as on the command line */
    const char *address;
    const char *request_id;
    uint64_t revision_before, revision_after; /* 0: none */
    uint64_t begun; /* number of the entry that says that it began; 0: there is none */
};

/** Opens the log in a data folder whose lock the caller holds, and makes it when missing. What a
 *  crash left of a last line is removed, with an entry that says so; a log that is damaged
 *  otherwise is left as it is and goes on in a new file, with an entry too. A file is followed by
 *  the next one past `file_size_max` bytes (0: 16 MiB). NULL: `err`. */
struct audit *audit_open(struct storage *storage, const char *data, struct clock *clock,
                         uint64_t file_size_max, struct dag_error *err);
void audit_close(struct audit *audit); /* NULL is allowed */

/** Appends an entry and waits until it is on the disk. Any thread: entries that come while one is
 *  being synced share the next sync. False: it may not be there, and what it tells of must not be
 *  done; the log takes nothing more until it is opened again. */
bool audit_write(struct audit *audit, const struct audit_entry *entry, struct dag_error *err);

/** The same; `*begun` gets the number of the entry, for the one that will say how it ended. */
bool audit_begin(struct audit *audit, const struct audit_entry *entry, uint64_t *begun,
                 struct dag_error *err);

/** True when the log can't be written any more: changes are refused then. Any thread. */
bool audit_has_failed(struct audit *audit);

/** Which entries; NULL and 0: any. Texts match as a whole, but `query`. */
struct audit_filter {
    const char *actor, *action, *object, *result;
    const char *query;      /* part of any text of the entry */
    int64_t from_us, to_us; /* from, and up to but without */
};

/** Appends {"items":[...],"next_cursor":..,"total":..}: the newest first, at most `limit` (0: 50,
 *  most 500) entries. The two lines of what took time are one: number, time, prev and hash of the
 *  first, all else of the second, which the filter (but for the times) looks at. Each entry has
 *  "state" too, begun, done, denied, failed or unknown (the log was closed before the second line
 *  came), and "ended_at", a time or null. An end is looked for in the file of its beginning and the
 *  next one.
 *
 *  `cursor`: of the page before, or NULL. So that no request holds a worker for long, one page
 *  looks at AUDIT_SCAN_MAX bytes of the log at most: it may then have fewer items, even none, and
 *  still a next_cursor. `total` counts the entries of a log of one file when nothing is filtered,
 *  else it is null. Any thread. False: `err`; DAG_ERROR_INVALID: the cursor. */
bool audit_list(struct audit *audit, const struct audit_filter *filter, size_t limit,
                const char *cursor, struct dag_buffer *out, struct dag_error *err);

#define AUDIT_SCAN_MAX ((uint64_t)64 << 20) /* bytes */

/** Gives every entry that matches, the oldest first, as the line that it is in the log, with its
 *  LF, a run of whole lines at a time. `lines` returns false to end it early. Entries that are
 *  written meanwhile may be left out. Any thread. False: `err`. */
bool audit_export(struct audit *audit, const struct audit_filter *filter,
                  bool (*lines)(void *context, const char *bytes, size_t size), void *context,
                  struct dag_error *err);

/** What a check of the whole log found. */
struct audit_report {
    uint64_t count;                  /* lines that are right */
    uint64_t last_number;            /* of the last of them; 0: none */
    char last_hash[AUDIT_HASH_SIZE]; /* of the last of them */
    bool is_whole;
    char file[64]; /* not whole: the file and line (from 1) of the first that is wrong */
    uint64_t line;
    char what[160]; /* and what is wrong with it */
};

/** Reads every line; needs no lock. False: a file can't be read, `err`. */
bool audit_verify(struct storage *storage, const char *data, struct audit_report *report,
                  struct dag_error *err);

#endif
