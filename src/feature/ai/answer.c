/* answer.c: step 8: what comes back is as suspect as any other input. */
#include "run.h"

#include "base/json.h"
#include "net/json_read.h"
#include "screen/guard.h"
#include "state.h"

#include <string.h>
#include <strings.h>

/* Zero-width, bidirectional and other signs that people cannot see. */
static bool invisible(uint32_t point)
{
    return (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF || point == 0x00AD ||
           point == 0x061C || (point >= 0xE0000 && point <= 0xE0FFF) ||
           (point < ' ' && point != '\n' && point != '\t') || (point >= 0x7F && point < 0xA0);
}

/* Whether `<` begins HTML (CommonMark 6.6) rather than a comparison. */
static bool tag_starts(char behind)
{
    return (behind >= 'a' && behind <= 'z') || (behind >= 'A' && behind <= 'Z') || behind == '/' ||
           behind == '!' || behind == '?';
}

/* A link's target that a reader may be led to: no script, no data, nothing disguised. */
static bool target_plain(const char *at, size_t n)
{
    static const char *const schemes[] = { "https://", "http://", "mailto:", "#" };
    for (size_t i = 0; i < LENGTH(schemes); i++)
        if (!strncasecmp(at, schemes[i], strlen(schemes[i])))
            return true;
    for (size_t i = 0; i < n; i++)
        if (strchr(":&\\%<", at[i]))
            return false;
    return strncmp(at, "//", 2) != 0;
}

/* Behind "](" or "]:": writes the target, or "#" when it is not plain; returns where to go on. */
static const char *target_copy(struct buffer *out, const char *at)
{
    size_t blank = strspn(at, " \t\n");
    size_t n = strcspn(at + blank, " \t\n)");
    buffer_add(out, at, blank);
    if (target_plain(at + blank, n))
        return at + blank;
    buffer_char(out, '#');
    return at + blank + n;
}

static const char *visible(struct arena *a, const char *text)
{
    struct buffer out = buffer_new(a);
    for (const char *at = text; *at;) {
        const char *from = at;
        if (!invisible(text_next(&at)))
            buffer_add(&out, from, (size_t)(at - from));
    }
    return out.at;
}

const char *ai_text_clean(struct arena *a, const char *text)
{
    struct buffer out = buffer_new(a);
    for (const char *at = visible(a, text); *at;) {
        size_t marks = strspn(at, "!");
        if (marks && at[marks] == '[') { /* an image would be fetched from elsewhere */
            at += marks;
        } else if (at[0] == '<' && tag_starts(at[1])) {
            buffer_string(&out, "\u2039"); /* looks alike, and is no tag */
            at++;
        } else if (at[0] == ']' && (at[1] == '(' || at[1] == ':')) {
            buffer_add(&out, at, 2);
            at = target_copy(&out, at + 2);
        } else {
            buffer_char(&out, *at++);
        }
    }
    return out.at;
}

/* Whether what follows could make an image, a tag or a link's target of the end of the text. */
static bool is_open(const char *text, size_t n)
{
    if (!n || strchr("!<]", text[n - 1]))
        return n;
    for (size_t i = n - 1; i > 0; i--)
        if (text[i - 1] == ']' && (text[i] == '(' || text[i] == ':')) {
            const char *target = text + i + 1;
            target += strspn(target, " \t\n");
            return !target[strcspn(target, " \t\n)")];
        }
    return false;
}

/* How far back a part of a streamed answer is judged together with what came before it, and how
   long a part grows without an end of a sentence, or of a word. */
enum { PART_BEFORE = 600, PART_MAX = 400, PART_LIMIT = 4000 };

/* Where the text ends that may be shown: behind its last sentence or, when that is long in coming,
   its last word. */
static size_t part_end(const char *text, size_t from, size_t n)
{
    for (size_t i = n; i > from + 1; i--)
        if (text[i - 1] == '\n' || (text[i - 1] == ' ' && strchr(".!?:", text[i - 2])))
            return i;
    for (size_t i = n; n - from > PART_MAX && i > from; i--)
        if (text[i - 1] == ' ')
            return i;
    return n - from > PART_LIMIT ? n : from;
}

static bool answer_judge(struct ai_run *run, const char *text, size_t n)
{
    const struct guard *guard = run->c->app->ai->guard;
    struct guard_verdict v = guard_judge(&run->scratch, guard, text, n, GUARD_ANSWER);
    arena_reset(&run->scratch);
    return v.class == GUARD_NONE ||
           ai_fail_as(run, PROHIBITED_USE, guard_class_name(v.class),
                      "The answer was of a prohibited kind and is not shown");
}

bool ai_answer_part(struct ai_run *run, const struct buffer *answer, bool last)
{
    size_t from = run->shown;
    size_t end = last ? answer->len : part_end(answer->at, from, answer->len);
    size_t before = from > PART_BEFORE ? from - PART_BEFORE : 0;
    struct arena *a = run->c->arena;
    if (end == from)
        return true;
    while (before && ((unsigned char)answer->at[before] & 0xC0) == 0x80)
        before--;
    if (!answer_judge(run, answer->at + before, end - before))
        return false;
    run->shown = end;
    const char *part = ai_text_clean(a, arena_text(a, answer->at + from, end - from));
    if (!last && is_open(part, strlen(part))) /* nothing reaches over an empty line */
        part = arena_printf(a, "%s\n\n", part);
    return run->in->text(run->in->text_with, part) || ai_fail(run, REASON_CLIENT_GONE);
}

struct typed_text {
    const char *value;
};
static const struct field typed_text_fields[] = {
    FIELD(struct typed_text, value, .privacy = CONTENT, .required = true, .max = 200,
          .doc = "Value"),
    { 0 },
};
struct typed_number {
    double value;
};
static const struct field typed_number_fields[] = {
    FIELD(struct typed_number, value, .privacy = CONTENT, .required = true, .doc = "Value"),
    { 0 },
};

static bool typed(struct ai_run *run, const char *text, const struct field *fields, void *ret)
{
    struct error err = { 0 };
    field_set given;
    record_clear(fields, ret);
    return json_read(run->c->arena, (struct blob){ text, strlen(text) }, fields, ret, false, &given,
                     &err) ||
           ai_fail(run, REASON_NOT_TYPED);
}

/* A typed answer is exactly of its type, or it is no answer. */
static bool typed_check(struct ai_run *run, const char *text, const char **ret)
{
    struct typed_text choice;
    struct typed_number number;
    if (run->in->output == AI_NUMBER) {
        if (!typed(run, text, typed_number_fields, &number))
            return false;
        struct buffer b = buffer_new(run->c->arena);
        json_value(&b, typed_number_fields, &number);
        *ret = b.at;
        return true;
    }
    if (!typed(run, text, typed_text_fields, &choice))
        return false;
    const char *const *list = run->in->choices.at;
    for (size_t i = 0; i < run->in->choices.count; i++)
        if (!strcmp(list[i], choice.value)) {
            *ret = list[i];
            return true;
        }
    return ai_fail(run, REASON_NOT_A_CHOICE);
}

bool ai_answer_check(struct ai_run *run, const char *text, const char **ret)
{
    struct arena *a = run->c->arena;
    if (run->in->output != AI_TEXT)
        return typed_check(run, text, ret);
    if (!answer_judge(run, text, strlen(text)))
        return false;
    *ret = ai_text_clean(a, text);
    return true;
}
