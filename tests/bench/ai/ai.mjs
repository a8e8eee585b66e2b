#!/usr/bin/env node
// Measures the whole way of an AI request (HTTP, gate, mask, receipt, egress) beside the direct call of
// the same loopback provider with the very bytes that vow sends it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { startServer } from "../../lib/server.mjs";
import { median, output, scratch, startHello, tell, wrk } from "../http/measure.mjs";

const PEOPLE = 1200;
const ROUNDS = 3;
const SECONDS = 2;
const wanted = (name) => process.argv.length === 2 || process.argv.includes(name);

async function startProvider() {
  const child = spawn("build/release/src/egress/fake_provider", {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(createInterface({ input: child.stdout }), "line");
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

/** Median latency in microseconds and requests per second. */
async function load(url, connections, args) {
  const said = await output("wrk", [
    "-t1",
    `-c${connections}`,
    `-d${SECONDS}`,
    "--latency",
    ...["-s", "tests/bench/ai/ai.lua", url, "--", ...args],
  ]);
  if (/Non-2xx|Socket errors/.test(said)) throw new Error(said);
  const [, time, unit] = /\s50%\s+([\d.]+)(us|ms|s)/.exec(said);
  return {
    p50: Math.round(time * { us: 1, ms: 1e3, s: 1e6 }[unit]),
    rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)[1]),
  };
}

const dir = await mkdtemp(scratch);
const provider = await startProvider();
const env = { VOW_MASTER_KEY_FILE: `${dir}/master.key`, VOW_LOCAL_PROVIDERS: provider.url };
const files = { run: `${dir}/run.json`, body: `${dir}/body.json`, tokens: `${dir}/tokens` };
const tokens = await output(
  "build/release/tests/bench/ai/ai_people",
  [`${dir}/data`, String(PEOPLE), `${provider.url}/v1`],
  env,
);
await writeFile(files.tokens, tokens);
const server = await startServer({ dir, env });

const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
const run = { capability: "feedback.me", from: day(14), to: day(0) };
const token = tokens.split("\n")[0];
const preview = await server.api("POST", "/api/v1/ai/run", {
  token,
  body: { ...run, preview: true },
});
if (!preview.body?.disclosure) throw new Error(preview.text);
await writeFile(files.run, JSON.stringify(run));
await writeFile(files.body, preview.body.disclosure);

const through = `${server.url}/api/v1/ai/run`;
const direct = `${provider.url}/v1/chat/completions`;
let next = 0; // the first person of a round; each round has people of its own
if (wanted("ai.added_p50_us") || wanted("ai.added_times")) {
  const added = [];
  const times = [];
  const detail = [];
  for (let round = 0; round < ROUNDS; round++, next += 100) {
    const bare = await load(direct, 1, [files.body]);
    const ours = await load(through, 1, [files.run, files.tokens, String(next)]);
    added.push(ours.p50 - bare.p50);
    times.push((ours.p50 - bare.p50) / bare.p50);
    detail.push(`${ours.p50} us, ${bare.p50} us directly`);
  }
  const middle = median(added);
  tell("ai.added_p50_us", middle, detail[added.indexOf(middle)]);
  tell("ai.added_times", median(times));
}
if (wanted("ai.rate_16") || wanted("ai.rate_16_share")) {
  const hello = await startHello();
  const bare = await wrk(hello.url);
  hello.stop();
  const { rate, p50 } = await load(through, 16, [files.run, files.tokens, String(next)]);
  tell("ai.rate_16", rate, `p50 ${p50} us, ${preview.body.bytes} bytes disclosed`);
  tell("ai.rate_16_share", rate / bare, `hello-world ${bare.toFixed(0)}/s`);
}

await server.stop();
provider.stop();
await rm(dir, { recursive: true, force: true });
