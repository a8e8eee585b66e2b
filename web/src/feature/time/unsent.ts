// Entries that are written while the server cannot be reached: kept in this browser, shown as if they
// were stored, and sent in their order when it can be. One wish for each entry, whatever was done to it.
import { useSyncExternalStore } from "react";
import { type Answer, api, type Input, isAway, mayBeDone, Problem, placesOf } from "~/api/client";
import { queryClient } from "~/api/queries";
import { isReached } from "~/api/reach";
import { keep, kept, unkeep } from "~/api/sealed";
import { changesOf, type Entry, type EntryInput, entriesChanged, type Listed } from "./data";

type Changes = Partial<EntryInput>;
export type Work = Input<"/time/timer">;

export interface Wish {
  /** Of the entry; one that is not made yet has this until the server gives it its own. */
  id: string;
  /** By which the server knows a request that it has answered already. */
  key: string;
  act: "create" | "change" | "remove";
  /** As it is on the server, or would be when it was made. */
  entry: Entry;
  body: Changes;
  /** Sent without an answer that tells whether it was done: what is wished after that follows it. */
  tried: boolean;
  after: Changes;
  gone: boolean;
  /** Whether the timer was asked to start it: it may run already, under an id that nobody heard. */
  timer: boolean;
  /** Why the server did not do it. */
  refused: string | null;
}

/** Longer than this nobody waits to hear that an entry is stored. */
const PATIENCE_MS = 10_000;
/** The clocks of browser and server differ by less. */
const NEAR_MS = 120_000;
const NAME = "unsent";

let person: string | null = null;
let wishes: Wish[] = [];
const watchers = new Set<() => void>();
/** Other windows of this browser. */
const others = typeof window === "undefined" ? null : new BroadcastChannel(NAME);

function show(next: Wish[]) {
  wishes = next;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void) {
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
  };
}

const current = () => wishes;
export const useWishes = () => useSyncExternalStore(watch, current, current);
export const isWaiting = ({ refused }: Wish) => refused === null;

/** Where the browser keeps nothing, this window does. */
const stored = async (whose: string) => (await kept<Wish[]>(whose, NAME).catch(() => wishes)) ?? [];

/** What is wished changes in one window after the other. */
async function change(make: (wishes: Wish[]) => Wish[]) {
  const whose = person;
  if (!whose) return;
  await navigator.locks.request(`${NAME} ${whose}`, async () => {
    const next = make(await stored(whose));
    await (next.length > 0 ? keep(whose, NAME, next) : unkeep(whose, NAME)).catch(() => {});
    if (whose === person) show(next);
    others?.postMessage(whose);
  });
}

/** Shows what the browser has kept of a person; how much that is. */
export async function resume(whose: string): Promise<number> {
  if (whose !== person) show([]);
  person = whose;
  const next = await stored(whose);
  if (whose === person) show(next);
  return next.length;
}
others?.addEventListener("message", ({ data }: MessageEvent<string>) => {
  if (data === person) void resume(data);
});

// --- what is wished ---

const secondsOf = ({ started_at, ended_at }: Entry) =>
  ended_at ? Math.round((Date.parse(ended_at) - Date.parse(started_at)) / 1000) : 0;

/** The entry as its wish would have it; null when it is to go. */
export function wishedEntry({ act, entry, body, after, gone }: Wish): Entry | null {
  if (act === "remove" || gone) return null;
  const whole = { ...entry, ...body, ...after } as Entry;
  return { ...whole, duration_s: secondsOf(whole) };
}

const wish = (entry: Entry, more: Partial<Wish>): Wish => ({
  id: entry.id,
  key: crypto.randomUUID(),
  act: "change",
  entry,
  body: {},
  tried: false,
  after: {},
  gone: false,
  timer: false,
  refused: null,
  ...more,
});

function creation(body: EntryInput, more: Partial<Wish>): Wish {
  const entry = { id: crypto.randomUUID(), version: 0, person, source: "manual" };
  return wish(entry as Entry, { act: "create", body, ...more });
}

/** What becomes of a wish when its entry is changed once more. */
function changed(of: Wish, body: Changes): Wish {
  const name = of.tried ? "after" : "body";
  return { ...of, [name]: { ...of[name], ...body }, refused: null };
}

function removed(of: Wish): Wish[] {
  if (of.tried) return [{ ...of, gone: true }];
  return of.act === "create" ? [] : [{ ...of, act: "remove", body: {}, refused: null }];
}

