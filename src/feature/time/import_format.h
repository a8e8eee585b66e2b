/* import_format.h: exports of other time trackers, read into rows of work.

   Known are the detailed CSV exports of Toggl, Clockify, Harvest and Kimai, and vow's own, told
   apart by the header; of Clockify and Kimai the English, German, French, Spanish and Portuguese
   ones. Columns may stand in any order; those that are not needed may be missing, and unknown ones
   are left alone, and named. */
#ifndef VOW_TIME_IMPORT_FORMAT_H
#define VOW_TIME_IMPORT_FORMAT_H

#include "base/field.h"
#include "base/id.h"
#include "base/zone.h"
#include "import_cell.h"
#include "import_csv.h"
#include "time.h"

enum import_source {
    IMPORT_AUTO, /* told from the header; as an answer: unknown */
    IMPORT_TOGGL,
    IMPORT_CLOCKIFY,
    IMPORT_HARVEST,
    IMPORT_KIMAI,
    IMPORT_VOW,
    IMPORT_SOURCES
};
extern const char *const import_source_names[]; /* by enum import_source; ends with NULL */
enum import_source import_source_parse(const char *name); /* IMPORT_AUTO when unknown */

/* What a column of a file means. */
enum column {
    PERSON,
    FIRST_NAME,
    LAST_NAME,
    EMAIL,
    CLIENT,
    PROJECT,
    TASK,
    NOTE,
    TAGS,
    BILLABLE,
    START_DATE,
    START_TIME,
    END_DATE,
    END_TIME,
    DURATION,
    AMOUNT,
    CURRENCY,
    START_UTC,
    ZONE,
    ENTRY,
    KIND, /* work, a break, time off */
    TYPE, /* only tells the format */
    COLUMNS
};

/* One piece of work. Names that the file leaves empty are NULL. */
struct import_row {
    int64_t line;
    const char *person, *email; /* whose work it is */
    const char *client, *project, *task, *note;
    const char *const *tags; /* in order, none twice */
    size_t tag_count;
    bool billable, billable_given; /* without such a column, what has an amount is billed */
    bool timed;  /* the file says when; else only on which day, and the start is made up */
    bool placed; /* vow's own export says so of hours of a week sheet, whose times nobody chose */
    struct date day;
    struct id entry;  /* that vow's own export was made of, wherever that was */
    const char *zone; /* whose days it counts in, where the file tells; else NULL */
    struct instant started_at, or_started_at; /* the other moment that is as likely, if any */
    struct span duration;
    int64_t amount_minor; /* INT_NONE when the file has none */
    int64_t ordinal;      /* counts rows of the file that are the same in everything, from 0 */
};

struct import_options {
    enum import_source source;
    enum date_order order;
    const struct zone *zone; /* whose clock the file's times were read from, unless it tells */
    struct zones *zones;     /* for files that tell; may be NULL */
};

struct import_file {
    enum import_source source;
    enum date_order order;
    const char *currency;  /* of the amounts, when the file tells; else NULL */
    bool currencies_mixed; /* some amounts were in another one and are left out */
    size_t count;
    const struct import_row *row;
    struct span total;
    const char *heading[COLUMNS];     /* what the header calls the columns; NULL: has none */
    struct list unread;               /* columns that are not read: texts, see header_unread */
    struct import_problems *warnings; /* of rows that contradict themselves or are left out */
};

/* Reads a whole file. Whatever cannot be read is in `problems`; the rows that could be read are
   returned all the same. Times that the zone's clock showed twice are resolved by the duration
   where the file has one. When times and a duration disagree by more than rounding (breaks, edited
   files), a duration in hours and minutes counts from the start, and of trackers that take breaks
   off, any; else the times do. That is among the warnings, and so are rows that are left out: they
   have no time, are a break or time off, or their timer still runs.
   Work without times is put one after the other from 09:00, earlier when the day would not hold it.
   Of vow's own export only, rows may be longer than ENTRY_DAYS_MAX. */
struct import_file import_read(struct arena *a, struct blob file,
                               const struct import_options *options,
                               struct import_problems *problems);

#endif
