/* test_api_access.c - who may call what: roles, scopes, other sites, preconditions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/api_access.h"

static const struct http_route *route(const char *operation_id)
{
    for (size_t i = 0; i < api_operation_count; i++)
        if (strcmp(api_operations[i].operation_id, operation_id) == 0)
            return &api_operations[i];
    fail_msg("there is no operation '%s'", operation_id);
    return NULL;
}

/** The status that a token of a role gets; 0: it may. */
static unsigned int status_of(const struct http_route *at, enum role role)
{
    const struct api_principal principal = {
        .method = role == ROLE_NONE ? API_METHOD_NONE : API_METHOD_TOKEN, .role = role};
    const struct api_evidence evidence = {.if_match = "\"1\""};
    struct api_refusal refusal = {0};

    return api_may_call(at, &principal, &evidence, NULL, &refusal) ? 0 : refusal.status;
}

static void every_operation_keeps_the_matrix_of_roles(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_operation_count; i++) {
        const struct http_route *at = &api_operations[i];
        enum role needed = (enum role)(at->access & API_ROLE_MASK);

        for (int role = ROLE_NONE; role <= (int)ROLE_ADMIN; role++) {
            unsigned int wanted = 0;

            if ((int)needed > role)
                wanted = role == ROLE_NONE ? 401 : 403;
            assert_int_equal(status_of(at, (enum role)role), wanted);
        }
    }
}

