/* import_format.c: from cells to rows of work. */
#include "import_header.h"
#include "import_rows.h"

#include "base/buffer.h"
#include "base/compose.h"
#include "base/money.h"
#include "feature/organisation/organisation.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const import_source_names[] = { "auto",  "toggl", "clockify", "harvest",
                                            "kimai", "vow",   NULL };

enum import_source import_source_parse(const char *name)
{
    for (int i = 0; name && import_source_names[i]; i++)
        if (!strcmp(import_source_names[i], name))
            return (enum import_source)i;
    return IMPORT_AUTO;
}

struct reader {
    struct arena *arena;
    const struct import_options *options;
    struct import_problems *problems;
    const struct csv_row *header;
    int column[COLUMNS]; /* index into the header, or -1 */
    struct import_file file;
    bool in_seconds; /* are the durations */
};

/* --- the header --- */

static bool header_read(struct reader *r, const struct csv *csv)
{
    if (!csv->count) {
        if (!r->problems->count)
            import_problem_add(r->problems, 0, NULL, "the file is empty");
        return false;
    }
    if (strchr("{[", csv->row[0].cell[0][0]) && csv->row[0].cell[0][0]) {
        import_problem_add(r->problems, 0, NULL,
                           "the file is JSON, which is for programs; export CSV instead");
        return false;
    }
    r->header = &csv->row[0];
    r->file.source = r->options->source;
    if (r->file.source == IMPORT_AUTO)
        r->file.source = header_source(r->arena, r->header);
    if (r->file.source == IMPORT_AUTO) {
        import_problem_add(r->problems, r->header->line, NULL,
                           "is not the header of a detailed export of Toggl, Clockify, Harvest or "
                           "Kimai, nor of vow's own");
        return false;
    }
    header_columns(r->arena, r->header, r->file.source, r->column, &r->file.currency);
    r->file.unread = header_unread(r->arena, r->header, r->file.source);
    for (size_t i = 0; i < COLUMNS; i++)
        r->file.heading[i] = r->column[i] < 0 ? NULL : r->header->cell[r->column[i]];
    if (r->column[START_DATE] < 0 && r->column[START_TIME] < 0) {
        import_problem_add(r->problems, r->header->line, NULL, "has no column with a date");
        return false;
    }
    if (r->column[DURATION] < 0 && (r->column[START_TIME] < 0 || r->column[END_TIME] < 0)) {
        import_problem_add(r->problems, r->header->line, NULL,
                           "has neither a column with a duration nor columns with start and end");
        return false;
    }
    return true;
}

/* --- cells --- */

/* The text of a cell, or NULL when there is no such column or it is empty. Notes may be longer than
   a line. */
static const char *cell(const struct reader *r, const struct csv_row *row, enum column column)
{
    int i = r->column[column];
    const char *text = i < 0 || (size_t)i >= row->count ? "" : row->cell[i];
    if (column != NOTE)
        text = text_unturned(r->arena, text);
    if (!*text)
        return NULL;
    if (r->file.source == IMPORT_TOGGL && !strcmp(text, "-"))
        return NULL; /* as its reports of today write nothing */
    bool guarded = r->file.source == IMPORT_VOW && *text == '\'' && cell_is_formula(text);
    return text + guarded;
}

static bool wrong(struct reader *r, const struct csv_row *row, enum column column,
                  const char *reason)
{
    import_cell_problem_add(r->arena, r->problems, row->line, r->file.heading[column], reason,
                            cell(r, row, column));
    return false;
}

static bool leave_out(struct reader *r, const struct csv_row *row, enum column column,
                      const char *reason)
{
    import_cell_problem_add(r->arena, r->file.warnings, row->line, r->file.heading[column], reason,
                            cell(r, row, column));
    return false;
}

static const char *name_cell(const struct reader *r, const struct csv_row *row, enum column column)
{
    static const char *const none[] = { "(no client)", "(no project)", "(no task)", "-" };
    const char *text = cell(r, row, column);
    for (size_t i = 0; text && i < LENGTH(none) && r->file.source != IMPORT_VOW; i++)
        if (!strcasecmp(text, none[i]))
            return NULL;
    return text;
}

/* Names are single lines; spreadsheets let people break them. */
static bool is_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

