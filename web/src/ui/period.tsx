// Choosing a period by a preset or by its first and last day; kept in the URL as from and to.
import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useFilters } from "~/shell/router";
import { useSession } from "~/shell/session";
import { words } from "~/words";
import { useToday } from "./now";
import { type Day, dayNamed, PERIODS, type Period, periodOf } from "./time";

const FIRST: Day = "1970-01-01";

interface Chosen {
  from: Day;
  to: Day;
  preset: Period | null;
}

/** What the address says, else `fallback`. */
export function usePeriod(fallback: Period): Chosen {
  const [filters] = useFilters();
  const { zone, week_start } = useSession();
  useToday(zone); // after midnight, another period is meant
  const given = { from: dayNamed(filters.get("from")), to: dayNamed(filters.get("to")) };
  const span = periodOf(fallback, zone, week_start);
  const from = given.from ?? span.from;
  const to = given.to ?? (from > span.to ? from : span.to);
  const preset = PERIODS.find((period) => {
    const candidate = periodOf(period, zone, week_start);
    return candidate.from === from && candidate.to === to;
  });
  return { from, to, preset: preset ?? null };
}

interface PeriodFilterProps {
  period: Chosen;
  /** Whether the dates that stand there are the period. */
  onUsable?: (usable: boolean) => void;
}

export function PeriodFilter({ period: { preset, ...used }, onUsable }: PeriodFilterProps) {
  const [, setFilters] = useFilters();
  const { zone, week_start } = useSession();
  // Dates that cannot be used yet stay here: a year half typed, an end before the begin.
  const [typed, setTyped] = useState<{ from: Day; to: Day } | null>(null);
  const { from, to } = typed ?? used;
  const type = (changes: { from?: Day; to?: Day }) => {
    const next = { from, to, ...changes };
    const isWhole = [next.from, next.to].every((day) => day >= FIRST);
    const usable = isWhole && next.from <= next.to;
    setTyped(usable ? null : next);
    onUsable?.(usable);
    if (usable) setFilters(next);
  };
  return (
    <>
      <Select
        label={words.period.label}
        data={PERIODS.map((period) => ({ value: period, label: words.period[period] }))}
        value={preset}
        placeholder={words.period.own}
        allowDeselect={false}
        onChange={(period) => {
          if (!period) return;
          setTyped(null);
          onUsable?.(true);
          setFilters({ ...periodOf(period, zone, week_start) });
        }}
      />
      <TextInput
        type="date"
        label={words.period.from}
        value={from}
        onChange={(event) => type({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={words.period.to}
        value={to}
        error={from && to && to < from && to >= FIRST ? words.period.reversed : undefined}
        onChange={(event) => type({ to: event.currentTarget.value })}
      />
    </>
  );
}
