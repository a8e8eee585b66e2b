/* random.c: fills memory from the kernel's generator. */
#include "random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void random_bytes(void *at, size_t n)
{
    uint8_t *to = at;
    while (n) {
        ssize_t got = getrandom(to, n, 0);
        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            to += got;
            n -= (size_t)got;
        }
    }
}
