// A private PgBouncer before a private server of PostgreSQL, on a socket in a temporary folder.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.mjs";

const RUNNING = new Set();
process.on("exit", () => {
  for (const child of RUNNING) child.kill("SIGKILL");
});

export class PgBouncer {
  #child;

  /** Running, with the settings that docs/operations.md asks for. */
  static async before(t, postgres) {
    const pooler = new PgBouncer();
    pooler.user = postgres.user;
    pooler.dir = await mkdtemp(join(tmpdir(), "vow-pgbouncer-"));
    pooler.socket = join(pooler.dir, `.s.PGSQL.${postgres.port}`);
    t.after(async () => {
      await pooler.stop("SIGTERM");
      await rm(pooler.dir, { recursive: true, force: true });
    });
    await writeFile(
      join(pooler.dir, "pgbouncer.ini"),
      `[databases]
* = host=${postgres.dir} port=${postgres.port} auth_user=root_of_all
[pgbouncer]
pool_mode = transaction
listen_port = ${postgres.port}
unix_socket_dir = ${pooler.dir}
unix_socket_mode = 0777
auth_type = scram-sha-256
auth_file = ${pooler.dir}/users.txt
auth_query = SELECT usename, passwd FROM pg_shadow WHERE usename = $1
default_pool_size = 2
server_idle_timeout = 60
server_login_retry = 1
query_wait_timeout = 10
max_client_conn = 200
`,
    );
    await writeFile(join(pooler.dir, "users.txt"), `"root_of_all" "${postgres.password}"\n`);
    postgres.own(pooler.dir);
    await chmod(pooler.dir, 0o711);
    await pooler.start();
    return pooler;
  }

  async start() {
    this.#child = spawn("pgbouncer", ["-q", join(this.dir, "pgbouncer.ini")], {
      ...this.user,
      cwd: this.dir,
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-4000);
    });
    const child = this.#child;
    RUNNING.add(child);
    this.ended = once(child, "close").then(() => RUNNING.delete(child));
    await until(() => {
      if (child.exitCode !== null) throw new Error(`PgBouncer did not start:\n${said}`);
      return this.#answers();
    });
  }

  #answers() {
    return new Promise((resolve) => {
      const tried = connect(this.socket, () => tried.destroy(resolve(true)));
      tried.on("error", () => resolve(false));
    });
  }

  /** SIGTERM ends it at once, SIGKILL without a word; its socket is left behind then. */
  async stop(signal) {
    if (this.#child?.exitCode === null && !this.#child.killed) this.#child.kill(signal);
    await this.ended;
    await rm(this.socket, { force: true });
  }
}
