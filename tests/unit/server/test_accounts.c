/* test_accounts.c - signing in, login sessions, API tokens and users, on a clock that is turned by
 * hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/tree.h"
#include "durable/data_folder.h"
#include "server/accounts.h"

#define GOOD      "kT9#vq2Lw7zB"
#define BETTER    "mR4!xs8Np6yD"
#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US   (60 * MINUTE_US)
#define DAY_US    (24 * HOUR_US)
/* of GOOD, with 19 MiB and two passes */
#define OLD_HASH                                                                                   \
    "$argon2id$v=19$m=19456,t=2,p=1$uYGEUGjK2OmDEPj2gCoQrg$"                                       \
    "VROaEUzTCbE7QPyvdfklvIJFV4EP1GEe88BVSs5ytsM"
#define BEGIN INT64_C(1767323045678000)

static char folder[64];
static char good_hash[PASSWORD_HASH_SIZE]; /* of GOOD */
static struct clock_virtual now;
static struct accounts *accounts;
static struct answer answer;

static void add_user(const char *name, enum role role, const char *scope)
{
    struct users users;
    struct dag_error err = {0};
    struct user user = {.role = role, .created_us = BEGIN};

    snprintf(user.name, sizeof(user.name), "%s", name);
    snprintf(user.scope, sizeof(user.scope), "%s", scope);
    memcpy(user.hash, good_hash, sizeof(user.hash));
    if (!users_open(&users, storage_disk(), folder, &err) ||
        !users_add_hashed(&users, &user, &err) || !users_save(&users, &err))
        fail_msg("%s", err.message);
    users_close(&users);
}

static void open_accounts(void)
{
    struct dag_error err = {0};

    accounts = accounts_open(
        &(struct accounts_options){.data = folder, .clock = &now.clock, .requests_burst = 3}, &err);
    if (!accounts)
        fail_msg("%s", err.message);
}

static int set_up_group(void **state)
{
    struct dag_error err = {0};

    (void)state;
    return password_hash(GOOD, good_hash, &err) ? 0 : -1;
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dagd-accounts-XXXXXX");
    clock_virtual_init(&now, BEGIN);
    if (!mkdtemp(folder))
        return -1;
    add_user("ann", ROLE_ADMIN, "");
    add_user("bob", ROLE_OPERATOR, "trade_*,fx_?");
    open_accounts();
    return 0;
}

