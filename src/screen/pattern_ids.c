/* pattern_ids.c: letters and digits mixed: bank accounts, vehicles, identity numbers, keys. */
#include "pattern.h"

#include "base/text.h"
#include "checksum.h"

#include <string.h>

static bool alnum_word(const struct word *w)
{
    return (w->class == WORD_LETTERS || w->class == WORD_DIGITS) && w->length == w->end - w->start;
}

/* A run of letters and digits that hang together; hyphens inside are left out of `plain`. */
struct run {
    size_t first, last; /* words */
    size_t start, end;  /* bytes */
    size_t n, digits, letters;
    char plain[72];
    uint32_t context;
};

static bool run_read(const struct search *s, size_t i, bool hyphens, struct run *ret)
{
    const struct words *w = &s->words;
    *ret = (struct run){ .first = i, .start = w->at[i].start };
    for (size_t k = i; k < w->count; k++) {
        if (k > i && w->at[k].space)
            break;
        if (k > i && hyphens && word_is(s, k, '-') && k + 1 < w->count && !w->at[k + 1].space &&
            alnum_word(&w->at[k + 1]))
            continue;
        size_t n = w->at[k].length;
        if (!alnum_word(&w->at[k]) || ret->n + n >= sizeof ret->plain)
            break;
        memcpy(ret->plain + ret->n, s->text + w->at[k].start, n);
        ret->n += n;
        *(w->at[k].class == WORD_DIGITS ? &ret->digits : &ret->letters) += n;
        ret->last = k;
        ret->end = w->at[k].end;
    }
    return ret->n > 0;
}

/* An IBAN from word `i`, in one piece or in groups; its last word, or 0. */
static size_t iban_last(const struct search *s, size_t i)
{
    const struct words *w = &s->words;
    char plain[40];
    size_t n = 0;
    if (w->at[i].length < 2 || (w->at[i].length > 2 && !word_class_is(s, i, WORD_LETTERS)))
        return 0;
    for (size_t k = i; k < w->count && n < 35; k++) {
        if (k > i && word_is(s, k, '-'))
            k++;
        if (k == w->count || !alnum_word(&w->at[k]))
            break;
        size_t length = w->at[k].length;
        if (n + length > 34)
            break;
        memcpy(plain + n, s->text + w->at[k].start, length);
        n += length;
        bool whole = k + 1 == w->count || w->at[k + 1].space || !alnum_word(&w->at[k + 1]);
        if (n > 3 && (plain[2] < '0' || plain[2] > '9' || plain[3] < '0' || plain[3] > '9'))
            return 0;
        if (whole && n >= 15 && iban_valid(plain, n))
            return k;
    }
    return 0;
}

static bool hex_all(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (hex_digit(text[i]) < 0)
            return false;
    return true;
}

static bool crypto_found(struct search *s, const struct run *r)
{
    bool ether = r->n == 42 && r->plain[0] == '0' && (r->plain[1] | 0x20) == 'x' &&
                 hex_all(r->plain + 2, 40);
    bool segwit = r->n >= 26 && r->n <= 62 && !strncasecmp(r->plain, "bc1", 3) && r->digits > 3 &&
                  !strpbrk(r->plain + 3, "1bio");
    if (!ether && !segwit && !base58_valid(r->plain, r->n))
        return false;
    search_add(s, MASK_CRYPTO_ADDRESS, r->start, r->end, 0.95f,
               "has the form of a wallet's address");
    return true;
}

static bool checked_found(struct search *s, const struct run *r)
{
    static const struct {
        bool (*valid)(const char *text, size_t n);
        enum mask_kind kind;
        uint32_t context;
        const char *why;
    } rows[] = {
        { vin_valid, MASK_VEHICLE_ID, 0, "VIN, check digit fits" },
        { codice_fiscale_valid, MASK_NATIONAL_ID, 0, "Italian codice fiscale, check letter fits" },
        { dni_valid, MASK_NATIONAL_ID, 0, "Spanish DNI or NIE, check letter fits" },
        { nir_valid, MASK_NATIONAL_ID, 0, "French NIR, key fits" },
        { nino_valid, MASK_NATIONAL_ID, 0, "has the form of a National Insurance number" },
    };
    if (!r->digits || !r->letters)
        return false;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if ((!rows[i].context || r->context & rows[i].context) && rows[i].valid(r->plain, r->n)) {
            search_add(s, rows[i].kind, r->start, r->end, 0.95f, rows[i].why);
            return true;
        }
    return false;
}

