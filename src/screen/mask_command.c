/* mask_command.c: "vow mask", a person's look at what the mask sees. */
#include "command.h"

#include "line.h"
#include "mask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "vow mask [--explain] [--directory NAMES] FILE\n"
    "vow mask --json [--directory NAMES]\n"
    "\n"
    "Prints FILE (\"-\": standard input) with personal data replaced by tokens.\n"
    "  --explain          print each finding with its reason instead\n"
    "  --json             read {\"text\": ...} lines on standard input and answer each with\n"
    "                     {\"spans\": [{\"kind\", \"start\", \"end\", \"score\"}]}, in Unicode "
    "characters\n"
    "  --directory NAMES  a file of known names, one a line: KIND<tab>name; kind KEEP for names\n"
    "                     that are to be left alone\n";

/* One line; false when it is none of a name. */
static bool name_read(char *line, struct mask_name *ret)
{
    char *tab = strchr(line, '\t');
    if (!tab || !tab[1])
        return false;
    *tab = 0;
    ret->name = tab + 1;
    ret->kind = mask_kind_of(line);
    return ret->kind != MASK_KEEP || !strcmp(line, "KEEP"); /* what is no kind is MASK_KEEP, too */
}

/* A line that cannot be read is told: a name that is left out stays in the text. */
static bool names_read(struct arena *a, const char *path, const struct mask **ret)
{
    struct line_text file;
    if (!file_read(a, path, &file)) {
        fprintf(stderr, "vow mask: %s: %s\n", path, strerror(errno));
        return false;
    }
    size_t count = 0, room = 1, number = 1;
    for (size_t i = 0; i < file.len; i++)
        room += file.at[i] == '\n';
    struct mask_name *names = arena_many(a, room, struct mask_name);
    char *rest = file.at;
    for (char *line; (line = strsep(&rest, "\n")); number++) {
        line[strcspn(line, "\r")] = 0;
        if (!*line)
            continue;
        if (!name_read(line, &names[count])) {
            fprintf(stderr,
                    "vow mask: %s, line %zu: takes a kind, such as PERSON or KEEP, a tab and a "
                    "name\n",
                    path, number);
            return false;
        }
        names[count].subject = count + 1;
        count++;
    }
    *ret = mask_new(a, names, count);
    return true;
}

/* Characters up to each byte offset, counted on from the last one. */
static size_t points_upto(const char *text, size_t *at, size_t *points, size_t end)
{
    for (; *at < end; (*at)++)
        *points += ((unsigned char)text[*at] & 0xc0) != 0x80;
    return *points;
}

static void json_spans(const char *text, const struct mask_spans *spans)
{
    size_t at = 0, points = 0;
    printf("{\"spans\": [");
    for (size_t i = 0; i < spans->count; i++) {
        const struct mask_span *s = &spans->at[i];
        size_t start = points_upto(text, &at, &points, s->start);
        size_t end = points_upto(text, &at, &points, s->end);
        printf("%s{\"kind\": \"%s\", \"start\": %zu, \"end\": %zu, \"score\": %.2f}", i ? ", " : "",
               mask_kind_name(s->kind), start, end, (double)s->score);
    }
    printf("]}\n");
}

static bool json_answer(struct arena *a, const char *line, size_t n, const void *with)
{
    struct line_member text = { .name = "text" };
    if (!line_read(a, line, n, &text, 1) || !text.value.at)
        return false;
    struct mask_spans spans = mask_find(a, with, text.value.at, text.value.len, MASK_ALL);
    json_spans(text.value.at, &spans);
    return true;
}

static void explain(const char *text, const struct mask_spans *spans)
{
    for (size_t i = 0; i < spans->count; i++) {
        const struct mask_span *s = &spans->at[i];
        printf("%-18s %zu-%zu  %.2f  %s: ", mask_kind_name(s->kind), s->start, s->end,
               (double)s->score, s->why);
        for (size_t k = s->start; k < s->end; k++)
            putchar((unsigned char)text[k] < ' ' ? ' ' : text[k]);
        putchar('\n');
    }
}

static int file_run(struct arena *a, const struct mask *m, const char *path, bool reasons)
{
    struct line_text file;
    if (!file_read(a, path, &file)) {
        fprintf(stderr, "vow mask: %s: %s\n", path, strerror(errno));
        return 1;
    }
    struct mask_spans spans = mask_find(a, m, file.at, file.len, MASK_ALL);
    if (reasons) {
        explain(file.at, &spans);
        return 0;
    }
    struct mask_text masked = mask_apply(mask_map_new(a), file.at, file.len, &spans);
    fwrite(masked.at, 1, masked.len, stdout);
    return 0;
}

int mask_command(int argc, char **argv)
{
    bool json = false, reasons = false, wrong = false;
    const char *path = NULL, *names = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            fputs(help, stdout);
            return 0;
        }
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (!strcmp(argv[i], "--explain"))
            reasons = true;
        else if (!strcmp(argv[i], "--directory") && i + 1 < argc)
            names = argv[++i];
        else if (!path && (argv[i][0] != '-' || !argv[i][1]))
            path = argv[i];
        else
            wrong = true;
    }
    if (wrong || (json ? path || reasons : !path)) {
        fputs("vow: mask takes one FILE, or --json; --help says more\n", stderr);
        return 2;
    }
    struct arena a = { 0 };
    const struct mask *m = NULL;
    int status = 1;
    if (!names)
        m = mask_new(&a, NULL, 0);
    if (m || names_read(&a, names, &m))
        status = json ? lines_answer(json_answer, m, "not a JSON object with a text")
                      : file_run(&a, m, path, reasons);
    arena_done(&a);
    return status;
}
