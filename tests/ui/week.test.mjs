// The week sheet by keyboard, like a spreadsheet; the palette and the keys.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkAccessible, eventually, hasFocus, openBrowser, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { signUp } from "./actions.mjs";

let server;
let browser;
let page;
let problems;

before(async () => {
  server = await startServer();
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url, { zone: "Europe/Berlin" }));
  await signUp(page, { name: "Wim Weeks", email: "wim@example.org", organisation: "Weeks" });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a project is made with a client and a colour of its own", async () => {
  for (const [path, act, name] of [
    ["/projects/clients", "New client", "Harbour Works"],
    ["/projects", "New project", "Quay survey"],
  ]) {
    await page.goto(path);
    await page.getByRole("button", { name: act }).first().click();
    await page.getByRole("textbox", { name: /^Name/ }).fill(name);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name, exact: true }).waitFor();
  }
});

/** Asks the API as the page would. */
const call = (method, path, body, version) =>
  page.evaluate(
    async ([method, path, body, version]) => {
      const headers = body ? { "Content-Type": "application/json" } : {};
      if (version) headers["If-Match"] = `"${version}"`;
      const init = { method, headers, body: body && JSON.stringify(body) };
      return (await fetch(`/api/v1${path}`, init)).json();
    },
    [method, path, body, version],
  );

const holds = (cell, text) => eventually(async () => assert.equal(await cell.inputValue(), text));
const label = (cell) => cell.getAttribute("aria-label");
const total = (text) => page.locator("tfoot .total").getByText(text, { exact: true }).waitFor();

test("hours are typed, moved through, corrected and kept", async () => {
  await page.goto("/time?date=2026-03-04");
  await page.getByRole("combobox", { name: "Add a row" }).click();
  await page.getByRole("option", { name: "Quay survey" }).click();
  const cell = (day) => page.getByRole("textbox", { name: new RegExp(`Quay survey, ${day}`) });
  await cell("Monday").focus();
  await page.keyboard.type("1:30");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("90m");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("1,5h");
  await page.keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.equal(
    await page.evaluate(() => getSelection().toString()),
    "1:30",
    "the last row selects",
  );
  await page.reload();
  for (const day of ["Monday", "Tuesday", "Wednesday"]) await holds(cell(day), "1:30");
  await total("4:30");

  await cell("Tuesday").focus();
  await page.keyboard.type("nonsense");
  await eventually(async () =>
    assert.equal(await cell("Tuesday").getAttribute("aria-invalid"), "true"),
  );
  await page.keyboard.press("Escape");
  await holds(cell("Tuesday"), "1:30");
  await page.keyboard.press("Delete");
  await page.keyboard.press("ArrowLeft");
  await total("3:00");
  await page.getByText("Saved", { exact: true }).waitFor();
  await checkAccessible(page);
});

test("a cleared cell is stored at once, an emptied one when it is left; both can be taken back", async () => {
  const cell = page.getByRole("textbox", { name: /Quay survey, Wednesday/ });
  await cell.focus();
  await page.keyboard.press("Backspace");
  await page.getByRole("heading", { name: "Week", exact: true }).click();
  await page.getByText(/^Cleared: Quay survey, .*Wednesday/).waitFor();
  await total("1:30");
  await page.reload();
  await holds(cell, "");

  await cell.fill("2:00");
  await cell.press("Enter");
  await total("3:30");
  const at = "/time/entries?started_at_from=2026-03-04T00:00:00Z";
  const again = await eventually(async () => {
    const [stored] = (await call("GET", at)).items;
    assert.ok(stored);
    return stored;
  });
  const known = { note: "Low tide", billable: true };
  await call("PATCH", `/time/entries/${again.id}`, known, again.version);
  await cell.focus();
  await page.keyboard.press("Delete");
  await total("1:30");
  await page.getByRole("button", { name: "Undo" }).click();
  await holds(cell, "2:00");
  await eventually(async () => {
    const [back] = (await call("GET", at)).items;
    assert.deepEqual({ note: back.note, billable: back.billable }, known);
    assert.equal(back.started_at, again.started_at);
  });
});

