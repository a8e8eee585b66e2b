/* net_path_fuzz.c: any address finds a route or a problem; what is read from it is within bounds,
   and every answer is JSON text without loose bytes. */
#include "fuzz.h"
#include "net/router.h"

#include <string.h>

struct in {
    struct id id;
    const char *name;
    int64_t limit;
    double ratio;
    bool yes;
    struct instant from;
    struct list words;
};

static const struct field fields[] = {
    FIELD(struct in, id),
    FIELD(struct in, name, .max = 20),
    FIELD(struct in, limit, .min = 1, .max = 500),
    FIELD(struct in, ratio),
    FIELD(struct in, yes),
    FIELD(struct in, from),
    FIELD(struct in, words, .of = KIND_TEXT, .max = 3),
    { 0 },
};

static bool nothing(struct ctx *c, const void *in, void *ret)
{
    (void)c, (void)in, (void)ret;
    return true;
}

static const struct route rows[] = {
    { GET, "/things", nothing, .doc = "d", .who = WHO_ANYONE, INPUT(struct in, fields) },
    { GET, "/things/{id}", nothing, .doc = "d", .who = WHO_ANYONE, INPUT(struct in, fields) },
    { GET, "/by/{name}/at/{limit}", nothing, .doc = "d", .who = WHO_ANYONE,
      INPUT(struct in, fields) },
};

static void check_input(const struct exchange *x)
{
    const struct in *in = x->in;
    assert(!in->name || (text_is_utf8(in->name, strlen(in->name)) && text_points(in->name) <= 20));
    assert(!in->limit || (in->limit >= 1 && in->limit <= 500));
    assert(in->words.count <= 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct exchange x = { 0 };
    const struct route *list[] = { &rows[0], &rows[1], &rows[2] };
    struct router *router = router_new(&x.arena, list, LENGTH(list));
    struct reply reply;
    const char *path = arena_text(&x.arena, (const char *)at, n);
    /* the edge refuses these before it looks for a route */
    if (text_is_utf8(path, strlen(path))) {
        if (exchange_route(&x, router, GET, path)) {
            exchange_input(&x, NULL, (struct blob){ 0 });
            if (!x.err.problem)
                check_input(&x);
        }
        exchange_reply(&x, &reply);
        assert(text_is_utf8(reply.body.at, reply.body.len));
        assert(reply.status >= 200);
    }
    arena_done(&x.arena);
    return 0;
}
