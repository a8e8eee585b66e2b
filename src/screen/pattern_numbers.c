/* pattern_numbers.c: groups of digits: dates, cards, identity numbers, phones, ages, years. */
#include "pattern.h"

#include "checksum.h"
#include "gazetteer.h"

#include <string.h>

enum { GROUPS = 10, DIGITS = 40 };

/* Groups of digits with single separators: "+49 (30) 123-456". */
struct number {
    size_t start, end;           /* bytes */
    size_t first, words[GROUPS]; /* the word of each group */
    uint8_t lengths[GROUPS];
    char before[GROUPS]; /* separator before each group; ' ' for white space */
    size_t groups, n;
    char digits[DIGITS + 1];
    bool plus, paren;
    uint32_t context; /* bits of the words before */
    bool amount;      /* a sum of money or a measure */
};

static bool ascii_digits(const struct search *s, const struct word *w)
{
    return w->class == WORD_DIGITS && w->length == w->end - w->start && s->text[w->start] < 0x7f;
}

/* The separator between group word `i` and the next group; the next group's word, or 0. */
static size_t group_next(const struct search *s, size_t i, char *separator)
{
    const struct words *w = &s->words;
    size_t k = i + 1;
    if (k >= w->count)
        return 0;
    *separator = ' ';
    if (w->at[k].class == WORD_DIGITS)
        return w->at[k].space ? k : 0;
    if (w->at[k].class != WORD_SIGN)
        return 0;
    char sign = s->text[w->at[k].start];
    bool dash = w->at[k].length == 3 && !memcmp(s->text + w->at[k].start, "\xe2\x80", 2);
    if (!dash && !(w->at[k].length == 1 && strchr("-./()", sign)))
        return 0;
    *separator = dash ? '-' : sign;
    if (w->at[k].space && sign != '(')
        return 0;
    k++;
    if (sign == ')' && word_is(s, k, '-'))
        k++;
    if (k >= w->count || w->at[k].class != WORD_DIGITS || (w->at[k].space && sign != ')'))
        return 0;
    return k;
}

static bool number_read(const struct search *s, size_t i, struct number *ret)
{
    const struct words *w = &s->words;
    *ret = (struct number){ .first = i, .start = w->at[i].start };
    if (i > 0 && !w->at[i].space && word_is(s, i - 1, '(')) {
        ret->paren = true;
        ret->start--;
        ret->first--;
    }
    if (ret->first > 0 && word_is(s, ret->first - 1, '+') &&
        w->at[ret->first - 1].end == ret->start) {
        ret->plus = true;
        ret->start--;
        ret->first--;
    }
    char separator = 0;
    bool closed = false;
    for (size_t k = i;;) {
        if (!ascii_digits(s, &w->at[k]) || ret->n + w->at[k].length > DIGITS)
            break;
        memcpy(ret->digits + ret->n, s->text + w->at[k].start, w->at[k].length);
        ret->n += w->at[k].length;
        ret->words[ret->groups] = k;
        ret->lengths[ret->groups] = w->at[k].length;
        ret->before[ret->groups++] = separator;
        ret->end = w->at[k].end;
        if (ret->groups == GROUPS || !(k = group_next(s, k, &separator)))
            break;
        closed |= separator == ')';
    }
    if (ret->paren && !closed && !ret->plus) { /* brackets around the whole are no part of it */
        ret->paren = false;
        ret->start++;
        ret->first++;
    }
    return ret->groups > 0;
}

/* The same number with its last group left out. */
static void number_trim(const struct search *s, struct number *x)
{
    x->groups--;
    x->n -= x->lengths[x->groups];
    x->digits[x->n] = 0;
    x->end = s->words.at[x->words[x->groups - 1]].end;
}

static bool lengths_are(const struct number *x, const char *form)
{
    if (strlen(form) != x->groups)
        return false;
    for (size_t i = 0; i < x->groups; i++)
        if (x->lengths[i] != form[i] - '0')
            return false;
    return true;
}

