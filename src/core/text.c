/* text.c - see text.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static uint64_t seed;
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        seed = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15u;
    seed |= 1;
}

uint64_t text_mix(uint64_t hash, uint64_t value)
{
    __uint128_t product = (__uint128_t)(hash ^ 0xA0761D6478BD642Fu) * (value ^ 0xE7037ED1A0B428DBu);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_from(uint64_t hash, const unsigned char *bytes, size_t size)
{
    uint64_t word;

    hash = text_mix(hash, size);
    for (; size >= sizeof(word); bytes += sizeof(word), size -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        hash = text_mix(hash, word);
    }
    word = 0;
    if (size > 0)
        memcpy(&word, bytes, size);
    return text_mix(hash, word);
}

uint64_t text_hash(const void *bytes, size_t size)
{
    pthread_once(&seed_once, make_seed);
    return hash_from(seed, bytes, size);
}

uint64_t text_hash_stable(const void *bytes, size_t size)
{
    return hash_from(0x8EBC6AF09C88C6E3u, bytes, size);
}

static const char hex_digits[] = "0123456789abcdef";

static size_t escape_control(char *out, unsigned char byte)
{
    static const char short_escapes[32] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};

    out[0] = '\\';
    if (short_escapes[byte]) {
        out[1] = short_escapes[byte];
        return 2;
    }
    memcpy(out + 1, "u00", 3);
    out[4] = hex_digits[byte >> 4];
    out[5] = hex_digits[byte & 15];
    return 6;
}

/* Bytes of the UTF-8 character at the begin; 0: there is none, such as behind a cut. */
static size_t character_size(const unsigned char *bytes, size_t left)
{
    size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : 3;

    if (bytes[0] >= 0xF0)
        size = bytes[0] < 0xF5 ? 4 : 0;
    if (size > left)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

size_t text_escape(char *out, const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    char *start = out;

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = bytes[i];
        if (byte < 0x20) {
            out += escape_control(out, byte);
        } else if (byte == '"' || byte == '\\') {
            *out++ = '\\';
            *out++ = (char)byte;
        } else if (byte == 0xED && i + 2 < size && bytes[i + 1] >= 0xA0) {
            unsigned int unit = 0xD000u | ((bytes[i + 1] & 0x3Fu) << 6) | (bytes[i + 2] & 0x3Fu);
            memcpy(out, "\\u", 2);
            for (int shift = 12, k = 2; shift >= 0; shift -= 4, k++)
                out[k] = hex_digits[(unit >> shift) & 15u];
            out += 6;
            i += 2;
        } else if (byte < 0x80) {
            *out++ = (char)byte;
        } else {
            size_t character = character_size(bytes + i, size - i);

            memcpy(out, character > 0 ? text + i : "\xEF\xBF\xBD", character > 0 ? character : 3);
            out += character > 0 ? character : 3;
            i += character > 0 ? character - 1 : 0;
        }
    }
    return (size_t)(out - start);
}

char *text_copy(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);

    if (copy) {
        memcpy(copy, bytes, size);
        copy[size] = '\0';
    }
    return copy;
}
