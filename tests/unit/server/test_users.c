/* test_users.c - the users file on a disk, and that of the original. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "durable/data_folder.h"
#include "server/users.h"

#define GOOD "kT9#vq2Lw7zB"

static char folder[64];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/dagd-users-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static struct users opened(void)
{
    struct users users;
    struct dag_error err = {0};

    if (!users_open(&users, storage_disk(), folder, &err))
        fail_msg("%s", err.message);
    return users;
}

/* Without the cost of a hash. */
static void add_hashed(struct users *users, const char *name, enum role role)
{
    struct user user = {.role = role, .hash = "$hash"};
    struct dag_error err = {0};

    snprintf(user.name, sizeof(user.name), "%s", name);
    if (!users_add_hashed(users, &user, &err))
        fail_msg("%s", err.message);
}

static void what_is_saved_is_read_again(void **state)
{
    struct users users = opened();
    struct user user = {.name = "ann.b",
                        .full_name = "Ann \"B\" \xc3\x9f",
                        .role = ROLE_OPERATOR,
                        .scope = "trade_*,fx",
                        .created_us = 1767323045678000};
    struct dag_error err = {0};

    (void)state;
    assert_int_equal(users.count, 0);
    add_hashed(&users, "zoe", ROLE_ADMIN);
    assert_true(users_add(&users, user, GOOD, &err));
    assert_true(users_set_disabled(&users, users_find(&users, "ann.b", &err), true, &err));
    assert_true(users_save(&users, &err));
    users_close(&users);

    users = opened();
    assert_int_equal(users.count, 2);
    struct user *read = users_find(&users, "ann.b", &err);
    assert_non_null(read);
    assert_string_equal(read->full_name, user.full_name);
    assert_string_equal(read->scope, "trade_*,fx");
    assert_int_equal(read->role, ROLE_OPERATOR);
    assert_int_equal(read->created_us, 1767323045678000);
    assert_true(read->is_disabled);
    assert_false(read->must_change);
    assert_int_equal(crypto_pwhash_str_verify(read->hash, GOOD, strlen(GOOD)), 0);
    users_close(&users);
}

static void a_password_is_never_in_the_file(void **state)
{
    struct users users = opened();
    struct user user = {.name = "ann", .role = ROLE_ADMIN};
    struct dag_buffer bytes = {0};
    struct dag_error err = {0};
    char path[100];
    bool exists;

    (void)state;
    assert_true(users_add(&users, user, GOOD, &err));
    assert_true(users_save(&users, &err));
    snprintf(path, sizeof(path), "%s/users.json", folder);
    assert_true(read_file(storage_disk(), path, &bytes, &exists, &err));
    assert_null(memmem(bytes.bytes, bytes.size, GOOD, strlen(GOOD)));
    assert_non_null(memmem(bytes.bytes, bytes.size, "$argon2id$", 10));
    dag_buffer_free(&bytes);
    users_close(&users);
}

static void refuses_names_that_are_none(void **state)
{
    static const char too_long[] = "x23456789012345678901234567890123456789012345678901234567"
                                   "8901234";
    static const char *const bad[] = {"", "-a", ".a", "a b", "a/b", "\xc3\xa4", "a\nb", too_long};
    struct users users = opened();

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct user user = {.role = ROLE_VIEWER, .hash = "$hash"};
        struct dag_error err = {0};

        strncpy(user.name, bad[i], sizeof(user.name) - 1);
        if (i + 1 < sizeof(bad) / sizeof(bad[0]))
            assert_false(users_add_hashed(&users, &user, &err));
        else /* as long as a name may be */
            assert_true(users_add_hashed(&users, &user, &err));
    }
    add_hashed(&users, "a-b.c_d", ROLE_VIEWER);
    users_close(&users);
}

static void refuses_a_name_twice_and_a_scope_that_is_none(void **state)
{
    static const char *const bad[] = {"trade *", "a,,b", ",a", "a,", "../x"};
    struct users users = opened();
    struct user user = {.name = "ann", .role = ROLE_VIEWER, .hash = "$hash"};
    struct dag_error err = {0};

    (void)state;
    add_hashed(&users, "ann", ROLE_VIEWER);
    assert_false(users_add_hashed(&users, &user, &err));
    assert_string_equal(err.message, "there is a user 'ann' already");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(user.name, sizeof(user.name), "bob");
        snprintf(user.scope, sizeof(user.scope), "%s", bad[i]);
        assert_false(users_add_hashed(&users, &user, &err));
    }
    assert_int_equal(users.count, 1);
    users_close(&users);
}

