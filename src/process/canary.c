/* canary.c: making canaries, and finding them in bytes and files. */
#include "canary.h"

#include "base/arena.h"
#include "base/hash.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PREFIX = 6 };
static const char prefix[PREFIX + 1] = "canary";

static uint64_t letters_hash(const char *at)
{
    return hash_bytes(hash_start, at + PREFIX, CANARY_TEXT - 1 - PREFIX);
}

void canary_make(char ret[CANARY_TEXT], struct canary_print *print)
{
    unsigned char bytes[CANARY_TEXT - 1 - PREFIX];
    arc4random_buf(bytes, sizeof bytes);
    memcpy(ret, prefix, PREFIX);
    for (size_t i = 0; i < sizeof bytes; i++)
        ret[PREFIX + i] = (char)('a' + bytes[i] % 26);
    ret[CANARY_TEXT - 1] = 0;
    print->hash = letters_hash(ret);
    wipe(bytes, sizeof bytes);
}

size_t canary_count(const struct canary_print *print, const void *at, size_t n)
{
    const char *p = at, *end = p + n;
    size_t found = 0;
    while ((p = memmem(p, (size_t)(end - p), prefix, PREFIX)) && end - p >= CANARY_TEXT - 1) {
        found += letters_hash(p) == print->hash;
        p++;
    }
    return found;
}

static bool file_has(const char *path, const struct canary_print *print)
{
    enum { PIECE = 1 << 20 };
    char *piece = malloc(PIECE + CANARY_TEXT);
    FILE *f = fopen(path, "re");
    size_t kept = 0, n, found = 0;
    while (f && piece && (n = fread(piece + kept, 1, PIECE, f)) > 0) {
        found += canary_count(print, piece, kept + n);
        size_t all = kept + n;
        kept = all < CANARY_TEXT - 2 ? all : CANARY_TEXT - 2;
        memmove(piece, piece + all - kept, kept);
    }
    if (f)
        fclose(f);
    if (piece)
        wipe(piece, PIECE + CANARY_TEXT);
    free(piece);
    return found > 0;
}

int canary_scan(const char *dir, const struct canary_print *print, int *files)
{
    DIR *d = opendir(dir);
    int found = 0;
    if (!d)
        return -1;
    for (struct dirent *e; (e = readdir(d));) {
        char path[4096];
        struct stat s;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (lstat(path, &s))
            continue; /* gone meanwhile */
        if (S_ISDIR(s.st_mode)) {
            int below = canary_scan(path, print, files);
            found += below > 0 ? below : 0;
        } else if (S_ISREG(s.st_mode)) {
            ++*files;
            found += file_has(path, print);
        }
    }
    closedir(d);
    return found;
}
