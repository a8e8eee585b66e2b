/* mask.h: finding personal data in text, replacing it by tokens, and putting it back.

   Three finders look at a text: the organisation's own directory (exact knowledge of its people
   and clients), patterns with checksums, and a sequence tagger with trained weights. Where they
   disagree, exact knowledge wins over checksums, and checksums over the tagger.

   All offsets are bytes. Text need not be valid UTF-8: ill-formed bytes count as signs, are never
   part of a span's inner characters, and no span cuts a character in two. Time is linear in the
   length of the text. Nothing here logs or keeps text; results live in the caller's arena. */
#ifndef VOW_SCREEN_MASK_H
#define VOW_SCREEN_MASK_H

#include "base/arena.h"

enum mask_kind {
    MASK_PERSON,
    MASK_STREET_ADDRESS,
    MASK_GPE, /* city, region, country */
    MASK_ORGANIZATION,
    MASK_NRP, /* nationality, religion, political group */
    MASK_TITLE,
    MASK_ZIP_CODE,
    MASK_DATE_TIME,
    MASK_AGE,
    MASK_PHONE_NUMBER,
    MASK_EMAIL_ADDRESS,
    MASK_DOMAIN_NAME, /* web addresses too */
    MASK_CREDIT_CARD,
    MASK_IBAN_CODE,
    MASK_US_SSN, /* ITIN too */
    MASK_US_DRIVER_LICENSE,
    MASK_IP_ADDRESS,
    MASK_MAC_ADDRESS,
    MASK_NATIONAL_ID,    /* identity and tax numbers of a person */
    MASK_PASSPORT,       /* passport and licence numbers other than US_DRIVER_LICENSE */
    MASK_MEDICAL_ID,     /* NPI, medical record and health plan numbers */
    MASK_VEHICLE_ID,     /* VIN and number plates */
    MASK_DEVICE_ID,      /* IMEI and serial numbers */
    MASK_ACCOUNT_NUMBER, /* accounts, customers, personnel, cases */
    MASK_CRYPTO_ADDRESS,
    MASK_SECRET, /* passwords, keys and access tokens */
    MASK_TEXT,   /* typed text that looks like a token; made by mask_apply only */
    MASK_KINDS,
    MASK_KEEP = MASK_KINDS, /* in the directory only: a name that is no personal data */
};

/* Everything that mask_find knows, as a bit set over enum mask_kind. */
#define MASK_ALL ((1u << MASK_TEXT) - 1)

/* "PERSON", "STREET_ADDRESS", ...; the caller passes a kind below MASK_KINDS. */
const char *mask_kind_name(enum mask_kind kind);

/* The kind of that name, MASK_KINDS when there is none. */
enum mask_kind mask_kind_of(const char *name);

/* One name the organisation knows. Several names with the same `subject` other than 0 are one
   person or client. A name of kind MASK_KEEP ("Paris office", a product) is left untouched, and
   so is everything that the tagger would find inside it. */
struct mask_name {
    const char *name; /* UTF-8, as people write it: "Anna-Lena Müller", "Müller, Anna" */
    enum mask_kind kind;
    uint64_t subject;
};

/* A compiled directory. Immutable, to be shared by threads, alive as long as its arena. */
struct mask;

/* Compiles `count` names; 0 names is fine. Variants are found by themselves: order, initials,
   lone first and last names, diacritics and transliteration, case, possessives. */
const struct mask *mask_new(struct arena *a, const struct mask_name *names, size_t count);

struct mask_span {
    enum mask_kind kind;
    size_t start, end; /* bytes */
    float score;       /* 0 to 1 */
    const char *why;   /* a plain reason, static text: "IBAN, checksum fits" */
    uint64_t subject;  /* from the directory; 0 when unknown or ambiguous */
};

struct mask_spans {
    struct mask_span *at; /* sorted, disjoint, not empty */
    size_t count;
};

/* Finds the kinds in the bit set `kinds` in `n` bytes (less than 2^31). */
struct mask_spans mask_find(struct arena *a, const struct mask *m, const char *text, size_t n,
                            unsigned kinds);

/* What was masked in one request: tokens and the text behind each. One per request; not shared. */
struct mask_map;
struct mask_map *mask_map_new(struct arena *a);

/* How many distinct tokens of that kind the map has. */
size_t mask_map_count(const struct mask_map *map, enum mask_kind kind);

struct mask_text {
    const char *at; /* NUL-terminated behind `len` */
    size_t len;
};

/* The text with every span replaced by a token such as PERSON_1. The same text of a kind has the
   same token throughout the map; another way of writing a directory's person (same subject) has
   PERSON_1_2, and so on. Whatever in the text already looks like a token is replaced as well
   (TEXT_1), so that mask_restore gives back exactly the text that was masked. */
struct mask_text mask_apply(struct mask_map *map, const char *text, size_t n,
                            const struct mask_spans *spans);

/* Puts the text behind tokens back. A token is recognised in any case ("Person_1"), with an
   escaped underscore ("PERSON\_1") and before an apostrophe or an ending ("PERSON_1's"). A token
   that the map does not have stays as it is. What is put back is not searched again. */
struct mask_text mask_restore(struct mask_map *map, const char *text, size_t n);

/* The same for an answer that arrives in pieces cut anywhere. */
struct mask_stream;
struct mask_stream *mask_stream_new(struct mask_map *map);

/* Takes the next piece; returns all that is certain now, in the map's arena. Holds back at most
   MASK_TOKEN_MAX bytes. */
struct mask_text mask_stream_feed(struct mask_stream *s, const char *text, size_t n);

/* The end: returns what was held back. The stream is ready for another text. */
struct mask_text mask_stream_end(struct mask_stream *s);

enum { MASK_TOKEN_MAX = 48 };

#endif
