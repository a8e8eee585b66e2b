// Importing a detailed CSV of another tool: a dry run that shows everything, then all or nothing.
import { Button, Checkbox, Select } from "@mantine/core";
import { type DragEvent, useRef, useState } from "react";
import { type Answer, api, Problem, type Query, type Whole } from "~/api/client";
import { largest } from "~/api/limits";
import { refresh } from "~/api/queries";
import { go, Link } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { downloadCsv } from "~/ui/csv";
import { Eye } from "~/ui/eye";
import { ProblemNotice } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { Scroll } from "~/ui/scroll";
import { Loading, Notice, PageHead } from "~/ui/states";
import { durationText, inZone, numberText } from "~/ui/time";
import { ZoneSelect } from "~/ui/zone";
import { words } from "./words";

type Result = Answer<"/time/imports", "post">;
type Place = Result["problems"][number];
/** How many names are shown at first. */
const NAMES = 24;
const LARGEST = largest("/time/imports");
/** What may be new once a file is in. */
const CHANGES = ["entries", "week", "report", "projects", "clients", "tasks", "tags", "people"];

type Options = Whole<
  Required<Pick<Query<"/time/imports", "post">, "format" | "dates" | "zone" | "mine">>
>;

const choicesOf = <T extends string>(names: Record<T, string>) =>
  Object.entries<string>(names).map(([value, label]) => ({ value: value as T, label }));

export default function ImportPage() {
  const session = useSession();
  const [file, setFile] = useState<File | null>(null);
  const [options, setOptions] = useState<Options>({
    format: "auto",
    dates: "auto",
    zone: session.zone,
    mine: false,
  });
  const [result, setResult] = useState<Result | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<"dry" | "commit" | null>(null);
  const latest = useRef(0);

  const run = async (given: File, dry_run: boolean, options: Options) => {
    const turn = ++latest.current;
    setBusy(dry_run ? "dry" : "commit");
    setProblem(null);
    try {
      const next = await api.post("/time/imports", {
        query: { dry_run, ...options },
        bytes: given,
        type: "text/csv",
      });
      if (turn !== latest.current) return;
      setResult(next);
      if (!dry_run) await refresh(...CHANGES);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (turn === latest.current) setProblem(error);
    } finally {
      if (turn === latest.current) setBusy(null);
    }
  };

  const take = (given: File | undefined) => {
    if (!given || busy === "commit") return;
    latest.current++;
    setBusy(null);
    setResult(null);
    setProblem(null);
    setFile(given);
    if (given.size <= LARGEST) void run(given, true, options);
  };
  const [over, setOver] = useState(false);
  const hold = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === "dragover");
  };
  const change = (changes: Partial<Options>) => {
    if (busy === "commit") return;
    const next = { ...options, ...changes };
    setOptions(next);
    if (file && !result?.committed) void run(file, true, next);
  };
  const days = daysOf(result, session.zone);
  const tooLarge = file !== null && file.size > LARGEST;

  return (
    <>
      <PageHead
        title={words.import.title}
        lead={words.import.lead}
        aside={<Eye table="time_entry" seen={words.import.seen} />}
      />
      {/* The whole page takes what is dropped: a mended file comes again. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button below does the same */}
      <div
        className="stack wide"
        onDragOver={hold}
        onDragLeave={hold}
        onDrop={(event) => {
          hold(event);
          take(event.dataTransfer.files[0]);
        }}
      >
        {!result?.committed && (
          <div className="row wrap top fields">
            <Select
              label={words.import.format}
              data={choicesOf(words.import.formats)}
              value={options.format}
              allowDeselect={false}
              onChange={(value) => value && change({ format: value })}
            />
            <ZoneSelect
              label={words.import.zone}
              description={words.import.zone_help}
              value={options.zone}
              allowDeselect={false}
              w={280}
              onChange={(value) => value && change({ zone: value })}
            />
            <Select
              label={words.import.dates}
              data={choicesOf(words.import.orders)}
              value={options.dates}
              allowDeselect={false}
              error={result?.dates && words.import.dates_unclear[result.dates]}
              onChange={(value) => value && change({ dates: value })}
            />
            <Checkbox
              className="field-checks"
              label={words.import.mine}
              checked={options.mine}
              onChange={(event) => change({ mine: event.currentTarget.checked })}
            />
          </div>
        )}
        {/* Stands before there is anything to say, and says no tables. */}
        <p className="visually-hidden" role="status">
          {busy === "dry" ? words.import.said.reading : result && saidOf(result)}
        </p>
        {tooLarge && <Notice kind="bad">{words.import.large(LARGEST / 2 ** 20)}</Notice>}
        {problem && <ProblemNotice problem={problem} />}
        {busy && !result && (
          <section className="card">
            <p>{words.import.checking}</p>
            <Loading rows={4} />
          </section>
        )}
        {result && <Outcome result={result} />}
        <Drop name={file?.name} over={over} disabled={busy === "commit"} onFile={take} />
        {file && (
          <div className="row wrap right">
            {result && !result.committed && (
              <Button
                loading={busy !== null}
                disabled={result.problem_count > 0 || result.creates.entries === 0}
                onClick={() => void run(file, false, options)}
              >
                {result.problem_count > 0
                  ? words.import.commit_none
                  : words.import.commit(result.creates.entries)}
              </Button>
            )}
            {result?.committed && (
              <>
                <Button variant="default" onClick={() => go(`/time/entries${days}`)}>
                  {words.import.to_entries}
                </Button>
                {/* Where the button was that has just been pressed. */}
                <Button autoFocus onClick={() => go(`/reports${days}`)}>
                  {words.import.to_report}
                </Button>
              </>
            )}
          </div>
        )}
      </div>
    </>
  );
}

