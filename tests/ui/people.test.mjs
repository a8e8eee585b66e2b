// People: an invitation by link, what a member sees and does not see, erasure, and the end of an
// organisation.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  checkAccessible,
  eventually,
  flip,
  hasFocus,
  openBrowser,
  openPage,
} from "../lib/browser.mjs";
import { PASSWORD, startServer } from "../lib/server.mjs";
import { choose, signIn, signUp } from "./actions.mjs";

let server;
let browser;
let page;
let problems;
let member;

before(async () => {
  server = await startServer({ args: ["--org-storage", "40M"] });
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url));
  await signUp(page, { name: "Olga Owner", email: "olga@example.org", organisation: "Olga Works" });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (name) => page.getByRole("row", { name: new RegExp(name) });

test("the zone of an organisation is shown, whichever it is", async () => {
  const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  await page.goto("/settings");
  const shown = page.getByRole("combobox", { name: "Time zone" });
  await eventually(async () => assert.equal(await shown.inputValue(), zone));
  await shown.fill("kolkata");
  await page.getByRole("option", { name: /^Asia\/(Calcutta|Kolkata)$/ }).waitFor();
  await shown.press("Escape");
});

test("the week of an organisation begins as where its owner is, if the browser says where", async () => {
  for (const [locale, day] of [
    ["en-US", "Sunday"],
    ["en", "Monday"],
  ]) {
    const { context, page } = await openPage(browser, server.url, { locale });
    await signUp(page, { name: "Una", email: `una@${locale}.example`, organisation: "Una Works" });
    await page.goto("/settings");
    const shown = page.getByRole("combobox", { name: "The week begins on" });
    await eventually(async () => assert.equal(await shown.inputValue(), day));
    await context.close();
  }
});

test("an account whose zone is not known is not saved without it", async () => {
  const visit = await openPage(browser, server.url);
  await signIn(visit.page, { email: "olga@example.org" });
  const people = "**/api/v1/people?*";
  await visit.page.route(people, (route) => route.fulfill({ status: 500, json: {} }));
  await visit.page.goto("/settings/account");
  await visit.page.getByRole("button", { name: "Try again" }).waitFor();
  assert.equal(await visit.page.getByRole("button", { name: "Save" }).count(), 0);
  await visit.page.unroute(people);
  await visit.page.getByRole("button", { name: "Try again" }).click();
  await visit.page.getByRole("region", { name: "Name and time zone" }).waitFor();
  await visit.context.close();
});

test("how much is kept is said to who runs the organisation", async () => {
  await page.goto("/settings");
  const storage = page.getByRole("region", { name: "Storage" });
  await storage.getByText(/^[\d.]+ MiB of 40 MiB are used\.$/).waitFor();
  await storage.getByRole("meter", { name: "Storage" }).waitFor();
  await checkAccessible(page);
});

test("what each role may do is a table", async () => {
  await page.goto("/people");
  await page.getByRole("link", { name: "Roles", exact: true }).click();
  await row("time\\.read").waitFor();
  const cells = async (name) => (await row(name).getByRole("cell").allTextContents()).join(" ");
  assert.equal(await cells("time\\.read"), "All All Team Own All");
  assert.equal(await cells("audit\\.read"), "Yes Yes – – Yes");
  await checkAccessible(page);
});

test("a person is added and joins by the link", async () => {
  await page.goto("/people");
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByRole("textbox", { name: /^Name/ }).fill("Max Member");
  await page.getByRole("textbox", { name: "Email" }).fill("max@example.org");
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  await page.getByRole("button", { name: "Save and invite" }).click();
  const shown = page.getByRole("textbox", { name: "Invitation link" });
  await eventually(async () => assert.match(await shown.inputValue(), /^http/));
  const link = await shown.inputValue();
  await checkAccessible(page);
  await page.keyboard.press("Escape");
  await row("Max Member").getByText("Not joined yet").waitFor();
  assert.equal(await row("Olga Owner").getByText("Not joined yet").count(), 0);

  await page.goto(link);
  await page.getByText("Olga Owner (olga@example.org) is signed in here").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Password" }).count(), 0);
  await checkAccessible(page);
  await page.getByRole("button", { name: "Go on as Olga Owner" }).click();
  await page.getByRole("button", { name: "Account of Olga Owner" }).waitFor();

  member = await openPage(browser, server.url);
  await member.page.goto(link);
  await member.page.getByText("Join Olga Works").waitFor();
  await member.page.getByRole("textbox", { name: "Password" }).fill("short");
  await member.page.getByText("characters to go").waitFor();
  await member.page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await member.page.getByRole("button", { name: "Join" }).click();
  await member.page.getByText("Accounts are for people of 16 and older").waitFor();
  const affirmed = member.page.getByLabel("I am 16 or older");
  await hasFocus(affirmed);
  await checkAccessible(member.page);
  await affirmed.check();
  await member.page.getByRole("button", { name: "Join" }).click();
  await member.page.getByRole("button", { name: "Start timer" }).waitFor();
  await page.goto("/people");
  await row("Max Member").waitFor();
  assert.equal(await page.getByText("Not joined yet").count(), 0);
});

