/* importer.h: an import under way. All of it is decided on a snapshot, beside whoever writes, and
   nothing is written for that: this is the plan, and all of a dry run. Then it is written at once,
   if what was decided from is still so. */
#ifndef VOW_TIME_IMPORTER_H
#define VOW_TIME_IMPORTER_H

#include "crypt/hash.h"
#include "entry.h"
#include "feature/organisation/organisation.h"
#include "import.h"
#include "import_format.h"
#include "names.h"
#include "places.h"
#include "rollup.h"

/* A person as the file names one. */
struct known_person {
    struct id id;
    const char *zone;
    int64_t entries;
    struct import_person view;
};

/* What a row of the file is known by, and what becomes of it. */
struct row_key {
    uint8_t hash[HASH_SIZE];
    bool here;                      /* an earlier import has brought it */
    const struct time_entry *entry; /* that it becomes */
    struct id id;                   /* of the row of time_import that then remembers it */
};

/* A client, project, task, tag or person that is missing and is made. */
struct planned_row {
    struct planned_row *next;
    const struct table *table;
    void *row;
};

struct planned_link {
    struct planned_link *next;
    const struct time_entry *entry;
};

struct importer {
    struct ctx *c;
    struct import_in in;
    const struct import_file *file;
    struct import_problems *problems;
    const struct import_problems *parsed; /* what was wrong before any row was looked at */
    size_t warned;                        /* warnings by then */
    struct instant first_at, last_at;     /* of its work; absent when it has none */
    struct row_key *key;                  /* in order, none twice */
    size_t key_count;
    struct row_key **key_of; /* by row */
    struct arena scratch;    /* for what one row alone needs */

    /* The plan. */
    struct import_result result;
    enum scope reach;
    bool refuses_overlap, takes_amounts;
    struct names clients, projects, tasks, tags, by_email, by_name;
    struct known_person *person;
    size_t person_count;
    struct import_made *made;
    size_t made_count;
    struct names known;  /* of a name or an e-mail address as the file has it: places in `person` */
    struct names booked; /* clients and their projects as the file has them: places in `billed_s` */
    int64_t *billed_s;   /* what the file bills of a project, less what it does not */
    struct planned_row *row, **row_end;
    struct time_entry *entry;
    size_t entry_count;
    struct rollup_batch batch;
    int64_t row_bytes, entry_bytes; /* as storage.h counts them */
    struct places new_projects;     /* struct project */
    struct places terms;            /* struct entry_terms, by project and person */
    struct places begun, on_day;    /* links of planned entries, by person and when; where asked */
    struct siphash_key mark_key;
    uint64_t mark; /* see importer_mark */

    bool stale; /* what it was decided from has changed */
};

/* Reads the file. */
MUST_USE bool importer_open(struct ctx *c, const struct import_in *in, struct importer *ret);
void importer_close(struct importer *m);

/* Decides what becomes of each row, with problems noted. */
MUST_USE bool importer_plan(struct importer *m);

/* The same within a transaction. */
MUST_USE bool importer_decide(struct importer *m);

/* Writes what was planned, if anything; decides anew, with the writer, where that no longer holds.
   All of it, or nothing when there are problems by then. */
MUST_USE bool importer_write(struct importer *m);

/* Refuses a row that can be read, for what stands in a column of it: something is missing here, or
   not the actor's to do. */
void importer_refuse(struct importer *m, const struct import_row *row, enum column column,
                     const char *value, const char *reason);

/* Loads the names of all who and what is there. */
MUST_USE bool importer_directory(struct importer *m);

/* A hash of what the plan rests on and others may change: the directory, the settings, and the
   entries that rows may be the same as or overlap. What else a plan was told (rates, zones) may
   change behind it, as if it had been written before. */
MUST_USE bool importer_mark(struct importer *m, uint64_t *ret);

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

/* What the rows of the file are known by; which of them are here; and remembering those that came,
   which notes that the plan is stale when another import has brought one meanwhile. */
void keys_make(struct importer *m);
MUST_USE bool keys_look(struct importer *m);
MUST_USE bool keys_keep(struct importer *m);

#endif
