// Changing many entries at once: what they are booked on; ten seconds to take it back.
import { Select } from "@mantine/core";
import { useRef } from "react";
import { api, Problem, reasonOf } from "~/api/client";
import { refresh } from "~/api/queries";
import { Modal } from "~/ui/dialog";
import { Form, Submit, useForm } from "~/ui/form";
import { notify, notifyUndo } from "~/ui/toasts";
import { changesOf, type Entry, type EntryInput, entriesChanged } from "./data";
import { type Made, Makes, ProjectSelect, TagSelect, TaskSelect } from "./pick";
import { changeEntry } from "./unsent";
import { words } from "./words";

interface Values {
  project: string | null;
  task: string | null;
  billable: string | null;
  add: string[];
  remove: string[];
}

const tagsOf = ({ tags }: Entry) => (tags ?? []) as string[];

/** What an entry is to be; what is not chosen stays. */
function wantedOf(values: Values, entry: Entry): Partial<EntryInput> {
  const { project, task, billable, add, remove } = values;
  const tags = [...new Set([...tagsOf(entry), ...add])].filter((tag) => !remove.includes(tag));
  return {
    ...(project && project !== entry.project && { project, task: null }),
    ...(task && { task }),
    ...(billable && { billable: billable === "yes" }),
    tags: tags.length > 0 ? tags : null,
  } as Partial<EntryInput>;
}

/** The project that all of them have. */
function sharedProject(entries: Entry[]): string | null {
  const [project, ...others] = new Set(entries.map(({ project }) => project));
  return others.length === 0 ? (project ?? null) : null;
}

interface Changed {
  before: Entry;
  after: Entry;
}

/** Changes one after the other; says how many were not, and why the first of them. */
async function changeAll(entries: Entry[], wanted: (entry: Entry) => Partial<EntryInput>) {
  const changed: Changed[] = [];
  const refused: Problem[] = [];
  for (const before of entries) {
    const changes = changesOf(wanted(before), before);
    if (Object.keys(changes).length === 0) continue;
    try {
      changed.push({ before, after: await changeEntry(before, changes) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused.push(error);
    }
  }
  await entriesChanged();
  const [first] = refused;
  if (first)
    notify(words.entries.not_changed(refused.length, entries.length, reasonOf(first)), {
      bad: true,
    });
  else if (changed.length === 0) notify(words.entries.as_they_were(entries.length));
  return changed;
}

/** Deletes what was made for a change that was taken back; not what something else is booked on by now. */
async function unmake(made: Made[]) {
  for (const { kind, id, version } of [...made].reverse()) {
    try {
      await api.delete(`/${kind}/{id}` as "/tags/{id}", { params: { id }, version });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  await refresh(...made.map(({ kind }) => kind));
}

async function restore(changed: Changed[], made: Made[]) {
  const before = new Map(changed.map((each) => [each.after.id, each.before]));
  await changeAll(
    changed.map(({ after }) => after),
    ({ id }) => {
      const { project, task, billable, tags } = before.get(id) as Entry;
      return { project, task, billable, tags } as Partial<EntryInput>;
    },
  );
  await unmake(made);
}

const isNothing = ({ project, task, billable, add, remove }: Values) =>
  !(project || task || billable) && add.length + remove.length === 0;

interface ChangeManyProps {
  entries: Entry[];
  onClose: () => void;
  /** Selects what has been restored, and no longer what was changed. */
  onSelect: (ids: string[], on: boolean) => void;
}

export function ChangeMany({ entries, onClose, onSelect }: ChangeManyProps) {
  const made = useRef<Made[]>([]);
  const form = useForm<Values>({
    initial: { project: null, task: null, billable: null, add: [], remove: [] },
    check: (values) => ({ project: isNothing(values) && words.entries.nothing_chosen }),
    submit: async (values) => {
      const changed = await changeAll(entries, (entry) => wantedOf(values, entry));
      if (changed.length === 0) return;
      const ids = changed.map(({ after }) => after.id);
      onSelect(ids, false);
      notifyUndo(words.entries.changed(changed.length), () => {
        onSelect(ids, true);
        void restore(changed, made.current);
      });
    },
    done: onClose,
  });
  const { project, add, remove } = form.values;
  const moves = project && entries.some((entry) => entry.project !== project);
  return (
    <Modal opened onClose={onClose} title={words.entries.change_many(entries.length)}>
      <Form form={form}>
        <Makes value={(each) => made.current.push(each)}>
          <ProjectSelect
            label={words.field.project}
            creates
            {...form.select("project")}
            error={isNothing(form.values) && form.errors.project}
            onChange={(project) => form.set({ project, task: null })}
            placeholder={words.entries.stays}
            openOnFocus={false} // it has the focus as the dialog opens
          />
          <TaskSelect
            label={words.field.task}
            project={project ?? sharedProject(entries)}
            {...form.select("task")}
            placeholder={moves ? words.entries.task_leaves : words.entries.stays}
          />
          <Select
            label={words.field.billable}
            placeholder={words.entries.stays}
            clearable
            data={[
              { value: "yes", label: words.entries.billed },
              { value: "no", label: words.entries.free },
            ]}
            {...form.select("billable")}
          />
          <TagSelect
            label={words.entries.add_tags}
            value={add}
            onChange={(add) => form.set({ add })}
          />
          <TagSelect
            label={words.entries.remove_tags}
            value={remove}
            onChange={(remove) => form.set({ remove })}
            among={entries.flatMap(tagsOf)}
          />
        </Makes>
        <Submit form={form} onCancel={onClose} />
      </Form>
    </Modal>
  );
}
