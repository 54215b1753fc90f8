/* show_live_streams.c - what live streams send at a tick, written once for all clients that see the
 * same. Who sees some DAGs only gets their rows put together from what was written already. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/show_rows.h"
#include "server/shown.h"

#define TEXTS_MAX 48 /* of a tick: all DAGs, and those that somebody looks at */

/* What was written for a topic. */
struct live_text {
    char *dag; /* owned; NULL: all DAGs */
    uint64_t tick, since;
    struct dag_buffer text;
};

struct server_shown {
    struct live_text texts[TEXTS_MAX];
    size_t next; /* which one makes room */
};

static void live_text_deinit(struct live_text *text)
{
    free(text->dag);
    dag_buffer_free(&text->text);
    *text = (struct live_text){0};
}

void show_server_free(struct server_shown *shown)
{
    for (size_t i = 0; shown && i < TEXTS_MAX; i++)
        live_text_deinit(&shown->texts[i]);
    free(shown);
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* True: it was written already, and `*good` says whether there was room for it in `out`. */
static bool copy_written(struct server *server, const char *dag, uint64_t tick, uint64_t since,
                         struct dag_buffer *out, bool *good)
{
    struct server_shown *shown = *server_shown_lock(server);
    bool found = false;

    for (size_t i = 0; shown && !found && i < TEXTS_MAX; i++) {
        const struct live_text *text = &shown->texts[i];
        found = text->text.size > 0 && text->tick == tick && text->since == since &&
                is_same(text->dag, dag);
        if (found)
            *good = dag_buffer_append(out, text->text.bytes, text->text.size);
    }
    server_shown_unlock(server);
    return found;
}

/* Keeps a copy for those who ask next. Without memory for it each writes its own. */
static void keep_written(struct server *server, const char *dag, uint64_t tick, uint64_t since,
                         const char *bytes, size_t size)
{
    struct live_text text = {.dag = dag ? strdup(dag) : NULL, .tick = tick, .since = since};
    struct server_shown **place;

    if ((dag && !text.dag) || !dag_buffer_append(&text.text, bytes, size)) {
        live_text_deinit(&text);
        return;
    }
    place = server_shown_lock(server);
    if (!*place)
        *place = calloc(1, sizeof(**place));
    if (*place) {
        struct live_text *old = &(*place)->texts[(*place)->next];
        struct live_text gone = *old;
        (*place)->next = ((*place)->next + 1) % TEXTS_MAX;
        *old = text;
        text = gone;
    }
    server_shown_unlock(server);
    live_text_deinit(&text);
}

/* ---- all DAGs ---- */

struct listing {
    struct dag_buffer *out;
    bool (*may_see)(void *context, const char *dag);
    void *context;
    struct entry **entries;
    size_t entry_count;
    size_t count; /* of what stands in the list so far */
    bool good;
};

static void list_row(struct listing *listing, struct entry *entry, uint64_t since)
{
    const struct entry_shown *shown = *entry_shown_lock(entry);

    if (shown && shown->row && shown->row_tick > since) {
        listing->good = listing->good &&
                        (listing->count == 0 || show_rows_text(listing->out, ",")) &&
                        dag_buffer_append(listing->out, shown->row, shown->row_size);
        listing->count++;
    }
    entry_shown_unlock(entry);
}

static int compare_name(const void *name, const void *entry)
{
    return strcmp(name, entry_name(*(struct entry *const *)entry));
}

/* One that came back isn't gone. */
static void list_gone(void *context, const char *name)
{
    struct listing *listing = context;

    if ((listing->may_see && !listing->may_see(listing->context, name)) ||
        bsearch(name, listing->entries, listing->entry_count, sizeof(struct entry *), compare_name))
        return;
    listing->good = listing->good &&
                    show_rows_text(listing->out, listing->count > 0 ? ",\"" : "\"") &&
                    show_rows_text(listing->out, name) && show_rows_text(listing->out, "\"");
    listing->count++;
}

static void ignore_gone(void *context, const char *name)
{
    (void)context;
    (void)name;
}

static bool write_all(struct server *server, uint64_t tick, uint64_t since, struct listing *listing)
{
    listing->entries = entries_hold(server, &listing->entry_count);
    if (!listing->entries)
        return false;
    listing->good = show_rows_number(listing->out, "{\"tick\":", tick) &&
                    show_rows_text(listing->out, ",\"dags\":[");
    for (size_t i = 0; i < listing->entry_count; i++)
        if (!listing->may_see ||
            listing->may_see(listing->context, entry_name(listing->entries[i])))
            list_row(listing, listing->entries[i], since);
    listing->good = listing->good && show_rows_text(listing->out, "],\"gone\":[");
    listing->count = 0;
    if (since > 0)
        entries_gone(server, since, list_gone, listing);
    entries_release(listing->entries, listing->entry_count);
    return listing->good && show_rows_text(listing->out, "]}");
}

bool server_write_live_all(struct server *server, uint64_t since,
                           bool (*may_see)(void *context, const char *dag), void *context,
                           struct dag_buffer *out)
{
    uint64_t tick = server_tick(server);
    size_t begin = out->size;
    struct listing listing = {.out = out, .may_see = may_see, .context = context};
    bool good = false;

    if (since > tick || (since > 0 && !entries_gone(server, since, ignore_gone, NULL)))
        since = 0; /* everything anew */
    if (!may_see && copy_written(server, NULL, tick, since, out, &good))
        return good;
    good = write_all(server, tick, since, &listing);
    if (good && !may_see)
        keep_written(server, NULL, tick, since, out->bytes + begin, out->size - begin);
    return good;
}

/* ---- one DAG ---- */

static bool put_begin(struct dag_buffer *out, size_t *count)
{
    return (*count)++ == 0 || show_rows_text(out, ",");
}

static bool write_nodes(struct dag_buffer *out, const struct entry_shown *shown,
                        const struct plan *plan, uint64_t since)
{
    bool good = show_rows_text(out, ",\"nodes\":[");
    size_t count = 0;

    for (size_t i = 0; good && i < plan->node_count; i++)
        if (shown->nodes[i].tick > since)
            good = put_begin(out, &count) &&
                   show_rows_node(out, &shown->nodes[i], plan->nodes[i].name);
    good = good && show_rows_text(out, "],\"edges\":[");
    count = 0;
    for (size_t i = 0; good && i < plan->edge_count; i++)
        if (shown->edges[i].tick > since)
            good = put_begin(out, &count) &&
                   show_rows_edge(out, &shown->edges[i], plan->edges[i].name);
    return good;
}

static bool write_ends(struct dag_buffer *out, const struct entry_shown *shown,
                       const struct plan *plan, uint64_t since)
{
    bool good = show_rows_text(out, "],\"subscribers\":[");
    size_t count = 0;

    for (size_t i = 0; good && i < plan->subscriber_count; i++)
        if (shown->subscribers[i].tick > since)
            good = put_begin(out, &count) &&
                   show_rows_end(out, &shown->subscribers[i], plan->subscribers[i].name);
    good = good && show_rows_text(out, "],\"publishers\":[");
    count = 0;
    for (size_t i = 0; good && i < plan->publisher_count; i++)
        if (shown->publishers[i].tick > since)
            good = put_begin(out, &count) &&
                   show_rows_end(out, &shown->publishers[i], plan->publishers[i].name);
    return good && show_rows_text(out, "]}");
}

static bool write_one(struct entry *entry, struct incarnation *now, uint64_t tick, uint64_t since,
                      struct dag_buffer *out)
{
    const struct entry_shown *shown = *entry_shown_lock(entry);
    bool good = show_rows_number(out, "{\"tick\":", tick) && show_rows_text(out, ",\"dag\":");

    if (shown && shown->row)
        good = good && dag_buffer_append(out, shown->row, shown->row_size);
    else
        good = good && show_rows_text(out, "null");
    if (shown && shown_is_of(shown, now)) {
        if (shown->plan_tick > since)
            since = 0; /* another definition: all its parts are new */
        good = good && write_nodes(out, shown, now->plan, since) &&
               write_ends(out, shown, now->plan, since);
    } else {
        good = good && show_rows_text(out, ",\"nodes\":[],\"edges\":[],\"subscribers\":[],"
                                           "\"publishers\":[]}");
    }
    entry_shown_unlock(entry);
    return good;
}

bool server_write_live(struct server *server, const char *dag, uint64_t since,
                       struct dag_buffer *out, struct answer *answer)
{
    uint64_t tick = server_tick(server);
    size_t begin = out->size;
    struct entry *entry = entry_find(server, dag, answer);
    bool good = false;

    if (!entry)
        return false;
    if (since > tick)
        since = 0;
    if (!copy_written(server, dag, tick, since, out, &good)) {
        struct incarnation *now = entry_use(entry);
        good = write_one(entry, now, tick, since, out);
        incarnation_release(now);
        if (good)
            keep_written(server, dag, tick, since, out->bytes + begin, out->size - begin);
    }
    entry_release(entry);
    return good || answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
}
