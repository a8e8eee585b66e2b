// An organisation that may keep so much and no more, from the command line to what is refused.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { startServer, vow } from "../lib/server.mjs";

const MIB = 1 << 20;
const upload = (who) =>
  who.post("/api/v1/files?name=plan", undefined, {
    body: randomBytes(4 * MIB),
    headers: { "Content-Type": "application/octet-stream" },
  });

test("an organisation that has used up its storage reads, changes and deletes", async (t) => {
  const server = await startServer({ args: ["--org-storage", "10M"] });
  t.after(() => server.stop());
  const ann = await server.signUp();
  const bob = await ann.invite({ role: "member" });
  const team = await ann.post("/api/v1/teams", { name: "Quay" });
  let last = await upload(ann);
  for (let n = 0; n < 3 && last.status === 201; n++) last = await upload(ann);
  assert.equal(last.status, 507, last.text);
  assert.equal(last.body.type, "/problems/storage-used-up");
  const { body } = await ann.get("/api/v1/organisation/storage");
  assert.equal(body.allowed_bytes, 10 * MIB);
  assert.ok(body.used_bytes > 8 * MIB && body.used_bytes <= 10 * MIB, `${body.used_bytes}`);
  assert.equal((await bob.get("/api/v1/organisation/storage")).status, 403);

  const row = (_, n) => `Ann,Quay,${"x".repeat(1900)} ${n},2026-06-01,09:00:00,01:00:00\n`;
  const rows = Array.from({ length: 1500 }, row).join("");
  const imported = await ann.post("/api/v1/time/imports?mine=true", undefined, {
    body: Buffer.from(`User,Project,Description,Start date,Start time,Duration\n${rows}`),
    headers: { "Content-Type": "text/csv" },
  });
  assert.equal(imported.status, 507, imported.text);

  const path = `/api/v1/teams/${team.body.id}`;
  const renamed = await ann.patch(path, { name: "Pier" }, { headers: { "If-Match": '"1"' } });
  assert.equal(renamed.status, 200, renamed.text);
  assert.equal((await ann.delete(path, { headers: { "If-Match": '"2"' } })).status, 204);
  assert.equal((await ann.get("/api/v1/privacy/export")).status, 200);
  // Another one is not concerned.
  assert.equal((await upload(await server.signUp())).status, 201);
});

test("the limit comes from the environment too, and what is no size is refused", async (t) => {
  const server = await startServer({ env: { VOW_ORG_STORAGE: "2G" } });
  t.after(() => server.stop());
  const ann = await server.signUp();
  const said = await ann.get("/api/v1/organisation/storage");
  assert.equal(said.body.allowed_bytes, 2 * 1024 * MIB);
  for (const size of ["much", "-1G", "5M", "10MB", "9999999999T", "1e9"]) {
    const refused = await vow(["serve", "--data", server.data, "--org-storage", size]);
    assert.notEqual(refused.status, 0, size);
    assert.match(refused.stderr, /^vow: --org-storage takes a size of 10M or more/, size);
  }
});

test("without a limit it is said how much is kept", async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const ann = await server.signUp();
  const before = (await ann.get("/api/v1/organisation/storage")).body;
  assert.equal(before.allowed_bytes, null);
  assert.equal((await upload(ann)).status, 201);
  const after = (await ann.get("/api/v1/organisation/storage")).body;
  assert.ok(after.used_bytes - before.used_bytes >= 4 * MIB);
});
