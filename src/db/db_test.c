/* db_test.c: the contract of db.h, one function after the other. */
#include "compose.h"
#include "db_fixture.h"
#include "pg.h"
#include "sqlite.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

struct all {
    bool flag;
    int64_t number, maybe;
    double real;
    const char *text;
    struct id id;
    struct instant at;
    struct date day;
    struct span span;
    struct blob bytes;
    struct json json;
};

static const struct field all_fields[] = {
    FIELD(struct all, flag),  FIELD(struct all, number), FIELD(struct all, maybe, .nullable = true),
    FIELD(struct all, real),  FIELD(struct all, text),   FIELD(struct all, id),
    FIELD(struct all, at),    FIELD(struct all, day),    FIELD(struct all, span),
    FIELD(struct all, bytes), FIELD(struct all, json),   { 0 },
};

static const struct query all_insert = {
    "INSERT INTO everything VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
};
static const struct query all_read = { "SELECT * FROM everything" };

static bool all_create(struct tx *tx, void *with, struct error *err)
{
    (void)with;
    (void)err;
    char *sql = arena_printf(tx_arena(tx), "CREATE TABLE everything (");
    EACH_FIELD (f, all_fields)
        sql = arena_printf(tx_arena(tx), "%s%s%s %s", sql, f == all_fields ? "" : ", ", f->name,
                           db_column_type(tx_db(tx), f));
    struct query q = query_composed(arena_printf(tx_arena(tx), "%s)", sql));
    return tx_run(tx, &q, NO_ARGS, NULL);
}

static bool all_write(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    struct value args[LENGTH(all_fields)];
    size_t n = 0;
    EACH_FIELD (f, all_fields)
        args[n++] = value_field(f, with);
    return tx_run(tx, &all_insert, args, n, NULL);
}

static bool all_fetch(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    return tx_rows(tx, &all_read, NO_ARGS, all_fields, sizeof(struct all), 0, with);
}

static void test_every_kind_comes_back(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct all full = { .flag = true,
                        .number = INT64_MAX,
                        .maybe = 0,
                        .real = 0.1,
                        .text = "Grüße",
                        .id = id_of(9),
                        .at = { 1767225600123456 },
                        .day = date_of(2026, 3, 1),
                        .span = { -90 },
                        .bytes = { "\0x\0", 3 },
                        .json = { "{\"a\":1}" } };
    struct all empty = { .maybe = INT_NONE, .real = NAN };
    struct all hollow = { .maybe = INT_NONE, .real = -1, .text = "", .bytes = { "", 0 } };
    assert_true(db_write_wait(p->db, &p->a, all_create, NULL, &err));
    assert_true(db_write_wait(p->db, &p->a, all_write, &full, &err));
    assert_true(db_write_wait(p->db, &p->a, all_write, &empty, &err));
    assert_true(db_write_wait(p->db, &p->a, all_write, &hollow, &err));
    struct list rows;
    assert_true(db_read(p->db, &p->a, all_fetch, &rows, &err));
    assert_int_equal(rows.count, 3);
    const struct all *r = rows.at;
    assert_true(r->flag);
    assert_true(r->number == INT64_MAX && r->maybe == 0 && r->real == 0.1);
    assert_string_equal(r->text, "Grüße");
    assert_true(id_equal(r->id, full.id));
    assert_true(r->at.us == full.at.us && r->day.day == full.day.day && r->span.s == -90);
    assert_int_equal(r->bytes.len, 3);
    assert_memory_equal(r->bytes.at, "\0x\0", 3);
    assert_string_equal(r->json.text, "{\"a\":1}");
    EACH_FIELD (f, all_fields)
        assert_int_equal(field_absent(f, &r[1]), field_absent(f, &empty));
    assert_string_equal(r[2].text, "");
    assert_non_null(r[2].bytes.at);
    assert_int_equal(r[2].bytes.len, 0);
}

struct lists {
    struct list ids, texts;
};

static const struct field lists_fields[] = {
    FIELD(struct lists, ids, .of = KIND_ID),
    FIELD(struct lists, texts, .of = KIND_TEXT),
    { 0 },
};

/* Writes the lists, and reads them back into the same place; or what is no list at all. */
static bool lists_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct query q = { "SELECT $1, $2" };
    struct arena *a = tx_arena(tx);
    bool found;
    return tx_row(
        tx, &q, ARGS(value_list(a, &lists_fields[0], with), value_list(a, &lists_fields[1], with)),
        lists_fields, with, &found);
}

static bool no_lists_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct query sqlite[] = { { "SELECT X'0102', NULL" },
                                           { "SELECT NULL, X'4100FF'" } };
    static const struct query other[] = { { "SELECT '\\x0102'::bytea, NULL" },
                                          { "SELECT NULL, '\\x4100FF'::bytea" } };
    const struct query *q = on_sqlite() ? sqlite : other;
    struct lists l;
    bool found;
    return tx_row(tx, &q[*(int *)with], NO_ARGS, lists_fields, &l, &found);
}

