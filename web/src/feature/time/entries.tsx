// Entries as they were recorded, by day: filters in the URL, many changed or deleted at once, export of what
// is shown.
import { ActionIcon, Button, Checkbox, Menu } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { address } from "~/api/client";
import { refresh, useById } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { Link, useFilters } from "~/shell/router";
import { reachOf, useMay, useSession } from "~/shell/session";
import { Eye } from "~/ui/eye";
import { Filters, TextFilter } from "~/ui/filters";
import { Icon } from "~/ui/icon";
import { PeriodFilter, usePeriod } from "~/ui/period";
import { Empty, Failed, Loading, PageHead } from "~/ui/states";
import { type Day, dateText, durationText } from "~/ui/time";
import { words as shared } from "~/words";
import { ChangeMany } from "./change-many";
import {
  type Entry,
  entriesPage,
  entriesQuery,
  reachingEntries,
  useMayChange,
  useProjects,
} from "./data";
import { byDay } from "./days";
import { EntryDrawer } from "./entry-form";
import { EntryRow } from "./entry-row";
import { ProjectSelect, WorkerSelect } from "./pick";
import { removeEntries } from "./remove";
import { useWishes, withWishes } from "./unsent";
import { words } from "./words";

const PAGE = 100;
const TYPING_MS = 300;

