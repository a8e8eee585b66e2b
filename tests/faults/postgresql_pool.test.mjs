// The product behind PgBouncer in transaction mode, with the settings of docs/operations.md.
import assert from "node:assert/strict";
import { PgBouncer } from "../lib/pgbouncer.mjs";
import { Postgres } from "../lib/postgres.mjs";
import { test } from "../lib/relayed.mjs";
import { until } from "../lib/until.mjs";
import { allOnce, answered, entry, load, serve } from "../lib/work.mjs";

test("behind PgBouncer work goes on, also when it restarts, and nothing is lost or doubled", async (t) => {
  const postgres = await Postgres.start(t);
  const pooler = await PgBouncer.before(t, postgres);
  const place = await serve(t, postgres.url(pooler.dir));
  const run = load(place);
  await until(() => run.made.size > 30);
  for (const signal of ["SIGTERM", "SIGKILL"]) {
    await pooler.stop(signal);
    await until(async () => !answered(await entry(place, 100_000)));
    await pooler.start();
    const before = run.made.size;
    await until(() => run.made.size > before + 10);
  }
  await run.stop();
  const last = await until(() => entry(place, 100_000), answered);
  run.made.set(100_000, last.body.id);
  await allOnce(place, run.made);
});

test("behind PgBouncer the server restarts: nothing is lost or doubled", async (t) => {
  const postgres = await Postgres.start(t);
  const pooler = await PgBouncer.before(t, postgres);
  const place = await serve(t, postgres.url(pooler.dir));
  const run = load(place);
  for (const signal of ["SIGINT", "SIGQUIT", "SIGINT", "SIGQUIT"]) {
    const before = run.made.size;
    await until(() => run.made.size > before + 10);
    await postgres.stop(signal);
    await postgres.start();
  }
  const before = run.made.size;
  await until(() => run.made.size > before + 10);
  await run.stop();
  await allOnce(place, run.made);
});

test("behind PgBouncer organisations share few connections and stay apart", async (t) => {
  const postgres = await Postgres.start(t);
  const pooler = await PgBouncer.before(t, postgres);
  const places = [await serve(t, postgres.url(pooler.dir))];
  const { server } = places[0];
  for (let i = 1; i < 6; i++) {
    const ada = await server.signUp();
    const project = await ada.post("/api/v1/projects", { name: `Bridge ${i}` });
    assert.equal(project.status, 201, project.text);
    places.push({ server, ada, project: project.body.id });
  }
  const runs = places.map((place) => load(place, 2));
  await until(() => runs.every((run) => run.made.size > 20));
  for (const run of runs) await run.stop();
  for (const [i, place] of places.entries()) await allOnce(place, runs[i].made);
  const [mine, other] = [runs[0], places[1]];
  const [id] = mine.made.values();
  assert.equal((await other.ada.get(`/api/v1/time/entries/${id}`)).status, 404);
  const open = "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'vow%'";
  assert.ok(Number(postgres.sql(open)) <= 2 * (places.length + 1), "two for each role at most");
});
