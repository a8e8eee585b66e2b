/* prove_online.h: core's side of `vow prove`. */
#ifndef VOW_COMMAND_PROVE_ONLINE_H
#define VOW_COMMAND_PROVE_ONLINE_H

#include "core/app.h"

struct residues;

/* The admin socket's request "prove PROVIDER [ID]": one JSON line per promise; questions to the
   witness are lines that begin with "ask ". */
MUST_USE bool prove_online(struct app *app, const struct residues *residues, int fd,
                           const char *args, struct error *err);

#endif