static int tear_down(void **state)
{
    char command[100];

    (void)state;
    accounts_close(accounts);
    answer_deinit(&answer);
    answer = (struct answer){0};
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void expect(bool done)
{
    if (!done)
        fail_msg("%s: %s", answer.code, answer.detail);
}

static void expect_refusal(bool done, enum answer_kind kind, const char *code)
{
    assert_false(done);
    assert_string_equal(answer.code, code);
    assert_int_equal(answer.kind, kind);
}

struct signed_in {
    char cookie[CREDENTIAL_SIZE];
    struct principal principal;
};

static struct signed_in sign_in(const char *name, const char *password)
{
    struct signed_in result;

    expect(accounts_sign_in(accounts, name, password, "10.0.0.1", result.cookie, &result.principal,
                            &answer));
    return result;
}

static bool attempt(const char *name, const char *password, const char *address)
{
    struct signed_in result;

    return accounts_sign_in(accounts, name, password, address, result.cookie, &result.principal,
                            &answer);
}

static bool resolves(const char *cookie)
{
    struct principal principal;

    return accounts_resolve_cookie(accounts, cookie, true, &principal);
}

/* ---- signing in ---- */

static void signs_in_with_the_right_password_only(void **state)
{
    (void)state;
    struct signed_in ann = sign_in("ann", GOOD);
    struct principal principal;

    assert_true(accounts_resolve_cookie(accounts, ann.cookie, true, &principal));
    assert_string_equal(principal.name, "ann");
    assert_int_equal(principal.role, ROLE_ADMIN);
    assert_int_equal(principal.method, PRINCIPAL_COOKIE);
    assert_int_equal(strlen(ann.cookie), 43);
    assert_int_equal(strlen(principal.csrf), 43);
    assert_string_not_equal(principal.csrf, ann.cookie);
    expect_refusal(attempt("ann", BETTER, "10.0.0.1"), ANSWER_DENIED, "sign_in_failed");
    expect_refusal(attempt("nobody", GOOD, "10.0.0.1"), ANSWER_DENIED, "sign_in_failed");
    assert_false(resolves("x"));
    assert_false(resolves(""));
}

static void a_disabled_user_gets_the_same_answer_as_a_wrong_password(void **state)
{
    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    bool yes = true, no = false;

    expect(
        accounts_change_user(accounts, "bob", &(struct user_change){.is_disabled = &yes}, &answer));
    assert_false(resolves(bob.cookie));
    expect_refusal(attempt("bob", GOOD, "10.0.0.1"), ANSWER_DENIED, "sign_in_failed");
    expect(
        accounts_change_user(accounts, "bob", &(struct user_change){.is_disabled = &no}, &answer));
    expect(attempt("bob", GOOD, "10.0.0.1"));
    assert_false(resolves(bob.cookie));
}

static void waits_grow_after_five_failures_and_end(void **state)
{
    static const unsigned int waits_s[] = {1, 2, 4, 8};

    (void)state;
    for (size_t i = 0; i < 5; i++)
        expect_refusal(attempt("ann", "wrong", "10.0.0.1"), ANSWER_DENIED, "sign_in_failed");
    for (size_t i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
        expect_refusal(attempt("ann", GOOD, "10.0.0.2"), ANSWER_FULL, "sign_in_slowed");
        assert_int_equal(answer.retry_after_s, waits_s[i]);
        clock_virtual_advance(&now, waits_s[i] * SECOND_US);
        expect_refusal(attempt("ann", "wrong", "10.0.0.1"), ANSWER_DENIED, "sign_in_failed");
    }
    clock_virtual_advance(&now, 16 * SECOND_US);
    sign_in("ann", GOOD);
    expect_refusal(attempt("ann", "wrong", "10.0.0.3"), ANSWER_DENIED, "sign_in_failed");
}

/* ---- login sessions ---- */

static void a_session_ends_when_idle_and_after_its_lifetime(void **state)
{
    (void)state;
    struct signed_in idle = sign_in("ann", GOOD), used = sign_in("ann", GOOD);

    for (size_t i = 0; i < 23; i++) {
        clock_virtual_advance(&now, 29 * MINUTE_US);
        assert_true(resolves(used.cookie));
    }
    assert_false(resolves(idle.cookie));
    clock_virtual_advance(&now, 29 * MINUTE_US);
    assert_true(resolves(used.cookie));
    clock_virtual_advance(&now, 24 * MINUTE_US);
    assert_false(resolves(used.cookie)); /* 12 hours */
}

static void streams_are_no_activity(void **state)
{
    (void)state;
    struct signed_in ann = sign_in("ann", GOOD);
    struct principal principal;

    clock_virtual_advance(&now, 20 * MINUTE_US);
    assert_true(accounts_resolve_cookie(accounts, ann.cookie, false, &principal));
    assert_true(accounts_is_valid(accounts, &principal));
    clock_virtual_advance(&now, 10 * MINUTE_US);
    assert_false(accounts_is_valid(accounts, &principal));
    assert_false(resolves(ann.cookie));
}

static _Atomic int told;

static void count_change(void *context)
{
    (void)context;
    atomic_fetch_add(&told, 1);
}

static void a_revocation_is_seen_at_once(void **state)
{
    (void)state;
    struct signed_in first = sign_in("ann", GOOD), second = sign_in("ann", GOOD);

    told = 0;
    accounts_watch(accounts, count_change, NULL);
    uint64_t generation = accounts_generation(accounts);
    expect(accounts_end_login_session(accounts, "ann", second.principal.id, &answer));
    assert_int_equal(told, 1);
    assert_int_equal(accounts_generation(accounts), generation + 1);
    assert_false(accounts_is_valid(accounts, &second.principal));
    assert_true(accounts_is_valid(accounts, &first.principal));
    expect_refusal(accounts_end_login_session(accounts, "ann", second.principal.id, &answer),
                   ANSWER_NOT_FOUND, "login_session_not_found");
    expect_refusal(accounts_end_login_session(accounts, "bob", first.principal.id, &answer),
                   ANSWER_NOT_FOUND, "login_session_not_found");
    accounts_sign_out(accounts, &first.principal);
    assert_int_equal(told, 2);
    assert_false(resolves(first.cookie));
}

static void a_change_of_role_ends_sessions_and_narrows_principals(void **state)
{
    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);

    expect(
        accounts_change_user(accounts, "bob", &(struct user_change){.role = ROLE_VIEWER}, &answer));
    assert_false(accounts_is_valid(accounts, &bob.principal));
    assert_false(resolves(bob.cookie));
    assert_int_equal(sign_in("bob", GOOD).principal.role, ROLE_VIEWER);
}

