#!/usr/bin/env node
// Measures what the program takes: memory idle and with many organisations, and time to its first answer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { performance } from "node:perf_hooks";
import { Client, startServer } from "../../lib/server.mjs";
import { median, memoryMib, output, scratch, tell } from "./measure.mjs";

const ORGANISATIONS = 1000;
const OPEN = 200;
const STARTS = 5;
const wanted = (name) => process.argv.length === 2 || process.argv.includes(name);

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Seconds from exec to the first good answer of /healthz, on data that is there already. */
async function firstAnswer(dir) {
  const address = `127.0.0.1:${await freePort()}`;
  const args = ["serve", "--data", `${dir}/data`, "--listen", address, "--plain-http"];
  const env = { ...process.env, VOW_MASTER_KEY_FILE: `${dir}/master.key` };
  const start = performance.now();
  const child = spawn(process.env.VOW_BINARY, args, { env, stdio: "ignore" });
  while (
    !(await fetch(`http://${address}/healthz`)
      .then((r) => r.ok)
      .catch(() => false))
  );
  const seconds = (performance.now() - start) / 1000;
  child.kill("SIGTERM");
  await once(child, "exit");
  return seconds;
}

async function organisations() {
  const dir = await mkdtemp(scratch);
  const args = ["fill", `${dir}/data`, String(ORGANISATIONS)];
  const env = { VOW_MASTER_KEY_FILE: `${dir}/master.key` };
  const tokens = (await output("build/release/tests/bench/inside", args, env)).trim().split("\n");
  const server = await startServer({ dir });
  for (const token of tokens.slice(0, OPEN)) {
    const owner = new Client(server, `vow=${token}`);
    const reply = await owner.get("/api/v1/time/entries");
    if (reply.status !== 200) throw new Error(reply.text);
  }
  tell("mem.orgs_mib", memoryMib(server.pid), `${tokens.length} organisations, ${OPEN} open`);
  await server.stop();
}

const dir = await mkdtemp(scratch);
const server = await startServer({ dir });
await server.signUp();
if (wanted("mem.idle_mib")) tell("mem.idle_mib", memoryMib(server.pid), "after one sign-up");
await server.stop({ keep: true });
if (wanted("start.first_answer_s")) {
  const starts = [];
  for (let i = 0; i < STARTS; i++) starts.push(await firstAnswer(dir));
  tell("start.first_answer_s", median(starts), `median of ${STARTS} starts`);
}
await rm(dir, { recursive: true });
if (wanted("mem.orgs_mib")) await organisations();
