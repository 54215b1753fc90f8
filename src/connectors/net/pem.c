/* pem.c - see pem.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/net/pem.h"

#define FILE_SIZE_MAX ((uint64_t)1 << 20)

bool net_pem_read(struct dag_host *host, const char *option, const char *path,
                  struct dag_buffer *out, struct dag_error *err)
{
    struct dag_file *file;
    struct dag_file_info info;
    bool done = false;

    out->size = 0;
    if (!path)
        return true;
    file = dag_file_open(host, path, DAG_OPEN_READ, err);
    if (file && host->ops->file_info(file, &info, err)) {
        if (info.size == 0 || info.size > FILE_SIZE_MAX)
            dag_error_set(err, DAG_ERROR_INVALID, "'%s' is empty, or larger than 1 MiB", path);
        else if (!dag_buffer_reserve(out, (size_t)info.size))
            dag_error_set_memory(err, "a certificate");
        else {
            int64_t got = dag_file_read(host, file, 0, out->bytes, (size_t)info.size, err);

            out->size = got > 0 ? (size_t)got : 0;
            done = got > 0;
        }
    }
    dag_file_close(host, file);
    return done || dag_error_add_context(err, "option '%s'", option);
}