test("inviting begins on the page of people, and asks for an address", async () => {
  await page.goto("/people");
  await page.getByRole("button", { name: "Invite a person" }).click();
  const form = page.getByRole("dialog", { name: "Invite a person" });
  await form.getByRole("textbox", { name: /^Name/ }).fill("Ina Invited");
  await choose(page, "Role", "No account");
  assert.equal(await form.getByRole("button", { name: "Save", exact: true }).count(), 0);
  await form.getByRole("button", { name: "Save and invite" }).click();
  await form.getByText("An invitation needs an address to sign in with").waitFor();
  await form.getByText("Choose what the account may do").waitFor();
  await checkAccessible(page);
  await form.getByRole("textbox", { name: /^Email/ }).fill("ina@example.org");
  await choose(page, "Role", "Auditor");
  await form.getByRole("button", { name: "Save and invite" }).click();
  const shown = page.getByRole("textbox", { name: "Invitation link" });
  await eventually(async () => assert.match(await shown.inputValue(), /^http/));
  await page.keyboard.press("Escape");
  await row("Ina Invited").getByText("Not joined yet").waitFor();
  assert.equal(await member.page.getByRole("button", { name: "Invite a person" }).count(), 0);
});

test("a phone shows the name, the role and the menu of a person", async () => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto("/people");
  const max = row("Max Member");
  for (const part of [
    max.getByRole("button", { name: "Max Member", exact: true }),
    max.getByText("Member", { exact: true }),
    max.getByRole("button", { name: "Edit: Max Member" }),
  ]) {
    const { x, width } = await part.boundingBox();
    assert.ok(x >= 0 && x + width <= 390, `from ${x}, ${width} wide`);
  }
  await checkAccessible(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("a team opens by its name, and is not called like another", async () => {
  await page.goto("/people/teams");
  const name = page.getByRole("textbox", { name: /^Name/ });
  for (const team of ["Quay", "Mole"]) {
    await page.getByRole("button", { name: "New team" }).click();
    await name.fill(team);
    await page.getByRole("button", { name: "Save" }).click();
    await name.waitFor({ state: "detached" });
  }
  await page.getByRole("button", { name: "Mole", exact: true }).click();
  await name.fill("qUAY");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("A team of this name exists").waitFor();
  await hasFocus(name);
  await checkAccessible(page);
  const [refused, ...others] = problems.splice(0);
  assert.match(refused, /^409 PATCH \/api\/v1\/teams\/[\w-]+$/);
  assert.deepEqual(others, []);
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("what is wrong with a field is a sentence of its own, whoever found it", async () => {
  await page.goto("/people");
  await page.getByRole("button", { name: "Add a person" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Email" }).fill("ann");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await form.getByText("This is needed", { exact: true }).waitFor();
  await form.getByRole("textbox", { name: /^Name/ }).fill("Ann");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  const wrong = "Must be an email address such as anna@example.org";
  await form.getByText(wrong, { exact: true }).waitFor();
  const [refused, ...others] = problems.splice(0);
  assert.match(refused, /^422 POST \/api\/v1\/people$/);
  assert.deepEqual(others, []);
  await form.getByRole("button", { name: "Cancel" }).click();
});

test("a link opened by somebody else who is signed in is used after signing out", async () => {
  const other = await openPage(browser, server.url);
  await signUp(other.page, { name: "Sam Else", email: "sam@example.org", organisation: "Else" });
  await page.goto("/people");
  await page.getByRole("button", { name: "Edit: Max Member" }).click();
  await page.getByRole("menuitem", { name: "Make a link to set a new password" }).click();
  const shown = page.getByRole("textbox", { name: "Link for a new password" });
  await eventually(async () => assert.match(await shown.inputValue(), /^http/));
  await other.page.goto(await shown.inputValue());
  await other.page.getByRole("button", { name: "Sign out and open the link" }).click();
  await other.page.getByText("Max Member, you sign in with max@example.org").waitFor();
  await other.page.getByRole("textbox", { name: "Password" }).waitFor();
  assert.deepEqual(other.problems, []);
  await other.context.close();
});

test("somebody who is only in the directory is invited from the row", async () => {
  await page.evaluate(() =>
    fetch("/api/v1/people", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "Dora Directory", role: "none" }),
    }),
  );
  await page.goto("/people");
  await page.getByRole("button", { name: "Edit: Dora Directory" }).click();
  await page.getByRole("menuitem", { name: "Invite" }).click();
  const form = page.getByRole("dialog", { name: "Invite" });
  assert.equal(await form.getByRole("combobox", { name: "Role" }).inputValue(), "Member");
  await form.getByRole("button", { name: "Save and invite" }).click();
  await form.getByText("An invitation needs an address to sign in with").waitFor();
  await checkAccessible(page);
  await form.getByRole("textbox", { name: "Email" }).fill("dora@example.org");
  await form.getByRole("button", { name: "Save and invite" }).click();
  const link = page.getByRole("textbox", { name: "Invitation link" });
  await eventually(async () => assert.match(await link.inputValue(), /^http/));
  await page.keyboard.press("Escape");
  await row("Dora Directory").getByText("Member").waitFor();
});

test("a member sees no settings, audit log or requests of others", async () => {
  const at = member.page;
  await at.goto("/privacy");
  await at.getByRole("link", { name: "My data" }).waitFor();
  assert.equal(await at.getByRole("link", { name: "Audit log" }).count(), 0);
  assert.equal(await at.getByRole("link", { name: "Export and erasure" }).count(), 0);
  await at.goto("/people");
  await at.getByText("Olga Owner").waitFor();
  assert.equal(await at.getByRole("button", { name: "Add a person" }).count(), 0);
  // What a member cannot change is text, and looks like nothing else.
  for (const [path, fact] of [
    ["/settings", "Olga Works"],
    ["/settings/ai", "Local engine"],
  ]) {
    await at.goto(path);
    await at.getByText("Admins change these.").waitFor();
    await at.locator("main").getByText(fact).first().waitFor();
    assert.equal(await at.locator("main").locator("input, select, textarea").count(), 0);
    await checkAccessible(at);
  }
  await at.goto("/nowhere");
  await at.getByText("There is nothing at this address").waitFor();
});

test("a member objects to AI", async () => {
  const at = member.page;
  await at.goto("/privacy");
  await flip(at.getByRole("switch", { name: "No AI on my data" }));
  await at.getByText("Objection recorded").waitFor();
  await at.reload();
  await at.getByRole("switch", { checked: true }).waitFor({ state: "attached" });
  assert.deepEqual(member.problems, []);
});

test("an erased person is gone, and signed out", async () => {
  await page.goto("/people");
  await page.getByRole("button", { name: "Edit: Max Member" }).click();
  await page.getByRole("menuitem", { name: "Erase person" }).click();
  await page.getByRole("button", { name: "Erase person" }).click();
  const dialog = page.getByRole("dialog");
  const act = dialog.getByRole("button", { name: "Erase person" });
  await dialog.getByRole("button", { name: "Erase person", disabled: true }).waitFor();
  await checkAccessible(page);
  await dialog.getByRole("textbox").fill("Max Member");
  await act.click();
  await page.getByText("Max Member has been erased").waitFor();
  await member.page.goto("/");
  await member.page.getByRole("button", { name: "Sign in" }).waitFor();
});

test("the organisation ends when its owner types its name", async () => {
  await page.goto("/privacy/requests");
  await page.getByRole("button", { name: "Delete organisation" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("link", { name: "Download the archive" }).waitFor();
  await checkAccessible(page);
  await dialog.getByRole("textbox").fill("Olga Works");
  await dialog.getByRole("button", { name: "Delete organisation" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.getByText("The organisation has been deleted, and its key with it").waitFor();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await checkAccessible(page);
  assert.deepEqual(problems, []);
});
