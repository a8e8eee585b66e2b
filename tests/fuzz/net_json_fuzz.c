/* net_json_fuzz.c: a body is refused with a problem, or read into a record that, written and read
   again, is the same. */
#include "base/json.h"
#include "fuzz.h"
#include "net/json_read.h"

#include <string.h>

struct part {
    int64_t n;
    const char *word;
};
struct all {
    bool yes;
    int64_t count, maybe;
    double ratio;
    const char *text, *email;
    struct id id;
    struct instant at;
    struct date day;
    struct span length;
    struct blob bytes;
    struct json any;
    struct list parts, words;
    struct part part;
};

static const struct field part_fields[] = {
    FIELD(struct part, n, .min = -9, .max = 9),
    FIELD(struct part, word),
    { 0 },
};
static const struct field fields[] = {
    FIELD(struct all, yes),
    FIELD(struct all, count),
    FIELD(struct all, maybe, .nullable = true),
    FIELD(struct all, ratio),
    FIELD(struct all, text, .max = 40),
    FIELD(struct all, email, .format = "email"),
    FIELD(struct all, id),
    FIELD(struct all, at),
    FIELD(struct all, day),
    FIELD(struct all, length),
    FIELD(struct all, bytes, .max = 64),
    FIELD(struct all, any, .max = 200),
    FIELD_LIST(struct all, parts, struct part, part_fields, .max = 4),
    FIELD(struct all, words, .of = KIND_TEXT, .max = 4),
    FIELD(struct all, part, .fields = part_fields),
    { 0 },
};

static const char *written(struct arena *a, const struct all *record)
{
    struct buffer out = buffer_new(a);
    json_record(&out, fields, record);
    return out.at;
}

/* Absent values are written as null, which kinds that are never absent don't take: so the record
   is written as a patch would be, without them. */
static const char *again(struct arena *a, const struct all *record)
{
    struct buffer out = buffer_new(a);
    EACH_FIELD (f, fields) {
        if (field_absent(f, record))
            continue;
        buffer_string(&out, out.len ? "," : "{");
        json_text(&out, f->name);
        buffer_char(&out, ':');
        json_value(&out, f, record);
    }
    buffer_string(&out, out.len ? "}" : "{}");
    return out.at;
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    struct arena a = { 0 };
    struct error err = { 0 };
    struct all first, second;
    field_set given;
    record_clear(fields, &first);
    record_clear(fields, &second);
    if (json_read(&a, (struct blob){ at, n }, fields, &first, true, &given, &err)) {
        const char *text = again(&a, &first);
        bool read =
            json_read(&a, (struct blob){ text, strlen(text) }, fields, &second, true, &given, &err);
        assert(read && !err.problem);
        assert(!strcmp(written(&a, &first), written(&a, &second)));
    } else {
        assert(err.problem == INVALID || err.problem == BAD_REQUEST);
        assert(err.problem != INVALID || err.places);
    }
    arena_done(&a);
    return 0;
}
