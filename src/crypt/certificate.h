/* certificate.h: a self-signed certificate for installations that bring none of their own. */
#ifndef VOW_CERTIFICATE_H
#define VOW_CERTIFICATE_H

#include "base/arena.h"
#include "base/error.h"

/* The certificate and key (PEM) in the folder `dir`, made there when missing (ECDSA P-256, ten
   years, for localhost, this machine's name and the loopback addresses; key file 0600).
   UNAVAILABLE when the folder cannot be written. The texts live in the arena. */
MUST_USE bool certificate_own(struct arena *a, const char *dir, const char **cert, const char **key,
                              struct error *err);

/* A whole small text file (at most 1 MiB). UNAVAILABLE when it cannot be read. */
MUST_USE bool pem_file_read(struct arena *a, const char *path, const char **ret, struct error *err);

#endif
