/* gazetteer_build.c: turns the lists in a folder into the table that gazetteer.c reads.

   gazetteer_build LISTS OUT */
#include "screen/gazetteer.h"
#include "screen/gazetteer_table.h"
#include "screen/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint64_t hash;
    unsigned bits;
};

static struct entry *entries;
static size_t count, room;

static void entry_add(uint64_t hash, unsigned bits)
{
    if (count == room) {
        room = room ? room * 2 : 1 << 16;
        entries = realloc(entries, room * sizeof *entries);
        if (!entries)
            abort();
    }
    entries[count++] = (struct entry){ hash, bits };
}

/* A word of texts in which nothing is a name, unless a list of names has it. */
enum { MAYBE_PLAIN = 1 << GAZETTEER_BITS };

/* Adds the words of one name; `part` replaces `whole` where a name has several words. */
static void name_add(const char *name, size_t n, unsigned whole, unsigned part)
{
    struct arena a = { 0 };
    struct words w = words_cut(&a, name, n);
    size_t letters = 0;
    for (size_t i = 0; i < w.count; i++)
        letters += w.at[i].class == WORD_LETTERS;
    for (size_t i = 0; i < w.count; i++)
        if (w.at[i].class == WORD_LETTERS)
            entry_add(w.at[i].hash, letters == 1 ? whole : part);
    arena_done(&a);
}

static const struct list {
    const char *name;
    unsigned whole, part;
} lists[] = {
    { "word", GAZETTEER_WORD, 0 },
    { "word_other", GAZETTEER_WORD, 0 },
    { "office", GAZETTEER_PLAIN, GAZETTEER_PLAIN },
    { "interface", MAYBE_PLAIN, MAYBE_PLAIN },
    { "tool", MAYBE_PLAIN, MAYBE_PLAIN },
    { "first", GAZETTEER_FIRST, GAZETTEER_FIRST },
    { "last", GAZETTEER_LAST, GAZETTEER_LAST },
    { "place", GAZETTEER_PLACE, GAZETTEER_PLACE_PART },
    { "country", GAZETTEER_COUNTRY, GAZETTEER_COUNTRY },
    { "city", GAZETTEER_COUNTRY, GAZETTEER_PLACE_PART },
    { "nation", GAZETTEER_NATION, 0 },
    { "nation_other", GAZETTEER_NATION_OTHER, 0 },
    { "street_part", GAZETTEER_STREET, 0 },
    { "job", GAZETTEER_JOB, GAZETTEER_JOB },
    { "company", GAZETTEER_COMPANY, GAZETTEER_COMPANY },
};

static const struct list own[] = {
    { "function", GAZETTEER_FUNCTION | GAZETTEER_WORD, 0 },
    { "street", GAZETTEER_STREET, 0 },
    { "nation", GAZETTEER_NATION, 0 },
    { "legal_form", GAZETTEER_LEGAL_FORM, 0 },
    { "company", GAZETTEER_COMPANY, 0 },
    { "job", GAZETTEER_JOB, 0 },
    { "honorific", GAZETTEER_HONORIFIC, 0 },
    { "month", GAZETTEER_MONTH, 0 },
    { "particle", GAZETTEER_PARTICLE, 0 },
    { "date_lead", GAZETTEER_DATE_LEAD, 0 },
};

static FILE *list_open(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void own_line(char *line)
{
    char *colon = strchr(line, ':');
    if (*line == '#' || !colon)
        return;
    *colon = 0;
    for (size_t i = 0; i < LENGTH(own); i++)
        if (!strcmp(own[i].name, line))
            for (char *save, *w = strtok_r(colon + 1, "|\n", &save); w;
                 w = strtok_r(NULL, "|\n", &save))
                name_add(w, strlen(w), own[i].whole, 0);
}

static int entry_compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static void entries_join(void)
{
    qsort(entries, count, sizeof *entries, entry_compare);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!entries[i].bits)
            continue;
        if (n && entries[n - 1].hash == entries[i].hash)
            entries[n - 1].bits |= entries[i].bits;
        else
            entries[n++] = entries[i];
    }
    count = 0;
    for (size_t i = 0; i < n; i++) {
        bool name = entries[i].bits & (GAZETTEER_FIRST | GAZETTEER_LAST);
        if (entries[i].bits & MAYBE_PLAIN && !name)
            entries[i].bits |= GAZETTEER_PLAIN;
        entries[i].bits &= ~(unsigned)MAYBE_PLAIN;
        if (entries[i].bits)
            entries[count++] = entries[i];
    }
}

static bool table_write(const char *path)
{
    uint32_t slots = (uint32_t)(count * 2 + 1);
    gazetteer_slot *table = calloc(slots, sizeof *table);
    if (!table)
        abort();
    for (size_t i = 0; i < count; i++) {
        uint32_t at = gazetteer_home(entries[i].hash, slots);
        while (table[at])
            at = at + 1 < slots ? at + 1 : 0;
        table[at] = gazetteer_print(entries[i].hash) | entries[i].bits;
    }
    FILE *out = fopen(path, "wb");
    bool ok = out && fwrite(table, sizeof *table, slots, out) == slots && fclose(out) == 0;
    free(table);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    for (size_t i = 0; i < LENGTH(lists); i++) {
        FILE *f = list_open(argv[1], lists[i].name);
        while ((n = getline(&line, &size, f)) > 0) {
            const char *tab = strchr(line, '\t'); /* behind a language */
            const char *name = tab ? tab + 1 : line;
            name_add(name, (size_t)(line + n - name), lists[i].whole, lists[i].part);
        }
        fclose(f);
    }
    FILE *f = list_open(argv[1], "own");
    while (getline(&line, &size, f) > 0)
        own_line(line);
    fclose(f);
    entries_join();

    bool ok = table_write(argv[2]);
    free(line);
    free(entries);
    return ok ? 0 : 1;
}