static void test_lists_come_back(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    const struct id ids[] = { id_of(1), id_of(2), id_of(3) };
    const char *const texts[] = { "", "Grüße", "", "x" };
    struct lists l = { { ids, 3 }, { texts, 4 } };
    assert_true(db_read(p->db, &p->a, lists_work, &l, &err));
    assert_int_equal(l.ids.count, 3);
    assert_memory_equal(l.ids.at, ids, sizeof ids);
    assert_int_equal(l.texts.count, 4);
    for (int i = 0; i < 4; i++)
        assert_string_equal(((const char *const *)l.texts.at)[i], texts[i]);
    l = (struct lists){ 0 };
    assert_true(db_read(p->db, &p->a, lists_work, &l, &err));
    assert_int_equal(l.ids.count + l.texts.count, 0);
    for (int i = 0; i < 2; i++) {
        err = (struct error){ 0 };
        assert_false(db_read(p->db, &p->a, no_lists_work, &i, &err));
        assert_int_equal(err.problem, INTERNAL);
    }
}

static bool columns_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    struct column *columns;
    size_t n;
    if (!tx_table_columns(tx, "note", &columns, &n))
        return false;
    assert_int_equal(n, 3);
    assert_string_equal(columns[0].name, "id");
    assert_string_equal(columns[2].name, "text");
    if (!tx_table_columns(tx, "no_such_table", &columns, &n))
        return false;
    *(size_t *)with = n;
    if (!all_create(tx, NULL, err) || !tx_table_columns(tx, "everything", &columns, &n))
        return false;
    assert_int_equal(n, LENGTH(all_fields) - 1);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(columns[i].type, db_column_type(tx_db(tx), &all_fields[i]));
    return true;
}

static void test_columns_of_a_table(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    size_t n = 1;
    assert_true(db_write_wait(p->db, &p->a, columns_work, &n, &err));
    assert_int_equal(n, 0);
}

static void test_unique_violation(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    assert_true(insert(p->db, 1, "first", &err));
    assert_false(insert(p->db, 1, "again", &err));
    assert_int_equal(err.problem, ALREADY_EXISTS);
    assert_null(strstr(err.detail, "again"));
    assert_int_equal(count(p->db), 1);
}

static bool write_in_read(struct tx *tx, void *with, struct error *err)
{
    assert_false(tx_writes(tx));
    return insert_work(tx, with, err);
}

static void test_reading_work_cannot_write(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct note n = { .id = id_of(1), .number = 1 };
    assert_false(db_read(p->db, &p->a, write_in_read, &n, &err));
    assert_int_equal(err.problem, INTERNAL);
    assert_int_equal(count(p->db), 0);
}

static bool wrong_use(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct query queries[] = {
        { "SELECT nothing FROM nowhere" },
        { "SELECT 1; SELECT 2" },
        { "SELECT ?1" },
        { "SELECT $2" },
        { "" },
    };
    static const struct query narrow = { "SELECT 1" }, wide = { "SELECT 1, 2, 3, 4" },
                              other = { "SELECT 'no id', 1, 'x'" };
    struct note n;
    bool found;
    const struct query *q[] = { &queries[0], &queries[1], &queries[2], &queries[3],
                                &queries[4], &narrow,     &wide,       &other };
    return tx_row(tx, q[*(int *)with], ARGS(value_int(1)), note_fields, &n, &found);
}

static void test_wrong_use_is_told(void **state)
{
    struct opened *p = *state;
    for (int i = 0; i < 8; i++) {
        struct error err = { 0 };
        assert_false(db_read(p->db, &p->a, wrong_use, &i, &err));
        assert_int_equal(err.problem, INTERNAL);
        assert_string_not_equal(err.detail, "");
    }
}

static bool order_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    bool found;
    static const struct field fields[] = { FIELD(struct note, number),
                                           FIELD(struct note, text),
                                           { 0 } };
    static const struct query turned = { "SELECT $2, $1" };
    return tx_row(tx, &turned, ARGS(value_text("one"), value_int(2)), fields, with, &found);
}

static void test_parameters_go_by_number(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct note n = { 0 };
    assert_true(db_read(p->db, &p->a, order_work, &n, &err));
    assert_int_equal(n.number, 2);
    assert_string_equal(n.text, "one");
}

static bool count_far(struct tx *tx, void *with, struct error *err)
{
    static const struct query far = {
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
        " SELECT count(*), '' FROM n"
    };
    static const struct field fields[] = { FIELD(struct note, number),
                                           FIELD(struct note, text),
                                           { 0 } };
    struct note *n = with;
    bool found;
    (void)err;
    return tx_row(tx, &far, ARGS(value_int(n->number)), fields, n, &found);
}

