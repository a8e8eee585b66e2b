/* zone.h: time zones as the IANA database has them (TZif, RFC 8536), and local days.

   A zone never changes once it is loaded and lives as long as its cache. All answers are exact for
   years 1 to 9999: behind the last transition of the file its footer (a POSIX TZ rule) goes on.

   Local times that a clock change makes special are resolved as RFC 5545 does, with the offset that
   was in force before the change: a time that never happened lies as far behind the change as it
   would have without it; of a time that happened twice the first is meant. */
#ifndef VOW_ZONE_H
#define VOW_ZONE_H

#include "error.h"
#include "instant.h"

struct zone;
struct zones;

/* Zones found in `dir` (NULL: /usr/share/zoneinfo), each read when it is first asked for. May be
   used by many threads at once. */
struct zones *zones_new(const char *dir);
void zones_free(struct zones *zones);

/* The zone of an IANA name such as "Europe/Berlin", or NULL when there is none. */
const struct zone *zone_find(struct zones *zones, const char *name);

/* Coordinated universal time; needs no files. */
const struct zone *zone_utc(void);

/* The date and the second of the day, 0 to 86399, that clocks on the wall show. */
struct date zone_date(const struct zone *z, struct instant t);
int zone_second(const struct zone *z, struct instant t);

/* RFC 3339 as clocks on the wall show it, with their distance from UTC in whole minutes:
   2026-03-02T09:00:00+01:00. */
void zone_format(const struct zone *z, struct instant t, char to[INSTANT_TEXT]);

enum zone_times { ZONE_NEVER, ZONE_ONCE, ZONE_TWICE };

/* The moment at which clocks show `second` (of the day; may lie outside of it) on `d`. `times` may
   be NULL; it tells how often they do. With `later` the second of two such moments is meant. */
struct instant zone_instant(const struct zone *z, struct date d, int64_t second, bool later,
                            enum zone_times *times);

/* The first moment of a local day. The day ends where the next one starts: after 23, 24 or 25
   hours, after none when the zone skipped the day. Days made this way never overlap. */
struct instant zone_day_start(const struct zone *z, struct date d);
struct span zone_day_length(const struct zone *z, struct date d);

/* The day that holds the moment, by zone_day_start. The same as zone_date, except in the hour that
   a clock change repeats just before a midnight it had already passed. */
struct date zone_day(const struct zone *z, struct instant t);

/* Reads TZif bytes into a zone that is to be freed with zone_free; NULL when they are not valid. */
struct zone *zone_read(const void *bytes, size_t n);
void zone_free(struct zone *z);

#endif
