// Opens the distribution's Chromium on a running server, and watches what a person would not see.
//
//   const browser = await openBrowser();
//   const { page, problems } = await openPage(browser, server.url, { theme: "dark" });
//   await eventually(async () => assert.equal(await page.locator("li").count(), 3));
//   await checkAccessible(page);
//   assert.deepEqual(problems, []);     // script errors, failed loads, requests to other origins
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const LIMIT_MS = 60_000; // for whatever a page does, on a machine that does much else
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function openBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A zone in which it is about noon: nothing that happens there meets midnight or a change of clocks. */
export function noonZone() {
  const east = 12 - new Date().getUTCHours();
  return east === 0 ? "UTC" : `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
}

/**
 * A page in a context of its own (own cookies). Sizes in CSS pixels; theme is "light" or "dark".
 * zone, locale: of the browser; an organisation that signs up there adopts the zone and the week.
 */
export async function openPage(
  browser,
  url,
  { width = 1280, height = 800, theme = "light", zone = noonZone(), locale = "en-GB" } = {},
) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
    locale,
    timezoneId: zone,
  });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`script: ${error.message}`));
  page.on("console", (said) => {
    const ofAnswer = said.text().startsWith("Failed to load resource");
    if (said.type() === "error" && !ofAnswer) problems.push(`console: ${said.text()}`);
  });
  page.on("response", (response) => {
    // That a session has ended is an answer.
    const { pathname } = new URL(response.url());
    if (response.status() >= 400 && response.status() !== 401)
      problems.push(`${response.status()} ${response.request().method()} ${pathname}`);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol.startsWith("http") && to.origin !== new URL(url).origin)
      problems.push(`foreign origin: ${to.origin}`);
  });
  await page.goto("/");
  return { context, page, problems };
}

/** Tries again until `check` throws no more; what it threw last is thrown when it never ends. */
export async function eventually(check) {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await pause(20);
  }
}

/** Waits until a field, or whatever it is, has the focus. */
export const hasFocus = (locator) =>
  eventually(async () =>
    assert.ok(await locator.evaluate((node) => node === document.activeElement), "it has no focus"),
  );

/** Waits until the page is there and nothing on it says that it is still loading. */
export async function settled(page) {
  await page.locator("main h1").waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}

/** Flips a switch by keyboard, once it can be: a page that still loads would move it from a click. */
export async function flip(toggle) {
  await eventually(async () => assert.ok(await toggle.isEnabled(), "the switch is disabled"));
  await toggle.press("Space");
}

/** Throws when axe finds a breach of WCAG 2.2 AA on the page as it stands. */
export async function checkAccessible(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Runtime.evaluate", { expression: AXE });
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }),
  );
  await cdp.detach();
  if (violations.length === 0) return;
  const lines = violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
  throw new Error(`${page.url()} is not accessible:\n${lines.join("\n")}`);
}
