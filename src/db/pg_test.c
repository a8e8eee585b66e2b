/* pg_test.c: what PostgreSQL holds and refuses: sealed columns, conflicts, lost connections. */
#include "compose.h"
#include "pg_fixture.h"

#include <poll.h>
#include <stdio.h>

static void test_sealed_where_it_lies(void **state)
{
    struct opened *p = *state;
    struct list rows;
    struct id people[] = { id_of(7) };
    struct card c = card_of(1, "Grace Hopper", "a quiet text");
    c.people = (struct list){ people, 1 };
    assert_true(put(p, c));
    assert_true(put(p, card_of(2, NULL, "")));
    assert_true(ask(p,
                    "SELECT id, number, name, text, people FROM card WHERE number > $1"
                    " ORDER BY number",
                    value_int(0), &rows));
    assert_int_equal(rows.count, 2);
    const struct card *r = rows.at;
    assert_string_equal(r->name, "Grace Hopper");
    assert_string_equal(r->text, "a quiet text");
    assert_int_equal(r->people.count, 1);
    assert_true(id_equal(*(const struct id *)r->people.at, id_of(7)));
    assert_null(r[1].name);
    assert_string_equal(r[1].text, "");
    PGconn *role = as_role(p);
    PGresult *all = PQexecParams(role, "SELECT * FROM card", 0, NULL, NULL, NULL, NULL, 1);
    assert_int_equal(PQntuples(all), 2);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < PQnfields(all); j++) {
            const char *at = PQgetvalue(all, i, j);
            size_t n = (size_t)PQgetlength(all, i, j);
            assert_null(memmem(at, n, "Grace", 5));
            assert_null(memmem(at, n, "quiet", 5));
            if (j > 1)
                assert_null(memmem(at, n, people, sizeof people));
        }
    PQclear(all);
    PQfinish(role);
}

enum { CARDS = 20 };

static struct card card_of_many(uint32_t n)
{
    static const char *const names[] = { "Ada", "Bo", "Cleo", "Dan", "Eve" };
    return card_of(n + 1, n < LENGTH(names) ? names[n] : NULL, n % 3 ? "a quiet text" : "");
}

static bool cards_put(struct tx *tx, void *with, struct error *err)
{
    const uint32_t *twice = with;
    for (uint32_t i = 0; i < CARDS; i++) {
        struct card c = card_of_many(i);
        if (!card_put(tx, &c, err))
            return false;
    }
    struct card c = card_of(CARDS + 1, *twice ? "Bo" : "Bob", "x");
    return card_put(tx, &c, err);
}

/* Rows that go in one statement are each sealed for itself, and found. */
static void test_many_rows_of_one_work(void **state)
{
    struct opened *p = *state;
    struct list rows;
    uint32_t twice = 1;
    assert_false(db_write_wait(p->db, &p->a, cards_put, &twice, &p->err));
    assert_int_equal(p->err.problem, ALREADY_EXISTS);
    assert_string_equal(p->err.detail, "card.name");
    p->err = (struct error){ 0 };
    twice = 0;
    assert_true(db_write_wait(p->db, &p->a, cards_put, &twice, &p->err));
    assert_true(ask(p,
                    "SELECT id, number, name, text, people FROM card WHERE text IS NOT NULL"
                    " AND id IS DISTINCT FROM $1 ORDER BY id",
                    value_id(id_of(CARDS + 1)), &rows));
    assert_int_equal(rows.count, CARDS);
    for (uint32_t i = 0; i < CARDS; i++) {
        const struct card *is = (const struct card *)rows.at + i;
        struct card c = card_of_many(i);
        assert_true(id_equal(is->id, c.id));
        assert_int_equal(is->number, c.number);
        assert_true(text_equal(is->name, c.name));
        assert_string_equal(is->text, c.text);
    }
    assert_true(ask(p, "SELECT id, number, name, text, people FROM card AS c WHERE c.name = $1",
                    value_in(card_fields, "name", value_text("Cleo")), &rows));
    assert_int_equal(rows.count, 1);
}

