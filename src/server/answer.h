/* answer.h - how an operation of the server ended, in words that REST, `dagd ctl` and tests share.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_ANSWER_H
#define SERVER_ANSWER_H

#include "graph/check.h"

enum answer_kind {
    ANSWER_OK,
    ANSWER_INVALID,     /* the definition has problems: `problems` (HTTP 422) */
    ANSWER_BAD,         /* the request makes no sense (400) */
    ANSWER_NOT_FOUND,   /* no such DAG, node, subscriber, revision (404) */
    ANSWER_CONFLICT,    /* exists already, or impossible in this state (409) */
    ANSWER_STALE,       /* the revision that was named is not the newest (412) */
    ANSWER_STANDBY,     /* this instance is not primary (409; forwarded by the HTTP layer) */
    ANSWER_TOO_LARGE,   /* over a limit (413) */
    ANSWER_FULL,        /* no room now, try again (429) */
    ANSWER_UNAVAILABLE, /* can't be done for now: the disk, the audit log, a busy DAG (503) */
    ANSWER_FAILED,      /* out of memory, or a fault of the program (500) */
    ANSWER_DENIED,      /* a password or token is wrong (401 at sign-in, else 403) */
};

/** Zero it to begin; answer_deinit() releases it. Operations return true for ANSWER_OK. */
struct answer {
    enum answer_kind kind;
    char code[48];    /* stable word for machines: "dag_exists", "dag_not_found", ... */
    char detail[600]; /* one sentence for people: what and the remedy; no secrets, no host paths */
    unsigned int retry_after_s; /* FULL, UNAVAILABLE: when to try again; 0: a second */
    struct problems problems;   /* of the definition, warnings too */
    uint64_t revision_before;   /* for the audit log; 0: none */
    uint64_t revision_after;    /* 0: none */
};

void answer_deinit(struct answer *answer);

/** Fills it; returns false, so that an operation can `return answer_set(...)`. */
bool answer_set(struct answer *answer, enum answer_kind kind, const char *code, const char *format,
                ...) DAG_PRINTF(4, 5);

/** From an error: MEMORY is FAILED, IO is UNAVAILABLE, else BAD. Returns false. */
bool answer_set_error(struct answer *answer, const char *code, const struct dag_error *err);

#endif
