// What about an entry may be a slip: said once it is stored, in nobody's way.
import { all, type Query } from "~/api/client";
import { dateText, inZone } from "~/ui/time";
import { notify } from "~/ui/toasts";
import type { Entry } from "./data";
import { removeEntry } from "./remove";
import { words } from "./words";

const DAY = 86_400_000;
/** What is longer is found by how far it reaches. */
const SHORT_MS = 12 * 3_600_000;

const endOf = ({ ended_at }: Entry) => (ended_at ? Date.parse(ended_at) : Number.POSITIVE_INFINITY);

/** The other entries of the person that share time with one, or its times. */
async function entriesBeside(entry: Entry): Promise<Entry[]> {
  const start = Date.parse(entry.started_at);
  const end = entry.ended_at ? endOf(entry) : Date.now();
  const at = (instant: number) => new Date(instant).toISOString();
  const ask = async (query: object) =>
    (await all("/time/entries", {
      person: entry.person,
      ...query,
    } as Query<"/time/entries">)) as Entry[];
  const [near, reaching] = await Promise.all([
    ask({ started_at_from: at(start - SHORT_MS), started_at_to: at(Math.max(end, start + 1000)) }),
    ask({ reaches_from: at(start), started_at_to: at(start - SHORT_MS), sort: "reaches" }),
  ]);
  return [...near, ...reaching].filter((other) => other.id !== entry.id && endOf(other) > start);
}

const hasSameTimes = (a: Entry, b: Entry) =>
  a.started_at === b.started_at && a.ended_at === b.ended_at;

/** Says what may be a slip; `was` is the entry before it was changed. */
export async function mindSlips(entry: Entry, zone: string, was?: Entry) {
  const act = { label: words.entry.remove, run: () => void removeEntry(entry) };
  if (Date.parse(entry.started_at) > Date.now() + DAY)
    notify(words.entry.ahead(dateText(inZone(entry.started_at, zone).date, "long")), { act });
  const beside = await entriesBeside(entry).catch(() => []);
  if (beside.some((other) => hasSameTimes(entry, other) && other.note === entry.note))
    notify(words.entry.twin, { act });
  else if (beside.length > 0 && !(was && hasSameTimes(entry, was))) notify(words.entry.overlap);
}
