/* field.h: the one description of a field, from which everything about it is derived:
   its column, its JSON, its validation, its place in the API document, who may see it,
   whether AI may read it, how it is exported and erased.

   A field belongs to a record: a C struct for the fields that we declare, or a block of memory
   laid out at run time for the fields that users define. Both are arrays of struct field that end
   with a field without a name, and the same code serves both. */
#ifndef VOW_FIELD_H
#define VOW_FIELD_H

#include "arena.h"
#include "error.h"
#include "id.h"
#include "instant.h"
#include "text.h"

/* Kinds. What the member holds when the value is absent (SQL NULL, JSON null) stands behind. */
enum kind {
    KIND_NONE,
    KIND_BOOL,    /* bool; never absent: false */
    KIND_INT,     /* int64_t; INT_NONE when .nullable or hidden, else 0 */
    KIND_REAL,    /* double; NaN */
    KIND_TEXT,    /* const char *; NULL */
    KIND_ID,      /* struct id; all zero */
    KIND_INSTANT, /* struct instant; 0 */
    KIND_DATE,    /* struct date; 0 */
    KIND_SPAN,    /* struct span, whole seconds; never absent: 0 */
    KIND_BLOB,    /* struct blob; .at NULL. JSON: base64 */
    KIND_JSON,    /* struct json: any JSON value as text; NULL */
    KIND_LIST,    /* struct list of records (.fields, .size) or of one kind (.of); never absent */
    KIND_RECORD,  /* a nested struct (.fields), stored inline; inputs and outputs only; never
                     absent when not .nullable */
};
#define INT_NONE INT64_MIN

enum privacy {
    PRIVACY_MISSING, /* a stored column without a class fails start-up */
    OPERATIONAL,     /* says nothing of a person */
    PERSONAL,        /* identifies or describes a person */
    CONTENT,         /* free text or files that people wrote */
    SENSITIVE,       /* health, finance, special categories, screenshots */
    SECRET,          /* hashes, keys, tokens: never shown, exported or read by AI */
};

struct json {
    const char *text; /* valid, compact JSON */
};

struct list {
    const void *at;
    size_t count;
};

struct table;
struct permission;

struct field {
    const char *name; /* snake_case; C member, JSON key, column and TypeScript property */
    const char *doc;  /* one sentence, with units; no full stop */
    enum kind kind;
    enum privacy privacy;
    size_t at;                    /* offset of the member in its record */
    size_t size;                  /* of the member; of one element for a KIND_LIST of records */
    const struct field *fields;   /* of a KIND_RECORD or of the elements of a KIND_LIST */
    enum kind of;                 /* of the elements of a KIND_LIST or KIND_JSON without .fields */
    int64_t min, max;             /* KIND_TEXT: code points; KIND_BLOB: bytes; lists: elements;
                                     numbers and spans: values (no bound when both are 0) */
    int64_t held_max;             /* KIND_TEXT: what is asked now (.required, .max, .choices) was
                                     not asked of every row: these are of at most so many points,
                                     or absent; 0: it was */
    int64_t unknown;              /* KIND_INT: the value of what nobody knows; 0: there is none */
    const char *after;            /* KIND_INSTANT: the member that it may be at most .max seconds
                                     behind; the rules of the table see to it */
    const char *const *choices;   /* KIND_TEXT: the only values, ends with NULL */
    const char *format;           /* KIND_TEXT: one that field.c knows, such as "email" */
    const struct table *refers;   /* KIND_ID: the table whose row it names */
    const struct permission *see; /* absent in answers to actors without; NULL: everybody's.
                                     Of kinds that can be absent, and KIND_INT */
    const char *const *rests_on;  /* columns of its table, ends with NULL: when one of them changes
                                     and this one is not given anew, it becomes absent */
    const char *label;            /* what people call it, within a sentence; NULL: as its name says
                                     (field_words). User-defined fields have one */
    bool required;                /* must be given when creating */
    bool nullable;   /* KIND_INT: may be absent; KIND_RECORD: is absent when the first of
                        its fields is */
    bool read_only;  /* set by the program, never from outside */
    bool write_once; /* may be given when creating only */
    bool filter;     /* may be filtered and sorted by; gets an index */
    bool search;     /* KIND_TEXT: may be searched for a part of it, which reads row by row */
    bool unique;     /* no two rows of the table share it */
    bool subject;    /* names the person whose data the row is */
    bool ai;         /* AI may read it (see field_masked) */
    bool masked;     /* text: for AI as if it were CONTENT, whatever its class is */
    bool sealed;     /* protected where it is stored whatever its class is now */
    bool query;      /* an input that comes in the query string, not the body */
};

