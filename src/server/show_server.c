/* show_server.c - the server as a whole: version, limits, and how its parts are. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "server/definitions.h"
#include "server/server_parts.h"
#include "server/show_json.h"
#include "server/show_summary.h"

/* ---- parts ---- */

struct parts {
    struct writer *writer;
    bool are_well;
};

static void write_part(struct parts *parts, const struct server_part *part)
{
    writer_open(parts->writer, '{');
    writer_member(parts->writer, "name", part->name);
    show_bool(parts->writer, "is_well", part->is_well);
    writer_member(parts->writer, "detail", part->detail);
    writer_close(parts->writer, '}');
    parts->are_well = parts->are_well && part->is_well;
}

/* How many DAGs the disk takes nothing of, and what it says of the first. */
struct refusals {
    size_t count;
    char text[480];
};

static void count_refusals(struct server *server, struct refusals *refusals)
{
    size_t count = 0;
    struct entry **entries = entries_hold(server, &count);

    for (size_t i = 0; entries && i < count; i++) {
        struct incarnation *now = entry_use(entries[i]);
        struct keeper_stats stats = {0};
        if (now && now->keeper)
            keeper_stats(now->keeper, &stats);
        incarnation_release(now);
        if (stats.disk_is_full && refusals->count++ == 0)
            snprintf(refusals->text, sizeof(refusals->text), "%s",
                     stats.refusal[0] ? stats.refusal : "the disk takes nothing");
    }
    if (entries)
        entries_release(entries, count);
}

static bool is_first_problem(void *context, const char *file, const char *dag, const char *problem)
{
    (void)file;
    (void)dag;
    snprintf(context, ENTRY_REASON_SIZE, "%.*s", ENTRY_REASON_SIZE - 1, problem);
    return false;
}

/* `broken`: how many DAGs have failed or are invalid. */
static void write_parts(struct parts *parts, struct server *server, size_t broken,
                        const struct server_more *more)
{
    struct refusals refusals = {0};
    char problem[ENTRY_REASON_SIZE] = "";

    count_refusals(server, &refusals);
    definitions_each_problem(server->definitions, is_first_problem, problem);
    writer_key(parts->writer, "parts");
    writer_open(parts->writer, '[');
    write_part(parts, &(struct server_part){.name = "data folder",
                                            .is_well = refusals.count == 0,
                                            .detail = refusals.count > 0 ? refusals.text : NULL});
    write_part(parts, &(struct server_part){.name = "definitions",
                                            .is_well = problem[0] == '\0',
                                            .detail = problem[0] ? problem : NULL});
    write_part(parts, &(struct server_part){
                          .name = "dags",
                          .is_well = broken == 0,
                          .detail = broken > 0 ? "some DAGs have failed or are invalid" : NULL});
    for (size_t i = 0; more && i < more->part_count; i++)
        write_part(parts, &more->parts[i]);
    writer_close(parts->writer, ']');
    show_bool(parts->writer, "is_well", parts->are_well);
}

static void write_limits(struct writer *writer, const struct server_more *more)
{
    writer_key(writer, "limits");
    writer_open(writer, '{');
    show_number(writer, "layout_size", DEFINITION_LAYOUT_MAX);
    show_number(writer, "revisions", DEFINITION_KEPT);
    for (size_t i = 0; more && i < more->limit_count; i++)
        show_number(writer, more->limits[i].name, more->limits[i].value);
    writer_close(writer, '}');
}

/* "gcc 12.2.0, Linux 6.1.0 x86_64" */
static void write_build(struct writer *writer)
{
    char text[512];
    struct utsname system;

    if (uname(&system) != 0)
        system = (struct utsname){.sysname = "Linux"};
    snprintf(text, sizeof(text), "%s, %.60s %.100s %.60s", __VERSION__, system.sysname,
             system.release, system.machine);
    writer_member(writer, "build", text);
}

bool server_write_server(struct server *server, const struct server_more *more,
                         struct dag_buffer *out)
{
    struct writer writer = {.out = out};
    struct parts parts = {.writer = &writer, .are_well = true};
    size_t states[SHOW_STATE_COUNT] = {0}, total;
    struct server_counts counts;
    uint32_t threads = server_settings(server)->threads;
    int64_t now_us = server_now_us(server);

    server_counts(server, &counts);
    show_count_states(server, states, &total);
    writer_open(&writer, '{');
    writer_member(&writer, "name", more ? more->name : NULL);
    writer_member(&writer, "version", DAGD_VERSION);
    write_build(&writer);
    show_time(&writer, "started", server->started_us);
    show_number(&writer, "uptime_ms",
                now_us > server->started_us ? (uint64_t)(now_us - server->started_us) / 1000 : 0);
    writer_member(&writer, "role", counts.is_standby ? "standby" : "primary");
    show_bool(&writer, "is_ready", counts.is_ready);
    show_bool(&writer, "is_draining", counts.is_draining);
    show_number(&writer, "threads",
                threads > 0 ? threads : (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    show_states(&writer, "dags", states);
    write_limits(&writer, more);
    write_parts(&parts, server, counts.failed + counts.invalid, more);
    writer_close(&writer, '}');
    return !writer.failed;
}
