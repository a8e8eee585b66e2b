/* checks.h: the promises, each file's with their checks. */
#ifndef VOW_PROVE_CHECKS_H
#define VOW_PROVE_CHECKS_H

#include "core/promise.h"

/* Each ends with NULL. */
extern const struct promise *const ai_promises[];
extern const struct promise *const audit_promises[];
extern const struct promise *const hook_promises[];
extern const struct promise *const kept_promises[];
extern const struct promise *const limit_promises[];
extern const struct promise *const platform_promises[];
extern const struct promise *const prohibited_promises[];
extern const struct promise *const role_promises[];

#endif