#define KIND_OF(member) \
    _Generic((member),                                                                             \
        bool: KIND_BOOL,                                                                           \
        int64_t: KIND_INT,                                                                         \
        double: KIND_REAL,                                                                         \
        const char *: KIND_TEXT,                                                                   \
        struct id: KIND_ID,                                                                        \
        struct instant: KIND_INSTANT,                                                              \
        struct date: KIND_DATE,                                                                    \
        struct span: KIND_SPAN,                                                                    \
        struct blob: KIND_BLOB,                                                                    \
        struct json: KIND_JSON,                                                                    \
        struct list: KIND_LIST,                                                                    \
        default: KIND_RECORD)

/* A member of a C struct as a field; the kind comes from the member's type. */
#define FIELD(type, member, ...)                                                             \
    {                                                                                        \
        .name = #member, .kind = KIND_OF(((type *)0)->member), .at = offsetof(type, member), \
        .size = sizeof(((type *)0)->member), __VA_ARGS__                                     \
    }

/* A list member whose elements are structs of `element`, described by `list`. */
#define FIELD_LIST(type, member, element, list, ...)                                        \
    {                                                                                       \
        .name = #member, .kind = KIND_LIST, .at = offsetof(type, member), .fields = (list), \
        .size = sizeof(element), __VA_ARGS__                                                \
    }

/* Walks an array of fields that ends with a nameless one; NULL is an empty array. */
#define EACH_FIELD(f, fields) for (const struct field *f = (fields); f && f->name; f++)

enum { FIELDS_MAX = 64 }; /* fields of one record, so that a set of them is one word */

/* A set of fields of one record: bit i is the i-th field. */
typedef uint64_t field_set;

size_t field_count(const struct field *fields);
const struct field *field_find(const struct field *fields, const char *name);

/* What people call it: its label, or its name without the unit behind it. "ended_at": "ended" */
const char *field_words(struct arena *a, const struct field *f);

/* A name that we declared, in words: "time_entry" is "time entry". */
const char *name_words(struct arena *a, const char *name);

/* What stands before words: "a" or "an". */
const char *words_article(const char *words);

/* Where the field lives in a record. */
void *field_in(const struct field *f, void *record);
const void *field_of(const struct field *f, const void *record);

/* Whether the value is absent (see enum kind), and setting it so. */
bool field_absent(const struct field *f, const void *record);
void field_clear(const struct field *f, void *record);

/* Sets every field of a record to absent, those of nested records too. */
void record_clear(const struct field *fields, void *record);

/* Whether a field of the kind can be hidden from those who may not see it (.see), so that nobody
   takes what is hidden for a value; and hiding it in an answer: it is then absent. */
bool field_hideable(const struct field *f);
void field_hide(const struct field *f, void *record);

/* The regular expression of its .format, where that is one; else NULL. */
const char *field_pattern(const struct field *f);

/* Whether AI is given what was recognised in it masked; what is no text it is given as it is. */
bool field_masked(const struct field *f);

/* Bytes of the member of a kind, for records laid out at run time. */
size_t kind_size(enum kind k);
const char *kind_name(enum kind k);
const char *privacy_name(enum privacy p);

/* A text as the field takes it in: in one spelling and, in a line, without signs that turn its
   direction (compose.h); a secret as it was typed, byte by byte. */
const char *field_text(struct arena *a, const struct field *f, const char *text);

/* Checks bounds, choices and format of one value; notes a place under `pointer` when not right. */
MUST_USE bool field_check(const struct field *f, const void *record, const char *pointer,
                          struct error *err);

/* The field as it takes in rows of any time: without what was not asked of them (.held_max). */
struct field field_held(const struct field *f);

#endif
