// The processes that a process has started.
import { readFileSync } from "node:fs";

/** Their ids, of those that there are right now. */
export function children(pid) {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return list ? list.split(" ").map(Number) : [];
}
