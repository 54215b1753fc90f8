/* hanging.c - a plug-in whose connectors hang in the function that their option names, until
 * somebody writes to a named pipe. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "dag/plugin.h"

struct hanging {
    const char *in;    /* option: "check", "open", "read", "write" */
    const char *until; /* option: a path */
};

static const struct dag_option options[] = {
    {.name = "in",
     .type = DAG_OPTION_TEXT,
     .offset = offsetof(struct hanging, in),
     .default_json = "\"\"",
     .help = "where it hangs"},
    {.name = "until",
     .type = DAG_OPTION_TEXT,
     .offset = offsetof(struct hanging, until),
     .default_json = "\"\"",
     .help = "the named pipe that ends it"},
    {0},
};

/* Nobody opens a pipe to read before somebody opens it to write. */
static void hang(const struct hanging *hanging, const char *in)
{
    int fd = strcmp(hanging->in, in) == 0 ? open(hanging->until, O_RDONLY | O_CLOEXEC) : -1;

    if (fd >= 0)
        close(fd);
}

static bool hanging_check(void *state, const struct dag_address *address, struct dag_error *err)
{
    (void)address, (void)err;
    hang(state, "check");
    return true;
}

static bool subscriber_open(void *state, const struct dag_address *address, struct dag_host *host,
                            const char *position, size_t position_size, struct dag_error *err)
{
    (void)address, (void)host, (void)position, (void)position_size, (void)err;
    hang(state, "open");
    return true;
}

static enum dag_read_status subscriber_read(void *state, struct dag_batch *out,
                                            struct dag_error *err)
{
    (void)out, (void)err;
    hang(state, "read");
    return DAG_READ_IDLE;
}

static bool publisher_open(void *state, const struct dag_address *address, struct dag_host *host,
                           struct dag_error *err)
{
    (void)address, (void)host, (void)err;
    hang(state, "open");
    return true;
}

static enum dag_write_status publisher_write(void *state, const struct dag_delivery *delivery,
                                             size_t *written, struct dag_error *err)
{
    (void)err;
    hang(state, "write");
    *written = delivery->count;
    return DAG_WRITE_DONE;
}

static const struct dag_subscriber subscriber = {
    .abi_version = DAG_ABI_VERSION,
    .name = "HangingSubscriber",
    .summary = "Hangs.",
    .scheme = "hanging",
    .address_help = "custom://NAME",
    .options = options,
    .state_size = sizeof(struct hanging),
    .check = hanging_check,
    .open = subscriber_open,
    .read = subscriber_read,
};

static const struct dag_publisher publisher = {
    .abi_version = DAG_ABI_VERSION,
    .name = "HangingPublisher",
    .summary = "Hangs.",
    .scheme = "hanging",
    .address_help = "custom://NAME",
    .options = options,
    .state_size = sizeof(struct hanging),
    .check = hanging_check,
    .open = publisher_open,
    .write = publisher_write,
};

static const struct dag_plugin plugin = {
    .abi_version = DAG_ABI_VERSION,
    .name = "hanging",
    .version = "1",
    .subscribers = (const struct dag_subscriber *const[]){&subscriber, NULL},
    .publishers = (const struct dag_publisher *const[]){&publisher, NULL},
};

DAG_API const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version);

const struct dag_plugin *dag_plugin_entry(uint32_t engine_abi_version)
{
    return engine_abi_version == DAG_ABI_VERSION ? &plugin : NULL;
}
