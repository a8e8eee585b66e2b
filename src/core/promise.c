/* promise.c: the book of last results, and its rows in control. */
#include "promise.h"

#include "app.h"
#include "base/wait.h"
#include "rows.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const char *const promise_kind_names[] = { "config", "data", "live", "kernel", NULL };
const char *const promise_result_names[] = { "unknown", "held", "broken", NULL };

struct promise_book {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool checking;
    size_t count;
    struct promise_state *state;
};

struct promise_book *promise_book_new(size_t count)
{
    struct promise_book *b = calloc(1, sizeof *b);
    if (!b || !(b->state = calloc(count + 1, sizeof *b->state)))
        abort();
    pthread_mutex_init(&b->lock, NULL);
    wait_init(&b->ended);
    b->count = count;
    return b;
}

void promise_book_free(struct promise_book *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->count; i++)
        free((char *)(uintptr_t)b->state[i].evidence);
    pthread_cond_destroy(&b->ended);
    pthread_mutex_destroy(&b->lock);
    free(b->state);
    free(b);
}

bool promise_book_begin(struct promise_book *b, int64_t patience_ms)
{
    struct timespec until = wait_ms(patience_ms);
    pthread_mutex_lock(&b->lock);
    while (b->checking && !pthread_cond_timedwait(&b->ended, &b->lock, &until))
        ;
    bool free = !b->checking;
    b->checking = true;
    pthread_mutex_unlock(&b->lock);
    return free;
}

void promise_book_end(struct promise_book *b)
{
    pthread_mutex_lock(&b->lock);
    b->checking = false;
    pthread_cond_signal(&b->ended);
    pthread_mutex_unlock(&b->lock);
}

void promise_book_set(struct promise_book *b, size_t i, enum promise_result result,
                      const char *evidence, struct instant at)
{
    char *copy = strdup(evidence);
    if (!copy)
        abort();
    pthread_mutex_lock(&b->lock);
    char *old = (char *)(uintptr_t)b->state[i].evidence;
    b->state[i] = (struct promise_state){ result, copy, at };
    pthread_mutex_unlock(&b->lock);
    free(old);
}

struct promise_state promise_book_get(struct promise_book *b, struct arena *a, size_t i)
{
    pthread_mutex_lock(&b->lock);
    struct promise_state s = b->state[i];
    s.evidence = arena_string(a, s.evidence ? s.evidence : "Not checked yet");
    pthread_mutex_unlock(&b->lock);
    return s;
}

struct promise_row {
    ROW_MEMBERS;
    const char *promise, *result, *seen;
    struct instant checked_at;
};
static const struct field promise_row_fields[] = {
    ROW_FIELDS(struct promise_row),
    FIELD(struct promise_row, promise, .privacy = OPERATIONAL, .unique = true,
          .doc = "Clause of the policy"),
    FIELD(struct promise_row, result, .privacy = OPERATIONAL, .choices = promise_result_names,
          .doc = "What the last check found"),
    FIELD(struct promise_row, seen, .privacy = OPERATIONAL,
          .doc = "What the check saw, as far as everybody may know it"),
    FIELD(struct promise_row, checked_at, .privacy = OPERATIONAL,
          .doc = "When it was last checked"),
    { 0 },
};

const struct table promise_result_table = {
    .name = "promise_result",
    .few = true,
    .doc = "What the last check of each promise found",
    .fields = promise_row_fields,
    .size = sizeof(struct promise_row),
    .control = true,
    .log = true,
};

static bool rows_load(struct ctx *c, void *with)
{
    static const struct query all = { "promise IS NOT NULL" };
    const struct promise *const *promises = c->app->promised;
    struct list list;
    (void)with;
    if (!rows_find(c, &promise_result_table, &all, NO_ARGS, &list))
        return false;
    const struct promise_row *rows = list.at;
    for (size_t k = 0; k < list.count; k++)
        for (size_t i = 0; promises[i]; i++)
            /* Without what was seen it is of a release that kept what is the operator's there. */
            if (rows[k].seen && !strcmp(promises[i]->id, rows[k].promise))
                promise_book_set(c->app->promises, i,
                                 !strcmp(rows[k].result, "held")     ? PROMISE_HELD
                                 : !strcmp(rows[k].result, "broken") ? PROMISE_BROKEN
                                                                     : PROMISE_UNKNOWN,
                                 rows[k].seen, rows[k].checked_at);
    return true;
}

bool promise_book_load(struct ctx *c)
{
    return control_read(c, rows_load, NULL);
}

static bool row_keep(struct ctx *c, void *with)
{
    static const struct query same = { "promise = $1" };
    const struct table *t = &promise_result_table;
    struct promise_row *row = with, old = { 0 }, ret;
    bool found;
    if (!row_find(c, t, &same, ARGS(value_text(row->promise)), &old, &found))
        return false;
    if (!found)
        return row_create(c, t, row);
    return row_update(c, t, old.id, 0, row,
                      row_set(t, "result") | row_set(t, "seen") | row_set(t, "checked_at"), &ret);
}

bool promise_book_keep(struct ctx *c, size_t i)
{
    struct promise_state s = promise_book_get(c->app->promises, c->arena, i);
    struct promise_row row = { .promise = c->app->promised[i]->id,
                               .result = promise_result_names[s.result],
                               .seen = s.evidence,
                               .checked_at = s.checked_at };
    return control_write(c, row_keep, &row);
}