static void the_last_admin_stays(void **state)
{
    struct users users = opened();
    struct dag_error err = {0};

    (void)state;
    add_hashed(&users, "ann", ROLE_ADMIN);
    add_hashed(&users, "bob", ROLE_OPERATOR);
    assert_false(users_remove(&users, "ann", &err));
    assert_false(users_set_role(&users, users_find(&users, "ann", &err), ROLE_VIEWER, &err));
    assert_false(users_set_disabled(&users, users_find(&users, "ann", &err), true, &err));
    assert_string_equal(err.message,
                        "'ann' is the last admin who can sign in: make another one first");
    add_hashed(&users, "cat", ROLE_ADMIN);
    assert_true(users_set_disabled(&users, users_find(&users, "cat", &err), true, &err));
    assert_false(users_remove(&users, "ann", &err)); /* one that can't sign in is no help */
    assert_true(users_set_disabled(&users, users_find(&users, "cat", &err), false, &err));
    assert_true(users_remove(&users, "ann", &err));
    assert_true(users_remove(&users, "bob", &err));
    assert_false(users_remove(&users, "cat", &err));
    assert_false(users_remove(&users, "dan", &err));
    assert_string_equal(err.message, "there is no user 'dan'; 'dagd user ls' shows them");
    users_close(&users);
}

static void refuses_a_damaged_file(void **state)
{
    static const char no_such_role[] =
        "{\"users\":[{\"name\":\"ann\",\"full_name\":\"\",\"role\":\"king\",\"scope\":\"\","
        "\"hash\":\"x\",\"disabled\":false,\"must_change\":false,\"created_us\":1}]}";
    static const char *const bad[] = {
        "", "[]", "{\"users\":3}", "{\"users\":[{\"name\":\"ann\"}]}", no_such_role,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct users users;
        struct dag_error err = {0};
        char path[100];

        snprintf(path, sizeof(path), "%s/users.json", folder);
        assert_true(write_file_atomically(storage_disk(), path, bad[i], strlen(bad[i]), &err));
        assert_false(users_open(&users, storage_disk(), folder, &err));
        assert_non_null(strstr(err.message, "is damaged"));
    }
}

static void note(void *context, const char *name, const char *what)
{
    struct dag_buffer *told = context;
    char line[200];

    snprintf(line, sizeof(line), "%s: %s\n", name, what);
    assert_true(dag_buffer_append(told, line, strlen(line)));
}

static void takes_the_users_of_the_original(void **state)
{
    static const char text[] =
        "{\"admin\":{\"password\":\"admin123\",\"full_name\":\"Administrator\","
        "\"roles\":[\"user\",\"admin\"]},"
        "\"old\":{\"password\":\"kT9#vq2Lw7zB\",\"role\":\"operator\"},"
        "\"plain\":{\"password\":\"user1234\",\"roles\":[\"user\"]},"
        "\"zoe\":{\"password\":\"user1234\"},"
        "\"a b\":{\"password\":\"user1234\"},"
        "\"none\":{\"full_name\":\"N\"}}";
    struct users users = opened();
    struct dag_buffer told = {0};
    struct dag_error err = {0};

    (void)state;
    add_hashed(&users, "zoe", ROLE_ADMIN);
    assert_true(users_import(&users, text, strlen(text), 5, note, &told, &err));
    assert_true(dag_buffer_append(&told, "", 1));
    assert_string_equal(told.bytes,
                        "admin: taken; the password is weak and must be changed\n"
                        "old: taken\n"
                        "plain: taken; the password is weak and must be changed\n"
                        "zoe: left out: there is a user of that name already\n"
                        "a b: left out: the name may have letters, digits, '_', '-' and '.' only\n"
                        "none: left out: it has no password that can be used\n");
    struct user *admin = users_find(&users, "admin", &err);
    assert_int_equal(admin->role, ROLE_ADMIN);
    assert_true(admin->must_change);
    assert_string_equal(admin->full_name, "Administrator");
    assert_int_equal(crypto_pwhash_str_verify(admin->hash, "admin123", 8), 0);
    assert_int_equal(users_find(&users, "old", &err)->role, ROLE_OPERATOR);
    assert_false(users_find(&users, "old", &err)->must_change);
    assert_int_equal(users_find(&users, "plain", &err)->role, ROLE_VIEWER);
    assert_string_equal(users_find(&users, "zoe", &err)->hash, "$hash");
    assert_false(users_import(&users, "[1]", 3, 5, note, &told, &err));
    dag_buffer_free(&told);
    users_close(&users);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(what_is_saved_is_read_again),
        CASE(a_password_is_never_in_the_file),
        CASE(refuses_names_that_are_none),
        CASE(refuses_a_name_twice_and_a_scope_that_is_none),
        CASE(the_last_admin_stays),
        CASE(refuses_a_damaged_file),
        CASE(takes_the_users_of_the_original),
    };

    return cmocka_run_group_tests_name("users", tests, NULL, NULL);
}
