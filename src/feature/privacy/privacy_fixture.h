/* privacy_fixture.h: a house with an owner, Bo whose name is Zanzibar, and somebody else's house,
   all with a feature made up here that has one table per rule of erasure; and archives of them. */
#ifndef VOW_PRIVACY_FIXTURE_H
#define VOW_PRIVACY_FIXTURE_H

#include "feature/privacy/archive.h"
#include "feature/world_fixture.h"

#define CANARY "Zanzibar"
#define PIN "9137-secret"

struct house {
    struct world *w;
    const char *owner, *bo, *other; /* sessions */
    const char *bo_id, *owner_id, *organisation, *link;
};

int house_open(void **state);
int house_close(void **state);
#define HOUSE_TEST(f) cmocka_unit_test_setup_teardown(f, house_open, house_close)

struct unpacked {
    struct archive_file *files;
    size_t count;
};

/* The archive that a path answers with, and what is in it. */
struct blob export_of(struct house *h, const char *session, const char *path);
struct unpacked unpack(struct house *h, struct blob zip);
const char *file_of(struct house *h, const struct unpacked *u, const char *name);

int lines_of(const char *text);

/* Whether any file of it holds the text. */
bool says(const struct unpacked *u, const char *text);

/* Takes an archive in; import_ok ends the test when it is refused. */
struct answer import_as(struct house *h, const char *session, struct blob zip);
void import_ok(struct house *h, const char *session, struct blob zip);

#endif