/* ---- passwords ---- */

static void a_new_password_ends_the_other_sessions_and_renews_this_one(void **state)
{
    (void)state;
    struct signed_in here = sign_in("bob", GOOD), there = sign_in("bob", GOOD);
    char cookie[CREDENTIAL_SIZE];

    expect_refusal(accounts_change_password(accounts, &here.principal, "wrong", BETTER, "10.0.0.1",
                                            cookie, &answer),
                   ANSWER_DENIED, "wrong_password");
    expect_refusal(accounts_change_password(accounts, &here.principal, GOOD, "password1234",
                                            "10.0.0.1", cookie, &answer),
                   ANSWER_INVALID, "weak_password");
    expect_refusal(accounts_change_password(accounts, &here.principal, GOOD, GOOD, "10.0.0.1",
                                            cookie, &answer),
                   ANSWER_INVALID, "same_password");
    assert_true(resolves(here.cookie));
    expect(accounts_change_password(accounts, &here.principal, GOOD, BETTER, "10.0.0.1", cookie,
                                    &answer));
    assert_false(resolves(here.cookie));
    assert_false(resolves(there.cookie));
    assert_true(resolves(cookie));
    expect_refusal(attempt("bob", GOOD, "10.0.0.1"), ANSWER_DENIED, "sign_in_failed");
    accounts_close(accounts);
    open_accounts();
    assert_false(resolves(cookie)); /* in memory only */
    sign_in("bob", BETTER);
}

static void a_reset_password_must_be_changed(void **state)
{
    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    char cookie[CREDENTIAL_SIZE];

    assert_false(bob.principal.must_change);
    expect(accounts_reset_password(accounts, "bob", BETTER, &answer));
    assert_false(resolves(bob.cookie));
    bob = sign_in("bob", BETTER);
    assert_true(bob.principal.must_change);
    expect(accounts_change_password(accounts, &bob.principal, BETTER, GOOD, "10.0.0.1", cookie,
                                    &answer));
    assert_false(bob.principal.must_change);
    assert_true(accounts_is_valid(accounts, &bob.principal));
}

static void an_old_hash_is_made_anew(void **state)
{
    struct users users;
    struct dag_error err = {0};

    (void)state;
    accounts_close(accounts);
    assert_true(users_open(&users, storage_disk(), folder, &err));
    strcpy(users_find(&users, "bob", &err)->hash, OLD_HASH);
    assert_true(users_save(&users, &err));
    users_close(&users);
    open_accounts();
    sign_in("bob", GOOD);
    assert_true(users_open(&users, storage_disk(), folder, &err));
    assert_false(password_is_outdated(users_find(&users, "bob", &err)->hash));
    assert_true(password_matches(GOOD, users_find(&users, "bob", &err)->hash));
    users_close(&users);
}

static _Atomic int busy, served;

