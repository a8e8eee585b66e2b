// Reports over HTTP: who sees whose hours, and every grouping adding up to the same total.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../lib/server.mjs";

const API = "/api/v1";
const GROUPS = ["day", "week", "month", "person", "project", "client"];
const YEAR = "from=2026-01-01&to=2026-12-31";

let server;
let owner;
let member;
let manager;

async function made(who, path, body) {
  const reply = await who.post(API + path, body);
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
}

before(async () => {
  server = await startServer();
  owner = await server.signUp();
  const team = await made(owner, "/teams", { name: "North" });
  member = await owner.invite({ role: "member", team: team.id });
  manager = await owner.invite({ role: "manager", team: team.id });
  const client = await made(owner, "/clients", { name: "=HYPERLINK()" });
  const projects = [
    await made(owner, "/projects", {
      name: "One",
      client: client.id,
      billable: true,
      rate_minor: 6000,
    }),
    await made(owner, "/projects", { name: "Two" }),
    null,
  ];
  const tags = [
    await made(owner, "/tags", { name: "a" }),
    await made(owner, "/tags", { name: "b" }),
  ];
  for (const [i, who] of [owner, member, manager, owner, member, manager].entries())
    for (let day = 1; day <= 8; day++) {
      const start = Date.UTC(2026, day * 1.4, day * 3, 20 + i);
      await made(who, "/time/entries", {
        started_at: new Date(start).toISOString(),
        ended_at: new Date(start + 1000 * (1000 * i + 777 * day)).toISOString(),
        project: projects[(day + i) % 3]?.id,
        tags: tags.slice(0, day % 3).map(({ id }) => id),
      });
    }
});
after(() => server.stop());

const report = async (who, query) => {
  const reply = await who.get(`${API}/reports/time?${query}&${YEAR}`);
  assert.equal(reply.status, 200, reply.text);
  return reply.body;
};
const sum = (rows, name) => rows.reduce((all, row) => all + row[name], 0);

test("every grouping adds up to the same total, alone and in pairs", async () => {
  const { total_s, billable_s, amount_minor } = await report(owner, "by=day");
  assert.ok(total_s > 0 && billable_s > 0 && billable_s < total_s && amount_minor > 0);
  for (const by of GROUPS)
    for (const then of [null, ...GROUPS.filter((group) => group !== by)]) {
      const body = await report(owner, `by=${by}${then ? `&then=${then}` : ""}`);
      assert.equal(sum(body.rows, "duration_s"), total_s, `${by} ${then}`);
      assert.equal(sum(body.rows, "billable_s"), billable_s, `${by} ${then}`);
      assert.equal(sum(body.rows, "amount_minor"), amount_minor, `${by} ${then}`);
      assert.equal(body.total_s, total_s);
    }
  assert.equal((await report(owner, "by=tag")).total_s, total_s);
});

test("the parts of a filter add up to the whole", async () => {
  const all = await report(owner, "by=project");
  let left = all.total_s;
  for (const { key } of all.rows)
    if (key) left -= (await report(owner, `by=month&project=${key}`)).total_s;
  assert.equal(left, all.rows.find(({ key }) => !key).duration_s);
  const people = await report(owner, "by=person");
  for (const { key, duration_s } of people.rows)
    assert.equal((await report(owner, `by=tag&person=${key}`)).total_s, duration_s);
});

test("a member sees the own hours, a manager the team's, the owner all", async () => {
  const people = async (who) => (await report(who, "by=person")).rows.length;
  assert.equal(await people(member), 1);
  assert.equal(await people(manager), 2);
  assert.equal(await people(owner), 3);
  const { key } = (await report(manager, "by=person")).rows[0];
  const other = (await report(owner, "by=person")).rows.find(
    (row) => ![key].includes(row.key) && row.label === owner.account.name,
  );
  for (const who of [member, manager]) {
    const reply = await who.get(`${API}/reports/time?by=day&person=${other.key}`);
    assert.equal(reply.status, 404);
  }
});

test("reading the hours of others is in the audit log", async () => {
  await report(manager, "by=person");
  const { body } = await owner.get(`${API}/audit`);
  assert.ok(body.items.some(({ action }) => action === "time_entry.read"));
});

test("the CSV has the same rows and nothing that a spreadsheet runs", async () => {
  const reply = await owner.get(`${API}/reports/time.csv?by=client&then=month&${YEAR}`);
  assert.equal(reply.status, 200);
  const lines = reply.text.trimEnd().split("\r\n");
  assert.equal(lines[0].split(",").slice(0, 4).join(), "client,month,hours,billable hours");
  assert.equal(lines.length - 1, (await report(owner, "by=client&then=month")).rows.length);
  assert.ok(lines.some((line) => line.startsWith("'=HYPERLINK()")));
  assert.ok(!lines.some((line) => /(^|,)[=+@]/.test(line)));
});

test("questions that make no sense are refused", async () => {
  for (const query of [
    "",
    "by=year",
    "by=day&then=day",
    "by=day&from=2026-02-02&to=2026-02-01",
    "by=day&tag=x",
  ])
    assert.equal((await owner.get(`${API}/reports/time?${query}`)).status, 422, query);
});
