// The page that a stranger begins with: it can be used before its script is there, which is held here.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkAccessible, eventually, openBrowser, openPage } from "../lib/browser.mjs";
import { PASSWORD, startServer } from "../lib/server.mjs";

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

/** A page without its script; comes() lets it come and resolves when the app has taken the page over. */
async function openHeld(t, path, options) {
  const { context, page, problems } = await openPage(browser, server.url, options);
  t.after(() => context.close());
  const held = [];
  let isHeld = true;
  await page.route("**/assets/main-*.js", (route) =>
    isHeld ? held.push(route) : route.continue(),
  );
  await page.goto(path, { waitUntil: "commit" });
  await page.getByRole("button", { name: /^(Sign in|Create organisation)$/ }).waitFor();
  const comes = async () => {
    await eventually(async () => assert.ok(held.length > 0)); // Once the form has been shown.
    isHeld = false;
    for (const route of held) await route.continue();
    await page.waitForFunction(() => document.title !== "vow");
  };
  return { page, problems, comes };
}

const field = (page, name) => page.getByRole("textbox", { name });

/** Where everything stands and how it looks. */
const look = (page) =>
  page.locator("#app").evaluate(async (app) => {
    await document.fonts.ready;
    return [...app.querySelectorAll("*:not(style, link)")].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      const { color, backgroundColor, borderColor, font } = getComputedStyle(element);
      const name = `${element.tagName} ${element.className}`;
      return [name, x, y, width, height, color, backgroundColor, borderColor, font].join(" ");
    });
  });

test("what is typed and sent before the script comes signs in", async (t) => {
  const ann = await server.signUp();
  const { page, problems, comes } = await openHeld(t, "/time/entries");
  await field(page, "Email").fill(ann.account.email);
  await field(page, "Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  assert.equal(page.url(), `${server.url}/time/entries`);
  await comes();
  await page.getByRole("heading", { name: "Entries", level: 1 }).waitFor();
  assert.equal(page.url(), `${server.url}/time/entries`);
  assert.deepEqual(problems, []);
});

test("what is typed before the script comes is kept, with the focus where it was", async (t) => {
  const { page, problems, comes } = await openHeld(t, "/");
  await page.keyboard.type("ann@example.org"); // The first field has the focus already.
  await comes();
  await page.keyboard.type(".uk");
  assert.equal(await field(page, "Email").inputValue(), "ann@example.org.uk");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("This is needed").waitFor();
  assert.equal(await field(page, "Email").inputValue(), "ann@example.org.uk");
  assert.deepEqual(problems, []);
});

test("an organisation begins with what is typed before the script comes", async (t) => {
  const { page, problems, comes } = await openHeld(t, "/sign-up");
  await field(page, "Name").fill("Edda Early");
  await field(page, "Email").fill("edda@example.org");
  await field(page, "Organisation").fill("Early birds");
  await field(page, "Password").fill(PASSWORD);
  await page.getByLabel("I am 16 or older").check();
  await comes();
  await page.getByRole("button", { name: "Create organisation" }).click();
  await page.getByRole("button", { name: "Account of Edda Early" }).waitFor();
  assert.deepEqual(problems, []);
});

for (const theme of ["light", "dark"])
  for (const path of ["/sign-in", "/sign-up"])
    test(`nothing of ${path} looks different once the script is there, ${theme}`, async (t) => {
      const { page, problems, comes } = await openHeld(t, path, { theme, width: 390 });
      await checkAccessible(page);
      const drawn = await look(page);
      assert.ok(drawn.length > 20);
      await comes();
      assert.deepEqual(await look(page), drawn);
      assert.equal(await page.locator("[data-style]").count(), 0);
      assert.deepEqual(problems, []);
    });

test("the theme that was chosen is there from the start", async (t) => {
  const { page, comes } = await openHeld(t, "/", { theme: "light" });
  await page.evaluate(() => localStorage.setItem("mantine-color-scheme-value", "dark"));
  await page.reload({ waitUntil: "commit" });
  const shade = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await field(page, "Email").waitFor();
  const drawn = await shade();
  assert.equal(drawn, "rgb(16, 20, 19)");
  await comes();
  assert.equal(await shade(), drawn);
});

test("where people come by invitation, nothing is offered that cannot be done", async (t) => {
  const shut = await startServer({ args: ["--invited-only"] });
  t.after(() => shut.stop());
  const { context, page, problems } = await openPage(browser, shut.url);
  t.after(() => context.close());
  await page.getByText("Here people come by invitation").waitFor();
  assert.equal(await page.getByRole("link").count(), 0);
  await page.goto("/sign-up");
  await page.getByText("Here people come by invitation").waitFor();
  await page.waitForFunction(() => document.title !== "vow");
  assert.equal(await page.getByRole("textbox").count(), 0);
  assert.equal(await page.getByRole("button").count(), 0);
  await checkAccessible(page);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("textbox", { name: "Email" }).waitFor();
  assert.equal(await page.getByRole("link").count(), 0);
  assert.deepEqual(problems, []);
});
