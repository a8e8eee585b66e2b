/* routes.c: forms, answers, files and hooks over HTTP. */
#include "forms.h"

#include "core/generic.h"
#include "core/list.h"
#include "feature/ai/ai.h"
#include "private.h"
#include "public.h"

static const struct field form_new_fields[] = { VIEW_MEMBERS, { 0 } };
static const struct field form_change_fields[] = {
    FIELD(struct form_view, id, .privacy = OPERATIONAL, .required = true, .doc = "Id of the form"),
    VIEW_MEMBERS,
    { 0 },
};

static const struct field question_kind_fields[] = {
    FIELD(struct question_kind, kind, .privacy = OPERATIONAL, .required = true,
          .choices = form_kinds, .doc = "Kind of answer"),
    FIELD(struct question_kind, privacy, .privacy = OPERATIONAL, .required = true,
          .choices = form_privacies, .doc = "Privacy class"),
    FIELD(struct question_kind, ai_given, .privacy = OPERATIONAL, .required = true,
          .choices = ai_givens, .doc = "How AI is given the answers, where it may read them"),
    { 0 },
};

#define ID_FIELD(type, member, text) \
    FIELD(type, member, .privacy = OPERATIONAL, .required = true, .doc = text)
#define BODY_FIELD(type, text) FIELD(type, body, .privacy = CONTENT, .required = true, .doc = text)
#define FILE_FIELDS(record)                                                                      \
    FIELD(record, name, .privacy = CONTENT, .required = true, .min = 1, .max = 200,              \
          .format = "line", .query = true, .doc = "Name of the file"),                           \
        FIELD(record, type, .privacy = OPERATIONAL, .max = 100, .format = "line", .query = true, \
              .doc = "Its media type")

static const struct field id_fields[] = { ID_FIELD(struct id_ref, id, "Id"), { 0 } };
static const struct field submission_new_fields[] = {
    ID_FIELD(struct submission_new, form, "Form"),
    BODY_FIELD(struct submission_new, "An object with the form's keys"),
    { 0 },
};
static const struct field submission_ref_fields[] = {
    ID_FIELD(struct submission_ref, form, "Form"),
    ID_FIELD(struct submission_ref, id, "Answer"),
    { 0 },
};
static const struct field submission_page_fields[] = {
    ID_FIELD(struct submission_page, form, "Form"),
    PAGE_FIELDS(struct submission_page),
    { 0 },
};
static const struct field link_fields[] = {
    FIELD(struct public_new, link, .privacy = OPERATIONAL, .required = true, .max = 64,
          .doc = "Token of the public link"),
    { 0 },
};
static const struct field public_new_fields[] = {
    FIELD(struct public_new, link, .privacy = OPERATIONAL, .required = true, .max = 64,
          .doc = "Token of the public link"),
    BODY_FIELD(struct public_new, "An object with the form's keys"),
    { 0 },
};
static const struct field public_file_fields[] = {
    FIELD(struct public_new, link, .privacy = OPERATIONAL, .required = true, .max = 64,
          .doc = "Token of the public link"),
    FILE_FIELDS(struct public_new),
    BODY_FIELD(struct public_new, "The file"),
    { 0 },
};
static const struct field file_new_fields[] = {
    FILE_FIELDS(struct file_new),
    BODY_FIELD(struct file_new, "The file"),
    { 0 },
};
static const struct field hook_preview_fields[] = {
    ID_FIELD(struct hook_preview_new, id, "Hook"),
    FIELD(struct hook_preview_new, submission, .privacy = OPERATIONAL,
          .doc = "Answer to preview with; the newest when absent"),
    { 0 },
};
static const struct field accept_fields[] = {
    ID_FIELD(struct suggestion_accept_new, id, "Suggestion"),
    FIELD(struct suggestion_accept_new, value, .privacy = CONTENT, .max = 20000,
          .doc = "What is accepted, when it was edited"),
    { 0 },
};

#define SUGGESTION_OUT OUTPUT(struct suggestion, suggestion_fields), .schema = "suggestion"

