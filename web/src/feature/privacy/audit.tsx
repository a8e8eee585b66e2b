// The audit log: who did what to which record, newest first.
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, type Row } from "~/api/client";
import { useById } from "~/feature/time/data";
import { PersonSelect, usePeople } from "~/feature/time/pick";
import { useFilters } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { Eye } from "~/ui/eye";
import { actName } from "~/ui/names";
import { Scroll } from "~/ui/scroll";
import { Empty, Failed, Loading } from "~/ui/states";
import { momentText } from "~/ui/time";
import { words as shared } from "~/words";
import { words } from "./words";

const text = words.audit;

export function Audit() {
  const { zone } = useSession();
  const may = useMay();
  const [filters, setFilters] = useFilters();
  const people = useById(usePeople(may("people.read")).data);
  const actor = filters.get("actor");
  const subject = filters.get("subject");
  const events = useInfiniteQuery({
    queryKey: ["audit", actor, subject],
    queryFn: ({ pageParam }) =>
      api.get("/audit", {
        query: { actor, subject, cursor: pageParam, limit: 100, sort: "-created_at" } as never,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const items = (events.data?.pages.flatMap((page) => page.items) ?? []) as Row<"/audit">[];
  const name = (id: string | null | undefined) => (id ? (people.get(id)?.name ?? "–") : "–");
  return (
    <div className="stack">
      <p className="quiet">
        {text.lead} <Eye table="audit_event" seen={text.seen} />
      </p>
      <div className="filters">
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
      </div>
      <Scroll label={words.tabs.audit}>
        {events.isPending ? (
          <Loading rows={8} />
        ) : events.error ? (
          <Failed error={events.error} retry={() => void events.refetch()} />
        ) : items.length === 0 ? (
          <Empty icon="promises" title={text.empty} text={text.empty_help} />
        ) : (
          <table className="table">
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
              {items.map((event) => (
                <tr key={event.id}>
                  <td className="figures">{momentText(event.created_at, zone)}</td>
                  <td>{event.actor_name ?? (event.actor ? name(event.actor) : text.program)}</td>
                  <td title={event.action ?? undefined}>{actName(event.action ?? "–")}</td>
                  <td>{name(event.subject)}</td>
                  <td className="small quiet wrap-anywhere">{event.detail}</td>
                </tr>
              ))}
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