static void test_looked_up_blind(void **state)
{
    struct opened *p = *state;
    struct list rows;
    const struct field *name = &card_fields[2], *text = &card_fields[3];
    static const char by_name[] =
        "SELECT id, number, name, text, people FROM card AS c WHERE c.name = $1";
    struct value ada = value_in(card_fields, "name", value_text("Ada"));
    assert_true(put(p, card_of(1, "Ada", "x")) && put(p, card_of(2, "Bo", "x")));
    assert_true(ask(p, by_name, ada, &rows));
    assert_int_equal(rows.count, 1);
    assert_int_equal(((const struct card *)rows.at)->number, 1);
    assert_true(
        ask(p, "SELECT id, number, name, text, people FROM card WHERE name IN ($1)", ada, &rows));
    assert_int_equal(rows.count, 1);
    assert_true(ask(p,
                    "SELECT id, number, name, text, people FROM card"
                    " WHERE name IS DISTINCT FROM $1",
                    ada, &rows));
    assert_int_equal(rows.count, 1);
    assert_false(put(p, card_of(3, "Ada", "again")));
    assert_int_equal(p->err.problem, ALREADY_EXISTS);
    assert_string_equal(p->err.detail, "card.name");
    static const char *const refused[] = {
        "SELECT id, number, name, text, people FROM card WHERE name LIKE $1",
        "SELECT id, number, name, text, people FROM card WHERE text = $1",
        "SELECT id, number, name, text, people FROM card WHERE $1 = name",
        "SELECT id, number, name, text, people FROM card WHERE number = $1",
    };
    for (size_t i = 0; i < LENGTH(refused); i++) {
        ada.column = i == 1 ? text : name;
        assert_false(ask(p, refused[i], ada, &rows));
        assert_int_equal(p->err.problem, INTERNAL);
    }
}

static bool card_change(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct query set = { "UPDATE card SET name = $2, number = $3 WHERE id = $1" };
    static const struct query all = { "UPDATE card SET text = $1 WHERE number = $2" };
    static const struct query none = { "UPDATE card SET name = $1 WHERE number = $2" };
    struct value gone = value_in(card_fields, "name", value_none());
    switch (*(int *)with) {
    case 0:
        return tx_run(tx, &set,
                      ARGS(value_id(id_of(1)), value_in(card_fields, "name", value_text("Eve")),
                           value_int(9)),
                      NULL);
    case 1:
        return tx_run(tx, &all, ARGS(value_in(card_fields, "text", value_text("y")), value_int(9)),
                      NULL);
    default:
        return tx_run(tx, &none, ARGS(gone, value_int(9)), NULL);
    }
}

static void test_changed_with_its_companion(void **state)
{
    struct opened *p = *state;
    struct list rows;
    static const char by_name[] = "SELECT id, number, name, text, people FROM card WHERE name = $1";
    struct value eve = value_in(card_fields, "name", value_text("Eve"));
    int what = 0;
    assert_true(put(p, card_of(1, "Ada", "x")));
    assert_true(db_write_wait(p->db, &p->a, card_change, &what, &p->err));
    assert_true(ask(p, by_name, eve, &rows));
    assert_int_equal(rows.count, 1);
    what = 1; /* without its row's id nothing can be sealed */
    assert_false(db_write_wait(p->db, &p->a, card_change, &what, &p->err));
    assert_int_equal(p->err.problem, INTERNAL);
    what = 2;
    p->err = (struct error){ 0 };
    assert_true(db_write_wait(p->db, &p->a, card_change, &what, &p->err));
    assert_true(ask(p, by_name, eve, &rows));
    assert_int_equal(rows.count, 0);
    assert_true(put(p, card_of(2, "Eve", "x")));
}

/* Whoever administers the server can move what is sealed, but not make it pass for something else.
 */
static void test_moved_values_do_not_open(void **state)
{
    struct opened *p = *state;
    struct list rows;
    static const char all[] = "SELECT id, number, name, text, people FROM card WHERE number = $1";
    static const char *const moves[] = {
        "UPDATE card SET text = (SELECT text FROM card WHERE number = 2) WHERE number = 1",
        "UPDATE card SET text = name WHERE number = 1",
        "UPDATE card SET text = set_byte(text, 30, get_byte(text, 30) # 1) WHERE number = 1",
        "UPDATE card SET id = (SELECT id FROM card WHERE number = 2) WHERE number = 1",
        "UPDATE card SET text = substr(text, 1, length(text) - 1) WHERE number = 1",
    };
    assert_true(put(p, card_of(2, "Bo", "other text")));
    PGconn *role = as_role(p);
    for (size_t i = 0; i < LENGTH(moves); i++) {
        assert_true(sql_run(role, "DELETE FROM card WHERE number = 1"));
        assert_true(put(p, card_of(1, "Ada", "text of mine")));
        assert_true(ask(p, all, value_int(1), &rows));
        assert_true(sql_run(role, moves[i]));
        assert_false(ask(p, all, value_int(1), &rows));
        assert_int_equal(p->err.problem, INTERNAL);
        assert_non_null(strstr(p->err.detail, "is not what was stored"));
    }
    assert_false(sql_run(role, "UPDATE card SET text = 'plain'")); /* the column takes none */
    PQfinish(role);
}

