/* peer.c: the peers of the open connections, by the hash of their names. */
#include "peer.h"

#include "base/hash.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024 };

struct peers {
    pthread_mutex_t lock;
    struct peer *bucket[BUCKETS];
};

void peer_name(const struct sockaddr *a, char ret[INET6_ADDRSTRLEN])
{
    *ret = 0;
    if (a && a->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)a;
        inet_ntop(AF_INET, &four->sin_addr, ret, INET6_ADDRSTRLEN);
    } else if (a && a->sa_family == AF_INET6) {
        struct in6_addr six = ((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&six)) {
            inet_ntop(AF_INET, six.s6_addr + 12, ret, INET6_ADDRSTRLEN);
            return;
        }
        memset(six.s6_addr + 8, 0, 8);
        inet_ntop(AF_INET6, &six, ret, INET6_ADDRSTRLEN);
    }
}

void peer_name_read(const char *text, size_t n, char ret[INET6_ADDRSTRLEN])
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
    char address[INET6_ADDRSTRLEN] = "";
    bool closed = n && *text == '[';
    size_t length = strcspn(text + closed, closed ? "]" : "");
    length = length < n - closed ? length : n - closed;
    const char *colon = memchr(text, ':', n);
    if (!closed && colon && !memchr(colon + 1, ':', n - (size_t)(colon + 1 - text)))
        length = (size_t)(colon - text);
    if (length < sizeof address)
        memcpy(address, text + closed, length);
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        peer_name((const void *)&four, ret);
    else if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1)
        peer_name((const void *)&six, ret);
    else
        *ret = 0;
}

struct peers *peers_new(void)
{
    struct peers *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void peers_free(struct peers *p)
{
    if (!p)
        return;
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* Where the peer stands, or would. */
static struct peer **peer_find(struct peers *p, const char *name)
{
    struct peer **at = &p->bucket[hash_text(hash_start, name) % BUCKETS];
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

size_t peer_connections(struct peers *p, const char *name)
{
    pthread_mutex_lock(&p->lock);
    const struct peer *at = *peer_find(p, name);
    size_t n = at ? at->connections : 0;
    pthread_mutex_unlock(&p->lock);
    return n;
}

struct peer *peer_enter(struct peers *p, const char *name)
{
    pthread_mutex_lock(&p->lock);
    struct peer **at = peer_find(p, name), *peer = *at;
    if (!peer) {
        peer = *at = calloc(1, sizeof *peer);
        if (!peer)
            abort();
        strcpy(peer->name, name);
    }
    peer->connections++;
    pthread_mutex_unlock(&p->lock);
    return peer;
}

void peer_leave(struct peers *p, struct peer *peer)
{
    pthread_mutex_lock(&p->lock);
    if (!--peer->connections) {
        *peer_find(p, peer->name) = peer->next;
        free(peer);
    }
    pthread_mutex_unlock(&p->lock);
}
