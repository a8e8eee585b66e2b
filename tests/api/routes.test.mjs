// Asks every route of the API document the same questions; nothing here names a route of a feature
// but for making the people who ask, and the export that shows that nothing was changed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { routesOf, sampleOf, wrongFor } from "../lib/routes.mjs";
import { startServer } from "../lib/server.mjs";
import { unzip } from "../lib/zip.mjs";

const NOWHERE = "01900000-0000-7000-8000-000000000000";
const NOT_WRITTEN = { "If-Match": '"999999"' }; // no version that any row has
const ROLES = ["member", "manager", "auditor", "admin"];

let server;
let routes;
let ann; // owner of one organisation
let bob; // owner of another
let people; // one of each role in ann's
let rows; // what bob's organisation holds: [{ path: of its collection, id }]
let state; // of both organisations before anything was asked

function whole(path, id = NOWHERE) {
  return path.replace(/\{\w+\}/g, id);
}

/** The row in the path is looked for before the body is read by some rules; that is an answer too. */
function unreachable(route, reply) {
  return route.path.includes("{") && reply.status === 404;
}

function bodyFor(route, id = NOWHERE) {
  if (route.method === "GET") return undefined;
  if (route.schema) return sampleOf(route.schema, id);
  return route.takes ? Buffer.from("something") : undefined;
}

/** Calls as `who` (a Client, or null for a stranger) and checks what every answer must be. */
async function ask(who, route, { path = whole(route.path), headers, body } = {}) {
  const reply = await (who ?? server).api(route.method, path, {
    headers: {
      ...NOT_WRITTEN,
      ...(route.takes ? { "Content-Type": route.takes } : {}),
      ...headers,
    },
    body: route.method === "GET" ? undefined : body,
  });
  const said = `${route.name} answers ${reply.status} ${reply.text.slice(0, 300)}`;
  assert.ok(reply.status < 500, said);
  assert.ok(route.statuses.includes(reply.status), `${said}: not in the document`);
  assert.ok(reply.headers.get("x-request-id"), said);
  if (reply.status < 300) assert.equal(reply.headers.has("etag"), route.tagged, said);
  if (reply.status >= 400) {
    assert.equal(reply.headers.get("content-type"), "application/problem+json", said);
    assert.equal(reply.body.status, reply.status, said);
    const slug = reply.body.type.split("/").pop();
    assert.ok(route.problems.includes(slug), `${said}: a problem that is not in the document`);
  }
  return { ...reply, said };
}

/** The rows of an organisation, table by table, as hashes; the audit log grows by asking, and is signed. */
async function stateOf(client) {
  const reply = await fetch(`${server.url}/api/v1/privacy/export`, {
    headers: { Cookie: client.cookie },
  });
  assert.equal(reply.status, 200);
  const manifest = unzip(Buffer.from(await reply.arrayBuffer())).get("manifest.json");
  return JSON.parse(manifest)
    .tables.filter(({ table }) => !["audit_event", "audit_checkpoint"].includes(table))
    .map((table) => `${table.table} ${table.rows} ${table.sha256}`);
}

/** One row in every collection that the document says how to fill; ids of others go where needed. */
async function fill(client) {
  const made = [];
  const collections = routes.filter(
    (route) =>
      route.method === "POST" &&
      route.schema &&
      route.permission &&
      !route.path.includes("{") &&
      routes.some((other) => other.path === `${route.path}/{id}`),
  );
  const known = new Map();
  for (let round = 0; round < 2; round++) {
    for (const route of collections.filter((route) => !known.has(route.path))) {
      for (const id of [NOWHERE, ...known.values()]) {
        const body = sampleOf(route.schema, id);
        const reply = await client.api("POST", route.path, { body });
        assert.ok([201, 409, 422].includes(reply.status), `${route.name} ${reply.text}`);
        if (reply.status !== 201) continue;
        known.set(route.path, reply.body.id);
        made.push({ path: route.path, id: reply.body.id });
        break;
      }
    }
  }
  assert.ok(made.length >= 6, `only ${made.length} collections were filled`);
  return made;
}

before(async () => {
  server = await startServer();
  routes = routesOf((await server.api("GET", "/api/v1/openapi.json")).body);
  ann = await server.signUp();
  bob = await server.signUp();
  people = await Promise.all(ROLES.map((role) => ann.invite({ role })));
  rows = await fill(bob);
  await fill(ann);
  state = [await stateOf(ann), await stateOf(bob)];
});
after(() => server.stop());

