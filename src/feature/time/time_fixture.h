/* time_fixture.h: an organisation in Berlin whose time is tracked through the routes of the
   program, and the sums beside its entries. */
#ifndef VOW_TIME_FIXTURE_H
#define VOW_TIME_FIXTURE_H

#include "feature/world_fixture.h"

/* An owner and a member of it. */
struct staff {
    struct world *world;
    const char *owner, *owner_id, *member, *member_id;
    struct id organisation;
};

int staff_open(void **state);
int staff_close(void **state);
#define STAFF_TEST(f) cmocka_unit_test_setup_teardown(f, staff_open, staff_close)

/* Calls a route; `expect` and `upload` end the test when the status is another, `make` when the
   owner cannot make the row, whose id it gives. */
struct answer staff_send(struct staff *w, enum method m, const char *path, const char *session,
                         const char *json, int64_t version);
struct answer expect(struct staff *w, int status, enum method m, const char *path,
                     const char *session, const char *json);
struct answer upload(struct staff *w, int status, const char *path, const char *session,
                     const char *csv);
const char *make(struct staff *w, const char *path, const char *json);

/* From now on the organisation refuses entries of one person that overlap. */
void overlaps_refuse(struct staff *w);

/* The text member that is called `key` first. */
const char *text_of(struct staff *w, const struct answer *r, const char *key);

void has(const struct answer *r, const char *part);
void has_not(const struct answer *r, const char *part);

/* Work of the program itself in the organisation; whether it went well. */
bool in_organisation(struct staff *w, bool write, ctx_work *work, void *with);

/* Whether the sums are those of the entries, into a bool; and that they are. */
ctx_work sums_check;
void sums_are_right(struct staff *w);

struct sum {
    int64_t seconds, amount, rows;
};
struct sum sum_of(struct staff *w, const struct query *q);
extern const struct query all_days; /* for sum_of: everything */

#endif
