// Settings: the organisation, AI, and where the account is signed in.
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useRef, useState } from "react";
import { type Answer, all, api, Problem, type Row, type Whole } from "~/api/client";
import { limitsOf } from "~/api/limits";
import { refresh } from "~/api/queries";
import { OwnAccount } from "~/feature/accounts/own";
import { AiSettings } from "~/feature/ai/settings";
import { useMay, useSession } from "~/shell/session";
import { Confirm } from "~/ui/confirm";
import { Eye } from "~/ui/eye";
import { Form, Submit, useForm } from "~/ui/form";
import { Select } from "~/ui/select";
import { PageHead, Show } from "~/ui/states";
import { Tabs } from "~/ui/tabs";
import { addDays, momentText, moneyText, numberText, today } from "~/ui/time";
import { notify, notifyProblem } from "~/ui/toasts";
import { ZoneSelect } from "~/ui/zone";
import { words as shared } from "~/words";
import { words } from "./words";

const TABS = ["organisation", "account", "ai", "sessions"] as const;
const pathOf = (tab: string) => (tab === "organisation" ? "/settings" : `/settings/${tab}`);
/** Where password managers and /.well-known/change-password go. */
const PASSWORD = "password";
const currencies = Intl.supportedValuesOf("currency");

export default function Settings({ params }: { params: Record<string, string> }) {
  const wanted = params.tab === PASSWORD ? "account" : params.tab;
  const tab = TABS.find((tab) => tab === wanted) ?? "organisation";
  return (
    <>
      <PageHead title={words.settings.title} />
      <Tabs
        label={words.settings.title}
        tabs={TABS.map((each) => [pathOf(each), words.settings.tabs[each]])}
        here={pathOf(tab)}
      />
      {tab === "organisation" && <OrganisationSettings />}
      {tab === "account" && <OwnAccount />}
      {tab === "ai" && <AiSettings />}
      {tab === "sessions" && <Sessions />}
    </>
  );
}

function OrganisationSettings() {
  const may = useMay();
  const organisation = useQuery({
    queryKey: ["organisation"],
    queryFn: () => api.get("/organisation"),
  });
  return (
    <div className="stack">
      <section className="card narrow">
        <Show query={organisation}>
          {(organisation) =>
            may("organisation.manage") ? (
              <OrganisationForm organisation={organisation} />
            ) : (
              <OrganisationFacts organisation={organisation} />
            )
          }
        </Show>
      </section>
      {may("organisation.manage") && <Storage />}
    </div>
  );
}

/** What is kept, of what may be. */
function Storage() {
  const text = words.settings.storage;
  const storage = useQuery({
    queryKey: ["storage"],
    queryFn: () => api.get("/organisation/storage"),
  });
  return (
    <section className="card narrow" aria-label={text.title}>
      <h2>{text.title}</h2>
      <Show query={storage} rows={1}>
        {({ used_bytes, allowed_bytes }) => (
          <div className="stack snug">
            <p>
              {allowed_bytes === null
                ? text.used(sizeText(used_bytes))
                : text.used_of(sizeText(used_bytes), sizeText(allowed_bytes))}
            </p>
            {allowed_bytes !== null && (
              <>
                <meter max={allowed_bytes} value={used_bytes} aria-label={text.title} />
                <p className="quiet">{text.help}</p>
              </>
            )}
          </div>
        )}
      </Show>
    </section>
  );
}

/** Bytes in the units in which an operator sets the limit. */
function sizeText(bytes: number): string {
  const [size, unit] = bytes < 1 << 30 ? [1 << 20, "MiB"] : [1 << 30, "GiB"];
  return `${numberText(bytes / size, bytes < 10 * size ? 1 : 0)} ${unit}`;
}

/** For those who may not change it. */
function OrganisationFacts({ organisation }: { organisation: Organisation }) {
  const text = words.settings.organisation;
  const { name, zone, currency, week_start, overlap } = organisation;
  const facts = [
    [text.name, name],
    [text.zone, zone],
    [text.currency, currency],
    [text.week_start, text.days[week_start as keyof typeof text.days]],
    [text.overlap, text.overlaps[overlap as keyof typeof text.overlaps]],
  ];
  return (
    <div className="stack">
      <p className="quiet">
        {text.lead} {shared.state.read_only}
      </p>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <Fragment key={label}>
            <dt>{label}</dt>
            <dd>{value || shared.state.none}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  );
}

type Organisation = Answer<"/organisation">;

const valuesOf = ({ name, zone, currency, week_start, overlap }: Organisation) => ({
  name,
  zone,
  currency,
  week_start,
  overlap,
});

/** Days before and after today that one report takes. */
const [BEFORE, AFTER] = [3290, 366];

/** An amount that is kept in minor units of the currency: what was worked, or a rate; null when
    there is none. */
async function amountKept(zone: string): Promise<number | null> {
  const day = today(zone);
  const query = { by: "month", from: addDays(day, -BEFORE), to: addDays(day, AFTER) } as const;
  const [report, projects, rates] = await Promise.all([
    api.get("/reports/time", { query }),
    all("/projects"),
    all("/people/rates"),
  ]);
  const amounts = [report, ...projects, ...rates].map((row) =>
    "amount_minor" in row ? row.amount_minor : (row as { rate_minor?: number | null }).rate_minor,
  );
  return amounts.find((amount) => amount) ?? null;
}

