/* checkpoint.h: the audit log under signature, so that changing it shows.

   A checkpoint covers the events that none before it covers: they are chained by SHA-256 in the
   order of their ids, the chain and the head of the checkpoint before it give its head, and the
   installation signs that (Ed25519, RFC 8032). An event that is altered, removed or slipped in, and
   a checkpoint that is, is found by computing it all again. Whoever has the master key can sign
   anything: against that, keep a head and its number elsewhere and compare. */
#ifndef VOW_CHECKPOINT_H
#define VOW_CHECKPOINT_H

#include "feature.h"

struct audit_checkpoint {
    ROW_MEMBERS;
    int64_t number; /* 1, 2, 3 ... */
    int64_t events; /* that it covers */
    const char *before, *head,
        *signature; /* hex; `before` is the head of the one before, "" first */
};
extern const struct table audit_checkpoint_table;

/* Makes checkpoints of the ctx's organisation until every event is covered; every hour. */
extern const struct job_type audit_checkpoint_job;

struct audit_proof {
    bool whole;
    int64_t checkpoints, events; /* events: that checkpoints cover */
    int64_t open;                /* events that wait for the next checkpoint */
    int64_t broken;              /* number of the first checkpoint that is not right; INT_NONE */
    const char *problem;         /* what is not right with it, in words; NULL */
    const char *head;            /* of the last checkpoint; NULL without any */
    const char *public_key;      /* hex; of this installation */
};

/* Computes all of the ctx's organisation anew and compares. In a transaction. */
MUST_USE bool audit_verify(struct ctx *c, struct audit_proof *ret);

#endif
