// A session that ends while somebody works: what was typed stays, and is saved after signing in again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkAccessible, eventually, openBrowser, openPage } from "../lib/browser.mjs";
import { PASSWORD, startServer } from "../lib/server.mjs";
import { signIn, signUp } from "./actions.mjs";

let server;
let browser;
let page;
let problems;

before(async () => {
  server = await startServer();
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
  await signUp(page, { name: "Sia Still", email: "sia@example.org", organisation: "Stills" });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const ask = (method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const headers = body ? { "Content-Type": "application/json" } : {};
      const init = { method, headers, body: body && JSON.stringify(body) };
      const text = await (await fetch(`/api/v1${path}`, init)).text();
      return text ? JSON.parse(text) : null;
    },
    [method, path, body],
  );
const endSession = () => ask("DELETE", "/session");
const signInAgain = () => page.getByRole("dialog", { name: "Sign in again" });

async function typeEntry(note, from, to) {
  await page.keyboard.press("n");
  const form = page.getByRole("dialog", { name: "New entry" });
  await form.getByRole("textbox", { name: "Note" }).fill(note);
  await form.getByLabel("From", { exact: true }).fill(from);
  await form.getByLabel("To", { exact: true }).fill(to);
  return form;
}

async function notes() {
  const { items } = await ask("GET", "/time/entries");
  return items.map(({ note }) => note);
}

test("who comes without a session sees the way in, and nothing is asked for in vain", async () => {
  const visit = await openPage(browser, server.url);
  const asked = [];
  const said = [];
  visit.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.push(pathname);
  });
  visit.page.on("console", (message) => said.push(message.text()));
  await visit.page.goto("/");
  await visit.page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(asked, []);
  await visit.page.getByLabel("Email").fill("sia@example.org");
  await visit.page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await visit.page.getByRole("button", { name: "Sign in" }).click();
  await visit.page.getByRole("navigation").first().waitFor();
  await visit.page.goto("/time/entries");
  await visit.page.getByRole("heading", { name: "Entries", exact: true }).waitFor();
  await visit.page.evaluate(() => fetch("/api/v1/session", { method: "DELETE" }));
  // Going back to the page of before the sign-in is a new look at it.
  await visit.page.goto("/sign-in");
  await visit.page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(said, []);
  assert.deepEqual(visit.problems, []);
});

test("an entry typed when the session ends is saved once, after signing in in place", async () => {
  const form = await typeEntry("Tide tables", "09:00", "10:30");
  await endSession();
  await form.getByRole("button", { name: "Save" }).click();
  await signInAgain().waitFor();
  await checkAccessible(page);

  const password = signInAgain().getByRole("textbox", { name: "Password" });
  await password.fill("not the password at all");
  await signInAgain().getByRole("button", { name: "Sign in" }).click();
  await signInAgain().getByText("The email or the password is not right").waitFor();
  assert.equal(await form.getByRole("textbox", { name: "Note" }).inputValue(), "Tide tables");

  await password.fill(PASSWORD);
  await signInAgain().getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Entry added").waitFor();
  await eventually(async () => assert.equal(await signInAgain().count(), 0));
  assert.deepEqual(await notes(), ["Tide tables"]);
});

test("signing in in another tab is enough", async () => {
  const form = await typeEntry("Buoy check", "11:00", "11:30");
  await endSession();
  await form.getByRole("button", { name: "Save" }).click();
  await signInAgain().waitFor();
  await ask("POST", "/session", { email: "sia@example.org", password: PASSWORD });
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await page.getByText("Entry added").last().waitFor();
  await eventually(async () => assert.equal(await signInAgain().count(), 0));
  await eventually(async () =>
    assert.deepEqual((await notes()).sort(), ["Buoy check", "Tide tables"]),
  );
});

test("somebody else who signs in finds nothing of it, and sends nothing of it", async () => {
  const noa = await server.signUp({ name: "Noa New", email: "noa@example.org" });
  const form = await typeEntry("Mine alone", "12:00", "12:30");
  await endSession();
  await form.getByRole("button", { name: "Save" }).click();
  await signInAgain()
    .getByRole("button", { name: /Leave this page/ })
    .click();
  await signIn(page, noa.account);
  await page.getByRole("button", { name: "Account of Noa New" }).waitFor();
  assert.equal(await page.getByText("Mine alone").count(), 0);
  assert.deepEqual(await notes(), []);
});

