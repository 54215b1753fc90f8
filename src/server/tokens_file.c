/* tokens_file.c - the tokens file, read and written. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/tree.h"
#include "durable/data_folder.h"
#include "graph/writer.h"
#include "server/json_file.h"
#include "server/tokens.h"

static bool read_token(const struct tree *entry, struct token *token)
{
    char role[32], hash[65];

    *token = (struct token){0};
    if (!json_take_text(entry, "id", token->id, sizeof(token->id)) ||
        !json_take_text(entry, "name", token->name, sizeof(token->name)) ||
        !json_take_text(entry, "user", token->user, sizeof(token->user)) ||
        !json_take_text(entry, "role", role, sizeof(role)) ||
        !json_take_text(entry, "scope", token->scope, sizeof(token->scope)) ||
        !json_take_text(entry, "hash", hash, sizeof(hash)) ||
        !json_take_integer(entry, "created_us", &token->created_us) ||
        !json_take_integer(entry, "expires_us", &token->expires_us) ||
        !json_take_integer(entry, "last_used_us", &token->last_used_us))
        return false;
    token->role = role_of(role);
    return token->role != ROLE_NONE && token->id[0] && token->user[0] &&
           credential_read(&token->credential, hash) &&
           scope_check(token->scope, &(struct dag_error){0});
}

static bool read_tokens(void *context, const struct tree *root)
{
    struct tokens *tokens = context;
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
    *tokens = (struct tokens){.storage = storage, .path = path_join(folder, "tokens.json", err)};
    if (tokens->path &&
        json_file_read(storage, tokens->path, read_tokens, tokens, "make new tokens", err))
        return true;
    tokens_close(tokens);
    return false;
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
