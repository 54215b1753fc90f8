/* test_plugins.c - which libraries the loader takes, and what it says about the others. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/plugins.h"
#include "dag/plugin.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    umask(022);
    strcpy(folder, "/tmp/dagd-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Copies a file. */
static void copy_file(const char *from, const char *to, mode_t mode)
{
    char bytes[65536];
    size_t size;
    FILE *in = fopen(from, "re");
    FILE *out = fopen(to, "we");

    if (!in)
        fail_msg("no '%s'", from);
    assert_non_null(out);
    while ((size = fread(bytes, 1, sizeof bytes, in)) > 0)
        assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(to, mode), 0);
}

/* Puts a built library into the folder as NAME.so. */
static void install(const char *library, const char *name, mode_t mode)
{
    char from[1024], to[256];

    snprintf(from, sizeof from, "%s/tests/%s.so", getenv("DAGD_BUILD_ROOT"), library);
    snprintf(to, sizeof to, "%s/%s.so", folder, name);
    copy_file(from, to, mode);
}

static struct plugins *open_folder(void)
{
    struct dag_error err = {0};
    struct plugins *plugins = plugins_new((const char *const[]){folder}, 1, &err);

    if (!plugins)
        fail_msg("%s", err.message);
    return plugins;
}

static void assert_refused(struct plugins *plugins, const char *library, const char *text)
{
    struct dag_error err = {0};

    assert_null(plugins_load(plugins, "calculator", library, "GoodFunction", &err));
    if (!strstr(err.message, text))
        fail_msg("'%s' lacks '%s'", err.message, text);
    if (strstr(err.message, "/proc/"))
        fail_msg("'%s' names /proc", err.message);
}

static void a_library_gives_its_descriptors_by_kind_and_name(void **unused)
{
    static const char *const kinds[][2] = {
        {"calculator", "GoodFunction"},   {"transformer", "GoodFunction"}, {"node", "GoodNode"},
        {"subscriber", "GoodSubscriber"}, {"publisher", "GoodPublisher"},
    };
    struct plugins *plugins;
    struct dag_error err = {0};

    (void)unused;
    install("loader_good", "good", 0755);
    plugins = open_folder();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const void *found = plugins_load(plugins, kinds[i][0], "good", kinds[i][1], &err);
        if (!found)
            fail_msg("%s", err.message);
        assert_ptr_equal(plugins_load(plugins, kinds[i][0], "good", kinds[i][1], &err), found);
    }
    assert_null(plugins_load(plugins, "calculator", "good", "Nothing", &err));
    assert_non_null(strstr(err.message, "it has: GoodFunction, OldFunction"));
    assert_null(plugins_load(plugins, "calculator", "good", "OldFunction", &err));
    assert_non_null(strstr(err.message, "version 8"));
    plugins_free(plugins);
}

static void two_libraries_are_kept_apart(void **unused)
{
    struct plugins *plugins;
    struct dag_error err = {0};
    const void *first, *second;

    (void)unused;
    install("loader_good", "one", 0755);
    install("loader_good", "two", 0755);
    plugins = open_folder();
    first = plugins_load(plugins, "calculator", "one", "GoodFunction", &err);
    second = plugins_load(plugins, "calculator", "two", "GoodFunction", &err);
    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    plugins_free(plugins);
}

static void what_is_no_fitting_plug_in_is_refused(void **unused)
{
    struct plugins *plugins;
    char text[256];

    (void)unused;
    install("loader_later", "later", 0755);
    install("loader_unwilling", "unwilling", 0755);
    install("loader_no_entry", "no_entry", 0755);
    snprintf(text, sizeof text, "%s/text.so", folder);
    FILE *file = fopen(text, "we");
    assert_non_null(file);
    assert_true(fputs("not a library", file) >= 0);
    assert_int_equal(fclose(file), 0);
    plugins = open_folder();
    assert_refused(plugins, "later", "built for version 2");
    assert_refused(plugins, "unwilling", "can't work with version 1");
    assert_refused(plugins, "no_entry", "does not export dag_plugin_entry");
    assert_refused(plugins, "text", "cannot load the plug-in 'text.so'");
    assert_refused(plugins, "missing", "no 'missing.so' in the plug-in folders");
    assert_refused(plugins, "../good", "not the name of a plug-in");
    assert_refused(plugins, "", "not the name of a plug-in");
    plugins_free(plugins);
}

