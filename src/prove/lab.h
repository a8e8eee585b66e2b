/* lab.h: scratch organisations in the running installation, for checks: made when first needed,
   ended when the checks are over. All names are invented; nothing of them stays. */
#ifndef VOW_PROVE_LAB_H
#define VOW_PROVE_LAB_H

#include "prove.h"

struct lab {
    struct app *app;
    struct arena *arena;
    const char *address;  /* that the checks seem to come from, so that nobody's limits are used */
    const char *owner[2]; /* session tokens of two organisations */
    const char *name[2], *email[2], *password[2];
    struct id organisation[2];
};

/* Ends what checks before this one left behind when they were cut off. */
void lab_open(struct lab *lab);

/* Runs a check in a lab of its own, which ends with it. */
enum promise_result lab_own(struct proof *p, enum promise_result (*check)(struct proof *p));

/* The session token of scratch organisation 0 or 1; NULL when it cannot be made. */
const char *lab_owner(struct proof *p, int which);

/* The JSON that signs up scratch organisation `which` with the given password; notes its name. */
const char *lab_sign_up(struct proof *p, int which, const char *password);

/* Takes a scratch organisation over that was signed up elsewhere. False when there is none. */
MUST_USE bool lab_adopt(struct proof *p, int which, const char *session);

/* An invitation for somebody new with the role in scratch organisation 0; false when it cannot be
   made. */
struct lab_invitation {
    const char *path, *email;
};
MUST_USE bool lab_invitation(struct proof *p, const char *role, struct lab_invitation *ret);

/* The session token of somebody with the role in scratch organisation 0; NULL when it cannot be
   made. */
const char *lab_colleague(struct proof *p, const char *role);

/* The path of a route with the id in place of everything in braces. */
const char *lab_path(struct proof *p, const struct route *r, const char *id);

/* Ends what was made. */
void lab_close(struct lab *lab);

/* A call as the given session, each POST with an Idempotency-Key of its own, so that an answer is
   kept if it can be; the status. */
int lab_call(struct proof *p, const char *session, enum method m, const char *path,
             const char *json, struct answer *ret);
/* The same for PATCH and DELETE of a version. */
int lab_change(struct proof *p, const char *session, enum method m, const char *path,
               const char *json, int64_t version, struct answer *ret);

/* An Idempotency-Key that no request has had. */
const char *lab_key(struct proof *p);

/* A text member of a flat JSON answer; "" when there is none. */
const char *lab_member(struct proof *p, const struct answer *from, const char *key);

/* An hour of work of a session's person in March 2026, with a note: its id, or NULL. */
const char *lab_entry(struct proof *p, const char *session, const char *note);

/* A change of the version that there is now. */
int lab_patch(struct proof *p, const char *session, const char *path, const char *json,
              struct answer *ret);

/* Switches AI and one AI function on in a scratch organisation. */
MUST_USE bool lab_ai_on(struct proof *p, const char *owner, const char *capability);

/* The witness's provider as a provider of the scratch organisation: its id, or NULL. One model of
   the witness's answers nothing but what is prohibited. */
const char *lab_provider(struct proof *p, const char *owner, const char *model);
#define LAB_MODEL "witness"
#define LAB_MODEL_PROHIBITED "prohibited"

/* A provider outside, which nobody can reach: its id, or NULL. `evidence` are its members, each
   with a comma before it, such as LAB_EVIDENCE of the last day on which it promises not to train.
 */
const char *lab_provider_outside(struct proof *p, const char *owner, const char *evidence);
#define LAB_EVIDENCE(no_training)                                                  \
    ",\"agreement_until\":\"9999-12-31\",\"zero_retention_until\":\"9999-12-31\"," \
    "\"no_training_until\":\"" no_training "\""

/* A form with the questions open_to_ai and closed_to_ai: its id, or NULL. And a prompt on it, off,
   with such members, each with a comma before it: its path, or NULL. */
const char *lab_form(struct proof *p, const char *owner);
const char *lab_prompt(struct proof *p, const char *owner, const char *form, const char *members);
#define LAB_FORM                                                              \
    "{\"title\":\"Probe\",\"status\":\"open\",\"fields\":["                   \
    "{\"key\":\"open_to_ai\",\"label\":\"A\",\"kind\":\"text\",\"ai\":true}," \
    "{\"key\":\"closed_to_ai\",\"label\":\"B\",\"kind\":\"text\"}]}"

/* Previews it; and switches it on behind that. */
int lab_preview(struct proof *p, const char *owner, const char *prompt, struct answer *ret);
MUST_USE bool lab_prompt_on(struct proof *p, const char *owner, const char *prompt);

/* Answers the form's open question and waits for its prompts; the answer's id, or NULL. */
const char *lab_submit(struct proof *p, const char *owner, const char *form, const char *text);

/* Looks for a canary in everything that is stored: the files under the data folder and, when the
   databases are on a server, the rows of control and of scratch organisation 0 as they lie there.
 */
enum promise_result lab_stored(struct proof *p, const struct canary_print *print);

/* Adds a sentence to the evidence, which everybody may read: it says nothing of an organisation,
   nor how many there are of what is the installation's. That goes to the operator alone, by
   lab_tell. */
void lab_say(struct proof *p, const char *format, ...) PRINTF_LIKE(2, 3);
void lab_tell(struct proof *p, const char *format, ...) PRINTF_LIKE(2, 3);

/* Says it and gives the result. */
enum promise_result lab_result(struct proof *p, enum promise_result result, const char *format, ...)
    PRINTF_LIKE(3, 4);
#define lab_held(p, ...) lab_result(p, PROMISE_HELD, __VA_ARGS__)
#define lab_broken(p, ...) lab_result(p, PROMISE_BROKEN, __VA_ARGS__)
#define lab_unknown(p, ...) lab_result(p, PROMISE_UNKNOWN, __VA_ARGS__)

/* Unknown without a witness, who would be there to `act`: "open its own page". */
#define lab_alone(p, act)                                                                       \
    lab_unknown(p, "The server cannot " act ": the operator has this checked with the command " \
                   "vow prove.")

#endif
