// Starts the real binary on a free loopback port with a data folder of its own, and talks to it.
//
//   const server = await startServer();
//   const ann = await server.signUp();                     // a new organisation and its owner
//   const { status, body } = await ann.post("/api/v1/…", { … });
//   await server.stop();                                   // fails if the sanitizers found anything
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const BINARY = resolve(process.env.VOW_BINARY ?? "build/debug/src/vow");
const READY = /^vow is ready at (http:\/\/\S+?)\/?$/;
// What a command still holds when the process ends is no leak.
const SANITIZERS = {
  ASAN_OPTIONS: "abort_on_error=0:detect_leaks=0",
  UBSAN_OPTIONS: "print_stacktrace=1:halt_on_error=1",
};
const SANITIZER = /runtime error:|ERROR: (Address|Leak)Sanitizer/;

// What scripts/test asks for: every kind of problem that was answered, one a line.
const REACHED = new Set();
/** Notes the kind of problem that a document names, for who asks without `api`. */
export const noteProblem = (document) => REACHED.add(document.type.split("/").pop());
process.on("exit", () => {
  if (process.env.VOW_PROBLEMS && REACHED.size > 0)
    appendFileSync(process.env.VOW_PROBLEMS, `${[...REACHED].join("\n")}\n`);
});

export const PASSWORD = "correct horse battery staple";

const RUNNING = new Set();
process.on("exit", () => {
  for (const child of RUNNING) child.kill("SIGKILL");
});

/**
 * Starts `vow serve` and resolves when it is ready.
 * options.dir: an existing folder made by an earlier server (default: a new temporary one);
 * options.args, options.env: additions to the command line and the environment.
 */
export async function startServer({ dir, args = [], env = {} } = {}) {
  const home = dir ?? (await mkdtemp(join(tmpdir(), "vow-test-")));
  const server = new Server(home, { args, env });
  await server.start();
  return server;
}

export class Server {
  #child;
  #stderr = "";

  constructor(dir, { args, env }) {
    this.dir = dir;
    this.data = join(dir, "data");
    this.keyFile = join(dir, "master.key");
    this.args = args;
    this.env = {
      ...SANITIZERS,
      ...process.env,
      VOW_MASTER_KEY_FILE: this.keyFile,
      ...env,
    };
  }

