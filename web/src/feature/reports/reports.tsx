// Hours and amounts by two groupings over a period: chart, table, CSV; everything in the URL.
import { Button, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { address, api } from "~/api/client";
import { useById } from "~/api/queries";
import { entriesChanged, useClients, useProjects, useTags } from "~/feature/time/data";
import { ClientSelect, ProjectSelect, WorkerSelect } from "~/feature/time/pick";
import { words as time } from "~/feature/time/words";
import { Link, useFilters } from "~/shell/router";
import { reachOf, useMay, useSession } from "~/shell/session";
import { Columns, Legend, Lines } from "~/ui/chart";
import { Confirm } from "~/ui/confirm";
import { Eye } from "~/ui/eye";
import { Filters } from "~/ui/filters";
import { Icon } from "~/ui/icon";
import { PeriodFilter, usePeriod } from "~/ui/period";
import { Scroll } from "~/ui/scroll";
import { Empty, Notice, PageHead, Show } from "~/ui/states";
import { countText, durationText, moneyText, numberText, rangeText } from "~/ui/time";
import { notify } from "~/ui/toasts";
import { words as shared } from "~/words";
import {
  barsOf,
  GROUPS,
  type Group,
  isTime,
  type Line,
  linesOf,
  type Report,
  seriesOf,
} from "./model";
import { words } from "./words";

const LINES_MAX = 20;

interface ReportQuery {
  by: Group;
  then: Group | null;
  from: string;
  to: string;
}

/** A report, and the rows by its first grouping alone where the parts of a line do not add up to
    it: work with several tags is a part under each. */
async function read(query: ReportQuery) {
  const get = (query: ReportQuery) => api.get("/reports/time", { query }) as Promise<Report>;
  const [report, lines] = await Promise.all([
    get(query),
    query.then === "tag" ? get({ ...query, then: null }) : null,
  ]);
  return { report, lineRows: lines?.rows ?? null, asked: query };
}

/** The entries that a report counts; those of a client or tag are not told apart there. */
function entriesOf({ from, to, project, person }: Record<string, string | null>): string {
  const filters = Object.entries({ from, to, project, person }).filter(([, value]) => value);
  return `/time/entries?${new URLSearchParams(filters as [string, string][])}`;
}

const groupOf = (name: string | null): Group | null =>
  GROUPS.find((group) => group === name) ?? null;

export default function Reports() {
  const session = useSession();
  const may = useMay();
  const [filters, setFilters] = useFilters();
  const period = usePeriod("last_30_days");
  const { from, to } = period;
  const by = groupOf(filters.get("by")) ?? "project";
  const then = filters.get("then") === "none" ? null : groupOf(filters.get("then"));
  const query = {
    by,
    then: then === by ? null : then,
    from,
    to,
    person: filters.get("person"),
    project: filters.get("project"),
    client: filters.get("client"),
    tag: filters.get("tag"),
  };
  const report = useQuery({
    queryKey: ["report", query],
    queryFn: () => read(query),
    placeholderData: (old) => old,
  });
  // Until the answer is there, the one before stands, as what it was asked for.
  const { data, isPlaceholderData: isOld } = report;
  const clients = useClients();
  const tags = useTags();
  const options = (rows: { id: string; name: string }[] | undefined) =>
    (rows ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const seesOthers = reachOf(session, "time.read") !== "own";
  const groups = GROUPS.filter((group) => group !== "person" || seesOthers).map((value) => ({
    value,
    label: words.groups[value],
  }));

  return (
    <>
      <PageHead
        title={words.title}
        lead={
          data?.report.total_s
            ? `${rangeText(data.asked.from, data.asked.to)}. ${words.lead(durationText(data.report.total_s), durationText(data.report.billable_s))}`
            : words.none
        }
        aside={<Eye table="time_entry" seen={words.seen} />}
      >
        <Link href={entriesOf(query)}>{shared.rooms.entries}</Link>
        {may("time.import") && <Link href="/time/import">{words.import}</Link>}
        <Button
          variant="default"
          leftSection={<Icon name="download" size={16} />}
          component="a"
          href={address("/reports/time.csv", undefined, query)}
          download
        >
          {words.csv}
        </Button>
        <Button variant="default" onClick={() => window.print()}>
          {words.print}
        </Button>
      </PageHead>
      <Filters>
        <Select
          label={words.by}
          data={groups}
          value={by}
          allowDeselect={false}
          onChange={(value) => setFilters({ by: value })}
        />
        <Select
          label={words.then}
          data={[
            { value: "none", label: words.no_then },
            ...groups.filter(({ value }) => value !== by),
          ]}
          value={query.then ?? "none"}
          allowDeselect={false}
          onChange={(value) => setFilters({ then: value })}
        />
        <PeriodFilter period={period} />
        <ProjectSelect
          className="begins"
          label={time.field.project}
          placeholder={time.pick.all_projects}
          value={query.project}
          onChange={(project) => setFilters({ project })}
        />
        {clients.data && clients.data.length > 0 && (
          <ClientSelect
            label={time.field.client}
            placeholder={time.pick.all_clients}
            value={query.client}
            onChange={(client) => setFilters({ client })}
          />
        )}
        {tags.data && tags.data.length > 0 && (
          <Select
            label={time.field.tags}
            placeholder={time.pick.all_tags}
            data={options(tags.data)}
            clearable
            searchable
            value={query.tag}
            onChange={(tag) => setFilters({ tag })}
          />
        )}
        {seesOthers && may("people.read") && (
          <WorkerSelect
            label={time.field.person}
            value={query.person}
            onChange={(person) => setFilters({ person })}
          />
        )}
      </Filters>
      <Show query={report} rows={8}>
        {(answer) => (
          <div className={isOld ? "old" : undefined} aria-busy={isOld}>
            {answer.report.rows.length === 0 ? (
              <section className="card">
                <Empty icon="reports" title={words.empty} text={words.empty_help} />
              </section>
            ) : (
              <Result report={answer.report} lineRows={answer.lineRows} {...answer.asked} />
            )}
          </div>
        )}
      </Show>
    </>
  );
}

interface ResultProps extends ReportQuery {
  report: Report;
  lineRows: Report["rows"] | null;
}

function Result({ report, lineRows, by, then, from, to }: ResultProps) {
  const projects = useProjects();
  const byId = useById(projects.data);
  const { lines, series, bars } = useMemo(() => {
    const colours = new Map(
      [...byId].flatMap(([id, { colour }]) => (colour ? [[id, colour] as const] : [])),
    );
    const lines = linesOf(report.rows, by, then, lineRows);
    const drawn = lineRows ? lines.map((line) => ({ ...line, parts: [] })) : lines;
    const series = seriesOf(drawn, by, then, colours);
    return { lines, series, bars: barsOf(drawn, series, by, from, to) };
  }, [report, lineRows, by, then, from, to, byId]);
  const may = useMay();
  const label = words.chart(words.groups[by], durationText(report.total_s));
  const shown = isTime(by) ? bars : bars.slice(0, LINES_MAX);
  const Chart = isTime(by) ? Columns : Lines;
  return (
    <div className="stack">
      {may("rates.read") && report.unrated_s > 0 && (
        <Unrated report={report} period={{ from, to }} />
      )}
      <section className="card">
        <div className="stack">
          <Chart
            bars={shown}
            series={series}
            label={label}
            format={(seconds) => durationText(seconds)}
          />
          {series.length > 1 && <Legend series={series} />}
          {shown.length < bars.length && (
            <p className="small muted">{words.rows(shown.length, bars.length)}</p>
          )}
        </div>
      </section>
      {(by === "tag" || then === "tag") && <p className="small muted">{words.tags}</p>}
      <Scroll label={words.title}>
        <ReportTable report={report} lines={lines} by={by} then={then} />
      </Scroll>
    </div>
  );
}

interface UnratedProps {
  report: Report;
  period: { from: string; to: string };
}

/** Hours that were recorded before there was a rate, and the way to give them one. */
function Unrated({ report, period }: UnratedProps) {
  const may = useMay();
  const sets = may("projects.manage");
  const [asking, setAsking] = useState(false);
  const rate = async () => {
    const { entries, duration_s, amount_minor } = await api.post("/time/rates", { body: period });
    if (entries === 0) return notify(words.rated_none, { bad: true });
    notify(words.rated(durationText(duration_s), moneyText(amount_minor ?? 0, report.currency)));
    await entriesChanged();
  };
  return (
    <Notice kind="warn">
      <span>
        {words.unrated(durationText(report.unrated_s))}
        {sets && ` ${words.unrated_help}`}
      </span>
      {sets && (
        <span className="row wrap no-print">
          <Link href="/projects">{words.rates_projects}</Link>
          {may("organisation.manage") && (
            <>
              <Link href="/people">{words.rates_people}</Link>
              <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
                {words.rate}
              </Button>
            </>
          )}
        </span>
      )}
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={words.rate_title}
        act={words.rate_act}
        run={rate}
      >
        <p>{words.rate_help(rangeText(period.from, period.to))}</p>
        <Rating period={period} currency={report.currency} />
      </Confirm>
    </Notice>
  );
}

/** What applying the rates would come to. */
function Rating({ period, currency }: { period: UnratedProps["period"]; currency: string }) {
  const rating = useQuery({
    queryKey: ["rating", period],
    queryFn: () => api.post("/time/rates", { body: { ...period, dry_run: true } }),
    gcTime: 0, // rates may be set before it is asked again
  });
  return (
    <Show query={rating} rows={1}>
      {({ entries, duration_s, amount_minor, left }) =>
        entries === 0 ? (
          <p>{words.rated_none}</p>
        ) : (
          <p>
            <strong>
              {words.rate_would(durationText(duration_s), moneyText(amount_minor ?? 0, currency))}
            </strong>{" "}
            {left > 0 && words.rate_left(countText(left, "entry", "entries"))}
          </p>
        )
      }
    </Show>
  );
}

const keyOf = ({ key }: Line) => key;

function ReportTable({
  report,
  lines,
  by,
  then,
}: {
  report: Report;
  lines: Line[];
  by: Group;
  then: Group | null;
}) {
  const [opened, setOpened] = useState<Set<string>>(new Set());
  const { currency } = report;
  const seesAmounts = useMay()("rates.read") && report.amount_minor != null;
  const share = (seconds: number) =>
    `${numberText((100 * seconds) / Math.max(1, report.total_s), 1, 1)} %`;
  const cells = (line: Pick<Line, "duration_s" | "billable_s" | "amount_minor">) => (
    <>
      <td className="num">
        {durationText(line.duration_s)}
        <span className="on-phone below">{share(line.duration_s)}</span>
      </td>
      <td className="num">{durationText(line.billable_s)}</td>
      {seesAmounts && <td className="num">{moneyText(line.amount_minor ?? 0, currency)}</td>}
      <td className="num off-phone">{share(line.duration_s)}</td>
    </>
  );
  const toggle = (key: string) => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  const closed = lines.filter(({ key, parts }) => parts.length > 0 && !opened.has(key));
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">
            {then ? (
              <button
                type="button"
                className="sort"
                aria-expanded={closed.length === 0}
                onClick={() => setOpened(new Set(closed.length > 0 ? lines.map(keyOf) : []))}
              >
                <Icon name={closed.length > 0 ? "right" : "down"} size={14} />
                {words.groups[by]} / {words.groups[then]}
              </button>
            ) : (
              words.groups[by]
            )}
          </th>
          <th scope="col" className="num">
            {words.hours}
            <span className="on-phone below">{words.share}</span>
          </th>
          <th scope="col" className="num">
            {words.billable}
          </th>
          {seesAmounts && (
            <th scope="col" className="num">
              {words.amount}
            </th>
          )}
          <th scope="col" className="num off-phone">
            {words.share}
          </th>
        </tr>
      </thead>
      {lines.map((line) => (
        <tbody key={line.key}>
          <tr>
            <th scope="row" className={isTime(by) ? "figures" : undefined}>
              {line.parts.length > 0 ? (
                <button
                  type="button"
                  className="sort"
                  aria-expanded={opened.has(line.key)}
                  aria-label={words.expand(line.label)}
                  onClick={() => toggle(line.key)}
                >
                  <Icon name={opened.has(line.key) ? "down" : "right"} size={14} />
                  {line.label}
                </button>
              ) : (
                line.label
              )}
            </th>
            {cells(line)}
          </tr>
          {opened.has(line.key) &&
            line.parts.map((part) => (
              <tr key={part.key} className="quiet">
                <th scope="row">
                  <span className="part">{part.label}</span>
                </th>
                {cells(part)}
              </tr>
            ))}
        </tbody>
      ))}
      <tfoot>
        <tr>
          <th scope="row">{words.total}</th>
          {cells({
            duration_s: report.total_s,
            billable_s: report.billable_s,
            amount_minor: report.amount_minor,
          })}
        </tr>
      </tfoot>
    </table>
  );
}
