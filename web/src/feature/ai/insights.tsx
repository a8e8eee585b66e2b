// Insights: choose, see what would be sent, send or not, read the answer and its receipt.
import { Button, Select, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Problem } from "~/api/client";
import { limit } from "~/api/limits";
import { go, Link, useFilters } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { useGuard } from "~/shell/unsaved";
import { overText, ProblemNotice } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { PeriodFilter, usePeriod } from "~/ui/period";
import { Empty, Loading, Notice, PageHead, Show } from "~/ui/states";
import { addDays } from "~/ui/time";
import { notify } from "~/ui/toasts";
import { words as shared } from "~/words";
import {
  type AiAnswer,
  type AiInput,
  type Capability,
  LOCAL,
  run,
  useAiSettings,
  useCapabilities,
  useObjection,
  useProviders,
} from "./data";
import { DisclosureSheet, periodsOf } from "./disclosure";
import { InsightCard } from "./insight-card";
import { Receipt } from "./receipt";
import { words } from "./words";

const HIDDEN = "vow.insights.hidden";
/** Those that people start here; others start where they belong, such as a form's hook. */
const STARTED_ELSEWHERE = ["hook"];

export default function Insights() {
  const capabilities = useCapabilities();
  const { role } = useSession();
  return (
    <>
      <PageHead title={words.title} lead={words.lead}>
        <Link href="/insights/receipts">{words.to_receipts}</Link>
      </PageHead>
      <Show query={capabilities}>
        {(items) => {
          const startable = items.filter(
            ({ name, roles }) => !STARTED_ELSEWHERE.includes(name) && roles.includes(role),
          );
          return startable.some(({ enabled }) => enabled) ? (
            <Workbench capabilities={startable} />
          ) : (
            <Off />
          );
        }}
      </Show>
    </>
  );
}

/** Why nothing can be started here: the person's objection, the organisation's switch, or the role. */
function Off() {
  const may = useMay();
  const settings = useAiSettings();
  const objection = useObjection();
  if (objection.data?.objected) return <Objected />;
  return (
    <section className="card">
      <Show query={settings}>
        {({ on }) => (
          <Empty icon="lock" title={on ? words.off.none : words.off.title} text={words.off.text}>
            {may("ai.manage") ? (
              <Button onClick={() => go("/settings/ai")}>{words.off.admin}</Button>
            ) : (
              <p>{words.off.member}</p>
            )}
          </Empty>
        )}
      </Show>
    </section>
  );
}

function Objected() {
  return (
    <Notice kind="warn">
      <span className="strong">{words.objected.title}</span>
      <Link href="/privacy">{words.objected.act}</Link>
    </Notice>
  );
}

