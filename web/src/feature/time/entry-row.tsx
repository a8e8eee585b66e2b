// One entry in a list: note, project, clock times, duration, acts.
import { ActionIcon } from "@mantine/core";
import { type RefObject, useLayoutEffect, useRef } from "react";
import { useById } from "~/api/queries";
import { useMay, useSession } from "~/shell/session";
import { Icon } from "~/ui/icon";
import { RowMenu } from "~/ui/record";
import { clockText, type Day, durationText, secondsByDay } from "~/ui/time";
import { notifyProblem } from "~/ui/toasts";
import {
  type Entry,
  entriesChanged,
  isPlaced,
  type Listed,
  type Project,
  useMayChange,
  useTags,
  useTasks,
} from "./data";
import { ProjectName } from "./pick";
import { removeEntry } from "./remove";
import { overlapText } from "./slips";
import { startTimer } from "./unsent";
import { words } from "./words";

let starting = false;

export async function startAgain(entry: Entry) {
  if (starting) return; // a second click is no second wish
  starting = true;
  const { project, task, note, tags } = entry;
  try {
    await startTimer({ project, task, note, tags });
  } catch (error) {
    notifyProblem(error);
  } finally {
    starting = false;
  }
  await entriesChanged();
}

/** What of an entry that ended falls on a day: rows of a day add up to its heading. */
function partOf({ started_at, ended_at, zone }: Entry, day: Day, given: string) {
  const start = Date.parse(started_at);
  let at = start;
  for (const [each, seconds] of secondsByDay(start, Date.parse(ended_at ?? ""), zone || given)) {
    const end = at + seconds * 1000;
    if (each === day) return { start: at, end, seconds };
    at = end;
  }
  return null;
}

/** Who was at a row that goes, as it is deleted, goes on at the one beside it. */
function useFocusBeside(row: RefObject<HTMLElement | null>) {
  useLayoutEffect(() => {
    const item = row.current?.closest("li");
    return () => {
      if (!item?.contains(document.activeElement)) return;
      const beside = item.nextElementSibling ?? item.previousElementSibling;
      const next = beside?.querySelector("button") ?? document.getElementById("main");
      next?.focus({ preventScroll: true });
    };
  }, [row]);
}

interface EntryRowProps {
  entry: Listed;
  /** The day that the row stands below. */
  day: Day;
  project: Project | undefined;
  person?: string;
  onEdit: (entry: Entry) => void;
}

export function EntryRow({ entry, day, project, person, onEdit }: EntryRowProps) {
  const { zone } = useSession();
  const may = useMay();
  const what = entry.note || words.entry.untitled;
  const part = entry.ended_at ? partOf(entry, day, zone) : null;
  const clock = (instant: number) => clockText(new Date(instant).toISOString(), zone);
  const start = clock(part?.start ?? Date.parse(entry.started_at));
  const end = part ? clock(part.end) : words.today.now;
  const when = words.entry.from_to(start, end);
  const shares = entry.overlap && overlapText(entry.overlap, entry, zone);
  const unsent = entry.wish && (entry.wish.refused ? words.unsent.refused : words.unsent.waits);
  const canChange = useMayChange()(entry);
  const row = useRef<HTMLDivElement>(null);
  useFocusBeside(row);
  const tasks = useById(useTasks().data);
  const tags = useById(useTags().data);
  const named = [tasks.get(entry.task ?? ""), ...(entry.tags ?? []).map((id) => tags.get(id))];
  const marks = named.flatMap((each) => each?.name ?? []).join(" · ");
  const text = (
    <span className="entry-what truncate">
      <span className={entry.note ? "" : "muted"}>{what}</span>
      {person && <span className="muted small"> · {person}</span>}
    </span>
  );
  return (
    <div ref={row} className="entry">
      <span className="row">
        {canChange ? (
          <button type="button" className="linklike" onClick={() => onEdit(entry)}>
            {text}
          </button>
        ) : (
          text
        )}
        {marks && <span className="entry-marks truncate muted small">{marks}</span>}
        {shares && (
          <span className="tag warn" title={shares}>
            {words.entry.overlaps}
          </span>
        )}
        {unsent && (
          <span
            className="tag warn unsent-tag"
            title={entry.wish?.refused ?? words.unsent.waits_help}
          >
            {unsent}
          </span>
        )}
      </span>
      <span className="entry-project truncate">
        <ProjectName project={project} />
      </span>
      {isPlaced(entry) ? (
        <span className="entry-times muted small" title={words.entry.placed_help}>
          {words.entry.placed}
        </span>
      ) : (
        <span className="entry-times num muted small">{when}</span>
      )}
      <span className="num">
        <span className="strong">{part ? durationText(part.seconds) : words.today.running}</span>
        {part && part.seconds < entry.duration_s && (
          <span className="entry-of muted small">
            {words.entry.of(durationText(entry.duration_s))}
          </span>
        )}
      </span>
      {may("time.write") && (
        <Acts entry={entry} what={what} onEdit={canChange ? onEdit : undefined} />
      )}
      {/* Where nothing hovers, it is said. */}
      {shares && <span className="entry-shares small">{shares}</span>}
    </div>
  );
}

interface ActsProps {
  entry: Entry;
  what: string;
  /** Absent: somebody else's, which can only be started again as one's own. */
  onEdit?: (entry: Entry) => void;
}

function Acts({ entry, what, onEdit }: ActsProps) {
  return (
    <span className="entry-acts">
      {entry.ended_at ? (
        <ActionIcon
          aria-label={`${words.entry.again}: ${what}`}
          title={words.entry.again}
          onClick={() => void startAgain(entry)}
        >
          <Icon name="play" size={16} />
        </ActionIcon>
      ) : (
        <span className="entry-act" />
      )}
      {onEdit ? (
        <RowMenu
          name={what}
          onEdit={() => onEdit(entry)}
          onRemove={() => void removeEntry(entry)}
        />
      ) : (
        <span className="entry-act" />
      )}
    </span>
  );
}