static const struct route routes[] = {
    { POST, "/forms", form_create, "Make a form", .can = &forms_manage,
      INPUT(struct form_view, form_new_fields), OUTPUT(struct form_view, form_view_fields),
      .ok = 201, LANE(LANE_SLOW), .schema = "form" },
    { GET, "/forms", form_list, "Forms: open ones, and all for those who make them",
      .can = &forms_fill, OUTPUT(struct form_view, form_view_fields), .list = true, LANE(LANE_SLOW),
      .schema = "form" },
    { GET, "/forms/kinds", question_kinds,
      "Kinds of question with each privacy class, and how AI is given the answers",
      .can = &forms_manage, OUTPUT(struct question_kind, question_kind_fields), .list = true,
      .schema = "question_kind" },
    { GET, "/forms/{id}", form_read, "One form with its questions", .can = &forms_fill,
      INPUT(struct id_ref, id_fields), OUTPUT(struct form_view, form_view_fields), .schema = "form",
      .fails = FAILS(NOT_FOUND) },
    { PATCH, "/forms/{id}", form_update, "Change a form", .can = &forms_manage,
      INPUT(struct form_view, form_change_fields), OUTPUT(struct form_view, form_view_fields),
      LANE(LANE_SLOW), .patch = true, .versioned = true, .schema = "form",
      .fails = FAILS(NOT_FOUND) },
    { DELETE, "/forms/{id}", form_delete, "Delete a form with everything that was answered",
      .can = &forms_manage, INPUT(struct id_ref, id_fields), LANE(LANE_SLOW), .versioned = true,
      .fails = FAILS(NOT_FOUND) },
    { GET, "/forms/{form}/submissions", submissions_list,
      "Answers to a form, with its keys as columns, and the names of files that they give",
      .can = &submissions_read, INPUT(struct submission_page, submission_page_fields),
      .gives = "application/json", .fails = FAILS(NOT_FOUND) },
    { POST, "/forms/{form}/submissions", submission_post, "Answer a form",
      .can = &submissions_write, INPUT(struct submission_new, submission_new_fields), .ok = 201,
      LANE(LANE_WRITE), .body = BODY_BYTES, .takes = "application/json",
      .gives = "application/json", .fails = FAILS(NOT_FOUND, FORM_CLOSED, FORM_EMPTY) },
    { GET, "/forms/{form}/submissions/{id}", submission_read, "One answer",
      .can = &submissions_read, INPUT(struct submission_ref, submission_ref_fields),
      .gives = "application/json", .fails = FAILS(NOT_FOUND) },
    { DELETE, "/forms/{form}/submissions/{id}", submission_delete, "Delete an answer",
      .can = &submissions_write, INPUT(struct submission_ref, submission_ref_fields),
      LANE(LANE_WRITE), .versioned = true, .fails = FAILS(NOT_FOUND) },
    { GET, "/public/forms/{link}", public_read, "The form behind a public link", .who = WHO_ANYONE,
      INPUT(struct public_new, link_fields), OUTPUT(struct form_view, public_form_fields),
      LANE(LANE_SLOW), .schema = "public_form", .fails = FAILS(NOT_FOUND) },
    { POST, "/public/forms/{link}/submissions", public_post, "Answer through a public link",
      .who = WHO_ANYONE, INPUT(struct public_new, public_new_fields), .ok = 204, LANE(LANE_SLOW),
      .keyed = true, .body = BODY_BYTES, .takes = "application/json",
      .fails = FAILS(NOT_FOUND, FORM_CLOSED, FORM_EMPTY, RATE_LIMITED) },
    { POST, "/public/forms/{link}/files", public_file, "Give a file through a public link",
      .who = WHO_ANYONE, INPUT(struct public_new, public_file_fields),
      OUTPUT(struct file_view, file_view_fields), .ok = 201, LANE(LANE_SLOW), .keyed = true,
      .body = BODY_BYTES, .takes = "application/octet-stream", .body_max = FILE_BYTES_MAX,
      .schema = "file", .fails = FAILS(NOT_FOUND, FORM_CLOSED, RATE_LIMITED) },
    { POST, "/files", file_post, "Give a file, to be named in an answer", .can = &submissions_write,
      INPUT(struct file_new, file_new_fields), OUTPUT(struct file_view, file_view_fields),
      .ok = 201, LANE(LANE_WRITE), .body = BODY_BYTES, .takes = "application/octet-stream",
      .body_max = FILE_BYTES_MAX, .schema = "file" },
    { GET, "/files/{id}", file_get, "A file, as a download", .can = &submissions_read,
      INPUT(struct id_ref, id_fields), .gives = "application/octet-stream",
      .fails = FAILS(NOT_FOUND) },
    { POST, "/hooks/{id}/preview", hook_preview,
      "The exact payload of a hook; needed before it can be switched on", .can = &forms_manage,
      INPUT(struct hook_preview_new, hook_preview_fields),
      OUTPUT(struct ai_answer, ai_answer_fields), .ok = 200, LANE(LANE_SLOW), .unkept = true,
      .admit = ai_preview_admit, .schema = "ai_answer",
      .fails = FAILS(NOT_FOUND, AI_PREVIEW_FAILS) },
    { POST, "/suggestions/{id}/accept", suggestion_accept, "Accept a suggestion, edited or not",
      .can = &suggestions_decide, INPUT(struct suggestion_accept_new, accept_fields), .ok = 200,
      LANE(LANE_WRITE), SUGGESTION_OUT, .fails = FAILS(NOT_FOUND, CONFLICT) },
    { POST, "/suggestions/{id}/dismiss", suggestion_dismiss, "Dismiss a suggestion",
      .can = &suggestions_decide, INPUT(struct id_ref, id_fields), .ok = 200, LANE(LANE_WRITE),
      SUGGESTION_OUT, .fails = FAILS(NOT_FOUND, CONFLICT) },
    { 0 },
};

static const struct table *const tables[] = {
    &form_table,       &form_field_table,  &file_table, &hook_table,
    &suggestion_table, &public_link_table, NULL,
};

static const struct permission *const permissions[] = {
    &forms_manage, &forms_fill, &submissions_read, &submissions_write, &suggestions_decide, NULL,
};

static const struct event_type *const events[] = { &form_submitted, NULL };
static const struct subscriber subscribers[] = { { &form_submitted, "forms.hooks", hooks_deliver },
                                                 { 0 } };
static const struct job_type *const jobs[] = { &files_job, NULL };
static const struct capability *const capabilities[] = { &hook_capability, NULL };

const struct feature forms_feature = {
    .name = "forms",
    .tables = tables,
    .routes = routes,
    .permissions = permissions,
    .events = events,
    .subscribers = subscribers,
    .jobs = jobs,
    .capabilities = capabilities,
    .declared = forms_declared,
};
