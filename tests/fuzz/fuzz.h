/* fuzz.h: what a fuzz target is: a function that takes any bytes and must neither crash, nor trip a
   sanitizer, nor break the property that it asserts. One file NAME_fuzz.c per target, with its
   seeds and every past crash in corpus/NAME/. */
#ifndef VOW_FUZZ_H
#define VOW_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Called by libFuzzer (clang) or by replay.c (any compiler). Always returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);

#endif
