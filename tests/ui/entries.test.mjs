// The page of entries: what its rows and days say, finding and exporting, many changed or deleted at once.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { checkAccessible, eventually, hasFocus, openBrowser, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { signIn, typeInto } from "./actions.mjs";

let server;
let owner;
let browser;
let page;
let problems;

before(async () => {
  server = await startServer();
  owner = await server.signUp({ name: "Enno Entries", email: "enno@example.org" });
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
  await signIn(page, owner.account);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Makes something; resolves to its id. */
const make = async (path, body) => (await owner.post(`/api/v1${path}`, body)).body.id;
const projectNamed = async (wanted) =>
  (await owner.get("/api/v1/projects")).body.items.find(({ name }) => name === wanted);
/** Makes an entry within a day; the clock times are those of UTC. */
const makeEntry = (day, from, to, more) =>
  make("/time/entries", {
    started_at: `${day}T${from}Z`,
    ended_at: `${day}T${to}Z`,
    ...more,
  });

test("an entry that overlaps another says so, until only its note changes", async () => {
  const overlap = page
    .locator(".toast")
    .filter({ hasText: "Overlaps with “Keel”, 05:00 – 06:00, and 1 more" });
  const form = page.getByRole("dialog", { name: /entry$/ });
  const save = async (note, from, to) => {
    await form.getByRole("textbox", { name: "Note" }).fill(note);
    await form.getByLabel("Date").fill("2026-02-04");
    await form.getByLabel("From", { exact: true }).fill(from);
    await form.getByLabel("To", { exact: true }).fill(to);
    const looked = page.waitForResponse((response) => /[?&]started_at=/.test(response.url()));
    await form.getByRole("button", { name: "Save" }).click();
    await looked;
    await form.waitFor({ state: "detached" });
  };
  for (const [note, from, to, overlaps] of [
    ["Keel", "05:00", "06:00", false],
    ["Rudder", "06:00", "06:30", false],
    ["Mast", "05:30", "07:00", true],
  ]) {
    await page.goto("/time/entries?from=2026-02-04&to=2026-02-04");
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("n");
    await save(note, from, to);
    if (overlaps) await overlap.waitFor();
    assert.equal(await overlap.count(), overlaps ? 1 : 0, note);
  }
  await page.reload();
  const marks = page.getByText("Overlaps", { exact: true });
  await page.getByTitle("Overlaps with “Mast”, 05:30 – 07:00").first().waitFor();
  assert.equal(await marks.count(), 3);
  await checkAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  const mast = page
    .getByRole("listitem")
    .filter({ has: page.getByRole("button", { name: "Mast", exact: true }) });
  await mast.getByText("Overlaps with “Keel”, 05:00 – 06:00, and 1 more").waitFor();
  await mast.getByText("05:30 – 07:00").waitFor();
  await checkAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "Mast", exact: true }).click();
  await save("Mast and sail", "05:30", "07:00");
  await page.getByText("Entry saved").waitFor();
  assert.equal(await overlap.count(), 0);
});

test("an overlap with an entry that the filter holds back is told, too", async () => {
  const project = await make("/projects", { name: "Lighthouse" });
  const day = "2026-02-05";
  await makeEntry(day, "09:00:00", "10:00:00", { note: "Lamp", project });
  await makeEntry(day, "08:00:00", "09:00:00", { note: "Gallery", project });
  await makeEntry(day, "09:30:00", "11:00:00", { note: "Stairs" });
  await page.goto(`/time/entries?from=${day}&to=${day}&project=${project}`);
  await page.getByTitle(/^Overlaps with “Stairs”, /).waitFor();
  assert.equal(await page.getByText("Overlaps", { exact: true }).count(), 1);
  // An older node beside this one does not know the route, and takes no list away.
  await page.route("**/time/overlaps?*", (route) => route.fulfill({ status: 404, body: "" }));
  await page.reload();
  await page.getByRole("button", { name: "Gallery", exact: true }).waitFor();
  assert.equal(await page.getByText("Overlaps", { exact: true }).count(), 0);
  await page.unroute("**/time/overlaps?*");
  for (const missed of problems.splice(0))
    assert.match(missed, /^404 GET \/api\/v1\/time\/overlaps/);
});

test("an entry over midnight counts below each day with the part that is of it", async () => {
  await make("/time/entries", {
    note: "Night watch",
    started_at: "2026-06-08T10:00:00Z",
    ended_at: "2026-06-09T09:00:00Z",
  });
  await page.goto("/time/entries?from=2026-06-08&to=2026-06-09");
  const row = page.getByRole("listitem").filter({ hasText: "Night watch" });
  await row.first().waitFor();
  const texts = await row.allInnerTexts();
  assert.equal(texts.length, 2);
  assert.match(texts[0], /00:00 – 09:00\s+9:00\s+of 23:00/);
  assert.match(texts[1], /10:00 – 00:00\s+14:00\s+of 23:00/);
  const ends = await page
    .locator(".num > .strong")
    .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().right)));
  assert.equal(new Set(ends).size, 1, `the durations stand below each other: ${ends}`);
});

