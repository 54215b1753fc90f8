/* office.c - see office.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/office.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/commands.h"
#include "core/clock.h"

int office_exit_code(const struct dag_error *err)
{
    return err->code == DAG_ERROR_IO || err->code == DAG_ERROR_MEMORY ? CLI_IO : CLI_INVALID;
}

int64_t office_now_us(void)
{
    return clock_system()->realtime_us(clock_system());
}

int office_open(struct office *office, const char *data, bool only_looks, struct dag_error *err)
{
    enum data_folder_outcome outcome =
        data_folder_open(storage_disk(), data, true, only_looks, &office->folder, err);

    if (outcome == DATA_FOLDER_LOCKED) {
        dag_error_add_context(err, "stop it first, and start it again afterwards");
        return CLI_LOCKED;
    }
    if (outcome == DATA_FOLDER_FAILED || !users_open(&office->users, storage_disk(), data, err) ||
        !tokens_open(&office->tokens, storage_disk(), data, err))
        return office_exit_code(err);
    if (only_looks)
        return CLI_OK;
    office->audit = audit_open(storage_disk(), data, clock_system(), 0, err);
    return office->audit ? CLI_OK : office_exit_code(err);
}

void office_close(struct office *office)
{
    users_close(&office->users);
    tokens_close(&office->tokens);
    audit_close(office->audit);
    data_folder_close(office->folder);
    *office = (struct office){0};
}

bool office_record(struct office *office, const char *action, const char *object,
                   const char *detail, struct dag_error *err)
{
    // cppcheck-suppress getpwuidCalled ; the command has one thread
    const struct passwd *who = getpwuid(getuid());
    char actor[128];

    if (who)
        snprintf(actor, sizeof(actor), "local:%s", who->pw_name);
    else
        snprintf(actor, sizeof(actor), "local:%ld", (long)getuid());
    const struct audit_entry entry = {
        .actor = actor, .action = action, .object = object, .result = "ok", .detail = detail};
    return audit_write(office->audit, &entry, err) ||
           dag_error_add_context(err, "nothing was changed, as the audit log can't be written");
}
