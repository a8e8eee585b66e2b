// Problems that no other conversation happens to meet; scripts/test compares what all have met with
// what the API document lists.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../lib/server.mjs";

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
