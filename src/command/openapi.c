/* openapi.c: `vow openapi` prints the API document. */
#include "net/openapi.h"
#include "command.h"
#include "feature/all.h"

int openapi_command(int argc, char **argv)
{
    struct app *app;
    struct arena a = { 0 };
    struct error err = { 0 };
    int status;
    if (!options_read(argc, argv, "vow openapi: prints the OpenAPI 3.1 document of the API", NULL,
                      &status))
        return status;
    if (!app_declare(features, &app, &err))
        return complain_error(&err);
    fputs(openapi_document(&a, app->routes, app->route_count), stdout);
    arena_done(&a);
    app_stop(app);
    return 0;
}
