// Walks through the app as a newcomer and as the demo's owner: every room of the rail, both themes,
// desk and phone; each page must be accessible, free of script errors and of other origins.
import assert from "node:assert/strict";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { checkAccessible, openBrowser, openPage, settled } from "../lib/browser.mjs";
import { PASSWORD, startServer, vow } from "../lib/server.mjs";

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

async function signIn(page, { email, password }) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: false }).first().fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).first().waitFor();
}

/** Addresses of all rooms that the person may enter, as the navigation lists them. */
async function rooms(page) {
  const links = page.locator("nav a[href]");
  await links.first().waitFor({ state: "attached" });
  const addresses = await links.evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  return [...new Set(addresses)];
}

test("a stranger signs up, finds every room empty and friendly", async () => {
  const { context, page, problems } = await openPage(browser, server.url);
  await page.getByRole("link", { name: "Create an organisation" }).click();
  await page.getByLabel("Name").fill("Nia Newcomer");
  await page.getByLabel("Email").fill("nia@example.org");
  await page.getByLabel("Organisation").fill("Newcomers");
  await page.getByLabel("Password", { exact: false }).first().fill(PASSWORD);
  await page.getByRole("checkbox").check();
  await checkAccessible(page);
  await page.getByRole("button", { name: /create/i }).click();
  const addresses = await rooms(page);
  assert.ok(addresses.length >= 6, addresses.join(" "));
  for (const address of addresses) {
    await page.goto(address);
    await settled(page);
    await checkAccessible(page);
  }
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
    for (const address of await rooms(page)) {
      await page.goto(address);
      await settled(page);
      const name = address.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "first";
      await page.screenshot({ path: `${PICTURES}/${screen.name}-${name}.png` });
      await checkAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${address} is ${wide} pixels too wide`);
    }
    assert.deepEqual(problems, []);
    await context.close();
  });
}
