// Submissions as a table with the form's own columns, and beside each the suggestions of hooks.
import { Button, Drawer, Textarea } from "@mantine/core";
import { useState } from "react";
import { address, api, Problem } from "~/api/client";
import { refresh } from "~/api/queries";
import { useById } from "~/feature/time/data";
import { usePeople } from "~/feature/time/pick";
import { go } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { Confirm } from "~/ui/confirm";
import { type Cells, downloadCsv } from "~/ui/csv";
import { Eye } from "~/ui/eye";
import { Icon } from "~/ui/icon";
import { Scroll } from "~/ui/scroll";
import { Empty, Failed, Loading } from "~/ui/states";
import { dateText, momentText, numberText } from "~/ui/time";
import { notify } from "~/ui/toasts";
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

function Value({ field, value }: { field: FormField; value: unknown }) {
  if (value === null || value === undefined || value === "")
    return <span className="muted">–</span>;
  if (field.kind === "date") return dateText(String(value));
  if (field.kind === "number") return numberText(Number(value), 6);
  if (field.kind === "file")
    return (
      <a href={address("/files/{id}", { id: String(value) })} download>
        {words.submissions.download}
      </a>
    );
  return String(value);
}

export function Submissions({ form }: { form: FormRow }) {
  const { zone } = useSession();
  const may = useMay();
  const submissions = useSubmissions(form.id);
  const suggestions = useSuggestions(form.id);
  const hooks = useById(useHooks(form.id, may("forms.manage")).data);
  const people = useById(usePeople(may("people.read")).data);
  const [opened, setOpened] = useState<string | null>(null);
  const items = submissions.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = form.fields.filter(({ kind }) => kind !== "file").slice(0, COLUMNS_MAX);
  const ofRow = (id: string) => (suggestions.data ?? []).filter((each) => each.submission === id);
  const by = (row: Submission) =>
    row.submitter ? (people.get(row.submitter)?.name ?? "–") : words.submissions.anyone;
  const shown = items.find(({ id }) => id === opened);
  const exportShown = () => {
    const head = [words.submissions.when, ...form.fields.map(({ label }) => label)];
    const rows = items.map(
      (row): Cells => [
        row.created_at,
        ...form.fields.map(({ key }) => row[key] as string | number | null),
        by(row),
        ofRow(row.id)
          .map(({ value, state }) => value ?? words.suggestion.states[state])
          .join("; "),
      ],
    );
    const tail = [words.submissions.by, words.submissions.suggestion];
    downloadCsv(form.title, [[...head, ...tail], ...rows]);
  };

  if (submissions.isPending) return <Loading />;
  if (submissions.error)
    return <Failed error={submissions.error} retry={() => void submissions.refetch()} />;
  return (
    <>
      {items.length > 0 && (
        <div className="row right filters">
          <Button
            variant="default"
            leftSection={<Icon name="download" size={16} />}
            onClick={exportShown}
          >
            {words.submissions.csv}
          </Button>
        </div>
      )}
      <Scroll label={words.tabs.submissions}>
        {items.length === 0 ? (
          <Empty icon="forms" title={words.submissions.empty} text={words.submissions.empty_help}>
            {form.status === "open" && (
              <Button variant="default" onClick={() => go(`/forms/${form.id}/fill`)}>
                {words.tabs.fill}
              </Button>
            )}
          </Empty>
        ) : (
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{words.submissions.when}</th>
                {columns.map(({ key, label, kind }) => (
                  <th key={key} scope="col" className={kind === "number" ? "num" : undefined}>
                    {label}
                  </th>
                ))}
                <th scope="col">{words.submissions.by}</th>
                <th scope="col">{words.submissions.suggestion}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <tr key={row.id}>
                  <th scope="row">
                    <button
                      type="button"
                      className="linklike figures"
                      aria-label={words.submissions.open(momentText(row.created_at, zone))}
                      onClick={() => setOpened(row.id)}
                    >
                      {momentText(row.created_at, zone)}
                    </button>
                  </th>
                  {columns.map((field) => (
                    <td key={field.key} className={field.kind === "number" ? "num" : undefined}>
                      <div className="truncate value-cell">
                        <Value field={field} value={row[field.key]} />
                      </div>
                    </td>
                  ))}
                  <td>{by(row)}</td>
                  <td>
                    <span className="row wrap">
                      {ofRow(row.id).map((each) => (
                        <SuggestionTag key={each.id} suggestion={each} />
                      ))}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Scroll>
      {submissions.hasNextPage && (
        <div className="state">
          <Button variant="default" onClick={() => void submissions.fetchNextPage()}>
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
            suggestions={ofRow(shown.id)}
            hooks={hooks}
            onClose={() => setOpened(null)}
          />
        </Drawer>
      )}
    </>
  );
}

function SuggestionTag({ suggestion }: { suggestion: Suggestion }) {
  const looks: Record<string, string> = { proposed: "tag warn", accepted: "tag good" };
  const { state, value } = suggestion;
  return (
    <span className={looks[state] ?? "tag"} title={words.suggestion.states[state]}>
      {value ?? words.suggestion.states[state]}
    </span>
  );
}

interface DetailProps {
  form: FormRow;
  row: Submission;
  by: string;
  suggestions: Suggestion[];
  hooks: Map<string, Hook>;
  onClose: () => void;
}

function Detail({ form, row, by, suggestions, hooks, onClose }: DetailProps) {
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
              <Value field={field} value={row[field.key]} />
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
          await refresh("submissions", "suggestions");
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
  const people = useById(usePeople().data);
  const { id, state, value, problem, decided_by, decided_at, edited } = suggestion;
  const [text, setText] = useState(value ?? "");
  const [busy, setBusy] = useState(false);
  const decide = async (act: "accept" | "dismiss") => {
    setBusy(true);
    try {
      if (act === "accept")
        await api.post("/suggestions/{id}/accept", {
          params: { id },
          body: (text === value ? {} : { value: text }) as never,
        });
      else await api.post("/suggestions/{id}/dismiss", { params: { id } });
      notify(act === "accept" ? words.suggestion.accepted : words.suggestion.dismissed);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      notify(error.detail ?? error.message, { bad: true });
    }
    await refresh("suggestions");
    setBusy(false);
  };
  return (
    <section className="card stack tight" aria-label={words.submissions.suggestion}>
      <div className="row between wrap">
        <h3>{words.suggestion.from(hook?.name ?? words.hooks.edit)}</h3>
        <span className="tag">{words.suggestion.advisory}</span>
      </div>
      {state === "proposed" ? (
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
          {problem && <p>{words.suggestion.problems[problem] ?? problem}</p>}
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
