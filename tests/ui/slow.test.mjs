// An impatient person on a slow and flaky network: nothing is done twice, lost, or told as what it is not.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eventually, openBrowser, openPage, settled } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { choose, hold, lose, signIn } from "./actions.mjs";

let server;
let owner;
let browser;
let page;
let problems;

before(async () => {
  server = await startServer();
  owner = await server.signUp({ name: "Ina Impatient" });
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
  await signIn(page, owner.account);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  await page.goto("/");
  await settled(page);
});

const get = async (path) => (await owner.get(`/api/v1${path}`)).body;
const post = async (path, body) => (await owner.post(`/api/v1${path}`, body)).body;
const said = (text) => page.locator(".toast").filter({ hasText: text });
const holds = (field, text) => eventually(async () => assert.equal(await field.inputValue(), text));
const save = (within = page) => within.getByRole("button", { name: "Save", exact: true });

const DAY = "2026-01-05";

/** Each an hour after the one before, so that no slip is spoken of. */
let hour = 0;
async function typeEntry(note) {
  const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;
  await page.keyboard.press("n");
  const form = page.getByRole("dialog", { name: "New entry" });
  await form.getByRole("textbox", { name: "Note" }).fill(note);
  await form.getByLabel("Date").fill(DAY);
  await form.getByLabel("From", { exact: true }).fill(clock(hour));
  await form.getByLabel("To", { exact: true }).fill(clock(++hour));
  return form;
}
const noted = async (note) =>
  (await get("/time/entries")).items.filter((entry) => entry.note === note);

test("what was saved without an answer and is saved again is there once", async (t) => {
  const projects = async () => (await get("/projects")).items.filter(({ name }) => name === "Ebb");
  await page.goto("/projects");
  await page.getByRole("button", { name: "New project" }).first().click();
  const form = page.getByRole("dialog", { name: "New project" });
  await form.getByRole("textbox", { name: "Name" }).fill("Ebb");
  const asked = await hold(t, page, "POST", "/projects");
  await save(form).click();
  await lose(await asked.next());
  await form.getByText("The server cannot be reached").waitFor();
  await asked.end();
  await save(form).click();
  await form.waitFor({ state: "detached" });
  assert.equal((await projects()).length, 1);
});

/** The server cannot do it. */
async function fail(route) {
  await route.fulfill({ status: 500, json: {} });
  await eventually(() => assert.ok(problems.pop()?.startsWith("500")));
}

const isThereOnce = (note) =>
  eventually(async () => {
    assert.equal((await noted(note)).length, 1);
    assert.equal(await page.getByText("Not sent yet").count(), 0);
  });

test("an entry whose answer is lost, or breaks off, is there once", async (t) => {
  const form = await typeEntry("Ebb");
  const asked = await hold(t, page, "POST", "/time/entries");
  await save(form).click();
  await lose(await asked.next());
  await form.waitFor({ state: "detached" });
  await said("Kept here").waitFor();
  await asked.end();
  await isThereOnce("Ebb");

  hour--;
  const twin = await typeEntry("Ebb");
  await save(twin).click();
  await twin.waitFor({ state: "detached" });
  assert.equal((await noted("Ebb")).length, 2, "the next one is another");

  const broken = await typeEntry("Swell");
  await page.evaluate(() => {
    const { text } = Response.prototype;
    Response.prototype.text = function () {
      if (this.status !== 201) return text.call(this);
      Response.prototype.text = text;
      return Promise.reject(new TypeError("network error"));
    };
  });
  await save(broken).click();
  await broken.waitFor({ state: "detached" });
  await isThereOnce("Swell");
});