test("hours of other entries are not cleared from the sheet, which says where they are", async () => {
  const span = { started_at: "2026-03-05T08:00:00Z", ended_at: "2026-03-05T11:20:00Z" };
  const [{ id: project }] = (await call("GET", "/projects")).items;
  await call("POST", "/time/entries", { project, ...span });
  await page.reload();
  const cell = page.getByRole("textbox", { name: /Quay survey, Thursday/ });
  await holds(cell, "3:20");
  await page.getByTitle("At least 3:20, which entries make").waitFor();
  assert.equal(await page.getByTitle(/^At least/).count(), 1);
  await page.getByText("Days with entries of their own can only go up here.").waitFor();
  await page.emulateMedia({ forcedColors: "active" });
  for (const mark of [page.getByTitle(/^At least/), page.locator(".held-mark")])
    assert.match(
      await mark.evaluate((node) => getComputedStyle(node).backgroundImage),
      /^linear-gradient/,
      "its mark is seen in forced colours",
    );
  await page.emulateMedia({ forcedColors: "none" });
  await cell.focus();
  await page.keyboard.press("Delete");
  const why =
    "Entries already make 3:20 that day, and the sheet can only add to them. Change them in Entries.";
  await page.getByRole("alert").filter({ hasText: why }).waitFor();
  await holds(cell, "3:20");
  assert.deepEqual(problems.splice(0), ["422 PUT /api/v1/time/week"]);
  await cell.fill("2:00");
  await cell.press("Tab");
  await page.getByRole("alert").filter({ hasText: why }).waitFor();
  await holds(cell, "2:00");
  assert.equal(await cell.getAttribute("aria-invalid"), "true");
  await cell.focus();
  await page.keyboard.press("Tab");
  await cell.press("Escape");
  await holds(cell, "3:20");
  await cell.fill("1:00");
  await cell.press("Tab");
  await page.getByRole("alert").filter({ hasText: why }).waitFor();
  await holds(cell, "1:00");
  assert.deepEqual(
    problems.splice(0),
    Array(2).fill("422 PUT /api/v1/time/week"),
    "what was refused is not sent again by leaving it",
  );
  const refusal = page.locator(`[id="${await cell.getAttribute("aria-describedby")}"]`);
  const { y } = await refusal.boundingBox();
  const foot = await page.locator("table.week").boundingBox();
  assert.ok(y >= foot.y + foot.height, "the refusal covers no cell");
  await checkAccessible(page);
  await refusal.getByRole("link", { name: "Entries of Thursday 5 March" }).click();
  const { person } = await call("GET", "/time/week");
  await page.waitForURL(
    `**/time/entries?from=2026-03-05&to=2026-03-05&person=${person}&project=${project}`,
  );
  await page.getByText("3:20").first().waitFor();
  await page.goto("/time?date=2026-03-04");
});

test("clearing a cell takes out what the sheet wrote and leaves other entries", async () => {
  const cell = page.getByRole("textbox", { name: /Quay survey, Thursday/ });
  await holds(cell, "3:20");
  await cell.fill("4:00");
  await cell.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  await cell.focus();
  await page.keyboard.press("Delete");
  await page.keyboard.press("Tab");
  await page.getByText(/^Cleared: .*Thursday.* Other entries make 3:20$/).waitFor();
  await holds(cell, "3:20");
  await page.getByRole("button", { name: "Undo" }).click();
  await holds(cell, "4:00");
  await cell.focus();
  await page.keyboard.press("Delete");
  await page.keyboard.press("Tab");
  await holds(cell, "3:20");
});

test("a day that is too far ahead is named as what is wrong", async () => {
  const date = `${new Date().getFullYear() + 2}-03-04`;
  await page.goto(`/time?date=${date}`);
  await page.getByRole("combobox", { name: "Add a row" }).click();
  await page.getByRole("option", { name: "Quay survey" }).click();
  const cell = page.getByRole("textbox", { name: /Quay survey, Monday/ });
  await cell.fill("1 hour 30 min");
  await cell.press("Enter");
  await page
    .getByRole("alert")
    .getByText(/\. Date: Must be at most a year ahead$/)
    .waitFor();
  assert.deepEqual(problems.splice(0), ["422 PUT /api/v1/time/week"]);
  await page.goto("/time?date=2026-03-04");
});

