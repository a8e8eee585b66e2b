// A working week over HTTP: projects, the timer, entries, the sheet, imports and exports.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startServer } from "../lib/server.mjs";

const SAMPLES = new URL("../../src/feature/time/samples/", import.meta.url);
const API = "/api/v1";

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** A new organisation in Berlin that counts in euros. */
async function organisation(settings = {}) {
  const owner = await server.signUp();
  const { body } = await owner.get(`${API}/organisation`);
  const reply = await owner.patch(
    `${API}/organisation`,
    { zone: "Europe/Berlin", currency: "EUR", week_start: "monday", ...settings },
    { headers: { "If-Match": `"${body.version}"` } },
  );
  assert.equal(reply.status, 200, reply.text);
  return owner;
}

async function made(who, path, body) {
  const reply = await who.post(API + path, body);
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
}

async function upload(who, name, query = "") {
  const file = await readFile(new URL(name, SAMPLES));
  return who.post(`${API}/time/imports?zone=Europe/Berlin${query}`, file, {
    headers: { "Content-Type": "text/csv" },
  });
}

const total = async (who, query = "") =>
  (await who.get(`${API}/reports/time?by=project&from=2025-01-01&to=2026-12-31${query}`)).body;

test("the timer runs once, and its time is in the report", async () => {
  const owner = await organisation();
  const project = await made(owner, "/projects", {
    name: "Quay",
    billable: true,
    rate_minor: 9000,
  });
  const started = await made(owner, "/time/timer", { project: project.id, note: "Measuring" });
  assert.equal(started.ended_at, null);
  assert.equal(started.billable, true);
  const again = await owner.post(`${API}/time/timer`, {});
  assert.equal(again.status, 409);
  assert.equal(again.body.type, "/problems/timer-running");
  assert.equal((await owner.get(`${API}/time/timer`)).body.entry.id, started.id);
  const earlier = await owner.patch(
    `${API}/time/entries/${started.id}`,
    { started_at: new Date(Date.now() - 7_200_000).toISOString() },
    { headers: { "If-Match": '"1"' } },
  );
  assert.equal(earlier.status, 200, earlier.text);
  const stopped = await owner.post(`${API}/time/timer/stop`);
  assert.equal(stopped.status, 200, stopped.text);
  assert.ok(stopped.body.duration_s >= 7199);
  assert.equal((await owner.get(`${API}/time/timer`)).body.running, false);
  assert.equal((await owner.post(`${API}/time/timer/stop`)).status, 409);
  const day = (shift) => new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10);
  const report = await owner.get(`${API}/reports/time?by=day&from=${day(-3)}&to=${day(3)}`);
  assert.equal(report.body.total_s, stopped.body.duration_s);
  assert.equal(report.body.amount_minor, stopped.body.amount_minor);
});

test("two starts at the same moment make one timer", async () => {
  const owner = await organisation();
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => owner.post(`${API}/time/timer`, {})),
  );
  const statuses = replies.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
});

test("days of 23 and 25 hours are what they are", async () => {
  const owner = await organisation();
  for (const [day, hours] of [
    ["2026-03-29", 23],
    ["2026-10-25", 25],
    ["2026-06-01", 24],
  ]) {
    const { body } = await owner.get(`${API}/time/week?date=${day}`);
    assert.equal(body.days.find(({ date }) => date === day).length_s, hours * 3600);
  }
  await made(owner, "/time/entries", {
    started_at: "2026-10-24T22:00:00Z",
    ended_at: "2026-10-25T23:00:00Z",
  });
  const { body } = await owner.get(`${API}/reports/time?by=day&from=2026-10-24&to=2026-10-26`);
  assert.deepEqual(
    body.rows.map(({ key, duration_s }) => [key, duration_s]),
    [["2026-10-25", 25 * 3600]],
  );
});

test("the sheet sets a cell to what is asked for", async () => {
  const owner = await organisation();
  const project = await made(owner, "/projects", { name: "Quay" });
  const cell = (duration_s) =>
    owner.put(`${API}/time/week`, { date: "2026-03-04", project: project.id, duration_s });
  for (const seconds of [7200, 5400, 0, 3600]) {
    const reply = await cell(seconds);
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.body.days[2].total_s, seconds);
    assert.equal((await total(owner)).total_s, seconds);
  }
  assert.equal((await cell(-1)).status, 422);
  assert.equal((await cell(1e9)).status, 422);
});

