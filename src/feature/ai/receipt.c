/* receipt.c: step 9: a record that proves what left without telling what it was. */
#include "receipt.h"

#include "crypt/crypt.h"
#include "receipts.h"
#include "run.h"

#include <string.h>

enum { POLICY_VERSION = 1 };

const struct permission ai_receipts_read = {
    "ai.receipts",
    "Read the receipts of AI requests",
    { [ROLE_MEMBER] = SCOPE_OWN,
      [ROLE_MANAGER] = SCOPE_OWN,
      [ROLE_ADMIN] = SCOPE_ALL,
      [ROLE_OWNER] = SCOPE_ALL,
      [ROLE_AUDITOR] = SCOPE_ALL },
};

static const struct field ai_receipt_fields[] = {
    ROW_FIELDS(struct ai_receipt),
    FIELD(struct ai_receipt, person, .privacy = PERSONAL, .subject = true, .filter = true,
          .doc = "Who asked; absent when a form's prompt did"),
    FIELD(struct ai_receipt, capability, .privacy = OPERATIONAL, .filter = true,
          .doc = "AI function"),
    FIELD(struct ai_receipt, provider, .privacy = OPERATIONAL, .doc = "Who answered"),
    FIELD(struct ai_receipt, model, .privacy = OPERATIONAL, .doc = "Model"),
    FIELD(struct ai_receipt, region, .privacy = OPERATIONAL, .doc = "Where it computes"),
    FIELD(struct ai_receipt, reason, .privacy = OPERATIONAL, .filter = true,
          .doc = "OK, or why it was refused or failed"),
    FIELD(struct ai_receipt, columns, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Columns that were read, by name"),
    FIELD(struct ai_receipt, rows, .privacy = OPERATIONAL, .doc = "Rows that were read"),
    FIELD(struct ai_receipt, bytes, .privacy = OPERATIONAL, .doc = "Bytes that left"),
    FIELD(struct ai_receipt, prompt_tokens, .privacy = OPERATIONAL, .unknown = -1,
          .doc = "Tokens sent, as the provider counts; -1 when it did not say"),
    FIELD(struct ai_receipt, completion_tokens, .privacy = OPERATIONAL, .unknown = -1,
          .doc = "Tokens received; -1 when the provider did not say"),
    FIELD(struct ai_receipt, left_out, .privacy = OPERATIONAL,
          .doc = "Cells left out because they read like instructions"),
    FIELD(struct ai_receipt, masked, .of = KIND_TEXT, .privacy = OPERATIONAL,
          .doc = "Kinds of personal data that were masked, each with its count"),
    FIELD(struct ai_receipt, commitment, .privacy = OPERATIONAL,
          .doc = "SHA-256 of the salt's bytes, which only the caller has, and the disclosure "
                 "behind them"),
    FIELD(struct ai_receipt, policy, .privacy = OPERATIONAL, .doc = "Version of the policy"),
    { 0 },
};

const struct table ai_receipt_table = {
    .name = "ai_receipt",
    .doc = "Content-free records of what was disclosed to which engine",
    .fields = ai_receipt_fields,
    .one = "AI receipt",
    .size = sizeof(struct ai_receipt),
    .path = "/ai/receipts",
    .ops = OP_LIST | OP_READ,
    .read = &ai_receipts_read,
    .erase = ERASE_PERSON,
    .settle = receipts_settle,
};

static const char *commitment(struct ai_run *run)
{
    struct arena *a = run->c->arena;
    uint8_t salt[16], hash[HASH_SIZE];
    struct buffer b = buffer_new(a);
    random_bytes(salt, sizeof salt);
    buffer_add(&b, salt, sizeof salt);
    buffer_add(&b, run->ret->disclosure, (size_t)run->ret->bytes);
    hash_sha256(b.at, b.len, hash);
    run->ret->salt = ai_hex(a, salt, sizeof salt);
    return ai_hex(a, hash, sizeof hash);
}

static struct list masked_texts(struct ai_run *run)
{
    const struct ai_masked *from = run->ret->masked.at;
    size_t n = run->ret->masked.count;
    const char **texts = arena_many(run->c->arena, n, const char *);
    for (size_t i = 0; i < n; i++)
        texts[i] = arena_printf(run->c->arena, "%s %lld", from[i].kind, (long long)from[i].count);
    return (struct list){ texts, n };
}

/* What may have left counts as left: only an end that says so tells that nothing did. */
static bool has_left(const struct ai_run *run)
{
    enum egress_reason why = run->end.reason;
    bool told =
        run->ended && why != EGRESS_INTERRUPTED && why != EGRESS_SLOW && why != EGRESS_CANCELLED;
    return run->leaves && (!told || run->end.sent);
}

static struct ai_receipt receipt_of(struct ai_run *run)
{
    bool left = has_left(run);
    return (struct ai_receipt){
        .id = run->ret->receipt,
        .version = 1,
        .created_at = run->c->now,
        .updated_at = run->c->now,
        .person = run->c->actor.person,
        .capability = run->capability->name,
        .provider = run->ret->provider,
        .model = run->ret->model,
        .region = run->provider.region,
        .reason = run->reason ? run->reason : ai_reason_name(REASON_OK),
        .columns = { run->columns, run->column_count },
        .rows = run->ret->rows,
        .bytes = left ? run->ret->bytes : 0,
        .prompt_tokens = run->ended ? run->end.prompt_tokens : -1,
        .completion_tokens = run->ended ? run->end.completion_tokens : -1,
        .left_out = run->left_out,
        .masked = masked_texts(run),
        .commitment = run->ret->commitment,
        .policy = POLICY_VERSION,
    };
}

bool ai_receipt_keep(struct ai_run *run)
{
    if (run->kept)
        return true;
    run->ret->receipt = id_new(run->c->now);
    run->ret->commitment = run->ret->disclosure ? commitment(run) : NULL;
    struct ai_receipt row = receipt_of(run);
    run->kept = receipts_keep(run->c, receipt_record(run->c, &row), &run->slot);
    return run->kept;
}

void ai_receipt_write(struct ai_run *run)
{
    struct ai_receipt row = receipt_of(run);
    receipts_write(run->c, run->slot, &row);
}
