// Clearing a cell of the week sheet deletes its entry; taking that back restores it as it was.
import { all, api, type Query } from "~/api/client";
import { addDays, type Day, instantOf } from "~/ui/time";
import { notifyProblem } from "~/ui/toasts";
import { type Entry, entriesChanged, isPlaced } from "./data";

interface Place {
  person: string | null | undefined;
  zone: string;
  date: Day;
  project: string | null;
  task: string | null;
}

/** The entry that the sheet keeps for a cell; it may have got a note and more since. */
export async function sheetEntry({ person, zone, date, project, task }: Place) {
  const query = {
    person,
    project,
    started_at_from: instantOf(date, "00:00", zone).toISOString(),
    started_at_to: instantOf(addDays(date, 1), "00:00", zone).toISOString(),
  };
  const entries = (await all("/time/entries", query as Query<"/time/entries">)) as Entry[];
  return entries.find(
    (entry) =>
      isPlaced(entry) && (entry.project ?? null) === project && (entry.task ?? null) === task,
  );
}

const moreOf = ({ note, billable, tags }: Entry) => ({ note, billable, tags });

/** Gives the entry of a cell that has its hours again what else it held before. */
export async function restoreEntry(place: Place, was: Entry) {
  const body = moreOf(was);
  try {
    const entry = await sheetEntry(place);
    if (!entry || JSON.stringify(moreOf(entry)) === JSON.stringify(body)) return;
    const { id, version } = entry;
    await api.patch("/time/entries/{id}", { params: { id }, version, body });
  } catch (error) {
    notifyProblem(error);
  }
  await entriesChanged();
}
