// The main job, by hand: sign up, time something, import, see the report, look at what an insight
// would send, send exactly that, and read the answer with its receipt.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { checkAccessible, eventually, hasFocus, openBrowser, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { addProvider, choose, signUp, startModel, switchOn } from "./actions.mjs";

const EXPORT = [
  "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags",
  "Ada Osei,ada@example.org,Harbour Works,Quay survey,,Measuring,Yes,2026-03-02,08:30:00,2026-03-02,10:30:00,02:00:00,",
  "Ada Osei,ada@example.org,Harbour Works,Quay survey,,Talk with Nora Lind,Yes,2026-03-03,09:00:00,2026-03-03,10:30:00,01:30:00,",
  "Nora Lind,nora@example.org,Harbour Works,Lighthouse,,Drawings,Yes,2026-03-03,14:00:00,2026-03-03,14:45:00,00:45:00,",
].join("\n");
const ONE_MORE = [
  EXPORT.split("\n")[0],
  "Ada Osei,ada@example.org,Harbour Works,Lighthouse,,Lamp,Yes,2026-04-07,09:00:00,2026-04-07,09:30:00,00:30:00,",
].join("\n");
const PERIOD = "from=2026-03-01&to=2026-03-31";

let model;
let server;
let browser;
let page;
let problems;

before(async () => {
  model = await startModel(() => "A steady week. PERSON_1 came up once.");
  server = await startServer({ env: { VOW_LOCAL_PROVIDERS: model.origin } });
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
});
after(async () => {
  await browser?.close();
  await server?.stop();
  model?.stop();
});

/** The file that a click hands over. */
async function downloaded(link) {
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return file;
}

test("a stranger signs up and lands on Today", async () => {
  await signUp(page, { name: "Ada Osei", email: "ada@example.org", organisation: "Osei Works" });
  await page.getByText("Record the first hours").waitFor();
});

test("the timer starts and stops by keyboard on any page", async () => {
  await page.goto("/reports");
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  const note = page.getByLabel("What the time goes into");
  const start = async (leave) => {
    await page.keyboard.press("t");
    await page.keyboard.type(" not? a new entry: n/t"); // what is typed is the note, no shortcut
    await page.getByRole("button", { name: "Stop timer" }).waitFor();
    await page.keyboard.press(leave);
    await eventually(async () => {
      const { entry } = (await (await page.request.get("/api/v1/time/timer")).json()) ?? {};
      assert.equal(entry?.note, "not? a new entry: n/t");
    });
  };
  for (const leave of ["Enter", "Escape"]) {
    await start(leave);
    await page.keyboard.press("t");
    await page.getByRole("button", { name: "Start timer" }).waitFor();
    assert.equal(await note.inputValue(), "");
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByText("Entry deleted").waitFor();
  }
  await note.fill("Reading ");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("t");
  await page.getByRole("button", { name: "Stop timer" }).waitFor();
  await page.keyboard.type("the plans"); // behind what is stored by then
  await page.keyboard.press("Enter");
  await page.keyboard.press("t");
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  await page.goto("/");
  await page.getByRole("button", { name: "Reading the plans", exact: true }).waitFor();
});

test("who comes back from elsewhere stops the timer with the key that started it", async () => {
  await page.keyboard.press("t");
  await page.getByPlaceholder("Enter, then T stops").waitFor();
  await page.getByRole("button", { name: "Stop timer" }).waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await page.getByPlaceholder("Enter, then T stops").waitFor({ state: "detached" });
  await page.keyboard.press("t");
  await page.getByRole("button", { name: "Start timer" }).waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("Entry deleted").waitFor();
});

test("an entry is added, changed, deleted, and taken back", async () => {
  await page.getByRole("textbox", { name: "Add an entry" }).fill("Proposal");
  await page.getByLabel("From", { exact: true }).fill("00:10");
  await page.getByLabel("Duration").fill("90m");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Proposal", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: "Edit entry" });
  assert.equal(await drawer.getByLabel("Billable").isChecked(), false, "as without a project");
  await drawer.getByLabel("Duration").fill("1:45");
  await checkAccessible(page);
  await drawer.getByRole("button", { name: "Save" }).click();
  await page.getByRole("listitem").filter({ hasText: "Proposal" }).getByText("1:45").waitFor();
  await page.getByRole("button", { name: "Edit: Proposal" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Proposal", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Proposal", exact: true }).waitFor();
});

