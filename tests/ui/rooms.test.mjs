// Walks through the app as a newcomer and as the demo's owner: every room of the rail with its tabs and
// its first record, both themes, desk and phone; each page must be accessible, free of script errors
// and of other origins.
import assert from "node:assert/strict";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { checkAccessible, eventually, openBrowser, openPage, settled } from "../lib/browser.mjs";
import { PASSWORD, startServer, vow } from "../lib/server.mjs";
import { signIn } from "./actions.mjs";

const PICTURES = "build/test-logs/pictures"; // for a person to look at
const DEMO = { email: "ada@demo.example", password: "demo password" };

let server;
let browser;

before(async () => {
  const dir = await mkdtemp(join(tmpdir(), "vow-ui-"));
  const made = await vow(["demo", "--data", join(dir, "data")], {
    env: { VOW_MASTER_KEY_FILE: join(dir, "master.key") },
  });
  assert.equal(made.status, 0, made.stderr);
  server = await startServer({ dir });
  browser = await openBrowser();
  await mkdir(PICTURES, { recursive: true });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const TABS = "main .tabs a[href], main tbody tr:first-child th a[href]";

async function addresses(page, links) {
  const found = page.locator(links);
  return new Set(await found.evaluateAll((all) => all.map((a) => a.getAttribute("href"))));
}

/** Goes to every room that the navigation lists, and on to the places that each of them leads to. */
async function visit(page, look) {
  await page.locator("nav a[href]").first().waitFor({ state: "attached" });
  const places = await addresses(page, "nav a[href]");
  for (const address of places) {
    await page.goto(address);
    await settled(page);
    for (const tab of await addresses(page, TABS)) places.add(tab);
    await look(address);
  }
  return places.size;
}

test("a stranger signs up, finds every room empty and friendly", async () => {
  const { context, page, problems } = await openPage(browser, server.url);
  await page.getByRole("link", { name: "Create an organisation" }).click();
  const create = page.getByRole("button", { name: /create/i });
  await create.click();
  await page.getByText("This is needed").first().waitFor();
  const valid = page.locator("form input:not([aria-invalid=true])");
  assert.equal(await valid.count(), 0, "what is refused says so to a screen reader");
  await page.getByRole("textbox", { name: "Password" }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  const shown = page.getByRole("button", { name: "Show the password", pressed: true });
  await shown.waitFor();
  await page.getByLabel("Name").fill("Nia Newcomer");
  await page.getByLabel("Email").fill("nia@example.org");
  await page.getByLabel("Organisation").fill("Newcomers");
  await page.getByLabel("Password", { exact: false }).first().fill(PASSWORD);
  await page.getByRole("checkbox").check();
  await checkAccessible(page);
  await create.click();
  assert.ok((await visit(page, () => checkAccessible(page))) >= 20);
  assert.deepEqual(problems, []);
  await context.close();
});

for (const [name, role] of [
  ["bo", "admin"],
  ["cleo", "manager"],
  ["dario", "member"],
  ["edda", "auditor"],
])
  test(`nothing that is shown to a role is refused to it: ${role}`, async () => {
    const { context, page, problems } = await openPage(browser, server.url);
    await signIn(page, { ...DEMO, email: `${name}@demo.example` });
    const visited = await visit(page, async (address) => {
      const refused = page.locator("main [role=alert]:not(:empty)");
      assert.equal(await refused.count(), 0, `${address}: ${await refused.allTextContents()}`);
    });
    assert.ok(visited >= 15, `${visited} places`);
    assert.deepEqual(problems, []);
    await context.close();
  });

test("an admin sees who owns the organisation, and leaves it at that", async () => {
  const { context, page, problems } = await openPage(browser, server.url);
  await signIn(page, { email: "bo@demo.example", password: DEMO.password });
  const people = (await (await page.request.get("/api/v1/people")).json()).items;
  const owner = people.find(({ role }) => role === "owner");
  await page.goto("/people");
  await page.getByRole("button", { name: owner.name, exact: true }).click();
  const role = page.getByRole("dialog").getByRole("combobox", { name: "Role" });
  await eventually(async () => assert.equal(await role.inputValue(), "Owner"));
  assert.ok(await role.isDisabled());
  assert.deepEqual(problems, []);
  await context.close();
});

test("who writes no time begins at the reports", async () => {
  const { context, page, problems } = await openPage(browser, server.url);
  await signIn(page, { ...DEMO, email: "edda@demo.example" });
  await page.getByRole("heading", { name: "Reports" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/reports");
  assert.equal(await page.getByRole("link", { name: "Today" }).count(), 0);
  await page.goto("/nowhere");
  await page.getByRole("link", { name: "Go to Reports" }).click();
  await page.getByRole("heading", { name: "Reports" }).waitFor();
  await page.goto("/insights");
  await page.getByRole("radio", { name: /^Summary of a report/ }).waitFor();
  assert.equal(await page.getByRole("radio", { name: /^Feedback on my time/ }).count(), 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a manager reads the team's entries, and changes the own", async () => {
  const { context, page, problems } = await openPage(browser, server.url);
  await signIn(page, { ...DEMO, email: "cleo@demo.example" });
  await page.goto("/time/entries?from=2000-01-01&to=2100-01-01");
  const rows = page.locator("ul.entries > li");
  const theirs = rows.filter({ hasText: "Dario Exempel" });
  const own = rows.filter({ hasNotText: /Dario|Finn/ });
  await theirs.first().waitFor();
  assert.equal(await theirs.getByRole("button", { name: /^Edit/ }).count(), 0);
  assert.equal(await theirs.getByRole("checkbox").count(), 0);
  assert.ok((await theirs.getByRole("button", { name: /^Start again/ }).count()) > 0);
  assert.ok((await own.getByRole("button", { name: /^Edit/ }).count()) > 0);
  assert.deepEqual(problems, []);
  await context.close();
});

/** What a finger would miss: neither it nor its label is hit 21 pixels above or below its middle. A
    link within a sentence may be as low as its line. */
function smallTargets() {
  const isHit = (target, y) => {
    const { left, width } = target.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, y);
    const whole = hit?.closest("label, .mantine-Input-wrapper");
    return target.contains(hit) || whole?.contains(target) || whole?.control === target;
  };
  const targets = [...document.querySelectorAll("a[href], button, input, textarea, summary")];
  const small = targets.filter((target) => {
    const isShown = target.checkVisibility() && !target.closest("[aria-hidden=true]");
    if (!isShown || target.disabled || target.matches("p *, .skip")) return false;
    target.scrollIntoView({ block: "center", inline: "center" });
    const whole = target.closest(".mantine-Input-wrapper") ?? target;
    const { top, height } = whole.getBoundingClientRect();
    return height > 1 && ![-21, 21].every((by) => isHit(target, top + height / 2 + by));
  });
  return small.map((target) => `${target.tagName} ${target.ariaLabel ?? target.textContent}`);
}

test("charts and tables are whole on a phone, and filters stand in rows at a desk", async () => {
  const { context, page, problems } = await openPage(browser, server.url, { width: 390 });
  await signIn(page, DEMO);
  const [from, to] = [60, 0].map((ago) => new Date(Date.now() - ago * 86_400_000).toISOString());
  const period = `from=${from.slice(0, 10)}&to=${to.slice(0, 10)}`;
  for (const by of ["day", "week", "month", "project", "person"]) {
    await page.goto(`/reports?by=${by}&${period}`);
    await page.locator("svg.chart text").first().waitFor();
    const cut = await page.locator("svg.chart").evaluate((chart) => {
      const picture = chart.getBoundingClientRect();
      const isCut = (text) => {
        const { left, right } = text.getBoundingClientRect();
        return left < picture.left || right > picture.right || text.textContent.endsWith("…");
      };
      return [...chart.querySelectorAll("text")].filter(isCut).map((text) => text.textContent);
    });
    assert.deepEqual(cut, [], by);
    const table = page.getByRole("region", { name: "Reports" });
    // The share stands below the hours.
    await table
      .locator("tfoot td")
      .first()
      .getByText(/^100(\.0)? %$/)
      .waitFor();
    const over = await table.evaluate((card) => card.scrollWidth - card.clientWidth);
    assert.ok(over <= 0, `the table by ${by} is ${over} pixels too wide`);
  }
  const { items } = await (await page.request.get("/api/v1/sessions")).json();
  assert.ok(
    items.every(({ agent }) => agent),
    "making the demo left a session",
  );
  const data = { capability: "summary.report", from: from.slice(0, 10), to: to.slice(0, 10) };
  const headers = { Origin: server.url };
  assert.ok((await page.request.post("/api/v1/ai/run", { data, headers })).ok());
  await page.goto("/insights/receipts");
  const receipts = page.getByRole("region", { name: "Receipts" });
  await receipts.getByText("Summary of a report").first().waitFor();
  assert.ok(await receipts.evaluate((card) => card.scrollWidth <= card.clientWidth));
  const { items: forms } = await (await page.request.get("/api/v1/forms")).json();
  for (const path of ["/privacy/audit", "/privacy/data", `/forms/${forms[0].id}`]) {
    await page.goto(path);
    const rows = page.locator(".table.cards");
    await rows.first().waitFor();
    const cut = await rows.evaluateAll((tables) =>
      tables.some(({ parentElement: card }) => card.scrollWidth > card.clientWidth),
    );
    assert.ok(!cut, `${path} has a table that is too wide`);
    const cells = rows.first().locator("tbody tr").first().locator("th, td");
    const unnamed = await cells.evaluateAll(
      (all) => all.filter((it) => !it.dataset.heading).length,
    );
    assert.equal(unnamed, 0, `${path} has cells without their heading`);
  }
  await page.goto("/settings/ai");
  const add = page.getByRole("button", { name: "Add a provider" });
  await add.waitFor();
  assert.deepEqual(await page.evaluate(smallTargets), []);
  const label = add.locator(".mantine-Button-label");
  assert.ok(await label.evaluate((text) => text.scrollWidth <= text.clientWidth), "a cut button");
  await page.goto("/forms/nothing");
  await page.getByText("There is nothing at this address").waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`/reports?by=person&${period}`);
  await page.locator("svg.chart text").first().waitFor();
  const edges = await page
    .locator(".filters > *:visible")
    .evaluateAll((all) => all.map((field) => field.getBoundingClientRect().left));
  assert.equal(edges.length, 9);
  assert.deepEqual(edges.slice(5), edges.slice(0, 4), "the second row stands below the first");

  await page.goto("/");
  const what = page.getByRole("textbox", { name: "Add an entry" });
  for (const width of [1024, 768]) {
    await page.setViewportSize({ width, height: 800 });
    assert.ok(
      (await what.boundingBox()).width > 200,
      `${width} pixels leave room for what was done`,
    );
  }
  const rail = page.locator(".rail");
  await rail.getByRole("link", { name: "Lantern Studio" }).waitFor();
  await eventually(async () => {
    const names = await rail
      .locator(".rail-text:visible")
      .evaluateAll((all) => all.map((it) => [it.textContent, it.scrollWidth]));
    assert.ok(names.length >= 12, "on a tablet, the icons of the rail have names");
    for (const [name, wide] of names) assert.ok(wide <= 60, `${name} is cut off`);
  });
  assert.deepEqual(problems, []);
  await context.close();
});

test("by keyboard, what has the focus is in sight, and so is a switch in forced colours", async () => {
  const { context, page, problems } = await openPage(browser, server.url, {
    width: 640,
    height: 400,
  });
  await signIn(page, DEMO);
  await page.goto("/settings/account");
  await settled(page);
  const name = page.locator("main input[name=name]");
  await name.focus();
  assert.equal(await name.evaluate((it) => getComputedStyle(it).outlineStyle), "solid");
  for (let steps = 0; steps < 12; steps++) {
    await page.keyboard.press("Tab");
    const hidden = await page.evaluate(() => {
      const active = document.activeElement;
      const [above, below] = [".topbar", ".bottom-bar"].map((bar) =>
        document.querySelector(bar).getBoundingClientRect(),
      );
      const { top, bottom } = active.getBoundingClientRect();
      return active.closest("main") && (top < above.bottom || bottom > below.top);
    });
    assert.ok(!hidden, `${await page.evaluate(() => document.activeElement.outerHTML)} is covered`);
  }
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/settings/ai");
  const track = page.locator(".mantine-Switch-track").first();
  await track.waitFor();
  const grounds = (it) => [it, document.body].map((el) => getComputedStyle(el).backgroundColor);
  const [own, behind] = await track.evaluate(grounds);
  assert.notEqual(own, behind, "a switch has the colour of the page");
  assert.deepEqual(problems, []);
  await context.close();
});

const SCREENS = [
  { name: "light", theme: "light", width: 1280, height: 800 },
  { name: "dark", theme: "dark", width: 1280, height: 800 },
  { name: "phone", theme: "light", width: 390, height: 844 },
];

for (const screen of SCREENS) {
  test(`every room of the demo is whole: ${screen.name}`, async () => {
    const { context, page, problems } = await openPage(browser, server.url, screen);
    await signIn(page, DEMO);
    await visit(page, async (address) => {
      const name = address.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "first";
      await page.screenshot({ path: `${PICTURES}/${screen.name}-${name}.png` });
      await checkAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${address} is ${wide} pixels too wide`);
    });
    assert.deepEqual(problems, []);
    await context.close();
  });
}
