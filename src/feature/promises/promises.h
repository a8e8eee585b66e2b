/* promises.h: the page of promises: each sentence with its control and what its last check saw. */
#ifndef VOW_PROMISES_H
#define VOW_PROMISES_H

#include "core/feature.h"

extern const struct feature promises_feature;

#endif
