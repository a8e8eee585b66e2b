/* checkpoint_test.c: an audit log that nobody touched is whole; whatever is done to it shows. */
#include "checkpoint.h"

#include "audit.h"
#include "feature/accounts/accounts.h"
#include "feature/organisation/organisation.h"
#include "feature/world_fixture.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct feature *const rooms[] = { &organisation_feature, &accounts_feature, NULL };

struct office {
    struct world *w;
    const char *owner; /* session token */
    struct id organisation;
};

struct vandal {
    const struct query *q;
    const struct value *arg; /* NULL: none */
};

static bool run_query(struct ctx *c, void *with)
{
    const struct vandal *v = with;
    int64_t changed = 0;
    bool ok = tx_run(c->tx, v->q, v->arg, v->arg ? 1 : 0, &changed);
    if (ok && !changed)
        fail_msg("it changed nothing: %s", v->q->sql);
    return ok;
}

/* What somebody with the database open could do. */
static void tamper(struct office *o, const struct query *q, const struct value *arg)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(o->w->app, &o->w->a, &err, "vandal");
    struct vandal v = { q, arg };
    if (!organisation_write(&c, o->organisation, run_query, &v))
        fail_msg("%s", err.detail);
}

static void checkpoints(struct office *o)
{
    struct error err = { 0 };
    struct ctx c = app_ctx(o->w->app, &o->w->a, &err, "job");
    c.organisation = o->organisation;
    assert_true(db_open(o->w->app->store, o->organisation, false, &c.db, &err));
    bool ok = audit_checkpoint_job.run(&c);
    db_release(c.db);
    if (!ok)
        fail_msg("%s", err.detail);
}

static void expect(struct office *o, const char *part)
{
    struct answer r = world_get(o->w, o->owner, "/audit/proof", 200);
    if (!strstr(r.body, part))
        fail_msg("no %s in %s", part, r.body);
}

static void acts(struct office *o, int n)
{
    static int number;
    for (int i = 0; i < n; i++)
        world_post(o->w, o->owner, "/teams",
                   arena_printf(&o->w->a, "{\"name\":\"Team %d\"}", ++number), 201);
}

/* Two checkpoints, and an event that waits. */
static int open_office(void **state)
{
    struct office *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->w = world_new(rooms);
    o->owner = world_sign_up(o->w, "Ada Beispiel", "ada@example.org");
    o->organisation = world_id(world_self(o->w, o->owner, "organisation"));
    acts(o, 3);
    checkpoints(o);
    acts(o, 2);
    checkpoints(o);
    acts(o, 1);
    *state = o;
    return 0;
}

static int close_office(void **state)
{
    struct office *o = *state;
    int removed = world_free(o->w);
    free(o);
    return removed;
}

static void untouched_is_whole(void **state)
{
    struct office *o = *state;
    expect(o, "\"whole\":true,\"checkpoints\":2,");
    expect(o, "\"open\":1,\"broken\":null,\"problem\":null,");
    checkpoints(o);
    checkpoints(o); /* nothing new: no empty ones */
    expect(o, "\"whole\":true,\"checkpoints\":3,");
    expect(o, "\"open\":0,");
    app_stop(o->w->app);
    world_open(o->w);
    expect(o, "\"whole\":true,\"checkpoints\":3,");
    struct answer r = world_get(o->w, o->owner, "/audit/checkpoints?limit=2", 200);
    assert_non_null(strstr(r.body, "\"signature\":\""));
    const char *bo = world_invite(o->w, o->owner, "Bo Probe", "bo@example.org", "member");
    world_get(o->w, bo, "/audit/proof", 403);
    world_get(o->w, bo, "/audit/checkpoints", 403);
}

/* What is written while the clock is behind is covered within a day, where it belongs by its id. */
static void late_events_are_covered(void **state)
{
    struct office *o = *state;
    static const struct query before = { "UPDATE audit_event SET id = $1 WHERE checkpoint IS NULL",
                                         .whole = "A test" };
    static const struct query yesterday = { "UPDATE audit_checkpoint SET created_at = $1",
                                            .whole = "A test" };
    struct value first = value_id((struct id){ { [15] = 10 } });
    struct value day_before = value_instant(instant_plus(instant_now(), (struct span){ -86400 }));
    tamper(o, &before, &first);
    checkpoints(o);
    expect(o, "\"whole\":true,\"checkpoints\":2,");
    expect(o, "\"open\":1,");
    tamper(o, &yesterday, &day_before); /* the heads say the time, too */
    checkpoints(o);
    expect(o, "\"whole\":false,\"checkpoints\":3,");
    expect(o, "\"open\":0,\"broken\":1,\"problem\":\"covers events that were altered\"");
}

