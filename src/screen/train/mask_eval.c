/* mask_eval.c: measures the mask on labelled texts.

   mask_eval TEXTS [WEIGHTS [BIAS [errors]]]

   TEXTS as for mask_train, behind lines "keep<tab>NAME" for the directory. Prints a line of JSON
   for each kind and for all together: precision, recall and F1 by characters and by exact spans,
   and how many texts without labels were touched. With "errors", prints each difference. WEIGHTS
   "-" are the program's own. */
#include "screen/mask.h"
#include "screen/tagger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tally {
    size_t gold, found, both;              /* characters */
    size_t spans, spans_found, spans_both; /* exact */
};

static struct tally tallies[MASK_KINDS + 1], blind;
static size_t clean, clean_touched, texts;

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

static void spans_paint(const struct mask_span *spans, size_t count, unsigned char *map)
{
    for (size_t i = 0; i < count; i++)
        memset(map + spans[i].start, (int)spans[i].kind + 1, spans[i].end - spans[i].start);
}

static bool span_among(const struct mask_span *x, const struct mask_span *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (all[i].kind == x->kind && all[i].start == x->start && all[i].end == x->end)
            return true;
    return false;
}

static void difference(const char *what, const char *text, const struct mask_span *x)
{
    size_t from = x->start > 30 ? x->start - 30 : 0;
    printf("%s %.2f %s [%.*s] in: ", what, (double)x->score, mask_kind_name(x->kind),
           (int)(x->end - x->start), text + x->start);
    for (size_t i = from; text[i] && i < x->end + 30; i++)
        putchar(text[i] == '\n' ? '/' : text[i]);
    putchar('\n');
}

static size_t spans_read(char *line, struct mask_span *ret, size_t room)
{
    size_t count = 0;
    for (char *save, *one = strtok_r(line, ";", &save); one; one = strtok_r(NULL, ";", &save)) {
        char kind[32];
        struct mask_span x = { 0 };
        if (count < room && sscanf(one, "%zu %zu %31s", &x.start, &x.end, kind) == 3) {
            x.kind = mask_kind_of(kind);
            if (x.kind < MASK_KINDS)
                ret[count++] = x;
        }
    }
    return count;
}

static void measure(const char *text, const struct mask_span *gold, size_t gold_count,
                    const struct mask_spans *found, bool errors)
{
    size_t n = strlen(text);
    unsigned char *want = calloc(n + 1, 1), *have = calloc(n + 1, 1);
    spans_paint(gold, gold_count, want);
    spans_paint(found->at, found->count, have);
    for (size_t i = 0; i < n; i++) {
        if (((unsigned char)text[i] & 0xc0) == 0x80)
            continue;
        for (int k = 0; k < 2; k++) {
            struct tally *g = k ? &tallies[MASK_KINDS] : &tallies[want[i] ? want[i] - 1 : 0];
            struct tally *f = k ? &tallies[MASK_KINDS] : &tallies[have[i] ? have[i] - 1 : 0];
            g->gold += want[i] != 0;
            f->found += have[i] != 0;
            f->both += want[i] && want[i] == have[i];
        }
        blind.gold += want[i] != 0;
        blind.found += have[i] != 0;
        blind.both += want[i] && have[i];
    }
    for (size_t i = 0; i < gold_count; i++) {
        bool both = span_among(&gold[i], found->at, found->count);
        tallies[gold[i].kind].spans++;
        tallies[MASK_KINDS].spans++;
        tallies[gold[i].kind].spans_both += both;
        tallies[MASK_KINDS].spans_both += both;
        if (errors && !both)
            difference("MISSED", text, &gold[i]);
    }
    for (size_t i = 0; i < found->count; i++) {
        tallies[found->at[i].kind].spans_found++;
        tallies[MASK_KINDS].spans_found++;
        if (errors && !span_among(&found->at[i], gold, gold_count))
            difference("WRONG ", text, &found->at[i]);
    }
    texts++;
    clean += gold_count == 0;
    clean_touched += gold_count == 0 && found->count > 0;
    free(want);
    free(have);
}

static double ratio(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 1;
}

static double f1(double precision, double recall)
{
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}

static void report(const char *name, const struct tally *t)
{
    double p = ratio(t->both, t->found), r = ratio(t->both, t->gold);
    double sp = ratio(t->spans_both, t->spans_found), sr = ratio(t->spans_both, t->spans);
    printf("{\"kind\": \"%s\", \"gold\": %zu, \"found\": %zu, \"both\": %zu, \"spans\": %zu, "
           "\"spans_found\": %zu, "
           "\"spans_both\": %zu, \"precision\": %.4f, \"recall\": %.4f, \"f1\": %.4f, "
           "\"exact_precision\": %.4f, \"exact_recall\": %.4f, \"exact_f1\": %.4f}\n",
           name, t->gold, t->found, t->both, t->spans, t->spans_found, t->spans_both, p, r,
           f1(p, r), sp, sr, f1(sp, sr));
}

static struct tagger_weights *weights_read(const char *path)
{
    struct tagger_weights *w = malloc(sizeof *w);
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
    struct tagger_weights *own = argc > 2 && strcmp(argv[2], "-") ? weights_read(argv[2]) : NULL;
    int bias = argc > 3 ? atoi(argv[3]) : TAGGER_BIAS;
    bool errors = argc > 4;
    const struct tagger_weights *weights = own ? own : tagger_own();
    struct mask_name keep[64];
    size_t kept = 0;
    const struct mask *m = NULL;
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, f) > 0) {
        char *tab = strchr(line, '\t');
        if (!tab)
            continue;
        *tab = 0;
        text_unescape(tab + 1);
        if (!strcmp(line, "keep") && kept < LENGTH(keep)) {
            keep[kept++] = (struct mask_name){ arena_printf(&a, "%s", tab + 1), MASK_KEEP, 0 };
            continue;
        }
        m = m ? m : mask_new_with(&a, keep, kept, weights, bias);
        struct mask_span gold[256];
        size_t count = spans_read(line, gold, LENGTH(gold));
        struct mask_spans found = mask_find(&scratch, m, tab + 1, strlen(tab + 1), MASK_ALL);
        measure(tab + 1, gold, count, &found, errors);
        arena_reset(&scratch);
    }
    for (size_t k = 0; k < MASK_KINDS; k++)
        if (tallies[k].spans || tallies[k].spans_found)
            report(mask_kind_name((enum mask_kind)k), &tallies[k]);
    report("all", &tallies[MASK_KINDS]);
    report("all kinds as one", &blind);
    printf("{\"texts\": %zu, \"clean\": %zu, \"clean_touched\": %zu}\n", texts, clean,
           clean_touched);
    arena_done(&scratch);
    arena_done(&a);
    free(own);
    free(line);
    fclose(f);
    return 0;
}
