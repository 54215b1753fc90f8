/* api_users.c - users, as admins manage them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "http/api_account.h"
#include "http/api_handlers.h"

#define LOCATION_SIZE 256

static const char *user_of(const struct http_request *request)
{
    return http_request_parameter(request, "user");
}

/* Answers 204, or why not. */
static void reply_done(struct http_request *request, struct answer *answer)
{
    api_reply_answer(request, answer);
    answer_deinit(answer);
}

void handle_list_users(void *context, struct http_request *request)
{
    struct api *api = context;
    struct accounts_page page;
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!api_accounts_page(request, "name", &page))
        return;
    api_reply_written(request, accounts_write_users(api->accounts, &page, &out, &answer), &out,
                      &answer);
}

static void reply_user(struct api *api, struct http_request *request, const char *name)
{
    struct dag_buffer out = {0};
    struct answer answer = {0};

    api_reply_written(request, accounts_write_user(api->accounts, name, &out, &answer), &out,
                      &answer);
}

void handle_read_user(void *context, struct http_request *request)
{
    reply_user(context, request, user_of(request));
}

static void reply_created(struct api *api, struct http_request *request, const char *name)
{
    char location[LOCATION_SIZE];
    const struct http_pair extra = {.name = "Location", .value = location};
    const struct http_reply reply = {.extra = &extra, .extra_count = 1};
    struct dag_buffer out = {0};
    struct answer answer = {0};

    snprintf(location, sizeof(location), API_BASE "/users/%s", name);
    if (accounts_write_user(api->accounts, name, &out, &answer))
        api_reply_other(request, &reply, &out);
    else
        api_reply_answer(request, &answer);
    dag_buffer_free(&out);
    answer_deinit(&answer);
}

void handle_create_user(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"name", TREE_TEXT, true, USER_NAME_SIZE - 1},
        {"full_name", TREE_TEXT, false, FULL_NAME_SIZE - 1},
        {"password", TREE_TEXT, true, PASSWORD_SIZE_MAX},
        {"role", TREE_TEXT, true, 16},
        {"scope", TREE_TEXT, false, SCOPE_SIZE - 1},
        {"must_change", TREE_BOOL, false, 0},
    };
    struct api *api = context;
    const struct tree *body = api_body(request, members, sizeof(members) / sizeof(members[0]));
    struct user_request wish = {0};
    struct answer answer = {0};

    if (!body || !api_read_role(request, body, &wish.role))
        return;
    wish.name = api_text(body, "name", "");
    wish.full_name = api_text(body, "full_name", NULL);
    wish.password = api_text(body, "password", "");
    wish.scope = api_text(body, "scope", NULL);
    wish.must_change = api_bool(body, "must_change", false);
    api_set_object(request, "user", wish.name);
    if (!accounts_add_user(api->accounts, &wish, &answer)) {
        reply_done(request, &answer);
        return;
    }
    api_note(request, "role %s, scope %s", role_name(wish.role),
             wish.scope && wish.scope[0] ? wish.scope : "*");
    reply_created(api, request, wish.name);
    answer_deinit(&answer);
}

void handle_update_user(void *context, struct http_request *request)
{
    static const struct api_member members[] = {
        {"role", TREE_TEXT, false, 16},
        {"scope", TREE_TEXT, false, SCOPE_SIZE - 1},
        {"is_disabled", TREE_BOOL, false, 0},
    };
    struct api *api = context;
    const struct tree *body = api_body(request, members, sizeof(members) / sizeof(members[0]));
    struct user_change change = {0};
    struct answer answer = {0};
    bool is_disabled;

    if (!body || !api_read_role(request, body, &change.role))
        return;
    if (!body->child) {
        api_reply_member(request, "", "nothing is to be changed: give role, scope or is_disabled");
        return;
    }
    is_disabled = api_bool(body, "is_disabled", false);
    change.scope = api_text(body, "scope", NULL);
    change.is_disabled = tree_get(body, "is_disabled") ? &is_disabled : NULL;
    api_note(request, "%s%s%s%s%s", change.role ? "role " : "",
             change.role ? role_name(change.role) : "", change.scope ? " scope " : "",
             change.scope ? change.scope : "",
             !change.is_disabled ? ""
             : is_disabled       ? " disabled"
                                 : " enabled");
    if (accounts_change_user(api->accounts, user_of(request), &change, &answer))
        reply_user(api, request, user_of(request));
    else
        api_reply_answer(request, &answer);
    answer_deinit(&answer);
}

void handle_delete_user(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};

    accounts_remove_user(api->accounts, user_of(request), &answer);
    reply_done(request, &answer);
}

void handle_reset_password(void *context, struct http_request *request)
{
    static const struct api_member members[] = {{"password", TREE_TEXT, true, PASSWORD_SIZE_MAX}};
    struct api *api = context;
    const struct tree *body = api_body(request, members, 1);
    struct answer answer = {0};

    if (!body)
        return;
    accounts_reset_password(api->accounts, user_of(request), api_text(body, "password", ""),
                            &answer);
    reply_done(request, &answer);
}

void handle_list_login_sessions(void *context, struct http_request *request)
{
    struct api *api = context;
    struct accounts_page page;
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!api_accounts_page(request, "created", &page))
        return;
    api_reply_written(request,
                      accounts_write_login_sessions(api->accounts, user_of(request),
                                                    api_account_of(request), &page, &out, &answer),
                      &out, &answer);
}

void handle_end_login_sessions(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};

    accounts_end_login_sessions(api->accounts, user_of(request), &answer);
    reply_done(request, &answer);
}

/* ---- tokens of others ---- */

void handle_list_tokens(void *context, struct http_request *request)
{
    struct api *api = context;
    struct accounts_page page;
    struct dag_buffer out = {0};
    struct answer answer = {0};

    if (!api_accounts_page(request, "created", &page))
        return;
    api_reply_written(request,
                      accounts_write_tokens(api->accounts, user_of(request), &page, &out, &answer),
                      &out, &answer);
}

void handle_read_token(void *context, struct http_request *request)
{
    struct api *api = context;
    struct dag_buffer out = {0};
    struct answer answer = {0};

    api_reply_written(request,
                      accounts_write_token(api->accounts, user_of(request),
                                           http_request_parameter(request, "id"), &out, &answer),
                      &out, &answer);
}

void handle_revoke_tokens(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};

    api_note(request, "all tokens");
    accounts_revoke_tokens(api->accounts, user_of(request), &answer);
    reply_done(request, &answer);
}

void handle_revoke_token(void *context, struct http_request *request)
{
    struct api *api = context;
    struct answer answer = {0};

    api_note(request, "token %s", http_request_parameter(request, "id"));
    accounts_revoke_token(api->accounts, user_of(request), http_request_parameter(request, "id"),
                          &answer);
    reply_done(request, &answer);
}
