/* resolve.c - see resolve.h.
 *
 * getaddrinfo() waits and can't be interrupted. So its thread is nobody's: it and its user each
 * hold the request, and whoever lets go last frees it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/net/resolve.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_SIZE 8

struct net_resolving {
    char *name; /* owned */
    char port[PORT_SIZE];
    pthread_mutex_t lock;   /* guards what follows */
    struct dag_host *host;  /* borrowed; NULL: the user has let go */
    struct addrinfo *found; /* owned until taken */
    int failure;            /* of getaddrinfo() */
    bool is_done;
};

static void release(struct net_resolving *resolving)
{
    if (resolving->found)
        freeaddrinfo(resolving->found);
    pthread_mutex_destroy(&resolving->lock);
    free(resolving->name);
    free(resolving);
}

static void *resolve(void *context)
{
    struct net_resolving *resolving = context;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(resolving->name, resolving->port, &hints, &found);
    bool is_mine;

    pthread_mutex_lock(&resolving->lock);
    resolving->found = failure == 0 ? found : NULL;
    resolving->failure = failure;
    resolving->is_done = true;
    is_mine = !resolving->host;
    if (!is_mine)
        dag_wake(resolving->host); /* under the lock: the user can't let go meanwhile */
    pthread_mutex_unlock(&resolving->lock);
    if (is_mine)
        release(resolving);
    return NULL;
}

/* A thread that nobody joins, and that takes no signals. */
static bool begin(struct net_resolving *resolving, struct dag_error *err)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    int failure;

    if (pthread_attr_init(&attributes) != 0)
        return dag_error_set_memory(err, "a thread");
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&thread, &attributes, resolve, resolving);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (failure == 0)
        return true;
    dag_error_set(err, DAG_ERROR_IO, "cannot start a thread to look up '%s': %s", resolving->name,
                  strerror(failure));
    err->retryable = true;
    return false;
}

struct net_resolving *net_resolve(const char *name, uint16_t port, struct dag_host *host,
                                  struct dag_error *err)
{
    struct net_resolving *resolving = calloc(1, sizeof(*resolving));

    if (!resolving || !(resolving->name = strdup(name))) {
        dag_error_set_memory(err, "a host's name");
        free(resolving);
        return NULL;
    }
    snprintf(resolving->port, sizeof(resolving->port), "%u", (unsigned int)port);
    pthread_mutex_init(&resolving->lock, NULL);
    resolving->host = host;
    if (begin(resolving, err))
        return resolving;
    release(resolving);
    return NULL;
}

bool net_resolve_is_done(struct net_resolving *resolving)
{
    bool is_done;

    pthread_mutex_lock(&resolving->lock);
    is_done = resolving->is_done;
    pthread_mutex_unlock(&resolving->lock);
    return is_done;
}

struct addrinfo *net_resolve_take(struct net_resolving *resolving, struct dag_error *err)
{
    struct addrinfo *found;
    int failure;

    pthread_mutex_lock(&resolving->lock);
    found = resolving->found;
    failure = resolving->failure;
    resolving->found = NULL;
    pthread_mutex_unlock(&resolving->lock);
    if (found)
        return found;
    dag_error_set(err, DAG_ERROR_IO, "cannot find the host '%s': %s", resolving->name,
                  gai_strerror(failure));
    err->retryable = true;
    return NULL;
}

void net_resolve_free(struct net_resolving *resolving)
{
    bool is_mine;

    if (!resolving)
        return;
    pthread_mutex_lock(&resolving->lock);
    resolving->host = NULL;
    is_mine = resolving->is_done;
    pthread_mutex_unlock(&resolving->lock);
    if (is_mine)
        release(resolving);
}
