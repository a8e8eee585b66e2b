// What docs/api.md tells programs: its lines are run as they stand, but for the address and the account.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { PASSWORD, startServer } from "../lib/server.mjs";

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Runs lines in a shell that ends at the first that fails; resolves to what they printed. */
async function run(lines) {
  const shell = spawn("bash", ["-e", "-o", "pipefail"], { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  shell.stdout.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  shell.stdin.end(lines);
  const [status] = await once(shell, "close");
  assert.equal(status, 0, said);
  return said;
}

test("the lines of the page for programs work, from signing in to a report", async () => {
  const ann = await server.signUp();
  const page = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
  const [first, ...others] = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, lines]) => lines);
  const [given, ...rest] = first.split("\n");
  assert.match(given, /^VOW=\S+ EMAIL=\S+ PASSWORD='[^']+'$/);
  const own = `VOW=${server.url} EMAIL=${ann.account.email} PASSWORD='${PASSWORD}'`;
  const said = await run([own, ...rest, ...others].join("\n"));
  assert.match(said, /"note":"Measuring the quay"/);
  assert.match(said, /"total_s":5400/);
  // Of the sessions only the one in which this asks is left.
  assert.equal((await ann.get("/api/v1/sessions")).body.items.length, 1);
});

test("a cookie without an origin is refused with what to send", async () => {
  const ann = await server.signUp();
  const body = { name: "Quay" };
  const bare = await server.api("POST", "/api/v1/clients", {
    body,
    headers: { Cookie: ann.cookie },
  });
  assert.equal(bare.status, 403);
  assert.equal(bare.body.type, "/problems/cross-site");
  assert.match(bare.body.detail, /Origin header.*Authorization: Bearer/);
  const token = ann.cookie.split("=")[1];
  assert.equal((await server.api("POST", "/api/v1/clients", { body, token })).status, 201);
  const headers = { Cookie: ann.cookie, Origin: server.url };
  const named = await server.api("POST", "/api/v1/clients", { body: { name: "Mole" }, headers });
  assert.equal(named.status, 201);
});

test("what is there already is said in words, at its field", async () => {
  const ann = await server.signUp();
  const teams = [];
  for (const name of ["Quay", "Mole"]) teams.push((await ann.post("/api/v1/teams", { name })).body);
  const path = `/api/v1/teams/${teams[1].id}`;
  const headers = { "If-Match": `"${teams[1].version}"` };
  for (const twice of [
    await ann.post("/api/v1/teams", { name: "Quay" }),
    await ann.patch(path, { name: "Quay" }, { headers }),
  ]) {
    assert.equal(twice.status, 409);
    assert.equal(twice.body.detail, "A team of this name exists");
    assert.deepEqual(twice.body.errors, [
      { pointer: "/name", problem: "A team of this name exists" },
    ]);
  }
});

/** What the description says of an answer or of a change. */
const described = (document, name) => document.components.schemas[name].properties;

test("what the description says of null, versions and refusals is so", async () => {
  const ann = await server.signUp();
  const { body: document } = await ann.get("/api/v1/openapi.json");
  const tag = await ann.post("/api/v1/tags", { name: "Quay" });
  const path = `/api/v1/tags/${tag.body.id}`;

  assert.equal(described(document, "tag_change").name.type, "string");
  const headers = { "If-Match": tag.headers.get("etag") };
  const cleared = await ann.patch(path, { name: null }, { headers });
  assert.deepEqual(cleared.body.errors, [{ pointer: "/name", problem: "must not be null" }]);

  const { entry } = described(document, "timer");
  assert.deepEqual(entry.anyOf.at(-1), { type: "null" });
  const timer = await ann.get("/api/v1/time/timer");
  assert.deepEqual(timer.body, { running: false, entry: null });

  const { get } = document.paths["/tags/{id}"];
  assert.ok(get.responses[200].headers.ETag && get.responses[304]);
  const known = await ann.get(path, { headers: { "If-None-Match": tag.headers.get("etag") } });
  assert.equal(known.status, 304);

  const again = await ann.post("/api/v1/tags", { name: "Quay" });
  const { 409: refused } = document.paths["/tags"].post.responses;
  assert.ok(refused["x-problems"].includes(again.body.type.split("/").pop()));

  const { body: session } = await ann.get("/api/v1/session");
  const bo = await ann.invite({ role: "member" });
  const times = { started_at: "2026-03-02T08:00:00Z", ended_at: "2026-03-02T09:00:00Z" };
  const others = await bo.post("/api/v1/time/entries", { ...times, person: session.person });
  assert.equal(others.status, 404, others.text);
  assert.ok(document.paths["/time/entries"].post.responses[404]);
});

test("a timer is at the address of its entry, whose tags are ids", async () => {
  const ann = await server.signUp();
  const { body: document } = await ann.get("/api/v1/openapi.json");
  for (const name of ["time_entry", "time_entry_new", "time_entry_change", "time_timer_new"]) {
    const { type, items, maxItems } = described(document, name).tags;
    assert.deepEqual(
      { type, items, maxItems },
      {
        type: ["array", "null"],
        items: { type: "string", format: "uuid" },
        maxItems: 20,
      },
    );
  }
  const tag = await ann.post("/api/v1/tags", { name: "Quay" });
  const timer = await ann.post("/api/v1/time/timer", { tags: [tag.body.id] });
  assert.equal(timer.status, 201, timer.text);
  const where = timer.headers.get("location");
  assert.equal(where, `/api/v1/time/entries/${timer.body.id}`);
  const entry = await ann.get(where);
  assert.deepEqual(entry.body.tags, [tag.body.id]);
  const headers = { "If-Match": entry.headers.get("etag") };
  assert.equal((await ann.patch(where, { tags: null }, { headers })).body.tags, null);
});

test("who asks for what is not there is told what there is", async () => {
  const ann = await server.signUp();
  const problem = async (path) => (await ann.get(path)).body.errors[0].problem;
  assert.match(await problem("/api/v1/clients?sort=age"), /one of id, created_at, name, archived,/);
  assert.match(await problem("/api/v1/people?role=boss"), /one of none, member, manager, admin/);
  const before = "/api/v1/clients?created_at_from=1969-07-20T20:17:40Z";
  assert.match(await problem(before), /from 1970 on/);
  const week = await ann.put("/api/v1/time/week", { date: "1969-07-20", duration_s: 60 });
  assert.equal(week.body.errors[0].pointer, "/date");
});
