/* process_fixture.h: trying sandboxes and other things that cannot be undone, in children. */
#ifndef VOW_PROCESS_FIXTURE_H
#define VOW_PROCESS_FIXTURE_H

#include "sandbox.h"

/* Runs `act` in a child and returns its exit status. */
int in_child(int (*act)(void));

/* Puts this process into the sandbox of core with a relay on PROCESS_RELAYED; the port that leads
   to it, 0 and false when there is none. */
bool sandbox_with_relay(uint16_t ports[1], struct sandbox_report *report);

/* Skips the test where the kernel gives no loopback of one's own: core is given no port then that
   leads to the relay. */
void skip_unless_alone(void);

#endif
