/* sabotage_fixture.h: what takes a control away, each with the promise that it must break. */
#ifndef VOW_PROVE_SABOTAGE_FIXTURE_H
#define VOW_PROVE_SABOTAGE_FIXTURE_H

#include "prove/prove_fixture.h"

/* On a server the whole takes long, so there is tried what differs. */
enum sabotage_store { EMBEDDED, ON_SERVER, ON_BOTH };

/* Hashes of the least cost that is allowed take their time, so they are made only where they
   matter. */
struct sabotage {
    const char *id, *name;
    void (*damage)(struct fixture *f);
    int cost;
    enum sabotage_store store;
};

/* Functions of the product that a test has replaced by ones that lack a part, by the linker. */
struct removed {
    unsigned guard_roles; /* a bit for each role in which the guard lets everything pass */
    bool tasks, choices;  /* of prompts are not judged */
    bool types;           /* a typed answer is taken as it is */
    bool settling;        /* a changed form leaves its prompts on */
    bool names, finds;    /* nobody's name is known to the mask; it finds nothing at all */
    bool signatures;      /* any is taken for one of this installation */
    const char *limit;    /* of this name always has a try left */
};
extern struct removed removed;

/* Each ends with a row without id. */
extern const struct sabotage ai_sabotage[], rights_sabotage[];

#endif
