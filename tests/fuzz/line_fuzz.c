/* line_fuzz.c: whatever a line holds, what is read from it is valid UTF-8 and no longer than it. */
#include "base/text.h"
#include "fuzz.h"
#include "screen/line.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct arena a = { 0 };
    struct line_member in[] = { { .name = "text" }, { .name = "role" } };
    if (line_read(&a, (const char *)at, n, in, 2))
        for (size_t i = 0; i < LENGTH(in); i++) {
            assert(in[i].value.len <= 3 * n);
            /* a NUL may be written as an escape; the rest is checked piece by piece */
            for (size_t from = 0; in[i].value.at && from < in[i].value.len;) {
                size_t piece = strlen(in[i].value.at + from);
                assert(text_is_utf8(in[i].value.at + from, piece));
                from += piece + 1;
            }
        }
    arena_done(&a);
    return 0;
}
