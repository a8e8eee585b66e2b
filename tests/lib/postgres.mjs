// Private servers of PostgreSQL that a test stops, kills, fills and fails over. They lie in temporary
// folders and listen on a socket there, and on loopback when asked to.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, readdirSync, readFileSync } from "node:fs";
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.mjs";

const PASSWORD = "for-this-run-alone";
const SETTINGS = {
  listen_addresses: "",
  max_connections: 100,
  max_locks_per_transaction: 512,
  shared_buffers: "32MB",
  jit: "off",
  autovacuum: "off",
  wal_level: "replica",
  // A process that is killed leaves to the kernel what it has written.
  fsync: "off",
  synchronous_commit: "on",
};

const RUNNING = new Set();
process.on("exit", () => {
  for (const child of RUNNING) child.kill("SIGKILL");
});

const INSTALLED = "/usr/lib/postgresql";
const BIN = join(
  INSTALLED,
  readdirSync(INSTALLED)
    .sort((a, b) => a - b)
    .at(-1),
  "bin",
);

/** PostgreSQL refuses root, so root runs it as somebody else. */
function somebody() {
  if (process.getuid() !== 0) return {};
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const find = (name) => users.map((line) => line.split(":")).find(([n]) => n === name);
  const [, , uid, gid] = find("postgres") ?? find("nobody");
  return { uid: Number(uid), gid: Number(gid) };
}

/** Whether somebody may mount a small disk in a namespace of their own. */
export function canMount() {
  const command = ["-U", "-c", "--keep-caps", "-m", "mount", "-t", "tmpfs", "none", "/mnt"];
  return spawnSync("unshare", command, { ...somebody() }).status === 0;
}

