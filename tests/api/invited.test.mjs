// An installation whose door is shut: strangers make no organisations, and the operator makes them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, startServer, vow } from "../lib/server.mjs";

const ACCOUNT = {
  name: "Stig Stranger",
  email: "stig@example.org",
  organisation: "Strangers",
  password: PASSWORD,
  of_age: true,
};
const knock = (server) => server.api("POST", "/api/v1/accounts", { body: ACCOUNT });

async function serve(t, options) {
  const server = await startServer(options);
  t.after(() => server.stop());
  return server;
}

const org = (server, verb, args) =>
  vow(["org", ...verb, "--data", server.data, ...args], { env: server.env });
const owner = (email) => ["--name", "Harbour", "--owner", "Olga Owner", "--email", email];

/** Follows the link that a command has said. */
async function follow(server, said) {
  assert.equal(said.status, 0, said.stderr);
  const [, link] = /: (\/invitations\/\w+)\n$/.exec(said.stdout);
  const view = await server.api("GET", `/api/v1${link}`);
  const body = { password: PASSWORD, of_age: true };
  return { view: view.body, joined: await server.api("POST", `/api/v1${link}`, { body }) };
}

async function signedIn(server, email, password = PASSWORD) {
  return await server.api("POST", "/api/v1/session", { body: { email, password } });
}

test("strangers make no organisations, and people come by invitation", async (t) => {
  const server = await serve(t, { args: ["--invited-only"] });
  const refused = await knock(server);
  assert.equal(refused.status, 403);
  assert.equal(refused.body.type, "/problems/sign-up-closed");
  assert.match(refused.body.detail, /by invitation/);
  assert.equal((await signedIn(server, ACCOUNT.email)).status, 401);
  assert.match((await server.api("GET", "/")).text, /<html[^>]* data-sign-up="closed"/);

  const made = await org(
    server,
    ["create"],
    [...owner("Olga@example.org"), "--zone", "Europe/Oslo"],
  );
  const { view, joined } = await follow(server, made);
  assert.deepEqual(view, {
    organisation_name: "Harbour",
    name: "Olga Owner",
    email: "olga@example.org",
    has_account: false,
  });
  assert.equal(joined.status, 201, joined.text);
  assert.equal(joined.body.role, "owner");
  assert.equal(joined.body.zone, "Europe/Oslo");
  const as = { cookie: joined.cookie };
  const log = await server.api("GET", "/api/v1/audit?limit=500", as);
  const acts = log.body.items.filter((row) => row.actor_name === "operator");
  assert.ok(
    acts.some(({ action }) => action === "person.invite"),
    log.text,
  );

  const person = { name: "Mia Member", email: "mia@example.org", role: "member" };
  const { body } = await server.api("POST", "/api/v1/people", { ...as, body: person });
  const link = await server.api("POST", `/api/v1/people/${body.id}/invitation`, as);
  const member = await server.api("POST", `/api/v1/invitations/${link.body.link_token}`, {
    body: { password: PASSWORD, of_age: true },
  });
  assert.equal(member.status, 201, member.text);
});

test("the operator lets an owner in again, and nobody else", async (t) => {
  const server = await serve(t);
  const ann = await server.signUp();
  const ben = await ann.invite();
  const id = (await ann.get("/api/v1/session")).body.organisation;
  const link = await org(server, ["invite", id], ["--email", ann.account.email]);
  const body = { password: "another long password", of_age: true };
  const [, path] = /(\/invitations\/\w+)/.exec(link.stdout);
  assert.equal((await server.api("POST", `/api/v1${path}`, { body })).status, 201);
  assert.equal((await signedIn(server, ann.account.email)).status, 401);
  assert.equal((await signedIn(server, ann.account.email, body.password)).status, 201);
  assert.equal((await ann.get("/api/v1/session")).status, 401);

  const says = async (pattern, verb, args) => {
    const reply = await org(server, verb, args);
    assert.notEqual(reply.status, 0, reply.stdout);
    assert.match(reply.stderr, pattern);
    assert.equal(reply.stderr.trim().split("\n").length, 1, reply.stderr);
    assert.equal(reply.stdout, "");
  };
  const none = id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  await says(/no owner with this email/, ["invite", id], ["--email", ben.account.email]);
  await says(/There is no organisation with this id/, ["invite", none], ["--email", "a@b.example"]);
  await says(/not the id of an organisation/, ["invite", "one"], ["--email", "a@b.example"]);
  await says(/Which organisation/, ["invite"], []);
  await says(/--email ADDRESS is needed/, ["create"], owner("x").slice(0, 4));
  await says(/account with this email/, ["create"], owner(ann.account.email.toUpperCase()));
  await says(/Email address .* must be an email/, ["create"], owner("olga"));
  await says(/Time zone/, ["create"], [...owner("o@example.org"), "--zone", "no zone"]);
  await says(
    /Time zone is not .* known here/,
    ["create"],
    [...owner("o@example.org"), "--zone", "Mars/Base"],
  );
  await says(/has a tab/, ["create"], owner("o@example.org\tx"));
});

