// The whole program while things go wrong around it: killed at any moment, out of disk, raced.
// Every test keeps its own ledger of what was acknowledged, and looks for it afterwards.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { request as createRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { children } from "../../lib/children.mjs";
import { addProvider, startProvider, switchOn } from "../../lib/provider.mjs";
import { Client, PASSWORD, startServer, vow } from "../../lib/server.mjs";
import { until } from "../../lib/until.mjs";

const ENTRIES = "/api/v1/time/entries";
const WRITERS = 6;

const folders = [];
after(() => Promise.all(folders.map((dir) => rm(dir, { recursive: true, force: true }))));

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), "vow-house-"));
  folders.push(dir);
  return dir;
}

function entry(number) {
  const at = (minute) => new Date(Date.UTC(2025, 0, 1) + minute * 60_000).toISOString();
  return { started_at: at(number), ended_at: at(number + 1), note: `entry ${number}` };
}

/** Several writers at once; `kept` is the ledger: the ids that were acknowledged. */
function load(client) {
  const kept = new Set();
  let number = 0;
  let going = true;
  const write = async () => {
    while (going) {
      const reply = await client.post(ENTRIES, entry(++number)).catch(() => null);
      if (reply?.status === 201) kept.add(reply.body.id);
    }
  };
  const writers = Array.from({ length: WRITERS }, write);
  const stop = () => {
    going = false;
    return Promise.all(writers);
  };
  return { kept, stop };
}

