/* error.c - see dag/error.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "dag/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/hidden.h"

/* Line breaks in a message (they may come from user data) would break the one-line promise, and
 * secrets are nobody's business. */
static void clean(char *message)
{
    hidden_mask(message);
    for (; *message; message++)
        if ((unsigned char)*message < 0x20)
            *message = ' ';
}

bool dag_error_set(struct dag_error *err, enum dag_error_code code, const char *format, ...)
{
    va_list arguments;

    if (!err)
        return false;
    err->code = code;
    err->retryable = false;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    clean(err->message);
    return false;
}

bool dag_error_set_errno(struct dag_error *err, const char *format, ...)
{
    int error = errno;
    char reason[96];
    va_list arguments;

    if (!err)
        return false;
    err->code = DAG_ERROR_IO;
    err->retryable = error == EAGAIN || error == EINTR || error == ENOSPC || error == EDQUOT ||
                     error == EIO || error == ENOENT || error == EMFILE || error == ENFILE;
    va_start(arguments, format);
    int length = vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    if (length < 0)
        length = 0;
    const char *text = strerror_r(error, reason, sizeof(reason));
    if ((size_t)length < sizeof(err->message))
        snprintf(err->message + length, sizeof(err->message) - (size_t)length, ": %s", text);
    clean(err->message);
    return false;
}

bool dag_error_add_context(struct dag_error *err, const char *format, ...)
{
    char message[sizeof(err->message)];
    va_list arguments;

    if (!err)
        return false;
    memcpy(message, err->message, sizeof(message));
    va_start(arguments, format);
    int length = vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    if (length < 0)
        length = 0;
    if ((size_t)length < sizeof(err->message))
        snprintf(err->message + length, sizeof(err->message) - (size_t)length, ": %s", message);
    clean(err->message);
    return false;
}

bool dag_error_set_memory(struct dag_error *err, const char *what)
{
    return dag_error_set(err, DAG_ERROR_MEMORY, "no memory for %s", what);
}
