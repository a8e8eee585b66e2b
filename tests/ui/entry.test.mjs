// Typing into the forms about time: texts that are too long, lists that make what is missing, and
// projects of one name.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  checkAccessible,
  eventually,
  hasFocus,
  noonZone,
  openBrowser,
  openPage,
} from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { hold, signIn, typeInto } from "./actions.mjs";

let server;
let owner;
let browser;
let page;
let problems;

before(async () => {
  server = await startServer();
  owner = await server.signUp({ name: "Eva Entry", email: "eva@example.org" });
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
  await signIn(page, owner.account);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const rows = async (path) => (await owner.get(`/api/v1${path}`)).body.items;

test("a text over its limit is kept, told by how much, and not saved until it is shorter", async () => {
  await page.keyboard.press("n");
  const form = page.getByRole("dialog", { name: "New entry" });
  const note = form.getByRole("textbox", { name: "Note" });
  const long = "🌊".repeat(2043);
  await note.fill(long);
  await form.getByText("At most 2,000 characters; this is 43 over").waitFor();
  await form.getByLabel("From", { exact: true }).fill("09:00");
  await form.getByLabel("To", { exact: true }).fill("10:00");
  await form.getByRole("button", { name: "Save" }).click();
  assert.equal(await note.inputValue(), long);
  await checkAccessible(page);

  await note.fill(long.slice(0, 2 * 2000));
  await form.getByText("2,000 of 2,000 characters").waitFor();
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("Entry added").waitFor();
  const [entry, ...others] = await rows("/time/entries");
  assert.equal(others.length, 0, "nothing was saved while it was too long");
  assert.equal([...entry.note].length, 2000);
});

test("the timer does not start with a text that is too long", async () => {
  const what = page.getByRole("textbox", { name: "What the time goes into" });
  await what.fill("a".repeat(2001));
  await page.getByText("At most 2,000 characters; this is 1 over").waitFor();
  await what.press("Enter");
  assert.equal((await owner.get("/api/v1/time/timer")).body.running, false);
  assert.equal((await what.inputValue()).length, 2001);
  await what.fill("");
});

test("what is missing is made where it is chosen", async () => {
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: /^Name/ }).fill("Website");
  await typeInto(form.getByRole("combobox", { name: "Client" }), "Harbour Works");
  await page.getByRole("option", { name: "Create “Harbour Works”" }).click();
  await eventually(async () =>
    assert.equal(
      await form.getByRole("combobox", { name: "Client" }).inputValue(),
      "Harbour Works",
    ),
  );
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Website", exact: true }).waitFor();
  const [client] = await rows("/clients");
  assert.equal(client.name, "Harbour Works");
  assert.equal((await rows("/projects"))[0].client, client.id);

  await page.keyboard.press("n");
  const entry = page.getByRole("dialog", { name: "New entry" });
  await typeInto(entry.getByRole("combobox", { name: "Project" }), "Dredging");
  await page.keyboard.press("Enter");
  await eventually(async () =>
    assert.equal(await entry.getByRole("combobox", { name: "Project" }).inputValue(), "Dredging"),
  );
  await eventually(async () =>
    assert.ok(await entry.getByRole("checkbox", { name: "Billable" }).isChecked()),
  );
  await typeInto(entry.getByRole("combobox", { name: "Tags" }), "on site");
  await page.getByRole("option", { name: "Create “on site”" }).click();
  await entry.getByText("on site", { exact: true }).waitFor();
  await entry.getByLabel("From", { exact: true }).fill("11:00");
  await entry.getByLabel("To", { exact: true }).fill("12:00");
  await checkAccessible(page);
  await entry.getByRole("button", { name: "Save" }).click();
  await page.getByText("Entry added").last().waitFor();
  const saved = (await rows("/time/entries")).find(({ tags }) => tags);
  assert.deepEqual(saved.tags, [(await rows("/tags"))[0].id]);
  assert.equal(saved.billable, true);
});

