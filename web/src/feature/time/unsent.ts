// Entries that are written while the server cannot be reached: kept in this browser, shown as if they
// were stored, and sent in their order when it can be. One wish for each entry, whatever was done to it.
import {
  type Answer,
  api,
  type Input,
  isAway,
  mayBeDone,
  Problem,
  type Query,
  reasonOf,
} from "~/api/client";
import { queryClient } from "~/api/queries";
import { isReached } from "~/api/reach";
import { keep, kept, unkeep } from "~/api/sealed";
import { storeOf } from "~/api/store";
import { changesOf, type Entry, type EntryInput, entriesChanged, type Listed } from "./data";

type Changes = Partial<EntryInput>;
type Work = Input<"/time/timer">;

export interface Wish {
  /** Of the entry; one that is not made yet has this until the server gives it its own. */
  id: string;
  /** By which the server knows a request that it has answered already. */
  key: string;
  act: "create" | "change" | "remove";
  /** As it is on the server, or would be when it was made. */
  entry: Entry;
  body: Changes;
  /** When it was first sent without an answer that tells whether it was done, or 0: what is wished after
      that follows it. */
  tried: number;
  after: Changes;
  gone: boolean;
  /** How the timer was asked to start it: it may run already, under an id that nobody heard. */
  timer: { key: string; work: Work } | null;
  /** Why the server did not do it. */
  refused: string | null;
}

/** Longer than this nobody waits to hear that an entry is stored. */
const PATIENCE_MS = 10_000;
/** Nor for a request that nobody watches. */
const PATIENCE_SENT_MS = 30_000;
/** The clocks of browser and server differ by less. */
const NEAR_MS = 120_000;
/** A timer that starts when it is asked to is not later than this. */
const SLACK_MS = 2_000;
/** After a day the server forgets what it has answered. */
const REMEMBERED_MS = 20 * 3_600_000;
const NAME = "unsent";

let person: string | null = null;
const wishes = storeOf<Wish[]>([]);
export const useWishes = wishes.use;
/** Other windows of this browser. */
const others = typeof window === "undefined" ? null : new BroadcastChannel(NAME);

export const isWaiting = ({ refused }: Wish) => refused === null;

/** Where the browser keeps nothing, as in some private windows, this window does. */
let isForgetful = false;
const forgetful = () => {
  isForgetful = true;
};

async function stored(whose: string): Promise<Wish[]> {
  const found = isForgetful ? null : await kept<Wish[]>(whose, NAME).catch(forgetful);
  return isForgetful ? wishes.get() : (found ?? []);
}

/** What is sent to other windows: whose wishes have changed, and the entry that one has become. */
interface News {
  whose: string;
  done?: [id: string, entry: Entry];
}
const tell = (news: News) => others?.postMessage(news);

/** What is wished changes in one window after the other. */
async function change(make: (wishes: Wish[]) => Wish[]) {
  const whose = person;
  if (!whose) return;
  await navigator.locks.request(`${NAME} ${whose}`, async () => {
    if (whose !== person) return; // signed out meanwhile: nothing is kept any more
    const next = make(await stored(whose));
    await (next.length > 0 ? keep(whose, NAME, next) : unkeep(whose, NAME)).catch(forgetful);
    if (whose === person) wishes.set(next);
    tell({ whose });
  });
}

/** Shows what the browser has kept of a person; how much that is. */
export async function resume(whose: string): Promise<number> {
  if (whose !== person) forgetAll();
  person = whose;
  const next = await stored(whose);
  if (whose === person) wishes.set(next);
  return next.length;
}
others?.addEventListener("message", ({ data: { whose, done } }: MessageEvent<News>) => {
  if (whose !== person) return;
  if (done) named.set(...done);
  else void resume(whose);
});

/** Nothing of whoever was here stays in the window. */
export function forgetAll() {
  person = null;
  isForgetful = false;
  named.clear();
  fresh.clear();
  wishes.set([]);
}

// --- what is wished ---

const secondsOf = ({ started_at, ended_at }: Entry) =>
  ended_at ? Math.round((Date.parse(ended_at) - Date.parse(started_at)) / 1000) : 0;

/** The entry as its wish would have it, be it that it is to go. */
export const wholeOf = ({ entry, body, after }: Wish) => ({ ...entry, ...body, ...after }) as Entry;

/** The same, or null when it is to go. */
function wishedEntry(wish: Wish): Entry | null {
  if (wish.act === "remove" || wish.gone) return null;
  const whole = wholeOf(wish);
  return { ...whole, duration_s: secondsOf(whole) };
}

const wish = (entry: Entry, more: Partial<Wish>): Wish => ({
  id: entry.id,
  key: crypto.randomUUID(),
  act: "change",
  entry,
  body: {},
  tried: 0,
  after: {},
  gone: false,
  timer: null,
  refused: null,
  ...more,
});

/** The server keeps whole seconds. */
const toSecond = (instant: string | null | undefined) =>
  instant && new Date(Math.floor(Date.parse(instant) / 1000) * 1000).toISOString();