static void test_read_with_its_row(void **state)
{
    struct opened *p = *state;
    static const struct field text_only[] = { FIELD(struct card, text, .privacy = CONTENT), { 0 } };
    struct ask without = { .sql = "SELECT text FROM card WHERE number = $1",
                           .arg = value_int(1),
                           .fields = text_only };
    assert_true(put(p, card_of(1, "Ada", "x")));
    assert_false(db_read(p->db, &p->a, ask_work, &without, &p->err));
    assert_int_equal(p->err.problem, INTERNAL);
    assert_non_null(strstr(p->err.detail, "without its row's id"));
}

static bool kill_then_put(struct tx *tx, void *with, struct error *err)
{
    struct opened *p = with;
    struct card c = card_of(5, "Kim", "x");
    static int runs;
    if (!card_put(tx, &c, err))
        return false;
    if (!runs++) { /* the server restarts, say */
        PGconn *role = as_role(p);
        sql_run(role, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      " WHERE usename = current_user AND pid <> pg_backend_pid()");
        PQfinish(role);
        c = card_of(6, "Lou", "x");
        return card_put(tx, &c, err);
    }
    return true;
}

static void test_lost_connections_are_made_anew(void **state)
{
    struct opened *p = *state;
    struct list rows;
    assert_true(put(p, card_of(1, "Ada", "x")));
    PGconn *role = as_role(p);
    assert_true(sql_run(role, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                              " WHERE usename = current_user AND pid <> pg_backend_pid()"));
    PQfinish(role);
    assert_true(ask(p, "SELECT id, number, name, text, people FROM card WHERE number = $1",
                    value_int(1), &rows));
    assert_int_equal(rows.count, 1);
    assert_true(db_write_wait(p->db, &p->a, kill_then_put, p, &p->err));
    assert_true(ask(p, "SELECT id, number, name, text, people FROM card WHERE number >= $1",
                    value_int(5), &rows));
    assert_int_equal(rows.count, 1); /* what the first run did went with its connection */
}

/* The server says that it ends the session before it does so, and libpq tells the one first. */
static void test_what_has_ended_is_not_kept(void **state)
{
    struct opened *p = *state;
    struct pg_pool *pool = &p->store->pg->organisations;
    struct pg_conn *conn;
    PGconn *role = as_role(p);
    assert_true(pg_conn_get(p->db, &conn, &p->err) && pg_quiet(conn, &p->err));
    assert_true(sql_run(role, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                              " WHERE usename = current_user AND pid <> pg_backend_pid()"));
    PQfinish(role);
    assert_true(pg_command(conn, "SELECT 1") && pg_sync(conn));
    PGresult *said = pg_result(conn);
    assert_false(pg_fail(conn, said, &p->err));
    PQclear(said);
    assert_int_equal(PQstatus(conn->handle), CONNECTION_OK);
    int open = pool->open;
    pg_conn_put(conn);
    assert_int_equal(pool->open, open - 1);
    assert_true(put(p, card_of(1, "Ada", "x")));
}

struct silence {
    int runs;
    const char *limit;
};

/* Says nothing until the server has had enough of it, as one does whose machine stands still. */
static bool silent_put(struct tx *tx, void *with, struct error *err)
{
    static const struct query now = {
        "SELECT current_setting('idle_in_transaction_session_timeout') AS name"
    };
    static const struct query less = {
        "SELECT set_config('idle_in_transaction_session_timeout', '20ms', true)"
    };
    static const struct field fields[] = { FIELD(struct card, name), { 0 } };
    struct silence *s = with;
    struct card c = card_of(8, "Noa", "x"), limit = { 0 };
    bool found;
    if (!tx_row(tx, &now, NO_ARGS, fields, &limit, &found))
        return false;
    s->limit = limit.name;
    if (!s->runs++) {
        if (!tx_run(tx, &less, NO_ARGS, NULL))
            return false;
        struct pollfd told = { .fd = PQsocket(tx->pg->handle), .events = POLLIN };
        assert_int_equal(poll(&told, 1, -1), 1);
    }
    return card_put(tx, &c, err);
}

