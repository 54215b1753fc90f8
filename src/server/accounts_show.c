/* accounts_show.c - users, tokens and login sessions as JSON, by pages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/accounts_internal.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500
#define KEY_SIZE      USER_NAME_SIZE

/* ---- pages ---- */

/* What a list holds, to be sorted; `key` is also the cursor. */
struct entry {
    char key[KEY_SIZE];
    const void *item;
};

struct entries {
    struct entry *items; /* owned */
    size_t count, capacity;
    bool no_memory;
};

static void add_entry(struct entries *entries, const void *item, const char *key)
{
    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity ? entries->capacity * 2 : 64;
        struct entry *larger = realloc(entries->items, capacity * sizeof(*larger));

        entries->no_memory |= !larger;
        if (!larger)
            return;
        entries->items = larger;
        entries->capacity = capacity;
    }
    struct entry *entry = &entries->items[entries->count++];
    snprintf(entry->key, sizeof(entry->key), "%s", key);
    entry->item = item;
}

/* Sorts by time; what was made at the same time by id. */
static void time_key(int64_t created_us, const char *id, char key[KEY_SIZE])
{
    snprintf(key, KEY_SIZE, "%020" PRId64 "-%s", created_us, id);
}

static int rising(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    return strcmp(a->key, b->key);
}

static int falling(const void *left, const void *right)
{
    return rising(right, left);
}

/* `order`: how the list can be sorted. */
static bool sort_entries(struct entries *entries, const char *order, const char *sort,
                         struct answer *answer)
{
    bool falls = sort && sort[0] == '-';

    if (sort && strcmp(sort + falls, order) != 0)
        return answer_set(answer, ANSWER_BAD, "bad_sort",
                          "this list can be sorted by '%s' or '-%s' only", order, order);
    if (entries->no_memory)
        return accounts_no_memory(answer);
    if (entries->count > 0)
        qsort(entries->items, entries->count, sizeof(*entries->items), falls ? falling : rising);
    return true;
}

/* What a list of that order gave as its next cursor looks like this. */
static bool is_cursor(const char *order, const char *cursor)
{
    static const char digits[] = "0123456789";
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";

    if (strcmp(order, "name") == 0)
        return cursor[strspn(cursor, letters)] == '\0';
    return strspn(cursor, digits) == 20 && cursor[20] == '-';
}

/* Writes the page; the lock that guards the items is held. Frees the entries. */
static bool write_page(struct entries *entries, const char *order, const struct accounts_page *page,
                       void (*show)(void *context, struct writer *writer, const void *item),
                       void *context, struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    size_t limit = page->limit == 0 ? LIMIT_DEFAULT : page->limit;
    size_t i = 0, end;
    bool done = sort_entries(entries, order, page->sort, answer);
    bool falls = page->sort && page->sort[0] == '-';

    if (done && page->cursor && !is_cursor(order, page->cursor))
        done = answer_set(answer, ANSWER_BAD, "bad_cursor", "the cursor is none of this list");
    if (limit > LIMIT_MAX)
        limit = LIMIT_MAX;
    while (done && page->cursor && i < entries->count) {
        int order_of = strcmp(entries->items[i].key, page->cursor);

        if (falls ? order_of < 0 : order_of > 0)
            break;
        i++;
    }
    end = entries->count - i > limit ? i + limit : entries->count;
    if (done) {
        writer_open(&writer, '{');
        writer_key(&writer, "items");
        writer_open(&writer, '[');
        for (; i < end; i++)
            show(context, &writer, entries->items[i].item);
        writer_close(&writer, ']');
        writer_member(&writer, "next_cursor",
                      end < entries->count ? entries->items[end - 1].key : NULL);
        writer_key(&writer, "total");
        writer_integer(&writer, (int64_t)entries->count);
        writer_close(&writer, '}');
        done = !writer.failed || accounts_no_memory(answer);
    }
    free(entries->items);
    return done;
}

static bool is_asked_for(const struct accounts_page *page, const char *name)
{
    return !page->query || strcasestr(name, page->query);
}

static void write_time(struct writer *writer, const char *key, int64_t time_us)
{
    char text[32];

    if (time_us)
        clock_format(time_us, text);
    writer_member(writer, key, time_us ? text : NULL);
}

static void write_bool(struct writer *writer, const char *key, bool value)
{
    writer_key(writer, key);
    writer_bool(writer, value);
}

/* ---- users ---- */

static void show_user(void *context, struct writer *writer, const void *item)
{
    struct accounts *accounts = context;
    const struct user *user = item;
    struct login_session_times now = accounts_now(accounts);
    size_t tokens = 0;

    for (size_t i = 0; i < accounts->tokens.count; i++)
        tokens += strcmp(accounts->tokens.items[i].user, user->name) == 0 &&
                  accounts->tokens.items[i].expires_us > now.realtime_us;
    writer_open(writer, '{');
    writer_member(writer, "name", user->name);
    writer_member(writer, "full_name", user->full_name);
    writer_member(writer, "role", role_name(user->role));
    writer_member(writer, "scope", user->scope);
    write_bool(writer, "is_disabled", user->is_disabled);
    write_bool(writer, "must_change_password", user->must_change);
    write_time(writer, "created", user->created_us);
    write_time(writer, "last_login", user->last_login_us);
    writer_key(writer, "token_count");
    writer_integer(writer, (int64_t)tokens);
    writer_key(writer, "sign_in_wait_ms"); /* while attempts are slowed down */
    writer_integer(
        writer, sign_in_limits_wait_us(accounts->limits, user->name, "", now.monotonic_us) / 1000);
    writer_close(writer, '}');
}

