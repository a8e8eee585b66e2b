// The audit log: who did what to which record, newest first; the same again and again is one line. What
// an event names is in words where it comes from: the server knows what everything is called.
import { Button, Select } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { all, api, type Query, type Row } from "~/api/client";
import { words as ai, outcomeText } from "~/feature/ai/words";
import { PersonSelect } from "~/feature/organisation/person-select";
import { words as time } from "~/feature/time/words";
import { useFilters } from "~/shell/router";
import { useSession } from "~/shell/session";
import { downloadCsv } from "~/ui/csv";
import { Eye } from "~/ui/eye";
import { Filters } from "~/ui/filters";
import { Icon } from "~/ui/icon";
import { actName, capital } from "~/ui/names";
import { PeriodFilter, usePeriod } from "~/ui/period";
import { Scroll } from "~/ui/scroll";
import { Empty, Failed, Loading } from "~/ui/states";
import { addDays, clockText, instantOf, inZone, momentText, wallOf } from "~/ui/time";
import { notifyProblem } from "~/ui/toasts";
import { words as shared } from "~/words";
import { words } from "./words";

type Event = Row<"/audit">;

const text = words.audit;
const PAGE = 200;
const NAMES_MAX = 3;
/** So many of the newest events tell which kinds there are to choose from. */
const KINDS_OF = 500;

/** Events in a row in which somebody did the same, of one day, and all of the same that one request did: one
    line, the newest first. */
function linesOf(events: Event[], zone: string): Event[][] {
  const act = ({ actor, actor_name, action, detail, created_at }: Event) =>
    JSON.stringify([actor, actor_name, action, detail, inZone(created_at, zone).date]);
  const lines: Event[][] = [];
  const ofRequest = new Map<string, Event[]>();
  for (const event of events) {
    const before = lines.at(-1);
    const key = (event.request_id ?? event.id) + act(event);
    const line = ofRequest.get(key) ?? (before?.[0] && act(before[0]) === act(event) ? before : []);
    if (line.length === 0) lines.push(line);
    line.push(event);
    ofRequest.set(key, line);
  }
  return lines;
}

/** How often it was done: what one request did is done once. */
const timesOf = (line: Event[]) => new Set(line.map(({ id, request_id }) => request_id ?? id)).size;

const didText = ({ action, object_kind }: Event) => actName(action ?? "–", object_kind);

const whoText = ({ actor, actor_called, actor_name }: Event) =>
  actor_called ??
  (actor_name && (text.programs[actor_name] ?? actor_name)) ??
  (actor ? text.erased : text.program);

function thingText({ action, object_kind, object_state, object_called, object_within }: Event) {
  if (object_state === "gone") return text.gone(object_kind ?? "");
  if (object_state === "hidden") return text.hidden(object_kind ?? "");
  if (!object_called) return object_within;
  if (action?.startsWith("ai_switch.")) return ai.capability[object_called] ?? object_called;
  return object_within ? text.within(object_called, object_within) : object_called;
}

/** What it was done to and whose that is: "Which device? (Equipment request)", "Bo". */
function aboutText(event: Event): string {
  const { object, subject, subject_called } = event;
  const whose = subject && subject !== object ? (subject_called ?? text.erased) : null;
  return [thingText(event), whose].filter(Boolean).join(", ") || "–";
}

/** "source=toggl entries=3" -> "Toggl Track, 3 entries". */
const countedText = (detail: string) =>
  detail
    .split(" ")
    .map((part) => {
      const [name = "", value = ""] = part.split("=");
      const sources: Record<string, string> = time.import.formats;
      return text.counts[name]?.(Number(value)) ?? sources[value] ?? part.replaceAll("_", " ");
    })
    .join(", ");

function detailText({ action, detail, changed }: Event): string {
  if (changed.length > 0) return capital(changed.join(", "));
  if (action?.endsWith(".update")) return text.unchanged;
  if (action === "ai_receipt.create") return outcomeText(detail ?? "");
  return detail ? countedText(detail) : "";
}

function whenText(line: Event[], zone: string): string {
  const [newest, oldest] = [line[0], line.at(-1)];
  if (!newest || !oldest) return "";
  const since = momentText(oldest.created_at, zone);
  const until = clockText(newest.created_at, zone);
  return until === clockText(oldest.created_at, zone) ? since : text.between(since, until);
}

