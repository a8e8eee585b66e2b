// What goes to a database server over a network is encrypted, and the server is the one that was meant.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort, Postgres } from "../lib/postgres.mjs";
import { test } from "../lib/relayed.mjs";
import { startServer } from "../lib/server.mjs";

const BINARY = resolve(process.env.VOW_BINARY ?? "build/debug/src/vow");

/** A certificate that vouches for itself, for one name; its files. */
function certificate(dir, name) {
  const made = { cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) };
  const done = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-days", "2", "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
    ...["-keyout", made.key, "-out", made.cert],
  ]);
  assert.equal(done.status, 0, String(done.stderr));
  return made;
}

test("a server is reached by TLS alone, and only the right one", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "vow-test-"));
  t.after(() => rm(dir, { recursive: true }));
  const own = certificate(dir, "localhost");
  const other = certificate(dir, "elsewhere");
  const port = await freePort();
  const postgres = await Postgres.start(t, { port, settings: { listen_addresses: "127.0.0.1" } });
  await postgres.stop("SIGINT");
  Object.assign(postgres.settings, {
    ssl: "on",
    ssl_cert_file: await postgres.file("server.crt", await readFile(own.cert)),
    ssl_key_file: await postgres.file("server.key", await readFile(own.key)),
  });
  await postgres.allow("host all all 127.0.0.1/32 scram-sha-256");
  await postgres.start();
  await copyFile(own.cert, join(dir, "authority.crt"));

  const key = join(dir, "key");
  await writeFile(key, `${"7".repeat(64)}\n`, { mode: 0o600 });
  const refused = (url, said) => {
    const args = ["serve", "--data", join(dir, "data"), "--plain-http", "--listen", "127.0.0.1:0"];
    const reply = spawnSync(BINARY, args, {
      encoding: "utf8",
      env: { ...process.env, VOW_MASTER_KEY_FILE: key, VOW_STORE: url },
    });
    assert.equal(reply.status, 78, `${url}: ${reply.stderr}`);
    assert.match(reply.stderr, said);
    assert.doesNotMatch(reply.stderr, /for-this-run-alone/);
  };
  for (const [host, options, said] of [
    ["127.0.0.1", `sslrootcert=${own.cert}`, /server 127\.0\.0\.1:\d+: .*certificate/],
    ["localhost", `sslrootcert=${other.cert}`, /certificate verify failed/],
    ["localhost", "sslmode=disable", /sslmode must be verify-full/],
    ["localhost", "sslmode=prefer", /sslmode must be verify-full/],
  ])
    refused(postgres.tcp(host, options), said);

  // The password from a file, found by where the server really is.
  const authority = `sslrootcert=${join(dir, "authority.crt")}`;
  const passwords = join(dir, "passwords");
  const lines = [
    `localhost:${port}:vow:other:no`,
    `localhost:${port}:vow:vow:${postgres.password}`,
  ];
  await writeFile(passwords, `${lines.join("\n")}\n`, { mode: 0o600 });
  const url = `postgres://vow@localhost:${port}/vow?${authority}&passfile=${passwords}`;
  const server = await startServer({ env: { VOW_STORE: url } });
  t.after(() => server.stop());
  await server.signUp();
  const plain =
    "SELECT count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)" +
    " WHERE client_addr IS NOT NULL AND NOT ssl";
  assert.equal(postgres.sql(plain), "0");
  const secure = "SELECT count(*) > 0 FROM pg_stat_ssl WHERE version = 'TLSv1.3'";
  assert.equal(postgres.sql(secure), "t");

  // Roles belong to the whole server, so a second database of it needs names of its own.
  postgres.sql("CREATE DATABASE second OWNER vow");
  postgres.sql("CREATE DATABASE latin OWNER vow ENCODING 'LATIN1' TEMPLATE template0");
  const at = (database) => postgres.tcp("localhost", authority).replace("/vow?", `/${database}?`);
  refused(at("second"), /role "vow_control" already exists: .*vow_prefix/);
  refused(at("latin"), /encoding LATIN1: it needs UTF8/);
});