/* Mixed letters and digits beside a word that names them. */
static void named_found(struct search *s, const struct run *r)
{
    static const struct {
        uint32_t context, also;
        uint8_t least, most;
        enum mask_kind kind;
        const char *why;
    } rows[] = {
        { CONTEXT_LICENSE, CONTEXT_DRIVER, 5, 20, MASK_US_DRIVER_LICENSE,
          "called a driver's licence" },
        { CONTEXT_DRIVER, CONTEXT_NUMBER, 5, 20, MASK_US_DRIVER_LICENSE,
          "called a driver's licence" },
        { CONTEXT_PASSPORT, 0, 7, 10, MASK_PASSPORT, "called a passport or card of identity" },
        { CONTEXT_DEVICE, 0, 8, 24, MASK_DEVICE_ID, "called a device's number" },
        { CONTEXT_MEDICAL, CONTEXT_NUMBER | CONTEXT_ACCOUNT, 5, 16, MASK_MEDICAL_ID,
          "called a medical number" },
        { CONTEXT_PERSONNEL, 0, 4, 12, MASK_ACCOUNT_NUMBER, "called a personnel number" },
        { CONTEXT_TAX, CONTEXT_NUMBER, 8, 16, MASK_NATIONAL_ID, "called a tax number" },
        { CONTEXT_VEHICLE, 0, 4, 17, MASK_VEHICLE_ID, "called a vehicle's number" },
        { CONTEXT_ACCOUNT, 0, 6, 24, MASK_ACCOUNT_NUMBER, "called an account or record" },
    };
    if (r->digits < 2 || !r->letters || r->context & CONTEXT_VERSION)
        return;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (r->context & rows[i].context && (!rows[i].also || r->context & rows[i].also) &&
            r->n >= rows[i].least && r->n <= rows[i].most && r->digits * 3 >= r->n) {
            search_add(s, rows[i].kind, r->start, r->end, 0.9f, rows[i].why);
            return;
        }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool visible(char c)
{
    return (unsigned char)c > 0x20 && c != 0x7f;
}

/* Keys that say themselves what they are. */
static size_t key_found(struct search *s, size_t i)
{
    static const struct {
        const char *lead;
        size_t least, digits;
    } leads[] = {
        { "sk-", 20, 2 },   { "sk_live_", 16, 2 },    { "sk_test_", 16, 2 }, { "ghp_", 30, 2 },
        { "gho_", 30, 2 },  { "github_pat_", 30, 2 }, { "glpat-", 16, 2 },   { "xoxb-", 20, 2 },
        { "xoxp-", 20, 2 }, { "AKIA", 16, 1 },        { "AIza", 30, 2 },     { "eyJ", 40, 2 },
        { "npm_", 30, 2 },
    };
    size_t at = s->words.at[i].start;
    for (size_t k = 0; k < LENGTH(leads); k++) {
        size_t lead = strlen(leads[k].lead);
        if (s->n - at < lead || memcmp(s->text + at, leads[k].lead, lead) != 0)
            continue;
        size_t end = at + lead, digits = 0;
        for (; end < s->n && visible(s->text[end]); end++) {
            char c = s->text[end];
            if (!is_letter(c) && !is_digit(c) && !strchr("_-.", c))
                break;
            digits += is_digit(c);
        }
        if (end - at < lead + leads[k].least || digits < leads[k].digits)
            continue;
        search_add(s, MASK_SECRET, at, end, 0.97f, "has the form of an access key");
        return end;
    }
    return 0;
}

/* "password: x", "the PIN is 1234": what follows the sign or "is". */
static void secret_found(struct search *s, size_t i)
{
    const struct words *w = &s->words;
    size_t k = i + 1;
    if (!(context_look(s->context, w->at[i].hash) & CONTEXT_SECRET) || k + 1 >= w->count)
        return;
    static const char *const links[] = { "is", "ist", "est", "es", "e" };
    bool link = word_is(s, k, ':') || word_is(s, k, '=');
    for (size_t n = 0; n < LENGTH(links); n++)
        link = link || !strcmp(w->at[k].plain, links[n]);
    if (!link || w->at[k + 1].class == WORD_NEWLINE)
        return;
    size_t start = w->at[k + 1].start, end = start, digits = 0, letters = 0, signs = 0;
    for (; end < s->n && visible(s->text[end]) && end - start < 128; end++) {
        char c = s->text[end];
        bool letter = is_letter(c) || (unsigned char)c >= 0x80;
        digits += is_digit(c);
        letters += letter;
        signs += !letter && !is_digit(c) && !strchr(".,;:!?\"')", c);
    }
    while (end > start && strchr(".,;:!?\"')", s->text[end - 1]))
        end--;
    while (end > start && (s->text[end] & 0xc0) == 0x80)
        end--;
    while (start < end && strchr("\"'", s->text[start]))
        start++;
    bool plain_pin = digits >= 4 && !letters;
    if (end - start >= 4 &&
        (plain_pin || (digits && letters) || (signs && (digits || letters) && end - start >= 6)))
        search_add(s, MASK_SECRET, start, end, 0.9f, "called a password or key");
}

/* UK and Canadian postal codes: "SW1A 1AA", "K1A 0B1". */
static bool postal_found(struct search *s, const struct run *r)
{
    const struct words *w = &s->words;
    size_t k = r->last + 1;
    struct run second;
    if (r->n > 4 || r->n < 2 || !r->digits || !r->letters || k >= w->count || !w->at[k].space ||
        w->at[k].class != WORD_DIGITS || w->at[k].length != 1 || !run_read(s, k, false, &second) ||
        second.n != 3 || w->at[r->first].class != WORD_LETTERS)
        return false;
    for (size_t i = 0; i < 3; i++)
        if ((second.plain[i] >= 'a' && second.plain[i] <= 'z') || r->plain[0] > 'Z')
            return false;
    bool uk = second.digits == 1;
    bool canada = r->n == 3 && second.digits == 2 && r->digits == 1 && second.plain[2] >= '0' &&
                  second.plain[2] <= '9';
    if (!uk && !canada)
        return false;
    search_add(s, MASK_ZIP_CODE, r->start, second.end, 0.9f, "has the form of a postal code");
    return true;
}

/* Up to three capitals or five digits. */
static bool plate_part(const struct word *w)
{
    bool capital = w->shape == CASE_UPPER || (w->shape == CASE_TITLE && w->length == 1);
    return alnum_word(w) && (w->class == WORD_DIGITS ? w->length <= 5 : capital && w->length <= 3);
}

/* Number plates: "B-MW 1234", "AB-123-CD", "1234 BCD" beside a word for it. */
static void plate_found(struct search *s, size_t i)
{
    const struct words *w = &s->words;
    bool number = w->at[i].class == WORD_DIGITS;
    if (!(context_before(s->context, w, i, 4) & CONTEXT_VEHICLE) || !plate_part(&w->at[i]) ||
        (number && (i + 1 == w->count || word_class_is(s, i + 1, WORD_DIGITS))))
        return;
    size_t last = i, digits = number ? w->at[i].length : 0, letters = number ? 0 : w->at[i].length;
    for (size_t k = i + 1; k < w->count && k < i + 7; k++) {
        if (plate_part(&w->at[k])) {
            digits += w->at[k].class == WORD_DIGITS ? w->at[k].length : 0;
            letters += w->at[k].class == WORD_LETTERS ? w->at[k].length : 0;
            last = k;
        } else if (!word_is(s, k, '-'))
            break;
    }
    if (letters >= 1 && digits >= 1 && digits <= 5 && letters + digits >= 4 &&
        letters + digits <= 9)
        search_add(s, MASK_VEHICLE_ID, w->at[i].start, w->at[last].end, 0.85f,
                   "called a number plate");
}

void pattern_ids(struct search *s)
{
    const struct words *w = &s->words;
    for (size_t i = 0; i < w->count; i++) {
        if (!alnum_word(&w->at[i]) || (i > 0 && !w->at[i].space && alnum_word(&w->at[i - 1])))
            continue;
        bool letters = w->at[i].class == WORD_LETTERS;
        if (letters && w->at[i].length >= 3)
            secret_found(s, i);
        bool mixed =
            i + 1 < w->count && !w->at[i + 1].space &&
            (alnum_word(&w->at[i + 1]) || word_is(s, i + 1, '-') || word_is(s, i + 1, '_'));
        if (w->at[i].length <= (letters ? 3 : 4))
            plate_found(s, i);
        if (!mixed)
            continue;
        size_t end = letters ? key_found(s, i) : 0;
        size_t last = end || !letters ? 0 : iban_last(s, i);
        if (last)
            search_add(s, MASK_IBAN_CODE, w->at[i].start, w->at[last].end, 0.99f,
                       "IBAN, checksum fits")
                ->rank = 1; /* before a card that may be inside */
        struct run r;
        if (!last && !end && run_read(s, i, true, &r) && r.digits && r.letters) {
            r.context = context_before(s->context, w, i, 6);
            if (!crypto_found(s, &r) && !checked_found(s, &r) && !postal_found(s, &r))
                named_found(s, &r);
            last = r.last;
        }
        while (i + 1 < w->count && (i < last || w->at[i + 1].start < end))
            i++;
    }
}
