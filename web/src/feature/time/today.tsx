// Today: what has been recorded, a picture of the day, a quick way to add, the days before.
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { limitsOf } from "~/api/limits";
import { useById } from "~/api/queries";
import { go, Link } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { paletteColour } from "~/ui/colours";
import { Eye } from "~/ui/eye";
import { Form, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { useMinute, useToday } from "~/ui/now";
import { Empty, PageHead, Show } from "~/ui/states";
import {
  addDays,
  clockText,
  type Day,
  dateText,
  durationOf,
  durationText,
  instantOf,
  isElsewhere,
  secondsByDay,
  startOfWeek,
  today,
} from "~/ui/time";
import { words as shared } from "~/words";
import {
  type Entry,
  type EntryInput,
  entriesChanged,
  entriesOf,
  entriesQuery,
  isPlaced,
  KEPT,
  type Listed,
  lastBefore,
  type Project,
  reachingEntries,
  useProjects,
} from "./data";
import { durationProblem } from "./duration";
import { EntryDrawer } from "./entry-form";
import { EntryRow } from "./entry-row";
import { Lately, useLately } from "./lately";
import { ProjectSelect } from "./pick";
import { roomFor } from "./room";
import { emit } from "./signals";
import { mindSlips } from "./slips";
import { createEntry, useWishes, withWishes } from "./unsent";
import { words } from "./words";

const startOf = (entry: Entry) => Date.parse(entry.started_at);
const endOf = (entry: Entry) =>
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

const MINUTE = 60_000;
const NOTHING = { list: [] as Listed[], total_s: 0 };

export default function Today() {
  const session = useSession();
  const may = useMay();
  const zone = session.zone;
  const now = useToday(zone);
  useMinute();
  const from = startOfWeek(now, session.week_start);
  const [editing, setEditing] = useState<Entry | null>(null);
  const projects = useById(useProjects().data);
  const wishes = useWishes();
  const entries = useQuery({
    queryKey: ["entries", "week", session.person, from, zone],
    meta: KEPT,
    placeholderData: (old) => old, // as a week begins, what is being typed stands
    queryFn: async () => {
      const own = { person: session.person };
      const since = async (day: Day) => {
        const [begun, reaching] = await Promise.all([
          entriesOf(entriesQuery(day, now, zone, own)),
          reachingEntries(day, zone, own),
        ]);
        return [...begun, ...reaching];
      };
      const week = await since(from);
      if (byDay(week, zone, from, addDays(now, -1)).length > 0) return week;
      const before = await lastBefore(from, zone, own);
      return before ? since(before) : week;
    },
  });

  return (
    <>
      <Show query={entries}>
        {(stored) => {
          const items = withWishes(stored, wishes);
          const days = byDay(items, zone, "", now);
          const week = days.filter(({ day }) => day >= from);
          const { list: mine, total_s } = week.find(({ day }) => day === now) ?? NOTHING;
          const earlier = week.filter(({ day }) => day !== now);
          // A week that begins still shows where the work was left.
          const shown =
            earlier.length > 0 ? earlier : days.filter(({ day }) => day < from).slice(0, 1);
          const besides = [mine, ...shown.map(({ list }) => list)].flat();
          const week_s = week.reduce((sum, day) => sum + day.total_s, 0);
          const row = (day: Day) => (entry: Listed) => (
            <li key={entry.id}>
              <EntryRow
                entry={entry}
                day={day}
                project={projects.get(entry.project ?? "")}
                onEdit={setEditing}
              />
            </li>
          );
          return (
            <>
              <PageHead
                title={dateText(now, "long")}
                lead={words.today.lead(durationText(total_s), mine.length)}
                aside={<Eye table="time_entry" seen={words.today.seen} />}
              >
                <span className="quiet figures">{words.today.to_do(durationText(week_s))}</span>
                {may("time.import") && <Link href="/time/import">{words.today.import}</Link>}
              </PageHead>
              <div className="stack wide">
                <Timeline day={now} entries={mine} projects={projects} zone={zone} />
                <QuickAdd entries={items} />
                <Lately besides={besides} projects={projects} />
                <section className="card flush" aria-label={shared.rooms.today}>
                  {mine.length === 0 ? (
                    <Beginning />
                  ) : (
                    <ul className="entries">{mine.map(row(now))}</ul>
                  )}
                </section>
                {shown.length > 0 && (
                  <section
                    className="card flush"
                    aria-label={earlier.length > 0 ? words.today.earlier : words.today.last}
                  >
                    {shown.map(({ day, list, total_s }) => (
                      <div key={day}>
                        <div className="day">
                          <h2>{dateText(day, "long")}</h2>
                          <span className="num strong">{durationText(total_s)}</span>
                        </div>
                        <ul className="entries">{list.map(row(day))}</ul>
                      </div>
                    ))}
                  </section>
                )}
              </div>
            </>
          );
        }}
      </Show>
      {editing && <EntryDrawer entry={editing} onClose={() => setEditing(null)} />}
    </>
  );
}

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
function Timeline({ day, entries: all, projects, zone }: TimelineProps) {
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

/** An empty day: what to do next; where nothing was ever recorded, how it begins. */
function Beginning() {
  const may = useMay();
  const first = useLately()?.length === 0;
  return (
    <Empty
      icon="today"
      title={first ? words.today.first : words.today.empty}
      text={first ? words.today.first_help : words.today.empty_help}
      slim={!first}
    >
      <div className="row wrap">
        <Button leftSection={<Icon name="play" size={16} />} onClick={() => emit("timer")}>
          {words.today.start}
        </Button>
        <Button variant="default" onClick={() => emit("entry")}>
          {words.entry.create}
        </Button>
        {first && may("time.import") && (
          <Button variant="default" onClick={() => go("/time/import")}>
            {words.today.import}
          </Button>
        )}
      </div>
    </Empty>
  );
}

function quickProblem(text: string): string | null {
  if (durationOf(text) === 0) return words.entry.duration_bad;
  return durationProblem(text, 86_400, words.entry.duration_dates);
}

/** Note, project, when it began, how long: an entry of today in one line. Without its begin it goes where
    there is room among the others. */
function QuickAdd({ entries }: { entries: Listed[] }) {
  const { zone: given } = useSession();
  const zone = given ?? "UTC";
  const empty = { note: "", project: null as string | null, started_at: "", duration_s: "" };
  const first = useRef<HTMLInputElement>(null);
  const [added, setAdded] = useState({ count: 0, text: "" });
  const spanOf = ({ started_at, duration_s }: typeof empty) => {
    const length = (durationOf(duration_s) ?? 0) * 1000;
    const day = today(zone);
    if (started_at) {
      const start = instantOf(day, started_at, zone).getTime();
      return { start, end: start + length };
    }
    const others = entries
      .filter((entry) => !isPlaced(entry))
      .map((entry) => ({ start: startOf(entry), end: endOf(entry) }));
    return roomFor(length, others, instantOf(day, "00:00", zone).getTime(), Date.now());
  };
  const timesOf = ({ start, end }: ReturnType<typeof spanOf>) => {
    const clock = (at: number) => clockText(new Date(at).toISOString(), zone);
    return words.entry.from_to(clock(start), clock(end));
  };
  const form = useForm({
    initial: empty,
    max: limitsOf("/time/entries"),
    guard: ({ project: _, ...typed }) => Object.values(typed).some((text) => text.trim() !== ""),
    check: ({ duration_s }) => ({ duration_s: quickProblem(duration_s) }),
    submit: async (values) => {
      const { note, project, duration_s } = values;
      const span = spanOf(values);
      const body = {
        note: note.trim() || null,
        project,
        started_at: new Date(span.start).toISOString(),
        ended_at: new Date(span.end).toISOString(),
      } as EntryInput;
      const entry = await createEntry(body);
      if (!entry.wish) void mindSlips(entry, zone);
      form.reset(empty);
      first.current?.focus();
      const text = words.today.added(durationText(durationOf(duration_s) ?? 0), timesOf(span));
      setAdded(({ count }) => ({ count: count + 1, text }));
      await entriesChanged();
    },
  });
  /** When it would be. */
  const told = () => {
    const { started_at, duration_s } = form.values;
    if (!durationOf(duration_s) || quickProblem(duration_s)) return words.today.quick_help;
    const span = spanOf(form.values);
    if (started_at) return timesOf(span);
    return span.end > Date.now() - MINUTE
      ? words.today.until_now(timesOf(span))
      : words.today.in_room(timesOf(span));
  };
  return (
    <section className="card" aria-label={words.today.quick}>
      <Form form={form} className="stack snug">
        <div className="quick">
          <TextInput
            ref={first}
            label={words.today.quick}
            placeholder={words.timer.what}
            {...form.text("note")}
          />
          <ProjectSelect label={words.field.project} creates {...form.select("project")} />
          <TextInput label={words.field.from} type="time" {...form.text("started_at")} />
          <TextInput label={words.field.duration} placeholder="1:30" {...form.text("duration_s")} />
          <Button type="submit" loading={form.busy} leftSection={<Icon name="plus" size={16} />}>
            {words.today.add}
          </Button>
        </div>
        <p className="field-note">
          {[told(), isElsewhere(zone) && words.entry.zone(zone)].filter(Boolean).join(" · ")}
        </p>
      </Form>
      <div className="visually-hidden" role="status">
        {/* A new element each time: the same words are read out again. */}
        <span key={added.count}>{added.text}</span>
      </div>
    </section>
  );
}