static void the_matrix_is_the_one_that_was_specified(void **state)
{
    static const struct {
        const char *operation_id;
        enum role role;
    } cases[] = {
        {"listDags", ROLE_VIEWER},
        {"readDag", ROLE_VIEWER},
        {"readWhy", ROLE_VIEWER},
        {"readCluster", ROLE_VIEWER},
        {"startDag", ROLE_OPERATOR},
        {"stopDag", ROLE_OPERATOR},
        {"suspendDag", ROLE_OPERATOR},
        {"clearNodeErrors", ROLE_OPERATOR},
        {"tapNode", ROLE_OPERATOR},
        {"stepDag", ROLE_OPERATOR},
        {"publishMessages", ROLE_OPERATOR},
        {"redriveDeadLetters", ROLE_OPERATOR},
        {"createDag", ROLE_ADMIN},
        {"updateDag", ROLE_ADMIN},
        {"cloneDag", ROLE_ADMIN},
        {"rollBackDag", ROLE_ADMIN},
        {"deleteDag", ROLE_ADMIN},
        {"listUsers", ROLE_ADMIN},
        {"listTokens", ROLE_ADMIN},
        {"listAudit", ROLE_ADMIN},
        {"putLogLevels", ROLE_ADMIN},
        {"drainServer", ROLE_ADMIN},
        {"stepDown", ROLE_ADMIN},
        {"discardDeadLetters", ROLE_ADMIN},
        {"login", ROLE_NONE},
        {"readHealth", ROLE_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if ((route(cases[i].operation_id)->access & API_ROLE_MASK) != cases[i].role)
            fail_msg("%s", cases[i].operation_id);
}

static void a_dag_out_of_scope_is_not_there(void **state)
{
    const struct api_principal principal = {
        .method = API_METHOD_TOKEN, .role = ROLE_ADMIN, .scope = "trade_*,fx_?"};
    const struct api_evidence evidence = {.if_match = "\"1\""};
    struct api_refusal refusal = {0};

    (void)state;
    assert_true(api_may_call(route("deleteDag"), &principal, &evidence, "trade_eod", &refusal));
    assert_false(api_may_call(route("deleteDag"), &principal, &evidence, "price", &refusal));
    assert_int_equal(refusal.status, 404);
    assert_string_equal(refusal.code, "dag_not_found");
}

static void a_scope_keeps_one_from_what_concerns_all(void **state)
{
    const struct api_principal principal = {
        .method = API_METHOD_TOKEN, .role = ROLE_ADMIN, .scope = "trade_*"};
    const struct api_evidence evidence = {0};
    struct api_refusal refusal = {0};

    (void)state;
    assert_false(api_may_call(route("createUser"), &principal, &evidence, NULL, &refusal));
    assert_int_equal(refusal.status, 403);
    assert_string_equal(refusal.code, "scope_too_narrow");
}

static void a_scope_is_globs_of_two_signs(void **state)
{
    static const struct {
        const char *scope, *name;
        bool holds;
    } cases[] = {
        {"trade_*", "trade_", true},
        {"trade_*", "trade", false},
        {"*", "", true},
        {"fx_?", "fx_1", true},
        {"fx_?", "fx_", false},
        {"*_eod", "a_eod_eod", true},
        {"*_eod", "a_eod_x", false},
        {"a*b*c", "a1b2b3c", true},
        {"", "a", true},
        {NULL, "a", true},
        {"a,b*,c", "b1", true},
        {"a,b*,c", "c", true},
        {"a,b*,c", "a", true},
        {"a,b*,c", "a1", false},
        {"a,b*,c", "a,b", false},
        {"ab,c", "a", false},
        {"[ab]", "a", false},
        {"a**", "a", true},
        {"*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (api_may_see(&(struct api_principal){.scope = cases[i].scope}, cases[i].name) !=
            cases[i].holds)
            fail_msg("'%s' and '%s'", cases[i].scope ? cases[i].scope : "", cases[i].name);
}

static void two_credentials_are_one_too_many(void **state)
{
    const struct api_evidence evidence = {.cookie = "c", .authorization = "Bearer dct_t"};
    struct api_refusal refusal = {0};
    enum api_method method;
    const char *token;

    (void)state;
    assert_false(api_credential(&evidence, &method, &token, &refusal));
    assert_int_equal(refusal.status, 400);
    assert_string_equal(refusal.code, "two_credentials");
}

static void finds_the_credential(void **state)
{
    static const struct {
        struct api_evidence evidence;
        bool is_fine;
        enum api_method method;
        const char *token;
    } cases[] = {
        {{0}, true, API_METHOD_NONE, NULL},
        {{.cookie = "c"}, true, API_METHOD_COOKIE, NULL},
        {{.authorization = "Bearer dct_t"}, true, API_METHOD_TOKEN, "dct_t"},
        {{.authorization = "bearer  dct_t"}, true, API_METHOD_TOKEN, "dct_t"},
        {{.authorization = "Basic cm9vdA=="}, false, API_METHOD_NONE, NULL},
        {{.authorization = ""}, false, API_METHOD_NONE, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct api_refusal refusal = {0};
        enum api_method method;
        const char *token;
        bool is_fine = api_credential(&cases[i].evidence, &method, &token, &refusal);

        assert_int_equal(is_fine, cases[i].is_fine);
        assert_int_equal(method, cases[i].method);
        assert_int_equal(refusal.status, is_fine ? 0 : 401);
        if (cases[i].token)
            assert_string_equal(token, cases[i].token);
        else
            assert_null(token);
    }
}

static void a_cookie_alone_changes_nothing(void **state)
{
    static const struct {
        struct api_evidence evidence;
        const char *code; /* NULL: it may */
    } cases[] = {
        {{.fetch_site = "same-origin", .csrf_token = "right"}, NULL},
        {{.origin = "https://dagd:5000",
          .host = "dagd:5000",
          .is_tls = true,
          .csrf_token = "right"},
         NULL},
        {{.origin = "http://dagd:5000", .host = "dagd:5000", .is_tls = true, .csrf_token = "right"},
         "cross_site"},
        {{.fetch_site = "same-site", .csrf_token = "right"}, "cross_site"},
        {{.fetch_site = "none", .csrf_token = "right"}, "cross_site"},
        {{.fetch_site = "cross-site",
          .origin = "https://dagd",
          .host = "dagd",
          .is_tls = true,
          .csrf_token = "right"},
         "cross_site"},
        {{.origin = "null", .host = "dagd", .csrf_token = "right"}, "cross_site"},
        {{.csrf_token = "right"}, "cross_site"},
        {{.fetch_site = "same-origin"}, "csrf"},
        {{.fetch_site = "same-origin", .csrf_token = "wrong"}, "csrf"},
        {{.fetch_site = "same-origin", .csrf_token = "righ"}, "csrf"},
        {{.fetch_site = "same-origin", .csrf_token = ""}, "csrf"},
    };
    const struct api_principal principal = {
        .method = API_METHOD_COOKIE, .role = ROLE_OPERATOR, .csrf_token = "right"};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct api_refusal refusal = {0};
        bool may = api_may_call(route("startDag"), &principal, &cases[i].evidence, "a", &refusal);

        if (may != !cases[i].code || (!may && strcmp(refusal.code, cases[i].code) != 0))
            fail_msg("case %zu: %s", i, may ? "it may" : refusal.code);
        assert_true(
            api_may_call(route("readState"), &principal, &cases[i].evidence, "a", &refusal));
    }
}

static void another_site_can_not_sign_one_in(void **state)
{
    const struct api_principal nobody = {0};
    const struct api_evidence other = {.origin = "https://evil.example", .host = "dagd"};
    const struct api_evidence program = {.host = "dagd"};
    struct api_refusal refusal = {0};

    (void)state;
    assert_false(api_may_call(route("login"), &nobody, &other, NULL, &refusal));
    assert_string_equal(refusal.code, "cross_site");
    assert_false(api_may_call(route("setUp"), &nobody, &other, NULL, &refusal));
    assert_true(api_may_call(route("login"), &nobody, &program, NULL, &refusal));
}

static void a_revision_must_be_named(void **state)
{
    const struct api_principal principal = {.method = API_METHOD_TOKEN, .role = ROLE_ADMIN};
    const struct api_evidence evidence = {0};
    struct api_refusal refusal = {0};

    (void)state;
    assert_false(api_may_call(route("updateDag"), &principal, &evidence, "a", &refusal));
    assert_int_equal(refusal.status, 428);
    assert_true(api_may_call(route("startDag"), &principal, &evidence, "a", &refusal));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_keeps_the_matrix_of_roles),
        cmocka_unit_test(the_matrix_is_the_one_that_was_specified),
        cmocka_unit_test(a_dag_out_of_scope_is_not_there),
        cmocka_unit_test(a_scope_keeps_one_from_what_concerns_all),
        cmocka_unit_test(a_scope_is_globs_of_two_signs),
        cmocka_unit_test(two_credentials_are_one_too_many),
        cmocka_unit_test(finds_the_credential),
        cmocka_unit_test(a_cookie_alone_changes_nothing),
        cmocka_unit_test(another_site_can_not_sign_one_in),
        cmocka_unit_test(a_revision_must_be_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
