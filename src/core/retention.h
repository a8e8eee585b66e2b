/* retention.h: rows whose table keeps them for a number of days, deleted when that is over. */
#ifndef VOW_RETENTION_H
#define VOW_RETENTION_H

#include "feature.h"

extern const struct job_type retention_job;

#endif