static const struct {
    struct query tamper;
    const char *shows;
    bool at; /* $1 is a moment */
} rows[] = {
    { { "UPDATE audit_event SET action = 'person.wave' WHERE id = (SELECT id FROM audit_event"
        " WHERE checkpoint = 2 ORDER BY id DESC LIMIT 1)",
        .whole = "A test" },
      "\"broken\":2,\"problem\":\"covers events that were altered\"" },
    { { "UPDATE audit_event SET actor = NULL WHERE checkpoint = 1", .whole = "A test" },
      "\"broken\":1,\"problem\":\"covers events that were altered\"" },
    { { "UPDATE audit_event SET created_at = $1 WHERE checkpoint = 1", .whole = "A test" },
      "\"broken\":1,\"problem\":\"covers events that were altered\"",
      true },
    { { "DELETE FROM audit_event WHERE id = (SELECT id FROM audit_event WHERE checkpoint = 2"
        " ORDER BY id LIMIT 1)" },
      "\"broken\":2,\"problem\":\"lacks events\"" },
    { { "UPDATE audit_event SET checkpoint = NULL WHERE checkpoint = 1", .whole = "A test" },
      "\"broken\":1,\"problem\":\"lacks events\"" },
    { { "UPDATE audit_event SET checkpoint = 2 WHERE checkpoint IS NULL", .whole = "A test" },
      "\"broken\":2,\"problem\":\"has events too many\"" },
    { { "UPDATE audit_checkpoint SET events = events - 1 WHERE number = 1", .whole = "A test" },
      "\"broken\":1,\"problem\":\"has events too many\"" },
    { { "UPDATE audit_checkpoint SET signature = replace(signature, 'a', 'b') WHERE number = 2",
        .whole = "A test" },
      "\"broken\":2,\"problem\":\"is not signed by this installation\"" },
    { { "UPDATE audit_checkpoint SET signature = NULL WHERE number = 2", .whole = "A test" },
      "\"broken\":2,\"problem\":\"is not signed by this installation\"" },
    { { "DELETE FROM audit_checkpoint WHERE number = 1" },
      "\"broken\":1,\"problem\":\"is missing\"" },
    { { "DELETE FROM audit_checkpoint WHERE number = 2" },
      "\"broken\":2,\"problem\":\"is missing\"" },
    { { "UPDATE audit_checkpoint SET before = head WHERE number = 2", .whole = "A test" },
      "\"broken\":2,\"problem\":\"does not follow the one before it\"" },
};

static void whatever_is_done_shows(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        void *o;
        open_office(&o);
        expect(o, "\"whole\":true");
        struct value moment = value_instant((struct instant){ INT64_C(1772352000000000) });
        tamper(o, &rows[i].tamper, rows[i].at ? &moment : NULL);
        expect(o, "\"whole\":false");
        expect(o, rows[i].shows);
        assert_int_equal(close_office(&o), 0);
    }
}

/* More than fit into one piece. */
static bool many_add(struct ctx *c, void *with)
{
    (void)with;
    for (int i = 0; i < 4500; i++)
        if (!audit_add(c, "test.act", (struct id){ 0 }, (struct id){ 0 }, NULL))
            return false;
    return true;
}

static void many_events_take_several(void **state)
{
    struct office *o = *state;
    struct error err = { 0 };
    struct ctx c = app_ctx(o->w->app, &o->w->a, &err, "job");
    assert_true(organisation_write(&c, o->organisation, many_add, NULL));
    checkpoints(o);
    expect(o, "\"whole\":true,\"checkpoints\":5,");
    expect(o, "\"open\":0,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(untouched_is_whole, open_office, close_office),
        cmocka_unit_test_setup_teardown(late_events_are_covered, open_office, close_office),
        cmocka_unit_test(whatever_is_done_shows),
        cmocka_unit_test_setup_teardown(many_events_take_several, open_office, close_office),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
