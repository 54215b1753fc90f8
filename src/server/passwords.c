/* passwords.c - see passwords.h. Instead of a list of leaked passwords, which would be large and
 * never complete, the rule asks what is left of a password when everything that a guesser tries
 * first is taken away. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/passwords.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/tree.h"

#define MEMORY_BYTES ((size_t)64 << 20)
#define PASSES       3
#define RUN_MIN      3 /* characters of a sequence or a repetition that count as one thing */
#define REST_MIN     5 /* characters that must be left */

_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_SIZE, "the hash fits");

/* What guessers begin with, and what systems like this one make people think of. */
static const char *const common_words[] = {
    "password",  "passwort",  "passwd",    "passphrase", "changeme", "change",   "letmein",
    "welcome",   "secret",    "default",   "admin",      "root",     "user",     "login",
    "guest",     "test",      "demo",      "master",     "server",   "system",   "service",
    "operator",  "viewer",    "manager",   "super",      "access",   "account",  "dagd",
    "compute",   "please",    "enter",     "hello",      "world",    "monkey",   "dragon",
    "shadow",    "sunshine",  "princess",  "football",   "baseball", "soccer",   "hockey",
    "superman",  "batman",    "starwars",  "pokemon",    "iloveyou", "love",     "lovely",
    "angel",     "flower",    "trust",     "freedom",    "whatever", "killer",   "hunter",
    "ranger",    "michael",   "charlie",   "jordan",     "daniel",   "thomas",   "robert",
    "jennifer",  "jessica",   "ashley",    "amanda",     "summer",   "winter",   "spring",
    "autumn",    "monday",    "friday",    "january",    "february", "december", "november",
    "october",   "september", "august",    "company",    "office",   "internet", "computer",
    "database",  "oracle",    "mysql",     "postgres",   "redis",    "kafka",    "docker",
    "linux",     "debian",    "ubuntu",    "windows",    "google",   "facebook", "temp",
    "temporary", "pass",      "word",      "qwertz",     "azerty",   "abc",      "xyz",
    "this",      "that",      "good",      "money",      "cheese",   "coffee",   "banana",
    "orange",    "apple",     "yellow",    "purple",     "silver",   "golden",   "ginger",
    "pepper",    "cookie",    "chocolate", "mustang",    "ferrari",  "porsche",  "mercedes",
};

static const char *const rows[] = {"abcdefghijklmnopqrstuvwxyz",
                                   "01234567890",
                                   "qwertyuiop",
                                   "asdfghjkl",
                                   "zxcvbnm",
                                   "qwertzuiop",
                                   "yxcvbnm",
                                   "azertyuiop",
                                   "1qaz2wsx3edc4rfv",
                                   "!@#$%^&*()"};

/* "P4ssw0rd" is tried as "password". */
static char plain_letter(char letter)
{
    static const char from[] = "013457@$!", to[] = "oieastasi";
    const char *found = letter ? strchr(from, letter) : NULL;

    if (found)
        return to[found - from];
    return (char)tolower((unsigned char)letter);
}

static size_t row_at(const char *text, const char *row, bool backwards)
{
    size_t size = 0;
    const char *at = text[0] ? strchr(row, text[0]) : NULL;

    if (!at)
        return 0;
    while (text[size] && text[size] == *at) {
        size++;
        if (backwards && at == row)
            break;
        at = backwards ? at - 1 : at + 1;
    }
    return size;
}

static size_t repetition_at(const char *text, size_t period)
{
    size_t size = strnlen(text, period);

    if (size < period)
        return 0;
    while (text[size] && text[size] == text[size - period])
        size++;
    return size >= 2 * period ? size : 0;
}

/* Bytes at the start of `text` (lower case) that a guesser gets for nothing. */
static size_t sequence_at(const char *text)
{
    size_t longest = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int backwards = 0; backwards < 2; backwards++) {
            size_t size = row_at(text, rows[i], backwards != 0);
            longest = size > longest ? size : longest;
        }
    for (size_t period = 1; period <= 6; period++) {
        size_t size = repetition_at(text, period);
        longest = size > longest ? size : longest;
    }
    return longest >= RUN_MIN ? longest : 0;
}

