/* audit_match.h - lines of the audit log taken apart, and which of them are asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_AUDIT_MATCH_H
#define SERVER_AUDIT_MATCH_H

#include "dag/json.h"
#include "server/audit.h"

#define AUDIT_NEEDLES   5
#define AUDIT_TIME_SIZE 24 /* RFC 3339 with milliseconds: the texts sort as the times do */

/** The parts of one line, all of them in its text. */
struct audit_line {
    const char *text; /* without its LF; not NUL-terminated */
    size_t size;
    uint64_t number;
    uint64_t begun;   /* of the line that says that it began; 0: none */
    const char *time; /* AUDIT_TIME_SIZE characters; NULL: none */
    const char *rest; /* behind the member `time`: ,"actor":... */
    const char *tail; /* ,"prev":... up to the end */
};

/** False: it is no line of the log. */
bool audit_line_read(const char *text, size_t size, struct audit_line *line);

struct audit_matcher {
    struct dag_buffer needles[AUDIT_NEEDLES]; /* owned; the last is part of any text */
    char from[32], to[32];                    /* "": open */
    bool has_any;
};

/** `filter` may be NULL. False: out of memory, `err`. audit_matcher_deinit() is due after true. */
bool audit_matcher_init(struct audit_matcher *matcher, const struct audit_filter *filter,
                        struct dag_error *err);
void audit_matcher_deinit(struct audit_matcher *matcher);

bool audit_matches_time(const struct audit_matcher *matcher, const struct audit_line *line);
bool audit_matches_texts(const struct audit_matcher *matcher, const struct audit_line *line);

#endif
