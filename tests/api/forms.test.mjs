// Forms over HTTP: answers, files, public links, and a hook from template to accepted suggestion.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { addProvider, startProvider, switchOn } from "../lib/provider.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

const FORM = {
  title: "Feedback",
  status: "open",
  public: true,
  fields: [
    { label: "Story", key: "story", kind: "long_text", ai: true },
    { label: "Proof", key: "proof", kind: "file" },
  ],
};

let provider;
let server;
before(async () => {
  provider = await startProvider();
  server = await startServer({ env: { VOW_LOCAL_PROVIDERS: provider.origin } });
});
after(async () => {
  await server.stop();
  provider.stop();
});

async function makeForm(ann) {
  const reply = await ann.post("/api/v1/forms", FORM);
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
}

const file = (api, path, bytes) =>
  api("POST", `${path}?name=proof.html&type=text/html`, {
    body: bytes,
    headers: { "Content-Type": "application/octet-stream" },
  });

/** The status that meets a file of so many bytes before any of them is sent. */
function announced(ann, path, bytes) {
  return new Promise((resolve, reject) => {
    const headers = {
      Cookie: ann.cookie,
      Origin: server.url,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/octet-stream",
      "Content-Length": bytes,
      Expect: "100-continue",
    };
    const sent = request(`${server.url}${path}?name=a&type=b`, { method: "POST", headers });
    sent.on("response", ({ statusCode }) => {
      resolve(statusCode);
      sent.destroy();
    });
    sent.on("continue", () => reject(new Error("the bytes were asked for")));
    sent.on("error", reject);
    sent.flushHeaders();
  });
}

test("a file is given, named in an answer, and comes back as a download", async () => {
  const ann = await server.signUp();
  const form = await makeForm(ann);
  const api = ann.api.bind(ann);
  const given = await file(api, "/api/v1/files", Buffer.from("<script>1</script>"));
  assert.equal(given.status, 201, given.text);
  const path = `/api/v1/forms/${form.id}/submissions`;
  assert.equal((await ann.post(path, { proof: given.body.id })).status, 201);
  assert.equal((await ann.post(path, { story: "No file" })).status, 201);
  const { files } = (await ann.get(path)).body;
  const name = { id: given.body.id, name: "proof.html", type: "text/html", bytes: 18 };
  assert.deepEqual(files, [name]);
  const back = await ann.get(`/api/v1/files/${given.body.id}`);
  assert.equal(back.text, "<script>1</script>");
  assert.match(back.headers.get("content-type"), /^application\/octet-stream/);
  assert.match(back.headers.get("content-disposition"), /^attachment/);
  assert.equal(await announced(ann, "/api/v1/files", (5 << 20) + 1), 413);
  assert.equal((await file(api, "/api/v1/files", Buffer.alloc(0))).status, 422);
});

test("an answer is at its address, in a version that a change must name", async () => {
  const ann = await server.signUp();
  const form = await makeForm(ann);
  const path = `/api/v1/forms/${form.id}/submissions`;
  const once = { headers: { "Idempotency-Key": "answer-1" } };
  for (const given of [
    await ann.post(path, { story: "Once" }, once),
    await ann.post(path, { story: "Once" }, once),
  ]) {
    assert.equal(given.status, 201, given.text);
    assert.equal(given.headers.get("etag"), '"1"');
    assert.equal(given.headers.get("location"), `${path}/${given.body.id}`);
  }
  const [{ id }] = (await ann.get(path)).body.items;
  const own = `${path}/${id}`;
  const read = await ann.get(own);
  assert.equal(read.headers.get("etag"), '"1"');
  assert.equal((await ann.get(own, { headers: { "If-None-Match": '"1"' } })).status, 304);
  assert.equal((await ann.delete(own, { headers: { "If-Match": '"2"' } })).status, 412);
  const tag = read.headers.get("etag");
  assert.equal((await ann.delete(own, { headers: { "If-Match": tag } })).status, 204);
});

test("whoever has the link may answer, and sees nothing else", async () => {
  const ann = await server.signUp();
  const form = await makeForm(ann);
  const path = `/api/v1/public/forms/${form.link}`;
  const shown = await server.api("GET", path);
  assert.equal(shown.status, 200);
  assert.equal(shown.body.organisation_name, ann.account.organisation);
  assert.deepEqual(
    shown.body.fields.map(({ key }) => key),
    ["story", "proof"],
  );
  const guest = server.api.bind(server);
  const given = await file(guest, `${path}/files`, Buffer.from("x"));
  assert.equal(given.status, 201, given.text);
  const body = { story: "From outside", proof: given.body.id };
  assert.equal((await server.api("POST", `${path}/submissions`, { body })).status, 204);
  const list = await ann.get(`/api/v1/forms/${form.id}/submissions`);
  assert.equal(list.body.items.length, 1);
  assert.equal(list.body.items[0].submitter, null);
  assert.equal((await server.api("GET", `/api/v1/files/${given.body.id}`)).status, 401);
  assert.equal((await server.api("GET", `/api/v1/forms/${form.id}/submissions`)).status, 401);
  for (const bad of ["{", "[]", "{}", '{"story":" "}', '{"story":7}', '{"other":"x"}']) {
    const reply = await server.api("POST", `${path}/submissions`, {
      body: bad,
      headers: { "Content-Type": "application/json" },
    });
    assert.ok([400, 422].includes(reply.status), bad);
  }
  assert.equal((await ann.get(`/api/v1/forms/${form.id}/submissions`)).body.items.length, 1);
});

test("a hook is looked at, switched on, suggests, and a person decides", async () => {
  const ann = await server.signUp();
  await switchOn(ann, "hook");
  const form = await makeForm(ann);
  const id = await addProvider(ann, provider, "typed");
  const hook = await ann.post("/api/v1/hooks", {
    form: form.id,
    name: "Sort",
    template: "What is this? {{story}}",
    provider: id,
    output: "choice",
    choices: ["praise", "bug"],
  });
  assert.equal(hook.status, 201, hook.text);
  const path = `/api/v1/hooks/${hook.body.id}`;
  const on = (version) =>
    ann.patch(path, { on: true }, { headers: { "If-Match": `"${version}"` } });
  assert.equal((await on(hook.body.version)).status, 422, "not before the preview");
  const preview = await ann.post(`${path}/preview`, {});
  assert.equal(preview.status, 200, preview.text);
  assert.match(preview.body.disclosure, /What is this\? none/, "the answer alone, without its key");
  const seen = await ann.get(path);
  assert.equal((await on(seen.body.version)).status, 200);

  const story = { story: "Write to ann@example.org, it crashes" };
  const given = await ann.post(`/api/v1/forms/${form.id}/submissions`, story);
  assert.equal(given.status, 201, given.text);
  const list = await until(
    () => ann.get(`/api/v1/suggestions?submission=${given.body.id}`),
    (reply) => reply.body.items.length > 0,
  );
  const [suggestion] = list.body.items;
  assert.equal(suggestion.state, "proposed");
  assert.equal(suggestion.value, "praise");
  assert.ok(!(await provider.last()).includes("ann@example.org"));
  const receipt = await ann.get(`/api/v1/ai/receipts/${suggestion.receipt}`);
  assert.equal(receipt.body.capability, "hook");
  const accept = `/api/v1/suggestions/${suggestion.id}/accept`;
  const accepted = await ann.post(accept, { value: "bug" });
  assert.equal(accepted.status, 200, accepted.text);
  assert.equal(accepted.body.state, "accepted");
  assert.equal(accepted.body.edited, true);
  assert.equal((await ann.post(accept, {})).status, 409);
});