test("on a phone names stand whole, and no keys are spoken of", async () => {
  const keys = page.getByText("Arrow keys move");
  await keys.waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  await keys.waitFor({ state: "hidden" });
  const name = page.locator(".week tbody th .project .truncate").first();
  const { scroll, width } = await name.evaluate((box) => ({
    scroll: box.scrollWidth,
    width: box.clientWidth,
  }));
  assert.equal(scroll, width, "nothing of the name is cut");
  await checkAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("a list offers to make what is missing, and Enter takes the first that does", async () => {
  await page.goto("/time?date=2026-05-06");
  const list = page.getByRole("combobox", { name: "Add a row" });
  await list.fill("nowhere");
  await page.getByRole("option", { name: "Create “nowhere”" }).waitFor();
  await list.fill("quay");
  await page.locator("[data-combobox-selected]").getByText("Quay survey").waitFor();
  await list.press("Enter");
  await page.getByRole("textbox", { name: /Quay survey, Monday/ }).waitFor();
  await page.goto("/time?date=2026-03-04");
});

test("a mistyped duration stays in its cell, marked and not saved, to be mended", async () => {
  const cell = page.getByRole("textbox", { name: /Quay survey, Monday/ });
  const saved = page.getByText("Saved", { exact: true });
  for (const [typed, why] of [
    ["abc", "Write 1:30, 90m or 1.5h"],
    ["25:99", "Write 1:30, 90m or 1.5h"],
    ["30", "30 alone means hours: write 30m or 0:30"],
    ["25h", "The day has 24 h"],
    ["999999999", "The day has 24 h"],
  ]) {
    for (const hours of ["2:00", "1:30"]) {
      await cell.fill(hours);
      await cell.press("Enter");
      await page.getByText("Saving", { exact: true }).waitFor({ state: "detached" });
    }
    await saved.waitFor();
    await cell.fill(typed);
    await cell.press("Enter");
    const alert = page.getByRole("alert").filter({ hasText: `Not saved: ${await label(cell)}` });
    await alert.getByText(why).waitFor();
    await saved.waitFor({ state: "detached" });
    await cell.press("Tab");
    await holds(cell, typed);
    assert.equal(await cell.getAttribute("aria-invalid"), "true");
    const hint = page.locator(`[id="${await cell.getAttribute("aria-describedby")}"]`);
    await hint.getByText(why).waitFor();
    await checkAccessible(page);
    const other = page.getByRole("textbox", { name: /Quay survey, Friday/ });
    await other.fill("1:00");
    await other.press("Enter");
    await saved.waitFor();
    await hint.getByText(why).waitFor();
    await other.fill("");
    await other.press("Enter");
    await page
      .getByText(/^Cleared: Quay survey, .*Friday/)
      .last()
      .waitFor();
    await cell.press("Escape");
    await holds(cell, "1:30");
    await alert.waitFor({ state: "detached" });
    assert.equal(await cell.getAttribute("aria-invalid"), "false");
  }
});

test("a week is not turned away from a cell that cannot be read without asking", async () => {
  const cell = page.getByRole("textbox", { name: /Quay survey, Monday/ });
  const previous = page.getByRole("button", { name: "Previous week" });
  await cell.fill("abc");
  await cell.press("Enter");
  for (const answer of ["Stay", "Leave"]) {
    await holds(cell, "abc");
    await previous.click();
    const question = page.getByRole("dialog", { name: "Leave without saving?" });
    await question.getByText("Hours that cannot be read are not saved.").waitFor();
    await question.getByRole("button", { name: answer }).click();
  }
  await page.getByText("23 Feb – 1 Mar 2026").waitFor();
  await page.goto("/time?date=2026-03-04");
});

test("a change of the note leaves begin, end and seconds as they were", async () => {
  const spans = [
    ["2026-03-10T09:00:05Z", "2026-03-10T09:00:07Z"],
    ["2026-03-11T09:00:00Z", "2026-03-13T06:00:00Z"],
    ["2026-03-17T09:00:05Z", "2026-03-18T09:00:03Z"],
  ];
  for (const [started_at, ended_at] of spans) {
    const { id } = await call("POST", "/time/entries", { note: "Tide", started_at, ended_at });
    const day = started_at.slice(0, 10);
    await page.goto(`/time/entries?from=${day}&to=${day}`);
    await page.getByRole("button", { name: "Tide", exact: true }).click();
    await page.getByRole("textbox", { name: "Note" }).fill("Ebb");
    const sent = page.waitForRequest((request) => request.method() === "PATCH");
    await page.getByRole("button", { name: "Save" }).click();
    assert.deepEqual((await sent).postDataJSON(), { note: "Ebb" });
    await page.getByText("Entry saved").last().waitFor();
    const stored = await call("GET", `/time/entries/${id}`);
    assert.equal(Date.parse(stored.started_at), Date.parse(started_at));
    assert.equal(Date.parse(stored.ended_at), Date.parse(ended_at));
  }
});

test("work over midnight counts on both days, as in the week sheet", async () => {
  const span = { started_at: "2026-04-05T20:00:00Z", ended_at: "2026-04-06T01:30:00Z" };
  await call("POST", "/time/entries", { note: "Night watch", ...span });
  const heading = (name) =>
    page.locator(".day").filter({ has: page.getByRole("heading", { name: new RegExp(name) }) });
  const says = (name, text) => heading(name).getByText(text, { exact: true }).waitFor();
  await page.goto("/time/entries?from=2026-04-05&to=2026-04-06");
  await says("5 April", "2:00");
  await says("6 April", "3:30");
  await page.goto("/time/entries?from=2026-04-06&to=2026-04-06");
  await says("6 April", "3:30");
  assert.equal(await heading("5 April").count(), 0);
  const watch = { started_at: "2026-04-14T06:00:00Z", ended_at: "2026-04-23T06:00:00Z" };
  await call("POST", "/time/entries", { note: "Long watch", ...watch });
  await page.goto("/time/entries?from=2026-04-22&to=2026-04-23");
  await says("22 April", "24:00");
  await says("23 April", "8:00");
  await page.goto("/time?date=2026-04-06");
  await total("3:30");
});

test("a phone keeps the totals in sight while the days scroll", async () => {
  await page.setViewportSize({ width: 390, height: 800 });
  const sum = page.locator("tfoot .total");
  const days = page.locator(".scroll", { has: page.locator("table.week") });
  for (const left of [0, 10_000]) {
    await days.evaluate((element, left) => element.scrollTo({ left }), left);
    const side = left ? "data-before" : "data-after";
    await eventually(async () => {
      const shades = await days.evaluate((box) => box.getAttributeNames());
      assert.deepEqual(
        shades.filter((name) => name.startsWith("data-")),
        [side],
      );
    });
    const { x, width } = await sum.boundingBox();
    assert.ok(x > 0 && x + width <= 390, `from ${x}, ${width} wide`);
  }
  await page.goto("/time");
  const edge = async (locator, side) => {
    const { x, width } = await locator.boundingBox();
    return Math.round(side === "left" ? x : x + width);
  };
  const heads = page.locator("table.week thead th");
  const today = page.locator("table.week th.today");
  await today.waitFor();
  assert.ok(
    (await edge(today, "right")) <= (await edge(heads.last(), "left")) + 1,
    "today is seen",
  );
  assert.ok((await edge(today, "left")) >= (await edge(heads.first(), "right")) - 1);
  const visible = await heads.evaluateAll((all) => {
    const [from, to] = [all[0].getBoundingClientRect(), all[8].getBoundingClientRect()];
    return all.slice(1, 8).map((head) => {
      const { left, right } = head.getBoundingClientRect();
      return Math.round(Math.max(0, Math.min(right, to.left) - Math.max(left, from.right)));
    });
  });
  const whole = Math.max(...visible);
  for (const width of visible)
    assert.ok(width < 2 || width > whole - 2, `a day is cut: ${visible}`);
  await checkAccessible(page);

  // Nor is what stands in one, be it over a shade or by the smallest phone.
  await page.goto("/time?date=2026-03-04");
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await days.evaluate((element) => element.scrollTo({ left: 0 }));
    const cut = await page.locator("table.week").evaluate((table) => {
      const cells = [...table.querySelectorAll("thead th, .cell, td.num")];
      const isCut = (cell) => cell.scrollWidth > cell.clientWidth;
      return cells.filter(isCut).map((cell) => cell.value ?? cell.textContent);
    });
    assert.deepEqual(cut, [], `on ${width} pixels`);
    const clear = await page.locator("table.week").evaluate((table) => {
      const total = table.querySelector("tbody .total");
      const shade = Number.parseFloat(getComputedStyle(total, "::before").width);
      const cell = getComputedStyle(table.querySelector(".cell"));
      return Number.parseFloat(cell.paddingInlineEnd) - shade;
    });
    assert.ok(clear >= 0, `${clear} pixels between hours and shade`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("the days on which clocks change say so", async () => {
  await page.goto("/time?date=2026-03-29");
  await page.getByText("23 h").waitFor();
  await page.goto("/time?date=2026-10-25");
  await page.getByText("25 h").waitFor();
});

test("a week begins with the rows of the week before", async () => {
  const gone = await call("POST", "/projects", { name: "Slip repair" });
  const times = { started_at: "2026-08-03T08:00:00Z", ended_at: "2026-08-03T09:00:00Z" };
  await call("POST", "/time/entries", { project: gone.id, ...times });
  await call("PATCH", `/projects/${gone.id}`, { archived: true }, gone.version);
  const kept = await call("POST", "/projects", { name: "Lock gates" });
  const task = await call("POST", "/tasks", { name: "Hinges", project: kept.id });
  await call("POST", "/time/entries", { project: kept.id, task: task.id, ...times });
  await page.goto("/time?date=2026-08-17");
  const add = page.getByRole("button", { name: "Add the rows of the week before" });
  await add.click();
  await page.getByText("The week before has no rows to add").waitFor();
  await page.goto("/time?date=2026-08-10");
  await add.click();
  const cell = page.getByRole("textbox", { name: /^Lock gates, Hinges, Monday/ });
  await hasFocus(cell);
  assert.equal(await page.locator("table.week tbody tr").count(), 1);
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  await add.click(); // what is there already stays one row
  assert.equal(await page.locator("table.week tbody tr").count(), 1);
  await holds(cell, "2:00");
  await checkAccessible(page);
});

test("an address that names no day shows the week of today", async () => {
  await page.goto("/time?date=yesterday");
  await page.getByRole("heading", { name: "Week", exact: true }).waitFor();
});

test("the palette reaches a page, and the keys are listed", async () => {
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search and act" }).fill("nowhere");
  await page.getByText("Nothing found. Try a page").waitFor();
  await checkAccessible(page);
  for (const [typed, name, kind] of [
    ["session", "Sessions", "Go to"],
    ["report on", "Report on Quay survey", "Go to"],
    ["new e", "New entry", "Do"],
  ]) {
    await page.getByRole("combobox", { name: "Search and act" }).fill(typed);
    await page.getByRole("option", { name: `${name} ${kind}` }).waitFor();
  }
  const search = page.getByRole("combobox", { name: "Search and act" });
  await search.fill("people");
  const word = { key: "Enter", isComposing: true, bubbles: true, cancelable: true };
  await search.dispatchEvent("keydown", word); // of an input method
  await search.fill("clients");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/projects/clients");
  await page
    .getByRole("link", { name: "Clients", exact: true })
    .and(page.locator("[aria-current=page]"))
    .waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search and act" }).fill("data m");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/privacy/data");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  await page.getByText("Start the timer and write its note; Enter, then T stops it").waitFor();
  const keys = page.getByRole("dialog", { name: "Keys" });
  for (const key of ["Esc", "Enter", "Delete"])
    await keys.getByRole("term").getByText(key, { exact: true }).waitFor();
  await checkAccessible(page);
  await page.keyboard.press("Escape");
});

test("the eye says who can see what", async () => {
  await page.goto("/");
  await page.getByRole("button", { name: "Who can see this" }).click();
  await page.getByText("Masked, when on").first().waitFor();
  await checkAccessible(page);
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
