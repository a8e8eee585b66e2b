/* kill_test.c: kill -9 under load, again and again, with an outside ledger of acknowledged commits:
   none is lost, none is half applied.

   kill_test [rounds [seed]] */
#include "db/sealed/sealed_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WRITERS = 2, LOST = 3 };
static int rounds = 100;
static unsigned seed = 11;

/* What a writer reports: commit `number` of `writer` has been acknowledged. */
struct ack {
    int writer, number;
};

struct writer {
    int number, start, ledger;
};

static void *write_on(void *with)
{
    struct writer *w = with;
    sqlite3 *db = db_open("a.db");
    sqlite3_busy_timeout(db, 60000);
    run(db, "PRAGMA cache_size = 8; PRAGMA wal_autocheckpoint = 20");
    for (int i = w->start + 1;; i++) {
        char sql[500];
        snprintf(sql, sizeof sql,
                 "BEGIN IMMEDIATE; INSERT INTO a VALUES (%d, %d, hex(randomblob(%d)));"
                 "INSERT INTO b VALUES (%d, %d); UPDATE total SET n = n + 1; COMMIT",
                 w->number, i, i % 7 ? 50 : 9000, w->number, i);
        run(db, sql);
        struct ack ack = { w->number, i };
        if (write(w->ledger, &ack, sizeof ack) != sizeof ack)
            _exit(1);
        if (i % 29 == 0)
            try_run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
    return NULL;
}

/* A process with some threads that write until it is killed. */
static pid_t writers_start(const int acked[WRITERS], int ledger)
{
    pid_t child = fork();
    if (child)
        return child;
    static struct writer writer[WRITERS];
    pthread_t thread;
    for (int i = 0; i < WRITERS; i++) {
        writer[i] = (struct writer){ i, acked[i], ledger };
        pthread_create(&thread, NULL, write_on, &writer[i]);
    }
    pthread_join(thread, NULL);
    _exit(LOST);
}

static int number_of(sqlite3 *db, const char *sql, int writer)
{
    char text[300];
    snprintf(text, sizeof text, sql, writer, writer);
    char *got = rows(db, text, NULL);
    int n = atoi(got);
    free(got);
    return n;
}

/* Everything acknowledged is there, at most one commit of each writer beyond it, none in part. */
static void check(int acked[WRITERS])
{
    sqlite3 *db = db_open("a.db");
    assert_rows(db, "PRAGMA integrity_check", "ok\n");
    assert_rows(db, "SELECT count(*) FROM (SELECT w, n FROM a EXCEPT SELECT w, n FROM b)", "0\n");
    assert_rows(db, "SELECT (SELECT n FROM total) - (SELECT count(*) FROM a)", "0\n");
    assert_rows(db, "SELECT (SELECT n FROM total) - (SELECT count(*) FROM b)", "0\n");
    for (int i = 0; i < WRITERS; i++) {
        int last = number_of(db, "SELECT coalesce(max(n), 0) FROM a WHERE w = %d", i);
        assert_int_equal(number_of(db, "SELECT count(*) FROM a WHERE w = %d", i), last);
        assert_in_range(last, acked[i], acked[i] + 1);
        acked[i] = last;
    }
    sqlite3_close(db);
}

static void test_kill_under_load(void **state)
{
    (void)state;
    int acked[WRITERS] = { 0 }, total = 0;
    sqlite3 *db = db_open("a.db");
    run(db, "CREATE TABLE a (w INT, n INT, pad TEXT, PRIMARY KEY (w, n));"
            "CREATE TABLE b (w INT, n INT); CREATE TABLE total (n); INSERT INTO total VALUES (0)");
    sqlite3_close(db);
    for (int round = 0; round < rounds; round++) {
        int ends[2], status;
        struct ack ack;
        assert_int_equal(pipe(ends), 0);
        pid_t child = writers_start(acked, ends[1]);
        close(ends[1]);
        /* The kill falls somewhere after some commits; where in the next ones is chance. */
        int wait_for = 1 + rand_r(&seed) % 60, spin = rand_r(&seed) % 200000, seen = 0;
        while (read(ends[0], &ack, sizeof ack) == sizeof ack) {
            acked[ack.writer] = ack.number;
            total++;
            if (++seen < wait_for)
                continue;
            for (volatile int i = 0; seen == wait_for && i < spin; i = i + 1)
                ;
            kill(child, SIGKILL);
        }
        waitpid(child, &status, 0);
        close(ends[0]);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        check(acked);
    }
    print_message("%d kills, %d acknowledged commits\n", rounds, total);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = atoi(argv[1]);
    if (argc > 2)
        seed = (unsigned)strtoul(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = { IN_FOLDER(test_kill_under_load) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
