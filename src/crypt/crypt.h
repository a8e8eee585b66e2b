/* crypt.h: everything that src/crypt/ offers. This folder is the only code that knows OpenSSL and
   libxcrypt; what can only fail for lack of memory or a broken library aborts the process. */
#ifndef VOW_CRYPT_H
#define VOW_CRYPT_H

#include "hash.h"
#include "key.h"
#include "master.h"
#include "password.h"
#include "random.h"
#include "seal.h"
#include "sign.h"
#include "siphash.h"

#endif