function OrganisationForm({ organisation }: { organisation: Organisation }) {
  const text = words.settings.organisation;
  const session = useSession();
  /** An amount that is kept and would be read in another currency. */
  const [asking, setAsking] = useState<number | null>(null);
  /** The other currency, once it is agreed to. */
  const agreed = useRef<string>(undefined);
  const form = useForm({
    initial: valuesOf(organisation),
    shared: { row: organisation, values: valuesOf, read: () => api.get("/organisation") },
    check: ({ name }) => ({ name: !name?.trim() && shared.form.required }),
    max: limitsOf("/organisation"),
    submit: async (body, row) => {
      const isKnown = [row?.currency, agreed.current].includes(body.currency);
      const amount = isKnown ? null : await amountKept(session.zone);
      setAsking(amount);
      if (amount !== null) return false;
      await api.patch("/organisation", { version: row?.version, body });
      agreed.current = undefined;
      await refresh("organisation", "session", "report", "week");
      notify(shared.state.saved);
    },
  });
  const currency = form.values.currency ?? "";
  const choices = (names: Record<string, string>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  return (
    <>
      <Form form={form}>
        <p className="quiet">{text.lead}</p>
        <TextInput label={text.name} {...form.text("name")} />
        <ZoneSelect
          label={text.zone}
          description={text.zone_help}
          allowDeselect={false}
          {...form.select("zone")}
        />
        <Select
          label={text.currency}
          data={currencies}
          searchable
          allowDeselect={false}
          {...form.select("currency")}
        />
        <Select
          label={text.week_start}
          data={choices(text.days)}
          allowDeselect={false}
          {...form.select("week_start")}
        />
        <Select
          label={text.overlap}
          data={choices(text.overlaps)}
          allowDeselect={false}
          {...form.select("overlap")}
        />
        <Submit form={form} disabled={!form.dirty} />
      </Form>
      {asking !== null && (
        <Confirm
          opened
          onClose={() => setAsking(null)}
          title={text.currency_title(currency)}
          act={text.currency_act}
          run={() => {
            agreed.current = currency;
            return form.send();
          }}
        >
          <p>
            {text.currency_help(
              moneyText(asking, form.row?.currency ?? ""),
              moneyText(asking, currency),
            )}
          </p>
        </Confirm>
      )}
    </>
  );
}

/** Other sessions at a time: programs may open thousands. */
const SHOWN = 100;

type Own = Whole<Row<"/sessions">, "created_at" | "seen_at">;

/** "Mozilla/5.0 … Firefox/140.0" as "Firefox on Linux"; what is no browser says its own name, if any. */
function agentText(agent: string | null | undefined): string {
  if (!agent) return words.settings.sessions.unnamed;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((each) =>
    agent.includes(`${each}/`),
  );
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"].find((each) =>
    agent.includes(each),
  );
  const known = { Edg: "Edge", OPR: "Opera" }[browser ?? ""] ?? browser;
  if (!known) return words.settings.sessions.program(agent.slice(0, 60));
  return system ? words.settings.sessions.on(known, system.replace(" OS X", "")) : known;
}

/** One that has ended by itself meanwhile has ended, too. */
async function endOne(id: string) {
  try {
    await api.delete("/sessions/{id}", { params: { id } });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
  }
}

function Sessions() {
  const { zone } = useSession();
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: () => all("/sessions") as Promise<Own[]>,
  });
  const [shown, setShown] = useState(SHOWN);
  const text = words.settings.sessions;
  const end = async (...ending: Own[]) => {
    try {
      for (const { id } of ending) await endOne(id);
      notify(text.ended(ending.length));
    } catch (error) {
      notifyProblem(error);
    }
    await refresh("sessions");
  };
  return (
    <div className="stack narrow">
      <p className="quiet">
        {text.lead} <Eye table="session" seen={text.seen_by} />
      </p>
      <section className="card flush">
        <Show query={sessions}>
          {(open) => {
            const others = open
              .filter(({ current }) => !current)
              .sort((a, b) => b.seen_at.localeCompare(a.seen_at));
            const rows = [...open.filter(({ current }) => current), ...others.slice(0, shown)];
            return (
              <>
                {rows.map((each) => (
                  <div key={each.id} className="setting">
                    <div className="stack none">
                      <span className="row">
                        <span className="strong">{agentText(each.agent)}</span>
                        {each.current && <span className="tag good">{text.this}</span>}
                      </span>
                      <span className="small muted figures">
                        {each.current ? text.now : text.seen(momentText(each.seen_at, zone))}
                        {" · "}
                        {text.opened(momentText(each.created_at, zone))}
                      </span>
                    </div>
                    {!each.current && (
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={text.end_this(
                          agentText(each.agent),
                          text.seen(momentText(each.seen_at, zone)),
                        )}
                        onClick={() => void end(each)}
                      >
                        {text.end}
                      </Button>
                    )}
                  </div>
                ))}
                {others.length > shown && (
                  <div className="setting">
                    <span className="quiet">{text.of(shown, others.length)}</span>
                    <Button variant="default" onClick={() => setShown(shown + SHOWN)}>
                      {shared.act.more}
                    </Button>
                  </div>
                )}
                {others.length > 1 && (
                  <div className="setting">
                    <Button variant="default" onClick={() => void end(...others)}>
                      {text.end_others}
                    </Button>
                  </div>
                )}
              </>
            );
          }}
        </Show>
      </section>
    </div>
  );
}
