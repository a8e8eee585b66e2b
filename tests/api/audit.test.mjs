// The audit log as programs read it: what every event is about, in words.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../lib/server.mjs";

const API = "/api/v1";
let server;
let owner;
let auditor;
let project;

before(async () => {
  server = await startServer();
  owner = await server.signUp({ name: "Olga Owner", organisation: "Olga Works" });
  auditor = await owner.invite({ name: "Edda Auditor", role: "auditor" });
  const client = (await owner.post(`${API}/clients`, { name: "Harbour" })).body.id;
  project = (await owner.post(`${API}/projects`, { name: "Quay", client })).body;
  const path = `${API}/projects/${project.id}`;
  const change = { rate_minor: 9000, colour: "#336699" };
  const changed = await owner.patch(path, change, { headers: { "If-Match": '"1"' } });
  assert.equal(changed.status, 200, changed.text);
});
after(() => server?.stop());

async function log(query) {
  const rows = [];
  for (let cursor = ""; cursor !== null; ) {
    const { status, body, text } = await auditor.get(`${API}/audit?${query}${cursor}`);
    assert.equal(status, 200, text);
    rows.push(...body.items);
    cursor = body.next && `&cursor=${encodeURIComponent(body.next)}`;
  }
  return rows;
}

test("an event names who did what to which thing, whatever the page", async () => {
  const whole = await log("limit=500");
  assert.deepEqual(await log("limit=1"), whole);
  const { id } = project;
  const [made, changed] = (await log(`object=${id}&sort=created_at`)).map(
    ({ actor_called, object_kind, object_state, object_called, object_within, changed }) => ({
      words: [actor_called, object_kind, object_state, object_called, object_within],
      changed,
    }),
  );
  const words = ["Olga Owner", "project", "here", "Quay", "Harbour"];
  assert.deepEqual(made, { words, changed: [] });
  assert.deepEqual(changed, { words, changed: ["colour", "rate per hour"] });
});

test("the data map calls tables and columns as the log does", async () => {
  const { items } = (await auditor.get(`${API}/privacy/data-map`)).body;
  const named = (table, column) => {
    const { table_one, label } = items.find((row) => row.table === table && row.column === column);
    return [table_one, label];
  };
  assert.deepEqual(named("project", "rate_minor"), ["project", "rate per hour"]);
  assert.deepEqual(named("form_field", "label"), ["question", "question"]);
  assert.deepEqual(named("person", "joined_at"), ["person", "joined"]);
});
