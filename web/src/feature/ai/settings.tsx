// The switches of AI: the organisation's, each function's and for whom, providers with evidence.
import { Button, Checkbox, MultiSelect, Select, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, all, api, type Input, type Row } from "~/api/client";
import { limitsOf, restsOf } from "~/api/limits";
import { queryClient, refresh } from "~/api/queries";
import { useAsked } from "~/shell/router";
import { useMay, useSession } from "~/shell/session";
import { useChosen } from "~/ui/chosen";
import { useColumnNames } from "~/ui/eye";
import { Form, Submit, useForm } from "~/ui/form";
import { RecordDrawer, RecordRemoval, RowMenu } from "~/ui/record";
import { Empty, Notice, Show } from "~/ui/states";
import { dateText, today } from "~/ui/time";
import { notifyProblem } from "~/ui/toasts";
import { ROLES, words as shared } from "~/words";
import {
  type Capability,
  EVIDENCE,
  LOCAL,
  needsEvidence,
  type Provider,
  useAiSettings,
  useCapabilities,
  useProviders,
} from "./data";
import { words } from "./words";

const text = words.settings;

async function change(act: () => Promise<unknown>) {
  try {
    await act();
  } catch (error) {
    notifyProblem(error);
  }
  await refresh("ai", "session");
}

export function AiSettings() {
  const locked = !useMay()("ai.manage");
  return (
    <div className="stack wide">
      <p className="quiet">
        {text.lead} {locked && shared.state.read_only}
      </p>
      <Switches locked={locked} />
      <Providers />
    </div>
  );
}

const OnOff = ({ on }: { on: boolean }) => (
  <span className={on ? "tag good" : "tag"}>{on ? shared.state.on : shared.state.off}</span>
);

type Role = keyof typeof shared.roles;

/** None is every role. */
const rolesOf = (known: { roles?: unknown } | undefined) =>
  (known?.roles as Role[] | undefined) ?? [];
const rolesText = (roles: Role[]) =>
  roles.map((role) => shared.roles[role]).join(", ") || text.everyone;

/** As they are when a change has its turn, in no render yet. */
const settingsNow = () => queryClient.getQueryData<Answer<"/ai/settings">>(["ai", "settings"]);
const switchesNow = () => queryClient.getQueryData<Row<"/ai/switches">[]>(["ai", "switches"]);

