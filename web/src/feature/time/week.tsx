// The week sheet: hours by project and day, by keyboard like a spreadsheet.
import { ActionIcon, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FocusEvent, type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { type Answer, api, Problem, reasonOf, type Whole } from "~/api/client";
import { queryClient, refresh, useById } from "~/api/queries";
import { Link, useFilters } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { leaveFor, useGuard } from "~/shell/unsaved";
import { Eye } from "~/ui/eye";
import { Icon } from "~/ui/icon";
import { useToday } from "~/ui/now";
import { useStands } from "~/ui/stands";
import { Empty, Notice, PageHead, Show } from "~/ui/states";
import {
  addDays,
  type Day,
  dateText,
  dayNamed,
  durationOf,
  durationText,
  numberText,
  rangeText,
  startOfWeek,
} from "~/ui/time";
import { notify, notifyProblem, notifyUndo } from "~/ui/toasts";
import { words as shared } from "~/words";
import { restoreEntry, sheetEntry } from "./cleared";
import { useClientName, useProjects, useTasks } from "./data";
import { durationProblem } from "./duration";
import { ProjectName, ProjectSelect } from "./pick";
import { words } from "./words";

type Given = Answer<"/time/week">;
type Week = Omit<Whole<Given, "zone">, "days"> & { days: Whole<Given["days"][number]>[] };
type Row = Given["rows"][number];

interface SheetRow {
  key: string;
  project: string | null;
  task: string | null;
  cells_s: number[];
  /** Of these, what entries make that the sheet can only add to. */
  entries_s: number[];
}

/** What was typed into a cell and is on its way. */
interface Change {
  row: string;
  day: number;
  seconds: number;
}

/** Why something is not kept, and whether other entries of the day stand in its way. */
interface Refusal {
  why: string;
  entries?: boolean;
}

const REFUSAL = "week-refusal";
const keyOf = (project?: string | null, task?: string | null) => `${project ?? ""} ${task ?? ""}`;
const sum = (cells: number[]) => cells.reduce((all, cell) => all + cell, 0);
const weekKey = (from: Day) => ["week", from];
const weekQuery = (from: Day) => ({
  queryKey: weekKey(from),
  queryFn: () => api.get("/time/week", { query: { date: from } }) as Promise<Week>,
});
const EMPTY = Array<number>(7).fill(0);
const emptyRow = (project: string | null, task: string | null = null): SheetRow => ({
  key: keyOf(project, task),
  project,
  task,
  cells_s: EMPTY,
  entries_s: EMPTY,
});
/** A node that is not upgraded yet does not tell the seconds of entries. */
const storedRow = (row: Row): SheetRow => ({
  ...emptyRow(row.project, row.task),
  cells_s: row.cells_s as number[],
  entries_s: (row.entries_s ?? EMPTY) as number[],
});

export default function WeekPage() {
  const session = useSession();
  const [filters, setFilters] = useFilters();
  const zone = session.zone;
  const weekStart = session.week_start;
  const now = useToday(zone);
  const from = startOfWeek(dayNamed(filters.get("date")) ?? now, weekStart);
  const week = useQuery({ ...weekQuery(from), placeholderData: (old) => old });
  const turn = (date: Day | null) => leaveFor(() => setFilters({ date }));

  return (
    <>
      <PageHead
        title={words.week.title}
        lead={rangeText(from, addDays(from, 6))}
        aside={<Eye table="time_entry" seen={words.today.seen} />}
      >
        <ActionIcon
          variant="default"
          size={36}
          aria-label={words.week.previous}
          onClick={() => turn(addDays(from, -7))}
        >
          <Icon name="left" />
        </ActionIcon>
        <Button variant="default" onClick={() => turn(null)}>
          {words.week.this}
        </Button>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={words.week.next}
          onClick={() => turn(addDays(from, 7))}
        >
          <Icon name="right" />
        </ActionIcon>
      </PageHead>
      <Show query={week}>
        {(data) => {
          const begins = data.days[0]?.date ?? from;
          return (
            <Sheet key={begins} from={begins} week={data} now={now} turning={begins !== from} />
          );
        }}
      </Show>
    </>
  );
}

interface SheetProps {
  from: Day;
  week: Week;
  now: Day;
  /** Another week is on its way. */
  turning: boolean;
}

function Sheet({ from, week, now, turning }: SheetProps) {
  const canWrite = useMay()("time.write");
  const projects = useById(useProjects().data);
  const tasks = useById(useTasks().data);
  const clientName = useClientName();
  const [known, setKnown] = useState<SheetRow[]>([]);
  const [pending, setPending] = useState<Change[]>([]);
  const [saved, setSaved] = useState(false);
  const [refused, setRefused] = useState<
    (Refusal & { at: string; label: string; date: Day; project: string | null }) | null
  >(null);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const grid = useRef<HTMLTableElement>(null);
  const days = useRef<HTMLDivElement>(null);
  const stands = useStands();
  useGuard(pending.length > 0);

  /** A shade shows on which side there are more days. */
  const shade = () => {
    const box = days.current;
    if (!box) return;
    box.toggleAttribute("data-before", box.scrollLeft > 1);
    box.toggleAttribute("data-after", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  };
  // Where not all days have room, today is the last of those in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as it opens
  useLayoutEffect(() => {
    const today = grid.current?.querySelector<HTMLElement>("th.today");
    const total = grid.current?.querySelector<HTMLElement>("thead th:last-child");
    const box = days.current;
    if (!total || !box) return;
    if (today)
      box.scrollLeft = today.offsetLeft + today.offsetWidth - box.clientWidth + total.offsetWidth;
    const sized = new ResizeObserver(shade);
    sized.observe(box);
    return () => sized.disconnect();
  }, []);

  const stored = week.rows.map(storedRow);
  const fresh = stored.filter((row) => !known.some(({ key }) => key === row.key));
  if (fresh.length > 0) setKnown([...known, ...fresh]);
  // A row keeps its place, emptied too: whoever types is never moved by an answer.
  const rows = known.map((row): SheetRow => {
    const there = stored.find(({ key }) => key === row.key);
    const cells_s = [...(there?.cells_s ?? EMPTY)];
    for (const change of pending) if (change.row === row.key) cells_s[change.day] = change.seconds;
    return { ...row, cells_s, entries_s: there?.entries_s ?? EMPTY };
  });
  const holds = rows.some(({ entries_s }) => sum(entries_s) > 0);
  const name = (row: SheetRow) =>
    [
      projects.get(row.project ?? "")?.name ?? words.week.none,
      clientName(projects.get(row.project ?? "")),
      tasks.get(row.task ?? "")?.name,
    ]
      .filter(Boolean)
      .join(", ");

  const dateOf = (day: number): Day => week.days[day]?.date ?? from;
  const label = (row: SheetRow, day: number) =>
    words.week.cell(name(row), dateText(dateOf(day), "long"));

  const send = async (row: SheetRow, day: number, duration_s: number) => {
    const { project, task } = row;
    const date = dateOf(day);
    const place = { person: week.person, zone: week.zone, date, project, task };
    const gone = duration_s === 0 ? await sheetEntry(place) : undefined;
    const body = { date, project, task, duration_s };
    const answer = await api.put("/time/week", { body });
    // What was asked before may be answered after it, with what was there before.
    const isAsked = queryClient.isFetching({ queryKey: weekKey(from) }) > 0;
    queryClient.setQueryData(weekKey(from), answer);
    if (isAsked) void refresh("week");
    void refresh("entries", "report");
    if (!gone) return;
    const left = answer.rows.find((each) => keyOf(each.project, each.task) === row.key);
    const left_s = (left?.cells_s as number[] | undefined)?.[day] ?? 0;
    notifyUndo(words.week.cleared(label(row, day), left_s && durationText(left_s)), async () => {
      const refusal = await save(row, day, row.cells_s[day] ?? 0);
      if (refusal) notify(refusal.why, { bad: true });
      else await restoreEntry(place, gone);
    });
  };

  /** Tells why it was refused, or null. Changes go one after the other, so that the last one stays. */
  const save = async (row: SheetRow, day: number, seconds: number): Promise<Refusal | null> => {
    const change = { row: row.key, day, seconds };
    setPending((all) => [...all, change]);
    const sent = queue.current.then(() => send(row, day, seconds));
    queue.current = sent.catch(() => {});
    try {
      await sent;
      setSaved(true);
      return null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const [first] = error.errors;
      const isCell = first?.pointer === "/duration_s";
      return { why: isCell ? first.problem : reasonOf(error), entries: isCell };
    } finally {
      setPending((all) => all.filter((each) => each !== change));
    }
  };

  const refuse = (row: SheetRow, at: string, day: number, refusal: Refusal) => {
    if (!stands.current)
      return notify(words.week.refused(label(row, day), refusal.why), { bad: true });
    const { project } = row;
    setRefused({ ...refusal, at, label: label(row, day), date: dateOf(day), project });
    setSaved(false);
  };

  /** The entries that stand in the way. */
  const entriesOf = ({ date, project }: NonNullable<typeof refused>) => {
    const filters = new URLSearchParams({ from: date, to: date, person: week.person ?? "" });
    if (project) filters.set("project", project);
    return `/time/entries?${filters}`;
  };

  /** False at the edge of the sheet. */
  const move = (row: number, day: number): boolean => {
    const cell = grid.current?.querySelector<HTMLInputElement>(`[data-cell="${row} ${day}"]`);
    cell?.focus();
    return cell != null;
  };

  /** Adds what is not there yet, and goes to the first of the rows. */
  const add = (added: SheetRow[]) => {
    const at = known.findIndex(({ key }) => key === added[0]?.key);
    const missing = added.filter(({ key }) => !known.some((row) => row.key === key));
    if (missing.length > 0) flushSync(() => setKnown([...known, ...missing]));
    const today = week.days.findIndex(({ date }) => date === now);
    move(at < 0 ? known.length : at, Math.max(0, today));
  };

  /** What was worked on the week before, as far as it still may be. */
  const addLast = async () => {
    try {
      const last = await queryClient.fetchQuery(weekQuery(addDays(from, -7)));
      const open = last.rows.filter(
        ({ project, task }) =>
          !projects.get(project ?? "")?.archived && !tasks.get(task ?? "")?.archived,
      );
      if (!stands.current) return;
      if (open.length > 0) add(open.map(({ project, task }) => emptyRow(project, task)));
      else notify(words.week.nothing_before);
    } catch (error) {
      notifyProblem(error);
    }
  };

  return (
    <div className="stack">
      <section className="card flush" aria-label={words.week.sheet}>
        {/* Without cells, it scrolls by keyboard itself. */}
        <div
          className="scroll week-scroll"
          ref={days}
          onScroll={shade}
          tabIndex={rows.length > 0 ? undefined : 0}
        >
          <table className="week" ref={grid}>
            <thead>
              <tr>
                <th scope="col">{words.field.project}</th>
                {week.days.map(({ date, length_s }) => (
                  <th key={date} scope="col" className={date === now ? "today" : undefined}>
                    <strong>{dateText(date, "weekday")}</strong>
                    {dateText(date, "day")}
                    {length_s !== 86_400 && (
                      <span
                        className="dst"
                        title={words.week.short(numberText(length_s / 3600, 1))}
                      >
                        {` ${numberText(length_s / 3600, 1)} h`}
                      </span>
                    )}
                  </th>
                ))}
                <th scope="col">{words.week.total}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr key={row.key}>
                  <th scope="row">
                    <span className="row">
                      <ProjectName project={projects.get(row.project ?? "")} />
                      <span className="muted small truncate">
                        {tasks.get(row.task ?? "")?.name}
                      </span>
                    </span>
                  </th>
                  {week.days.map(({ date, length_s }, day) => {
                    const at = `${i} ${day}`;
                    return (
                      <td key={date}>
                        <Cell
                          at={at}
                          label={label(row, day)}
                          seconds={row.cells_s[day] ?? 0}
                          least_s={canWrite ? (row.entries_s[day] ?? 0) : 0}
                          max_s={length_s}
                          readOnly={!canWrite || turning}
                          refused={refused?.at === at}
                          onType={() => setRefused((old) => (old?.at === at ? null : old))}
                          onRefuse={(why) => refuse(row, at, day, { why })}
                          onSave={async (seconds) => {
                            const refusal = await save(row, day, seconds);
                            if (refusal) refuse(row, at, day, refusal);
                            return !refusal;
                          }}
                          onMove={(down, right) => move(i + down, day + right)}
                        />
                      </td>
                    );
                  })}
                  <td className="num total">{durationText(sum(row.cells_s))}</td>
                </tr>
              ))}
            </tbody>
            {rows.length > 0 && (
              <tfoot>
                <tr>
                  <th scope="row">{words.week.total}</th>
                  {week.days.map(({ date }, day) => (
                    <td key={date} className="num">
                      {durationText(sum(rows.map((row) => row.cells_s[day] ?? 0)))}
                    </td>
                  ))}
                  <td className="num total">
                    {durationText(sum(rows.map(({ cells_s }) => sum(cells_s))))}
                  </td>
                </tr>
              </tfoot>
            )}
          </table>
        </div>
        {rows.length === 0 && (
          <Empty icon="week" title={words.week.empty} text={words.week.empty_help} />
        )}
      </section>
      {refused && (
        <div className="week-refusal" id={REFUSAL}>
          <Notice kind="bad">
            <span>{words.week.refused(refused.label, refused.why)}</span>
            {refused.entries && (
              <Link href={entriesOf(refused)}>
                {words.week.to_entries(dateText(refused.date, "long"))}
              </Link>
            )}
          </Notice>
        </div>
      )}
      {canWrite && (
        <div className="row between wrap">
          <ProjectSelect
            aria-label={words.week.add}
            placeholder={words.week.add}
            value={null}
            creates
            onChange={(project) => project && add([emptyRow(project)])}
            w={260}
          />
          <Button variant="default" onClick={() => void addLast()}>
            {words.week.add_last}
          </Button>
          <p className="grow small muted" role="status">
            {pending.length > 0 ? words.week.saving : saved && shared.state.saved}
          </p>
        </div>
      )}
      {canWrite && (
        <p className="small muted">
          {words.week.help} <span className="off-phone">{words.week.keys}</span>
          {holds && (
            <>
              {" "}
              <span className="held-mark" aria-hidden="true" /> {words.week.held_help}
            </>
          )}
        </p>
      )}
    </div>
  );
}

