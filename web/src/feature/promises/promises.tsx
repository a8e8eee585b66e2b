// The promises: what is promised, whether it holds, and the evidence.
import { Button } from "@mantine/core";
import { useIsMutating, useMutation, useQuery } from "@tanstack/react-query";
import { api, type Row, type Whole } from "~/api/client";
import { queryClient } from "~/api/queries";
import { useMay, useSession } from "~/shell/session";
import { Icon } from "~/ui/icon";
import { Empty, Notice, PageHead, Show } from "~/ui/states";
import { momentText } from "~/ui/time";
import { notifyProblem } from "~/ui/toasts";
import { words } from "./words";

type Promise_ = Whole<Row<"/promises">, "id">;
type Checked = { items: Promise_[] };
/** What the last check found, in the order in which it is counted. */
const RESULTS = ["held", "broken", "unknown", "never"] as const;
type Result = (typeof RESULTS)[number];

const ICONS = { held: "check", broken: "cross", unknown: "question", never: "promises" } as const;
const LOOKS = { held: "tag good", broken: "tag bad", unknown: "tag warn" };
const resultOf = ({ result, checked_at }: Promise_) =>
  checked_at ? ((result ?? "unknown") as Result) : "never";
const KEY = ["promises"];
const CHECK = { mutationKey: ["promises", "check"] };

export default function Promises() {
  const may = useMay();
  // Who leaves the page meanwhile finds it going on.
  const busy = useIsMutating(CHECK) > 0;
  const promises = useQuery({
    queryKey: KEY,
    queryFn: () => api.get("/promises") as Promise<Checked>,
  });
  const check = useMutation({
    ...CHECK,
    mutationFn: () => api.post("/promises/check"),
    onSuccess: (checked) => queryClient.setQueryData(KEY, checked),
    onError: notifyProblem,
  });
  const isNew = promises.data?.items.every((promise) => resultOf(promise) === "never");
  const act = may("promises.check") && (
    <Button
      loading={busy}
      leftSection={<Icon name="refresh" size={16} />}
      onClick={() => check.mutate()}
    >
      {words.check}
    </Button>
  );
  return (
    <>
      <PageHead title={words.title} lead={words.lead}>
        {isNew === false && act}
      </PageHead>
      {busy && (
        <div className="checking" role="status">
          <Notice icon="refresh">
            <span className="strong">{words.checking}</span>
            <span>{words.checking_help}</span>
          </Notice>
        </div>
      )}
      <Show query={promises} rows={8}>
        {({ items }) => {
          const groups = [
            { name: words.ai, items: items.filter(({ id }) => id.startsWith("AI")) },
            { name: words.platform, items: items.filter(({ id }) => !id.startsWith("AI")) },
          ].filter(({ items }) => items.length > 0);
          if (groups.length === 0)
            return (
              <section className="card">
                <Empty icon="promises" title={words.empty} text={words.empty_help} />
              </section>
            );
          return (
            <div className="stack wide">
              {isNew ? (
                <section className="card">
                  <Empty
                    icon="promises"
                    title={words.never}
                    text={act ? words.never_help : words.never_others}
                  >
                    {act}
                  </Empty>
                </section>
              ) : (
                <Summary items={items} busy={busy} />
              )}
              {groups.map(({ name, items }) => (
                <section key={name} className="card flush" aria-label={name}>
                  <div className="card-head">
                    <h2>{name}</h2>
                  </div>
                  {items.map((promise) => (
                    <PromiseRow key={promise.id} promise={promise} />
                  ))}
                </section>
              ))}
            </div>
          );
        }}
      </Show>
    </>
  );
}

function Summary({ items, busy }: { items: Promise_[]; busy: boolean }) {
  const { zone } = useSession();
  const at = items
    .flatMap(({ checked_at }) => checked_at ?? [])
    .sort()
    .at(-1);
  return (
    <div className="row wrap summary" role="status">
      {RESULTS.map((result) => {
        const count = items.filter((item) => resultOf(item) === result).length;
        if (count === 0 && result !== "held") return null;
        return (
          <span key={result} className="figure">
            {count}
            <small>{words.summary[result]}</small>
          </span>
        );
      })}
      {at && (
        <span className="quiet">
          {busy ? words.before(momentText(at, zone)) : words.checked(momentText(at, zone))}
        </span>
      )}
    </div>
  );
}

function PromiseRow({ promise }: { promise: Promise_ }) {
  const { zone } = useSession();
  const { id, sentence, kind, control, evidence, checked_at } = promise;
  const result = resultOf(promise);
  /** Whoever reads that it is not held wants to know why, at once. */
  const isDoubtful = result === "broken" || result === "unknown";
  return (
    <div className={`promise ${result}`}>
      <Icon name={ICONS[result]} />
      <div>
        <span className="strong">{sentence}</span>
        {isDoubtful && <p className="small why">{evidence}</p>}
        <details>
          <summary className="small">
            <span className="mono">{id}</span>
            {" · "}
            {checked_at ? words.checked(momentText(checked_at, zone)) : words.never}
          </summary>
          <dl className="facts small evidence">
            <dt>{words.control}</dt>
            <dd>{control}</dd>
            <dt>{words.kind}</dt>
            <dd>{words.kinds[kind ?? ""] ?? kind}</dd>
            {checked_at && evidence && !isDoubtful && (
              <>
                <dt>{words.evidence}</dt>
                <dd>{evidence}</dd>
              </>
            )}
          </dl>
        </details>
      </div>
      {result !== "never" && <span className={LOOKS[result]}>{words[result]}</span>}
    </div>
  );
}