async function allIds(client) {
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

async function assertKept(client, ids) {
  const found = await allIds(client);
  const lost = [...ids].filter((id) => !found.has(id));
  assert.deepEqual(lost, [], `${lost.length} of ${ids.size} acknowledged entries are lost`);
}

async function databases(server) {
  const names = await readdir(join(server.data, "org"));
  return names.filter((name) => name.endsWith(".db"));
}

test("parts that are killed again and again come back", async (t) => {
  const server = await startServer();
  const ann = await server.signUp();
  const ledger = load(ann);
  const back = [];
  await until(() => ledger.kept.size > 20);
  for (const pick of [[0], [1], [0, 1], [1], [0], [0, 1]]) {
    const now = children(server.pid);
    assert.equal(now.length, 2);
    for (const i of pick) process.kill(now[i], "SIGKILL");
    const killed = performance.now();
    await until(() => !children(server.pid).some((pid) => pick.some((i) => now[i] === pid)));
    await until(
      () => ann.get("/api/v1/session").catch(() => null),
      (reply) => reply?.status === 200,
    );
    back.push(performance.now() - killed);
    const reached = ledger.kept.size;
    await until(() => ledger.kept.size > reached + WRITERS && children(server.pid).length === 2);
  }
  await ledger.stop();
  await assertKept(ann, ledger.kept);
  t.diagnostic(
    `${ledger.kept.size} entries kept; back after ${back.map(Math.round).join(", ")} ms`,
  );
  await server.stop();
});

/** A form of its own whose prompt asks the provider; resolves to the path of its answers. */
async function prompted(owner, provider) {
  await switchOn(owner, "hook");
  const field = { key: "story", label: "Story", kind: "text", ai: true };
  const form = await owner.post("/api/v1/forms", { title: "F", status: "open", fields: [field] });
  const hook = await owner.post("/api/v1/hooks", {
    form: form.body.id,
    name: "Sum up",
    template: "Sum up: {{story}}",
    provider: await addProvider(owner, provider, "slow"),
  });
  const path = `/api/v1/hooks/${hook.body.id}`;
  assert.equal((await owner.post(`${path}/preview`, {})).status, 200);
  const { headers } = await owner.get(path);
  const on = await owner.patch(
    path,
    { on: true },
    { headers: { "If-Match": headers.get("etag") } },
  );
  assert.equal(on.status, 200, on.text);
  return `/api/v1/forms/${form.body.id}/submissions`;
}

const PIECE = 64 << 10;

/** Gives a file piece by piece: sent hears of each where it begins; resolves to the status, null when it was cut off. */
async function give(owner, path, key, content, sent) {
  const request = createRequest(owner.server.url + path, {
    method: "POST",
    headers: {
      Cookie: owner.cookie,
      Origin: owner.server.url,
      "Content-Type": "application/octet-stream",
      "Content-Length": content.length,
      "Idempotency-Key": key,
    },
  });
  const answer = once(request, "response").then(
    ([response]) => response.resume().statusCode,
    () => null,
  );
  for (let at = 0; at < content.length && !request.destroyed; at += PIECE) {
    if (request.write(content.subarray(at, at + PIECE)) === false)
      await Promise.race([once(request, "drain"), answer]).catch(() => null);
    sent(at);
  }
  request.end();
  return answer;
}

test("core is killed while prompts run and files come in: nothing is lost or there twice", async (t) => {
  const provider = await startProvider();
  t.after(() => provider.stop());
  const server = await startServer({ env: { VOW_LOCAL_PROVIDERS: provider.origin } });
  const ann = await server.signUp();
  const answers = await prompted(ann, provider);
  const stories = new Map();
  const files = [];
  let cut = 0;
  for (let round = 0; round < 5; round++) {
    const [core] = children(server.pid);
    const asked = await provider.count();
    const content = Buffer.alloc((2 << 20) + round, 65 + round);
    const path = `/api/v1/files?name=${round}`;
    const submit = async (story) => {
      const headers = { "Idempotency-Key": story };
      const send = () => ann.post(answers, { story }, { headers }).catch(() => null);
      const reply = await until(send, (r) => r?.status === 201);
      stories.set(reply.body.id, story);
    };
    const submitted = [0, 1, 2].map((i) => submit(`story-${round}-${i}`));
    await until(async () => (await provider.count()) > asked);
    const status = await give(ann, path, `file-${round}`, content, (at) => {
      if (at === 3 * PIECE) process.kill(core, "SIGKILL");
    });
    await Promise.all(submitted);
    // Asked again at once: the claim of who is dead holds nobody up.
    const headers = {
      "Content-Type": "application/octet-stream",
      "Idempotency-Key": `file-${round}`,
    };
    const again = await until(
      () => ann.post(path, content, { headers }).catch(() => null),
      (r) => r !== null,
    );
    cut += status === null;
    if (again.status === 201) files.push({ id: again.body.id, content });
    else assert.match(again.body.detail, /was cut off behind a part of its work/);
  }
  assert.ok(files.length > 0);
  for (const { id, content } of files) {
    const reply = await fetch(`${server.url}/api/v1/files/${id}`, {
      headers: { Cookie: ann.cookie },
    });
    assert.ok(Buffer.from(await reply.arrayBuffer()).equals(content));
  }
  const kept = await ann.get(`${answers}?limit=500`);
  assert.deepEqual(new Set(kept.body.items.map(({ id }) => id)), new Set(stories.keys()));
  const told = await until(
    () => ann.get("/api/v1/suggestions?state=proposed&limit=500"),
    (reply) => reply.body.items.length >= stories.size,
  );
  const about = told.body.items.map(({ submission }) => submission).sort();
  assert.deepEqual(about, [...stories.keys()].sort());
  t.diagnostic(`${stories.size} answers, ${cut} of 5 files cut off`);
  await server.stop();
});

test("a power cut of everything loses nothing, even amid sign-ups", async () => {
  const server = await startServer();
  const ann = await server.signUp();
  const ledger = load(ann);
  const owners = [];
  for (let round = 0; round < 4; round++) {
    const reached = ledger.kept.size;
    await until(() => ledger.kept.size > reached + 20);
    const signUps = Array.from({ length: 3 }, () => server.signUp().catch(() => null));
    const more = ledger.kept.size + round * 3;
    await until(() => ledger.kept.size > more);
    await server.kill();
    owners.push(...(await Promise.all(signUps)).filter(Boolean));
    await server.start();
  }
  await ledger.stop();
  await assertKept(ann, ledger.kept);
  for (const owner of owners) assert.equal((await owner.get("/api/v1/session")).status, 200);
  // half-made organisations are gone: whoever did not get one can sign up now, whoever did, in
  const before = await databases(server);
  let complete = 0;
  const people = server.nextNumber();
  for (let n = 1; n < people; n++) {
    const account = { email: `person${n}@example.org`, password: PASSWORD };
    const reply = await server.api("POST", "/api/v1/session", { body: account });
    assert.ok([201, 401].includes(reply.status), reply.text);
    complete += reply.status === 201;
  }
  assert.equal(before.length, complete);
  await server.stop();
});

/** A small disk for a server's data; null where that cannot be had. */
async function smallDisk() {
  const dir = await folder();
  const data = join(dir, "data");
  await mkdir(data);
  try {
    const options = "size=12m,mode=700";
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", data], { stdio: "ignore" });
  } catch {
    return null;
  }
  const fill = join(data, "filler");
  return {
    dir,
    data,
    fill: async () => {
      const file = await open(fill, "w");
      const piece = Buffer.alloc(4096);
      for (let full = false; !full; )
        full = await file.write(piece).then(
          () => false,
          () => true,
        );
      await file.close();
    },
    free: () => rm(fill),
    end: () => execFileSync("umount", ["-l", data]),
  };
}

test("a full disk refuses writes clearly, serves reads, and recovers by itself", async (t) => {
  const disk = await smallDisk();
  if (!disk) return t.skip("a small disk needs the right to mount one");
  try {
    const server = await startServer({ dir: disk.dir });
    const ann = await server.signUp();
    const first = await ann.post(ENTRIES, entry(0));
    assert.equal(first.status, 201, first.text);
    const parts = children(server.pid);
    for (let round = 0; round < 2; round++) {
      await disk.fill();
      const kept = await allIds(ann);
      let refused = 0;
      for (let n = 1; n < 400 && refused < 5; n++) {
        const reply = await ann.post(ENTRIES, entry(round * 1000 + n));
        if (reply.status === 201) kept.add(reply.body.id);
        else {
          assert.equal(reply.status, 507, reply.text);
          assert.equal(reply.body.type, "/problems/storage-full");
          refused++;
        }
      }
      assert.equal(refused, 5);
      const person = { name: "Q", email: `q${round}@example.org`, organisation: "Q" };
      const body = { ...person, password: PASSWORD, of_age: true };
      const signUp = await server.api("POST", "/api/v1/accounts", { body });
      assert.equal(signUp.status, 507, signUp.text);
      assert.deepEqual(await allIds(ann), kept);
      assert.equal((await ann.get("/api/v1/session")).status, 200);
      await disk.free();
      const again = await ann.post(ENTRIES, entry(round * 1000 + 500));
      assert.equal(again.status, 201, again.text);
      assert.equal((await server.api("POST", "/api/v1/accounts", { body })).status, 201);
      kept.add(again.body.id);
      assert.deepEqual(await allIds(ann), kept);
    }
    assert.deepEqual(children(server.pid), parts, "nothing had to start again");
    await server.stop({ keep: true });
  } finally {
    disk.end();
  }
});

test("a backup for which there is no room says where, and leaves nothing", async (t) => {
  const disk = await smallDisk();
  if (!disk) return t.skip("a small disk needs the right to mount one");
  try {
    const server = await startServer();
    folders.push(server.dir);
    await server.signUp();
    const env = { VOW_MASTER_KEY_FILE: server.keyFile };
    const room = join(disk.data, "room");
    const backup = async (data, to, where) => {
      await writeFile(room, Buffer.alloc(128 << 10));
      await disk.fill();
      await rm(room); // for the first, small file
      const made = await vow(["backup", "--data", data, "--to", to], { env });
      assert.match(made.stderr, new RegExp(`No room for the copy in ${where}; make room`));
      await disk.free();
    };
    const copy = join(disk.data, "copy");
    await server.stop({ keep: true });
    await backup(server.data, copy, `${copy}.unfinished`);
    assert.deepEqual(await readdir(disk.data), []);

    const there = join(disk.data, "data");
    await cp(server.data, there, { recursive: true });
    server.data = there;
    await server.start();
    await backup(there, join(await folder(), "copy"), join(there, "backup"));
    assert.ok(!(await readdir(there)).includes("backup"));
    await server.stop({ keep: true });
  } finally {
    disk.end();
  }
});

test("of all who change the same version, exactly one does", async () => {
  const server = await startServer();
  const ann = await server.signUp();
  const made = await ann.post(ENTRIES, entry(0));
  const path = `${ENTRIES}/${made.body.id}`;
  for (let version = 1; version <= 12; version++) {
    const writers = Array.from({ length: 8 }, (_, i) =>
      ann.patch(path, { note: `writer ${i}` }, { headers: { "If-Match": `"${version}"` } }),
    );
    const replies = await Promise.all(writers);
    const won = replies.filter((reply) => reply.status === 200);
    assert.equal(won.length, 1);
    assert.equal(replies.filter((reply) => reply.status === 412).length, 7);
    const now = await ann.get(path);
    assert.equal(now.body.note, won[0].body.note);
    assert.equal(now.body.version, version + 1);
  }
  // the same request asked many times at once happens once
  const headers = { "Idempotency-Key": "once" };
  const asked = Array.from({ length: 8 }, () => ann.post(ENTRIES, entry(5000), { headers }));
  const ids = new Set((await Promise.all(asked)).map((reply) => reply.body.id));
  assert.equal(ids.size, 1);
  assert.equal((await allIds(ann)).size, 2);
  // and so with one that waits for other things meanwhile: one is answered, others wait their turn
  const upload = { "Idempotency-Key": "file", "Content-Type": "application/octet-stream" };
  const send = () => ann.post("/api/v1/files?name=a.txt", "a file", { headers: upload });
  const files = await Promise.all(Array.from({ length: 8 }, send));
  files.push(await send());
  const stored = new Set(files.filter((r) => r.status === 201).map((r) => r.body.id));
  assert.equal(stored.size, 1);
  for (const reply of files) assert.ok([201, 409].includes(reply.status), reply.text);
  await server.stop();
});

test("a backup made under load holds everything that was acknowledged before it", async () => {
  const server = await startServer();
  const ann = await server.signUp();
  const ledger = load(ann);
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const copies = [];
  for (let round = 0; round < 3; round++) {
    const reached = ledger.kept.size;
    await until(() => ledger.kept.size > reached + 30);
    const before = new Set(ledger.kept);
    const copy = join(server.dir, `copy${round}`);
    const done = await vow(["backup", "--data", server.data, "--to", copy], { env });
    assert.equal(done.status, 0, done.stderr);
    copies.push({ copy, before });
  }
  await ledger.stop();
  await server.stop({ keep: true });
  folders.push(server.dir);

  for (const { copy, before } of copies) {
    const home = await folder();
    const to = ["restore", "--from", copy, "--data", join(home, "data")];
    const wrong = join(home, "wrong.key");
    await writeFile(wrong, "ab".repeat(32), { mode: 0o600 });
    for (const file of [wrong, join(home, "none.key")]) {
      const refused = await vow(to, { env: { VOW_MASTER_KEY_FILE: file } });
      assert.notEqual(refused.status, 0);
      assert.match(refused.stderr, /^vow: [^\n]+\n$/);
      assert.deepEqual(await readdir(home), ["wrong.key"], "nothing is left behind");
    }
    const restored = await vow(to, { env });
    assert.equal(restored.status, 0, restored.stderr);
    const second = await startServer({ dir: home, env });
    await assertKept(new Client(second, ann.cookie), before);
    const session = { email: ann.account.email, password: PASSWORD };
    assert.equal((await second.api("POST", "/api/v1/session", { body: session })).status, 201);
    await second.stop({ keep: true });
  }
});

/** An organisation that takes some time to be copied; resolves to its owner. */
async function large(server) {
  const owner = await server.signUp();
  const upload = { headers: { "Content-Type": "application/octet-stream" } };
  for (let i = 0; i < 3; i++) {
    const reply = await owner.post("/api/v1/files?name=a", Buffer.alloc(5 << 20, 97), upload);
    assert.equal(reply.status, 201, reply.text);
  }
  return owner;
}

test("two backups at once are two backups", async (t) => {
  const server = await startServer();
  t.after(() => server.kill());
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  for (let i = 0; i < 3; i++) await large(server);
  const copies = [0, 1].map((n) => join(server.dir, `copy${n}`));
  const make = (copy) => vow(["backup", "--data", server.data, "--to", copy], { env });
  folders.push(server.dir);
  for (const made of await Promise.all(copies.map(make))) assert.equal(made.status, 0, made.stderr);
  for (const copy of copies) {
    const data = join(await folder(), "data");
    const restored = await vow(["restore", "--from", copy, "--data", data], { env });
    assert.equal(restored.status, 0, restored.stderr);
    assert.match(restored.stdout, /: 3 organisations/);
  }
});

test("an organisation that ends while a backup is made spoils it for nobody", async () => {
  const server = await startServer();
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const ann = await large(server);
  const others = [await large(server), await large(server), await large(server)];
  const copy = join(server.dir, "copy");
  const made = vow(["backup", "--data", server.data, "--to", copy], { env });
  await until(
    () => readdir(join(server.data, "backup", "org")).catch(() => []),
    (f) => f.length,
  );
  const ends = (owner) =>
    owner.post("/api/v1/organisation/deletion", { confirm: owner.account.organisation });
  for (const reply of await Promise.all(others.map(ends))) assert.equal(reply.status, 204);
  const done = await made;
  assert.equal(done.status, 0, done.stderr);
  await server.stop({ keep: true });
  folders.push(server.dir);

  const home = await folder();
  const to = ["restore", "--from", copy, "--data", join(home, "data")];
  const restored = await vow(to, { env });
  assert.equal(restored.status, 0, restored.stderr);
  const second = await startServer({ dir: home, env });
  assert.equal((await new Client(second, ann.cookie).get("/api/v1/session")).status, 200);
  await second.stop({ keep: true });
});
