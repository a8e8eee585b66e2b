// Work that goes on while something happens to the database server: entries are made under keys of
// their own, and in the end each acknowledged one must be there once.
import assert from "node:assert/strict";
import { startServer } from "./server.mjs";
import { until } from "./until.mjs";

/** A server of vow on that store, with somebody signed up and a project to work on. */
export async function serve(t, store) {
  const server = await startServer({ env: { VOW_STORE: store } });
  t.after(() => server.stop());
  const ada = await server.signUp();
  const project = await ada.post("/api/v1/projects", { name: "Bridge" });
  assert.equal(project.status, 201, project.text);
  return { server, ada, project: project.body.id };
}

/** Entry number n, under a key of its own: asked again it is the same one. */
export function entry({ ada, project }, n, note = `note ${n}`) {
  const start = Date.UTC(2026, 0, 1) + n * 600_000;
  const body = {
    project,
    started_at: new Date(start).toISOString(),
    ended_at: new Date(start + 300_000).toISOString(),
    note,
  };
  return ada.post("/api/v1/time/entries", body, { headers: { "Idempotency-Key": `entry-${n}` } });
}

/** Either done, or a document that says why not and that it may be tried again. */
export function answered(reply, problem = "unavailable") {
  if (reply.status === 201) return true;
  assert.equal(reply.headers.get("content-type"), "application/problem+json", reply.text);
  assert.equal(reply.body.type.split("/").pop(), problem, reply.text);
  return false;
}

/** Entries are made without pause, by several at once, until stopped; every one is made in the end. */
export function load(place, workers = 3) {
  const made = new Map();
  const run = { made, refused: 0, stopped: false };
  let next = 0;
  const work = async () => {
    while (!run.stopped) {
      const n = next++;
      const reply = await until(
        () => entry(place, n),
        (r) => {
          const done = answered(r);
          run.refused += !done;
          return done;
        },
      );
      made.set(n, reply.body.id);
    }
  };
  const all = Promise.all(Array.from({ length: workers }, work));
  run.stop = () => {
    run.stopped = true;
    return all;
  };
  return run;
}

async function entriesOf({ ada }) {
  const found = [];
  for (let page = "/api/v1/time/entries?limit=200"; page; ) {
    const reply = await ada.get(page);
    assert.equal(reply.status, 200, reply.text);
    found.push(...reply.body.items);
    const { next } = reply.body;
    page = next && `/api/v1/time/entries?limit=200&cursor=${encodeURIComponent(next)}`;
  }
  return found;
}

/** What was acknowledged is there, each once, and nothing else. */
export async function allOnce(place, made) {
  const ids = (await entriesOf(place)).map((e) => e.id);
  assert.deepEqual(ids.sort(), [...made.values()].sort());
}