/** What is left to do once the server has done what was sent. */
function left(of: Wish, done: Entry | null): Wish[] {
  if (!done) return [];
  if (of.gone) return [wish(done, { act: "remove" })];
  return Object.keys(of.after).length > 0 ? [wish(done, { body: of.after })] : [];
}

const replace = (id: string, make: (of: Wish) => Wish[]) =>
  change((all) => all.flatMap((each) => (each.id === id ? make(each) : [each])));

/** Ids under which entries were known before the server gave them theirs. */
const named = new Map<string, Entry>();
const known = (entry: Entry) => named.get(entry.id) ?? entry;
/** What the server has just answered, null for what is gone, until the lists say the same. */
const fresh = new Map<string, Entry | null>();
const wishOf = (id: string) => wishes.find((each) => each.id === id);

const listed = (wish: Wish): Listed => ({ ...(wishedEntry(wish) ?? wish.entry), wish });

async function keepWish(of: Wish): Promise<Listed> {
  await change((all) => [...all, of]);
  void sendUnsent();
  return listed(of);
}

/** Asks the server; keeps the wish when that cannot be reached, or others wait to be sent before it. */
async function ask(
  send: (signal: AbortSignal) => Promise<unknown>,
  otherwise: () => Wish,
): Promise<Listed> {
  if (!isReached() || wishes.some(isWaiting)) return keepWish(otherwise());
  try {
    return (await send(AbortSignal.timeout(PATIENCE_MS))) as Entry;
  } catch (error) {
    if (!isAway(error)) throw error;
    return keepWish({ ...otherwise(), tried: true });
  }
}

export function createEntry(body: EntryInput): Promise<Listed> {
  const key = crypto.randomUUID();
  return ask(
    (signal) => api.post("/time/entries", { body, key, signal }),
    () => creation(body, { key }),
  );
}

export async function changeEntry(given: Entry, body: Changes): Promise<Listed> {
  const entry = known(given);
  const waits = wishOf(entry.id);
  if (waits) {
    await replace(entry.id, (of) => [changed(of, body)]);
    void sendUnsent();
    return listed(changed(waits, body));
  }
  const { id, version } = entry;
  return ask(
    (signal) => api.patch("/time/entries/{id}", { params: { id }, version, body, signal }),
    () => wish(entry, { body }),
  );
}

