/* token.c - dagd token: API tokens, for programs that call the server. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/office.h"
#include "core/clock.h"

struct request {
    const char *data;
    const char *name; /* the user, or the id to revoke; NULL: none */
    struct token_wish wish;
};

static bool create(struct office *office, const struct request *request, struct dag_error *err)
{
    char secret[CREDENTIAL_SIZE], object[CREDENTIAL_ID_SIZE + 8], detail[SCOPE_SIZE + 200];
    char scope[SCOPE_SIZE], expires[32];
    const struct user *owner = users_find(&office->users, request->name, err);
    const struct token *token =
        owner ? tokens_add(&office->tokens, owner, &request->wish, office_now_us(), secret, err)
              : NULL;
    enum role role;

    if (!token)
        return false;
    (void)token_power(token, owner, &role, scope);
    clock_format(token->expires_us, expires);
    snprintf(object, sizeof(object), "token:%s", token->id);
    snprintf(detail, sizeof(detail), "for %s, role %s, scope %s, until %s", owner->name,
             role_name(role), scope[0] ? scope : "*", expires);
    bool done = office_record(office, "token.create", object, detail, err) &&
                tokens_save(&office->tokens, err);
    if (done) {
        fprintf(stderr, "token %s %s; it isn't shown again\n", token->id, detail);
        puts(secret);
    }
    explicit_bzero(secret, sizeof(secret));
    return done;
}

static bool revoke(struct office *office, const struct request *request, struct dag_error *err)
{
    char object[CREDENTIAL_ID_SIZE + 8], detail[USER_NAME_SIZE + 8];
    const struct token *token = tokens_find(&office->tokens, NULL, request->name);

    if (!token)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "there is no token with the id '%.40s'; 'dagd token ls' shows them",
                             request->name);
    snprintf(object, sizeof(object), "token:%s", token->id);
    snprintf(detail, sizeof(detail), "of %s", token->user);
    tokens_remove(&office->tokens, token);
    return office_record(office, "token.revoke", object, detail, err) &&
           tokens_save(&office->tokens, err);
}

/* What it may do now; a token that may do nothing says why. */
static void print_token(const struct token *token, const struct user *owner, int64_t now_us)
{
    char scope[SCOPE_SIZE] = "", expires[32], used[32] = "never";
    enum role role = ROLE_NONE;
    bool has_power = owner && token_power(token, owner, &role, scope);

    clock_format(token->expires_us, expires);
    if (token->last_used_us)
        clock_format(token->last_used_us, used);
    printf("%-16s %-20s %-9s %-20s %-24s %-24s %s%s\n", token->id, token->user, role_name(role),
           scope[0] ? scope : "*", expires, used, token->name,
           token->expires_us <= now_us ? " (expired)"
           : has_power                 ? ""
                                       : " (not valid: its user is disabled or changed)");
}

static bool list(struct office *office, const struct request *request, struct dag_error *err)
{
    struct dag_error none = {0};

    if (request->name && !users_find(&office->users, request->name, err))
        return false;
    for (size_t i = 0; i < office->tokens.count; i++) {
        const struct token *token = &office->tokens.items[i];

        if (!request->name || strcmp(token->user, request->name) == 0)
            print_token(token, users_find(&office->users, token->user, &none), office_now_us());
    }
    return true;
}

/* ---- the command line ---- */

static const struct action {
    const char *name;
    const char *needs; /* what its argument is; NULL: it needs none */
    bool (*work)(struct office *office, const struct request *request, struct dag_error *err);
} actions[] = {
    {"create", "the name of the user", create},
    {"ls", NULL, list},
    {"revoke", "the id of the token", revoke},
};

static int read_days(const char *text, int64_t *days)
{
    char *end = NULL;

    *days = strtol(text, &end, 10);
    if (end != text && !*end && *days >= 1 && *days <= TOKEN_DAYS_MAX)
        return CLI_OK;
    return cli_usage_error("token", "option '--days' must be 1 to %d", TOKEN_DAYS_MAX);
}

static int read_options(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"data", required_argument, NULL, 'd'},  {"days", required_argument, NULL, 'y'},
        {"for", required_argument, NULL, 'f'},   {"role", required_argument, NULL, 'r'},
        {"scope", required_argument, NULL, 's'}, {0},
    };
    int option, code = CLI_OK;

    optind = 1;
    while (code == CLI_OK && (option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 'd':
            request->data = optarg;
            break;
        case 'y':
            code = read_days(optarg, &request->wish.days);
            break;
        case 'f':
            request->wish.name = optarg;
            break;
        case 'r':
            request->wish.role = role_of(optarg);
            if (request->wish.role == ROLE_NONE)
                code =
                    cli_usage_error(argv[0], "option '--role' must be viewer, operator or admin");
            break;
        case 's':
            request->wish.scope = optarg;
            break;
        default:
            code = cli_option_error(argv, option, options);
            break;
        }
    }
    return code;
}

static int read_request(int argc, char **argv, struct request *request,
                        const struct action **action)
{
    int code = read_options(argc, argv, request);
    const char *word = optind < argc ? argv[optind++] : "";

    if (code != CLI_OK)
        return code;
    *action = NULL;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(word, actions[i].name) == 0)
            *action = &actions[i];
    if (!*action)
        return cli_usage_error(argv[0], "what shall be done? create, ls or revoke");
    if (!request->data)
        return cli_usage_error(argv[0], "option '--data' is missing");
    if (optind < argc)
        request->name = argv[optind++];
    if ((*action)->needs && !request->name)
        return cli_usage_error(argv[0], "%s is missing", (*action)->needs);
    if (optind < argc)
        return cli_usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
    return CLI_OK;
}

int cli_token(int argc, char **argv, const struct registry *registry)
{
    struct request request = {.wish.name = "command line"};
    const struct action *action = &actions[0];
    struct office office = {0};
    struct dag_error err = {0};
    int code = read_request(argc, argv, &request, &action);

    (void)registry;
    if (code != CLI_OK)
        return code;
    assert(action);
    umask(077); /* what is made here is nobody else's business */
    code = office_open(&office, request.data, action->work == list, &err);
    if (code == CLI_OK && !action->work(&office, &request, &err))
        code = office_exit_code(&err);
    if (code != CLI_OK)
        fprintf(stderr, "dagd token: %s\n", err.message);
    office_close(&office);
    return code;
}
