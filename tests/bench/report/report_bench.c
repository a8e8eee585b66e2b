/* report_bench.c: the program's reports over a year of 1,000,000 entries against SQLite scanning
   and grouping the same rows in a plain file, warm, in the same run.

   200 people work on 4 of 500 projects a day; every grouping that the report knows, alone and in
   pairs, is measured on both sides and its total compared. */
#include "../entry_add.h"

#include "core/app.h"
#include "core/rows.h"
#include "feature/accounts/accounts.h"
#include "feature/all.h"
#include "feature/organisation/organisation.h"
#include "feature/reports/reports.h"
#include "feature/time/rollup.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    ENTRIES = 1000000,
    PEOPLE = 200,
    PROJECTS = 500,
    CLIENTS = 60,
    TAGS = 20,
    DAYS = 365,
    PER_BATCH = 50000,
    RUNS = 3,
};
#define YEAR_START INT64_C(1735689600) /* 2025-01-01T00:00:00Z */

struct world {
    struct app *app;
    struct arena a;
    struct error err;
    struct ctx c;
    char dir[64];
    struct id person[PEOPLE], project[PROJECTS], client[CLIENTS], tag[TAGS];
    sqlite3 *plain;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void die(const char *what, const char *detail)
{
    fprintf(stderr, "report_bench: %s: %s\n", what, detail);
    exit(1);
}

static void need(struct world *w, bool ok, const char *what)
{
    if (!ok)
        die(what, w->err.detail);
}

/* A number that looks like chance and is the same in every run. */
static uint64_t mixed(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* --- the rows --- */

struct made {
    int person, project, tags[2], tag_count;
    struct time_entry e;
};

/* Entry i of the year, in the order of time. */
static struct made entry_make(const struct world *w, int64_t i)
{
    int64_t day = i * DAYS / ENTRIES, first = (day * ENTRIES + DAYS - 1) / DAYS, nth = i - first;
    struct made m = { .person = (int)(nth % PEOPLE) };
    uint64_t chance = mixed((uint64_t)i);
    uint64_t pick = mixed((uint64_t)(day * PEOPLE + m.person) * 4 + chance % 4);
    int64_t at = YEAR_START + day * 86400 + 6 * 3600 + nth / PEOPLE * 3600;
    m.project = (int)(pick % PROJECTS);
    m.tag_count = (int)((chance >> 8) % 3);
    for (int k = 0; k < m.tag_count; k++)
        m.tags[k] = (int)((chance >> 16) % (TAGS / 2)) * 2 + k;
    m.e = (struct time_entry){
        .person = w->person[m.person],
        .project = w->project[m.project],
        .started_at = { at * 1000000 },
        .duration_s = { 300 + (int64_t)((chance >> 24) % 3000) },
        .note = "Something that was worth writing down",
        .billable = (chance >> 40) % 10 < 7,
        .source = "timer",
        .zone = "UTC",
    };
    m.e.ended_at = instant_plus(m.e.started_at, m.e.duration_s);
    m.e.rate_minor = m.e.billable ? 6000 + m.project * 10 : 0;
    m.e.rated = m.e.billable;
    m.e.amount_minor = amount_of(m.e.duration_s.s, m.e.rate_minor);
    return m;
}

static bool labels_make(struct ctx *c, void *with)
{
    struct world *w = with;
    for (int i = 0; i < PEOPLE; i++) {
        struct person p = { .name = arena_printf(&w->a, "Person %d", i), .role = "member" };
        if (!row_create(c, &person_table, &p))
            return false;
        w->person[i] = p.id;
    }
    for (int i = 0; i < CLIENTS; i++) {
        struct client k = { .name = arena_printf(&w->a, "Client %d", i) };
        if (!row_create(c, &client_table, &k))
            return false;
        w->client[i] = k.id;
    }
    for (int i = 0; i < PROJECTS; i++) {
        struct project p = { .name = arena_printf(&w->a, "Project %d", i),
                             .client = w->client[i % CLIENTS],
                             .rate_minor = INT_NONE };
        if (!row_create(c, &project_table, &p))
            return false;
        w->project[i] = p.id;
    }
    for (int i = 0; i < TAGS; i++) {
        struct tag t = { .name = arena_printf(&w->a, "Tag %d", i) };
        if (!row_create(c, &tag_table, &t))
            return false;
        w->tag[i] = t.id;
    }
    return true;
}

struct filling {
    struct world *w;
    int64_t from;
};

static bool entries_fill(struct ctx *c, void *with)
{
    struct filling *f = with;
    const struct query *insert = entry_insert(c);
    for (int64_t i = f->from; i < f->from + PER_BATCH; i++) {
        struct made m = entry_make(f->w, i);
        struct id tags[2];
        for (int k = 0; k < m.tag_count; k++)
            tags[k] = f->w->tag[m.tags[k]];
        m.e.tags.text = tags_format(c->arena, tags, (size_t)m.tag_count);
        if (!entry_add(c, insert, &m.e))
            return false;
    }
    return true;
}

static bool sums_make(struct ctx *c, void *with)
{
    (void)with;
    return rollup_rebuild(c);
}

static void store_fill(struct world *w)
{
    static const uint8_t key[32] = { 1 };
    struct app_config config = {
        .data_dir = w->dir, .features = features, .master_key = key, .bcrypt_cost = 4
    };
    struct sign_up in = { .name = "Owner",
                          .email = "owner@example.org",
                          .organisation = "Bench",
                          .password = "correct horse",
                          .of_age = true };
    const char *token;
    need(w, app_start(&config, &w->app, &w->err), "start");
    w->c = app_ctx(w->app, &w->a, &w->err, "bench");
    need(w, account_sign_up(&w->c, &in, &token), "sign-up");
    w->c = app_ctx(w->app, &w->a, &w->err, "bench");
    struct id *ids;
    size_t n;
    need(w, store_ids(w->app->store, &w->a, &ids, &n, &w->err) && n == 1, "organisation");
    w->c.organisation = ids[0];
    need(w, organisation_write(&w->c, w->c.organisation, labels_make, w), "labels");
    for (struct filling f = { w, 0 }; f.from < ENTRIES; f.from += PER_BATCH) {
        struct arena a = { 0 };
        struct ctx c = app_ctx(w->app, &a, &w->err, "bench");
        need(w, organisation_write(&c, w->c.organisation, entries_fill, &f), "entries");
        arena_done(&a);
    }
    need(w, organisation_write(&w->c, w->c.organisation, sums_make, NULL), "sums");
}

/* --- the same rows in plain SQLite --- */

static void plain_run(struct world *w, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(w->plain, sql, NULL, NULL, &why) != SQLITE_OK)
        die(sql, why ? why : "?");
}

static sqlite3_stmt *plain_prepare(struct world *w, const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(w->plain, sql, -1, &s, NULL) != SQLITE_OK)
        die(sql, sqlite3_errmsg(w->plain));
    return s;
}