test("a timer stopped at once can be thrown away", async () => {
  await page.getByLabel("What the time goes into").fill("A slip");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Stop timer" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByText("Entry deleted").waitFor();
  await page.getByRole("button", { name: "A slip", exact: true }).waitFor({ state: "detached" });
});

test("an import shows what it would do, does it, and does nothing the second time", async () => {
  await page.goto("/time/import");
  const csv = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  const choose = async (name, text, act = "Choose another file") => {
    const asked = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: act, exact: true }).click();
    await (await asked).setFiles(csv(name, text));
  };
  const drop = async (name, text) => {
    const dataTransfer = await page.evaluateHandle(
      ([name, text]) => {
        const data = new DataTransfer();
        data.items.add(new File([text], name, { type: "text/csv" }));
        return data;
      },
      [name, text],
    );
    await page.getByRole("table").dispatchEvent("drop", { dataTransfer });
  };
  await choose(
    "bad.csv",
    EXPORT.replace("2026-03-02,08:30:00", "2026-03-02,morning"),
    "Choose a file",
  );
  await page.getByText("1 row cannot be read").waitFor();
  await page.getByRole("cell", { name: "morning", exact: true }).waitFor();
  await page.getByRole("heading", { name: "Would be created once every row" }).waitFor();
  await page.getByRole("button", { name: "Import", exact: true, disabled: true }).waitFor();
  const list = page.getByRole("button", { name: "Save the list" });
  const [saved] = await Promise.all([page.waitForEvent("download"), list.click()]);
  assert.equal(saved.suggestedFilename(), "1 row cannot be read.csv");
  const rows = (await readFile(await saved.path(), "utf8")).split("\r\n");
  assert.match(rows[1], /^2,Start time,morning,./);
  await page.getByText("Drop another file here, or the same one again").waitFor();
  await checkAccessible(page);
  await page.getByLabel("All of it is mine").check();
  await drop("shopping.csv", "Item,Price\nRope,12\n");
  await page.getByText("This file is not an export of a time tracker").waitFor();
  assert.equal(await page.getByText("cannot be read").count(), 0);
  assert.equal(await page.getByText("be created").count(), 0);
  assert.ok(await page.getByLabel("All of it is mine").isChecked(), "what was chosen stays");
  await page.getByLabel("All of it is mine").uncheck();
  await checkAccessible(page);
  await choose("odd.csv", EXPORT.replace("10:30:00,02:00:00", "10:30:00,08:30:00"));
  await page.getByText("1 row does not add up").waitFor();
  await page.getByText("is not the time from start to end; the duration counts").waitFor();
  await checkAccessible(page);
  await choose("toggl.csv", EXPORT);
  await page.getByText("The import creates their projects, without rates").waitFor();
  assert.deepEqual(
    await page.getByRole("list", { name: "Projects" }).getByRole("listitem").allTextContents(),
    ["Quay survey (Harbour Works)", "Lighthouse (Harbour Works)"],
  );
  assert.equal(await page.getByRole("link", { name: /^Rates of projects/ }).count(), 0);
  await page.getByRole("button", { name: "Import 3 entries" }).click();
  await page.getByText("3 entries imported").waitFor();
  await page.getByRole("status").getByText("Done: 3 entries came in").waitFor();
  const to_report = page.getByRole("button", { name: "See the report" });
  assert.ok(await to_report.evaluate((node) => node === document.activeElement));
  await page.getByText("Their amounts are zero. Set rates").waitFor();
  await page.getByRole("button", { name: "See the entries" }).click();
  await page.waitForURL("**/time/entries?from=2026-03-02&to=2026-03-03");
  await page.getByRole("button", { name: "Measuring", exact: true }).waitFor();
  await page.goto("/time/import");
  await choose("again.csv", EXPORT, "Choose a file");
  await page.getByText("Nothing new in this file").waitFor();
  await choose("one.csv", ONE_MORE);
  await page.getByRole("heading", { name: "What will be created" }).waitFor();
  await page.locator("main").getByText("Entry", { exact: true }).waitFor();
  await page.getByText("Set rates before you import").waitFor();
  const rates = page.getByRole("link", { name: "Rates of projects (in a new tab)" });
  assert.equal(await rates.getAttribute("target"), "_blank");
  await page.getByRole("button", { name: "Import 1 entry", exact: true }).click();
  await page.getByText("1 entry imported", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "What was created" }).waitFor();
  await page.getByRole("button", { name: "See the report" }).click();
  await page.waitForURL("**/reports?from=2026-04-07&to=2026-04-07");
  await page.getByText("0:30").first().waitFor();
});

