/* settings.h: the switches of AI: the organisation's, each capability's, each provider's evidence,
   and the person's own objection. Everything is off until somebody switches it on. */
#ifndef VOW_AI_SETTINGS_H
#define VOW_AI_SETTINGS_H

#include "core/feature.h"

struct ai_settings {
    ROW_MEMBERS;
    bool on;
    struct id provider; /* absent: the local engine */
    int64_t per_minute; /* requests that one person may make; absent: AI_PER_MINUTE */
};
enum { AI_PER_MINUTE = 60 };
extern const struct table ai_settings_table;

/* One capability that is on, for the roles listed. */
struct ai_switch {
    ROW_MEMBERS;
    const char *capability;
    bool on;
    struct list roles; /* const char *; empty: every role */
};
extern const struct table ai_switch_table;

struct ai_provider {
    ROW_MEMBERS;
    const char *name, *dialect, *endpoint, *model, *api_key, *region;
    bool local;
    struct date agreement_until, no_training_until, zero_retention_until;
};
extern const struct table ai_provider_table;

/* Whether its endpoint is one that the operator allows when it is local, and https when not. */
bool ai_endpoint_allowed(const struct app *app, const struct ai_provider *p);

/* A person's own no; also the admin's no for a person. */
struct ai_objection {
    ROW_MEMBERS;
    struct id person;
    bool objected;
    bool blocked;
};
extern const struct table ai_objection_table;

extern const struct permission ai_settings_read, ai_receipts_read, ai_feedback;

extern const struct field ai_provider_fields[];

#endif
