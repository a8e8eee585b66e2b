/* form_test.c: tables that people define, from a question to a column with a privacy class. */
#include "feature/world_fixture.h"

#include "core/app.h"
#include "core/retention.h"
#include "core/rows.h"
#include "feature/all.h"
#include "feature/forms/private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct scene {
    struct world *w;
    const char *owner, *member;
};

static int scene_open(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    s->w = world_new(features);
    s->owner = world_sign_up(s->w, "Ada Beispiel", "ada@example.org");
    s->member = world_invite(s->w, s->owner, "Grace Hopper", "grace@example.org", "member");
    *state = s;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *s = *state;
    int failed = world_free(s->w);
    free(s);
    return failed;
}

/* A form with these questions; the answer to creating it. */
static struct answer form_post(struct scene *s, const char *status, const char *fields,
                               int expected)
{
    return world_post(s->w, s->owner, "/forms",
                      arena_printf(&s->w->a,
                                   "{\"title\":\"Form\",\"status\":\"%s\",\"public\":true,"
                                   "\"fields\":[%s]}",
                                   status, fields),
                      expected);
}

static const char *form_open_new(struct scene *s, const char *fields)
{
    return world_text(s->w, form_post(s, "open", fields, 201).body, "id");
}

static struct answer submit(struct scene *s, const char *form, const char *json, int status)
{
    return world_post(s->w, s->member, arena_printf(&s->w->a, "/forms/%s/submissions", form), json,
                      status);
}

static struct answer form_patch(struct scene *s, const char *form, const char *json, int status)
{
    const char *path = arena_printf(&s->w->a, "/forms/%s", form);
    struct answer r = world_get(s->w, s->owner, path, 200);
    return world_ask(s->w, s->owner, PATCH, path, json, atoll(r.etag), status);
}

static const char all_kinds[] = "{\"label\":\"T\",\"key\":\"t\",\"kind\":\"text\",\"max\":5},"
                                "{\"label\":\"L\",\"key\":\"l\",\"kind\":\"long_text\"},"
                                "{\"label\":\"N\",\"key\":\"n\",\"kind\":\"number\"},"
                                "{\"label\":\"C\",\"key\":\"c\",\"kind\":\"choice\",\"choices\":"
                                "[\"red\",\"blue\"],\"max\":2},"
                                "{\"label\":\"D\",\"key\":\"d\",\"kind\":\"date\"},"
                                "{\"label\":\"E\",\"key\":\"e\",\"kind\":\"email\"},"
                                "{\"label\":\"F\",\"key\":\"f\",\"kind\":\"file\"}";

