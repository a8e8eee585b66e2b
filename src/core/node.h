/* node.h: several processes on one store. Each that has joined is a node: a row in control that it
   keeps alive, and by which it tells the others what they must forget. With files there is one
   process and no node: `struct node *` is NULL then, and every function here accepts that.
   docs/decisions/071-nodes.md says why it is as it is. */
#ifndef VOW_NODE_H
#define VOW_NODE_H

#include "ctx.h"
#include "table.h"

struct node;

enum {
    NODE_POLL_S = 1,   /* how often it looks what others have told */
    NODE_BEAT_S = 3,   /* how often it says that it lives */
    NODE_LEASE_S = 15, /* without that, others hold it for dead */
};

extern const struct table node_table;

/* Joins the store that the app has opened and starts the thread that keeps it a member; *ret is
   NULL when the store is files. */
MUST_USE bool node_join(struct app *app, struct node **ret, struct error *err);

/* Ends the thread and says goodbye, so that another takes over at once what it leaves behind. */
void node_leave(struct node *n);

/* The id under which the node holds work; absent while it may be held for dead: it must begin
   nothing then. It is another one each time that the node joins, or joins again. */
struct id node_id(struct node *n);

/* Whether the node still is the one that had the id when it began something, or nodes are not. */
bool node_is(struct node *n, struct id id);

/* Whether a node that holds work still lives, asked of control now. */
MUST_USE bool node_lives(struct ctx *c, struct id node, bool *ret);

/* Tells the other nodes that the organisation is about to leave the store, and waits some seconds
   until each has settled what it knows of it (tables_settle) and begins nothing more. It must be
   told of none in the end. */
void node_gives(struct node *n, struct id organisation);

/* Whether features stand, whose tables may be settled for others; not at first. */
void node_settles(struct node *n, bool settles);

/* Whether another node is about to give the organisation away. */
bool node_leaves(struct node *n, struct id organisation);

/* A moment of this machine's clock by the clock of the store, which all nodes share. */
struct instant node_time(struct node *n, struct instant t);

/* Tells the other nodes that sessions, roles or teams, or that switches or masked names have
   changed (see ctx.forget, ctx.settings). They have heard of it after NODE_POLL_S and what it takes
   to write a row and to read it. Cheap; from any thread. */
void node_tell(struct node *n, bool forget, bool settings);

/* Whether no other lived when this one joined: what is half-made then stays so. */
bool node_first(const struct node *n);

/* Counts on when a node has gone, or when this one is the first: what others knew to be due, nobody
   else looks for. */
uint64_t node_inherited(const struct node *n);

#endif