/** A port of loopback that nobody uses just now. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

export class Postgres {
  #child;
  #holder;

  /**
   * A running server with the platform role and its database. settings: more of postgresql.conf; port:
   * where it listens on loopback too; disk: the size of a disk of its own, for the tables or, with
   * log, for the write-ahead log; from: another server, to be a standby of.
   */
  static async start(t, { settings = {}, port, disk, log = false, from } = {}) {
    const server = new Postgres();
    server.dir = await mkdtemp(join(tmpdir(), "vow-postgres-"));
    server.data = join(server.dir, "data");
    server.port = port ?? 5432;
    server.disk = disk && join(server.dir, "disk");
    server.log = log;
    server.settings = { ...SETTINGS, port: server.port, ...settings };
    server.user = somebody();
    server.password = PASSWORD;
    t.after(async () => {
      await server.stop("SIGQUIT");
      server.#holder?.kill("SIGKILL");
      await rm(server.dir, { recursive: true, force: true });
    });
    await chmod(server.dir, 0o711);
    if (disk) await server.#mount(disk);
    if (from) server.#copy(from);
    else await server.#make();
    await server.start();
    if (!from) server.#furnish();
    return server;
  }

  /** Gives a file or folder to the one who runs the server. */
  own(path) {
    if (this.user.uid) chownSync(path, this.user.uid, this.user.gid);
  }

  #run(command, args, { input } = {}) {
    const tool = command.includes("/") ? command : join(BIN, command);
    const [first, ...rest] = this.#within([tool, ...args]);
    const done = spawnSync(first, rest, {
      ...this.user,
      cwd: this.dir,
      encoding: "utf8",
      input,
      maxBuffer: 2 ** 26,
      env: { ...process.env, PGPASSWORD: PASSWORD },
    });
    if (done.status !== 0) throw new Error(`${command}: ${done.stderr}`);
    return done.stdout;
  }

  async #make() {
    const secret = join(this.dir, "password");
    await writeFile(secret, PASSWORD, { mode: 0o644 });
    this.own(this.dir);
    const log = this.log ? ["--wal-segsize=1", `--waldir=${join(this.disk, "log")}`] : [];
    this.#run("initdb", [
      ...["-D", this.data, "-U", "root_of_all", "-E", "UTF8", "--locale=C", "--no-sync"],
      ...["-A", "scram-sha-256", `--pwfile=${secret}`, ...log],
    ]);
  }

  /** Mounts the disk where only a process that stays, and those that enter its namespace, see it. */
  async #mount(size) {
    await mkdir(this.disk);
    this.own(this.disk);
    const mount = `mount -t tmpfs -o size=${size},mode=700 none ${this.disk} && echo && exec cat`;
    const command = ["-U", "-c", "--keep-caps", "-m", "sh", "-c", mount];
    this.#holder = spawn("unshare", command, { ...this.user, stdio: ["pipe", "pipe", "inherit"] });
    RUNNING.add(this.#holder);
    await once(this.#holder.stdout, "data");
  }

  /** The command as one that sees the disk. */
  #within(command) {
    if (!this.#holder) return command;
    const how = ["-U", "--preserve-credentials", "-m", "-t", `${this.#holder.pid}`];
    return ["nsenter", ...how, ...command];
  }

  /** Fills what is left of the disk; the way back is empty. */
  fill() {
    this.#run("/bin/sh", ["-c", `! cat /dev/zero 2>/dev/null >${this.disk}/filler`]);
  }

  empty() {
    this.#run("/bin/rm", [`${this.disk}/filler`]);
  }

  #copy(from) {
    this.own(this.dir);
    const where = ["-h", from.dir, "-p", `${from.port}`, "-U", "root_of_all"];
    this.#run("pg_basebackup", [...where, "-D", this.data, "-R", "-c", "fast", "--no-sync"]);
  }

  #furnish() {
    const small = this.disk && !this.log;
    const space = small ? " TABLESPACE small" : "";
    if (small) this.sql(`CREATE TABLESPACE small LOCATION '${this.disk}'`);
    this.sql(`CREATE ROLE vow LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
    this.sql(`CREATE DATABASE vow OWNER vow${space}`);
  }

  /** Starts the process; again after stop. Resolves when it answers. */
  async start() {
    const settings = Object.entries(this.settings).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
    const server = [join(BIN, "postgres"), "-D", this.data, "-k", this.dir, ...settings];
    const command = this.#within(server);
    this.#child = spawn(command[0], command.slice(1), {
      ...this.user,
      cwd: this.dir,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-4000);
    });
    const child = this.#child;
    RUNNING.add(child);
    this.ended = once(child, "close").then(() => RUNNING.delete(child));
    const ready = ["-q", "-h", this.dir, "-p", `${this.port}`];
    await until(() => {
      if (child.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${said}`);
      return spawnSync(join(BIN, "pg_isready"), ready).status === 0;
    });
  }

  /** Whether it has ended by itself, or was stopped. */
  get isDown() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** SIGINT ends it tidily, SIGQUIT like a crash, SIGKILL without a word. */
  async stop(signal) {
    if (this.#child && !this.isDown && !this.#child.killed) this.#child.kill(signal);
    await this.ended;
  }

  /** Runs SQL as the one who may do everything; rows as text, a line each. */
  sql(text, database = "postgres") {
    const where = ["-h", this.dir, "-p", `${this.port}`, "-U", "root_of_all", "-d", database];
    return this.#run("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", ...where, "-c", text]).trimEnd();
  }

  /** All that an installation has on the server, its roles too, as SQL for `load`. */
  dump() {
    const where = ["-h", this.dir, "-p", `${this.port}`, "-U", "root_of_all"];
    const roles = this.#run("pg_dumpall", [...where, "--roles-only"]);
    const own = roles.split("\n").filter((line) => /^\w+ ROLE "?vow_/.test(line));
    const tables = this.#run("pg_dump", [...where, "vow"]);
    // Later versions say these to psql of their own version alone.
    return `${own.join("\n")}\n${tables.replace(/^\\(un)?restrict .*\n/gm, "")}`;
  }

  load(file) {
    const where = ["-h", this.dir, "-p", `${this.port}`, "-U", "root_of_all", "-d", "vow"];
    this.#run("psql", ["-Xq", "-v", "ON_ERROR_STOP=1", ...where], { input: readFileSync(file) });
  }

  promote() {
    this.#run("pg_ctl", ["promote", "-D", this.data, "-w"]);
  }

  /** A file in the server's folder that only the server reads; its path. */
  async file(name, content) {
    const path = join(this.data, name);
    await writeFile(path, content, { mode: 0o600 });
    this.own(path);
    return path;
  }

  /** One more rule for who may log in. */
  allow(line) {
    return appendFile(join(this.data, "pg_hba.conf"), `${line}\n`);
  }

  /** The URL of the platform role, by way of the socket in `dir`. */
  url(dir = this.dir) {
    return `postgres://vow:${PASSWORD}@/vow?host=${dir}&port=${this.port}`;
  }

  /** The URL by way of loopback. */
  tcp(host, options) {
    return `postgres://vow:${PASSWORD}@${host}:${this.port}/vow?${options}`;
  }
}
