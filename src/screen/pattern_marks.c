/* pattern_marks.c: what a sign gives away: e-mail, web, IPv6 and MAC addresses. */
#include "pattern.h"

#include "gazetteer.h"

#include <arpa/inet.h>
#include <string.h>

static bool ascii_alnum(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
}

static bool domain_char(char c)
{
    return ascii_alnum(c) || c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

static bool local_char(char c)
{
    return ascii_alnum(c) || (c && strchr("._%+-'!#$&*/=?^`{|}~", c)) || (unsigned char)c >= 0x80;
}

/* The end of a host name at `at`: labels with a letter-only last one; 0 when it is none. */
static size_t domain_end(const char *text, size_t n, size_t at)
{
    size_t end = at, last = at, dots = 0;
    while (end < n && end - at < 253 && domain_char(text[end])) {
        if (text[end] == '.') {
            if (end == last)
                break;
            last = end + 1;
            dots++;
        }
        end++;
    }
    while (end > at && strchr(".-", text[end - 1])) {
        dots -= text[end - 1] == '.';
        end--;
    }
    for (last = end; last > at && text[last - 1] != '.'; last--)
        if (!((text[last - 1] | 0x20) >= 'a' && (text[last - 1] | 0x20) <= 'z') &&
            (unsigned char)text[last - 1] < 0x80)
            return 0;
    return dots > 0 && end - last >= 2 ? end : 0;
}

static void email_at(struct search *s, size_t at, size_t floor)
{
    size_t start = at, end = domain_end(s->text, s->n, at + 1);
    while (start > floor && at - start < 64 && local_char(s->text[start - 1]))
        start--;
    /* quotes and brackets of the sentence, halves of characters */
    while (start < at && (strchr("'.`{|/=?!&*", s->text[start]) ||
                          ((unsigned char)s->text[start] & 0xc0) == 0x80))
        start++;
    if (end && start < at)
        search_add(s, MASK_EMAIL_ADDRESS, start, end, 0.99f, "an e-mail address");
}

/* "@anna.schmidt", where people are called by a name that is no other word. */
static void handle_at(struct search *s, size_t i)
{
    const struct words *w = &s->words;
    size_t last = i + 1;
    if (!word_class_is(s, last, WORD_LETTERS) || w->at[last].space ||
        (i > 0 && !w->at[i].space && w->at[i - 1].class != WORD_SIGN &&
         w->at[i - 1].class != WORD_NEWLINE))
        return;
    unsigned lists = gazetteer_look_wide(w->at[last].hash);
    if (!(lists & GAZETTEER_FIRST) || lists & (GAZETTEER_WORD | GAZETTEER_FUNCTION) ||
        word_is(s, last + 1, '/'))
        return;
    while (last + 2 < w->count && last < i + 8 && !w->at[last + 1].space &&
           !w->at[last + 2].space && w->at[last + 2].class == WORD_LETTERS &&
           (word_is(s, last + 1, '.') || word_is(s, last + 1, '-') || word_is(s, last + 1, '_')))
        last += 2;
    search_add(s, MASK_PERSON, w->at[i + 1].start, w->at[last].end, 0.8f, "called by a first name");
}

static size_t url_end(const char *text, size_t n, size_t at)
{
    size_t end = at;
    while (end < n && (unsigned char)text[end] > 0x20 && !strchr("<>\"`{}|\\^", text[end]))
        end++;
    while (end > at && strchr(".,;:!?)]}'*_", text[end - 1])) {
        if (text[end - 1] == ')' && memchr(text + at, '(', end - at))
            break;
        end--;
    }
    return end;
}

static size_t web_at(struct search *s, size_t at)
{
    static const char *const leads[] = { "http://", "https://", "ftp://", "www." };
    for (size_t i = 0; i < LENGTH(leads); i++) {
        size_t lead = strlen(leads[i]);
        if (s->n - at <= lead || strncasecmp(s->text + at, leads[i], lead) != 0)
            continue;
        size_t end = url_end(s->text, s->n, at + lead);
        if (end <= at + lead || (i == 3 && !domain_end(s->text, s->n, at + lead)))
            return 0;
        search_add(s, MASK_DOMAIN_NAME, at, end, 0.97f, "a web address");
        return end;
    }
    return 0;
}

/* A bare host name: only with a last label that is no file's ending; it may also be the first part
   of an e-mail address. Runs of words and dots are looked at from their start only. */
static size_t host_at(struct search *s, size_t at)
{
    static const char *const tops[] = {
        ".com", ".org", ".net", ".edu", ".gov", ".info", ".biz", ".eu",     ".de",
        ".fr",  ".uk",  ".nl",  ".pl",  ".pt",  ".ch",   ".at",  ".be",     ".dk",
        ".no",  ".fi",  ".cz",  ".ie",  ".se",  ".es",   ".ca",  ".com.au", ".com.br",
    };
    size_t end = domain_end(s->text, s->n, at);
    if (!end)
        return 0;
    bool known = false;
    for (size_t i = 0; i < LENGTH(tops) && !known; i++) {
        size_t n = strlen(tops[i]);
        known = end - at >= n + 2 && !memcmp(s->text + end - n, tops[i], n);
    }
    bool other =
        end < s->n && (s->text[end] == '(' || local_char(s->text[end])) && s->text[end] != '/';
    if (!known || (other && !strchr("'?!", s->text[end])) ||
        (end - at == 7 && !strncasecmp(s->text + at, "asp.net", 7)))
        return 0;
    if (end < s->n && s->text[end] == '/')
        end = url_end(s->text, s->n, end);
    search_add(s, MASK_DOMAIN_NAME, at, end, 0.85f, "a host name");
    return end;
}

/* A run of hexadecimal digits, colons and dots around the colon at `at`. */
static size_t hex_at(struct search *s, size_t at, size_t floor)
{
    const char *t = s->text;
    size_t start = at, end = at;
    while (start > floor && at - start < 45 && (ascii_alnum(t[start - 1]) || t[start - 1] == ':'))
        start--;
    while (end < s->n && end - at < 45 && (ascii_alnum(t[end]) || strchr(":.-", t[end])) && t[end])
        end++;
    while (end > start && strchr(".-", t[end - 1]))
        end--;
    if (end > start + 2 && t[end - 1] == ':' && t[end - 2] != ':')
        end--;
    char run[46];
    size_t n = end - start;
    if (n < 6 || n >= sizeof run)
        return 0;
    memcpy(run, t + start, n);
    run[n] = 0;
    unsigned char to[16];
    bool digit = strpbrk(run, "0123456789") != NULL;
    if (digit && inet_pton(AF_INET6, run, to) == 1) {
        search_add(s, MASK_IP_ADDRESS, start, end, 0.97f, "IPv6 address");
        return end;
    }
    return 0;
}

static bool mac_char(char c)
{
    return ascii_alnum(c) || c == ':' || c == '-';
}

static size_t mac_at(struct search *s, size_t at)
{
    const char *t = s->text;
    if (s->n - at < 17 || (t[at + 2] != ':' && t[at + 2] != '-') ||
        (at > 0 && mac_char(t[at - 1])) || (at + 17 < s->n && mac_char(t[at + 17])))
        return 0;
    for (size_t i = 0; i < 17; i++) {
        bool sign = i % 3 == 2;
        char c = (char)(t[at + i] | 0x20);
        if (sign ? t[at + i] != t[at + 2]
                 : !((t[at + i] >= '0' && t[at + i] <= '9') || (c >= 'a' && c <= 'f')))
            return 0;
    }
    search_add(s, MASK_MAC_ADDRESS, at, at + 17, 0.99f, "MAC address");
    return at + 17;
}

static bool word_edge(const struct search *s, size_t at)
{
    return at == 0 ||
           (!ascii_alnum(s->text[at - 1]) && s->text[at - 1] != '_' && s->text[at - 1] != '@' &&
            s->text[at - 1] != '.' && s->text[at - 1] != '/' && s->text[at - 1] != '-');
}

void pattern_marks(struct search *s)
{
    size_t floor = 0; /* nothing before this byte is looked at again */
    for (size_t i = 0; i < s->words.count; i++) {
        const struct word *w = &s->words.at[i];
        size_t at = w->start, end = 0;
        if (at < floor)
            continue;
        if (w->class == WORD_SIGN && s->text[at] == '@') {
            handle_at(s, i);
            email_at(s, at, floor);
            end = at + 1;
        } else if (w->class == WORD_SIGN && s->text[at] == ':' && word_is(s, i + 1, ':')) {
            end = hex_at(s, at, floor);
        } else if (w->class == WORD_SIGN) {
            continue;
        } else if (word_edge(s, at)) {
            bool dot = word_is(s, i + 1, '.') || word_is(s, i + 1, '-');
            if (word_is(s, i + 1, ':')) {
                end = web_at(s, at);
                end = end ? end : w->class == WORD_DIGITS || w->length <= 4 ? mac_at(s, at) : 0;
                end = end || !word_is(s, i + 3, ':') ? end : hex_at(s, w->end, floor);
            } else if (dot && !s->words.at[i + 1].space) {
                end = web_at(s, at);
                end = end ? end : w->length <= 4 ? mac_at(s, at) : 0;
                end = end ? end : host_at(s, at);
            }
        }
        floor = end > floor ? end : floor;
    }
}