test("who signs out or in in one window is who works in all of them", async () => {
  const other = await page.context().newPage();
  await other.goto("/");
  await other.getByRole("button", { name: "Account of Noa New" }).click();
  await other.getByRole("menuitem", { name: "Sign out" }).click();
  await signInAgain().waitFor();
  await signIn(other, { email: "sia@example.org" });
  await page.getByRole("button", { name: "Account of Sia Still" }).waitFor();
  await page.getByRole("button", { name: "Tide tables", exact: true }).waitFor();
  await other.getByRole("button", { name: "Account of Sia Still" }).click();
  await other.getByRole("menuitem", { name: "Sign out" }).click();
  await signIn(other, { email: "noa@example.org" });
  await page.getByRole("button", { name: "Account of Noa New" }).waitFor();
  assert.equal(await page.getByText("Tide tables").count(), 0);
  await other.close();
});

test("sessions are told apart, and all others are ended at once", async () => {
  await page.goto("/settings/sessions");
  const own = page.locator(".setting").filter({ hasText: "This one" });
  await own.getByText("Chrome on Linux").waitFor();
  const before = await page.getByRole("button", { name: /^End: / }).count();
  for (const agent of [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
    "reporter/2.1",
  ]) {
    const body = { email: "noa@example.org", password: PASSWORD };
    const headers = { "User-Agent": agent };
    assert.equal((await server.api("POST", "/api/v1/session", { body, headers })).status, 201);
  }
  await page.reload();
  const end = page.getByRole("button", { name: /^End: / });
  await page.getByRole("button", { name: /^End: Firefox on Linux, Last used / }).waitFor();
  await page.getByRole("button", { name: /^End: Safari on Mac, Last used about / }).waitFor();
  await page.getByRole("button", { name: /^End: Program reporter\/2\.1, / }).waitFor();
  assert.equal(await end.count(), before + 3);
  assert.equal(await own.getByRole("button").count(), 0);
  await own.getByText("In use now").waitFor();
  await checkAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  const cut = await page
    .getByText("End", { exact: true })
    .evaluateAll((labels) => labels.filter((label) => label.scrollWidth > label.clientWidth));
  assert.equal(cut.length, 0, "words of the buttons are cut on a phone");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByText(`${before + 3} sessions ended`).waitFor();
  await eventually(async () => assert.equal(await end.count(), 0));
  await own.waitFor();
});

test("of many sessions those used last are shown, and more when asked for", async () => {
  const { items } = await (await page.request.get("/api/v1/sessions")).json();
  const others = Array.from({ length: 60 }, (_, i) => ({
    ...items[0],
    seen_at: new Date(Date.now() - i * 60_000).toISOString(),
    current: false,
  }));
  const pageOf = (next) => ({
    items: others.map((other) => ({ ...other, id: crypto.randomUUID() })),
    next,
  });
  const at = (url) => url.pathname === "/api/v1/sessions";
  await page.route(at, (route) => {
    const isLast = new URL(route.request().url()).searchParams.get("cursor") === "60";
    return route.fulfill({ json: pageOf(isLast ? null : "60") });
  });
  await page.goto("/settings/sessions");
  await page.getByText("100 of 120 others, last used first").waitFor();
  const end = page.getByRole("button", { name: /^End: / });
  assert.equal(await end.count(), 100);
  await checkAccessible(page);
  await page.getByRole("button", { name: "Show more" }).click();
  await eventually(async () => assert.equal(await end.count(), 120));
  assert.equal(await page.getByText(/ others, last used first/).count(), 0);
  await page.unroute(at);
});

test("the address that one signs in with is one's own to change", async () => {
  await page.goto("/settings/account");
  const card = page.getByRole("region", { name: "Email address" });
  await card.getByText("This account signs in with noa@example.org.").waitFor();
  await card.getByLabel("New email address").fill("noa.new@example.org");
  await card.getByRole("textbox", { name: "Current password" }).fill(PASSWORD);
  await card.getByRole("button", { name: "Change the address" }).click();
  await page.getByText("From now on this account signs in with noa.new@example.org").waitFor();
  await card.getByText("This account signs in with noa.new@example.org.").waitFor();
  await checkAccessible(page);
  const body = { email: "noa.new@example.org", password: PASSWORD };
  assert.equal((await server.api("POST", "/api/v1/session", { body })).status, 201);
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
