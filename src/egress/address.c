/* address.c: a table of the networks that are not the public internet. */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct net4 {
    uint32_t net;
    int bits;
};

static const struct net4 refused4[] = {
    { 0x00000000, 8 },  /* this network */
    { 0x0a000000, 8 },  /* private */
    { 0x64400000, 10 }, /* carrier-grade NAT; metadata of some clouds */
    { 0x7f000000, 8 },  /* loopback */
    { 0xa9fe0000, 16 }, /* link-local; metadata of most clouds */
    { 0xac100000, 12 }, /* private */
    { 0xc0000000, 24 }, /* protocol assignments; metadata of one cloud */
    { 0xc0000200, 24 }, /* documentation */
    { 0xc0586300, 24 }, /* 6to4 relays */
    { 0xc0a80000, 16 }, /* private */
    { 0xc6120000, 15 }, /* benchmarking */
    { 0xc6336400, 24 }, /* documentation */
    { 0xcb007100, 24 }, /* documentation */
    { 0xa83f8110, 32 }, /* 168.63.129.16: a cloud's host agent */
    { 0xe0000000, 4 },  /* multicast */
    { 0xf0000000, 4 },  /* reserved, broadcast */
};

static bool public4(uint32_t address)
{
    for (size_t i = 0; i < LENGTH(refused4); i++)
        if ((address ^ refused4[i].net) >> (32 - refused4[i].bits) == 0)
            return false;
    return true;
}

static uint32_t word_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool public6(const uint8_t *a)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
    if (!memcmp(a, mapped, 12) || !memcmp(a, nat64, 12))
        return public4(word_at(a + 12));
    uint32_t first = word_at(a);
    if (first >> 29 != 1) /* only 2000::/3 is global unicast */
        return false;
    if (first >> 16 == 0x2002) /* 6to4 */
        return public4(word_at(a + 2));
    if (first == 0x20010db8 || first >> 12 == 0x3fff0) /* documentation */
        return false;
    /* 2001::/23 is protocol assignments: Teredo, ORCHID, benchmarking; 5f00::/16 is not 2000::/3 */
    return first >> 9 != 0x20010000 >> 9;
}

bool address_public(const struct sockaddr *in)
{
    if (in->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, in, sizeof four);
        return public4(ntohl(four.sin_addr.s_addr));
    }
    if (in->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, in, sizeof six);
        return public6(six.sin6_addr.s6_addr);
    }
    return false;
}

bool address_public_text(const char *text)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, text, &four) == 1)
        return public4(ntohl(four.s_addr));
    return inet_pton(AF_INET6, text, &six) == 1 && public6(six.s6_addr);
}