test("a text that chooses nothing is answered, one that is a whole name is taken", async () => {
  await page.goto("/");
  const list = page.locator("main").getByRole("combobox", { name: "Project" });
  await typeInto(list, "Nowhere");
  await page.keyboard.press("Tab");
  await page.getByText("Nothing here is called “Nowhere”").waitFor();
  await checkAccessible(page);
  await typeInto(list, "Dred");
  await page.keyboard.press("Tab");
  await page.getByText("“Dred” was typed, but nothing was chosen").waitFor();
  await typeInto(list, "dredging");
  await page.keyboard.press("Tab");
  await eventually(async () => assert.equal(await list.inputValue(), "Dredging"));
  const answer = page.getByText(/was typed, but nothing was chosen|^Nothing here is called/);
  assert.equal(await answer.count(), 0);
  await typeInto(list, "Nowhere");
  await page.keyboard.press("Escape");
  assert.equal(await list.inputValue(), "Dredging", "Esc takes back what was typed");
  await page.keyboard.press("Tab");
  assert.equal(await answer.count(), 0);
  assert.equal(await list.inputValue(), "Dredging");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("n");
  const drawer = page.getByRole("dialog", { name: "New entry" });
  const tags = drawer.getByRole("combobox", { name: "Tags" });
  for (const list of [drawer.getByRole("combobox", { name: "Project" }), tags]) {
    await typeInto(list, "Nowhere");
    await page.keyboard.press("Escape");
    assert.equal(await list.inputValue(), "");
  }
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
});

test("a phone has room for the times of an entry by a clock of twelve hours", async () => {
  const desk = page.viewportSize();
  await page.keyboard.press("n");
  const drawer = page.getByRole("dialog", { name: "New entry" });
  const boxes = () =>
    Promise.all(
      ["From", "To", "Duration"].map((name) =>
        drawer.getByLabel(name, { exact: true }).boundingBox(),
      ),
    );
  const [from, , duration] = await boxes();
  assert.equal(duration.y, from.y, "one row at a desk");
  await page.setViewportSize({ width: 390, height: 844 });
  for (const { width } of await boxes()) assert.ok(width > 160);
  await page.keyboard.press("Escape");
  await page.setViewportSize(desk);
});

test("what could not be found is not said on the next page", async () => {
  await page.goto("/");
  const timer = page.getByRole("combobox", { name: "Project" }).first();
  const said = page.locator(".toast.bad").getByText("Nothing here is called “tt?”");
  await typeInto(timer, "tt?");
  await page.getByRole("heading", { level: 1 }).click();
  await said.waitFor();
  await page.getByRole("link", { name: "Week", exact: true }).click();
  await page.getByRole("heading", { name: "Week", exact: true }).waitFor();
  assert.equal(await said.count(), 0);
});

