/* maker.h: a report in the making: what is asked of it, and the cells it is counted in. */
#ifndef VOW_REPORTS_MAKER_H
#define VOW_REPORTS_MAKER_H

#include "cells.h"
#include "core/scope.h"
#include "feature/organisation/organisation.h"
#include "reports.h"

enum dimension { BY_NOTHING, BY_DAY, BY_WEEK, BY_MONTH, BY_PERSON, BY_PROJECT, BY_CLIENT, BY_TAG };
extern const char *const report_groupings[]; /* from BY_DAY on; ends with NULL */

struct maker {
    struct ctx *c;
    const struct report_query *q;
    enum dimension by, then;
    enum scope scope;
    struct date from, until; /* until: behind the last day */
    struct organisation organisation;
    struct numbered people, projects, clients, tags;
    uint32_t *client_of; /* number of a project's client, by number of the project */
    size_t client_room;
    uint32_t project, client, tag; /* numbers of the filters, 0: all */
    uint32_t *week, *month;        /* key of each day of the period */
    struct cells cells;
    struct cell total;
    bool by_project, by_tag; /* they matter: grouped by or asked for, as are clients */
};

/* Whether that is one of its groupings. */
bool maker_by(const struct maker *m, enum dimension d);

/* Whether its rows are not too many: more are refused, and need not be counted. */
bool maker_fits(const struct maker *m);

/* The first day of the month `later` months behind that of the day. */
struct date month_start(struct date d, int later);

/* Counts the sums that are asked for into the cells and the total. */
MUST_USE bool maker_read(struct maker *m);

/* The cells as rows with names, in order. */
MUST_USE bool maker_rows(struct maker *m, struct list *ret);

#endif