  /** Everything that the server wrote to standard error since its last start. */
  get log() {
    return this.#stderr;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Starts the process; also starts it again, on the same data, after stop({ keep: true }) or kill(), and
      then on the same port for who gives it. */
  async start({ port = 0 } = {}) {
    const listen = ["--listen", `127.0.0.1:${port}`, "--plain-http"];
    this.#stderr = "";
    this.#child = spawn(BINARY, ["serve", "--data", this.data, ...listen, ...this.args], {
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    RUNNING.add(this.#child);
    this.#child.once("exit", () => RUNNING.delete(this.#child));
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#stderr += text;
    });
    this.exited = once(this.#child, "close");
    const ready = (async () => {
      for await (const line of createInterface({ input: this.#child.stdout })) {
        const match = READY.exec(line);
        if (match) return match[1];
      }
      throw new Error(`the server ended before it was ready:\n${this.#stderr}`);
    })();
    this.url = await Promise.race([
      ready,
      this.exited.then(([code]) => {
        throw new Error(`the server ended with status ${code}:\n${this.#stderr}`);
      }),
    ]);
    this.#child.stdout.resume();
    return this;
  }

  /**
   * One request. `path` is whole ("/api/v1/…"). An object as `body` is sent as JSON; a string, Buffer or
   * FormData as it is. `cookie` is what signUp or signIn gave; a request with one carries the
   * same-origin header that a browser would send.
   * Resolves to { status, headers, body, text, cookie }: body is the parsed JSON, or null.
   */
  async api(method, path, { body, cookie, token, headers = {}, signal } = {}) {
    const isJson = body !== undefined && body?.constructor === Object;
    const response = await fetch(this.url + path, {
      method,
      redirect: "manual",
      signal,
      body: isJson || Array.isArray(body) ? JSON.stringify(body) : body,
      headers: {
        ...(isJson || Array.isArray(body) ? { "Content-Type": "application/json" } : {}),
        ...(cookie ? { Cookie: cookie, Origin: this.url, "Sec-Fetch-Site": "same-origin" } : {}),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
    });
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    const set = response.headers.get("set-cookie");
    if (type === "application/problem+json") noteProblem(JSON.parse(text));
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: /json/.test(type) && text ? JSON.parse(text) : null,
      cookie: set ? set.split(";", 1)[0] : null,
    };
  }

  /** A new organisation with its owner; resolves to a Client that is signed in. */
  async signUp(given = {}) {
    const number = this.nextNumber();
    const account = {
      name: `Person ${number}`,
      email: `person${number}@example.org`,
      organisation: `Organisation ${number}`,
      password: PASSWORD,
      of_age: true,
      ...given,
    };
    const reply = await this.api("POST", "/api/v1/accounts", { body: account });
    if (reply.status !== 201) throw new Error(`sign-up: ${reply.status} ${reply.text}`);
    return new Client(this, reply.cookie, account);
  }

  /** 1, 2, 3 …: keeps names and addresses apart. */
  nextNumber() {
    return ++this.#people;
  }
  #people = 0;

  /** Ends the server with SIGTERM, checks that it ended cleanly, and removes its folder unless `keep`. */
  async stop({ keep = false } = {}) {
    this.#child.kill("SIGTERM");
    const [code, signal] = await this.exited;
    if (!keep) await rm(this.dir, { recursive: true, force: true });
    if (SANITIZER.test(this.#stderr)) throw new Error(`sanitizer:\n${this.#stderr}`);
    if (code !== 0) throw new Error(`the server ended with ${signal ?? code}:\n${this.#stderr}`);
  }

  /** Ends the server as a power cut would; its folder stays. */
  async kill() {
    this.#child.kill("SIGKILL");
    await this.exited;
  }
}

/** One signed-in person: the server's api() with the cookie, and a shorthand for each method. */
export class Client {
  constructor(server, cookie, account) {
    this.server = server;
    this.cookie = cookie;
    this.account = account;
  }

  /** Another person of the same organisation, invited and signed in; resolves to a Client. */
  async invite(given = {}) {
    const number = this.server.nextNumber();
    const account = { name: `Person ${number}`, email: `person${number}@example.org`, ...given };
    const person = await this.post("/api/v1/people", { role: "member", ...account });
    const link = await this.post(`/api/v1/people/${person.body?.id}/invitation`);
    const joined = await this.server.api("POST", `/api/v1/invitations/${link.body?.link_token}`, {
      body: { password: PASSWORD, of_age: true },
    });
    if (joined.status !== 201)
      throw new Error(`invitation: ${person.text} ${link.text} ${joined.text}`);
    return new Client(this.server, joined.cookie, { ...account, password: PASSWORD });
  }

  api(method, path, options = {}) {
    return this.server.api(method, path, { cookie: this.cookie, ...options });
  }
  get(path, options) {
    return this.api("GET", path, options);
  }
  post(path, body, options) {
    return this.api("POST", path, { body, ...options });
  }
  put(path, body, options) {
    return this.api("PUT", path, { body, ...options });
  }
  patch(path, body, options) {
    return this.api("PATCH", path, { body, ...options });
  }
  delete(path, options) {
    return this.api("DELETE", path, options);
  }
}

/** Runs a `vow` command to its end; resolves to { status, stdout, stderr }. */
export async function vow(args, { env = {}, input } = {}) {
  const child = spawn(BINARY, args, { env: { ...SANITIZERS, ...process.env, ...env } });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) {
    child[stream].setEncoding("utf8").on("data", (text) => {
      said[stream] += text;
    });
  }
  child.stdin.end(input);
  const [status] = await once(child, "close");
  return { status, ...said };
}
