/* routes.c: reports over HTTP, as JSON and as CSV. */
#include "base/money.h"
#include "core/app.h"
#include "feature/time/csv_write.h"
#include "feature/time/time.h"
#include "maker.h"

#include <inttypes.h>

static const struct field query_fields[] = {
    FIELD(struct report_query, by, .privacy = OPERATIONAL, .required = true, .query = true,
          .choices = report_groupings, .doc = "First grouping"),
    FIELD(struct report_query, then, .privacy = OPERATIONAL, .query = true,
          .choices = report_groupings, .doc = "Second grouping, within the first"),
    FIELD(struct report_query, from, .privacy = OPERATIONAL, .query = true,
          .doc = "First day; the first of the last day's year when not given"),
    FIELD(struct report_query, to, .privacy = OPERATIONAL, .query = true,
          .doc = "Last day; today when not given"),
    FIELD(struct report_query, person, .privacy = PERSONAL, .query = true,
          .doc = "Only this person's time"),
    FIELD(struct report_query, project, .privacy = OPERATIONAL, .query = true,
          .doc = "Only time on this project"),
    FIELD(struct report_query, client, .privacy = OPERATIONAL, .query = true,
          .doc = "Only time for this client"),
    FIELD(struct report_query, tag, .privacy = OPERATIONAL, .query = true,
          .doc = "Only time with this tag"),
    { 0 },
};

static const struct field row_fields[] = {
    FIELD(struct report_row, key, .privacy = OPERATIONAL,
          .doc = "Id, day, first day of the week, or month; absent for work without"),
    FIELD(struct report_row, label, .privacy = PERSONAL,
          .doc = "Its name; of projects of one name with the client's"),
    FIELD(struct report_row, then_key, .privacy = OPERATIONAL,
          .doc = "The same of the second grouping"),
    FIELD(struct report_row, then_label, .privacy = PERSONAL, .doc = "Its name, likewise"),
    FIELD(struct report_row, duration_s, .privacy = OPERATIONAL, .doc = "Seconds of work"),
    FIELD(struct report_row, billable_s, .privacy = OPERATIONAL,
          .doc = "Seconds of it that are billed"),
    FIELD(struct report_row, unrated_s, .privacy = OPERATIONAL,
          .doc = "Billable seconds for which no rate was set"),
    FIELD(struct report_row, amount_minor, .privacy = OPERATIONAL, .see = &rates_read,
          .doc = "What they cost, in minor units"),
    { 0 },
};

static const struct field report_fields[] = {
    FIELD(struct report, from, .privacy = OPERATIONAL, .doc = "First day"),
    FIELD(struct report, to, .privacy = OPERATIONAL, .doc = "Last day"),
    FIELD_LIST(struct report, rows, struct report_row, row_fields, .privacy = PERSONAL,
               .doc = "Times in order, all else by hours, the most first"),
    FIELD(struct report, total_s, .privacy = OPERATIONAL,
          .doc = "Seconds of work; work with several tags counts once"),
    FIELD(struct report, billable_s, .privacy = OPERATIONAL,
          .doc = "Seconds of it that are billed"),
    FIELD(struct report, unrated_s, .privacy = OPERATIONAL,
          .doc = "Billable seconds for which no rate was set: the amounts are without them"),
    FIELD(struct report, amount_minor, .privacy = OPERATIONAL, .see = &rates_read,
          .doc = "What they cost"),
    FIELD(struct report, currency, .privacy = OPERATIONAL, .doc = "Currency of amounts, ISO 4217"),
    { 0 },
};

struct asking {
    const struct report_query *q;
    struct report *ret;
};

static bool ask(struct ctx *c, void *with)
{
    struct asking *asking = with;
    return report_run(c, asking->q, asking->ret);
}

/* Some reports take a tenth of a second: they are not for the threads that serve connections. */
static bool report_get(struct ctx *c, const void *in, void *ret)
{
    return ctx_read(c, ask, &(struct asking){ in, ret });
}

static void hours_add(struct buffer *out, struct arena *a, struct span s)
{
    int64_t hundredths = (s.s + 18) / 36;
    csv_plain(out, arena_printf(a, "%" PRId64 ".%02d", hundredths / 100, (int)(hundredths % 100)));
}

/* The name, or the key of what has lost its name, or nothing. */
static void name_add(struct buffer *out, const char *key, const char *label)
{
    csv_text(out, label ? label : key);
}

static bool report_csv_get(struct ctx *c, const void *in, void *ret)
{
    const struct report_query *q = in;
    struct report r;
    struct buffer out = buffer_new(c->arena);
    (void)ret;
    if (!ctx_read(c, ask, &(struct asking){ q, &r }))
        return false;
    csv_plain(&out, q->by);
    if (q->then)
        csv_plain(&out, q->then);
    csv_plain(&out, "hours");
    csv_plain(&out, "billable hours");
    csv_plain(&out, arena_printf(c->arena, "amount (%s)", r.currency));
    csv_plain(&out, "unrated hours");
    csv_end(&out);
    const struct report_row *rows = r.rows.at;
    for (size_t i = 0; i < r.rows.count; i++) {
        name_add(&out, rows[i].key, rows[i].label);
        if (q->then)
            name_add(&out, rows[i].then_key, rows[i].then_label);
        hours_add(&out, c->arena, rows[i].duration_s);
        hours_add(&out, c->arena, rows[i].billable_s);
        csv_plain(&out, ctx_can(c, &rates_read)
                            ? money_text(c->arena, rows[i].amount_minor, r.currency)
                            : "");
        hours_add(&out, c->arena, rows[i].unrated_s);
        csv_end(&out);
    }
    c->x->bytes = (struct blob){ out.at, out.len };
    c->x->type = "text/csv; charset=utf-8";
    c->x->filename = time_file_name(c->arena, "report", r.from, r.to, "csv");
    return true;
}

static const struct route routes[] = {
    { GET, "/reports/time", report_get, "Hours and amounts by one or two groupings",
      .can = &time_read, INPUT(struct report_query, query_fields),
      OUTPUT(struct report, report_fields), .schema = "report", LANE(LANE_SLOW),
      .fails = FAILS(NOT_FOUND) },
    { GET, "/reports/time.csv", report_csv_get, "The same as CSV", .can = &time_read,
      INPUT(struct report_query, query_fields), .gives = "text/csv", LANE(LANE_SLOW),
      .fails = FAILS(NOT_FOUND) },
    { 0 },
};

const struct feature reports_feature = {
    .name = "reports",
    .routes = routes,
};