static void test_a_silent_one_is_taken_back_and_run_again(void **state)
{
    struct opened *p = *state;
    struct list rows;
    struct silence s = { 0 };
    if (!db_write_wait(p->db, &p->a, silent_put, &s, &p->err))
        fail_msg("%s", p->err.detail);
    assert_int_equal(s.runs, 2);
    assert_string_equal(s.limit, "30s"); /* others wait behind it */
    assert_true(ask(p, "SELECT id, number, name, text, people FROM card WHERE number = $1",
                    value_int(8), &rows));
    assert_int_equal(rows.count, 1);
}

/* Somebody else writes for longer than a write waits: it waits once. */
static void test_a_lock_is_waited_for_once(void **state)
{
    struct opened *p = *state;
    PGconn *other = as_role(p);
    assert_true(sql_run(other, "ALTER ROLE CURRENT_USER SET lock_timeout = '1s'"));
    pg_conns_close(p->db); /* a new connection takes the setting */
    assert_true(sql_run(other, "BEGIN") && sql_run(other, p->db->pg->lock));
    int64_t begun = store_clock();
    assert_false(put(p, card_of(1, "Ada", "x")));
    assert_int_equal(p->err.problem, UNAVAILABLE);
    assert_in_range(store_clock() - begun, 0, 5);
    assert_true(sql_run(other, "ROLLBACK"));
    p->err = (struct error){ 0 };
    assert_true(put(p, card_of(1, "Ada", "x")));
    PQfinish(other);
}

/* A work may get over a statement that fails. */
static bool get_over(struct tx *tx, void *with, struct error *err)
{
    struct card first = card_of(1, "Ada", "x"), second = card_of(2, "Bo", "x");
    int *runs = with;
    ++*runs;
    if (!card_put(tx, &first, err)) {
        if (err->problem != ALREADY_EXISTS)
            return false;
        *err = (struct error){ 0 };
    }
    return card_put(tx, &second, err);
}

static void test_a_failed_statement_is_got_over(void **state)
{
    struct opened *p = *state;
    struct list rows;
    int runs = 0;
    assert_true(put(p, card_of(3, "Ada", "x")));
    assert_true(db_write_wait(p->db, &p->a, get_over, &runs, &p->err));
    assert_int_equal(runs, 3); /* not waiting, then waiting, then each statement by itself */
    assert_true(ask(p, "SELECT id, number, name, text, people FROM card WHERE number < $1",
                    value_int(9), &rows));
    assert_int_equal(rows.count, 2);
}

struct asking {
    struct opened *p;
    int questions, runs;
    int64_t seen[2];
};

/* Asks the same once or twice; between the two somebody else changes the answer. */
static bool asking_work(struct tx *tx, void *with, struct error *err)
{
    static const struct query count = { "SELECT COUNT(*) FROM card", .whole = "A test" };
    static const struct field fields[] = { FIELD(struct card, number), { 0 } };
    struct asking *a = with;
    bool found;
    (void)err;
    a->runs++;
    for (int i = 0; i < a->questions; i++) {
        struct card c = { 0 };
        if (i)
            assert_true(put(a->p, card_of(90 + (uint32_t)a->runs, NULL, "x")));
        if (!tx_row(tx, &count, NO_ARGS, fields, &c, &found))
            return false;
        a->seen[i] = c.number;
    }
    return true;
}

static bool asked(struct asking *a, int questions)
{
    struct arena arena = { 0 };
    struct error err = { 0 };
    a->questions = questions;
    a->runs = 0;
    bool ok = db_read(a->p->db, &arena, asking_work, a, &err);
    arena_done(&arena);
    return ok;
}

/* What goes without a transaction is run again in one when more is asked than the last time, for
   all that a work reads is of one moment. */
static void test_one_question_needs_no_transaction(void **state)
{
    struct asking a = { .p = *state };
    for (int i = 0; i < 3; i++) {
        assert_true(asked(&a, 1));
        assert_int_equal(a.runs, 1);
    }
    assert_true(asked(&a, 2));
    assert_int_equal(a.runs, 2);
    assert_int_equal(a.seen[0], a.seen[1]);
    assert_true(asked(&a, 2)); /* that is known from now on */
    assert_int_equal(a.runs, 1);
    assert_int_equal(a.seen[0], a.seen[1]);
}

