/* guard_eval.c: measures the guard on labelled texts.

   guard_eval TEXTS [WEIGHTS|- [errors|all]]

   TEXTS as for guard_train. Prints a line of JSON for each source and class: how many, how many
   refused, and how many refused as the right class. Before them, with "errors" or "all", the texts
   judged wrongly or all: class, source, nearest class, score, reason, text, tabs between. */
#include "screen/guard_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct group {
    char class[32], source[40];
    size_t count, refused, right;
} groups[64];
static size_t group_count;

static void text_unescape(char *text)
{
    char *to = text;
    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            text++;
            *to++ = *text == 'n' ? '\n' : *text == 't' ? '\t' : *text;
        } else if (*text != '\n')
            *to++ = *text;
    }
    *to = 0;
}

static const char *text_flat(char *text)
{
    for (char *at = text; *at; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    return text;
}

static struct group *group_of(const char *class, const char *source)
{
    for (size_t i = 0; i < group_count; i++)
        if (!strcmp(groups[i].class, class) && !strcmp(groups[i].source, source))
            return &groups[i];
    if (group_count == LENGTH(groups))
        abort();
    struct group *g = &groups[group_count++];
    snprintf(g->class, sizeof g->class, "%s", class);
    snprintf(g->source, sizeof g->source, "%s", source);
    return g;
}

static struct model_weights *weights_read(const char *path)
{
    struct model_weights *w = malloc(sizeof *w);
    FILE *f = fopen(path, "rb");
    if (!w || !f || fread(w, sizeof *w, 1, f) != 1) {
        perror(path);
        exit(1);
    }
    fclose(f);
    return w;
}

int main(int argc, char **argv)
{
    FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!f)
        return 2;
    struct arena a = { 0 }, scratch = { 0 };
    struct model_weights *own = argc > 2 && strcmp(argv[2], "-") ? weights_read(argv[2]) : NULL;
    const struct guard *g = own ? guard_new_with(&a, own) : guard_new(&a);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, f) > 0) {
        char *source = strchr(line, '\t'), *text = source ? strchr(source + 1, '\t') : NULL;
        if (!text)
            continue;
        *source++ = *text++ = 0;
        text_unescape(text);
        struct guard_verdict v = guard_judge(&scratch, g, text, strlen(text), GUARD_PROMPT);
        struct group *to = group_of(line, source);
        to->count++;
        to->refused += v.class != GUARD_NONE;
        to->right += !strcmp(guard_class_name(v.class), line);
        bool bad = strcmp(line, "none") != 0;
        if (argc > 3 && (!strcmp(argv[3], "all") || bad != (v.class != GUARD_NONE)))
            printf("%s\t%s\t%s\t%.4f\t%s\t%.300s\n", line, source, guard_class_name(v.nearest),
                   (double)v.score, v.reason_count ? v.reasons[0] : "", text_flat(text));
        arena_reset(&scratch);
    }
    for (size_t i = 0; i < group_count; i++)
        printf("{\"class\": \"%s\", \"source\": \"%s\", \"count\": %zu, \"refused\": %zu, "
               "\"right\": %zu}\n",
               groups[i].class, groups[i].source, groups[i].count, groups[i].refused,
               groups[i].right);
    arena_done(&scratch);
    arena_done(&a);
    free(own);
    free(line);
    fclose(f);
    return 0;
}