static void what_others_may_write_is_refused(void **unused)
{
    struct plugins *plugins;
    struct dag_error err = {0};

    (void)unused;
    install("loader_good", "group", 0775);
    install("loader_good", "others", 0757);
    plugins = open_folder();
    assert_refused(plugins, "group", "chmod go-w");
    assert_refused(plugins, "others", "chmod go-w");
    plugins_free(plugins);

    assert_int_equal(chmod(folder, 0777), 0);
    assert_null(plugins_new((const char *const[]){folder}, 1, &err));
    assert_non_null(strstr(err.message, "may be written by others"));
    assert_int_equal(chmod(folder, 0755), 0);
}

static void what_belongs_to_somebody_else_is_refused(void **unused)
{
    struct plugins *plugins;
    struct dag_error err = {0};
    char path[256];

    (void)unused;
    if (geteuid() != 0)
        skip();
    install("loader_good", "foreign", 0755);
    snprintf(path, sizeof path, "%s/foreign.so", folder);
    assert_int_equal(chown(path, 4711, 4711), 0);
    plugins = open_folder();
    assert_refused(plugins, "foreign", "must belong to root");
    plugins_free(plugins);
    assert_int_equal(chown(folder, 4711, 4711), 0);
    assert_null(plugins_new((const char *const[]){folder}, 1, &err));
    assert_non_null(strstr(err.message, "must belong to root"));
}

static void a_link_may_not_lead_out_of_the_folder(void **unused)
{
    struct plugins *plugins;
    struct dag_error err = {0};
    char inner[256], path[256], target[1024];

    (void)unused;
    install("loader_good", "good", 0755);
    snprintf(path, sizeof path, "%s/inside.so", folder);
    assert_int_equal(symlink("good.so", path), 0);
    snprintf(path, sizeof path, "%s/outside.so", folder);
    snprintf(target, sizeof target, "%s/tests/loader_good.so", getenv("DAGD_BUILD_ROOT"));
    assert_int_equal(symlink(target, path), 0);
    snprintf(inner, sizeof inner, "%s/inner", folder);
    assert_int_equal(mkdir(inner, 0755), 0);
    snprintf(path, sizeof path, "%s/inner/deep.so", folder);
    copy_file(target, path, 0755);
    snprintf(path, sizeof path, "%s/deep.so", folder);
    assert_int_equal(symlink("inner/deep.so", path), 0);

    plugins = open_folder();
    assert_non_null(plugins_load(plugins, "calculator", "inside", "GoodFunction", &err));
    assert_refused(plugins, "outside", "leads out of the plug-in folder");
    assert_refused(plugins, "deep", "leads out of the plug-in folder");
    plugins_free(plugins);
}

static void without_folders_the_error_names_the_option(void **unused)
{
    struct dag_error err = {0};
    struct plugins *plugins = plugins_new(NULL, 0, &err);

    (void)unused;
    assert_non_null(plugins);
    assert_refused(plugins, "good", "--plugin-dir");
    plugins_free(plugins);
    assert_null(plugins_new((const char *const[]){"/nonexistent"}, 1, &err));
    assert_non_null(strstr(err.message, "/nonexistent"));
}

static void the_example_connectors_load(void **unused)
{
    static const char *const examples[][3] = {
        {"example_subscriber", "subscriber", "ExampleCountSubscriber"},
        {"example_publisher", "publisher", "ExampleTextPublisher"},
    };
    struct plugins *plugins;
    struct dag_error err = {0};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        char from[1024], to[256];
        snprintf(from, sizeof from, "%s/examples/plugins/%s.so", getenv("DAGD_BUILD_ROOT"),
                 examples[i][0]);
        snprintf(to, sizeof to, "%s/%s.so", folder, examples[i][0]);
        copy_file(from, to, 0755);
    }
    plugins = open_folder();
    for (size_t i = 0; i < 2; i++)
        if (!plugins_load(plugins, examples[i][1], examples[i][0], examples[i][2], &err))
            fail_msg("%s", err.message);
    plugins_free(plugins);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        CASE(a_library_gives_its_descriptors_by_kind_and_name),
        CASE(two_libraries_are_kept_apart),
        CASE(what_is_no_fitting_plug_in_is_refused),
        CASE(what_others_may_write_is_refused),
        CASE(what_belongs_to_somebody_else_is_refused),
        CASE(a_link_may_not_lead_out_of_the_folder),
        CASE(without_folders_the_error_names_the_option),
        CASE(the_example_connectors_load),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
