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

/* Headers in small letters without what stands between parentheses; the first that a file has
   counts. `sign` marks those that only these sources use. Clockify and Kimai write them in the
   language of the user: here English, German, French, Spanish and Portuguese. */
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
    { "usuario", PERSON, C, false },
    { "usuário", PERSON, C, false },
    { "do utilizador", PERSON, C, true },
    { "utilisateur", PERSON, C, false },
    { "nom", PERSON, K, false },
    { "nombre", PERSON, K, false },
    { "nome", PERSON, K, false },
    { "identifiant", PERSON, K, false },
    { "nombre de usuario", PERSON, K, false },
    { "nome do usuário", PERSON, K, false },
    { "nome do utilizador", PERSON, K, false },
    { "first name", FIRST_NAME, H, true },
    { "last name", LAST_NAME, H, true },
    { "email", EMAIL, T | C | H | K | V, false },
    { "e-mail", EMAIL, C | K, false },
    { "correo electrónico", EMAIL, C | K, false },
    { "courriel", EMAIL, K, true },
    { "client", CLIENT, T | C | H | K | V, false },
    { "kunde", CLIENT, C | K, false },
    { "cliente", CLIENT, C | K, false },
    { "customer", CLIENT, K, true },
    { "project", PROJECT, T | C | H | K | V, false },
    { "projekt", PROJECT, C | K, false },
    { "projet", PROJECT, C | K, false },
    { "proyecto", PROJECT, C | K, false },
    { "projeto", PROJECT, C | K, false },
    { "task", TASK, T | C | H | V, false },
    { "aufgabe", TASK, C, true },
    { "tarea", TASK, C, true },
    { "tarefa", TASK, C, true },
    { "activity", TASK, K, true },
    { "tätigkeit", TASK, K, true },
    { "activité", TASK, K, true },
    { "actividad", TASK, K, true },
    { "atividade", TASK, K, true },
    { "description", NOTE, T | C | K | V, false },
    { "beschreibung", NOTE, C | K, false },
    { "descripción", NOTE, C | K, false },
    { "descrição", NOTE, C | K, false },
    { "notes", NOTE, H, true },
    { "tags", TAGS, T | C | K | V, false },
    { "schlagworte", TAGS, K, true },
    { "schlagwörter", TAGS, K, true },
    { "mots-clés", TAGS, K, true },
    { "etiquetas", TAGS, C | K, false },
    { "etiqueta", TAGS, C, false },
    { "billable", BILLABLE, T | C | K | V, false },
    { "billable?", BILLABLE, H, true },
    { "abrechenbar", BILLABLE, C | K, false },
    { "facturable", BILLABLE, C | K, false },
    { "faturável", BILLABLE, C, true },
    { "start date", START_DATE, T | C | V, false },
    { "startdatum", START_DATE, C, true },
    { "date de début", START_DATE, C, true },
    { "fecha de inicio", START_DATE, C, true },
    { "data de início", START_DATE, C, true },
    { "date", START_DATE, H | K, false },
    { "datum", START_DATE, K, false },
    { "fecha", START_DATE, K, false },
    { "data", START_DATE, K, false },
    { "start time", START_TIME, T | C | V, false },
    { "startzeit", START_TIME, C, true },
    { "heure de début", START_TIME, C, true },
    { "hora de inicio", START_TIME, C, true },
    { "hora de início", START_TIME, C, true },
    { "started at", START_TIME, H, true },
    { "begin", START_TIME, K, false },
    { "from", START_TIME, K, false },
    { "von", START_TIME, K, false },
    { "beginn", START_TIME, K, false },
    { "de", START_TIME, K, false },
    { "end date", END_DATE, T | C | V, false },
    { "stop date", END_DATE, T, true },
    { "enddatum", END_DATE, C, true },
    { "date de fin", END_DATE, C, true },
    { "fecha de finalización", END_DATE, C, true },
    { "data final", END_DATE, C, true },
    { "data de término", END_DATE, C, true },
    { "end time", END_TIME, T | C | V, false },
    { "stop time", END_TIME, T, true },
    { "endzeit", END_TIME, C, true },
    { "heure de fin", END_TIME, C, true },
    { "hora de finalización", END_TIME, C, true },
    { "hora de término", END_TIME, C, true },
    { "ended at", END_TIME, H, true },
    { "end", END_TIME, K, false },
    { "to", END_TIME, K, false },
    { "bis", END_TIME, K, false },
    { "ende", END_TIME, K, false },
    { "à", END_TIME, K, false },
    { "para", END_TIME, K, false },
    { "duration", DURATION, T | C | K | V, false },
    { "dauer", DURATION, C | K, false },
    { "durée", DURATION, C | K, false },
    { "duración", DURATION, C | K, false },
    { "duração", DURATION, C | K, false },
    { "hours", DURATION, H, true },
    { "time", DURATION, C, false },
    { "amount", AMOUNT, T | V, false },
    { "billable amount", AMOUNT, C | H, false },
    { "rechnungsbetrag", AMOUNT, C, true },
    { "importe facturable", AMOUNT, C, true },
    { "valor faturável", AMOUNT, C, true },
    { "rate", AMOUNT, K, false },
    { "price", AMOUNT, K, false },
    { "total price", AMOUNT, K, false },
    { "preis", AMOUNT, K, false },
    { "gesamtpreis", AMOUNT, K, false },
    { "lohn", AMOUNT, K, false },
    { "montant", AMOUNT, K, false },
    { "taux", AMOUNT, K, false },
    { "tarifa", AMOUNT, K, false },
    { "taxa", AMOUNT, K, false },
    { "currency", CURRENCY, H | K, false },
    { "währung", CURRENCY, K, true },
    { "devise", CURRENCY, K, true },
    { "moneda", CURRENCY, K, true },
    { "moeda", CURRENCY, K, true },
    { "type", KIND, C, false },
    { "typ", KIND, C, false },
    { "time zone", ZONE, V, true },
    { "source", TYPE, V, true },
    { "start utc", START_UTC, V, true },
    { "entry", ENTRY, V, true },
    { "group", TYPE, C, true },
    { "gruppe", TYPE, C, true },
    { "groupe", TYPE, C, true },
    { "grupo", TYPE, C, true },
    { "project code", TYPE, H, true },
    { "invoiced?", TYPE, H, true },
    { "exported", TYPE, K, true },
    { "exportiert", TYPE, K, true },
    { "exporté", TYPE, K, true },
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
    char *to = name;
    for (const char *from = name; *from;) {
        uint32_t letter = text_fold(text_next(&from)); /* never longer than its capital */
        to += text_put(to, letter);
    }
    while (to > name && to[-1] == ' ')
        to--;
    *to = 0;
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
        const struct header *h = inside ? header_find(name, C) : NULL;
        if (h && h->column == DURATION)
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

struct list header_unread(struct arena *a, const struct csv_row *header, enum import_source source)
{
    const char **names = arena_many(a, header->count, const char *), *inside;
    size_t n = 0;
    for (size_t i = 0; i < header->count; i++) {
        const struct header *h =
            header_find(plain_header(a, header->cell[i], &inside), 1U << source);
        bool read = h && (h->column != TYPE || source == IMPORT_VOW);
        if (!read && *header->cell[i])
            names[n++] = header->cell[i];
    }
    return (struct list){ names, n };
}
