/* node_parts.h: what node.c and node_giving.c share. */
#ifndef VOW_NODE_PARTS_H
#define VOW_NODE_PARTS_H

#include "node.h"

#include <pthread.h>
#include <stdatomic.h>

#define S_US INT64_C(1000000)
enum { LEAVING_MAX = 8 };

/* The store's clock. Only PostgreSQL has nodes. */
#define US(moment) "CAST(EXTRACT(EPOCH FROM " moment ") * 1000000 AS bigint)"
#define NOW US("clock_timestamp()")

/* Organisations that other nodes are about to give away. */
struct leaving {
    struct id id[LEAVING_MAX];
    size_t count;
};

struct node {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;

    /* Under the lock. */
    struct id id;
    int64_t lives_until; /* by up_us: earlier than the others think */
    bool forget, settings;
    bool stopping;
    struct leaving leaving;
    struct id giving; /* what this one is about to give away; by the next beat its row says so */

    /* The thread's. */
    int64_t beaten, polled, swept; /* when, by up_us */
    int64_t refused;               /* the same: when a connection was last, if any */
    uint64_t forgets_seen, settings_seen;
    bool settled;         /* what is known of those that leave is written */
    bool dropping;        /* organisations have gone whose databases may be open here */
    bool skewed, unheard; /* and that was told */

    pthread_mutex_t settling;
    bool settles; /* under it: features can be asked */

    atomic_bool leave;        /* whether there is any; to look without the lock */
    _Atomic int64_t ahead_us; /* of the store's clock over this machine's */
    _Atomic uint64_t inherited;
    bool first; /* before the thread begins */
};

/* A clock that nobody sets, and that runs while the machine sleeps. */
int64_t up_us(void);

/* What the node is about to give away. Asked in the transaction that writes it, so that no older
   answer is written over a newer one. */
struct value node_giving(struct node *n);

/* Follows what others are about to give away: first nothing more is begun of it, then what is known
   of it is written, then that is said: heard as of `begun`. */
MUST_USE bool node_hears(struct node *n, struct ctx *c, const struct leaving *now, struct id self,
                         struct instant begun);

#endif