/** What became of a file, in a few words. */
function saidOf({ committed, creates, rows, problem_count, warning_count }: Result): string {
  const { said } = words.import;
  if (committed) return said.done(creates.entries);
  if (problem_count > 0) return said.blocked(problem_count);
  if (creates.entries === 0 && rows > 0) return said.nothing;
  return said.ready(creates.entries, warning_count);
}

/** The days of the work in a file, as filters of lists and reports have them. */
function daysOf(result: Result | null, zone: string): string {
  if (!result?.first_at || !result.last_at) return "";
  // What ends at midnight has nothing of the day after.
  const last = Math.max(Date.parse(result.first_at), Date.parse(result.last_at) - 1);
  return `?from=${inZone(result.first_at, zone).date}&to=${inZone(last, zone).date}`;
}

interface DropProps {
  /** The file that is looked at: another may follow. */
  name?: string;
  over: boolean;
  disabled: boolean;
  onFile: (file: File | undefined) => void;
}

function Drop({ name, over, disabled, onFile }: DropProps) {
  const input = useRef<HTMLInputElement>(null);
  const label = name ? words.import.drop_next : words.import.drop;
  const choose = name ? words.import.again : words.import.choose;
  return (
    <section
      className={["drop", over && "over", name && "next"].filter(Boolean).join(" ")}
      aria-label={label}
    >
      {name ? (
        <div className="grow">
          <div className="strong wrap-anywhere">{name}</div>
          <span className="quiet">{label}</span>
        </div>
      ) : (
        <>
          <Icon name="import" size={28} />
          <h2>{label}</h2>
        </>
      )}
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        hidden
        aria-label={choose}
        onChange={(event) => {
          onFile(event.currentTarget.files?.[0]);
          // The same file, once it is mended, is a new choice.
          event.currentTarget.value = "";
        }}
      />
      <Button variant="default" disabled={disabled} onClick={() => input.current?.click()}>
        {choose}
      </Button>
    </section>
  );
}

/** A link that leaves an import only once it is done. */
function Aside({ href, done, children }: { href: string; done: boolean; children: string }) {
  if (done) return <Link href={href}>{children}</Link>;
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {words.import.new_tab(children)}
    </a>
  );
}

interface PlacesProps {
  label: string;
  places: Place[];
  /** How many there are; the first of them are listed. */
  count: number;
}

