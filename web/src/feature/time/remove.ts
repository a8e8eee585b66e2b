// Deleting an entry, with ten seconds to take it back.
import { api, Problem } from "~/api/client";
import { notify, notifyUndo } from "~/ui/toasts";
import { type Entry, type EntryInput, entriesChanged } from "./data";
import { words } from "./words";

function say(error: unknown) {
  if (!(error instanceof Problem)) throw error;
  notify(error.detail ?? error.message, { bad: true });
}

async function restore(entry: Entry) {
  const { person, project, task, started_at, ended_at, note, billable, tags } = entry;
  const body = { person, project, task, started_at, ended_at, note, billable, tags } as EntryInput;
  try {
    await api.post("/time/entries", { body });
  } catch (error) {
    say(error);
  }
  await entriesChanged();
}

export async function removeEntries(entries: Entry[]) {
  const gone: Entry[] = [];
  try {
    for (const entry of entries) {
      const { id, version } = entry;
      await api.delete("/time/entries/{id}", { params: { id }, version });
      gone.push(entry);
    }
  } catch (error) {
    say(error);
  }
  await entriesChanged();
  if (gone.length === 0) return;
  const text = gone.length === 1 ? words.entry.removed : words.entries.deleted(gone.length);
  notifyUndo(text, () => {
    for (const entry of gone) if (entry.ended_at) void restore(entry);
  });
}

export const removeEntry = (entry: Entry) => removeEntries([entry]);
