/* id.c: making, printing and reading UUIDs. */
#include "id.h"

#include "text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Random bytes of the next ids of a thread, which the kernel gives many of at a time. */
enum { AHEAD = 256 }; /* as many as it always gives whole */
static _Thread_local uint8_t ahead[AHEAD];
static _Thread_local size_t ahead_left;

/* A child process must not give the ids of its parent. */
static void ahead_forget(void)
{
    ahead_left = 0;
}

static void ahead_init(void)
{
    if (pthread_atfork(NULL, NULL, ahead_forget))
        abort();
}

static void random_id(struct id *ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (!ahead_left) {
        pthread_once(&once, ahead_init);
        if (getrandom(ahead, AHEAD, 0) != AHEAD)
            abort();
        ahead_left = AHEAD;
    }
    ahead_left -= sizeof ret->byte;
    memcpy(ret->byte, ahead + ahead_left, sizeof ret->byte);
}

struct id id_new(struct instant now)
{
    struct id id;
    random_id(&id);
    uint64_t ms = (uint64_t)(now.us / 1000);
    for (int i = 0; i < 6; i++)
        id.byte[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.byte[6] = (uint8_t)(0x70 | (id.byte[6] & 0x0F));
    id.byte[8] = (uint8_t)(0x80 | (id.byte[8] & 0x3F));
    return id;
}

bool id_given(struct id id)
{
    static const struct id none;
    return memcmp(&id, &none, sizeof id) != 0;
}

bool id_equal(struct id a, struct id b)
{
    return !memcmp(&a, &b, sizeof a);
}

int id_compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct id));
}

void id_format(struct id id, char to[ID_TEXT])
{
    for (int i = 0; i < 16; i++, to += 2) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        hex_format(&id.byte[i], 1, to);
    }
}

bool id_parse(const char *text, struct id *ret)
{
    struct id id;
    if (!text || strlen(text) != ID_TEXT - 1)
        return false;
    for (int i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *text++ != '-')
            return false;
        if (!hex_parse(text, 1, &id.byte[i]))
            return false;
        text += 2;
    }
    *ret = id;
    return true;
}
