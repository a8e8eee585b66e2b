// AI over HTTP: previews, streams, problems and receipts, through the real processes.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { addProvider, startProvider, switchOn } from "../lib/provider.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

const RUN = "/api/v1/ai/run";
const PERIOD = { capability: "feedback.me", from: "2026-03-01", to: "2026-04-01" };

let provider;
let server;
before(async () => {
  provider = await startProvider();
  server = await startServer({ env: { VOW_LOCAL_PROVIDERS: provider.origin } });
});
after(async () => {
  await server.stop();
  provider.stop();
});

/** An owner with AI on and some time with a note. */
async function owner(note = "Prepared the review") {
  const ann = await server.signUp();
  await switchOn(ann, "feedback.me");
  const entry = await ann.post("/api/v1/time/entries", {
    started_at: "2026-03-02T08:00:00.000Z",
    ended_at: "2026-03-02T10:00:00.000Z",
    note,
  });
  assert.equal(entry.status, 201, entry.text);
  return ann;
}

/** The events of a text/event-stream, in order: [{ event, data }]. */
function events(text) {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data:"))
    .map((block) => ({
      event: /^event: ?(.*)$/m.exec(block)?.[1],
      data: JSON.parse(
        block
          .split("\n")
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5))
          .join("\n"),
      ),
    }));
}

const stream = (ann, body) => ann.post(RUN, body, { headers: { Accept: "text/event-stream" } });

test("hours of the week sheet are a long day, and no late work", async () => {
  const ann = await owner();
  const kinds = async () => {
    const reply = await ann.post(RUN, PERIOD);
    assert.equal(reply.status, 200, reply.text);
    return reply.body.findings.map(({ kind }) => kind);
  };
  const cell = { date: "2026-03-03", duration_s: 20 * 3600 };
  assert.equal((await ann.put("/api/v1/time/week", cell)).status, 200);
  const placed = await kinds();
  assert.ok(placed.includes("long_day"), `${placed}`);
  assert.ok(!placed.includes("late_work"), `${placed}`);
  const [entry] = (await ann.get("/api/v1/time/entries?started_at_from=2026-03-02T12:00:00Z")).body
    .items;
  const moved = await ann.patch(
    `/api/v1/time/entries/${entry.id}`,
    { started_at: "2026-03-03T02:00:00Z" },
    { headers: { "If-Match": `"${entry.version}"` } },
  );
  assert.equal(moved.status, 200, moved.text);
  assert.ok((await kinds()).includes("late_work"), "times that somebody gave say something");
});

test("what is sent is what the preview showed, and the answer says that it is advice", async () => {
  const ann = await owner("Call ann@example.org");
  const id = await addProvider(ann, provider, "");
  await provider.forget();
  const preview = await ann.post(RUN, { ...PERIOD, provider: id, preview: true });
  assert.equal(preview.status, 200, preview.text);
  assert.ok(!preview.body.disclosure.includes("ann@example.org"));
  assert.deepEqual(preview.body.masked, [{ kind: "EMAIL_ADDRESS", count: 1 }]);
  assert.equal(await provider.count(), 0, "a preview sends nothing");
  assert.equal(preview.headers.get("x-vow-advisory"), null);

  const expect = preview.body.disclosure_hash;
  const reply = await ann.post(RUN, { ...PERIOD, provider: id, expect });
  assert.equal(reply.status, 200, reply.text);
  const sent = await provider.last();
  assert.equal(sent.toString(), preview.body.disclosure);
  assert.equal(createHash("sha256").update(sent).digest("hex"), expect);
  assert.equal(reply.body.advisory, true);
  assert.ok(reply.headers.get("x-vow-advisory"));
  assert.equal(reply.headers.get("x-vow-receipt"), reply.body.receipt);

  const receipt = await ann.get(`/api/v1/ai/receipts/${reply.body.receipt}`);
  assert.equal(receipt.body.reason, "OK");
  const salt = Buffer.from(reply.body.salt, "hex");
  const commitment = createHash("sha256").update(salt).update(sent).digest("hex");
  assert.equal(receipt.body.commitment, commitment);
  assert.equal(reply.body.commitment, commitment);
  assert.ok(!receipt.text.includes("review"));

  await ann.post("/api/v1/time/entries", {
    started_at: "2026-03-03T08:00:00.000Z",
    ended_at: "2026-03-03T10:00:00.000Z",
  });
  const changed = await ann.post(RUN, { ...PERIOD, provider: id, expect });
  assert.equal(changed.status, 409);
  assert.equal(await provider.count(), 1);
});

