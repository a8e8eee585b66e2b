// Two who change the same at once: each is shown what the other has stored, and nothing goes unsaid.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkAccessible, openBrowser, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { choose, hold, lose, signIn, signUp } from "./actions.mjs";

let server;
let browser;
let page;
let other;
let problems;

const olga = { name: "Olga Owner", email: "olga@example.org", organisation: "Olga Works" };

before(async () => {
  server = await startServer();
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
  await signUp(page, olga);
  ({ page: other } = await openPage(browser, server.url));
  await signIn(other, olga);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const NOTICE = "Somebody else saved this at the same time";
const field = (at, name) => at.getByRole("dialog").getByRole("textbox", { name });
const press = (at, name) => at.getByRole("button", { name, exact: true }).click();
const said = (at, text) => at.getByRole("dialog").getByText(text, { exact: true });
const closed = (at) => at.getByRole("dialog").waitFor({ state: "detached" });
const save = async (at) => {
  await press(at, "Save");
  await closed(at);
};
const stored = (path) =>
  page.evaluate(async (path) => (await (await fetch(`/api/v1${path}`)).json()).items, path);

/** Opens one of a list in both windows. */
async function openBoth(path, name) {
  for (const at of [page, other]) {
    await at.goto(path);
    await press(at, name);
    await field(at, /^Name/).waitFor();
  }
}

test("what each changed of a project is kept", async () => {
  await page.goto("/projects?new=true");
  await field(page, /^Name/).fill("Site");
  await save(page);
  await openBoth("/projects", "Site");
  await field(other, /^Name/).fill("Website");
  await save(other);
  await field(page, /^Hourly rate/).fill("80");
  await choose(page, "Colour", "Blue");
  await press(page, "Save");
  await said(page, NOTICE).waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.textContent.includes("Keep mine")));
  assert.equal(await field(page, /^Name/).inputValue(), "Website", "left alone here");
  assert.equal(await said(page, "Stored now: None").count(), 2);
  await checkAccessible(page);
  await press(page, "Keep mine");
  await closed(page);
  const [{ name, rate_minor, colour }] = await stored("/projects");
  assert.deepEqual([name, rate_minor], ["Website", 8000]);
  assert.ok(colour);
});

test("who wrote the same field chooses, as often as it happens", async () => {
  await openBoth("/projects", "Website");
  await field(other, /^Name/).fill("Theirs");
  await save(other);
  await field(page, /^Name/).fill("Mine");
  for (let times = 0; times < 2; times++) {
    await press(page, "Save"); // again, too: nothing is chosen by saving
    await said(page, "Stored now: Theirs").waitFor();
  }
  await press(other, "Theirs");
  await field(other, /^Name/).fill("Theirs again");
  await save(other);
  await press(page, "Keep mine");
  await said(page, "Stored now: Theirs again").waitFor();
  assert.equal(await field(page, /^Name/).inputValue(), "Mine");
  await press(page, "Take the stored one");
  await said(page, NOTICE).waitFor({ state: "detached" });
  assert.equal(await field(page, /^Name/).inputValue(), "Theirs again");
  assert.ok(await field(page, /^Name/).evaluate((input) => input === document.activeElement));
  await field(page, /^Name/).fill("Website");
  await save(page);
  assert.deepEqual(
    (await stored("/projects")).map(({ name }) => name),
    ["Website"],
  );
});

test("a role that was taken away is not given back with a title", async () => {
  await page.goto("/people");
  await press(page, "Add a person");
  await field(page, /^Name/).fill("Max Member");
  await choose(page, "Role", "Admin");
  await save(page);
  await openBoth("/people", "Max Member");
  await choose(other, "Role", "Member");
  await field(other, /^Hourly rate/).fill("50");
  await save(other);
  await field(page, "Title").fill("Designer");
  await press(page, "Save");
  await said(page, NOTICE).waitFor();
  await said(page, "Stored now: None").waitFor();
  await press(page, "Keep mine");
  await closed(page);
  const max = (await stored("/people")).find(({ name }) => name === "Max Member");
  assert.deepEqual([max.role, max.title], ["member", "Designer"]);
  assert.equal((await stored("/people/rates"))[0].rate_minor, 5000);
});

test("two rates of a person are a choice, too", async () => {
  await openBoth("/people", "Max Member");
  await field(other, /^Hourly rate/).fill("55");
  await save(other);
  await field(page, /^Hourly rate/).fill("60");
  await press(page, "Save");
  await said(page, "Stored now: 55.00").waitFor();
  await press(page, "Keep mine");
  await closed(page);
  assert.equal((await stored("/people/rates"))[0].rate_minor, 6000);
});

test("a rate that another takes away or gives first is a choice as well", async () => {
  const rates = async () => (await stored("/people/rates")).map(({ rate_minor }) => rate_minor);
  await openBoth("/people", "Max Member");
  await field(other, /^Hourly rate/).fill("");
  await save(other);
  await field(page, /^Hourly rate/).fill("65");
  await press(page, "Save");
  await said(page, NOTICE).waitFor();
  await said(page, "Stored now: None").waitFor();
  await press(page, "Keep mine");
  await closed(page);
  assert.deepEqual(await rates(), [6500]);

  await openBoth("/people", "Max Member");
  for (const at of [other, page]) {
    await field(at, /^Hourly rate/).fill("");
    await save(at); // both take it away: that is no conflict
  }
  assert.deepEqual(await rates(), []);

  await openBoth("/people", "Max Member");
  await field(other, /^Hourly rate/).fill("70");
  await save(other);
  await field(page, /^Hourly rate/).fill("75");
  await press(page, "Save");
  await said(page, "Stored now: 70.00").waitFor();
  await press(page, "Take the stored one");
  assert.equal(await field(page, /^Hourly rate/).inputValue(), "70.00");
  await field(page, /^Hourly rate/).fill("80");
  await save(page);
  assert.deepEqual(await rates(), [8000]);
});

test("a first try that was stored is no conflict", async (t) => {
  await page.goto("/people");
  await press(page, "Max Member");
  await field(page, "Title").fill("Head of design");
  const held = await hold(t, page, "PATCH", "/people/[^/]+");
  await press(page, "Save");
  await lose(await held.next());
  await said(page, "The server cannot be reached").waitFor();
  held.end();
  await save(page);
  const max = (await stored("/people")).find(({ name }) => name === "Max Member");
  assert.equal(max.title, "Head of design");
});

test("what was deleted meanwhile is said, and what was typed stays", async () => {
  await page.goto("/projects/tags?new=true");
  await field(page, /^Name/).fill("Urgent");
  await save(page);
  await openBoth("/projects/tags", "Urgent");
  const [{ id, version }] = await stored("/tags");
  await other.evaluate(
    ([at, version]) => fetch(at, { method: "DELETE", headers: { "If-Match": `"${version}"` } }),
    [`/api/v1/tags/${id}`, version],
  );
  await field(page, /^Name/).fill("Soon");
  await press(page, "Save");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  assert.equal(await field(page, /^Name/).inputValue(), "Soon");
});

test("nothing went wrong out of sight", () => {
  const unexpected = problems.filter((problem) => !/^(412|404) /.test(problem));
  assert.deepEqual(unexpected, []);
});
