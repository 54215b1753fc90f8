/* plugins.c - loads shared libraries from the folders that the administrator allows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plugins.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dag/plugin.h"

#define LIBRARY_NAME_MAX 128

struct folder {
    char *path; /* owned; without links */
    int fd;
};

/* A library that was loaded. Its descriptor stays open: it is loaded by the descriptor's name
 * under /proc, and the loader takes a name that it knows for the same library. */
struct library {
    struct library *next;
    char *name; /* owned */
    int fd;
    void *handle;
    const struct dag_plugin *plugin;
};

struct plugins {
    struct folder *folders; /* owned */
    size_t folder_count;
    pthread_mutex_t lock;      /* guards the list */
    struct library *libraries; /* owned */
};

/* ---- what may be loaded ----------------------------------------------------------------- */

/* Whoever can write there could run code as this user. */
static bool check_owner(int fd, const char *what, const char *path, struct stat *status,
                        struct dag_error *err)
{
    if (fstat(fd, status) != 0)
        return dag_error_set_errno(err, "cannot look at the %s '%s'", what, path);
    if (status->st_uid != 0 && status->st_uid != geteuid())
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the %s '%s' must belong to root or to the user that runs dagd", what,
                             path);
    if (status->st_mode & (S_IWGRP | S_IWOTH))
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the %s '%s' may be written by others: chmod go-w it", what, path);
    return true;
}

/* The path of an open file without links. NULL on failure. The caller frees it. */
static char *real_path(int fd, const char *path, struct dag_error *err)
{
    char link[64];
    char target[PATH_MAX];
    ssize_t size;
    char *copy;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    size = readlink(link, target, sizeof target);
    if (size < 0 || (size_t)size == sizeof target) {
        dag_error_set_errno(err, "cannot tell the real path of '%s'", path);
        return NULL;
    }
    copy = strndup(target, (size_t)size);
    if (!copy)
        dag_error_set_memory(err, "a path");
    return copy;
}

static bool open_folder(struct folder *folder, const char *path, struct dag_error *err)
{
    struct stat status;

    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0)
        return dag_error_set_errno(err, "cannot open the plug-in folder '%s'", path);
    if (!check_owner(folder->fd, "plug-in folder", path, &status, err))
        return false;
    folder->path = real_path(folder->fd, path, err);
    return folder->path != NULL;
}

struct plugins *plugins_new(const char *const *folders, size_t folder_count, struct dag_error *err)
{
    struct plugins *plugins = calloc(1, sizeof *plugins);

    if (!plugins) {
        dag_error_set_memory(err, "the plug-in folders");
        return NULL;
    }
    pthread_mutex_init(&plugins->lock, NULL);
    plugins->folders = calloc(folder_count + 1, sizeof *plugins->folders);
    if (!plugins->folders) {
        dag_error_set_memory(err, "the plug-in folders");
        plugins_free(plugins);
        return NULL;
    }
    for (size_t i = 0; folders && i < folder_count; i++) {
        bool is_open = open_folder(&plugins->folders[i], folders[i], err);
        plugins->folder_count++;
        if (!is_open) {
            plugins_free(plugins);
            return NULL;
        }
    }
    return plugins;
}

static void library_free(struct library *library)
{
    if (!library)
        return;
    if (library->handle)
        dlclose(library->handle);
    if (library->fd >= 0)
        close(library->fd);
    free(library->name);
    free(library);
}

const char *plugins_folder(const struct plugins *plugins, size_t i)
{
    return i < plugins->folder_count ? plugins->folders[i].path : NULL;
}

void plugins_free(struct plugins *plugins)
{
    if (!plugins)
        return;
    for (struct library *library = plugins->libraries; library;) {
        struct library *next = library->next;
        library_free(library);
        library = next;
    }
    for (size_t i = 0; plugins->folders && i < plugins->folder_count; i++) {
        if (plugins->folders[i].fd >= 0)
            close(plugins->folders[i].fd);
        free(plugins->folders[i].path);
    }
    free(plugins->folders);
    pthread_mutex_destroy(&plugins->lock);
    free(plugins);
}

