/* backup.h: sealed copies of everything, made while the product runs, and bringing them back. */
#ifndef VOW_COMMAND_BACKUP_H
#define VOW_COMMAND_BACKUP_H

#include "core/app.h"

/* In the running program: writes the copies into DATA/backup and tells the path as a line. */
MUST_USE bool backup_online(struct app *app, int fd, struct error *err);

#endif
