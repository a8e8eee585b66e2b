/* pg_test.c: what PostgreSQL holds and refuses: sealed columns, roles, conflicts, lost connections.
 */
#include "compose.h"
#include "db_fixture.h"
#include "pg.h"

#include <stdio.h>
#include <unistd.h>

struct place {
    char *dir;
    struct store *store;
    struct db *db;
    struct arena a;
    struct error err;
};

struct card {
    struct id id;
    int64_t number;
    const char *name, *text;
    struct list people;
};
static const struct field card_fields[] = {
    FIELD(struct card, id, .privacy = OPERATIONAL),
    FIELD(struct card, number, .privacy = OPERATIONAL),
    FIELD(struct card, name, .privacy = PERSONAL, .unique = true),
    FIELD(struct card, text, .privacy = CONTENT),
    FIELD(struct card, people, .of = KIND_ID, .privacy = PERSONAL),
    { 0 },
};

static bool cards_make(struct tx *tx, void *with, struct error *err)
{
    (void)with;
    (void)err;
    static const struct query unique = { "CREATE UNIQUE INDEX IF NOT EXISTS card__name__u ON card"
                                         " (name_blind)" };
    char *text = arena_string(tx_arena(tx), "CREATE TABLE IF NOT EXISTS card (");
    EACH_FIELD (f, card_fields)
        text = arena_printf(tx_arena(tx), "%s%s %s, ", text, f->name, db_column_type(tx_db(tx), f));
    struct query q = query_composed(
        arena_printf(tx_arena(tx), "%sname_blind %s)", text, db_blind_type(tx_db(tx))));
    return tx_run(tx, &q, NO_ARGS, NULL) && tx_run(tx, &unique, NO_ARGS, NULL);
}

static bool cards_prepare(void *with, struct db *db, struct error *err)
{
    (void)with;
    struct arena a = { 0 };
    bool ok = db_write_wait(db, &a, cards_make, NULL, err);
    arena_done(&a);
    return ok;
}

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    p->dir = folder_fresh();
    struct store_config config = config_plain(p->dir);
    config.prepare = cards_prepare;
    if (!store_open(&config, &p->store, &p->err))
        fail_msg("%s", p->err.detail);
    p->db = open_db(p->store, 1);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    db_release(p->db);
    store_close(p->store);
    folder_remove(p->dir);
    arena_done(&p->a);
    free(p);
    return 0;
}

static bool card_put(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    static const struct query insert = {
        "INSERT INTO card (id, number, name, text, people) VALUES ($1, $2, $3, $4, $5)"
    };
    struct value args[5];
    for (size_t i = 0; i < 4; i++)
        args[i] = value_field(&card_fields[i], with);
    args[4] = value_list(tx_arena(tx), &card_fields[4], with);
    return tx_run(tx, &insert, args, 5, NULL);
}

static struct card card_of(uint32_t n, const char *name, const char *text)
{
    return (struct card){ .id = id_of(n), .number = n, .name = name, .text = text };
}

static bool put(struct place *p, struct card c)
{
    return db_write_wait(p->db, &p->a, card_put, &c, &p->err);
}

struct ask {
    const char *sql;
    struct value arg;
    const struct field *fields;
    struct list rows;
};

static bool ask_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    struct ask *ask = with;
    struct query q = query_composed(ask->sql);
    return tx_rows(tx, &q, &ask->arg, 1, ask->fields, sizeof(struct card), 0, &ask->rows);
}

static bool ask(struct place *p, const char *sql, struct value arg, struct list *ret)
{
    struct ask all = { .sql = sql, .arg = arg, .fields = card_fields };
    p->err = (struct error){ 0 };
    bool ok = db_read(p->db, &p->a, ask_work, &all, &p->err);
    *ret = all.rows;
    return ok;
}

