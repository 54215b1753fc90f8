/* audit_export.c - the audit log as the lines that it consists of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/audit_files.h"
#include "server/audit_match.h"

#define EXPORT_SIZE ((size_t)64 << 10) /* lines are given in runs of about so many bytes */

struct export
{
    const struct audit_matcher *matcher;
    uint64_t last_number;
    bool (*lines)(void *context, const char *bytes, size_t size);
    void *context;
    struct dag_buffer run; /* owned; lines that weren't given yet */
    bool is_ended, no_memory;
};

static void give(struct export *export)
{
    if (export->run.size > 0)
        export->is_ended |= !export->lines(export->context, export->run.bytes, export->run.size);
    export->run.size = 0;
}

static void export_file(struct export *export, const struct dag_buffer *bytes)
{
    const char *line = bytes->bytes, *end;

    for (size_t rest = bytes->size; rest > 0 && !export->is_ended;
         rest -= (size_t)(end - line) + 1, line = end + 1) {
        end = memchr(line, '\n', rest);
        struct audit_line parts;
        size_t size = end ? (size_t)(end - line) : 0;
        bool is_line = end && audit_line_read(line, size, &parts);

        if (!end || parts.number > export->last_number)
            return;
        if (is_line ? !audit_matches_time(export->matcher, &parts) ||
                          !audit_matches_texts(export->matcher, &parts)
                    : export->matcher->has_any)
            continue;
        export->no_memory |= !dag_buffer_append(&export->run, line, size + 1);
        export->is_ended |= export->no_memory;
        if (export->run.size >= EXPORT_SIZE)
            give(export);
    }
}

bool audit_export(struct audit *audit, const struct audit_filter *filter,
                  bool (*lines)(void *context, const char *bytes, size_t size), void *context,
                  struct dag_error *err)
{
    struct audit_view view = audit_view(audit);
    struct audit_matcher matcher;
    struct audit_files files = {0};
    struct dag_buffer bytes = {0};
    struct export export = {
        .matcher = &matcher, .last_number = view.last_number, .lines = lines, .context = context};

    if (!audit_matcher_init(&matcher, filter, err))
        return false;
    bool done = audit_files_find(view.storage, view.folder, &files, err);
    for (size_t i = 0; done && i < files.count && !export.is_ended; i++) {
        done = audit_files_read(view.storage, view.folder, files.first[i], &bytes, err);
        if (done)
            export_file(&export, &bytes);
    }
    if (done && !export.is_ended)
        give(&export);
    dag_buffer_free(&export.run);
    dag_buffer_free(&bytes);
    free(files.first);
    audit_matcher_deinit(&matcher);
    if (done && export.no_memory)
        return dag_error_set_memory(err, "an export of the audit log");
    return done;
}
