/* api_account.c - signing in and out, one's own password, tokens and login sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "http/api_account.h"
#include "http/api_handlers.h"

#define COOKIE_TEXT_SIZE (CREDENTIAL_SIZE + 96)
#define PASSWORD_MAX     PASSWORD_SIZE_MAX
#define TOKEN_NAME_MAX   (TOKEN_NAME_SIZE - 1)
#define SCOPE_MAX        (SCOPE_SIZE - 1)

/* ---- the cookie ---- */

/* `value` NULL takes it away. */
static void write_cookie(const struct http_request *request, const char *value,
                         char out[COOKIE_TEXT_SIZE])
{
    snprintf(out, COOKIE_TEXT_SIZE, "%s=%s; Path=/; HttpOnly;%s SameSite=Lax%s",
             api_cookie_name(request), value ? value : "", request->is_tls ? " Secure;" : "",
             value ? "" : "; Max-Age=0");
}

/* A cookie without Secure would go over the wire for all to see. */
static bool check_may_have_cookie(struct http_request *request)
{
    if (request->is_tls || request->is_loopback)
        return true;
    api_reply_error(request, 403, "plain_http",
                    "signing in needs TLS, or a listed proxy that sets X-Forwarded-Proto: over "
                    "plain HTTP the login session could be stolen; API tokens work");
    return false;
}

/* Answers with who is signed in, and the cookie when `value` isn't NULL. */
static void reply_me(struct api *api, struct http_request *request,
                     const struct principal *principal, const char *value)
{
    char cookie[COOKIE_TEXT_SIZE];
    const struct http_pair extra = {.name = "Set-Cookie", .value = cookie};
    const struct http_reply reply = {.extra = &extra, .extra_count = value != NULL};
    struct dag_buffer out = {0};
    struct answer answer = {0};

    write_cookie(request, value, cookie);
    if (accounts_write_me(api->accounts, principal, &out, &answer))
        api_reply_other(request, &reply, &out);
    else
        api_reply_answer(request, &answer);
    dag_buffer_free(&out);
    answer_deinit(&answer);
}

/* From here on the call is known as the one who signed in. */
static void sign_in_as(struct http_request *request, const struct principal *principal)
{
    struct api_call *call = api_call_of(request);

    call->account = *principal;
    api_call_set_account(call);
}

/* ---- signing in ---- */

void handle_set_up(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"token", TREE_TEXT, true, 256},
        {"name", TREE_TEXT, true, USER_NAME_SIZE - 1},
        {"password", TREE_TEXT, true, PASSWORD_MAX},
    };
    struct api *api = context;
    const struct tree *body = api_body(request, members, 3);
    char cookie[CREDENTIAL_SIZE];
    struct principal principal = {0};
    struct answer answer = {0};

    if (!body || !check_may_have_cookie(request))
        return;
    api_set_object(request, "user", api_text(body, "name", ""));
    if (accounts_set_up(api->accounts, api_text(body, "token", ""), api_text(body, "name", ""),
                        api_text(body, "password", ""), request->peer, cookie, &principal,
                        &answer)) {
        sign_in_as(request, &principal);
        api_note(request, "the first admin");
        reply_me(api, request, &principal, cookie);
    } else {
        api_reply_answer(request, &answer);
    }
    explicit_bzero(cookie, sizeof(cookie));
    answer_deinit(&answer);
}

/* The name of somebody who exists. What is typed there may as well be a password. */
static void name_who_tries(struct api *api, struct http_request *request, const char *name)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (accounts_write_user(api->accounts, name, &out, &answer))
        api_set_object(request, "user", name);
    else
        api_note(request, "no such user");
    dag_buffer_free(&out);
    answer_deinit(&answer);
}

static void reply_sign_in_failed(struct http_request *request, const struct answer *answer)
{
    if (answer->kind == ANSWER_DENIED)
        api_reply_error(request, 401, answer->code, "%s", answer->detail);
    else
        api_reply_answer(request, answer);
}

void handle_login(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"name", TREE_TEXT, true, 1024},
        {"password", TREE_TEXT, true, PASSWORD_MAX},
    };
    struct api *api = context;
    struct principal before = *api_account_of(request), principal = {0};
    const struct tree *body = api_body(request, members, 2);
    char cookie[CREDENTIAL_SIZE];
    struct answer answer = {0};

    if (!body || !check_may_have_cookie(request))
        return;
    name_who_tries(api, request, api_text(body, "name", ""));
    if (accounts_sign_in(api->accounts, api_text(body, "name", ""), api_text(body, "password", ""),
                         request->peer, cookie, &principal, &answer)) {
        if (before.method == PRINCIPAL_COOKIE)
            accounts_sign_out(api->accounts, &before);
        sign_in_as(request, &principal);
        reply_me(api, request, &principal, cookie);
    } else {
        reply_sign_in_failed(request, &answer);
    }
    explicit_bzero(cookie, sizeof(cookie));
    answer_deinit(&answer);
}

void handle_logout(void *context, struct http_request *request)
{
    struct api *api = context;
    char cookie[COOKIE_TEXT_SIZE];
    const struct http_pair extra = {.name = "Set-Cookie", .value = cookie};
    const struct http_reply reply = {.extra = &extra, .extra_count = 1};

    /* a token isn't signed in, and stays what it is */
    if (api_account_of(request)->method == PRINCIPAL_COOKIE)
        accounts_sign_out(api->accounts, api_account_of(request));
    write_cookie(request, NULL, cookie);
    api_reply_other(request, &reply, NULL);
}

