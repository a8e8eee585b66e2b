/* all.h: the list of rooms of the product. */
#ifndef VOW_FEATURE_ALL_H
#define VOW_FEATURE_ALL_H

#include "core/feature.h"

extern const struct feature *const features[]; /* ends with NULL */

#endif
