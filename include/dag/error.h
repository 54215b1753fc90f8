/* error.h - how a function tells its caller what went wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAG_ERROR_H
#define DAG_ERROR_H

#include <stdbool.h>

#if defined(__GNUC__)
#define DAG_API                 __attribute__((visibility("default")))
#define DAG_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define DAG_API
#define DAG_PRINTF(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** What kind of failure it was. Code branches on this, never on the message. */
enum dag_error_code {
    DAG_ERROR_NONE = 0,
    DAG_ERROR_INVALID,     /* the input or the configuration is wrong; a retry cannot help */
    DAG_ERROR_PARSE,       /* a message is not valid JSON */
    DAG_ERROR_RANGE,       /* a number does not fit: int64 overflow, a result that is not finite */
    DAG_ERROR_IO,          /* a file, a socket or a peer failed */
    DAG_ERROR_LIMIT,       /* a configured bound was reached */
    DAG_ERROR_MEMORY,      /* the process is out of memory */
    DAG_ERROR_UNSUPPORTED, /* this build or this component cannot do it */
};

/** One failure, held by value in the caller's frame: reporting it allocates nothing. */
struct dag_error {
    enum dag_error_code code;
    bool retryable;    /* the same call may succeed later */
    char message[480]; /* one line for a person, without a newline; cut when longer */
};

/** Fills `err` and returns false, so that a failing function can `return dag_error_set(...)`. */
DAG_API bool dag_error_set(struct dag_error *err, enum dag_error_code code, const char *format, ...)
    DAG_PRINTF(3, 4);

/** The same for a failed system call: the code is DAG_ERROR_IO and errno's text is appended. */
DAG_API bool dag_error_set_errno(struct dag_error *err, const char *format, ...) DAG_PRINTF(2, 3);

/** Puts "<context>: " before the message on its way up. Returns false. */
DAG_API bool dag_error_add_context(struct dag_error *err, const char *format, ...) DAG_PRINTF(2, 3);

/** Fills `err` with "no memory for <what>" and returns false. */
DAG_API bool dag_error_set_memory(struct dag_error *err, const char *what);

#ifdef __cplusplus
}
#endif

#endif