test("an entry added on Today is read out, and the next can be typed at once", async (t) => {
  const zoneIs = (zone) => owner.put("/api/v1/session/profile", { name: "Eva Entry", zone });
  const { zone } = (await owner.get("/api/v1/session")).body;
  t.after(() => zoneIs(zone));
  assert.equal((await zoneIs(noonZone())).status, 200); // there is room since midnight
  await page.goto("/");
  const form = page.getByRole("region", { name: "Add an entry" });
  const note = form.getByRole("textbox", { name: "Add an entry" });
  const duration = form.getByRole("textbox", { name: "Duration" });
  const status = form.getByRole("status");
  await note.fill("Rope");
  await duration.fill("0:10");
  await form.getByRole("button", { name: "Add" }).click();
  await status.getByText(/^Entry added: 0:10, \d\d:\d\d – \d\d:\d\d$/).waitFor();
  await hasFocus(note);
  await page.keyboard.type("Anchor");
  await duration.fill("0:20");
  await duration.press("Enter");
  await status.getByText(/^Entry added: 0:20, \d\d:\d\d – \d\d:\d\d$/).waitFor();
  await hasFocus(note);
  for (const name of ["Rope", "Anchor"])
    await page.getByRole("button", { name, exact: true }).waitFor();
  const [rope, anchor] = await Promise.all(
    ["Rope", "Anchor"].map(async (note) =>
      (await rows("/time/entries")).find((entry) => entry.note === note),
    ),
  );
  assert.equal(anchor.ended_at, rope.started_at, "it has room before the other");
  assert.equal(await page.getByText(/^Overlaps with/).count(), 0);

  await duration.fill("0:30");
  await form.getByText(/^\d\d:\d\d – \d\d:\d\d, the latest time that is free/).waitFor();
  await duration.fill("24:00");
  await form.getByText(/, over other entries: today has no free time that long/).waitFor();
  await duration.fill("0:30");
  await form.getByLabel("From", { exact: true }).fill("10:00");
  await form.getByText(/^10:00 – 10:30/).waitFor();

  await note.fill("Long rope");
  await form.getByLabel("From", { exact: true }).fill("10:00");
  await duration.fill("24:00");
  await duration.press("Enter");
  await page.getByText("That entry ends in the future: tomorrow, 10:00").waitFor();
  await page
    .getByText(/^Overlaps with/)
    .last()
    .waitFor();
  await note.fill("Chain");
  await form.getByLabel("From", { exact: true }).fill("10:00");
  await duration.fill("23:00");
  await duration.press("Enter");
  await page.getByText("That entry ends in the future: tomorrow, 09:00").waitFor();
  assert.ok((await page.locator(".toast").count()) <= 2, "notices do not cover the list");
  for (const { id, note, version } of await rows("/time/entries"))
    if (["Chain", "Long rope"].includes(note))
      await owner.delete(`/api/v1/time/entries/${id}`, { headers: { "If-Match": `"${version}"` } });
});

test("an entry that lies ahead or repeats another is stored, and says so", async () => {
  const ahead = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  const add = async (day) => {
    await page.keyboard.press("n");
    const form = page.getByRole("dialog", { name: "New entry" });
    await form.getByRole("textbox", { name: "Note" }).fill("Ballast");
    await form.getByLabel("Date").fill(day);
    await form.getByLabel("From", { exact: true }).fill("05:00");
    await form.getByLabel("To", { exact: true }).fill("06:00");
    const before = (await rows("/time/entries")).length;
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "detached" });
    assert.equal((await rows("/time/entries")).length, before + 1);
  };
  const said = (text) => page.locator(".toast").filter({ hasText: text });
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).click();
  await add("2026-02-03");
  await page.getByText("Entry added").waitFor();
  await add("2026-02-03");
  const twin = said("Another entry has the same times and the same note");
  await twin.waitFor();
  await checkAccessible(page);
  await twin.getByRole("button", { name: "Delete entry" }).click();
  await page.getByText("Entry deleted").waitFor();
  await add(ahead);
  await said("That entry lies ahead, on ").waitFor();
  const left = (await rows("/time/entries")).filter(({ note }) => note === "Ballast");
  assert.equal(left.length, 2);
  assert.equal(await twin.count(), 0);
});

test("the strip of Today shows entries that share time below each other", async () => {
  // On the other half of the day than what other tests here have added.
  const now = new Date().toISOString();
  const at = (clock) => `${now.slice(0, 10)}T${now.slice(11, 13) < "06" ? "2" : "0"}${clock}:00Z`;
  for (const [note, from, to] of [
    ["Tow", "0:00", "1:00"],
    ["Haul", "0:40", "1:20"],
    ["Rest", "2:00", "2:30"],
  ])
    await owner.post("/api/v1/time/entries", { note, started_at: at(from), ended_at: at(to) });
  await page.goto("/");
  const strip = page.getByRole("img", { name: /; some entries share time$/ });
  const box = (note) => strip.getByTitle(note, { exact: true }).boundingBox();
  await strip.waitFor();
  const [tow, haul, rest] = [await box("Tow"), await box("Haul"), await box("Rest")];
  assert.ok(tow.y + tow.height <= haul.y + 0.5, `${tow.y} ${tow.height} ${haul.y}`);
  assert.ok(rest.height > tow.height * 1.9, "what shares no time has the whole height");
});

