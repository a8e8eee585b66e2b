/* org_create.c: `vow org create` and `vow org invite`, by the running program when there is one. */
#include "org_create.h"

#include "base/compose.h"
#include "base/text.h"
#include "command.h"
#include "feature/accounts/accounts.h"
#include "open.h"
#include "org_ask.h"

#include <string.h>
#include <unistd.h>

static bool link_say(struct arena *a, const struct owner_link *link, admin_line *say, void *with)
{
    char until[INSTANT_TEXT];
    instant_format(link->expires_at, until);
    return say(with, arena_printf(a,
                                  "Its owner opens this at the server's address until %s:"
                                  " /invitations/%s",
                                  until, link->token));
}

static bool create(struct ctx *c, const char *const *args, admin_line *say, void *with)
{
    struct organisation_new in = { args[0], args[1], args[2], *args[3] ? args[3] : NULL };
    struct owner_link link;
    char id[ID_TEXT];
    if (!organisation_make(c, &in, &link))
        return false;
    id_format(link.organisation, id);
    return say(with, arena_printf(c->arena, "Organisation %s is made.", id)) &&
           link_say(c->arena, &link, say, with);
}

static bool invite(struct ctx *c, const char *const *args, admin_line *say, void *with)
{
    struct owner_link link;
    struct id id;
    if (!id_parse(args[0], &id))
        return fail(c, INVALID, "That is not the id of an organisation");
    return owner_invite(c, id, args[1], &link) && link_say(c->arena, &link, say, with);
}

static const struct act {
    const char *name;
    size_t count; /* of its arguments */
    bool (*run)(struct ctx *c, const char *const *args, admin_line *say, void *with);
} acts[] = {
    { "org create", 4, create },
    { "org invite", 2, invite },
};

enum { ARGUMENTS = 4 };

static bool request_run(struct app *app, const char *request, admin_line *say, void *with,
                        struct error *err)
{
    struct arena a = { 0 };
    struct ctx c = app_ctx(app, &a, err, "operator");
    const char *args[ARGUMENTS];
    const struct act *act = NULL;
    if (text_is_utf8(request, strlen(request))) /* as the edge does with what comes by HTTP */
        request = text_line(&a, request);
    size_t count = 0, name = strcspn(request, "\t");
    for (const char *at = request + name; *at && count < ARGUMENTS; count++) {
        size_t n = strcspn(++at, "\t");
        args[count] = arena_text(&a, at, n);
        at += n;
    }
    for (size_t i = 0; i < LENGTH(acts); i++)
        if (strlen(acts[i].name) == name && !strncmp(acts[i].name, request, name))
            act = &acts[i];
    bool ok = act && act->count == count
                  ? act->run(&c, args, say, with)
                  : error_set(err, BAD_REQUEST, "That is not a request of this program");
    arena_done(&a);
    return ok;
}

bool org_create_online(struct app *app, int fd, const char *request, struct error *err)
{
    return org_answer_online(app, fd, request, request_run, err);
}

/* One that a line of the socket can hold. */
static bool is_plain(const char *text)
{
    return !text || !text[strcspn(text, "\t\n")] ||
           !complain("No name and no address has a tab or a line's end in it");
}

int org_create_command(int argc, char **argv)
{
    const char *data = NULL, *name = NULL, *owner = NULL, *email = NULL, *zone = "";
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder, in use or not; made when it is not there", &data,
          .required = true },
        { "--name", "NAME", "Name of the organisation", &name, .required = true },
        { "--owner", "NAME", "Name of its first owner", &owner, .required = true },
        { "--email", "ADDRESS", "Email address that the owner signs in with", &email,
          .required = true },
        { "--zone", "ZONE", "Its time zone, such as Europe/Berlin (UTC)", &zone },
        { 0 },
    };
    struct arena a = { 0 };
    int status;
    if (!options_read(argc, argv,
                      "vow org create: makes an organisation, and a link with which its owner "
                      "makes the account",
                      options, &status))
        return status;
    if (!is_plain(name) || !is_plain(owner) || !is_plain(email) || !is_plain(zone))
        return 1;
    status = org_ask(data, arena_printf(&a, "org create\t%s\t%s\t%s\t%s", name, owner, email, zone),
                     request_run);
    arena_done(&a);
    return status;
}

int org_invite_command(int argc, char **argv, const char *id)
{
    const char *data = NULL, *email = NULL;
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder, in use or not", &data, .required = true },
        { "--email", "ADDRESS", "Email address of an owner", &email, .required = true },
        { 0 },
    };
    struct arena a = { 0 };
    int status;
    if (!options_read(argc, argv,
                      "vow org invite ID: makes a new link for an owner of an organisation, who "
                      "has no account or lost the password",
                      options, &status))
        return status;
    if (!is_plain(email))
        return 1;
    if (!installation_told(data))
        return 1;
    status = org_ask(data, arena_printf(&a, "org invite\t%s\t%s", id, email), request_run);
    arena_done(&a);
    return status;
}
