/* forms.h: forms that people define, and what is answered.

   A form's fields are rows of this organisation; submission_table makes a struct table of them,
   laid out at run time, and from there on everything is the same as for a table declared in C:
   column and migration, validation, JSON, access, audit, export, erasure, retention, what AI may
   read. */
#ifndef VOW_FORMS_H
#define VOW_FORMS_H

#include "core/feature.h"

struct form {
    ROW_MEMBERS;
    const char *title, *description;
    const char *status;     /* draft, open, closed */
    bool public;            /* whoever has the link may answer */
    const char *link;       /* token of the public link */
    int64_t retention_days; /* of what is answered; 0: as long as the organisation */
};
extern const struct table form_table;

struct form_field {
    ROW_MEMBERS;
    struct id form;
    int64_t position;
    const char *key; /* column and JSON key; never changes */
    const char *label, *help, *kind;
    const char *privacy;
    bool required, ai, hidden;
    struct list choices;
    int64_t max;
};
extern const struct table form_field_table;

enum { FORM_FIELDS_MAX = 40 };

extern const struct permission forms_manage, forms_fill, submissions_read, submissions_write,
    suggestions_decide;

/* The fields of a form in order, hidden ones too. */
MUST_USE bool form_fields_of(struct ctx *c, struct id form, struct list *ret);

/* The submissions of a form as a table like any other. Every record begins with struct submission.
   Lives in the ctx's arena. */
struct submission {
    ROW_MEMBERS;
    struct id submitter; /* absent: through the public link */
};
MUST_USE bool submission_table(struct ctx *c, const struct form *form, const struct table **ret);

/* The form and its table by id; NOT_FOUND. */
MUST_USE bool form_open(struct ctx *c, struct id id, struct form *form, const struct table **table);

/* Stores an answer given as JSON and says so with form.submitted. FORM_CLOSED when the form does
   not take any, FORM_EMPTY when no question is answered. */
MUST_USE bool submission_create(struct ctx *c, const struct form *form, const struct table *table,
                                struct blob json, void **ret);

extern const struct event_type form_submitted; /* object: submission, related: form */

struct file {
    ROW_MEMBERS;
    struct id owner; /* absent: through a public link */
    const char *name, *type;
    int64_t bytes;
    struct blob content;
};
extern const struct table file_table;

extern const struct feature forms_feature;

#endif