test("of many names in a file the first are shown, and all when asked for", async () => {
  const [head, , , last] = EXPORT.split("\n");
  const lines = Array.from({ length: 30 }, (_, i) => last.replace("Lighthouse", `Pier ${i + 1}`));
  await page.goto("/time/import");
  await page.locator("input[type=file]").setInputFiles({
    name: "piers.csv",
    mimeType: "text/csv",
    buffer: Buffer.from([head, ...lines].join("\n")),
  });
  const list = page.getByRole("list", { name: "Projects" });
  await list.waitFor();
  assert.equal(await list.getByRole("listitem").count(), 24);
  await checkAccessible(page);
  await page.getByRole("button", { name: "Show all 30" }).click();
  await list.getByText("Pier 30 (Harbour Works)").waitFor();
  assert.equal(await list.getByRole("listitem").count(), 30);
  await hasFocus(list);
  await checkAccessible(page);
});

test("what is wrong with a file as a whole is the headline", async () => {
  await page.goto("/time/import");
  const give = (name, text, encoding = "utf8") =>
    page
      .locator("input[type=file]")
      .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text, encoding) });
  const absent = async (text) => assert.equal(await page.getByText(text).count(), 0, text);
  await give("header.csv", EXPORT.slice(0, EXPORT.indexOf("\n") + 1));
  await page.getByText("The file has no rows").waitFor();
  await absent("Every row is here already");
  await give("dates.csv", EXPORT.replaceAll(/2026-03-0(\d)/g, "0$1/03/2026"));
  await page.getByText("The dates can be read day first or month first").waitFor();
  await page.getByText("Choose under “Dates”").waitFor();
  await absent("cannot be read");
  await checkAccessible(page);
  await give("broken.csv", "\x81\n\x81\n", "latin1");
  await page.getByText("The file is neither UTF-8 nor Windows-1252 from line 1 on").waitFor();
  await absent("not an export of a time tracker");
  await give("latin.csv", EXPORT.replaceAll("Measuring", "Prüfen"), "latin1");
  await page.getByText("The file is not UTF-8 and is read as Windows-1252").waitFor();
  await absent("does not add up");
  const running = EXPORT.replace("10:30:00,02:00:00", ",");
  assert.notEqual(running, EXPORT);
  await give("running.csv", running);
  await page.getByText("1 row does not add up or is left out").waitFor();
  await page.getByText("as of a timer that still runs").waitFor();
  await checkAccessible(page);
  const own = await page.request.get("/api/v1/time/export.csv");
  await give("time.csv", await own.text());
  await page.getByText("Nothing new in this file").waitFor();
  await page.getByText("· vow").waitFor();
  await absent("cannot be");
});

test("an import in another currency names both, and leads to where it is set", async () => {
  await page.goto("/time/import");
  const text = ONE_MORE.replace(/^.*$/m, "$&,Amount (JPY),Mood").replace(
    /00:30:00,$/,
    "00:20:00,,900,fine",
  );
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "yen.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByText("The amounts are in JPY, and the organisation's currency is ").waitFor();
  const link = page.getByRole("link", { name: "Currency of the organisation (in a new tab)" });
  const [settings] = await Promise.all([page.waitForEvent("popup"), link.click()]);
  await settings.waitForURL("**/settings");
  await settings.close();
  await page.getByText("1 row does not add up").waitFor();
  await page.getByText("1 column of the file is not read").waitFor();
  await page.getByText("Mood", { exact: true }).waitFor();
  await checkAccessible(page);
});

test("the report matches a hand count", async () => {
  await page.goto(`/reports?by=project&then=person&${PERIOD}`);
  for (const [name, hours] of [
    ["Quay survey", "3:30"],
    ["Lighthouse", "0:45"],
    ["Total", "4:15"],
  ])
    await page
      .getByRole("row", { name: new RegExp(name) })
      .getByText(hours, { exact: true })
      .first()
      .waitFor();
  const report = await downloaded(page.getByRole("link", { name: "CSV" }));
  assert.equal(report.suggestedFilename(), "report-2026-03-01-to-2026-03-31.csv");
});