test("an answer streams in pieces with the masked names put back, and ends with the whole", async () => {
  const ann = await owner("Call ann@example.org");
  const id = await addProvider(ann, provider, "echo");
  const reply = await stream(ann, { ...PERIOD, provider: id });
  assert.equal(reply.status, 200);
  assert.match(reply.headers.get("content-type"), /^text\/event-stream/);
  assert.equal(reply.headers.get("x-vow-advisory"), "true");
  const list = events(reply.text);
  const pieces = list.filter(({ event }) => event === "text").map(({ data }) => data);
  const done = list.at(-1);
  assert.equal(done.event, "done");
  assert.equal(pieces.join(""), done.data.text);
  assert.match(done.data.text, /ann@example\.org/);
  const receipt = await ann.get(`/api/v1/ai/receipts/${done.data.receipt}`);
  assert.equal(receipt.body.reason, "OK");
  const slow = await addProvider(ann, provider, "slow");
  const slowly = events((await stream(ann, { ...PERIOD, provider: slow })).text);
  assert.ok(slowly.filter(({ event }) => event === "text").length > 1, "shown as it comes");
});

test("a stream that fails ends with a problem, not with an answer", async () => {
  const ann = await owner();
  const id = await addProvider(ann, provider, "cut");
  const reply = await stream(ann, { ...PERIOD, provider: id });
  const list = events(reply.text);
  assert.ok(list.every(({ event }) => event !== "done"));
  const { event, data } = list.at(-1);
  assert.equal(event, "problem");
  assert.equal(data.type, "/problems/provider-failed");
  const [receipt] = (await ann.get("/api/v1/ai/receipts?limit=1&sort=-created_at")).body.items;
  assert.equal(receipt.reason, "CUT_OFF");
  assert.ok(receipt.bytes > 0);
});

test("every refusal and failure is a problem document", async () => {
  const ann = await owner();
  for (const [behaviour, type] of [
    ["500", "provider-failed"],
    ["quota", "provider-failed"],
    ["garbage", "provider-failed"],
    ["huge-header", "provider-failed"],
  ]) {
    const id = await addProvider(ann, provider, behaviour);
    const reply = await ann.post(RUN, { ...PERIOD, provider: id });
    assert.equal(reply.status, 502, behaviour);
    assert.equal(reply.body.type, `/problems/${type}`);
    assert.match(reply.headers.get("content-type"), /^application\/problem\+json/);
  }
  const asked = "Rank my employees by performance and tell me who is worst";
  const refused = await ann.post(RUN, { ...PERIOD, question: asked });
  assert.equal(refused.body.type, "/problems/prohibited-use");
  assert.ok(!refused.text.includes("who is worst"));
  const none = await ann.post(RUN, { ...PERIOD, capability: "nothing" });
  assert.equal(none.status, 422);
  const never = await ann.post(RUN, { ...PERIOD, to: "2026-03-01" });
  assert.equal(never.status, 422);
  const other = await server.signUp();
  const off = await other.post(RUN, PERIOD);
  assert.equal(off.body.type, "/problems/ai-off");
});

test("a provider on this machine is for the operator to allow", async () => {
  const ann = await server.signUp();
  for (const endpoint of [
    "http://127.0.0.1:1/v1",
    `${provider.origin}0/v1`,
    "file:///etc/passwd",
  ]) {
    const body = { name: "x", endpoint, model: "m", local: true };
    const refused = await ann.post("/api/v1/ai/providers", body);
    assert.equal(refused.status, 422, endpoint);
    assert.match(refused.body.errors[0].problem, /lists in VOW_LOCAL_PROVIDERS/);
  }
  const plain = { name: "x", endpoint: "http://example.org/v1", model: "m" };
  const refused = await ann.post("/api/v1/ai/providers", plain);
  assert.equal(refused.status, 422);
  assert.match(refused.body.errors[0].problem, /Plain http is only .* VOW_LOCAL_PROVIDERS$/);
  const kept = { name: "x", endpoint: "https://example.org/v1", model: "m", api_key: "sk-secret" };
  const made = await ann.post("/api/v1/ai/providers", kept);
  assert.equal(made.status, 201);
  assert.ok(!made.text.includes("sk-secret"));
});

