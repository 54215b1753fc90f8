/* measure.c - runs a program and writes what it cost: the bench's stopwatch.
 *
 * usage: measure REPORT PROGRAM ARGUMENT...
 *
 * REPORT gets one line: processor seconds, wall seconds, peak KiB. A parent of its own, because
 * the kernel counts the memory of whoever started a program towards that program's peak. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    double start, wall;
    int status;
    pid_t child;
    FILE *report;

    if (argc < 3) {
        fprintf(stderr, "usage: %s REPORT PROGRAM ARGUMENT...\n", argv[0]);
        return 2;
    }
    start = now();
    child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
        perror("measure");
        return 1;
    }
    wall = now() - start;
    report = fopen(argv[1], "we");
    if (!report) {
        perror(argv[1]);
        return 1;
    }
    fprintf(report, "%.6f %.6f %ld\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), wall,
            usage.ru_maxrss);
    fclose(report);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