static void bind_id(sqlite3_stmt *s, int at, struct id id)
{
    sqlite3_bind_blob(s, at, id.byte, sizeof id.byte, SQLITE_TRANSIENT);
}

static void put(sqlite3_stmt *s)
{
    if (sqlite3_step(s) != SQLITE_DONE)
        die("insert", sqlite3_errmsg(sqlite3_db_handle(s)));
    sqlite3_reset(s);
}

static void plain_entries(struct world *w)
{
    sqlite3_stmt *entry = plain_prepare(
        w, "INSERT INTO time_entry VALUES (?, 1, ?3, ?3, ?, ?, NULL, ?, ?, ?, ?, ?, NULL, 'timer',"
           " NULL, ?, ?, 'UTC')");
    sqlite3_stmt *tag = plain_prepare(w, "INSERT INTO entry_tag VALUES (?, ?)");
    for (int64_t i = 0; i < ENTRIES; i++) {
        struct made m = entry_make(w, i);
        bind_id(entry, 1, id_new(m.e.started_at));
        sqlite3_bind_int64(entry, 3, m.e.started_at.us);
        bind_id(entry, 4, m.e.person);
        bind_id(entry, 5, m.e.project);
        sqlite3_bind_int64(entry, 6, m.e.started_at.us);
        sqlite3_bind_int64(entry, 7, m.e.ended_at.us);
        sqlite3_bind_int64(entry, 8, m.e.duration_s.s);
        sqlite3_bind_text(entry, 9, m.e.note, -1, SQLITE_STATIC);
        sqlite3_bind_int(entry, 10, m.e.billable);
        sqlite3_bind_int64(entry, 11, m.e.rate_minor);
        sqlite3_bind_int64(entry, 12, m.e.amount_minor);
        put(entry);
        for (int k = 0; k < m.tag_count; k++) {
            sqlite3_bind_int64(tag, 1, sqlite3_last_insert_rowid(w->plain));
            bind_id(tag, 2, w->tag[m.tags[k]]);
            put(tag);
        }
    }
    sqlite3_finalize(entry);
    sqlite3_finalize(tag);
}

