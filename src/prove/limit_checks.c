/* limit_checks.c: the promise about brute force: every bucket in front of a password is emptied. */
#include "checks.h"
#include "lab.h"

#include "core/app.h"
#include "feature/accounts/accounts.h"

/* One account is guessed at from one address, as anybody could. */
static enum promise_result guess_check(struct proof *p)
{
    int limited = 0;
    const char *json = arena_printf(
        p->arena, "{\"email\":\"nobody-%s@vow.invalid\",\"password\":\"wrong password\"}",
        lab_key(p));
    for (int i = 0; i < 40 && !limited; i++)
        limited = lab_call(p, NULL, POST, "/session", json, NULL) == 429 ? i + 1 : 0;
    if (!limited)
        return lab_broken(p, "40 wrong passwords for one account were all tried.");
    lab_say(p, "Guessing the password of one account was slowed down after %d tries.", limited - 1);
    return PROMISE_HELD;
}

/* Empties a bucket by taking from it as its door would: going there until it is would hash a
   password each time. */
static bool bucket_empty(struct proof *p, const struct limit *limit, const char *who)
{
    enum { MOST = 100 };
    for (int i = 0; i < MOST; i++)
        if (limit_take(p->app->limits, limit, who, instant_now()))
            return true;
    lab_say(p, "The limit %s lets more than %d tries through at once.", limit->name, MOST);
    return false;
}

/* Each bucket by itself, with the others full: the door behind an empty one stays shut. */
static enum promise_result buckets_check(struct proof *p)
{
    struct lab *lab = p->with;
    const char *owner = lab_owner(p, 0);
    const char *email = lab->email[0], *json = lab_sign_up(p, 1, lab_key(p));
    const char *door = arena_printf(p->arena, "{\"email\":\"%s\",\"password\":\"wrong\"}", email);
    const struct {
        const char *what;
        const struct limit *limit;
        bool address, account; /* who the bucket is for */
        enum method method;
        const char *path, *json, *session;
    } doors[] = {
        { "one address", &sign_in_per_address, true, false, POST, "/session", door, NULL },
        { "one account from one address", &sign_in_per_door, true, true, POST, "/session", door,
          NULL },
        { "one account from many addresses", &sign_in_per_account, false, true, POST, "/session",
          door, NULL },
        { "one account by changing its password", &sign_in_per_account, false, true, PUT,
          "/session/password", "{\"password\":\"wrong\",\"new_password\":\"long enough password\"}",
          owner },
        { "signing up from one address", &sign_up_per_address, true, false, POST, "/accounts", json,
          NULL },
    };
    if (!owner)
        return PROMISE_UNKNOWN;
    for (size_t i = 0; i < LENGTH(doors); i++) {
        struct answer r;
        lab->address = arena_printf(lab->arena, "prove %s", lab_key(p));
        const char *who = doors[i].address && doors[i].account
                              ? arena_printf(p->arena, "%s %s", lab->address, email)
                          : doors[i].address ? lab->address
                                             : email;
        if (!bucket_empty(p, doors[i].limit, who))
            return PROMISE_BROKEN;
        lab_call(p, doors[i].session, doors[i].method, doors[i].path, doors[i].json, &r);
        if (r.status == 201 && r.session)
            (void)!lab_adopt(p, 1, r.session);
        if (r.status != 429)
            return lab_broken(p, "Without a try left for %s, one answered %d.", doors[i].what,
                              r.status);
    }
    return lab_held(p, "Of the limits for an address, for an account at an address and for an "
                       "account, each by itself shuts the door once it is used up (429), to "
                       "signing in and to changing a password alike; so does the one for signing "
                       "up.");
}

static enum promise_result check_pl_6_c(struct proof *p)
{
    enum promise_result result = guess_check(p);
    return result == PROMISE_HELD ? lab_own(p, buckets_check) : result;
}

static const struct promise promise_pl_6_c = {
    "PL-6.c",
    "Rate limits protect against brute force.",
    "A bucket per address, per account at an address and per account in front of password hashing, "
    "which has a pool of its own.",
    PROMISE_LIVE,
    check_pl_6_c,
};

const struct promise *const limit_promises[] = { &promise_pl_6_c, NULL };
