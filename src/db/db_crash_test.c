/* db_crash_test.c: a process that is killed while it writes loses nothing that it acknowledged. */
#include "db_fixture.h"
#include "sqlite.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 8, HANDS = 6, ROOM = 1 << 16, LONG = 6000 };

struct hand {
    struct db *db;
    int ledger;
    int64_t first;
    const char *text;
    pthread_t thread;
};

static bool pair_work(struct tx *tx, void *with, struct error *err)
{
    const struct note *n = with;
    struct note minus = *n;
    minus.id.byte[1] = 1;
    minus.number = -n->number;
    return insert_work(tx, with, err) && insert_work(tx, &minus, err);
}

/* Writes without end; each number goes to the ledger once it is acknowledged. The rows are long, so
   that checkpoints are among what is interrupted. */
static void *hand_run(void *with)
{
    struct hand *h = with;
    struct arena a = { 0 };
    struct error err = { 0 };
    for (int64_t number = h->first;; number += HANDS) {
        struct note n = { id_of((uint32_t)number), number, h->text };
        if (!db_write_wait(h->db, &a, pair_work, &n, &err) ||
            write(h->ledger, &number, sizeof number) != sizeof number)
            _exit(1);
        arena_reset(&a);
    }
}

static _Noreturn void child_run(const char *dir, int ledger, int64_t first)
{
    struct store_config config = config_plain(dir);
    struct error err = { 0 };
    struct store *s;
    struct db *db;
    if (!store_open(&config, &s, &err) || !db_open(s, id_of(1), true, &db, &err))
        _exit(1);
    struct hand hands[HANDS];
    static char text[LONG + 1];
    memset(text, 'x', LONG);
    for (int i = 0; i < HANDS; i++) {
        hands[i] = (struct hand){ .db = db, .ledger = ledger, .first = first + i, .text = text };
        pthread_create(&hands[i].thread, NULL, hand_run, &hands[i]);
    }
    for (;;)
        pause();
}

struct ledger {
    int64_t number[ROOM];
    size_t count;
    int64_t largest;
};

/* Reads acknowledged numbers; after `wanted` of them the child is killed, and what it had still
   told counts as well. */
static void ledger_read(struct ledger *l, int from, pid_t child, size_t wanted)
{
    bool killed = false;
    int64_t number;
    while (read(from, &number, sizeof number) == sizeof number) {
        assert_true(l->count < ROOM);
        l->number[l->count++] = number;
        if (number > l->largest)
            l->largest = number;
        if (!killed && l->count >= wanted) {
            kill(child, SIGKILL);
            killed = true;
        }
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
}

struct check {
    const struct ledger *ledger;
    size_t missing, rows;
    int64_t balance;
};

static bool check_row(void *with, const void *record)
{
    struct check *c = with;
    c->balance += ((const struct note *)record)->number;
    c->rows++;
    return true;
}

static bool check_work(struct tx *tx, void *with, struct error *err)
{
    static const struct query one = { "SELECT id, number FROM note WHERE number = $1" };
    static const struct query all = { "SELECT id, number FROM note" };
    static const struct query integrity = { "SELECT * FROM pragma_integrity_check(1)" };
    const struct field numbers[] = { note_fields[0], note_fields[1], { 0 } };
    const struct field text[] = { note_fields[2], { 0 } };
    struct check *c = with;
    struct note n;
    bool found;
    for (size_t i = 0; i < c->ledger->count; i++) {
        if (!tx_row(tx, &one, ARGS(value_int(c->ledger->number[i])), numbers, &n, &found))
            return false;
        c->missing += !found;
    }
    if (!tx_row(tx, &integrity, NO_ARGS, text, &n, &found) || !found || strcmp(n.text, "ok"))
        return error_set(err, INTERNAL, "not sound");
    return tx_each(tx, &all, NO_ARGS, numbers, sizeof n, check_row, c);
}

static void test_no_acknowledged_write_is_lost(void **state)
{
    (void)state;
    char *dir = folder_fresh();
    struct ledger *l = calloc(1, sizeof *l);
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (!child)
            child_run(dir, ends[1], l->largest + 2 * HANDS + 1);
        close(ends[1]);
        ledger_read(l, ends[0], child, l->count + 20 + (size_t)(round * 397 % 900));
        close(ends[0]);
        struct store *s = store_in(dir);
        struct db *db = open_db(s, 1);
        struct check check = { .ledger = l };
        struct arena a = { 0 };
        struct error err = { 0 };
        assert_true(db_read(db, &a, check_work, &check, &err));
        assert_int_equal(check.missing, 0);
        assert_int_equal(check.balance, 0);
        assert_true(check.rows >= 2 * l->count);
        arena_done(&a);
        db_release(db);
        store_close(s);
    }
    free(l);
    folder_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_acknowledged_write_is_lost) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