static void test_without_prepared_statements(void **state)
{
    struct opened *p = *state;
    struct list rows;
    PGconn *role;
    assert_true(put(p, card_of(1, "Ada", "x")));
    p->store->pg->unnamed = true; /* what a pooler in between teaches it */
    assert_true(put(p, card_of(2, "Bo", "y")));
    assert_true(ask(p,
                    "SELECT id, number, name, text, people FROM card WHERE number > $1"
                    " ORDER BY number",
                    value_int(0), &rows));
    assert_int_equal(rows.count, 2);
    assert_string_equal(((const struct card *)rows.at)[1].text, "y");
    p->store->pg->unnamed = false;
    role = as_role(p);
    PQfinish(role);
    /* and this is how it is taught */
    struct pg_conn *conn;
    assert_true(pg_conn_get(p->db, &conn, &p->err));
    assert_true(pg_quiet(conn, &p->err) && sql_run(conn->handle, "DEALLOCATE ALL"));
    pg_conn_put(conn);
    assert_true(ask(p,
                    "SELECT id, number, name, text, people FROM card WHERE number > $1"
                    " ORDER BY number",
                    value_int(0), &rows));
    assert_int_equal(rows.count, 2);
    assert_true(p->store->pg->unnamed);
}

static void test_connections_are_bounded(void **state)
{
    struct opened *p = *state;
    struct pg_pool *pool = &p->store->pg->organisations;
    struct pg_conn *conn[64];
    struct db *other = open_db(p->store, 2);
    int n = 0;
    for (; n < pool->max; n++)
        assert_true(pg_conn_get(p->db, &conn[n], &p->err));
    assert_int_equal(pool->open, pool->max);
    pg_conn_put(conn[--n]);
    assert_true(pg_conn_get(other, &conn[n], &p->err)); /* in place of an idle one */
    assert_int_equal(pool->open, pool->max);
    pg_conn_put(conn[n]);
    while (n)
        pg_conn_put(conn[--n]);
    db_release(other);
}

struct cut {
    struct opened *p;
    int runs;
};

/* The connection goes while the commit is still to come. */
static bool put_then_cut(struct tx *tx, void *with, struct error *err)
{
    struct cut *cut = with;
    struct card c = card_of(7, "Max", "x");
    if (!card_put(tx, &c, err))
        return false;
    if (!cut->runs++) {
        PGconn *role = as_role(cut->p);
        sql_run(role, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                      " WHERE usename = current_user AND pid <> pg_backend_pid()");
        PQfinish(role);
    }
    return true;
}

static void test_cut_at_the_commit(void **state)
{
    struct opened *p = *state;
    struct list rows;
    struct cut cut = { p, 0 };
    bool kept;
    assert_true(db_write_wait(p->db, &p->a, put_then_cut, &cut, &p->err));
    assert_int_equal(cut.runs, 2); /* the mark says that the first was not kept */
    assert_true(ask(p, "SELECT id, number, name, text, people FROM card WHERE number = $1",
                    value_int(7), &rows));
    assert_int_equal(rows.count, 1);
    assert_true(pg_kept(p->db, &kept));
    assert_true(kept);
    p->db->pg->commit++; /* one that was tried and did not come to be */
    assert_true(pg_kept(p->db, &kept));
    assert_false(kept);
}

static void reopen(struct opened *p)
{
    struct id id = db_id(p->db);
    db_release(p->db);
    assert_true(db_forget(p->store, id));
    assert_true(db_open(p->store, id, false, &p->db, &p->err));
}

/* Closed and opened again, the database finds the mark of what it had committed before. */
static void test_cut_at_the_first_commit(void **state)
{
    struct opened *p = *state;
    struct cut cut = { p, 0 };
    p->store->config.prepare = NULL; /* which commits as well */
    reopen(p);
    assert_true(put(p, card_of(1, "Ada", "x")));
    reopen(p);
    assert_true(db_write_wait(p->db, &p->a, put_then_cut, &cut, &p->err));
    assert_int_equal(cut.runs, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, cards_setup, opened_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sealed_where_it_lies),
        TEST(test_many_rows_of_one_work),
        TEST(test_looked_up_blind),
        TEST(test_changed_with_its_companion),
        TEST(test_moved_values_do_not_open),
        TEST(test_read_with_its_row),
        TEST(test_lost_connections_are_made_anew),
        TEST(test_what_has_ended_is_not_kept),
        TEST(test_a_silent_one_is_taken_back_and_run_again),
        TEST(test_a_lock_is_waited_for_once),
        TEST(test_a_failed_statement_is_got_over),
        TEST(test_one_question_needs_no_transaction),
        TEST(test_without_prepared_statements),
        TEST(test_connections_are_bounded),
        TEST(test_cut_at_the_commit),
        TEST(test_cut_at_the_first_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