test("entries are found by what their note contains, and exported as found", async () => {
  await page.goto("/time/entries?from=2026-06-01&to=2026-06-30");
  await page.getByText("Night watch").first().waitFor();
  const search = page.getByRole("searchbox", { name: "Note contains" });
  await search.fill("no such note");
  await page.getByText("No note here contains “no such note”").waitFor();
  await checkAccessible(page);
  await search.fill("NIGHt w");
  await page.getByText("Night watch").first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get("q"), "NIGHt w");
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "CSV of what is chosen here" }).click(),
  ]);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  assert.equal(lines.length, 2);
  assert.match(lines[1], /Night watch/);
});

test("a day that is not all here says that its hours are those so far", async () => {
  for (let i = 0; i < 101; i++) {
    const [hour, minute] = [6 + Math.floor(i / 30), 2 * (i % 30)].map((n) =>
      `${n}`.padStart(2, "0"),
    );
    const clock = `${hour}:${minute}`;
    await makeEntry("2026-04-09", `${clock}:00`, `${clock}:30`, { note: "Sounding" });
  }
  await page.goto("/time/entries?from=2026-04-09&to=2026-04-09");
  const day = page.locator(".day");
  await day.getByText("0:50 so far").waitFor();
  await page.getByRole("button", { name: "Show more" }).click();
  await day.getByText("0:51", { exact: true }).waitFor();
});

test("a row says the task and the tags of its entry", async () => {
  const project = await make("/projects", { name: "Lock gate" });
  const task = await make("/tasks", { name: "Hinges", project });
  const tags = [await make("/tags", { name: "Diver" })];
  await makeEntry("2026-05-12", "06:00:00", "07:00:00", { note: "Oiled", project, task, tags });
  await page.goto("/time/entries?from=2026-05-12&to=2026-05-12");
  await page.locator(".entry").getByText("Hinges · Diver", { exact: true }).waitFor();
  await checkAccessible(page);
});

