// The audit log: who did what to which record, newest first; the same again and again is one line.
import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, type Row } from "~/api/client";
import { useById } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { PersonSelect } from "~/feature/organisation/person-select";
import { useFilters } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { downloadCsv } from "~/ui/csv";
import { Eye } from "~/ui/eye";
import { Filters } from "~/ui/filters";
import { Icon } from "~/ui/icon";
import { actName } from "~/ui/names";
import { PeriodFilter, usePeriod } from "~/ui/period";
import { Scroll } from "~/ui/scroll";
import { Empty, Failed, Loading } from "~/ui/states";
import { addDays, clockText, instantOf, inZone, momentText, wallOf } from "~/ui/time";
import { words as shared } from "~/words";
import { words } from "./words";

type Event = Row<"/audit">;

const text = words.audit;
const PAGE = 200;
const NAMES_MAX = 3;
/** So many of the newest events tell which kinds there are to choose from. */
const KINDS_OF = 500;

/** Events in a row in which somebody did the same, of one day: one line, the newest first. */
function linesOf(events: Event[], zone: string): Event[][] {
  const act = ({ actor, actor_name, action, detail, created_at }: Event) =>
    JSON.stringify([actor, actor_name, action, detail, inZone(created_at, zone).date]);
  const lines: Event[][] = [];
  for (const event of events) {
    const line = lines.at(-1);
    if (line?.[0] && act(line[0]) === act(event)) line.push(event);
    else lines.push([event]);
  }
  return lines;
}

/** How often it was done: what one request did is done once. */
const timesOf = (line: Event[]) => new Set(line.map(({ id, request_id }) => request_id ?? id)).size;

function whenText(line: Event[], zone: string): string {
  const [newest, oldest] = [line[0], line.at(-1)];
  if (!newest || !oldest) return "";
  const since = momentText(oldest.created_at, zone);
  const until = clockText(newest.created_at, zone);
  return until === clockText(oldest.created_at, zone) ? since : text.between(since, until);
}

export function Audit() {
  const { zone } = useSession();
  const may = useMay();
  const [filters, setFilters] = useFilters();
  const people = useById(usePeople(may("people.read")).data);
  const actor = filters.get("actor");
  const subject = filters.get("subject");
  const action = filters.get("action");
  const period = usePeriod("last_30_days");
  const { from, to } = period;
  const read = (more: object) =>
    api.get("/audit", {
      query: {
        actor,
        subject,
        created_at_from: instantOf(from, "00:00", zone).toISOString(),
        created_at_to: instantOf(addDays(to, 1), "00:00", zone).toISOString(),
        sort: "-created_at",
        ...more,
      },
    });
  const kinds = useQuery({
    queryKey: ["audit", "kinds", actor, subject, from, to, zone],
    queryFn: () => read({ limit: KINDS_OF }),
    select: ({ items }) => [...new Set(items.map(({ action }) => action ?? ""))],
  });
  const events = useInfiniteQuery({
    queryKey: ["audit", "list", actor, subject, action, from, to, zone],
    queryFn: ({ pageParam }) => read({ action, cursor: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const items = (events.data?.pages.flatMap((page) => page.items) ?? []) as Event[];
  const choices = [...new Set([...(kinds.data ?? []), ...(action ? [action] : [])])]
    .map((value) => ({ value, label: actName(value) }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const name = (id: string | null | undefined) => (id ? (people.get(id)?.name ?? "–") : "–");
  const who = ({ actor, actor_name }: Event) => actor_name ?? (actor ? name(actor) : text.program);
  const save = () => {
    const head = [text.date, text.time, text.zone, text.who, text.action, text.about, text.detail];
    const rows = items.map((event) => [
      ...wallOf(event.created_at, zone),
      zone,
      who(event),
      actName(event.action ?? "–"),
      name(event.subject),
      event.detail,
      event.object,
      event.request_id,
    ]);
    downloadCsv(text.file(from, to), [[...head, text.record, text.request], ...rows]);
  };
  const about = (line: Event[]) => {
    const names = [...new Set(line.map(({ subject }) => name(subject)))];
    const rest = names.length - NAMES_MAX;
    if (rest < 2) return names.join(", ");
    return (
      <span title={names.join(", ")}>
        {text.and_more(names.slice(0, NAMES_MAX).join(", "), rest)}
      </span>
    );
  };
  return (
    <div className="stack">
      <p className="quiet">
        {text.lead} <Eye table="audit_event" seen={text.seen} />
      </p>
      <Filters>
        <PeriodFilter period={period} />
        <Select
          label={text.action}
          placeholder={text.everything}
          data={choices}
          value={action}
          clearable
          searchable
          onChange={(action) => setFilters({ action })}
        />
        <PersonSelect
          label={text.filter_who}
          placeholder={text.everyone}
          value={actor}
          onChange={(actor) => setFilters({ actor })}
        />
        <PersonSelect
          label={text.filter_about}
          placeholder={text.everyone}
          value={subject}
          onChange={(subject) => setFilters({ subject })}
        />
        <Button
          className="end"
          variant="default"
          disabled={items.length === 0}
          leftSection={<Icon name="download" size={16} />}
          onClick={save}
        >
          {text.save}
        </Button>
      </Filters>
      <Scroll label={words.tabs.audit}>
        {events.isPending ? (
          <Loading rows={8} />
        ) : events.error ? (
          <Failed error={events.error} retry={() => void events.refetch()} />
        ) : items.length === 0 ? (
          <Empty icon="promises" title={text.empty} text={text.empty_help} />
        ) : (
          <table className="table cards">
            <thead>
              <tr>
                <th scope="col">{text.when}</th>
                <th scope="col">{text.who}</th>
                <th scope="col">{text.action}</th>
                <th scope="col">{text.about}</th>
                <th scope="col">{text.detail}</th>
              </tr>
            </thead>
            <tbody>
              {linesOf(items, zone).map((line) => {
                const event = line[0] as Event;
                const times = timesOf(line);
                return (
                  <tr key={event.id}>
                    <td className="figures" data-heading={text.when}>
                      {whenText(line, zone)}
                    </td>
                    <td className="nowrap" data-heading={text.who}>
                      {who(event)}
                    </td>
                    <td title={event.action ?? undefined} data-heading={text.action}>
                      <span>
                        {actName(event.action ?? "–")}{" "}
                        {times > 1 && <span className="tag times">{text.times(times)}</span>}
                      </span>
                    </td>
                    <td data-heading={text.about}>{about(line)}</td>
                    <td className="small quiet wrap-anywhere" data-heading={text.detail}>
                      {event.detail}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </Scroll>
      {events.hasNextPage && (
        <div className="state">
          <Button
            variant="default"
            loading={events.isFetchingNextPage}
            onClick={() => void events.fetchNextPage()}
          >
            {shared.act.more}
          </Button>
        </div>
      )}
    </div>
  );
}
