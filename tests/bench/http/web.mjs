#!/usr/bin/env node
// Measures the first page in a real browser: its compressed script, and when it can be used.
import assert from "node:assert/strict";
import { eventually, openBrowser } from "../../lib/browser.mjs";
import { startServer } from "../../lib/server.mjs";
import { median, tell } from "./measure.mjs";

const ROUNDS = 5;
const SLOWER = 4;

/** Loads the first page with cold caches; resolves to { kib, seconds }. */
async function load(browser, url) {
  const context = await browser.newContext();
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
  await page.goto(url);
  await page.locator("input").first().fill("ann@example.org");
  const seconds = (await page.evaluate(() => performance.now())) / 1000;
  await eventually(async () => assert.equal(finished, scripts.size));
  await context.close();
  return { kib: bytes / 1024, seconds };
}

const server = await startServer();
const browser = await openBrowser();
const loads = [];
for (let round = 0; round < ROUNDS; round++) loads.push(await load(browser, server.url));
await browser.close();
await server.stop();

tell("web.first_page_kib", median(loads.map((l) => l.kib)));
tell("web.interactive_s", median(loads.map((l) => l.seconds)), `CPU slowed ${SLOWER} times`);
