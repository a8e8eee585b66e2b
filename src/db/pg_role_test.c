/* pg_role_test.c: who may what on PostgreSQL: roles, logins, servers, and what is gone for good. */
#include "compose.h"
#include "pg_fixture.h"

#include <stdio.h>
#include <unistd.h>

/* Logged in as one organisation, nothing leads to another: not even what an injection could say. */
static void test_roles_cannot_cross(void **state)
{
    struct opened *p = *state;
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
    struct opened *p = *state;
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

static void make_old(struct opened *p)
{
    PGconn *platform = login(NULL, NULL);
    assert_true(sql_run(platform, arena_printf(&p->a,
                                               "UPDATE \"%s_platform\".login SET renewed_at = now()"
                                               " - interval '100 days'",
                                               p->store->pg->server.prefix)));
    PQfinish(platform);
}

static void reopen(struct opened *p)
{
    db_release(p->db);
    store_close(p->store);
    struct store_config config = config_plain(p->dir);
    config.prepare = cards_prepare;
    assert_true(store_open(&config, &p->store, &p->err));
    p->db = open_db(p->store, 1);
}

static void test_login_is_renewed(void **state)
{
    struct opened *p = *state;
    char password[PG_PASSWORD];
    pg_password(p->db->pg, password);
    char *role = arena_string(&p->a, p->db->pg->role);
    make_old(p);
    reopen(p);
    assert_null(login(role, password));
    PQfinish(as_role(p));
    assert_true(put(p, card_of(1, "Ada", "x")));
}

static void renewing(struct opened *p, const char *may)
{
    PGconn *platform = login(NULL, NULL);
    assert_true(sql_run(platform, arena_printf(&p->a, "%s CURRENT_USER", may)));
    PQfinish(platform);
}

/* A password that has become old is no reason to be closed. */
static void test_what_cannot_be_renewed_serves(void **state)
{
    struct opened *p = *state;
    char password[PG_PASSWORD];
    const char *prefix = p->store->pg->server.prefix;
    pg_password(p->db->pg, password);
    char *role = arena_string(&p->a, p->db->pg->role);
    make_old(p);
    renewing(p, arena_printf(&p->a, "REVOKE UPDATE ON \"%s_platform\".login FROM", prefix));
    reopen(p);
    assert_true(put(p, card_of(1, "Ada", "x")));
    PQfinish(login(role, password));
    renewing(p, arena_printf(&p->a, "GRANT UPDATE ON \"%s_platform\".login TO",
                             p->store->pg->server.prefix));
    p->db->pg->looked -= 2 * PG_LOGIN_LOOK_S;
    pg_conns_close(p->db);
    assert_true(put(p, card_of(2, "Bo", "x")));
    assert_null(login(role, password));
}

/* One that is never closed, such as control's. */
static void test_login_is_renewed_while_open(void **state)
{
    struct opened *p = *state;
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

static void test_destroyed_for_good(void **state)
{
    struct opened *p = *state;
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
    struct opened *p = *state;
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, cards_setup, opened_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_roles_cannot_cross),
        TEST(test_the_platform_role_runs_nothing_planted),
        TEST(test_login_is_renewed),
        TEST(test_what_cannot_be_renewed_serves),
        TEST(test_login_is_renewed_while_open),
        TEST(test_destroyed_for_good),
        TEST(test_destroyed_elsewhere),
        cmocka_unit_test(test_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