test("the parts of a report are in the order of time where they are times", async () => {
  await page.goto(`/reports?by=project&then=day&${PERIOD}`);
  const parts = page.locator(".legend li");
  await parts.nth(1).waitFor();
  assert.deepEqual((await parts.allTextContents()).slice(0, 2), ["2 Mar", "3 Mar"]);
  const rows = page.locator("tbody tr");
  const all = page.getByRole("button", { name: "Project / Day" });
  const closed = await rows.count();
  await all.click();
  await eventually(async () => assert.ok((await rows.count()) > closed));
  await checkAccessible(page);
  await all.click();
  await eventually(async () => assert.equal(await rows.count(), closed));
});

test("what is exported is the period that is shown, and the file's name says so", async () => {
  await page.goto("/time/entries?from=2026-03-02&to=2026-03-02");
  await page.getByRole("button", { name: "Measuring", exact: true }).waitFor();
  for (const kind of ["CSV", "JSON"]) {
    await page.getByRole("button", { name: "Export" }).click();
    const file = await downloaded(page.getByRole("menuitem", { name: kind }));
    assert.equal(file.suggestedFilename(), `time-2026-03-02.${kind.toLowerCase()}`);
    const text = await readFile(await file.path(), "utf8");
    assert.match(text, /Measuring/);
    assert.doesNotMatch(text, /Talk with Nora Lind/, "of the day after");
  }
});

test("AI is off, says so, and leads an admin to the switch", async () => {
  await page.goto("/insights");
  await page.getByText("AI is off in this organisation").waitFor();
  await checkAccessible(page);
  await page.getByRole("button", { name: "Open the AI settings" }).click();
  await page
    .getByRole("switch", { name: "AI in this organisation", checked: false })
    .waitFor({ state: "attached" });
});

test("the local engine answers, labelled as advice, and leaves a receipt", async () => {
  await switchOn(page, ["Feedback on my time", "Summary of a report"]);
  await page.goto(`/insights?${PERIOD}`);
  const show = page.getByRole("button", { name: "Show what would be read" });
  await show.click();
  const sheet = page.getByRole("dialog", { name: "What would be read" });
  await sheet.getByText("Nothing leaves it").waitFor();
  await sheet.getByText(/Time entry: .*duration/).waitFor();
  await sheet.getByText(/^1\s*–\s*31 Mar 2026$/).waitFor();
  await sheet.getByText(/^4 Jan\s*–\s*28 Feb 2026 \(0 rows of these\)$/).waitFor();
  await sheet.getByTitle("time_entry.duration_s").waitFor();
  assert.doesNotMatch(await sheet.textContent(), /sen[dt]|bytes/i);
  await checkAccessible(page);
  await sheet.getByRole("button", { name: "Close", exact: true }).last().click();
  await sheet.waitFor({ state: "hidden" });
  const hasFocus = () => show.evaluate((it) => it === document.activeElement);
  await eventually(async () => assert.ok(await hasFocus(), "the button has the focus again"));
  await page.getByRole("button", { name: "Get the insight" }).click();
  const receipt = page.getByRole("region", { name: "Receipt" });
  await receipt.getByText("Nothing left this server").waitFor();
  await page.getByText(/^Looked at: .*31 Mar 2026, compared with 4 Jan.*28 Feb 2026\.$/).waitFor();
  assert.doesNotMatch(await receipt.textContent(), /sent|salt|bytes/i);
  await page.getByText("Advice, not a decision").first().waitFor();
  await checkAccessible(page);

  const [id] = (await receipt.textContent()).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/);
  await page.getByRole("link", { name: "Receipts" }).click();
  const row = page.getByRole("row").filter({ hasText: id });
  await row.getByText(/duration.* rows?\)/).waitFor();
  await row.getByText("Answered", { exact: true }).waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  const { x, width, height } = await row.boundingBox();
  assert.ok(x >= 0 && x + width <= 390, `a receipt on a phone reaches ${x + width}`);
  assert.ok(height < 400, `a receipt on a phone is ${height} high`);
  await checkAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("dates that are the wrong way round get no insight", async () => {
  await page.goto("/insights?from=2026-03-03&to=2026-03-04");
  const get = page.getByRole("button", { name: "Get the insight" });
  await page.getByLabel("To", { exact: true }).fill("2026-03-01");
  await page.getByText("Before “From”").waitFor();
  assert.equal(await get.isDisabled(), true);
  await page.getByLabel("From", { exact: true }).fill("2026-02-27");
  assert.equal(await get.isDisabled(), false);
});