bool accounts_write_users(struct accounts *accounts, const struct accounts_page *page,
                          struct dag_buffer *out, struct answer *answer)
{
    struct entries entries = {0};

    pthread_mutex_lock(&accounts->lock);
    for (size_t i = 0; i < accounts->users.count; i++)
        if (is_asked_for(page, accounts->users.items[i].name))
            add_entry(&entries, &accounts->users.items[i], accounts->users.items[i].name);
    bool done = write_page(&entries, "name", page, show_user, accounts, out, answer);
    pthread_mutex_unlock(&accounts->lock);
    return done;
}

bool accounts_write_user(struct accounts *accounts, const char *name, struct dag_buffer *out,
                         struct answer *answer)
{
    struct writer writer = {.out = out};

    pthread_mutex_lock(&accounts->lock);
    const struct user *user = accounts_user(accounts, name);
    if (user)
        show_user(accounts, &writer, user);
    pthread_mutex_unlock(&accounts->lock);
    if (!user)
        return accounts_no_user(name, answer);
    return !writer.failed || accounts_no_memory(answer);
}

/* ---- tokens ---- */

void accounts_show_token(struct writer *writer, const struct token *token, const char *secret)
{
    writer_open(writer, '{');
    writer_member(writer, "id", token->id);
    writer_member(writer, "name", token->name);
    writer_member(writer, "role", role_name(token->role));
    writer_member(writer, "scope", token->scope);
    write_time(writer, "created", token->created_us);
    write_time(writer, "expires", token->expires_us);
    write_time(writer, "last_used", token->last_used_us);
    if (secret)
        writer_member(writer, "secret", secret);
    writer_close(writer, '}');
}

static void show_token(void *context, struct writer *writer, const void *item)
{
    (void)context;
    accounts_show_token(writer, item, NULL);
}

bool accounts_write_tokens(struct accounts *accounts, const char *user,
                           const struct accounts_page *page, struct dag_buffer *out,
                           struct answer *answer)
{
    struct entries entries = {0};
    char key[KEY_SIZE];

    pthread_mutex_lock(&accounts->lock);
    bool done = accounts_user(accounts, user) || accounts_no_user(user, answer);
    for (size_t i = 0; done && i < accounts->tokens.count; i++) {
        const struct token *token = &accounts->tokens.items[i];

        if (strcmp(token->user, user) != 0 || !is_asked_for(page, token->name))
            continue;
        time_key(token->created_us, token->id, key);
        add_entry(&entries, token, key);
    }
    done = done && write_page(&entries, "created", page, show_token, NULL, out, answer);
    pthread_mutex_unlock(&accounts->lock);
    return done;
}

bool accounts_write_token(struct accounts *accounts, const char *user, const char *id,
                          struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};

    pthread_mutex_lock(&accounts->lock);
    const struct token *token = tokens_find(&accounts->tokens, user, id);
    if (token)
        accounts_show_token(&writer, token, NULL);
    pthread_mutex_unlock(&accounts->lock);
    if (!token)
        return answer_set(answer, ANSWER_NOT_FOUND, "token_not_found", "there is no such token");
    return !writer.failed || accounts_no_memory(answer);
}

/* ---- login sessions, and who one is ---- */

static void take_session(void *context, const struct login_session *session)
{
    char key[KEY_SIZE];

    time_key(session->created_us, session->id, key);
    add_entry(context, session, key);
}

static void show_session(void *context, struct writer *writer, const void *item)
{
    const struct principal *principal = context;
    const struct login_session *session = item;

    writer_open(writer, '{');
    writer_member(writer, "id", session->id);
    writer_member(writer, "address", session->address);
    write_time(writer, "created", session->created_us);
    write_time(writer, "last_used", session->last_active_us);
    write_bool(writer, "is_current",
               principal->method == PRINCIPAL_COOKIE && strcmp(principal->id, session->id) == 0);
    writer_close(writer, '}');
}

bool accounts_write_login_sessions(struct accounts *accounts, const char *user,
                                   const struct principal *principal,
                                   const struct accounts_page *page, struct dag_buffer *out,
                                   struct answer *answer)
{
    struct entries entries = {0};
    struct principal copy = *principal;

    pthread_mutex_lock(&accounts->lock);
    bool done = accounts_user(accounts, user) || accounts_no_user(user, answer);
    if (done)
        login_sessions_each(accounts->sessions, user, accounts_now(accounts).monotonic_us,
                            take_session, &entries);
    done = done && write_page(&entries, "created", page, show_session, &copy, out, answer);
    pthread_mutex_unlock(&accounts->lock);
    return done;
}

bool accounts_write_me(struct accounts *accounts, const struct principal *principal,
                       struct dag_buffer *out, struct answer *answer)
{
    struct writer writer = {.out = out};
    char full_name[FULL_NAME_SIZE] = "";

    pthread_mutex_lock(&accounts->lock);
    const struct user *user = accounts_user(accounts, principal->name);
    if (user)
        memcpy(full_name, user->full_name, sizeof(full_name));
    pthread_mutex_unlock(&accounts->lock);
    writer_open(&writer, '{');
    writer_member(&writer, "name", principal->name);
    writer_member(&writer, "full_name", full_name);
    writer_member(&writer, "role", role_name(principal->role));
    writer_member(&writer, "scope", principal->scope);
    writer_member(&writer, "method", principal->method == PRINCIPAL_COOKIE ? "cookie" : "token");
    writer_member(&writer, "csrf_token", principal->csrf[0] ? principal->csrf : NULL);
    write_time(&writer, "expires", principal->expires_us);
    write_time(&writer, "idle_ends", principal->idle_end_us);
    write_bool(&writer, "must_change_password", principal->must_change);
    writer_close(&writer, '}');
    return !writer.failed || accounts_no_memory(answer);
}