interface CellProps {
  at: string;
  label: string;
  seconds: number;
  /** What entries make of it, which the sheet cannot lower. */
  least_s: number;
  /** The length of the day. */
  max_s: number;
  readOnly: boolean;
  /** What was given last is not kept; why stands below the sheet. What cannot be read stays. */
  refused: boolean;
  onType: () => void;
  onRefuse: (why: string) => void;
  /** Whether it is kept. */
  onSave: (seconds: number) => Promise<boolean>;
  /** False where there is no such cell. */
  onMove: (down: number, right: number) => boolean;
}

const textOf = (seconds: number) => (seconds === 0 ? "" : durationText(seconds));

function Cell(props: CellProps) {
  const { at, label, seconds, least_s, max_s, readOnly, refused } = props;
  const { onType, onRefuse, onSave, onMove } = props;
  const [text, setText] = useState<string | null>(null);
  /** What the server did not take: it stays, and is sent again by Enter alone. */
  const [denied, setDenied] = useState<string | null>(null);
  const type = (typed: string | null) => {
    setText(typed);
    setDenied(null);
    onType();
  };
  const isDenied = text !== null && text === denied;
  const held = least_s > 0 ? words.week.held(durationText(least_s)) : undefined;
  const shown = text ?? textOf(seconds);
  const isClear = shown.trim() === "";
  const long = words.entry.duration_long(numberText(max_s / 3600, 1));
  const problem = text === null || isClear ? null : durationProblem(text, max_s, long);
  useGuard(problem !== null, words.week.unread);

  // At once: the blur that moving on brings must find nothing left to keep, and who stays selects the
  // text as it will stand.
  const keep = (read: number) =>
    flushSync(() => {
      setText(null);
      if (textOf(read) !== textOf(seconds)) void send(read);
    });
  const send = async (read: number) => {
    if ((await onSave(read)) || read === 0) return;
    setText((typed) => typed ?? text);
    setDenied(text);
  };
  /** False when what stands here cannot be kept: it stays, to be mended. */
  const commit = (again = false): boolean => {
    if (text === null || (isDenied && !again)) return true;
    if (problem) {
      onRefuse(problem);
      return false;
    }
    keep(isClear ? 0 : (durationOf(text) ?? 0));
    return true;
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    const input = event.currentTarget;
    const all =
      text === null || (input.selectionStart === 0 && input.selectionEnd === input.value.length);
    const atStart = all || input.selectionEnd === 0;
    const atEnd = all || input.selectionStart === input.value.length;
    const moves: Record<string, [number, number] | false> = {
      Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowLeft: atStart && [0, -1],
      ArrowRight: atEnd && [0, 1],
    };
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      if (!commit(event.key === "Enter") || !onMove(...move)) input.select();
    } else if (event.key === "Escape") {
      flushSync(() => type(null));
      input.select();
    } else if ((event.key === "Delete" || event.key === "Backspace") && all && !readOnly) {
      event.preventDefault();
      type("");
      // Backspace begins to type; Delete clears, and what comes of it is said at once.
      if (event.key === "Delete") keep(0);
      input.select();
    }
  };

  return (
    <input
      className={least_s > 0 ? "cell held" : "cell"}
      data-cell={at}
      aria-label={label}
      aria-invalid={problem !== null || isDenied || refused}
      aria-describedby={refused ? REFUSAL : undefined}
      aria-description={held}
      title={held}
      inputMode="text"
      autoComplete="off"
      maxLength={20}
      readOnly={readOnly}
      value={shown}
      onChange={(event) => type(event.currentTarget.value)}
      onFocus={(event: FocusEvent<HTMLInputElement>) => {
        event.currentTarget.select();
        if (problem) onRefuse(problem);
      }}
      onBlur={() => commit()}
      onKeyDown={keys}
    />
  );
}
