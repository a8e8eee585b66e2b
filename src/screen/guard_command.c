/* guard_command.c: "vow guard", a person's look at what the guard thinks. */
#include "command.h"

#include "guard.h"
#include "line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "vow guard [--explain] [--role prompt|data|answer] FILE\n"
    "vow guard --json\n"
    "\n"
    "Judges whether FILE (\"-\": standard input) asks for something prohibited.\n"
    "  --explain  print the score and the reasons too\n"
    "  --role     whose words they are: a person's prompt (default), data, or a model's answer\n"
    "  --json     read {\"text\": ..., \"role\": ...} lines on standard input and answer each "
    "with\n"
    "             {\"verdict\": \"pass\" or \"refuse\", \"class\", \"score\"}\n";

static bool role_of(const char *name, enum guard_role *ret)
{
    static const char *const names[] = { "prompt", "data", "answer" };
    for (size_t i = 0; i < LENGTH(names); i++)
        if (!strcmp(names[i], name)) {
            *ret = (enum guard_role)i;
            return true;
        }
    return false;
}

static bool json_answer(struct arena *a, const char *line, size_t n, const void *with)
{
    struct line_member in[] = { { .name = "text" }, { .name = "role" } };
    enum guard_role role = GUARD_PROMPT;
    if (!line_read(a, line, n, in, 2) || !in[0].value.at ||
        (in[1].value.at && !role_of(in[1].value.at, &role)))
        return false;
    struct guard_verdict v = guard_judge(a, with, in[0].value.at, in[0].value.len, role);
    printf("{\"verdict\": \"%s\", \"class\": \"%s\", \"score\": %.3f}\n",
           v.class ? "refuse" : "pass", guard_class_name(v.nearest), (double)v.score);
    return true;
}

static int file_run(struct arena *a, const struct guard *g, const char *path, enum guard_role role,
                    bool reasons)
{
    struct line_text file;
    if (!file_read(a, path, &file)) {
        fprintf(stderr, "vow guard: %s: %s\n", path, strerror(errno));
        return 1;
    }
    struct guard_verdict v = guard_judge(a, g, file.at, file.len, role);
    if (v.class)
        printf("refused: %s\n%s\n", guard_class_name(v.class), guard_class_refusal(v.class));
    else
        printf("passes\n");
    if (!reasons)
        return 0;
    printf("score %.3f, nearest class %s\n", (double)v.score, guard_class_name(v.nearest));
    for (size_t i = 0; i < v.reason_count; i++)
        printf("- %s\n", v.reasons[i]);
    return 0;
}

int guard_command(int argc, char **argv)
{
    bool json = false, reasons = false, wrong = false, has_role = false;
    enum guard_role role = GUARD_PROMPT;
    const char *path = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            fputs(help, stdout);
            return 0;
        }
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (!strcmp(argv[i], "--explain"))
            reasons = true;
        else if (!strcmp(argv[i], "--role") && i + 1 < argc && role_of(argv[i + 1], &role))
            has_role = true, i++;
        else if (!path && (argv[i][0] != '-' || !argv[i][1]))
            path = argv[i];
        else
            wrong = true;
    }
    if (wrong || (json ? path || reasons || has_role : !path)) {
        fputs("vow: guard takes one FILE, or --json; --help says more\n", stderr);
        return 2;
    }
    struct arena a = { 0 };
    const struct guard *g = guard_new(&a);
    int status =
        json ? lines_answer(json_answer, g, "not a JSON object with a text and a known role")
             : file_run(&a, g, path, role, reasons);
    arena_done(&a);
    return status;
}
