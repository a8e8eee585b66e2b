/* receipt_test.c: what a receipt proves, and that there is one for whatever has left, once. */
#include "ai_fixture.h"

#include "crypt/crypt.h"
#include "feature/ai/receipts.h"
#include "feature/ai/run.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

static void test_receipt_proves_and_tells_nothing(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    house_note(h, h->owner, "Canary kjhgfdsa in a note", 2);
    const char *provider = house_provider(h, "");
    struct answer preview = house_ask(
        h, h->owner, arena_printf(&w->a, ",\"preview\":true,\"provider\":\"%s\"", provider), 200);
    assert_non_null(strstr(preview.body, "kjhgfdsa"));
    struct answer r = house_ask(h, h->owner, house_through(h, provider), 200);
    const char *id = world_text(w, r.body, "receipt");
    struct answer receipt = world_get(w, h->owner, arena_printf(&w->a, "/ai/receipts/%s", id), 200);
    assert_null(strstr(receipt.body, "kjhgfdsa"));
    assert_string_equal(world_text(w, receipt.body, "reason"), "OK");
    assert_non_null(strstr(receipt.body, "\"time_entry.note\""));
    assert_true(house_number(h, receipt.body, "rows") == 1);
    assert_true(house_number(h, receipt.body, "completion_tokens") > 0);

    size_t n;
    char *sent = provider_last(&h->provider, &n);
    assert_true(house_number(h, receipt.body, "bytes") == (double)n);
    const char *salt = world_text(w, r.body, "salt");
    uint8_t hash[HASH_SIZE];
    struct buffer b = buffer_new(&w->a);
    for (size_t i = 0; salt[i]; i += 2) {
        char pair[3] = { salt[i], salt[i + 1] };
        buffer_char(&b, (char)strtol(pair, NULL, 16));
    }
    buffer_add(&b, sent, n);
    hash_sha256(b.at, b.len, hash);
    char hex[2 * HASH_SIZE + 1];
    hex_format(hash, sizeof hash, hex);
    assert_string_equal(world_text(w, receipt.body, "commitment"), hex);
    free(sent);
    const char *where = NULL;
    size_t traces =
        world_traces(w, world_id(world_self(w, h->owner, "organisation")), "kjhgfdsa", &where);
    assert_int_equal(traces, 1); /* the note itself */
}

/* As a process leaves it that is killed between sending and the commit of the receipt's row. */
static void test_receipt_outlives_the_process(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct error err = { 0 };
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    c.organisation = world_id(world_self(w, h->owner, "organisation"));
    struct ai_receipt r = { .id = id_new(c.now),
                            .version = 1,
                            .created_at = c.now,
                            .updated_at = c.now,
                            .person = world_id(world_self(w, h->owner, "person")),
                            .capability = "feedback.me",
                            .provider = "Loopback",
                            .reason = "SENT",
                            .bytes = 1234,
                            .prompt_tokens = -1,
                            .completion_tokens = -1 };
    int slot;
    assert_true(receipts_keep(&c, receipt_record(&c, &r), &slot));
    for (int start = 0; start < 2; start++) {
        house_restart(h);
        const char *list = world_get(w, h->owner, "/ai/receipts", 200).body;
        assert_string_equal(world_text(w, list, "reason"), "SENT");
        assert_true(house_number(h, list, "bytes") == 1234);
        assert_null(strstr(strstr(list, "\"reason\":") + 1, "\"reason\":"));
    }
    const char *audit = world_get(w, h->owner, "/audit?action=ai_receipt.create", 200).body;
    assert_non_null(strstr(audit, "ai_receipt.create"));
}

static size_t receipts_count(struct house *h)
{
    const char *list = world_get(h->w, h->owner, "/ai/receipts?limit=500", 200).body;
    size_t n = 0;
    for (const char *at = list; (at = strstr(at, "\"commitment\":")); at++)
        n++;
    return n;
}

/* A row that was on its way while its person was erased, from this process and an earlier one. */
static void test_a_late_receipt_brings_nobody_back(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct error err = { 0 };
    const char *bo = world_invite(w, h->owner, "Bo", "bo@example.org", "member");
    const char *id = world_self(w, bo, "person");
    struct ai_receipt r[3];
    int slot[3];
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    c.organisation = world_id(world_self(w, h->owner, "organisation"));
    for (int i = 0; i < 3; i++) {
        r[i] = (struct ai_receipt){ .id = id_new(c.now),
                                    .version = 1,
                                    .created_at = c.now,
                                    .updated_at = c.now,
                                    .person = world_id(id),
                                    .capability = "feedback.me",
                                    .reason = "SENT" };
        assert_true(receipts_keep(&c, receipt_record(&c, &r[i]), &slot[i]));
    }
    receipts_write(&c, slot[0], &r[0]);
    world_post(w, h->owner, arena_printf(&w->a, "/people/%s/erasure", id), "{\"confirm\":\"Bo\"}",
               200);
    receipts_write(&c, slot[1], &r[1]);
    house_restart(h);
    const char *list = world_get(w, h->owner, "/ai/receipts", 200).body;
    assert_int_equal(receipts_count(h), 3);
    assert_null(strstr(list, id));
}

