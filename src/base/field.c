/* field.c: questions about fields and checks of their values. */
#include "field.h"

#include "compose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

size_t field_count(const struct field *fields)
{
    size_t n = 0;
    EACH_FIELD (f, fields)
        n++;
    return n;
}

const struct field *field_find(const struct field *fields, const char *name)
{
    EACH_FIELD (f, fields)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

const char *name_words(struct arena *a, const char *name)
{
    char *text = arena_string(a, name);
    for (char *at = text; (at = strchr(at, '_'));)
        *at = ' ';
    return text;
}

const char *words_article(const char *words)
{
    return strchr("aeiouAEIOU", *words) ? "an" : "a";
}

const char *field_words(struct arena *a, const struct field *f)
{
    static const char *const units[] = { "_at", "_s", "_minor" };
    size_t n = strlen(f->name);
    if (f->label)
        return f->label;
    for (size_t i = 0; i < LENGTH(units); i++)
        if (text_ends(f->name, units[i])) {
            n -= strlen(units[i]);
            break;
        }
    return name_words(a, arena_text(a, f->name, n));
}

void *field_in(const struct field *f, void *record)
{
    return (char *)record + f->at;
}

const void *field_of(const struct field *f, const void *record)
{
    return (const char *)record + f->at;
}

bool field_absent(const struct field *f, const void *record)
{
    const void *at = field_of(f, record);
    switch (f->kind) {
    case KIND_INT:
        return (f->nullable || f->see) && *(const int64_t *)at == INT_NONE;
    case KIND_REAL:
        return isnan(*(const double *)at);
    case KIND_TEXT:
    case KIND_JSON:
        return !*(const char *const *)at;
    case KIND_ID:
        return !id_given(*(const struct id *)at);
    case KIND_INSTANT:
        return !instant_given(*(const struct instant *)at);
    case KIND_DATE:
        return !date_given(*(const struct date *)at);
    case KIND_BLOB:
        return !((const struct blob *)at)->at;
    case KIND_RECORD:
        return f->nullable && field_absent(f->fields, at);
    case KIND_NONE:
    case KIND_BOOL:
    case KIND_SPAN:
    case KIND_LIST:
        break;
    }
    return false;
}

void field_clear(const struct field *f, void *record)
{
    void *at = field_in(f, record);
    if (f->kind == KIND_INT && f->nullable)
        *(int64_t *)at = INT_NONE;
    else if (f->kind == KIND_REAL)
        *(double *)at = NAN;
    else
        memset(at, 0, f->kind == KIND_RECORD ? f->size : kind_size(f->kind));
}

void record_clear(const struct field *fields, void *record)
{
    EACH_FIELD (f, fields) {
        if (f->kind == KIND_RECORD)
            record_clear(f->fields, field_in(f, record));
        else
            field_clear(f, record);
    }
}

bool field_hideable(const struct field *f)
{
    return f->kind != KIND_BOOL && f->kind != KIND_SPAN && f->kind != KIND_LIST &&
           f->kind != KIND_RECORD;
}

void field_hide(const struct field *f, void *record)
{
    if (f->kind == KIND_INT)
        *(int64_t *)field_in(f, record) = INT_NONE;
    else
        field_clear(f, record);
}

static const struct {
    const char *name;
    size_t size;
} kinds[] = {
    [KIND_NONE] = { "none", 0 },
    [KIND_BOOL] = { "bool", sizeof(bool) },
    [KIND_INT] = { "int", sizeof(int64_t) },
    [KIND_REAL] = { "real", sizeof(double) },
    [KIND_TEXT] = { "text", sizeof(const char *) },
    [KIND_ID] = { "id", sizeof(struct id) },
    [KIND_INSTANT] = { "instant", sizeof(struct instant) },
    [KIND_DATE] = { "date", sizeof(struct date) },
    [KIND_SPAN] = { "span", sizeof(struct span) },
    [KIND_BLOB] = { "blob", sizeof(struct blob) },
    [KIND_JSON] = { "json", sizeof(struct json) },
    [KIND_LIST] = { "list", sizeof(struct list) },
    [KIND_RECORD] = { "record", 0 },
};

bool field_masked(const struct field *f)
{
    return f->kind == KIND_TEXT && (f->privacy != OPERATIONAL || f->masked);
}

size_t kind_size(enum kind k)
{
    return kinds[k].size;
}

const char *kind_name(enum kind k)
{
    return kinds[k].name;
}

const char *privacy_name(enum privacy p)
{
    static const char *const names[] = { "MISSING", "OPERATIONAL", "PERSONAL",
                                         "CONTENT", "SENSITIVE",   "SECRET" };
    return names[p];
}

static bool check_email(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at || at == text || strchr(at + 1, '@') || !strchr(at + 1, '.') || at[1] == '.' ||
        text_ends(text, "."))
        return false;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p <= ' ' || *p == 0x7F || strchr("<>()[],;:\"\\", *p))
            return false;
    return true;
}