static bool names_read(struct reader *r, const struct csv_row *row, struct import_row *to)
{
    static const struct {
        enum column column;
        size_t max;
    } bounds[] = { { PERSON, PERSON_NAME_MAX }, { EMAIL, EMAIL_MAX },
                   { CLIENT, LABEL_NAME_MAX },  { PROJECT, LABEL_NAME_MAX },
                   { TASK, LABEL_NAME_MAX },    { NOTE, ENTRY_NOTE_MAX } };
    for (size_t i = 0; i < LENGTH(bounds); i++) {
        const char *text = cell(r, row, bounds[i].column);
        if (text && text_points(text) > bounds[i].max)
            return wrong(r, row, bounds[i].column, "is longer than vow keeps");
        if (text && bounds[i].column != NOTE && !is_line(text))
            return wrong(r, row, bounds[i].column, "is a name of more than one line");
    }
    const char *first = cell(r, row, FIRST_NAME), *last = cell(r, row, LAST_NAME);
    to->person = cell(r, row, PERSON);
    if (!to->person && (first || last))
        to->person = arena_printf(r->arena, "%s%s%s", first ? first : "", first && last ? " " : "",
                                  last ? last : "");
    to->email = cell(r, row, EMAIL);
    to->client = name_cell(r, row, CLIENT);
    to->project = name_cell(r, row, PROJECT);
    to->task = name_cell(r, row, TASK);
    to->note = cell(r, row, NOTE);
    if (!to->project && (to->client || to->task))
        leave_out(r, row, to->client ? CLIENT : TASK, "is left out, as the row names no project");
    return true;
}

static bool tags_read(struct reader *r, const struct csv_row *row, struct import_row *to)
{
    const char *text = cell(r, row, TAGS);
    if (!text)
        return true;
    const char *found[ENTRY_TAGS_MAX];
    size_t n = 0;
    char *rest = arena_string(r->arena, text), *tag;
    while ((tag = cell_item(&rest, r->file.source == IMPORT_VOW))) {
        tag += strspn(tag, " ");
        for (size_t end = strlen(tag); end && tag[end - 1] == ' '; end--)
            tag[end - 1] = 0;
        bool known = !*tag;
        for (size_t i = 0; i < n && !known; i++)
            known = !strcasecmp(found[i], tag);
        if (known)
            continue;
        if (n == ENTRY_TAGS_MAX || text_points(tag) > TAG_NAME_MAX || !is_line(tag))
            return wrong(r, row, TAGS,
                         arena_printf(r->arena, "has more than %d tags or one that is too long",
                                      ENTRY_TAGS_MAX));
        found[n++] = tag;
    }
    to->tags = arena_copy(r->arena, found, n * sizeof *found);
    to->tag_count = n;
    return true;
}

/* "EUR", or what stands behind "Euro - ". */
static const char *currency_cell(const struct reader *r, const struct csv_row *row)
{
    const char *text = cell(r, row, CURRENCY);
    size_t n = text ? strlen(text) : 0;
    if (n > 3)
        text += n - 3;
    return is_currency(text) ? text : NULL;
}

/* Amounts in another currency than the file's first are left out. */
static bool money_read(struct reader *r, const struct csv_row *row, struct import_row *to)
{
    const char *text = cell(r, row, BILLABLE);
    if (text && !cell_yes(text, &to->billable))
        return wrong(r, row, BILLABLE, "is neither yes nor no");
    to->billable_given = r->column[BILLABLE] >= 0;
    to->amount_minor = INT_NONE;
    text = currency_cell(r, row);
    if (text && !r->file.currency)
        r->file.currency = text;
    if (text && strcmp(text, r->file.currency) != 0) {
        r->file.currencies_mixed = true;
        return true;
    }
    text = cell(r, row, AMOUNT);
    if (text && !cell_amount(text, currency_digits(r->file.currency), &to->amount_minor))
        return wrong(r, row, AMOUNT, "is not an amount of money");
    to->billable |= !to->billable_given && to->amount_minor > 0;
    return true;
}

/* --- when --- */

/* What the cells say, before the zone makes moments of it. */
struct when {
    const struct zone *zone; /* of the clock */
    struct instant utc;      /* the start, where the file tells */
    struct date start_day, end_day;
    int64_t start, end; /* seconds of the day */
    bool has_start, has_end, has_duration;
    struct span duration;
    int64_t slack; /* of the duration */
    int64_t grain; /* by how much the times may be off */
    bool counts;   /* the duration, when the times say another */
};

