/* core_feature.h: the core's own row in the list of features; app.c puts it first. */
#ifndef VOW_CORE_FEATURE_H
#define VOW_CORE_FEATURE_H

#include "feature.h"

extern const struct feature core_feature;

#endif
