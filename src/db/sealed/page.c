/* page.c: the format of sealed pages and frames, without any file. */
#include "vault.h"

#include <string.h>

enum { FORMAT = 1, WITH_MAX = 64 };

void page_keys_make(const struct secret_key *key, struct page_keys *ret)
{
    secret_key_derive(key, "vow sealed store pages", &ret->pages);
    secret_key_derive(key, "vow sealed store frames", &ret->frames);
    secret_key_derive(key, "vow sealed store frame salts", &ret->salts);
}

void page_keys_wipe(struct page_keys *keys)
{
    secret_key_wipe(&keys->pages);
    secret_key_wipe(&keys->frames);
    secret_key_wipe(&keys->salts);
}

void page_cipher_open(struct page_cipher *c, const struct page_keys *keys, struct id id, int use)
{
    *c = (struct page_cipher){ .id = id };
    if (use & FOR_PAGES)
        c->pages = sealer_new(&keys->pages);
    if (use & FOR_FRAMES) {
        c->frames = sealer_new(&keys->frames);
        c->salts = block_cipher_new(&keys->salts);
    }
}

void page_cipher_close(struct page_cipher *c)
{
    sealer_free(c->pages);
    sealer_free(c->frames);
    block_cipher_free(c->salts);
    *c = (struct page_cipher){ 0 };
}

/* Additional data: format, file, then what says where the page belongs. */
struct with {
    size_t len;
    uint8_t byte[WITH_MAX];
};

static void with_add(struct with *w, const void *at, size_t n)
{
    assert(w->len + n <= WITH_MAX);
    memcpy(w->byte + w->len, at, n);
    w->len += n;
}

static void with_number(struct with *w, uint64_t number)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    with_add(w, bytes, sizeof bytes);
}

static struct with with_start(const struct page_cipher *c)
{
    struct with w = { .len = 1, .byte = { FORMAT } };
    with_add(&w, c->id.byte, sizeof c->id.byte);
    return w;
}

static struct with page_with(const struct page_cipher *c, uint32_t number, const uint8_t *page)
{
    struct with w = with_start(c);
    with_number(&w, number);
    if (number == 1)
        with_add(&w, page + CLEAR_AT, CLEAR);
    return w;
}

static struct with frame_with(const struct page_cipher *c, int64_t at, const uint8_t *salts,
                              const uint8_t *start)
{
    struct with w = with_start(c);
    with_number(&w, (uint64_t)at);
    with_add(&w, salts, SALTS);
    with_add(&w, start, 8);
    return w;
}

bool page_fits(uint32_t number, const uint8_t page[PAGE])
{
    for (int i = BODY; i < PAGE; i++) {
        if (page[i])
            return false;
    }
    const uint8_t *clear = page + CLEAR_AT;
    return number != 1 || (clear[0] == PAGE >> 8 && clear[1] == 0 && clear[2] == clear[3] &&
                           (clear[2] == 1 || clear[2] == 2) && clear[4] == SEAL_ADDED &&
                           clear[5] == 64 && clear[6] == 32 && clear[7] == 32);
}

void page_seal(struct page_cipher *c, uint32_t number, const uint8_t page[PAGE], uint8_t to[PAGE])
{
    struct with w = page_with(c, number, page);
    struct blob with = { w.byte, w.len };
    uint8_t *nonce = to + BODY, *tag = nonce + SEAL_NONCE;
    sealer_nonce(c->pages, nonce);
    if (number != 1) {
        sealer_encrypt(c->pages, nonce, with, page, BODY, to, tag);
        return;
    }
    /* The readable bytes are left out of the message: what follows them moves up to them. */
    uint8_t rest[BODY - CLEAR];
    memcpy(rest, page, CLEAR_AT);
    memcpy(rest + CLEAR_AT, page + CLEAR_AT + CLEAR, sizeof rest - CLEAR_AT);
    sealer_encrypt(c->pages, nonce, with, rest, sizeof rest, rest, tag);
    memcpy(to, rest, CLEAR_AT);
    memcpy(to + CLEAR_AT, page + CLEAR_AT, CLEAR);
    memcpy(to + CLEAR_AT + CLEAR, rest + CLEAR_AT, sizeof rest - CLEAR_AT);
}

bool page_open(struct page_cipher *c, uint32_t number, const uint8_t sealed[PAGE], uint8_t to[PAGE])
{
    struct with w = page_with(c, number, sealed);
    struct blob with = { w.byte, w.len };
    const uint8_t *nonce = sealed + BODY, *tag = nonce + SEAL_NONCE;
    memset(to + BODY, 0, SEAL_ADDED);
    if (number != 1)
        return sealer_decrypt(c->pages, nonce, with, sealed, BODY, to, tag);
    memcpy(to, sealed, CLEAR_AT);
    memcpy(to + CLEAR_AT, sealed + CLEAR_AT + CLEAR, BODY - CLEAR_AT - CLEAR);
    memset(to + BODY - CLEAR, 0, CLEAR);
    if (!sealer_decrypt(c->pages, nonce, with, to, BODY - CLEAR, to, tag))
        return false;
    memmove(to + CLEAR_AT + CLEAR, to + CLEAR_AT, BODY - CLEAR_AT - CLEAR);
    memcpy(to + CLEAR_AT, sealed + CLEAR_AT, CLEAR);
    return true;
}

void note_seal(struct page_cipher *c, const uint8_t note[NOTE], uint8_t to[NOTE + SEAL_ADDED])
{
    struct with w = page_with(c, 0, NULL);
    sealer_seal(c->pages, (struct blob){ w.byte, w.len }, note, NOTE, to);
}

bool note_open(struct page_cipher *c, const uint8_t sealed[NOTE + SEAL_ADDED], uint8_t to[NOTE])
{
    struct with w = page_with(c, 0, NULL);
    return sealer_open(c->pages, (struct blob){ w.byte, w.len }, sealed, NOTE, to);
}

void frame_header_seal(struct page_cipher *c, const uint8_t header[FRAME_HEADER],
                       uint8_t to[FRAME_HEADER])
{
    memmove(to, header, 8);
    block_encrypt(c->salts, header + 8, to + 8);
}

void frame_header_open(struct page_cipher *c, const uint8_t sealed[FRAME_HEADER],
                       uint8_t to[FRAME_HEADER])
{
    memmove(to, sealed, 8);
    block_decrypt(c->salts, sealed + 8, to + 8);
}

void frame_body_seal(struct page_cipher *c, int64_t at, const uint8_t salts[SALTS],
                     const uint8_t start[8], const uint8_t page[PAGE], uint8_t to[PAGE])
{
    struct with w = frame_with(c, at, salts, start);
    sealer_nonce(c->frames, to + BODY);
    sealer_encrypt(c->frames, to + BODY, (struct blob){ w.byte, w.len }, page, BODY, to,
                   to + BODY + SEAL_NONCE);
}

bool frame_body_open(struct page_cipher *c, int64_t at, const uint8_t salts[SALTS],
                     const uint8_t start[8], const uint8_t sealed[PAGE], uint8_t to[PAGE])
{
    struct with w = frame_with(c, at, salts, start);
    memset(to + BODY, 0, SEAL_ADDED);
    return sealer_decrypt(c->frames, sealed + BODY, (struct blob){ w.byte, w.len }, sealed, BODY,
                          to, sealed + BODY + SEAL_NONCE);
}
