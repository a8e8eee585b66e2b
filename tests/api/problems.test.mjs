// Problems that no other conversation happens to meet; scripts/test compares what all have met with
// what the API document lists.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

async function change(client, path, body) {
  const now = await client.get(path);
  const headers = { "If-Match": now.headers.get("etag") };
  const reply = await client.patch(path, body, { headers });
  assert.equal(reply.status, 200, reply.text);
}

function assertProblem(reply, status, name) {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.body.type, `/problems/${name}`, reply.text);
}

test("time that overlaps is refused where the organisation wants it so", async () => {
  const ann = await server.signUp();
  const entry = { started_at: "2026-03-02T08:00:00Z", ended_at: "2026-03-02T10:00:00Z" };
  assert.equal((await ann.post("/api/v1/time/entries", entry)).status, 201);
  assert.equal((await ann.post("/api/v1/time/entries", entry)).status, 201);
  await change(ann, "/api/v1/organisation", { overlap: "refuse" });
  assertProblem(await ann.post("/api/v1/time/entries", entry), 409, "entry-overlaps");
});

test("AI answers nobody who objects, and through no provider without evidence", async () => {
  const ann = await server.signUp();
  const RUN = "/api/v1/ai/run";
  const asked = { capability: "feedback.me", from: "2026-03-01", to: "2026-04-01" };
  await change(ann, "/api/v1/ai/settings", { on: true });
  await ann.post("/api/v1/ai/switches", { capability: asked.capability, on: true });
  const provider = { name: "x", endpoint: "https://example.org/v1", model: "m" };
  const bare = await ann.post("/api/v1/ai/providers", provider);
  assertProblem(
    await ann.post(RUN, { ...asked, provider: bare.body.id }),
    403,
    "provider-not-allowed",
  );
  await ann.put("/api/v1/ai/objection", { objected: true });
  assertProblem(await ann.post(RUN, asked), 403, "ai-objected");
});

// However slowly it is taken: what it needs of memory stays until then.
test("a person takes one archive at a time", async () => {
  const ann = await server.signUp();
  const ben = await ann.invite();
  const file = {
    body: randomBytes(5 << 20),
    headers: { "Content-Type": "application/octet-stream" },
  };
  for (const name of ["a", "b", "c"])
    assert.equal((await ann.post(`/api/v1/files?name=${name}`, undefined, file)).status, 201);
  const slow = await new Promise((resolve, reject) => {
    const sent = request(`${server.url}/api/v1/privacy/me`, { headers: { Cookie: ann.cookie } });
    sent.on("response", resolve).on("error", reject).end(); // and nothing of it is read
  });
  assert.equal(slow.statusCode, 200);
  for (const path of ["/api/v1/privacy/export", "/api/v1/time/export.csv"])
    assertProblem(await ann.get(path), 429, "rate-limited");
  assert.equal((await ben.get("/api/v1/privacy/me")).status, 200);
  slow.destroy();
  await until(
    () => ann.get("/api/v1/time/export.csv"),
    (reply) => reply.status === 200,
  );
});
