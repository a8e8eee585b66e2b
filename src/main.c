/* main.c: the command line. */
#include "command/command.h"
#include "process/process.h"
#include "screen/command.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int version_command(int argc, char **argv)
{
    int status;
    if (!options_read(argc, argv, "vow version: prints the version", NULL, &status))
        return status;
    puts("vow " VOW_VERSION);
    return 0;
}

/* These two take their own name as first argument. */
static int mask_named(int argc, char **argv)
{
    return mask_command(argc + 1, argv - 1);
}

static int guard_named(int argc, char **argv)
{
    return guard_command(argc + 1, argv - 1);
}

const struct command commands[] = {
    { "serve", "Serve the product from a data folder", serve_command },
    { "demo", "Fill a data folder with an invented company to try things out", demo_command },
    { "prove", "Check every promise on the installation itself", prove_command },
    { "backup", "Copy everything, sealed, while it is in use", backup_command },
    { "restore", "Make a data folder from a backup", restore_command },
    { "org", "List, make or move organisations", org_command },
    { "mask", "Find personal data in a text", mask_named },
    { "guard", "Judge whether a text asks for something prohibited", guard_named },
    { "openapi", "Print the API document", openapi_command },
    { "version", "Print the version", version_command },
    { 0 },
};

static int usage(FILE *to)
{
    fputs("vow COMMAND [OPTIONS]; vow COMMAND --help says more.\n", to);
    for (const struct command *c = commands; c->name; c++)
        fprintf(to, "  %-10s %s\n", c->name, c->doc);
    return to == stderr ? 2 : 0;
}

/* One that is closed would be given to the next file that is opened, a database say, and what is
   said be written into that. Read-only, so that what is printed is missed. */
static bool standard_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            return false;
    return true;
}

/* A command whose answer nobody can get has failed. */
static int answered(int status)
{
    if ((fflush(stdout) || ferror(stdout)) && !status)
        return complain("What this command prints could not be written to standard output");
    return status;
}

int main(int argc, char **argv)
{
    if (!standard_open())
        return 1;
    if (argc < 2)
        return usage(stderr);
    if (!strcmp(argv[1], PROCESS_CORE))
        return core_process(argc - 2, argv + 2);
    if (!strcmp(argv[1], PROCESS_EGRESS))
        return egress_process(argc - 2, argv + 2);
    if (!strcmp(argv[1], PROCESS_RELAY))
        return relay_process(argc - 2, argv + 2);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))
        return answered(usage(stdout));
    const char *name = strcmp(argv[1], "--version") ? argv[1] : "version";
    for (const struct command *c = commands; c->name; c++)
        if (!strcmp(c->name, name))
            return answered(c->run(argc - 2, argv + 2));
    complain("%s is not a command", name);
    return usage(stderr);
}
