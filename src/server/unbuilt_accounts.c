/* unbuilt_accounts.c - answers for functions of accounts.h and what goes with it, until built.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/storage_beneath.h"
#include "server/accounts.h"
#include "server/secrets.h"

static bool unbuilt(struct answer *answer)
{
    return answer_set(answer, ANSWER_UNAVAILABLE, "not_built", "this is not built yet");
}

struct accounts *accounts_open(const struct accounts_options *options, struct dag_error *err)
{
    (void)options;
    (void)err;
    return NULL;
}

void accounts_close(struct accounts *accounts)
{
    (void)accounts;
}

bool accounts_flush(struct accounts *accounts, struct dag_error *err)
{
    (void)accounts;
    (void)err;
    return false;
}

void accounts_watch(struct accounts *accounts, void (*changed)(void *context), void *context)
{
    (void)accounts;
    (void)changed;
    (void)context;
}

uint64_t accounts_generation(const struct accounts *accounts)
{
    (void)accounts;
    return 0;
}

bool accounts_begin_set_up(struct accounts *accounts, char token[CREDENTIAL_SIZE],
                           struct dag_error *err)
{
    (void)accounts;
    (void)token;
    (void)err;
    return false;
}

bool accounts_set_up(struct accounts *accounts, const char *token, const char *name,
                     const char *password, const char *address, char cookie[CREDENTIAL_SIZE],
                     struct principal *principal, struct answer *answer)
{
    (void)accounts;
    (void)token;
    (void)name;
    (void)password;
    (void)address;
    (void)cookie;
    (void)principal;
    return unbuilt(answer);
}

bool accounts_sign_in(struct accounts *accounts, const char *name, const char *password,
                      const char *address, char cookie[CREDENTIAL_SIZE],
                      struct principal *principal, struct answer *answer)
{
    (void)accounts;
    (void)name;
    (void)password;
    (void)address;
    (void)cookie;
    (void)principal;
    return unbuilt(answer);
}

void accounts_sign_out(struct accounts *accounts, const struct principal *principal)
{
    (void)accounts;
    (void)principal;
}

bool accounts_resolve_cookie(struct accounts *accounts, const char *cookie, bool is_activity,
                             struct principal *principal)
{
    (void)accounts;
    (void)cookie;
    (void)is_activity;
    (void)principal;
    return false;
}

bool accounts_resolve_token(struct accounts *accounts, const char *token,
                            struct principal *principal)
{
    (void)accounts;
    (void)token;
    (void)principal;
    return false;
}

bool accounts_is_valid(struct accounts *accounts, const struct principal *principal)
{
    (void)accounts;
    (void)principal;
    return false;
}

bool accounts_admit(struct accounts *accounts, const struct principal *principal, int64_t *wait_us)
{
    (void)accounts;
    (void)principal;
    (void)wait_us;
    return false;
}

bool accounts_change_password(struct accounts *accounts, struct principal *principal,
                              const char *old_password, const char *new_password,
                              const char *address, char cookie[CREDENTIAL_SIZE],
                              struct answer *answer)
{
    (void)accounts;
    (void)principal;
    (void)old_password;
    (void)new_password;
    (void)address;
    (void)cookie;
    return unbuilt(answer);
}

bool accounts_end_login_session(struct accounts *accounts, const char *user, const char *id,
                                struct answer *answer)
{
    (void)accounts;
    (void)user;
    (void)id;
    return unbuilt(answer);
}

bool accounts_end_login_sessions(struct accounts *accounts, const char *user, struct answer *answer)
{
    (void)accounts;
    (void)user;
    return unbuilt(answer);
}

bool accounts_create_token(struct accounts *accounts, const struct principal *principal,
                           const struct token_wish *wish, char id[CREDENTIAL_ID_SIZE],
                           struct dag_buffer *out, struct answer *answer)
{
    (void)accounts;
    (void)principal;
    (void)wish;
    (void)id;
    (void)out;
    return unbuilt(answer);
}

bool accounts_revoke_token(struct accounts *accounts, const char *user, const char *id,
                           struct answer *answer)
{
    (void)accounts;
    (void)user;
    (void)id;
    return unbuilt(answer);
}

bool accounts_revoke_tokens(struct accounts *accounts, const char *user, struct answer *answer)
{
    (void)accounts;
    (void)user;
    return unbuilt(answer);
}

bool accounts_add_user(struct accounts *accounts, const struct user_request *request,
                       struct answer *answer)
{
    (void)accounts;
    (void)request;
    return unbuilt(answer);
}

bool accounts_change_user(struct accounts *accounts, const char *name,
                          const struct user_change *change, struct answer *answer)
{
    (void)accounts;
    (void)name;
    (void)change;
    return unbuilt(answer);
}

bool accounts_remove_user(struct accounts *accounts, const char *name, struct answer *answer)
{
    (void)accounts;
    (void)name;
    return unbuilt(answer);
}

bool accounts_reset_password(struct accounts *accounts, const char *name, const char *password,
                             struct answer *answer)
{
    (void)accounts;
    (void)name;
    (void)password;
    return unbuilt(answer);
}

bool accounts_write_users(struct accounts *accounts, const struct accounts_page *page,
                          struct dag_buffer *out, struct answer *answer)
{
    (void)accounts;
    (void)page;
    (void)out;
    return unbuilt(answer);
}

bool accounts_write_user(struct accounts *accounts, const char *name, struct dag_buffer *out,
                         struct answer *answer)
{
    (void)accounts;
    (void)name;
    (void)out;
    return unbuilt(answer);
}

bool accounts_write_tokens(struct accounts *accounts, const char *user,
                           const struct accounts_page *page, struct dag_buffer *out,
                           struct answer *answer)
{
    (void)accounts;
    (void)user;
    (void)page;
    (void)out;
    return unbuilt(answer);
}

bool accounts_write_token(struct accounts *accounts, const char *user, const char *id,
                          struct dag_buffer *out, struct answer *answer)
{
    (void)accounts;
    (void)user;
    (void)id;
    (void)out;
    return unbuilt(answer);
}

bool accounts_write_login_sessions(struct accounts *accounts, const struct principal *principal,
                                   const struct accounts_page *page, struct dag_buffer *out,
                                   struct answer *answer)
{
    (void)accounts;
    (void)principal;
    (void)page;
    (void)out;
    return unbuilt(answer);
}

bool accounts_write_me(struct accounts *accounts, const struct principal *principal,
                       struct dag_buffer *out, struct answer *answer)
{
    (void)accounts;
    (void)principal;
    (void)out;
    return unbuilt(answer);
}

bool credential_new(const char *prefix, char text[CREDENTIAL_SIZE], struct dag_error *err)
{
    (void)prefix;
    (void)text;
    (void)err;
    return false;
}

struct credential credential_of(const char *text)
{
    (void)text;
    return (struct credential){{0}};
}

bool credential_equals(const struct credential *one, const struct credential *other)
{
    (void)one;
    (void)other;
    return false;
}

void credential_write(const struct credential *credential, char text[65])
{
    (void)credential;
    (void)text;
}

bool credential_read(struct credential *credential, const char *text)
{
    (void)credential;
    (void)text;
    return false;
}

bool credential_id_new(char id[CREDENTIAL_ID_SIZE], struct dag_error *err)
{
    (void)id;
    (void)err;
    return false;
}

struct secrets *secrets_new(const struct secrets_options *options, struct dag_error *err)
{
    (void)options;
    (void)err;
    return NULL;
}

void secrets_free(struct secrets *secrets)
{
    (void)secrets;
}

const char *secrets_look_up(struct secrets *secrets, const char *name, struct dag_error *err)
{
    (void)secrets;
    (void)name;
    (void)err;
    return NULL;
}

const char *secrets_find(void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

bool scope_holds(const char *scope, const char *dag)
{
    (void)scope;
    (void)dag;
    return false;
}

size_t scope_split(const char *scope, char buffer[SCOPE_SIZE], const char *globs[SCOPE_GLOBS_MAX])
{
    (void)scope;
    (void)buffer;
    (void)globs;
    return 0;
}

bool scope_within(const char *scope, const char *outer, char out[SCOPE_SIZE])
{
    (void)scope;
    (void)outer;
    (void)out;
    return false;
}

struct storage *storage_beneath_new(const char *root, struct dag_error *err)
{
    (void)root;
    (void)err;
    return storage_disk();
}

void storage_beneath_free(struct storage *storage)
{
    (void)storage;
}
