// One entry in a list: note, project, clock times, duration, acts.
import { ActionIcon } from "@mantine/core";
import { api, Problem } from "~/api/client";
import { useMay, useSession } from "~/shell/session";
import { Icon } from "~/ui/icon";
import { RowMenu } from "~/ui/record";
import { clockText, dateText, durationText, inZone } from "~/ui/time";
import { notify } from "~/ui/toasts";
import { type Entry, entriesChanged, type Project, useMayChange } from "./data";
import { ProjectName } from "./pick";
import { removeEntry } from "./remove";
import { words } from "./words";

export async function startAgain(entry: Entry) {
  const { project, task, note, tags } = entry;
  try {
    await api.post("/time/timer", { body: { project, task, note, tags } as never });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    notify(error.detail ?? error.message, { bad: true });
  }
  await entriesChanged();
}

/** When an entry ended; with the date where the clock time alone would mislead. */
function endText(ended_at: string, seconds: number, zone: string): string {
  const time = clockText(ended_at, zone);
  if (seconds < 86_400) return time;
  return `${dateText(inZone(ended_at, zone).date, "short")}, ${time}`;
}

interface EntryRowProps {
  entry: Entry;
  project: Project | undefined;
  person?: string;
  onEdit: (entry: Entry) => void;
}

export function EntryRow({ entry, project, person, onEdit }: EntryRowProps) {
  const { zone } = useSession();
  const may = useMay();
  const what = entry.note || words.entry.untitled;
  const start = clockText(entry.started_at, zone);
  const end = entry.ended_at ? endText(entry.ended_at, entry.duration_s, zone) : words.today.now;
  const canChange = useMayChange()(entry);
  const text = (
    <>
      <span className={entry.note ? "" : "muted"}>{what}</span>
      {person && <span className="muted small"> · {person}</span>}
    </>
  );
  return (
    <div className="entry">
      {canChange ? (
        <button type="button" className="linklike truncate" onClick={() => onEdit(entry)}>
          {text}
        </button>
      ) : (
        <span className="truncate">{text}</span>
      )}
      <span className="entry-project truncate">
        <ProjectName project={project} />
      </span>
      <span className="entry-times num muted small">{words.entry.from_to(start, end)}</span>
      <span className="num strong">
        {entry.ended_at ? durationText(entry.duration_s) : words.today.running}
      </span>
      {may("time.write") && (
        <Acts entry={entry} what={what} onEdit={canChange ? onEdit : undefined} />
      )}
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
      <ActionIcon
        aria-label={`${words.entry.again}: ${what}`}
        title={words.entry.again}
        onClick={() => void startAgain(entry)}
      >
        <Icon name="play" size={16} />
      </ActionIcon>
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