static bool separators_are(const struct number *x, const char *signs)
{
    for (size_t i = 1; i < x->groups; i++)
        if (!strchr(signs, x->before[i]))
            return false;
    return true;
}

static bool separators_same(const struct number *x)
{
    for (size_t i = 2; i < x->groups; i++)
        if (x->before[i] != x->before[1])
            return false;
    return true;
}

/* hh:mm or hh:mm:ss(.fff)(Z|+hh:mm) at word `i`; the end in bytes, or 0. */
static size_t clock_end(const struct search *s, size_t i)
{
    if (!word_class_is(s, i, WORD_DIGITS) || !word_is(s, i + 1, ':') ||
        !word_class_is(s, i + 2, WORD_DIGITS) || word_number(s, i) > 24 ||
        word_number(s, i + 2) > 59 || s->words.at[i + 2].length != 2)
        return 0;
    size_t last = i + 2;
    if (word_is(s, last + 1, ':') && word_class_is(s, last + 2, WORD_DIGITS))
        last += 2;
    if (word_is(s, last + 1, '.') && word_class_is(s, last + 2, WORD_DIGITS) &&
        !s->words.at[last + 2].space)
        last += 2;
    if (last + 1 < s->words.count && !strcmp(s->words.at[last + 1].plain, "z"))
        last++;
    else if ((word_is(s, last + 1, '+') || word_is(s, last + 1, '-')) &&
             word_class_is(s, last + 2, WORD_DIGITS) && !s->words.at[last + 1].space)
        last += word_is(s, last + 3, ':') && word_class_is(s, last + 4, WORD_DIGITS) ? 4 : 2;
    return s->words.at[last].end;
}

static bool date_fits(uint32_t a, uint32_t b)
{
    return a >= 1 && b >= 1 && ((a <= 12 && b <= 31) || (a <= 31 && b <= 12));
}

/* "am 3.6.24" is a date, "in 3.6.24" may be a version. */
static bool date_announced(const struct search *s, const struct number *x)
{
    static const char *const leads[] = { "am",  "vom", "zum", "bis",  "seit", "du",
                                         "dal", "del", "op",  "dnia", "em" };
    for (size_t i = 0; x->first > 0 && i < LENGTH(leads); i++)
        if (!strcmp(s->words.at[x->first - 1].plain, leads[i]))
            return true;
    return x->context & CONTEXT_BORN;
}

static bool date_found(struct search *s, const struct number *x)
{
    if (x->groups != 3 || !separators_are(x, "-./") || !separators_same(x) ||
        x->context & CONTEXT_VERSION)
        return false;
    uint32_t a = word_number(s, x->words[0]), b = word_number(s, x->words[1]);
    uint32_t c = word_number(s, x->words[2]);
    bool iso = x->lengths[0] == 4 && x->lengths[1] <= 2 && x->lengths[2] <= 2 && a >= 1800 &&
               a < 2200 && b >= 1 && b <= 12 && c >= 1 && c <= 31;
    bool local = x->lengths[0] <= 2 && x->lengths[1] <= 2 && date_fits(a, b) &&
                 ((x->lengths[2] == 4 && c >= 1800 && c < 2200) ||
                  (x->lengths[2] == 2 &&
                   (x->before[1] == '/' || x->lengths[1] == 2 || date_announced(s, x))));
    if (!iso && !local)
        return false;
    size_t next = x->words[2] + 1;
    if (next < s->words.count && (word_is(s, next, ',') || !strcmp(s->words.at[next].plain, "t")))
        next++;
    size_t end = clock_end(s, next);
    search_add(s, MASK_DATE_TIME, x->start, end ? end : x->end, 0.95f, "a date");
    return true;
}

