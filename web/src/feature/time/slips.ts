// What about an entry may be a slip: said once it is stored, in nobody's way.
import { all, type Query } from "~/api/client";
import { dateText, inZone } from "~/ui/time";
import { notify } from "~/ui/toasts";
import type { Entry } from "./data";
import { removeEntry } from "./remove";
import { words } from "./words";

const DAY = 86_400_000;

/** Whether another entry of the person has the same times and the same note. */
async function hasTwin({ id, person, note, started_at, ended_at }: Entry): Promise<boolean> {
  const next = new Date(Date.parse(started_at) + 1000).toISOString();
  const query = { person, started_at_from: started_at, started_at_to: next };
  const near = await all("/time/entries", query as Query<"/time/entries">);
  return near.some(
    (other) => other.id !== id && other.ended_at === ended_at && other.note === note,
  );
}

export async function mindSlips(entry: Entry, zone: string) {
  const act = { label: words.entry.remove, run: () => void removeEntry(entry) };
  if (Date.parse(entry.started_at) > Date.now() + DAY)
    notify(words.entry.ahead(dateText(inZone(entry.started_at, zone).date, "long")), { act });
  if (await hasTwin(entry).catch(() => false)) notify(words.entry.twin, { act });
}
