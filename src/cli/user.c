/* user.c - dagd user: who may sign in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/office.h"

struct request {
    const char *action, *data, *name; /* name: of the user; of the file for an import */
    const char *role, *scope, *full_name;
    bool password_stdin;
    char password[PASSWORD_SIZE_MAX + 3]; /* with line end and NUL */
};

/* ---- the password ---- */

static bool cut_line(char *text, struct dag_error *err)
{
    text[strcspn(text, "\r\n")] = '\0';
    return text[0] != '\0' || dag_error_set(err, DAG_ERROR_INVALID, "there is no password");
}

static bool ask(const char *question, char *out, size_t size, struct dag_error *err)
{
    struct termios shown, hidden;

    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "standard input is no terminal: give the password with "
                             "--password-stdin");
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(stderr, "%s: ", question);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    bool done = fgets(out, (int)size, stdin) != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return done ? cut_line(out, err)
                : dag_error_set(err, DAG_ERROR_INVALID, "there is no password");
}

static bool read_password(struct request *request, struct dag_error *err)
{
    char again[sizeof(request->password)];

    if (request->password_stdin)
        return fgets(request->password, sizeof(request->password), stdin)
                   ? cut_line(request->password, err)
                   : dag_error_set(err, DAG_ERROR_INVALID, "there is no password");
    bool done = ask("password", request->password, sizeof(request->password), err) &&
                ask("once more", again, sizeof(again), err);
    if (done && strcmp(request->password, again) != 0)
        done = dag_error_set(err, DAG_ERROR_INVALID, "the two passwords differ");
    explicit_bzero(again, sizeof(again));
    return done;
}

/* ---- what is changed ---- */

static bool finish(struct office *office, const struct request *request, const char *detail,
                   struct dag_error *err)
{
    char action[32], object[USER_NAME_SIZE + 8];

    snprintf(action, sizeof(action), "user.%s", request->action);
    snprintf(object, sizeof(object), "user:%.*s", USER_NAME_SIZE, request->name);
    return office_record(office, action, object, detail, err) && users_save(&office->users, err);
}

static bool add(struct office *office, struct request *request, struct dag_error *err)
{
    struct user user = {.role = role_of(request->role), .created_us = office_now_us()};
    char detail[SCOPE_SIZE + 64];

    if (strlen(request->name) >= sizeof(user.name))
        return dag_error_set(err, DAG_ERROR_LIMIT, "a name may have %d characters at most",
                             USER_NAME_SIZE - 1);
    if (strlen(request->full_name) >= sizeof(user.full_name))
        return dag_error_set(err, DAG_ERROR_LIMIT, "a full name may have %d bytes at most",
                             FULL_NAME_SIZE - 1);
    if (!scope_check(request->scope, err))
        return false;
    snprintf(user.name, sizeof(user.name), "%s", request->name);
    snprintf(user.full_name, sizeof(user.full_name), "%s", request->full_name);
    snprintf(user.scope, sizeof(user.scope), "%s", request->scope);
    snprintf(detail, sizeof(detail), "role %s, scope %s", role_name(user.role),
             user.scope[0] ? user.scope : "*");
    return read_password(request, err) && users_add(&office->users, user, request->password, err) &&
           finish(office, request, detail, err);
}

static bool set_password(struct office *office, struct request *request, struct dag_error *err)
{
    struct user *user = users_find(&office->users, request->name, err);

    return user && read_password(request, err) &&
           users_set_password(user, request->password, err) && finish(office, request, "", err);
}

static bool set_role(struct office *office, struct request *request, struct dag_error *err)
{
    struct user *user = users_find(&office->users, request->name, err);
    char detail[80];

    if (!user)
        return false;
    snprintf(detail, sizeof(detail), "%s to %s", role_name(user->role), request->role);
    return users_set_role(&office->users, user, role_of(request->role), err) &&
           finish(office, request, detail, err);
}

static bool set_disabled(struct office *office, struct request *request, struct dag_error *err)
{
    struct user *user = users_find(&office->users, request->name, err);

    return user &&
           users_set_disabled(&office->users, user, strcmp(request->action, "disable") == 0, err) &&
           finish(office, request, "", err);
}

static bool drop(struct office *office, struct request *request, struct dag_error *err)
{
    char detail[40];

    if (!users_remove(&office->users, request->name, err))
        return false;
    size_t tokens = tokens_remove_of(&office->tokens, request->name);
    snprintf(detail, sizeof(detail), "and %zu tokens", tokens);
    return finish(office, request, tokens > 0 ? detail : "", err) &&
           (tokens == 0 || tokens_save(&office->tokens, err));
}

