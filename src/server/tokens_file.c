/* tokens_file.c - the tokens file, read and written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"
#include "durable/data_folder.h"
#include "graph/writer.h"
#include "server/tokens.h"

#define DEPTH_MAX 8

static bool take_text(const struct tree *object, const char *key, char *out, size_t size)
{
    const struct tree *text = tree_get(object, key);

    if (!text || text->type != TREE_TEXT || text->text_size >= size ||
        strlen(text->text) != text->text_size)
        return false;
    memcpy(out, text->text, text->text_size + 1);
    return true;
}

static bool take_integer(const struct tree *object, const char *key, int64_t *out)
{
    const struct tree *value = tree_get(object, key);

    if (!value || value->type != TREE_INT)
        return false;
    *out = value->integer;
    return true;
}

static bool read_token(const struct tree *entry, struct token *token)
{
    char role[32], hash[65];

    *token = (struct token){0};
    if (!take_text(entry, "id", token->id, sizeof(token->id)) ||
        !take_text(entry, "name", token->name, sizeof(token->name)) ||
        !take_text(entry, "user", token->user, sizeof(token->user)) ||
        !take_text(entry, "role", role, sizeof(role)) ||
        !take_text(entry, "scope", token->scope, sizeof(token->scope)) ||
        !take_text(entry, "hash", hash, sizeof(hash)) ||
        !take_integer(entry, "created_us", &token->created_us) ||
        !take_integer(entry, "expires_us", &token->expires_us) ||
        !take_integer(entry, "last_used_us", &token->last_used_us))
        return false;
    token->role = role_of(role);
    return token->role != ROLE_NONE && token->id[0] && token->user[0] &&
           credential_read(&token->credential, hash) &&
           scope_check(token->scope, &(struct dag_error){0});
}

static bool read_tokens(struct tokens *tokens, const struct tree *root)
{
    const struct tree *list = tree_get(root, "tokens");

    if (!list || list->type != TREE_ARRAY)
        return false;
    tokens->items = calloc(list->count + 1, sizeof(*tokens->items));
    if (!tokens->items)
        return false;
    for (const struct tree *entry = list->child; entry; entry = entry->next)
        if (!read_token(entry, &tokens->items[tokens->count++]))
            return false;
    return true;
}

bool tokens_open(struct tokens *tokens, struct storage *storage, const char *folder,
                 struct dag_error *err)
{
    struct dag_buffer bytes = {0};
    struct tree_document *document = tree_document_new();
    bool exists = false;

    *tokens = (struct tokens){.storage = storage, .path = path_join(folder, "tokens.json", err)};
    bool done = tokens->path && read_file(storage, tokens->path, &bytes, &exists, err);
    if (done && !document)
        done = dag_error_set_memory(err, "the tokens");
    if (done && exists) {
        struct dag_error why = {0};
        const struct tree *root =
            tree_parse(document, bytes.bytes, bytes.size, DEPTH_MAX, NULL, NULL, &why);

        if (!root || !read_tokens(tokens, root))
            done = dag_error_set(err, DAG_ERROR_INVALID,
                                 "'%s' is damaged: restore it from a backup, or remove it and make "
                                 "new tokens",
                                 tokens->path);
    }
    tree_document_free(document);
    dag_buffer_free(&bytes);
    if (!done)
        tokens_close(tokens);
    return done;
}

static void write_integer(struct writer *writer, const char *key, int64_t integer)
{
    writer_key(writer, key);
    writer_integer(writer, integer);
}

static void write_token(struct writer *writer, const struct token *token)
{
    char hash[65];

    credential_write(&token->credential, hash);
    writer_open(writer, '{');
    writer_member(writer, "id", token->id);
    writer_member(writer, "name", token->name);
    writer_member(writer, "user", token->user);
    writer_member(writer, "role", role_name(token->role));
    writer_member(writer, "scope", token->scope);
    writer_member(writer, "hash", hash);
    write_integer(writer, "created_us", token->created_us);
    write_integer(writer, "expires_us", token->expires_us);
    write_integer(writer, "last_used_us", token->last_used_us);
    writer_close(writer, '}');
}

bool tokens_save(const struct tokens *tokens, struct dag_error *err)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    writer_open(&writer, '{');
    writer_key(&writer, "tokens");
    writer_open(&writer, '[');
    for (size_t i = 0; i < tokens->count; i++)
        write_token(&writer, &tokens->items[i]);
    writer_close(&writer, ']');
    writer_close(&writer, '}');
    writer_plain(&writer, "\n");
    bool done = writer.failed
                    ? dag_error_set_memory(err, "the tokens")
                    : write_private_file(tokens->storage, tokens->path, out.bytes, out.size, err);
    dag_buffer_free(&out);
    return done;
}
