// Tests of the product on a database server: node's own, or skipped where the kernel gives no network
// namespace, as in many containers. The product does not start there with its databases on a server.
import { spawnSync } from "node:child_process";
import * as node from "node:test";

export const hasNetworkNamespace = [["-n"], ["-U", "-n"]].some(
  (how) => spawnSync("unshare", [...how, "true"]).status === 0,
);

const skipped = { skip: "this kernel gives no network namespace" };

export const test = hasNetworkNamespace ? node.test : (name) => node.test(name, skipped, () => {});
export const before = hasNetworkNamespace ? node.before : () => {};
export const after = hasNetworkNamespace ? node.after : () => {};