test("a stranger is asked to sign in, everywhere but where the document says otherwise", async () => {
  for (const route of routes.filter((route) => !route.open)) {
    for (const body of [undefined, bodyFor(route), Buffer.from("{")]) {
      const reply = await ask(null, route, { body });
      assert.equal(reply.status, 401, reply.said);
    }
    const forged = await ask(null, route, { headers: { Authorization: "Bearer vow_forged" } });
    assert.equal(forged.status, 401, forged.said);
  }
});

test("a person without the permission is refused, whatever is asked", async () => {
  let tried = 0;
  for (const person of people) {
    const may = new Set((await person.get("/api/v1/session")).body.permissions);
    for (const route of routes.filter((route) => route.permission && !may.has(route.permission))) {
      for (const body of [bodyFor(route), Buffer.from("{")]) {
        const reply = await ask(person, route, { body });
        assert.equal(reply.status, 403, `${person.account.role}: ${reply.said}`);
        assert.equal(reply.body.type, "/problems/forbidden", reply.said);
        tried++;
      }
    }
  }
  assert.ok(tried > 50, `only ${tried} tries`);
});

test("another organisation's row does not exist", async () => {
  let tried = 0;
  for (const row of rows) {
    for (const route of routes.filter((route) => route.path.startsWith(`${row.path}/{`))) {
      const reply = await ask(ann, route, {
        path: whole(route.path, row.id),
        body: bodyFor(route, row.id),
      });
      assert.equal(reply.status, 404, reply.said);
      tried++;
    }
    const filtered = routes.filter((route) => route.method === "GET" && !route.path.includes("{"));
    for (const route of filtered)
      for (const parameter of route.parameters.filter((p) => p.schema?.format === "uuid")) {
        const path = `${route.path}?${parameter.name}=${row.id}`;
        const reply = await ask(ann, route, { path });
        assert.ok(!reply.text.includes(row.id) || reply.status >= 400, reply.said);
        if (reply.status === 200 && reply.body?.items) assert.deepEqual(reply.body.items, []);
      }
  }
  assert.ok(tried >= 20, `only ${tried} routes tried`);
});

test("a row cannot be tied to another organisation's", async () => {
  const ids = rows.map((row) => row.id);
  let tried = 0;
  for (const route of routes.filter((r) => r.schema?.properties && !r.path.includes("{"))) {
    const named = Object.entries(route.schema.properties).filter(([, s]) => s.format === "uuid");
    for (const [name] of named) {
      for (const id of ids) {
        const body = { ...sampleOf(route.schema, id), [name]: id };
        const reply = await ask(ann, route, { body });
        if (route.method !== "POST" && reply.status === 428) continue;
        assert.ok([404, 409, 412, 422].includes(reply.status), `${name}: ${reply.said}`);
        tried++;
      }
    }
  }
  assert.ok(tried > 20, `only ${tried} tries`);
});

// On the thread that reads requests, everybody would wait for what one organisation has a lot of.
test("what grows without bound is not read where all requests are", () => {
  // By the program.
  const bounded = [
    "/ai/capabilities",
    "/forms/kinds",
    "/organisation/failures",
    "/permissions",
    "/promises",
  ];
  const lists = routes.filter((route) => route.lists && route.lane === "read");
  for (const route of lists) {
    const limited = route.parameters.some((p) => p.name === "limit");
    assert.ok(limited || bounded.some((path) => route.path.endsWith(path)), route.name);
  }
  assert.ok(lists.length > bounded.length);
  for (const path of ["/time/week", "/time/overlaps"]) // a page, but of all that lies beside it
    assert.equal(routes.find((r) => r.name === `GET ${path}`).lane, "slow", path);
});

test("an id of nothing is not found, and no id is not valid", async () => {
  for (const route of routes.filter((route) => /\{(id|form)\}/.test(route.path) && !route.open)) {
    const reply = await ask(ann, route, { body: bodyFor(route) });
    assert.equal(reply.status, 404, reply.said);
    for (const id of ["1", "x".repeat(36), "%00", "..", "01900000-0000-7000-8000-00000000000g"]) {
      const path = whole(route.path, id);
      const wrong = await (id === ".." ? null : ask(ann, route, { path, body: bodyFor(route) }));
      if (wrong) assert.ok([400, 404, 422].includes(wrong.status), wrong.said);
    }
  }
});