static bool card_found(struct search *s, const struct number *x)
{
    bool grouped = x->groups == 1;
    if (x->groups > 2 && separators_are(x, " -") && separators_same(x))
        grouped = lengths_are(x, "4444") || lengths_are(x, "465") || lengths_are(x, "464") ||
                  lengths_are(x, "44443") || lengths_are(x, "4444") || lengths_are(x, "456");
    size_t next = x->words[x->groups - 1] + 1;
    bool inside = x->groups > 1 && ((x->first > 0 && word_class_is(s, x->first - 1, WORD_DIGITS)) ||
                                    word_class_is(s, next, WORD_DIGITS));
    if (!grouped || x->n < 12 || x->n > 19 || x->plus || (inside && !(x->context & CONTEXT_CARD)))
        return false;
    if (card_valid(x->digits, x->n) || (x->context & CONTEXT_CARD && luhn_valid(x->digits, x->n)))
        search_add(s, MASK_CREDIT_CARD, x->start, x->end, 0.99f, "card number, Luhn digit fits");
    else if (x->context & CONTEXT_CARD)
        search_add(s, MASK_CREDIT_CARD, x->start, x->end, 0.8f, "a long number called a card");
    else
        return false;
    return true;
}

static bool ssn_found(struct search *s, const struct number *x)
{
    if (x->n != 9 || x->plus || !ssn_valid(x->digits))
        return false;
    bool formed = lengths_are(x, "324") && separators_are(x, "- ") && separators_same(x);
    if (formed && (x->before[1] == '-' || x->context & CONTEXT_SSN))
        search_add(s, MASK_US_SSN, x->start, x->end, 0.97f, "SSN form, valid area");
    else if (x->groups == 1 && x->context & CONTEXT_SSN)
        search_add(s, MASK_US_SSN, x->start, x->end, 0.97f, "nine digits called an SSN");
    else
        return false;
    return true;
}

static bool ip_found(struct search *s, const struct number *x)
{
    if (x->groups != 4 || !separators_are(x, ".") || x->context & CONTEXT_VERSION)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (word_number(s, x->words[i]) > 255 || x->lengths[i] > 3)
            return false;
    search_add(s, MASK_IP_ADDRESS, x->start, x->end, 0.95f, "IPv4 address");
    return true;
}

/* Numbers whose checksum and form suffice alone, and such as need a word that names them. */
static bool national_found(struct search *s, const struct number *x)
{
    static const struct {
        bool (*valid)(const char *digits, size_t n);
        enum mask_kind kind;
        uint32_t context; /* 0: none needed */
        const char *why;
    } rows[] = {
        { npi_valid, MASK_MEDICAL_ID, CONTEXT_NPI | CONTEXT_MEDICAL, "NPI, Luhn digit fits" },
        { pesel_valid, MASK_NATIONAL_ID, 0, "PESEL, checksum fits" },
        { steuer_id_valid, MASK_NATIONAL_ID, 0, "German tax id, checksum fits" },
        { nir_valid, MASK_NATIONAL_ID, 0, "French NIR, key fits" },
        { bsn_valid, MASK_NATIONAL_ID, CONTEXT_TAX, "Dutch BSN, checksum fits" },
        { nif_valid, MASK_NATIONAL_ID, CONTEXT_TAX, "Portuguese NIF, checksum fits" },
    };
    if (x->plus || x->paren || !separators_are(x, " .-"))
        return false;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if ((!rows[i].context || x->context & rows[i].context) && rows[i].valid(x->digits, x->n)) {
            search_add(s, rows[i].kind, x->start, x->end, 0.97f, rows[i].why);
            return true;
        }
    return false;
}

