/* importer.h: an import under way, and what its rows need of the directory. */
#ifndef VOW_TIME_IMPORTER_H
#define VOW_TIME_IMPORTER_H

#include "entry.h"
#include "feature/organisation/organisation.h"
#include "import.h"
#include "import_format.h"
#include "names.h"
#include "rollup.h"

/* A person as the file names one. */
struct known_person {
    struct id id;
    const char *zone;
    int64_t entries;
    struct import_person view;
};

struct importer {
    struct ctx *c;
    const struct import_in *in;
    const struct import_file *file;
    struct import_problems *problems;
    const struct import_problems *parsed; /* what was wrong before any row was looked at */
    size_t warned;                        /* warnings by then */
    struct import_result result;
    struct names clients, projects, tasks, tags, by_email, by_name;
    struct known_person *person;
    size_t person_count;
    struct import_made *made;
    size_t made_count;
    struct names known;  /* of a name or an e-mail address as the file has it: places in `person` */
    struct names booked; /* clients and their projects as the file has them: places in `billed_s` */
    int64_t *billed_s;   /* what the file bills of a project, less what it does not */
    const struct query *entry_insert;
    struct rollup_batch batch;
    struct arena scratch; /* for what one row alone needs */
    bool refuses_overlap, takes_amounts, done;
    enum scope reach;
};

/* Refuses a row that can be read, for what stands in a column of it: something is missing here, or
   not the actor's to do. */
void importer_refuse(struct importer *m, const struct import_row *row, enum column column,
                     const char *value, const char *reason);

/* Loads the names of all who and what is there. */
MUST_USE bool importer_directory(struct importer *m);

/* Whose work a row is, and what it was booked on: found by name, made when missing and the actor
   may. Stays NULL or absent, with a problem noted, when it cannot be. */
MUST_USE bool importer_person(struct importer *m, const struct import_row *row,
                              struct known_person **ret);
MUST_USE bool importer_booking(struct importer *m, const struct import_row *row,
                               struct time_entry *e);

/* Whether a row of vow's own export is an entry that the actor can see here. */
MUST_USE bool importer_is_entry(struct importer *m, const struct import_row *row, bool *ret);

/* Whether a person has such an entry here, and one more for each row before it that is the same. */
MUST_USE bool importer_has_same(struct importer *m, const struct import_row *row, struct id person,
                                bool *ret);

#endif
