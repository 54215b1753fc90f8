/* unbuilt.c - operations of the server that are not built yet; each goes when it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/entry.h"
#include "server/server.h"

static bool unbuilt(struct answer *answer)
{
    return answer_set(answer, ANSWER_UNAVAILABLE, "not_built", "this operation is not built yet");
}

void server_publish(struct server *server, const char *dag, const char *subscriber,
                    const struct server_publish *publish, server_published done, void *context)
{
    (void)server;
    (void)dag;
    (void)subscriber;
    (void)publish;
    (void)done;
    (void)context;
}

bool server_step(struct server *server, const char *dag, const char *subscriber, const char *text,
                 size_t size, struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)subscriber;
    (void)text;
    (void)size;
    (void)out;
    return unbuilt(answer);
}

bool server_write_list(struct server *server, const struct server_list *list,
                       struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)list;
    (void)out;
    return unbuilt(answer);
}

bool server_write_totals(struct server *server, const struct server_list *list,
                         struct dag_buffer *out)
{
    (void)server;
    (void)list;
    (void)out;
    return false;
}

bool server_write_definition(struct server *server, const char *dag, uint64_t *revision,
                             struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)revision;
    (void)out;
    return unbuilt(answer);
}

bool server_write_details(struct server *server, const char *dag, struct dag_buffer *out,
                          struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)out;
    return unbuilt(answer);
}

bool server_write_state(struct server *server, const char *dag, struct dag_buffer *out,
                        struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)out;
    return unbuilt(answer);
}

bool server_write_nodes(struct server *server, const char *dag, struct dag_buffer *out,
                        struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)out;
    return unbuilt(answer);
}

bool server_write_node(struct server *server, const char *dag, const char *node,
                       struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)node;
    (void)out;
    return unbuilt(answer);
}

bool server_write_node_errors(struct server *server, const char *dag, const char *node,
                              struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)node;
    (void)out;
    return unbuilt(answer);
}

bool server_clear_node_errors(struct server *server, const char *dag, const char *node,
                              struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)node;
    return unbuilt(answer);
}

bool server_write_revisions(struct server *server, const char *dag, struct dag_buffer *out,
                            struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)out;
    return unbuilt(answer);
}

bool server_write_revision(struct server *server, const char *dag, uint64_t revision,
                           struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)revision;
    (void)out;
    return unbuilt(answer);
}

bool server_write_layout(struct server *server, const char *dag, struct dag_buffer *out,
                         struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)out;
    return unbuilt(answer);
}

bool server_put_layout(struct server *server, const char *dag, const char *text, size_t size,
                       struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)text;
    (void)size;
    return unbuilt(answer);
}

bool server_write_runs(struct server *server, const char *dag, size_t count, struct dag_buffer *out,
                       struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)count;
    (void)out;
    return unbuilt(answer);
}

bool server_write_why(struct server *server, const char *dag, struct dag_buffer *out,
                      struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)out;
    return unbuilt(answer);
}

bool server_write_cycle(struct server *server, const char *dag, uint64_t cycle,
                        struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)cycle;
    (void)out;
    return unbuilt(answer);
}

bool server_write_series(struct server *server, const char *dag, const char *node, int64_t from_us,
                         int64_t to_us, int64_t step_us, struct dag_buffer *out,
                         struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)node;
    (void)from_us;
    (void)to_us;
    (void)step_us;
    (void)out;
    return unbuilt(answer);
}

bool server_write_dead_letters(struct server *server, const char *dag, size_t limit,
                               const char *cursor, struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)limit;
    (void)cursor;
    (void)out;
    return unbuilt(answer);
}

bool server_discard_dead_letters(struct server *server, const char *dag, const char *selection,
                                 uint64_t *count, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)selection;
    (void)count;
    return unbuilt(answer);
}

bool server_redrive_dead_letters(struct server *server, const char *dag, const char *selection,
                                 uint64_t *count, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)selection;
    (void)count;
    return unbuilt(answer);
}

bool server_write_live_all(struct server *server, uint64_t since,
                           bool (*may_see)(void *context, const char *dag), void *context,
                           struct dag_buffer *out)
{
    (void)server;
    (void)since;
    (void)may_see;
    (void)context;
    (void)out;
    return false;
}

bool server_write_live(struct server *server, const char *dag, uint64_t since,
                       struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)since;
    (void)out;
    return unbuilt(answer);
}

bool server_write_metrics(struct server *server, struct dag_buffer *out)
{
    (void)server;
    (void)out;
    return false;
}

bool server_write_server(struct server *server, const struct server_more *more,
                         struct dag_buffer *out)
{
    (void)server;
    (void)more;
    (void)out;
    return false;
}

struct server_tap *server_tap_new(struct server *server, const char *dag, const char *node,
                                  bool is_output, uint32_t rate, server_tapped tapped,
                                  void *context, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)node;
    (void)is_output;
    (void)rate;
    (void)tapped;
    (void)context;
    unbuilt(answer);
    return NULL;
}

void server_tap_free(struct server_tap *tap)
{
    (void)tap;
}

void show_sample(struct entry *entry, struct incarnation *now, uint64_t tick, int64_t now_us)
{
    (void)entry;
    (void)now;
    (void)tick;
    (void)now_us;
}

void show_sample_free(struct entry_shown *shown)
{
    (void)shown;
}

/* The runtime's own take their place as soon as they are there. */

__attribute__((weak)) bool dag_stop_for_swap(struct dag *dag, int64_t timeout_us,
                                             struct dag_error *err)
{
    dag_stop(dag, true);
    return dag_wait(dag, timeout_us) ||
           dag_error_set(err, DAG_ERROR_LIMIT, "what it holds doesn't go out");
}

__attribute__((weak)) void dag_hand_over(struct dag *dag)
{
    (void)dag;
}

__attribute__((weak)) uint64_t runtime_drop_parked(struct runtime *runtime, const char *dag_name)
{
    (void)runtime;
    (void)dag_name;
    return 0;
}
