/* storage.c: how much the organisation keeps, and how much it may. */
#include "core/storage.h"

#include "core/app.h"
#include "routes.h"

const struct field storage_fields[] = {
    FIELD(struct storage, used_bytes, .privacy = OPERATIONAL, .required = true,
          .doc = "What the organisation's database holds, in bytes; measured when asked"),
    FIELD(struct storage, allowed_bytes, .privacy = OPERATIONAL, .nullable = true,
          .doc = "What it may hold, as whoever runs the server has set it; null: no limit"),
    { 0 },
};

static bool measure(struct ctx *c, void *with)
{
    return storage_used(c, &((struct storage *)with)->used_bytes);
}

bool storage_get(struct ctx *c, const void *in, void *ret)
{
    int64_t allowed = c->app->config->org_storage;
    struct storage s = { .allowed_bytes = allowed ? allowed : INT_NONE };
    (void)in;
    if (!ctx_read(c, measure, &s))
        return false;
    *(struct storage *)ret = s;
    return true;
}
