/* replay.c - runs a fuzz target over every file of its corpus, as an ordinary test. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "re");
    char *data = NULL;
    long length;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0)
        goto fail;
    rewind(file);
    *size = (size_t)length;
    /* Exactly as long as the file, so that the sanitizer sees a read past its end. */
    data = malloc(*size ? *size : 1);
    if (!data || fread(data, 1, *size, file) != *size)
        goto fail;
    fclose(file);
    return data;

fail:
    perror(path);
    exit(1);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int count;

    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    count = scandir(argv[1], &entries, is_visible, alphasort);
    if (count <= 0) {
        fprintf(stderr, "%s: no corpus\n", argv[1]);
        return 1;
    }
    for (int i = 0; i < count; i++) {
        char path[4096];
        size_t size = 0;
        void *data;

        snprintf(path, sizeof(path), "%s/%s", argv[1], entries[i]->d_name);
        printf("%s\n", path);
        fflush(stdout);
        data = read_file(path, &size);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
        free(entries[i]);
    }
    free(entries);
    printf("%d passed, 0 failed\n", count);
    return 0;
}
