// What earlier releases wrote is opened, read and changed by this one. Samples: tests/samples/make.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Postgres } from "../lib/postgres.mjs";
import { test as relayed } from "../lib/relayed.mjs";
import { Client, startServer } from "../lib/server.mjs";
import { unzip } from "../lib/zip.mjs";

const SAMPLES = join(dirname(fileURLToPath(import.meta.url)), "../samples");
const versions = (await readdir(SAMPLES)).filter((name) => /^\d/.test(name));
assert.ok(versions.length > 0);

/** What its database server held, if it had one. */
const dumpIn = (dir) => join(dir, "store.sql");

/** A copy, with the rights that a key must have and that no repository keeps. */
async function copyOf(version) {
  const dir = await mkdtemp(join(tmpdir(), "vow-sample-"));
  await cp(join(SAMPLES, version), dir, { recursive: true });
  await chmod(join(dir, "master.key"), 0o600);
  await chmod(join(dir, "data"), 0o700);
  return dir;
}

async function tablesOf(server, cookie) {
  const reply = await fetch(`${server.url}/api/v1/privacy/export`, { headers: { Cookie: cookie } });
  assert.equal(reply.status, 200);
  const files = unzip(Buffer.from(await reply.arrayBuffer()));
  return (name) => {
    const lines = files.get(`tables/${name}.jsonl`)?.toString().split("\n") ?? [];
    return new Map(lines.filter(Boolean).map((line) => [JSON.parse(line).id, JSON.parse(line)]));
  };
}

/**
 * Where the sample's databases are: on a server of its own, or in its folder. Each is migrated, also where
 * nothing has been declared anew since.
 */
async function storeOf(t, dir) {
  const dump = dumpIn(dir);
  if (!existsSync(dump)) return "";
  const postgres = await Postgres.start(t);
  postgres.load(dump);
  const noted = "SELECT schemaname FROM pg_tables WHERE tablename = 'schema_state'";
  const schemas = postgres.sql(noted, "vow").split("\n");
  assert.equal(schemas.length, 2);
  for (const schema of schemas) postgres.sql(`DELETE FROM ${schema}.schema_state`, "vow");
  return postgres.url();
}

/** The members of `row` that `old` has too: a later release may have added some. */
function asBefore(row, old) {
  return row && Object.fromEntries(Object.keys(old).map((name) => [name, row[name]]));
}

for (const version of versions) {
  const tried = existsSync(dumpIn(join(SAMPLES, version))) ? relayed : test;
  tried(`a sample of ${version} opens with everything in it`, async (t) => {
    const dir = await copyOf(version);
    const { email, password, report, tables } = JSON.parse(
      await readFile(join(dir, "expected.json"), "utf8"),
    );
    const server = await startServer({ dir, env: { VOW_STORE: await storeOf(t, dir) } });
    t.after(() => server.stop());
    const session = await server.api("POST", "/api/v1/session", { body: { email, password } });
    assert.equal(session.status, 201, session.text);
    const ann = new Client(server, session.cookie, {});
    const now = await tablesOf(server, session.cookie);
    for (const [name, rows] of Object.entries(tables)) {
      const there = now(name);
      for (const row of rows) assert.deepEqual(asBefore(there.get(row.id), row), row, name);
    }
    const hours = await ann.get(report.path);
    assert.equal(hours.status, 200, hours.text);
    assert.equal(hours.body.total_s, report.total_s);
    // What is summed per day is read for this one, and has been made anew if its form has changed.
    const days = await ann.get(report.path.replace(/by=\w+/, "by=tag"));
    assert.equal(days.body.total_s, report.total_s);

    const client = await ann.post("/api/v1/clients", { name: "A new one" });
    assert.equal(client.status, 201, client.text);
    await server.stop({ keep: true });
    await server.start();
    const again = await ann.get(`/api/v1/clients/${client.body.id}`);
    assert.deepEqual(again.body, client.body);
    await server.stop();
  });
}
