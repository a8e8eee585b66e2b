// Today: what has been recorded, a picture of the day, a quick way to add, the days before.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useById } from "~/api/queries";
import { go, Link } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { Eye } from "~/ui/eye";
import { Icon } from "~/ui/icon";
import { useMinute, useToday } from "~/ui/now";
import { Empty, PageHead, Show } from "~/ui/states";
import { addDays, type Day, dateText, durationText, startOfWeek } from "~/ui/time";
import { words as shared } from "~/words";
import {
  type Entry,
  entriesOf,
  entriesQuery,
  KEPT,
  type Listed,
  lastBefore,
  reachingEntries,
  useProjects,
} from "./data";
import { byDay } from "./days";
import { EntryDrawer } from "./entry-form";
import { EntryRow } from "./entry-row";
import { Lately, useLately } from "./lately";
import { QuickAdd } from "./quick-add";
import { emit } from "./signals";
import { Timeline } from "./timeline";
import { useWishes, withWishes } from "./unsent";
import { words } from "./words";

const NOTHING = { list: [] as Listed[], total_s: 0 };

/** Own entries since a week began; while no earlier day of it has any, since the last day that has. */
function useEntries(from: Day, now: Day) {
  const { person, zone } = useSession();
  return useQuery({
    queryKey: ["entries", "week", person, from, zone],
    meta: KEPT,
    placeholderData: (old) => old, // as a week begins, what is being typed stands
    queryFn: async () => {
      const own = { person };
      const since = async (day: Day) => {
        const [begun, reaching] = await Promise.all([
          entriesOf(entriesQuery(day, now, zone, own)),
          reachingEntries(day, zone, own),
        ]);
        return [...begun, ...reaching];
      };
      const week = await since(from);
      if (byDay(week, zone, from, addDays(now, -1)).length > 0) return week;
      const before = await lastBefore(from, zone, own);
      return before ? since(before) : week;
    },
  });
}

export default function Today() {
  const { zone, week_start } = useSession();
  const may = useMay();
  const now = useToday(zone);
  useMinute();
  const from = startOfWeek(now, week_start);
  const [editing, setEditing] = useState<Entry | null>(null);
  const projects = useById(useProjects().data);
  const wishes = useWishes();
  const entries = useEntries(from, now);

  return (
    <>
      <Show query={entries}>
        {(stored) => {
          const items = withWishes(stored, wishes);
          const days = byDay(items, zone, "", now);
          const week = days.filter(({ day }) => day >= from);
          const { list: mine, total_s } = week.find(({ day }) => day === now) ?? NOTHING;
          const earlier = week.filter(({ day }) => day !== now);
          // A week that begins still shows where the work was left.
          const shown =
            earlier.length > 0 ? earlier : days.filter(({ day }) => day < from).slice(0, 1);
          const besides = [mine, ...shown.map(({ list }) => list)].flat();
          const week_s = week.reduce((sum, day) => sum + day.total_s, 0);
          const row = (day: Day) => (entry: Listed) => (
            <li key={entry.id}>
              <EntryRow
                entry={entry}
                day={day}
                project={projects.get(entry.project ?? "")}
                onEdit={setEditing}
              />
            </li>
          );
          return (
            <>
              <PageHead
                title={dateText(now, "long")}
                lead={words.today.lead(durationText(total_s), mine.length)}
                aside={<Eye table="time_entry" seen={words.today.seen} />}
              >
                <span className="quiet figures">{words.today.to_do(durationText(week_s))}</span>
                {may("time.import") && <Link href="/time/import">{words.today.import}</Link>}
              </PageHead>
              <div className="stack wide">
                <Timeline day={now} entries={mine} projects={projects} zone={zone} />
                <QuickAdd entries={items} />
                <Lately besides={besides} projects={projects} />
                <section className="card flush" aria-label={shared.rooms.today}>
                  {mine.length === 0 ? (
                    <Beginning />
                  ) : (
                    <ul className="entries">{mine.map(row(now))}</ul>
                  )}
                </section>
                {shown.length > 0 && (
                  <section
                    className="card flush"
                    aria-label={earlier.length > 0 ? words.today.earlier : words.today.last}
                  >
                    {shown.map(({ day, list, total_s }) => (
                      <div key={day}>
                        <div className="day">
                          <h2>{dateText(day, "long")}</h2>
                          <span className="num strong">{durationText(total_s)}</span>
                        </div>
                        <ul className="entries">{list.map(row(day))}</ul>
                      </div>
                    ))}
                  </section>
                )}
              </div>
            </>
          );
        }}
      </Show>
      {editing && <EntryDrawer entry={editing} onClose={() => setEditing(null)} />}
    </>
  );
}

/** An empty day: what to do next; where nothing was ever recorded, how it begins. */
function Beginning() {
  const may = useMay();
  const first = useLately()?.length === 0;
  return (
    <Empty
      icon="today"
      title={first ? words.today.first : words.today.empty}
      text={first ? words.today.first_help : words.today.empty_help}
      slim={!first}
    >
      <div className="row wrap">
        <Button leftSection={<Icon name="play" size={16} />} onClick={() => emit("timer")}>
          {words.today.start}
        </Button>
        <Button variant="default" onClick={() => emit("entry")}>
          {words.entry.create}
        </Button>
        {first && may("time.import") && (
          <Button variant="default" onClick={() => go("/time/import")}>
            {words.today.import}
          </Button>
        )}
      </div>
    </Empty>
  );
}
