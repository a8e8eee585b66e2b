// Without a connection: the timer and entries go on, are there once when it is back, and nothing stays behind.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import {
  checkAccessible,
  eventually,
  flip,
  openBrowser,
  openPage,
  settled,
} from "../lib/browser.mjs";
import { PASSWORD, startServer } from "../lib/server.mjs";
import { hold, lose, signIn } from "./actions.mjs";

let server;
let owner;
let browser;

before(async () => {
  server = await startServer();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

let context;
let page;
let problems;
beforeEach(async () => {
  await context?.close();
  owner = await server.signUp({ name: "Tess Tunnel" });
  ({ context, page, problems } = await openPage(browser, server.url));
  await signIn(page, owner.account);
  await settled(page);
});

const entries = async () => (await owner.get("/api/v1/time/entries")).body.items;
const timer = async () => (await owner.get("/api/v1/time/timer")).body;
const post = (path, body) => owner.post(`/api/v1${path}`, body);
const row = (note) => page.locator(".entry").filter({ hasText: note });
const said = (text) => page.locator("main [role=status]").filter({ hasText: text });
const start = () => page.getByRole("button", { name: "Start timer" });
const stop = () => page.getByRole("button", { name: "Stop timer" });
const what = () => page.getByRole("textbox", { name: "What the time goes into" });
const back = async () => {
  await context.setOffline(false);
  await page.getByText("to be sent").waitFor({ state: "detached" });
  await eventually(async () => assert.equal(await page.getByText("Not sent yet").count(), 0));
};

async function quickAdd(note, duration, from) {
  const form = page.getByRole("region", { name: "Add an entry" });
  await form.getByLabel("Add an entry").fill(note);
  if (from) await form.getByLabel("From").fill(from);
  await form.getByLabel("Duration").fill(duration);
  await form.getByRole("button", { name: "Add", exact: true }).click();
}

test("the timer and entries go on, and are there when it is back", async () => {
  await quickAdd("Before", "0:30", "06:00");
  await row("Before").waitFor();
  await quickAdd("To go", "0:15", "05:00");
  await row("To go").waitFor();
  await context.setOffline(true);

  await quickAdd("Tunnel", "1:00", "07:00");
  await row("Tunnel").getByText("Not sent yet").waitFor();
  await said("The server cannot be reached").waitFor();
  await what().fill("Bridge");
  await start().click();
  await stop().waitFor();
  await what().fill("Long bridge");
  await what().blur();
  await row("Long bridge").waitFor();
  await stop().click();
  await row("Long bridge").getByText("Not sent yet").waitFor();
  await row("Before").getByRole("button", { name: "Before", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Edit entry" });
  await form.getByRole("textbox", { name: "Note" }).fill("Before, changed");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await row("Before, changed").getByText("Not sent yet").waitFor();
  await row("To go").getByRole("button", { name: "Edit: To go" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await row("To go").waitFor({ state: "detached" });
  await said("4 changes wait to be sent.").waitFor();
  await checkAccessible(page);
  assert.deepEqual((await entries()).map(({ note }) => note).sort(), ["Before", "To go"]);

  await back();
  const stored = await entries();
  assert.deepEqual(stored.map(({ note }) => note).sort(), [
    "Before, changed",
    "Long bridge",
    "Tunnel",
  ]);
  assert.equal(stored.find(({ note }) => note === "Tunnel").duration_s, 3600);
  assert.equal((await timer()).running, false);
  assert.equal(await page.locator(".entry").count(), 3);

  // What was sent is changed again and again, as everything.
  for (const note of ["Before, twice", "Before, thrice"]) {
    await row("Before,")
      .getByRole("button", { name: /^Before/ })
      .click();
    await form.getByRole("textbox", { name: "Note" }).fill(note);
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await row(note).waitFor();
    await form.waitFor({ state: "detached" });
  }
  await row("Before, thrice").getByRole("button", { name: "Edit: Before, thrice" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await eventually(async () => assert.equal((await entries()).length, 2));
  assert.deepEqual(problems, []);
});

test("a timer that runs is stopped when it was stopped, and one that was started goes on", async () => {
  const ago = new Date(Date.now() - 3_600_000).toISOString();
  await post("/time/entries", { note: "Train", started_at: ago });
  await page.reload();
  await stop().waitFor();
  await context.setOffline(true);
  await stop().click();
  await start().waitFor();
  const stopped = Date.now();
  await what().fill("Ferry");
  await start().click();
  await stop().waitFor();
  await back();
  const train = (await entries()).find(({ note }) => note === "Train");
  assert.ok(Math.abs(Date.parse(train.ended_at) - stopped) < 5_000, train.ended_at);
  const { running, entry } = await timer();
  assert.ok(running);
  assert.equal(entry.note, "Ferry");
  await stop().click();
  await start().waitFor();
  await eventually(async () => assert.equal((await timer()).running, false));
  assert.equal((await entries()).length, 2);
});

test("what was done without an answer is done once", async (t) => {
  const started = await hold(t, page, "POST", "/time/timer");
  await what().fill("Echo");
  await start().click();
  await lose(await started.next());
  await started.end();
  await stop().waitFor();
  await eventually(async () => assert.equal(await page.getByText("Not sent yet").count(), 0));
  assert.equal((await entries()).length, 1);

  const stopped = await hold(t, page, "POST", "/time/timer/stop");
  await stop().click();
  await lose(await stopped.next());
  await stopped.end();
  await start().waitFor();
  await eventually(async () => assert.equal(await page.getByText("Not sent yet").count(), 0));
  const [echo, ...others] = await entries();
  assert.deepEqual(others, []);
  assert.ok(echo.ended_at);

  // The same work a moment later is another entry.
  await context.setOffline(true);
  await what().fill("Echo");
  await start().click();
  await stop().waitFor();
  await back();
  assert.equal((await timer()).entry.note, "Echo");
  assert.equal((await entries()).length, 2);
  await stop().click();
  await start().waitFor();
  await eventually(async () => assert.equal((await timer()).running, false));

  // Changed again before anybody knows whether it was there.
  const made = await hold(t, page, "POST", "/time/entries");
  await quickAdd("Reply", "0:10", "04:00");
  await lose(await made.next());
  await context.setOffline(true);
  await row("Reply").getByText("Not sent yet").waitFor();
  await row("Reply").getByRole("button", { name: "Reply", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Edit entry" });
  await form.getByRole("textbox", { name: "Note" }).fill("Reply, louder");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await row("Reply, louder").waitFor();
  await made.end();
  await back();
  const notes = (await entries()).map(({ note }) => note).sort();
  assert.deepEqual(notes, ["Echo", "Echo", "Reply, louder"]);
});

test("what the server refuses is kept, with the reason, until somebody decides", async () => {
  await context.setOffline(true);
  await what().fill("Here");
  await start().click();
  await stop().waitFor();
  await post("/time/timer", { note: "Elsewhere" });
  await context.setOffline(false);
  await said("The server did not store 1 change").waitFor();
  assert.equal(await what().inputValue(), "Elsewhere");
  await page.getByRole("button", { name: "Look at them" }).click();
  const list = page.getByRole("dialog", { name: "Not sent yet" });
  await list.getByText("Here", { exact: true }).waitFor();
  await checkAccessible(page);
  await post("/time/timer/stop");
  await list.getByRole("button", { name: "Send again" }).click();
  await list.getByText("Everything is sent.").waitFor();
  assert.equal((await timer()).entry.note, "Here");
});

test("a timer that was started and stopped is an entry, whatever runs elsewhere by then", async () => {
  await context.setOffline(true);
  await what().fill("Near");
  await start().click();
  await stop().waitFor();
  await post("/time/timer", { note: "Far" });
  await stop().click();
  await start().waitFor();
  await back();
  await stop().waitFor();
  assert.equal((await timer()).entry.note, "Far");
  assert.deepEqual((await entries()).map(({ note }) => note).sort(), ["Far", "Near"]);
  assert.equal(await page.getByText("did not store").count(), 0);
});

test("a timer that was stopped before the server heard of it is as long as it ran", async (t) => {
  const first = await hold(t, page, "POST", "/time/timer");
  const reach = await hold(t, page, "GET", "/.*");
  await what().fill("Blink");
  await start().click();
  await (await first.next()).abort();
  await stop().click();
  await row("Blink").getByText("Not sent yet").waitFor();
  // Nothing of it is on another day, so nothing is told to be.
  assert.equal(await row("Blink").getByText(/^of /).count(), 0);
  const second = () => Math.floor(Date.now() / 1000);
  const then = second();
  await eventually(() => assert.ok(second() > then + 1));
  await first.end();
  await reach.end();
  await eventually(async () => assert.equal(await page.getByText("Not sent yet").count(), 0));
  assert.equal(await page.getByText("did not store").count(), 0);
  const [blink, ...others] = await entries();
  assert.deepEqual(others, []);
  assert.ok(Date.parse(blink.ended_at) < (then + 1) * 1000, blink.ended_at);
});

test("what was changed elsewhere meanwhile is not overwritten unasked", async () => {
  await quickAdd("Tide table", "0:30", "06:00");
  await row("Tide table").waitFor();
  await context.setOffline(true);
  await row("Tide table").getByRole("button", { name: "Tide table", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Edit entry" });
  await form.getByRole("textbox", { name: "Note" }).fill("Mine");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await row("Mine").getByText("Not sent yet").waitFor();
  const [{ id, version }] = await entries();
  const headers = { "If-Match": `"${version}"` };
  await owner.patch(`/api/v1/time/entries/${id}`, { note: "Theirs" }, { headers });
  await context.setOffline(false);
  await row("Theirs").getByText("Not stored").waitFor();
  await page.getByRole("button", { name: "Look at them" }).click();
  const list = page.getByRole("dialog", { name: "Not sent yet" });
  await list.getByRole("button", { name: "Send again" }).click();
  await list.getByText("Everything is sent.").waitFor();
  assert.equal((await entries())[0].note, "Mine");
});

test("what was refused can be changed over what the server has", async () => {
  await quickAdd("Chart", "0:30", "06:00");
  await row("Chart").waitFor();
  await context.setOffline(true);
  const edit = async (from, to) => {
    await row(from).getByRole("button", { name: from, exact: true }).click();
    const form = page.getByRole("dialog", { name: "Edit entry" });
    await form.getByRole("textbox", { name: "Note" }).fill(to);
    await form.getByRole("button", { name: "Save", exact: true }).click();
  };
  await edit("Chart", "Mine");
  await row("Mine").waitFor();
  const [{ id, version }] = await entries();
  const headers = { "If-Match": `"${version}"` };
  await owner.patch(`/api/v1/time/entries/${id}`, { note: "Theirs" }, { headers });
  await context.setOffline(false);
  await row("Theirs").getByText("Not stored").waitFor();
  await edit("Theirs", "Both");
  await eventually(async () => assert.equal((await entries())[0].note, "Both"));
  await page.getByText("Not stored").waitFor({ state: "detached" });
});

test("who has to sign in again has lost nothing", async () => {
  await context.setOffline(true);
  await quickAdd("Harbour", "0:30", "06:00");
  await row("Harbour").getByText("Not sent yet").waitFor();
  await context.clearCookies();
  await context.setOffline(false);
  const again = page.getByRole("dialog", { name: "Sign in again" });
  await again.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await again.getByRole("button", { name: "Sign in" }).click();
  await eventually(async () => assert.equal((await entries()).length, 1));
  await page.getByText("Not sent yet").waitFor({ state: "detached" });
});

/** What tells one sealing of what is shown from the next. */
const shown = () =>
  page.evaluate(async () => {
    const done = (request) =>
      new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
    const [{ name }] = await indexedDB.databases();
    const db = await done(indexedDB.open(name));
    const found = await done(db.transaction("sealed").objectStore("sealed").get("shown"));
    db.close();
    return String(found?.iv);
  });

test("a device that was chosen opens without a connection, and forgets with sign-out", async () => {
  await page.goto("/settings/account");
  await flip(page.getByRole("switch", { name: "Open without a connection" }));
  await page.getByText("This device opens vow without a connection").waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await page.goto("/");
  await settled(page);
  await quickAdd("Shore", "0:30", "06:00");
  await row("Shore").waitFor();
  const before = await shown(); // what is kept from now on has it
  await page.goto("/");
  await eventually(async () => assert.notEqual(await shown(), before, "it is kept"));

  const { port } = new URL(server.url);
  await server.stop({ keep: true });
  await page.goto("/");
  await row("Shore").waitFor();
  await quickAdd("Open sea", "0:20", "07:00");
  await row("Open sea").getByText("Not sent yet").waitFor();
  await page.reload();
  await row("Open sea").getByText("Not sent yet").waitFor();
  await server.start({ port });
  await eventually(async () => assert.equal(await page.getByText("Not sent yet").count(), 0));
  assert.deepEqual((await entries()).map(({ note }) => note).sort(), ["Open sea", "Shore"]);

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await eventually(async () => {
    const left = await page.evaluate(async () => [
      ...(await indexedDB.databases()),
      ...(await caches.keys()),
      ...(await navigator.serviceWorker.getRegistrations()),
      ...Object.keys(localStorage).filter((name) => name === "vow.device"),
    ]);
    assert.deepEqual(left, []);
  });
});

test("signing out with what is not sent asks first", async () => {
  const cut = (route) => (route.request().method() === "POST" ? route.abort() : route.fallback());
  await page.route("**/api/v1/time/entries", cut);
  await quickAdd("Message in a bottle", "0:30", "06:00");
  await row("Message in a bottle").getByText("Not sent yet").waitFor();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  const asked = page.getByRole("dialog", { name: "Sign out with changes that are not sent?" });
  await asked.getByRole("button", { name: "Cancel" }).click();
  await row("Message in a bottle").waitFor();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await asked.getByRole("button", { name: "Sign out and delete" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.unroute("**/api/v1/time/entries", cut);
  await signIn(page, owner.account);
  await settled(page);
  assert.equal(await row("Message in a bottle").count(), 0);
  assert.deepEqual(await entries(), []);
});

test("a page that is not there yet says so, and comes when the server is back", async () => {
  await context.setOffline(true);
  await page.getByRole("link", { name: "Forms" }).first().click();
  await page.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
  await page.getByRole("link", { name: "Today" }).first().click();
  await page.getByRole("region", { name: "Add an entry" }).waitFor();
  await page.getByRole("link", { name: "Forms" }).first().click();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Forms", level: 1 }).waitFor();
});

test("a page that a proxy puts in place of an answer is none", async () => {
  const portal = { contentType: "text/html", body: "<h1>Welcome to the hotel</h1>" };
  await page.route("**/api/**", (route) => route.fulfill(portal));
  await page.getByRole("link", { name: "Today" }).first().click();
  await quickAdd("Lobby", "0:30", "04:00");
  await row("Lobby").getByText("Not sent yet").waitFor();
  await page.getByRole("link", { name: "Projects" }).first().click();
  await page.getByRole("button", { name: "New project" }).first().click();
  const form = page.getByRole("dialog", { name: "New project" });
  await form.getByRole("textbox", { name: "Name" }).fill("Suite");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("The server cannot be reached").waitFor();
  await page.unroute("**/api/**");
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  await eventually(async () => assert.ok((await entries()).some(({ note }) => note === "Lobby")));
});

test("two windows send once", async () => {
  let sent = 0;
  context.on("response", (response) => {
    const request = response.request();
    if (request.method() === "POST" && request.url().endsWith("/time/entries")) sent++;
  });
  const other = await context.newPage();
  await other.goto("/");
  await settled(other);
  await context.setOffline(true);
  await quickAdd("Lock", "0:30", "06:00");
  await other.locator(".entry").filter({ hasText: "Lock" }).getByText("Not sent yet").waitFor();
  await back();
  await eventually(async () => assert.equal(await other.getByText("Not sent yet").count(), 0));
  assert.deepEqual(
    (await entries()).map(({ note }) => note),
    ["Lock"],
  );
  assert.equal(sent, 1);
});
