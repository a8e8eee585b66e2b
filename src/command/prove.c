/* prove.c: `vow prove`: asks the running installation, or one started for it, to check its
   promises, and is the witness outside: a client and a provider on loopback. */
#include "prove/prove.h"

#include "admin.h"
#include "base/json.h"
#include "command.h"
#include "open.h"
#include "witness.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct outcome {
    struct arena *a;
    bool json;
    size_t checked, held, broken;
    struct buffer out;
};

/* The value of a member of the flat JSON line, unescaped far enough to print. */
static const char *member(struct arena *a, const char *line, const char *key)
{
    const char *at = strstr(line, arena_printf(a, "\"%s\":\"", key));
    struct buffer b = buffer_new(a);
    if (!at)
        return "";
    for (at += strlen(key) + 4; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            at++;
        buffer_char(&b, *at);
    }
    return b.at;
}

static void outcome_add(struct outcome *o, const char *line)
{
    const char *result = member(o->a, line, "result");
    o->held += !strcmp(result, "held");
    o->broken += !strcmp(result, "broken");
    if (o->json) {
        buffer_printf(&o->out, "%s\n  %s", o->checked ? "," : "", line);
    } else {
        printf("%-8s %-9s %s\n", result, member(o->a, line, "id"), member(o->a, line, "sentence"));
        printf("                   %s\n", member(o->a, line, "evidence"));
        fflush(stdout);
    }
    o->checked++;
}

static bool witness_answer(struct witness_desk *desk, int fd, const char *question)
{
    char hex[65];
    if (!strcmp(question, "captured"))
        return admin_say(fd, witness_captured(desk, hex) ? hex : "none");
    if (!strcmp(question, "canary"))
        return witness_canary(desk, fd);
    if (!strcmp(question, "received"))
        return witness_received(desk, fd);
    if (text_starts(question, "post "))
        return witness_post(desk, fd, question + 5);
    if (text_starts(question, "fetch "))
        return witness_fetch(desk, fd, question + 6);
    if (!strcmp(question, "attempts") || !strcmp(question, "attempts relayed"))
        return witness_attempts(desk, fd, question[8]);
    return admin_say(fd, "none");
}

struct talk {
    int fd;
    struct witness_desk *desk;
    struct outcome *o;
};

static bool line_take(void *with, const char *line)
{
    const struct talk *t = with;
    if (text_starts(line, "ask "))
        return witness_answer(t->desk, t->fd, line + 4);
    if (!strcmp(line, "wait")) {
        fprintf(stderr, "vow: waiting for the end of a check that runs already\n");
        return true;
    }
    outcome_add(t->o, line);
    return true;
}

static bool converse(int fd, struct witness_desk *desk, const char *only, struct outcome *o,
                     struct error *err)
{
    const char *provider = witness_provider(desk);
    struct talk t = { fd, desk, o };
    return admin_ask(fd,
                     arena_printf(o->a, "prove %s %s", provider ? provider : "-", only ? only : ""),
                     line_take, &t, err);
}

static void outcome_tell(struct outcome *o)
{
    if (o->json)
        printf("{\"promises\": [%s\n]}\n", o->out.at);
    else
        printf("%zu promises: %zu held, %zu broken, %zu unknown\n", o->checked, o->held, o->broken,
               o->checked - o->held - o->broken);
}

int prove_command(int argc, char **argv)
{
    const char *data = NULL, *only = NULL;
    struct arena a = { 0 };
    struct error err = { 0 };
    struct outcome o = { .a = &a, .out = buffer_new(&a) };
    int status, fd = -1;
    const struct option_row options[] = {
        { "--data", "DIR", "Data folder of the installation, running or not", &data,
          .required = true },
        { "--only", "ID", "One promise, such as AI-3.3", &only },
        { "--json", NULL, "Print JSON", .flag = &o.json },
        { 0 },
    };
    if (!options_read(argc, argv, "vow prove: checks every promise on the installation itself",
                      options, &status))
        return status;
    if (only && (strlen(only) > 20 || strchr(only, ' ')))
        return complain("%s is not the id of a promise", only);
    if (!installation_told(data))
        return 1;
    if (!data_folder(data, &a, &data, &err))
        return complain_error(&err);
    struct witness_desk *desk = witness_open(data, &err);
    bool ok = desk && witness_admin(desk, &fd, &err) && converse(fd, desk, only, &o, &err);
    if (fd >= 0)
        close(fd);
    witness_close(desk);
    if (ok)
        outcome_tell(&o);
    else
        complain_error(&err);
    status = ok && o.held == o.checked ? 0 : 1;
    arena_done(&a);
    return status;
}