static void plain_fill(struct world *w)
{
    char path[100];
    snprintf(path, sizeof path, "%s/plain.db", w->dir);
    if (sqlite3_open(path, &w->plain) != SQLITE_OK)
        die(path, "cannot be opened");
    plain_run(w, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-600000;"
                 "CREATE TABLE project (id BLOB PRIMARY KEY NOT NULL, client BLOB) WITHOUT ROWID;"
                 "CREATE TABLE entry_tag (entry INTEGER, tag BLOB, PRIMARY KEY (entry, tag))"
                 " WITHOUT ROWID;"
                 "CREATE TABLE time_entry (id BLOB NOT NULL, version INTEGER, created_at INTEGER,"
                 " updated_at INTEGER, person BLOB, project BLOB, task BLOB, started_at INTEGER,"
                 " ended_at INTEGER, duration_s INTEGER, note TEXT, billable INTEGER, tags TEXT,"
                 " source TEXT, running BLOB, rate_minor INTEGER, amount_minor INTEGER, zone TEXT);"
                 "BEGIN");
    sqlite3_stmt *project = plain_prepare(w, "INSERT INTO project VALUES (?, ?)");
    for (int i = 0; i < PROJECTS; i++) {
        bind_id(project, 1, w->project[i]);
        bind_id(project, 2, w->client[i % CLIENTS]);
        put(project);
    }
    sqlite3_finalize(project);
    plain_entries(w);
    plain_run(w, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

/* --- measuring --- */

struct grouping {
    const char *name, *key;
    bool time;
};
static const struct grouping groupings[] = {
    { "day", "started_at / 86400000000", true },
    { "week", "(started_at / 86400000000 + 3) / 7", true },
    { "month", "strftime('%Y-%m', started_at / 1000000, 'unixepoch')", true },
    { "person", "person", false },
    { "project", "project", false },
    { "client", "p.client", false },
    { "tag", "t.tag", false },
};

struct measure {
    double ours, plain; /* best of all runs, in seconds */
    int64_t rows[2], seconds[2];
};

static double best(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

static bool named(const struct grouping *by, const struct grouping *then, const char *name)
{
    return !strcmp(by->name, name) || (then && !strcmp(then->name, name));
}

static void plain_measure(struct world *w, const struct grouping *by, const struct grouping *then,
                          struct measure *m)
{
    const char *sql = arena_printf(
        &w->a,
        "SELECT %s, %s, SUM(duration_s), SUM(CASE WHEN billable THEN duration_s ELSE 0 END),"
        " SUM(amount_minor) FROM time_entry e%s%s WHERE started_at >= ? AND started_at < ?"
        " GROUP BY 1, 2",
        by->key, then ? then->key : "NULL",
        named(by, then, "client") ? " JOIN project p ON p.id = e.project" : "",
        named(by, then, "tag") ? " LEFT JOIN entry_tag t ON t.entry = e.rowid" : "");
    sqlite3_stmt *s = plain_prepare(w, sql);
    for (int run = 0; run < RUNS; run++) {
        double start = now_s();
        sqlite3_bind_int64(s, 1, YEAR_START * 1000000);
        sqlite3_bind_int64(s, 2, (YEAR_START + DAYS * 86400) * 1000000);
        m->rows[1] = m->seconds[1] = 0;
        while (sqlite3_step(s) == SQLITE_ROW) {
            m->rows[1]++;
            m->seconds[1] += sqlite3_column_int64(s, 2);
        }
        sqlite3_reset(s);
        m->plain = best(m->plain, now_s() - start);
    }
    sqlite3_finalize(s);
}

struct asking {
    struct report_query q;
    struct report r;
};

static bool ask(struct ctx *c, void *with)
{
    struct asking *asking = with;
    return report_run(c, &asking->q, &asking->r);
}

static void ours_measure(struct world *w, const struct grouping *by, const struct grouping *then,
                         struct measure *m)
{
    struct asking asking = {
        .q = { .by = by->name,
               .then = then ? then->name : NULL,
               .from = date_of(2025, 1, 1),
               .to = date_of(2025, 12, 31) },
    };
    for (int run = 0; run < RUNS; run++) {
        struct arena a = { 0 };
        struct ctx c = app_ctx(w->app, &a, &w->err, "bench");
        double start = now_s();
        need(w, organisation_read(&c, w->c.organisation, ask, &asking), "report");
        m->ours = best(m->ours, now_s() - start);
        const struct report_row *rows = asking.r.rows.at;
        m->rows[0] = (int64_t)asking.r.rows.count;
        m->seconds[0] = 0;
        for (size_t i = 0; i < asking.r.rows.count; i++)
            m->seconds[0] += rows[i].duration_s.s;
        arena_done(&a);
    }
}

static struct measure grouping_measure(struct world *w, const struct grouping *by,
                                       const struct grouping *then)
{
    struct measure m = { 0 };
    plain_measure(w, by, then, &m);
    ours_measure(w, by, then, &m);
    if (m.rows[0] != m.rows[1] || m.seconds[0] != m.seconds[1]) {
        fprintf(stderr, "report_bench: by %s then %s: %lld rows of %lld s, SQLite %lld of %lld\n",
                by->name, then ? then->name : "nothing", (long long)m.rows[0],
                (long long)m.seconds[0], (long long)m.rows[1], (long long)m.seconds[1]);
        exit(1);
    }
    printf("  %-7s %-8s %7lld rows %8.1f ms, SQLite %7.1f ms: %.3f\n", by->name,
           then ? then->name : "", (long long)m.rows[0], m.ours * 1e3, m.plain * 1e3,
           m.ours / m.plain);
    fflush(stdout);
    return m;
}

static void all_measure(struct world *w)
{
    double worst = 0;
    char of[40] = "";
    for (size_t i = 0; i < LENGTH(groupings); i++)
        for (size_t k = i; k < LENGTH(groupings); k++) {
            const struct grouping *by = &groupings[i], *then = k > i ? &groupings[k] : NULL;
            if (then && by->time && then->time)
                continue; /* a day has one week */
            struct measure m = grouping_measure(w, by, then);
            double ratio = m.ours / m.plain;
            if (ratio > worst) {
                worst = ratio;
                snprintf(of, sizeof of, "%s%s%s", by->name, then ? " by " : "",
                         then ? then->name : "");
            }
            if (!then && !strcmp(by->name, "project"))
                printf("{\"name\": \"report.year_by_project\", \"value\": %.4f, \"unit\": "
                       "\"ratio\", \"detail\": \"%.1f ms, SQLite %.0f ms\"}\n",
                       ratio, m.ours * 1e3, m.plain * 1e3);
        }
    printf("{\"name\": \"report.worst\", \"value\": %.4f, \"unit\": \"ratio\", \"detail\": "
           "\"%s\"}\n",
           worst, of);
}

int main(void)
{
    struct world *w = calloc(1, sizeof *w);
    char command[100];
    if (!w)
        return 1;
    strcpy(w->dir, "/tmp/vow-bench-XXXXXX");
    if (!mkdtemp(w->dir))
        die(w->dir, "cannot be made");
    store_fill(w);
    plain_fill(w);
    all_measure(w);
    app_stop(w->app);
    sqlite3_close(w->plain);
    arena_done(&w->a);
    snprintf(command, sizeof command, "rm -rf %s", w->dir);
    int removed = system(command);
    free(w);
    return removed;
}