test("a card shows the number of its sentence, with its sign", async () => {
  await page.goto("/insights?from=2026-03-03&to=2026-03-03&what=summary.report");
  await page.getByRole("button", { name: "Get the insight" }).click();
  const card = (title) =>
    page.getByRole("article").filter({ has: page.getByRole("heading", { name: title }) });
  const shows = async (title, sentence, figure) => {
    await card(title).getByText(sentence).waitFor();
    assert.equal(await card(title).locator(".figure").textContent(), figure);
  };
  await shows("More than before", "+12.5 % against", "12.5 %");
  await page.goto("/insights?from=2026-03-04&to=2026-03-04&what=summary.report");
  await page.getByRole("button", { name: "Get the insight" }).click();
  await shows("The largest shift", "Quay survey went from 1:30 to 0:00 (-1:30).", "-1:30 hours");
  await checkAccessible(page);
});

test("a model gets exactly what the preview showed, and names come back here", async () => {
  await addProvider(page, { name: "House model", endpoint: `${model.origin}/v1` });
  await page.goto(`/insights?${PERIOD}`);
  await choose(page, "Answered by", "House model");
  await page.getByRole("button", { name: "Show what would be sent" }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByText("Exact bytes").click();
  const text = sheet.getByRole("region", { name: "The text that would be sent" });
  await eventually(async () => JSON.parse(await text.textContent()));
  const shown = await text.textContent();
  assert.ok(!shown.includes("Nora"), "a name is masked");
  const [rules] = JSON.parse(shown).messages;
  assert.doesNotMatch(rules.content, /[A-Z]+_\d/, "rules that look like somebody");
  assert.equal(model.bodies.length, 0, "looking sends nothing");
  await checkAccessible(page);
  await sheet.getByRole("button", { name: "Send this" }).click();
  await page.getByText("A steady week. Nora Lind came up once.").waitFor();
  assert.deepEqual(model.bodies, [shown]);
  await page.getByRole("heading", { name: "Receipt" }).waitFor();
});

test("the provider of the organisation answers unless a person chooses another", async () => {
  const answers = (value) =>
    eventually(async () => {
      const chosen = page.getByRole("combobox", { name: "Answered by", exact: true });
      assert.equal(await chosen.inputValue(), value);
    });
  await page.goto("/settings/ai");
  await choose(page, "Answered by", "House model");
  await answers("House model");
  await page.goto(`/insights?${PERIOD}`);
  await answers("House model");
  await choose(page, "Answered by", "Local engine");
  await answers("Local engine");
});

test("a provider's key and evidence do not go along to another address", async () => {
  const far = "https://models.example";
  await addProvider(page, { name: "Far model", endpoint: `${far}/v1`, until: "2099-01-01" });
  await page.getByRole("button", { name: "Edit: Far model" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const drawer = page.getByRole("dialog", { name: "Edit provider" });
  const address = drawer.getByRole("textbox", { name: /^Address/ });
  const until = drawer.getByLabel("Agreement valid until");
  const shows = (value) => eventually(async () => assert.equal(await until.inputValue(), value));
  await address.fill(`${far}/v2`);
  await drawer.getByText("Given for another address or model").waitFor();
  await shows("");
  await checkAccessible(page);
  await address.fill(`${far}/v1`);
  await shows("2099-01-01");
  await address.fill(`${far}/v2`);
  await until.fill("2099-02-01");
  await drawer.getByRole("button", { name: "Save" }).click();
  await page.getByText("Agreement: until 1 Feb 2099").waitFor();
  await page.getByText("No training: missing").waitFor();
});

test("who cannot be signed out is told, and may try again", async () => {
  const address = "**/api/v1/session";
  const refuse = (route) =>
    route.request().method() === "DELETE" ? route.abort() : route.fallback();
  const signOut = async () => {
    await page.getByRole("button", { name: "Account of Ada Osei" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
  };
  await page.route(address, refuse);
  await signOut();
  await page.getByText("You are still signed in.").waitFor();
  await page.unroute(address, refuse);
  await signOut();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