static void *sign_in_in_a_thread(void *context)
{
    char cookie[CREDENTIAL_SIZE];
    struct principal principal;
    struct answer own = {0};

    (void)context;
    if (accounts_sign_in(accounts, "ann", GOOD, "10.0.0.1", cookie, &principal, &own))
        atomic_fetch_add(&served, 1);
    else if (own.kind == ANSWER_UNAVAILABLE && strcmp(own.code, "sign_in_busy") == 0 &&
             own.retry_after_s == 1)
        atomic_fetch_add(&busy, 1);
    answer_deinit(&own);
    return NULL;
}

static void at_most_two_hashes_run_at_once(void **state)
{
    pthread_t threads[8];

    (void)state;
    busy = served = 0;
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_in_in_a_thread, NULL), 0);
    for (size_t i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(busy + served, 8);
    assert_in_range(served, 1, 8);
    sign_in("ann", GOOD); /* the room is given back */
    sign_in("ann", GOOD);
    sign_in("ann", GOOD);
}

/* ---- the first user ---- */

static void the_first_user_comes_by_a_link_that_works_once(void **state)
{
    char token[CREDENTIAL_SIZE], older[CREDENTIAL_SIZE], cookie[CREDENTIAL_SIZE], path[100];
    struct principal principal;
    struct dag_error err = {0};

    (void)state;
    assert_false(accounts_begin_set_up(accounts, token, &err));
    accounts_close(accounts);
    snprintf(path, sizeof(path), "%s/users.json", folder);
    assert_int_equal(remove(path), 0);
    open_accounts();
    expect_refusal(
        accounts_set_up(accounts, "", "eve", GOOD, "10.0.0.1", cookie, &principal, &answer),
        ANSWER_DENIED, "bad_setup_token");
    assert_true(accounts_begin_set_up(accounts, older, &err));
    assert_true(accounts_begin_set_up(accounts, token, &err));
    expect_refusal(
        accounts_set_up(accounts, older, "eve", GOOD, "10.0.0.1", cookie, &principal, &answer),
        ANSWER_DENIED, "bad_setup_token");
    expect_refusal(accounts_set_up(accounts, token, "eve", "password1234", "10.0.0.1", cookie,
                                   &principal, &answer),
                   ANSWER_INVALID, "weak_password");
    expect_refusal(accounts_set_up(accounts, token, "not a name", GOOD, "10.0.0.1", cookie,
                                   &principal, &answer),
                   ANSWER_INVALID, "bad_user");
    expect(accounts_set_up(accounts, token, "eve", GOOD, "10.0.0.1", cookie, &principal, &answer));
    assert_int_equal(principal.role, ROLE_ADMIN);
    assert_true(resolves(cookie));
    expect_refusal(
        accounts_set_up(accounts, token, "mal", GOOD, "10.0.0.1", cookie, &principal, &answer),
        ANSWER_CONFLICT, "set_up_already");
    assert_false(accounts_begin_set_up(accounts, token, &err));
}

/* ---- tokens ---- */

static const struct tree *parse(struct tree_document *document, struct dag_buffer *out)
{
    struct dag_error err = {0};
    const struct tree *root = tree_parse(document, out->bytes, out->size, 8, NULL, NULL, &err);

    if (!root)
        fail_msg("%s", err.message);
    return root;
}

/* The secret of a new token. */
static void make_token(const struct principal *principal, struct token_wish wish,
                       char secret[CREDENTIAL_SIZE], char id[CREDENTIAL_ID_SIZE])
{
    struct dag_buffer out = {0};
    struct tree_document *document = tree_document_new();

    if (!wish.name)
        wish.name = "a script";
    expect(accounts_create_token(accounts, principal, &wish, id, &out, &answer));
    snprintf(secret, CREDENTIAL_SIZE, "%s", tree_get(parse(document, &out), "secret")->text);
    tree_document_free(document);
    dag_buffer_free(&out);
}

