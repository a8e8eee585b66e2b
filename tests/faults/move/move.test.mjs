// `vow org move`: an organisation goes from files to PostgreSQL and back while it is in use, and while
// the command is killed at any moment. Nothing may be lost, and at most one side may serve it.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { addProvider, startProvider, switchOn } from "../../lib/provider.mjs";
import { after, before, test } from "../../lib/relayed.mjs";
import { Client, PASSWORD, startServer, vow } from "../../lib/server.mjs";
import { startStore } from "../../lib/store.mjs";
import { until } from "../../lib/until.mjs";
import { unzip } from "../../lib/zip.mjs";

const BINARY = resolve(process.env.VOW_BINARY ?? "build/debug/src/vow");
const DEMO = { email: "ada@demo.example", password: "demo password" };
const ENTRIES = "/api/v1/time/entries";
const KEY = "0123456789abcdef".repeat(4);
const KILLS = 20;

let store;
let home;
let env;
const prefixed = (name) => store.url.replace(/vow_prefix=.*/, `vow_prefix=${name}`);

before(async () => {
  home = await mkdtemp(join(tmpdir(), "vow-move-"));
  await writeFile(join(home, "key"), KEY, { mode: 0o600 });
  for (const dir of [
    "a",
    "b",
    "c",
    "kill-a",
    "kill-b",
    "kill-c",
    "open-a",
    "open-c",
    "said",
    "twin",
    "other",
    "out",
    "out-to",
    "roots",
    "theirs",
    "node-a",
    "node-b",
    "nodes-to",
  ])
    await mkdir(join(home, dir), { mode: 0o700 });
  env = { VOW_MASTER_KEY_FILE: join(home, "key"), TMPDIR: home };
  store = await startStore();
});

after(async () => {
  await store.stop();
  await rm(home, { recursive: true, force: true });
});

const serve = (dir, store = {}) => startServer({ dir: join(home, dir), env: { ...env, ...store } });
/** With the stores in the environment, for their URLs hold a password. */
const stores = ({ from, to }) => ({ ...env, ...(from && { VOW_STORE: from }), VOW_STORE_TO: to });
const move = (id, data, names) => vow(["org", "move", id, "--data", data], { env: stores(names) });

async function signIn(server, who) {
  const reply = await server.api("POST", "/api/v1/session", { body: who });
  return reply.status < 300 ? new Client(server, reply.cookie, who) : null;
}

/** What an organisation is, but for what the looking itself writes; and whether its log is whole. */
async function whole(client) {
  const reply = await fetch(`${client.server.url}/api/v1/privacy/export`, {
    headers: { Cookie: client.cookie },
  });
  assert.equal(reply.status, 200);
  const tables = {};
  for (const [name, content] of unzip(Buffer.from(await reply.arrayBuffer())))
    if (name !== "manifest.json" && !name.includes("audit")) tables[name] = content.toString();
  const report = await client.get("/api/v1/reports/time?by=project&from=2020-01-01&to=2029-12-31");
  assert.equal(report.status, 200, report.text);
  const proof = await client.get("/api/v1/audit/proof");
  assert.equal(proof.body?.whole, true, proof.text);
  return { tables, report: report.body };
}

/** Writes entries to whichever of the clients takes them; `kept`: what was acknowledged. */
function load(...clients) {
  const kept = new Set();
  const refused = new Set();
  let going = true;
  const write = async () => {
    for (let minute = 0; going; minute++) {
      const at = (n) => new Date(Date.UTC(2025, 0, 1) + n * 60_000).toISOString();
      const body = { started_at: at(minute), ended_at: at(minute + 1), note: `entry ${minute}` };
      for (const client of clients) {
        const reply = await client.post(ENTRIES, body).catch(() => null);
        if (reply?.status === 201) kept.add(reply.body.id);
        else if (reply) refused.add(reply.status);
      }
      await pause(5);
    }
  };
  const writing = write();
  const stop = () => {
    going = false;
    return writing;
  };
  return { kept, refused, stop };
}

async function entryIds(client) {
  const found = new Set();
  for (let next = ""; next !== null; ) {
    const query = next ? `&cursor=${encodeURIComponent(next)}` : "";
    const page = await client.get(`${ENTRIES}?limit=500${query}`);
    assert.equal(page.status, 200, page.text);
    for (const item of page.body.items) found.add(item.id);
    next = page.body.next ?? null;
  }
  return found;
}

