// Answers with the files of the app when the server cannot be reached, on devices that were chosen for
// that (shell/device.ts). It holds nothing of anybody and never comes between the app and the API.
/// <reference lib="webworker" />
import { AWAY } from "./api/away";

const worker = self as unknown as ServiceWorkerGlobalScope;
/** Every file of the app, and a name that is another when one of them is: of the build. */
declare const FILES: string[];
declare const EDITION: string;

/** The page that begins the app, whatever the address. */
const PAGE = "/";
/** Longer than this nobody looks at an empty page while there is one at hand. */
const PATIENCE_MS = 5_000;

async function fill() {
  const page = await fetch(PAGE, { cache: "reload" });
  // A stranger's page, of a session that has ended meanwhile, is no use.
  const text = await page.clone().text();
  if (!page.ok || !text.includes('name="session" content="yes"')) throw new Error("no page");
  const cache = await caches.open(EDITION);
  await cache.addAll(FILES);
  await cache.put(PAGE, page);
}

async function clear() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== EDITION).map((name) => caches.delete(name)));
}

const known = (path: string) => caches.match(path, { cacheName: EDITION });

async function page(request: Request): Promise<Response> {
  const kept = await known(PAGE);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return (AWAY.includes(response.status) && kept) || response;
  } catch (error) {
    if (!kept) throw error;
    return kept;
  }
}

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(clear()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/api/"))
    return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(pathname))
    event.respondWith(known(pathname).then((kept) => kept ?? fetch(request)));
});