/** Lines of the file, each with what is wrong there, here and as a list to work through. */
function Places({ label, places, count }: PlacesProps) {
  const { line, column, value, reason } = words.import;
  const save = () =>
    downloadCsv(label, [
      [line, column, value, reason],
      ...places.map((place) => [place.line || null, place.column, place.value, place.reason]),
    ]);
  return (
    <div className="stack tight">
      <Scroll label={label}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col" className="num">
                {line}
              </th>
              <th scope="col">{column}</th>
              <th scope="col">{value}</th>
              <th scope="col">{reason}</th>
            </tr>
          </thead>
          <tbody>
            {places.map(({ line, column, value, reason }) => (
              <tr key={`${line} ${column} ${reason}`}>
                <td className="num">{line || "–"}</td>
                <td>{column ?? "–"}</td>
                <td className="mono wrap-anywhere">{value ?? "–"}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <div className="row wrap right">
        {count > places.length && (
          <span className="quiet">{words.import.first_of(places.length)}</span>
        )}
        <Button variant="default" leftSection={<Icon name="download" size={16} />} onClick={save}>
          {words.import.save}
        </Button>
      </div>
    </div>
  );
}

/** What is said of the file as a whole, as sentences. */
function Wholes({ kind, places, help }: { kind: "bad" | "warn"; places: Place[]; help?: string }) {
  return places.map(({ reason }) => (
    <Notice key={reason} kind={kind}>
      <span className="strong">{reason && `${reason[0]?.toUpperCase()}${reason.slice(1)}.`}</span>
      {help && <span>{help}</span>}
    </Notice>
  ));
}

interface TroubleProps {
  kind: "bad" | "warn";
  title: string;
  help: string;
  places: Place[];
  count: number;
}

/** Rows that something is wrong with: in one sentence, and each. */
function Trouble({ kind, title, help, places, count }: TroubleProps) {
  if (count === 0) return null;
  return (
    <>
      <Notice kind={kind}>
        <span className="strong">{title}</span>
        <span>{help}</span>
      </Notice>
      <Places label={title} places={places} count={count} />
    </>
  );
}

const isWhole = ({ line }: Place) => line === 0;
const isRefused = ({ refused }: Place) => refused;
const isWrong = (place: Place) => !isWhole(place) && !isRefused(place);

interface NamesProps {
  kind: string | undefined;
  names: string[];
  /** How many there are; the first of them are named. */
  count?: number;
}

/** Names of one kind to look through: the first of many, until all are asked for. */
function Names({ kind, names, count = names.length }: NamesProps) {
  const [all, setAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  if (names.length === 0) return null;
  const shown = all || names.length <= NAMES ? names : names.slice(0, NAMES);
  const rest = count - names.length;
  return (
    <div className="stack tight">
      <h3 className="small">
        {kind} <span className="muted">{numberText(count)}</span>
      </h3>
      <ul className="names small" ref={list} tabIndex={-1} aria-label={kind}>
        {shown.map((name) => (
          <li key={name}>{name}</li>
        ))}
        {shown === names && rest > 0 && <li className="muted">{words.import.more(rest)}</li>}
      </ul>
      {shown !== names && (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              setAll(true);
              list.current?.focus(); // the button goes
            }}
          >
            {words.import.all(names.length)}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The names of what is new: one that is here already in another spelling is seen before. */
function Made({ made, creates }: Pick<Result, "made" | "creates">) {
  const kinds = [
    ["client", "clients"],
    ["project", "projects"],
    ["task", "tasks"],
    ["tag", "tags"],
  ] as const;
  return kinds.map(([kind, many]) => (
    <Names
      key={kind}
      kind={words.import.creates[many][1]}
      names={made
        .filter((each) => each.kind === kind)
        .map(({ name, of }) => (of ? `${name} (${of})` : (name ?? "")))}
      count={creates[many]}
    />
  ));
}

/** Whom the file names: who is new may be somebody known, spelled in another way. */
function PeopleNamed({ people }: Pick<Result, "people">) {
  if (people.length === 0) return null;
  const names = (known: boolean) => [
    ...new Set(people.flatMap(({ name, matched }) => (name && matched === known ? [name] : []))),
  ];
  return (
    <>
      <Names kind={words.import.unmatched} names={names(false)} />
      <Names kind={words.import.matched} names={names(true)} />
    </>
  );
}

function Outcome({ result }: { result: Result }) {
  const may = useMay();
  const { creates, problems, problem_count, refused_count, duplicates, people, notice, committed } =
    result;
  const { unread } = result;
  const wholes = problems.filter(isWhole);
  const wrong = problem_count - refused_count - wholes.length;
  const told = result.warnings.filter(isWhole);
  const warned = result.warning_count - told.length;
  // Nothing else is known of such a file.
  if (result.format === "auto" && problem_count > 0)
    return (
      <div className="stack wide">
        <Wholes kind="bad" places={wholes} help={words.import.file_help} />
        <Trouble
          kind="bad"
          title={words.import.unknown}
          help={words.import.unknown_help}
          places={problems.filter(isWrong)}
          count={wrong}
        />
      </div>
    );
  const nothing =
    result.rows > 0
      ? ([words.import.nothing, words.import.nothing_help] as const)
      : warned > 0
        ? ([words.import.left_out, words.import.left_out_help] as const)
        : ([words.import.no_rows, words.import.no_rows_help] as const);
  const blocked = problem_count > 0 ? words.import.once_read : words.import.dry;
  const kinds = ["entries", "projects", "clients", "tasks", "tags", "people"] as const;
  return (
    <div className="stack wide">
      {committed && (
        <Notice kind="good">
          <span className="strong">{words.import.done(creates.entries)}</span>
          <span>{words.import.done_help}</span>
        </Notice>
      )}
      {!committed && problems.length === 0 && creates.entries === 0 && (
        <Notice>
          <span className="strong">{nothing[0]}</span>
          <span>{nothing[1]}</span>
        </Notice>
      )}
      {notice && (
        <Notice>
          <span>{notice}</span>
          {may("organisation.manage") && (
            <Aside href="/settings" done={committed}>
              {words.import.currency}
            </Aside>
          )}
        </Notice>
      )}
      {unread.length > 0 && (
        <Notice>
          <span className="strong">{words.import.unread(unread.length)}</span>
          <span className="wrap-anywhere">{unread.join(", ")}</span>
        </Notice>
      )}
      <Wholes
        kind="bad"
        places={wholes}
        help={
          result.dates && result.dates in words.import.dates_unclear
            ? words.import.dates_help
            : words.import.file_help
        }
      />
      <Trouble
        kind="bad"
        title={words.import.problems(wrong)}
        help={words.import.problems_help}
        places={problems.filter(isWrong)}
        count={wrong}
      />
      <Trouble
        kind="bad"
        title={words.import.refused(refused_count)}
        help={words.import.refused_help}
        places={problems.filter(isRefused)}
        count={refused_count}
      />
      {may("rates.read") && result.unrated_s > 0 && (
        <Notice kind="warn">
          <span className="strong">{words.import.unrated(durationText(result.unrated_s))}</span>
          <span>
            {committed
              ? words.import.unrated_done
              : creates.projects > 0
                ? words.import.unrated_new
                : words.import.unrated_help}
          </span>
          {(committed || creates.projects === 0) && (
            <Aside href="/projects" done={committed}>
              {words.import.rates}
            </Aside>
          )}
        </Notice>
      )}
      <Wholes kind="warn" places={told} />
      <Trouble
        kind="warn"
        title={words.import.warnings(warned)}
        help={committed ? words.import.warnings_done : words.import.warnings_help}
        places={result.warnings.filter((place) => !isWhole(place))}
        count={warned}
      />
      <section className="card">
        <div className="stack">
          <h2>
            {committed ? words.import.created : blocked}
            <span className="muted">
              {" · "}
              {words.import.formats[result.format as keyof typeof words.import.formats] ??
                result.format}
            </span>
          </h2>
          <div className="columns figures">
            {kinds.map((kind) => (
              <div key={kind}>
                <div className="figure">{numberText(creates[kind])}</div>
                <span className="quiet">
                  {words.import.creates[kind][creates[kind] === 1 ? 0 : 1]}
                </span>
              </div>
            ))}
            <div>
              <div className="figure">{durationText(result.total_s)}</div>
              <span className="quiet">{words.import.total}</span>
            </div>
            <div>
              <div className="figure">{numberText(duplicates)}</div>
              <span className="quiet">{words.import.duplicates}</span>
            </div>
          </div>
          <Made made={result.made} creates={creates} />
          <PeopleNamed people={people} />
        </div>
      </section>
    </div>
  );
}
