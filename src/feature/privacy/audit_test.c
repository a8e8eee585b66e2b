/* audit_test.c: what the audit log is about, in words, for those who may know them. */
#include "feature/privacy/privacy_fixture.h"

#include "feature/forms/forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The only event with the action, as `session` reads it. */
static const char *line_of(struct house *h, const char *session, const char *action)
{
    const char *path = arena_printf(&h->w->a, "/audit?action=%s", action);
    const char *body = world_get(h->w, session, path, 200).body;
    const char *line = strstr(body, "{\"id\"");
    if (!line || strstr(line + 1, "{\"id\""))
        fail_msg("%s: %s", action, body);
    return line;
}

/* The event has a member with the value, which is JSON. */
static void expect(struct house *h, const char *session, const char *action, const char *member,
                   const char *value)
{
    const char *line = line_of(h, session, action);
    if (!strstr(line, arena_printf(&h->w->a, "\"%s\":%s", member, value)))
        fail_msg("%s, %s: not %s in %s", action, member, value, line);
}

static const char *made(struct house *h, const char *path, const char *json)
{
    return world_text(h->w, world_post(h->w, h->owner, path, json, 201).body, "id");
}

static const char *auditor_of(struct house *h)
{
    return world_invite(h->w, h->owner, "Edda", "edda@example.org", "auditor");
}

static void what_is_here_has_its_name(void **state)
{
    struct house *h = *state;
    struct arena *a = &h->w->a;
    const char *edda = auditor_of(h);
    const char *client = made(h, "/clients", "{\"name\":\"Harbour\"}");
    const char *project =
        made(h, "/projects", arena_printf(a, "{\"name\":\"Quay\",\"client\":\"%s\"}", client));
    const char *path = arena_printf(a, "/projects/%s", project);
    world_ask(h->w, h->owner, PATCH, path, "{\"rate_minor\":9000,\"name\":\"Pier\"}", 1, 200);
    expect(h, edda, "client.create", "object_called", "\"Harbour\"");
    expect(h, edda, "client.create", "object_within", "null");
    expect(h, edda, "client.create", "actor_called", "\"Ada\"");
    /* As it is called now, whatever it was called then. */
    expect(h, edda, "project.create", "object_called", "\"Pier\"");
    expect(h, edda, "project.create", "object_within", "\"Harbour\"");
    expect(h, edda, "project.create", "object_state", "\"here\"");
    expect(h, edda, "project.create", "changed", "[]");
    expect(h, edda, "project.update", "changed", "[\"name\",\"rate per hour\"]");
    expect(h, edda, "project.update", "detail", "\"name rate_minor\"");
    expect(h, edda, "form_field.create", "object_kind", "\"question\"");
    expect(h, edda, "form_field.create", "object_called", "\"Wish\"");
    expect(h, edda, "form_field.create", "object_within", "\"Lunch\"");
}

static void what_is_gone_says_so(void **state)
{
    struct house *h = *state;
    const char *tag = made(h, "/tags", "{\"name\":\"fleeting\"}");
    world_ask(h->w, h->owner, DELETE, arena_printf(&h->w->a, "/tags/%s", tag), NULL, 1, 204);
    expect(h, h->owner, "tag.create", "object_state", "\"gone\"");
    expect(h, h->owner, "tag.create", "object_called", "null");
    expect(h, h->owner, "tag.delete", "object_kind", "\"tag\"");
}

/* Whose they are is said; what they hold is not read, for a reading would have to be noted. */
static void rows_of_people_are_theirs(void **state)
{
    struct house *h = *state;
    const char *edda = auditor_of(h);
    expect(h, edda, "time_entry.create", "subject_called", "\"Bo " CANARY "\"");
    expect(h, edda, "time_entry.create", "object_kind", "\"time entry\"");
    expect(h, edda, "time_entry.create", "object_state", "null");
    expect(h, edda, "time_entry.create", "object_within", "null");
    const char *form = world_text(h->w, world_get(h->w, h->owner, "/forms", 200).body, "id");
    const char *answers = table_declared(&h->w->a, &form_table, world_id(form));
    const char *action = arena_printf(&h->w->a, "%s.create", answers);
    expect(h, edda, action, "object_kind", "\"answer to a form\"");
    expect(h, edda, action, "object_within", "\"Lunch\"");
    expect(h, edda, action, "subject_called", "\"Bo " CANARY "\"");
    const char *read = world_get(h->w, h->owner, "/audit?action=time_entry.read", 200).body;
    assert_non_null(strstr(read, "\"items\":[]"));
}