static size_t word_at(const char *letters, const char *user)
{
    size_t size = strlen(user), longest = 0;

    if (size > 0 && strncmp(letters, user, size) == 0)
        longest = size;
    for (size_t i = 0; i < sizeof(common_words) / sizeof(common_words[0]); i++) {
        size = strlen(common_words[i]);
        if (size > longest && strncmp(letters, common_words[i], size) == 0)
            longest = size;
    }
    return longest;
}

/* Letters and figures that are no part of a word, a sequence, a repetition or a year. */
static size_t rest_of(const char *password, const char *user)
{
    char lower[PASSWORD_SIZE_MAX + 1] = "", letters[PASSWORD_SIZE_MAX + 1] = "";
    char name[PASSWORD_SIZE_MAX + 1] = "";
    size_t size = strlen(password), user_size = strnlen(user, PASSWORD_SIZE_MAX), rest = 0;

    for (size_t i = 0; i <= size; i++) {
        lower[i] = (char)tolower((unsigned char)password[i]);
        letters[i] = plain_letter(password[i]);
    }
    for (size_t i = 0; i < user_size; i++)
        name[i] = plain_letter(user[i]);
    name[user_size] = '\0';
    for (size_t at = 0; at < size;) {
        size_t sequence = sequence_at(lower + at), word = word_at(letters + at, name);
        size_t taken = sequence > word ? sequence : word;
        bool is_year = strspn(lower + at, "0123456789") >= 4 &&
                       (strncmp(lower + at, "19", 2) == 0 || strncmp(lower + at, "20", 2) == 0);

        if (is_year && taken < 4)
            taken = 4;
        if (taken == 0 && (isalnum((unsigned char)lower[at]) || (lower[at] & 0xC0) == 0xC0))
            rest++;
        at += taken > 0 ? taken : 1;
    }
    sodium_memzero(lower, sizeof(lower));
    sodium_memzero(letters, sizeof(letters));
    return rest;
}

bool password_check(const char *password, const char *user, struct dag_error *err)
{
    size_t size = strlen(password), length = 0;

    if (size > PASSWORD_SIZE_MAX)
        return dag_error_set(err, DAG_ERROR_LIMIT, "a password may be %d bytes long at most",
                             PASSWORD_SIZE_MAX);
    if (!tree_is_utf8(password, size))
        return dag_error_set(err, DAG_ERROR_INVALID, "the password is not UTF-8");
    for (size_t i = 0; i < size; i++)
        length += (password[i] & 0xC0) != 0x80;
    if (length < PASSWORD_LENGTH_MIN)
        return dag_error_set(err, DAG_ERROR_INVALID, "the password must have %d characters or more",
                             PASSWORD_LENGTH_MIN);
    if (rest_of(password, user) < REST_MIN)
        return dag_error_set(err, DAG_ERROR_INVALID,
                             "the password is easy to guess: it is made of common words, "
                             "sequences, repetitions or the user's name; take a longer one");
    return true;
}

bool password_hash(const char *password, char *hash, struct dag_error *err)
{
    if (sodium_init() < 0)
        return dag_error_set(err, DAG_ERROR_IO, "no random numbers can be had");
    if (crypto_pwhash_str_alg(hash, password, strlen(password), PASSES, MEMORY_BYTES,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return dag_error_set_memory(err, "the hash of a password (64 MiB)");
    return true;
}

bool password_matches(const char *password, const char *hash)
{
    return sodium_init() >= 0 && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

bool password_is_outdated(const char *hash)
{
    return crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY_BYTES) != 0;
}

bool password_nobody(char *hash, struct dag_error *err)
{
    unsigned char salt[crypto_pwhash_SALTBYTES], random[32];
    char salt_text[32], random_text[64];

    if (sodium_init() < 0)
        return dag_error_set(err, DAG_ERROR_IO, "no random numbers can be had");
    randombytes_buf(salt, sizeof(salt));
    randombytes_buf(random, sizeof(random));
    sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(random_text, sizeof(random_text), random, sizeof(random),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    snprintf(hash, PASSWORD_HASH_SIZE, "$argon2id$v=19$m=%zu,t=%d,p=1$%s$%s", MEMORY_BYTES >> 10,
             PASSES, salt_text, random_text);
    return true;
}
