// Making and changing one entry: clock times in the person's zone, or a duration.
import { Button, Checkbox, Textarea, TextInput } from "@mantine/core";
import { useRef } from "react";
import { api } from "~/api/client";
import { limitsOf } from "~/api/limits";
import { useById } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { may, useSession } from "~/shell/session";
import { Drawer } from "~/ui/dialog";
import { Form, Submit, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import {
  addDays,
  type Day,
  durationOf,
  durationText,
  instantOf,
  inZone,
  isElsewhere,
  MINUTE_MS,
  today,
} from "~/ui/time";
import { notify } from "~/ui/toasts";
import { words as shared } from "~/words";
import {
  changesOf,
  type Entry,
  type EntryInput,
  entriesChanged,
  isBillable,
  isPlaced,
  type Listed,
} from "./data";
import { durationProblem } from "./duration";
import { ProjectSelect, TagSelect, TaskSelect } from "./pick";
import { removeEntry } from "./remove";
import { mindSlips } from "./slips";
import { changeEntry, createEntry } from "./unsent";
import { words } from "./words";

interface Values {
  note: string;
  project: string | null;
  task: string | null;
  tags: string[];
  billable: boolean;
  date: Day;
  started_at: string;
  ended_at: string;
  /** Empty: the first such time after the begin. */
  end_date: Day | "";
  duration_s: string;
  /** Seconds of a duration that was typed last; null: the clock times count. */
  typed_s: number | null;
}

/** Longer than this is hardly one night's work. */
const NIGHT_MS = 12 * 3_600_000;

/** An end before the begin is on the next day. */
const dayOfEnd = ({ date, end_date, started_at, ended_at }: Values): Day =>
  end_date || (ended_at < started_at ? addDays(date, 1) : date);

const lengthText = (seconds: number) => durationText(seconds, seconds % 60 !== 0);

function valuesOf(entry: Entry | undefined, zone: string): Values {
  const start = entry
    ? inZone(entry.started_at, zone)
    : { date: inZone(Date.now(), zone).date, time: "" };
  const end = entry?.ended_at ? inZone(entry.ended_at, zone) : null;
  const values: Values = {
    note: entry?.note ?? "",
    project: entry?.project ?? null,
    task: entry?.task ?? null,
    tags: (entry?.tags as string[] | undefined) ?? [],
    billable: entry?.billable ?? false,
    date: start.date,
    started_at: start.time,
    ended_at: end?.time ?? "",
    end_date: "",
    duration_s: end && entry ? lengthText(entry.duration_s) : "",
    typed_s: null,
  };
  return end && dayOfEnd(values) !== end.date ? { ...values, end_date: end.date } : values;
}

/** The instant of a clock time; one that reads as it was loaded keeps its seconds. */
function instantWith(day: Day, time: string, zone: string, was: string | null | undefined) {
  const keeps = was && inZone(was, zone).time === time;
  return new Date(instantOf(day, time, zone).getTime() + (keeps ? Date.parse(was) % MINUTE_MS : 0));
}

/** Begin and end as instants. What still reads as it was loaded is that very instant: the fields
    show minutes, entries have seconds. */
function spanOf(values: Values, zone: string, origin: Entry | undefined) {
  const was = origin && valuesOf(origin, zone);
  const startStays = was?.date === values.date && was.started_at === values.started_at;
  const start =
    origin && startStays
      ? new Date(origin.started_at)
      : instantWith(values.date, values.started_at, zone, origin?.started_at);
  if (values.typed_s !== null)
    return { start, end: new Date(start.getTime() + values.typed_s * 1000) };
  if (!values.ended_at) return { start, end: start }; // It runs.
  const day = dayOfEnd(values);
  const endStays = was && dayOfEnd(was) === day && was.ended_at === values.ended_at;
  const end =
    origin?.ended_at && endStays
      ? new Date(origin.ended_at)
      : instantWith(day, values.ended_at, zone, origin?.ended_at);
  return { start, end };
}

interface EntryDrawerProps {
  entry?: Entry;
  onClose: () => void;
}

export function EntryDrawer({ entry, onClose }: EntryDrawerProps) {
  return (
    <Drawer
      opened
      onClose={onClose}
      title={entry ? words.entry.edit : words.entry.create}
      size={440}
    >
      <EntryForm entry={entry} onClose={onClose} />
    </Drawer>
  );
}

/** Whose entry it is, when it is not one's own. */
function useWhose(entry: Entry | undefined): string | null {
  const session = useSession();
  const isOther = entry !== undefined && entry.person !== session.person;
  const people = useById(usePeople(isOther && may(session, "people.read")).data);
  if (!isOther) return null;
  if (!entry.person) return words.entry.of_nobody;
  const name = people.get(entry.person)?.name;
  return name ? words.entry.of_person(name) : null;
}

function EntryForm({ entry, onClose }: EntryDrawerProps) {
  const session = useSession();
  const zone = session.zone;
  const isRunning = entry !== undefined && !entry.ended_at;
  /** Whether it is left running. */
  const goesOn = ({ ended_at }: Values) => isRunning && !ended_at;
  const whose = useWhose(entry);
  // Until somebody says otherwise, new work is billed as its project is.
  const chose = useRef(false);
  // The times for which it was asked whether they end the next day: sent again, they do.
  const asked = useRef("");

  const save = async (values: Values, was: Entry | undefined) => {
    const { start, end } = spanOf(values, zone, form.origin);
    const body = {
      project: values.project,
      task: values.task,
      note: values.note.trim() || null,
      billable: values.billable,
      tags: values.tags.length > 0 ? values.tags : null,
      started_at: start.toISOString(),
      ...(goesOn(values) ? {} : { ended_at: end.toISOString() }),
    } as EntryInput;
    const changes = was && changesOf(body, was);
    let saved: Listed | undefined = was;
    if (!was) saved = await createEntry(body);
    else if (Object.keys(changes ?? {}).length > 0) saved = await changeEntry(was, changes ?? {});
    if (saved?.wish) return notify(words.unsent.kept);
    notify(was ? words.entry.saved : words.entry.created);
    void entriesChanged();
    void mindSlips(saved as Entry, zone, was);
  };

  const form = useForm<Values, Entry>({
    initial: valuesOf(entry, zone),
    shared: {
      row: entry,
      values: (row) => valuesOf(row, zone),
      read: async ({ id }) => (await api.get("/time/entries/{id}", { params: { id } })) as Entry,
      whole: true, // begin, end and duration make each other
    },
    check: (values) => ({
      date: !values.date && shared.form.required,
      started_at: !values.started_at && words.entry.time_bad,
      ended_at: !goesOn(values) && endProblem(values),
      duration_s: values.duration_s && durationProblem(values.duration_s),
    }),
    max: limitsOf("/time/entries"),
    submit: save,
    done: onClose,
  });
  const { values, set } = form;
  const known = ({ date, started_at, ended_at }: Values) => date && started_at && ended_at;
  const crosses = known(values) && dayOfEnd(values) !== values.date;

  /** Whether the next day was guessed, and makes more of it than a night: it must be said then. */
  const isFar = (values: Values): boolean => {
    if (!known(values) || values.end_date || values.typed_s !== null) return false;
    const { start, end } = spanOf(values, zone, form.origin);
    return dayOfEnd(values) !== values.date && end.getTime() - start.getTime() > NIGHT_MS;
  };
  const endProblem = (values: Values): string | null => {
    if (!values.ended_at) return words.entry.time_bad;
    if (!values.date || !values.started_at) return null;
    const { start, end } = spanOf(values, zone, form.origin);
    const stays =
      form.origin?.ended_at &&
      end.getTime() === Date.parse(form.origin.ended_at) &&
      start.getTime() === Date.parse(form.origin.started_at);
    const times = `${values.date} ${values.started_at} ${values.ended_at}`;
    if (!stays && isFar(values) && asked.current !== times) {
      asked.current = times;
      return words.entry.end_long;
    }
    return !stays && end <= start ? words.entry.end_bad : null;
  };
  const times = (changes: Partial<Values>) => {
    const next = { ...values, ...changes, typed_s: null };
    if (!known(next))
      return set({ ...changes, typed_s: null, ...(goesOn(next) && { duration_s: "" }) });
    const { start, end } = spanOf(next, zone, form.origin);
    const seconds = Math.round((end.getTime() - start.getTime()) / 1000);
    set({ ...changes, typed_s: null, duration_s: seconds > 0 ? lengthText(seconds) : "" });
  };
  /** Another day: an end that has a date of its own moves along. */
  const move = (date: Day) => {
    const { date: old, end_date } = values;
    const days = date && old ? (Date.parse(date) - Date.parse(old)) / 86_400_000 : 0;
    times({ date, ...(end_date && { end_date: addDays(end_date, days) }) });
  };
  const duration = (text: string) => {
    const seconds = durationProblem(text) ? null : durationOf(text);
    if (seconds === null || seconds <= 0) return set({ duration_s: text });
    const now = inZone(Date.now(), zone);
    const date = values.date || now.date;
    const ends = instantOf(date, date === today(zone) ? now.time : "17:00", zone).getTime();
    const begin = values.started_at
      ? spanOf({ ...values, date }, zone, form.origin).start.getTime()
      : ends - seconds * 1000;
    const started = values.started_at
      ? { date, time: values.started_at }
      : inZone(Math.floor(begin / MINUTE_MS) * MINUTE_MS, zone);
    const ended = inZone(begin + seconds * 1000, zone);
    const next = {
      ...values,
      date: started.date,
      started_at: started.time,
      ended_at: ended.time,
      end_date: "" as const,
    };
    set({
      date: next.date,
      started_at: next.started_at,
      ended_at: next.ended_at,
      end_date: dayOfEnd(next) === ended.date ? "" : ended.date,
      duration_s: text,
      typed_s: seconds,
    });
  };

  const nextDay = crosses && !values.end_date && (isFar(values) ? "next_day_far" : "next_day");
  const endHint = goesOn(values) ? words.entry.runs : nextDay ? words.entry[nextDay] : undefined;
  /** A timer of an earlier day may be ended on any day since. */
  const endsLater = isRunning && values.ended_at !== "" && values.date !== today(zone);

  return (
    <Form form={form}>
      {whose && <p className="quiet">{whose}</p>}
      <Textarea label={words.field.note} autosize minRows={2} {...form.text("note")} />
      <ProjectSelect
        label={words.field.project}
        creates
        {...form.select("project")}
        onChange={(project) => {
          const billable = isBillable(project);
          set({ project, task: null, ...(!entry && !chose.current && { billable }) });
        }}
      />
      <TaskSelect label={words.field.task} project={values.project} {...form.select("task")} />
      <TagSelect
        label={words.field.tags}
        value={values.tags}
        onChange={(tags) => set({ tags })}
        stored={form.storedOf("tags")}
      />
      <TextInput
        type="date"
        label={words.field.date}
        {...form.text("date")}
        onChange={(event) => move(event.currentTarget.value)}
      />
      <div className="clock-times">
        <TextInput
          type="time"
          label={words.field.from}
          {...form.text("started_at")}
          onChange={(event) => times({ started_at: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={words.field.to}
          description={endHint}
          {...form.text("ended_at")}
          onChange={(event) => times({ ended_at: event.currentTarget.value })}
        />
        <TextInput
          label={words.field.duration}
          placeholder="1:30"
          {...form.text("duration_s")}
          onChange={(event) => duration(event.currentTarget.value)}
        />
      </div>
      {(values.end_date || isFar(values) || endsLater) && (
        <TextInput
          type="date"
          label={words.entry.ends_on}
          min={values.date}
          {...form.text("end_date")}
          value={dayOfEnd(values)}
          onChange={(event) => times({ end_date: event.currentTarget.value })}
        />
      )}
      {isElsewhere(zone) && <p className="field-note">{words.entry.zone(zone)}</p>}
      {entry && isPlaced(entry) && <p className="field-note">{words.entry.placed_change}</p>}
      <Checkbox
        label={words.field.billable}
        {...form.check("billable")}
        onChange={(event) => {
          chose.current = true;
          set({ billable: event.currentTarget.checked });
        }}
      />
      <div className="row between">
        {entry ? (
          <Button
            variant="subtle"
            color="red"
            leftSection={<Icon name="trash" size={16} />}
            onClick={() => {
              onClose();
              void removeEntry(entry);
            }}
          >
            {shared.act.remove}
          </Button>
        ) : (
          <span />
        )}
        <Submit form={form} onCancel={onClose} />
      </div>
    </Form>
  );
}
