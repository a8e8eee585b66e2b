// From the rows of a report to bars, series and groups of a table.
import type { Answer, Whole } from "~/api/client";
import type { Bar, Series } from "~/ui/chart";
import { colourOf, PALETTE } from "~/ui/colours";
import { addDays, type Day, dateText } from "~/ui/time";
import { words } from "./words";

export type Report = Whole<Answer<"/reports/time">, "currency">;
type Row = Report["rows"][number];
type RowSums = Partial<Record<keyof Sums, number | null>>;

export const GROUPS = ["day", "week", "month", "person", "project", "client", "tag"] as const;
export type Group = (typeof GROUPS)[number];

export const isTime = (group: Group) => ["day", "week", "month"].includes(group);

interface Sums {
  duration_s: number;
  billable_s: number;
  /** Null for a role that may not see amounts. */
  amount_minor: number | null;
}

export interface Line extends Sums {
  key: string;
  label: string;
  parts: Line[];
}

/** A key of a group as people read it. */
function labelOf(group: Group, key: string | null, label: string | null): string {
  if (!key) return words.unnamed[group];
  if (group === "month") return dateText(`${key.slice(0, 7)}-01`, "month");
  if (group === "day" || group === "week") return dateText(key.slice(0, 10), "short");
  return label ?? key;
}

function add(to: Sums, row: RowSums) {
  to.duration_s += row.duration_s ?? 0;
  to.billable_s += row.billable_s ?? 0;
  if (row.amount_minor != null) to.amount_minor = (to.amount_minor ?? 0) + row.amount_minor;
}

/** A line with nothing added up yet. */
const lineOf = (group: Group, key?: string | null, label?: string | null): Line => ({
  key: key ?? "",
  label: labelOf(group, key ?? null, label ?? null),
  duration_s: 0,
  billable_s: 0,
  amount_minor: null,
  parts: [],
});

/** The rows as groups with their parts; days in order, names by their hours. `sums` are the rows by
    the first grouping alone, where the parts do not add up: work with several tags is in each. */
export function linesOf(
  rows: Row[],
  by: Group,
  then: Group | null,
  sums: Row[] | null = null,
): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const line = lines.get(row.key ?? "") ?? lineOf(by, row.key, row.label);
    lines.set(line.key, line);
    if (!sums) add(line, row);
    if (then) {
      const part = lineOf(then, row.then_key, row.then_label);
      line.parts.push(part);
      add(part, row);
    }
  }
  for (const row of sums ?? []) {
    const line = lines.get(row.key ?? "");
    if (line) add(line, row);
  }
  const order = (group: Group) => (a: Line, b: Line) =>
    isTime(group) ? a.key.localeCompare(b.key) : b.duration_s - a.duration_s;
  const sorted = [...lines.values()].sort(order(by));
  if (then) for (const line of sorted) line.parts.sort(order(then));
  return sorted;
}

const SERIES_MAX = 8;

/** The largest of the second grouping get a colour each, days in order; the rest share one. */
export function seriesOf(
  lines: Line[],
  by: Group,
  then: Group | null,
  colours: Map<string, string>,
): Series[] {
  const sums = new Map<string, { label: string; value: number }>();
  for (const { parts } of lines)
    for (const { key, label, duration_s } of parts)
      sums.set(key, { label, value: (sums.get(key)?.value ?? 0) + duration_s });
  if (sums.size === 0) return [{ key: "", label: words.groups[by], colour: "var(--chart)" }];
  const sorted = [...sums].sort(([, a], [, b]) => b.value - a.value);
  const taken = new Set<string>();
  const pick = (key: string) => {
    const wanted = colours.get(key) ?? (key ? colourOf(key) : PALETTE[9].value);
    const free = PALETTE.find(({ value }) => !taken.has(value))?.value ?? wanted;
    const colour = taken.has(wanted) ? free : wanted;
    taken.add(colour);
    return colour;
  };
  const largest = sorted.slice(0, SERIES_MAX);
  if (then && isTime(then)) largest.sort(([a], [b]) => a.localeCompare(b));
  const shown = largest.map(([key, { label }]) => ({ key, label, colour: pick(key) }));
  if (sorted.length > SERIES_MAX)
    shown.push({ key: "others", label: words.others, colour: "var(--edge)" });
  return shown;
}

/** Every day, week or month between the first and the last, also those without time. */
function filled(lines: Line[], by: Group, from: Day, to: Day): Line[] {
  if (by !== "day" || lines.some(({ key }) => key.length !== 10)) return lines;
  const known = new Map(lines.map((line) => [line.key, line]));
  const all: Line[] = [];
  const last = lines.at(-1)?.key ?? to;
  for (let day = from; day <= (last > to ? to : last) && all.length < 400; day = addDays(day, 1))
    all.push(known.get(day) ?? lineOf("day", day));
  return all;
}

export function barsOf(lines: Line[], series: Series[], by: Group, from: Day, to: Day): Bar[] {
  const own = new Set(series.map(({ key }) => key));
  return filled(lines, by, from, to).map(({ key, label, duration_s, parts }) => {
    if (series.length === 1 && series[0]?.key === "" && parts.length === 0)
      return { key, label, parts: [{ key: "", value: duration_s }] };
    const others = parts.filter((part) => !own.has(part.key));
    const rest = others.reduce((sum, part) => sum + part.duration_s, 0);
    return {
      key,
      label,
      parts: [
        ...series
          .map(({ key }) => ({
            key,
            value: parts.find((part) => part.key === key)?.duration_s ?? 0,
          }))
          .filter(({ value }) => value > 0),
        ...(rest > 0 ? [{ key: "others", value: rest }] : []),
      ],
    };
  });
}
