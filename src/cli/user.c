/* user.c - dagd user: who may sign in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli/commands.h"
#include "core/clock.h"
#include "durable/data_folder.h"
#include "server/audit.h"
#include "server/users.h"

struct request {
    const char *action, *data, *name; /* name: of the user; of the file for an import */
    const char *role, *scope, *full_name;
    bool password_stdin;
    char password[PASSWORD_SIZE_MAX + 3]; /* with line end and NUL */
};

/* What an action works on. */
struct office {
    struct data_folder *folder;
    struct users users;
    struct audit *audit;
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

/* Written before the change: what can't be put on record isn't done. */
static bool put_on_record(struct office *office, const struct request *request, const char *detail,
                          struct dag_error *err)
{
    // cppcheck-suppress getpwuidCalled ; the command has one thread
    const struct passwd *who = getpwuid(getuid());
    char action[32], actor[128], object[USER_NAME_SIZE + 8];

    snprintf(action, sizeof(action), "user.%s", request->action);
    if (who)
        snprintf(actor, sizeof(actor), "local:%s", who->pw_name);
    else
        snprintf(actor, sizeof(actor), "local:%ld", (long)getuid());
    snprintf(object, sizeof(object), "user:%.*s", USER_NAME_SIZE, request->name);
    const struct audit_entry entry = {
        .actor = actor, .action = action, .object = object, .result = "ok", .detail = detail};
    return audit_write(office->audit, &entry, err) ||
           dag_error_add_context(err, "nothing was changed, as the audit log can't be written");
}

static bool finish(struct office *office, const struct request *request, const char *detail,
                   struct dag_error *err)
{
    return put_on_record(office, request, detail, err) && users_save(&office->users, err);
}

static int64_t now_us(void)
{
    return clock_system()->realtime_us(clock_system());
}

static bool add(struct office *office, struct request *request, struct dag_error *err)
{
    struct user user = {.role = role_of(request->role), .created_us = now_us()};
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
    return users_remove(&office->users, request->name, err) && finish(office, request, "", err);
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
    bool done = users_import(&office->users, text, size, now_us(), tell, NULL, err);
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

static int code_of(const struct dag_error *err)
{
    return err->code == DAG_ERROR_IO || err->code == DAG_ERROR_MEMORY ? CLI_IO : CLI_INVALID;
}

/* What only looks takes no lock and needs no log. */
static int open_office(struct office *office, const struct request *request, bool only_looks,
                       struct dag_error *err)
{
    enum data_folder_outcome outcome =
        data_folder_open(storage_disk(), request->data, true, only_looks, &office->folder, err);

    if (outcome == DATA_FOLDER_LOCKED) {
        dag_error_add_context(err, "stop it first, and start it again afterwards");
        return CLI_LOCKED;
    }
    if (outcome == DATA_FOLDER_FAILED ||
        !users_open(&office->users, storage_disk(), request->data, err))
        return code_of(err);
    if (only_looks)
        return CLI_OK;
    office->audit = audit_open(storage_disk(), request->data, clock_system(), 0, err);
    return office->audit ? CLI_OK : code_of(err);
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
    code = open_office(&office, &request, action->work == list, &err);
    if (code == CLI_OK && !action->work(&office, &request, &err))
        code = code_of(&err);
    if (code != CLI_OK)
        fprintf(stderr, "dagd user: %s\n", err.message);
    explicit_bzero(request.password, sizeof(request.password));
    users_close(&office.users);
    audit_close(office.audit);
    data_folder_close(office.folder);
    return code;
}