const organisations = async (data) =>
  (await readdir(join(data, "org")))
    .filter((name) => name.endsWith(".db"))
    .map((name) => name.slice(0, 36));

test("the demo goes to PostgreSQL while it is written to, and back, and is what it was", async (t) => {
  const data = join(home, "a", "data");
  const demo = await vow(["demo", "--data", data], { env });
  assert.equal(demo.status, 0, demo.stderr);
  const [id] = await organisations(data);
  const url = prefixed("demo");

  const a = await serve("a");
  t.after(() => a.stop({ keep: true }));
  const ada = await signIn(a, DEMO);
  const before = await whole(ada);
  const writer = load(ada);
  t.after(writer.stop);
  await until(() => writer.kept.size);
  const there = await move(id, data, { to: url });
  await writer.stop();
  assert.equal(there.status, 0, there.stderr);
  assert.match(there.stdout, /^Organisation .* is in postgres:/);
  assert.deepEqual(await organisations(data), []);
  assert.equal(await signIn(a, DEMO), null);
  assert.equal((await ada.get(ENTRIES)).status, 401);

  const b = await serve("b", { VOW_STORE: url });
  t.after(() => b.stop({ keep: true }));
  assert.equal((await new Client(b, ada.cookie, DEMO).get(ENTRIES)).status, 200, "the session too");
  const moved = await signIn(b, DEMO);
  const ids = await entryIds(moved);
  for (const kept of writer.kept) assert.ok(ids.has(kept), "what was acknowledged is there");
  const between = await whole(moved);
  for (const name of Object.keys(before.tables))
    if (!/time_entry/.test(name)) assert.equal(between.tables[name], before.tables[name], name);

  const target = join(home, "c", "data");
  const back = await move(id, b.data, { from: url, to: target });
  assert.equal(back.status, 0, back.stderr);
  assert.equal(await signIn(b, DEMO), null);
  const c = await serve("c");
  t.after(() => c.stop({ keep: true }));
  const after = await signIn(c, DEMO);
  assert.deepEqual(await whole(after), between);
  const again = await move(id, b.data, { from: url, to: target });
  assert.equal(again.status, 0, again.stderr);
});

