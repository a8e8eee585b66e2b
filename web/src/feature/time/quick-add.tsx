// Adding an entry of today in one line.
import { Button, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { limitsOf } from "~/api/limits";
import { useSession } from "~/shell/session";
import { Form, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import {
  clockText,
  durationOf,
  durationText,
  instantOf,
  isElsewhere,
  MINUTE_MS,
  today,
} from "~/ui/time";
import { type EntryInput, entriesChanged, isPlaced, type Listed } from "./data";
import { endOf, startOf } from "./days";
import { durationProblem } from "./duration";
import { ProjectSelect } from "./pick";
import { type Room, roomFor, type Span } from "./room";
import { mindSlips } from "./slips";
import { createEntry } from "./unsent";
import { words } from "./words";

const EMPTY = { note: "", project: null as string | null, started_at: "", duration_s: "" };
type Values = typeof EMPTY;

function quickProblem(text: string): string | null {
  if (durationOf(text) === 0) return words.entry.duration_bad;
  return durationProblem(text, 86_400, words.entry.duration_dates);
}

/** When it would be: from its begin on, or where there is room among the others. */
function spanOf({ started_at, duration_s }: Values, entries: Listed[], zone: string): Room {
  const length = (durationOf(duration_s) ?? 0) * 1000;
  const day = today(zone);
  if (started_at) {
    const start = instantOf(day, started_at, zone).getTime();
    return { start, end: start + length, isFull: false };
  }
  const others = entries
    .filter((entry) => !isPlaced(entry))
    .map((entry) => ({ start: startOf(entry), end: endOf(entry) }));
  return roomFor(length, others, instantOf(day, "00:00", zone).getTime(), Date.now());
}

function timesOf({ start, end }: Span, zone: string): string {
  const clock = (at: number) => clockText(new Date(at).toISOString(), zone);
  return words.entry.from_to(clock(start), clock(end));
}

/** What is said below what has been typed. */
function helpOf(values: Values, entries: Listed[], zone: string): string {
  const { started_at, duration_s } = values;
  if (!durationOf(duration_s) || quickProblem(duration_s)) return words.today.quick_help;
  const span = spanOf(values, entries, zone);
  const times = timesOf(span, zone);
  if (started_at) return times;
  if (span.isFull) return words.today.no_room(times);
  return span.end > Date.now() - MINUTE_MS
    ? words.today.until_now(times)
    : words.today.in_room(times);
}

/** Note, project, when it began, how long: an entry of today in one line. */
export function QuickAdd({ entries }: { entries: Listed[] }) {
  const { zone } = useSession();
  const first = useRef<HTMLInputElement>(null);
  const [added, setAdded] = useState({ count: 0, text: "" });
  const form = useForm({
    initial: EMPTY,
    max: limitsOf("/time/entries"),
    guard: ({ project: _, ...typed }) => Object.values(typed).some((text) => text.trim() !== ""),
    check: ({ duration_s }) => ({ duration_s: quickProblem(duration_s) }),
    submit: async (values) => {
      const { note, project, duration_s } = values;
      const span = spanOf(values, entries, zone);
      const body = {
        note: note.trim() || null,
        project,
        started_at: new Date(span.start).toISOString(),
        ended_at: new Date(span.end).toISOString(),
      } as EntryInput;
      const entry = await createEntry(body);
      if (!entry.wish) void mindSlips(entry, zone);
      form.reset(EMPTY);
      first.current?.focus();
      const text = words.today.added(
        durationText(durationOf(duration_s) ?? 0),
        timesOf(span, zone),
      );
      setAdded(({ count }) => ({ count: count + 1, text }));
      await entriesChanged();
    },
  });
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
          {[helpOf(form.values, entries, zone), isElsewhere(zone) && words.entry.zone(zone)]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </Form>
      <div className="visually-hidden" role="status">
        {/* A new element each time: the same words are read out again. */}
        <span key={added.count}>{added.text}</span>
      </div>
    </section>
  );
}
