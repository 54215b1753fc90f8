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

    struct answer answer = {0};

    unbuilt(&answer);
    done(context, &answer, 0, false, 0);
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

bool server_write_cycle(struct server *server, const char *dag, uint64_t cycle,
                        struct dag_buffer *out, struct answer *answer)
{
    (void)server;
    (void)dag;
    (void)cycle;
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
