// Where entries lie: when each began and ended, and the days that they touch.
import { type Day, secondsByDay } from "~/ui/time";
import type { Entry, Listed } from "./data";

export const startOf = (entry: Entry) => Date.parse(entry.started_at);
/** Until now, where it still runs. */
export const endOf = (entry: Entry) =>
  entry.ended_at ? Date.parse(entry.ended_at) : Math.max(startOf(entry), Date.now());

interface DayOfEntries {
  day: Day;
  list: Listed[];
  total_s: number;
}

/** The days of a period with the entries that touch them and the seconds that fall on them, newest
    first. Days end at midnight in the zone of each entry, as in the week sheet and in reports. */
export function byDay(entries: Listed[], zone: string, from: Day, to: Day): DayOfEntries[] {
  const days = new Map<Day, DayOfEntries>();
  for (const entry of entries) {
    for (const [day, seconds] of secondsByDay(startOf(entry), endOf(entry), entry.zone || zone)) {
      if (day < from || day > to) continue;
      const { list, total_s } = days.get(day) ?? { list: [], total_s: 0 };
      days.set(day, { day, list: [...list, entry], total_s: total_s + seconds });
    }
  }
  return [...days.values()].sort((a, b) => b.day.localeCompare(a.day));
}
