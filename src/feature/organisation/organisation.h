/* organisation.h: the organisation itself, its teams and its people (members and others). */
#ifndef VOW_ORGANISATION_H
#define VOW_ORGANISATION_H

#include "core/feature.h"

/* Characters that names and addresses have at most. */
enum { ORGANISATION_NAME_MAX = 120, PERSON_NAME_MAX = 120, EMAIL_MAX = 254 };

struct organisation {
    ROW_MEMBERS;
    const char *name;
    const char *zone;       /* IANA; for people who have set none */
    const char *currency;   /* ISO 4217, of all amounts */
    const char *week_start; /* monday or sunday */
    const char *overlap;    /* allow or refuse time entries of one person that overlap */
};
extern const struct table organisation_table;

struct team {
    ROW_MEMBERS;
    const char *name;
};
extern const struct table team_table;

/* An entry of the directory. With a role other than none and an account, a member. */
struct person {
    ROW_MEMBERS;
    const char *name, *email, *title;
    struct id team;
    const char *role;
    const char *zone; /* NULL: the organisation's */
    bool active;
    struct instant joined_at; /* when the account was made; absent: no account */
};
extern const struct table person_table;

/* As addresses are kept: the case of a letter makes no other one. */
const char *email_lower(struct arena *a, const char *email);

enum { RATE_MINOR_MAX = 100000000 }; /* that an hour is billed at */

/* What an hour of a person is billed at; apart from the directory, for admins alone. */
struct person_rate {
    ROW_MEMBERS;
    struct id person;
    int64_t rate_minor;
};
extern const struct table person_rate_table;

extern const struct permission people_read, people_manage, organisation_read_permission,
    organisation_manage;

extern const struct feature organisation_feature;

/* The time zone of a person: the own, else the organisation's, else UTC; either may be NULL. */
static inline const char *zone_of(const char *own, const char *common)
{
    return own ? own : common ? common : "UTC";
}
MUST_USE bool person_zone(struct ctx *c, struct id person, const char **ret);

/* Tells the features which role somebody has from now on; see feature.h. */
MUST_USE bool person_role_changed(struct ctx *c, struct id person, enum role role);

#endif