static bool named_found(struct search *s, const struct number *x)
{
    static const struct {
        uint32_t context, also; /* `also`: one of these must be there too, unless 0 */
        uint8_t least, most;
        enum mask_kind kind;
        const char *why;
    } rows[] = {
        { CONTEXT_LICENSE, CONTEXT_DRIVER, 5, 14, MASK_US_DRIVER_LICENSE,
          "called a driver's licence" },
        { CONTEXT_DRIVER, CONTEXT_NUMBER, 5, 14, MASK_US_DRIVER_LICENSE,
          "called a driver's licence" },
        { CONTEXT_DEVICE, 0, 8, 20, MASK_DEVICE_ID, "called a device's number" },
        { CONTEXT_MEDICAL, CONTEXT_NUMBER | CONTEXT_ACCOUNT, 5, 14, MASK_MEDICAL_ID,
          "called a medical number" },
        { CONTEXT_PASSPORT, 0, 7, 10, MASK_PASSPORT, "called a passport or card of identity" },
        { CONTEXT_PERSONNEL, 0, 4, 12, MASK_ACCOUNT_NUMBER, "called a personnel number" },
        { CONTEXT_TAX, CONTEXT_NUMBER | CONTEXT_TAX, 8, 15, MASK_NATIONAL_ID,
          "called a tax number" },
        { CONTEXT_ACCOUNT, 0, 6, 20, MASK_ACCOUNT_NUMBER, "called an account or record" },
    };
    if (x->plus || x->amount)
        return false;
    for (size_t i = 0; i < LENGTH(rows); i++)
        if (x->context & rows[i].context && (!rows[i].also || x->context & rows[i].also) &&
            x->n >= rows[i].least && x->n <= rows[i].most &&
            (x->groups == 1 || separators_are(x, "-/") || rows[i].kind == MASK_NATIONAL_ID)) {
            search_add(s, rows[i].kind, x->start, x->end, 0.9f, rows[i].why);
            return true;
        }
    return false;
}

/* Forms that are phone numbers even where no word says so. */
static bool phone_form(const struct number *x)
{
    static const char *const forms[] = {
        "2222", "22222", "344", "3333", "442", "4222", "32222", "1334", "12222",
    };
    if (x->plus)
        return x->n >= 8 && x->n <= 15;
    if (x->amount || x->groups < 2 || x->n < 7 || x->n > 13)
        return false;
    if (x->paren)
        return x->lengths[0] <= 4;
    if (x->digits[0] == '0' && x->n >= 9 && x->lengths[0] >= 2 && x->groups <= 6)
        return !separators_are(x, ".") || x->groups > 3;
    if (lengths_are(x, "334"))
        return separators_same(x) && x->digits[0] > '1';
    if (lengths_are(x, "44") && x->before[1] == ' ')
        return true;
    if (lengths_are(x, "333") && separators_are(x, " "))
        return strchr("679", x->digits[0]) != NULL; /* mobiles of Spain, Portugal, Poland */
    for (size_t i = 0; i < LENGTH(forms); i++)
        if (lengths_are(x, forms[i]) && separators_are(x, "-"))
            return true;
    return false;
}

static bool phone_found(struct search *s, const struct number *x)
{
    bool form = phone_form(x);
    bool named = x->context & CONTEXT_PHONE && !x->amount && x->n >= 6 && x->n <= 15;
    if (!form && !named)
        return false;
    if (x->context & CONTEXT_VERSION && !x->plus)
        return false;
    size_t end = x->end, next = x->words[x->groups - 1] + 1;
    if (next + 1 < s->words.count &&
        (!strcmp(s->words.at[next].plain, "x") || !strcmp(s->words.at[next].plain, "ext"))) {
        next += word_is(s, next + 1, '.') ? 2 : 1;
        if (word_class_is(s, next, WORD_DIGITS) && s->words.at[next].length < 7)
            end = s->words.at[next].end;
    }
    search_add(s, MASK_PHONE_NUMBER, x->start, end,
               form && named ? 0.97f
               : named       ? 0.9f
                             : 0.85f,
               named ? "called a phone number" : "has the form of a phone number");
    return true;
}

static bool zip_found(struct search *s, const struct number *x)
{
    bool two =
        x->groups == 2 && (lengths_are(x, "54") || lengths_are(x, "32") || lengths_are(x, "43") ||
                           lengths_are(x, "23") || lengths_are(x, "53"));
    if (!(x->context & CONTEXT_ZIP) || (x->groups != 1 && !two) || x->n < 3 || x->n > 9 ||
        x->amount)
        return false;
    size_t end = x->end, next = x->words[x->groups - 1] + 1;
    if (next < s->words.count && s->words.at[next].shape == CASE_UPPER &&
        s->words.at[next].length == 2 && x->n == 4)
        end = s->words.at[next].end; /* 1012 AB */
    search_add(s, MASK_ZIP_CODE, x->start, end, 0.9f, "called a postal code");
    return true;
}