/* Whether a text is a whole number. */
static bool is_whole(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* A time, in a column of its own or behind the date in the same cell. */
static bool clock_read(struct reader *r, const struct csv_row *row, enum column column,
                       struct date *day, int64_t *second, bool *given)
{
    const char *text = cell(r, row, column), *rest;
    if (!text)
        return true;
    if (cell_date(text, r->file.order, &rest, day)) {
        text = rest;
        if (!*text)
            return true;
    }
    if (!cell_time(text, second))
        return wrong(r, row, column, "is not a time of day");
    *given = true;
    return true;
}

static bool day_read(struct reader *r, const struct csv_row *row, enum column column,
                     struct date *day, int64_t *second, bool *given)
{
    const char *text = cell(r, row, column), *rest;
    if (!text)
        return true;
    if (!cell_date(text, r->file.order, &rest, day))
        return wrong(r, row, column, "is not a date between 1990 and 2100");
    if (*rest && !(*given = cell_time(rest, second)))
        return wrong(r, row, column, "has more than a date");
    return true;
}

/* What vow's own export tells of a row beside the work. */
static bool origin_read(struct reader *r, const struct csv_row *row, struct when *w,
                        struct import_row *to)
{
    const char *text = cell(r, row, ENTRY);
    if (text && !id_parse(text, &to->entry))
        return wrong(r, row, ENTRY, "is not what an entry is called; leave it empty for a new one");
    text = cell(r, row, START_UTC);
    if (text && !instant_parse(text, &w->utc))
        return wrong(r, row, START_UTC, "is not a time such as 2026-03-02T08:00:00Z");
    w->zone = r->options->zone;
    to->zone = cell(r, row, ZONE);
    if (to->zone && r->options->zones && !(w->zone = zone_find(r->options->zones, to->zone)))
        return wrong(r, row, ZONE, "is not a time zone that is known here");
    to->placed = r->file.source == IMPORT_VOW && text_equal(cell(r, row, TYPE), "week");
    return true;
}

/* Why a row has no length. Trackers export a timer that runs with a start only. */
static bool length_wanting(struct reader *r, const struct csv_row *row, const struct when *w)
{
    if (cell(r, row, DURATION) && !w->has_duration)
        return wrong(r, row, DURATION, "is not a duration");
    if (w->has_start && !w->has_end)
        return leave_out(r, row, r->column[END_TIME] < 0 ? DURATION : END_TIME,
                         "has no end, as of a timer that still runs; the row is left out");
    return w->has_duration ? leave_out(r, row, DURATION, "is no time; the row is left out")
                           : wrong(r, row, DURATION, "has no duration");
}

/* Kimai takes breaks off the duration, and Harvest's hours are what is billed. */
static bool duration_leads(enum import_source source)
{
    return source == IMPORT_KIMAI || source == IMPORT_HARVEST;
}

/* The whole minutes that decimal hours were rounded from, when they can be told. */
static void minutes_restore(struct when *w)
{
    int64_t whole = (w->duration.s + 30) / 60 * 60;
    if (w->grain && llabs(whole - w->duration.s) <= w->slack / 2)
        w->duration.s = whole;
}

static bool duration_read(struct reader *r, const struct csv_row *row, struct when *w)
{
    const char *text = cell(r, row, DURATION);
    bool times = w->has_start && w->has_end;
    if (!text)
        return true;
    if (cell_is_negative(text))
        return wrong(r, row, DURATION, "is less than no time");
    if (r->in_seconds && is_whole(text)) {
        w->duration.s = strtoll(text, NULL, 10);
        w->has_duration = w->counts = true;
        w->slack = 1;
        return true;
    }
    w->has_duration = cell_duration(text, &w->duration, &w->slack);
    w->counts = w->has_duration && (strchr(text, ':') || duration_leads(r->file.source));
    if (times && w->counts && !strchr(text, ':'))
        minutes_restore(w);
    if (times && !w->has_duration)
        leave_out(r, row, DURATION, "is not a duration; the time from start to end counts");
    return true;
}

/* Of a file that names one day only: work past midnight, and past more of them when the duration
   says so. */
static struct date end_day_of(const struct when *w)
{
    int64_t days = w->end < w->start;
    int64_t more = (w->duration.s + w->slack + w->grain - (w->end - w->start)) / 86400;
    if (w->counts && more > days && more <= ENTRY_DAYS_MAX)
        days = more;
    return (struct date){ w->start_day.day + (int32_t)days };
}

/* Whether a time tells its seconds, in a column of its own or behind the date. */
static bool has_seconds(const struct reader *r, const struct csv_row *row)
{
    const char *text = cell(r, row, START_TIME);
    text = text ? text : cell(r, row, START_DATE);
    const char *colon = text ? strchr(text, ':') : NULL;
    return colon && strchr(colon + 1, ':');
}

static bool when_read(struct reader *r, const struct csv_row *row, struct when *ret)
{
    struct when w = *ret;
    if (!day_read(r, row, START_DATE, &w.start_day, &w.start, &w.has_start) ||
        !clock_read(r, row, START_TIME, &w.start_day, &w.start, &w.has_start))
        return false;
    if (!date_given(w.start_day))
        return wrong(r, row, r->column[START_DATE] < 0 ? START_TIME : START_DATE, "has no date");
    if (!day_read(r, row, END_DATE, &w.end_day, &w.end, &w.has_end) ||
        !clock_read(r, row, END_TIME, &w.end_day, &w.end, &w.has_end))
        return false;
    w.grain = has_seconds(r, row) ? 0 : 60;
    if (!duration_read(r, row, &w))
        return false;
    bool times = w.has_start && w.has_end;
    if (!times && !w.duration.s)
        return length_wanting(r, row, &w);
    if (times && !date_given(w.end_day))
        w.end_day = end_day_of(&w);
    *ret = w;
    return true;
}

/* Sets the start and the duration from both clock times: where the clock showed one of them twice,
   the reading that fits the duration is meant. False when the duration is another all the same. */
static bool times_resolve(const struct when *w, struct import_row *to)
{
    int64_t best = INT64_MAX;
    bool best_told = false;
    for (int choice = 0; choice < 4; choice++) {
        struct instant from = zone_instant(w->zone, w->start_day, w->start, choice & 1, NULL);
        struct instant until = zone_instant(w->zone, w->end_day, w->end, choice & 2, NULL);
        struct span length = instant_minus(until, from);
        bool told = from.us == w->utc.us;
        int64_t off = w->has_duration ? llabs(length.s - w->duration.s) : 0;
        if (length.s < 0)
            off += INT64_C(1) << 40;
        if (off < best || (off == best && told && !best_told)) {
            best = off;
            best_told = told;
            to->started_at = to->or_started_at = from;
            to->duration = length;
        } else if (off == best && !best_told) {
            to->or_started_at = from;
        }
    }
    if (!w->has_duration || best <= w->slack)
        return true;
    if (w->counts)
        to->duration = w->duration;
    return best <= w->slack + w->grain;
}

/* Whether the clock showed an earlier time at the end. */
static bool is_reversed(const struct when *w)
{
    return w->has_start && w->has_end &&
           (w->end_day.day < w->start_day.day ||
            (w->end_day.day == w->start_day.day && w->end < w->start));
}

static void contradiction_add(struct reader *r, const struct csv_row *row, const struct when *w)
{
    bool reversed = is_reversed(w);
    enum column of = !reversed ? DURATION : r->column[END_TIME] >= 0 ? END_TIME : END_DATE;
    import_cell_problem_add(r->arena, r->file.warnings, row->line, r->file.heading[of],
                            reversed    ? arena_printf(r->arena,
                                                       "is before the start; the duration, %s, counts",
                                                       cell(r, row, DURATION))
                            : w->counts ? "is not the time from start to end; the duration counts"
                                        : "is not the time from start to end, which counts",
                            cell(r, row, of));
}

static bool when_resolve(struct reader *r, const struct csv_row *row, const struct when *w,
                         struct import_row *to)
{
    to->day = w->start_day;
    to->timed = w->has_start;
    bool agrees = true;
    if (w->has_start && w->has_end) {
        agrees = times_resolve(w, to);
    } else {
        to->started_at = zone_instant(w->zone, w->start_day, w->start, false, NULL);
        to->duration = w->duration;
    }
    if (to->duration.s < 0)
        return wrong(r, row, END_TIME, "is before the start");
    if (!to->duration.s)
        return leave_out(r, row, DURATION, "is no time; the row is left out");
    if (to->duration.s > ENTRY_DAYS_MAX * 86400 && r->file.source != IMPORT_VOW)
        return wrong(r, row, DURATION, "is longer than 31 days");
    if (!to->timed && to->duration.s > 86400)
        return wrong(r, row, DURATION, "is more than a day has");
    if (!agrees)
        contradiction_add(r, row, w);
    return true;
}

/* --- the file --- */

/* Kimai's releases export hours and minutes, decimal hours, or seconds: whole numbers that would be
   too many hours, or that are the time from start to end. */
static bool seconds_told(const struct reader *r, const struct csv_row *row, int64_t n)
{
    const char *from = cell(r, row, START_TIME), *until = cell(r, row, END_TIME);
    int64_t start, end;
    if (!from || !until)
        return n > 24;
    if (n > ENTRY_DAYS_MAX * 24)
        return true;
    return n >= 60 && cell_time(from, &start) && cell_time(until, &end) &&
           llabs((end - start + 86400) % 86400 - n) < 60;
}

static bool seconds_decide(const struct reader *r, const struct csv *csv)
{
    bool told = false;
    for (size_t i = 1; i < csv->count && r->file.source == IMPORT_KIMAI; i++) {
        const char *text = cell(r, &csv->row[i], DURATION);
        if (text && !is_whole(text))
            return false;
        told |= text && seconds_told(r, &csv->row[i], strtoll(text, NULL, 10));
    }
    return told;
}

static void order_decide(struct reader *r, const struct csv *csv)
{
    static const enum column dated[] = { START_DATE, START_TIME, END_DATE, END_TIME };
    struct date_votes votes = { 0 };
    for (size_t i = 1; i < csv->count; i++)
        for (size_t k = 0; k < LENGTH(dated); k++) {
            const char *text = cell(r, &csv->row[i], dated[k]);
            if (text)
                cell_date_vote(text, &votes);
        }
    enum date_order told = cell_date_order(&votes);
    bool asked = r->options->order == DATES_DAY_FIRST || r->options->order == DATES_MONTH_FIRST;
    r->file.order = asked ? r->options->order : told;
    if (asked)
        return;
    const char *name = r->file.heading[r->column[START_DATE] < 0 ? START_TIME : START_DATE];
    if (told == DATES_UNCLEAR)
        import_problem_add(r->problems, 0, name,
                           "the dates can be read day first or month first; say which");
    if (told == DATES_MIXED)
        import_problem_add(r->problems, 0, name,
                           "some dates can only be day first and some only month first");
}

static bool is_sum(const char *text)
{
    static const char *const words[] = { "total", "gesamt", "sum" };
    for (size_t i = 0; i < LENGTH(words); i++)
        if (!strncasecmp(text, words[i], strlen(words[i])))
            return true;
    return false;
}

/* Sums below a table have neither a date nor a name. */
static bool is_total(const struct reader *r, const struct csv_row *row)
{
    static const enum column named[] = { START_DATE, START_TIME, PERSON, EMAIL,
                                         CLIENT,     PROJECT,    TASK,   NOTE };
    for (size_t i = 0; i < LENGTH(named); i++) {
        const char *text = cell(r, row, named[i]);
        if (text && !is_sum(text))
            return false;
    }
    return true;
}

/* Trackers of working time export breaks and absences among the work. */
static bool is_work(struct reader *r, const struct csv_row *row)
{
    static const char rest[] = "is a break and no work; the row is left out";
    static const char absence[] = "is time off and no work; the row is left out";
    static const struct {
        const char *kind, *reason;
    } others[] = {
        { "break", rest }, { "pause", rest }, { "holiday", absence }, { "time off", absence }
    };
    const char *text = cell(r, row, KIND);
    for (size_t i = 0; text && i < LENGTH(others); i++)
        if (!strcasecmp(text, others[i].kind))
            return leave_out(r, row, KIND, others[i].reason);
    return true;
}

struct import_file import_read(struct arena *a, struct blob file,
                               const struct import_options *options,
                               struct import_problems *problems)
{
    struct reader r = { .arena = a, .options = options, .problems = problems };
    struct csv csv = csv_read(a, file, problems);
    r.file.warnings = arena_new(a, struct import_problems);
    if (csv.in_windows)
        import_problem_add(r.file.warnings, 0, NULL,
                           "the file is not UTF-8 and is read as Windows-1252; look at a name with "
                           "an accent");
    if (!header_read(&r, &csv))
        return r.file;
    order_decide(&r, &csv);
    r.in_seconds = seconds_decide(&r, &csv);
    struct import_row *rows = arena_many(a, csv.count, struct import_row);
    for (size_t i = 1; i < csv.count; i++) {
        const struct csv_row *row = &csv.row[i];
        struct import_row one = { .line = row->line };
        struct when w = { 0 };
        if (is_total(&r, row) || !is_work(&r, row))
            continue;
        /* Names first, so that one row is one problem: the leftmost kind. */
        if (!names_read(&r, row, &one) || !tags_read(&r, row, &one) || !money_read(&r, row, &one) ||
            !origin_read(&r, row, &w, &one) || !when_read(&r, row, &w) ||
            !when_resolve(&r, row, &w, &one))
            continue;
        r.file.total.s += one.duration.s;
        rows[r.file.count++] = one;
    }
    import_rows_place(a, options->zone, problems, rows, r.file.count);
    import_rows_number(a, rows, r.file.count);
    r.file.row = rows;
    return r.file;
}
