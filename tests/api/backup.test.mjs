// Backup and restore: the whole or nothing, elsewhere, and what is said when it cannot be.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { entries, entry, folder, refused, removeLater } from "../lib/commands.mjs";
import { BINARY, Client, startServer, vow } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

test("a backup made while in use is the whole, elsewhere", async () => {
  const server = await startServer();
  const ann = await server.signUp();
  const made = await ann.post("/api/v1/time/entries", entry(0));
  assert.equal(made.status, 201, made.text);
  const copy = join(server.dir, "copy");
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const backup = await vow(["backup", "--data", server.data, "--to", copy], { env });
  assert.equal(backup.status, 0, backup.stderr);
  assert.match(
    await refused(["backup", "--data", server.data, "--to", join(server.data, "copy")], { env }),
    /is in the data folder itself/,
  );
  await ann.post("/api/v1/time/entries", entry(1));
  await server.stop({ keep: true });

  const home = await folder();
  const restored = await vow(["restore", "--from", copy, "--data", join(home, "data")], { env });
  assert.equal(restored.status, 0, restored.stderr);
  const second = await startServer({ dir: home, env });
  assert.deepEqual(await entries(new Client(second, ann.cookie)), [made.body]);
  await second.stop();
  removeLater(server.dir);
});

test("files that somebody took out of the data folder are missed, and nothing put in their place", async () => {
  const server = await startServer();
  const ann = await server.signUp();
  await server.signUp();
  await server.stop({ keep: true });
  removeLater(server.dir);
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const backup = ["backup", "--data", server.data, "--to", join(server.dir, "copy")];
  const whole = join(server.dir, "whole");
  await cp(server.data, whole, { recursive: true });
  const again = async () => {
    await rm(server.data, { recursive: true });
    await cp(whole, server.data, { recursive: true });
  };
  const org = join(server.data, "org");
  const [first] = (await readdir(org)).sort();

  await rm(join(server.data, "control.db"));
  const serve = ["serve", "--data", server.data, "--listen", "127.0.0.1:0", "--plain-http"];
  for (const args of [serve, backup])
    assert.match(await refused(args, { env }), /control\.db is missing.* restore a backup$/m);
  assert.equal((await readdir(org)).length, 2);
  assert.ok(!(await readdir(server.data)).includes("control.db"));

  await again();
  await rm(join(org, first));
  const missing = new RegExp(`org/${first} is missing; take it from an older backup`);
  assert.match(await refused(backup, { env }), missing);
  await server.start();
  await until(
    () => server.log,
    (said) =>
      said.includes(`1 of 2 organisations are not in the data folder, such as org/${first}`),
  );
  assert.match(await refused(backup, { env }), missing);
  const listed = await vow(["org", "list", "--data", server.data], { env });
  assert.match(listed.stdout, /^\S+ {2}\(cannot be opened: its database is missing\)$/m);
  await cp(join(whole, "org", first), join(org, first)); // as docs/operations.md says
  assert.equal((await ann.get("/api/v1/time/entries")).status, 200);
  await server.stop({ keep: true });

  for (const name of ["control.db", join("org", first)]) {
    await again();
    const bytes = await readFile(join(server.data, name));
    for (let at = bytes.length - 5000; at > bytes.length / 2; at -= 4096) bytes[at] ^= 1;
    await writeFile(join(server.data, name), bytes);
    assert.match(await refused(backup, { env }), new RegExp(`data/${name} is damaged\\.$`, "m"));
  }
});

