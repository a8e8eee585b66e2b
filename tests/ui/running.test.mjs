// Those who run an organisation: time of others, whom a manager reaches, settings with consequences,
// and the way to each act.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import {
  checkAccessible,
  eventually,
  hasFocus,
  openBrowser,
  openPage,
  settled,
} from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { signIn, switchOn } from "./actions.mjs";

let server;
let browser;
let owner;
let max;
let people;
const at = {};

async function enter(account) {
  const opened = await openPage(browser, server.url);
  await signIn(opened.page, account);
  return opened;
}

before(async () => {
  server = await startServer();
  owner = await server.signUp({ name: "Olga Owner", organisation: "Olga Works" });
  const team = (await owner.post("/api/v1/teams", { name: "Quay" })).body.id;
  const mia = await owner.invite({ name: "Mia Manager", role: "manager", team });
  max = await owner.invite({ name: "Max Member", team });
  const nils = await owner.invite({ name: "Nils Nobody" });
  people = new Map((await owner.get("/api/v1/people")).body.items.map((it) => [it.name, it]));
  browser = await openBrowser();
  at.owner = await enter(owner.account);
  at.manager = await enter(mia.account);
  at.member = await enter(nils.account);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const running = async () => (await max.get("/api/v1/time/timer")).body;

test("an admin sees whose timer runs, and gives it an end", async () => {
  await max.post("/api/v1/time/timer", { note: "Forgotten" });
  const { page } = at.owner;
  await page.goto("/time/entries");
  const form = page.getByRole("dialog", { name: "Edit entry" });
  const open = () => page.getByRole("button", { name: /^Forgotten/ }).click();
  await open();
  await form.getByText("Entry of Max Member").waitFor();
  await form.getByText("Empty while it runs").waitFor();
  assert.equal(await form.getByLabel("To", { exact: true }).inputValue(), "");
  await checkAccessible(page);
  await form.getByRole("textbox", { name: "Note" }).fill("Forgotten at noon");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("Entry saved").waitFor();
  assert.equal((await running()).entry.note, "Forgotten at noon");
  assert.equal((await running()).running, true);
  await open();
  await form.getByLabel("From", { exact: true }).fill("09:00");
  await form.getByLabel("To", { exact: true }).fill("10:30");
  assert.equal(await form.getByLabel("Duration").inputValue(), "1:30");
  await form.getByRole("button", { name: "Save" }).click();
  await eventually(async () => assert.equal((await running()).running, false));
  const [entry] = (await max.get("/api/v1/time/entries")).body.items;
  assert.equal(entry.duration_s, 5400);
});

test("a window that is turned to shows what another has started", async () => {
  const { page } = at.owner;
  await page.goto("/reports");
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  await owner.post("/api/v1/time/timer", { note: "Elsewhere" });
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await page.getByRole("button", { name: "Stop timer" }).waitFor();
  await owner.post("/api/v1/time/timer/stop");
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await page.getByRole("button", { name: "Start timer" }).waitFor();
});

test("what one window changes the others of the browser show at once", async () => {
  const { page, context } = at.member;
  const other = await context.newPage();
  for (const each of [page, other]) {
    await each.goto("/");
    await each.getByRole("button", { name: "Start timer" }).waitFor();
  }
  const what = page.getByRole("textbox", { name: "What the time goes into" });
  await what.fill("In one of two");
  await page.getByRole("button", { name: "Start timer" }).click();
  await page.getByText("Timer running: In one of two").waitFor();
  await other.getByRole("button", { name: "Stop timer" }).click();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  await eventually(async () => assert.equal(await what.inputValue(), ""));
  await page.getByText("Timer stopped").waitFor();
  await other.close();
});

test("a manager is offered the team, and no more", async () => {
  const { page, problems } = at.manager;
  for (const path of ["/time/entries", "/reports"]) {
    await page.goto(path);
    await page.getByRole("combobox", { name: "Person" }).click();
    await page.getByRole("option", { name: "Max Member" }).waitFor();
    assert.deepEqual(
      (await page.getByRole("option").allTextContents()).sort(),
      ["Max Member", "Mia Manager"],
      path,
    );
  }
  assert.deepEqual(problems, []);
  await page.goto(`/reports?person=${people.get("Olga Owner").id}`);
  const told = page.getByRole("alert").filter({ hasText: "There is nothing here" });
  await told.waitFor();
  assert.equal(await told.getByText("Nothing was changed").count(), 0);
  assert.equal(await page.getByRole("combobox", { name: "Person" }).inputValue(), "Olga Owner");
  problems.splice(0);
});

test("another currency is asked about where there are amounts", async () => {
  const { page } = at.owner;
  const choose = async (currency) => {
    await page.goto("/settings");
    const list = page.getByRole("combobox", { name: "Currency" });
    await list.click();
    await list.fill(currency);
    await page.getByRole("option", { name: currency, exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
  };
  const currency = async () => (await owner.get("/api/v1/organisation")).body.currency;
  await choose("USD");
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.equal(await currency(), "USD");
  await owner.post("/api/v1/projects", { name: "Quay", billable: true, rate_minor: 9500 });
  await choose("JPY");
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/not converted.*US\$95\.00 becomes JP¥9,500\.$/).waitFor();
  await checkAccessible(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal(await currency(), "USD");
  await page.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "Change the currency" }).click();
  await eventually(async () => assert.equal(await currency(), "JPY"));
  await dialog.waitFor({ state: "detached" });
});

test("an address that is signed in with is shown as it stays", async () => {
  const { page } = at.owner;
  await page.goto("/people");
  await page.getByRole("button", { name: "Max Member", exact: true }).click();
  const form = page.getByRole("dialog");
  assert.ok(await form.getByRole("textbox", { name: "Email" }).isDisabled());
  await form
    .getByText("The person signs in with it, and changes it in Settings, Account")
    .waitFor();
  await checkAccessible(page);
  await page.keyboard.press("Escape");
});

test("who sees rates is said as the roles have it", async () => {
  const { page } = at.member;
  const { items } = (await owner.get("/api/v1/permissions")).body;
  const { grants } = items.find(({ name }) => name === "rates.read");
  await page.goto("/people");
  await page.getByRole("button", { name: "Who can see this" }).click();
  const said = await page.getByText(/What an hour is billed at: /).textContent();
  const roles = /billed at: (.*?);/
    .exec(said)[1]
    .toLowerCase()
    .split(/, | and /);
  assert.deepEqual(roles.sort(), grants.map(({ role }) => role).sort());
});

const ACTS = [
  ["new project", "New project", "/projects"],
  ["new client", "New client", "/projects/clients"],
  ["new form", "New form", "/forms/new"],
  ["add person", "Add or invite a person", "/people"],
  ["invite", "Add or invite a person", "/people"],
  ["export", "Export the organisation", "/privacy/requests"],
  ["erase", "Erase a person", "/privacy/requests"],
  ["currency", "Currency, time zone and week of the organisation", "/settings"],
  ["audit", "Audit log", "/privacy/audit"],
  ["check", "Check the promises now", "/promises"],
  ["add a provider", "Add a provider of models", "/settings/ai"],
];
const KEPT = [
  ["my data", "A copy of my data", "/privacy"],
  ["download", "A copy of my data", "/privacy"],
  ["data map", "Data map", "/privacy/data"],
  ["roles", "Roles: what each may do", "/people/roles"],
  ["import a file", "Import", "/time/import"],
  ["toggl", "Import", "/time/import"],
  ["tags", "Tags", "/projects/tags"],
  ["create tag", "New tag", "/projects/tags"],
];

test("the palette finds every act, for those who may", async () => {
  for (const [who, offered, not] of [
    [at.owner, [...ACTS, ...KEPT], []],
    [at.member, KEPT, ACTS],
  ]) {
    const { page } = who;
    const list = page.getByRole("combobox", { name: "Search and act" });
    for (const [typed, name, path] of offered) {
      await page.goto("/insights");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.keyboard.press("Control+k");
      await list.fill(typed);
      await page.getByRole("option", { name: new RegExp(`^${name} `) }).click();
      await page.waitForURL(`**${path}`);
      if (name === "New client" || name.startsWith("Add"))
        await page.getByRole("dialog").getByRole("textbox", { name: /^Name/ }).waitFor();
    }
    await page.goto("/insights");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    for (const [typed, name] of not) {
      await list.fill(typed);
      await eventually(async () => assert.equal(await list.inputValue(), typed));
      assert.equal(await page.getByRole("option", { name }).count(), 0, typed);
    }
    await page.keyboard.press("Escape");
  }
  const { page } = at.member;
  await page.goto("/privacy/audit");
  await page.getByText("There is nothing at this address").waitFor();
  // A phone has no keys for it, and no room for its button.
  const desk = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Search and act" }).click();
  await page.getByRole("combobox", { name: "Search and act" }).fill("log out");
  await page.getByRole("option", { name: /^Sign out/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.setViewportSize(desk);
});

test("the audit log is in words, and is saved as it is shown", async () => {
  await max.get("/api/v1/privacy/me");
  await owner.post("/api/v1/ai/switches", { capability: "hook", on: false });
  const { page } = at.owner;
  await page.goto("/privacy/audit");
  await page.getByRole("cell", { name: "Copy of own data made" }).first().waitFor();
  await checkAccessible(page);
  const line = page.getByRole("row", { name: /AI function added/ });
  await line.getByText("Suggestions on forms").waitFor();
  // What one request did is one line, whatever else it did in between.
  const added = page.getByRole("row", { name: /Project added/ });
  const before = await added.count();
  const taken = ["Neap", "Spring"].map(
    (name, i) => `Ada,${name},2026-03-0${i + 2},09:00:00,01:00:00`,
  );
  const file = ["User,Project,Start date,Start time,Duration", ...taken].join("\n");
  const csv = { headers: { "Content-Type": "text/csv" } };
  const made = await owner.post("/api/v1/time/imports?mine=true", Buffer.from(file), csv);
  assert.equal(made.body.creates?.projects, 2, made.text);
  await page.reload();
  await eventually(async () => assert.equal(await added.count(), before + 1));
  // More than a page of it: the file has all, whatever was looked at.
  const tag = (await owner.post("/api/v1/tags", { name: "Ebb" })).body;
  for (let version = tag.version; version <= 200; version++)
    await owner.patch(
      `/api/v1/tags/${tag.id}`,
      { name: `Ebb ${version}` },
      { headers: { "If-Match": `"${version}"` } },
    );
  await page.reload();
  await page.getByRole("button", { name: "Show more" }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV of what is chosen here" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  const { items } = (await owner.get("/api/v1/audit?limit=500")).body;
  assert.ok(items.length > 200, `${items.length}`);
  assert.equal(text.trimEnd().split("\r\n").length, items.length + 1);
  assert.match(text, /,Max Member,Copy of own data made,Max Member,/);
});

test("the audit log tells what was done to what, and all that was done to one thing", async () => {
  const made = (path, body) => owner.post(`/api/v1/${path}`, body).then(({ body }) => body);
  const first = { headers: { "If-Match": '"1"' } };
  const project = (await made("projects", { name: "Pier" })).id;
  await owner.patch(`/api/v1/projects/${project}`, { rate_minor: 9000 }, first);
  const task = (await made("tasks", { name: "Dive", project })).id;
  await owner.patch(`/api/v1/tasks/${task}`, { archived: true }, first);
  const tag = (await made("tags", { name: "Fleeting" })).id;
  await owner.delete(`/api/v1/tags/${tag}`, first);
  const { page } = at.owner;
  await page.goto("/privacy/audit");
  const line = (name) => page.getByRole("row", { name });
  await line(/Olga Owner Project changed Pier Rate per hour$/).waitFor();
  await line(/Olga Owner Task changed Dive \(Pier\) Archived$/).waitFor();
  await line(/Olga Owner Tag deleted a tag that is gone$/).waitFor();
  await page.getByRole("button", { name: "Dive (Pier)" }).first().click();
  await page.waitForURL(/[?&]object=/);
  const only = page.getByRole("button", { name: "Only: Dive (Pier)" });
  await only.waitFor();
  await eventually(async () => assert.equal(await page.getByRole("row").count(), 3));
  await checkAccessible(page);
  await only.click();
  await line(/Tag deleted/).waitFor();
  await page.getByRole("combobox", { name: "Did" }).fill("tag");
  await page.getByRole("option", { name: "Tag deleted" }).click();
  await page.waitForURL(/[?&]action=tag\.delete/);
  await eventually(async () => assert.equal(await page.getByRole("row").count(), 2));
});

test("no answer to a form runs in the spreadsheet that its CSV is opened with", async () => {
  const fields = [{ label: "Said", key: "said", kind: "text" }];
  const form = (await owner.post("/api/v1/forms", { title: "Post", status: "open", fields })).body;
  const said = ["=1+1", " =1+1", "'=1+1", "＝1+1", "@now", "plain = text"];
  for (const text of said) {
    const given = await owner.post(`/api/v1/forms/${form.id}/submissions`, { said: text });
    assert.equal(given.status, 201, given.text);
  }
  const { page } = at.owner;
  await page.goto(`/forms/${form.id}`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV of what is shown" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  for (const each of said) {
    const cell = each === "plain = text" ? each : `'${each}`;
    assert.ok(text.includes(`,${cell},`), `${cell} in ${text}`);
  }
});

test("who sees only the own answers to a form is not told that there are none", async () => {
  const { page } = at.member;
  await page.goto("/forms");
  await page.getByRole("link", { name: "Post", exact: true }).click();
  await page.getByText("Nothing sent by you yet").waitFor();
  assert.equal(await page.getByText("No submissions yet").count(), 0);
  await checkAccessible(page);
});

test("a list with nothing in it yet says what to type", async () => {
  const { page } = at.owner;
  await page.goto("/projects?new=true");
  const form = page.getByRole("dialog");
  const name = form.getByRole("textbox", { name: /^Name/ });
  await hasFocus(name);
  await form.getByRole("combobox", { name: "Client" }).click();
  await page.getByText("Type a name to create one").filter({ visible: true }).waitFor();
  await form.getByRole("combobox", { name: "Client" }).fill("Harbour");
  await page.getByRole("option", { name: "Create “Harbour”" }).waitFor();
});

test("a list that nothing is found in does not say that there is nothing", async () => {
  const { page } = at.owner;
  await owner.post("/api/v1/tags", { name: "Travel" });
  await page.goto("/projects/tags?q=quay");
  await page.getByText("Nothing found").waitFor();
  assert.equal(await page.getByText("No tags yet").count(), 0);
  await page.getByLabel("Search").last().fill("trav");
  await page.getByRole("button", { name: "Travel", exact: true }).waitFor();
});

test("what is open of one list is not taken for one of another", async () => {
  const { page } = at.owner;
  await page.goto("/projects/clients");
  await page.getByRole("link", { name: "Tags", exact: true }).click();
  await page.getByRole("button", { name: "Travel", exact: true }).click();
  await page.getByRole("dialog", { name: "Travel" }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "New client" }).first().waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("an address opens no form for who could not save it", async () => {
  const { page } = at.member;
  for (const path of ["/projects", "/projects/clients", "/people"]) {
    await page.goto(`${path}?new=true`);
    await settled(page);
    await eventually(() => assert.equal(new URL(page.url()).search, ""));
    assert.equal(await page.getByRole("dialog").count(), 0, path);
  }
});

test("what was done on one page is there on the next", async () => {
  const { page } = at.owner;
  const to = async (name) => {
    const rooms = page.getByRole("navigation", { name: "Rooms" }).first();
    await rooms.getByRole("link", { name, exact: true }).click();
    await settled(page);
  };
  const { id: project } = (await owner.post("/api/v1/projects", { name: "Dredging" })).body;
  const hours = { started_at: "2026-03-05T08:00:00Z", ended_at: "2026-03-05T10:00:00Z" };
  await owner.post("/api/v1/time/entries", { ...hours, project });
  await page.goto("/reports?from=2026-03-01&to=2026-03-31");
  await page.getByRole("rowheader", { name: "Dredging" }).waitFor();
  await to("Projects");
  await page.getByRole("button", { name: "Dredging", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Dredging" });
  await form.getByRole("textbox", { name: "Name" }).fill("Deep dredging");
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  await page.goBack();
  await page.getByRole("rowheader", { name: "Deep dredging" }).waitFor();

  await switchOn(page, ["Summary of a report"]);
  await page.goto("/insights/receipts");
  await page.getByText("No receipts yet").waitFor();
  await to("Insights");
  await page.getByRole("button", { name: "Get the insight" }).click();
  await page.getByRole("region", { name: "Receipt" }).waitFor();
  await page
    .locator("main")
    .getByRole("link", { name: /receipts/i })
    .click();
  await page.getByRole("cell", { name: "Summary of a report" }).waitFor();
});

test("the palette finds forms, what has a name, and a report on it as far as one reaches", async () => {
  const client = (await owner.post("/api/v1/clients", { name: "Juniper Mills" })).body;
  const project = { name: "Looms", client: client.id };
  assert.equal((await owner.post("/api/v1/projects", project)).status, 201);
  assert.equal((await owner.post("/api/v1/tags", { name: "juniper-tag" })).status, 201);
  const fields = [{ label: "Said", key: "said", kind: "text" }];
  const form = { title: "Juniper survey", status: "open", fields };
  assert.equal((await owner.post("/api/v1/forms", form)).status, 201);
  const records = ["Looms (Juniper Mills)", "Juniper Mills", "juniper-tag"];
  for (const [{ page }, others] of [
    [at.owner, 1],
    [at.member, 0],
  ]) {
    await page.goto("/insights");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    const list = page.getByRole("combobox", { name: "Search and act" });
    await list.fill("juniper");
    const reports = records.map((name) => `Report on ${name}`);
    for (const name of ["Juniper survey", ...records, ...reports])
      await page.getByRole("option", { name: `${name} Go to`, exact: true }).waitFor();
    await list.fill("report on n");
    await page.getByRole("option", { name: "Report on Nils Nobody Go to" }).waitFor();
    await list.fill("report on max");
    await page.getByText("Nils Nobody").waitFor({ state: "detached" });
    assert.equal(await page.getByRole("option", { name: /^Report on Max Member/ }).count(), others);
    await list.fill("report on juniper mills");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/reports?by=day&then=project&client=${client.id}`);
    await page.keyboard.press("Control+k");
    await list.fill("looms");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/projects?q=Looms");
    await page.getByRole("row", { name: /Looms/ }).waitFor();
  }
});

test("the palette finds own entries by their notes", async () => {
  const { page } = at.owner;
  const entry = (note, day) => ({
    note,
    started_at: `2026-03-0${day}T09:00:00Z`,
    ended_at: `2026-03-0${day}T10:00:00Z`,
  });
  for (const [who, note, day] of [
    [owner, "Tar the keel", 2],
    [owner, "Tar the keel", 3],
    [owner, "Keelson drawings", 4],
    [max, "Keel of another", 4],
  ])
    assert.equal((await who.post("/api/v1/time/entries", entry(note, day))).status, 201);
  await page.goto("/insights");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search and act" }).fill("KEEL");
  await page.getByRole("option", { name: "Tar the keel Entry, 3 Mar" }).waitFor();
  assert.deepEqual(
    await page.getByRole("option").filter({ hasText: "Entry, " }).allTextContents(),
    ["Keelson drawingsEntry, 4 Mar", "Tar the keelEntry, 3 Mar"],
  );
  await checkAccessible(page);
  await page.getByRole("option", { name: /^Tar the keel/ }).click();
  await page.waitForURL(/\/time\/entries\?from=2026-03-03&to=2026-03-03&/);
  await page.getByRole("button", { name: "Tar the keel", exact: true }).waitFor();
});

test("nothing went wrong out of sight", () => {
  for (const { problems } of Object.values(at)) assert.deepEqual(problems, []);
});
