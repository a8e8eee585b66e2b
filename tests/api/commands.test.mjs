// The command line: help, errors in one sentence, and death of any process.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { children } from "../lib/children.mjs";
import { entries, entry, folder, refused, removeLater } from "../lib/commands.mjs";
import { BINARY, Client, startServer, vow } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

test("every command that is listed has a help", async () => {
  const listed = await vow(["--help"]);
  assert.equal(listed.status, 0);
  const names = [...listed.stdout.matchAll(/^ {2}(\w+)/gm)].map((match) => match[1]);
  for (const name of ["serve", "demo", "prove", "openapi", "backup", "restore", "version"])
    assert.ok(names.includes(name), name);
  for (const name of names) {
    const help = await vow([name, "--help"]);
    assert.equal(help.status, 0, name);
    assert.match(help.stdout, new RegExp(`^vow ${name}\\b`));
    await refused([name, "--no-such-option"]);
  }
});

test("a demo that is served already is named, not started again", async () => {
  const dir = await folder();
  const run = () => {
    const args = ["--vow", BINARY, "--data", join(dir, "demo"), "--port", "18480"];
    const child = spawn("scripts/run", args, { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    return { child, said: () => said };
  };
  const first = run();
  const address = /vow is ready at (\S+)/;
  await until(() => address.test(first.said()));
  const [, url] = address.exec(first.said());
  const second = run();
  const [status] = await once(second.child, "close");
  assert.equal(status, 0);
  assert.equal(second.said().trim(), `It runs already, at ${url.replace(/\/?$/, "/")}`);
  first.child.kill("SIGTERM");
  await once(first.child, "close");
});

test("a demo is put beside no organisation that is there", async () => {
  const data = join(await folder(), "data");
  const owner = ["--owner", "Olga Owner", "--email", "olga@harbour.example"];
  const made = await vow(["org", "create", "--data", data, "--name", "Harbour Ltd", ...owner]);
  assert.equal(made.status, 0, made.stderr);
  assert.match(await refused(["demo", "--data", data]), /There are organisations here already/);
  assert.match((await vow(["org", "list", "--data", data])).stdout, /^\S+ {2}Harbour Ltd\n$/);
});

test("the demo's work goes on until now, and nobody does two things at once", async () => {
  const dir = await folder();
  const env = { VOW_MASTER_KEY_FILE: join(dir, "master.key") };
  assert.equal((await vow(["demo", "--data", join(dir, "data")], { env })).status, 0);
  const server = await startServer({ dir });
  const account = { email: "ada@demo.example", password: "demo password" };
  const { cookie } = await server.api("POST", "/api/v1/session", { body: account });
  const ada = new Client(server, cookie, account);
  assert.deepEqual((await ada.get("/api/v1/time/overlaps?limit=500")).body.items, []);
  const zone = { timeZone: "Europe/Berlin" };
  const day = (at) => new Date(at).toLocaleDateString("en-CA", zone);
  const recent = await entries(ada);
  for (const { ended_at } of recent) assert.ok(Date.parse(ended_at) <= Date.now(), ended_at);
  const now = new Date();
  const isBegun = now.toLocaleTimeString("en-GB", zone) > "08:00";
  const isWeekend = /^S/.test(now.toLocaleDateString("en-GB", { ...zone, weekday: "short" }));
  const { person } = (await ada.get("/api/v1/session")).body;
  const own = recent.find((entry) => entry.person === person);
  if (isBegun && !isWeekend) assert.equal(day(own.started_at), day(now), "she has begun today");
  else assert.ok(now - Date.parse(own.ended_at) < 5 * 86_400_000, own.ended_at);
  await server.stop();
});

test("what cannot be is said in one sentence", async () => {
  const dir = await folder();
  const data = join(dir, "data");
  await refused(["serve"]);
  await refused(["serve", "--data"]);
  await refused(["serve", "--data", "/proc/none/here"]);
  await refused(["serve", "--data", data, "--listen", "nowhere"]);
  await refused(["serve", "--data", data, "--listen", "0.0.0.0:0", "--plain-http"]);
  await refused(["backup", "--data", join(dir, "none"), "--to", join(dir, "copy")]);
  await refused(["restore", "--from", dir, "--data", data]);
  await refused(["serve", "--data", data, "--listen", ":8443"]);
  await refused(["serve", "--data", ""]);
  const plain = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--plain-http"];
  const tls = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
  assert.match(await refused([...plain, ...tls]), /has no use for --tls-cert/);
  for (const [env, said] of [
    [{ VOW_EGRESS_CA: join(dir, "none.pem") }, /none\.pem, cannot be read: No such file/],
    [{ VOW_EGRESS_CA: dir }, /cannot be read: Is a directory/],
    [{ VOW_LOCAL_PROVIDERS: "http://127.0.0.1:1/v1 localhost:11434" }, /takes addresses such as/],
  ])
    assert.match(await refused(plain, { env }), said);
});

test("names that cannot be read are told, for who is left out stays in the text", async () => {
  const dir = await folder();
  const names = join(dir, "names");
  const mask = () => vow(["mask", "--directory", names, "-"], { input: "by Fjord Lantern" });
  for (const line of ["person\tFjord Lantern", "PERSON Fjord Lantern", "PERSON\t", "Fjord"]) {
    await writeFile(names, `KEEP\tParis office\r\n\n${line}\n`);
    const { status, stdout, stderr } = await mask();
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /names, line 3: takes a kind, such as PERSON or KEEP, a tab and a name/);
  }
  await writeFile(names, "KEEP\tParis office\r\n\nPERSON\tFjord Lantern\r\n");
  assert.equal((await mask()).stdout, "by PERSON_1");
});

test("no word of a password is in what is said of a store's URL, nor on a command line", async () => {
  const data = join(await folder(), "data");
  const serve = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--plain-http"];
  const said = async (url) => {
    const reply = await refused(serve, { env: { VOW_STORE: url } });
    assert.doesNotMatch(reply, /(SE|CR|ET)/, url);
    return reply;
  };
  for (const url of [
    "postgres://vow:SE%CRET@localhost/vow",
    "postgres://vow:SE@CRET@localhost/vow",
    "postgres://vow:SE@C?RET@localhost/vow",
    "postgres://vow:SECRET@[::1/vow",
    "postgres://vow@localhost/vow?password=SE%CRET",
  ])
    assert.match(await said(url), /the store's URL cannot be read; in a password write %25 for %,/);
  assert.match(await said("postgres://vow:SE/CRET@localhost/vow"), /a port that is none/);
  assert.match(await said("postgres://vow:SECRET@localhost/vow?ssl=1"), /query parameter: "ssl"$/m);
  for (const url of [
    "postgres://vow:SECRET@localhost/vow",
    "postgres://vow:SE#CRET@localhost/vow",
    "postgres://vow:SE?CRET@localhost/vow",
    "postgres://vow@localhost?password=SECRET",
  ])
    assert.match(await refused([...serve, "--store", url]), /--store takes no password/, url);
});

test("a command that makes no installation makes none, and none of its keys", async () => {
  const dir = await folder();
  const empty = join(dir, "empty");
  await mkdir(empty);
  const id = "01a22e6a-48b4-7683-be54-76354ed4c57d";
  for (const command of [
    ["backup", "--to", join(dir, "copy")],
    ["prove"],
    ["org", "list"],
    ["org", "invite", id, "--email", "ann@example.org"],
    ["org", "move", id, "--to", join(dir, "elsewhere")],
  ]) {
    const said = await refused([...command, "--data", empty]);
    assert.match(said, /There is no installation in .*\/empty$/m);
    assert.match(
      await refused([...command, "--data", join(dir, "none")]),
      /no data folder .*none$/m,
    );
  }
  assert.deepEqual(await readdir(dir), ["empty"]);
  assert.deepEqual(await readdir(empty), []);
});

test("a name that is too long is called that, by the running program too", async () => {
  const server = await startServer();
  const create = (name, email) => {
    const owner = ["--owner", "Olga Owner", "--email", email];
    return ["org", "create", "--data", server.data, "--name", name, ...owner];
  };
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const said = async (name, email) => refused(create(name, email), { env });
  assert.match(await said("x".repeat(500), "olga@harbour.example"), /must have at most \d+ char/);
  assert.match(await said("x".repeat(5000), "olga@harbour.example"), /No name .* is that long/);
  assert.match(await said("Harbour", "olga"), /Email address that the owner signs in with must be/);
  await server.stop();
});

test("what the kernel does not enforce is said at the start, one line each", async () => {
  const server = await startServer();
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const args = ["prove", "--data", server.data, "--only", "AI-10.b", "--json"];
  const [promise] = JSON.parse((await vow(args, { env })).stdout).promises;
  const open = [...promise.evidence.matchAll(/Not enforced by this kernel: (\w+) /g)];
  const said = (name) => `vow: The kernel does not enforce this on core: ${name}: `;
  await until(() => open.every(([, name]) => server.log.includes(said(name))));
  for (const line of server.log.split("\n").filter((line) => line.includes("kernel")))
    assert.match(
      line,
      /^vow: The kernel does not enforce this on (the supervisor|core|egress): \w+: /,
    );
  assert.equal(server.log.split(" on core: ").length - 1, open.length, server.log);
  await server.stop();
});

test("that there is no web app is said at the start", async () => {
  const server = await startServer({ env: { VOW_WEB: await folder() } });
  await until(() => server.log.includes("vow: There is no web app that can be read, so only"));
  await server.stop();
});

test("promises that somebody checks already are checked once that is over", async () => {
  const server = await startServer();
  const owner = await server.signUp();
  const page = owner.post("/api/v1/promises/check");
  await until(async () =>
    (await owner.get("/api/v1/promises")).body.items.some(({ checked_at }) => checked_at),
  );
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const done = await vow(["prove", "--data", server.data, "--only", "PL-10"], { env });
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /1 promises: 1 held/);
  assert.equal((await page).status, 200);
  await server.stop();
});

test("security.txt names the contact that was given, and is not there without one", async () => {
  const path = "/.well-known/security.txt";
  const server = await startServer({ args: ["--contact", "mailto:security@example.org"] });
  const file = await server.api("GET", path);
  assert.equal(file.status, 200);
  assert.match(file.text, /^Contact: mailto:security@example\.org\nExpires: \d{4}-/);
  await server.stop();
  const silent = await startServer();
  assert.equal((await silent.api("GET", path)).status, 404);
  await silent.stop();
  for (const contact of ["security@example.org", "mailto:", "mailto:a@b c", "javascript:x"])
    await refused(["serve", "--data", join(await folder(), "data"), "--contact", contact]);
});

test("a wrong or missing key opens nothing and makes nothing", async () => {
  const server = await startServer();
  const ann = await server.signUp();
  await server.stop({ keep: true });
  const serve = ["serve", "--data", server.data, "--listen", "127.0.0.1:0", "--plain-http"];
  await refused(serve, { env: { VOW_MASTER_KEY: "0".repeat(64) } });
  await refused(serve, { env: { VOW_MASTER_KEY_FILE: join(server.dir, "none.key") } });
  await server.start();
  assert.deepEqual(await entries(ann), []);
  await server.stop();
});

test("a second start on the same folder is refused and disturbs nothing", async () => {
  const server = await startServer();
  await server.signUp({ organisation: "Ann’s Attic" });
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const again = ["serve", "--data", server.data, "--listen", "127.0.0.1:0", "--plain-http"];
  assert.match(await refused(again, { env }), /in use by another process/);
  const list = ["org", "list", "--data", server.data];
  const listed = await vow(list, { env });
  assert.equal(listed.status, 0, listed.stderr);
  assert.match(listed.stdout, /^[0-9a-f-]{36} {2}Ann’s Attic\n$/);
  await server.stop({ keep: true });
  assert.deepEqual(await vow(list, { env }), listed);
  assert.match(await refused(["org"]), /list, create, invite ID or move ID/);
  removeLater(server.dir);
});

const core = (server) =>
  children(server.pid).find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").includes("core"));

/** Sets how many files the process may have open; what it is asked for meanwhile is refused. */
function files(pid, most) {
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${most}:`]);
}

test("the socket of commands outlives a moment without files", { timeout: 120_000 }, async () => {
  const server = await startServer();
  const pid = core(server);
  files(pid, 3);
  const socket = connect(join(server.data, "admin.sock"));
  await once(socket, "connect");
  files(pid, 1024);
  socket.end();
  await once(socket.resume(), "close");
  const copy = join(server.dir, "copy");
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const backup = await vow(["backup", "--data", server.data, "--to", copy], { env });
  assert.equal(backup.status, 0, backup.stderr);
  await server.stop();
});

test("who connects to the socket of commands and says nothing holds nobody up", async (t) => {
  const server = await startServer();
  const lost = [];
  const silent = [];
  for (let i = 0; i < 20; i++) {
    const socket = connect(join(server.data, "admin.sock")).resume();
    t.after(() => socket.destroy());
    socket.once("close", () => lost.push(i));
    await once(socket, "connect");
    if (i % 2 === 0) socket.write("or");
    silent.push(socket);
  }
  const copy = join(server.dir, "copy");
  const env = { VOW_MASTER_KEY_FILE: server.keyFile };
  const backup = await vow(["backup", "--data", server.data, "--to", copy], { env });
  assert.equal(backup.status, 0, backup.stderr);
  assert.deepEqual(lost.sort(), [0, 1, 2, 3, 4], "room is made by those who came first");
  const [orgs] = silent.slice(-2);
  const said = [];
  orgs.on("data", (bytes) => said.push(bytes));
  orgs.write("gs\n");
  await once(orgs, "close");
  assert.equal(Buffer.concat(said).toString(), "ok\n");
  await server.stop();
});

/** Writes one entry after the other until told to stop; keeps what was acknowledged. */
function writer(client) {
  const acknowledged = [];
  let going = true;
  const done = (async () => {
    for (let minute = 0; going; minute++) {
      const reply = await client.post("/api/v1/time/entries", entry(minute)).catch(() => null);
      if (reply?.status === 201) acknowledged.push(reply.body.id);
    }
  })();
  const stop = () => {
    going = false;
    return done;
  };
  return { acknowledged, stop };
}

for (const who of ["core", "egress", "both"]) {
  test(`killing ${who} under load loses nothing that was acknowledged`, async () => {
    const server = await startServer();
    const ann = await server.signUp();
    const load = writer(ann);
    await until(() => load.acknowledged.length > 20);
    const before = children(server.pid);
    const named = (name) => (pid) => readFileSync(`/proc/${pid}/comm`, "utf8").includes(name);
    const victims = who === "both" ? before : before.filter(named(who));
    assert.ok(victims.length > 0, "the children have names");
    for (const pid of victims) process.kill(pid, "SIGKILL");
    await until(() => {
      const now = children(server.pid);
      return now.length === before.length && !now.some((pid) => victims.includes(pid));
    });
    const reached = load.acknowledged.length;
    await until(() => load.acknowledged.length > reached);
    await load.stop();
    const found = new Set();
    for (let next = ""; next !== null; ) {
      const query = next ? `&cursor=${encodeURIComponent(next)}` : "";
      const page = await ann.get(`/api/v1/time/entries?limit=500${query}`);
      for (const item of page.body.items) found.add(item.id);
      next = page.body.next ?? null;
    }
    for (const id of load.acknowledged) assert.ok(found.has(id), `${id} is lost`);
    await server.stop();
  });
}

/** Runs the program through a shell that first does with its files what `redirection` says. */
function redirected(redirection, args) {
  const program = ["-c", `exec "$0" "$@" ${redirection}`, BINARY, ...args];
  return spawn("sh", program, { stdio: ["ignore", "pipe", "pipe"] });
}

test("an answer that cannot be written is no success", async () => {
  for (const where of [">/dev/full", ">&-"])
    for (const args of [["version"], ["--help"], ["openapi"], ["org", "list", "--help"]]) {
      const child = redirected(where, args);
      const [said] = await once(child.stderr.setEncoding("utf8"), "data");
      const [status] = await once(child, "close");
      assert.equal(status, 1, `${args} ${where}`);
      assert.match(said, /^vow: What this command prints could not be written [^\n]+\n$/);
    }
});

test("a server outlives who read what it says, and writes that nowhere else", async (t) => {
  const dir = await folder();
  const serve = (name) => {
    const listen = ["--listen", "127.0.0.1:0", "--plain-http"];
    return ["serve", "--data", join(dir, name), ...listen];
  };
  const heard = redirected("", serve("heard"));
  const mute = redirected("<&- >&- 2>&-", serve("mute"));
  t.after(() => [heard, mute].forEach((child) => void child.kill("SIGKILL")));

  const [line] = await once(heard.stdout.setEncoding("utf8"), "data");
  heard.stdout.destroy();
  heard.stderr.destroy();
  const first = core(heard);
  process.kill(first, "SIGKILL");
  await until(() => ![undefined, first].includes(core(heard)));
  const [url] = /http:\S+/.exec(line);
  assert.equal((await fetch(new URL("healthz", url))).status, 200);

  await until(() => existsSync(join(dir, "mute", "admin.sock")));
  const listed = await vow(["org", "list", "--data", join(dir, "mute")]);
  assert.equal(listed.status, 0, listed.stderr);
  for (const pid of [mute.pid, ...children(mute.pid)])
    for (const fd of [0, 1, 2])
      assert.equal(readlinkSync(`/proc/${pid}/fd/${fd}`), "/dev/null", `${fd} of ${pid}`);
  for (const child of [heard, mute]) {
    child.kill("SIGTERM");
    assert.equal((await once(child, "exit"))[0], 0);
  }
});
