/* gazetteer.h: what public lists say about a word: name, place, dictionary word, and so on. */
#ifndef VOW_SCREEN_GAZETTEER_H
#define VOW_SCREEN_GAZETTEER_H

#include "base/base.h"

/* Bits; train/gazetteer_build.c sets them. */
enum {
    GAZETTEER_WORD = 1 << 0,       /* in a dictionary, in lower case */
    GAZETTEER_FUNCTION = 1 << 1,   /* the, and, of, der, les, ... and the commonest verbs */
    GAZETTEER_FIRST = 1 << 2,      /* first name */
    GAZETTEER_LAST = 1 << 3,       /* last name */
    GAZETTEER_PLACE = 1 << 4,      /* a city's whole name */
    GAZETTEER_PLACE_PART = 1 << 5, /* a word of a longer city name */
    GAZETTEER_COUNTRY = 1 << 6,    /* country, region or well-known city, or a word of it */
    GAZETTEER_STREET = 1 << 7,     /* street, avenue, rue, ulica, suite, floor, ... */
    GAZETTEER_NATION = 1 << 8,     /* German, Muslim, Republican, ... */
    GAZETTEER_LEGAL_FORM = 1 << 9, /* Inc, GmbH, Group, ... */
    GAZETTEER_COMPANY = 1 << 10,   /* a word of a company's name */
    GAZETTEER_JOB = 1 << 11,       /* a word of a job title */
    GAZETTEER_HONORIFIC = 1 << 12, /* Mr, Frau, Dr, ... */
    GAZETTEER_MONTH = 1 << 13,
    GAZETTEER_PARTICLE = 1 << 14,  /* von, de, van, bin, ... */
    GAZETTEER_DATE_LEAD = 1 << 15, /* in, since, until, early, last, ... */
    /* of the mask's lists alone, further languages among them */
    GAZETTEER_PLAIN = 1 << 16,        /* of offices, trades, interfaces, tools; no name */
    GAZETTEER_NATION_OTHER = 1 << 17, /* deutsche, français, polskiego, ... */
    GAZETTEER_BITS = 18,
};

/* The bits of a word by the hash of its plain form; 0 when no list has it. */
unsigned gazetteer_look(uint64_t hash);

/* The same, where the mask's own lists count as lists of words and nationalities, too. */
static inline unsigned gazetteer_look_wide(uint64_t hash)
{
    unsigned bits = gazetteer_look(hash);
    return (bits & 0xffffu) | (bits & GAZETTEER_PLAIN ? (unsigned)GAZETTEER_WORD : 0) |
           (bits & GAZETTEER_NATION_OTHER ? (unsigned)GAZETTEER_NATION : 0);
}

#endif
