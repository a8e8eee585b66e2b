/* operator.c: what the operator does about accounts from the command line. */
#include "core/rows.h"
#include "core/tenant.h"
#include "feature/organisation/organisation.h"
#include "private.h"

#include <string.h>

static const struct field new_fields[] = {
    FIELD(struct organisation_new, organisation, .privacy = OPERATIONAL, .required = true, .min = 1,
          .max = ORGANISATION_NAME_MAX, .format = "line", .doc = "Name of the organisation"),
    FIELD(struct organisation_new, name, .privacy = PERSONAL, .required = true, .min = 1,
          .max = PERSON_NAME_MAX, .format = "line", .doc = "Name of its owner"),
    FIELD(struct organisation_new, email, .privacy = PERSONAL, .required = true, .max = EMAIL_MAX,
          .format = "email", .doc = "Email address that the owner signs in with"),
    FIELD(struct organisation_new, zone, .privacy = OPERATIONAL, .max = 60, .format = "zone",
          .doc = "Time zone"),
    { 0 },
};

static bool input_check(struct ctx *c, const struct organisation_new *in)
{
    struct error wrong = { 0 };
    EACH_FIELD (f, new_fields) {
        const char *text = *(const char *const *)field_of(f, in);
        if (text && !text_is_utf8(text, strlen(text))) /* as the edge asks of what comes by HTTP */
            return fail(c, INVALID, "%.60s is not UTF-8", f->doc);
        if (!ctx_field_check(c, f, in, f->name, &wrong))
            return fail(c, INVALID, "%.60s %.120s", f->doc, wrong.place[0].problem);
    }
    return true;
}

struct opening {
    struct founding founding;
    struct inviting inviting;
};

static bool open_link(struct ctx *c, void *with)
{
    struct opening *o = with;
    o->inviting.organisation = o->founding.made;
    return tenant_activate(c, o->founding.made) && invitation_open(c, &o->inviting);
}

static void link_tell(const struct inviting *i, struct owner_link *ret)
{
    *ret = (struct owner_link){ i->organisation, i->ret.link_token, i->ret.expires_at };
}

struct owner_search {
    const char *email;
    struct id person;
    bool found;
};

static bool owner_look(struct ctx *c, void *with)
{
    static const struct query owners = { "role = $1 AND active = $2" };
    struct owner_search *s = with;
    struct list list;
    struct value role = value_in(person_table.fields, "role", value_text("owner"));
    if (!rows_find(c, &person_table, &owners, ARGS(role, value_bool(true)), &list))
        return false;
    s->found = false;
    for (size_t i = 0; i < list.count && !s->found; i++) {
        const struct person *p = (const struct person *)list.at + i;
        s->found = text_equal(email_lower(c->arena, p->email), s->email);
        s->person = p->id;
    }
    return true;
}

static bool unjoined_read(struct ctx *c, void *ret)
{
    static const struct query unjoined = { "state = 'active' AND NOT EXISTS (SELECT id FROM account"
                                           " WHERE account.organisation = tenant.id)",
                                           .whole = "All organisations" };
    return rows_find(c, &tenant_table, &unjoined, NO_ARGS, ret);
}

/* Made already, by a command whose answer was lost, say. What cannot be read is no answer. */
static bool none_waits(struct ctx *c, const char *email)
{
    struct list unjoined;
    if (!control_read(c, unjoined_read, &unjoined))
        return false;
    for (size_t i = 0; i < unjoined.count; i++) {
        struct id organisation = ((const struct tenant *)unjoined.at)[i].id;
        struct owner_search s = { .email = email };
        char id[ID_TEXT];
        id_format(organisation, id);
        if (!organisation_read(c, organisation, owner_look, &s))
            error_clear(c->err);
        else if (s.found)
            return fail(c, ALREADY_EXISTS,
                        "Organisation %s waits for this owner; vow org invite %s makes a new link",
                        id, id);
    }
    return true;
}

bool organisation_make(struct ctx *c, const struct organisation_new *in, struct owner_link *ret)
{
    struct account_search search = { .email = email_lower(c->arena, in->email) };
    struct id person = id_new(c->now);
    struct opening o = {
        .founding = { .organisation = in->organisation,
                      .name = in->name,
                      .email = search.email,
                      .zone = in->zone,
                      .person = person,
                      .invited = true },
        .inviting = { .person = person, .by_owner = true },
    };
    if (!input_check(c, in) || !account_search(c, &search))
        return false;
    if (search.found)
        return fail(c, ALREADY_EXISTS, "There is an account with this email already");
    if (!none_waits(c, search.email) || !organisation_found(c, &o.founding, open_link, &o))
        return false;
    link_tell(&o.inviting, ret);
    return true;
}

static bool owner_find(struct ctx *c, void *with)
{
    const struct owner_search *s = with;
    return owner_look(c, with) &&
           (s->found || fail(c, NOT_FOUND, "The organisation has no owner with this email"));
}

static bool organisation_look(struct ctx *c, void *with)
{
    bool lives;
    return tenant_lives(c, *(struct id *)with, &lives) &&
           (lives || fail(c, NOT_FOUND, "There is no organisation with this id"));
}

bool owner_invite(struct ctx *c, struct id organisation, const char *email, struct owner_link *ret)
{
    struct owner_search s = { .email = email_lower(c->arena, email) };
    if (!control_read(c, organisation_look, &organisation) ||
        !organisation_read(c, organisation, owner_find, &s))
        return false;
    struct inviting i = { .organisation = organisation, .person = s.person, .by_owner = true };
    if (!control_write(c, invitation_open, &i) ||
        !organisation_write(c, organisation, invitation_note, &s.person))
        return false;
    link_tell(&i, ret);
    return true;
}
