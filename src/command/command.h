/* command.h: the commands of the command line. Each takes the arguments behind its name, answers
   --help, prints errors as one clear sentence, and returns the exit status. */
#ifndef VOW_COMMAND_H
#define VOW_COMMAND_H

#include "base/error.h"
#include "core/app.h"

#include <stdio.h>

struct command {
    const char *name;
    const char *doc; /* one line */
    int (*run)(int argc, char **argv);
};
extern const struct command commands[]; /* ends with a nameless one */

int serve_command(int argc, char **argv);
int demo_command(int argc, char **argv);
int openapi_command(int argc, char **argv);
int backup_command(int argc, char **argv);
int restore_command(int argc, char **argv);
int prove_command(int argc, char **argv);
int org_command(int argc, char **argv);

/* The children of `serve`, started by the supervisor alone. */
int core_process(int argc, char **argv);
int egress_process(int argc, char **argv);
int relay_process(int argc, char **argv);

/* An option of a command: "--data DIR". */
struct option_row {
    const char *name;  /* "--data" */
    const char *value; /* what the value is called in the help; NULL: a switch */
    const char *doc;
    const char **text; /* where the value goes */
    bool *flag;        /* where the switch goes */
    bool required;
};

/* Reads the options; false after printing the help (*status 0) or what is wrong (*status 2). */
MUST_USE bool options_read(int argc, char **argv, const char *usage,
                           const struct option_row *options, int *status);

/* Whether the URL of a store, given by an option, may stand on a command line: it may not with a
   password, and then it is said that the whole URL belongs into `variable`. */
bool store_told_rightly(const char *option, const char *url, const char *variable);

/* Whether it asks for help; and the help, also of a command with subcommands, as rows of them. */
bool is_help(const char *argument);
void options_help(const char *usage, const struct option_row *options);

/* Prints "vow: sentence" and returns 1. */
int complain(const char *format, ...) PRINTF_LIKE(1, 2);
int complain_error(const struct error *err);

#endif
