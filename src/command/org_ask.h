/* org_ask.h: a request of the operator, answered by the running program or, when there is none, by
   this process. */
#ifndef VOW_ORG_ASK_H
#define VOW_ORG_ASK_H

#include "admin.h"

/* Says the lines of the answer. */
typedef bool org_answer(struct app *app, const char *request, admin_line *say, void *with,
                        struct error *err);

/* Prints what the data folder's running program answers, or `answer` here; a command's status. */
int org_ask(const char *data, const char *request, org_answer *answer);

/* Answers it on the admin socket. */
MUST_USE bool org_answer_online(struct app *app, int fd, const char *request, org_answer *answer,
                                struct error *err);

#endif