test("every sample imports: tried, done, and not done twice", async () => {
  for (const [name, format, entries, seconds] of [
    ["toggl.csv", "toggl", 6, 53130],
    ["clockify_us.csv", "clockify", 3, 6597],
    ["clockify_eu.csv", "clockify", 2, 7980],
    ["harvest.csv", "harvest", 3, 85500],
    ["kimai_en.csv", "kimai", 3, 21600],
    ["kimai_de.csv", "kimai", 2, 10800],
    ["kimai_utf16.csv", "kimai", 1, 7200],
  ]) {
    const owner = await organisation();
    const tried = await upload(owner, name, "&dry_run=true");
    assert.equal(tried.status, 200, `${name}: ${tried.text}`);
    assert.equal(tried.body.format, format);
    assert.equal(tried.body.creates.entries, entries);
    assert.equal(tried.body.committed, false);
    assert.equal((await total(owner)).total_s, 0);
    assert.equal((await owner.get(`${API}/clients`)).body.items.length, 0);
    const done = await upload(owner, name);
    assert.equal(done.status, 200, done.text);
    assert.deepEqual(done.body.creates, tried.body.creates);
    assert.equal(done.body.committed, true);
    assert.equal((await total(owner)).total_s, seconds, name);
    const again = await upload(owner, name);
    assert.equal(again.body.duplicates, entries);
    assert.equal(again.body.creates.entries, 0);
    assert.equal((await total(owner)).total_s, seconds, name);
  }
});

test("a file that is sent several times at once comes once", async () => {
  const owner = await organisation();
  const sent = await Promise.all([1, 2, 3].map(() => upload(owner, "toggl.csv")));
  for (const { status, text } of sent) assert.equal(status, 200, text);
  const came = sent.map(({ body }) => [body.creates.entries, body.duplicates]);
  assert.deepEqual(came.sort(), [
    [0, 6],
    [0, 6],
    [6, 0],
  ]);
  assert.equal((await total(owner)).total_s, 53130);
});

test("what is exported imports elsewhere with the same hours and money", async () => {
  const one = await organisation();
  await upload(one, "toggl.csv");
  const file = await one.get(`${API}/time/export.csv`);
  assert.equal(file.headers.get("content-type"), "text/csv; charset=utf-8");
  const other = await organisation();
  const reply = await other.post(`${API}/time/imports`, Buffer.from(file.text), {
    headers: { "Content-Type": "text/csv" },
  });
  assert.equal(reply.status, 200, reply.text);
  const [before, after] = [await total(one), await total(other)];
  assert.equal(after.total_s, before.total_s);
  assert.equal(after.amount_minor, before.amount_minor);
  assert.equal(reply.body.format, "vow");
  for (const who of [one, other]) {
    const again = await who.post(`${API}/time/imports`, Buffer.from(file.text), {
      headers: { "Content-Type": "text/csv" },
    });
    assert.equal(again.body.duplicates, 6, again.text);
    assert.equal(again.body.creates.entries, 0);
  }
  const json = await one.get(`${API}/time/export.json`);
  assert.equal(json.body.entries.length, 6);
});

test("an import finds what is here by its name, and bills without a column as the project does", async () => {
  const owner = await organisation();
  const client = await made(owner, "/clients", { name: "Korn  Mills" });
  await made(owner, "/projects", {
    name: "Web shop",
    client: client.id,
    billable: true,
    rate_minor: 9000,
  });
  const file = [
    "User,Email,Client,Project,Start date,Start time,End date,End time,Duration",
    "Nora,nora@example.org,KORN MILLS,web\u00a0shop,2026-04-02,08:00:00,2026-04-02,09:00:00,01:00:00",
    "Nora,nora@example.org,Korn Mills,Web  Shop,2026-04-03,08:00:00,2026-04-03,09:00:00,01:00:00",
  ].join("\n");
  const reply = await owner.post(`${API}/time/imports`, Buffer.from(file), {
    headers: { "Content-Type": "text/csv" },
  });
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.body.creates.entries, 2);
  assert.equal(reply.body.creates.clients, 0);
  assert.equal(reply.body.creates.projects, 0);
  assert.equal((await total(owner)).amount_minor, 18000);
});

test("a name has one spelling, however its accents were written", async () => {
  const owner = await organisation();
  const client = await made(owner, "/clients", { name: "Cafe\u0301 Zoe\u0308" });
  assert.equal(client.name, "Caf\u00e9 Zo\u00eb");
  const again = await owner.post(`${API}/clients`, { name: "CAF\u00c9 zo\u00eb" });
  assert.equal(again.status, 409, again.text);
  const found = await owner.get(
    `${API}/clients?name=${encodeURIComponent("Cafe\u0301 Zoe\u0308")}`,
  );
  assert.deepEqual(
    found.body.items.map(({ id }) => id),
    [client.id],
  );
  const header = "User,Client,Project,Description,Start date,Start time,Duration\n";
  const row = (name, at) => `Ada,${name},U\u0308bung,n,2026-06-01,${at},01:00:00\n`;
  const file = header + row("Cafe\u0301 Zoe\u0308", "09:00:00") + row(client.name, "10:00:00");
  const take = () =>
    owner.post(`${API}/time/imports?mine=true`, Buffer.from(file), {
      headers: { "Content-Type": "text/csv" },
    });
  const { body } = await take();
  assert.deepEqual([body.creates.entries, body.creates.clients, body.creates.projects], [2, 0, 1]);
  assert.deepEqual(body.made, [
    { kind: "project", name: "\u00dcbung", of: "Cafe\u0301 Zoe\u0308".normalize() },
  ]);
  assert.equal((await take()).body.creates.entries, 0);
});