static void a_token_survives_a_restart_and_no_secret_is_kept(void **state)
{
    char secret[CREDENTIAL_SIZE], id[CREDENTIAL_ID_SIZE], path[100];
    struct principal principal;
    struct dag_buffer bytes = {0};
    struct dag_error err = {0};
    bool exists;

    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    make_token(&bob.principal, (struct token_wish){0}, secret, id);
    assert_int_equal(strncmp(secret, "dct_", 4), 0);
    assert_int_equal(strlen(secret), 47);
    accounts_close(accounts);
    open_accounts();
    assert_true(accounts_resolve_token(accounts, secret, &principal));
    assert_string_equal(principal.name, "bob");
    assert_string_equal(principal.id, id);
    assert_string_equal(principal.scope, "trade_*,fx_?");
    assert_int_equal(principal.role, ROLE_OPERATOR);
    assert_int_equal(principal.expires_us, BEGIN + 90 * DAY_US);
    assert_string_equal(principal.csrf, "");
    secret[10] ^= 1;
    assert_false(accounts_resolve_token(accounts, secret, &principal));
    secret[10] ^= 1;
    snprintf(path, sizeof(path), "%s/tokens.json", folder);
    assert_true(read_file(storage_disk(), path, &bytes, &exists, &err));
    assert_null(memmem(bytes.bytes, bytes.size, secret + 4, strlen(secret + 4)));
    dag_buffer_free(&bytes);
    clock_virtual_advance(&now, 90 * DAY_US);
    assert_false(accounts_resolve_token(accounts, secret, &principal));
}