/* ---- oneself ---- */

void handle_read_me(void *context, struct http_request *request)
{
    reply_me(context, request, api_account_of(request), NULL);
}

void handle_change_my_password(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"old_password", TREE_TEXT, true, PASSWORD_MAX},
        {"new_password", TREE_TEXT, true, PASSWORD_MAX},
    };
    struct api *api = context;
    struct principal principal = *api_account_of(request); /* a bad body ends the request */
    const struct tree *body = api_body(request, members, 2);
    char value[CREDENTIAL_SIZE] = "", cookie[COOKIE_TEXT_SIZE];
    const struct http_pair extra = {.name = "Set-Cookie", .value = cookie};
    struct answer answer = {0};

    if (!body)
        return;
    api_set_object(request, "user", principal.name);
    if (accounts_change_password(api->accounts, &principal, api_text(body, "old_password", ""),
                                 api_text(body, "new_password", ""), request->peer, value,
                                 &answer)) {
        const struct http_reply reply = {.extra = &extra, .extra_count = value[0] != '\0'};

        write_cookie(request, value, cookie);
        api_reply_other(request, &reply, NULL);
    } else {
        api_reply_answer(request, &answer);
    }
    explicit_bzero(value, sizeof(value));
    explicit_bzero(cookie, sizeof(cookie));
    answer_deinit(&answer);
}

/* ---- tokens ---- */

bool api_accounts_page(struct http_request *request, const char *sort, struct accounts_page *out)
{
    const char *const sorts[] = {sort, NULL};
    struct api_page page;

    if (!api_query_page(request, sorts, &page))
        return false;
    *out = (struct accounts_page){.limit = page.limit,
                                  .cursor = page.cursor,
                                  .sort = http_request_query(request, "sort"),
                                  .query = page.query};
    return true;
}

void api_reply_written(struct http_request *request, bool is_written, struct dag_buffer *out,
                       struct answer *answer)
{
    if (is_written)
        api_reply_json(request, 0, out);
    else
        api_reply_answer(request, answer);
    dag_buffer_free(out);
    answer_deinit(answer);
}

void handle_list_my_tokens(void *context, struct http_request *request)
{
    struct api *api = context;
    struct accounts_page page;
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!api_accounts_page(request, "created", &page))
        return;
    api_reply_written(
        request, accounts_write_tokens(api->accounts, api_user_of(request), &page, &out, &answer),
        &out, &answer);
}

bool api_read_role(struct http_request *request, const struct tree *body, enum role *role)
{
    const char *name = api_text(body, "role", NULL);

    *role = name ? role_of(name) : ROLE_NONE;
    if (!name || *role != ROLE_NONE)
        return true;
    api_reply_member(request, "/role", "'role' should be viewer, operator or admin");
    return false;
}

void handle_create_my_token(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"name", TREE_TEXT, true, TOKEN_NAME_MAX},
        {"role", TREE_TEXT, false, 16},
        {"scope", TREE_TEXT, false, SCOPE_MAX},
        {"days", TREE_INT, false, 0},
    };
    struct api *api = context;
    const struct tree *body = api_body(request, members, 4);
    struct token_wish wish = {0};
    char id[CREDENTIAL_ID_SIZE] = "";
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!body || !api_read_role(request, body, &wish.role))
        return;
    wish.name = api_text(body, "name", "");
    wish.scope = api_text(body, "scope", NULL);
    wish.days = api_integer(body, "days", TOKEN_DAYS_DEFAULT);
    if (wish.days < 1 || wish.days > TOKEN_DAYS_MAX) {
        api_reply_member(request, "/days", "'days' should be 1 to %d", TOKEN_DAYS_MAX);
        return;
    }

    bool is_made =
        accounts_create_token(api->accounts, api_account_of(request), &wish, id, &out, &answer);

    if (is_made)
        api_set_object(request, "token", id);
    api_reply_written(request, is_made, &out, &answer);
}

void handle_revoke_my_token(void *context, struct http_request *request)
{
    struct api *api = context;
    const char *id = http_request_parameter(request, "id");
    struct answer answer = {0};

    api_set_object(request, "token", id);
    accounts_revoke_token(api->accounts, api_user_of(request), id, &answer);
    api_reply_answer(request, &answer);
    answer_deinit(&answer);
}

/* ---- login sessions ---- */

void handle_list_my_login_sessions(void *context, struct http_request *request)
{
    struct api *api = context;
    struct accounts_page page;
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!api_accounts_page(request, "created", &page))
        return;
    const struct principal *own = api_account_of(request);

    api_reply_written(
        request, accounts_write_login_sessions(api->accounts, own->name, own, &page, &out, &answer),
        &out, &answer);
}

void handle_end_my_login_session(void *context, struct http_request *request)
{
    struct api *api = context;
    const char *id = http_request_parameter(request, "id");
    struct answer answer = {0};

    api_set_object(request, "login_session", id);
    accounts_end_login_session(api->accounts, api_user_of(request), id, &answer);
    api_reply_answer(request, &answer);
    answer_deinit(&answer);
}
