/* gen.c - writes the input of the reference job: JSON lines, the same for the same arguments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

static const char *const names[] = {"pump",
                                    "valve station",
                                    "turbine",
                                    "Gen\\u00e9rateur",
                                    "boiler",
                                    "compressor",
                                    "Motor \\\"A\\\"",
                                    "sensor node",
                                    "K\xc3\xbchler",
                                    "\xe6\xb8\xa9\xe5\xba\xa6\xe8\xae\xa1",
                                    "line\\tfeed",
                                    "relay",
                                    "switch gear",
                                    "path\\\\unit",
                                    "conveyor belt",
                                    "mixer"};
static const char *const tags[] = {"hot", "cold", "north", "south",
                                   "x1",  "beta", "prod",  "r\xc3\xa9gion"};
static const char *const sites[] = {"berlin", "oslo", "lima", "tokyo", "austin"};

static uint64_t random_next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545F4914F6CDD1DULL;
}

static void write_numbers(uint64_t r, uint64_t q)
{
    if ((r >> 26) % 33 != 0) {
        if ((r >> 32) & 1)
            printf(",\"value1\":%ld", (long)(q % 20000) - 2000);
        else
            printf(",\"value1\":%.3f", (double)((long)(q % 2000000) - 200000) / 1000.0 + 0.001);
    }
    if ((r >> 33) % 33 != 0) {
        if ((r >> 39) & 1)
            printf(",\"value2\":%ld", (long)((q >> 24) % 1000));
        else
            printf(",\"value2\":%.2f", (double)((q >> 24) % 100000) / 100.0 + 0.01);
    }
}

static void write_record(long id)
{
    uint64_t r = random_next(), q = random_next();
    int tag_count = (int)((q >> 50) & 3);

    printf("{\"id\":%ld", id);
    if (r % 50 != 0)
        printf(",\"name\":\"%s-%u\"", names[(r >> 8) & 15], (unsigned)((r >> 16) % 1000));
    write_numbers(r, q);
    printf(",\"tags\":[");
    for (int k = 0; k < tag_count; k++)
        printf("%s\"%s\"", k ? "," : "", tags[(q >> (52 + 3 * k)) & 7]);
    printf("]");
    printf(",\"meta\":{\"site\":\"%s\",\"ok\":%s,\"rank\":%d}", sites[(r >> 44) % 5],
           (r >> 48) & 1 ? "true" : "false", (int)((r >> 49) & 63));
    if ((r >> 56) % 10 < 3)
        printf(",\"status\":\"%s\"", (r >> 60) & 1 ? "active" : "down");
    if ((r >> 61) == 0)
        printf(",\"priority\":%d", (int)((q >> 40) % 9));
    printf("}\n");
}

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;

    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 88172645463325252ULL;
    setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
    for (long id = 0; id < count; id++)
        write_record(id);
    return fflush(stdout) == 0 ? 0 : 1;
}
