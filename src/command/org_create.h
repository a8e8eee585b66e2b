/* org_create.h: an organisation made by the operator, and the way in for its owner. */
#ifndef VOW_ORG_CREATE_H
#define VOW_ORG_CREATE_H

#include "core/app.h"

/* The admin socket's requests "org create" and "org invite", each with its arguments behind tabs:
   says lines for the operator. */
MUST_USE bool org_create_online(struct app *app, int fd, const char *request, struct error *err);

/* `vow org create`, and `vow org invite` of an organisation. */
int org_create_command(int argc, char **argv);
int org_invite_command(int argc, char **argv, const char *id);

#endif