export default function Entries() {
  const session = useSession();
  const may = useMay();
  const zone = session.zone;
  const [filters, setFilters] = useFilters();
  const period = usePeriod("last_30_days");
  const { from, to } = period;
  const mayChange = useMayChange();
  const seesOthers = reachOf(session, "time.read") !== "own";
  const person = filters.get("person") ?? (seesOthers ? null : session.person);
  const project = filters.get("project");
  const [note] = useDebouncedValue(filters.get("q"), TYPING_MS);
  const filter = { person, project, note_contains: note };
  const [editing, setEditing] = useState<Entry | "new" | null>(null);
  const [changing, setChanging] = useState<Set<string> | null>(null);
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const projects = useById(useProjects().data);
  const people = useById(usePeople(seesOthers && may("people.read")).data);

  const entries = useInfiniteQuery({
    queryKey: ["entries", "list", from, to, filter, zone],
    queryFn: ({ pageParam, signal }) => {
      const query = entriesQuery(from, to, zone, filter);
      return entriesPage({ ...query, limit: PAGE, cursor: pageParam }, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const reaching = useQuery({
    queryKey: ["entries", "reaching", from, filter, zone],
    queryFn: () => reachingEntries(from, zone, filter),
  });
  const stored = [
    ...(entries.data?.pages.flatMap((page) => page.items) ?? []),
    ...(reaching.data ?? []),
  ];
  const isWanted = (entry: Entry) =>
    (!person || entry.person === person) &&
    (!project || entry.project === project) &&
    (!note || entry.note?.toLowerCase().includes(note.toLowerCase()));
  const items = withWishes(stored, useWishes()).filter((entry) => !entry.wish || isWanted(entry));
  const error = entries.error ?? reaching.error;
  const days = byDay(items, zone, from, to);
  // Of the oldest day some entries may not be here yet.
  const begun = entries.hasNextPage ? days.at(-1)?.day : null;
  const among = (ids: Set<string>) => items.filter(({ id }) => ids.has(id));
  const chosen = among(selected);
  const file = (kind: "csv" | "json") =>
    address(`/time/export.${kind}`, undefined, { from, to, ...filter });

  const toggle = (ids: string[], on: boolean) =>
    setSelected((old) => {
      const next = new Set(old);
      for (const id of ids) on ? next.add(id) : next.delete(id);
      return next;
    });

  return (
    <>
      <PageHead
        title={words.entries.title}
        lead={words.entries.lead}
        aside={<Eye table="time_entry" seen={words.today.seen} />}
      >
        {may("time.import") && <Link href="/time/import">{words.today.import}</Link>}
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<Icon name="download" size={16} />}>
              {words.entries.export}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={file("csv")} download>
              {words.entries.csv}
            </Menu.Item>
            <Menu.Item component="a" href={file("json")} download>
              {words.entries.json}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {may("time.write") && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEditing("new")}>
            {words.entry.create}
          </Button>
        )}
      </PageHead>
      <Filters>
        <TextFilter label={words.entries.search} />
        <PeriodFilter period={period} />
        <ProjectSelect
          label={words.field.project}
          placeholder={words.pick.all_projects}
          value={project}
          onChange={(value) => setFilters({ project: value })}
        />
        {seesOthers && may("people.read") && (
          <WorkerSelect
            label={words.field.person}
            value={person}
            onChange={(value) => setFilters({ person: value })}
          />
        )}
      </Filters>
      <section className="card flush" aria-label={words.entries.title}>
        {error ? (
          <Failed error={error} retry={() => void refresh("entries")} />
        ) : entries.isPending || reaching.isPending ? (
          <Loading rows={8} />
        ) : days.length === 0 ? (
          <Empty
            icon="today"
            title={note ? words.entries.none_with(note) : words.entries.empty}
            text={note ? words.entries.none_with_help : words.entries.empty_help}
          />
        ) : (
          days.map(({ day, list, total_s }) => (
            <div key={day}>
              <div className="day">
                <span className="row">
                  <DayCheck
                    day={day}
                    ids={list.filter(mayChange).map(({ id }) => id)}
                    selected={selected}
                    onToggle={toggle}
                  />
                  <h2>{dateText(day, "long")}</h2>
                </span>
                <span className="num strong">
                  {day === begun
                    ? words.entries.so_far(durationText(total_s))
                    : durationText(total_s)}
                </span>
              </div>
              <ul className="entries">
                {list.map((entry) => (
                  <li key={entry.id} className="row selectable">
                    {mayChange(entry) ? (
                      <Checkbox
                        size="xs"
                        aria-label={words.entries.select(entry.note || words.entry.untitled)}
                        checked={selected.has(entry.id)}
                        onChange={(event) => toggle([entry.id], event.currentTarget.checked)}
                      />
                    ) : (
                      may("time.write") && <span className="check-room" />
                    )}
                    <div className="grow">
                      <EntryRow
                        entry={entry}
                        day={day}
                        project={projects.get(entry.project ?? "")}
                        person={
                          entry.person === session.person
                            ? undefined
                            : people.get(entry.person)?.name
                        }
                        onEdit={setEditing}
                      />
                    </div>
                  </li>
                ))}
              </ul>
            </div>
          ))
        )}
      </section>
      {chosen.length > 0 && (
        <section className="card selection" aria-label={words.entries.selected(chosen.length)}>
          <ActionIcon
            aria-label={words.entries.clear_selected}
            title={words.entries.clear_selected}
            onClick={() => setSelected(new Set())}
          >
            <Icon name="cross" size={16} />
          </ActionIcon>
          <span className="grow">{words.entries.selected(chosen.length)}</span>
          <Button variant="default" onClick={() => setChanging(selected)}>
            {words.entries.change_selected}
          </Button>
          <Button
            variant="light"
            color="red"
            onClick={() => {
              setSelected(new Set());
              void removeEntries(chosen);
            }}
          >
            {words.entries.delete_selected}
          </Button>
        </section>
      )}
      {entries.hasNextPage && (
        <div className="state">
          <Button
            variant="default"
            loading={entries.isFetchingNextPage}
            onClick={() => void entries.fetchNextPage()}
          >
            {shared.act.more}
          </Button>
        </div>
      )}
      {changing && (
        <ChangeMany entries={among(changing)} onClose={() => setChanging(null)} onSelect={toggle} />
      )}
      {editing && (
        <EntryDrawer
          entry={editing === "new" ? undefined : editing}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

interface DayCheckProps {
  day: Day;
  ids: string[];
  selected: Set<string>;
  onToggle: (ids: string[], on: boolean) => void;
}

/** Selects all of a day that may be changed. */
function DayCheck({ day, ids, selected, onToggle }: DayCheckProps) {
  if (ids.length === 0) return null;
  const all = ids.every((id) => selected.has(id));
  return (
    <Checkbox
      size="xs"
      aria-label={words.entries.select(dateText(day, "long"))}
      checked={all}
      indeterminate={!all && ids.some((id) => selected.has(id))}
      onChange={(event) => onToggle(ids, event.currentTarget.checked)}
    />
  );
}