function creation(given: EntryInput, more: Partial<Wish>): Wish {
  const entry = { id: crypto.randomUUID(), version: 0, person, source: "manual" };
  const { started_at, ended_at } = given;
  const times = {
    started_at: toSecond(started_at),
    ...(ended_at && { ended_at: toSecond(ended_at) }),
  };
  return wish(entry as Entry, { act: "create", body: { ...given, ...times } as Changes, ...more });
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
  if (Object.keys(of.after).length === 0) return [];
  // A timer may have been stopped before the server has started it.
  const { started_at } = of.body;
  const start = of.timer && of.after.ended_at ? { started_at } : {};
  return [wish(done, { body: { ...start, ...of.after } })];
}

/** Whether it was still there. */
async function replace(id: string, make: (of: Wish) => Wish[]): Promise<boolean> {
  let found = false;
  await change((all) => {
    found = all.some((each) => each.id === id);
    return all.flatMap((each) => (each.id === id ? make(each) : [each]));
  });
  return found;
}

/** Ids under which entries were known before the server gave them theirs. */
const named = new Map<string, Entry>();
function known(entry: Entry): Entry {
  const later = named.get(entry.id);
  return later && later.version > entry.version ? later : entry;
}
/** What the server has just answered, null for what is gone, until the lists say the same. */
const fresh = new Map<string, Entry | null>();
const wishOf = (id: string) => wishes.get().find((each) => each.id === id);

const listed = (wish: Wish): Listed => ({ ...(wishedEntry(wish) ?? wish.entry), wish });

async function keepWish(of: Wish): Promise<Listed> {
  await change((all) => [...all, of]);
  void sendUnsent();
  return listed(of);
}

/** Asks the server; keeps the wish when that cannot be reached, or others wait to be sent before it. */
async function ask(
  send: (how: { patience: number }) => Promise<unknown>,
  otherwise: () => Wish,
): Promise<Listed> {
  if (!isReached() || wishes.get().some(isWaiting)) return keepWish(otherwise());
  try {
    return (await send({ patience: PATIENCE_MS })) as Entry;
  } catch (error) {
    if (!isAway(error)) throw error;
    return keepWish({ ...otherwise(), tried: Date.now() });
  }
}

export function createEntry(body: EntryInput): Promise<Listed> {
  const key = crypto.randomUUID();
  return ask(
    (how) => api.post("/time/entries", { body, key, ...how }),
    () => creation(body, { key }),
  );
}

/** Over what was refused, the person has seen what the server has instead. */
const isOver = ({ act, refused }: Wish) => refused !== null && act !== "create";

export async function changeEntry(given: Entry, body: Changes): Promise<Listed> {
  const waits = wishOf(known(given).id);
  if (waits) {
    const next = (of: Wish) => (isOver(of) ? wish(given, { body }) : changed(of, body));
    const isKept = await replace(waits.id, (of) => [next(of)]);
    void sendUnsent();
    if (isKept) return listed(next(waits));
  }
  const entry = known(given);
  const { id, version } = entry;
  return ask(
    (how) => api.patch("/time/entries/{id}", { params: { id }, version, body, ...how }),
    () => wish(entry, { body }),
  );
}

