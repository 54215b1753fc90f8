/* test_passwords.c - which passwords are taken, and what is kept of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/passwords.h"

static void refuses_what_is_easy_to_guess(void **unused)
{
    static const char *const weak[] = {
        "password1234",     "Password123!!!",     "P4ssw0rdP4ssw0rd",  "adminadminadmin",
        "aaaaaaaaaaaaaaaa", "abcdefghijklmnop",   "123456789012",      "qwertyuiopasdf",
        "zyxwvutsrqponm",   "letmein2024!",       "changeme-changeme", "welcome2welcome2",
        "abcabcabcabcabc",  "annabelleannabelle", "Annabelle-2024-!",  "............",
        "1qaz2wsx3edc",     "summer2023winter",   "!@#$%^&*()!@#$",    "secret-secret-1999",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
        struct dag_error err = {0};

        if (password_check(weak[i], "annabelle", &err))
            fail_msg("'%s' was taken", weak[i]);
        assert_non_null(strstr(err.message, "easy to guess"));
        assert_null(strstr(err.message, weak[i]));
    }
}

static void refuses_what_is_too_short_or_too_long(void **unused)
{
    char large[PASSWORD_SIZE_MAX + 2];
    struct dag_error err = {0};

    (void)unused;
    assert_false(password_check("kT9#vq2Lw7z", "ann", &err));
    assert_string_equal(err.message, "the password must have 12 characters or more");
    /* six letters of two bytes are six characters */
    assert_false(password_check("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa9\xc3\xa8", "ann", &err));
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    assert_false(password_check(large, "ann", &err));
    assert_int_equal(err.code, DAG_ERROR_LIMIT);
    assert_false(password_check("kT9#vq2Lw7z\xff\xfe", "ann", &err));
    assert_string_equal(err.message, "the password is not UTF-8");
}

static void takes_what_is_not(void **unused)
{
    static const char *const good[] = {
        "correct horse battery staple",
        "kT9#vq2Lw7zB",
        "die Katze schlaeft im Regal",
        "\xd0\xba\xd0\xbe\xd1\x88\xd0\xba\xd0\xb0 \xd1\x81\xd0\xbf\xd0\xb8\xd1\x82 "
        "\xd1\x82\xd1\x83\xd1\x82",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct dag_error err = {0};

        if (!password_check(good[i], "ann", &err))
            fail_msg("'%s': %s", good[i], err.message);
    }
    assert_true(password_check("kT9#vq2Lw7zB", "", &(struct dag_error){0}));
}

static void keeps_a_salted_hash_alone(void **unused)
{
    char one[PASSWORD_HASH_SIZE], two[PASSWORD_HASH_SIZE];
    struct dag_error err = {0};

    (void)unused;
    assert_true(password_hash("kT9#vq2Lw7zB", one, &err));
    assert_true(password_hash("kT9#vq2Lw7zB", two, &err));
    assert_int_equal(strncmp(one, "$argon2id$v=19$m=65536,t=3,p=1$", 31), 0);
    assert_string_not_equal(one, two);
    assert_int_equal(crypto_pwhash_str_verify(one, "kT9#vq2Lw7zB", 12), 0);
    assert_int_not_equal(crypto_pwhash_str_verify(one, "kT9#vq2Lw7zC", 12), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_easy_to_guess),
        cmocka_unit_test(refuses_what_is_too_short_or_too_long),
        cmocka_unit_test(takes_what_is_not),
        cmocka_unit_test(keeps_a_salted_hash_alone),
    };

    return cmocka_run_group_tests_name("passwords", tests, NULL, NULL);
}
