/* users_file.c - the users file, read and written, and that of the original. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "durable/data_folder.h"
#include "graph/writer.h"
#include "server/json_file.h"
#include "server/users.h"

#define DEPTH_MAX 8

/* ---- ours ---- */

static bool read_user(const struct tree *entry, struct user *user)
{
    const struct tree *created = tree_get(entry, "created_us");
    const struct tree *last_login = tree_get(entry, "last_login_us");
    char role[32];

    *user = (struct user){0};
    if (!json_take_text(entry, "name", user->name, sizeof(user->name)) ||
        !json_take_text(entry, "full_name", user->full_name, sizeof(user->full_name)) ||
        !json_take_text(entry, "role", role, sizeof(role)) ||
        !json_take_text(entry, "scope", user->scope, sizeof(user->scope)) ||
        !json_take_text(entry, "hash", user->hash, sizeof(user->hash)) ||
        !json_take_bool(entry, "disabled", &user->is_disabled) ||
        !json_take_bool(entry, "must_change", &user->must_change) || !created ||
        created->type != TREE_INT)
        return false;
    user->created_us = created->integer;
    if (last_login && last_login->type == TREE_INT)
        user->last_login_us = last_login->integer;
    user->role = role_of(role);
    return user->role != ROLE_NONE && user->name[0] && user->hash[0] &&
           scope_check(user->scope, &(struct dag_error){0});
}

/* The names rise strictly, so none stands there twice. */
static bool read_users(void *context, const struct tree *root)
{
    struct users *users = context;
    const struct tree *list = tree_get(root, "users");

    if (!list || list->type != TREE_ARRAY)
        return false;
    users->items = calloc(list->count + 1, sizeof(*users->items));
    if (!users->items)
        return false;
    for (const struct tree *entry = list->child; entry; entry = entry->next) {
        struct user *user = &users->items[users->count];

        if (!read_user(entry, user) || (users->count > 0 && strcmp(user[-1].name, user->name) >= 0))
            return false;
        users->count++;
    }
    return true;
}

bool users_open(struct users *users, struct storage *storage, const char *folder,
                struct dag_error *err)
{
    *users = (struct users){.storage = storage, .path = path_join(folder, "users.json", err)};
    if (users->path &&
        json_file_read(storage, users->path, read_users, users, "add the users again", err))
        return true;
    users_close(users);
    return false;
}

static void write_user(struct writer *writer, const struct user *user)
{
    writer_open(writer, '{');
    writer_member(writer, "name", user->name);
    writer_member(writer, "full_name", user->full_name);
    writer_member(writer, "role", role_name(user->role));
    writer_member(writer, "scope", user->scope);
    writer_member(writer, "hash", user->hash);
    writer_key(writer, "disabled");
    writer_bool(writer, user->is_disabled);
    writer_key(writer, "must_change");
    writer_bool(writer, user->must_change);
    writer_key(writer, "created_us");
    writer_integer(writer, user->created_us);
    if (user->last_login_us) {
        writer_key(writer, "last_login_us");
        writer_integer(writer, user->last_login_us);
    }
    writer_close(writer, '}');
}

bool users_save(const struct users *users, struct dag_error *err)
{
    struct dag_buffer out = {0};
    struct writer writer = {.out = &out};

    writer_open(&writer, '{');
    writer_key(&writer, "users");
    writer_open(&writer, '[');
    for (size_t i = 0; i < users->count; i++)
        write_user(&writer, &users->items[i]);
    writer_close(&writer, ']');
    writer_close(&writer, '}');
    writer_plain(&writer, "\n");
    bool done = writer.failed
                    ? dag_error_set_memory(err, "the users")
                    : write_private_file(users->storage, users->path, out.bytes, out.size, err);
    dag_buffer_free(&out);
    return done;
}

/* ---- that of the original ---- */

/* The highest of `roles` or `role`; whoever has none that is known here may look, as in the
 * original. */
static enum role original_role(const struct tree *entry)
{
    const struct tree *single = tree_get(entry, "role"), *list = tree_get(entry, "roles");
    enum role highest = ROLE_VIEWER;

    if (single && single->type == TREE_TEXT && role_of(single->text) > highest)
        highest = role_of(single->text);
    if (!list || list->type != TREE_ARRAY)
        return highest;
    for (const struct tree *i = list->child; i; i = i->next)
        if (i->type == TREE_TEXT && role_of(i->text) > highest)
            highest = role_of(i->text);
    return highest;
}

/* What became of it; NULL: `err`. A weak password is taken, and has to be changed. */
static const char *take_original(struct users *users, const struct tree *entry, struct user *user,
                                 struct dag_error *err)
{
    const struct tree *password = tree_get(entry, "password");
    struct dag_error why = {0};

    if (users_find(users, user->name, &why))
        return "left out: there is a user of that name already";
    if (!password || password->type != TREE_TEXT || password->text_size == 0 ||
        password->text_size > PASSWORD_SIZE_MAX || strlen(password->text) != password->text_size)
        return "left out: it has no password that can be used";
    (void)json_take_text(entry, "full_name", user->full_name, sizeof(user->full_name));
    user->role = original_role(entry);
    user->must_change = !password_check(password->text, user->name, &why);
    if (!password_hash(password->text, user->hash, err))
        return NULL;
    if (users_add_hashed(users, user, err))
        return user->must_change ? "taken; the password is weak and must be changed" : "taken";
    if (err->code == DAG_ERROR_MEMORY)
        return NULL;
    *err = (struct dag_error){0};
    return "left out: the name may have letters, digits, '_', '-' and '.' only";
}

bool users_import(struct users *users, const char *text, size_t size, int64_t now_us,
                  void (*told)(void *context, const char *name, const char *what), void *context,
                  struct dag_error *err)
{
    struct tree_document *document = tree_document_new();

    if (!document)
        return dag_error_set_memory(err, "the users");
    const struct tree *root = tree_parse(document, text, size, DEPTH_MAX, NULL, NULL, err);
    bool done = root != NULL;
    if (done && root->type != TREE_OBJECT)
        done = dag_error_set(err, DAG_ERROR_INVALID, "a users file holds one JSON object");
    for (const struct tree *entry = done ? root->child : NULL; entry && done; entry = entry->next) {
        struct user user = {.created_us = now_us};

        strncpy(user.name, entry->key, sizeof(user.name) - 1);
        const char *what = strlen(entry->key) >= sizeof(user.name)
                               ? "left out: the name is too long"
                               : take_original(users, entry, &user, err);
        done = what != NULL;
        if (done)
            told(context, entry->key, what);
    }
    tree_document_free(document);
    return done;
}