/* ---- loading ---------------------------------------------------------------------------- */

/* A file name, not a path: letters, digits, and "_", "-", "." within. */
static bool is_library_name(const char *name)
{
    size_t size = strlen(name);

    return size > 0 && size <= LIBRARY_NAME_MAX && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
               size;
}

/* The file must lie in the folder itself, also when it is a link. */
static bool check_library(const struct folder *folder, int fd, const char *file,
                          struct dag_error *err)
{
    struct stat status;
    char *path = real_path(fd, file, err);
    size_t folder_size = strlen(folder->path);
    bool is_inside;

    if (!path)
        return false;
    is_inside = strncmp(path, folder->path, folder_size) == 0 && path[folder_size] == '/' &&
                !strchr(path + folder_size + 1, '/');
    free(path);
    if (!is_inside)
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' leads out of the plug-in folder '%s'",
                             file, folder->path);
    if (!check_owner(fd, "plug-in", file, &status, err))
        return false;
    if (!S_ISREG(status.st_mode))
        return dag_error_set(err, DAG_ERROR_INVALID, "the plug-in '%s' is not a regular file",
                             file);
    return true;
}

/* The opened and checked file of that name in the first folder that has one. -1 on failure. */
static int open_library(const struct plugins *plugins, const char *name, struct dag_error *err)
{
    char file[LIBRARY_NAME_MAX + 8];

    snprintf(file, sizeof file, "%s.so", name);
    for (size_t i = 0; i < plugins->folder_count; i++) {
        const struct folder *folder = &plugins->folders[i];
        int fd = openat(folder->fd, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT)
            continue;
        if (fd < 0) {
            dag_error_set_errno(err, "cannot open the plug-in '%s/%s'", folder->path, file);
            return -1;
        }
        if (!check_library(folder, fd, file, err)) {
            close(fd);
            return -1;
        }
        return fd;
    }
    dag_error_set(err, DAG_ERROR_INVALID, "no '%s' in the plug-in folders (--plugin-dir)%s%s%s",
                  file, plugins->folder_count > 0 ? ": " : "",
                  plugins->folder_count > 0 ? plugins->folders[0].path : "",
                  plugins->folder_count > 1 ? ", ..." : "");
    return -1;
}

/* The loader's words, without the name under /proc that nobody knows. */
static bool set_loader_error(struct dag_error *err, const char *name)
{
    const char *text = dlerror();
    const char *colon;

    if (text && strncmp(text, "/proc/self/fd/", 14) == 0 && (colon = strstr(text, ": ")) != NULL)
        text = colon + 2;
    return dag_error_set(err, DAG_ERROR_INVALID, "cannot load the plug-in '%s.so': %s", name,
                         text ? text : "unknown reason");
}

static bool call_entry(struct library *library, struct dag_error *err)
{
    union {
        void *symbol;
        dag_plugin_entry_function function;
    } entry;

    entry.symbol = dlsym(library->handle, DAG_PLUGIN_ENTRY);
    if (!entry.symbol)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "'%s.so' is no plug-in: it does not export " DAG_PLUGIN_ENTRY,
                             library->name);
    library->plugin = entry.function(DAG_ABI_VERSION);
    if (!library->plugin)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "the plug-in '%s.so' says that it can't work with version %u of the "
                             "plug-in interface, which this dagd has",
                             library->name, DAG_ABI_VERSION);
    if (library->plugin->abi_version != DAG_ABI_VERSION)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "the plug-in '%s.so' was built for version %u of the plug-in "
                             "interface, this dagd has %u: build it again",
                             library->name, library->plugin->abi_version, DAG_ABI_VERSION);
    return true;
}

static struct library *load_library(struct plugins *plugins, const char *name,
                                    struct dag_error *err)
{
    struct library *library = calloc(1, sizeof *library);
    char path[64];

