/* audit_chain.c - see audit_chain.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit_chain.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "core/tree.h"

#define DEPTH_MAX   4
#define TAIL_BEGIN  ",\"hash\":\""
#define TAIL_SIZE   (sizeof(TAIL_BEGIN) - 1 + AUDIT_HASH_SIZE - 1 + 2) /* up to "} */
#define HASH_DIGITS (AUDIT_HASH_SIZE - 1)

static void hash_of(const char *bytes, size_t size, char *out)
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, (const unsigned char *)bytes, size);
    sodium_bin2hex(out, AUDIT_HASH_SIZE, hash, sizeof(hash));
}

void audit_chain_begin(struct audit_chain *chain)
{
    chain->number = 0;
    memset(chain->hash, '0', HASH_DIGITS);
    chain->hash[HASH_DIGITS] = '\0';
}

static bool add_plain(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

static bool add_text(struct dag_buffer *out, const char *key, const char *text)
{
    size_t size = text ? strlen(text) : 0;

    if (!add_plain(out, ",\"") || !add_plain(out, key) || !add_plain(out, "\":\"") ||
        !dag_buffer_reserve(out, text_escape_bound(size)))
        return false;
    if (size > 0)
        out->size += text_escape(out->bytes + out->size, text, size);
    return add_plain(out, "\"");
}

/* What not every entry has. */
static bool add_origin(struct dag_buffer *out, const struct audit_entry *entry)
{
    char numbers[100] = "";
    int size = 0;

    if (entry->revision_before)
        size = snprintf(numbers, sizeof(numbers), ",\"revision_before\":%" PRIu64,
                        entry->revision_before);
    if (entry->revision_after)
        snprintf(numbers + size, sizeof(numbers) - (size_t)size, ",\"revision_after\":%" PRIu64,
                 entry->revision_after);
    return (!entry->method || add_text(out, "method", entry->method)) &&
           (!entry->address || add_text(out, "address", entry->address)) &&
           (!entry->request_id || add_text(out, "request_id", entry->request_id)) &&
           add_plain(out, numbers);
}

bool audit_chain_add(struct audit_chain *chain, const struct audit_entry *entry, int64_t time_us,
                     struct dag_buffer *out)
{
    size_t begin = out->size;
    char head[80], time[32], hash[AUDIT_HASH_SIZE];
    int size = snprintf(head, sizeof(head), "{\"number\":%" PRIu64, chain->number + 1);

    if (entry->begun)
        snprintf(head + size, sizeof(head) - (size_t)size, ",\"begun\":%" PRIu64, entry->begun);
    clock_format(time_us, time);
    if (!add_plain(out, head) || !add_text(out, "time", time) ||
        !add_text(out, "actor", entry->actor) || !add_text(out, "action", entry->action) ||
        !add_text(out, "object", entry->object) || !add_text(out, "result", entry->result) ||
        !add_text(out, "detail", entry->detail) || !add_origin(out, entry) ||
        !add_text(out, "prev", chain->hash))
        return false;
    hash_of(out->bytes + begin, out->size - begin, hash);
    if (!add_text(out, "hash", hash) || !add_plain(out, "}\n"))
        return false;
    chain->number++;
    memcpy(chain->hash, hash, sizeof(hash));
    return true;
}

/* Number and `prev` of a line whose hash fits. */
static bool read_line(const char *line, size_t size, uint64_t *number, char *prev)
{
    struct tree_document *document = tree_document_new();
    struct dag_error err = {0};

    if (!document)
        return false;
    const struct tree *root = tree_parse(document, line, size, DEPTH_MAX, NULL, NULL, &err);
    const struct tree *n = tree_get(root, "number"), *before = tree_get(root, "prev");
    bool done = n && n->type == TREE_INT && n->integer > 0 && before && before->type == TREE_TEXT &&
                before->text_size == HASH_DIGITS;
    if (done) {
        *number = (uint64_t)n->integer;
        memcpy(prev, before->text, AUDIT_HASH_SIZE);
    }
    tree_document_free(document);
    return done;
}

static bool read_checked(const char *line, size_t size, struct audit_chain *at, char *prev)
{
    if (size <= TAIL_SIZE ||
        memcmp(line + size - TAIL_SIZE, TAIL_BEGIN, sizeof(TAIL_BEGIN) - 1) != 0)
        return false;
    hash_of(line, size - TAIL_SIZE, at->hash);
    return memcmp(line + size - 2 - HASH_DIGITS, at->hash, HASH_DIGITS) == 0 &&
           read_line(line, size, &at->number, prev);
}

bool audit_chain_at(struct audit_chain *chain, const char *line, size_t size)
{
    struct audit_chain at;
    char prev[AUDIT_HASH_SIZE];

    if (!read_checked(line, size, &at, prev))
        return false;
    *chain = at;
    return true;
}

bool audit_chain_before(struct audit_chain *chain, const char *line, size_t size)
{
    struct audit_chain at;
    char prev[AUDIT_HASH_SIZE];

    if (!read_checked(line, size, &at, prev))
        return false;
    chain->number = at.number - 1;
    memcpy(chain->hash, prev, AUDIT_HASH_SIZE);
    return true;
}

const char *audit_chain_follow(struct audit_chain *chain, const char *line, size_t size)
{
    struct audit_chain at;
    char prev[AUDIT_HASH_SIZE];

    if (!read_checked(line, size, &at, prev))
        return "it is no line of this log, or was changed: its hash doesn't fit";
    if (at.number != chain->number + 1)
        return "its number doesn't follow that of the line before: lines were removed or put in";
    if (memcmp(prev, chain->hash, HASH_DIGITS) != 0)
        return "it follows another line than the one before it: that one was replaced";
    *chain = at;
    return NULL;
}