test("a form that is closed while it is saved says what became of it", async (t) => {
  const form = await typeEntry("Surge");
  const asked = await hold(t, page, "POST", "/time/entries");
  await save(form).click();
  const route = await asked.next();
  await page.keyboard.press("Escape");
  await form.waitFor({ state: "detached" });
  await route.abort();
  await said("Kept here").waitFor();
  await asked.end();
  await isThereOnce("Surge");

  const other = await typeEntry("Undertow");
  const failing = await hold(t, page, "POST", "/time/entries");
  await save(other).click();
  const failed = await failing.next();
  await page.keyboard.press("Escape");
  await other.waitFor({ state: "detached" });
  await fail(failed);
  await said("Not done").waitFor();
});

test("a form that opened meanwhile is not closed by what another has saved", async (t) => {
  const form = await typeEntry("Spring tide");
  const asked = await hold(t, page, "POST", "/time/entries");
  await save(form).click();
  const route = await asked.next();
  await page.keyboard.press("Escape");
  await form.waitFor({ state: "detached" });
  const other = await typeEntry("Neap tide");
  await route.continue();
  await said("Entry added").waitFor();
  await holds(other.getByRole("textbox", { name: "Note" }), "Neap tide");
  await page.keyboard.press("Escape");
});

test("what is asked about and left meanwhile says when it was not done", async (t) => {
  await post("/clients", { name: "Wharf" });
  await page.goto("/projects/clients");
  const asked = await hold(t, page, "DELETE", "/clients/.*");
  await page.getByRole("button", { name: "Edit: Wharf" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("Wharf");
  await dialog.getByRole("button", { name: "Delete" }).click();
  const route = await asked.next();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
  await route.abort();
  await said("Not done: Check the connection").waitFor();
});

test("what is chosen last stays, whatever is made meanwhile", async (t) => {
  await post("/projects", { name: "Mole", billable: false });
  await page.goto("/");
  await settled(page);
  const form = await typeEntry("Groyne");
  const list = form.getByRole("combobox", { name: "Project" });
  const asked = await hold(t, page, "POST", "/projects");
  await list.fill("Jetty");
  await page.getByRole("option", { name: "Create “Jetty”" }).click();
  const route = await asked.next();
  await list.fill("Mole");
  await page.getByRole("option", { name: "Mole" }).click();
  const made = page.waitForResponse(/\/projects\?/);
  await route.continue();
  await made;
  await save(form).click();
  await form.waitFor({ state: "detached" });
  const { id } = (await get("/projects")).items.find(({ name }) => name === "Mole");
  assert.equal((await noted("Groyne"))[0].project, id);
});

test("tags that are made at the same time are all there", async (t) => {
  const form = await typeEntry("Pier");
  const list = form.getByRole("combobox", { name: "Tags" });
  const asked = await hold(t, page, "POST", "/tags");
  const routes = [];
  for (const name of ["wet", "cold"]) {
    await list.fill(name);
    await page.getByRole("option", { name: `Create “${name}”` }).click();
    routes.push(await asked.next());
  }
  await save(form).click();
  for (const route of routes.reverse()) await route.continue();
  await form.waitFor({ state: "detached" });
  assert.equal((await noted("Pier"))[0].tags.length, 2);
});

const timer = () => page.getByRole("region", { name: "Timer" });
const what = () => timer().getByRole("textbox", { name: "What the time goes into" });

test("what is typed while the timer starts is of what starts, while it stops of what is next", async (t) => {
  const starts = await hold(t, page, "POST", "/time/timer");
  await page.getByRole("button", { name: "Start timer" }).click();
  const start = await starts.next();
  await what().fill("Low water");
  await what().press("Tab");
  await start.continue();
  await eventually(async () => assert.equal((await get("/time/timer")).entry?.note, "Low water"));
  await holds(what(), "Low water");
  await starts.end();

  const stops = await hold(t, page, "POST", "/time/timer/stop");
  await page.getByRole("button", { name: "Stop timer" }).click();
  const stop = await stops.next();
  await what().fill("High water");
  await stop.continue();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  await holds(what(), "High water");
  await stops.end();
  await what().fill("");
});

/** The requests of that kind from now on. */
function posted(t) {
  const requests = [];
  const note = (request) => request.method() === "POST" && requests.push(request);
  page.on("request", note);
  t.after(() => page.off("request", note));
  return requests;
}

test("a key that is held is pressed once, and types into nothing", async (t) => {
  const requests = posted(t);
  for (const name of ["Stop timer", "Start timer"]) {
    await page.keyboard.down("t");
    await page.getByRole("button", { name }).waitFor();
    await eventually(async () =>
      assert.equal((await get("/time/timer")).running, name === "Stop timer"),
    );
    await page.keyboard.down("t"); // again by itself
    await page.keyboard.up("t");
    await holds(what(), "");
    await page.keyboard.press("Escape"); // out of the note
  }
  const paths = requests.map((request) => new URL(request.url()).pathname);
  assert.deepEqual(paths, ["/api/v1/time/timer", "/api/v1/time/timer/stop"]);
});

test("Enter that ends a word of an input method does not start the timer", async (t) => {
  const requests = posted(t);
  const enter = { key: "Enter", bubbles: true, cancelable: true };
  await what().fill("引き潮");
  await what().dispatchEvent("keydown", { ...enter, isComposing: true });
  await what().fill("引き潮の表");
  await what().dispatchEvent("keydown", enter);
  await page.getByRole("button", { name: "Stop timer" }).click();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  assert.equal(requests[0].postDataJSON().note, "引き潮の表");
});

test("to start again twice at once is one wish", async (t) => {
  const asked = await hold(t, page, "POST", "/time/timer");
  await page.goto("/");
  await page.getByRole("button", { name: "Start again: Low water" }).dblclick();
  await (await asked.next()).continue();
  await page.getByRole("button", { name: "Stop timer" }).waitFor();
  assert.equal(asked.count(), 0);
  await asked.end();
  await page.getByRole("button", { name: "Stop timer" }).click();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
});

test("an undo without an answer is done once, and one that fails can be tried again", async (t) => {
  await page.goto(`/time/entries?from=${DAY}&to=${DAY}`);
  const remove = async () => {
    await page.getByRole("button", { name: "Edit: Pier" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
  };
  const undo = () => said("Entry deleted").getByRole("button", { name: "Undo" }).click();
  await remove();
  const asked = await hold(t, page, "POST", "/time/entries");
  await undo();
  await lose(await asked.next());
  await asked.end();
  await page.getByRole("button", { name: "Edit: Pier" }).waitFor();
  await isThereOnce("Pier");

  await remove();
  await said("Entry deleted").waitFor();
  const failing = await hold(t, page, "POST", "/time/entries");
  await undo();
  await fail(await failing.next());
  await failing.end();
  await said("Not restored").getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Edit: Pier" }).waitFor();
  assert.equal((await noted("Pier")).length, 1);
});

test("no undo is offered of a timer that is deleted while it runs", async () => {
  await post("/time/timer", { note: "Undertow" });
  await page.goto("/");
  await page.getByRole("button", { name: "Edit: Undertow" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await said("Entry deleted").waitFor();
  assert.equal(await page.getByRole("button", { name: "Undo" }).count(), 0);
});

test("what is deleted twice is gone, and nothing is wrong", async () => {
  await post("/time/entries", {
    started_at: `${DAY}T20:00:00Z`,
    ended_at: `${DAY}T20:10:00Z`,
    note: "Twofold",
  });
  await page.goto(`/time/entries?from=${DAY}&to=${DAY}`);
  await page.getByRole("button", { name: "Edit: Twofold" }).click();
  const [{ id, version }] = await noted("Twofold");
  await owner.delete(`/api/v1/time/entries/${id}`, { headers: { "If-Match": `"${version}"` } });
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Edit: Twofold" }).waitFor({ state: "detached" });
  assert.equal(await page.locator(".toast").count(), 0);
  assert.deepEqual(problems.splice(0), [`404 DELETE /api/v1/time/entries/${id}`]);
});

const cell = (day) => page.getByRole("textbox", { name: new RegExp(`Mole, ${day}`) });
const WEEK = "/time?date=2026-03-04";

test("a cell that is not kept is told of when its week is no longer there", async (t) => {
  await page.goto(WEEK);
  await choose(page, "Add a row", "Mole");
  const asked = await hold(t, page, "PUT", "/time/week");
  await cell("Monday").fill("2:00");
  await cell("Monday").press("Enter");
  const route = await asked.next();
  await page.getByRole("button", { name: "Next week" }).click();
  await page.getByText("9 – 15 Mar 2026").waitFor();
  await cell("Monday").waitFor({ state: "detached" });
  await route.abort();
  await said("Not saved: Mole, Monday 2 March").waitFor();
});

test("a week that was asked for before a cell was kept does not take it back", async (t) => {
  await page.goto(WEEK);
  await choose(page, "Add a row", "Mole");
  const puts = await hold(t, page, "PUT", "/time/week");
  await cell("Monday").fill("2:00");
  await cell("Monday").press("Enter");
  const put = await puts.next();
  const reads = await hold(t, page, "GET", "/time/week");
  await page.getByRole("button", { name: "Start timer" }).click();
  const read = await reads.next();
  const before = await read.fetch();
  await put.continue();
  await page.getByText("Saved", { exact: true }).waitFor();
  await reads.end();
  await read.fulfill({ response: before }).catch(() => {}); // given up by then
  await eventually(async () =>
    assert.equal(await page.locator("tfoot .total").textContent(), "2:00"),
  );
  await holds(cell("Monday"), "2:00");
  await page.getByRole("button", { name: "Stop timer" }).click();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  await holds(cell("Monday"), "2:00");
});

test("a report stands as what it was asked for until the next is there", async (t) => {
  await page.goto("/reports?from=2026-03-01&to=2026-03-31");
  await page.getByText("1 – 31 Mar 2026. 2:00 hours").waitFor();
  const asked = await hold(t, page, "GET", "/reports/time");
  await choose(page, "Group by", "Day");
  const route = await asked.next();
  await page.getByRole("columnheader", { name: "Project" }).first().waitFor();
  await page.locator("main [aria-busy=true]").waitFor();
  await route.continue();
  await page.locator("main [aria-busy=true]").waitFor({ state: "detached" });
});

test("what is typed while a form is saved is kept, and saved with the next", async (t) => {
  const fields = [{ label: "Depth", kind: "number" }];
  const { id } = await post("/forms", { title: "Soundings", fields });
  await page.goto(`/forms/${id}/fields`);
  const asked = await hold(t, page, "PATCH", "/forms/.*");
  const label = page.getByRole("textbox", { name: "Question" }).first();
  await label.fill("Depth in metres");
  await save().click();
  const route = await asked.next();
  await label.fill("Depth in feet");
  await route.continue();
  await said("Saved").waitFor();
  await asked.end();
  await eventually(async () => assert.ok(await save().isEnabled()));
  await holds(label, "Depth in feet");
  await save().click();
  await eventually(async () =>
    assert.equal((await get(`/forms/${id}`)).fields[0].label, "Depth in feet"),
  );
});

test("the file that is chosen last is the one that is sent, by keys too", async (t) => {
  const fields = [{ label: "Chart", kind: "file" }];
  const { id } = await post("/forms", { title: "Charts", status: "open", fields });
  await page.goto(`/forms/${id}/fill`);
  const asked = await hold(t, page, "POST", "/files");
  const choose = async (name) => {
    const file = { name, mimeType: "text/plain", buffer: Buffer.from(name) };
    await page.locator("input[type=file]").setInputFiles(file);
    return asked.next();
  };
  const answered = async (route) => {
    await route.continue();
    await (await route.request().response()).finished();
  };
  const sent = async (names) => {
    await said("Sent").waitFor();
    const { files } = await get(`/forms/${id}/submissions`);
    assert.deepEqual(files.map(({ name }) => name).sort(), names);
  };
  const first = await choose("old.txt");
  const second = await choose("new.txt");
  await answered(second);
  await answered(first);
  await page.getByRole("button", { name: "Send" }).click();
  await sent(["new.txt"]);

  await page.reload();
  const last = await choose("next.txt");
  await page.getByRole("button", { name: "Chart" }).press("Control+Enter");
  await last.continue();
  await sent(["new.txt", "next.txt"]);
});

test("a switch that is flipped again before the answer ends as it was flipped last", async (t) => {
  const [on, off] = [true, false];
  for (const [path, name, method, asks, states, stored] of [
    [
      "/settings/ai",
      "AI in this organisation",
      "PATCH",
      "/ai/settings",
      [on, off, on],
      async () => (await get("/ai/settings")).on,
    ],
    [
      "/settings/ai",
      "Feedback on my time",
      "(POST|PATCH)",
      "/ai/switches.*",
      [on, off, on],
      async () => (await get("/ai/switches")).items[0]?.on,
    ],
    [
      "/privacy",
      "No AI on my data",
      "PUT",
      "/ai/objection",
      [on, off],
      async () => (await get("/ai/objection")).objected,
    ],
  ]) {
    await page.goto(path);
    const toggle = page.getByRole("switch", { name, exact: true });
    await eventually(async () => assert.ok(await toggle.isEnabled()));
    const asked = await hold(t, page, method, asks);
    for (const state of states) {
      await toggle.press("Space");
      await eventually(async () => assert.equal(await toggle.isChecked(), state));
    }
    for (const state of states) {
      await (await asked.next()).continue();
      await eventually(async () => assert.equal(await stored(), state));
    }
    await asked.end();
    await page.reload();
    await eventually(async () => assert.equal(await toggle.isChecked(), states.at(-1)));
  }
});

test("what is chosen while an import is under way does not hide what became of it", async (t) => {
  await page.goto("/time/import");
  const rows =
    "Date,Client,Project,Task,Notes,Hours,First Name,Last Name\n2026-02-03,,Mole,,Sand,1.5,Ina,Impatient\n";
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "sand.csv", mimeType: "text/csv", buffer: Buffer.from(rows) });
  const commit = page.getByRole("button", { name: "Import 1 entry", exact: true });
  await eventually(async () => assert.ok(await commit.isEnabled()));
  const asked = await hold(t, page, "POST", "/time/imports");
  await commit.click();
  const route = await asked.next();
  await page.getByRole("checkbox").first().click();
  await route.continue();
  await page.getByText("1 entry imported", { exact: true }).waitFor();
  assert.equal(asked.count(), 0);
});

test("what is sent is what was looked at, whatever was chosen meanwhile", async (t) => {
  await page.goto("/insights?from=2026-03-02&to=2026-03-08");
  const asked = await hold(t, page, "POST", "/ai/run");
  await page.getByRole("button", { name: "Show what would be read" }).click();
  const looked = await asked.next();
  await page.getByLabel("From").fill("2026-02-02");
  await looked.continue();
  const sheet = page.getByRole("dialog");
  await sheet.getByText("2 – 8 Mar 2026").first().waitFor();
  await sheet.getByRole("button", { name: "Get the insight" }).click();
  const sent = (await asked.next()).request().postDataJSON();
  assert.equal(sent.from, "2026-03-02");
  await page.goto("/");
});

test("a person whose rate was not kept is not added again", async (t) => {
  await page.goto("/people");
  await page.getByRole("button", { name: "Add a person" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: /^Name/ }).fill("Nell Netmaker");
  await form.getByRole("textbox", { name: /rate/i }).fill("90");
  const asked = await hold(t, page, "POST", "/people/rates");
  await save(form).click();
  await (await asked.next()).abort();
  await form.getByText("The server cannot be reached").waitFor();
  await asked.end();
  await save(form).click();
  await form.waitFor({ state: "detached" });
  const people = (await get("/people")).items.filter(({ name }) => name === "Nell Netmaker");
  assert.equal(people.length, 1);
  assert.equal((await get("/people/rates")).items[0].person, people[0].id);
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
