/* show_revisions.c - who changed a DAG, when and how; and where its nodes stand on the page. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/tree.h"
#include "server/definitions.h"
#include "server/difference.h"
#include "server/server_parts.h"
#include "server/show_definition.h"
#include "server/show_json.h"

#define LAYOUT_DEPTH_MAX 32

static bool no_memory(struct answer *answer)
{
    return answer_set(answer, ANSWER_FAILED, "no_memory", "out of memory");
}

static void write_members(struct writer *writer, const struct definition_revision *revision)
{
    show_count(writer, "revision", revision->revision);
    show_time(writer, "time", revision->time_us);
    writer_member(writer, "user", revision->who[0] ? revision->who : NULL);
    writer_member(writer, "comment", revision->comment[0] ? revision->comment : NULL);
    show_number(writer, "size", revision->size);
}

struct listing {
    struct writer writer;
    size_t count;
};

static bool list_revision(void *context, const struct definition_revision *revision)
{
    struct listing *listing = context;

    writer_open(&listing->writer, '{');
    write_members(&listing->writer, revision);
    writer_close(&listing->writer, '}');
    listing->count++;
    return !listing->writer.failed;
}

bool server_write_revisions(struct server *server, const char *dag, struct dag_buffer *out,
                            struct answer *answer)
{
    struct listing listing = {.writer = {.out = out}};

    writer_open(&listing.writer, '{');
    writer_key(&listing.writer, "items");
    writer_open(&listing.writer, '[');
    if (!definitions_each_revision(server->definitions, dag, list_revision, &listing, answer))
        return false;
    writer_close(&listing.writer, ']');
    show_page_end(&listing.writer, listing.count);
    writer_close(&listing.writer, '}');
    return !listing.writer.failed || no_memory(answer);
}

/* ---- one revision ---- */

/* The newest one that is kept and older. */
struct search {
    uint64_t below, found; /* found 0: none */
};

static bool search_before(void *context, const struct definition_revision *revision)
{
    struct search *search = context;

    if (revision->revision >= search->below)
        return true;
    search->found = revision->revision;
    return false;
}

/* The text that the revision took the place of; "" when none is kept. */
static bool read_before(struct server *server, const char *dag, uint64_t revision,
                        struct dag_buffer *text, uint64_t *before, struct answer *answer)
{
    struct search search = {.below = revision};

    if (!definitions_each_revision(server->definitions, dag, search_before, &search, answer))
        return false;
    *before = search.found;
    return search.found == 0 ||
           definitions_read(server->definitions, dag, search.found, NULL, text, answer);
}

static bool write_difference(struct writer *writer, const struct dag_buffer *before,
                             const struct dag_buffer *text)
{
    struct dag_buffer diff = {0};
    bool is_truncated = false;
    bool good =
        difference_lines((struct difference_text){before->bytes, before->size},
                         (struct difference_text){text->bytes, text->size}, &diff, &is_truncated) &&
        dag_buffer_append(&diff, "", 1);

    writer_member(writer, "diff", good ? diff.bytes : "");
    show_bool(writer, "diff_truncated", is_truncated);
    dag_buffer_free(&diff);
    return good;
}

/* What stood there before and isn't JSON isn't compared with. */
static bool mask(struct server *server, const char *dag, struct dag_buffer *text,
                 struct dag_buffer *before, struct answer *answer)
{
    struct entry *entry = entry_find(server, dag, answer);
    struct incarnation *now = entry ? entry_use(entry) : NULL;
    const struct registry *registry = server->options.registry;
    const struct plan *plan = now ? now->plan : NULL;
    struct answer ignored = {0};
    bool done = entry && show_definition_mask(text, registry, plan, answer);

    if (done && before->size > 0 && !show_definition_mask(before, registry, plan, &ignored))
        before->size = 0;
    answer_deinit(&ignored);
    incarnation_release(now);
    entry_release(entry);
    return done;
}

bool server_write_revision(struct server *server, const char *dag, uint64_t revision, bool may_edit,
                           struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    struct dag_buffer text = {0}, before = {0};
    struct definition_revision found;
    uint64_t before_revision = 0;
    bool good = definitions_read(server->definitions, dag, revision, &found, &text, answer) &&
                read_before(server, dag, found.revision, &before, &before_revision, answer) &&
                (may_edit || mask(server, dag, &text, &before, answer)) &&
                (dag_buffer_append(&text, "", 1) || no_memory(answer));

    if (good) {
        text.size--; /* the NUL */
        writer_open(&writer, '{');
        write_members(&writer, &found);
        writer_member(&writer, "text", text.bytes);
        if (before_revision > 0)
            show_count(&writer, "before", before_revision);
        else
            writer_member(&writer, "before", NULL);
        good = write_difference(&writer, &before, &text);
        writer_close(&writer, '}');
        good = (good && !writer.failed) || no_memory(answer);
    }
    dag_buffer_free(&text);
    dag_buffer_free(&before);
    return good;
}

/* ---- layouts ---- */

bool server_write_layout(struct server *server, const char *dag, struct dag_buffer *out,
                         struct answer *answer)
{
    size_t begin = out->size;

    if (!definitions_read_layout(server->definitions, dag, out, answer))
        return false;
    return out->size > begin || dag_buffer_append(out, "{}", 2) || no_memory(answer);
}

bool server_put_layout(struct server *server, const char *dag, const char *text, size_t size,
                       struct answer *answer)
{
    if (server_refuses(server, answer))
        return false;

    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};
    const struct tree *layout =
        document ? tree_parse(document, text, size, LAYOUT_DEPTH_MAX, NULL, NULL, &err) : NULL;
    bool good = layout != NULL;

    if (!document)
        no_memory(answer);
    else if (!layout)
        answer_set(answer, ANSWER_BAD, "bad_json", "the layout is no JSON: %s", err.message);
    else if (layout->type != TREE_OBJECT)
        good = answer_set(answer, ANSWER_BAD, "bad_layout", "the layout is not an object");
    tree_document_free(document);
    return good && definitions_put_layout(server->definitions, dag, text, size, answer);
}