/* As somebody who administers the database, or who has got hold of a role. */
static PGconn *login(const char *user, const char *password)
{
    struct pg_server server;
    struct error err = { 0 };
    assert_true(pg_server_parse(store_url("x"), NULL, &server, &err));
    PGconn *c =
        pg_connect(&server, user ? user : server.user, user ? password : server.password, &err);
    pg_server_free(&server);
    return c;
}

static bool sql_run(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    PQclear(r);
    return ok;
}

static PGconn *as_role_of(const struct db *db)
{
    char password[PG_PASSWORD];
    pg_password(db->pg, password);
    PGconn *c = login(db->pg->role, password);
    assert_non_null(c);
    return c;
}

static PGconn *as_role(struct place *p)
{
    return as_role_of(p->db);
}

static int rows_of(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    int n = PQntuples(r);
    PQclear(r);
    return n;
}

static void test_sealed_where_it_lies(void **state)
{
    struct place *p = *state;
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

static void test_looked_up_blind(void **state)
{
    struct place *p = *state;
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
    struct place *p = *state;
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
    struct place *p = *state;
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
    struct place *p = *state;
    static const struct field text_only[] = { FIELD(struct card, text, .privacy = CONTENT), { 0 } };
    struct ask without = { .sql = "SELECT text FROM card WHERE number = $1",
                           .arg = value_int(1),
                           .fields = text_only };
    assert_true(put(p, card_of(1, "Ada", "x")));
    assert_false(db_read(p->db, &p->a, ask_work, &without, &p->err));
    assert_int_equal(p->err.problem, INTERNAL);
    assert_non_null(strstr(p->err.detail, "without its row's id"));
}

/* Logged in as one organisation, nothing leads to another: not even what an injection could say. */
static void test_roles_cannot_cross(void **state)
{
    struct place *p = *state;
    struct db *other = open_db(p->store, 2);
    const char *theirs = other->pg->role, *control = p->store->pg->server.prefix;
    assert_true(put(p, card_of(1, "Ada", "x")));
    PGconn *role = as_role(p);
    /* The other is at work, and has a large object. */
    PGconn *busy = as_role_of(other);
    assert_true(sql_run(busy, "SELECT lo_from_bytea(4711, 'theirs')") &&
                sql_run(busy, "ANALYZE card"));
    const char *tries[] = {
        arena_printf(&p->a, "SELECT * FROM \"%s\".card", theirs),
        arena_printf(&p->a, "SET search_path = \"%s\"; SELECT * FROM card", theirs),
        arena_printf(&p->a, "COPY \"%s\".card TO '/dev/null'", theirs),
        arena_printf(&p->a, "LOCK TABLE \"%s\".card", theirs),
        arena_printf(&p->a, "DROP SCHEMA \"%s\" CASCADE", theirs),
        arena_printf(&p->a, "DROP OWNED BY \"%s\"", theirs),
        arena_printf(&p->a, "DROP ROLE \"%s\"", theirs),
        arena_printf(&p->a, "ALTER ROLE \"%s\" SET search_path = public", theirs),
        arena_printf(&p->a, "GRANT \"%s\" TO CURRENT_USER", theirs),
        arena_printf(&p->a, "SET SESSION AUTHORIZATION DEFAULT; SET ROLE \"%s\"", theirs),
        arena_printf(&p->a, "DO $$ BEGIN EXECUTE 'RESET ROLE; SET ROLE \"%s\"'; END $$", theirs),
        arena_printf(&p->a, "ALTER TABLE card OWNER TO \"%s\"", theirs),
        arena_printf(&p->a,
                     "ALTER DEFAULT PRIVILEGES FOR ROLE \"%s\" GRANT SELECT ON TABLES TO"
                     " PUBLIC",
                     theirs),
        arena_printf(&p->a,
                     "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE usename = '%s'",
                     theirs),
        arena_printf(&p->a,
                     "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                     " WHERE usename = '%s'",
                     theirs),
        "SELECT lo_get(4711)",
        "SELECT lo_unlink(4711)",
        "SELECT * FROM pg_largeobject",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_statistic",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "COPY card FROM PROGRAM 'true'",
        "COPY card TO '/dev/null'",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "ALTER ROLE CURRENT_USER CREATEROLE",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "ALTER SYSTEM SET jit = on",
        "SET session_replication_role = replica",
        "CREATE DATABASE mine",
        "CREATE EXTENSION dblink",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE c AS 'mine'",
        "CREATE PUBLICATION mine FOR ALL TABLES",
        arena_printf(&p->a, "SET ROLE \"%s\"", theirs),
        arena_printf(&p->a, "SET SESSION AUTHORIZATION \"%s\"", theirs),
        "RESET ROLE; SET ROLE vow",
        arena_printf(&p->a, "SELECT * FROM \"%s_platform\".login", control),
        arena_printf(&p->a, "CREATE TABLE \"%s\".mine (x int)", theirs),
        arena_printf(&p->a, "ALTER ROLE \"%s\" PASSWORD 'x'", theirs),
        "CREATE ROLE somebody",
        "CREATE SCHEMA mine",
    };
    assert_true(sql_run(role, "SELECT * FROM card"));
    for (size_t i = 0; i < LENGTH(tries); i++)
        if (sql_run(role, tries[i]))
            fail_msg("possible: %s", tries[i]);
    /* What everybody may look into says nothing of what the other asks or has stored. */
    const char *blank[] = {
        arena_printf(&p->a,
                     "SELECT 1 FROM pg_stat_activity WHERE usename = '%s'"
                     " AND query <> '<insufficient privilege>'",
                     theirs),
        arena_printf(&p->a, "SELECT 1 FROM pg_stats WHERE schemaname = '%s'", theirs),
        arena_printf(&p->a, "SELECT 1 FROM information_schema.columns WHERE table_schema = '%s'",
                     theirs),
    };
    for (size_t i = 0; i < LENGTH(blank); i++)
        assert_int_equal(rows_of(role, blank[i]), 0);
    assert_true(sql_run(busy, "SELECT lo_unlink(4711)"));
    PQfinish(busy);
    PQfinish(role);
    /* nor does the platform role read rows in its daily work */
    PGconn *platform = login(NULL, NULL);
    assert_false(
        sql_run(platform, arena_printf(&p->a, "SELECT * FROM \"%s\".card", p->db->pg->role)));
    assert_false(sql_run(platform, arena_printf(&p->a, "SET ROLE \"%s\"", p->db->pg->role)));
    PQfinish(platform);
    db_release(other);
}

/* Where everybody may create in "public", as in databases of PostgreSQL 14, an organisation cannot
   plant there what the platform role would run. */
static void test_the_platform_role_runs_nothing_planted(void **state)
{
    static const char plant[] =
        "CREATE FUNCTION public.hashtextextended(text, int) RETURNS bigint LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''run by %'', current_user; END'";
    static const char harmless[] = "DROP FUNCTION public.hashtextextended(text, int)";
    struct place *p = *state;
    PGconn *platform = login(NULL, NULL), *role = as_role(p);
    assert_true(sql_run(platform, "GRANT CREATE ON SCHEMA public TO PUBLIC"));
    assert_true(sql_run(role, plant));
    struct db *other = NULL;
    bool made = db_open(p->store, id_of(3), true, &other, &p->err);
    assert_true(sql_run(role, harmless));
    assert_true(sql_run(platform, "REVOKE CREATE ON SCHEMA public FROM PUBLIC"));
    PQfinish(role);
    PQfinish(platform);
    if (!made)
        fail_msg("%s", p->err.detail);
    db_release(other);
}

static void make_old(struct place *p)
{
    PGconn *platform = login(NULL, NULL);
    assert_true(sql_run(platform, arena_printf(&p->a,
                                               "UPDATE \"%s_platform\".login SET renewed_at = now()"
                                               " - interval '100 days'",
                                               p->store->pg->server.prefix)));
    PQfinish(platform);
}

static void test_login_is_renewed(void **state)
{
    struct place *p = *state;
    char password[PG_PASSWORD];
    pg_password(p->db->pg, password);
    char *role = arena_string(&p->a, p->db->pg->role);
    make_old(p);
    db_release(p->db);
    store_close(p->store);
    struct store_config config = config_plain(p->dir);
    config.prepare = cards_prepare;
    assert_true(store_open(&config, &p->store, &p->err));
    p->db = open_db(p->store, 1);
    assert_null(login(role, password));
    PQfinish(as_role(p));
    assert_true(put(p, card_of(1, "Ada", "x")));
}

/* One that is never closed, such as control's. */
static void test_login_is_renewed_while_open(void **state)
{
    struct place *p = *state;
    char password[PG_PASSWORD];
    pg_password(p->db->pg, password);
    make_old(p);
    pg_conns_close(p->db);
    assert_true(put(p, card_of(1, "Ada", "x"))); /* not looked at again so soon */
    PQfinish(login(p->db->pg->role, password));
    p->db->pg->looked -= 2 * PG_LOGIN_LOOK_S;
    pg_conns_close(p->db);
    assert_true(put(p, card_of(2, "Bo", "x")));
    assert_null(login(p->db->pg->role, password));
    PQfinish(as_role(p));
}

static bool kill_then_put(struct tx *tx, void *with, struct error *err)
{
    struct place *p = with;
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
    struct place *p = *state;
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

struct silence {
    int runs;
    const char *limit;
};

/* Says nothing for longer than the server waits, as one does whose machine stands still. */
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
        usleep(300000);
    }
    return card_put(tx, &c, err);
}

