// An impatient person on a slow and flaky network: nothing is done twice, lost, or told as what it is not.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eventually, openBrowser, openPage, settled } from "../lib/browser.mjs";
import { PASSWORD, startServer } from "../lib/server.mjs";
import { hold, lose } from "./actions.mjs";

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
  await page.getByLabel("Email").fill(owner.account.email);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
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
  const form = await typeEntry("Ebb");
  const asked = await hold(t, page, "POST", "/time/entries");
  await save(form).click();
  await lose(await asked.next());
  await form.getByText("The server cannot be reached").waitFor();
  await asked.end();
  await save(form).click();
  await said("Entry added").waitFor();
  assert.equal((await noted("Ebb")).length, 1);

  hour--;
  const twin = await typeEntry("Ebb");
  await save(twin).click();
  await twin.waitFor({ state: "detached" });
  assert.equal((await noted("Ebb")).length, 2, "the next one is another");
});

test("an answer that breaks off is told as none", async () => {
  const form = await typeEntry("Swell");
  await page.evaluate(() => {
    const { text } = Response.prototype;
    Response.prototype.text = function () {
      if (this.status !== 201) return text.call(this);
      Response.prototype.text = text;
      return Promise.reject(new TypeError("network error"));
    };
  });
  await save(form).click();
  await form.getByText("The server cannot be reached").waitFor();
  await save(form).click();
  await form.waitFor({ state: "detached" });
  assert.equal((await noted("Swell")).length, 1);
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