/* Who answered through the public link is nobody of the directory, and somebody all the same. */
static void reading_what_strangers_answered_is_told(void **state)
{
    struct house *h = *state;
    const char *form = made(h, "/forms",
                            "{\"title\":\"Visit\",\"status\":\"open\",\"public\":true,\"fields\":["
                            "{\"label\":\"Name\",\"key\":\"name\",\"kind\":\"text\"}]}");
    const char *path = arena_printf(&h->w->a, "/forms/%s", form);
    const char *link = world_text(h->w, world_get(h->w, h->owner, path, 200).body, "link");
    world_post(h->w, NULL, arena_printf(&h->w->a, "/public/forms/%s/submissions", link),
               "{\"name\":\"Stranger\"}", 204);
    world_get(h->w, h->owner, "/forms", 200); /* counts them */
    const char *table = table_declared(&h->w->a, &form_table, world_id(form));
    const char *action = arena_printf(&h->w->a, "%s.read", table);
    const char *log = arena_printf(&h->w->a, "/audit?action=%s", action);
    assert_non_null(strstr(world_get(h->w, h->owner, log, 200).body, "\"items\":[]"));
    world_get(h->w, h->owner, arena_printf(&h->w->a, "%s/submissions", path), 200);
    expect(h, h->owner, action, "subject", "null");
    expect(h, h->owner, action, "object_within", "\"Visit\"");
}

/* Whoever may not read a prompt is not told its name by the log. */
static void what_is_not_for_the_reader_has_no_name(void **state)
{
    struct house *h = *state;
    const char *edda = auditor_of(h);
    const char *form = world_text(h->w, world_get(h->w, h->owner, "/forms", 200).body, "id");
    made(h, "/hooks",
         arena_printf(&h->w->a, "{\"form\":\"%s\",\"name\":\"Sort\",\"template\":\"Sort it\"}",
                      form));
    expect(h, h->owner, "hook.create", "object_called", "\"Sort\"");
    expect(h, h->owner, "hook.create", "object_within", "\"Lunch\"");
    expect(h, edda, "hook.create", "object_kind", "\"prompt\"");
    expect(h, edda, "hook.create", "object_state", "\"hidden\"");
    expect(h, edda, "hook.create", "object_called", "null");
    expect(h, edda, "hook.create", "object_within", "null");
}

static void who_was_erased_has_no_name(void **state)
{
    struct house *h = *state;
    world_post(h->w, h->owner, arena_printf(&h->w->a, "/people/%s/erasure", h->bo_id),
               "{\"confirm\":\"Bo " CANARY "\"}", 200);
    expect(h, h->owner, "person.erase", "object_state", "\"gone\"");
    expect(h, h->owner, "person.erase", "subject_called", "null");
    expect(h, h->owner, "time_entry.create", "actor_called", "null");
    const char *log = world_get(h->w, h->owner, "/audit?limit=500", 200).body;
    assert_null(strstr(log, CANARY));
}

/* More than one statement looks up. */
static void a_long_page_has_all_names(void **state)
{
    enum { TAGS = 120 };
    struct house *h = *state;
    for (int i = 0; i < TAGS; i++)
        made(h, "/tags", arena_printf(&h->w->a, "{\"name\":\"tag %d\"}", i));
    const char *log = world_get(h->w, h->owner, "/audit?action=tag.create&limit=500", 200).body;
    for (int i = 0; i < TAGS; i++)
        assert_non_null(strstr(log, arena_printf(&h->w->a, "\"object_called\":\"tag %d\"", i)));
    world_get(h->w, h->bo, "/audit", 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(what_is_here_has_its_name),
        HOUSE_TEST(what_is_gone_says_so),
        HOUSE_TEST(rows_of_people_are_theirs),
        HOUSE_TEST(what_is_not_for_the_reader_has_no_name),
        HOUSE_TEST(reading_what_strangers_answered_is_told),
        HOUSE_TEST(who_was_erased_has_no_name),
        HOUSE_TEST(a_long_page_has_all_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
