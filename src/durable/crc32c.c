/* crc32c.c - CRC-32C: an instruction of SSE 4.2, or eight tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/crc32c.h"

#include <pthread.h>
#include <string.h>

#define POLYNOMIAL 0x82f63b78u /* reflected */

static uint32_t tables[8][256];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

/* tables[k][b]: what byte b does to the checksum with k bytes behind it. */
static void make_tables(void)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
        tables[0][byte] = crc;
    }
    for (size_t k = 1; k < 8; k++)
        for (size_t byte = 0; byte < 256; byte++) {
            uint32_t crc = tables[k - 1][byte];
            tables[k][byte] = (crc >> 8) ^ tables[0][crc & 255];
        }
}

uint32_t crc32c_by_table(uint32_t crc, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    pthread_once(&tables_once, make_tables);
    crc = ~crc;
    for (; size >= 8; at += 8, size -= 8) {
        crc ^=
            (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        crc = tables[7][crc & 255] ^ tables[6][(crc >> 8) & 255] ^ tables[5][(crc >> 16) & 255] ^
              tables[4][crc >> 24] ^ tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^
              tables[0][at[7]];
    }
    for (; size > 0; at++, size--)
        crc = (crc >> 8) ^ tables[0][(crc ^ *at) & 255];
    return ~crc;
}

/* ---- joining ---- */

/* Product of two polynomials modulo the checksum's; bit 31 is the power 0. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t product = 0;

    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        if (a & bit)
            product ^= b;
        b = b & 1 ? (b >> 1) ^ POLYNOMIAL : b >> 1;
    }
    return product;
}

uint32_t crc32c_join(uint32_t crc, uint32_t behind, size_t size)
{
    uint32_t power = 1u << 23; /* one byte: x to the 8th */

    for (; size > 0; size >>= 1) {
        if (size & 1)
            crc = multiply(power, crc);
        power = multiply(power, power);
    }
    return crc ^ behind;
}

/* ---- by instruction ---- */

#if defined(__x86_64__)

#define LANE_SIZE 1024 /* bytes; three lanes at once hide the instruction's latency */

/* over_lane[k][b]: what byte k of a state, being b, becomes over a lane of zeros. */
static uint32_t over_lane[4][256];
static pthread_once_t lane_once = PTHREAD_ONCE_INIT;

/* The checksum is linear: what a byte becomes is the sum of what its bits become. */
static void make_lane_tables(void)
{
    pthread_once(&tables_once, make_tables);
    for (size_t bit = 0; bit < 32; bit++) {
        uint32_t state = 1u << bit;
        for (size_t i = 0; i < LANE_SIZE; i++)
            state = (state >> 8) ^ tables[0][state & 255];
        for (uint32_t byte = 0; byte < 256; byte++)
            over_lane[bit / 8][byte] ^= byte >> bit % 8 & 1 ? state : 0;
    }
}

static uint64_t skip_lane(uint64_t state)
{
    return over_lane[0][state & 255] ^ over_lane[1][(state >> 8) & 255] ^
           over_lane[2][(state >> 16) & 255] ^ over_lane[3][(state >> 24) & 255];
}

static uint64_t word_at(const unsigned char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* The checksum is linear: the lanes are summed up apart, each from zero, and each sum is moved over
 * the lanes behind it. */
__attribute__((target("sse4.2"))) static uint64_t by_lanes(uint64_t state, const unsigned char *at)
{
    uint64_t second = 0, third = 0;

    for (size_t i = 0; i < LANE_SIZE; i += 8) {
        state = __builtin_ia32_crc32di(state, word_at(at + i));
        second = __builtin_ia32_crc32di(second, word_at(at + LANE_SIZE + i));
        third = __builtin_ia32_crc32di(third, word_at(at + 2 * LANE_SIZE + i));
    }
    return skip_lane(skip_lane(state) ^ second) ^ third;
}

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const void *bytes,
                                                                 size_t size)
{
    const unsigned char *at = bytes;
    uint64_t state = ~crc;

    if (size >= 3 * LANE_SIZE)
        pthread_once(&lane_once, make_lane_tables);
    for (; size >= 3 * LANE_SIZE; at += 3 * LANE_SIZE, size -= 3 * LANE_SIZE)
        state = by_lanes(state, at);
    for (; size >= 8; at += 8, size -= 8)
        state = __builtin_ia32_crc32di(state, word_at(at));
    for (; size > 0; at++, size--)
        state = __builtin_ia32_crc32qi((uint32_t)state, *at);
    return ~(uint32_t)state;
}

uint32_t crc32c(uint32_t crc, const void *bytes, size_t size)
{
    if (__builtin_cpu_supports("sse4.2"))
        return by_instruction(crc, bytes, size);
    return crc32c_by_table(crc, bytes, size);
}

#else

uint32_t crc32c(uint32_t crc, const void *bytes, size_t size)
{
    return crc32c_by_table(crc, bytes, size);
}

#endif
