// Two processes on one PostgreSQL store: what one is told holds on the other, work is done once,
// and what a killed one has begun another ends.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { children } from "../lib/children.mjs";
import { switchOn } from "../lib/provider.mjs";
import { after, before, test } from "../lib/relayed.mjs";
import { Client, startServer } from "../lib/server.mjs";
import { startStore } from "../lib/store.mjs";
import { until } from "../lib/until.mjs";

const TASKS = 50;
const STORY = /story \d+/;
const FORM = {
  title: "Feedback",
  status: "open",
  fields: [{ label: "Story", key: "story", kind: "long_text", ai: true }],
};

/** A provider whose answers the test can hold back; `seen` lists the stories in order of arrival. */
async function startModel() {
  const model = { seen: [], waiting: [], hold: false };
  const completion = (text) => ({
    id: "c1",
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const story = STORY.exec(Buffer.concat(parts).toString())?.[0];
    model.seen.push(story);
    if (model.hold) await new Promise((go) => model.waiting.push(go));
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(completion("noted")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  model.origin = `http://127.0.0.1:${server.address().port}`;
  model.stop = () => {
    for (const go of model.waiting) go();
    server.close();
    server.closeAllConnections();
  };
  return model;
}

let postgres;
let model;
let home;
let options;
let a;
let b;
before(async () => {
  [postgres, model] = await Promise.all([startStore(), startModel()]);
  home = await mkdtemp(join(tmpdir(), "vow-nodes-"));
  const key = join(home, "master.key");
  await writeFile(key, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  options = {
    env: { VOW_STORE: postgres.url, VOW_MASTER_KEY_FILE: key, VOW_LOCAL_PROVIDERS: model.origin },
  };
  // Both at the same moment, on a database in which there is nothing.
  [a, b] = await Promise.all([startServer(options), startServer(options)]);
});
after(async () => {
  model?.stop();
  await Promise.all([a?.stop(), b?.stop()]);
  await postgres?.stop();
  await rm(home, { recursive: true, force: true });
});

/** The same person, with the same cookie, at another node. */
const at = (server, client) => new Client(server, client.cookie, client.account);
const schemaOf = ({ organisation }) => `${postgres.prefix}_${organisation.replaceAll("-", "")}`;
const session = async (client) => (await client.get("/api/v1/session")).body;
const status = async (client) => (await client.get("/api/v1/session")).status;

/** Runs SQL in an organisation's or control's schema, as its owner. */
async function inside(schema, text) {
  const role = `"${schema}"`;
  return postgres.sql(
    `GRANT ${role} TO CURRENT_USER; SET ROLE ${role}; SET search_path = ${role}; ${text};
     RESET ROLE; REVOKE ${role} FROM CURRENT_USER`,
  );
}

async function ifMatch(client, path, change) {
  const seen = await client.get(path);
  const headers = { "If-Match": seen.headers.get("etag") };
  const reply = await client.patch(path, change, { headers });
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
}

test("what ends on one node ends on the other, long before a cache forgets by itself", async () => {
  const ann = await a.signUp();
  const bo = await ann.invite({ role: "manager" });
  const cy = await ann.invite();
  for (const client of [ann, bo, cy]) assert.equal(await status(at(b, client)), 200);
  assert.equal((await at(b, bo).get("/api/v1/organisation/failures")).status, 403);
  const people = (await ann.get("/api/v1/people")).body.items;
  const id = (client) => people.find(({ email }) => email === client.account.email).id;
  const began = performance.now();
  await ifMatch(ann, `/api/v1/people/${id(bo)}`, { role: "member" });
  await ifMatch(ann, `/api/v1/people/${id(cy)}`, { active: false });
  assert.equal((await ann.delete("/api/v1/session")).status, 204);
  await until(
    () => status(at(b, ann)),
    (code) => code === 401,
  );
  await until(
    () => session(at(b, bo)),
    (seen) => seen.role === "member",
  );
  await until(
    () => status(at(b, cy)),
    (code) => code === 401,
  );
  // The cache holds for a minute; a node asks the store every second.
  const passed = Math.round(performance.now() - began);
  assert.ok(passed < 45_000, `after ${passed} ms`);
});

test("wrong passwords count on both nodes together", async () => {
  const ann = await a.signUp();
  const began = performance.now();
  const guess = async (server) =>
    (
      await server.api("POST", "/api/v1/session", {
        body: { email: ann.account.email, password: "not the password" },
      })
    ).status;
  const codes = await Promise.all(Array.from({ length: 24 }, (_, i) => guess(i % 2 ? a : b)));
  const tried = codes.filter((code) => code === 401).length;
  const refused = codes.filter((code) => code === 429).length;
  assert.equal(tried + refused, 24, codes.join());
  // Twelve at once, and one more every ten seconds. Nodes that count alone let all 24 try.
  const more = Math.ceil((performance.now() - began) / 10_000);
  assert.ok(tried <= 12 + more, `${tried} tries`);
});

/** An owner with a form whose answers a hook asks the model about. */
async function makeHook(server) {
  const ann = await server.signUp();
  await switchOn(ann, "hook");
  const provider = await ann.post("/api/v1/ai/providers", {
    name: "model",
    endpoint: `${model.origin}/v1`,
    model: "m",
    local: true,
  });
  const form = await ann.post("/api/v1/forms", FORM);
  const hook = await ann.post("/api/v1/hooks", {
    form: form.body.id,
    name: "Sort",
    template: "What is this? {{story}}",
    provider: provider.body.id,
  });
  assert.equal(hook.status, 201, hook.text);
  const path = `/api/v1/hooks/${hook.body.id}`;
  const sample = await ann.post(`/api/v1/forms/${form.body.id}/submissions`, { story: "story 0" });
  assert.equal(sample.status, 201, sample.text);
  assert.equal((await ann.post(`${path}/preview`, {})).status, 200);
  await ifMatch(ann, path, { on: true });
  return {
    ann,
    preview: `${path}/preview`,
    submissions: `/api/v1/forms/${form.body.id}/submissions`,
  };
}

const suggestions = async (client, submission) =>
  (await client.get(`/api/v1/suggestions?submission=${submission}`)).body.items;
const pending = ({ organisation }) =>
  inside(schemaOf({ organisation }), "SELECT id FROM outbox_task");

let hook;
let organisation;

test("tasks that both nodes know of run once each", async () => {
  hook = await makeHook(a);
  ({ organisation } = await session(hook.ann));
  model.seen.length = 0;
  const made = await Promise.all(
    Array.from({ length: TASKS }, (_, i) =>
      at(i % 2 ? a : b, hook.ann).post(hook.submissions, { story: `story ${i + 1}` }),
    ),
  );
  for (const reply of made) assert.equal(reply.status, 201, reply.text);
  await until(
    () => pending({ organisation }),
    (rows) => rows.length === 0,
  );
  assert.equal(model.seen.length, TASKS);
  assert.equal(new Set(model.seen).size, TASKS);
  const last = await suggestions(at(b, hook.ann), made.at(-1).body.id);
  assert.equal(last.length, 1);
});

test("AI that is switched off on one node is off on the other", async () => {
  const seen = at(b, hook.ann);
  const preview = async () => (await seen.post(hook.preview, {})).status;
  const turn = async (on) => {
    await ifMatch(hook.ann, "/api/v1/ai/settings", { on });
    await until(preview, (code) => (code === 200) === on);
  };
  assert.equal(await preview(), 200);
  await turn(false);
  await turn(true);
});

test("the same request to two nodes happens once", async () => {
  const headers = { "Idempotency-Key": "one-bridge" };
  const ask = (server) => at(server, hook.ann).post("/api/v1/projects", { name: "B" }, { headers });
  const [one, two] = [await ask(a), await ask(b)];
  assert.equal(one.status, 201, one.text);
  assert.equal(two.text, one.text);
  assert.equal((await at(b, hook.ann).get("/api/v1/projects")).body.items.length, 1);
});

test("what a killed node had begun the other ends", async () => {
  model.seen.length = 0;
  model.hold = true;
  const made = await hook.ann.post(hook.submissions, { story: "story 99" });
  assert.equal(made.status, 201, made.text);
  await until(() => model.seen.length === 1);
  await a.kill();
  model.hold = false;
  const found = await until(
    () => suggestions(at(b, hook.ann), made.body.id),
    (items) => items.length > 0,
  );
  assert.equal(found.length, 1);
  assert.deepEqual(model.seen, ["story 99", "story 99"]);
  await a.start();
  // What left the killed node has a receipt too, from the folder that it has come back with.
  const sent = await until(
    async () => (await at(a, hook.ann).get("/api/v1/ai/receipts?reason=SENT")).body.items,
    (items) => items.length > 0,
  );
  assert.equal(sent.length, 1);
});

/** The processes of a node: the one that looks after the others, and these. */
function signal(server, how) {
  for (const pid of [server.pid, ...children(server.pid)]) process.kill(pid, how);
}

test("a node that stood still for longer than its lease adds nothing to what another has done", async () => {
  const answers = async () =>
    (await at(b, hook.ann).get("/api/v1/ai/receipts?reason=OK&limit=200")).body.items.length;
  const before = await answers();
  model.seen.length = 0;
  model.hold = true;
  const numbers = [201, 202, 203];
  const made = await Promise.all(
    numbers.map((n) => at(a, hook.ann).post(hook.submissions, { story: `story ${n}` })),
  );
  for (const reply of made) assert.equal(reply.status, 201, reply.text);
  await until(() => model.seen.length === 1);
  const [held] = model.seen;
  signal(a, "SIGSTOP");
  try {
    model.hold = false;
    await until(
      () => pending({ organisation }),
      (rows) => rows.length === 0,
    );
  } finally {
    signal(a, "SIGCONT");
  }
  for (const go of model.waiting.splice(0)) go();
  // Its answer comes after all, and a receipt of it, for it has left the house.
  await until(answers, (count) => count === before + 4);
  await pause(1000);
  for (const { body } of made) {
    const found = await suggestions(at(b, hook.ann), body.id);
    assert.equal(found.length, 1, JSON.stringify(found));
  }
  assert.deepEqual(model.seen.sort(), [...numbers.map((n) => `story ${n}`), held].sort());
});

test("an organisation that one node deletes is gone on the other", async () => {
  const ann = await a.signUp();
  const other = at(b, ann);
  const schema = schemaOf(await session(other));
  const { status: ended } = await ann.post("/api/v1/organisation/deletion", {
    confirm: ann.account.organisation,
  });
  assert.equal(ended, 204);
  await until(
    () => status(other),
    (code) => code === 401,
  );
  await until(
    () => postgres.sql(`SELECT 1 FROM pg_roles WHERE rolname = '${schema}'`),
    (rows) => rows.length === 0,
  );
  const next = await b.signUp({ email: ann.account.email });
  assert.equal(await status(at(a, next)), 200);
});

/** Columns and indexes as the server describes them, but for the tables of an organisation's own forms. */
function catalogue(schema) {
  const plain = (text) => `replace(replace(${text}, '"${schema}"', ''), '${schema}', '')`;
  return postgres.sql(
    `SELECT c.relname || '.' || a.attname || ' ' || ${plain("format_type(a.atttypid, a.atttypmod)")}
       || ' ' || a.attnotnull || ' ' || a.attcollation || coalesce(pg_get_expr(d.adbin, 0), '') AS line
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = '"${schema}"'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
       AND NOT a.attisdropped AND c.relname !~ '^form_[0-9]'
     UNION ALL SELECT ${plain("indexdef")} FROM pg_indexes
     WHERE schemaname = '${schema}' AND tablename !~ '^form_[0-9]' ORDER BY line`,
  );
}

test("versions serve side by side, and neither undoes what the other has made", async () => {
  const schema = schemaOf({ organisation });
  const applied = () => inside(schema, "SELECT fingerprint FROM schema_state ORDER BY 1");
  const [ours] = await applied();
  // A newer version has added a column, an index and a table.
  await inside(
    schema,
    `ALTER TABLE form ADD COLUMN newer bigint NOT NULL DEFAULT 0;
     CREATE TABLE newer (id uuid PRIMARY KEY NOT NULL);
     INSERT INTO schema_state (fingerprint) VALUES ('newer')`,
  );
  await b.stop({ keep: true });
  await b.start();
  for (const server of [a, b]) {
    const form = await at(server, hook.ann).post("/api/v1/forms", FORM);
    assert.equal(form.status, 201, form.text);
  }
  assert.deepEqual(await applied(), [ours, "newer"].sort());

  // An older version had neither this table, nor this column, nor this index; both nodes start with
  // the new one, and what it adds is what a new organisation has.
  await Promise.all([a.stop({ keep: true }), b.stop({ keep: true })]);
  await inside(
    schema,
    `DROP TABLE newer; ALTER TABLE form DROP COLUMN newer;
     DROP TABLE suggestion; ALTER TABLE form DROP COLUMN public;
     DROP INDEX outbox_task__holder__due_at;
     DELETE FROM schema_state; INSERT INTO schema_state (fingerprint) VALUES ('older')`,
  );
  await Promise.all([a.start(), b.start()]);
  const replies = await Promise.all(
    [a, b].map((server) => at(server, hook.ann).post("/api/v1/forms", FORM)),
  );
  for (const reply of replies) assert.equal(reply.status, 201, reply.text);
  assert.deepEqual(await applied(), [ours, "older"].sort());
  const fresh = schemaOf(await session(await a.signUp()));
  const lines = await catalogue(schema);
  assert.ok(lines.length > 100);
  assert.deepEqual(lines, await catalogue(fresh));
});