test("many entries are changed at once, taken back, and deleted", async () => {
  const made = [];
  for (const [i, note] of ["Dredge one", "Dredge two", "Dredge three"].entries())
    made.push(await makeEntry("2026-05-11", `0${6 + i}:00:00`, `0${6 + i}:30:00`, { note }));
  const stored = async () =>
    Promise.all(made.map(async (id) => (await owner.get(`/api/v1/time/entries/${id}`)).body));
  const all = async (is) =>
    eventually(async () => assert.ok((await stored()).every(is), JSON.stringify(await stored())));
  await page.goto("/time/entries?from=2026-05-11&to=2026-05-11&q=dredge");
  await page.getByRole("checkbox", { name: /^Select Monday/ }).check();
  await page.getByText("3 selected").waitFor();
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Change 3 entries" });
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("Nothing is chosen: choose what is to change").waitFor();
  await hasFocus(form.getByRole("combobox", { name: "Project" }));
  await checkAccessible(page);
  await typeInto(form.getByRole("combobox", { name: "Project" }), "Spoil ground");
  await page.getByRole("option", { name: "Create “Spoil ground”" }).click();
  const task = form.getByRole("combobox", { name: "Task" });
  await task.click();
  await task.press("Enter"); // there is nothing to choose: that is no reason to save
  await form.getByRole("combobox", { name: "Billable" }).click();
  await page.getByRole("option", { name: "Billable", exact: true }).click();
  await checkAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Stay" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("3 entries changed").waitFor();
  const { id } = await projectNamed("Spoil ground");
  await all(({ project, billable }) => project === id && billable);
  assert.equal(await page.getByText(/^\d+ selected$/).count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await all(({ project, billable }) => project === null && !billable);
  await page.getByText("3 selected").waitFor();
  await eventually(async () => assert.equal(await projectNamed("Spoil ground"), undefined));

  // What somebody else has changed meanwhile is not overwritten, and said.
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const [first] = await stored();
  await owner.patch(
    `/api/v1/time/entries/${first.id}`,
    { note: "Dredge 1" },
    { headers: { "If-Match": `"${first.version}"` } },
  );
  await typeInto(form.getByRole("combobox", { name: "Project" }), "Spoil ground");
  await page.getByRole("option", { name: "Create “Spoil ground”" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("1 of 3 not changed").waitFor();
  await page.getByText("1 selected").waitFor();
  const again = (await projectNamed("Spoil ground")).id;
  assert.match(problems.pop(), /^412 PATCH \/api\/v1\/time\/entries\/[\w-]+$/);
  await page.getByText("Dredge 1").waitFor();
  assert.deepEqual(
    (await stored()).map(({ project }) => project),
    [null, again, again],
  );
  await page.getByRole("button", { name: "Select none" }).click();
  await page.getByRole("checkbox", { name: /^Select Monday/ }).check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("3 entries deleted").waitFor();
  for (const id of made) assert.equal((await owner.get(`/api/v1/time/entries/${id}`)).status, 404);
});

test("many entries get a task and other tags at once, and have theirs back", async () => {
  const quay = await make("/projects", { name: "Quay wall" });
  const slip = await make("/projects", { name: "Slip dock" });
  const caulk = await make("/tasks", { name: "Caulk", project: quay });
  const paint = await make("/tasks", { name: "Paint", project: slip });
  const [wet, dry] = [await make("/tags", { name: "Wet" }), await make("/tags", { name: "Dry" })];
  await make("/tags", { name: "Nobody's" });
  const first = { note: "Hull one", project: quay, task: caulk, tags: [wet] };
  const second = { note: "Hull two", project: quay, task: null, tags: null };
  const made = [];
  for (const [i, body] of [first, second].entries())
    made.push(await makeEntry("2026-05-13", `0${6 + i}:00:00`, `0${6 + i}:30:00`, body));
  const are = (...wanted) =>
    eventually(async () => {
      const stored = made.map((id) => owner.get(`/api/v1/time/entries/${id}`));
      const found = (await Promise.all(stored)).map(({ body }) => body);
      assert.deepEqual(
        found.map(({ note, project, task, tags }) => ({ note, project, task, tags })),
        wanted,
      );
    });
  await are(first, second);
  const form = page.getByRole("dialog", { name: "Change 2 entries" });
  const field = (name) => form.getByRole("combobox", { name });
  const pick = async (name, option) => {
    await field(name).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  const change = async () => {
    await page.getByRole("button", { name: "Change", exact: true }).press("Enter");
    await hasFocus(field("Project"));
    assert.equal(await page.getByRole("option").count(), 0, "the list does not cover the rest");
  };
  const save = async (doing) => {
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByText("2 entries changed").last().waitFor();
    await doing();
    await page.getByRole("button", { name: "Undo" }).last().click();
    await are(first, second);
    await page.getByText("2 entries changed").waitFor({ state: "detached" });
  };
  await page.goto("/time/entries?from=2026-05-13&to=2026-05-13");
  await page.getByRole("checkbox", { name: /^Select Wednesday/ }).check();

  // Of the project that they share; the tags to take away are those that they have.
  await change();
  await field("Tags to remove").click();
  assert.deepEqual(await page.getByRole("option").allTextContents(), ["Wet"]);
  await page.getByRole("option", { name: "Wet" }).click();
  await page.keyboard.press("Escape");
  await pick("Tags to add", "Dry");
  await page.keyboard.press("Escape");
  await field("Task").click();
  assert.deepEqual(await page.getByRole("option").allTextContents(), ["Caulk"]);
  await page.keyboard.press("Escape");
  await checkAccessible(page);
  await save(() => are({ ...first, tags: [dry] }, { ...second, tags: [dry] }));

  // Of the project that is chosen for them.
  await change();
  await pick("Project", "Slip dock");
  await pick("Task", "Paint");
  await save(() =>
    are({ ...first, project: slip, task: paint }, { ...second, project: slip, task: paint }),
  );

  // Without one, a task stays behind with its project.
  await change();
  await pick("Project", "Slip dock");
  assert.equal(await field("Task").getAttribute("placeholder"), "None where the project changes");
  await save(() => are({ ...first, project: slip, task: null }, { ...second, project: slip }));
});

test("on a phone no notice keeps a finger from a row, nor from what is done with many", async () => {
  for (let i = 0; i < 12; i++) {
    const clock = `06:${10 + i}:00`;
    await makeEntry("2026-05-18", clock, clock, { note: `Sluice ${i}` });
  }
  const desk = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto("/time/entries?from=2026-05-18&to=2026-05-18");
  const isHit = (locator) =>
    locator.evaluate((node) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      return node.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    });
  const remove = async (name) => {
    await page.getByRole("button", { name: `Edit: ${name}`, exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.locator(".toast").filter({ hasText: "Entry deleted" }).waitFor();
  };
  await remove("Sluice 11");
  const last = page.getByRole("button", { name: "Edit: Sluice 0", exact: true });
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await eventually(async () => assert.ok(await isHit(last), "the last row is out of reach"));

  await page.getByRole("checkbox", { name: "Select Sluice 3", exact: true }).check();
  await remove("Sluice 10");
  assert.ok(await isHit(page.getByRole("button", { name: "Change", exact: true })));
  assert.ok(await isHit(page.getByRole("button", { name: "Undo" }).last()));
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await eventually(async () => assert.ok(await isHit(last), "the last row is out of reach"));
  await page.setViewportSize(desk);
});

test("who deletes an entry by keyboard goes on at the next one", async () => {
  const notes = ["Caulk", "Paint", "Varnish"];
  for (const [i, note] of notes.entries())
    await makeEntry("2026-02-10", `1${i}:00:00`, `1${i}:30:00`, { note });
  await page.goto("/time/entries?from=2026-02-10&to=2026-02-10");
  await page.getByRole("button", { name: "Edit: Varnish" }).press("Enter");
  await page.getByRole("menuitem", { name: "Delete" }).press("Enter");
  await hasFocus(page.getByRole("button", { name: "Paint", exact: true }));
  await page.keyboard.press("Enter");
  const form = page.getByRole("dialog", { name: "Edit entry" });
  await form.getByRole("button", { name: "Delete" }).press("Enter");
  await hasFocus(page.getByRole("button", { name: "Caulk", exact: true }));
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
