// Building a form: its questions, what kind of answer each takes, and how private that is.
import { ActionIcon, Button, Checkbox, Switch, Textarea, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { api } from "~/api/client";
import { limitsOf, most, pattern } from "~/api/limits";
import { queryClient, refresh } from "~/api/queries";
import { go } from "~/shell/router";
import { Confirm } from "~/ui/confirm";
import { Form, overText, Submit, useForm } from "~/ui/form";
import { Icon } from "~/ui/icon";
import { Select } from "~/ui/select";
import { Empty, Notice, Show } from "~/ui/states";
import { notify } from "~/ui/toasts";
import { words as shared } from "~/words";
import {
  type FormField,
  type FormRow,
  type Hook,
  keyOf,
  keysOf,
  privacyOf,
  type QuestionKind,
  useHooks,
  useQuestionKinds,
} from "./data";
import { words } from "./words";

/** A field while it is edited; `at` keeps it apart from the others. */
interface Draft {
  at: number;
  stored: boolean;
  /** The author chose its privacy; until then that follows the kind. */
  chosen: boolean;
  key: string;
  label: string;
  help: string;
  kind: FormField["kind"];
  privacy: FormField["privacy"];
  required: boolean;
  choices: string;
  max: number;
  ai: boolean;
}

const text = words.builder;
const PRIVACIES = Object.keys(text.privacy_help) as FormField["privacy"][];
const KINDS = Object.entries(text.kinds).map(([value, label]) => ({
  value: value as FormField["kind"],
  label,
}));
const FIELDS_MAX = most("/forms", "fields");
const limits = limitsOf("/forms");
const overField = (draft: Draft, name: "label" | "help" | "key") =>
  overText(draft[name], limits(`fields/${name}`));
const KEY = pattern("/forms", "fields/key");

function draftOf(field: FormField, at: number): Draft {
  const { key, label, help, kind, privacy, required, choices, max, ai } = field;
  return {
    at,
    stored: true,
    chosen: true,
    key,
    label,
    help: help ?? "",
    kind,
    privacy,
    required,
    choices: choices.join("\n"),
    max,
    ai,
  };
}

const linesOf = (choices: string) =>
  choices
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** What is wrong with a field, and with which of its inputs. */
interface FieldProblem {
  name: string;
  text: string;
}

/** The inputs that show what is wrong with them. */
const TOLD = ["label", "help", "key", "choices"] as const;
type Told = (typeof TOLD)[number];

function problemOf(draft: Draft, all: Draft[]): FieldProblem | null {
  const isTwice = all.some((other) => other.at !== draft.at && other.key === draft.key);
  if (!draft.label.trim()) return { name: "label", text: shared.form.required };
  for (const name of ["label", "help", "key"] as const)
    if (overField(draft, name)) return { name, text: text.field_long };
  if (!KEY.test(draft.key)) return { name: "key", text: text.key_bad };
  if (isTwice && !draft.stored) return { name: "key", text: text.key_twice };
  if (draft.kind === "choice" && linesOf(draft.choices).length < 2)
    return { name: "choices", text: text.choices_needed };
  return null;
}

/** How a question is stored, member by member, in words. */
const TEXTS: [string, (field: Draft) => string][] = [
  [text.label, ({ label }) => label],
  [text.help, ({ help }) => help],
  [text.kind, ({ kind }) => text.kinds[kind]],
  [text.privacy, ({ privacy }) => shared.privacy[privacy]],
  [text.required, ({ required }) => shared.state[required ? "on" : "off"]],
  [text.choices, ({ choices }) => linesOf(choices).join(", ")],
  [text.differs.ai, ({ ai }) => shared.state[ai ? "on" : "off"]],
];

/** What is stored otherwise than it stands here. */
function differences(stored: Draft[], here: Draft[]): string {
  const among = (list: Draft[], field: Draft) => list.find(({ key }) => key === field.key);
  const members = stored.flatMap((field) => {
    const mine = among(here, field);
    if (!mine) return [text.differs.only_there(field.label)];
    return TEXTS.filter(([, of]) => of(field).trim() !== of(mine).trim()).map(([name, of]) =>
      text.differs.member(mine.label || field.label, name, of(field) || shared.state.none),
    );
  });
  const missing = here.filter((field) => !among(stored, field));
  const both = stored.filter((field) => among(here, field));
  const order = here.filter((field) => among(stored, field)).map(({ key }) => key);
  const isMoved = both.some(({ key }, i) => key !== order[i]);
  return [
    ...members,
    ...missing.map(({ label }) => text.differs.only_here(label || text.unnamed)),
    ...(isMoved ? [text.differs.order(both.map(({ label }) => label))] : []),
  ].join("; ");
}

/** What the server said of the question at that place. */
function refusalOf(errors: Record<string, string>, at: number): FieldProblem | null {
  const [place, text] =
    Object.entries(errors).find(([place]) => `${place}/`.startsWith(`fields/${at}/`)) ?? [];
  return place && text ? { name: place.split("/")[2] ?? "", text } : null;
}

type Stored = Pick<
  FormRow,
  "title" | "description" | "status" | "public" | "fields" | "hidden_fields"
>;
const BLANK: Stored = {
  title: "",
  description: null,
  status: "draft",
  public: false,
  fields: [],
  hidden_fields: [],
};

const valuesOf = ({ title, description, status, public: open, fields }: Stored) => ({
  title,
  description: description ?? "",
  status,
  public: open,
  fields: fields.map(draftOf),
});

/** How AI is given the answers to a question of that kind and class that it may read. */
const aiGiven = ({ kind, privacy }: Pick<Draft, "kind" | "privacy">, kinds: QuestionKind[]) =>
  kinds.find((each) => each.kind === kind && each.privacy === privacy)?.ai_given ?? "never";

const namesOf = (hooks: Hook[]) => hooks.map(({ name }) => name);

/** Without a form, the first save makes one. */
export function Builder({ form }: { form?: FormRow }) {
  return <Show query={useQuestionKinds()}>{(kinds) => <Editor form={form} kinds={kinds} />}</Show>;
}

function Editor({ form: given, kinds }: { form: FormRow | undefined; kinds: QuestionKind[] }) {
  const row = given ?? BLANK;
  /** Of the question just added, which takes the focus. */
  const added = useRef(-1);
  const adder = useRef<HTMLButtonElement>(null);
  const [removing, setRemoving] = useState<Draft | null>(null);
  const hooks = useHooks(given?.id ?? "", given !== undefined).data ?? [];
  /** Prompts that put in what is being removed. */
  const users = hooks.filter(({ template }) => removing && keysOf(template).includes(removing.key));
  const form = useForm({
    initial: valuesOf(row),
    shared: {
      row: given,
      values: valuesOf,
      read: async ({ id }) => (await api.get("/forms/{id}", { params: { id } })) as FormRow,
    },
    max: limits,
    check: ({ title, fields }) => ({
      title: !title.trim() && shared.form.required,
      fields: fields.map((field) => problemOf(field, fields)?.text).find(Boolean),
    }),
    submit: async ({ title, description, fields, ...rest }, row) => {
      const body = {
        ...rest,
        title: title.trim(),
        description: description.trim() || null,
        fields: fields.map(({ at, stored, chosen, help, choices, kind, ...field }) => ({
          ...field,
          kind,
          label: field.label.trim(),
          help: help.trim() || null,
          choices: kind === "choice" ? linesOf(choices) : [],
          ai: field.ai && aiGiven({ ...field, kind }, kinds) !== "never",
        })),
      };
      const saved = row
        ? await api.patch("/forms/{id}", { params: { id: row.id }, version: row.version, body })
        : await api.post("/forms", { body });
      form.know(saved as FormRow);
      await refresh("forms", "hooks", "data-map");
      if (!row) go(`/forms/${saved.id}/fields`, { replace: true });
      // What a prompt sends is looked at again before it is sent in another way.
      const now = queryClient.getQueryData<Hook[]>(["hooks", saved.id]) ?? [];
      const off = hooks.filter(
        ({ id, on }) => on && now.some((hook) => hook.id === id && !hook.on),
      );
      if (off.length === 0) return notify(text.saved);
      const run = () => go(`/forms/${saved.id}/hooks`);
      notify(text.saved_off(namesOf(off)), { act: { label: words.tabs.hooks, run } });
    },
  });
  const title = useRef<HTMLInputElement>(null);
  const isNew = !given;
  useEffect(() => {
    if (isNew) title.current?.focus(); // the page has had it by now
  }, [isNew]);
  const { fields } = form.values;
  const next = 1 + Math.max(-1, ...fields.map(({ at }) => at));
  const stored = form.storedOf("fields");
  const full = fields.length >= FIELDS_MAX;
  const problems = fields.map((field, i) =>
    form.errors.fields ? (problemOf(field, fields) ?? refusalOf(form.errors, i)) : null,
  );
  const hidden = [...row.fields, ...row.hidden_fields].filter(
    ({ key }) => !fields.some((field) => field.stored && field.key === key),
  );
  /** While a new form is made nothing is taken: its own page is about to open. */
  const setFields = (fields: Draft[]) => {
    if (given || !form.busy) form.set({ fields });
  };
  const change = (at: number, changes: Partial<Draft>) =>
    setFields(fields.map((field) => (field.at === at ? { ...field, ...changes } : field)));
  const move = (from: number, by: number) => {
    const list = [...fields];
    const [field] = list.splice(from, 1);
    if (field) list.splice(from + by, 0, field);
    setFields(list);
  };
  const remove = (field: Draft) => {
    setFields(fields.filter(({ at }) => at !== field.at));
    adder.current?.focus();
  };
  const add = () => {
    added.current = next;
    setFields([
      ...fields,
      {
        at: next,
        stored: false,
        chosen: false,
        key: "",
        label: "",
        help: "",
        kind: "text",
        privacy: privacyOf("text"),
        required: false,
        choices: "",
        max: 0,
        ai: false,
      },
    ]);
  };

  return (
    <Form form={form} className="builder" stored={stored && differences(stored, fields)}>
      <div className="stack wide">
        <section className="card stack" aria-label={words.columns.title}>
          <TextInput ref={title} label={text.title} required {...form.text("title")} />
          <Textarea label={text.description} autosize minRows={2} {...form.text("description")} />
        </section>
        <section className="card flush" aria-label={words.tabs.fields}>
          {form.errors.fields && !problems.some(Boolean) && (
            <Notice kind="bad">{form.errors.fields}</Notice>
          )}
          {fields.some((field) => field.stored) && (
            <div className="field-card">
              <p className="quiet small">{text.fixed_help}</p>
            </div>
          )}
          {fields.length === 0 && <Empty icon="forms" title={text.none} text={text.none_help} />}
          {fields.map((field, i) => (
            <FieldCard
              key={field.at}
              field={field}
              keys={[...fields.filter(({ at }) => at !== field.at), ...hidden].map(
                ({ key }) => key,
              )}
              isNew={field.at === added.current}
              given={aiGiven(field, kinds)}
              problem={problems[i] ?? null}
              onChange={(changes) => change(field.at, changes)}
              onUp={i > 0 ? () => move(i, -1) : undefined}
              onDown={i < fields.length - 1 ? () => move(i, 1) : undefined}
              lost={lostChoices(field, row)}
              onRemove={() => (field.stored ? setRemoving(field) : remove(field))}
            />
          ))}
          <div className="field-card">
            <Button
              ref={adder}
              variant="default"
              leftSection={<Icon name="plus" size={16} />}
              disabled={full}
              onClick={add}
            >
              {text.add}
            </Button>
          </div>
          {hidden.length > 0 && (
            <section className="field-card stack tight" aria-label={text.hidden}>
              <h2>{text.hidden}</h2>
              <p className="quiet small">{text.hidden_help}</p>
              {hidden.map((field) => (
                <div key={field.key} className="row between">
                  <span>{field.label}</span>
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`${text.restore}: ${field.label}`}
                    disabled={full}
                    onClick={() => setFields([...fields, draftOf(field, next)])}
                  >
                    {text.restore}
                  </Button>
                </div>
              ))}
            </section>
          )}
        </section>
      </div>
      <div className="builder-side">
        <section className="card stack" aria-label={words.columns.status}>
          <Select
            label={text.status}
            allowDeselect={false}
            data={Object.entries(words.status).map(([value, label]) => ({ value, label }))}
            {...form.select("status")}
          />
          <Switch label={text.public} description={text.public_help} {...form.check("public")} />
        </section>
        <Submit form={form} disabled={!form.dirty} />
      </div>
      {removing && (
        <Confirm
          opened
          onClose={() => setRemoving(null)}
          title={text.remove_title(removing.label)}
          act={text.remove}
          run={async () => remove(removing)}
        >
          <p>{text.remove_help}</p>
          {users.length > 0 && <p className="strong">{text.remove_used(namesOf(users))}</p>}
          <p>{text.remove_back}</p>
        </Confirm>
      )}
    </Form>
  );
}

