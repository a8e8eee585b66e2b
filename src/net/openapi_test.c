/* openapi_test.c: the API document parses, is complete, points only at what is there, and does not
   depend on the order of the table. */
#include "openapi.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct permission {
    const char *name;
};
struct line {
    const char *text;
};
struct entry {
    struct id id;
    int64_t version;
    const char *note, *hash;
    struct list lines;
};
struct query {
    struct id id;
    int64_t limit;
    struct list tags;
};
struct upload {
    struct blob body;
};

static const char *const notes[] = { "a", "b", NULL };
static const struct permission track = { "time.track" };

static const struct field line_fields[] = {
    FIELD(struct line, text, .required = true, .doc = "Text"),
    { 0 },
};
static const struct field entry_fields[] = {
    FIELD(struct entry, id, .read_only = true, .privacy = OPERATIONAL, .doc = "Id"),
    FIELD(struct entry, version, .read_only = true, .see = &track, .doc = "Version"),
    FIELD(struct entry, note, .max = 9, .choices = notes, .privacy = CONTENT, .ai = true,
          .see = &track, .doc = "Note"),
    FIELD(struct entry, hash, .privacy = SECRET, .doc = "Hash"),
    FIELD_LIST(struct entry, lines, struct line, line_fields, .max = 3, .doc = "Lines"),
    { 0 },
};
static const struct field query_fields[] = {
    FIELD(struct query, id, .doc = "Id"),
    FIELD(struct query, limit, .min = 1, .max = 500, .doc = "Limit"),
    FIELD(struct query, tags, .of = KIND_ID, .doc = "Tags"),
    { 0 },
};
static const struct field upload_fields[] = {
    FIELD(struct upload, body, .doc = "Bytes"),
    { 0 },
};

static bool nothing(struct ctx *c, const void *in, void *ret)
{
    (void)c, (void)in, (void)ret;
    return true;
}

static const struct route rows[] = {
    { GET, "/time/entries/{id}", nothing, "Reads", .can = &track, .who = WHO_CAN,
      INPUT(struct query, query_fields), OUTPUT(struct entry, entry_fields),
      .fails = FAILS(NOT_FOUND), .versioned = true },
    { POST, "/time/entries", nothing, "Makes", .can = &track, .who = WHO_CAN,
      INPUT(struct entry, entry_fields), OUTPUT(struct entry, entry_fields), .ok = 201,
      .fails = FAILS(ENTRY_OVERLAPS), LANE(LANE_WRITE) },
    { GET, "/time/entries", nothing, "Lists", .who = WHO_MEMBER, INPUT(struct query, query_fields),
      OUTPUT(struct entry, entry_fields), .list = true },
    { POST, "/imports", nothing, "Imports", .who = WHO_ANYONE, INPUT(struct upload, upload_fields),
      .body = BODY_BYTES, .takes = "text/csv", LANE(LANE_SLOW) },
    { GET, "/stream", nothing, "Streams", .who = WHO_MEMBER, .stream = true, LANE(LANE_SLOW) },
};

static const char *document(struct arena *a, bool backwards)
{
    const struct route *list[LENGTH(rows)];
    for (size_t i = 0; i < LENGTH(rows); i++)
        list[i] = &rows[backwards ? LENGTH(rows) - 1 - i : i];
    return openapi_document(a, list, LENGTH(rows));
}

/* "paths /time/entries get" by its steps; fails when there is none. */
static json_t *at(json_t *value, const char *const *steps)
{
    for (; *steps; steps++) {
        json_t *next = json_object_get(value, *steps);
        if (!next)
            fail_msg("no %s", *steps);
        value = next;
    }
    return value;
}
#define AT(value, ...) at(value, (const char *const[]){ __VA_ARGS__, NULL })

static void refs_resolve(json_t *root, json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;
    json_array_foreach(value, i, item) refs_resolve(root, item);
    json_object_foreach(value, key, item)
    {
        refs_resolve(root, item);
        if (strcmp(key, "$ref"))
            continue;
        char part[32], name[64];
        assert_int_equal(sscanf(json_string_value(item), "#/components/%31[^/]/%63s", part, name),
                         2);
        AT(root, "components", part, name);
    }
}

static void document_is_whole(void **state)
{
    (void)state;
    struct arena a = { 0 };
    json_error_t e;
    json_t *d = json_loads(document(&a, false), JSON_REJECT_DUPLICATES, &e);
    if (!d)
        fail_msg("line %d: %s", e.line, e.text);
    refs_resolve(d, d);
    json_t *make = AT(d, "paths", "/time/entries", "post");
    assert_string_equal(json_string_value(AT(make, "operationId")), "post_time_entries");
    assert_string_equal(json_string_value(AT(make, "x-permission")), "time.track");
    assert_string_equal(json_string_value(AT(make, "x-lane")), "write");
    assert_string_equal(json_string_value(AT(make, "responses", "201", "content",
                                             "application/json", "schema", "$ref")),
                        "#/components/schemas/time_entry");
    assert_string_equal(
        json_string_value(AT(make, "requestBody", "content", "application/json", "schema", "$ref")),
        "#/components/schemas/time_entry_new");
    static const char *const statuses[] = { "400", "401", "403", "409", "413", "415",
                                            "422", "429", "431", "500", "503", "507" };
    for (size_t i = 0; i < LENGTH(statuses); i++)
        AT(make, "responses", statuses[i], "x-problems");
    json_t *schemas = AT(d, "components", "schemas");
    json_t *out = AT(schemas, "time_entry", "properties"),
           *in = AT(schemas, "time_entry_new", "properties");
    assert_null(json_object_get(out, "hash"));
    assert_non_null(json_object_get(in, "hash"));
    assert_null(json_object_get(in, "id"));
    assert_string_equal(json_string_value(AT(out, "note", "x-privacy")), "CONTENT");
    assert_true(json_is_true(AT(out, "note", "x-ai")));
    assert_string_equal(json_string_value(AT(out, "note", "x-see")), "time.track");
    assert_null(json_object_get(AT(in, "note"), "x-see"));
    json_t *hidden =
        AT(out, "version", "type"); /* a number, and null to those who may not see it */
    assert_int_equal(json_array_size(hidden), 2);
    assert_string_equal(json_string_value(json_array_get(hidden, 1)), "null");
    assert_int_equal(json_array_size(AT(out, "note", "enum")), 3);
    AT(schemas, "time_entry_line");
    json_t *list = AT(d, "paths", "/time/entries", "get");
    AT(list, "responses", "200", "content", "application/json", "schema", "properties", "next");
    assert_null(json_object_get(AT(list, "responses"), "413"));
    assert_int_equal(json_array_size(AT(list, "parameters")), 3);
    AT(d, "paths", "/imports", "post", "requestBody", "content", "text/csv");
    assert_int_equal(json_array_size(AT(d, "paths", "/imports", "post", "security")), 0);
    AT(d, "paths", "/stream", "get", "responses", "200", "content", "text/event-stream");
    json_decref(d);
    arena_done(&a);
}

static void document_is_stable(void **state)
{
    (void)state;
    struct arena a = { 0 };
    assert_string_equal(document(&a, false), document(&a, true));
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_is_whole),
        cmocka_unit_test(document_is_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