test("a name has no signs that turn what is written behind it", async () => {
  const owner = await organisation();
  const client = await made(owner, "/clients", {
    name: "\u202AAnalytical \u202EEngines\u202C\u200F",
  });
  assert.equal(client.name, "Analytical Engines");
  const again = await owner.post(`${API}/clients`, { name: "Analytical\u200E Engines" });
  assert.equal(again.status, 409, again.text);
  const nothing = await owner.post(`${API}/clients`, { name: "\u2066\u2069" });
  assert.equal(nothing.status, 422, nothing.text);
  assert.equal(nothing.body.errors[0].problem, "must not be empty");
  const file =
    "User,Client,Project,Description,Start date,Start time,Duration\n" +
    "Ada,\u2068Analytical Engines\u2069,Mill\u200F,\u200FC++,2026-06-01,09:00:00,01:00:00\n";
  const taken = await owner.post(`${API}/time/imports?mine=true`, Buffer.from(file), {
    headers: { "Content-Type": "text/csv" },
  });
  assert.deepEqual(taken.body.made, [{ kind: "project", name: "Mill", of: "Analytical Engines" }]);
  const { items } = (await owner.get(`${API}/time/entries`)).body;
  assert.equal(items[0].note, "\u200FC++"); // of more than a line, it is part of the text
});

test("a file with one wrong row changes nothing and tells every line", async () => {
  const owner = await organisation();
  const tried = await upload(owner, "broken.csv", "&dry_run=true");
  assert.equal(tried.status, 200);
  assert.deepEqual(
    tried.body.problems.map(({ line }) => line),
    [3, 4, 5, 7, 9, 10],
  );
  const values = tried.body.problems.filter(({ value }) => value !== null);
  assert.ok(values.length > 0, tried.text);
  const file = await readFile(new URL("broken.csv", SAMPLES), "utf8");
  for (const { value } of values) assert.ok(file.includes(value), value);
  const refused = await upload(owner, "broken.csv");
  assert.equal(refused.status, 422);
  assert.equal(refused.body.type, "/problems/import-unreadable");
  assert.equal(refused.body.errors.length, 6);
  assert.equal((await total(owner)).total_s, 0);
  const unclear = await upload(owner, "clockify_unclear.csv", "&dry_run=true");
  assert.equal(unclear.body.dates, "unclear");
  assert.equal((await upload(owner, "clockify_unclear.csv", "&dates=day_first")).status, 200);
  const latin = await upload(owner, "latin1.csv", "&dry_run=true");
  assert.equal(latin.body.problem_count, 0);
  assert.match(latin.body.warnings[0].reason, /^the file is not UTF-8 and is read as Windows-1252/);
  const json = await owner.get(`${API}/time/export.json`);
  const back = await owner.post(`${API}/time/imports?dry_run=true`, Buffer.from(json.text), {
    headers: { "Content-Type": "text/csv" },
  });
  assert.equal(back.body.problems[0].line, 0);
});

test("input that is not what is asked for is refused and changes nothing", async () => {
  const owner = await organisation();
  for (const body of [
    { started_at: "yesterday" },
    { started_at: 5 },
    { started_at: "2026-03-02T08:00:00Z", ended_at: "2026-03-02T09:00:00Z", note: 7 },
    { started_at: "2026-03-02T08:00:00Z", ended_at: "2026-03-02T09:00:00Z", colour: "red" },
    {
      started_at: "2026-03-02T08:00:00Z",
      ended_at: "2026-03-02T09:00:00Z",
      note: "x".repeat(2001),
    },
    { started_at: "2026-03-02T08:00:00Z", ended_at: "2026-03-02T09:00:00Z", tags: "one" },
    { started_at: "2026-03-02T08:00:00Z", ended_at: "2026-03-02T09:00:00Z", amount_minor: 1 },
  ]) {
    const reply = await owner.post(`${API}/time/entries`, body);
    assert.equal(reply.status, 422, JSON.stringify(body));
  }
  const file = await owner.post(`${API}/time/imports`, { a: 1 });
  assert.equal(file.status, 415);
  assert.equal((await owner.get(`${API}/time/entries`)).body.items.length, 0);
});