/** Choices of the stored form that the draft has no more. */
function lostChoices(draft: Draft, row: Stored): string[] {
  const stored = draft.stored ? row.fields.find(({ key }) => key === draft.key) : undefined;
  const left = linesOf(draft.choices);
  return (stored?.choices ?? []).filter((choice) => !left.includes(choice));
}

interface FieldCardProps {
  field: Draft;
  /** Of the other questions. */
  keys: string[];
  isNew: boolean;
  given: QuestionKind["ai_given"];
  lost: string[];
  problem: FieldProblem | null;
  onChange: (changes: Partial<Draft>) => void;
  onUp?: () => void;
  onDown?: () => void;
  onRemove: () => void;
}

function FieldCard({
  field,
  keys,
  isNew,
  given,
  lost,
  problem,
  onChange,
  onUp,
  onDown,
  onRemove,
}: FieldCardProps) {
  const rename = (label: string) => {
    const follows = !field.stored && [keyOf(field.label, keys), ""].includes(field.key);
    onChange(follows ? { label, key: label && keyOf(label, keys) } : { label });
  };
  const errorOf = (name: Told) =>
    (name !== "choices" && overField(field, name)) || (problem?.name === name && problem.text);
  return (
    <fieldset className="field-card plain">
      <legend className="visually-hidden">{field.label || text.unnamed}</legend>
      <div className="row top">
        <TextInput
          className="grow"
          label={text.label}
          required
          autoFocus={isNew}
          value={field.label}
          error={errorOf("label")}
          onChange={(event) => rename(event.currentTarget.value)}
        />
        <Select
          label={text.kind}
          w={150}
          disabled={field.stored}
          description={field.stored && text.fixed}
          allowDeselect={false}
          data={KINDS}
          value={field.kind}
          onChange={(kind) =>
            kind && onChange(field.chosen ? { kind } : { kind, privacy: privacyOf(kind) })
          }
        />
        <div className="row field-acts">
          <ActionIcon
            aria-label={text.up(field.label || text.unnamed)}
            disabled={!onUp}
            onClick={onUp}
          >
            <Icon name="up" size={16} />
          </ActionIcon>
          <ActionIcon
            aria-label={text.down(field.label || text.unnamed)}
            disabled={!onDown}
            onClick={onDown}
          >
            <Icon name="down" size={16} />
          </ActionIcon>
          <ActionIcon
            aria-label={`${text.remove}: ${field.label || text.unnamed}`}
            onClick={onRemove}
          >
            <Icon name="trash" size={16} />
          </ActionIcon>
        </div>
      </div>
      <div className="row top wrap">
        <TextInput
          className="grow"
          label={text.help}
          error={errorOf("help")}
          value={field.help}
          onChange={(event) => onChange({ help: event.currentTarget.value })}
        />
        <TextInput
          w={170}
          label={text.key}
          disabled={field.stored}
          description={field.stored && text.fixed}
          classNames={{ input: "mono" }}
          error={errorOf("key")}
          value={field.key}
          onChange={(event) => onChange({ key: event.currentTarget.value })}
        />
      </div>
      {field.kind === "choice" && (
        <Textarea
          label={text.choices}
          description={lost.length > 0 ? text.choices_lost(lost.join(", ")) : undefined}
          autosize
          minRows={3}
          error={errorOf("choices")}
          value={field.choices}
          onChange={(event) => onChange({ choices: event.currentTarget.value })}
        />
      )}
      <div className="row top wrap">
        <Select
          label={text.privacy}
          description={[
            text.privacy_help[field.privacy],
            !field.chosen && text.privacy_suggested,
            !field.chosen && field.privacy === "OPERATIONAL" && text.privacy_about,
          ]
            .filter(Boolean)
            .join(". ")}
          w={280}
          allowDeselect={false}
          data={PRIVACIES.map((value) => ({ value, label: shared.privacy[value] }))}
          value={field.privacy}
          onChange={(privacy) => privacy && onChange({ privacy, chosen: true })}
        />
        <div className="stack tight field-checks">
          <Checkbox
            label={text.required}
            checked={field.required}
            onChange={(event) => onChange({ required: event.currentTarget.checked })}
          />
          <Checkbox
            label={text.ai[given]}
            disabled={given === "never"}
            checked={field.ai && given !== "never"}
            onChange={(event) => onChange({ ai: event.currentTarget.checked })}
          />
        </div>
      </div>
      {problem && !TOLD.some((name) => name === problem.name) && (
        <Notice kind="bad">{problem.text}</Notice>
      )}
      {field.kind === "email" && field.privacy === "OPERATIONAL" && (
        <Notice kind="warn">{text.email_open}</Notice>
      )}
    </fieldset>
  );
}
