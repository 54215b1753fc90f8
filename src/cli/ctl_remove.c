/* ctl_remove.c - dagd ctl rm and drain: what can't be taken back is asked for first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/ctl.h"
#include "cli/ctl_words.h"
#include "core/clock.h"

#define WAIT_MS 60000

static int remove_one(struct ctl *ctl, const char *dag)
{
    struct client_reply reply = {0};
    char etag[80];
    char *path = client_path("/dags/%s", dag);
    struct client_request request = {.method = "DELETE", .path = path, .if_match = etag};
    int code = ctl_revision(ctl, dag, etag);

    if (code == CLI_OK && !etag[0])
        request.if_match = "\"1\""; /* the server says that there is none */
    if (code == CLI_OK)
        code = ctl_request(ctl, &request, &reply);
    if (code == CLI_OK && !ctl->is_json)
        printf("%s: removed\n", dag);
    client_reply_deinit(&reply);
    free(path);
    return code;
}

int ctl_rm(struct ctl *ctl)
{
    struct ctl_names names = {0};
    int code = ctl_read_names(ctl, &names);
    int worst;

    if (code == CLI_OK && names.count == 1)
        code = ctl_confirm(ctl, "stop '%s' and remove it with its revisions and its state?",
                           names.items[0]);
    else if (code == CLI_OK)
        code = ctl_confirm(ctl, "stop %zu DAGs and remove them with revisions and state?",
                           names.count);
    worst = code;
    for (size_t i = 0; code == CLI_OK && i < names.count; i++) {
        int result = remove_one(ctl, names.items[i]);
        worst = result > worst ? result : worst;
    }
    ctl_names_deinit(&names);
    return worst;
}

/* How many DAGs are in a state in which something is still under way. */
static double count_busy(const struct tree *server)
{
    static const char *const busy[] = {"running", "suspended", "starting", "stopping"};
    const struct tree *dags = tree_get(server, "dags");
    double count = 0;

    for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++)
        count += field_real(dags, busy[i]);
    return count;
}

static int wait_for_end(struct ctl *ctl, int64_t wait_ms, struct client_reply *reply)
{
    int64_t deadline_us = clock_system()->monotonic_us(clock_system()) + wait_ms * 1000;
    int code = CLI_OK;

    while (code == CLI_OK && count_busy(reply->root) > 0) {
        if (clock_system()->monotonic_us(clock_system()) >= deadline_us) {
            ctl_say(ctl, "%.0f DAGs are still under way; the server goes on draining",
                    count_busy(reply->root));
            return CLI_DRAIN_TIMEOUT;
        }
        clock_pause_us(CTL_LOOK_US);
        code = ctl_call(ctl, "GET", client_path("/server"), NULL, reply);
    }
    return code;
}

int ctl_drain(struct ctl *ctl)
{
    struct client_reply reply = {0};
    int64_t wait_ms;
    int code;

    if (!ctl_duration(ctl, "wait", WAIT_MS, &wait_ms))
        return CLI_USAGE;
    code = ctl_confirm(ctl, "stop all DAGs of %s? none starts again until the server does",
                       ctl->client->url);
    if (code == CLI_OK)
        code = ctl_call(ctl, "POST", client_path("/server/drain"), NULL, &reply);
    if (code == CLI_OK && ctl_has(ctl, "wait"))
        code = wait_for_end(ctl, wait_ms, &reply);
    if (code == CLI_OK && ctl->is_json)
        ctl_print_json(reply.root);
    else if (code == CLI_OK)
        printf(ctl_has(ctl, "wait") ? "drained\n" : "drains\n");
    client_reply_deinit(&reply);
    return code;
}
