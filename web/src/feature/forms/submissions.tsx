// Submissions as a table with the form's own columns, and beside each the suggestions of hooks.
import { Button, Select, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { address, api } from "~/api/client";
import { problems } from "~/api/generated/problems";
import { refresh, useById } from "~/api/queries";
import { usePeople } from "~/feature/organisation/data";
import { go, useFilters } from "~/shell/router";
import { reachOf, useMay, useSession } from "~/shell/session";
import { useGuard } from "~/shell/unsaved";
import { Confirm } from "~/ui/confirm";
import { type Cells, downloadCsv } from "~/ui/csv";
import { Drawer } from "~/ui/dialog";
import { Eye } from "~/ui/eye";
import { Filters, TextFilter } from "~/ui/filters";
import { Icon } from "~/ui/icon";
import { Scroll } from "~/ui/scroll";
import { Empty, Failed, Loading, Notice } from "~/ui/states";
import { dateText, momentText, numberText, wallOf } from "~/ui/time";
import { notify, notifyProblem } from "~/ui/toasts";
import { words as shared } from "~/words";
import {
  type FormField,
  type FormRow,
  type Hook,
  type Submission,
  type Suggestion,
  useHooks,
  useSubmissions,
  useSuggestions,
} from "./data";
import { words } from "./words";

const COLUMNS_MAX = 4;
/** Of a question that stands above its answers on a phone, not beside them. */
const LABEL_LONG = 40;
const FILTERS_MAX = 3;

/** Names of files by their id. */
type FileNames = Map<string, string>;

interface ValueProps {
  field: FormField;
  value: unknown;
  files: FileNames;
}

function Value({ field, value, files }: ValueProps) {
  if (value === null || value === undefined || value === "")
    return <span className="muted">–</span>;
  if (field.kind === "date") return dateText(String(value));
  if (field.kind === "number") return numberText(Number(value), 6);
  if (field.kind === "file")
    return (
      <a href={address("/files/{id}", { id: String(value) })} download>
        {files.get(String(value)) ?? words.submissions.download}
      </a>
    );
  return String(value);
}

interface Wanted {
  text: string;
  /** State of a suggestion. */
  state: string | null;
  /** What was chosen, by the key of its question. */
  chosen: Map<string, string>;
}

function useSubmissionFilters(form: FormRow) {
  const [given, setGiven] = useFilters();
  const chosen = new Map(
    form.fields.flatMap(({ key, kind }) => {
      const value = kind === "choice" ? given.get(`is.${key}`) : null;
      return value ? [[key, value] as const] : [];
    }),
  );
  const filters: Wanted = { text: given.get("q") ?? "", state: given.get("state"), chosen };
  const active = filters.text.trim() !== "" || filters.state !== null || chosen.size > 0;
  return { filters, active, setGiven };
}

function fits(
  row: Submission,
  own: Suggestion[],
  form: FormRow,
  files: FileNames,
  filters: Wanted,
): boolean {
  const wanted = filters.text.trim().toLocaleLowerCase();
  const shown = (key: string) => files.get(String(row[key])) ?? row[key];
  const has = (value: unknown) =>
    String(value ?? "")
      .toLocaleLowerCase()
      .includes(wanted);
  if (wanted && !form.fields.some(({ key }) => has(shown(key)))) return false;
  if (filters.state && !own.some(({ state }) => state === filters.state)) return false;
  return [...filters.chosen].every(([key, value]) => row[key] === value);
}

interface FilterBarProps extends ReturnType<typeof useSubmissionFilters> {
  form: FormRow;
  suggests: boolean;
}

function FilterBar({ form, filters, setGiven, suggests }: FilterBarProps) {
  return (
    <>
      <TextFilter className="long" label={words.submissions.search} />
      {form.fields
        .filter(({ kind }) => kind === "choice")
        .slice(0, FILTERS_MAX)
        .map(({ key, label, choices }) => (
          <Select
            key={key}
            label={label}
            placeholder={words.submissions.all}
            data={[...choices]}
            value={filters.chosen.get(key) ?? null}
            clearable
            onChange={(value) => setGiven({ [`is.${key}`]: value })}
          />
        ))}
      {suggests && (
        <Select
          label={words.submissions.suggestion}
          placeholder={words.submissions.all}
          data={Object.entries(words.suggestion.states).map(([value, label]) => ({ value, label }))}
          value={filters.state}
          clearable
          onChange={(state) => setGiven({ state })}
        />
      )}
    </>
  );
}

export function Submissions({ form }: { form: FormRow }) {
  const session = useSession();
  const { zone } = session;
  /** Answers of others are not shown. */
  const isOwn = reachOf(session, "submissions.read") === "own";
  const may = useMay();
  const submissions = useSubmissions(form.id);
  const suggestions = useSuggestions(form.id);
  const hooks = useById(useHooks(form.id, may("forms.manage")).data);
  const people = useById(usePeople(may("people.read")).data);
  const [opened, setOpened] = useState<string | null>(null);
  const filtering = useSubmissionFilters(form);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = submissions;
  // A filter looks through everything, not only through what has been shown.
  useEffect(() => {
    if (filtering.active && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [filtering.active, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const all = submissions.data?.pages.flatMap((page) => page.items) ?? [];
  const files: FileNames = new Map(
    submissions.data?.pages.flatMap((page) =>
      (page.files ?? []).map(({ id, name }) => [id, name] as const),
    ),
  );
  const columns = form.fields.slice(0, COLUMNS_MAX);
  const isLong = columns.some(({ label }) => label.length > LABEL_LONG);
  const ofRow = (id: string) => (suggestions.data ?? []).filter((each) => each.submission === id);
  const items = all.filter((row) => fits(row, ofRow(row.id), form, files, filtering.filters));
  const suggests = hooks.size > 0 || (suggestions.data ?? []).length > 0;
  const by = (row: Submission) =>
    row.submitter ? (people.get(row.submitter)?.name ?? "–") : words.submissions.anyone;
  const shown = items.find(({ id }) => id === opened);
  const exportShown = () => {
    const head = [
      words.submissions.date,
      words.submissions.time,
      ...form.fields.map(({ label }) => label),
    ];
    const rows = items.map(
      (row): Cells => [
        ...wallOf(row.created_at, zone),
        ...form.fields.map(({ key }) => {
          const value = row[key] as string | number | null;
          return files.get(String(value)) ?? value;
        }),
        by(row),
        ofRow(row.id)
          .map(({ value, state }) => value ?? words.suggestion.states[state])
          .join("; "),
        zone,
      ],
    );
    const tail = [words.submissions.by, words.submissions.suggestion, words.submissions.zone];
    downloadCsv(form.title, [[...head, ...tail], ...rows]);
  };

  if (submissions.isPending) return <Loading />;
  if (submissions.error)
    return <Failed error={submissions.error} retry={() => void submissions.refetch()} />;
  return (
    <>
      {all.length > 0 && (
        <Filters>
          <FilterBar form={form} suggests={suggests} {...filtering} />
          <Button
            className="end"
            variant="default"
            disabled={items.length === 0}
            leftSection={<Icon name="download" size={16} />}
            onClick={exportShown}
          >
            {words.submissions.csv}
          </Button>
        </Filters>
      )}
      <Scroll label={words.tabs.submissions}>
        {all.length > 0 && items.length === 0 ? (
          <Empty
            icon="search"
            title={words.submissions.none}
            text={words.submissions.none_help(all.length)}
          />
        ) : items.length === 0 ? (
          <Empty
            icon="forms"
            title={isOwn ? words.submissions.empty_own : words.submissions.empty}
            text={isOwn ? words.submissions.empty_own_help : words.submissions.empty_help}
          >
            {form.status === "open" && (
              <Button variant="default" onClick={() => go(`/forms/${form.id}/fill`)}>
                {words.tabs.fill}
              </Button>
            )}
          </Empty>
        ) : (
          <table className={isLong ? "table cards long" : "table cards"}>
            <thead>
              <tr>
                <th scope="col">{words.submissions.when}</th>
                {suggests && <th scope="col">{words.submissions.suggestion}</th>}
                {columns.map(({ key, label, kind }) => (
                  <th key={key} scope="col" className={kind === "number" ? "num" : undefined}>
                    <span className="heading-cell" title={label}>
                      {label}
                    </span>
                  </th>
                ))}
                <th scope="col">{words.submissions.by}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.id} className="opens">
                  <th scope="row" data-heading={words.submissions.when}>
                    <button
                      type="button"
                      className="linklike opener figures nowrap"
                      aria-label={words.submissions.open(momentText(row.created_at, zone))}
                      onClick={() => setOpened(row.id)}
                    >
                      {momentText(row.created_at, zone)}
                    </button>
                  </th>
                  {suggests && (
                    <td data-heading={words.submissions.suggestion}>
                      {ofRow(row.id).map((each) => (
                        <SuggestionTag
                          key={each.id}
                          suggestion={each}
                          onDecide={may("suggestions.decide") ? () => setOpened(row.id) : undefined}
                        />
                      ))}
                    </td>
                  )}
                  {columns.map((field) => (
                    <td
                      key={field.key}
                      data-heading={field.label}
                      className={field.kind === "number" ? "num" : undefined}
                    >
                      <div className="truncate value-cell">
                        <Value field={field} value={row[field.key]} files={files} />
                      </div>
                    </td>
                  ))}
                  <td className="nowrap" data-heading={words.submissions.by}>
                    {by(row)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Scroll>
      {hasNextPage && (
        <div className="state">
          <Button
            variant="default"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {shared.act.more}
          </Button>
        </div>
      )}
      {shown && (
        <Drawer opened onClose={() => setOpened(null)} title={words.submissions.one} size={520}>
          <Detail
            form={form}
            row={shown}
            by={by(shown)}
            files={files}
            suggestions={ofRow(shown.id)}
            hooks={hooks}
            onClose={() => setOpened(null)}
          />
        </Drawer>
      )}
    </>
  );
}

interface SuggestionTagProps {
  suggestion: Suggestion;
  /** Absent: it is not for this person to decide. */
  onDecide?: () => void;
}

/** What is suggested, behind what has become of it or the way to decide. */
function SuggestionTag({ suggestion, onDecide }: SuggestionTagProps) {
  const looks: Record<string, string> = { proposed: "tag warn", accepted: "tag good" };
  const { state, value } = suggestion;
  const look = looks[state] ?? "tag";
  return (
    <span className="row value-cell">
      {state === "proposed" && onDecide ? (
        <button
          type="button"
          className={`${look} act`}
          aria-label={words.suggestion.decide_on(value ?? "")}
          onClick={onDecide}
        >
          {words.suggestion.decide}
        </button>
      ) : (
        <span className={look}>{words.suggestion.states[state]}</span>
      )}
      <span className="truncate" title={value ?? undefined}>
        {value}
      </span>
    </span>
  );
}

interface DetailProps {
  form: FormRow;
  row: Submission;
  by: string;
  files: FileNames;
  suggestions: Suggestion[];
  hooks: Map<string, Hook>;
  onClose: () => void;
}

function Detail({ form, row, by, files, suggestions, hooks, onClose }: DetailProps) {
  const { zone } = useSession();
  const may = useMay();
  const [removing, setRemoving] = useState(false);
  return (
    <div className="stack wide">
      <p className="quiet">
        {momentText(row.created_at, zone)} · {by}{" "}
        <Eye table={`form_${form.id.replaceAll("-", "")}`} seen={words.submissions.seen} />
      </p>
      <dl className="answers">
        {form.fields.map((field) => (
          <div key={field.key}>
            <dt>{field.label}</dt>
            <dd>
              <Value field={field} value={row[field.key]} files={files} />
            </dd>
          </div>
        ))}
      </dl>
      {suggestions.map((each) => (
        <SuggestionCard key={each.id} suggestion={each} hook={hooks.get(each.hook)} />
      ))}
      {may("forms.manage") && (
        <div>
          <Button
            variant="subtle"
            color="red"
            leftSection={<Icon name="trash" size={16} />}
            onClick={() => setRemoving(true)}
          >
            {words.submissions.remove}
          </Button>
        </div>
      )}
      <Confirm
        opened={removing}
        onClose={() => setRemoving(false)}
        title={words.submissions.remove_title}
        act={shared.act.remove}
        run={async () => {
          await api.delete("/forms/{form}/submissions/{id}", {
            params: { form: form.id, id: row.id },
            version: row.version,
          });
          await refresh("forms", "submissions", "suggestions");
          notify(words.submissions.removed);
          onClose();
        }}
      >
        <p>{words.submissions.remove_help}</p>
      </Confirm>
    </div>
  );
}

function SuggestionCard({ suggestion, hook }: { suggestion: Suggestion; hook: Hook | undefined }) {
  const { zone } = useSession();
  const may = useMay();
  const people = useById(usePeople().data);
  const { id, state, value, problem, decided_by, decided_at, edited, left_out } = suggestion;
  const [text, setText] = useState(value ?? "");
  const [busy, setBusy] = useState(false);
  const card = useRef<HTMLElement>(null);
  useGuard(state === "proposed" && !busy && text !== (value ?? ""), shared.form.lost);
  const decide = async (act: "accept" | "dismiss") => {
    setBusy(true);
    try {
      if (act === "accept")
        await api.post("/suggestions/{id}/accept", {
          params: { id },
          body: text === value ? {} : { value: text },
        });
      else await api.post("/suggestions/{id}/dismiss", { params: { id } });
      notify(act === "accept" ? words.suggestion.accepted : words.suggestion.dismissed);
    } catch (error) {
      notifyProblem(error);
    }
    await refresh("suggestions");
    setBusy(false);
    card.current?.focus(); // the button that was pressed goes
  };
  return (
    <section
      ref={card}
      tabIndex={-1}
      className="card stack tight"
      aria-label={words.submissions.suggestion}
    >
      <div className="row between wrap">
        <h3>{words.suggestion.from(hook?.name ?? words.hooks.edit)}</h3>
        <span className="tag">{words.suggestion.advisory}</span>
      </div>
      {left_out > 0 && <Notice kind="warn">{words.suggestion.left_out(left_out)}</Notice>}
      {state === "proposed" && may("suggestions.decide") ? (
        <>
          <Textarea
            aria-label={words.suggestion.value}
            autosize
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <div className="row right">
            <Button variant="default" disabled={busy} onClick={() => void decide("dismiss")}>
              {words.suggestion.dismiss}
            </Button>
            <Button loading={busy} onClick={() => void decide("accept")}>
              {text === value ? words.suggestion.accept : words.suggestion.accept_edited}
            </Button>
          </div>
        </>
      ) : (
        <>
          {value && <p className="strong">{value}</p>}
          {problem && <p>{problems[problem] ?? problem}</p>}
          <p className="small muted">
            {words.suggestion.states[state]}
            {edited ? `, ${words.suggestion.edited}` : ""}
            {decided_at &&
              ` · ${words.suggestion.decided(
                people.get(decided_by ?? "")?.name ?? "–",
                momentText(decided_at, zone),
              )}`}
          </p>
        </>
      )}
    </section>
  );
}
