// The loopback stand-in for a provider of models: it misbehaves on demand and keeps what it was sent.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

const BUILD = dirname(resolve(process.env.VOW_BINARY ?? "build/debug/src/vow"));

/** Resolves to { origin, endpoint(behaviour), requests(), last(), count(), forget(), stop() }. */
export async function startProvider() {
  const child = spawn(join(BUILD, "egress/fake_provider"), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(createInterface({ input: child.stdout }), "line");
  const origin = `http://127.0.0.1:${port}`;
  const requests = async () => (await fetch(`${origin}/requests`)).json();
  return {
    origin,
    endpoint: (behaviour = "") => `${origin}${behaviour && `/${behaviour}`}/v1`,
    requests,
    last: async () => Buffer.from(await (await fetch(`${origin}/requests/last`)).arrayBuffer()),
    count: async () => (await requests()).length,
    forget: () => fetch(`${origin}/requests`, { method: "DELETE" }),
    stop: () => child.kill(),
  };
}

/** Switches AI and one AI function on for everybody of an organisation. */
export async function switchOn(owner, capability) {
  const settings = await owner.get("/api/v1/ai/settings");
  await owner.patch(
    "/api/v1/ai/settings",
    { on: true, per_minute: 100000 },
    { headers: { "If-Match": settings.headers.get("etag") } },
  );
  await owner.post("/api/v1/ai/switches", { capability, on: true });
}

/** Registers a behaviour of the stand-in as a provider; resolves to its id. */
export async function addProvider(owner, provider, behaviour) {
  const reply = await owner.post("/api/v1/ai/providers", {
    name: behaviour || "good",
    endpoint: provider.endpoint(behaviour),
    model: "m",
    local: true,
  });
  if (reply.status !== 201) throw new Error(`provider: ${reply.status} ${reply.text}`);
  return reply.body.id;
}
