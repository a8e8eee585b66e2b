/* private.h: what the files of forms share. */
#ifndef VOW_FORMS_PRIVATE_H
#define VOW_FORMS_PRIVATE_H

#include "forms.h"
#include "hook.h"

extern const char *const form_kinds[], *const form_privacies[], *const form_statuses[];

/* How AI is given the answers to a question of that kind and class that is open to it: "never",
   "masked", or "clear", as they are. */
extern const char *const ai_givens[];
const char *question_ai_given(const char *kind, const char *privacy);
extern const struct field submission_head[]; /* the columns of every answer, before the questions */

enum { CHOICE_MAX = 200 }; /* code points of one that can be answered with */

bool texts_repeat(const struct list *texts); /* whether one stands there twice */

MUST_USE bool forms_all(struct ctx *c, struct list *ret);
bool forms_declared(struct ctx *c, const struct table ***list, size_t *count);

/* The form with its fields as one record, for reading and writing over HTTP. */
struct form_view {
    struct id id;
    int64_t version;
    struct instant created_at, updated_at;
    const char *title, *description, *status, *link;
    const char *organisation_name; /* for those who come by the public link, as is: */
    struct list ai_reads;          /* const char *: keys of the questions AI is given now, */
    struct list ai_masked;         /* and of those among them that it is given masked */
    bool public;
    int64_t retention_days, answers;
    struct list fields, hidden_fields; /* struct form_field_view */
};
struct form_field_view {
    const char *key, *label, *help, *kind, *privacy;
    bool required, ai;
    struct list choices;
    int64_t max;
};

/* What a form and a question are made of, and its limits: once for the row and for the view.
   `search`: whether lists are filtered by it. */
#define FORM_MEMBERS(type, search)                                                                \
    FIELD(type, title, .privacy = OPERATIONAL, .required = true, .min = 1, .max = 160,            \
          .format = "line", .filter = (search), .doc = "Title"),                                  \
        FIELD(type, description, .privacy = OPERATIONAL, .max = 4000,                             \
              .doc = "What it is for, shown above the questions"),                                \
        FIELD(type, status, .privacy = OPERATIONAL, .choices = form_statuses, .filter = (search), \
              .doc = "Whether it takes answers; draft when absent"),                              \
        FIELD(type, public, .label = "public link", .privacy = OPERATIONAL,                       \
              .doc = "Whether whoever has the link may answer"),                                  \
        FIELD(type, retention_days, .label = "days answers are kept", .privacy = OPERATIONAL,     \
              .max = 36500, .doc = "Days that answers are kept; 0 is as long as the organisation")
#define QUESTION_KEY(type, ...) \
    FIELD(type, key, .privacy = OPERATIONAL, .max = 40, .format = "key", __VA_ARGS__)
#define QUESTION_MEMBERS(type)                                                                   \
    FIELD(type, label, .label = "question", .privacy = OPERATIONAL, .required = true, .min = 1,  \
          .max = 300, .doc = "The question"),                                                    \
        FIELD(type, help, .label = "help text", .privacy = OPERATIONAL, .max = 1000,             \
              .doc = "Help under it"),                                                           \
        FIELD(type, kind, .label = "kind of answer", .privacy = OPERATIONAL, .required = true,   \
              .choices = form_kinds, .doc = "Kind of answer; never changes"),                    \
        FIELD(type, privacy, .label = "privacy class", .privacy = OPERATIONAL,                   \
              .choices = form_privacies,                                                         \
              .doc = "Privacy class of what is answered; CONTENT when absent"),                  \
        FIELD(type, required, .label = "must be answered", .privacy = OPERATIONAL,               \
              .doc = "Must be answered"),                                                        \
        FIELD(type, ai, .label = "open to AI", .privacy = OPERATIONAL, .doc = "AI may read it"), \
        FIELD(type, choices, .label = "answers to choose from", .of = KIND_TEXT,                 \
              .privacy = OPERATIONAL, .max = 60, .doc = "The answers to choose from"),           \
        FIELD(type, max, .label = "longest answer", .privacy = OPERATIONAL, .max = 20000,        \
              .doc = "Most characters of a text; 0 is the kind's own limit")

/* What is given of a form at once. */
#define VIEW_MEMBERS                                                                         \
    FORM_MEMBERS(struct form_view, false),                                                   \
        FIELD_LIST(struct form_view, fields, struct form_field_view, form_field_view_fields, \
                   .privacy = OPERATIONAL, .max = FORM_FIELDS_MAX,                           \
                   .doc = "The questions in order; one left out of a change is hidden")

extern const struct field form_view_fields[], public_form_fields[], form_field_view_fields[];
MUST_USE bool form_view(struct ctx *c, const struct form *form, struct form_view *ret);

/* A kind of question with a class. */
struct question_kind {
    const char *kind, *privacy, *ai_given;
};
route_fn question_kinds;

route_fn form_create, form_list, form_read, form_update, form_delete;
route_fn submissions_list, submission_post, submission_read, submission_delete;
route_fn public_read, public_post, public_file;
route_fn file_post, file_get;

struct submission_ref {
    struct id form, id;
};
struct submission_new {
    struct id form;
    struct blob body;
};
struct submission_page {
    struct id form;
    int64_t limit;
    const char *cursor, *sort;
};
struct public_new {
    const char *link;
    struct blob body;
    const char *name, *type;
};
struct file_new {
    const char *name, *type;
    struct blob body;
};
struct file_view {
    struct id id;
    const char *name, *type;
    int64_t bytes;
};
struct id_ref {
    struct id id;
};
enum { FILE_BYTES_MAX = 5 << 20 };
#define PUBLIC_BYTES_MAX (INT64_C(1) << 30) /* of files through public links, in a day */
/* Looks up the files that answers name in the fields of `t`: rows of file_view_fields, each once.
 */
extern const struct field file_view_fields[];
MUST_USE bool files_named(struct ctx *c, const struct table *t, const struct list *rows,
                          struct list *ret);
MUST_USE bool file_create(struct ctx *c, const char *name, const char *type, struct blob body,
                          struct file_view *ret);

/* How many answers to a form are within the actor's scope. */
MUST_USE bool answers_count(struct ctx *c, struct id form, int64_t *ret);

/* Before answers are deleted: deletes the suggestions about them, and gives the files that they
   name for files_forget, which follows. `where`: SQL that says which rows of `t`. */
MUST_USE bool answers_part(struct ctx *c, const struct table *t, const char *where,
                           const struct value *args, size_t n, struct list *files);

/* Deletes those of the files that no answer names any more. */
MUST_USE bool files_forget(struct ctx *c, const struct list *files);

MUST_USE bool answers_expire(struct ctx *c, const struct table *t, struct instant before,
                             int64_t *gone);
extern const struct job_type files_job;

#endif
