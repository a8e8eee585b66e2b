/* mask_fuzz.c: spans are ordered and inside the text; masking and restoring give the text back,
   whole or in pieces. */
#include "fuzz.h"
#include "screen/mask.h"

#include <string.h>

static const struct mask_name names[] = {
    { "Anna-Lena Müller", MASK_PERSON, 1 },
    { "O'Brien, Pat", MASK_PERSON, 2 },
    { "Initech", MASK_ORGANIZATION, 3 },
    { "Paris office", MASK_KEEP, 0 },
};

static void check_spans(const struct mask_spans *spans, size_t n)
{
    size_t end = 0;
    for (size_t i = 0; i < spans->count; i++) {
        const struct mask_span *span = &spans->at[i];
        assert(span->start >= end && span->end > span->start && span->end <= n);
        end = span->end;
    }
}

static void check_stream(struct arena *a, struct mask_map *map, struct mask_text masked,
                         const uint8_t *at, size_t n)
{
    struct mask_stream *stream = mask_stream_new(map);
    char *whole = arena_alloc(a, n + 1);
    size_t length = 0;
    for (size_t from = 0; from < masked.len;) {
        size_t piece = 1 + (n ? at[from % n] % 7u : 0);
        piece = piece < masked.len - from ? piece : masked.len - from;
        struct mask_text text = mask_stream_feed(stream, masked.at + from, piece);
        assert(length + text.len <= n);
        memcpy(whole + length, text.at, text.len);
        length += text.len;
        from += piece;
    }
    struct mask_text rest = mask_stream_end(stream);
    assert(length + rest.len == n);
    memcpy(whole + length, rest.at, rest.len);
    assert(memcmp(whole, at, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct arena a = { 0 };
    const struct mask *mask = mask_new(&a, names, LENGTH(names));
    struct mask_spans spans = mask_find(&a, mask, (const char *)at, n, MASK_ALL);
    check_spans(&spans, n);
    struct mask_map *map = mask_map_new(&a);
    struct mask_text masked = mask_apply(map, (const char *)at, n, &spans);
    struct mask_text restored = mask_restore(map, masked.at, masked.len);
    assert(restored.len == n && (n == 0 || memcmp(restored.at, at, n) == 0));
    if (n)
        check_stream(&a, map, masked, at, n);
    arena_done(&a);
    return 0;
}
