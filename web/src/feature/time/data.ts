// What the pages about time read, and how they refresh it after a change.
import { useQuery } from "@tanstack/react-query";
import { all, api, type Input, type Query, type Row, type Whole } from "~/api/client";
import { queryClient, refresh, useById } from "~/api/queries";
import { isReached } from "~/api/reach";
import { useMay, useReaches } from "~/shell/session";
import { addDays, type Day, instantOf, inZone } from "~/ui/time";
import type { Wish } from "./unsent";

export type Entry = Whole<Row<"/time/entries">, "person">;
export type Overlap = Whole<Row<"/time/overlaps">, "entry" | "started_at">;
/** An entry of a list, with the first that it overlaps, and what is wished for it and not sent yet. */
export type Listed = Entry & { overlap?: Overlap; wish?: Wish };
export type Project = Row<"/projects">;
export type EntryInput = Input<"/time/entries">;

const SLOW = 300_000;
/** What one's own time needs without a connection, on a device that was chosen for it. */
export const KEPT = { kept: true };

export const useProjects = () =>
  useQuery({
    queryKey: ["projects"],
    queryFn: () => all("/projects"),
    staleTime: SLOW,
    meta: KEPT,
  });
export const useClients = () =>
  useQuery({ queryKey: ["clients"], queryFn: () => all("/clients"), staleTime: SLOW, meta: KEPT });
export const useTasks = () =>
  useQuery({ queryKey: ["tasks"], queryFn: () => all("/tasks"), staleTime: SLOW, meta: KEPT });
export const useTags = () =>
  useQuery({ queryKey: ["tags"], queryFn: () => all("/tags"), staleTime: SLOW, meta: KEPT });

/** Whether work on a project is billed, when it is not said. */
export const isBillable = (project: string | null) =>
  queryClient.getQueryData<Project[]>(["projects"])?.find(({ id }) => id === project)?.billable ??
  false;

export const useTimer = () =>
  useQuery({
    queryKey: ["timer"],
    queryFn: () => api.get("/time/timer"),
    meta: KEPT,
    refetchOnWindowFocus: "always",
    staleTime: 15_000,
  });

export type Kind = "projects" | "clients" | "tasks" | "tags";

/** Whether what entries are booked on may be made and changed. */
export const useMayManage = (kind: Kind) =>
  useMay()(kind === "tags" ? "tags.manage" : "projects.manage");

/** Whether an entry may be changed. */
export function useMayChange() {
  const reaches = useReaches("time.write");
  return ({ person }: Entry) => reaches({ id: person });
}

/** The name of the client of a project. */
export function useClientName() {
  const clients = useById(useClients().data);
  return (project: Pick<Project, "client"> | null | undefined) =>
    clients.get(project?.client ?? "")?.name;
}

type EntryQuery = Query<"/time/entries">;

interface EntryFilter {
  person?: string | null;
  project?: string | null;
  note_contains?: string | null;
}

interface EntryPage {
  items: Listed[];
  next: string | null;
}

const startOf = (day: Day, zone: string) => instantOf(day, "00:00", zone).toISOString();

/** Whether nobody chose its clock times: hours of the week sheet, which put them where there was room. */
export const isPlaced = ({ source }: Entry) => source === "week";

const marked = (entries: Entry[], overlaps: Overlap[]): Listed[] => {
  const found = new Map(overlaps.map((overlap) => [overlap.entry, overlap]));
  return entries.map((entry) => ({ ...entry, overlap: found.get(entry.id) }));
};

// A list is there without its marks too: while nodes are upgraded in turn, an older one does not
// know them.

/** All entries of a query. */
export async function entriesOf(query: EntryQuery): Promise<Listed[]> {
  const [entries, overlaps] = await Promise.all([
    all("/time/entries", query),
    all("/time/overlaps", query).catch(() => []),
  ]);
  return marked(entries as Entry[], overlaps as Overlap[]);
}

/** A page of them. A search may end a page before anything is found; then it goes on. */
export async function entriesPage(query: EntryQuery, signal: AbortSignal): Promise<EntryPage> {
  const [{ items, next }, overlaps] = await Promise.all([
    api.get("/time/entries", { query, signal }),
    api.get("/time/overlaps", { query, signal }).catch(() => null),
  ]);
  if (items.length === 0 && next) return entriesPage({ ...query, cursor: next }, signal);
  return { items: marked(items as Entry[], (overlaps?.items ?? []) as Overlap[]), next };
}

/** The query of entries that begin on the days of a period or the day before, in a zone. */
export function entriesQuery(from: Day, to: Day, zone: string, filter: EntryFilter): EntryQuery {
  return {
    ...filter,
    started_at_from: startOf(addDays(from, -1), zone),
    started_at_to: startOf(addDays(to, 1), zone),
    sort: "-started_at",
  } as EntryQuery;
}

/** The few entries that begin before that and reach into the period. */
export const reachingEntries = (from: Day, zone: string, filter: EntryFilter) =>
  entriesOf({
    ...filter,
    reaches_from: startOf(from, zone),
    started_at_to: startOf(addDays(from, -1), zone),
    sort: "reaches",
  } as EntryQuery);

/** The day of the newest entry that begins before a day. */
export async function lastBefore(day: Day, zone: string, filter: EntryFilter): Promise<Day | null> {
  const query = { ...filter, started_at_to: startOf(day, zone), limit: 1 } as EntryQuery;
  const [newest] = (await api.get("/time/entries", { query })).items as Entry[];
  return newest ? inZone(newest.started_at, newest.zone || zone).date : null;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The members of what is to be that differ from the stored entry. */
export function changesOf(wanted: Partial<EntryInput>, stored: Entry): Partial<EntryInput> {
  const isSame = (name: string, value: unknown) => {
    const old = stored[name as keyof Entry];
    if (name === "tags")
      return same([...((value as string[]) ?? [])].sort(), [...((old as string[]) ?? [])].sort());
    if (name.endsWith("_at")) return Date.parse(String(value)) === Date.parse(String(old));
    return same(value, old);
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isSame(name, value)),
  ) as Partial<EntryInput>;
}

/** After any change of entries. While the server is away, everything is looked at when it is back. */
export const entriesChanged = () =>
  isReached() ? refresh("timer", "entries", "week", "report") : Promise.resolve();
