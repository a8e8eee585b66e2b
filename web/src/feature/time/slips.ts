// What about an entry may be a slip: said once it is stored, in nobody's way.
import { all, type Query } from "~/api/client";
import { clockText, dateText, inZone } from "~/ui/time";
import { notify } from "~/ui/toasts";
import type { Entry } from "./data";
import { removeEntry } from "./remove";
import { words } from "./words";

const DAY = 86_400_000;
/** What is longer is found by how far it reaches. */
const SHORT_MS = 12 * 3_600_000;

const startOf = ({ started_at }: Entry) => Date.parse(started_at);
/** A running one has lasted until now. */
const endOf = ({ ended_at }: Entry) => (ended_at ? Date.parse(ended_at) : Date.now());

/** The other entries of the person that share time with one, or its times, the first to begin first. */
async function entriesBeside(entry: Entry): Promise<Entry[]> {
  const start = startOf(entry);
  const end = endOf(entry);
  const at = (instant: number) => new Date(instant).toISOString();
  const ask = async (query: object) =>
    (await all("/time/entries", {
      person: entry.person,
      ...query,
    } as Query<"/time/entries">)) as Entry[];
  const [near, reaching] = await Promise.all([
    ask({
      started_at_from: at(start - SHORT_MS),
      started_at_to: at(Math.max(end, start + 1000)),
      sort: "started_at",
    }),
    ask({ reaches_from: at(start), started_at_to: at(start - SHORT_MS), sort: "reaches" }),
  ]);
  return [...reaching, ...near].filter((other) => other.id !== entry.id && endOf(other) > start);
}

/** What is said of another entry that shares time. */
export type Other = Pick<Entry, "note" | "started_at" | "ended_at">;

/** As much of a note as tells which one it is. */
const clipped = (note: string | null | undefined) => {
  const letters = [...(note ?? "")];
  return letters.length > 60 ? `${letters.slice(0, 60).join("").trimEnd()}…` : note;
};

/** Another entry and when it is: the day too where that is another one. */
export function overlapText(other: Other, of: Entry, zone: string, more = 0) {
  const { started_at, ended_at, note } = other;
  const { date } = inZone(started_at, zone);
  const day = date === inZone(of.started_at, zone).date ? "" : `${dateText(date, "long")}, `;
  const end = ended_at ? clockText(ended_at, zone) : words.today.now;
  const when = day + words.entry.from_to(clockText(started_at, zone), end);
  return words.entry.overlap(clipped(note), when, more);
}

/** Of entries that share time with others of the same person: one that each does so with. */
export function overlapsAmong(entries: Entry[]): Map<string, Entry> {
  const found = new Map<string, Entry>();
  /** By person, of the entries so far the one that ends last. */
  const reaching = new Map<string, Entry>();
  // What has no length, such as a timer stopped at once, shares no time.
  const long = entries.filter((entry) => endOf(entry) > startOf(entry));
  for (const entry of long.sort((a, b) => startOf(a) - startOf(b))) {
    const before = reaching.get(entry.person);
    if (before && startOf(entry) < endOf(before)) {
      found.set(entry.id, before);
      if (!found.has(before.id)) found.set(before.id, entry);
    }
    if (!before || endOf(entry) > endOf(before)) reaching.set(entry.person, entry);
  }
  return found;
}

const hasSameTimes = (a: Entry, b: Entry) =>
  a.started_at === b.started_at && a.ended_at === b.ended_at;

/** Says what may be a slip; `was` is the entry before it was changed. */
export async function mindSlips(entry: Entry, zone: string, was?: Entry) {
  const act = { label: words.entry.remove, run: () => void removeEntry(entry) };
  if (startOf(entry) > Date.now() + DAY)
    notify(words.entry.ahead(dateText(inZone(entry.started_at, zone).date, "long")), { act });
  const beside = await entriesBeside(entry).catch(() => []);
  if (beside.some((other) => hasSameTimes(entry, other) && other.note === entry.note))
    notify(words.entry.twin, { act });
  else if (beside[0] && !(was && hasSameTimes(entry, was)))
    notify(overlapText(beside[0], entry, zone, beside.length - 1));
}
