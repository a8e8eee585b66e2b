/* import.h: taking over time from other trackers' exports. */
#ifndef VOW_TIME_IMPORT_H
#define VOW_TIME_IMPORT_H

#include "time.h"

/* Remembers which rows of which files are here already. */
extern const struct table time_import_table;

struct import_in {
    bool dry_run;
    const char *format, *dates, *zone; /* NULL: to be told from the file, the organisation's zone */
    bool mine;                         /* all rows are the caller's, whatever names the file has */
    struct blob body;
};

struct import_creates {
    int64_t clients, projects, tasks, tags, people, entries;
};

enum { IMPORT_MADE_MAX = 200 };

/* Something that the file names and that is not here yet. */
struct import_made {
    const char *kind;      /* client, project, task or tag */
    const char *name, *of; /* of: a project's client, a task's project */
};

struct import_person {
    const char *name;
    bool matched; /* in the directory already */
};

struct import_place {
    int64_t line;
    const char *column, *reason, *value;
    bool refused;
};

struct import_result {
    const char *format, *dates;
    int64_t rows;
    struct import_creates creates;
    struct list made; /* struct import_made, of what is created; at most IMPORT_MADE_MAX */
    int64_t duplicates;
    struct span total_s, unrated_s;
    struct instant first_at, last_at; /* of the file's work; absent when no row could be read */
    int64_t problem_count, refused_count;
    struct list problems; /* struct import_place; at most 200 */
    int64_t warning_count;
    struct list warnings; /* struct import_place; at most 200 */
    struct list unread;   /* names of columns */
    struct list people;   /* struct import_person */
    const char *notice;   /* what was left out, or NULL */
    bool committed;
};

/* Imports a file: everything, or nothing when a row cannot be read (then problem_count tells). A
   dry run decides the same and writes nothing, beside whoever writes meanwhile. Rows that are here
   already from an earlier import of the same source are counted as duplicates and skipped; so are
   those of vow's own export that are entries here, however they were made. Needs a ctx without a
   transaction. */
MUST_USE bool import_run(struct ctx *c, const struct import_in *in, struct import_result *ret);

#endif