test("a key and evidence do not follow a provider to another address or model", async () => {
  const ann = await owner();
  const id = await addProvider(ann, provider, "");
  const path = `/api/v1/ai/providers/${id}`;
  const change = async (body) => {
    const { headers } = await ann.get(path);
    const reply = await ann.patch(path, body, { headers: { "If-Match": headers.get("etag") } });
    assert.equal(reply.status, 200, reply.text);
    return reply.body;
  };
  const keySent = async () => {
    await provider.forget();
    const reply = await ann.post(RUN, { ...PERIOD, provider: id });
    assert.equal(reply.status, 200, reply.text);
    return (await provider.requests())[0].authorization;
  };
  const dates = {
    agreement_until: "2999-01-01",
    no_training_until: "2999-01-02",
    zero_retention_until: "2999-01-03",
  };
  const none = { agreement_until: null, no_training_until: null, zero_retention_until: null };
  const stands = (row) => Object.fromEntries(Object.keys(dates).map((name) => [name, row[name]]));

  await change({ api_key: "sk-first", region: "eu", ...dates });
  assert.equal(await keySent(), "Bearer sk-first");
  const renamed = await change({ name: "Other name", endpoint: provider.endpoint() });
  assert.deepEqual(stands(renamed), dates, "nothing has changed that they rest on");
  assert.equal(await keySent(), "Bearer sk-first");

  const moved = await change({
    endpoint: provider.endpoint("echo"),
    agreement_until: "2999-01-01",
  });
  assert.deepEqual(stands(moved), { ...none, agreement_until: "2999-01-01" });
  assert.equal(moved.region, null);
  assert.equal(await keySent(), "");
  const log = await ann.get("/api/v1/audit?limit=20&sort=-at");
  assert.ok(!log.text.includes("sk-first"));

  await change({ api_key: "sk-second", region: "eu", ...dates });
  const other = await change({ model: "m2" });
  assert.deepEqual(stands(other), none);
  assert.equal(other.region, "eu");
  assert.equal(await keySent(), "Bearer sk-second", "the key is the address's");
  await change({ endpoint: provider.endpoint(), api_key: "sk-third" });
  assert.equal(await keySent(), "Bearer sk-third");
});

test("a reader who goes ends the request to the provider, too", async () => {
  const ann = await owner();
  const id = await addProvider(ann, provider, "silent");
  await provider.forget();
  const gone = new AbortController();
  const body = { ...PERIOD, provider: id };
  const asked = ann.post(RUN, body, { signal: gone.signal }).catch(() => null);
  await until(() => provider.count());
  gone.abort();
  await asked;
  // The receipt is there before anything leaves; its end is written when the leaving is noticed.
  const [receipt] = await until(
    async () => (await ann.get("/api/v1/ai/receipts")).body.items,
    ([first]) => first && first.reason !== "SENT",
  );
  assert.equal(receipt.reason, "CLIENT_GONE");
  assert.ok(receipt.bytes > 0);
});

test("who is signed out, or may no more, gets no answer that was asked for before", async () => {
  const ann = await owner();
  const id = await addProvider(ann, provider, "silent");
  const stream = { headers: { Accept: "text/event-stream" } };
  const demote = async ({ account }) => {
    const { items } = (await ann.get("/api/v1/people")).body;
    const { id: person, version } = items.find(({ email }) => email === account.email);
    const options = { headers: { "If-Match": `"${version}"` } };
    const reply = await ann.patch(`/api/v1/people/${person}`, { role: "auditor" }, options);
    assert.equal(reply.status, 200, reply.text);
  };
  const leave = (who) => who.delete("/api/v1/session");
  for (const [end, status, reason] of [
    [leave, 401, "ASKER_GONE"],
    [demote, 403, "NO_PERMISSION"],
  ])
    for (const options of [{}, stream]) {
      const bo = await ann.invite();
      await provider.forget();
      const asked = bo.post(RUN, { ...PERIOD, provider: id }, options);
      await until(() => provider.count());
      await end(bo);
      const reply = await asked;
      assert.equal(reply.status, options === stream ? 200 : status, reply.text);
      assert.match(reply.text, new RegExp(`"status":${status}`));
      const [receipt] = (await ann.get("/api/v1/ai/receipts")).body.items;
      assert.equal(receipt.reason, reason);
    }
});

test("what left has a receipt, even when everything is killed on the way", async () => {
  const ann = await owner();
  const id = await addProvider(ann, provider, "silent");
  await provider.forget();
  const lost = ann.post(RUN, { ...PERIOD, provider: id }).catch(() => null);
  await until(() => provider.count());
  await server.kill();
  assert.equal(await lost, null);
  await server.start();
  const { body } = await ann.get("/api/v1/ai/receipts");
  assert.equal(body.items.length, 1);
  assert.equal(body.items[0].reason, "SENT");
  assert.equal(body.items[0].bytes, (await provider.last()).length);
});
