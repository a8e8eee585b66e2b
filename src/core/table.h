/* table.h: a table of an organisation (or of control), declared once. From this row come its DDL
   and migration, its routes, its validation, its place in the API document, access, audit,
   export, erasure, retention, the data map, and what AI may read of it. */
#ifndef VOW_TABLE_H
#define VOW_TABLE_H

#include "access.h"
#include "base/field.h"

struct ctx;

enum op {
    OP_CREATE = 1,
    OP_LIST = 2,
    OP_READ = 4,
    OP_UPDATE = 8,
    OP_DELETE = 16,
    OP_ALL = 31,
    /* A row of an archive comes in; only `check` is told. */
    OP_TAKE = 32
};

/* What erasing a person does to the rows whose subject that person is. */
enum erase {
    ERASE_MISSING, /* fails start-up when the table has a subject */
    ERASE_ROW,     /* the row goes */
    ERASE_PERSON,  /* the row stays for the organisation's books; the subject and every PERSONAL,
                      CONTENT and SENSITIVE column are cleared */
};

/* The members that every row begins with. */
#define ROW_MEMBERS  \
    struct id id;    \
    int64_t version; \
    struct instant created_at, updated_at

/* Their fields, first in every table's list. */
#define ROW_FIELDS(type)                                                                   \
    FIELD(type, id, .privacy = OPERATIONAL, .read_only = true, .doc = "Id of the row"),    \
        FIELD(type, version, .privacy = OPERATIONAL, .read_only = true,                    \
              .doc = "Counts the changes; the ETag"),                                      \
        FIELD(type, created_at, .privacy = OPERATIONAL, .read_only = true, .filter = true, \
              .doc = "When the row was made"),                                             \
        FIELD(type, updated_at, .privacy = OPERATIONAL, .read_only = true,                 \
              .doc = "When the row was last changed")

/* The part that every row's struct begins with, for code that serves all tables. */
struct row {
    ROW_MEMBERS;
};

struct table {
    const char *name; /* "time_entry": snake_case, singular */
    const char *doc;
    const struct field *fields;
    const char *one;     /* what people call a row, within a sentence; NULL: as the name says */
    const char *called;  /* column that people know a row by; NULL: there is none */
    const char *part_of; /* OPERATIONAL column that names the row it is part of; NULL: none */
    const char *answers; /* what people call a row of the table that each row declares, see
                            table_declared; NULL: rows declare none */
    size_t size;         /* bytes of a record */
    const char *path;    /* generic routes live here: "/time/entries"; NULL has none */
    unsigned ops;        /* which generic routes: enum op or-ed; 0 with a path is OP_ALL */
    const struct permission *read, *write; /* needed for generic routes */
    const struct permission *known_to; /* who may know of it before it has rows; NULL: everybody */
    enum erase erase;
    int retention_days;         /* rows older than this are deleted; 0: as long as the account */
    const char *sort;           /* default order: column, "-" before it for descending */
    const char *const *indexes; /* column lists: "person, started_at"; ends with NULL. The first
                                   column of one gets no index of its own */
    const char *const *uniques; /* column lists that no two rows share; ends with NULL */
    const char *const *alike;   /* columns that no two rows share, the first a text of which letters
                                   of either case are the same; ends with NULL. Asked of what is
                                   new or changes: rows that were alike before stay */
    bool singleton;             /* exactly one row per organisation: GET and PATCH at `path` */
    bool control;               /* lives in the control database, not in an organisation's */
    bool log;       /* bookkeeping (audit, outbox …): its own changes are not audited */
    bool few;       /* some thousands of rows at most, set up by hand or one each of something that
                       is: a query may read them all */
    bool directory; /* everybody may look colleagues up in it: reads are not audited */
    bool strangers; /* what names no subject is of somebody outside: reads of it are audited, too */
    bool held_back; /* not part of an organisation's export (derived or technical) */
    bool stands;    /* what a person said here: an archive that is taken in adds to it and never
                       replaces it; one row for each subject */

    /* Rules of the feature around the generic create, update and delete; may be NULL. `check`
       runs before the row is written and may complete it; `after` once it is written. `old` is
       NULL when creating, `row` is NULL when deleting.

       Whoever takes an archive in may have written it, so that `check` sees each of its rows too,
       with OP_TAKE and no `old`, before the rows of later tables are there: it takes away, or
       refuses, what no request could have brought. */
    bool (*check)(struct ctx *c, enum op op, const void *old, void *row);
    const enum problem *fails; /* with which `check` refuses, as in a route */
    bool (*after)(struct ctx *c, enum op op, const void *old, const void *row);
    /* Deletes the rows made before the moment with what belongs to them alone; *gone counts them.
       NULL: nothing belongs to them, and they are just deleted. */
    bool (*expire)(struct ctx *c, const struct table *t, struct instant before, int64_t *gone);
    /* Of rows that are written after the answer they belong to: hands those of the ctx's
       organisation that wait to the writer, before a reader is queued there. NULL: there are none.
     */
    void (*settle)(struct ctx *c);
    const void *with; /* for tables declared at run time */
};

/* The field that names the data subject, or NULL. */
const struct field *table_subject(const struct table *t);

/* The field that says which organisation a row of control belongs to; NULL: of every other table,
   and of tenant, whose id it is. A person's id is the organisation's own: another one that took the
   same archive in has it too, so that in control only both together name a person. */
const struct field *table_owner(const struct table *t);

/* Whether reading a row of another person must be audited: it has a subject and columns that say
   something of that person. */
bool table_is_personal(const struct table *t);

/* What people call one of its rows: "question". */
const char *table_one(struct arena *a, const struct table *t);

/* The name of the table that a row of this one declares; and the row of which one has the name,
   false when it is none of this table's. */
const char *table_declared(struct arena *a, const struct table *t, struct id row);
bool table_declares(const struct table *t, const char *name, struct id *row);

/* Whether databases leave the name to us: "NAME_blind" stands beside a protected column
   (db/compose.h), and PostgreSQL's tables have some columns from the start. */
bool column_name_free(const char *name);

/* Checks a declaration: names, classes, docs, subject, owner and erase rule, indexes. Our bug when
 * not. */
MUST_USE bool table_check(const struct table *t, struct error *err);

#endif
