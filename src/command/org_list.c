/* org_list.c: `vow org list`, by the running program when there is one. */
#include "org_list.h"

#include "command.h"
#include "core/rows.h"
#include "core/tenant.h"
#include "feature/organisation/organisation.h"
#include "open.h"
#include "org_ask.h"

static bool name_read(struct ctx *c, void *with)
{
    return row_single(c, &organisation_table, with);
}

/* Of NOT_FOUND the title is for people who ask for what may not be theirs. */
static const char *reason(const struct error *err)
{
    if (err->detail[0])
        return err->detail;
    return err->problem == NOT_FOUND ? "its database is missing"
                                     : problem_info(err->problem)->title;
}

/* Says a line for each active organisation: its id, and its name or why it cannot be opened. */
static bool org_list(struct app *app, const char *request, admin_line *say, void *with,
                     struct error *err)
{
    struct arena a = { 0 }, one = { 0 };
    struct list active;
    struct ctx all = app_ctx(app, &a, err, "list");
    (void)request;
    bool ok = control_read(&all, tenants_active, &active);
    for (size_t i = 0; ok && i < active.count; i++) {
        struct error own = { 0 };
        struct organisation o;
        struct ctx c = app_ctx(app, &one, &own, "list");
        char id[ID_TEXT];
        id_format(((const struct tenant *)active.at)[i].id, id);
        bool read = organisation_read(&c, ((const struct tenant *)active.at)[i].id, name_read, &o);
        ok = say(with, read ? arena_printf(&one, "%s  %s", id, o.name)
                            : arena_printf(&one, "%s  (cannot be opened: %s)", id, reason(&own)));
        arena_reset(&one);
    }
    arena_done(&one);
    arena_done(&a);
    return ok;
}

bool org_list_online(struct app *app, int fd, struct error *err)
{
    return org_answer_online(app, fd, "orgs", org_list, err);
}

int org_list_command(int argc, char **argv)
{
    const char *data = NULL;
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder, in use or not", &data, .required = true },
        { 0 },
    };
    int status;
    if (!options_read(argc, argv, "vow org list: the ids of the organisations and their names",
                      options, &status))
        return status;
    if (!installation_told(data))
        return 1;
    return org_ask(data, "orgs", org_list);
}
