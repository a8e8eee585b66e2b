/* screen_bench.c: how fast mask and guard are, on plain text and on text made to hurt.

   Runs from the top of the repository, whose lists give the directory's names. Prints lines for
   bench.py. */
#include "screen/guard.h"
#include "screen/mask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PEOPLE = 1000, PLAIN = 4 << 20, PIECE = 4096, HURT = 1 << 20, TURNS = 5 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *file_read(const char *path, size_t *ret)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *text = malloc(n + 1);
    if (!text || fread(text, 1, n, f) != n)
        exit(1);
    text[n] = 0;
    fclose(f);
    *ret = n;
    return text;
}

/* The texts of the development set, over and over. */
static char *plain_text(void)
{
    size_t n, used = 0;
    char *file = file_read("src/screen/data/given/pii_dev.jsonl", &n), *text = malloc(PLAIN + 1);
    if (!text)
        exit(1);
    while (used < PLAIN)
        for (char *at = file; used < PLAIN && (at = strstr(at, "\"full_text\": \""));) {
            for (at += 14; *at != '"' && used < PLAIN; at++) {
                if (*at == '\\' && at[1] == 'n')
                    text[used++] = '\n', at++;
                else if (*at != '\\')
                    text[used++] = *at;
            }
            if (used < PLAIN)
                text[used++] = '\n';
        }
    free(file);
    return text;
}

static char *list_line(char **at)
{
    char *line = *at, *end = strchr(line, '\n');
    if (!end)
        return NULL;
    *end = 0;
    *at = end + 1;
    return line;
}

static const struct mask *thousand_people(struct arena *a)
{
    size_t n;
    char *first = file_read("src/screen/data/lists/first.txt", &n);
    char *last = file_read("src/screen/data/lists/last.txt", &n), *f = first, *l = last;
    struct mask_name *names = arena_many(a, PEOPLE, struct mask_name);
    for (size_t i = 0; i < PEOPLE; i++) {
        char *given = NULL, *family = NULL;
        for (int skip = 0; skip < 19; skip++) {
            given = list_line(&f);
            family = skip < 14 ? list_line(&l) : family;
        }
        names[i] =
            (struct mask_name){ arena_printf(a, "%s %s", given, family), MASK_PERSON, i + 1 };
    }
    const struct mask *m = mask_new(a, names, PEOPLE);
    free(first);
    free(last);
    return m;
}

struct work {
    const struct mask *mask;
    const struct guard *guard;
    struct arena arena;
};

static void mask_once(struct work *w, const char *text, size_t n)
{
    struct mask_spans spans = mask_find(&w->arena, w->mask, text, n, MASK_ALL);
    mask_apply(mask_map_new(&w->arena), text, n, &spans);
}

static void guard_once(struct work *w, const char *text, size_t n)
{
    guard_judge(&w->arena, w->guard, text, n, GUARD_PROMPT);
}

/* The best of some turns, in seconds a byte; the text is given in pieces as requests would be. */
static double seconds(struct work *w, void (*once)(struct work *, const char *, size_t),
                      const char *text, size_t n, size_t piece)
{
    double best = 1e9;
    for (int turn = 0; turn < TURNS; turn++) {
        double start = now();
        for (size_t i = 0; i < n; i += piece) {
            once(w, text + i, n - i < piece ? n - i : piece);
            arena_reset(&w->arena);
        }
        double took = now() - start;
        best = took < best ? took : best;
    }
    return best / (double)n;
}

/* The slowest of texts made of one short unit, each one line of a megabyte. */
static double worst(struct work *w, void (*once)(struct work *, const char *, size_t),
                    const char **which)
{
    static const char *const units[] = {
        "a",       "1",       "1-",       "@",    "a@",        "a.",  "::", "0:",
        "Ann ",    "PERSON_", "(",        "+1 ",  "DE89 ",     "-a",  "a ", "01010101 ",
        "ignore ", "A1",      "\xcc\x88", "\xff", "rank him ", "zz ",
    };
    static char text[HURT];
    double most = 0;
    for (size_t i = 0; i < LENGTH(units); i++) {
        for (size_t k = 0; k < HURT; k++)
            text[k] = units[i][k % strlen(units[i])];
        double start = now();
        once(w, text, HURT);
        arena_reset(&w->arena);
        double took = (now() - start) / HURT;
        *which = took > most ? units[i] : *which;
        most = took > most ? took : most;
    }
    return most;
}

static void mask_measure(struct work *w, const char *text)
{
    const char *unit = "";
    printf("{\"name\": \"mask.mb_s\", \"unit\": \"MB/s\", \"value\": %.2f, \"detail\": \"pieces of "
           "4 KiB, one core\"}\n",
           1e-6 / seconds(w, mask_once, text, PLAIN, PIECE));
    double slow = worst(w, mask_once, &unit);
    printf("{\"name\": \"mask.worst_mb_s\", \"unit\": \"MB/s\", \"value\": %.2f, \"detail\": \"1 "
           "MiB of '%s'\"}\n",
           1e-6 / slow, (unsigned char)*unit < 0x7f ? unit : "marks");
}

static void guard_measure(struct work *w, const char *text)
{
    const char *unit = "";
    printf("{\"name\": \"guard.us_per_kb\", \"unit\": \"us\", \"value\": %.1f}\n",
           1e9 * seconds(w, guard_once, text, PLAIN, PIECE));
    double slow = worst(w, guard_once, &unit);
    printf("{\"name\": \"guard.worst_us_per_kb\", \"unit\": \"us\", \"value\": %.1f, \"detail\": "
           "\"1 MiB of '%s'\"}\n",
           1e9 * slow, (unsigned char)*unit < 0x7f ? unit : "marks");
}

/* Whether one of the names given, or none, is of a family of figures. */
static bool wanted(int count, char **names, const char *family)
{
    for (int i = 1; i < count; i++)
        if (!strncmp(names[i], family, strlen(family)))
            return true;
    return count < 2;
}

int main(int argc, char **argv)
{
    struct arena a = { 0 };
    struct work w = { .mask = thousand_people(&a), .guard = guard_new(&a) };
    char *text = plain_text();
    if (wanted(argc, argv, "mask."))
        mask_measure(&w, text);
    if (wanted(argc, argv, "guard."))
        guard_measure(&w, text);
    free(text);
    arena_done(&w.arena);
    arena_done(&a);
    return 0;
}