/* A year after "in", "since", "until", ...: no number of things. */
static bool year_found(struct search *s, const struct number *x)
{
    uint32_t year = x->groups == 1 && x->n == 4 ? word_number(s, x->words[0]) : 0;
    size_t i = x->words[0];
    if (year < 1900 || year > 2049 || i == 0 || x->amount)
        return false;
    const struct word *before = &s->words.at[i - 1];
    const struct word *after = i + 1 < s->words.count ? &s->words.at[i + 1] : NULL;
    if (!(gazetteer_look_wide(before->hash) & GAZETTEER_DATE_LEAD))
        return false;
    if (word_is(s, i + 1, ':') || word_is(s, i + 1, '/') ||
        (word_is(s, i + 1, '.') && word_class_is(s, i + 2, WORD_DIGITS) &&
         !s->words.at[i + 2].space))
        return false;
    bool of = !strcmp(before->plain, "of") || !strcmp(before->plain, "to") ||
              !strcmp(before->plain, "by") || !strcmp(before->plain, "around") ||
              !strcmp(before->plain, "between");
    if (of) {
        const struct word *owner = i > 1 ? &s->words.at[i - 2] : NULL;
        bool act =
            owner && owner->class == WORD_LETTERS &&
            (owner->shape == CASE_TITLE || context_look(s->context, owner->hash) & CONTEXT_SEASON ||
             !strcmp(owner->plain, "act") || gazetteer_look_wide(owner->hash) & GAZETTEER_MONTH);
        if (!act)
            return false;
    } else if (after && after->class == WORD_LETTERS && after->shape == CASE_LOWER &&
               s->text[after->end - 1] == 's' && after->length > 3 &&
               !(gazetteer_look_wide(after->hash) & GAZETTEER_FUNCTION))
        return false;
    search_add(s, MASK_DATE_TIME, x->start, x->end, 0.75f, "a year");
    return true;
}

static bool age_found(struct search *s, const struct number *x)
{
    size_t i = x->words[0], next = i + 1;
    uint32_t age = x->groups == 1 && x->n <= 3 ? word_number(s, i) : 0;
    if (age < 1 || age > 119 || (x->digits[0] == '0'))
        return false;
    uint32_t near = context_before(s->context, &s->words, i, 3);
    const struct words *w = &s->words;
    bool dash = word_is(s, next, '-');
    next += dash;
    uint32_t after =
        word_class_is(s, next, WORD_LETTERS) ? context_look(s->context, w->at[next].hash) : 0;
    uint32_t behind = 0;
    size_t second = next + 1 + word_is(s, next + 1, '-') + word_is(s, next + 1, '/');
    if (word_class_is(s, second, WORD_LETTERS))
        behind = context_look(s->context, w->at[second].hash);
    bool old = after & CONTEXT_YEARS && behind & CONTEXT_OLD;
    bool compact = after & CONTEXT_YEARS &&
                   (!strcmp(w->at[next].plain, "yo") || !strcmp(w->at[next].plain, "ans") ||
                    !strcmp(w->at[next].plain, "anni") || !strcmp(w->at[next].plain, "lat") ||
                    !strcmp(w->at[next].plain, "lata") || !strcmp(w->at[next].plain, "anos"));
    bool joined = word_class_is(s, next, WORD_LETTERS) && age > 13 && /* "34-jährige", "62enne" */
                  (!strncmp(w->at[next].plain, "jahrig", 6) ||
                   (dash && !strncmp(w->at[next].plain, "letni", 5)) ||
                   (!dash && !strcmp(w->at[next].plain, "enne") && !w->at[next].space));
    bool have = false; /* "j'ai 34 ans", "tengo 34 años", "ma 34 lata" */
    if (compact && i > 0)
        have = gazetteer_look_wide(w->at[i - 1].hash) & GAZETTEER_FUNCTION ||
               word_is(s, i - 1, ',') || near & CONTEXT_HAVE;
    bool measured = after & (CONTEXT_UNIT | CONTEXT_YEARS) || word_is(s, next, '%') ||
                    (word_is(s, next, '.') && word_class_is(s, next + 1, WORD_DIGITS)) ||
                    word_is(s, next, ':') || word_is(s, next, '/');
    bool named = near & CONTEXT_AGE && (!measured || after & CONTEXT_YEARS);
    if (!old && !have && !named && !joined)
        return false;
    search_add(s, MASK_AGE, x->start, x->end, named && old ? 0.95f : 0.85f, "an age");
    return true;
}

