#!/usr/bin/env node
// Measures reading and creating time entries over HTTP, each beside its yardstick, in turns.
import { mkdtemp, rm } from "node:fs/promises";
import { startServer } from "../../lib/server.mjs";
import { median, output, PROGRAMS, scratch, startHello, tell, wrk } from "./measure.mjs";

const ROUNDS = 3;
const wanted = (name) => process.argv.length === 2 || process.argv.includes(name);

async function read(server, ann) {
  const entry = await ann.post("/api/v1/time/entries", {
    started_at: "2020-01-01T08:00:00Z",
    ended_at: "2020-01-01T09:00:00Z",
    note: "measured",
  });
  if (entry.status !== 201) throw new Error(entry.text);
  const url = `${server.url}/api/v1/time/entries/${entry.body.id}`;
  const hello = await startHello();
  const ours = [];
  const bare = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await wrk(hello.url));
    ours.push(await wrk(url, { headers: { Cookie: ann.cookie } }));
  }
  hello.stop();
  const [a, b] = [median(ours), median(bare)];
  tell("http.read", a / b, `${a.toFixed(0)}/s of ${b.toFixed(0)}/s`);
}

/** Entries per second of one thread with a commit for every 16, in a new data folder. */
async function inside() {
  const dir = await mkdtemp(scratch);
  const rate = Number(await output(`${PROGRAMS}/inside`, ["create", `${dir}/data`, "16000"]));
  await rm(dir, { recursive: true });
  return rate;
}

async function create(server, ann) {
  const ours = [];
  const alone = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await inside());
    ours.push(
      await wrk(`${server.url}/api/v1/time/entries`, {
        script: "tests/bench/http/create.lua",
        args: [ann.cookie, server.url],
        env: { FIRST: String(1600000000 + round * 60_000_000) },
      }),
    );
  }
  const [a, b] = [median(ours), median(alone)];
  tell("http.create", a / b, `${a.toFixed(0)}/s of ${b.toFixed(0)}/s`);
}

const server = await startServer({ dir: await mkdtemp(scratch) });
const ann = await server.signUp();
if (wanted("http.read")) await read(server, ann);
if (wanted("http.create")) await create(server, ann);
await server.stop();
