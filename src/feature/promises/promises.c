/* promises.c: reading the promises, which anybody may, and checking them again. */
#include "promises.h"

#include "core/app.h"

struct promise_view {
    const char *id, *sentence, *kind, *control, *result, *evidence;
    struct instant checked_at;
};
static const struct field promise_view_fields[] = {
    FIELD(struct promise_view, id, .privacy = OPERATIONAL, .doc = "Clause of the policy"),
    FIELD(struct promise_view, sentence, .privacy = OPERATIONAL, .doc = "What is promised"),
    FIELD(struct promise_view, kind, .privacy = OPERATIONAL, .choices = promise_kind_names,
          .doc = "How it is checked"),
    FIELD(struct promise_view, control, .privacy = OPERATIONAL, .doc = "What makes it true"),
    FIELD(struct promise_view, result, .privacy = OPERATIONAL, .choices = promise_result_names,
          .doc = "What the last check found"),
    FIELD(struct promise_view, evidence, .privacy = OPERATIONAL, .doc = "What the check saw"),
    FIELD(struct promise_view, checked_at, .privacy = OPERATIONAL,
          .doc = "When it was last checked, also before a restart; absent when never"),
    { 0 },
};

static const struct permission promises_check = {
    "promises.check",
    "Have the promises checked again",
    { [ROLE_ADMIN] = SCOPE_ALL, [ROLE_OWNER] = SCOPE_ALL, [ROLE_AUDITOR] = SCOPE_ALL },
};

static bool promises_list(struct ctx *c, const void *in, void *ret)
{
    const struct promise *const *promises = c->app->promised;
    size_t n = 0;
    (void)in;
    (void)ret;
    while (promises[n])
        n++;
    struct promise_view *views = arena_many(c->arena, n, struct promise_view);
    for (size_t i = 0; i < n; i++) {
        struct promise_state s = promise_book_get(c->app->promises, c->arena, i);
        views[i] = (struct promise_view){
            .id = promises[i]->id,
            .sentence = promises[i]->sentence,
            .kind = promise_kind_names[promises[i]->kind],
            .control = promises[i]->control,
            .result = promise_result_names[s.result],
            .evidence = s.evidence,
            .checked_at = s.checked_at,
        };
    }
    c->x->page = (struct list){ views, n };
    return true;
}

static bool check_now(struct ctx *c, const void *in, void *ret)
{
    if (!c->app->config->prove)
        return fail(c, UNAVAILABLE, "This process cannot check promises");
    return c->app->config->prove(c->app, NULL, c->err) && promises_list(c, in, ret);
}

static const struct route routes[] = {
    { GET, "/promises", promises_list, "Every promise, its control and what its last check saw",
      .who = WHO_ANYONE, OUTPUT(struct promise_view, promise_view_fields), .list = true,
      .schema = "promise" },
    { POST, "/promises/check", check_now, "Check every promise now", .can = &promises_check,
      OUTPUT(struct promise_view, promise_view_fields), .list = true, .ok = 200, LANE(LANE_SLOW),
      .schema = "promise", .fails = FAILS(UNAVAILABLE) },
    { 0 },
};

static const struct permission *const permissions[] = { &promises_check, NULL };

const struct feature promises_feature = {
    .name = "promises",
    .routes = routes,
    .permissions = permissions,
};