/* One that was written, but whose slot was not cleared any more, is not written twice. */
static void test_receipt_is_written_once(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    struct error err = { 0 };
    const char *answer = house_ask(h, h->owner, "", 200).body;
    struct ctx c = app_ctx(w->app, &w->a, &err, "test");
    c.organisation = world_id(world_self(w, h->owner, "organisation"));
    struct ai_receipt again = { .id = world_id(world_text(w, answer, "receipt")),
                                .version = 1,
                                .created_at = c.now,
                                .updated_at = c.now,
                                .capability = "feedback.me",
                                .reason = "SENT" };
    int slot;
    assert_true(receipts_keep(&c, receipt_record(&c, &again), &slot));
    house_restart(h);
    const char *list = world_get(w, h->owner, "/ai/receipts", 200).body;
    assert_string_equal(world_text(w, list, "reason"), "OK");
    assert_null(strstr(list, "SENT"));
}

static int status_of(struct house *h, const char *json)
{
    struct call call = { .method = POST, .path = "/ai/run", .json = json, .session = h->owner };
    return world_call(h->w, call).status;
}

static void disk_limit(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The first slot can be written, the database cannot: the receipt waits, and nothing leaves behind
   it until it is written. */
static void test_disk_refuses(void **state)
{
    struct house *h = *state;
    const char *json = arena_printf(&h->w->a, "{\"capability\":\"feedback.me\"," HOUSE_PERIOD "%s}",
                                    house_through(h, house_provider(h, "")));
    signal(SIGXFSZ, SIG_IGN);
    disk_limit(16384);
    assert_int_equal(status_of(h, json), 200);
    assert_true(status_of(h, json) >= 500);
    assert_int_equal(provider_count(&h->provider), 1);
    disk_limit(0);
    assert_true(status_of(h, json) >= 500);
    assert_int_equal(provider_count(&h->provider), 1);
    disk_limit(RLIM_INFINITY);
    assert_int_equal(status_of(h, json), 200);
    assert_int_equal(provider_count(&h->provider), 2);
    const char *list = world_get(h->w, h->owner, "/ai/receipts", 200).body;
    size_t sent = 0;
    for (const char *at = list; (at = strstr(at, "\"reason\":\"OK\"")); at++)
        sent++;
    assert_int_equal(sent, 2);
}

enum { ASKERS = 6, TIMES = 12 };

struct asker {
    struct house *h;
    const char *json;
    int answered;
};

static void *asker_run(void *with)
{
    struct asker *k = with;
    for (int i = 0; i < TIMES; i++) {
        struct arena a = { 0 };
        struct call call = {
            .method = POST, .path = "/ai/run", .json = k->json, .session = k->h->owner
        };
        struct answer r;
        app_call(k->h->w->app, &a, &call, &r);
        k->answered += r.status == 200;
        arena_done(&a);
    }
    return NULL;
}

/* While the directory changes under them. */
static void test_many_at_once(void **state)
{
    struct house *h = *state;
    struct world *w = h->w;
    pthread_t thread[ASKERS];
    struct asker asker[ASKERS];
    house_note(h, h->owner, "Met client 3 of many", 2);
    for (int i = 0; i < ASKERS; i++) {
        const char *part = i % 2 ? house_through(h, house_provider(h, "")) : "";
        asker[i] = (struct asker){
            .h = h,
            .json =
                arena_printf(&w->a, "{\"capability\":\"feedback.me\"," HOUSE_PERIOD "%s}", part),
        };
    }
    for (int i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, asker_run, &asker[i]), 0);
    for (int i = 0; i < 20; i++)
        world_post(w, h->owner, "/clients", arena_printf(&w->a, "{\"name\":\"client %d\"}", i),
                   201);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(asker[i].answered, TIMES);
    }
    assert_int_equal(receipts_count(h), ASKERS * TIMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HOUSE_TEST(test_receipt_proves_and_tells_nothing),
        HOUSE_TEST(test_receipt_outlives_the_process),
        HOUSE_TEST(test_a_late_receipt_brings_nobody_back),
        HOUSE_TEST(test_receipt_is_written_once),
        HOUSE_TEST(test_disk_refuses),
        HOUSE_TEST(test_many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
