// What the journeys do again and again: signing up, choosing from a list, a model to talk to.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { eventually, flip } from "../lib/browser.mjs";
import { PASSWORD } from "../lib/server.mjs";

/** Signs up on the page that a stranger sees first; ends on Today. */
export async function signUp(page, { name, email, organisation }) {
  await page.getByRole("link", { name: "Create an organisation" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Organisation").fill(organisation);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByLabel("I am 16 or older").check();
  await page.getByRole("button", { name: "Create organisation" }).click();
  await page.getByRole("button", { name: "Start timer" }).waitFor();
}

/** Signs in on the page that a stranger sees first; ends behind it. */
export async function signIn(page, { email, password = PASSWORD }) {
  await page.getByLabel("Email").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Rooms" }).first().waitFor();
}

/** Chooses from a list with a label. */
export async function choose(page, label, option) {
  await page.getByRole("combobox", { name: label, exact: true }).last().click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

/** Types into a list to choose from. */
export async function typeInto(list, text) {
  await list.click();
  await list.fill(text);
}

/** Switches AI on, with the functions named. */
export async function switchOn(page, functions) {
  await page.goto("/settings/ai");
  for (const name of ["AI in this organisation", ...functions]) {
    await flip(page.getByRole("switch", { name, exact: true }));
    await page
      .getByRole("switch", { name, exact: true, checked: true })
      .waitFor({ state: "attached" });
  }
}

/** Adds a provider: on an own machine, or elsewhere with evidence `until` a day. */
export async function addProvider(page, { name, endpoint, until }) {
  await page.goto("/settings/ai");
  await page.getByRole("button", { name: "Add a provider" }).click();
  const field = (label) => page.getByRole("textbox", { name: label });
  await field(/^Name/).fill(name);
  await field(/^Address/).fill(endpoint);
  await field(/^Model/).fill("model-1");
  if (!until) await page.getByLabel("On a machine of the operator").check();
  for (const label of ["Agreement valid until", "No training, until", "Zero retention, until"])
    if (until) await page.getByLabel(label).fill(until);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(name, { exact: true }).first().waitFor();
}

/**
 * A slow network: requests with that method to that path of the API, a pattern, wait for the test.
 * next(): the route of the first that came, which the test then continues, fulfils or aborts; end(), which
 * the end of the test calls too: others go as they come.
 */
export async function hold(t, page, method, path) {
  const held = [];
  const at = (url) => new RegExp(`^/api/v1${path}$`).test(url.pathname);
  const take = (route) => {
    if (!new RegExp(`^${method}$`).test(route.request().method())) return route.fallback();
    held.push(route);
  };
  await page.route(at, take);
  const end = async () => {
    await page.unroute(at, take);
    for (const route of held.splice(0)) await route.continue().catch(() => {}); // the page may be gone
  };
  t.after(end);
  return {
    next: () =>
      eventually(() => {
        assert.ok(held.length > 0, `${method} ${path} was not asked for`);
        return held.shift();
      }),
    count: () => held.length,
    end,
  };
}

/** The server does what was asked for, and nobody hears of it. */
export async function lose(route) {
  await route.fetch();
  await route.abort();
}

/** A server that speaks Chat Completions; keeps the bodies that it was sent. */
export async function startModel(answer) {
  const bodies = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts).toString();
    bodies.push(body);
    const piece = (delta, finish_reason = null) =>
      `data: ${JSON.stringify({ id: "1", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const word of answer(JSON.parse(body)).split(/(?<= )/))
      response.write(piece({ content: word }));
    response.end(`${piece({}, "stop")}data: [DONE]\n\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, bodies, stop: () => server.close() };
}
