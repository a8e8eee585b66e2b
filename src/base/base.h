/* base.h: the few words of C that every file uses. */
#ifndef VOW_BASE_H
#define VOW_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Calls `fn(&variable)` when the variable leaves its scope; for foreign handles only. */
#define autofree(fn) __attribute__((cleanup(fn)))

#endif
