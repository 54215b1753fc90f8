/* secrets.c - see secrets.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hidden.h"
#include "core/log.h"
#include "core/tree.h"

#define NAME_SIZE_MAX 200

struct secrets {
    int folder;       /* owned; descriptor; -1: none */
    const char *path; /* borrowed; of the folder; NULL: none */
    const char *const *variables;
    size_t variable_count;
};

/* What was found last; wiped before the next. */
static _Thread_local char value[SECRET_SIZE_MAX + 2];

static bool open_folder(struct secrets *secrets, struct dag_error *err)
{
    struct stat found;

    secrets->folder = open(secrets->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (secrets->folder < 0 || fstat(secrets->folder, &found) < 0)
        return dag_error_set_errno(err, "cannot use the folder of secrets '%s'", secrets->path);
    if (found.st_mode & S_IWOTH)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "everybody may write into the folder of secrets '%s': "
                             "'chmod o-w %s' first",
                             secrets->path, secrets->path);
    return true;
}

struct secrets *secrets_new(const struct secrets_options *options, struct dag_error *err)
{
    struct secrets *secrets = calloc(1, sizeof(*secrets));

    if (!secrets) {
        dag_error_set_memory(err, "the secrets");
        return NULL;
    }
    secrets->folder = -1;
    secrets->path = options->folder;
    secrets->variables = options->variables;
    secrets->variable_count = options->variable_count;
    if (!secrets->path || open_folder(secrets, err))
        return secrets;
    secrets_free(secrets);
    return NULL;
}

void secrets_free(struct secrets *secrets)
{
    if (!secrets)
        return;
    if (secrets->folder >= 0)
        close(secrets->folder);
    free(secrets);
}

/* ---- reading ---- */

/* No path, and nothing hidden. */
static bool check_name(const char *name, struct dag_error *err)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t size = strlen(name);

    return (size > 0 && size <= NAME_SIZE_MAX && strspn(name, letters) == size && name[0] != '-' &&
            name[0] != '.') ||
           dag_error_set(err, DAG_ERROR_INVALID,
                         "'%.60s' is no name of a secret: it has up to %d letters, digits and '_', "
                         "and '-' and '.' behind the first",
                         name, NAME_SIZE_MAX);
}

static bool check_file(const char *name, int fd, struct dag_error *err)
{
    struct stat found;

    if (fstat(fd, &found) < 0)
        return dag_error_set_errno(err, "cannot read the secret '%s'", name);
    if (!S_ISREG(found.st_mode))
        return dag_error_set(err, DAG_ERROR_INVALID, "the secret '%s' is no file", name);
    if (found.st_mode & (S_IROTH | S_IWOTH))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "everybody on this machine may %s the file of the secret '%s': "
                             "'chmod o-rw' it first",
                             found.st_mode & S_IROTH ? "read" : "write", name);
    return found.st_size <= SECRET_SIZE_MAX + 1 ||
           dag_error_set(err, DAG_ERROR_LIMIT, "the secret '%s' is longer than %d bytes", name,
                         SECRET_SIZE_MAX);
}

/* `*exists` false: there is no such file. */
static bool read_secret_file(const struct secrets *secrets, const char *name, bool *exists,
                             struct dag_error *err)
{
    size_t size = 0;
    ssize_t taken = 1;

    /* O_NONBLOCK: whatever stands there, opening it doesn't wait */
    int fd = openat(secrets->folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    *exists = fd >= 0 || errno != ENOENT;
    if (fd < 0)
        return !*exists || dag_error_set_errno(err, "cannot read the secret '%s'", name);
    bool done = check_file(name, fd, err);
    while (done && taken > 0 && size < sizeof(value) - 1) {
        taken = read(fd, value + size, sizeof(value) - 1 - size);
        if (taken < 0 && errno == EINTR)
            taken = 1;
        else if (taken < 0)
            done = dag_error_set_errno(err, "cannot read the secret '%s'", name);
        else
            size += (size_t)taken;
    }
    close(fd);
    value[size] = '\0';
    if (done && strlen(value) != size)
        return dag_error_set(err, DAG_ERROR_INVALID, "the secret '%s' holds a NUL byte", name);
    if (size > 0 && value[size - 1] == '\n')
        value[--size] = '\0';
    if (size > 0 && value[size - 1] == '\r')
        value[size - 1] = '\0';
    return done;
}

static bool read_variable(const struct secrets *secrets, const char *name, struct dag_error *err)
{
    const char *found = NULL;

    for (size_t i = 0; i < secrets->variable_count && !found; i++)
        if (strcmp(secrets->variables[i], name) == 0)
            found = getenv(name);
    if (!found)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "there is no secret '%s': make a file of that name in the folder of "
                             "secrets (--secrets-dir), or set the variable and allow it "
                             "(--secret-env %s)",
                             name, name);
    size_t size = strlen(found);
    if (size > SECRET_SIZE_MAX)
        return dag_error_set(err, DAG_ERROR_LIMIT, "the secret '%s' is longer than %d bytes", name,
                             SECRET_SIZE_MAX);
    memcpy(value, found, size + 1);
    return true;
}

const char *secrets_look_up(struct secrets *secrets, const char *name, struct dag_error *err)
{
    bool exists = false;

    explicit_bzero(value, sizeof(value));
    if (!check_name(name, err))
        return NULL;
    if (secrets->folder >= 0 && !read_secret_file(secrets, name, &exists, err))
        return NULL;
    if (!exists && !read_variable(secrets, name, err))
        return NULL;
    if (!tree_is_utf8(value, strlen(value))) {
        dag_error_set(err, DAG_ERROR_INVALID, "the secret '%s' is not UTF-8", name);
        return NULL;
    }
    if (!hidden_add(value)) {
        dag_error_set_memory(err, "a secret");
        return NULL;
    }
    return value;
}

const char *secrets_find(void *context, const char *name)
{
    struct dag_error err = {0};
    const char *found = secrets_look_up(context, name, &err);

    if (!found)
        log_write(DAG_LOG_WARNING, NULL, "secrets", "%s", err.message);
    return found;
}