test("a restore says what to do, and leaves a whole folder or none", async () => {
  const server = await startServer();
  await server.signUp();
  await server.signUp();
  const home = await folder();
  const copy = join(home, "copy");
  const data = join(home, "data");
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const made = await vow(["backup", "--data", server.data, "--to", `${copy}/`], { env });
  assert.equal(made.status, 0, made.stderr);
  await server.stop({ keep: true });
  removeLater(server.dir);

  const restore = (from, to = data) => ["restore", "--from", from, "--data", to];
  const says = async (part, args, options = { env }) => {
    const before = await readdir(home);
    assert.match(await refused(args, options), part);
    assert.deepEqual(await readdir(home), before, "nothing is left behind");
  };
  await says(
    /There is no master key.* VOW_MASTER_KEY_FILE, or put it at .*\/data\.key$/m,
    restore(copy),
    {
      env: { VOW_MASTER_KEY_FILE: undefined },
    },
  );
  const wrong = { env: { VOW_MASTER_KEY: "ab".repeat(32) } };
  await says(/not the master key that the data was stored with/, restore(copy), wrong);
  await says(/There is no backup .*\/none$/m, restore(join(home, "none")));
  await says(/is a data folder, not a backup; make one with vow backup/, restore(server.data));
  await says(/There is no folder .*\/no; make it first/, restore(copy, join(home, "no", "data")));
  await says(/is there already; move it away/, restore(copy, copy));
  await says(/is in the backup itself/, restore(copy, join(copy, "org", "data")));
  const link = join(home, "link");
  for (const target of [await folder(), join(home, "none")]) {
    await symlink(target, link);
    await says(/link is a link; name the folder that it stands for/, restore(copy, link));
    const backup = ["backup", "--data", server.data, "--to", link];
    await says(/exists already; name a folder that does not/, backup);
    await rm(link);
  }
  await says(/exists already; name a folder that does not/, [
    "backup",
    "--data",
    server.data,
    "--to",
    copy,
  ]);

  const [first, second] = (await readdir(join(copy, "org"))).map((name) => join("org", name));
  const broken = async (part, damage) => {
    const bad = join(home, "bad");
    await cp(copy, bad, { recursive: true });
    await damage((name) => join(bad, name));
    await says(part, restore(bad));
    await rm(bad, { recursive: true });
  };
  await broken(/not a whole backup: key-check/, (at) => rm(at("key-check")));
  await broken(/key-check is damaged/, (at) => writeFile(at("key-check"), "short"));
  const unread = (name) =>
    new RegExp(`${name} cannot be read, so nothing was restored; take another`);
  await broken(unread(first), (at) => rm(at(first)));
  await broken(unread(first), (at) => cp(at(second), at(first)));
  await broken(unread(second), (at) => truncate(at(second), 100_000));
  for (const name of ["control.db", second])
    await broken(unread(name), async (at) => {
      const bytes = await readFile(at(name));
      bytes[bytes.length - 5000] ^= 1; // a page that opening does not need
      await writeFile(at(name), bytes);
    });

  // What is no command's own is not removed, nor what another one is writing.
  const unfinished = join(home, "data.unfinished");
  await mkdir(unfinished);
  await writeFile(join(unfinished, "letter"), "mine");
  const inTheWay = await vow(restore(copy, data), { env });
  assert.match(inTheWay.stderr, /data\.unfinished is in the way; move it elsewhere/);
  assert.deepEqual(await readdir(unfinished), ["letter"]);
  await rm(join(unfinished, "letter"));
  const writing = spawn("flock", [unfinished, "sh", "-c", "echo && exec cat"]);
  await once(writing.stdout, "data");
  const beside = await vow(restore(copy, data), { env });
  assert.match(beside.stderr, /Another command is writing to .*data\.unfinished/);
  writing.stdin.end();
  await once(writing, "close");

  // What was killed halfway is no hindrance, nor is an empty folder.
  await mkdir(join(home, "data.unfinished", "org"), { recursive: true });
  await cp(join(copy, first), join(home, "data.unfinished", first));
  await mkdir(data);
  const restored = await vow(restore(copy, `${data}/`), { env });
  assert.equal(restored.stderr, "");
  assert.match(restored.stdout, /^Restored into .*\/data: 2 organisations\./);
  assert.deepEqual((await readdir(home)).sort(), ["copy", "data"]);
});

test("a backup and a restore that are stopped leave nothing behind", async () => {
  const server = await startServer();
  await server.signUp();
  const home = await folder();
  const copy = join(home, "copy");
  const env = { ...server.env };
  const backup = ["backup", "--data", server.data, "--to", copy];
  const stopped = async (args, signal, begun) => {
    const child = spawn(BINARY, args, { env, stdio: ["ignore", "inherit", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    await until(begun);
    child.kill(signal);
    child.kill(signal); // as from a terminal that is closed
    assert.deepEqual(await once(child, "close"), [null, signal], said);
    assert.equal(said, "");
  };

  // While another has its turn.
  const turn = spawn("flock", [server.data, "sh", "-c", "echo && exec cat"]);
  await once(turn.stdout, "data");
  await stopped(backup, "SIGINT", () => existsSync(join(home, "copy.unfinished", "org")));
  assert.deepEqual(await readdir(home), []);
  turn.stdin.end();
  await once(turn, "close");
  const made = await vow(backup, { env });
  assert.equal(made.status, 0, made.stderr);
  await server.stop({ keep: true });
  removeLater(server.dir);

  // While a file is waited for.
  const [file] = await readdir(join(copy, "org"));
  await rm(join(copy, "org", file));
  execFileSync("mkfifo", [join(copy, "org", file)]);
  const restore = ["restore", "--from", copy, "--data", join(home, "data")];
  await stopped(restore, "SIGTERM", () => existsSync(join(home, "data.unfinished", "org")));
  assert.deepEqual(await readdir(home), ["copy"]);
});