test("hours of the week sheet are told as hours, at no clock times", async () => {
  const date = new Date().toISOString().slice(0, 10);
  const { id: project } = (await owner.post("/api/v1/projects", { name: "Paperwork" })).body;
  const cell = { date, project, duration_s: 7200, note: "From paper" };
  const put = await owner.put("/api/v1/time/week", cell);
  assert.equal(put.status, 200, put.text);
  const [sheet] = (await rows("/time/entries")).filter(({ source }) => source === "week");
  const { started_at, ended_at } = sheet;
  await owner.post("/api/v1/time/entries", { note: "Seen at the quay", started_at, ended_at });
  await page.goto("/");
  const row = (note) => page.getByRole("listitem").filter({ hasText: note });
  await page.getByText("2:00 more from the week sheet, at no clock times").waitFor();
  for (const text of ["Week sheet", "2:00"])
    await row("From paper").getByText(text, { exact: true }).waitFor();
  const strip = page.getByRole("img", { name: /^The day from/ });
  await strip.getByTitle("Seen at the quay").waitFor();
  assert.equal(await strip.getByTitle("From paper").count(), 0, "it has no place in the day");
  for (const path of ["/", `/time/entries?from=${date}&to=${date}`]) {
    await page.goto(path);
    for (const note of ["Seen at the quay", "From paper"]) {
      await row(note).waitFor();
      assert.equal(await row(note).getByText("Overlaps").count(), 0, `${note} on ${path}`);
    }
  }
  await row("From paper").getByRole("button", { name: "From paper", exact: true }).click();
  await page
    .getByRole("dialog")
    .getByText(/Nobody chose these times/)
    .waitFor();
  await checkAccessible(page);
  await page.goto("/");
});

test("a duration that cannot be read moves nothing beside it", async () => {
  const form = page.getByRole("region", { name: "Add an entry" });
  const duration = form.getByRole("textbox", { name: "Duration" });
  const add = form.getByRole("button", { name: "Add" });
  const tops = async () => {
    const boxes = [duration, add, form.getByLabel("From")].map((part) => part.boundingBox());
    return (await Promise.all(boxes)).map(({ y }) => Math.round(y));
  };
  const before = await tops();
  assert.equal(new Set(before).size, 1, `${before}`);
  await duration.fill("soon");
  await duration.press("Enter");
  await form.getByText("Write 1:30, 90m or 1.5h").waitFor();
  assert.deepEqual(await tops(), before);
  await duration.fill("1 hour 5 minutes");
  await duration.press("Enter");
  await form.getByRole("status").getByText("Entry added: 1:05").waitFor();
});

test("projects of one name are told apart by their clients", async () => {
  const other = (await owner.post("/api/v1/clients", { name: "Isle Ferries" })).body;
  await owner.post("/api/v1/projects", { name: "Website", client: other.id });
  await page.goto("/");
  const shows = (list, text) => eventually(async () => assert.equal(await list.inputValue(), text));

  const timer = page.getByRole("region", { name: "Timer" }).getByRole("combobox");
  await timer.click();
  const group = page.getByRole("group", { name: "Isle Ferries" });
  await group.getByRole("option", { name: "Website" }).click();
  await shows(timer, "Website · Isle Ferries");
  await page.getByRole("button", { name: "Start timer" }).click();
  await page.getByRole("button", { name: "Stop timer" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "Website · Isle Ferries" });
  await row.getByText("No note").click();
  await shows(
    page.getByRole("dialog").getByRole("combobox", { name: "Project" }),
    "Website · Isle Ferries",
  );
  await page.keyboard.press("Escape");

  await page.goto("/time");
  await page.getByRole("combobox", { name: "Add a row" }).click();
  await page.getByRole("group", { name: "Harbour Works" }).getByText("Website").click();
  for (const client of ["Harbour Works", "Isle Ferries"])
    await page.getByRole("textbox", { name: new RegExp(`Website, ${client}, Monday`) }).waitFor();
  await checkAccessible(page);

  await page.goto("/time/entries");
  const filter = page.locator("main").getByRole("combobox", { name: "Project" });
  await filter.click();
  await page.getByRole("group", { name: "Harbour Works" }).getByText("Website").click();
  await shows(filter, "Website · Harbour Works");
});

