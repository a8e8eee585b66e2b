// Deleting an entry, with ten seconds to take it back.
import { Problem, reasonOf } from "~/api/client";
import { notify, notifyProblem, notifyUndo } from "~/ui/toasts";
import { words as shared } from "~/words";
import { type Entry, type EntryInput, entriesChanged } from "./data";
import { createEntry, deleteEntry } from "./unsent";
import { words } from "./words";

async function create(entry: Entry) {
  const { person, project, task, started_at, ended_at, note, billable, tags } = entry;
  const body = { person, project, task, started_at, ended_at, note, billable, tags } as EntryInput;
  await createEntry(body);
}

async function restore(entries: Entry[]) {
  const results = await Promise.allSettled(entries.map(create));
  const left = entries.filter((_, i) => results[i]?.status === "rejected");
  const first = results.find((result) => result.status === "rejected");
  if (first) {
    if (!(first.reason instanceof Problem)) throw first.reason;
    // Nothing else remembers them.
    const act = { label: shared.act.retry, run: () => void restore(left) };
    notify(words.entry.not_restored(reasonOf(first.reason)), { bad: true, act });
  }
  await entriesChanged();
}

export async function removeEntries(entries: Entry[]) {
  const gone: Entry[] = [];
  try {
    for (const entry of entries) {
      if (await deleteEntry(entry)) gone.push(entry);
    }
  } catch (error) {
    notifyProblem(error);
  }
  await entriesChanged();
  if (gone.length === 0) return;
  const text = gone.length === 1 ? words.entry.removed : words.entries.deleted(gone.length);
  // A timer that ran does not run again.
  const ended = gone.filter(({ ended_at }) => ended_at);
  if (ended.length > 0) notifyUndo(text, () => void restore(ended));
  else notify(text);
}

export const removeEntry = (entry: Entry) => removeEntries([entry]);
