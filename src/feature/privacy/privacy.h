/* privacy.h: people's rights over what is stored, derived from the declarations alone: nothing here
   knows any table by name, so a feature that is added later is exported, copied and erased too. */
#ifndef VOW_PRIVACY_H
#define VOW_PRIVACY_H

#include "core/feature.h"

/* Everything of the ctx's organisation but SECRET columns and technical tables, as a ZIP archive:
   manifest.json with the SHA-256, rows and columns of each file, then tables/NAME.jsonl, one JSON
   object a row. With `person`, only rows whose subject is that person, those of control (account,
   sessions) too, and copy.html with the same to read. TOO_LARGE when all rows together are more
   than `bytes_max`. Outside a transaction.
 */
MUST_USE bool export_make(struct ctx *c, struct id person, size_t bytes_max, struct blob *ret);

struct import_result {
    int64_t tables, rows;
};

/* Puts an archive of export_make into the ctx's organisation, in place of what it has; who has an
   account there keeps it with its role, and nobody else has one until invited. All or nothing. */
MUST_USE bool import_take(struct ctx *c, struct blob archive, struct import_result *ret);

/* Deletes what control has of a person of the ctx's organisation: the account, and what leads to
   it. In a control transaction. */
MUST_USE bool person_shut_out(struct ctx *c, struct id person);

/* Erases a person: by each table's rule rows go or lose what is personal, and every other column
   that names the person is cleared. In a write transaction; the person is shut out by the caller.
 */
MUST_USE bool person_erase(struct ctx *c, struct id person, int64_t *rows);

/* Ends the organisation of the ctx: accounts and sessions go, its key is destroyed at once, its
   files as soon as nobody has them open. */
MUST_USE bool organisation_end(struct ctx *c);

extern const struct permission privacy_export, privacy_erase, privacy_end, privacy_map;
extern const struct feature privacy_feature;

#endif
