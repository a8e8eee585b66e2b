/* pg_pipe.c: what is under way to the server, and its results, in the order in which it was sent.
   The connection stays in libpq's pipeline mode from one transaction to the next. */
#include "pg.h"

#include <string.h>

bool pg_broken(struct pg_conn *conn, struct error *err)
{
    conn->failed = conn->lost = conn->stale = true; /* libpq may hear of its end only later */
    return error_set(err, UNAVAILABLE, "the connection to the database server broke");
}

bool pg_flown(struct pg_conn *conn, int sent)
{
    if (sent)
        conn->sure[conn->flown++ % PG_FLYING_ROOM] = false;
    conn->flying += sent != 0;
    return sent != 0;
}

void pg_make_sure(struct pg_conn *conn)
{
    conn->sure[(conn->flown - 1) % PG_FLYING_ROOM] = true;
}

bool pg_trusts(const struct pg_conn *conn)
{
    bool trusts = false;
    for (int i = 1; i <= conn->flying && !trusts; i++)
        trusts = conn->sure[(conn->flown - (unsigned)i) % PG_FLYING_ROOM];
    return trusts;
}

static bool piping(struct pg_conn *conn)
{
    return PQpipelineStatus(conn->handle) != PQ_PIPELINE_OFF || PQenterPipelineMode(conn->handle);
}

bool pg_command(struct pg_conn *conn, const char *sql)
{
    return piping(conn) &&
           pg_flown(conn, PQsendQueryParams(conn->handle, sql, 0, NULL, NULL, NULL, NULL, 1));
}

bool pg_ahead_send(struct pg_conn *conn)
{
    bool ok = piping(conn);
    for (int i = 0; ok && i < conn->ahead_count; i++)
        ok = pg_command(conn, conn->ahead[i]);
    conn->ahead_count = 0;
    conn->begun = true;
    return ok;
}

bool pg_sync(struct pg_conn *conn)
{
    return pg_flown(conn, PQpipelineSync(conn->handle));
}

PGresult *pg_result(struct pg_conn *conn)
{
    PGresult *r = PQgetResult(conn->handle);
    if (!r)
        r = PQgetResult(conn->handle); /* NULL parts the commands of a pipeline */
    conn->flying = r ? conn->flying - 1 : 0;
    return r;
}

/* What was skipped since something before it had failed is no complaint of its own. */
static bool judge(struct pg_conn *conn, PGresult *r, bool sure, struct error *err)
{
    switch (r ? PQresultStatus(r) : PGRES_FATAL_ERROR) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        if (!sure || !strcmp(PQcmdTuples(r), "1"))
            return true;
        conn->failed = true;
        return error_set(err, UNAVAILABLE, "what was taken for granted is not so");
    case PGRES_PIPELINE_SYNC:
        return true;
    case PGRES_PIPELINE_ABORTED:
        conn->failed = true;
        return error_set(err, UNAVAILABLE, "an earlier statement of this work failed");
    default:
        return pg_fail(conn, r, err);
    }
}

bool pg_settle(struct pg_conn *conn, int left, struct error *err)
{
    bool ok = true;
    while (conn->flying > left) {
        bool sure = conn->sure[(conn->flown - (unsigned)conn->flying) % PG_FLYING_ROOM];
        PGresult *r = pg_result(conn);
        if (!judge(conn, r, sure, ok ? err : &(struct error){ 0 }))
            ok = false;
        PQclear(r);
    }
    return ok;
}

bool pg_land(struct pg_conn *conn, struct error *err)
{
    return !conn->flying || ((pg_sync(conn) || pg_broken(conn, err)) && pg_settle(conn, 0, err));
}

bool pg_quiet(struct pg_conn *conn, struct error *err)
{
    if (PQpipelineStatus(conn->handle) == PQ_PIPELINE_OFF)
        return true;
    bool ok = pg_land(conn, err);
    PQclear(PQgetResult(conn->handle)); /* the NULL behind the last */
    return PQexitPipelineMode(conn->handle) ? ok : pg_broken(conn, err);
}
