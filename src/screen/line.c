/* line.c: a small strict JSON reader for one line, with bounded depth. */
#include "line.h"

#include "base/text.h"
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 32 };

struct reader {
    struct arena *arena;
    const char *at, *end;
};

static void space_skip(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
        r->at++;
}

static bool sign_skip(struct reader *r, char sign)
{
    space_skip(r);
    if (r->at == r->end || *r->at != sign)
        return false;
    r->at++;
    return true;
}

static bool hex_read(struct reader *r, uint32_t *ret)
{
    uint8_t byte[2];
    if (r->end - r->at < 4 || !hex_parse(r->at, sizeof byte, byte))
        return false;
    r->at += 4;
    *ret = (uint32_t)byte[0] << 8 | byte[1];
    return true;
}

static bool escape_read(struct reader *r, struct buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return false;
    char c = *r->at++;
    const char *plain = c ? strchr(from, c) : NULL;
    if (plain) {
        buffer_char(out, to[plain - from]);
        return true;
    }
    uint32_t point, low;
    if (c != 'u' || !hex_read(r, &point))
        return false;
    if (point >= 0xd800 && point < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        struct reader ahead = *r;
        ahead.at += 2;
        if (hex_read(&ahead, &low) && low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
            r->at = ahead.at;
        }
    }
    if (point >= 0xd800 && point < 0xe000)
        point = 0xfffd;
    char bytes[4];
    buffer_add(out, bytes, text_put(bytes, point));
    return true;
}

static bool string_read(struct reader *r, struct line_text *ret)
{
    struct buffer out = buffer_new(r->arena);
    if (!sign_skip(r, '"'))
        return false;
    while (r->at < r->end && *r->at != '"') {
        if (*r->at == '\\') {
            r->at++;
            if (!escape_read(r, &out))
                return false;
            continue;
        }
        if ((unsigned char)*r->at < 0x20)
            return false;
        size_t step;
        uint32_t point = point_at(r->at, (size_t)(r->end - r->at), &step);
        if (point == 0xfffd && step == 1)
            buffer_add(&out, "\xef\xbf\xbd", 3);
        else
            buffer_add(&out, r->at, step);
        r->at += step;
    }
    if (!sign_skip(r, '"'))
        return false;
    *ret = (struct line_text){ out.at, out.len };
    return true;
}

/* Skips any value; brackets are only counted, strings are read. */
static bool value_skip(struct reader *r)
{
    size_t depth = 0;
    do {
        space_skip(r);
        if (r->at == r->end)
            return false;
        char c = *r->at;
        struct line_text ignored;
        if (c == '"') {
            if (!string_read(r, &ignored))
                return false;
        } else if (c == '{' || c == '[') {
            if (++depth > DEPTH)
                return false;
            r->at++;
        } else if (c == '}' || c == ']') {
            if (depth-- == 0)
                return false;
            r->at++;
        } else {
            if (depth == 0 && (c == ',' || c == ':'))
                return false;
            r->at++;
            while (c != ',' && c != ':' && r->at < r->end && !strchr(",:{}[]\" \t\r\n", *r->at) &&
                   *r->at)
                r->at++;
        }
    } while (depth > 0);
    return true;
}

bool line_read(struct arena *a, const char *line, size_t n, struct line_member *members,
               size_t count)
{
    struct reader r = { .arena = a, .at = line, .end = line + n };
    if (!sign_skip(&r, '{'))
        return false;
    if (sign_skip(&r, '}'))
        return space_skip(&r), r.at == r.end;
    do {
        struct line_text name;
        struct line_member *member = NULL;
        if (!string_read(&r, &name) || !sign_skip(&r, ':'))
            return false;
        for (size_t i = 0; i < count; i++)
            if (name.len == strlen(members[i].name) && !memcmp(name.at, members[i].name, name.len))
                member = &members[i];
        if (member ? !string_read(&r, &member->value) : !value_skip(&r))
            return false;
    } while (sign_skip(&r, ','));
    if (!sign_skip(&r, '}'))
        return false;
    space_skip(&r);
    return r.at == r.end;
}

bool file_read(struct arena *a, const char *path, struct line_text *ret)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (!f)
        return false;
    struct buffer b = buffer_new(a);
    char piece[1 << 16];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buffer_add(&b, piece, n);
    bool ok = !ferror(f) && b.len < INT32_MAX;
    int problem = ferror(f) ? errno : EFBIG;
    if (f != stdin)
        fclose(f);
    errno = problem;
    if (ok)
        *ret = (struct line_text){ b.at, b.len };
    return ok;
}

int lines_answer(line_answer *answer, const void *with, const char *wanted)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    int status = 0;
    struct arena a = { 0 };
    while ((n = getline(&line, &room, stdin)) > 0) {
        if (!answer(&a, line, (size_t)n, with)) {
            printf("{\"error\": \"%s\"}\n", wanted);
            status = 1;
        }
        fflush(stdout);
        wipe(line, (size_t)n);
        arena_reset(&a);
    }
    arena_done(&a);
    free(line);
    return status;
}
