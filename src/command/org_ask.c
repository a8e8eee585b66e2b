/* org_ask.c: asking, and answering. */
#include "org_ask.h"

#include "command.h"
#include "open.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool line_send(void *with, const char *line)
{
    return admin_say(*(const int *)with, line);
}

static bool line_print(void *with, const char *line)
{
    (void)with;
    puts(line);
    return true;
}

bool org_answer_online(struct app *app, int fd, const char *request, org_answer *answer,
                       struct error *err)
{
    return answer(app, request, line_send, &fd, err);
}

static bool answer_here(const char *data, const char *request, org_answer *answer,
                        struct error *err)
{
    struct arena a = { 0 };
    struct app *app;
    bool ok = installation_open(data, &a, &app, err);
    if (ok) {
        ok = answer(app, request, line_print, NULL, err);
        app_stop(app);
    }
    arena_done(&a);
    return ok;
}

int org_ask(const char *data, const char *request, org_answer *answer)
{
    struct error err = { 0 };
    int fd;
    bool ok;
    if (strlen(request) >= ADMIN_REQUEST)
        return complain("No name and no address is that long");
    if (admin_connect(data, &fd)) {
        ok = admin_ask(fd, request, line_print, NULL, &err);
        close(fd);
    } else {
        ok = answer_here(data, request, answer, &err);
    }
    return ok ? 0 : complain_error(&err);
}
