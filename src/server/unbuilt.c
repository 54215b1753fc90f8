/* unbuilt.c - operations of the server that are not built yet; each goes when it is. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

static bool unbuilt(struct answer *answer)
{
    return answer_set(answer, ANSWER_UNAVAILABLE, "not_built", "this operation is not built yet");
}

struct server *server_new(const struct server_options *options, struct dag_error *err)
{
    (void)options;
    (void)err;
    return NULL;
}

bool server_stop(struct server *server, int64_t timeout_us)
{
    (void)server;
    (void)timeout_us;
    return false;
}

void server_free(struct server *server)
{
    (void)server;
}

bool server_drain(struct server *server, struct answer *answer)
{
    (void)server;
    return unbuilt(answer);
}

void server_set_standby(struct server *server, bool is_standby)
{
    (void)server;
    (void)is_standby;
}

bool server_is_standby(const struct server *server)
{
    (void)server;
    return false;
}

void server_counts(struct server *server, struct server_counts *counts)
{
    (void)server;
    (void)counts;
}

char **server_names(struct server *server, size_t *count)
{
    (void)server;
    (void)count;
    return NULL;
}

bool server_create(struct server *server, const struct server_who *who,
                   const struct server_change *change, char *name, struct answer *answer)
{
    (void)server;
    (void)who;
    (void)change;
    (void)name;
    return unbuilt(answer);
}

bool server_update(struct server *server, const char *dag, const struct server_who *who,
                   const struct server_change *change, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)who;
    (void)change;
    return unbuilt(answer);
}

bool server_rollback(struct server *server, const char *dag, const struct server_who *who,
                     uint64_t revision, uint64_t if_revision, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)who;
    (void)revision;
    (void)if_revision;
    return unbuilt(answer);
}

bool server_delete(struct server *server, const char *dag, const struct server_who *who,
                   uint64_t if_revision, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)who;
    (void)if_revision;
    return unbuilt(answer);
}

bool server_clone(struct server *server, const char *dag, const struct server_who *who,
                  const struct server_clone *clone, char *name, struct dag_buffer *definition,
                  struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)who;
    (void)clone;
    (void)name;
    (void)definition;
    return unbuilt(answer);
}

bool server_validate(struct server *server, const char *dag, const char *text, size_t size,
                     struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)text;
    (void)size;
    (void)out;
    return unbuilt(answer);
}

bool server_plan(struct server *server, const char *dag, const char *text, size_t size,
                 struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)text;
    (void)size;
    (void)out;
    return unbuilt(answer);
}

bool server_act(struct server *server, const char *dag, enum server_action action,
                const struct server_action_options *options, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)action;
    (void)options;
    return unbuilt(answer);
}

bool server_wait(struct server *server, const char *dag, int64_t timeout_us)
{
    (void)server;
    (void)dag;
    (void)timeout_us;
    return false;
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

uint64_t server_tick(const struct server *server)
{
    (void)server;
    return 0;
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