static bool amount_at(const struct search *s, const struct number *x)
{
    static const char *const signs[] = { "$", "€", "£", "¥", "%" };
    size_t next = x->words[x->groups - 1] + 1;
    const struct word *ends[2] = { x->first > 0 ? &s->words.at[x->first - 1] : NULL,
                                   next < s->words.count ? &s->words.at[next] : NULL };
    for (size_t e = 0; e < 2; e++) {
        const struct word *w = ends[e];
        if (!w)
            continue;
        for (size_t i = 0; w->class == WORD_SIGN && i < LENGTH(signs); i++)
            if (strlen(signs[i]) == w->length && !memcmp(s->text + w->start, signs[i], w->length))
                return true;
        if (w->class == WORD_LETTERS && context_look(s->context, w->hash) & CONTEXT_UNIT)
            return true;
    }
    /* 1.000,50 and 1,000: a comma with digits right behind */
    return (word_is(s, next, ',') && word_class_is(s, next + 1, WORD_DIGITS) &&
            !s->words.at[next].space && !s->words.at[next + 1].space) ||
           (x->first > 1 && word_is(s, x->first - 1, ',') && !s->words.at[x->first].space &&
            word_class_is(s, x->first - 2, WORD_DIGITS));
}

/* Whether the number touches letters or signs that make it part of something else. */
static bool number_free(const struct search *s, const struct number *x)
{
    const struct words *w = &s->words;
    size_t next = x->words[x->groups - 1] + 1;
    if (x->first > 0 && !w->at[x->first].space) {
        const struct word *before = &w->at[x->first - 1];
        if (before->class == WORD_LETTERS || before->class == WORD_DIGITS)
            return false;
        if (before->length == 1 && strchr("_@\\=&?$~^", s->text[before->start]) &&
            s->text[before->start] != '=')
            return false;
        if (before->length == 1 && strchr("-./", s->text[before->start]) && x->first > 1 &&
            !before->space && w->at[x->first - 2].class != WORD_SIGN &&
            w->at[x->first - 2].class != WORD_NEWLINE)
            return false;
    }
    return !(next < w->count && !w->at[next].space &&
             (w->at[next].class == WORD_LETTERS || s->text[w->at[next].start] == '_'));
}

static bool number_found(struct search *s, struct number *x)
{
    static bool (*const finders[])(struct search *, const struct number *) = {
        date_found,     ip_found,    ssn_found,   card_found,
        national_found, named_found, phone_found, zip_found,
    };
    x->amount = amount_at(s, x);
    if (!number_free(s, x))
        return false;
    for (size_t i = 0; i < LENGTH(finders); i++)
        if (finders[i](s, x))
            return true;
    return year_found(s, x);
}

void pattern_numbers(struct search *s)
{
    for (size_t i = 0; i < s->words.count;) {
        struct number x;
        if (s->words.at[i].class != WORD_DIGITS || !number_read(s, i, &x)) {
            i++;
            continue;
        }
        size_t all = x.words[x.groups - 1] + 1;
        struct number one = x;
        x.context = x.n > 2 ? context_before(s->context, &s->words, x.first, 6) : 0;
        bool found = false;
        while (x.n > 2 && !(found = number_found(s, &x)) && x.groups > 1)
            number_trim(s, &x);
        if (found) {
            i = x.words[x.groups - 1] + 1;
            continue;
        }
        while (one.groups > 1)
            number_trim(s, &one);
        if (all == i + 1)
            age_found(s, &one);
        /* go on behind the groups that hang together without a space */
        i++;
        while (i < all && !s->words.at[i].space)
            i++;
    }
}
