/* admin.h: the operator's way to a running installation: a socket in the data folder that only the
   owner of the folder can reach. A request is one line; the answer is lines, the last of them "ok"
   or "error SENTENCE". */
#ifndef VOW_COMMAND_ADMIN_H
#define VOW_COMMAND_ADMIN_H

#include "core/app.h"

/* Makes the socket DATA/admin.sock (0600), unless another process answers at it. Before the
   sandbox, which would not let it. */
MUST_USE bool admin_listen(const char *data, int *ret, struct error *err);

enum { ADMIN_REQUEST = 2000 }; /* bytes of the longest request, with its end */

/* Answers requests on a thread of its own until admin_stop, one after the other, each once it is
   whole: who says nothing holds nobody up. Requests: "backup", "orgs", those
   of org_create.h, "prove WITNESS [ID]", "move from ID" and "move to ID" (see core/move.h). The
   residues outlive it. */
struct admin;
struct residues;
struct admin *admin_start(struct app *app, const struct residues *residues, int fd);
void admin_stop(struct admin *a);

/* A client's connection; false without an error when nothing is running on the data folder. */
MUST_USE bool admin_connect(const char *data, int *ret);

/* Writes a line; reads a line (without its end) into `to`, cut to its room. False: the other side
   is gone or silent. */
MUST_USE bool admin_say(int fd, const char *line);
MUST_USE bool admin_hear(int fd, char *to, size_t room);

/* Sends a request and hands over each line of the answer but the last, which it judges. For a
   command's only thread. */
typedef bool admin_line(void *with, const char *line); /* false: the conversation is over */
MUST_USE bool admin_ask(int fd, const char *request, admin_line *each, void *with,
                        struct error *err);

#endif
