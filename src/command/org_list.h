/* org_list.h: which organisations an installation has, for its operator. */
#ifndef VOW_ORG_LIST_H
#define VOW_ORG_LIST_H

#include "core/app.h"

/* The admin socket's request "orgs": a line for each. */
MUST_USE bool org_list_online(struct app *app, int fd, struct error *err);

/* `vow org list`. */
int org_list_command(int argc, char **argv);

#endif
