// A page that stays open: a timer's hours grow, and after midnight it is another day.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, openBrowser, openPage, settled } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";
import { signIn } from "./actions.mjs";

let server;
let owner;
let browser;
let page;
let problems;

before(async () => {
  server = await startServer();
  owner = await server.signUp({ name: "Nell Night" });
  browser = await openBrowser();
  ({ page, problems } = await openPage(browser, server.url, { zone: "UTC" }));
  await signIn(page, owner.account);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The last such weekday at an hour, as the page has it: the server's clock is its own. */
function last(weekday, hour) {
  const at = new Date();
  at.setUTCDate(at.getUTCDate() - 7 + ((weekday - at.getUTCDay()) % 7));
  return at.setUTCHours(hour, 0, 0, 0);
}
const [SUNDAY, WEDNESDAY] = [0, 3];
const heading = (name) => page.getByRole("heading", { name, level: 1 });

test("the hours of a timer that runs grow", async () => {
  const started_at = new Date(last(WEDNESDAY, 9)).toISOString();
  await owner.post("/api/v1/time/entries", { note: "Morning watch", started_at });
  await page.clock.install({ time: last(WEDNESDAY, 10) });
  await page.goto("/");
  await page.getByText("1:00 in 1 entry.").waitFor();
  await page.clock.fastForward("01:00:00");
  await page.getByText("2:00 in 1 entry.").waitFor();
  await owner.post("/api/v1/time/timer/stop");
});

test("after midnight it is the next day, and what is being typed stands", async () => {
  const days = [
    [last(WEDNESDAY, 23), "Wednesday", "Thursday"],
    [last(SUNDAY, 23), "Sunday", "Monday"], // another week, too
  ];
  for (const [time, before, then] of days) {
    await page.clock.setSystemTime(time);
    await page.goto("/");
    await heading(new RegExp(before)).waitFor();
    const note = page.getByRole("textbox", { name: "Add an entry" });
    await note.fill("Tide tables");
    await page.clock.fastForward("02:00:00");
    await heading(new RegExp(then)).waitFor();
    assert.equal(await note.inputValue(), "Tide tables");
    await note.fill("");
  }
});

test("the week sheet and periods go on with the day", async () => {
  await page.clock.setSystemTime(last(SUNDAY, 23));
  await page.goto("/time");
  const today = page.locator("th.today");
  await today.filter({ hasText: "Sun" }).waitFor();
  await page.clock.fastForward("02:00:00");
  await today.filter({ hasText: "Mon" }).waitFor();

  await page.clock.setSystemTime(last(WEDNESDAY, 23));
  await page.goto("/reports");
  await settled(page);
  const to = page.getByLabel("To", { exact: true });
  const day = await to.inputValue();
  await page.clock.fastForward("02:00:00");
  const after = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  await eventually(async () => assert.equal(await to.inputValue(), after));
});

test("nothing went wrong out of sight", () => {
  assert.deepEqual(problems, []);
});
