/* siphash.c: the rounds of SipHash. OpenSSL has it too, but there setting it up takes many times as
   long as a short text. */
#include "siphash.h"

#include "random.h"

static uint64_t turn(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void round_do(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = turn(v[1], 13) ^ v[0];
    v[3] = turn(v[3], 16) ^ v[2];
    v[0] = turn(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = turn(v[1], 17) ^ v[2];
    v[3] = turn(v[3], 21) ^ v[0];
    v[2] = turn(v[2], 32);
}

static void word_take(struct siphash *s, uint64_t word)
{
    s->v[3] ^= word;
    round_do(s->v);
    round_do(s->v);
    s->v[0] ^= word;
}

void siphash_key_random(struct siphash_key *ret)
{
    random_bytes(ret, sizeof *ret);
}

struct siphash siphash_start(const struct siphash_key *key)
{
    return (struct siphash){
        .v = { key->a ^ UINT64_C(0x736f6d6570736575), key->b ^ UINT64_C(0x646f72616e646f6d),
               key->a ^ UINT64_C(0x6c7967656e657261), key->b ^ UINT64_C(0x7465646279746573) },
    };
}

void siphash_add(struct siphash *s, const void *at, size_t n)
{
    for (const unsigned char *c = at; n--; c++) {
        s->word |= (uint64_t)*c << 8 * (s->size++ % 8);
        if (s->size % 8)
            continue;
        word_take(s, s->word);
        s->word = 0;
    }
}

uint64_t siphash_end(struct siphash *s)
{
    word_take(s, s->word | (uint64_t)s->size << 56);
    s->v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        round_do(s->v);
    return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}
