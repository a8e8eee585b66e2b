/* options.c: reading the command line, and saying what is wrong. */
#include "open.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* In one piece, because several processes write to the same place. */
int complain(const char *format, ...)
{
    char line[1000] = "vow: ";
    const size_t room = sizeof line - 1;
    va_list args;
    va_start(args, format);
    vsnprintf(line + 5, room - 5, format, args);
    va_end(args);
    strcat(line, "\n");
    fputs(line, stderr);
    return 1;
}

int complain_error(const struct error *err)
{
    const struct problem_info *info = problem_info(err->problem ? err->problem : INTERNAL);
    return complain("%s", err->detail[0] ? err->detail : info->title);
}

bool store_told_rightly(const char *option, const char *url, const char *variable)
{
    return !store_holds_password(url) ||
           !complain(
               "%s takes no password, for every user of this machine could read it there: give"
               " the whole URL as %s, or name a file with passfile=",
               option, variable);
}

bool is_help(const char *argument)
{
    return !strcmp(argument, "--help") || !strcmp(argument, "-h");
}

void options_help(const char *usage, const struct option_row *options)
{
    printf("%s\n", usage);
    for (const struct option_row *o = options; o && o->name; o++) {
        char left[60];
        snprintf(left, sizeof left, "%s %s", o->name, o->value ? o->value : "");
        printf("  %-22s %s\n", left, o->doc);
    }
}

static const struct option_row *option_find(const struct option_row *options, const char *name)
{
    for (const struct option_row *o = options; o && o->name; o++)
        if (!strcmp(o->name, name))
            return o;
    return NULL;
}

bool options_read(int argc, char **argv, const char *usage, const struct option_row *options,
                  int *status)
{
    *status = 2;
    for (int i = 0; i < argc; i++) {
        if (is_help(argv[i])) {
            options_help(usage, options);
            *status = 0;
            return false;
        }
        const struct option_row *o = option_find(options, argv[i]);
        if (!o) {
            complain("%s is not an option of this command; --help lists them", argv[i]);
            return false;
        }
        if (!o->value) {
            *o->flag = true;
            continue;
        }
        if (++i == argc || !*argv[i]) {
            complain("%s needs a value: %s", o->name, o->value);
            return false;
        }
        *o->text = argv[i];
    }
    for (const struct option_row *o = options; o && o->name; o++)
        if (o->required && !*o->text) {
            complain("%s %s is needed; --help says more", o->name, o->value);
            return false;
        }
    return true;
}
