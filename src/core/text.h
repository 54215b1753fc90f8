/* text.h - small helpers on runs of bytes: hash, JSON escapes, copies. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stddef.h>
#include <stdint.h>

/** Hash of the bytes, seeded once a process, so that nobody outside can aim for collisions. */
uint64_t text_hash(const void *bytes, size_t size);

/** Mixes a value into a hash, without a seed: the same everywhere and always. */
uint64_t text_mix(uint64_t hash, uint64_t value);

/** A hash without a seed: the same everywhere and always. */
uint64_t text_hash_stable(const void *bytes, size_t size);

/** Most bytes that text_escape() writes for `size` bytes. */
static inline size_t text_escape_bound(size_t size)
{
    return size * 6;
}

/** Writes decoded text as it stands between the quotes of a JSON string: quote, backslash and
 *  control characters escaped, lone surrogates (ED A0..BF xx) as \udxxx, no UTF-8 as U+FFFD.
 *  Returns the bytes written. */
size_t text_escape(char *out, const char *text, size_t size);

/** A copy with a NUL behind it, for bytes that have none; released with free(). NULL: out of
 * memory.
 */
char *text_copy(const char *bytes, size_t size);

#endif