test("for an owner who is awaited no second organisation is made", async (t) => {
  const server = await serve(t);
  const made = await org(server, ["create"], owner("olga@example.org"));
  const [, id] = /^Organisation (\S+) is made/.exec(made.stdout);
  const again = await org(server, ["create"], owner("Olga@example.org"));
  assert.equal(again.status, 1, again.stdout);
  assert.equal(
    again.stderr,
    `vow: Organisation ${id} waits for this owner; vow org invite ${id} makes a new link\n`,
  );
  assert.match((await org(server, ["list"], [])).stdout, /^\S+ {2}Harbour\n$/);
  const link = await org(server, ["invite", id], ["--email", "olga@example.org"]);
  assert.equal((await follow(server, link)).joined.status, 201);
  const joined = await org(server, ["create"], owner("olga@example.org"));
  assert.match(joined.stderr, /account with this email/);
  assert.equal((await org(server, ["create"], owner("otto@example.org"))).status, 0);
});

test("names and addresses are stored as keyboards write them", async (t) => {
  const server = await serve(t);
  const apart = (text) => `\u202A${text.normalize("NFD")}\u202C`; // as it is copied out of some programs
  const names = ["--name", apart("Café Zoë"), "--owner", apart("Zoë Réno")];
  const made = await org(server, ["create"], [...names, "--email", apart("zoë@example.org")]);
  const [, id] = /^Organisation (\S+) is made/.exec(made.stdout);
  const { view } = await follow(server, made);
  assert.equal(view.organisation_name, "Café Zoë".normalize("NFC"));
  assert.equal(view.name, "Zoë Réno".normalize("NFC"));
  assert.equal(view.email, "zoë@example.org".normalize("NFC"));
  const invited = await org(server, ["invite", id], ["--email", apart("zoë@example.org")]);
  assert.equal(invited.status, 0, invited.stderr);
});

test("the first organisation is made before anything is served", async (t) => {
  const server = await serve(t, { args: ["--invited-only"] });
  await server.stop({ keep: true });
  const made = await org(server, ["create"], owner("olga@example.org"));
  await server.start();
  const { joined } = await follow(server, made);
  assert.equal(joined.status, 201, joined.text);
  const listed = await org(server, ["list"], []);
  assert.match(listed.stdout, /^[0-9a-f-]{36} {2}Harbour\n$/);
});

test("the environment shuts the door as the option does", async (t) => {
  const shut = await serve(t, { env: { VOW_INVITED_ONLY: "1" } });
  assert.equal((await knock(shut)).status, 403);
  const open = await serve(t, { env: { VOW_INVITED_ONLY: "0" } });
  assert.equal((await knock(open)).status, 201);
  assert.match((await open.api("GET", "/")).text, /<html[^>]* data-sign-up="open"/);
  const unclear = await vow(["serve", "--data", open.data], { env: { VOW_INVITED_ONLY: "maybe" } });
  assert.notEqual(unclear.status, 0);
  assert.match(unclear.stderr, /^vow: VOW_INVITED_ONLY takes 1 or 0\n$/);
});

test("the promises are checked behind a shut door as they are behind an open one", async (t) => {
  const prove = async (server, id) => {
    const args = ["prove", "--data", server.data, "--json", "--only", id];
    return JSON.parse((await vow(args, { env: server.env })).stdout).promises[0];
  };
  const open = await serve(t);
  const shut = await serve(t, { args: ["--invited-only"] });
  for (const id of ["PL-1.a", "PL-1.b", "PL-7", "PL-10"])
    assert.equal((await prove(shut, id)).result, (await prove(open, id)).result, id);
  assert.match((await prove(open, "PL-1.b")).evidence, /password of a sign-up and a sign-in/);
  assert.match(
    (await prove(shut, "PL-1.b")).evidence,
    /password of an invitation that was accepted, for strangers cannot sign up here/,
  );
  // One that is started for the purpose lets nobody in meanwhile.
  await open.stop({ keep: true });
  assert.match((await prove(open, "PL-1.b")).evidence, /strangers cannot sign up here/);
  await open.start();
});
