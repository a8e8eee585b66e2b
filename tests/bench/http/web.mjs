#!/usr/bin/env node
// Measures the first page in a real browser: its compressed script, when it can be typed into, when the
// app has taken over what was typed, and when Today stands for somebody who is signed in.
import assert from "node:assert/strict";
import { eventually, openBrowser } from "../../lib/browser.mjs";
import { startServer } from "../../lib/server.mjs";
import { median, tell } from "./measure.mjs";

const ROUNDS = 5;
const SLOWER = 4;

const secondsOf = (page) => page.evaluate(() => performance.now() / 1000);

/** Begins a page with cold caches on a slowed CPU, with the cookie of somebody or nobody. */
async function begin(browser, url, cookie) {
  const context = await browser.newContext();
  const [name, value] = cookie?.split("=") ?? [];
  if (cookie) await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const scripts = new Set();
  let finished = 0;
  let bytes = 0;
  cdp.on("Network.requestWillBeSent", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!scripts.has(requestId)) return;
    finished++;
    bytes += encodedDataLength;
  });
  await cdp.send("Network.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  // Not until it has loaded: what comes after the form is no part of the wait for it.
  await page.goto(url, { waitUntil: "commit" });
  const end = async () => {
    await eventually(async () => assert.equal(finished, scripts.size));
    await context.close();
    return bytes / 1024;
  };
  return { page, end };
}

/** A stranger: resolves to { kib, interactive, taken }. */
async function loadStranger(browser, url) {
  const { page, end } = await begin(browser, url);
  const first = page.locator("input").first();
  await page.waitForFunction(() => document.querySelector("input"));
  await first.fill("ann@example.org");
  const interactive = await secondsOf(page);
  await page.waitForFunction(() => document.title !== "vow"); // The app sets it.
  const taken = await secondsOf(page);
  assert.equal(await first.inputValue(), "ann@example.org");
  return { kib: await end(), interactive, taken };
}

async function loadToday(browser, url, cookie) {
  const { page, end } = await begin(browser, url, cookie);
  await page.waitForFunction(() => document.querySelector("main h1"));
  const seconds = await secondsOf(page);
  await end();
  return seconds;
}

const server = await startServer();
const browser = await openBrowser();
const { cookie } = await server.signUp();
const loads = [];
const todays = [];
for (let round = 0; round < ROUNDS; round++) {
  loads.push(await loadStranger(browser, server.url));
  todays.push(await loadToday(browser, server.url, cookie));
}
await browser.close();
await server.stop();

const slowed = `CPU slowed ${SLOWER} times`;
tell("web.first_page_kib", median(loads.map((l) => l.kib)));
tell("web.interactive_s", median(loads.map((l) => l.interactive)), slowed);
tell("web.taken_over_s", median(loads.map((l) => l.taken)), slowed);
tell("web.today_s", median(todays), slowed);
