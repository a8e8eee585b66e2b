// Promises: what a new installation says of them, and what it says once they were checked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkAccessible, openBrowser, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { hold, signUp } from "./actions.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("promises that nobody has checked say so, and are checked by the one act there is", async (t) => {
  const { page, problems } = await openPage(browser, server.url);
  await signUp(page, { name: "Pia Proof", email: "pia@example.org", organisation: "Proofs" });
  // The checks themselves take a minute and have tests of their own.
  await page.route("**/promises/check", async (route) => {
    const { items } = await (await page.request.get("/api/v1/promises")).json();
    const checked = { checked_at: new Date().toISOString(), evidence: "Seen." };
    const found = (promise, i) => ({ ...promise, ...checked, result: i ? "held" : "unknown" });
    await route.fulfill({ json: { items: items.map(found) } });
  });
  await page.goto("/promises");
  await page.getByRole("heading", { name: "Not checked yet" }).waitFor();
  assert.equal(await page.getByText("Not known", { exact: true }).count(), 0);
  await checkAccessible(page);
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByText("Held", { exact: true }).first().waitFor();
  assert.equal(await page.getByText("Not known", { exact: true }).count(), 1);
  const seen = page.getByText("Seen.", { exact: true }).filter({ visible: true });
  assert.equal(await seen.count(), 1, "why it is unknown");
  assert.equal(await page.getByText("Not checked yet").count(), 0);
  assert.equal(await page.getByRole("button", { name: "Check now" }).count(), 1);
  await page
    .getByRole("status")
    .getByText(/^Checked /)
    .waitFor();
  await checkAccessible(page);

  // While they are checked again, what is shown is of before; whoever comes back to it sees that, too.
  const again = await hold(t, page, "POST", "/promises/check");
  await page.getByRole("button", { name: "Check now" }).click();
  const runs = page.getByText("The promises are being checked");
  const before = page.getByText(/^Shown is the check of /);
  await runs.waitFor();
  await before.waitFor();
  await checkAccessible(page);
  await page.getByRole("link", { name: "Entries" }).first().click();
  await page.getByRole("heading", { name: "Entries", level: 1 }).waitFor();
  await page.getByRole("link", { name: "Promises" }).first().click();
  await runs.waitFor();
  await before.waitFor();
  await (await again.next()).fallback();
  await runs.waitFor({ state: "detached" });
  await page
    .getByRole("status")
    .getByText(/^Checked /)
    .waitFor();
  assert.deepEqual(problems, []);
});
