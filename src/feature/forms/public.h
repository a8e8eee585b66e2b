/* public.h: where public links lead. */
#ifndef VOW_FORMS_PUBLIC_H
#define VOW_FORMS_PUBLIC_H

#include "forms.h"

struct public_link {
    ROW_MEMBERS;
    struct blob link_hash;
    struct id organisation, form;
};
extern const struct table public_link_table;

/* Lists the form's link in control, or removes it, as form->public says. Outside the transaction
   of the organisation. */
MUST_USE bool public_link_set(struct ctx *c, const struct form *form);

/* Whether control lists this link for this form of the ctx's organisation. */
MUST_USE bool public_link_listed(struct ctx *c, const struct form *form, bool *ret);

#endif
