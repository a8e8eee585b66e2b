// A picture of a day.
import { useMemo } from "react";
import { paletteColour } from "~/ui/colours";
import { addDays, clockText, type Day, durationText, instantOf } from "~/ui/time";
import { type Entry, isPlaced, type Listed, type Project } from "./data";
import { endOf, startOf } from "./days";
import { words } from "./words";

/** Entries that share time lie below each other: in which lane each, and of how many. */
function lanesOf(entries: Entry[]): Map<string, { lane: number; of: number }> {
  const lanes = new Map<string, { lane: number; of: number }>();
  /** Those since the last moment that nothing covered, and when each of their lanes is free. */
  let group: { lane: number; of: number }[] = [];
  let free: number[] = [];
  for (const entry of [...entries].sort((a, b) => startOf(a) - startOf(b))) {
    const start = startOf(entry);
    if (start >= Math.max(0, ...free)) {
      group = [];
      free = [];
    }
    const found = free.findIndex((until) => until <= start);
    const place = { lane: found < 0 ? free.length : found, of: 1 };
    free[place.lane] = endOf(entry);
    group.push(place);
    for (const each of group) each.of = free.length;
    lanes.set(entry.id, place);
  }
  return lanes;
}

interface TimelineProps {
  day: Day;
  entries: Listed[];
  projects: Map<string, Project>;
  zone: string;
}

/** The day as a bar: where the hours went and where the gaps are. Hours of the week sheet are told
    below it: they have no place there. */
export function Timeline({ day, entries: all, projects, zone }: TimelineProps) {
  const entries = useMemo(() => all.filter((entry) => !isPlaced(entry)), [all]);
  const placed_s = all.filter(isPlaced).reduce((sum, entry) => sum + entry.duration_s, 0);
  const first = instantOf(day, "00:00", zone).getTime();
  const last = instantOf(addDays(day, 1), "00:00", zone).getTime();
  const bounds = useMemo(() => {
    const starts = entries.map((entry) => Math.max(first, startOf(entry)));
    const ends = entries.map((entry) => Math.min(last, endOf(entry)));
    const hour = 3_600_000;
    const from = Math.min(instantOf(day, "08:00", zone).getTime(), ...starts);
    const to = Math.max(instantOf(day, "18:00", zone).getTime(), ...ends);
    return { from: Math.floor(from / hour) * hour, to: Math.ceil(to / hour) * hour };
  }, [entries, zone, day, first, last]);
  const whole = bounds.to - bounds.from;
  const at = (instant: number) => `${(100 * (instant - bounds.from)) / whole}%`;
  const marks = Array.from({ length: 5 }, (_, i) => bounds.from + (whole * i) / 4);
  const text = (instant: number) => clockText(new Date(instant).toISOString(), zone);
  const lanes = lanesOf(entries.filter((entry) => endOf(entry) > startOf(entry)));
  const shared = entries.some(({ overlap }) => overlap);
  if (entries.length === 0) return null;
  return (
    <div>
      <div role="img" aria-label={words.today.timeline(text(bounds.from), text(bounds.to), shared)}>
        <div className="timeline">
          <div className="timeline-lanes">
            {entries.map((entry) => {
              const start = Math.max(first, startOf(entry));
              const end = Math.min(last, endOf(entry));
              const { lane, of } = lanes.get(entry.id) ?? { lane: 0, of: 1 };
              return (
                <span
                  key={entry.id}
                  className="timeline-bar"
                  title={entry.note ?? undefined}
                  style={{
                    left: at(start),
                    width: `${(100 * (end - start)) / whole}%`,
                    top: `${(100 * lane) / of}%`,
                    height: `${100 / of}%`,
                    background: paletteColour(projects.get(entry.project ?? "")),
                  }}
                />
              );
            })}
          </div>
        </div>
        <div className="timeline-hours figures" aria-hidden="true">
          {marks.map((mark) => (
            <span key={mark}>{text(mark)}</span>
          ))}
        </div>
      </div>
      {placed_s > 0 && <p className="small muted">{words.today.placed(durationText(placed_s))}</p>}
    </div>
  );
}
