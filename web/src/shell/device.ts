// Going on without a connection on one device, for who chose it there: a service worker keeps the files
// of the app, and what the pages about one's own time show is kept sealed. Both until sign-out.
import { type DehydratedState, dehydrate, hydrate } from "@tanstack/react-query";
import { queryClient } from "~/api/queries";
import { isReached } from "~/api/reach";
import { keep, kept, unkeep } from "~/api/sealed";
import type { Session } from "./session";

/** Whose device it is, in the browser's storage. */
const CHOSEN = "vow.device";
const NAME = "shown";
const PAUSE_MS = 2_000;
/** What is older is of no use to anybody. */
const OLD_MS = 14 * 86_400_000;

interface Shown {
  at: number;
  session: Session;
  queries: DehydratedState;
}

export const canChoose = () => "serviceWorker" in navigator;
export const isChosen = (person: string) => localStorage.getItem(CHOSEN) === person;

function save(session: Session) {
  const queries = dehydrate(queryClient, {
    shouldDehydrateQuery: ({ meta, state }) => meta?.kept === true && state.status === "success",
  });
  return keep(session.person, NAME, { at: Date.now(), session, queries } satisfies Shown);
}

/** Resolves when a worker has all files of the app, and fails when it could not get them. */
async function installed({ installing, waiting, active }: ServiceWorkerRegistration) {
  const worker = installing ?? waiting ?? active;
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (worker?.state === "activated") resolve();
      else if (!worker || worker.state === "redundant") reject(new Error("no worker"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}

export async function choose(session: Session) {
  if (!isChosen(session.person)) await unchoose();
  await installed(await navigator.serviceWorker.register("/worker.js"));
  await save(session);
  localStorage.setItem(CHOSEN, session.person);
}

/** Keeps nothing any more of what was shown here. */
export async function unchoose() {
  const person = localStorage.getItem(CHOSEN);
  if (!person) return;
  localStorage.removeItem(CHOSEN);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  await unkeep(person, NAME);
}

/** Keeps up with what is shown, while somebody is there who chose it; the caller ends that. Without a
    connection nothing new is shown, and what was asked for in vain is no reason to forget what was there. */
export function follow(session: Session) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = queryClient.getQueryCache().subscribe(({ type, query }) => {
    if (type !== "updated" || query.meta?.kept !== true || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (isChosen(session.person) && isReached()) void save(session).catch(() => {});
    }, PAUSE_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** What was shown here last: it goes into the cache, and whose it is comes back. */
export async function recall(): Promise<Session | null> {
  const person = localStorage.getItem(CHOSEN);
  const shown = person && (await kept<Shown>(person, NAME).catch(() => null));
  if (!shown || shown.at < Date.now() - OLD_MS) return null;
  hydrate(queryClient, shown.queries);
  return shown.session;
}
