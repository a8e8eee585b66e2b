/* replay.c: runs a fuzz target once over every file of the folder given, so that seeds and past
   crashes are tested with any compiler. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static int replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        perror(path);
        return 1;
    }
    size_t n = (size_t)ftell(file);
    rewind(file);
    uint8_t *at = malloc(n + !n); /* exactly as long as the file, so that reading past it is seen */
    int failed = !at || fread(at, 1, n, file) != n;
    if (!failed)
        LLVMFuzzerTestOneInput(at, n);
    free(at);
    fclose(file);
    return failed;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int failed = 0, count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        failed += replay(argv[1], entry->d_name);
        count++;
    }
    closedir(folder);
    printf("%d files, %d failed\n", count, failed);
    return failed || !count;
}