test("a version that is not said, or is not the row's, changes nothing", async () => {
  const cat = await server.signUp();
  const own = await fill(cat);
  for (const row of own) {
    const routesOfRow = routes.filter((route) => route.path === `${row.path}/{id}`);
    for (const route of routesOfRow.filter((route) => route.versioned)) {
      const path = whole(route.path, row.id);
      const body = route.method === "PATCH" ? {} : undefined;
      const said = await cat.api(route.method, path, { body });
      assert.equal(said.status, 428, `${route.name} ${said.text}`);
      for (const tag of ['"999999"', '"x"', '"0"', '"-1"', '"01"', '"+1"', '" 1"', '"*"']) {
        const reply = await ask(cat, route, { path, body, headers: { "If-Match": tag } });
        assert.equal(reply.status, 412, `${tag}: ${reply.said}`);
      }
    }
  }
  for (const row of own.reverse()) {
    const path = `${row.path}/${row.id}`;
    const now = await cat.get(path);
    if (now.status === 404) continue; // gone with what it belonged to
    const gone = await cat.delete(path, { headers: { "If-Match": now.headers.get("etag") } });
    assert.equal(gone.status, 204, `${path} ${gone.text}`);
    assert.equal((await cat.get(path)).status, 404);
  }
});

test("what is asked twice under one key is done once", async () => {
  const dan = await server.signUp();
  const given = await fill(dan);
  let tried = 0;
  let located = 0;
  for (const route of routes.filter((r) => r.method === "POST" && r.repeatable && r.takes)) {
    const needed = route.parameters.filter((p) => p.required);
    const query = needed.map((p) => `${p.name}=${sampleOf(p.schema, NOWHERE)}`).join("&");
    const own = given.find((row) => route.path.startsWith(`${row.path}/{`))?.id;
    for (const { id } of given) {
      const body = bodyFor(route, id);
      if (body.name) body.name = "Another"; // the first one's name is taken
      const send = (text) =>
        dan.api("POST", `${whole(route.path, own)}?${query}`, {
          body: text,
          headers: {
            "Content-Type": route.takes,
            "Idempotency-Key": `${route.name.replace(/\W/g, "-")}-${id}`,
          },
        });
      const text = route.schema ? JSON.stringify(body) : body.toString();
      const first = await send(text);
      if (first.status >= 300) continue;
      const second = await send(text);
      assert.equal(second.status, first.status, `${route.name} ${second.text}`);
      assert.equal(second.text, first.text, route.name);
      for (const reply of [first, second]) {
        assert.equal(reply.headers.has("etag"), route.tagged, route.name);
        assert.equal(reply.headers.has("location"), route.located, route.name);
      }
      const where = first.headers.get("location");
      assert.equal(second.headers.get("location"), where, route.name);
      if (where) {
        const read = await dan.get(where);
        assert.equal(read.status, 200, `${route.name}: ${where}`);
        assert.equal(read.headers.get("etag"), first.headers.get("etag"), route.name);
        located++;
      }
      const other = await send(`${text} `);
      assert.equal(other.status, 422, `${route.name} ${other.text}`);
      assert.equal(other.body.type, "/problems/idempotency-mismatch", route.name);
      tried++;
      break;
    }
  }
  assert.ok(tried >= 8, `only ${tried} routes tried`);
  assert.ok(located >= 8, `only ${located} of what was made was found`);
});

test("what is for the eyes of who asks alone is not kept under a key", async () => {
  const eve = await server.signUp();
  const person = await eve.post("/api/v1/people", {
    name: "Grace",
    email: "g@example.org",
    role: "member",
  });
  const ask = () =>
    eve.api("POST", `/api/v1/people/${person.body.id}/invitation`, {
      headers: { "Idempotency-Key": "one-link" },
    });
  const [first, second] = [await ask(), await ask()];
  assert.equal(second.status, first.status, second.text);
  assert.ok(first.body.link_token, first.text);
  assert.notEqual(second.body.link_token, first.body.link_token);
});

test("a field or a parameter that the document does not know is refused", async () => {
  for (const route of routes.filter((route) => route.schema?.additionalProperties === false)) {
    const reply = await ask(ann, route, { body: { ...bodyFor(route), no_such_field: 1 } });
    if (unreachable(route, reply)) continue;
    assert.equal(reply.status, 422, reply.said);
    const places = reply.body.errors.map((error) => error.pointer);
    assert.ok(places.includes("/no_such_field"), reply.said);
  }
  for (const route of routes.filter((route) => route.method === "GET")) {
    const reply = await ask(ann, route, { path: `${whole(route.path)}?no_such_parameter=1` });
    if (unreachable(route, reply)) continue;
    assert.equal(reply.status, 422, reply.said);
  }
});

