/* time_fixture.c: making the organisation, asking, and adding up. */
#include "feature/time/time_fixture.h"

#include "feature/all.h"
#include "feature/time/rollup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct answer staff_send(struct staff *w, enum method m, const char *path, const char *session,
                         const char *json, int64_t version)
{
    return world_call(
        w->world,
        (struct call){
            .method = m, .path = path, .json = json, .session = session, .if_version = version });
}

struct answer expect(struct staff *w, int status, enum method m, const char *path,
                     const char *session, const char *json)
{
    return world_ask(w->world, session, m, path, json, 0, status);
}

struct answer upload(struct staff *w, int status, const char *path, const char *session,
                     const char *csv)
{
    struct answer r = world_call(w->world, (struct call){ .method = POST,
                                                          .path = path,
                                                          .session = session,
                                                          .type = "text/csv",
                                                          .body = { csv, strlen(csv) } });
    if (r.status != status)
        fail_msg("%s: %d %s", path, r.status, r.body);
    return r;
}

const char *text_of(struct staff *w, const struct answer *r, const char *key)
{
    return world_text(w->world, r->body, key);
}

void has(const struct answer *r, const char *part)
{
    if (!strstr(r->body, part))
        fail_msg("no %s in %s", part, r->body);
}

void has_not(const struct answer *r, const char *part)
{
    if (strstr(r->body, part))
        fail_msg("%s in %s", part, r->body);
}

const char *make(struct staff *w, const char *path, const char *json)
{
    struct answer r = expect(w, 201, POST, path, w->owner, json);
    return text_of(w, &r, "id");
}

void overlaps_refuse(struct staff *w)
{
    struct answer r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    r = staff_send(w, PATCH, "/organisation", w->owner, "{\"overlap\":\"refuse\"}",
                   strtoll(r.etag, NULL, 10));
    assert_int_equal(r.status, 200);
}

int staff_open(void **state)
{
    struct staff *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->world = world_new(features);
    w->owner = world_sign_up(w->world, "Nora Lind", "nora@example.org");
    w->owner_id = world_self(w->world, w->owner, "person");
    w->organisation = world_id(world_self(w->world, w->owner, "organisation"));
    struct answer r = expect(w, 200, GET, "/organisation", w->owner, NULL);
    world_ask(w->world, w->owner, PATCH, "/organisation",
              "{\"zone\":\"Europe/Berlin\",\"currency\":\"EUR\",\"week_start\":\"monday\"}",
              strtoll(r.etag, NULL, 10), 200);
    w->member = world_invite(w->world, w->owner, "Ivo Marek", "ivo@example.org", "member");
    w->member_id = world_self(w->world, w->member, "person");
    *state = w;
    return 0;
}

int staff_close(void **state)
{
    struct staff *w = *state;
    int removed = world_free(w->world);
    free(w);
    return removed;
}

bool sums_check(struct ctx *c, void *with)
{
    return rollup_check(c, with);
}

bool in_organisation(struct staff *w, bool write, ctx_work *work, void *with)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct ctx c = app_ctx(w->world->app, &a, &err, "test");
    bool ok = write ? organisation_write(&c, w->organisation, work, with)
                    : organisation_read(&c, w->organisation, work, with);
    if (!ok)
        print_message("%s\n", err.detail);
    arena_done(&a);
    return ok;
}

void sums_are_right(struct staff *w)
{
    bool same = false;
    assert_true(in_organisation(w, false, sums_check, &same));
    assert_true(same);
}

static const struct field sum_fields[] = {
    FIELD(struct sum, seconds),
    FIELD(struct sum, amount),
    FIELD(struct sum, rows),
    { 0 },
};
struct asked {
    const struct query *q;
    struct sum sum;
};

static bool sum_work(struct ctx *c, void *with)
{
    struct asked *asked = with;
    bool found;
    return tx_row(c->tx, asked->q, NO_ARGS, sum_fields, &asked->sum, &found);
}

struct sum sum_of(struct staff *w, const struct query *q)
{
    struct asked asked = { .q = q };
    assert_true(in_organisation(w, false, sum_work, &asked));
    return asked.sum;
}

const struct query all_days = { "SELECT SUM(duration_s), SUM(amount_minor), COUNT(*) FROM time_day",
                                .whole = "A test" };