static void a_token_is_never_above_its_owner(void **state)
{
    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    const struct {
        struct token_wish wish;
        const char *code; /* NULL: it is made */
    } cases[] = {
        {{.name = "a", .role = ROLE_ADMIN}, "bad_token"},
        {{.name = "a", .scope = "*"}, "bad_token"},
        {{.name = "a", .scope = "trade_*,other"}, "bad_token"},
        {{.name = "a", .scope = "fx_*"}, "bad_token"},
        {{.name = "a", .scope = "not a scope"}, "bad_token"},
        {{.name = "a", .days = 366}, "bad_token"},
        {{.name = "a", .days = -1}, "bad_token"},
        {{.name = ""}, "bad_token"},
        {{.name = "a\n"}, "bad_token"},
        {{.name = "a", .days = 365, .role = ROLE_VIEWER}, NULL},
        {{.name = "a", .scope = "trade_a*,fx_1"}, NULL},
        {{.name = "a", .scope = "fx_?"}, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dag_buffer out = {0};
        bool done =
            accounts_create_token(accounts, &bob.principal, &cases[i].wish, NULL, &out, &answer);

        if (cases[i].code)
            expect_refusal(done, ANSWER_INVALID, cases[i].code);
        else
            expect(done);
        dag_buffer_free(&out);
    }
}

static void a_token_follows_its_owner(void **state)
{
    char wide[CREDENTIAL_SIZE], narrow[CREDENTIAL_SIZE], id[CREDENTIAL_ID_SIZE];
    struct principal principal, before;
    bool yes = true, no = false;

    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    make_token(&bob.principal, (struct token_wish){0}, wide, id);
    make_token(&bob.principal, (struct token_wish){.scope = "fx_1,fx_2"}, narrow, id);
    assert_true(accounts_resolve_token(accounts, wide, &before));
    expect(accounts_change_user(
        accounts, "bob", &(struct user_change){.role = ROLE_VIEWER, .scope = "fx_1"}, &answer));
    assert_false(accounts_is_valid(accounts, &before));
    assert_false(
        accounts_resolve_token(accounts, wide, &principal)); /* none of its globs is left */
    assert_true(accounts_resolve_token(accounts, narrow, &principal));
    assert_string_equal(principal.scope, "fx_1");
    assert_int_equal(principal.role, ROLE_VIEWER);
    expect(
        accounts_change_user(accounts, "bob", &(struct user_change){.is_disabled = &yes}, &answer));
    assert_false(accounts_resolve_token(accounts, narrow, &principal));
    expect(
        accounts_change_user(accounts, "bob", &(struct user_change){.is_disabled = &no}, &answer));
    assert_true(accounts_resolve_token(accounts, narrow, &principal));
}

static void a_token_makes_no_wider_one(void **state)
{
    char secret[CREDENTIAL_SIZE], other[CREDENTIAL_SIZE], id[CREDENTIAL_ID_SIZE];
    struct principal narrow, principal;
    struct dag_buffer out = {0};

    (void)state;
    struct signed_in ann = sign_in("ann", GOOD);
    make_token(&ann.principal, (struct token_wish){.role = ROLE_VIEWER, .scope = "fx_1"}, secret,
               id);
    assert_true(accounts_resolve_token(accounts, secret, &narrow));
    expect_refusal(accounts_create_token(accounts, &narrow,
                                         &(struct token_wish){.name = "a", .role = ROLE_OPERATOR},
                                         NULL, &out, &answer),
                   ANSWER_INVALID, "bad_token");
    make_token(&narrow, (struct token_wish){0}, other, id);
    assert_true(accounts_resolve_token(accounts, other, &principal));
    assert_string_equal(principal.scope, "fx_1");
    assert_int_equal(principal.role, ROLE_VIEWER);
    dag_buffer_free(&out);
}

static void tokens_are_revoked_one_by_one_and_all(void **state)
{
    char first[CREDENTIAL_SIZE], second[CREDENTIAL_SIZE], id[CREDENTIAL_ID_SIZE];
    struct principal principal, other;

    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    make_token(&bob.principal, (struct token_wish){0}, first, id);
    assert_true(accounts_resolve_token(accounts, first, &principal));
    expect_refusal(accounts_revoke_token(accounts, "ann", id, &answer), ANSWER_NOT_FOUND,
                   "token_not_found");
    make_token(&bob.principal, (struct token_wish){0}, second, id);
    expect(accounts_revoke_token(accounts, "bob", principal.id, &answer));
    assert_false(accounts_is_valid(accounts, &principal));
    assert_true(accounts_resolve_token(accounts, second, &other));
    expect(accounts_revoke_tokens(accounts, "bob", &answer));
    assert_false(accounts_is_valid(accounts, &other));
    expect_refusal(accounts_revoke_tokens(accounts, "eve", &answer), ANSWER_NOT_FOUND,
                   "user_not_found");
}

static void when_a_token_was_used_is_written_down_later(void **state)
{
    char secret[CREDENTIAL_SIZE], id[CREDENTIAL_ID_SIZE];
    struct principal principal;
    struct tokens tokens;
    struct dag_error err = {0};

    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    make_token(&bob.principal, (struct token_wish){0}, secret, id);
    clock_virtual_advance(&now, HOUR_US);
    assert_true(accounts_resolve_token(accounts, secret, &principal));
    assert_true(tokens_open(&tokens, storage_disk(), folder, &err));
    assert_int_equal(tokens_find(&tokens, "bob", id)->last_used_us, 0);
    tokens_close(&tokens);
    assert_true(accounts_flush(accounts, &err));
    assert_true(tokens_open(&tokens, storage_disk(), folder, &err));
    assert_int_equal(tokens_find(&tokens, "bob", id)->last_used_us, BEGIN + HOUR_US);
    tokens_close(&tokens);
}

/* ---- users ---- */

static void users_are_added_changed_and_removed(void **state)
{
    const struct user_request eve = {.name = "eve", .password = GOOD, .role = ROLE_VIEWER};
    char secret[CREDENTIAL_SIZE], id[CREDENTIAL_ID_SIZE];
    struct principal principal;

    (void)state;
    expect(accounts_add_user(accounts, &eve, &answer));
    expect_refusal(accounts_add_user(accounts, &eve, &answer), ANSWER_CONFLICT, "user_exists");
    struct signed_in signed_in = sign_in("eve", GOOD);
    make_token(&signed_in.principal, (struct token_wish){0}, secret, id);
    expect(accounts_remove_user(accounts, "eve", &answer));
    assert_false(resolves(signed_in.cookie));
    expect_refusal(accounts_remove_user(accounts, "eve", &answer), ANSWER_NOT_FOUND,
                   "user_not_found");
    clock_virtual_advance(&now, SECOND_US);
    expect(accounts_add_user(accounts, &eve, &answer));
    assert_false(accounts_resolve_token(accounts, secret, &principal));
}

static void the_last_admin_stays(void **state)
{
    bool yes = true;

    (void)state;
    expect_refusal(accounts_remove_user(accounts, "ann", &answer), ANSWER_CONFLICT, "last_admin");
    expect_refusal(
        accounts_change_user(accounts, "ann", &(struct user_change){.role = ROLE_VIEWER}, &answer),
        ANSWER_CONFLICT, "last_admin");
    expect_refusal(
        accounts_change_user(accounts, "ann", &(struct user_change){.is_disabled = &yes}, &answer),
        ANSWER_CONFLICT, "last_admin");
    sign_in("ann", GOOD);
}

static void what_cannot_be_written_is_not_done(void **state)
{
    char path[100];

    (void)state;
    snprintf(path, sizeof(path), "mkdir %s/users.json.tmp", folder);
    assert_int_equal(system(path), 0);
    struct signed_in bob = sign_in("bob", GOOD);
    expect_refusal(
        accounts_change_user(accounts, "bob", &(struct user_change){.role = ROLE_VIEWER}, &answer),
        ANSWER_UNAVAILABLE, "not_written");
    assert_true(accounts_is_valid(accounts, &bob.principal));
    assert_int_equal(sign_in("bob", GOOD).principal.role, ROLE_OPERATOR);
    assert_null(strstr(answer.detail, folder));
}

static void requests_are_limited_by_user(void **state)
{
    int64_t wait_us;

    (void)state;
    struct signed_in ann = sign_in("ann", GOOD), bob = sign_in("bob", GOOD);
    for (size_t i = 0; i < 3; i++)
        assert_true(accounts_admit(accounts, &ann.principal, &wait_us));
    assert_false(accounts_admit(accounts, &ann.principal, &wait_us));
    assert_in_range(wait_us, 20000, 20001);
    assert_true(accounts_admit(accounts, &bob.principal, &wait_us));
    clock_virtual_advance(&now, wait_us + 20000);
    assert_true(accounts_admit(accounts, &ann.principal, &wait_us));
    assert_false(accounts_admit(accounts, &ann.principal, &wait_us));
}

/* ---- what is shown ---- */

static void lists_come_by_pages(void **state)
{
    struct dag_buffer out = {0};
    struct tree_document *document = tree_document_new();
    struct accounts_page page = {.limit = 1};

    (void)state;
    expect(accounts_write_users(accounts, &page, &out, &answer));
    const struct tree *root = parse(document, &out);
    assert_int_equal(tree_get(root, "total")->integer, 2);
    assert_string_equal(tree_get(tree_get(root, "items")->child, "name")->text, "ann");
    assert_int_equal(tree_get(tree_get(root, "items")->child, "last_login")->type, TREE_NULL);
    page.cursor = tree_get(root, "next_cursor")->text;
    out.size = 0;
    expect(accounts_write_users(accounts, &page, &out, &answer));
    root = parse(document, &out);
    assert_string_equal(tree_get(tree_get(root, "items")->child, "name")->text, "bob");
    assert_int_equal(tree_get(root, "next_cursor")->type, TREE_NULL);
    out.size = 0;
    page = (struct accounts_page){.sort = "-name"};
    expect(accounts_write_users(accounts, &page, &out, &answer));
    root = parse(document, &out);
    assert_string_equal(tree_get(tree_get(root, "items")->child, "name")->text, "bob");
    page.sort = "role";
    expect_refusal(accounts_write_users(accounts, &page, &out, &answer), ANSWER_BAD, "bad_sort");
    assert_null(memmem(out.bytes, out.size, "argon2", 6));
    tree_document_free(document);
    dag_buffer_free(&out);
}

static void shows_where_one_is_signed_in(void **state)
{
    struct dag_buffer out = {0};
    struct tree_document *document = tree_document_new();
    struct accounts_page page = {0};

    (void)state;
    struct signed_in first = sign_in("ann", GOOD);
    clock_virtual_advance(&now, SECOND_US);
    sign_in("ann", GOOD);
    expect(accounts_write_login_sessions(accounts, first.principal.name, &first.principal, &page,
                                         &out, &answer));
    const struct tree *items = tree_get(parse(document, &out), "items");
    assert_int_equal(items->count, 2);
    assert_string_equal(tree_get(items->child, "id")->text, first.principal.id);
    assert_true(tree_get(items->child, "is_current")->integer);
    assert_false(tree_get(items->child->next, "is_current")->integer);
    assert_null(memmem(out.bytes, out.size, first.cookie, strlen(first.cookie)));
    out.size = 0;
    expect(accounts_write_me(accounts, &first.principal, &out, &answer));
    const struct tree *me = parse(document, &out);
    assert_string_equal(tree_get(me, "csrf_token")->text, first.principal.csrf);
    assert_string_equal(tree_get(me, "expires")->text, "2026-01-02T15:04:05.678Z");
    tree_document_free(document);
    dag_buffer_free(&out);
}

/* ---- many at once ---- */

static _Atomic bool is_over;

static void *resolve_in_a_thread(void *context)
{
    const char *secret = context;
    struct principal principal;
    int64_t wait_us;

    while (!atomic_load(&is_over))
        if (accounts_resolve_token(accounts, secret, &principal)) {
            (void)accounts_is_valid(accounts, &principal);
            (void)accounts_admit(accounts, &principal, &wait_us);
        }
    return NULL;
}

static void changes_and_requests_go_together(void **state)
{
    char secret[CREDENTIAL_SIZE], other[CREDENTIAL_SIZE], id[CREDENTIAL_ID_SIZE];
    struct dag_error err = {0};
    pthread_t threads[3];

    (void)state;
    struct signed_in bob = sign_in("bob", GOOD);
    make_token(&bob.principal, (struct token_wish){0}, secret, id);
    is_over = false;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, resolve_in_a_thread, secret), 0);
    for (size_t i = 0; i < 20; i++) {
        make_token(&bob.principal, (struct token_wish){0}, other, id);
        expect(accounts_change_user(
            accounts, "bob",
            &(struct user_change){.role = i % 2 == 0 ? ROLE_VIEWER : ROLE_OPERATOR}, &answer));
        expect(accounts_revoke_token(accounts, "bob", id, &answer));
        assert_true(accounts_flush(accounts, &err));
        clock_virtual_advance(&now, HOUR_US);
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_true(accounts_resolve_token(accounts, secret, &bob.principal));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(signs_in_with_the_right_password_only),
        CASE(a_disabled_user_gets_the_same_answer_as_a_wrong_password),
        CASE(waits_grow_after_five_failures_and_end),
        CASE(a_session_ends_when_idle_and_after_its_lifetime),
        CASE(streams_are_no_activity),
        CASE(a_revocation_is_seen_at_once),
        CASE(a_change_of_role_ends_sessions_and_narrows_principals),
        CASE(a_new_password_ends_the_other_sessions_and_renews_this_one),
        CASE(a_reset_password_must_be_changed),
        CASE(an_old_hash_is_made_anew),
        CASE(at_most_two_hashes_run_at_once),
        CASE(the_first_user_comes_by_a_link_that_works_once),
        CASE(a_token_survives_a_restart_and_no_secret_is_kept),
        CASE(a_token_is_never_above_its_owner),
        CASE(a_token_follows_its_owner),
        CASE(a_token_makes_no_wider_one),
        CASE(tokens_are_revoked_one_by_one_and_all),
        CASE(when_a_token_was_used_is_written_down_later),
        CASE(users_are_added_changed_and_removed),
        CASE(the_last_admin_stays),
        CASE(what_cannot_be_written_is_not_done),
        CASE(requests_are_limited_by_user),
        CASE(lists_come_by_pages),
        CASE(shows_where_one_is_signed_in),
        CASE(changes_and_requests_go_together),
    };
    return cmocka_run_group_tests(tests, set_up_group, NULL);
}
