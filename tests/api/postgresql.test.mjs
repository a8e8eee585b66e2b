// `vow serve --store`: the product on a PostgreSQL server, through the relay that core's sandbox leaves it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { test as anywhere } from "node:test";
import { hasNetworkNamespace, test } from "../lib/relayed.mjs";
import { startServer, vow } from "../lib/server.mjs";

const BINARY = resolve(process.env.VOW_BINARY ?? "build/debug/src/vow");
const SAY_URL = "console.log(process.env.VOW_TEST_STORE); setInterval(() => {}, 1e6)";

/** A private server of PostgreSQL; ends with the test. */
async function postgres(t) {
  const child = spawn("scripts/postgres", ["node", "-e", SAY_URL], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "close");
  });
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("PostgreSQL did not start");
}

test("the product serves from PostgreSQL, and finds everything again", async (t) => {
  const store = await postgres(t);
  const server = await startServer({ env: { VOW_STORE: store } });
  t.after(() => server.stop());
  const ada = await server.signUp({ email: "ada@example.org" });
  const project = await ada.post("/api/v1/projects", { name: "Bridge" });
  assert.equal(project.status, 201, project.text);
  const entry = await ada.post("/api/v1/time/entries", {
    project: project.body.id,
    started_at: "2026-03-02T08:00:00Z",
    ended_at: "2026-03-02T09:00:00Z",
    note: "arches",
  });
  assert.equal(entry.status, 201, entry.text);

  const backup = spawnSync(
    BINARY,
    ["backup", "--data", server.data, "--to", `${server.dir}/copy`],
    {
      env: server.env,
      encoding: "utf8",
    },
  );
  assert.equal(backup.status, 1);
  assert.match(backup.stderr, /backed up by the server: pg_dump/);

  await server.stop({ keep: true });
  await server.start();
  const again = await ada.get(`/api/v1/time/entries/${entry.body.id}`);
  assert.equal(again.body.note, "arches");
  const people = await ada.get("/api/v1/people?sort=name");
  assert.equal(people.body.items[0].email, "ada@example.org");
});

test("another key, or a folder of the other kind, is told and finds no empty store", async (t) => {
  const server = await startServer({ env: { VOW_STORE: await postgres(t) } });
  t.after(() => server.stop());
  await server.signUp();
  const serve = (data, env) =>
    spawnSync(BINARY, ["serve", "--data", data, "--plain-http", "--listen", "127.0.0.1:0"], {
      encoding: "utf8",
      env: { ...server.env, ...env },
    });
  const key = join(server.dir, "another.key");
  await writeFile(key, `${"8".repeat(64)}\n`, { mode: 0o600 });
  const dir = join(server.dir, "friend");
  await mkdir(dir);
  const stranger = serve(join(dir, "data"), { VOW_MASTER_KEY_FILE: key });
  assert.equal(stranger.status, 78, stranger.stderr);
  assert.match(stranger.stderr, /This is not the master key of the store, .*no connection/);
  const { env: right } = server; // with which the same folder is a node like another
  const friend = await startServer({ dir, env: right });
  await friend.stop({ keep: true });
  const listed = await vow(["org", "list", "--data", friend.data], { env: right });
  assert.equal(listed.status, 0, listed.stderr);

  const files = await startServer();
  t.after(() => files.stop());
  await files.stop({ keep: true });
  const env = { VOW_MASTER_KEY_FILE: files.keyFile };
  const held = serve(files.data, env);
  assert.equal(held.status, 78, held.stderr);
  assert.match(held.stderr, /holds a store in files/);
  await files.start();

  await server.stop({ keep: true });
  const forgotten = serve(server.data, { VOW_STORE: "" });
  assert.equal(forgotten.status, 78, forgotten.stderr);
  assert.match(forgotten.stderr, /node of a PostgreSQL store: name that store as VOW_STORE/);
  assert.equal((await readdir(server.data)).includes("control.db"), false);
  await server.start();
});

test("the promises hold on PostgreSQL, as far as this build lets itself be seen", async (t) => {
  const server = await startServer({ env: { VOW_STORE: await postgres(t) } });
  t.after(() => server.stop());
  const run = await vow(["prove", "--data", server.data, "--json"], { env: server.env });
  const { promises } = JSON.parse(run.stdout);
  const results = (...ids) => promises.filter((p) => ids.includes(p.id)).map((p) => p.result);
  assert.deepEqual(
    promises.filter((p) => p.result === "broken"),
    [],
  );
  assert.deepEqual(results("AI-4.a", "PL-1.c", "PL-5.a"), ["held", "held", "held"]);
  const stored = promises.find((p) => p.id === "AI-4.a");
  assert.match(stored.evidence, /no row as it lies on the database server holds it/);
});

test("a store that cannot be is refused in one sentence", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vow-test-"));
  t.after(() => rm(dir, { recursive: true }));
  const serve = (url) =>
    spawnSync(BINARY, ["serve", "--data", join(dir, "data"), "--store", url, "--plain-http"], {
      encoding: "utf8",
      env: { ...process.env, VOW_MASTER_KEY_FILE: join(dir, "key") },
    });
  for (const [url, said] of [
    ["postgres://vow@db.example/vow?sslmode=disable", /sslmode must be verify-full/],
    ["mysql://vow@db.example/vow", /must be a URL: postgres:/],
    [
      "postgres://vow@/vow?host=/nowhere",
      /server \/nowhere:5432 cannot be reached: No such file .*\n.*no connection to .* \/nowhere:5432: /,
    ],
    [
      "postgres://vow@db.invalid,other.invalid:6000/vow",
      /server db\.invalid:5432: it cannot be reached; other\.invalid:6000: it cannot be reached/,
    ],
    ["postgres://vow@db.example:port/vow", /a port that is none/],
  ]) {
    const reply = serve(url);
    assert.equal(reply.status, 78, reply.stderr);
    assert.match(reply.stderr, said);
  }
});

anywhere("a password has no place on the command line", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vow-test-"));
  t.after(() => rm(dir, { recursive: true }));
  for (const url of [
    "postgres://vow:secret@db.example/vow",
    "postgres://vow@db.example/vow?sslmode=verify-full&password=secret",
  ]) {
    const args = ["serve", "--data", join(dir, "data"), "--store", url, "--plain-http"];
    const reply = spawnSync(BINARY, args, { encoding: "utf8" });
    assert.equal(reply.status, 1, reply.stderr);
    assert.match(reply.stderr, /--store takes no password, .*VOW_STORE/);
    assert.doesNotMatch(reply.stderr, /secret/);
  }
});

anywhere(
  "without a network namespace there is no way to a server that others could take",
  async (t) => {
    const dir = await mkdtemp(join(tmpdir(), "vow-test-"));
    t.after(() => rm(dir, { recursive: true }));
    const serve = ["serve", "--data", join(dir, "data"), "--plain-http", "--listen", "127.0.0.1:0"];
    const limit = 'echo 0 >/proc/sys/user/max_net_namespaces && exec "$@"';
    const without = hasNetworkNamespace ? ["unshare", "-r", "sh", "-c", limit, "sh"] : [];
    const [command, ...args] = [...without, BINARY, ...serve];
    const reply = spawnSync(command, args, {
      encoding: "utf8",
      timeout: 60_000,
      env: {
        ...process.env,
        VOW_STORE: "postgres://vow@db.example/vow",
        VOW_MASTER_KEY_FILE: join(dir, "key"),
      },
    });
    assert.equal(reply.status, 78, reply.stderr);
    assert.match(reply.stderr, /a database server needs a network namespace/);
  },
);
