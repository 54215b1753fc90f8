/* events_server.c - joins the hub of live streams to a server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"
#include "http/events.h"

static uint64_t tick(void *context)
{
    return server_tick(context);
}

static bool write_all(void *context, uint64_t since, bool (*may_see)(void *viewer, const char *dag),
                      void *viewer, struct dag_buffer *out)
{
    return server_write_live_all(context, since, may_see, viewer, out);
}

static bool write_dag(void *context, const char *dag, uint64_t since, struct dag_buffer *out)
{
    struct answer answer = {0};
    bool is_written = server_write_live(context, dag, since, out, &answer);

    answer_deinit(&answer);
    return is_written;
}

static bool write_cluster(void *context, struct dag_buffer *out)
{
    static const char primary[] = "{\"role\":\"primary\"}";
    static const char standby[] = "{\"role\":\"standby\"}";

    return server_is_standby(context) ? dag_buffer_append(out, standby, sizeof(standby) - 1)
                                      : dag_buffer_append(out, primary, sizeof(primary) - 1);
}

static bool next_line(void *context, uint64_t *number, struct dag_buffer *out)
{
    (void)context;
    return log_kept_next(number, out);
}

void event_hub_set_server(struct event_hub *hub, struct server *server)
{
    struct event_feed feed = {.tick = tick,
                              .write_all = write_all,
                              .write_dag = write_dag,
                              .write_cluster = write_cluster,
                              .next_line = next_line,
                              .context = server};

    event_hub_set_feed(hub, server ? &feed : NULL);
}

void event_hub_tell(void *hub, const struct server_event *event)
{
    static const enum event_kind kinds[] = {
        [SERVER_EVENT_CATALOGUE] = EVENT_CATALOGUE,
        [SERVER_EVENT_STATE] = EVENT_STATE,
        [SERVER_EVENT_ERROR] = EVENT_ERROR,
        [SERVER_EVENT_NOTICE] = EVENT_NOTICE,
    };
    struct event_news news = {
        .kind = kinds[event->kind], .dag = event->dag, .node = event->node, .text = event->text};

    event_hub_publish(hub, &news);
}
