// What tests of the command line share.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { vow } from "./server.mjs";

const folders = [];
after(() => Promise.all(folders.map((dir) => rm(dir, { recursive: true, force: true }))));

/** Has a folder removed once the tests of a file are over. */
export const removeLater = (dir) => folders.push(dir);

/** A new one, which is removed then. */
export async function folder() {
  const dir = await mkdtemp(join(tmpdir(), "vow-test-"));
  removeLater(dir);
  return dir;
}

/** Fails with exactly one line on standard error, beside what a part says of the kernel. */
export async function refused(args, options) {
  const done = await vow(args, options);
  assert.notEqual(done.status, 0, args.join(" "));
  const said = done.stderr.replace(/^vow: The kernel does not enforce .*\n/gm, "");
  assert.match(said, /^vow: [^\n]+\n$/, args.join(" "));
  return done.stderr;
}

export async function entries(client) {
  const page = await client.get("/api/v1/time/entries?limit=500");
  assert.equal(page.status, 200, page.text);
  return page.body.items;
}

export function entry(minute) {
  const at = (m) => new Date(Date.UTC(2025, 0, 1) + m * 60_000).toISOString();
  return { started_at: at(minute), ended_at: at(minute + 1), note: `minute ${minute}` };
}
