// What the benchmarks share: medians, figures, load by wrk, memory of a process and its children.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { children } from "../../lib/children.mjs";

const run = promisify(execFile);
const SECONDS = 4;

/** Beginning of the name of a new folder on a real disk; /tmp may be in memory. */
export const scratch = resolve("build/bench-");

export const PROGRAMS = "build/release/tests/bench";

/** Starts the bare libmicrohttpd program; resolves to { url, stop }. */
export async function startHello() {
  const child = spawn(`${PROGRAMS}/hello`, { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(createInterface({ input: child.stdout }), "line");
  return { url: `http://127.0.0.1:${port}/`, stop: () => child.stdin.end() };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Prints one figure for bench.py. */
export function tell(name, value, detail) {
  console.log(JSON.stringify({ name, value, detail }));
}

/** Runs a program to its end; resolves to what it printed. */
export async function output(program, args, env = {}) {
  const { stdout } = await run(program, args, { env: { ...process.env, ...env } });
  return stdout;
}

/** Requests per second of wrk with one thread; throws when any answer was not a 2xx. */
export async function wrk(url, { connections = 32, headers = {}, script, args, env } = {}) {
  const given = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const scripted = script ? ["-s", script] : [];
  const behind = args ? ["--", ...args] : [];
  const said = await output(
    "wrk",
    [
      "-t1",
      `-c${connections}`,
      `-d${SECONDS}`,
      "--timeout",
      "10s",
      ...given,
      ...scripted,
      url,
      ...behind,
    ],
    env,
  );
  if (/Non-2xx|Socket errors/.test(said)) throw new Error(said);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(said)[1]);
}

/** Bytes of one process: its share of shared pages where that may be read, else all it has resident. */
function memory(pid) {
  const kib = (file, name) =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(readFileSync(file, "utf8"))[1]);
  try {
    return kib(`/proc/${pid}/smaps_rollup`, "Pss");
  } catch {
    return kib(`/proc/${pid}/status`, "VmRSS");
  }
}

/** MiB that a process has for itself, none when it has ended. */
export function privateMib(pid) {
  const path = `/proc/${pid}/smaps_rollup`;
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const parts = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)];
  return parts.reduce((sum, part) => sum + Number(part[1]), 0) / 1024;
}

/** MiB of a process and everything that it started. */
export function memoryMib(pid) {
  const all = [pid];
  for (const one of all) all.push(...children(one));
  return all.reduce((sum, one) => sum + memory(one), 0) / (1 << 20);
}
