/* features.c: the rooms of the product, one line each. */
#include "all.h"

#include "feature/accounts/accounts.h"
#include "feature/ai/ai.h"
#include "feature/forms/forms.h"
#include "feature/organisation/organisation.h"
#include "feature/privacy/privacy.h"
#include "feature/promises/promises.h"
#include "feature/reports/reports.h"
#include "feature/time/time.h"

const struct feature *const features[] = {
    &organisation_feature, &accounts_feature, &time_feature,
    &reports_feature,      &ai_feature,       &forms_feature,
    &privacy_feature,      &promises_feature, NULL,
};