static void test_kinds_and_bounds(void **state)
{
    struct scene *s = *state;
    const char *form = form_open_new(s, all_kinds);
    static const struct {
        const char *json;
        int status;
    } rows[] = {
        { "{\"t\":\"hello\"}", 201 },
        { "{\"t\":\"hello!\"}", 422 },
        { "{\"t\":\"a\\nb\"}", 422 },
        { "{\"t\":7}", 422 },
        { "{\"l\":\"a\\nb\"}", 201 },
        { "{\"n\":-1.5}", 201 },
        { "{\"n\":\"1.5\"}", 422 },
        { "{\"c\":\"blue\"}", 201 },
        { "{\"c\":\"green\"}", 422 },
        { "{\"d\":\"2026-02-28\"}", 201 },
        { "{\"d\":\"2026-02-29\"}", 422 },
        { "{\"e\":\"a@example.org\"}", 201 },
        { "{\"e\":\"a at example\"}", 422 },
        { "{\"f\":\"0198c0de-0000-7000-8000-000000000000\"}", 422 },
        { "{\"f\":\"file\"}", 422 },
        { "{\"unknown\":1}", 422 },
        { "{\"submitter\":\"0198c0de-0000-7000-8000-000000000000\"}", 422 },
        { "{\"t\":\"a\",\"t\":\"b\"}", 422 },
        { "[]", 422 },
        { "{", 400 },
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        submit(s, form, rows[i].json, rows[i].status);
    struct answer r = submit(s, form, "{\"n\":2.5,\"c\":\"red\",\"d\":\"2026-03-01\"}", 201);
    assert_non_null(strstr(r.body, "\"n\":2.5,\"c\":\"red\",\"d\":\"2026-03-01\""));
}

static void test_empty(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    struct answer made = form_post(s, "open", all_kinds, 201);
    const char *public =
        arena_printf(&w->a, "/public/forms/%s/submissions", world_text(w, made.body, "link"));
    static const char *const empty[] = {
        "{}",
        "{\"t\":null,\"n\":null,\"d\":null,\"f\":null}",
        "{\"t\":\"\"}",
        "{\"t\":\"  \",\"l\":\" \\n\\t\"}",
    };
    for (size_t i = 0; i < LENGTH(empty); i++) {
        struct answer r = submit(s, world_text(w, made.body, "id"), empty[i], 422);
        assert_non_null(strstr(r.body, "/problems/form-empty"));
        r = world_post(w, NULL, public, empty[i], 422);
        assert_non_null(strstr(r.body, "/problems/form-empty"));
    }
    submit(s, world_text(w, made.body, "id"), "{\"n\":0}", 201);
    world_post(w, NULL, public, "{\"n\":0}", 204);
}

static void test_bad_definitions(void **state)
{
    struct scene *s = *state;
    const char *const rows[] = {
        "{\"label\":\"C\",\"kind\":\"choice\"}",
        "{\"label\":\"C\",\"kind\":\"choice\",\"choices\":[\"one\"]}",
        "{\"label\":\"C\",\"kind\":\"choice\",\"choices\":[\"one\",\"two\",\"one\"]}",
        "{\"label\":\"C\",\"kind\":\"choice\",\"choices\":[\"one\",\"\"]}",
        arena_printf(&s->w->a,
                     "{\"label\":\"C\",\"kind\":\"choice\",\"choices\":[\"one\",\"%0201d\"]}",
                     0), /* no answer is as long */
        "{\"label\":\"S\",\"kind\":\"text\",\"privacy\":\"SENSITIVE\",\"ai\":true}",
        "{\"label\":\"S\",\"kind\":\"text\",\"privacy\":\"SECRET\"}",
        "{\"label\":\"S\",\"kind\":\"text\",\"key\":\"email_blind\"}",
        "{\"label\":\"S\",\"kind\":\"text\",\"key\":\"xmin\"}",
        "{\"label\":\"S\",\"kind\":\"text\",\"key\":\"tableoid\"}",
        "{\"label\":\"K\",\"key\":\"id\",\"kind\":\"text\"}",
        "{\"label\":\"K\",\"key\":\"submitter\",\"kind\":\"text\"}",
        "{\"label\":\"K\",\"key\":\"x; DROP\",\"kind\":\"text\"}",
        "{\"label\":\"K\",\"key\":\"Upper\",\"kind\":\"text\"}",
        "{\"label\":\"K\",\"kind\":\"poem\"}",
        "{\"label\":\"\",\"kind\":\"text\"}",
        "{\"kind\":\"text\"}",
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        form_post(s, "open", rows[i], 422);
    form_post(s, "open",
              "{\"label\":\"K\",\"key\":\"k\",\"kind\":\"text\"},"
              "{\"label\":\"K\",\"key\":\"k\",\"kind\":\"text\"}",
              422);
    assert_non_null(strstr(world_get(s->w, s->owner, "/forms", 200).body, "\"items\":[]"));
    world_post(s->w, s->member, "/forms", "{\"title\":\"Mine\"}", 403);
}

/* The answers that the one form is said to have in the list; -1: it is not said. */
static long long answers_told(struct scene *s, const char *who)
{
    static const char name[] = "\"answers\":";
    const char *at = strstr(world_get(s->w, who, "/forms", 200).body, name);
    assert_non_null(at);
    return at[sizeof name - 1] == 'n' ? -1 : atoll(at + sizeof name - 1);
}

static void test_answers_counted(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    const char *auditor = world_invite(w, s->owner, "Edda", "edda@example.org", "auditor");
    struct answer made = form_post(s, "open", all_kinds, 201);
    const char *form = world_text(w, made.body, "id");
    const char *public = arena_printf(&w->a, "/public/forms/%s", world_text(w, made.body, "link"));
    assert_int_equal(answers_told(s, s->owner), 0);
    submit(s, form, "{\"n\":1}", 201);
    world_post(w, s->owner, arena_printf(&w->a, "/forms/%s/submissions", form), "{\"n\":2}", 201);
    world_post(w, NULL, arena_printf(&w->a, "%s/submissions", public), "{\"n\":3}", 204);
    assert_int_equal(answers_told(s, s->owner), 3);
    assert_int_equal(answers_told(s, s->member), 1);
    assert_int_equal(answers_told(s, auditor), -1);
    assert_null(strstr(world_get(w, NULL, public, 200).body, "\"answers\""));
}

static void test_required_and_hidden(void **state)
{
    struct scene *s = *state;
    const char *form =
        form_open_new(s, "{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\",\"required\":true},"
                         "{\"label\":\"B\",\"key\":\"b\",\"kind\":\"text\"}");
    submit(s, form, "{\"b\":\"x\"}", 422);
    const char *old = world_text(s->w, submit(s, form, "{\"a\":\"kept\"}", 201).body, "id");
    form_patch(s, form, "{\"fields\":[{\"label\":\"B\",\"key\":\"b\",\"kind\":\"text\"}]}", 200);
    const char *at = arena_printf(&s->w->a, "/forms/%s", form);
    assert_non_null(strstr(world_get(s->w, s->owner, at, 200).body,
                           "\"hidden_fields\":[{\"key\":\"a\",\"label\":\"A\""));
    submit(s, form, "{\"b\":\"x\"}", 201);             /* no longer asked for */
    submit(s, form, "{\"a\":\"x\",\"b\":\"x\"}", 422); /* nor taken */
    const char *path = arena_printf(&s->w->a, "/forms/%s/submissions/%s", form, old);
    assert_non_null(strstr(world_get(s->w, s->owner, path, 200).body, "\"a\":\"kept\""));
    form_patch(s, form,
               "{\"fields\":[{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\"},"
               "{\"label\":\"B\",\"key\":\"b\",\"kind\":\"text\"}]}",
               200);
    assert_non_null(strstr(world_get(s->w, s->owner, at, 200).body, "\"hidden_fields\":[]"));
    submit(s, form, "{\"a\":\"again\"}", 201);
}

static void test_grows(void **state)
{
    struct scene *s = *state;
    const char *form = form_open_new(s, "{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\"}");
    const char *old = world_text(s->w, submit(s, form, "{\"a\":\"first\"}", 201).body, "id");
    form_patch(s, form,
               "{\"fields\":[{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\"},"
               "{\"label\":\"How much?\",\"kind\":\"number\"}]}",
               200);
    struct answer r = submit(s, form, "{\"a\":\"second\",\"how_much_2\":3}", 201);
    assert_non_null(strstr(r.body, "\"how_much_2\":3"));
    const char *path = arena_printf(&s->w->a, "/forms/%s/submissions/%s", form, old);
    assert_non_null(strstr(world_get(s->w, s->owner, path, 200).body, "\"how_much_2\":null"));
    form_patch(s, form, "{\"fields\":[{\"label\":\"A\",\"key\":\"a\",\"kind\":\"number\"}]}", 422);
    /* and again, with answers that are protected where they are stored */
    const char *all = arena_printf(&s->w->a, "/forms/%s/submissions", form);
    world_get(s->w, s->owner, all, 200);
    form_patch(s, form,
               "{\"fields\":[{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\"},"
               "{\"label\":\"Why?\",\"key\":\"why\",\"kind\":\"long_text\"}]}",
               200);
    submit(s, form, "{\"why\":\"third\"}", 201);
    r = world_get(s->w, s->owner, all, 200);
    assert_non_null(strstr(r.body, "\"why\":\"third\""));
    assert_non_null(strstr(r.body, "\"a\":\"first\""));
}

/* A form is saved as a whole; the audit log says what of it was changed. */
static void test_what_stays_is_not_noted(void **state)
{
    struct scene *s = *state;
    const char *form = form_open_new(s, "{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\"},"
                                        "{\"label\":\"B\",\"key\":\"b\",\"kind\":\"choice\","
                                        "\"choices\":[\"x\",\"y\"]}");
    form_patch(s, form,
               "{\"fields\":[{\"label\":\"Why?\",\"key\":\"a\",\"kind\":\"text\"},"
               "{\"label\":\"B\",\"key\":\"b\",\"kind\":\"choice\",\"choices\":[\"x\",\"y\"]}]}",
               200);
    const char *log = world_get(s->w, s->owner, "/audit?action=form_field.update", 200).body;
    const char *only = strstr(log, "\"object_called\":\"Why?\"");
    assert_non_null(only);
    assert_null(strstr(only + 1, "\"object_called\""));
    assert_non_null(strstr(log, "\"detail\":\"label\""));
}

/* The questions q0, q1 ... from one on, as an edit of a form. */
static const char *questions(struct scene *s, int from, int count)
{
    struct buffer b = buffer_new(&s->w->a);
    for (int i = 0; i < count; i++)
        buffer_printf(&b, "%s{\"label\":\"Q\",\"key\":\"q%d\",\"kind\":\"text\"}", i ? "," : "",
                      from + i);
    return b.at;
}

static const char *edit(struct scene *s, const char *fields)
{
    return arena_printf(&s->w->a, "{\"fields\":[%s]}", fields);
}

static void test_as_many_as_fit(void **state)
{
    struct scene *s = *state;
    int most = FIELDS_MAX - (int)field_count(submission_head);
    const char *form = form_open_new(s, questions(s, 0, FORM_FIELDS_MAX));
    form_patch(s, form, edit(s, questions(s, FORM_FIELDS_MAX, most - FORM_FIELDS_MAX)), 200);
    struct answer r = form_patch(s, form, edit(s, questions(s, most - 2, 3)), 422);
    assert_non_null(strstr(r.body, "\"/fields/2\""));
    form_patch(s, form, edit(s, questions(s, 1, FORM_FIELDS_MAX)), 200); /* none of them is new */
    submit(s, form, "{\"q1\":\"a\",\"q40\":\"b\"}", 201);
}

/* Whatever keys there are, a question without one gets another. */
static void test_keys_are_made(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    static const char none[] = "{\"label\":\"A\",\"kind\":\"text\"}";
    const char *form = world_text(
        w,
        form_post(s, "open",
                  arena_printf(&w->a, "%s,%s,{\"label\":\"A\",\"key\":\"a_1\",\"kind\":\"text\"}",
                               none, none),
                  201)
            .body,
        "id");
    submit(s, form, "{\"a_1\":\"given\",\"a_2\":\"made\",\"a_3\":\"made\"}", 201);
    form_patch(s, form, edit(s, arena_printf(&w->a, "%s,%s", none, none)), 200);
    submit(s, form, "{\"a_4\":\"made\",\"a_5\":\"made\"}", 201);
}

static void test_draft_and_closed(void **state)
{
    struct scene *s = *state;
    struct answer made = form_post(s, "draft", all_kinds, 201);
    const char *form = world_text(s->w, made.body, "id");
    const char *public =
        arena_printf(&s->w->a, "/public/forms/%s", world_text(s->w, made.body, "link"));
    const char *public_post_path = arena_printf(&s->w->a, "%s/submissions", public);
    submit(s, form, "{}", 409);
    world_get(s->w, s->member, arena_printf(&s->w->a, "/forms/%s", form), 404);
    world_get(s->w, NULL, public, 404);
    form_patch(s, form, "{\"status\":null}", 200);
    world_get(s->w, NULL, public, 404);
    form_patch(s, form, "{\"status\":\"open\"}", 200);
    submit(s, form, "{\"t\":\"hi\"}", 201);
    world_get(s->w, NULL, public, 200);
    world_post(s->w, NULL, public_post_path, "{\"t\":\"hi\"}", 204);
    world_post(s->w, NULL, public_post_path, "{\"nothing\":1}", 422);
    form_patch(s, form, "{\"status\":\"closed\"}", 200);
    submit(s, form, "{}", 409);
    world_post(s->w, NULL, public_post_path, "{}", 409);
}

static void test_public_link(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    struct answer made = form_post(s, "open", all_kinds, 201);
    const char *form = world_text(w, made.body, "id"), *link = world_text(w, made.body, "link");
    const char *path = arena_printf(&w->a, "/public/forms/%s", link);
    struct answer r = world_get(w, NULL, path, 200);
    assert_null(strstr(r.body, "\"items\""));
    world_post(w, NULL, arena_printf(&w->a, "%s/submissions", path), "{\"t\":\"guest\"}", 204);
    const char *list = arena_printf(&w->a, "/forms/%s/submissions", form);
    r = world_get(w, s->owner, list, 200);
    assert_non_null(strstr(r.body, "\"submitter\":null"));
    assert_non_null(strstr(r.body, "\"t\":\"guest\""));
    assert_null(strstr(world_get(w, s->member, list, 200).body, "guest"));
    world_get(w, NULL, list, 401);
    char *wrong = arena_string(&w->a, path);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == '0' ? '1' : '0';
    world_get(w, NULL, wrong, 404);
    form_patch(s, form, "{\"public\":false}", 200);
    world_get(w, NULL, path, 404);
    world_post(w, NULL, arena_printf(&w->a, "%s/submissions", path), "{}", 404);
    /* The link's token is no one's to read in the database of links. */
    const char *where = NULL;
    assert_int_equal(world_traces(w, (struct id){ 0 }, link, &where), 0);
}

static struct answer file_post_as(struct scene *s, const char *session, size_t n, int status)
{
    char *bytes = arena_alloc(&s->w->a, n + 1);
    struct answer r = world_call(s->w, (struct call){ .method = POST,
                                                      .path = "/files?name=a.txt&type=text/plain",
                                                      .session = session,
                                                      .body = { memset(bytes, 'x', n), n },
                                                      .type = "application/octet-stream" });
    if (r.status != status)
        fail_msg("file of %zu: %d %.300s", n, r.status, r.body);
    return r;
}

static void test_files(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    const char *form = form_open_new(s, all_kinds);
    const char *file = world_text(w, file_post_as(s, s->member, 100, 201).body, "id");
    submit(s, form, arena_printf(&w->a, "{\"f\":\"%s\"}", file), 201);
    struct answer r = world_get(w, s->member, arena_printf(&w->a, "/files/%s", file), 200);
    assert_int_equal(r.length, 100);
    assert_string_equal(r.type, "application/octet-stream");
    file_post_as(s, s->member, FILE_BYTES_MAX, 201);
    file_post_as(s, s->member, FILE_BYTES_MAX + 1, 422);
    const char *other = world_invite(w, s->owner, "Mo Else", "mo@example.org", "member");
    world_get(w, other, arena_printf(&w->a, "/files/%s", file), 404);
    world_get(w, s->owner, arena_printf(&w->a, "/files/%s", file), 200);
    /* Nor does another name it, who would see what it is called and could have it deleted. */
    const char *stolen = arena_printf(&w->a, "{\"f\":\"%s\"}", file);
    r = world_post(w, other, arena_printf(&w->a, "/forms/%s/submissions", form), stolen, 422);
    assert_non_null(strstr(r.body, "\"/f\""));
}

/* A page holds some megabytes, however many rows are asked for. */
static void test_pages_of_large_answers(void **state)
{
    enum { QUESTIONS = 40, ANSWERS = 7 };
    struct scene *s = *state;
    struct world *w = s->w;
    struct buffer questions = buffer_new(&w->a), json = buffer_new(&w->a);
    char *text = arena_alloc(&w->a, 20001);
    memset(text, 'x', 20000);
    for (int i = 0; i < QUESTIONS; i++) {
        buffer_printf(&questions, "%s{\"label\":\"Q\",\"key\":\"q%d\",\"kind\":\"long_text\"}",
                      i ? "," : "", i);
        buffer_printf(&json, "%s\"q%d\":\"%s\"", i ? "," : "{", i, text);
    }
    buffer_char(&json, '}');
    const char *form = form_open_new(s, questions.at), *cursor = NULL;
    for (int i = 0; i < ANSWERS; i++)
        submit(s, form, json.at, 201);
    int rows = 0, pages = 0;
    do {
        const char *path = arena_printf(&w->a, "/forms/%s/submissions?limit=500%s%s", form,
                                        cursor ? "&cursor=" : "", cursor ? cursor : "");
        struct answer page = world_get(w, s->owner, path, 200);
        assert_true(page.length < 6 << 20);
        for (const char *at = page.body; (at = strstr(at, "\"q0\":")); at++)
            rows++;
        pages++;
        cursor = strstr(page.body, "\"next\":null") ? NULL : world_text(w, page.body, "next");
    } while (cursor);
    assert_int_equal(rows, ANSWERS);
    assert_true(pages >= 2);
}

/* A cursor goes into the address as it came, whatever number a stranger answered. */
static void test_pages_by_numbers(void **state)
{
    static const char *const numbers[] = { "3.5", "-1e-300", "1e300", "0", "-2" };
    struct scene *s = *state;
    struct world *w = s->w;
    const char *cursor = NULL,
               *form = form_open_new(s, "{\"label\":\"N\",\"key\":\"n\",\"kind\":\"number\"}");
    size_t rows = 0;
    for (size_t i = 0; i < LENGTH(numbers); i++)
        submit(s, form, arena_printf(&w->a, "{\"n\":%s}", numbers[i]), 201);
    do {
        const char *path = arena_printf(&w->a, "/forms/%s/submissions?sort=-n&limit=1%s%s", form,
                                        cursor ? "&cursor=" : "", cursor ? cursor : "");
        struct answer page = world_get(w, s->owner, path, 200);
        rows++;
        cursor = strstr(page.body, "\"next\":null") ? NULL : world_text(w, page.body, "next");
    } while (cursor);
    assert_int_equal(rows, LENGTH(numbers));
}

/* As a browser does it whose answer was lost: the same once more, when the form may be closed. */
static void test_strangers_answer_once(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    struct answer made = form_post(s, "open", all_kinds, 201), r, again;
    const char *form = world_text(w, made.body, "id");
    const char *path = arena_printf(&w->a, "/public/forms/%s", world_text(w, made.body, "link"));
    struct call give = { .method = POST,
                         .path = arena_printf(&w->a, "%s/submissions", path),
                         .json = "{\"t\":\"guest\"}",
                         .key = "answer" };
    struct call file = { .method = POST,
                         .path = arena_printf(&w->a, "%s/files?name=a", path),
                         .body = { "y", 1 },
                         .type = "application/octet-stream",
                         .key = "file" };
    app_call(w->app, &w->a, &give, &r);
    assert_int_equal(r.status, 204);
    app_call(w->app, &w->a, &file, &r);
    assert_int_equal(r.status, 201);
    form_patch(s, form, "{\"status\":\"closed\"}", 200);
    app_call(w->app, &w->a, &file, &again);
    assert_int_equal(again.status, 201);
    assert_string_equal(again.body, r.body);
    app_call(w->app, &w->a, &give, &r);
    assert_int_equal(r.status, 204);
    const char *list = arena_printf(&w->a, "/forms/%s/submissions", form);
    const char *first = strstr(world_get(w, s->owner, list, 200).body, "\"t\":\"guest\"");
    assert_non_null(first);
    assert_null(strstr(first + 1, "\"t\":\"guest\""));
    give.json = "{\"t\":\"other\"}";
    app_call(w->app, &w->a, &give, &r);
    assert_int_equal(r.status, 422);
    give.key = "another";
    app_call(w->app, &w->a, &give, &r);
    assert_int_equal(r.status, 409);
}

static bool large_file_put(struct ctx *c, void *with)
{
    struct file file = { .name = "a", .bytes = PUBLIC_BYTES_MAX, .content = { "x", 1 } };
    (void)with;
    return row_create(c, &file_table, &file);
}

static void test_strangers_fill_no_disk(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    struct answer made = form_post(s, "open", all_kinds, 201), r;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    struct call give = { .method = POST,
                         .path = arena_printf(&w->a, "/public/forms/%s/files?name=a",
                                              world_text(w, made.body, "link")),
                         .body = { "y", 1 },
                         .type = "application/octet-stream" };
    app_call(w->app, &w->a, &give, &r);
    assert_int_equal(r.status, 201);
    assert_true(organisation_write(&c, world_id(world_self(w, s->owner, "organisation")),
                                   large_file_put, NULL));
    app_call(w->app, &w->a, &give, &r);
    assert_int_equal(r.status, 429);
    file_post_as(s, s->member, 1, 201);
    give.later.s = 86400 + 60;
    app_call(w->app, &w->a, &give, &r);
    assert_int_equal(r.status, 201);
}

/* The id of a new file, named in a new answer to the form. */
static const char *file_named(struct scene *s, const char *form)
{
    struct world *w = s->w;
    const char *file = world_text(w, file_post_as(s, s->member, 10, 201).body, "id");
    submit(s, form, arena_printf(&w->a, "{\"f\":\"%s\"}", file), 201);
    return file;
}

static void expect_file(struct scene *s, const char *file, bool there)
{
    world_get(s->w, s->owner, arena_printf(&s->w->a, "/files/%s", file), there ? 200 : 404);
}

static void test_files_go_with_answers(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    const char *form = form_open_new(s, all_kinds), *other = form_open_new(s, all_kinds);
    const char *one = file_named(s, form);
    const char *answers = arena_printf(&w->a, "/forms/%s/submissions", form);
    const char *first = world_text(w, world_get(w, s->owner, answers, 200).body, "id");
    const char *two = file_named(s, form), *both = file_named(s, form);
    struct answer twice = submit(s, other, arena_printf(&w->a, "{\"f\":\"%s\"}", both), 201);
    const char *gone = arena_printf(&w->a, "%s/%s", answers, first);
    world_ask(w, s->owner, DELETE, gone, NULL, 0, 428);
    world_ask(w, s->owner, DELETE, gone, NULL, 2, 412);
    world_ask(w, s->owner, DELETE, gone, NULL, 1, 204);
    expect_file(s, one, false);
    expect_file(s, two, true);
    const char *path = arena_printf(&w->a, "/forms/%s", form);
    int64_t version = atoll(world_get(w, s->owner, path, 200).etag);
    world_ask(w, s->owner, DELETE, path, NULL, version, 204);
    expect_file(s, two, false);
    expect_file(s, both, true); /* an answer to the other form names it */
    path = arena_printf(&w->a, "/forms/%s/submissions/%s", other, world_text(w, twice.body, "id"));
    world_ask(w, s->owner, DELETE, path, NULL, 1, 204);
    expect_file(s, both, false);
}

/* Runs a periodic job of the scene's organisation some days from now. */
static void job_run_later(struct scene *s, const struct job_type *job, int64_t days)
{
    struct world *w = s->w;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, job->name);
    c.organisation = world_id(world_self(w, s->owner, "organisation"));
    c.now = instant_plus(c.now, (struct span){ days * 86400 });
    assert_true(db_open(w->app->store, c.organisation, false, &c.db, &err));
    if (!job->run(&c))
        fail_msg("%s: %s", job->name, err.detail);
    db_release(c.db);
}

static void test_files_of_nobody_go(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    const char *form = form_open_new(s, all_kinds);
    const char *file = file_named(s, form);
    const char *unnamed = world_text(w, file_post_as(s, s->member, 10, 201).body, "id");
    job_run_later(s, &files_job, 0);
    expect_file(s, unnamed, true); /* somebody may be filling in a form */
    job_run_later(s, &files_job, 2);
    expect_file(s, unnamed, false);
    expect_file(s, file, true);
    form_patch(s, form, "{\"retention_days\":30}", 200);
    job_run_later(s, &retention_job, 20);
    expect_file(s, file, true);
    job_run_later(s, &retention_job, 40);
    expect_file(s, file, false);
}

static void test_other_organisations(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    const char *eve = world_sign_up(w, "Eve Else", "eve@example.com");
    const char *form = form_open_new(s, all_kinds);
    const char *file = world_text(w, file_post_as(s, s->member, 10, 201).body, "id");
    const char *path = arena_printf(&w->a, "/forms/%s", form);
    const char *list = arena_printf(&w->a, "/forms/%s/submissions", form);
    world_get(w, eve, path, 404);
    world_get(w, eve, list, 404);
    world_post(w, eve, list, "{}", 404);
    world_ask(w, eve, PATCH, path, "{\"title\":\"Mine\"}", 1, 404);
    world_ask(w, eve, DELETE, path, NULL, 1, 404);
    world_get(w, eve, arena_printf(&w->a, "/files/%s", file), 404);
    struct answer own = world_post(
        w, eve, "/forms",
        arena_printf(&w->a, "{\"title\":\"Own\",\"status\":\"open\",\"fields\":[%s]}", all_kinds),
        201);
    world_post(w, eve, arena_printf(&w->a, "/forms/%s/submissions", world_text(w, own.body, "id")),
               arena_printf(&w->a, "{\"f\":\"%s\"}", file), 422);
}

static void test_privacy_is_derived(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    const char *form = form_open_new(
        s,
        "{\"label\":\"O\",\"key\":\"o\",\"kind\":\"text\",\"privacy\":\"OPERATIONAL\","
        "\"ai\":true},{\"label\":\"S\",\"key\":\"s\",\"kind\":\"text\",\"privacy\":\"SENSITIVE\"},"
        "{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\",\"ai\":true},"
        "{\"label\":\"F\",\"key\":\"f\",\"kind\":\"file\",\"ai\":true}");
    submit(s, form, "{\"o\":\"one\",\"s\":\"yxcvbnm\",\"a\":\"three\"}", 201);
    struct answer map = world_get(w, s->owner, "/privacy/data-map", 200);
    const char *at = strstr(map.body, "\"table\":\"form_0");
    assert_non_null(at);
    static const char *const classes[] = { "OPERATIONAL", "SENSITIVE", "CONTENT" };
    for (size_t i = 0; i < LENGTH(classes); i++)
        assert_non_null(strstr(at, classes[i]));
    assert_non_null(strstr(strstr(at, "\"column\":\"o\""), "\"ai\":true,\"masked\":false"));
    assert_non_null(strstr(strstr(at, "\"column\":\"a\""), "\"ai\":true,\"masked\":true"));
    assert_true(!strncmp(strstr(strstr(at, "\"column\":\"f\""), "\"ai\":"), "\"ai\":false", 10));
    struct id organisation = world_id(world_self(w, s->owner, "organisation"));
    const char *where = NULL;
    assert_int_equal(world_traces(w, organisation, "yxcvbnm", &where), 1);
    const char *erase =
        arena_printf(&w->a, "/people/%s/erasure", world_self(w, s->member, "person"));
    world_post(w, s->owner, erase, "{\"confirm\":\"Grace Hopper\"}", 200);
    assert_int_equal(world_traces(w, organisation, "yxcvbnm", &where), 0);
}

/* What the builder says of a question before there is a column for it. */
static void test_kinds_say_how_ai_is_given_answers(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    static const struct question_kind is[] = {
        { "text", "OPERATIONAL", "clear" },   { "text", "PERSONAL", "masked" },
        { "long_text", "CONTENT", "masked" }, { "choice", "OPERATIONAL", "clear" },
        { "number", "PERSONAL", "clear" },    { "date", "CONTENT", "clear" },
        { "email", "SENSITIVE", "never" },    { "file", "OPERATIONAL", "never" },
    };
    const char *kinds = world_get(w, s->owner, "/forms/kinds", 200).body;
    for (size_t i = 0; i < LENGTH(is); i++) {
        const char *row =
            arena_printf(&w->a, "{\"kind\":\"%s\",\"privacy\":\"%s\",\"ai_given\":\"%s\"}",
                         is[i].kind, is[i].privacy, is[i].ai_given);
        if (!strstr(kinds, row))
            fail_msg("no %s in %s", row, kinds);
    }
    world_get(w, s->member, "/forms/kinds", 403);
    const char *form = form_open_new(s, "{\"label\":\"F\",\"kind\":\"file\",\"ai\":true}");
    struct answer r = world_get(w, s->owner, arena_printf(&w->a, "/forms/%s", form), 200);
    assert_non_null(strstr(r.body, "\"ai\":false"));
}

static void test_deleted_with_everything(void **state)
{
    struct scene *s = *state;
    struct world *w = s->w;
    const char *form = form_open_new(s, "{\"label\":\"A\",\"key\":\"a\",\"kind\":\"text\"}");
    submit(s, form, "{\"a\":\"mnbvcxy\"}", 201);
    const char *path = arena_printf(&w->a, "/forms/%s", form);
    struct answer r = world_get(w, s->owner, path, 200);
    world_ask(w, s->owner, DELETE, path, NULL, atoll(r.etag) + 1, 412);
    world_ask(w, s->owner, DELETE, path, NULL, atoll(r.etag), 204);
    world_get(w, s->owner, path, 404);
    const char *where = NULL;
    struct id organisation = world_id(world_self(w, s->owner, "organisation"));
    assert_int_equal(world_traces(w, organisation, "mnbvcxy", &where), 0);
}

int main(void)
{
#define WITH(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
    const struct CMUnitTest tests[] = {
        WITH(test_kinds_and_bounds),
        WITH(test_empty),
        WITH(test_bad_definitions),
        WITH(test_answers_counted),
        WITH(test_required_and_hidden),
        WITH(test_grows),
        WITH(test_what_stays_is_not_noted),
        WITH(test_as_many_as_fit),
        WITH(test_keys_are_made),
        WITH(test_draft_and_closed),
        WITH(test_public_link),
        WITH(test_pages_of_large_answers),
        WITH(test_pages_by_numbers),
        WITH(test_strangers_answer_once),
        WITH(test_strangers_fill_no_disk),
        WITH(test_files),
        WITH(test_files_go_with_answers),
        WITH(test_files_of_nobody_go),
        WITH(test_other_organisations),
        WITH(test_privacy_is_derived),
        WITH(test_kinds_say_how_ai_is_given_answers),
        WITH(test_deleted_with_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
