// Signing in over HTTP: the cookie, guessing and its price, and who may be removed.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { noteProblem, PASSWORD, startServer } from "../lib/server.mjs";

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Signs in from an address of one's own, as the guesses below leave 127.0.0.1 little for a minute;
 * resolves to { status, headers, body }. */
function signIn(email, password, from = "127.0.0.1") {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json" };
    const options = { method: "POST", localAddress: from, headers, agent: false };
    const sent = request(`${server.url}/api/v1/session`, options, async (reply) => {
      let text = "";
      for await (const piece of reply.setEncoding("utf8")) text += piece;
      const body = JSON.parse(text);
      if (reply.statusCode >= 400) noteProblem(body);
      resolve({ status: reply.statusCode, headers: reply.headers, body });
    });
    sent.on("error", reject);
    sent.end(JSON.stringify({ email, password }));
  });
}

test("the session is in one cookie that no script and no other site can use", async () => {
  const ann = await server.signUp();
  const reply = await signIn(ann.account.email, PASSWORD);
  assert.equal(reply.status, 201);
  assert.equal(reply.headers["set-cookie"].length, 1);
  const [cookie] = reply.headers["set-cookie"];
  assert.match(cookie, /^vow=vow_[\w-]{43};/); // over TLS __Host-vow, and Secure
  for (const part of ["HttpOnly", "SameSite=Lax", "Path=/"])
    assert.ok(cookie.split("; ").includes(part), `${part} in ${cookie.replace(/=vow_[^;]*/, "")}`);
  assert.ok(!JSON.stringify(reply.body).includes("vow_"), "the token is in the cookie alone");
  const out = await ann.delete("/api/v1/session");
  assert.match(out.headers.get("set-cookie"), /Max-Age=0/);
});

test("guessing is slowed where it happens, and the owner elsewhere is not", async () => {
  const ann = await server.signUp();
  const { email } = ann.account;
  // All at once, so that what a slow machine takes over some is no pause that the others are granted.
  const atOnce = (n, password) =>
    Promise.all(Array.from({ length: n }, () => signIn(email, password)));
  const guesses = await atOnce(24, "wrong password");
  const refused = guesses.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 8, `${refused.length} of 24 were refused`);
  for (const { status } of guesses) assert.ok([401, 429].includes(status));
  for (const { headers, body } of refused) {
    assert.ok(Number(headers["retry-after"]) > 0);
    assert.equal(body.type, "/problems/rate-limited");
  }
  const right = await atOnce(16, PASSWORD);
  assert.ok(right.some(({ status }) => status === 429));
  assert.equal((await signIn(email, PASSWORD, "127.0.0.2")).status, 201);
  assert.equal((await ann.get("/api/v1/session")).status, 200);
});

test("behind a proxy the client is who it says, and else nobody", async (t) => {
  const proxied = await startServer({ args: ["--proxy"] });
  t.after(() => proxied.stop());
  const guesses = async (at, forwarded) => {
    const body = { email: "nobody@example.org", password: "wrong password" };
    const headers = { "X-Forwarded-For": forwarded };
    const ask = () => at.api("POST", "/api/v1/session", { body, headers });
    return (await Promise.all(Array.from({ length: 24 }, ask))).map(({ status }) => status);
  };
  const taken = async (at, forwarded) =>
    (await guesses(at, forwarded)).filter((status) => status === 401).length;
  assert.ok((await taken(proxied, "192.0.2.1, 198.51.100.1")) >= 12);
  assert.ok((await taken(proxied, "192.0.2.2, 198.51.100.1")) < 12);
  assert.ok((await taken(proxied, "198.51.100.1, 192.0.2.1")) >= 12);
  await taken(server, "192.0.2.3");
  assert.ok((await taken(server, "192.0.2.4")) < 12);
});

test("an unknown account is answered like a known one", async () => {
  const ann = await server.signUp();
  const known = await signIn(ann.account.email, "wrong password", "127.0.0.3");
  const unknown = await signIn("nobody@example.org", "wrong password", "127.0.0.3");
  for (const { body } of [known, unknown]) delete body.instance;
  assert.deepEqual(unknown, { ...unknown, status: known.status, body: known.body });
});

test("a password counts as it was typed", async () => {
  const password = "cafe\u0301 au lait, s'il vous pla\u0131\u0302t";
  const { account } = await server.signUp({ password });
  const status = async (password) => (await signIn(account.email, password, "127.0.0.5")).status;
  assert.equal(await status(password), 201);
  assert.equal(await status(password.normalize("NFC")), 401);
});

test("what others rely on is not removed", async () => {
  const ann = await server.signUp();
  const { body: session } = await ann.get("/api/v1/session");
  const person = `/api/v1/people/${session.person}`;
  const erased = await ann.post(`${person}/erasure`, { confirm: ann.account.name });
  assert.equal(erased.body.type, "/problems/owner-needed");
  const demoted = await ann.patch(person, { role: "admin" }, { headers: { "If-Match": '"1"' } });
  assert.equal(demoted.body.type, "/problems/owner-needed");
  const removed = await ann.delete(person, { headers: { "If-Match": '"1"' } });
  assert.equal(removed.body.type, "/problems/in-use");
  const ended = await ann.post("/api/v1/organisation/deletion", { confirm: "another name" });
  assert.equal(ended.status, 422);
  assert.equal((await ann.get("/api/v1/session")).status, 200);
});

test("an organisation that ends takes its sessions and its cookie along", async () => {
  const ann = await server.signUp();
  const bob = await ann.invite();
  const ended = await ann.post("/api/v1/organisation/deletion", {
    confirm: ann.account.organisation,
  });
  assert.equal(ended.status, 204, ended.text);
  assert.match(ended.headers.get("set-cookie"), /Max-Age=0/);
  for (const person of [ann, bob]) assert.equal((await person.get("/api/v1/session")).status, 401);
  assert.equal((await signIn(ann.account.email, PASSWORD, "127.0.0.4")).status, 401);
});
