/* hook.h: prompts at the interaction point "form submitted", and what they suggest.

   A hook's author writes a template that names fields of the form ({{key}}), chooses a provider and
   the type of the answer, looks at the exact payload, and only then can switch it on. What it
   answers is a suggestion beside the submission; a person accepts or dismisses it. */
#ifndef VOW_FORMS_HOOK_H
#define VOW_FORMS_HOOK_H

#include "forms.h"

struct hook {
    ROW_MEMBERS;
    struct id form;
    const char *name, *template, *provider, *output;
    struct list choices;
    bool on;
    const char
        *previewed; /* hash of what shapes the payload that was previewed: template, provider,
                       output, choices, and class and `ai` of the questions named */
};
extern const struct table hook_table;

struct suggestion {
    ROW_MEMBERS;
    struct id hook, form, submission;
    struct id person; /* whose submission it is about */
    const char *value;
    const char *state; /* proposed, accepted, dismissed, failed */
    const char *problem;
    struct id decided_by, receipt;
    struct instant decided_at;
    bool edited;
    int64_t left_out; /* answers that it was made without: they read like instructions */
};
extern const struct table suggestion_table;
extern const struct field suggestion_fields[];

extern const struct capability hook_capability;

/* The subscriber of form.submitted: runs every hook of the form that is on, whatever becomes of the
   others; false when one is worth another try, which leaves out those that are done. */
MUST_USE bool hooks_deliver(struct ctx *c, const struct event *e);

/* Keys of the questions whose answers AI is given now: named by prompts that are on and would run,
   where the organisation has AI on for prompts; and of those that it is given masked. Within a
   transaction. */
MUST_USE bool hooks_read_now(struct ctx *c, const struct form *form, const struct table *table,
                             struct list *ret, struct list *masked);

/* Switches off what would send something else than its author has looked at, now that the form's
   questions are others. Within the transaction that changed them. */
MUST_USE bool hooks_settle(struct ctx *c, const struct form *form);

route_fn hook_preview, suggestion_accept, suggestion_dismiss;

struct hook_preview_new {
    struct id id, submission;
};
struct suggestion_accept_new {
    struct id id;
    const char *value;
};

#endif
