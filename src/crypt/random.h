/* random.h: unpredictable bytes from the kernel. */
#ifndef VOW_CRYPT_RANDOM_H
#define VOW_CRYPT_RANDOM_H

#include "base/base.h"

/* Fills `n` bytes with getrandom(2). */
void random_bytes(void *at, size_t n);

#endif
