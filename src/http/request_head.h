/* request_head.h - a strict reader of request lines and headers: what is not plainly right is
 * refused, so that no proxy in front can understand a request otherwise than this server. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_REQUEST_HEAD_H
#define HTTP_REQUEST_HEAD_H

#include "http/http.h"

#define HEAD_COUNT_MAX 256 /* what http_limits may ask for at most */

/** Why a request is refused. Texts are static. */
struct http_fault {
    unsigned int status;
    const char *code;
    const char *detail;
};

/** Sets it and returns false. */
bool http_fault_set(struct http_fault *fault, unsigned int status, const char *code,
                    const char *detail);

/** Looks for the end of the head, a piece at a time. Zero it, apart from the limits, to begin. */
struct head_scan {
    size_t size_max, count_max, target_max;
    size_t size;       /* bytes taken */
    size_t line_count; /* whole lines taken, request line included */
    size_t line_size;  /* bytes of the line under way */
    bool had_return;   /* the last byte was CR */
    bool had_blank;    /* one empty line in front was skipped */
};

enum head_state { HEAD_MORE, HEAD_COMPLETE, HEAD_BAD };

/** Takes bytes up to the end of the head; `*used` says how many. HEAD_BAD: `fault`. */
enum head_state head_scan(struct head_scan *scan, const char *bytes, size_t size, size_t *used,
                          struct http_fault *fault);

/** A request's head. Texts lie in the text that it was read from. */
struct http_head {
    char *method;
    char *target; /* begins with '/', or is "*" */
    const char *host;
    struct http_pair *headers; /* owned */
    size_t header_count;
    uint64_t length; /* Content-Length */
    bool has_length, is_chunked;
    bool is_http10;
    bool keep_alive;
    bool expects_continue;
};

/** Reads a complete head in place: `text` (`size` bytes and one writable behind) is changed and
 *  must outlive `head`. False: `fault`. Release with head_deinit() either way. */
bool head_parse(struct http_head *head, char *text, size_t size, struct http_fault *fault);
void head_deinit(struct http_head *head);

#endif