interface AboutProps {
  line: Event[];
  only: (object: string) => void;
}

/** What a line is about, the first few by name; a name opens what was done to that alone. */
function About({ line, only }: AboutProps) {
  const all = [...new Map(line.map((event) => [aboutText(event), event]))];
  const shown = all.length > NAMES_MAX + 1 ? all.slice(0, NAMES_MAX) : all;
  const names = shown.map(([name, { object, object_state }], at) => (
    <Fragment key={name}>
      {at > 0 && ", "}
      {object && object_state === "here" ? (
        <button
          type="button"
          className="linklike"
          title={text.only_this(name)}
          onClick={() => only(object)}
        >
          {name}
        </button>
      ) : (
        name
      )}
    </Fragment>
  ));
  if (shown.length === all.length) return <span>{names}</span>;
  return (
    <span title={all.map(([name]) => name).join(", ")}>
      {names} {text.and_more(all.length - shown.length)}
    </span>
  );
}

export function Audit() {
  const { zone } = useSession();
  const [filters, setFilters] = useFilters();
  const actor = filters.get("actor");
  const subject = filters.get("subject");
  const object = filters.get("object");
  const action = filters.get("action");
  const period = usePeriod("last_30_days");
  const { from, to } = period;
  const query = {
    actor,
    subject,
    object,
    created_at_from: instantOf(from, "00:00", zone).toISOString(),
    created_at_to: instantOf(addDays(to, 1), "00:00", zone).toISOString(),
    sort: "-created_at",
  } as Query<"/audit">;
  const read = (more: Query<"/audit">) => api.get("/audit", { query: { ...query, ...more } });
  const kinds = useQuery({
    queryKey: ["audit", "kinds", actor, subject, object, from, to, zone],
    queryFn: () => read({ limit: KINDS_OF }),
    select: ({ items }) =>
      new Map((items as Event[]).map((event) => [event.action ?? "", didText(event)])),
  });
  const events = useInfiniteQuery({
    queryKey: ["audit", "list", actor, subject, object, action, from, to, zone],
    queryFn: ({ pageParam }) => read({ action, cursor: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const items = (events.data?.pages.flatMap((page) => page.items) ?? []) as Event[];
  const choices = [
    ...new Map([...(action ? [[action, actName(action)] as const] : []), ...(kinds.data ?? [])]),
  ]
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const [saving, setSaving] = useState(false);
  /** All of it, however much of it is on the page. */
  const save = async () => {
    const found = (await all("/audit", { ...query, action })) as Event[];
    const head = [text.date, text.time, text.zone, text.who, text.action, text.about, text.detail];
    const rows = found.map((event) => [
      ...wallOf(event.created_at, zone),
      zone,
      whoText(event),
      didText(event),
      aboutText(event),
      detailText(event),
      event.object,
      event.request_id,
    ]);
    downloadCsv(text.file(from, to), [[...head, text.record, text.request], ...rows]);
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
          label={text.filter_subject}
          placeholder={text.everyone}
          value={subject}
          onChange={(subject) => setFilters({ subject })}
        />
        <Button
          className="end"
          variant="default"
          disabled={items.length === 0}
          leftSection={<Icon name="download" size={16} />}
          loading={saving}
          onClick={() => {
            setSaving(true);
            void save()
              .catch(notifyProblem)
              .finally(() => setSaving(false));
          }}
        >
          {text.save}
        </Button>
      </Filters>
      {object && (
        <div>
          <Button
            variant="default"
            size="xs"
            rightSection={<Icon name="cross" size={14} />}
            onClick={() => setFilters({ object: null })}
          >
            {text.only(items[0] ? aboutText(items[0]) : text.one)}
          </Button>
        </div>
      )}
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
                      {whoText(event)}
                    </td>
                    <td title={event.action ?? undefined} data-heading={text.action}>
                      <span className="row wrap did">
                        {didText(event)}
                        {times > 1 && <span className="tag">{text.times(times)}</span>}
                      </span>
                    </td>
                    <td data-heading={text.about}>
                      <About line={line} only={(object) => setFilters({ object })} />
                    </td>
                    <td className="small quiet" data-heading={text.detail}>
                      {detailText(event)}
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