    if (library) {
        library->fd = -1;
        library->name = strdup(name);
    }
    if (!library || !library->name) {
        library_free(library);
        dag_error_set_memory(err, "a plug-in");
        return NULL;
    }
    library->fd = open_library(plugins, name, err);
    if (library->fd < 0) {
        library_free(library);
        return NULL;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", library->fd);
    library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library->handle ? !call_entry(library, err) : !set_loader_error(err, name)) {
        library_free(library);
        return NULL;
    }
    library->next = plugins->libraries;
    plugins->libraries = library;
    return library;
}

/* ---- what a library brings -------------------------------------------------------------- */

/* The descriptors of one kind, whose types differ in where the name stands. */
struct listing {
    const void *const *items; /* ends with NULL; may be NULL */
    size_t name_offset;
    size_t version_offset;
};

#define LISTING(list, type, name_member)                                                           \
    ((struct listing){(const void *const *)(list), offsetof(type, name_member),                    \
                      offsetof(type, abi_version)})

static bool list_kind(const struct dag_plugin *plugin, const char *kind, struct listing *listing)
{
    if (strcmp(kind, "calculator") == 0)
        *listing = LISTING(plugin->calculators, struct dag_function, name);
    else if (strcmp(kind, "transformer") == 0)
        *listing = LISTING(plugin->transformers, struct dag_function, name);
    else if (strcmp(kind, "node") == 0)
        *listing = LISTING(plugin->node_types, struct dag_node_type, function.name);
    else if (strcmp(kind, "subscriber") == 0)
        *listing = LISTING(plugin->subscribers, struct dag_subscriber, name);
    else if (strcmp(kind, "publisher") == 0)
        *listing = LISTING(plugin->publishers, struct dag_publisher, name);
    else
        return false;
    return true;
}

static const char *name_of(const struct listing *listing, const void *item)
{
    return *(const char *const *)(const void *)((const char *)item + listing->name_offset);
}

static const void *find_item(const struct library *library, const char *kind, const char *name,
                             struct dag_error *err)
{
    struct listing listing;
    char known[240] = "";
    size_t size = 0;

    if (!list_kind(library->plugin, kind, &listing)) {
        dag_error_set(err, DAG_ERROR_INVALID, "plug-ins bring no '%s'", kind);
        return NULL;
    }
    for (const void *const *item = listing.items; item && *item; item++) {
        const char *its_name = name_of(&listing, *item);
        const uint32_t *version =
            (const uint32_t *)(const void *)((const char *)*item + listing.version_offset);
        if (!its_name)
            continue;
        if (strcmp(its_name, name) == 0 && *version == DAG_ABI_VERSION)
            return *item;
        if (strcmp(its_name, name) == 0) {
            dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                          "the %s '%s' in '%s.so' was built for version %u of the plug-in "
                          "interface, this dagd has %u",
                          kind, name, library->name, *version, DAG_ABI_VERSION);
            return NULL;
        }
        if (size < sizeof known)
            size += (size_t)snprintf(known + size, sizeof known - size, "%s%s", size ? ", " : "",
                                     its_name);
    }
    dag_error_set(err, DAG_ERROR_INVALID, "the plug-in '%s.so' has no %s '%s'; it has: %s",
                  library->name, kind, name, size ? known : "none");
    return NULL;
}

const void *plugins_load(void *context, const char *kind, const char *library_name,
                         const char *name, struct dag_error *err)
{
    struct plugins *plugins = context;
    struct library *library;

    if (!is_library_name(library_name)) {
        dag_error_set(err, DAG_ERROR_INVALID,
                      "'%s' is not the name of a plug-in: letters, digits, '_', '-', '.', and no "
                      "'.so' or folder",
                      library_name);
        return NULL;
    }
    pthread_mutex_lock(&plugins->lock);
    library = plugins->libraries;
    while (library && strcmp(library->name, library_name) != 0)
        library = library->next;
    if (!library)
        library = load_library(plugins, library_name, err);
    pthread_mutex_unlock(&plugins->lock);
    return library ? find_item(library, kind, name, err) : NULL;
}
