/* flight.h: runs that are out at a provider without a thread that waits for them. */
#ifndef VOW_AI_FLIGHT_H
#define VOW_AI_FLIGHT_H

struct flights;
struct flights *flights_new(void);
void flights_free(struct flights *all); /* all must have ended; NULL is accepted */

#endif
