/* sockets.h: which sockets epoll watches for libcurl.

   libcurl has a connection watched for each request and forgotten behind it. One that is kept stays
   with epoll all the same: taking it out and in again would be two system calls for each request.
 */
#ifndef VOW_EGRESS_SOCKETS_H
#define VOW_EGRESS_SOCKETS_H

#include "base/base.h"

struct watched {
    uint32_t asked, known; /* events: by libcurl, to epoll */
    bool ours;             /* a connection's, of which we are told when it closes */
};

struct sockets {
    int epoll;
    struct watched *at; /* by number */
    size_t room;
};

void sockets_init(struct sockets *s, int epoll);
void sockets_done(struct sockets *s);

/* A connection's socket was made; it is going to be closed. */
void sockets_opened(struct sockets *s, int fd);
void sockets_closed(struct sockets *s, int fd);

/* Has the socket watched for events (EPOLLIN, EPOLLOUT); 0: for none. */
void sockets_watch(struct sockets *s, int fd, uint32_t events);

/* Whether what epoll tells of the socket was asked for; if not, it tells nothing more of it. */
bool sockets_asked(struct sockets *s, int fd);

#endif
