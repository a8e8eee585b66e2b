/* pg_fixture.c: cards, and ways into the server. */
#include "pg_fixture.h"

#include "compose.h"

const struct field card_fields[] = {
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

bool cards_prepare(void *with, struct db *db, struct error *err)
{
    (void)with;
    struct arena a = { 0 };
    bool ok = db_write_wait(db, &a, cards_make, NULL, err);
    arena_done(&a);
    return ok;
}

int cards_setup(void **state)
{
    return opened_prepared(state, cards_prepare);
}

bool card_put(struct tx *tx, void *with, struct error *err)
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

struct card card_of(uint32_t n, const char *name, const char *text)
{
    return (struct card){ .id = id_of(n), .number = n, .name = name, .text = text };
}

bool put(struct opened *p, struct card c)
{
    return db_write_wait(p->db, &p->a, card_put, &c, &p->err);
}

bool ask_work(struct tx *tx, void *with, struct error *err)
{
    (void)err;
    struct ask *ask = with;
    struct query q = query_composed(ask->sql);
    return tx_rows(tx, &q, &ask->arg, 1, ask->fields, sizeof(struct card), 0, &ask->rows);
}

bool ask(struct opened *p, const char *sql, struct value arg, struct list *ret)
{
    struct ask all = { .sql = sql, .arg = arg, .fields = card_fields };
    p->err = (struct error){ 0 };
    bool ok = db_read(p->db, &p->a, ask_work, &all, &p->err);
    *ret = all.rows;
    return ok;
}

PGconn *login(const char *user, const char *password)
{
    struct pg_server server;
    struct error err = { 0 };
    assert_true(pg_server_parse(store_url("x"), NULL, &server, &err));
    PGconn *c =
        pg_connect(&server, user ? user : server.user, user ? password : server.password, &err);
    pg_server_free(&server);
    return c;
}

bool sql_run(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    PQclear(r);
    return ok;
}

PGconn *as_role_of(const struct db *db)
{
    char password[PG_PASSWORD];
    pg_password(db->pg, password);
    PGconn *c = login(db->pg->role, password);
    assert_non_null(c);
    return c;
}

PGconn *as_role(struct opened *p)
{
    return as_role_of(p->db);
}

int rows_of(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    int n = PQntuples(r);
    PQclear(r);
    return n;
}
