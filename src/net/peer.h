/* peer.h: what each address has of the server, so that none can take all of it. */
#ifndef VOW_PEER_H
#define VOW_PEER_H

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stddef.h>

struct peers;

/* Where connections come from; shared by those that are open. */
struct peer {
    char name[INET6_ADDRSTRLEN];
    size_t connections;   /* the table's */
    atomic_size_t bodies; /* bytes of large bodies being held */
    struct peer *next;
};

/* What an address stands for: of IPv6 its first half, since whoever has one has all that begin
   alike. Empty when it is no address. */
void peer_name(const struct sockaddr *a, char ret[INET6_ADDRSTRLEN]);

/* The same of an address in text, which may have a port behind it. */
void peer_name_read(const char *text, size_t n, char ret[INET6_ADDRSTRLEN]);

struct peers *peers_new(void);
void peers_free(struct peers *p);

/* How many connections the peer has. */
size_t peer_connections(struct peers *p, const char *name);

/* Counts a connection more; peer_leave counts it off. */
struct peer *peer_enter(struct peers *p, const char *name);
void peer_leave(struct peers *p, struct peer *at);

#endif