/** Whether it was there: a second press, or somebody else, may have been faster. */
export async function deleteEntry(given: Entry): Promise<boolean> {
  const entry = known(given);
  const { id, version } = entry;
  if (wishOf(id)) {
    await replace(id, removed);
    void sendUnsent();
    return true;
  }
  try {
    await ask(
      (signal) => api.delete("/time/entries/{id}", { params: { id }, version, signal }),
      () => wish(entry, { act: "remove" }),
    );
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

export function startTimer(work: Work): Promise<Listed> {
  const started_at = new Date().toISOString();
  return ask(
    (signal) => api.post("/time/timer", { body: work, key: crypto.randomUUID(), signal }),
    () => creation({ ...work, started_at }, { timer: true }),
  );
}

export function stopTimer(running: Entry): Promise<Listed> {
  const now = Math.max(Date.now(), Date.parse(running.started_at)); // clocks are set back
  const body = { ended_at: new Date(now).toISOString() };
  if (wishOf(known(running).id)) return changeEntry(running, body);
  return ask(
    (signal) => api.post("/time/timer/stop", { key: crypto.randomUUID(), signal }),
    () => wish(known(running), { body }),
  );
}

// --- sending ---

const isNear = (a: unknown, b: unknown) =>
  Math.abs(Date.parse(String(a)) - Date.parse(String(b))) < NEAR_MS;

/** Whether an entry is as it was wished: a stop that nobody heard of may be seconds beside it. */
const isAsWished = (body: Changes, entry: Entry) =>
  Object.entries(changesOf(body, entry)).every(
    ([name, value]) => name === "ended_at" && isNear(value, entry.ended_at),
  );

/** The timer that was asked to start, when it has: only one runs. */
async function startedAlready({ body }: Wish): Promise<Entry | null> {
  const { running, entry } = await api.get("/time/timer");
  const { started_at, ended_at: _, ...work } = body;
  const isIt =
    running && entry && isNear(started_at, entry.started_at) && isAsWished(work, entry as Entry);
  return isIt ? (entry as Entry) : null;
}

/** Has the server do it; what the entry is then, null when there is none. */
async function fulfil(of: Wish): Promise<Entry | null> {
  const { act, entry, body, key } = of;
  const { id, version } = entry;
  if (act === "create") {
    const runs = of.timer && of.tried ? await startedAlready(of) : null;
    if (!runs) return (await api.post("/time/entries", { body: body as EntryInput, key })) as Entry;
    const { ended_at } = body;
    if (!ended_at) return runs;
    const params = { id: runs.id };
    const { version } = runs;
    return (await api.patch("/time/entries/{id}", {
      params,
      version,
      body: { ended_at },
    })) as Entry;
  }
  try {
    const params = { id };
    if (act === "change")
      return (await api.patch("/time/entries/{id}", { params, version, body })) as Entry;
    await api.delete("/time/entries/{id}", { params, version });
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (act === "remove" && error.status === 404) return null;
    if (act !== "change" || error.kind !== "version-mismatch") throw error;
    const now = (await api.get("/time/entries/{id}", { params: { id } })) as Entry;
    if (!isAsWished(body, now)) throw error;
    return now;
  }
}

/** Whether it is worth asking again in a while. */
const isBusy = ({ status, kind }: Problem) => status === 429 || kind === "conflict";

function reasonOf(problem: Problem) {
  const [place] = placesOf(problem);
  return place ?? problem.detail ?? problem.message;
}

/** A wish that was refused is as if it had never been sent: what followed it is tried with it before
    somebody is asked. */
function refused(of: Wish, reason: string): Wish[] {
  if (of.gone && of.act === "create") return [];
  const isLast = !of.gone && Object.keys(of.after).length === 0;
  return [
    {
      ...of,
      act: of.gone ? "remove" : of.act,
      key: crypto.randomUUID(),
      body: { ...of.body, ...of.after },
      tried: false,
      after: {},
      gone: false,
      refused: isLast ? reason : null,
    },
  ];
}

/** Takes the first that waits. From here on nobody can tell whether it was done, until the answer is there. */
async function takeFirst(): Promise<Wish | undefined> {
  let first: Wish | undefined;
  await change((all) => {
    first = all.find(isWaiting);
    return all.map((each) => (each === first ? { ...each, tried: true } : each));
  });
  return first;
}

/** Whether there may be a next one. */
async function sendFirst(): Promise<boolean> {
  const first = await takeFirst();
  if (!first) return false;
  try {
    const done = await fulfil(first);
    if (done) named.set(first.id, done);
    fresh.set(done?.id ?? first.id, done);
    await replace(first.id, (of) => left(of, done));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (mayBeDone(error) || isBusy(error)) return false;
    await replace(first.id, (of) => refused(of, reasonOf(error)));
  }
  return true;
}

/** Sends what waits, one after the other, from one window at a time. */
export async function sendUnsent() {
  const whose = person;
  if (!whose || !wishes.some(isWaiting)) return;
  await navigator.locks.request(`${NAME} sent ${whose}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    let sent = false;
    while (whose === person && (await sendFirst())) sent = true;
    if (!sent) return;
    await entriesChanged();
    fresh.clear();
    show([...wishes]);
  });
}

/** Sends what was refused once more, over what the server has now. */
export async function sendAgain({ id, act, entry }: Wish) {
  let now = entry;
  if (act !== "create")
    try {
      now = (await api.get("/time/entries/{id}", { params: { id } })) as Entry;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  await replace(id, (of) => [{ ...of, entry: now, refused: null }]);
  await sendUnsent();
}

export const discard = ({ id }: Wish) => replace(id, () => []);

// --- what is shown ---

/** A list with what is wished for its entries, and the entries that are wished; newest first. */
export function withWishes(entries: Listed[], wishes: Wish[]): Listed[] {
  if (wishes.length + fresh.size === 0) return entries;
  const shown = new Map<string, Listed | null>(entries.map((entry) => [entry.id, entry]));
  for (const [id, entry] of fresh) shown.set(id, entry && { ...shown.get(id), ...entry });
  for (const wish of wishes) {
    const stored = shown.get(wish.id);
    const entry = wish.refused && stored ? stored : wishedEntry(wish);
    if (wish.act === "create" || stored) shown.set(wish.id, entry && { ...entry, wish });
  }
  const left = [...shown.values()].filter((entry) => entry !== null);
  return left.sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at));
}

/** The entry whose timer runs. */
export function runningOf(timer: Answer<"/time/timer"> | undefined, wishes: Wish[]): Entry | null {
  const stored = timer?.running ? [timer.entry as Entry] : [];
  const entries = withWishes(stored, wishes);
  return entries.find(({ ended_at, wish }) => !ended_at && !wish?.refused) ?? null;
}

export const runningNow = () => runningOf(queryClient.getQueryData(["timer"]), wishes);
