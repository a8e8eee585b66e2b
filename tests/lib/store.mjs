// A private PostgreSQL server for a test (scripts/postgres), or a store of its own on the one that
// the caller has started for all.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("../../scripts/postgres", import.meta.url));

/** Resolves to { url, prefix, sql(text), stop() }; `sql` runs as the platform role, gives lines. */
export async function startStore() {
  const child = spawn(SCRIPT, ["sh", "-c", 'echo "$VOW_TEST_STORE"; exec cat'], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [server] = await once(createInterface({ input: child.stdout }), "line");
  const prefix = `n${process.pid}`;
  const sql = async (text) => {
    const options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text, server];
    return (await promisify(execFile)("psql", options)).stdout.trim().split("\n").filter(Boolean);
  };
  return {
    url: `${server}&vow_prefix=${prefix}`,
    prefix,
    sql,
    stop: async () => {
      const ended = once(child, "close");
      child.stdin.end(); // cat ends, and with it the server
      await ended;
    },
  };
}