/** Whether it was there: a second press, or somebody else, may have been faster. */
export async function deleteEntry(given: Entry): Promise<boolean> {
  const waits = wishOf(known(given).id);
  if (waits) {
    const next = (of: Wish) => (isOver(of) ? [wish(given, { act: "remove" })] : removed(of));
    const isKept = await replace(waits.id, next);
    void sendUnsent();
    if (isKept) return true;
  }
  const entry = known(given);
  const { id, version } = entry;
  try {
    await ask(
      (how) => api.delete("/time/entries/{id}", { params: { id }, version, ...how }),
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
  const key = crypto.randomUUID();
  return ask(
    (how) => api.post("/time/timer", { body: work, key, ...how }),
    () => creation({ ...work, started_at }, { timer: { key, work } }),
  );
}

export function stopTimer(running: Entry): Promise<Listed> {
  const now = Math.max(Date.now(), Date.parse(running.started_at)); // clocks are set back
  const body = { ended_at: toSecond(new Date(now).toISOString()) };
  if (wishOf(known(running).id)) return changeEntry(running, body);
  return ask(
    (how) => api.post("/time/timer/stop", { key: crypto.randomUUID(), ...how }),
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

/** How every wish is sent: nobody waits for a person to be back while others wait to be sent. */
const sending = { hasty: true, patience: PATIENCE_SENT_MS };

/** Changes an entry; as good as done is what it is already, for the answer to that may have been lost. */
async function changeTo({ id, version }: Entry, body: Changes): Promise<Entry> {
  const params = { id };
  try {
    return (await api.patch("/time/entries/{id}", { params, version, body, ...sending })) as Entry;
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== "version-mismatch") throw error;
    const now = (await api.get("/time/entries/{id}", { params, ...sending })) as Entry;
    if (!isAsWished(body, now)) throw error;
    return now;
  }
}

/** The timer that was asked to start, once more under its key: it has started then, or does now and is set
    to when it was. Null when another one runs, and so this never has. */
async function started({ timer, body }: Wish): Promise<Entry | null> {
  if (!timer) return null;
  let entry: Entry;
  try {
    entry = (await api.post("/time/timer", {
      body: timer.work,
      key: timer.key,
      ...sending,
    })) as Entry;
  } catch (error) {
    if (error instanceof Problem && error.kind === "timer-running") return null;
    throw error;
  }
  const { started_at, ...rest } = body;
  const isLate = Date.parse(entry.started_at) - Date.parse(String(started_at)) > SLACK_MS;
  const left = changesOf(isLate || body.ended_at ? body : rest, entry);
  return Object.keys(left).length > 0 ? changeTo(entry, left) : entry;
}

/** An entry that was made when it was first sent, so long ago that the server has forgotten its key. */
async function madeLongAgo({ body, tried }: Wish): Promise<Entry | undefined> {
  if (!tried || Date.now() - tried < REMEMBERED_MS) return;
  const query = { person, started_at: body.started_at } as Query<"/time/entries">;
  const { items } = await api.get("/time/entries", { query, ...sending });
  return (items as Entry[]).find((entry) => isAsWished(body, entry));
}

/** Has the server do it; what the entry is then, null when there is none. */
async function fulfil(of: Wish): Promise<Entry | null> {
  const { act, entry, body, key, tried } = of;
  if (act === "change") return changeTo(entry, body);
  if (act === "create") {
    const made = (tried && (await started(of))) || (await madeLongAgo(of));
    if (made) return made;
    const whole = body as EntryInput;
    return (await api.post("/time/entries", { body: whole, key, ...sending })) as Entry;
  }
  const { id, version } = entry;
  try {
    await api.delete("/time/entries/{id}", { params: { id }, version, ...sending });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
  }
  return null;
}

/** Whether it is worth asking again in a while: it is busy, nobody is signed in, or to the server's clock the
    timer starts ahead. */
function isForLater({ act, body }: Wish, problem: Problem) {
  const { status, kind } = problem;
  const isEarly = act === "create" && status === 422 && isNear(body.started_at, new Date());
  return isAway(problem) || [401, 429, 503].includes(status) || kind === "conflict" || isEarly;
}

/** A wish that was refused is as if it had never been sent: what followed it is tried with it before
    somebody is asked. */
function refused(of: Wish, problem: Problem): Wish[] {
  if (of.gone && of.act === "create") return [];
  const isLast = !of.gone && Object.keys(of.after).length === 0;
  return [
    {
      ...of,
      act: of.gone ? "remove" : of.act,
      key: mayBeDone(problem) ? of.key : crypto.randomUUID(),
      body: { ...of.body, ...of.after },
      tried: 0,
      after: {},
      gone: false,
      timer: null,
      refused: isLast ? reasonOf(problem) : null,
    },
  ];
}

/** Takes the first that waits. From here on nobody can tell whether it was done, until the answer is there. */
async function takeFirst(): Promise<Wish | undefined> {
  let first: Wish | undefined;
  await change((all) => {
    first = all.find(isWaiting);
    return all.map((each) =>
      each === first ? { ...each, tried: each.tried || Date.now() } : each,
    );
  });
  return first;
}

/** Whether there may be a next one. */
async function sendFirst(whose: string): Promise<boolean> {
  const first = await takeFirst();
  if (!first) return false;
  try {
    const done = await fulfil(first);
    if (done) {
      named.set(first.id, done);
      tell({ whose, done: [first.id, done] });
    }
    fresh.set(done?.id ?? first.id, done);
    await replace(first.id, (of) => left(of, done));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (isForLater(first, error)) return false;
    await replace(first.id, (of) => refused(of, error));
  }
  return true;
}

/** Sends what waits, one after the other, from one window at a time. */
export async function sendUnsent() {
  const whose = person;
  if (!whose || !wishes.get().some(isWaiting)) return;
  await navigator.locks.request(`${NAME} sent ${whose}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    let sent = false;
    while (whose === person && (await sendFirst(whose))) sent = true;
    if (!sent) return;
    await entriesChanged();
    fresh.clear();
    wishes.set([...wishes.get()]); // they show without what was fresh
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

/** A timer that the server did not start does not run. */
const isShown = ({ act, refused }: Wish) => act !== "create" || refused === null;

/** The entry whose timer runs. */
export function runningOf(timer: Answer<"/time/timer"> | undefined, wishes: Wish[]): Entry | null {
  const stored = timer?.running ? [timer.entry as Entry] : [];
  const entries = withWishes(stored, wishes);
  return entries.find(({ ended_at, wish }) => !ended_at && !(wish && !isShown(wish))) ?? null;
}

export const runningNow = () => runningOf(queryClient.getQueryData(["timer"]), wishes.get());