test("killed at any moment, it is whole and served on at most one side, and goes on", async (t) => {
  const url = prefixed("kill");
  const a = await serve("kill-a");
  t.after(() => a.stop({ keep: true }));
  const b = await serve("kill-b", { VOW_STORE: url });
  t.after(() => b.stop({ keep: true }));
  const owner = await a.signUp();
  const clients = [owner, new Client(b, owner.cookie, owner.account)];
  const [id] = await organisations(a.data);
  const other = join(home, "kill-c", "data"); // another node's, so that the source is killed as well
  const ways = [
    [a.data, { to: url }],
    [other, { from: url, to: a.data }],
  ];
  const serving = async () => {
    const replies = await Promise.all(clients.map((one) => one.get(`${ENTRIES}?limit=1`)));
    return replies.map((reply, i) => (reply.status === 200 ? i : -1)).filter((i) => i >= 0);
  };

  const writer = load(...clients);
  t.after(writer.stop);
  let side = 0;
  let killed = 0;
  let took = 1500;
  await mkdir(other, { mode: 0o700 });
  while (killed < KILLS) {
    const started = performance.now();
    const [data, names] = ways[side];
    const child = spawn(BINARY, ["org", "move", id, "--data", data], {
      env: { ASAN_OPTIONS: "detect_leaks=0", ...process.env, ...stores(names) },
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    const ended = once(child, "close");
    const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * took * 1.1);
    const [status, signal] = await ended;
    clearTimeout(timer);
    if (signal) killed++;
    const sides = await serving();
    assert.ok(sides.length <= 1, `served on both sides after ${killed} kills`);
    if (signal) continue;
    assert.equal(status, 0, said);
    took = performance.now() - started;
    side = 1 - side;
    assert.deepEqual(await until(serving, (now) => now.length === 1), [side]);
  }
  const last = await move(id, ...ways[side]);
  assert.equal(last.status, 0, last.stderr);
  side = 1 - side;
  await until(serving, (now) => now.length === 1);
  await writer.stop();
  assert.deepEqual(await serving(), [side]);
  const ids = await entryIds(clients[side]);
  assert.ok(writer.kept.size > 0);
  for (const kept of writer.kept) assert.ok(ids.has(kept), "what was acknowledged is there");
  assert.equal(ids.size, writer.kept.size, "and nothing twice");
  assert.ok(writer.refused.size > 0);
  assert.ok(!writer.refused.has(500), "what is refused is refused in words");
  await whole(clients[side]);
  assert.ok(await signIn(clients[side].server, { email: owner.account.email, password: PASSWORD }));
});

/** One side of a move as the command talks to it: frames of a type, a length and what they carry. */
async function openSide(data, how, id) {
  const socket = connect(join(data, "admin.sock"));
  await once(socket, "connect");
  socket.write(`move ${how} ${id}\n`);
  const chunks = socket.iterator({ destroyOnReturn: false });
  let have = Buffer.alloc(0);
  const take = async (size) => {
    while (have.length < size) have = Buffer.concat([have, (await chunks.next()).value]);
    const taken = have.subarray(0, size);
    have = have.subarray(size);
    return taken;
  };
  const read = async () => {
    const head = await take(5);
    const carried = await take(head.readUInt32LE(1));
    return { type: String.fromCharCode(head[0]), bytes: Buffer.concat([head, carried]) };
  };
  assert.equal((await read()).type, "h");
  const close = async () => {
    socket.destroy();
    await once(socket, "close");
  };
  return { socket, read, close };
}

test("what has arrived is nobody's until it is activated, whoever looks meanwhile", async (t) => {
  const a = await serve("open-a");
  t.after(() => a.stop({ keep: true }));
  const c = await serve("open-c");
  t.after(() => c.stop({ keep: true }));
  const owner = await a.signUp();
  const there = new Client(c, owner.cookie, owner.account);
  const [id] = await organisations(a.data);
  const refused = async () => {
    const reply = await there.get(ENTRIES);
    assert.ok(reply.status >= 400, `the target answers with ${reply.status}`);
  };

  const go = Buffer.concat([Buffer.from([0x67, 16, 0, 0, 0]), Buffer.alloc(16, 1)]);
  const source = await openSide(a.data, "from", id);
  const target = await openSide(c.data, "to", id);
  source.socket.write(go);
  assert.equal((await source.read()).type, "k");
  target.socket.write(go);
  for (let type; type !== "E"; ) {
    const frame = await source.read();
    type = frame.type;
    target.socket.write(frame.bytes);
  }
  assert.equal((await target.read()).type, "v", "all of it is there, its sessions too");
  await refused();
  await Promise.all([source.close(), target.close()]);
  await until(async () => (await owner.get(ENTRIES)).status === 200);
  await refused();
  const again = await openSide(c.data, "to", id);
  await refused();
  await again.close();
  await refused();

  const moved = await move(id, a.data, { to: c.data });
  assert.equal(moved.status, 0, moved.stderr);
  assert.equal((await there.get(ENTRIES)).status, 200);
});

/** The organisation leaves while something of it is out at a provider: the receipt of that is where it went. */
async function receiptMoves(asker, provider, there, leave) {
  await switchOn(asker, "feedback.me");
  const run = {
    capability: "feedback.me",
    from: "2025-01-01",
    to: "2025-02-01",
    provider: await addProvider(asker, provider, "silent"),
  };
  const asked = asker.post("/api/v1/ai/run", run).catch(() => null);
  await until(() => provider.count());
  const moved = await leave();
  assert.equal(moved.status, 0, moved.stderr);
  assert.ok((await asked).status >= 400);
  const moves = new Client(there, asker.cookie, asker.account);
  const [receipt] = (await moves.get("/api/v1/ai/receipts")).body.items;
  assert.equal(receipt?.reason, "SENT");
  assert.ok(receipt.bytes > 0);
}

test("what is out at a provider while the organisation leaves has its receipt there", async (t) => {
  const provider = await startProvider();
  t.after(() => provider.stop());
  const a = await serve("out", { VOW_LOCAL_PROVIDERS: provider.origin });
  t.after(() => a.stop({ keep: true }));
  const b = await serve("out-to");
  t.after(() => b.stop({ keep: true }));
  const owner = await a.signUp();
  const [id] = await organisations(a.data);
  await receiptMoves(owner, provider, b, () => move(id, a.data, { to: b.data }));
});

test("what is out by way of another node has its receipt there too", async (t) => {
  const provider = await startProvider();
  t.after(() => provider.stop());
  const url = { VOW_STORE: prefixed("nodes"), VOW_LOCAL_PROVIDERS: provider.origin };
  const gives = await serve("node-a", url);
  t.after(() => gives.stop({ keep: true }));
  const asks = await serve("node-b", url);
  t.after(() => asks.stop({ keep: true }));
  const there = await serve("nodes-to");
  t.after(() => there.stop({ keep: true }));
  const leave = async () => {
    const list = await vow(["org", "list", "--data", gives.data], { env: { ...env, ...url } });
    const [id] = list.stdout.split(" ");
    return move(id, gives.data, { from: url.VOW_STORE, to: there.data });
  };
  // Another has left before: who heard of that has not heard of this.
  await gives.signUp();
  const before = await leave();
  assert.equal(before.status, 0, before.stderr);
  const owner = await gives.signUp();
  const beside = new Client(asks, owner.cookie, owner.account);
  await receiptMoves(beside, provider, there, leave);
});

test("what root moves into a folder of somebody else is theirs", async (t) => {
  if (process.getuid() !== 0) return t.skip("only root makes files for others");
  const [a, b] = [await serve("roots"), await serve("theirs")];
  await a.signUp();
  const [id] = await organisations(a.data);
  for (const server of [a, b]) await server.stop({ keep: true });
  const nobody = 65534;
  execFileSync("chown", ["-R", `${nobody}:${nobody}`, b.data]);
  const moved = await move(id, a.data, { to: b.data });
  assert.equal(moved.status, 0, moved.stderr);
  assert.deepEqual(await organisations(b.data), [id]);
  for (const name of await readdir(b.data, { recursive: true }))
    assert.equal((await stat(join(b.data, name))).uid, nobody, name);
});

test("what cannot be is said in one sentence, and nothing is touched", async (t) => {
  const a = await serve("said");
  t.after(() => a.stop({ keep: true }));
  const owner = await a.signUp();
  const [id] = await organisations(a.data);
  const none = id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  await a.stop({ keep: true });
  await cp(a.data, join(home, "twin", "data"), { recursive: true });
  await a.start();
  const to = join(home, "other", "data");
  const says = async (pattern, args, more = {}) => {
    const reply = await vow(["org", "move", ...args], { env: { ...env, ...more } });
    assert.notEqual(reply.status, 0);
    assert.match(reply.stderr, pattern);
    assert.equal(reply.stderr.trim().split("\n").length, 1, reply.stderr);
  };
  await says(/Which organisation/, []);
  await says(/not the id of an organisation/, ["one", "--data", a.data, "--to", to]);
  await says(/There is no organisation/, [none, "--data", a.data, "--to", to]);
  await says(/in that store already/, [id, "--data", a.data, "--to", a.data]);
  await says(/has an organisation with this id already/, [
    id,
    "--data",
    a.data,
    "--to",
    join(home, "twin", "data"),
  ]);
  await says(/no connection to the database server/, [
    id,
    "--data",
    a.data,
    "--to",
    "postgres://vow@/vow?host=/nowhere",
  ]);
  await says(/databases in files/, [id, "--data", a.data, "--to", to], {
    VOW_STORE: prefixed("said"),
  });
  const secret = "postgres://vow:secret@/vow?host=/nowhere";
  await says(/--to takes no password.* VOW_STORE_TO/, [id, "--data", a.data, "--to", secret]);
  await says(/--store takes no password.* VOW_STORE,/, [
    id,
    "--data",
    a.data,
    "--store",
    secret,
    "--to",
    to,
  ]);
  await says(/not the master key/, [id, "--data", a.data, "--to", to], {
    VOW_MASTER_KEY_FILE: "",
    VOW_MASTER_KEY: "f".repeat(64),
  });
  assert.equal((await owner.get(ENTRIES)).status, 200);
  assert.match(
    (await vow(["org", "--help"])).stdout,
    /^vow org: .*\n {2}list .*\n {2}create .*\n {2}invite ID .*\n {2}move ID +\S.*\n$/,
  );
  assert.match((await vow(["org", "move", "--help"])).stdout, /--to STORE/);
});
