// What may happen to the database server while the product is in use: it restarts, a connection is cut
// around a commit, its disk or its log's is full, it dies and a standby takes its place.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { children } from "../lib/children.mjs";
import { canMount, Postgres } from "../lib/postgres.mjs";
import { test } from "../lib/relayed.mjs";
import { PASSWORD, startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { allOnce, answered, entry, load, serve } from "../lib/work.mjs";

/**
 * Stands before the server's socket. cut: "before" or "after" breaks the next connection of an
 * organisation at its commit, before the server hears of it or before its answer; closed: nobody is let in.
 */
class Cutter {
  cut = null;
  cuts = 0;
  closed = false;

  static async before(t, postgres) {
    const cutter = new Cutter();
    cutter.dir = await mkdtemp(join(tmpdir(), "vow-cutter-"));
    cutter.to = join(postgres.dir, `.s.PGSQL.${postgres.port}`);
    const server = createServer((near) => cutter.#carry(near));
    const path = join(cutter.dir, `.s.PGSQL.${postgres.port}`);
    server.listen(path);
    await once(server, "listening");
    await Promise.all([chmod(cutter.dir, 0o711), chmod(path, 0o777)]); // as a server's: the relay is nobody
    t.after(() => {
      server.close();
      return rm(cutter.dir, { recursive: true });
    });
    return cutter;
  }

  #carry(near) {
    if (this.closed) return near.destroy();
    const far = connect(this.to);
    const end = () => {
      near.destroy();
      far.destroy();
    };
    let organisation = null;
    let deaf = false;
    for (const end_of of [near, far]) end_of.on("error", end).on("close", end);
    near.on("data", (bytes) => {
      organisation ??= /user\0vow_[0-9a-f]{32}\0/.test(bytes.toString("latin1"));
      if (this.cut && organisation && bytes.includes("COMMIT\0")) {
        const how = this.cut;
        this.cut = null;
        this.cuts++;
        this.closed = this.close_then;
        if (how === "before") return end();
        deaf = true;
      }
      far.write(bytes);
    });
    far.on("data", (bytes) => (deaf ? end() : near.write(bytes)));
  }
}

/** The process of that part among the children of `pid`; undefined: not yet. */
function part(pid, flag) {
  const is = (child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes(flag);
  try {
    return children(pid).find(is);
  } catch {
    return undefined; // one of them has ended meanwhile
  }
}

test("the relay is killed before core was ever ready: both are started again", async (t) => {
  const postgres = await Postgres.start(t);
  const server = await startServer({ env: { VOW_STORE: postgres.url() } });
  t.after(() => server.stop());
  let again = 0;
  for (let turns = 0; turns < 6; turns++) {
    await server.stop({ keep: true });
    const started = server.start();
    const relay = await until(() => part(server.pid, "--relay"));
    const core = await until(() => part(server.pid, "--core"));
    for (let i = 0; i < 8 * turns; i++) await new Promise(setImmediate); // a little later each time
    process.kill(relay, "SIGKILL");
    await started;
    await until(() => part(server.pid, "--relay") !== relay);
    again += (await until(() => part(server.pid, "--core"))) !== core;
    const reply = await until(
      () => server.api("GET", "/api/v1/session").catch(() => null),
      (r) => r !== null,
    );
    assert.equal(reply.status, 401, reply.text);
  }
  assert.ok(again > 0);
});

test("the server restarts while entries are made: none is lost, none is there twice", async (t) => {
  const postgres = await Postgres.start(t);
  const place = await serve(t, postgres.url());
  const run = load(place);
  for (const signal of ["SIGINT", "SIGQUIT", "SIGINT"]) {
    const before = run.made.size;
    await until(() => run.made.size > before + 5);
    await postgres.stop(signal);
    await until(async () => !answered(await entry(place, 100_000)));
    await postgres.start();
  }
  const before = run.made.size;
  await until(() => run.made.size > before + 5);
  await run.stop();
  const last = await until(() => entry(place, 100_000), answered);
  run.made.set(100_000, last.body.id);
  await allOnce(place, run.made);
});

test("signing up outlives the server's restart, and is told what cannot be, without where", async (t) => {
  const postgres = await Postgres.start(t);
  const { server } = await serve(t, postgres.url());
  const signUp = async () => {
    const n = server.nextNumber();
    const email = `new${n}@example.org`;
    const body = { name: "New", email, organisation: "New", password: PASSWORD, of_age: true };
    return server.api("POST", "/api/v1/accounts", { body });
  };
  await postgres.stop("SIGINT");
  await postgres.start();
  assert.ok(answered(await signUp()));

  const turn = async (how) => {
    postgres.sql(`ALTER SYSTEM ${how}`);
    postgres.sql("SELECT pg_reload_conf()");
    const wanted = how.startsWith("SET") ? "on" : "off";
    await until(() => postgres.sql("SHOW default_transaction_read_only") === wanted);
  };
  await turn("SET default_transaction_read_only = on");
  await until(async () => !answered(await signUp()));
  await turn("RESET default_transaction_read_only");
  await until(signUp, answered);

  await postgres.stop("SIGINT");
  const away = await signUp();
  assert.equal(answered(away), false);
  assert.ok(!away.text.includes(postgres.dir), away.text);
});

test("that the server takes no more connections is said once", async (t) => {
  const postgres = await Postgres.start(t);
  const { server } = await serve(t, postgres.url());
  const refused = /refuses connections, so some requests fail: .*too many connections/g;
  postgres.sql("ALTER DATABASE vow CONNECTION LIMIT 0");
  const tries = async (count) => {
    for (let i = 0; i < count; i++) await assert.rejects(server.signUp(), /sign-up: 503/);
  };
  await tries(2);
  await until(
    () => server.log,
    (log) => refused.test(log),
  );
  await tries(3);
  postgres.sql("ALTER DATABASE vow CONNECTION LIMIT -1");
  await server.signUp();
  assert.equal(server.log.match(refused).length, 1, server.log);
  assert.doesNotMatch(server.log, /does not reach/);
});

test("a connection is cut around a commit: the answer tells what became of it", async (t) => {
  const postgres = await Postgres.start(t);
  const cutter = await Cutter.before(t, postgres);
  const place = await serve(t, postgres.url(cutter.dir));
  const made = new Map();
  for (const cut of ["before", "after", "after"]) {
    cutter.cut = cut;
    const reply = await entry(place, made.size);
    assert.equal(reply.status, 201, `${cut}: ${reply.text}`);
    made.set(made.size, reply.body.id);
  }
  assert.equal(cutter.cuts, 3);
  await allOnce(place, made);

  // Nobody can tell, for the server cannot be reached either: the key tells later.
  cutter.close_then = true;
  cutter.cut = "after";
  const unsure = await entry(place, made.size);
  assert.equal(answered(unsure), false, unsure.text);
  assert.equal(cutter.cuts, 4);
  cutter.closed = false;
  const again = await until(() => entry(place, made.size), answered);
  made.set(made.size, again.body.id);
  await allOnce(place, made);
});

test("the server's disk is full: writes are refused, reads go on, room is enough", async (t) => {
  if (!canMount()) return t.skip("this kernel lets nobody mount a small disk");
  const postgres = await Postgres.start(t, { disk: "40m" });
  const place = await serve(t, postgres.url());
  const note = "x".repeat(2000);
  const first = await entry(place, 0, note);
  postgres.sql("CREATE TABLE filler (line text)", "vow");
  const fill = "INSERT INTO filler SELECT repeat('x', 1500) FROM generate_series(1, 1000000)";
  for (let i = 0; i < 4; i++) assert.throws(() => postgres.sql(fill, "vow"), /No space left/);
  const made = new Map([[0, first.body.id]]);
  const refused = [];
  for (let n = 1; refused.length === 0; n += 16) {
    const numbers = Array.from({ length: 16 }, (_, i) => n + i);
    const replies = await Promise.all(numbers.map((number) => entry(place, number, note)));
    for (const [i, reply] of replies.entries())
      if (answered(reply, "storage-full")) made.set(numbers[i], reply.body.id);
      else refused.push(numbers[i]);
  }
  const read = await place.ada.get(`/api/v1/time/entries/${first.body.id}`);
  assert.equal(read.body.note, note);
  await allOnce(place, made);
  postgres.sql("DROP TABLE filler", "vow");
  for (const number of refused) {
    const reply = await until(
      () => entry(place, number, note),
      (r) => answered(r, "storage-full"),
    );
    made.set(number, reply.body.id);
  }
  await allOnce(place, made);
});

test("the disk of the server's log is full: it dies, and goes on where there is room", async (t) => {
  if (!canMount()) return t.skip("this kernel lets nobody mount a small disk");
  const settings = { min_wal_size: "2MB", max_wal_size: "4MB" };
  const postgres = await Postgres.start(t, { disk: "24m", log: true, settings });
  const place = await serve(t, postgres.url());
  const { pid } = place.server;
  const run = load(place);
  await until(() => run.made.size > 10);
  postgres.fill();
  await until(() => {
    try {
      postgres.sql("SELECT pg_switch_wal()"); // uses up the segments that lie ready
    } catch {} // the server has died, by now or just so
    return run.refused > 0;
  });
  postgres.empty();
  const before = run.made.size;
  await until(async () => {
    if (postgres.isDown) await postgres.start(); // it may have given up before there was room, or just now
    return run.made.size > before + 10;
  });
  await run.stop();
  await allOnce(place, run.made);
  assert.equal(place.server.pid, pid);
  const person = await place.server.signUp();
  assert.ok(person.cookie);
});

test("the server dies and a standby takes over: what was acknowledged is there", async (t) => {
  const primary = await Postgres.start(t);
  const standby = await Postgres.start(t, { from: primary });
  const hosts = `${primary.dir},${standby.dir}`;
  const place = await serve(t, `${primary.url(hosts)}&target_session_attrs=read-write`);
  primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
  primary.sql("SELECT pg_reload_conf()");
  const state = "SELECT sync_state FROM pg_stat_replication";
  await until(() => primary.sql(state) === "sync");
  const run = load(place);
  await until(() => run.made.size > 10);
  const { pid } = place.server;
  await primary.stop("SIGKILL");
  await until(() => run.refused > 0);
  standby.promote();
  const before = run.made.size;
  await until(() => run.made.size > before + 10);
  await run.stop();
  await allOnce(place, run.made);
  assert.equal(place.server.pid, pid);
  const person = await place.server.signUp(); // the platform role found its way too
  assert.ok(person.cookie);
});
