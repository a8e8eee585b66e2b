/* server_fixture.h: a server on loopback with a few routes, and a plain client, for tests. */
#ifndef VOW_SERVER_FIXTURE_H
#define VOW_SERVER_FIXTURE_H

#include "server.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#define ID "0190a6b0-1111-7222-8333-444455556666"

struct thing {
    struct id id;
    int64_t version;
    const char *name;
    int64_t count;
};

/* What the test and the handlers of slow routes share. */
struct fixture {
    struct server *server;
    int port;
    sem_t arrived;         /* a slow exchange is with us */
    struct exchange *slow; /* GET /slow and GET /stream; the test finishes it */
    atomic_int ended;
    int source;                           /* an eventfd; 1 finishes `slow`, more closes it */
    bool sourced;                         /* who takes a slow exchange watches the source */
    pthread_t slow_thread, source_thread; /* who took the slow exchange, who read the source */
    char web[64];
};

/* Group setup and teardown of cmocka; the state is the fixture. */
int fixture_open(void **state);
int fixture_open_tls(void **state);     /* for localhost, with a certificate of its own */
int fixture_open_patient(void **state); /* with little for each address, and time */
int fixture_close(void **state);

int dial(struct fixture *h);
int dial_from(struct fixture *h, int host); /* as 127.0.0.HOST */
void say(int fd, const char *text, size_t n);
char *hear(int fd);                        /* everything until the server closes */
char *hear_until(int fd, const char *end); /* the connection stays open */
char *talk(struct fixture *h, const char *text);

/* One request with `Connection: close`; `ask` says that a body is JSON. */
char *ask_as(struct fixture *h, const char *line, const char *headers, const char *body);
#define ask(h, line, headers, body) \
    ask_as(h, line, headers "Content-Type: application/json\r\n", body)

void assert_has(const char *text, const char *part);
void assert_lacks(const char *text, const char *part);
void assert_status(const char *text, int status);

#endif
