#!/usr/bin/env node
// Measures the product on PostgreSQL: beside itself on SQLite, and beside what the server does by itself
// (pgbench). The server is a private one whose commits are on disk; it ends with this program.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Client, startServer } from "../../lib/server.mjs";
import { median, output, privateMib, scratch, tell, wrk } from "../http/measure.mjs";

const ROUNDS = 3;
const CLIENTS = 32;
const SECONDS = 4;
const ENTRIES = Number(process.env.ENTRIES ?? 1_000_000);
const ORGANISATIONS = Number(process.env.ORGANISATIONS ?? 1000);
const OPEN = Math.min(200, ORGANISATIONS);
const INSIDE = "build/release/tests/bench/inside";
const SAY_URL = "console.log(process.env.VOW_TEST_SERVER); setInterval(() => {}, 1e6)";
const wanted = (name) => process.argv.length === 2 || process.argv.includes(name);

/** Resolves to { url, stop }. */
async function postgres() {
  const child = spawn("scripts/postgres", ["--durable", "node", "-e", SAY_URL], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = await once(createInterface({ input: child.stdout }), "line");
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "close");
  };
  return { url, stop };
}

/** What psql answers, a line each. */
async function ask(url, sql) {
  return (await output("psql", [url, "-AtqX", "-c", sql])).trim().split("\n");
}

async function started(store) {
  const env = store ? { VOW_STORE: store } : {};
  const server = await startServer({ dir: await mkdtemp(scratch), env });
  const ann = await server.signUp();
  for (let i = 0; i < 100; i++) {
    const at = Date.UTC(2020, 0, 1) + i * 3_600_000;
    const entry = await ann.post("/api/v1/time/entries", {
      started_at: new Date(at).toISOString(),
      ended_at: new Date(at + 3_600_000).toISOString(),
      note: "measured",
    });
    if (entry.status !== 201) throw new Error(entry.text);
    ann.entry = entry.body.id;
  }
  return { server, ann };
}

/** The rate of one GET on both, in turns. */
async function compared(name, on, path) {
  const rates = { pg: [], sqlite: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const [engine, { server, ann }] of Object.entries(on))
      rates[engine].push(
        await wrk(server.url + path(ann), {
          connections: CLIENTS,
          headers: { Cookie: ann.cookie },
        }),
      );
  const [pg, sqlite] = [median(rates.pg), median(rates.sqlite)];
  tell(name, pg / sqlite, `${pg.toFixed(0)}/s of ${sqlite.toFixed(0)}/s`);
}

let batches = 0;
function creating({ server, ann }, connections = CLIENTS) {
  return wrk(`${server.url}/api/v1/time/entries`, {
    connections,
    script: "tests/bench/http/create.lua",
    args: [ann.cookie, server.url],
    env: { FIRST: String(1600000000 + batches++ * 60_000_000) },
  });
}

/** Transactions of one insert each, per second, by as many clients. */
async function inserting(url, script) {
  const said = await output("pgbench", [
    ...["-n", "-M", "prepared", "-j", "1", "-c", String(CLIENTS), "-T", String(SECONDS)],
    ...["-f", script, url],
  ]);
  return Number(/^tps = ([\d.]+)/m.exec(said)[1]);
}

async function create(url, on) {
  const dir = await mkdtemp(scratch);
  const script = `${dir}/insert.sql`;
  await ask(
    url,
    "CREATE TABLE entry (id uuid PRIMARY KEY, version bigint, person uuid, started_at bigint," +
      " ended_at bigint, note bytea); CREATE INDEX ON entry (person, started_at)",
  );
  await writeFile(
    script,
    "INSERT INTO entry VALUES (gen_random_uuid(), 1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'," +
      " 1600000000, 1600000060, '\\x6d65617375726564');\n",
  );
  const [ours, alone] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await inserting(url, script));
    ours.push(await creating(on));
  }
  await rm(dir, { recursive: true });
  const [a, b] = [median(ours), median(alone)];
  tell("pg.create", a / b, `${a.toFixed(0)}/s, pgbench ${b.toFixed(0)}/s, ${CLIENTS} clients`);
}

async function inside(what, count, store) {
  const dir = await mkdtemp(scratch);
  const env = store ? { VOW_STORE: store } : {};
  const said = await output(INSIDE, [what, `${dir}/data`, String(count)], env);
  await rm(dir, { recursive: true });
  return Number(said);
}

async function report(store) {
  const pg = await inside("report", ENTRIES, store);
  const sqlite = await inside("report", ENTRIES);
  tell("pg.report", pg / sqlite, `${pg} ms, SQLite ${sqlite} ms, ${ENTRIES} entries`);
}

async function organisations(url, store) {
  const dir = await mkdtemp(scratch);
  const env = { VOW_MASTER_KEY_FILE: `${dir}/master.key`, VOW_STORE: store };
  const said = await output(INSIDE, ["fill", `${dir}/data`, String(ORGANISATIONS)], env);
  const tokens = said.trim().split("\n");
  const server = await startServer({ dir, env: { VOW_STORE: store } });
  for (const token of tokens.slice(0, OPEN)) {
    const reply = await new Client(server, `vow=${token}`).get("/api/v1/time/entries");
    if (reply.status !== 200) throw new Error(reply.text);
  }
  const busy = new Client(server, `vow=${tokens[0]}`);
  await wrk(`${server.url}/api/v1/time/entries`, { headers: { Cookie: busy.cookie } });
  const pids = await ask(
    url,
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  const each = pids.map(privateMib).filter((mib) => mib > 0); // Idle ones end.
  tell(
    "pg.backend_mib",
    Math.max(...each),
    `${tokens.length} organisations, ${each.length} backends, median ${median(each).toFixed(1)} MiB`,
  );
  await server.stop();
}

/** Two nodes of one installation on the cores of one. */
async function nodes(one, store) {
  const { ann } = one;
  const second = await startServer({
    dir: await mkdtemp(scratch),
    env: { VOW_MASTER_KEY_FILE: one.server.keyFile, VOW_STORE: store },
  });
  const path = `/api/v1/time/entries/${ann.entry}`;
  const load = (server, connections) =>
    wrk(server.url + path, { connections, headers: { Cookie: ann.cookie } });
  const [alone, both] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await load(one.server, CLIENTS));
    const rates = await Promise.all([one.server, second].map((s) => load(s, CLIENTS / 2)));
    both.push(rates[0] + rates[1]);
  }
  await second.stop();
  const [a, b] = [median(both), median(alone)];
  tell("pg.two_nodes", a / b, `${a.toFixed(0)}/s together, ${b.toFixed(0)}/s alone`);
}

const { url, stop } = await postgres();
/** A store of its own on the server for each use. */
const prefixed = (prefix) => `${url}&vow_prefix=${prefix}`;
try {
  if (["pg.read", "pg.list", "pg.create", "pg.two_nodes"].some(wanted)) {
    const store = prefixed("http");
    const pg = await started(store);
    if (["pg.read", "pg.list"].some(wanted)) {
      const on = { sqlite: await started(), pg };
      if (wanted("pg.read"))
        await compared("pg.read", on, (ann) => `/api/v1/time/entries/${ann.entry}`);
      if (wanted("pg.list")) await compared("pg.list", on, () => "/api/v1/time/entries");
      await on.sqlite.server.stop();
    }
    if (wanted("pg.create")) await create(url, pg);
    if (wanted("pg.two_nodes")) await nodes(pg, store);
    await pg.server.stop();
  }
  if (wanted("pg.report")) await report(prefixed("report"));
  if (wanted("pg.backend_mib")) await organisations(url, prefixed("many"));
} finally {
  await stop();
}