function Switches({ locked }: { locked: boolean }) {
  const settings = useAiSettings();
  const switches = useQuery({ queryKey: ["ai", "switches"], queryFn: () => all("/ai/switches") });
  const capabilities = useCapabilities();
  const providers = useProviders(true);

  const engines = [
    { value: LOCAL, label: words.local },
    ...(providers.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ];

  const keep = (body: Input<"/ai/settings", "patch">) =>
    change(() => {
      const version = settingsNow()?.version;
      return api.patch("/ai/settings", { version, body });
    });
  const [on, setOn] = useChosen(settings.data?.on ?? false, (on) => keep({ on }));
  const [provider, setProvider] = useChosen(settings.data?.provider ?? LOCAL, (value) =>
    keep({ provider: value === LOCAL ? null : value }),
  );

  return (
    <Show query={settings}>
      {() => (
        <section className="card flush" aria-label={text.capabilities}>
          <div className="setting">
            <div className="stack none">
              <span className="strong" id="ai-on">
                {text.on}
              </span>
              <span className="quiet small">{text.on_help}</span>
            </div>
            {locked ? (
              <OnOff on={on} />
            ) : (
              <Switch
                size="md"
                aria-labelledby="ai-on"
                checked={on}
                onChange={(event) => setOn(event.currentTarget.checked)}
              />
            )}
          </div>
          <div className="setting wraps">
            <div className="stack none grow">
              <span className="strong" id="ai-provider">
                {text.provider}
              </span>
              <span className="quiet small">{text.provider_help}</span>
            </div>
            {locked ? (
              <span>{engines.find(({ value }) => value === provider)?.label}</span>
            ) : (
              <Select
                aria-labelledby="ai-provider"
                w={220}
                allowDeselect={false}
                data={engines}
                value={provider}
                onChange={(value) => value && setProvider(value)}
              />
            )}
          </div>
          <Show query={capabilities} rows={3}>
            {(items) =>
              items.map((capability) => (
                <CapabilitySetting
                  key={capability.name}
                  capability={capability}
                  switches={switches.data}
                  locked={locked}
                />
              ))
            }
          </Show>
        </section>
      )}
    </Show>
  );
}

interface CapabilityProps {
  capability: Capability;
  /** Absent until they are known. */
  switches: Row<"/ai/switches">[] | undefined;
  locked: boolean;
}

/** A function of AI: what it reads, its switch, and for whom. */
function CapabilitySetting({ capability, switches, locked }: CapabilityProps) {
  const { name, doc, reads, roles: able } = capability;
  const columnNames = useColumnNames();
  const known = switches?.find(({ capability }) => capability === name);
  const keep = (body: { on?: boolean; roles?: string[] }) =>
    change(() => {
      const known = switchesNow()?.find(({ capability }) => capability === name);
      if (!known)
        return api.post("/ai/switches", {
          body: { capability: name, on: false, roles: [], ...body },
        });
      const { id, version } = known;
      return api.patch("/ai/switches/{id}", { params: { id }, version, body });
    });
  const [on, setOn] = useChosen(known?.on ?? false, (on) => keep({ on }));
  const [roles, setRoles] = useChosen(rolesOf(known), (roles) => keep({ roles }));
  return (
    <div className="setting wraps">
      <div className="stack none grow">
        <span className="strong">{words.capability[name] ?? name}</span>
        <span className="quiet small">{doc}</span>
        <span className="muted small wrap-anywhere">
          {reads.length > 0 ? text.reads(columnNames(reads)) : text.reads_given}
        </span>
      </div>
      {locked ? (
        <div className="row wrap">
          {on && <span className="small">{rolesText(roles)}</span>}
          <OnOff on={on} />
        </div>
      ) : (
        <div className="row wrap">
          <MultiSelect
            aria-label={`${text.roles}: ${words.capability[name] ?? name}`}
            w={260}
            size="xs"
            disabled={!on}
            data={ROLES.filter((role) => able.includes(role) || roles.includes(role)).map(
              (value) => ({
                value,
                label: shared.roles[value],
              }),
            )}
            placeholder={roles.length > 0 ? undefined : text.everyone}
            value={roles}
            onChange={(roles) => setRoles(roles as Role[])}
          />
          <Switch
            aria-label={words.capability[name] ?? name}
            disabled={!switches}
            checked={on}
            onChange={(event) => setOn(event.currentTarget.checked)}
          />
        </div>
      )}
    </div>
  );
}

/** Whether an evidence date is there and not over. */
function Evidence({ label, until }: { label: string; until: string | null | undefined }) {
  const { zone } = useSession();
  const over = until != null && until < today(zone);
  const state = !until ? text.missing : over ? text.expired : text.until(dateText(until));
  return (
    <span className={!until ? "tag" : over ? "tag bad" : "tag good"}>
      {label}: {state}
    </span>
  );
}

function Providers() {
  const may = useMay();
  const providers = useProviders(true);
  const [editing, setEditing] = useState<Provider | "new" | null>(null);
  const [removing, setRemoving] = useState<Provider | null>(null);
  useAsked("new", () => setEditing("new"));
  return (
    <section className="card flush" aria-label={text.providers}>
      <div className="card-head">
        <div>
          <h2>{text.providers}</h2>
          <p className="quiet small">{text.providers_help}</p>
        </div>
        {may("ai.manage") && (
          <Button variant="default" onClick={() => setEditing("new")}>
            {text.add}
          </Button>
        )}
      </div>
      <Show query={providers} rows={2}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="lock" title={text.none} text={text.none_help} />
          ) : (
            items.map((provider) => (
              <div key={provider.id} className="setting">
                <div className="stack tight grow">
                  <span className="row wrap">
                    <span className="strong">{provider.name}</span>
                    <span className="muted small">{provider.model}</span>
                    {provider.local && <span className="tag good">{text.local}</span>}
                  </span>
                  <span className="muted small wrap-anywhere">
                    {[provider.endpoint, provider.region].filter(Boolean).join(" · ")}
                  </span>
                  <span className="row wrap">
                    {needsEvidence(provider) ? (
                      EVIDENCE.map((name) => (
                        <Evidence key={name} label={text.evidence[name]} until={provider[name]} />
                      ))
                    ) : (
                      <span className="quiet small">{text.evidence_none}</span>
                    )}
                  </span>
                </div>
                {may("ai.manage") && (
                  <RowMenu
                    name={provider.name}
                    onEdit={() => setEditing(provider)}
                    onRemove={() => setRemoving(provider)}
                  />
                )}
              </div>
            ))
          )
        }
      </Show>
      <RecordDrawer
        record={editing}
        create={text.add}
        edit={text.edit}
        size={480}
        onClose={() => setEditing(null)}
      >
        {(provider) => <ProviderForm provider={provider} onClose={() => setEditing(null)} />}
      </RecordDrawer>
      {removing && (
        <RecordRemoval
          name={removing.name}
          text={text}
          onClose={() => setRemoving(null)}
          run={async () => {
            const { id, version } = removing;
            await api.delete("/ai/providers/{id}", { params: { id }, version });
            await refresh("ai");
          }}
        />
      )}
    </section>
  );
}

