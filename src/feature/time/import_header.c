/* import_header.c: which column of which tracker means what. */
#include "import_header.h"

#include <string.h>

enum {
    T = 1 << IMPORT_TOGGL,
    C = 1 << IMPORT_CLOCKIFY,
    H = 1 << IMPORT_HARVEST,
    K = 1 << IMPORT_KIMAI,
    V = 1 << IMPORT_VOW
};

/* Headers in lower case without what stands between parentheses; the first that a file has
   counts. `sign` marks those that only these sources use. */
static const struct header {
    const char *name;
    enum column column;
    unsigned sources;
    bool sign;
} headers[] = {
    { "user", PERSON, T | C | K | V, false },
    { "member", PERSON, T, false },
    { "benutzer", PERSON, C | K, false },
    { "mitarbeiter", PERSON, K, false },
    { "name", PERSON, K, false },
    { "username", PERSON, K, false },
    { "benutzername", PERSON, K, false },
    { "first name", FIRST_NAME, H, true },
    { "last name", LAST_NAME, H, true },
    { "email", EMAIL, T | C | H | K | V, false },
    { "e-mail", EMAIL, C | K, false },
    { "client", CLIENT, T | C | H | V, false },
    { "kunde", CLIENT, C | K, false },
    { "customer", CLIENT, K, true },
    { "project", PROJECT, T | C | H | K | V, false },
    { "projekt", PROJECT, C | K, false },
    { "task", TASK, T | C | H | V, false },
    { "aufgabe", TASK, C, true },
    { "activity", TASK, K, true },
    { "t\xC3\xA4tigkeit", TASK, K, true },
    { "description", NOTE, T | C | K | V, false },
    { "beschreibung", NOTE, C | K, false },
    { "notes", NOTE, H, true },
    { "tags", TAGS, T | C | K | V, false },
    { "schlagworte", TAGS, K, true },
    { "schlagw\xC3\xB6rter", TAGS, K, true },
    { "billable", BILLABLE, T | C | K | V, false },
    { "billable?", BILLABLE, H, true },
    { "abrechenbar", BILLABLE, C | K, false },
    { "start date", START_DATE, T | C | V, false },
    { "startdatum", START_DATE, C, true },
    { "date", START_DATE, H | K, false },
    { "datum", START_DATE, K, false },
    { "start time", START_TIME, T | C | V, false },
    { "startzeit", START_TIME, C, true },
    { "started at", START_TIME, H, true },
    { "begin", START_TIME, K, false },
    { "from", START_TIME, K, false },
    { "von", START_TIME, K, false },
    { "beginn", START_TIME, K, false },
    { "end date", END_DATE, T | C | V, false },
    { "stop date", END_DATE, T, true },
    { "enddatum", END_DATE, C, true },
    { "end time", END_TIME, T | C | V, false },
    { "stop time", END_TIME, T, true },
    { "endzeit", END_TIME, C, true },
    { "ended at", END_TIME, H, true },
    { "end", END_TIME, K, false },
    { "to", END_TIME, K, false },
    { "bis", END_TIME, K, false },
    { "ende", END_TIME, K, false },
    { "duration", DURATION, T | C | K | V, false },
    { "dauer", DURATION, C | K, false },
    { "hours", DURATION, H, true },
    { "time", DURATION, C, false },
    { "amount", AMOUNT, T | V, false },
    { "billable amount", AMOUNT, C | H, false },
    { "rechnungsbetrag", AMOUNT, C, true },
    { "rate", AMOUNT, K, false },
    { "price", AMOUNT, K, false },
    { "total price", AMOUNT, K, false },
    { "preis", AMOUNT, K, false },
    { "gesamtpreis", AMOUNT, K, false },
    { "lohn", AMOUNT, K, false },
    { "currency", CURRENCY, H | K, false },
    { "w\xC3\xA4hrung", CURRENCY, K, true },
    { "type", KIND, C, false },
    { "typ", KIND, C, false },
    { "time zone", ZONE, V, true },
    { "source", TYPE, V, true },
    { "start utc", START_UTC, V, true },
    { "entry", ENTRY, V, true },
    { "group", TYPE, C, true },
    { "gruppe", TYPE, C, true },
    { "project code", TYPE, H, true },
    { "invoiced?", TYPE, H, true },
    { "exported", TYPE, K, true },
    { "exportiert", TYPE, K, true },
};

/* "Amount (EUR)" -> "amount", with "EUR" in *inside. */
static const char *plain_header(struct arena *a, const char *cell, const char **inside)
{
    char *name = arena_string(a, cell);
    *inside = NULL;
    char *open = strchr(name, '(');
    if (open) {
        char *close = strchr(open, ')');
        *inside = arena_text(a, open + 1, close ? (size_t)(close - open - 1) : strlen(open + 1));
        *open = 0;
    }
    for (char *p = name; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    for (size_t n = strlen(name); n && name[n - 1] == ' '; n--)
        name[n - 1] = 0;
    return name;
}

static const struct header *header_find(const char *name, unsigned sources)
{
    for (size_t i = 0; i < LENGTH(headers); i++)
        if ((headers[i].sources & sources) && !strcmp(headers[i].name, name))
            return &headers[i];
    return NULL;
}

enum import_source header_source(struct arena *a, const struct csv_row *header)
{
    int score[IMPORT_SOURCES] = { 0 }, best = IMPORT_AUTO;
    const char *inside;
    for (size_t i = 0; i < header->count; i++) {
        const char *name = plain_header(a, header->cell[i], &inside);
        for (int s = IMPORT_TOGGL; s < IMPORT_SOURCES; s++) {
            const struct header *h = header_find(name, 1U << s);
            score[s] += h ? (h->sign ? 4 : 2) : 0;
        }
        if (inside && (!strcmp(name, "duration") || !strcmp(name, "dauer")))
            score[IMPORT_CLOCKIFY]++; /* "Duration (h)" and "Duration (decimal)" */
    }
    for (int s = IMPORT_TOGGL; s < IMPORT_SOURCES; s++)
        if (score[s] > score[best])
            best = s;
    return score[best] >= 6 ? (enum import_source)best : IMPORT_AUTO;
}

bool is_currency(const char *text)
{
    return text && strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

/* Of two columns of one meaning the first counts, but hours and minutes before decimal hours. */
void header_columns(struct arena *a, const struct csv_row *header, enum import_source source,
                    int column[COLUMNS], const char **currency)
{
    const char *inside;
    for (int i = 0; i < COLUMNS; i++)
        column[i] = -1;
    for (size_t i = 0; i < header->count; i++) {
        const char *name = plain_header(a, header->cell[i], &inside);
        const struct header *h = header_find(name, 1U << source);
        if (!h)
            continue;
        bool better = h->column == DURATION && text_equal(inside, "h");
        if (column[h->column] < 0 || better)
            column[h->column] = (int)i;
        if (h->column == AMOUNT && is_currency(inside))
            *currency = inside;
    }
}