static void test_long_reads_in_a_hurry(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct note few = { .number = 500 }, many = { .number = 300000 };
    db_hurry();
    assert_true(db_read(p->db, &p->a, count_far, &few, &err));
    assert_false(db_hurry_end());
    assert_int_equal(few.number, 500);
    db_hurry();
    assert_false(db_read(p->db, &p->a, count_far, &many, &err));
    assert_true(db_hurry_end());
    assert_int_equal(err.problem, UNAVAILABLE);
    error_clear(&err);
    assert_true(db_read(p->db, &p->a, count_far, &many, &err));
    assert_int_equal(many.number, 300000);
}

/* However many are broken off, and wherever they are, those that follow find nothing of them. */
static void test_reads_that_were_broken_off(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct note few = { .number = 500 }, many = { .number = 300000 };
    db_hurry();
    for (int i = 0; i < 2500; i++) {
        assert_false(db_read(p->db, &p->a, count_far, &many, &err));
        assert_int_equal(err.problem, UNAVAILABLE);
        error_clear(&err);
    }
    assert_true(db_hurry_end());
    assert_true(db_read(p->db, &p->a, count_far, &few, &err));
}

/* A query within itself: each needs a statement of its own. */
static bool inner_row(void *with, const void *record)
{
    (void)record;
    ++*(int *)with;
    return true;
}

struct nest {
    struct tx *tx;
    int outer, inner;
};

static bool outer_row(void *with, const void *record)
{
    struct nest *n = with;
    n->outer++;
    assert_string_equal(((const struct note *)record)->text, "x");
    return tx_each(n->tx, &note_all, NO_ARGS, note_fields, sizeof(struct note), inner_row,
                   &n->inner);
}

static bool nest_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    struct nest *n = with;
    n->tx = tx;
    return tx_each(tx, &note_all, NO_ARGS, note_fields, sizeof(struct note), outer_row, n);
}

static void fill(struct opened *p, int n)
{
    struct error err = { 0 };
    for (int i = 1; i <= n; i++)
        assert_true(insert(p->db, i, "x", &err));
}

static void test_query_within_itself(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    struct nest n = { 0 };
    fill(p, 5);
    assert_true(db_read(p->db, &p->a, nest_work, &n, &err));
    assert_int_equal(n.outer, 5);
    assert_int_equal(n.inner, 25);
}

static bool stop_row(void *with, const void *record)
{
    (void)record;
    return ++*(int *)with < 3;
}

static bool stop_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    return tx_each(tx, &note_all, NO_ARGS, note_fields, sizeof(struct note), stop_row, with);
}

static bool rows_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    struct list *rows = with; /* .count says how many at most */
    return tx_rows(tx, &note_all, NO_ARGS, note_fields, sizeof(struct note), rows->count, rows);
}

static void test_fewer_rows_than_there_are(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    fill(p, 40);
    int seen = 0;
    assert_true(db_read(p->db, &p->a, stop_work, &seen, &err));
    assert_int_equal(seen, 3);
    static const size_t most[][2] = { { 0, 40 }, { 1, 1 }, { 39, 39 }, { 40, 40 }, { 41, 40 } };
    for (size_t i = 0; i < LENGTH(most); i++) {
        struct list rows = { .count = most[i][0] };
        assert_true(db_read(p->db, &p->a, rows_work, &rows, &err));
        assert_int_equal(rows.count, most[i][1]);
        const struct note *last = (const struct note *)rows.at + rows.count - 1;
        assert_int_equal(last->number, rows.count);
    }
}

static bool returning_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct query raise = {
        "UPDATE note SET number = number + 100 WHERE number <= $1 RETURNING id, number, text"
    };
    static const struct query erase = { "DELETE FROM note WHERE number = $1" };
    struct note n = { 0 };
    bool found;
    int64_t changed;
    if (!tx_row(tx, &raise, ARGS(value_int(3)), note_fields, &n, &found))
        return false;
    assert_true(found && n.number > 100);
    if (!tx_row(tx, &raise, ARGS(value_int(0)), note_fields, &n, &found))
        return false;
    assert_false(found);
    if (!tx_run(tx, &erase, ARGS(value_int(77)), &changed))
        return false;
    assert_int_equal(changed, 0);
    return tx_run(tx, &erase, ARGS(value_int(4)), with);
}

static void test_changes_are_counted_and_whole(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    fill(p, 5);
    int64_t changed = 0;
    assert_true(db_write_wait(p->db, &p->a, returning_work, &changed, &err));
    assert_int_equal(changed, 1);
    struct list rows = { 0 };
    assert_true(db_read(p->db, &p->a, rows_work, &rows, &err));
    assert_int_equal(rows.count, 4);
    /* Three rows were raised, though only the first was looked at. */
    assert_int_equal(((const struct note *)rows.at)[0].number, 5);
    assert_int_equal(((const struct note *)rows.at)[3].number, 103);
}