static void tell(void *context, const char *name, const char *what)
{
    (void)context;
    printf("%s: %s\n", name, what);
}

static bool import(struct office *office, struct request *request, struct dag_error *err)
{
    size_t size = 0;
    char *text = cli_read_file(request->name, &size, err);
    char detail[80];

    if (!text)
        return false;
    size_t before = office->users.count;
    bool done = users_import(&office->users, text, size, office_now_us(), tell, NULL, err);
    explicit_bzero(text, size);
    free(text);
    snprintf(detail, sizeof(detail), "%zu users from a users file", office->users.count - before);
    request->name = "*";
    return done && finish(office, request, detail, err);
}

static bool list(struct office *office, struct request *request, struct dag_error *err)
{
    (void)request;
    (void)err;
    for (size_t i = 0; i < office->users.count; i++) {
        const struct user *user = &office->users.items[i];

        printf("%-20s %-9s %-20s %s%s%s\n", user->name, role_name(user->role),
               user->scope[0] ? user->scope : "*", user->is_disabled ? "disabled " : "",
               user->must_change ? "must change the password " : "", user->full_name);
    }
    return true;
}

/* ---- the command line ---- */

static const struct action {
    const char *name;
    bool needs_name, needs_role;
    bool (*work)(struct office *office, struct request *request, struct dag_error *err);
} actions[] = {
    {"add", true, true, add},
    {"disable", true, false, set_disabled},
    {"enable", true, false, set_disabled},
    {"import", true, false, import},
    {"ls", false, false, list},
    {"passwd", true, false, set_password},
    {"rm", true, false, drop},
    {"role", true, true, set_role},
};

static int read_options(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"data", required_argument, NULL, 'd'},     {"role", required_argument, NULL, 'r'},
        {"scope", required_argument, NULL, 's'},    {"full-name", required_argument, NULL, 'n'},
        {"password-stdin", no_argument, NULL, 'p'}, {0},
    };
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 'd':
            request->data = optarg;
            break;
        case 'r':
            request->role = optarg;
            break;
        case 's':
            request->scope = optarg;
            break;
        case 'n':
            request->full_name = optarg;
            break;
        case 'p':
            request->password_stdin = true;
            break;
        default:
            return cli_option_error(argv, option, options);
        }
    }
    return CLI_OK;
}

static int read_request(int argc, char **argv, struct request *request,
                        const struct action **action)
{
    int code = read_options(argc, argv, request);
    size_t i = 0;

    if (code != CLI_OK)
        return code;
    request->action = optind < argc ? argv[optind++] : "";
    while (i < sizeof(actions) / sizeof(actions[0]) &&
           strcmp(request->action, actions[i].name) != 0)
        i++;
    if (i == sizeof(actions) / sizeof(actions[0]))
        return cli_usage_error(
            argv[0], "what shall be done? add, disable, enable, import, ls, passwd, rm or role");
    *action = &actions[i];
    if (!request->data)
        return cli_usage_error(argv[0], "option '--data' is missing");
    if (actions[i].needs_name && optind >= argc)
        return cli_usage_error(argv[0], "the name of %s is missing",
                               actions[i].work == import ? "the users file" : "the user");
    if (actions[i].needs_name)
        request->name = argv[optind++];
    if (optind < argc)
        return cli_usage_error(argv[0], "unexpected argument '%s'", argv[optind]);
    if (actions[i].needs_role && (!request->role || role_of(request->role) == ROLE_NONE))
        return cli_usage_error(argv[0], "option '--role' must be viewer, operator or admin");
    return CLI_OK;
}

int cli_user(int argc, char **argv, const struct registry *registry)
{
    struct request request = {.scope = "", .full_name = ""};
    const struct action *action = NULL;
    struct office office = {0};
    struct dag_error err = {0};
    int code = read_request(argc, argv, &request, &action);

    (void)registry;
    if (code != CLI_OK)
        return code;
    umask(077); /* what is made here is nobody else's business */
    code = office_open(&office, request.data, action->work == list, &err);
    if (code == CLI_OK && !action->work(&office, &request, &err))
        code = office_exit_code(&err);
    if (code != CLI_OK)
        fprintf(stderr, "dagd user: %s\n", err.message);
    explicit_bzero(request.password, sizeof(request.password));
    office_close(&office);
    return code;
}
