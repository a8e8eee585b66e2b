/* provider_fuzz.c: a provider's answer, cut anywhere, ends well or with a reason; text handed on is
   UTF-8 without NUL. The first byte chooses the form and the size of the pieces. */
#include "base/text.h"
#include "egress/openai.h"
#include "fuzz.h"

static void take(void *user, const char *text, size_t n)
{
    (void)user;
    assert(text_is_utf8(text, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    if (n < 1)
        return 0;
    size_t piece = 1 + at[0] / 2u;
    struct openai_reader *reader = openai_reader_new(at[0] & 1, 1 << 16, take, NULL);
    enum egress_reason reason = EGRESS_OK;
    for (size_t from = 1; from < n && reason == EGRESS_OK; from += piece)
        reason = openai_reader_feed(reader, at + from, n - from < piece ? n - from : piece);
    if (reason == EGRESS_OK)
        reason = openai_reader_end(reader);
    assert(reason < EGRESS_REASONS);
    struct egress_end end = { 0 };
    openai_reader_sum(reader, &end);
    openai_reader_free(reader);
    assert(openai_error(400 + at[0], at + 1, n - 1) < EGRESS_REASONS);
    return 0;
}