static bool check_currency(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    return !text[3];
}

static bool check_colour(const char *text)
{
    return text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

/* IANA names only: letters, digits, and single separators; whether it exists is for
   ctx_field_check. */
static bool check_zone(const char *text)
{
    size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");
    return !text[n] && text[0] != '/' && text[0] && !strstr(text, "//");
}

static bool check_line(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < ' ' || *p == 0x7F)
            return false;
    return true;
}

static bool check_key(const char *text)
{
    return text[0] >= 'a' && text[0] <= 'z' &&
           !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

static const struct {
    const char *name;
    bool (*check)(const char *text);
    const char *wrong;
    const char *pattern; /* NULL: no regular expression says it */
} formats[] = {
    { "email", check_email, "must be an email address such as anna@example.org" },
    { "currency", check_currency, "must be a currency code of three capitals such as EUR",
      "^[A-Z]{3}$" },
    { "colour", check_colour, "must be a colour such as #3366ff", "^#[0-9A-Fa-f]{6}$" },
    { "zone", check_zone, "must be a time zone such as Europe/Berlin" },
    { "line", check_line, "must be one line without control characters" },
    { "key", check_key, "must be small letters, digits and _, beginning with a letter",
      "^[a-z][a-z0-9_]*$" },
};

const char *field_pattern(const struct field *f)
{
    for (size_t i = 0; f->format && i < LENGTH(formats); i++)
        if (!strcmp(formats[i].name, f->format))
            return formats[i].pattern;
    return NULL;
}

static bool check_choice(const struct field *f, const char *text, const char *pointer,
                         struct error *err)
{
    char list[ERROR_TEXT / 2] = "";
    size_t n = 0;
    for (const char *const *c = f->choices; *c; c++) {
        if (!strcmp(*c, text))
            return true;
        if (n < sizeof list)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "", *c);
    }
    return error_at(err, pointer, "must be one of %s",
                    n && n < sizeof list ? list : "the listed values");
}

static bool check_text(const struct field *f, const char *text, const char *pointer,
                       struct error *err)
{
    int64_t n = (int64_t)text_points(text);
    if (f->max && n > f->max)
        return error_at(err, pointer, "must have at most %lld characters", (long long)f->max);
    if (n < f->min)
        return f->min == 1 ? error_at(err, pointer, "must not be empty")
                           : error_at(err, pointer, "must have at least %lld characters",
                                      (long long)f->min);
    if (f->choices && !check_choice(f, text, pointer, err))
        return false;
    for (size_t i = 0; f->format && i < LENGTH(formats); i++)
        if (!strcmp(formats[i].name, f->format) && !formats[i].check(text))
            return error_at(err, pointer, "%s", formats[i].wrong);
    return true;
}

static bool check_number(const struct field *f, double value, const char *pointer,
                         struct error *err)
{
    if (!f->min && !f->max)
        return true;
    if (value < (double)f->min || value > (double)f->max)
        return error_at(err, pointer, "must be between %lld and %lld", (long long)f->min,
                        (long long)f->max);
    return true;
}

const char *field_text(struct arena *a, const struct field *f, const char *text)
{
    if (f->privacy == SECRET)
        return text;
    return text_equal(f->format, "line") ? text_line(a, text) : text_compose(a, text);
}

bool field_check(const struct field *f, const void *record, const char *pointer, struct error *err)
{
    const void *at = field_of(f, record);
    if (field_absent(f, record))
        return f->required ? error_at(err, pointer, "is required") : true;
    switch (f->kind) {
    case KIND_TEXT:
        return check_text(f, *(const char *const *)at, pointer, err);
    case KIND_INT:
        return check_number(f, (double)*(const int64_t *)at, pointer, err);
    case KIND_REAL:
        return check_number(f, *(const double *)at, pointer, err);
    case KIND_SPAN:
        return check_number(f, (double)((const struct span *)at)->s, pointer, err);
    case KIND_BLOB:
        if (f->max && (int64_t)((const struct blob *)at)->len > f->max)
            return error_at(err, pointer, "must have at most %lld bytes", (long long)f->max);
        return true;
    case KIND_LIST:
        if (f->max && (int64_t)((const struct list *)at)->count > f->max)
            return error_at(err, pointer, "must have at most %lld elements", (long long)f->max);
        if ((int64_t)((const struct list *)at)->count < f->min)
            return error_at(err, pointer, "must have at least %lld elements", (long long)f->min);
        return true;
    case KIND_NONE:
    case KIND_BOOL:
    case KIND_ID:
    case KIND_INSTANT:
    case KIND_DATE:
    case KIND_JSON:
    case KIND_RECORD:
        break;
    }
    return true;
}

struct field field_held(const struct field *f)
{
    struct field held = *f;
    if (!f->held_max)
        return held;
    held.required = false;
    held.max = f->held_max;
    held.choices = NULL;
    return held;
}
