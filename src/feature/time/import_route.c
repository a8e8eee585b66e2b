/* import_route.c: imports over HTTP. */
#include "import_format.h"
#include "routes.h"

#include <inttypes.h>
#include <stdio.h>

const struct field import_in_fields[] = {
    FIELD(struct import_in, dry_run, .privacy = OPERATIONAL, .query = true,
          .doc = "Only tell what an import would do"),
    FIELD(struct import_in, format, .privacy = OPERATIONAL, .query = true,
          .choices = import_source_names,
          .doc = "Where the file is from; auto tells it from the header"),
    FIELD(struct import_in, dates, .privacy = OPERATIONAL, .query = true,
          .choices = date_order_names,
          .doc = "Whether 03/04 is 3 April or 4 March; auto decides by all dates of the file"),
    FIELD(
        struct import_in, zone, .privacy = OPERATIONAL, .query = true, .max = 60, .format = "zone",
        .doc = "Time zone of the file's times, unless its rows name theirs; the caller's when not "
               "given"),
    FIELD(struct import_in, mine, .privacy = OPERATIONAL, .query = true,
          .doc = "All rows are the caller's, whatever names the file has"),
    FIELD(struct import_in, body, .privacy = CONTENT, .required = true, .max = 24 << 20,
          .doc = "The exported file"),
    { 0 },
};

static const struct field creates_fields[] = {
    FIELD(struct import_creates, clients, .privacy = OPERATIONAL, .doc = "New clients"),
    FIELD(struct import_creates, projects, .privacy = OPERATIONAL, .doc = "New projects"),
    FIELD(struct import_creates, tasks, .privacy = OPERATIONAL, .doc = "New tasks"),
    FIELD(struct import_creates, tags, .privacy = OPERATIONAL, .doc = "New tags"),
    FIELD(struct import_creates, people, .privacy = OPERATIONAL,
          .doc = "New people of the directory, without accounts"),
    FIELD(struct import_creates, entries, .privacy = OPERATIONAL, .doc = "New time entries"),
    { 0 },
};

static const struct field made_fields[] = {
    FIELD(struct import_made, kind, .privacy = OPERATIONAL, .doc = "client, project, task or tag"),
    FIELD(struct import_made, name, .privacy = CONTENT, .doc = "Its name"),
    FIELD(struct import_made, of, .privacy = CONTENT,
          .doc = "Of a project its client, of a task its project"),
    { 0 },
};

static const struct field place_fields[] = {
    FIELD(struct import_place, line, .privacy = OPERATIONAL,
          .doc = "Line of the file, from 1; 0 when the whole file is meant"),
    FIELD(struct import_place, column, .privacy = OPERATIONAL,
          .doc = "Column, as the header names it, if it is about one"),
    FIELD(struct import_place, reason, .privacy = OPERATIONAL, .doc = "What is wrong, as a clause"),
    FIELD(struct import_place, value, .privacy = CONTENT,
          .doc = "What stands there, its first 80 characters; absent when nothing does"),
    FIELD(struct import_place, refused, .privacy = OPERATIONAL,
          .doc = "Whether the file is right, and what it needs is missing here or not the caller's "
                 "to do; the reason says who can help"),
    { 0 },
};

static const struct field person_fields[] = {
    FIELD(struct import_person, name, .privacy = PERSONAL, .doc = "How the file names the person"),
    FIELD(struct import_person, matched, .privacy = OPERATIONAL,
          .doc = "Whether the person was in the directory already"),
    { 0 },
};

const struct field import_result_fields[] = {
    FIELD(struct import_result, format, .privacy = OPERATIONAL,
          .doc = "Where the file is from; auto when that is unknown"),
    FIELD(struct import_result, dates, .privacy = OPERATIONAL,
          .doc = "day_first or month_first; unclear or mixed when the file does not tell"),
    FIELD(struct import_result, rows, .privacy = OPERATIONAL, .doc = "Rows that could be read"),
    { .name = "creates",
      .kind = KIND_RECORD,
      .at = offsetof(struct import_result, creates),
      .size = sizeof(struct import_creates),
      .fields = creates_fields,
      .privacy = OPERATIONAL,
      .doc = "What is added" },
    FIELD_LIST(struct import_result, made, struct import_made, made_fields, .privacy = CONTENT,
               .doc = "What is new but people and entries, at most 200 of it"),
    FIELD(struct import_result, duplicates, .privacy = OPERATIONAL,
          .doc =
              "Rows that are here already from an earlier import, or in vow's own export because "
              "they were made here, and are left out"),
    FIELD(struct import_result, total_s, .privacy = OPERATIONAL,
          .doc = "Seconds of work that are added"),
    FIELD(struct import_result, unrated_s, .privacy = OPERATIONAL,
          .doc = "Billable seconds among them for which no rate is known"),
    FIELD(struct import_result, first_at, .privacy = OPERATIONAL,
          .doc = "When the work in the file begins, of rows that are here already too"),
    FIELD(struct import_result, last_at, .privacy = OPERATIONAL, .doc = "When it ends"),
    FIELD(struct import_result, problem_count, .privacy = OPERATIONAL,
          .doc = "What is wrong in all; when not 0 nothing is imported"),
    FIELD(struct import_result, refused_count, .privacy = OPERATIONAL,
          .doc = "How many of them are no fault of the file"),
    FIELD_LIST(struct import_result, problems, struct import_place, place_fields,
               .privacy = OPERATIONAL, .doc = "What is wrong, at most 200 of it"),
    FIELD(struct import_result, warning_count, .privacy = OPERATIONAL,
          .doc =
              "Rows that contradict themselves, and are imported as the reason says, or that are "
              "left out"),
    FIELD_LIST(struct import_result, warnings, struct import_place, place_fields,
               .privacy = OPERATIONAL, .doc = "Which rows they are, at most 200 of them"),
    FIELD(struct import_result, unread, .of = KIND_TEXT, .privacy = CONTENT,
          .doc = "Columns that are not read, as the header names them"),
    FIELD_LIST(struct import_result, people, struct import_person, person_fields,
               .privacy = PERSONAL, .doc = "Whose work is in the file"),
    FIELD(struct import_result, notice, .privacy = OPERATIONAL,
          .doc = "What of the file is not taken over, if anything"),
    FIELD(struct import_result, committed, .privacy = OPERATIONAL, .doc = "Whether it is done"),
    { 0 },
};

/* An import that was meant and could not be is a problem, with its first lines as places. */
static bool refuse(struct ctx *c, const struct import_result *r)
{
    const struct import_place *places = r->problems.at;
    for (size_t i = 0; i < r->problems.count; i++) {
        char pointer[100];
        snprintf(pointer, sizeof pointer, "line %" PRId64 "%s%.60s", places[i].line,
                 places[i].column ? " " : "", places[i].column ? places[i].column : "");
        fail_at(c, pointer, "%s", places[i].reason);
    }
    c->err->problem = IMPORT_UNREADABLE;
    snprintf(c->err->detail, sizeof c->err->detail,
             "%" PRId64 " row%s cannot be imported, so none was", r->problem_count,
             r->problem_count == 1 ? "" : "s");
    return false;
}

bool import_post(struct ctx *c, const void *in_record, void *ret)
{
    const struct import_in *in = in_record;
    struct import_result *r = ret;
    return import_run(c, in, r) && (in->dry_run || r->committed || refuse(c, r));
}