enum { TEXTS = 3 * STATEMENTS_MAX };

/* Far more statements than are kept, in one buffer whose text changes under its address. */
static bool many_texts(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct field fields[] = { FIELD(struct note, number), { 0 } };
    char sql[64];
    bool found;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < TEXTS; i++) {
            struct query q = query_composed(sql);
            struct note n = { 0 };
            snprintf(sql, sizeof sql, "SELECT %d + $1", i);
            if (!tx_row(tx, &q, ARGS(value_int(1)), fields, &n, &found))
                return false;
            assert_int_equal(n.number, i + 1);
        }
    *(int *)with = on_sqlite() ? tx->conn->statements : tx->pg->statements;
    return true;
}

static void test_statements_are_bounded(void **state)
{
    struct opened *p = *state;
    struct error err = { 0 };
    int kept = 0;
    assert_true(db_read(p->db, &p->a, many_texts, &kept, &err));
    assert_int_equal(kept, STATEMENTS_MAX);
}

static void test_limits_of_connections(void **state)
{
    struct opened *p = *state;
    static const char *const refused[] = {
        "ATTACH ':memory:' AS other",
        "SELECT load_extension('libm.so.6')",
        "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema",
        "SELECT \"no such column\"",
    };
    for (size_t i = 0; i < LENGTH(refused); i++)
        assert_int_not_equal(sqlite3_exec(p->db->writer->handle, refused[i], NULL, NULL, NULL),
                             SQLITE_OK);
}

static bool note_grows(void *with, const char *table)
{
    (void)with;
    return !strcmp(table, "note");
}

struct asked {
    const struct query *query;
    struct value value;
};

static bool ask_work(struct tx *tx, void *with, struct error *err)
{
    const struct asked *asked = with;
    (void)err;
    return tx_run(tx, asked->query, &asked->value, asked->value.kind != KIND_NONE, NULL);
}

/* Also one that only counts, one whose table has another name there, and one that is tried again.
 */
static void test_scans_of_growing_tables(void **state)
{
    static const struct query by_id = { "SELECT text FROM note WHERE id = $1" };
    static const struct query excused = { "SELECT id FROM note WHERE number + 1 = 2",
                                          .whole = "A test" };
    static const struct query scans[] = {
        { "SELECT text FROM note WHERE text || 'x' = 'y'" },
        { "SELECT count(*) FROM note WHERE text || 'x' = 'y'" },
        { "SELECT one.number FROM note one WHERE one.text || 'x' = 'y'" },
        { "UPDATE note SET text = 'x' WHERE text || 'x' = 'y'" },
        { "DELETE FROM note WHERE text || 'x' = 'y'" },
    };
    struct arena a = { 0 };
    struct error err = { 0 };
    char *dir = folder_fresh();
    struct store_config config = config_plain(dir);
    struct store *s = NULL;
    (void)state;
    config.grows = note_grows;
    assert_true(store_open(&config, &s, &err));
    struct db *db = open_db(s, 1);
    assert_true(insert(db, 1, "one", &err));
    assert_true(
        db_write_wait(db, &a, ask_work, &(struct asked){ &by_id, value_id(id_of(1)) }, &err));
    assert_true(db_write_wait(db, &a, ask_work, &(struct asked){ .query = &excused }, &err));
    for (size_t i = 0; i < 2 * LENGTH(scans); i++) {
        struct asked asked = { .query = &scans[i / 2] };
        err = (struct error){ 0 };
        assert_false(db_write_wait(db, &a, ask_work, &asked, &err));
        assert_int_equal(err.problem, INTERNAL);
        assert_non_null(strstr(err.detail, "all of 'note' is read by"));
    }
    db_release(db);
    store_close(s);
    folder_remove(dir);
    arena_done(&a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, opened_setup, opened_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_scans_of_growing_tables),
        TEST(test_every_kind_comes_back),
        TEST(test_lists_come_back),
        TEST(test_columns_of_a_table),
        TEST(test_unique_violation),
        TEST(test_reading_work_cannot_write),
        TEST(test_wrong_use_is_told),
        TEST(test_parameters_go_by_number),
        TEST(test_query_within_itself),
        TEST(test_fewer_rows_than_there_are),
        TEST(test_changes_are_counted_and_whole),
        TEST(test_statements_are_bounded),
    };
    const struct CMUnitTest sqlite[] = { TEST(test_limits_of_connections),
                                         TEST(test_long_reads_in_a_hurry),
                                         TEST(test_reads_that_were_broken_off) };
    return cmocka_run_group_tests(tests, NULL, NULL) ||
           (on_sqlite() && cmocka_run_group_tests(sqlite, NULL, NULL));
}