function Workbench({ capabilities }: { capabilities: Capability[] }) {
  const may = useMay();
  const [filters, setFilters] = useFilters();
  // A week that is over has something to say, on a Monday, too.
  const period = usePeriod("last_week");
  const first = capabilities.find(({ enabled }) => enabled)?.name ?? "";
  const chosen = capabilities.find(({ name }) => name === filters.get("what"))?.name ?? first;
  const providers = useProviders(may("ai.use"));
  const settings = useAiSettings();
  const loading = providers.isLoading || settings.isLoading;
  const [picked, setPicked] = useState<string | null>(null);
  const usual = providers.data?.find(({ id }) => id === settings.data?.provider)?.id;
  const provider = picked ?? usual ?? LOCAL;
  const [dated, setDated] = useState(true);
  const [question, setQuestion] = useState("");
  const [preview, setPreview] = useState<{ body: AiInput; answer: AiAnswer } | null>(null);
  const [answer, setAnswer] = useState<AiAnswer | null>(null);
  const [streamed, setStreamed] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<"preview" | "send" | null>(null);
  const abort = useRef<AbortController | null>(null);

  useEffect(() => () => abort.current?.abort(), []);
  useGuard(question.trim() !== "" && answer === null, shared.form.lost);

  const tooLong = provider === LOCAL ? null : overText(question, limit("/ai/run", "question"));
  const cannot = loading || busy !== null || tooLong !== null || !dated;
  const input: AiInput = {
    capability: chosen,
    provider,
    from: period.from,
    to: addDays(period.to, 1),
    ...(provider !== LOCAL && question.trim() ? { question: question.trim() } : {}),
  };

  const start = async (kind: "preview" | "send", body: AiInput) => {
    const control = new AbortController();
    abort.current = control;
    setBusy(kind);
    setProblem(null);
    setAnswer(null);
    setStreamed("");
    try {
      const result = await run(
        body,
        (piece) => setStreamed((text) => text + piece),
        control.signal,
      );
      if (kind === "preview") setPreview({ body, answer: result });
      else setAnswer(result);
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      else if (error instanceof DOMException) notify(words.stopped);
      else throw error;
    } finally {
      setBusy(null);
    }
  };
  const send = () => {
    if (!preview) return;
    const { body, answer } = preview;
    const expect = answer.disclosure_hash;
    setPreview(null);
    return start("send", { ...body, preview: false, ...(expect ? { expect } : {}) });
  };

  return (
    <div className="stack wide">
      <section className="card">
        <div className="stack">
          <div role="radiogroup" aria-label={words.choose} className="columns">
            {capabilities.map(({ name, doc, enabled }) => (
              // biome-ignore lint/a11y/useSemanticElements: a card that is a radio button
              <button
                key={name}
                type="button"
                role="radio"
                aria-checked={name === chosen}
                className="choice"
                disabled={!enabled}
                onClick={() => {
                  setFilters({ what: name });
                  setAnswer(null);
                }}
              >
                <Icon name="insights" />
                <span className="stack snug">
                  <span className="strong">{words.capability[name] ?? name}</span>
                  <span className="quiet small">{enabled ? doc : words.off.one}</span>
                </span>
              </button>
            ))}
          </div>
          <div className="filters even">
            <PeriodFilter period={period} onUsable={setDated} />
            <Select
              label={words.engine}
              data={[
                { value: LOCAL, label: words.local },
                ...(providers.data ?? []).map(({ id, name }) => ({
                  value: id,
                  label: name,
                })),
              ]}
              value={provider}
              allowDeselect={false}
              onChange={(value) => value && setPicked(value)}
            />
          </div>
          {provider === LOCAL ? (
            <p className="small muted">{words.local_help}</p>
          ) : (
            <TextInput
              label={words.question}
              description={words.question_help}
              error={tooLong}
              value={question}
              onChange={(event) => setQuestion(event.currentTarget.value)}
            />
          )}
          <div className="row right wrap">
            {busy === "send" && (
              <Button variant="default" onClick={() => abort.current?.abort()}>
                {words.stop}
              </Button>
            )}
            <Button
              variant={provider === LOCAL ? "default" : "filled"}
              leftSection={<Icon name="eye" size={16} />}
              loading={busy === "preview"}
              disabled={cannot}
              onClick={() => void start("preview", { ...input, preview: true })}
            >
              {provider === LOCAL ? words.preview_local : words.preview}
            </Button>
            {provider === LOCAL && (
              <Button
                loading={busy === "send"}
                disabled={cannot}
                onClick={() => void start("send", input)}
              >
                {words.run}
              </Button>
            )}
          </div>
        </div>
      </section>
      {problem?.kind === "ai-objected" ? (
        <Objected />
      ) : (
        problem && <ProblemNotice problem={problem} />
      )}
      <div aria-live="polite">
        {busy === "send" && (
          <section className="card">
            {streamed ? <p className="answer">{streamed}</p> : <Loading rows={3} />}
          </section>
        )}
        {answer && <Answered answer={answer} />}
      </div>
      {preview && (
        <DisclosureSheet
          given={preview.answer}
          onSend={send}
          send={preview.body.provider === LOCAL ? words.run : undefined}
          onClose={() => setPreview(null)}
        />
      )}
    </div>
  );
}

function readHidden(): string[] {
  return JSON.parse(localStorage.getItem(HIDDEN) ?? "[]");
}

function Answered({ answer }: { answer: AiAnswer }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that asked was out of use meanwhile, and lost the focus.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const [dismissed, setDismissed] = useState<string[]>([]);
  const [hidden, setHidden] = useState(readHidden);
  const keyOf = (finding: AiAnswer["findings"][number]) => `${finding.kind} ${finding.title}`;
  const wanted = answer.findings.filter((finding) => !hidden.includes(finding.kind));
  const shown = wanted.filter((finding) => !dismissed.includes(keyOf(finding)));
  const out = answer.findings.length - wanted.length;
  const periods = periodsOf(answer);
  const hide = (kinds: string[]) => {
    localStorage.setItem(HIDDEN, JSON.stringify(kinds));
    setHidden(kinds);
  };
  return (
    <div className="stack wide">
      <section className="stack" aria-label={words.answer.title}>
        <h2 className="visually-hidden answered" tabIndex={-1} ref={heading}>
          {words.answer.title}
        </h2>
        <Notice icon="info">
          <span className="strong">{words.answer.advisory}</span>
          <span>{words.answer.advisory_help}</span>
        </Notice>
        {periods && (
          <p className="quiet">
            {periods.before
              ? words.answer.compared(periods.period, periods.before)
              : words.answer.period(periods.period)}
          </p>
        )}
        {answer.text && <p className="answer card">{answer.text}</p>}
        {answer.findings.length === 0 && !answer.text && (
          <section className="card">
            <Empty icon="check" title={words.answer.nothing} text={words.answer.nothing_help} />
          </section>
        )}
        <div className="columns two">
          {shown.map((finding) => (
            <InsightCard
              key={keyOf(finding)}
              finding={finding}
              entries={`/time/entries?from=${answer.from}&to=${addDays(answer.to, -1)}`}
              onDismiss={() => {
                setDismissed([...dismissed, keyOf(finding)]);
                notify(words.answer.dismissed, {
                  act: { label: shared.act.undo, run: () => setDismissed(dismissed) },
                });
              }}
              onNever={() => hide([...hidden, finding.kind])}
            />
          ))}
        </div>
        {out > 0 && (
          <p className="small muted">
            {words.answer.hidden(out)}{" "}
            <button type="button" className="linklike" onClick={() => hide([])}>
              {words.answer.show}
            </button>
          </p>
        )}
      </section>
      <Receipt answer={answer} />
    </div>
  );
}
