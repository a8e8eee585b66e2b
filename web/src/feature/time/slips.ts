// What about an entry may be a slip: said once it is stored, in nobody's way.
import { addDays, clockText, dateText, inZone, today } from "~/ui/time";
import { notify } from "~/ui/toasts";
import { type Entry, entriesOf, type Overlap } from "./data";
import { removeEntry } from "./remove";
import { words } from "./words";

const DAY = 86_400_000;
const MINUTE = 60_000;

/** As much of a note as tells which one it is. */
const clipped = (note: string | null | undefined) => {
  const letters = [...(note ?? "")];
  return letters.length > 60 ? `${letters.slice(0, 60).join("").trimEnd()}…` : note;
};

/** Another entry and when it is: the day too where that is another one. */
export function overlapText(overlap: Overlap, of: Entry, zone: string) {
  const { started_at, ended_at, note, more } = overlap;
  const { date } = inZone(started_at, zone);
  const day = date === inZone(of.started_at, zone).date ? "" : `${dateText(date, "long")}, `;
  const end = ended_at ? clockText(ended_at, zone) : words.today.now;
  const when = day + words.entry.from_to(clockText(started_at, zone), end);
  return words.entry.overlap(clipped(note), when, more);
}

/** When it ends, where that is ahead: the day too unless it is today. */
function endAhead({ ended_at }: Entry, zone: string) {
  if (!ended_at || Date.parse(ended_at) < Date.now() + MINUTE) return null;
  const { date } = inZone(ended_at, zone);
  const days = { [today(zone)]: "", [addDays(today(zone), 1)]: `${words.entry.tomorrow}, ` };
  return (days[date] ?? `${dateText(date, "long")}, `) + clockText(ended_at, zone);
}

const hasSameTimes = (a: Entry, b: Entry) =>
  a.started_at === b.started_at && a.ended_at === b.ended_at;

/** Says what may be a slip; `was` is the entry before it was changed. */
export async function mindSlips(entry: Entry, zone: string, was?: Entry) {
  const { id, person, started_at, note } = entry;
  const act = { label: words.entry.remove, run: () => void removeEntry(entry) };
  if (Date.parse(started_at) > Date.now() + DAY)
    notify(words.entry.ahead(dateText(inZone(started_at, zone).date, "long")), { act });
  else {
    const ends = was && hasSameTimes(entry, was) ? null : endAhead(entry, zone);
    if (ends) notify(words.entry.ends_ahead(ends));
  }
  const beside = await entriesOf({ person, started_at }).catch(() => []);
  const overlap = beside.find((each) => each.id === id)?.overlap;
  const isTwin = (other: Entry) =>
    other.id !== id && hasSameTimes(entry, other) && other.note === note;
  if (beside.some(isTwin)) notify(words.entry.twin, { act });
  else if (overlap && !(was && hasSameTimes(entry, was))) notify(overlapText(overlap, entry, zone));
}
