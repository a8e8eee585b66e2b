// What is typed and not saved: asked about once before it is left, whichever way, and only then.
import assert from "node:assert/strict";
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
import { hold, signIn } from "./actions.mjs";

let server;
let browser;
let page;
let problems;

before(async () => {
  server = await startServer();
  const owner = await server.signUp({ name: "Olga Owner", organisation: "Olga Works" });
  await owner.post("/api/v1/projects", { name: "Wharf" });
  await owner.post("/api/v1/forms", { title: "Kit", status: "open", fields: [] });
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
  await signIn(page, owner.account);
  question = page.getByRole("dialog", { name: "Leave without saving?" });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

let question;
const stay = () => question.getByRole("button", { name: "Stay" }).click();
const leave = () => question.getByRole("button", { name: "Leave" }).click();
const at = (path) => eventually(() => assert.equal(new URL(page.url()).pathname, path));
/** Typed into the page below. */
const quick = () => page.getByRole("textbox", { name: "Add an entry" });

test("a drawer with something typed is not closed without asking", async () => {
  const drawer = page.getByRole("dialog", { name: "New entry" });
  const note = drawer.getByRole("textbox", { name: "Note" });
  const waysOut = {
    escape: () => page.keyboard.press("Escape"),
    beside: () => page.mouse.click(20, 400),
    cross: () => drawer.getByRole("button", { name: "Close" }).click(),
  };
  for (const [way, close] of Object.entries(waysOut)) {
    await page.keyboard.press("n");
    await note.waitFor();
    await close();
    await drawer.waitFor({ state: "detached" });
    assert.equal(await question.count(), 0, `asked for nothing: ${way}`);
    await page.keyboard.press("n");
    await note.fill("Tide tables");
    await close();
    await question.waitFor();
    await stay();
    await question.waitFor({ state: "detached" });
    assert.equal(await note.inputValue(), "Tide tables");
    await note.fill("  ");
    await close();
    await drawer.waitFor({ state: "detached" });
    await page.keyboard.press("n");
    await note.fill("Tide tables");
    await close();
    await leave();
    await drawer.waitFor({ state: "detached" });
    await question.waitFor({ state: "detached" });
  }
});

test("Cancel is meant, and asks only before a text is lost", async () => {
  const drawer = page.getByRole("dialog", { name: "New entry" });
  const note = drawer.getByRole("textbox", { name: "Note" });
  const cancel = () => drawer.getByRole("button", { name: "Cancel" }).click();
  await page.keyboard.press("n");
  await drawer.getByRole("checkbox", { name: "Billable" }).check();
  await drawer.getByLabel("From", { exact: true }).fill("09:00");
  await cancel();
  await drawer.waitFor({ state: "detached" });
  assert.equal(await question.count(), 0);
  await page.keyboard.press("n");
  await note.fill("Tide tables");
  await cancel();
  await question.waitFor();
  await stay();
  await question.waitFor({ state: "detached" });
  assert.equal(await note.inputValue(), "Tide tables");
  await cancel();
  await leave();
  await drawer.waitFor({ state: "detached" });
});

test("Esc answers the question, and gives the field back", async () => {
  await page.keyboard.press("n");
  const drawer = page.getByRole("dialog", { name: "New entry" });
  const note = drawer.getByRole("textbox", { name: "Note" });
  await note.fill("Tide tables");
  await page.keyboard.press("Escape");
  await question.waitFor();
  await checkAccessible(page);
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  await hasFocus(note);
  await page.keyboard.press("Escape");
  await leave();
  await drawer.waitFor({ state: "detached" });
});

test("every form of a record asks", async () => {
  const forms = {
    "/projects": "New project",
    "/projects/clients": "New client",
    "/projects/tasks": "New task",
    "/projects/tags": "New tag",
    "/people": "Add a person",
  };
  for (const [path, name] of Object.entries(forms)) {
    await page.goto(`${path}?new=true`);
    const drawer = page.getByRole("dialog", { name });
    const field = drawer.getByRole("textbox", { name: "Name" });
    await hasFocus(field);
    await field.fill("Quay");
    await page.keyboard.press("Escape");
    await leave();
    await drawer.waitFor({ state: "detached" });
  }
});

test("a form that comes later than its drawer takes the focus as well", async (t) => {
  const rates = await hold(t, page, "GET", "/people/rates");
  await page.goto("/people");
  await page.getByRole("button", { name: "Edit: Olga Owner" }).press("Enter");
  await page.getByRole("menuitem", { name: "Edit" }).press("Enter");
  const drawer = page.getByRole("dialog", { name: "Edit person" });
  await hasFocus(drawer.getByRole("button", { name: "Close" }));
  await (await rates.next()).continue();
  await hasFocus(drawer.getByRole("textbox", { name: "Name" }));
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
});

test("a page is left by a link, back, forward and signing out only when that is agreed to", async () => {
  await page.goto("/");
  await settled(page);
  const link = (name) =>
    page
      .getByRole("navigation", { name: "Rooms" })
      .first()
      .getByRole("link", { name, exact: true });
  await link("Reports").click();
  await at("/reports");
  await link("Today").click();
  await at("/");
  await link("Forms").click();
  await at("/forms");
  await page.goBack();
  await at("/");
  await quick().fill("Tide tables");
  const ways = {
    link: () => link("Reports").click(),
    back: () => page.evaluate(() => history.back()),
    forward: () => page.evaluate(() => history.forward()),
    out: async () => {
      await page.getByRole("button", { name: /^Account/ }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
    },
  };
  for (const go of Object.values(ways)) {
    await go();
    await question.waitFor();
    await stay();
    await question.waitFor({ state: "detached" });
    await at("/");
    assert.equal(await quick().inputValue(), "Tide tables");
  }
  await ways.forward();
  await leave();
  await at("/forms");
  await page.goBack();
  await at("/");
  await quick().fill("Tide tables");
  await ways.back();
  await leave();
  await at("/reports");
  assert.equal(await question.count(), 0);
});

test("back to where the app began asks as well, and goes no further", async () => {
  await page.goto("/promises"); // before the app is loaded anew
  await page.goto("/reports");
  await settled(page);
  await page.getByRole("link", { name: "Today", exact: true }).click();
  await at("/");
  await quick().fill("Tide tables");
  await page.evaluate(() => history.back());
  await question.waitFor();
  await stay();
  await question.waitFor({ state: "detached" });
  await at("/");
  assert.equal(await quick().inputValue(), "Tide tables");
  await page.evaluate(() => history.back());
  await leave();
  await at("/reports");
});

test("a project that is chosen and nothing more is not asked about", async () => {
  await page.goto("/");
  const add = page.getByRole("region", { name: "Add an entry" });
  await add.getByRole("combobox", { name: "Project" }).click();
  await page.getByRole("option", { name: "Wharf" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Week" }).click();
  await at("/time");
  assert.equal(await question.count(), 0);
});

test("the browser asks before a tab with something typed goes, and not otherwise", async () => {
  const asked = [];
  const note = (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  };
  page.on("dialog", note);
  await page.goto("/");
  await settled(page);
  await page.getByRole("button", { name: "Start timer" }).hover();
  await page.reload();
  await settled(page);
  assert.deepEqual(asked, []);
  await quick().fill("Tide tables");
  await page.reload();
  await settled(page);
  assert.deepEqual(asked, ["beforeunload"]);
  page.off("dialog", note);
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