test("who may not make projects is told that there is none of that name", async () => {
  const bo = await owner.invite({ name: "Bo Member" });
  const own = await openPage(browser, server.url);
  await signIn(own.page, bo.account);
  const list = own.page.locator("main").getByRole("combobox", { name: "Project" });
  await typeInto(list, "Secret plans");
  await own.page.getByText("Nothing found", { exact: true }).waitFor();
  assert.equal(await own.page.getByRole("option").count(), 0);
  await own.page.keyboard.press("Tab");
  await own.page.getByText("Nothing here is called “Secret plans”").waitFor();
  assert.deepEqual(own.problems, []);
  await own.context.close();
});

test("who may not import a file is told what is missing, and who can help", async () => {
  const member = await owner.invite({ name: "Mo Member", email: "mo@example.org" });
  const file = [
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags",
    "Dora Away,dora@example.org,,,,Digging,No,2026-05-04,08:00:00,2026-05-04,10:00:00,02:00:00,",
    "Mo Member,mo@example.org,Deep Sea,Tunnel,,Digging,No,2026-05-04,08:00:00,2026-05-04,10:00:00,02:00:00,",
  ].join("\n");
  const own = await openPage(browser, server.url, { width: 390, height: 844, theme: "dark" });
  await signIn(own.page, member.account);
  await own.page.goto("/time/import");
  await own.page
    .locator("input[type=file]")
    .setInputFiles({ name: "team.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await own.page.getByText("2 rows cannot be imported", { exact: true }).waitFor();
  for (const [column, value, reason] of [
    ["User", "Dora Away", "an admin adds the person first"],
    ["Client", "Deep Sea", "a manager or an admin adds it first"],
  ]) {
    const row = own.page.getByRole("row").filter({ hasText: reason });
    await row.getByRole("cell", { name: column, exact: true }).waitFor();
    await row.getByRole("cell", { name: value, exact: true }).waitFor();
  }
  assert.equal(await own.page.getByText("Mend these in the file").count(), 0);
  await checkAccessible(own.page);
  assert.deepEqual(own.problems, []);
  await own.context.close();
});

test("on a phone the timer has a line for the project while somebody is at it", async () => {
  const pam = await owner.invite({ name: "Pam Phone" });
  const { id } = (await owner.post("/api/v1/projects", { name: "Beacon" })).body;
  const own = await openPage(browser, server.url, { width: 390, height: 844 });
  await signIn(own.page, pam.account);
  const timer = own.page.getByRole("region", { name: "Timer" });
  const project = timer.getByRole("combobox", { name: "Project" });
  const note = timer.getByRole("textbox").first();
  await note.waitFor();
  assert.equal(await project.isVisible(), false);
  await note.click();
  await typeInto(project, "Beacon");
  await own.page.getByRole("option", { name: "Beacon" }).click();
  await checkAccessible(own.page);
  await timer.getByRole("button", { name: "Start timer" }).click();
  await timer.getByRole("button", { name: "Stop timer" }).waitFor();
  assert.equal((await pam.get("/api/v1/time/timer")).body.entry.project, id);
  await own.page.getByRole("heading", { level: 1 }).click();
  await project.waitFor({ state: "hidden" });
  assert.deepEqual(own.problems, []);
  await own.context.close();
});

test("hours imported before there was a rate are told of, and get one when asked", async () => {
  const file = [
    "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (EUR)",
    "Eva Entry,eva@example.org,,Breakwater,,Stones,Yes,2026-05-04,08:00:00,2026-05-04,10:00:00,02:00:00,,",
  ].join("\n");
  await page.goto("/time/import");
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "toggl.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await page.getByText("2:00 billable hours have no rate").waitFor();
  await checkAccessible(page);
  await page.getByRole("button", { name: "Import 1 entry" }).click();
  await page.getByText("1 entry imported").waitFor();

  const auditor = await owner.invite({ name: "Aud Auditor", role: "auditor" });
  const theirs = await openPage(browser, server.url);
  await signIn(theirs.page, auditor.account);
  await theirs.page.goto("/reports?from=2026-05-04&to=2026-05-04");
  await theirs.page.getByText(/2:00 billable hours have no rate, .* without them\.$/).waitFor();
  assert.equal(await theirs.page.getByRole("link", { name: "Rates of projects" }).count(), 0);
  assert.deepEqual(theirs.problems, []);
  await theirs.context.close();

  await page.goto("/reports?from=2026-05-04&to=2026-05-04");
  const give = async (comes_to) => {
    await page.getByRole("button", { name: "Apply today's rates" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(comes_to).waitFor();
    await checkAccessible(page);
    await dialog.getByRole("button", { name: "Apply rates" }).click();
    await dialog.waitFor({ state: "hidden" });
  };
  await give("No rate is set for these hours yet");
  await page.getByText("No rate is set for these hours yet").waitFor();
  const project = (await rows("/projects")).find(({ name }) => name === "Breakwater");
  const changed = await owner.patch(
    `/api/v1/projects/${project.id}`,
    { rate_minor: 5000 },
    { headers: { "If-Match": `"${project.version}"` } },
  );
  assert.equal(changed.status, 200, changed.text);
  await give("2:00 hours get a rate");
  await page.getByText("2:00 hours have a rate now: €100.00").waitFor();
  await page.getByText("billable hours have no rate").waitFor({ state: "detached" });
  await page
    .getByRole("row", { name: /Breakwater/ })
    .getByText("€100.00")
    .waitFor();
});

test("the rail shows which page of time is open", async () => {
  for (const [path, name] of [
    ["/time", "Week"],
    ["/time/entries", "Entries"],
    ["/time/import", "Import"],
  ]) {
    await page.goto(path);
    const lit = page.locator(".rail [aria-current=page]");
    await lit.waitFor();
    assert.deepEqual(await lit.allTextContents(), [name]);
  }
});

test("an end before the start is not taken for the next day when that makes more than a night", async () => {
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("n");
  const form = page.getByRole("dialog", { name: "New entry" });
  await form.getByRole("textbox", { name: "Note" }).fill("Backwards");
  await form.getByLabel("Date").fill("2026-06-08");
  await form.getByLabel("From", { exact: true }).fill("10:00");
  await form.getByLabel("To", { exact: true }).fill("09:00");
  await form.getByText("Ends the next day?").waitFor();
  assert.equal(await form.getByLabel("Ends on").inputValue(), "2026-06-09");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("Does it end on another day?").waitFor();
  await checkAccessible(page);
  const kept = (await rows("/time/entries")).filter(({ note }) => note === "Backwards");
  assert.equal(kept.length, 0);
  await form.getByLabel("To", { exact: true }).fill("08:00");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("Does it end on another day?").waitFor();
  await form.getByLabel("To", { exact: true }).fill("09:00");
  await form.getByText("Does it end on another day?").waitFor({ state: "detached" });
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("Does it end on another day?").waitFor();
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("Entry added").waitFor();
  const [entry] = (await rows("/time/entries")).filter(({ note }) => note === "Backwards");
  assert.equal(entry.duration_s, 23 * 3600);
});

test("what is still being made is waited for by what is saved with it, and by the timer", async (t) => {
  const slow = await hold(t, page, "POST", "/(clients|projects)");
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: /^Name/ }).fill("Pontoon");
  await typeInto(form.getByRole("combobox", { name: "Client" }), "Tidewater");
  await page.getByRole("option", { name: "Create “Tidewater”" }).click();
  const making = await slow.next();
  await form.getByRole("button", { name: "Save" }).click();
  assert.equal(slow.count(), 0);
  await making.continue();
  await (await slow.next()).continue();
  await page.getByRole("button", { name: "Pontoon", exact: true }).waitFor();
  const client = (await rows("/clients")).find(({ name }) => name === "Tidewater");
  const made = (await rows("/projects")).find(({ name }) => name === "Pontoon");
  assert.equal(made.client, client.id);

  const timer = page.getByRole("region", { name: "Timer" });
  await typeInto(timer.getByRole("combobox", { name: "Project" }), "Slipway");
  await page.getByRole("option", { name: "Create “Slipway”" }).click();
  await timer.getByRole("button", { name: "Start timer" }).click();
  await (await slow.next()).continue();
  await timer.getByRole("button", { name: "Stop timer" }).waitFor();
  const slipway = (await rows("/projects")).find(({ name }) => name === "Slipway");
  assert.equal((await rows("/time/entries")).find(({ ended_at }) => !ended_at).project, slipway.id);
  await timer.getByRole("button", { name: "Stop timer" }).click();
  await timer.getByRole("button", { name: "Start timer" }).waitFor();
});

test("a week that begins shows the last day with entries, and what can be done with them", async () => {
  const worker = await owner.invite({ name: "Wilma Week" });
  for (const [ago, note] of [
    [8, "Buoy"],
    [9, "Older buoy"],
  ]) {
    const at = Date.now() - ago * 86_400_000;
    const [started_at, ended_at] = [at, at + 60_000].map((each) => new Date(each).toISOString());
    const made = await worker.post("/api/v1/time/entries", { note, started_at, ended_at });
    assert.equal(made.status, 201);
  }
  const { context, page } = await openPage(browser, server.url);
  await signIn(page, worker.account);
  await page.getByRole("heading", { name: "The day is still empty" }).waitFor();
  const last = page.getByRole("region", { name: "The last day with entries" });
  await last.getByRole("button", { name: "Buoy", exact: true }).waitFor();
  assert.equal(await last.getByRole("listitem").count(), 1);
  await checkAccessible(page);
  await last.getByRole("button", { name: "Start again: Buoy" }).click();
  await page.getByRole("button", { name: "Stop timer" }).click();
  await page.getByRole("button", { name: "Buoy", exact: true }).nth(1).waitFor();
  assert.equal(await last.getByRole("listitem").count(), 1, "as long as the week has no other day");
  await context.close();
});

test("what was worked on before this week is started again with one press", async () => {
  const later = new Date(Date.now() - 8 * 86_400_000).toISOString();
  const shown = { note: "Shown as the last day", started_at: later, ended_at: later };
  assert.equal((await owner.post("/api/v1/time/entries", shown)).status, 201);
  const at = new Date(Date.now() - 10 * 86_400_000); // and not, past midnight, the day shown
  const body = { note: "Sound the channel", started_at: at.toISOString() };
  body.ended_at = new Date(at.getTime() + 3_600_000).toISOString();
  for (let twice = 0; twice < 2; twice++)
    assert.equal((await owner.post("/api/v1/time/entries", body)).status, 201);
  await page.goto("/");
  const lately = page.getByRole("region", { name: "Start again what was worked on lately" });
  await checkAccessible(page);
  await lately.getByRole("button", { name: "Sound the channel" }).click();
  await page.getByRole("button", { name: "Stop timer" }).click();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  const done = (await rows("/time/entries")).filter(({ note }) => note === body.note);
  assert.equal(done.length, 3);
  await eventually(async () =>
    assert.equal(await lately.getByRole("button", { name: "Sound the channel" }).count(), 0),
  );
});

test("where clocks show something else than the person's, the zone of the times is told", async () => {
  for (const [zone, told] of [
    ["UTC", 0],
    ["Pacific/Kiritimati", 1],
  ]) {
    const { context, page } = await openPage(browser, server.url, { zone });
    await signIn(page, owner.account);
    const hint = (at) => at.getByText(/(^| )Times in UTC$/);
    const quick = page.getByRole("region", { name: "Add an entry" });
    await quick.getByLabel("From").waitFor();
    assert.equal(await hint(quick).count(), told);
    await page.keyboard.press("n");
    const form = page.getByRole("dialog", { name: "New entry" });
    await form.getByLabel("From", { exact: true }).waitFor();
    assert.equal(await hint(form).count(), told);
    await context.close();
  }
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
