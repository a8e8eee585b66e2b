/* finding.c: findings and the numbers behind them. */
#include "finding.h"

#include <math.h>
#include <stdlib.h>

struct findings findings_new(struct arena *a)
{
    return (struct findings){ a, arena_many(a, FINDINGS_MAX + 1, struct ai_finding), 0 };
}

struct ai_finding *finding_add(struct findings *f, const char *kind, const char *title,
                               const char *method, double value, const char *unit,
                               const char *sentence)
{
    struct ai_finding *to = &f->at[f->count];
    if (f->count < FINDINGS_MAX)
        f->count++;
    *to = (struct ai_finding){ .kind = kind,
                               .title = title,
                               .method = method,
                               .value = value,
                               .unit = unit,
                               .sentence = sentence };
    return to;
}

/* Lists grow in place: each has its full room from its first element on. */
static void *list_next(struct arena *a, struct list *l, size_t room, size_t size)
{
    if (!l->at)
        l->at = arena_array(a, room, size);
    if (l->count == room)
        return NULL;
    return (char *)(uintptr_t)l->at + l->count++ * size;
}

void finding_number(struct findings *f, struct ai_finding *to, const char *name, double value,
                    const char *unit)
{
    struct ai_number *n = list_next(f->arena, &to->numbers, 16, sizeof *n);
    if (n)
        *n = (struct ai_number){ name, value, unit };
}

void finding_point(struct findings *f, struct ai_finding *to, const char *name, double value,
                   const char *unit)
{
    struct ai_number *n = list_next(f->arena, &to->series, FINDING_SERIES, sizeof *n);
    if (n)
        *n = (struct ai_number){ name, value, unit };
}

void finding_row(struct findings *f, struct ai_finding *to, struct id row)
{
    struct id *id = list_next(f->arena, &to->rows, FINDING_ROWS, sizeof *id);
    if (id)
        *id = row;
}

double hours_of(int64_t seconds)
{
    return (double)seconds / 3600;
}

int64_t seconds_of_hours(double hours)
{
    return llround(hours * 3600);
}

static int64_t minutes_of(int64_t seconds)
{
    int64_t minutes = (llabs(seconds) + 30) / 60;
    return seconds < 0 ? -minutes : minutes;
}

int64_t shift_of(int64_t now, int64_t before)
{
    return 60 * (minutes_of(now) - minutes_of(before));
}

double tenths_of(double x)
{
    return round(x * 10) / 10 + 0.0; /* no -0 */
}

const char *hours_text(struct arena *a, int64_t seconds)
{
    int64_t minutes = minutes_of(seconds);
    return arena_printf(a, "%s%lld:%02lld", minutes < 0 ? "-" : "", llabs(minutes / 60),
                        llabs(minutes % 60));
}

const char *tenths_text(struct arena *a, double x)
{
    return arena_printf(a, "%.12g", tenths_of(x));
}

const char *day_text(struct arena *a, struct date day)
{
    char *text = arena_alloc(a, DATE_TEXT);
    date_format(day, text);
    return text;
}

const char *word_for(double x, const char *one, const char *many)
{
    return fabs(tenths_of(x) - 1) < 0.05 ? one : many;
}

const char *findings_text(const struct findings *f, const char *on)
{
    const char *word = word_for((double)f->count, "finding", "findings");
    return f->count ? arena_printf(f->arena, "%zu %s on %s.", f->count, word, on) : NULL;
}