const valuesOf = (provider?: Provider) => ({
  name: provider?.name ?? "",
  endpoint: provider?.endpoint ?? "",
  model: provider?.model ?? "",
  api_key: "",
  region: provider?.region ?? "",
  local: provider?.local ?? false,
  agreement_until: provider?.agreement_until ?? "",
  no_training_until: provider?.no_training_until ?? "",
  zero_retention_until: provider?.zero_retention_until ?? "",
});
type Values = ReturnType<typeof valuesOf>;

function ProviderForm({
  provider,
  onClose,
}: {
  provider: Provider | undefined;
  onClose: () => void;
}) {
  /** What rests on a field that is no longer as stored: the server lets it fall. */
  const fallen = (values: Values) =>
    restsOf("/ai/providers")
      .filter(([, on]) =>
        on.some((name) => values[name as keyof Values] !== stored[name as keyof Values]),
      )
      .map(([name]) => name as keyof Values);
  const form = useForm({
    initial: valuesOf(provider),
    shared: {
      row: provider,
      values: valuesOf,
      read: ({ id }) => api.get("/ai/providers/{id}", { params: { id } }),
      whole: true, // evidence is of one address and one model
    },
    check: ({ name, endpoint, model }) => ({
      name: !name.trim() && shared.form.required,
      endpoint: !endpoint.trim() && shared.form.required,
      model: !model.trim() && shared.form.required,
    }),
    max: limitsOf("/ai/providers"),
    submit: async ({ api_key, ...values }, row) => {
      const body = {
        ...values,
        dialect: "openai" as const,
        region: values.region || null,
        agreement_until: values.agreement_until || null,
        no_training_until: values.no_training_until || null,
        zero_retention_until: values.zero_retention_until || null,
        ...(api_key ? { api_key } : {}),
      };
      if (row)
        await api.patch("/ai/providers/{id}", {
          params: { id: row.id },
          version: row.version,
          body,
        });
      else await api.post("/ai/providers", { body });
      await refresh("ai");
    },
    done: onClose,
  });
  const stored = valuesOf(form.row);
  const field = (name: "name" | "endpoint" | "model" | "api_key" | "region") => ({
    label: text.field[name],
    ...form.text(name),
  });
  /** Shown as it will be: what falls is empty until it is given anew. */
  const change = (changes: Partial<Values>) => {
    const before = fallen(form.values);
    const after = fallen({ ...form.values, ...changes });
    const kept = (name: keyof Values) => form.values[name] === stored[name];
    const falls = after
      .filter((name) => !before.includes(name) && kept(name))
      .map((name) => [name, ""]);
    const stands = before
      .filter((name) => !after.includes(name) && form.values[name] === "")
      .map((name) => [name, stored[name]]);
    form.set({ ...Object.fromEntries(provider ? [...falls, ...stands] : []), ...changes });
  };
  const moving = (name: "endpoint" | "model") => ({
    ...field(name),
    onChange: (event: { currentTarget: { value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  const asksEvidence = needsEvidence(form.values);
  const asked = (name: keyof Values) =>
    asksEvidence || !EVIDENCE.some((evidence) => evidence === name);
  const gone = provider ? fallen(form.values).filter(asked) : [];
  return (
    <Form form={form}>
      <Notice>{text.providers_help}</Notice>
      <TextInput required {...field("name")} />
      <TextInput required description={text.field.endpoint_help} {...moving("endpoint")} />
      <TextInput required {...moving("model")} />
      {gone.length > 0 && (
        <Notice kind="warn">{text.fallen(gone.map((name) => text.field[name]))}</Notice>
      )}
      <TextInput
        type="password"
        autoComplete="off"
        {...field("api_key")}
        description={
          provider && !gone.includes("api_key") ? text.field.api_key_keep : text.field.api_key_help
        }
      />
      <TextInput {...field("region")} />
      <Checkbox
        label={text.field.local}
        description={text.field.local_help}
        {...form.check("local")}
      />
      {asksEvidence ? (
        EVIDENCE.map((name) => (
          <TextInput key={name} label={text.field[name]} type="date" {...form.text(name)} />
        ))
      ) : (
        <p className="quiet small">{text.evidence_none}</p>
      )}
      <Submit form={form} onCancel={onClose} />
    </Form>
  );
}