static void test_a_silent_one_is_taken_back_and_run_again(void **state)
{
    struct place *p = *state;
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
    struct place *p = *state;
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
    struct place *p;
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
    struct place *p = *state;
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
    struct place *p = *state;
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

static void test_destroyed_for_good(void **state)
{
    struct place *p = *state;
    struct id *ids;
    size_t n;
    struct db *other = open_db(p->store, 2);
    char *role = arena_string(&p->a, other->pg->role);
    db_release(other);
    assert_true(store_ids(p->store, &p->a, &ids, &n, &p->err));
    assert_int_equal(n, 2);
    assert_true(db_destroy(p->store, id_of(2), &p->err));
    assert_true(store_ids(p->store, &p->a, &ids, &n, &p->err));
    assert_int_equal(n, 1);
    assert_false(db_destroy(p->store, id_of(2), &p->err));
    assert_int_equal(p->err.problem, NOT_FOUND);
    PGconn *platform = login(NULL, NULL);
    PGresult *r = PQexec(platform, arena_printf(&p->a,
                                                "SELECT 1 FROM pg_roles WHERE rolname = '%s' UNION"
                                                " SELECT 1 FROM pg_namespace WHERE nspname = '%s'",
                                                role, role));
    assert_int_equal(PQntuples(r), 0);
    PQclear(r);
    PQfinish(platform);
}

/* Another node destroys what this one has open. */
static void test_destroyed_elsewhere(void **state)
{
    struct place *p = *state;
    char *dir = folder_fresh();
    struct store *second;
    struct list rows;
    static const char all[] = "SELECT id, number, name, text, people FROM card WHERE number = $1";
    struct store_config config = p->store->config;
    config.dir = dir;
    config.prepare = NULL;
    assert_true(put(p, card_of(1, "Ada", "x")));
    assert_true(ask(p, all, value_int(1), &rows));
    assert_true(store_open(&config, &second, &p->err));
    assert_true(db_destroy(second, id_of(1), &p->err));
    store_close(second);
    folder_remove(dir);
    assert_false(ask(p, all, value_int(1), &rows));
    assert_int_equal(p->err.problem, NOT_FOUND);
    p->err = (struct error){ 0 };
    assert_false(put(p, card_of(2, "Bo", "x")));
    assert_int_equal(p->err.problem, NOT_FOUND);
}

struct cut {
    struct place *p;
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
    struct place *p = *state;
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
    p->db->pg->commits++; /* one that was tried and did not come to be */
    assert_true(pg_kept(p->db, &kept));
    assert_false(kept);
}

static void test_urls(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool good;
    } urls[] = {
        { "postgres://vow@db.example/vow", true },
        { "postgres://vow@db.example/vow?sslmode=require", true },
        { "postgres://vow@db.example/vow?sslmode=prefer", false },
        { "postgres://vow@db.example/vow?sslmode=disable", false },
        { "postgres://vow@127.0.0.1/vow?sslmode=disable", false },
        { "postgres://vow@/vow?host=/run/postgresql", true },
        { "postgres://vow@/vow?host=/run/postgresql,db.example&sslmode=disable", false },
        { "postgres://vow@/vow?host=/run/postgresql&hostaddr=10.0.0.1&sslmode=disable", false },
        { "postgres://vow@/vow?host=/run/postgresql&sslmode=disable", true },
        { "postgres://vow@/vow?host=/run/postgresql,&sslmode=disable", false },
        { "postgres://vow@/vow?host=@vow", false },
        { "postgres://vow@/vow?host=/run/postgresql,@vow", false },
        { "postgres://vow@%40vow/vow", false },
        { "postgres://vow@db.example/vow?sslmode=allow", false },
        { "postgres://vow@db.example/vow?sslmode=verify-full&sslmode=disable", false },
        { "postgres://vow@db.example/vow?vow_prefix=a_1", true },
        { "postgres://vow@db.example/vow?vow_prefix=a\"b", false },
        { "postgres://vow@db.example/vow?vow_prefix=twenty_letters_are_too", false },
        { "postgres://vow@db.example/vow?vow_citus=1&vow_prefix=a", true },
        { "postgres://vow@db.example/vow?vow_citus=yes", false },
        { "postgres://vow@a.example,b.example:5433/vow", true },
        { "postgres://vow@db.example:70000/vow", false },
        { "postgres://vow@a.example:5433,b.example:port/vow", false },
        { "postgres://vow@db.example/vow?nonsense=1", false },
        { "postgres://db.example/vow", false },
        { "postgres://vow@db.example", false },
        { "mysql://vow@db.example/vow", false },
        { "", false },
    };
    for (size_t i = 0; i < LENGTH(urls); i++) {
        struct pg_server server;
        struct error err = { 0 };
        bool good = pg_server_parse(urls[i].url, NULL, &server, &err);
        if (good != urls[i].good)
            fail_msg("%s: %s", urls[i].url, good ? "taken" : err.detail);
        assert_int_equal(err.problem, good ? NO_PROBLEM : INVALID);
        if (!good)
            continue;
        /* Whatever the environment adds: there is always a mode, and none that does without. */
        const char *mode = NULL;
        for (int k = 0; k < server.count; k++)
            mode = strcmp(server.keys[k], "sslmode") != 0 ? mode : server.values[k];
        assert_true(mode && (!strncmp(mode, "verify-", 7) || !strcmp(mode, "require")));
        pg_server_free(&server);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sealed_where_it_lies),
        TEST(test_looked_up_blind),
        TEST(test_changed_with_its_companion),
        TEST(test_moved_values_do_not_open),
        TEST(test_read_with_its_row),
        TEST(test_roles_cannot_cross),
        TEST(test_the_platform_role_runs_nothing_planted),
        TEST(test_login_is_renewed),
        TEST(test_login_is_renewed_while_open),
        TEST(test_lost_connections_are_made_anew),
        TEST(test_a_silent_one_is_taken_back_and_run_again),
        TEST(test_a_failed_statement_is_got_over),
        TEST(test_one_question_needs_no_transaction),
        TEST(test_without_prepared_statements),
        TEST(test_connections_are_bounded),
        TEST(test_destroyed_for_good),
        TEST(test_destroyed_elsewhere),
        TEST(test_cut_at_the_commit),
        cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