test("a value of the wrong type or out of bounds is refused where it stands", async () => {
  let tried = 0;
  for (const route of routes.filter((route) => route.schema?.properties)) {
    for (const [name, schema] of Object.entries(route.schema.properties)) {
      const values = wrongFor(schema);
      if (route.schema.required?.includes(name)) values.push(null, undefined);
      for (const value of values) {
        const reply = await ask(ann, route, { body: { ...bodyFor(route), [name]: value } });
        if (unreachable(route, reply)) continue;
        const said = `${name}: ${JSON.stringify(value)?.slice(0, 40)}: ${reply.said}`;
        assert.equal(reply.status, 422, said);
        const places = reply.body.errors.map((error) => error.pointer);
        assert.ok(
          places.some((pointer) => pointer === `/${name}` || pointer.startsWith(`/${name}/`)),
          said,
        );
        tried++;
      }
    }
  }
  assert.ok(tried > 200, `only ${tried} tries`);
});

test("a parameter that is not valid is refused", async () => {
  let tried = 0;
  for (const route of routes) {
    for (const parameter of route.parameters) {
      for (const value of wrongFor(parameter.schema ?? {})) {
        if (typeof value === "object") continue;
        if (["boolean", "number"].includes(typeof value) && parameter.schema.type === "string")
          continue; // in a query string everything is text
        const path = `${whole(route.path)}?${parameter.name}=${encodeURIComponent(value)}`;
        const reply = await ask(ann, route, { path, body: bodyFor(route) });
        if (unreachable(route, reply)) continue;
        assert.ok([400, 422].includes(reply.status), `${parameter.name}=${value}: ${reply.said}`);
        tried++;
      }
    }
  }
  assert.ok(tried > 50, `only ${tried} tries`);
});

test("a body that is no JSON, no object, no UTF-8, too big or of another type is refused", async () => {
  const bodies = (route) => [
    ["{", [400]],
    ["[]", [422]],
    ["7", [422]],
    ["", [400, 422]],
    [Buffer.from('{"name":"\xff"}', "latin1"), [400]],
    ['{"a":1,"a":1}', [400, 422]],
    ["[".repeat(5000), [400, 422]],
    [`{"x":"${"x".repeat(route.most)}"}`, [413]],
  ];
  for (const route of routes.filter((route) => route.schema)) {
    for (const [body, wanted] of bodies(route)) {
      const reply = await ask(ann, route, {
        body,
        headers: { "Content-Type": "application/json" },
      });
      if (unreachable(route, reply)) continue;
      assert.ok(wanted.includes(reply.status), `${reply.said} to ${body.toString().slice(0, 20)}`);
    }
  }
  for (const route of routes.filter((route) => route.takes)) {
    const reply = await ask(ann, route, { body: "x", headers: { "Content-Type": "text/xml" } });
    if (!unreachable(route, reply)) assert.equal(reply.status, 415, reply.said);
  }
});

test("a change that another site's page asks for is refused", async () => {
  const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
  for (const route of routes.filter((route) => route.method !== "GET" && !route.open)) {
    const reply = await ask(ann, route, { headers: foreign, body: bodyFor(route) });
    assert.equal(reply.status, 403, reply.said);
    assert.equal(reply.body.type, "/problems/cross-site", reply.said);
  }
});

test("headers that are too large are refused", async () => {
  for (const route of routes.filter((route) => route.method === "GET").slice(0, 3)) {
    const reply = await ask(null, route, { headers: { "X-Large": "x".repeat(20_000) } });
    assert.equal(reply.status, 431, reply.said);
    const larger = { headers: { "X-Large": "x".repeat(1 << 20) } }; // not even read
    assert.equal((await server.api("GET", whole(route.path), larger)).status, 431, route.name);
  }
});

test("a session that has ended opens nothing", async () => {
  const guest = await server.signUp();
  assert.equal((await guest.delete("/api/v1/session")).status, 204);
  for (const route of routes.filter((route) => !route.open)) {
    const reply = await ask(guest, route, { body: bodyFor(route) });
    assert.equal(reply.status, 401, reply.said);
  }
});

test("none of all this has changed anything", async () => {
  assert.deepEqual(await stateOf(bob), state[1]);
  const now = await stateOf(ann);
  assert.deepEqual(now, state[0]);
});
