// Prompts (hooks) of a form: a template over named fields, a model, a typed answer; the exact
// payload is looked at before one can be switched on.
import { Button, Menu, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { type Answer, api, Problem } from "~/api/client";
import { limitsOf } from "~/api/limits";
import { refresh } from "~/api/queries";
import { type Provider, useAiSettings, useCapabilities, useProviders } from "~/feature/ai/data";
import { type Disclosed, DisclosureSheet } from "~/feature/ai/disclosure";
import { Link } from "~/shell/router";
import { useMay } from "~/shell/session";
import { Form, ProblemNotice, Submit, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { RecordDrawer, RecordRemoval, RowMenu } from "~/ui/record";
import { Select } from "~/ui/select";
import { Empty, Notice, Show } from "~/ui/states";
import { notify } from "~/ui/toasts";
import { words as shared } from "~/words";
import { type FormRow, type Hook, keysOf, useHooks, useSubmissions } from "./data";
import { words } from "./words";

const text = words.hooks;
type Preview = Answer<"/hooks/{id}/preview", "post"> & Disclosed;

const latestOf = ({ data }: Pick<ReturnType<typeof useSubmissions>, "data">) =>
  data?.pages[0]?.items[0];

export function Hooks({ form }: { form: FormRow }) {
  const hooks = useHooks(form.id);
  const may = useMay();
  const settings = useAiSettings();
  const capabilities = useCapabilities();
  const providers = useProviders(true);
  const submissions = useSubmissions(form.id);
  const latest = latestOf(submissions);
  const [editing, setEditing] = useState<Hook | "new" | null>(null);
  const [removing, setRemoving] = useState<Hook | null>(null);
  const [preview, setPreview] = useState<{ hook: Hook; given: Preview } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const runs = capabilities.data?.find(({ name }) => name === "hook")?.enabled;

  /** What it puts in that is not asked any more. */
  const goneOf = (hook: Hook) =>
    keysOf(hook.template).filter((key) => !form.fields.some((field) => field.key === key));

  const attempt = async (act: () => Promise<unknown>) => {
    setProblem(null);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  };
  const show = (hook: Hook) =>
    attempt(async () => {
      const latest = latestOf(await submissions.refetch()); // others may have answered meanwhile
      const given = await api.post("/hooks/{id}/preview", {
        params: { id: hook.id },
        body: latest ? { submission: latest.id } : {},
      });
      setPreview({ hook, given: given as Preview });
      await refresh("hooks");
    });
  const flip = (hook: Hook, on: boolean) =>
    attempt(async () => {
      const { id } = hook;
      const { version } = await api.get("/hooks/{id}", { params: { id } });
      await api.patch("/hooks/{id}", { params: { id }, version, body: { on } });
      await refresh("hooks");
      notify(`${hook.name}: ${on ? shared.state.on : shared.state.off}`);
    }).finally(() => setPreview(null)); // what went wrong is said on the page

  return (
    <div className="stack">
      <div className="row between wrap">
        <p className="quiet">{text.lead}</p>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEditing("new")}>
          {text.create}
        </Button>
      </div>
      {capabilities.data && settings.data && !runs && (
        <Notice kind="warn">
          <span>{settings.data.on ? text.not_on : text.no_ai}</span>
          {may("ai.manage") && <Link href="/settings/ai">{text.to_settings}</Link>}
        </Notice>
      )}
      {problem && <ProblemNotice problem={problem} />}
      <section className="card flush" aria-label={words.tabs.hooks}>
        <Show query={hooks}>
          {(hooks) =>
            hooks.length === 0 ? (
              <Empty icon="hook" title={text.empty} text={text.empty_help} />
            ) : (
              hooks.map((hook) => (
                <div key={hook.id} className="setting">
                  <div className="stack tight grow">
                    <span className="row">
                      <span className="strong">{hook.name}</span>
                      <span className={hook.on ? "tag good" : "tag"}>
                        {hook.on ? shared.state.on : shared.state.off}
                      </span>
                    </span>
                    <span className="small quiet template">{hook.template}</span>
                    {goneOf(hook).length > 0 && (
                      <span className="small warning">
                        {text.taken_out(goneOf(hook).join(", "))}
                      </span>
                    )}
                    <span className="small muted">
                      {providers.data?.find(({ id }) => id === hook.provider)?.name ?? "–"}
                      {" · "}
                      {text.outputs[hook.output as keyof typeof text.outputs] ?? hook.output}
                    </span>
                  </div>
                  <div className="row">
                    {hook.on ? (
                      <Button variant="default" size="xs" onClick={() => void flip(hook, false)}>
                        {text.switch_off}
                      </Button>
                    ) : (
                      <Button
                        variant="default"
                        size="xs"
                        leftSection={<Icon name="eye" size={14} />}
                        onClick={() => void show(hook)}
                      >
                        {text.switch_on}…
                      </Button>
                    )}
                    <RowMenu
                      name={hook.name}
                      onEdit={() => setEditing(hook)}
                      onRemove={() => setRemoving(hook)}
                    >
                      <Menu.Item
                        leftSection={<Icon name="eye" size={16} />}
                        onClick={() => void show(hook)}
                      >
                        {text.preview}
                      </Menu.Item>
                    </RowMenu>
                  </div>
                </div>
              ))
            )
          }
        </Show>
      </section>
      {preview && (
        <DisclosureSheet
          given={preview.given}
          onClose={() => setPreview(null)}
          send={text.switch_on}
          onSend={preview.hook.on ? undefined : () => flip(preview.hook, true)}
        >
          {submissions.data && (
            <p className="small muted">{latest ? text.sample : text.no_sample}</p>
          )}
        </DisclosureSheet>
      )}
      <RecordDrawer
        record={editing}
        create={text.create}
        edit={text.edit}
        size={560}
        onClose={() => setEditing(null)}
      >
        {(hook) => (
          <Show query={providers}>
            {(all) => (
              <HookForm form={form} hook={hook} providers={all} onClose={() => setEditing(null)} />
            )}
          </Show>
        )}
      </RecordDrawer>
      {removing && (
        <RecordRemoval
          name={removing.name}
          text={text}
          onClose={() => setRemoving(null)}
          run={async () => {
            const { id, version } = removing;
            await api.delete("/hooks/{id}", { params: { id }, version });
            await refresh("hooks");
          }}
        />
      )}
    </div>
  );
}

interface HookFormProps {
  form: FormRow;
  hook: Hook | undefined;
  providers: Provider[];
  onClose: () => void;
}

const valuesOf = (hook?: Hook) => ({
  name: hook?.name ?? "",
  template: hook?.template ?? "",
  provider: hook?.provider ?? null,
  output: hook?.output ?? "text",
  choices: hook?.choices.join("\n") ?? "",
});

function HookForm({ form: asked, hook, providers, onClose }: HookFormProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const readable = asked.fields.filter((field) => field.ai);
  const [first, another] = providers;
  const form = useForm({
    initial: hook || another ? valuesOf(hook) : { ...valuesOf(), provider: first?.id ?? null },
    shared: {
      row: hook,
      values: valuesOf,
      read: ({ id }) => api.get("/hooks/{id}", { params: { id } }),
    },
    max: limitsOf("/hooks"),
    check: ({ name, template, provider, output, choices }) => {
      const keys = keysOf(template);
      const unknown = keys.filter((key) => !asked.fields.some((field) => field.key === key));
      const barred = keys.filter((key) => !readable.some((field) => field.key === key));
      return {
        name: !name.trim() && shared.form.required,
        template: !template.trim()
          ? shared.form.required
          : unknown.length > 0
            ? text.unknown(unknown.join(", "))
            : barred.length > 0 && text.not_allowed(barred.join(", ")),
        provider: !provider && shared.form.required,
        choices:
          output === "choice" &&
          choices.split("\n").filter((line) => line.trim()).length < 2 &&
          words.builder.choices_needed,
      };
    },
    submit: async ({ choices, template, name, ...values }, row) => {
      const body = {
        ...values,
        form: asked.id,
        name: name.trim(),
        template,
        choices:
          values.output === "choice"
            ? choices
                .split("\n")
                .map((line) => line.trim())
                .filter(Boolean)
            : [],
      };
      if (row) {
        const { form: _form, ...changes } = body;
        await api.patch("/hooks/{id}", {
          params: { id: row.id },
          version: row.version,
          body: changes,
        });
      } else await api.post("/hooks", { body: { ...body, on: false } });
      await refresh("hooks");
    },
    done: onClose,
  });
  const insert = (key: string) => {
    const { template } = form.values;
    const at = area.current?.selectionStart ?? template.length;
    form.set({ template: `${template.slice(0, at)}{{${key}}}${template.slice(at)}` });
    area.current?.focus();
  };
  return (
    <Form form={form}>
      <TextInput label={text.name} required {...form.text("name")} />
      <Textarea
        ref={area}
        label={text.template}
        description={text.template_help}
        required
        autosize
        minRows={5}
        classNames={{ input: "mono" }}
        {...form.text("template")}
      />
      <fieldset className="chips">
        <legend className="small muted">{text.insert}</legend>
        {readable.map(({ key, label }) => (
          <Button
            key={key}
            size="compact-sm"
            variant="default"
            maw="100%"
            title={`{{${key}}}`}
            onClick={() => insert(key)}
          >
            {label}
          </Button>
        ))}
      </fieldset>
      <Select
        label={text.provider}
        description={providers.length === 0 ? text.no_provider : undefined}
        required
        allowDeselect={false}
        data={providers.map(({ id, name }) => ({ value: id, label: name }))}
        {...form.select("provider")}
      />
      <Select
        label={text.output}
        allowDeselect={false}
        data={Object.entries(text.outputs).map(([value, label]) => ({ value, label }))}
        {...form.select("output")}
      />
      {form.values.output === "choice" && (
        <Textarea label={text.choices} autosize minRows={3} {...form.text("choices")} />
      )}
      <p className="small muted">{text.preview_first}</p>
      <Submit form={form} onCancel={onClose} />
    </Form>
  );
}
