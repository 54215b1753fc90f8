/* serve_users.c - see serve_users.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve_users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "core/log.h"
#include "server/users.h"

static void tell(void *context, const char *name, const char *what)
{
    (void)context;
    log_write(DAG_LOG_INFO, NULL, "users", "%s: %s", name, what);
}

static bool import(struct users *users, const char *file, struct audit *audit,
                   struct dag_error *err)
{
    struct clock *clock = clock_system();
    char detail[80];
    const struct audit_entry entry = {.actor = "local:serve",
                                      .action = "user.import",
                                      .object = "user:*",
                                      .result = "ok",
                                      .detail = detail};
    size_t size = 0;
    char *text = cli_read_file(file, &size, err);

    if (!text)
        return false;

    bool is_done = users_import(users, text, size, clock->realtime_us(clock), tell, NULL, err);

    explicit_bzero(text, size);
    free(text);
    snprintf(detail, sizeof(detail), "%zu users from a users file", users->count);
    return is_done && audit_write(audit, &entry, err) && users_save(users, err);
}

bool serve_users_import(const char *data, const char *file, struct audit *audit,
                        struct dag_error *err)
{
    struct users users = {0};
    bool is_done = true;

    if (!users_open(&users, storage_disk(), data, err))
        return false;
    if (users.count > 0)
        log_write(DAG_LOG_INFO, NULL, "users",
                  "--users-file isn't looked at: there are users already; 'dagd user import' takes "
                  "more of it");
    else
        is_done = import(&users, file, audit, err);
    users_close(&users);
    return is_done || dag_error_add_context(err, "--users-file '%s'", file);
}
